package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// Switch is a setting that is on or off and counts at once.
type Switch struct {
	control
	on bool
	// OnChange is called when the user turns it.
	OnChange func(on bool)
}

// NewSwitch makes a switch. name is what it switches, for screen readers.
func NewSwitch(name string, onChange func(bool)) *Switch {
	s := &Switch{OnChange: onChange}
	s.tip = name
	s.tapped = func() {
		s.on = !s.on
		s.Refresh()
		if s.OnChange != nil {
			s.OnChange(s.on)
		}
	}
	s.init(s)
	return s
}

// Set shows a state, without OnChange.
func (s *Switch) Set(on bool) {
	if s.on != on {
		s.on = on
		s.Refresh()
	}
}

// Lock disables the switch with a reason; empty unlocks it.
func (s *Switch) Lock(reason string) {
	if s.locked == (reason != "") {
		return
	}
	s.locked = reason != ""
	if s.locked {
		s.tip = reason
	}
	s.Refresh()
}

// On is the state shown.
func (s *Switch) On() bool { return s.on }

// AccessibilityLabel implements fyne.Accessible.
func (s *Switch) AccessibilityLabel() string { return s.tip }

// AccessibilityRole implements fyne.Accessible.
func (s *Switch) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (s *Switch) CreateRenderer() fyne.WidgetRenderer {
	track, knob, glyph, ring := &canvas.Rectangle{}, &canvas.Circle{}, newPicture(), newRing(14)
	d := &drawing{owner: s, objects: []fyne.CanvasObject{track, knob, glyph.Raster, ring}}
	d.refresh = func() {
		if s.on {
			box(track, theme.Accent, theme.Transparent, 0, 10)
			knob.FillColor = theme.Color(theme.OnAccent)
		} else {
			box(track, theme.Surface, theme.BorderStrong, theme.HairLine, 10)
			knob.FillColor = theme.Color(theme.BorderStrong)
		}
		if s.locked {
			box(track, theme.Raised, theme.Border, theme.HairLine, 10)
			knob.FillColor = theme.Color(theme.Text3)
		}
		name := ""
		if s.on {
			name = "check"
		}
		setGlyph(glyph, name, theme.Accent)
		styleRing(ring, 14, s.focused)
	}
	d.min = func() fyne.Size { return fyne.NewSize(theme.Px(44), theme.Px(theme.MinTarget)) }
	d.layout = func(size fyne.Size) {
		w, h := theme.Px(36), theme.Px(20)
		x, y := (size.Width-w)/2, (size.Height-h)/2
		place(track, x, y, w, h)
		k := theme.Px(14)
		left := x + theme.Px(4)
		if s.on {
			left = x + w - k - theme.Px(3)
		}
		place(knob, left, y+(h-k)/2, k, k)
		g := theme.Px(10)
		place(glyph, left+(k-g)/2, y+(h-g)/2, g, g)
		ring.Resize(size)
	}
	d.refresh()
	return d
}

// Check is a box with a tick and words beside it.
type Check struct {
	control
	text string
	on   bool
	// OnChange is called when the user ticks or clears it.
	OnChange func(on bool)
}

// NewCheck makes a check box.
func NewCheck(text string, onChange func(bool)) *Check {
	c := &Check{text: text, OnChange: onChange}
	c.tapped = func() {
		c.on = !c.on
		c.Refresh()
		if c.OnChange != nil {
			c.OnChange(c.on)
		}
	}
	c.init(c)
	return c
}

// Set shows a state, without OnChange.
func (c *Check) Set(on bool) {
	if c.on != on {
		c.on = on
		c.Refresh()
	}
}

// SetText changes the words.
func (c *Check) SetText(s string) {
	if c.text != s {
		c.text = s
		c.Refresh()
	}
}

// On is the state shown.
func (c *Check) On() bool { return c.on }

// AccessibilityLabel implements fyne.Accessible.
func (c *Check) AccessibilityLabel() string { return c.text }

// AccessibilityRole implements fyne.Accessible.
func (c *Check) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (c *Check) CreateRenderer() fyne.WidgetRenderer {
	square, tick, label, ring := &canvas.Rectangle{}, newPicture(), line(), newRing(theme.RadiusSmall)
	d := &drawing{owner: c, objects: []fyne.CanvasObject{square, tick.Raster, label, ring}}
	d.refresh = func() {
		name := ""
		if c.on {
			name = "check"
			box(square, theme.Accent, theme.Transparent, 0, theme.RadiusKeyCap)
		} else {
			box(square, theme.Surface, theme.BorderStrong, theme.HairLine, theme.RadiusKeyCap)
		}
		setGlyph(tick, name, theme.OnAccent)
		label.Text = c.text
		set(label, theme.BodySize, theme.Text, false, false)
		styleRing(ring, theme.RadiusSmall, c.focused)
	}
	d.min = func() fyne.Size {
		return fyne.NewSize(label.MinSize().Width+theme.Px(20+10), theme.Px(theme.MinTarget))
	}
	d.layout = func(s fyne.Size) {
		side, t := theme.Px(20), theme.Px(14)
		y := (s.Height - side) / 2
		place(square, 0, y, side, side)
		place(tick, (side-t)/2, y+(side-t)/2, t, t)
		m := label.MinSize()
		place(label, side+theme.Px(10), (s.Height-m.Height)/2, m.Width, m.Height)
		out := theme.Px(theme.Half) // the box stands in line with the fields, the ring around it
		place(ring, -out, 0, min(s.Width, d.min().Width)+2*out, s.Height)
	}
	d.refresh()
	return d
}
