package ui

import (
	"fyne.io/fyne/v2"

	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/shortcuts"
	"svara/ui/widget"
)

// keysWindow is the table of keys (F1).
type keysWindow struct {
	a      *App
	window fyne.Window
}

func (w *keysWindow) open() {
	if w.window == nil {
		w.window = w.a.fy.NewWindow("")
		w.window.SetPadded(false)
		w.window.SetCloseIntercept(w.close)
		w.window.Resize(fyne.NewSize(theme.Px(560), theme.Px(640)))
		w.rebuild()
	}
	w.window.Show()
	w.window.RequestFocus()
}

func (w *keysWindow) rebuild() {
	if w == nil || w.window == nil {
		return
	}
	w.window.SetTitle(text.T("shortcuts.title"))
	w.window.SetContent(widget.NewRoot(shortcuts.New(w.a.keymap)))
	w.a.attachDialog(w.window.Canvas(), w.close)
}

func (w *keysWindow) close() {
	if w.window != nil {
		w.window.Hide()
	}
}
