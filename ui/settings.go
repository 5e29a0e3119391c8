package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/settings"
	"svara/ui/widget"
)

// settingsWindow is the settings' own window. It is made when it is first opened.
type settingsWindow struct {
	a      *App
	window fyne.Window // nil before it is opened, and when it has been given back
	size   fyne.Size   // which it is made in; zero is the first
	page   string      // where it was when it was given back
	view   *settings.View
	shown  bool
}

// The size of the window when it is first opened, in dp at 100 %.
const (
	settingsWidth  = 900
	settingsHeight = 680
)

// open shows the settings at a page; empty keeps the page.
func (w *settingsWindow) open(page string) {
	if w.window == nil {
		w.window = w.a.fy.NewWindow("")
		w.window.SetPadded(false)
		w.window.SetCloseIntercept(w.close)
		if page == "" {
			page = w.page
		}
		w.build(page)
		if w.size.IsZero() {
			w.size = fyne.NewSize(theme.Px(settingsWidth), theme.Px(settingsHeight))
		}
		w.window.Resize(w.size)
	} else if page != "" {
		w.view.Go(page)
	}
	w.a.unhide(w.window)
	w.shown = true
	w.view.Update(w.a.scene())
	w.window.Show()
	w.window.RequestFocus()
	w.view.FocusSearch(w.window.Canvas())
}

func (w *settingsWindow) openAccount(id phone.AccountID) {
	w.open(settings.Accounts)
	w.view.EditAccount(id)
}

func (w *settingsWindow) build(page string) {
	deps := w.a.deps()
	var root *widget.Root
	deps.Say = func(words string) { root.Toast("info", words, "", nil) } // where the user looks
	w.view = settings.New(deps, w.a.scene(), w.a.opts.Version, page)
	root = widget.NewRoot(w.view.Object())
	w.window.SetTitle(text.T("settings.title") + " – " + text.T("app.name"))
	w.window.SetContent(root)
	w.a.attachDialog(w.window.Canvas(), w.escape)
}

// rebuild makes the window's content anew, in another language.
func (w *settingsWindow) rebuild() {
	if w != nil && w.window != nil {
		w.build(w.view.At())
	}
}

func (w *settingsWindow) update(s present.Scene) {
	if w != nil && w.shown {
		w.view.Update(s)
	}
}

func (w *settingsWindow) levels(l phone.Levels) bool {
	return w != nil && w.shown && w.view.Levels(l)
}

// escape ends the search, and then closes the window.
func (w *settingsWindow) escape() {
	if !w.view.Back() {
		w.close()
	}
}

func (w *settingsWindow) close() {
	w.shown = false
	w.view.Leave()
	w.a.hide(w.window, func() {
		w.size, w.page = w.window.Canvas().Size(), w.view.At()
		w.window, w.view = nil, nil
	})
}

// settingsPage is the page that a view's name asks for: settings/sound.
func settingsPage(view string) (page string, ok bool) {
	if view == "settings" {
		return "", true
	}
	return strings.CutPrefix(view, "settings/")
}
