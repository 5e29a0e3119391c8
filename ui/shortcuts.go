package ui

import (
	"fyne.io/fyne/v2"

	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/shortcuts"
	"svara/ui/widget"
)

// keysWindow is the table of keys (F1).
type keysWindow struct {
	a      *App
	window fyne.Window // nil before it is opened, and when it has been given back
	size   fyne.Size   // which it is made in; zero is the first
	view   *shortcuts.View
	shown  bool
}

func (w *keysWindow) open() {
	if w.window == nil {
		w.window = w.a.fy.NewWindow("")
		w.window.SetPadded(false)
		w.window.SetCloseIntercept(w.close)
		if w.size.IsZero() {
			w.size = fyne.NewSize(theme.Px(640), theme.Px(680))
		}
		w.window.Resize(w.size)
		w.rebuild()
	}
	w.a.unhide(w.window)
	w.shown = true
	w.view.Update(w.a.scene())
	w.window.Show()
	w.window.RequestFocus()
	w.view.Focus()
}

func (w *keysWindow) rebuild() {
	if w == nil || w.window == nil {
		return
	}
	deps := w.a.deps()
	var root *widget.Root
	deps.Say = func(words string) { root.Toast("info", words, "", nil) } // where the user looks
	w.view = shortcuts.New(deps, w.a.scene(), w.a.keyTable)
	root = widget.NewRoot(w.view.Object())
	w.window.SetTitle(text.T("shortcuts.title") + " – " + text.T("app.name"))
	w.window.SetContent(root)
	w.a.attachDialog(w.window.Canvas(), w.escape)
}

func (w *keysWindow) update(s present.Scene) {
	if w.shown {
		w.view.Update(s)
	}
}

// escape undoes one step in the table, and then closes the window.
func (w *keysWindow) escape() {
	if !w.view.Back() {
		w.close()
	}
}

func (w *keysWindow) close() {
	w.shown = false
	w.a.hide(w.window, func() {
		w.size = w.window.Canvas().Size()
		w.window, w.view = nil, nil
	})
}

// keyTable is the keymap of now, for tables of it that stay while the user changes it.
func (a *App) keyTable() *command.Keymap { return a.keymap }
