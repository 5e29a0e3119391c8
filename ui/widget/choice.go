package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// ChoiceSpec is what a choice shows.
type ChoiceSpec struct {
	Icon     string
	Title    string
	Detail   string
	Chosen   bool
	Busy     string // an answer is awaited: shown instead of Detail
	Disabled string
}

// Choice is a large button with icon and two lines of which one is chosen: how to start.
type Choice struct {
	control
	spec ChoiceSpec
}

// NewChoice makes a choice.
func NewChoice(spec ChoiceSpec, tapped func()) *Choice {
	c := &Choice{spec: spec}
	c.tapped = tapped
	c.apply()
	c.init(c)
	return c
}

// Set changes what it shows.
func (c *Choice) Set(spec ChoiceSpec) {
	if c.spec == spec {
		return
	}
	c.spec = spec
	c.apply()
	c.Refresh()
}

func (c *Choice) apply() { c.locked, c.tip = c.spec.Disabled != "", c.spec.Disabled }

// AccessibilityLabel implements fyne.Accessible.
func (c *Choice) AccessibilityLabel() string { return c.spec.Title + ", " + c.spec.Detail }

// AccessibilityRole implements fyne.Accessible.
func (c *Choice) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (c *Choice) CreateRenderer() fyne.WidgetRenderer {
	ground, ring, icon, end := &canvas.Rectangle{}, newRing(theme.RadiusStrip), newPicture(), newPicture()
	title := newInline(Style{Size: theme.NameSize, Bold: true, Cut: true})
	detail := newInline(Style{Size: theme.DetailSize, Cut: true})
	d := &drawing{owner: c}
	d.refresh = func() {
		s := c.spec
		fill, border, width, ink := theme.Surface, theme.Border, float32(theme.HairLine), theme.Text2
		switch {
		case s.Chosen:
			fill, border, width, ink = theme.Selected, theme.Accent, theme.StateBorder, theme.AccentText
		case c.hovered && !c.locked:
			fill = theme.Hover
		}
		box(ground, fill, border, width, theme.RadiusStrip)
		styleRing(ring, theme.RadiusStrip, c.focused)
		setPicture(icon, s.Icon, ink)
		mark := ""
		switch {
		case c.locked:
			mark = "lock"
		case s.Chosen:
			mark = "circle-check"
		}
		setPicture(end, mark, ink)
		title.set("", Span{Text: s.Title})
		words := s.Detail
		if s.Busy != "" {
			words = s.Busy
		}
		detail.set(theme.Text3, Span{Text: words})
		d.objects = append([]fyne.CanvasObject{ground, icon.Raster, end.Raster, ring}, append(title.objects(), detail.objects()...)...)
	}
	d.min = func() fyne.Size {
		return fyne.NewSize(theme.Px(46+36)+title.width(), theme.Px(64))
	}
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		ring.Resize(s)
		side := theme.Px(theme.IconLarge)
		place(icon, theme.Px(13), (s.Height-side)/2, side, side)
		e := theme.Px(18)
		place(end, s.Width-theme.Px(14)-e, (s.Height-e)/2, e, e)
		x := theme.Px(46)
		w := s.Width - x - theme.Px(14+18+8)
		h1, h2 := theme.Px(20), theme.Px(16)
		y := (s.Height - h1 - h2) / 2
		title.place(x, y, w, h1)
		detail.place(x, y+h1, w, h2)
	}
	d.refresh()
	return d
}
