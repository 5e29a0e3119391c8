package normal

import (
	"fyne.io/fyne/v2"

	"svara/ui/theme"
)

// frame lays the screen out: what is at the top, what is at the bottom, and the list or the calls between them, with the
// ringing card laid over.
type frame struct{ v *View }

// Least is the least size of the window with a text of this size.
func Least() fyne.Size {
	return theme.LeastWindow(fyne.NewSize(theme.NormalMinWidth, theme.NormalMinHeight), fyne.NewSize(theme.NormalLargeWidth, theme.NormalLargeHeight))
}

func (f *frame) MinSize([]fyne.CanvasObject) fyne.Size { return Least() }

func (f *frame) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	v := f.v
	at := float32(0)
	put := func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		o.Resize(fyne.NewSize(size.Width, o.Size().Height)) // what wraps knows its height only then
		h := o.MinSize().Height
		o.Move(fyne.NewPos(0, at))
		o.Resize(fyne.NewSize(size.Width, h))
		at += h
	}
	v.bars.Fit(size.Width, size.Height*barsShare)
	put(v.top)
	put(v.keypad)
	top := at
	v.height = size.Height - top - v.foot.object.MinSize().Height - v.tabs.MinSize().Height
	v.drawLine()
	bottom := size.Height
	for _, o := range []fyne.CanvasObject{v.foot.object, v.tabs, v.line.object} {
		if !o.Visible() {
			continue
		}
		h := o.MinSize().Height
		bottom -= h
		o.Move(fyne.NewPos(0, bottom))
		o.Resize(fyne.NewSize(size.Width, h))
	}
	v.body.Move(fyne.NewPos(0, top))
	v.body.Resize(fyne.NewSize(size.Width, max(0, bottom-top)))
	if v.ring.object.Visible() {
		v.ring.object.Resize(fyne.NewSize(size.Width, v.ring.object.Size().Height))
		h := min(v.ring.object.MinSize().Height, max(0, bottom-top))
		v.ring.object.Move(fyne.NewPos(0, top))
		v.ring.object.Resize(fyne.NewSize(size.Width, h))
	}
}

// barsShare is how much of the height warnings have, unless they are opened.
const barsShare = 0.25

// body is what is between the field and the tabs: the cards, a list, or both, when no call is in front.
type body struct{ v *View }

// cardsShare is how much of the height the cards have at most when there is a list under them.
const cardsShare = 0.6

func (b *body) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

func (b *body) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	v := b.v
	top := float32(0)
	if v.scroll.Visible() && v.list.object.Visible() {
		v.calls.object.Resize(fyne.NewSize(size.Width, v.calls.object.Size().Height))
		top = min(v.calls.object.MinSize().Height, size.Height*cardsShare)
	}
	for _, o := range objects {
		at, h := float32(0), size.Height
		switch {
		case o == v.scroll && top > 0:
			h = top
		case o == v.list.object:
			at, h = top, size.Height-top
		}
		o.Move(fyne.NewPos(0, at))
		o.Resize(fyne.NewSize(size.Width, h))
	}
}

// tight reports whether the card in front is higher than its room, so that its end is out of sight.
func (v *View) tight() bool {
	return v.height > 0 && v.calls.main.Visible() && v.calls.main.MinSize().Height+theme.Px(theme.Grid) > v.height
}

// drawLine draws the call's line where its card, or the card's end, is out of sight.
func (v *View) drawLine() { v.line.update(v.calls.last, v.onCalls && !v.tight() || v.asking.On()) }
