package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// RingSpec is what a duration ring shows.
type RingSpec struct {
	Text     string
	Icon     string  // in place of the text
	Part     float64 // how much of the ring is filled, 0 to 1
	Running  bool    // green: this is on, Part is what is left
	Tip      string
	Disabled string // the reason
	Cursor   bool   // the keyboard is here
}

// DurationRing is a button whose ring shows how long something lasts: minutes as a part of an hour.
type DurationRing struct {
	control
	spec RingSpec
}

// ringSide is the ring's size in dp.
const ringSide = 48

// NewDurationRing makes a ring.
func NewDurationRing(spec RingSpec, tapped func()) *DurationRing {
	r := &DurationRing{spec: spec}
	r.tapped = tapped
	r.apply()
	r.init(r)
	return r
}

// Set changes what the ring shows.
func (r *DurationRing) Set(spec RingSpec) {
	if r.spec == spec {
		return
	}
	r.spec = spec
	r.apply()
	r.Refresh()
}

// Spec is what the ring shows.
func (r *DurationRing) Spec() RingSpec { return r.spec }

// OnTap changes what a press does.
func (r *DurationRing) OnTap(f func()) { r.tapped = f }

func (r *DurationRing) apply() {
	r.tip, r.locked = r.spec.Tip, r.spec.Disabled != ""
	if r.locked {
		r.tip = r.spec.Disabled
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (r *DurationRing) AccessibilityLabel() string { return r.spec.Tip }

// AccessibilityRole implements fyne.Accessible.
func (r *DurationRing) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (r *DurationRing) CreateRenderer() fyne.WidgetRenderer {
	ground, track, arc := &canvas.Circle{}, canvas.NewArc(0, 360, 0.84, nil), canvas.NewArc(0, 0, 0.84, nil)
	label, icon, ring := line(), newPicture(), &canvas.Circle{}
	d := &drawing{owner: r, objects: []fyne.CanvasObject{ground, track, arc, label, icon.Raster, ring}}
	d.refresh = func() {
		fill := theme.Transparent
		if (r.hovered || r.spec.Cursor) && !r.locked {
			fill = theme.Hover
		}
		ground.FillColor = theme.Color(fill)
		track.FillColor = theme.Color(theme.Sunken)
		ink, hue := theme.Text, theme.Red
		switch {
		case r.locked:
			ink, hue = theme.Text3, theme.Border
		case r.spec.Running:
			ink, hue = theme.GreenText, theme.Green
		}
		arc.FillColor = theme.Color(hue)
		arc.EndAngle = float32(min(1, max(0, r.spec.Part)) * 360)
		SetVisible(arc, r.spec.Part > 0)
		label.Text = r.spec.Text
		set(label, theme.DetailSize, ink, true, false)
		SetVisible(label, r.spec.Icon == "")
		setPicture(icon, r.spec.Icon, ink)
		ring.StrokeColor, ring.StrokeWidth = theme.Color(theme.Focus), theme.FocusRing
		SetVisible(ring, r.focused || r.spec.Cursor)
	}
	d.min = func() fyne.Size { return fyne.NewSquareSize(theme.Px(ringSide)) }
	d.layout = func(s fyne.Size) {
		side := theme.Px(ringSide)
		x, y := (s.Width-side)/2, (s.Height-side)/2
		place(ground, x, y, side, side)
		place(track, x, y, side, side)
		place(arc, x, y, side, side)
		inner := theme.Px(5)
		place(ring, x+inner, y+inner, side-2*inner, side-2*inner)
		m := label.MinSize()
		place(label, x+(side-m.Width)/2, y+(side-m.Height)/2, m.Width, m.Height)
		g := theme.Px(theme.IconMedium)
		place(icon, x+(side-g)/2, y+(side-g)/2, g, g)
	}
	d.refresh()
	return d
}
