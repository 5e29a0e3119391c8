package attendant

import (
	"fyne.io/fyne/v2"

	"svara/ui/theme"
	"svara/ui/widget"
)

// The measures of the window in dp.
const (
	sideWidth    = 420 // of the strip of calls
	sideNarrow   = 372 // in a narrow window
	narrowWindow = 1280
	drawerWindow = 980 // under it the strip comes and goes
	leastLeft    = 320 // of the field and the people beside it; in less room it stands in the people's place
	lowWindow    = 700 // under it cards and queues are lower
	barsShare    = 0.2 // of the height warnings have, unless they are opened
	leastPeople  = 190 // height of filters, people and the highlighted one
)

// frame lays the window out: warnings, the top bar, people and calls beside each other, the keys at the bottom.
type frame struct{ v *View }

// Least is the least size of the window with a text of this size.
func Least() fyne.Size {
	return theme.LeastWindow(fyne.NewSize(MinWidth, MinHeight), fyne.NewSize(largeWidth, largeHeight))
}

// MinSize implements fyne.Layout.
func (f *frame) MinSize([]fyne.CanvasObject) fyne.Size { return Least() }

// Layout implements fyne.Layout.
func (f *frame) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	v := f.v
	if size.Width == 0 {
		return // in no window yet
	}
	y := float32(0)
	h := v.bars.Fit(size.Width, size.Height*barsShare)
	put(v.bars.Object(), 0, y, size.Width, h)
	y += h
	h = v.top.object.MinSize().Height
	put(v.top.object, 0, y, size.Width, h)
	y += h
	bottom := size.Height - v.hints.object.MinSize().Height
	put(v.hints.object, 0, bottom, size.Width, size.Height-bottom)
	dp := size.Width / theme.Scale()
	if narrow := dp < drawerWindow; narrow != v.narrow {
		v.narrow, v.drawer = narrow, false
		v.field.update()
	}
	if low := size.Height/theme.Scale() < lowWindow; low != v.side.low {
		v.side.low = low
		v.side.update()
	}
	width := theme.Px(sideWidth)
	if dp < narrowWindow {
		width = theme.Px(sideNarrow)
	}
	left := size.Width - width
	room := left >= theme.Px(leastLeft)
	if over := v.narrow && v.drawer && !room && !v.searching(); over != v.over {
		v.over = over
		v.showPages()
	}
	widget.SetVisible(v.side.object, !v.narrow || v.drawer && room || v.over)
	if v.narrow && !(v.drawer && room) {
		left = size.Width
	}
	put(v.left, 0, y, left, bottom-y)
	if v.over { // the field stays where it is
		width = size.Width
		y += v.field.object.Position().Y + v.field.object.Size().Height + theme.Px(theme.Grid)
	}
	put(v.side.object, size.Width-width, y, width, bottom-y)
}

// searching reports whether people are looked for, who then come before the strip where there is no room for both.
func (v *View) searching() bool { return v.asking.On() || v.field.text() != "" }

// Room implements view.Roomy: the people, of whom the last are the least missed while somebody rings, or the list of the tab.
func (v *View) Room() (fyne.Position, fyne.Size) {
	if v.over {
		return fyne.Position{}, fyne.Size{}
	}
	if v.people() {
		at, size := v.board.Room()
		return at.Add(v.left.Position()).Add(v.board.Object().Position()), size
	}
	for _, p := range v.pages {
		if o := p.Object(); o.Visible() {
			return v.left.Position().Add(o.Position()), o.Size()
		}
	}
	return fyne.Position{}, fyne.Size{}
}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// leftLayout is what is under the top bar at the left: the question, the field, and the people or a list.
type leftLayout struct{ v *View }

// MinSize implements fyne.Layout.
func (l *leftLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout.
func (l *leftLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	v := l.v
	pad, y := theme.Px(theme.WindowPadding), theme.Px(12)
	width := size.Width - 2*pad
	for _, o := range []fyne.CanvasObject{v.ask, v.field.object} {
		if !o.Visible() {
			continue
		}
		o.Resize(fyne.NewSize(width, o.Size().Height))
		h := o.MinSize().Height
		put(o, pad, y, width, h)
		y += h
		if o == fyne.CanvasObject(v.ask) {
			y += theme.Px(theme.Grid)
		}
	}
	bottom := size.Height
	v.others.fit(width)
	v.others.object.Resize(fyne.NewSize(width, v.others.object.Size().Height))
	h := v.others.object.MinSize().Height
	// The field and some of the people come before who else there is: their keys work all the same.
	widget.SetVisible(v.others.object, !v.over && len(v.others.models) > 0 && bottom-h-theme.Px(12+theme.Grid)-y >= theme.Px(leastPeople))
	if v.others.object.Visible() {
		bottom -= h + theme.Px(12)
		put(v.others.object, pad, bottom, width, h)
		bottom -= theme.Px(theme.Grid)
	}
	for _, o := range []fyne.CanvasObject{v.board.Object(), v.inbox.Object(), v.voice.Object(), v.past.Object(), v.log.Object(), v.mail.Object(), v.stats.Object()} {
		top := y
		if o != v.board.Object() {
			top += theme.Px(theme.Grid)
		}
		put(o, 0, top, size.Width, max(0, bottom-top))
	}
	if v.field.pad.Visible() {
		m := v.field.pad.MinSize()
		put(v.field.pad, size.Width-pad-m.Width, y+theme.Px(theme.Half), m.Width, m.Height)
	}
}
