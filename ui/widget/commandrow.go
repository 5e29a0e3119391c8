package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// CommandSpec is what a row of a command shows.
type CommandSpec struct {
	Icon   string
	Title  []Span
	Detail string   // small second line: why it cannot be done
	Keys   []string // key caps at the end
	None   string   // in place of the caps where there are none
	Mark   string   // small word before the caps: changed
	Faded  bool     // cannot be done now
	Cursor bool     // the keyboard is here
	More   bool     // a press opens something below
	Open   bool     // it is open
}

func (s CommandSpec) equal(o CommandSpec) bool {
	return s.Icon == o.Icon && slices.Equal(s.Title, o.Title) && s.Detail == o.Detail && slices.Equal(s.Keys, o.Keys) && s.None == o.None &&
		s.Mark == o.Mark && s.Faded == o.Faded && s.Cursor == o.Cursor && s.More == o.More && s.Open == o.Open
}

// CommandRow is a command in a list of them: icon, title, and its keys at the end. Where the title would be cut, the keys
// stand under it.
type CommandRow struct {
	control
	spec CommandSpec
	wide float32
}

// NewCommandRow makes a row.
func NewCommandRow(spec CommandSpec, tapped func()) *CommandRow {
	r := &CommandRow{spec: spec}
	r.tapped = tapped
	r.init(r)
	return r
}

// Set changes what the row shows.
func (r *CommandRow) Set(spec CommandSpec) {
	if !r.spec.equal(spec) {
		r.spec = spec
		r.Refresh()
	}
}

// Spec is what the row shows.
func (r *CommandRow) Spec() CommandSpec { return r.spec }

// OnTap changes what a press does.
func (r *CommandRow) OnTap(f func()) { r.tapped = f }

// Resize remembers the width, which decides the height.
func (r *CommandRow) Resize(s fyne.Size) {
	r.wide = s.Width
	r.control.Resize(s)
}

// AccessibilityLabel implements fyne.Accessible.
func (r *CommandRow) AccessibilityLabel() string {
	words := ""
	for _, s := range r.spec.Title {
		words += s.Text
	}
	for _, k := range r.spec.Keys {
		words += ", " + k
	}
	return words
}

// AccessibilityRole implements fyne.Accessible.
func (r *CommandRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (r *CommandRow) CreateRenderer() fyne.WidgetRenderer {
	ground, bar, ring := &canvas.Rectangle{}, &canvas.Rectangle{}, newRing(theme.RadiusField)
	icon, end := newPicture(), newPicture()
	title, detail, none := newInline(Style{Size: theme.BodySize, Cut: true}), newInline(Style{Size: theme.DetailSize, Cut: true}), newInline(Style{Size: theme.DetailSize})
	var caps []*keyCap
	d := &drawing{owner: r}
	d.refresh = func() {
		s := r.spec
		fill := theme.Transparent
		switch {
		case s.Cursor, s.Open:
			fill = theme.Selected
		case r.hovered:
			fill = theme.Hover
		}
		box(ground, fill, theme.Transparent, 0, 0)
		bar.FillColor = theme.Color(theme.Accent)
		SetVisible(bar, s.Cursor)
		ink, tint := theme.Text, theme.Text2
		if s.Faded {
			ink, tint = theme.Text3, theme.Text3
		}
		setPicture(icon, s.Icon, tint)
		title.set(ink, s.Title...)
		detail.set(theme.Text3, Span{Text: s.Detail})
		words := s.Mark
		if len(s.Keys) == 0 && s.None != "" {
			words = s.None
			if s.Mark != "" {
				words += " · " + s.Mark
			}
		}
		none.set(theme.Text3, Span{Text: words})
		name := ""
		switch {
		case s.Faded:
			name = "lock"
		case s.Open:
			name = "chevron-up"
		case s.More:
			name = "chevron-down"
		}
		setPicture(end, name, theme.Text3)
		for len(caps) < len(s.Keys) {
			caps = append(caps, newCap())
		}
		caps = caps[:len(s.Keys)]
		d.objects = append([]fyne.CanvasObject{ground, bar, icon.Raster, end.Raster}, title.objects()...)
		d.objects = append(append(d.objects, detail.objects()...), none.objects()...)
		for i, c := range caps {
			c.set(s.Keys[i], tint, theme.BorderStrong)
			d.objects = append(d.objects, c.objects()...)
		}
		d.objects = append(d.objects, ring)
		styleRing(ring, theme.RadiusField, r.focused)
	}
	lead := func() float32 { return theme.Px(14 + theme.IconMedium + 12) }
	mark := func() float32 { // the sign at the end
		if end.Visible() {
			return theme.Px(theme.IconMedium + theme.Grid)
		}
		return 0
	}
	keys := func() (w float32) { // caps and the word before them
		for _, c := range caps {
			w += c.size().Width + theme.Px(4)
		}
		if n := none.width(); n > 0 {
			w += n + theme.Px(theme.Grid)
		}
		return w
	}
	under := func(width float32) bool {
		return keys() > 0 && width > 0 && title.width() > width-lead()-mark()-keys()-theme.Px(14)
	}
	d.min = func() fyne.Size {
		h := theme.Px(36)
		if r.spec.Detail != "" {
			h += theme.Px(theme.DetailSize.LineHeight())
		}
		if under(r.wide) {
			h += theme.Px(22)
		}
		return fyne.NewSize(theme.Px(160), h)
	}
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		ring.Resize(s)
		place(bar, 0, 0, theme.Px(theme.CursorBar), s.Height)
		side := theme.Px(theme.IconMedium)
		place(icon, theme.Px(14), (s.Height-side)/2, side, side)
		right := s.Width - theme.Px(14)
		if end.Visible() {
			place(end, right-side, (s.Height-side)/2, side, side)
			right -= mark()
		}
		top, low := theme.Px(theme.BodySize.LineHeight()), theme.Px(theme.DetailSize.LineHeight())
		if r.spec.Detail == "" {
			low = 0
		}
		down := under(s.Width)
		room, below := max(0, right-lead()-keys()), float32(0)
		if down {
			room, below = max(0, right-lead()), theme.Px(22)
		}
		y := (s.Height - top - low - below) / 2
		title.place(lead(), y, room, top)
		detail.place(lead(), y+top, max(room, right-lead()-keys()), low)
		at, middle := right-keys(), s.Height/2
		if down {
			at, middle = lead(), y+top+low+below/2
		}
		if n := none.width(); n > 0 {
			h := theme.Px(theme.DetailSize.LineHeight())
			none.place(at, middle-h/2, n, h)
			at += n + theme.Px(theme.Grid)
		}
		for _, c := range caps {
			z := c.size()
			c.place(at, middle-z.Height/2)
			at += z.Width + theme.Px(4)
		}
		r.tip = ""
		if title.cut(room) {
			r.tip = title.t.Text()
		}
		if r.spec.Detail != "" && detail.cut(max(room, right-lead()-keys())) {
			r.tip = r.spec.Detail
		}
	}
	d.refresh()
	return d
}
