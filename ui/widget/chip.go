package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// ChipSpec is what a chip shows.
type ChipSpec struct {
	Text     string
	Tail     string // the end of the text, which is never cut
	Brief    string // Text in fewer words, as a Span's, for where it has no room
	Icon     string
	Fill     theme.Token // "" is SlateSoft
	Ink      theme.Token // "" is SlateText
	Chevron  bool        // opens a menu
	Cut      bool        // may be narrower than its text
	Tip      string
	Disabled string
}

func (s ChipSpec) words() string { return s.Text + s.Tail }

// Chip is a short text on a rounded tint. With a press function it is a button.
type Chip struct {
	control
	spec ChipSpec
}

// NewChip makes a chip; tapped may be nil for one that only tells.
func NewChip(spec ChipSpec, tapped func()) *Chip {
	c := &Chip{spec: spec}
	c.tapped = tapped
	c.apply()
	c.init(c)
	return c
}

// Set changes what the chip shows.
func (c *Chip) Set(spec ChipSpec) {
	if c.spec == spec {
		return
	}
	c.spec = spec
	c.apply()
	c.Refresh()
}

// Natural is the width the whole chip needs, for layouts that give a cut one no more than that.
func (c *Chip) Natural() float32 {
	w := measure(c.spec.words(), theme.DetailSize, true, false).Width + theme.Px(20)
	if c.spec.Icon != "" {
		w += theme.Px(theme.IconSmall + 4)
	}
	if c.spec.Chevron {
		w += theme.Px(theme.IconSmall + 6)
	}
	return w
}

func (c *Chip) apply() {
	c.tip, c.locked = c.spec.Tip, c.spec.Disabled != ""
	if c.locked {
		c.tip = c.spec.Disabled
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (c *Chip) AccessibilityLabel() string { return c.spec.words() }

// AccessibilityRole implements fyne.Accessible.
func (c *Chip) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	ground, ring, icon, label, chevron := &canvas.Rectangle{}, &canvas.Rectangle{}, newPicture(), line(), newPicture()
	d := &drawing{owner: c, objects: []fyne.CanvasObject{ground, icon.Raster, label, chevron.Raster, ring}}
	d.refresh = func() {
		fill, ink := c.spec.Fill, c.spec.Ink
		if fill == "" {
			fill = theme.SlateSoft
		}
		if ink == "" {
			ink = theme.SlateText
		}
		border := theme.Transparent
		if c.hovered && c.tapped != nil {
			border = ink
		}
		box(ground, fill, border, theme.HairLine, theme.ChipHeight/2)
		box(ring, theme.Transparent, theme.Focus, theme.FocusRing, theme.ChipHeight/2)
		SetVisible(ring, c.focused)
		setPicture(icon, c.spec.Icon, ink)
		label.Text = c.spec.words()
		set(label, theme.DetailSize, ink, true, false)
		end := ""
		if c.spec.Chevron {
			end = "chevron-down"
		}
		setPicture(chevron, end, ink)
	}
	d.min = func() fyne.Size {
		w := measure(c.spec.words(), theme.DetailSize, true, false).Width + theme.Px(20)
		if c.spec.Cut {
			w = min(w, theme.Px(56))
		}
		if icon.Visible() {
			w += theme.Px(theme.IconSmall + 4)
		}
		if chevron.Visible() {
			w += theme.Px(theme.IconSmall + 6)
		}
		return fyne.NewSize(w, theme.Px(theme.ChipHeight))
	}
	d.layout = func(s fyne.Size) {
		h := theme.Px(theme.ChipHeight)
		y := (s.Height - h) / 2
		place(ground, 0, y, s.Width, h)
		place(ring, 0, y, s.Width, h)
		x, side := theme.Px(10), theme.Px(theme.IconSmall)
		SetVisible(icon.Raster, c.spec.Icon != "" && (!c.spec.Cut || s.Width+0.5 >= c.Natural())) // the icon goes before the words do
		if icon.Visible() {
			place(icon, x, (s.Height-side)/2, side, side)
			x += side + theme.Px(4)
		}
		if c.spec.Cut {
			room := s.Width - x - theme.Px(10)
			if chevron.Visible() {
				room -= side + theme.Px(6)
			}
			label.Text = Span{Text: c.spec.Text, Brief: c.spec.Brief}.within(room-wide(c.spec.Tail), wide) + c.spec.Tail
			c.apply()
			if label.Text != c.spec.words() {
				c.tip = c.spec.words()
			}
		}
		m := label.MinSize()
		place(label, x, (s.Height-m.Height)/2, m.Width, m.Height)
		place(chevron, x+m.Width+theme.Px(6), (s.Height-side)/2, side, side)
	}
	d.refresh()
	return d
}

// wide is the width of a chip's words.
func wide(s string) float32 { return measure(s, theme.DetailSize, true, false).Width }
