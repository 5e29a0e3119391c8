package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// menuRow is one line of a menu.
type menuRow struct {
	control
	menu  *Menu
	index int
}

// Tapped implements fyne.Tappable.
func (r *menuRow) Tapped(*fyne.PointEvent) { r.menu.Choose(r.index) }

// CreateRenderer implements fyne.Widget.
func (r *menuRow) CreateRenderer() fyne.WidgetRenderer {
	r.self = r
	item := r.menu.items[r.index]
	d := &menuRowRenderer{r: r, item: item, rule: &canvas.Rectangle{}, ground: &canvas.Rectangle{}, icon: newPicture(),
		tick: newPicture(), label: line(), keys: newCap()}
	d.icons = slices.ContainsFunc(r.menu.items, func(i MenuItem) bool { return i.Icon != "" })
	r.changed = func() {
		if r.hovered && !item.line() {
			r.menu.point(r.index)
		}
	}
	d.update()
	return d
}

type menuRowRenderer struct {
	r            *menuRow
	item         MenuItem
	icons        bool // some line of the menu has an icon
	rule, ground *canvas.Rectangle
	icon, tick   *picture
	label        *canvas.Text
	detail       []*canvas.Text // second line, wrapped
	keys         *keyCap
	ink          theme.Token
}

func (d *menuRowRenderer) Destroy() {}

func (d *menuRowRenderer) Objects() []fyne.CanvasObject {
	objects := append([]fyne.CanvasObject{d.ground, d.rule, d.icon.Raster, d.tick.Raster, d.label}, d.keys.objects()...)
	for _, t := range d.detail {
		objects = append(objects, t)
	}
	return objects
}

func (d *menuRowRenderer) Refresh() {
	d.update()
	d.Layout(d.r.Size())
	canvas.Refresh(d.r)
}

func (d *menuRowRenderer) update() {
	item := d.item
	d.ink = theme.Text
	tint := theme.Text2
	switch {
	case item.Disabled != "":
		d.ink, tint = theme.Text3, theme.Text3
	case item.Danger:
		d.ink, tint = theme.DangerText, theme.DangerText
	}
	fill := theme.Transparent
	if d.r.menu.cursor == d.r.index {
		fill = theme.Selected
	}
	box(d.ground, fill, theme.Transparent, 0, theme.RadiusSmall)
	d.rule.FillColor = theme.Color(theme.Border)
	SetVisible(d.rule, item.line())
	SetVisible(d.ground, !item.line())
	setPicture(d.icon, item.Icon, tint)
	end := ""
	switch {
	case item.Disabled != "":
		end = "lock"
	case item.Chosen:
		end = "check"
	}
	setPicture(d.tick, end, tint)
	set(d.label, theme.BodySize, d.ink, item.Chosen, false)
	d.keys.set(item.Key, theme.Text2, theme.BorderStrong)
	if d.keys.visible() && measure(item.Text, theme.BodySize, item.Chosen, false).Width > d.room() {
		d.keys.set("", theme.Text2, theme.BorderStrong) // the words come before the key
	}
}

func (d *menuRowRenderer) lead() float32 {
	if d.icons {
		return theme.Px(10 + theme.IconMedium + 10)
	}
	return theme.Px(10)
}

// end is the width of what stands after the words.
func (d *menuRowRenderer) end() float32 {
	w := theme.Px(10)
	if d.tick.Visible() {
		w += theme.Px(theme.IconMedium + 8)
	}
	if d.keys.visible() {
		w += d.keys.size().Width + theme.Px(12)
	}
	return w
}

// second is the words under the label: the reason where the item is disabled.
func (d *menuRowRenderer) second() string {
	if d.item.Disabled != "" {
		return d.item.Disabled
	}
	return d.item.Detail
}

// room is the width for words in the widest menu that the window takes.
func (d *menuRowRenderer) room() float32 {
	return max(theme.Px(80), min(theme.Px(420), d.r.menu.canvas.Size().Width-theme.Px(24))-d.lead()-d.end())
}

func detailWidth(s string) float32 { return measure(s, theme.DetailSize, false, false).Width }

func (d *menuRowRenderer) MinSize() fyne.Size {
	if d.item.line() {
		return fyne.NewSize(theme.Px(80), theme.Px(9))
	}
	label := measure(d.item.Text, theme.BodySize, d.item.Chosen, false).Width
	words := min(d.room(), label)
	h := theme.Px(34)
	if s := d.second(); s != "" {
		for _, l := range wrap(s, d.room(), detailWidth) {
			words = max(words, detailWidth(l))
			h += theme.Px(theme.DetailSize.LineHeight())
		}
		h -= theme.Px(4)
	}
	return fyne.NewSize(max(d.lead()+words+1+d.end(), theme.Px(140)), h)
}

func (d *menuRowRenderer) Layout(s fyne.Size) {
	d.ground.Resize(s)
	place(d.rule, 0, (s.Height-1)/2, s.Width, 1)
	if d.item.line() {
		return
	}
	side := theme.Px(theme.IconMedium)
	place(d.icon, theme.Px(10), (s.Height-side)/2, side, side)
	right := s.Width - theme.Px(10)
	if d.tick.Visible() {
		right -= side
		place(d.tick, right, (s.Height-side)/2, side, side)
		right -= theme.Px(8)
	}
	if d.keys.visible() {
		c := d.keys.size()
		d.keys.place(right-c.Width, (s.Height-c.Height)/2)
	}
	room := s.Width - d.lead() - d.end()
	d.label.Text = ellipsize(d.item.Text, room, func(t string) float32 { return measure(t, theme.BodySize, d.item.Chosen, false).Width })
	m := d.label.MinSize()
	var lines []string
	if second := d.second(); second != "" {
		lines = wrap(second, room, detailWidth)
	}
	for len(d.detail) < len(lines) {
		d.detail = append(d.detail, line())
	}
	d.detail = d.detail[:len(lines)]
	step := theme.Px(theme.DetailSize.LineHeight())
	y := (s.Height - m.Height - float32(len(lines))*step) / 2
	place(d.label, d.lead(), y, m.Width, m.Height)
	y += m.Height
	for i, l := range lines {
		t := d.detail[i]
		t.Text = l
		set(t, theme.DetailSize, theme.Text3, false, false)
		e := t.MinSize()
		place(t, d.lead(), y+(step-e.Height)/2, e.Width, e.Height)
		y += step
	}
}

// FocusGained implements fyne.Focusable: lines are reached by the menu's own arrows, so the menu keeps the keyboard.
func (r *menuRow) FocusGained() { r.menu.canvas.Focus(r.menu) }
