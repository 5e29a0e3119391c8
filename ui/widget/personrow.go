package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// PersonRow is somebody on the board as a row: one line, or tall with two lines and actions; open with three lines and
// the actions under them.
type PersonRow struct {
	cell
	act     func(i int, b *Button)
	buttons []*Button
}

func newPersonRow(act func(i int, b *Button)) *PersonRow {
	r := &PersonRow{act: act}
	r.self = r
	r.ExtendBaseWidget(r)
	return r
}

// Actions are the row's buttons that are shown.
func (r *PersonRow) Actions() []*Button { return r.buttons[:min(len(r.buttons), len(r.spec.Acts))] }

// Measures of a row in dp.
const (
	plainRow = 38
	tallRow  = 54
	rowPad   = 12
	actsGap  = 6

	stateWords = 176 // for how somebody stands, and until when, in the fewest words
)

// rowStart is where the words of a row begin, in px.
func rowStart() float32 { return theme.Px(rowPad + 24 + 12) }

// update makes the buttons of the spec.
func (r *PersonRow) update() {
	for i, spec := range r.spec.Acts {
		if i == len(r.buttons) {
			b := NewButton(ButtonSpec{}, nil)
			b.OnTap(func() { r.act(i, b) })
			r.buttons = append(r.buttons, b)
		}
		r.buttons[i].Set(spec)
	}
}

// lines is how the actions of an open row stand: as many to a line as fit.
func (r *PersonRow) lines(width float32) [][]*Button {
	var out [][]*Button
	left := float32(0)
	for _, b := range r.Actions() {
		w := b.MinSize().Width
		if len(out) == 0 || left < w {
			out, left = append(out, nil), width
		}
		out[len(out)-1] = append(out[len(out)-1], b)
		left -= w + theme.Px(actsGap)
	}
	return out
}

// height is how high an open row is at a width, in px.
func (r *PersonRow) height(width float32) float32 {
	r.update()
	h := theme.Px(theme.NameSize.LineHeight() + 2*theme.DetailSize.LineHeight() + 20)
	return h + float32(len(r.lines(width-rowStart()-theme.Px(rowPad))))*theme.Px(theme.SmallButtonHeight+actsGap)
}

// CreateRenderer implements fyne.Widget.
func (r *PersonRow) CreateRenderer() fyne.WidgetRenderer {
	ground, bar, edge, icon, shape := &canvas.Rectangle{}, &canvas.Rectangle{}, &canvas.Rectangle{}, newPicture(), newShape("")
	name := newInline(Style{Size: theme.NameSize, Bold: true, Cut: true})
	number := newInline(Style{Size: theme.NameSize, Bold: true, Figures: true})
	detail := newInline(Style{Size: theme.DetailSize, Figures: true, Cut: true})
	state := newInline(Style{Size: theme.DetailSize, Figures: true, Cut: true})
	lines := []*inline{name, number, detail, state}
	d := &drawing{owner: r, keeps: true}
	r.cut = func() string { return cutWords(name, detail, state) }
	d.refresh = func() {
		s := r.spec
		fill := theme.Transparent
		switch {
		case s.Fault:
			fill = theme.DangerSoft
		case r.cursor:
			fill = theme.Selected
		case r.hovered:
			fill = theme.Hover
		}
		box(ground, fill, theme.Transparent, 0, 0)
		bar.FillColor, edge.FillColor = theme.Color(theme.Accent), theme.Color(theme.Border)
		if s.Fault {
			bar.FillColor = theme.Color(theme.Danger)
		}
		SetVisible(bar, r.cursor || s.Fault)
		setPicture(icon, s.Icon, theme.Text3)
		shape.set(s.Status)
		ink := theme.Text
		if s.Quiet && !r.cursor && !r.tall {
			ink = theme.Text2
		}
		name.set(ink, s.Name...)
		number.set(theme.Text2, s.Number...)
		r.update()
	}
	// words sets what stands beside the name; apart, the state has a place of its own.
	words := func(apart bool, room float32) {
		s := r.spec
		if apart {
			detail.set(theme.Text2, s.Detail...)
			state.set(theme.Text2, s.stateSpans(nil, room)...)
			return
		}
		detail.set(theme.Text2, s.stateSpans(s.Detail, room)...)
		state.set(theme.Text2)
	}
	gather := func(shown []*Button) {
		d.objects = append([]fyne.CanvasObject{ground, bar, edge, icon.Raster}, shape.objects()...)
		for _, l := range lines {
			d.objects = append(d.objects, l.objects()...)
		}
		for _, b := range shown {
			d.objects = append(d.objects, b)
		}
	}
	d.min = func() fyne.Size { return fyne.NewSize(theme.Px(minTile), theme.Px(plainRow)) }
	d.layout = func(size fyne.Size) {
		place(ground, 0, 0, size.Width, size.Height)
		place(bar, 0, 0, theme.Px(theme.CursorBar), size.Height)
		place(edge, 0, size.Height-1, size.Width, 1)
		top, low := theme.Px(theme.NameSize.LineHeight()), theme.Px(theme.DetailSize.LineHeight())
		x, right, gap := rowStart(), size.Width-theme.Px(rowPad), theme.Px(theme.Grid)
		side, mid := theme.Px(22), size.Height/2
		if r.tall {
			side = theme.Px(24)
		}
		if r.spec.Open {
			mid = theme.Px(8) + top
		}
		shape.place(theme.Px(rowPad), mid-side/2, side)
		i := theme.Px(18)
		place(icon, theme.Px(rowPad)+(side-i)/2, mid-i/2, i, i)
		n := number.width()
		title := func(y, w float32) { // the number follows the name
			wide := min(name.width(), max(0, w-n-gap))
			name.place(x, y, wide, top)
			number.place(x+wide+gap, y, n, top)
		}
		switch {
		case r.spec.Open:
			words(true, right-x)
			y := theme.Px(8)
			title(y, right-x)
			detail.place(x, y+top, right-x, low)
			state.place(x, y+top+low, right-x, low)
			y += top + 2*low + theme.Px(actsGap)
			for _, line := range r.lines(right - x) {
				at := x
				for _, b := range line {
					m := b.MinSize()
					place(b, at, y, min(m.Width, right-x), m.Height)
					at += m.Width + theme.Px(actsGap)
				}
				y += theme.Px(theme.SmallButtonHeight + actsGap)
			}
			gather(r.Actions())
		case r.tall:
			var shown []*Button
			end := right
			keeps := max((right-x)*0.45, theme.Px(stateWords))
			for i := len(r.Actions()) - 1; i >= 0; i-- { // from the right, while the name keeps half of the row
				b := r.buttons[i]
				m := b.MinSize()
				if end-m.Width < x+keeps {
					break
				}
				place(b, end-m.Width, (size.Height-m.Height)/2, m.Width, m.Height)
				end -= m.Width + theme.Px(actsGap)
				shown = append(shown, b)
			}
			words(true, right-x)
			at := x + (right-x)*0.46
			apart := state.width() <= end-at-gap && max(name.width()+n+gap, detail.width()) <= at-x-gap
			if !apart {
				at = end
				words(false, at-x-gap)
			}
			y := (size.Height - top - low) / 2
			title(y, at-x-gap)
			detail.place(x, y+top, max(0, at-x-gap), low)
			state.place(at, (size.Height-low)/2, max(0, end-at-gap), low)
			gather(shown)
		default:
			words(true, right-x)
			at, then := x+(right-x)*0.36, x+(right-x)*0.66
			apart := state.width() <= right-then
			if !apart || at-x-gap < n+theme.Px(120) { // too narrow for three columns
				then = right
				at = x + (right-x)*0.5
				words(false, then-at-gap)
			}
			title((size.Height-top)/2, at-x-gap)
			detail.place(at, (size.Height-low)/2, max(0, then-at-gap), low)
			state.place(then, (size.Height-low)/2, max(0, right-then), low)
			gather(nil)
		}
	}
	d.refresh()
	return d
}
