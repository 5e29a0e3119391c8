package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// OptionSpec is what a row of choices shows.
type OptionSpec struct {
	Status  Status // a lamp at the left, before Icon
	Icon    string
	Title   string
	Detail  string
	Ink     theme.Token // of the detail; "" is Text2
	Fill    theme.Token // a tint under the whole row; "" is none
	Alert   string      // a warning sign at the end, with what it means
	Chosen  bool        // a tick at the end
	Framed  bool        // a border in the accent's colour: what is being edited
	More    bool        // opens something: an arrow at the end
	Faded   bool        // not in use
	Cursor  bool        // the keyboard is here
	Compact bool        // less height, for a row without detail
}

// OptionRow is a row with a lamp or icon, two lines of words, and small buttons at its end.
type OptionRow struct {
	control
	spec OptionSpec
	tail []fyne.CanvasObject
	wide float32 // the width it was laid out in last, 0 before
}

// Resize puts the buttons under the words where there is no room beside them.
func (r *OptionRow) Resize(s fyne.Size) {
	r.wide = s.Width
	r.control.Resize(s)
}

// NewOptionRow makes a row with the buttons at its end.
func NewOptionRow(spec OptionSpec, tapped func(), tail ...fyne.CanvasObject) *OptionRow {
	r := &OptionRow{spec: spec, tail: tail}
	r.tapped = tapped
	r.init(r)
	return r
}

// Set changes what the row shows.
func (r *OptionRow) Set(spec OptionSpec) {
	if r.spec == spec {
		return
	}
	r.spec = spec
	r.Refresh()
}

// Spec is what the row shows.
func (r *OptionRow) Spec() OptionSpec { return r.spec }

// OnTap changes what a press does.
func (r *OptionRow) OnTap(f func()) { r.tapped = f }

// Press does what a press on the row does.
func (r *OptionRow) Press() { r.press() }

// AccessibilityLabel implements fyne.Accessible.
func (r *OptionRow) AccessibilityLabel() string { return r.spec.Title + ", " + r.spec.Detail }

// AccessibilityRole implements fyne.Accessible.
func (r *OptionRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (r *OptionRow) CreateRenderer() fyne.WidgetRenderer {
	ground, bar, ring := &canvas.Rectangle{}, &canvas.Rectangle{}, newRing(theme.RadiusField)
	shape, icon, end := newShape(""), newPicture(), newPicture()
	title, detail := newInline(Style{Size: theme.NameSize, Bold: true, Cut: true}), newInline(Style{Size: theme.DetailSize, Cut: true})
	d := &drawing{owner: r}
	d.refresh = func() {
		s := r.spec
		fill, border, radius := s.Fill, theme.Transparent, float32(0)
		switch {
		case s.Framed:
			fill, border, radius = theme.Selected, theme.Accent, theme.RadiusField
		case fill != "":
		case s.Cursor:
			fill = theme.Selected
		case r.hovered:
			fill = theme.Hover
		default:
			fill = theme.Transparent
		}
		box(ground, fill, border, theme.StateBorder, radius)
		bar.FillColor = theme.Color(theme.Accent)
		SetVisible(bar, s.Cursor)
		shape.set(s.Status)
		name := s.Icon
		if s.Status != StatusNone {
			name = ""
		}
		ink, second := theme.Text, s.Ink
		if second == "" {
			second = theme.Text2
		}
		if s.Faded {
			ink, second = theme.Text3, theme.Text3
		}
		setPicture(icon, name, theme.Text2)
		title.set(ink, Span{Text: s.Title})
		detail.set(second, Span{Text: s.Detail})
		mark, tint := "", theme.Text3
		switch {
		case s.Alert != "":
			mark, tint = "triangle-alert", theme.WarnText
		case s.Chosen:
			mark, tint = "check", theme.GreenText
		case s.More:
			mark = "chevron-right"
		}
		setPicture(end, mark, tint)
		styleRing(ring, theme.RadiusField, r.focused)
		d.objects = append([]fyne.CanvasObject{ground, bar}, shape.objects()...)
		d.objects = append(d.objects, icon.Raster, end.Raster)
		d.objects = append(append(d.objects, title.objects()...), detail.objects()...)
		d.objects = append(append(d.objects, r.tail...), ring)
	}
	lead := func() float32 {
		if r.spec.Status == StatusNone && r.spec.Icon == "" {
			return theme.Px(12)
		}
		return theme.Px(14 + 28 + 14)
	}
	tail := func() (w, h float32) {
		for _, o := range r.tail {
			if o.Visible() {
				m := o.MinSize()
				w += m.Width + theme.Px(theme.Grid)
				h = max(h, m.Height)
			}
		}
		if end.Visible() {
			w += theme.Px(theme.IconLarge + theme.Grid)
		}
		return w, h
	}
	under := func() bool {
		w, h := tail()
		return h > 0 && r.wide > 0 && r.wide-lead()-w-theme.Px(12) < theme.Px(90)
	}
	d.min = func() fyne.Size {
		_, h := tail()
		height := theme.Px(theme.RowHeight - 4)
		if r.spec.Compact {
			height = theme.Px(theme.LargeButtonHeight)
		}
		width := lead() + theme.Px(60+12)
		if under() {
			return fyne.NewSize(width, height+h+theme.Px(theme.Grid))
		}
		return fyne.NewSize(width, max(height, h+theme.Px(theme.Grid)))
	}
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		ring.Resize(s)
		place(bar, 0, 0, theme.Px(theme.CursorBar), s.Height)
		w, h := tail()
		low := under()
		whole := s.Height
		if low {
			s.Height -= h + theme.Px(theme.Grid)
		}
		side := theme.Px(28)
		shape.place(theme.Px(14), (s.Height-side)/2, side)
		g := theme.Px(theme.IconLarge)
		place(icon, theme.Px(14)+(side-g)/2, (s.Height-g)/2, g, g)
		x := s.Width - theme.Px(12)
		if end.Visible() {
			x -= g
			place(end, x, (s.Height-g)/2, g, g)
			x -= theme.Px(theme.Grid)
		}
		for i := len(r.tail) - 1; i >= 0; i-- {
			if o := r.tail[i]; o.Visible() {
				m := o.MinSize()
				x -= m.Width
				y := (s.Height - m.Height) / 2
				if low {
					y = whole - m.Height - theme.Px(theme.Half)
				}
				place(o, x, y, m.Width, m.Height)
				x -= theme.Px(theme.Grid)
			}
		}
		if low {
			w = 0
		}
		room := max(0, s.Width-lead()-w-theme.Px(12))
		top, second := theme.Px(theme.NameSize.LineHeight()), theme.Px(theme.DetailSize.LineHeight())
		if r.spec.Detail == "" {
			second = 0
		}
		y := (s.Height - top - second) / 2
		title.place(lead(), y, room, top)
		detail.place(lead(), y+top, room, second)
		r.tip = ""
		if title.cut(room) || r.spec.Detail != "" && detail.cut(room) {
			r.tip = r.spec.Title
			if r.spec.Detail != "" {
				r.tip += "\n" + r.spec.Detail
			}
		}
		if r.spec.Alert != "" {
			r.tip = r.spec.Alert
		}
	}
	d.refresh()
	return d
}
