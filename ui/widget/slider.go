package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// Slider chooses a whole number: a volume in percent. The arrows move it by Step.
type Slider struct {
	control
	low, high, step int
	value           int
	// OnChange is called while the user moves it; OnSettle when the pointer lets go, and with every key and press. Both may
	// be nil.
	OnChange func(value int)
	OnSettle func(value int)
	dragging bool        // the pointer has it: Set leaves it alone
	track    theme.Token // "" is Sunken
}

// NewSlider makes a slider from low to high. name is what it is, for tips.
func NewSlider(name string, low, high, step int, onChange func(int)) *Slider {
	s := &Slider{low: low, high: high, step: step, value: low, OnChange: onChange}
	s.tip = name
	s.init(s)
	return s
}

// Set shows a value, without OnChange. While the user drags it is left alone.
func (s *Slider) Set(value int) {
	value = min(s.high, max(s.low, value))
	if s.dragging || s.value == value {
		return
	}
	s.value = value
	s.Refresh()
}

// SetTip changes the tip.
func (s *Slider) SetTip(tip string) { s.tip = tip }

// SetTrack gives the track another colour, for a slider on a tint that the usual one would vanish in.
func (s *Slider) SetTrack(token theme.Token) { s.track = token }

// Value is the value shown.
func (s *Slider) Value() int { return s.value }

func (s *Slider) choose(value int) {
	value = min(s.high, max(s.low, value))
	if value == s.value {
		return
	}
	s.value = value
	s.Refresh()
	if s.OnChange != nil {
		s.OnChange(value)
	}
	if s.OnSettle != nil && !s.dragging {
		s.OnSettle(value)
	}
}

// SetRange changes the values there are and the step of the arrows.
func (s *Slider) SetRange(low, high, step int) {
	if s.low == low && s.high == high && s.step == step {
		return
	}
	s.low, s.high, s.step = low, high, step
	s.value = min(high, max(low, s.value))
	s.Refresh()
}

// Dragging reports whether the pointer has it.
func (s *Slider) Dragging() bool { return s.dragging }

func (s *Slider) at(x float32) {
	knob := theme.Px(16)
	share := (x - knob/2) / max(1, s.Size().Width-knob)
	s.choose(s.low + int(min(1, max(0, share))*float32(s.high-s.low)+0.5))
}

// Tapped implements fyne.Tappable.
func (s *Slider) Tapped(e *fyne.PointEvent) { s.at(e.Position.X) }

// Dragged implements fyne.Draggable.
func (s *Slider) Dragged(e *fyne.DragEvent) {
	s.dragging = true
	s.at(e.Position.X)
}

// DragEnd implements fyne.Draggable.
func (s *Slider) DragEnd() {
	s.dragging = false
	if s.OnSettle != nil {
		s.OnSettle(s.value)
	}
}

// wheel is what takes the mouse wheel over a slider. What takes the wheel is, to Fyne, a window of its own that nothing
// round it cuts off: a slider that did would take the presses on what stands over the list that it was scrolled away in.
type wheel struct {
	fynewidget.BaseWidget
	slider *Slider
}

func newWheel(s *Slider) *wheel {
	w := &wheel{slider: s}
	w.ExtendBaseWidget(w)
	return w
}

// CreateRenderer implements fyne.Widget.
func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return &drawing{owner: w, refresh: func() {}, min: func() fyne.Size { return fyne.Size{} }, layout: func(fyne.Size) {}}
}

// Scrolled implements fyne.Scrollable: the wheel over the slider moves it, while the pointer is on what is seen of it.
func (w *wheel) Scrolled(e *fyne.ScrollEvent) {
	s := w.slider
	switch {
	case !s.hovered:
	case e.Scrolled.DY > 0:
		s.choose(s.value + s.step)
	case e.Scrolled.DY < 0:
		s.choose(s.value - s.step)
	}
}

// TypedKey implements fyne.Focusable.
func (s *Slider) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyDown:
		s.choose(s.value - s.step)
	case fyne.KeyRight, fyne.KeyUp:
		s.choose(s.value + s.step)
	case fyne.KeyHome:
		s.choose(s.low)
	case fyne.KeyEnd:
		s.choose(s.high)
	default:
		forwardKey(s, e)
	}
}

// CreateRenderer implements fyne.Widget.
func (s *Slider) CreateRenderer() fyne.WidgetRenderer {
	track, filled, knob, ring := &canvas.Rectangle{}, &canvas.Rectangle{}, &canvas.Circle{}, &canvas.Circle{}
	turned := newWheel(s)
	d := &drawing{owner: s, objects: []fyne.CanvasObject{track, filled, ring, knob, turned}}
	d.refresh = func() {
		track.FillColor, filled.FillColor = theme.Color(theme.Sunken), theme.Color(theme.Accent)
		if s.track != "" {
			track.FillColor = theme.Color(s.track)
		}
		if theme.IsContrast() {
			track.FillColor = theme.Color(theme.Text3)
		}
		track.CornerRadius, filled.CornerRadius = theme.Px(2), theme.Px(2)
		knob.FillColor, knob.StrokeColor, knob.StrokeWidth = theme.Color(theme.Surface), theme.Color(theme.Accent), theme.Px(2)
		ring.StrokeColor, ring.StrokeWidth = theme.Color(theme.Focus), theme.FocusRing
		ring.FillColor = theme.Color(theme.Transparent)
		SetVisible(ring, s.focused)
	}
	d.min = func() fyne.Size { return fyne.NewSize(theme.Px(64), theme.Px(theme.MinTarget)) }
	d.layout = func(size fyne.Size) {
		turned.Resize(size)
		h, side := theme.Px(4), theme.Px(16)
		y := (size.Height - h) / 2
		share := float32(s.value-s.low) / float32(max(1, s.high-s.low))
		x := share * (size.Width - side)
		place(track, 0, y, size.Width, h)
		place(filled, 0, y, x+side/2, h)
		place(knob, x, (size.Height-side)/2, side, side)
		r := side + theme.Px(8)
		place(ring, x-theme.Px(4), (size.Height-r)/2, r, r)
	}
	d.refresh()
	return d
}
