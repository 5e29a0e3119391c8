package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/theme"
	"svara/ui/view/call"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// cardWindow is the incoming call's own window. It stays on top where the system lets it and takes no focus unless the
// user wants that.
type cardWindow struct {
	a      *App
	window fyne.Window
	card   *call.Incoming
	shown  bool
}

// update shows, follows or hides the card.
func (w *cardWindow) update() {
	if w == nil {
		return
	}
	a := w.a
	first, there := present.IncomingCard(a.scene())
	if !there {
		w.hide()
		return
	}
	if w.window == nil {
		w.make()
	}
	w.card.Update(first)
	w.window.SetTitle(first.Who.Name + " – " + first.Title)
	w.fit()
	if !w.shown {
		w.shown = true
		had := a.focused
		w.window.Show()
		if had && !a.snap.Settings.Bool(phone.KeyRaiseOnRing) {
			a.main.RequestFocus() // the main window had the keyboard and keeps it
		}
	}
}

func (w *cardWindow) make() {
	if w.a.opts.quiet != nil {
		w.a.opts.quiet()
	}
	w.window = w.a.fy.NewWindow("")
	if d, ok := w.window.(desktop.Window); ok {
		d.RequestAlwaysOnTop()
	}
	w.window.SetPadded(false)
	w.window.SetFixedSize(true)
	w.window.SetCloseIntercept(func() { w.hide() }) // the call rings on, in the main window
	w.build()
}

func (w *cardWindow) build() {
	w.card = call.NewIncoming(w.a.deps())
	w.window.SetContent(widget.NewRoot(container(w.card.Object())))
	w.a.attachDialog(w.window.Canvas(), w.hide)
}

// container is the card on the window's own ground.
func container(o fyne.CanvasObject) fyne.CanvasObject {
	return widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, lay.Least(theme.IncomingWidth, 0, o))
}

// fit gives the window the card's size.
func (w *cardWindow) fit() {
	c := w.window.Content()
	lay.Again(c)
	size := fyne.NewSize(theme.Px(theme.IncomingWidth), c.MinSize().Height)
	if w.window.Canvas().Size() != size {
		w.window.Resize(size)
	}
}

func (w *cardWindow) hide() {
	if w.shown {
		w.shown = false
		w.window.Hide()
	}
}

// rebuild makes the card anew, in another language.
func (w *cardWindow) rebuild() {
	if w != nil && w.window != nil {
		w.build()
		w.update()
	}
}
