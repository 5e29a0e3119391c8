package ui

import (
	"fyne.io/fyne/v2"
	fynecontainer "fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/call"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// cardWindow is the incoming call's own window. It stays on top where the system lets it and takes no focus: who types
// when it rings goes on typing.
type cardWindow struct {
	a      *App
	window fyne.Window
	card   *call.Incoming
	shown  bool
	meek   bool // the window system knows that it takes no focus
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
		had := hasKeyboard(a.main)
		w.place()
		w.window.Show()
		if had && !w.meek && !a.snap.Settings.Bool(phone.KeyRaiseOnRing) {
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
	w.window.SetContent(widget.NewRoot(fynecontainer.New(&measured{w}, container(w.card.Object()))))
	w.a.attachDialog(w.window.Canvas(), w.hide)
}

// measured is the layout of the card's window. Fyne makes a window and shows it in one step, in which it asks how large
// the content is: the only moment between the two, and the system must know before it shows the window that it is not to
// give it the keyboard.
type measured struct{ w *cardWindow }

// MinSize implements fyne.Layout.
func (m *measured) MinSize(objects []fyne.CanvasObject) fyne.Size {
	if w := m.w; !w.meek && w.a.opts.meek != nil {
		w.meek = w.a.opts.meek(w.window)
	}
	return objects[0].MinSize()
}

// Layout implements fyne.Layout.
func (m *measured) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

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

// cardMargin is how far the card stands from the edges of the screen, in dp.
const cardMargin = 16

// place has the card come up in a corner of the main window's screen, over as little as can be of where the user types, or
// where the face in front has room for it.
func (w *cardWindow) place() {
	window, ok := w.window.(interface{ RequestPosition(x, y int) })
	if w.a.opts.screens == nil || !ok {
		return
	}
	now, frame, ok := w.a.opts.screens.stands(w.a.main)
	if !ok {
		return
	}
	unit := w.a.main.Canvas().Scale()
	size := fyne.NewSize(theme.Px(theme.IncomingWidth), w.window.Content().MinSize().Height)
	var room area
	if face, ok := w.a.face().(view.Roomy); ok {
		at, size := face.Room()
		room = area{now.x + int(at.X*unit), now.y + int(at.Y*unit), int(size.Width * unit), int(size.Height * unit)}
	}
	at := corner(w.a.opts.screens.areas(), now, room, frame, int(size.Width*unit), int(size.Height*unit), int(cardMargin*unit))
	window.RequestPosition(at.x, at.y)
}

// corner is where a window of a size goes on the screen that has most of the main window, in the corner where it covers the
// least of that: at the bottom where it can be, for a call in front is at the top. What it covers of the room that the main
// window has for it does not count; where no corner is as good it stands in the corner of that.
func corner(areas []area, main, room area, frame edges, width, height, margin int) area {
	on, most := area{}, -1
	for _, s := range areas {
		if c := s.covers(main); c > most {
			on, most = s, c
		}
	}
	left, right := on.x+margin+frame.left, on.x+on.width-margin-frame.right-width
	top, bottom := on.y+margin+frame.top, on.y+on.height-margin-frame.bottom-height
	places := []area{{right, bottom, width, height}, {right, top, width, height}, {left, bottom, width, height}, {left, top, width, height}}
	if room.width > 0 {
		x, y := room.x+room.width-margin-frame.right-width, room.y+room.height-margin-frame.bottom-height
		places = append(places, area{max(left, min(x, right)), max(top, min(y, bottom)), width, height})
	}
	best, least := area{}, -1
	for _, at := range places {
		whole := at.grown(frame)
		if c := main.covers(whole) - room.covers(whole); least < 0 || c < least {
			best, least = at, c
		}
	}
	return best
}

// hide takes the card away. A keyboard that the system has given it goes back first: what is typed meanwhile would be lost.
func (w *cardWindow) hide() {
	if w.shown {
		w.shown = false
		if hasKeyboard(w.window) {
			w.a.main.RequestFocus()
		}
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
