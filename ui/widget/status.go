package widget

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// Shape is the shape half of a status: what telephony says.
type Shape uint8

// The shapes.
const (
	Disc   Shape = iota // can be reached
	Square              // on a call
	Ring                // does not ring
	Dotted              // not known
)

// Status names a person's or a call's status: the values below, or any other string, which shows as not known.
type Status string

// The statuses of people and calls. Their words are the texts "status.<name>".
const (
	StatusNone        Status = ""
	StatusAvailable   Status = "available"
	StatusRinging     Status = "ringing"
	StatusInCall      Status = "in-call"
	StatusDND         Status = "do-not-disturb"
	StatusBusy        Status = "busy"
	StatusMeeting     Status = "meeting"
	StatusTraining    Status = "training"
	StatusLunch       Status = "lunch"
	StatusBreak       Status = "break"
	StatusVacation    Status = "vacation"
	StatusTravel      Status = "travel"
	StatusGone        Status = "gone"
	StatusSick        Status = "sick"
	StatusParental    Status = "parental-leave"
	StatusOther       Status = "other"
	StatusOffline     Status = "not-signed-in"
	StatusUnknown     Status = "unknown"
	StatusCallRinging Status = "call-ringing"
	StatusCall        Status = "call-in-progress"
	StatusCallOut     Status = "call-out"
	StatusCallHeld    Status = "call-held"
	StatusCallPassed  Status = "call-transferred"
	StatusCallCamped  Status = "call-camped"
	StatusCallEnded   Status = "call-ended"
)

type mark struct {
	shape Shape
	hue   theme.Token
	glyph string
}

var marks = map[Status]mark{
	StatusAvailable: {Disc, theme.Green, "check"}, StatusRinging: {Disc, theme.Accent, "bell"},
	StatusInCall: {Square, theme.Red, "phone"}, StatusDND: {Ring, theme.Red, "bell-off"},
	StatusBusy: {Ring, theme.Red, "minus"}, StatusMeeting: {Ring, theme.Violet, "users"},
	StatusTraining: {Ring, theme.Violet, "graduation-cap"}, StatusLunch: {Ring, theme.Amber, "utensils"},
	StatusBreak: {Ring, theme.Amber, "coffee"}, StatusVacation: {Ring, theme.Teal, "tree-palm"},
	StatusTravel: {Ring, theme.Teal, "car"}, StatusGone: {Ring, theme.Slate, "moon"},
	StatusSick: {Ring, theme.Slate, "thermometer"}, StatusParental: {Ring, theme.Slate, "baby"},
	StatusOther:   {Ring, theme.Slate, "circle"},
	StatusOffline: {Ring, theme.BorderStrong, "x"}, StatusUnknown: {Dotted, theme.Text3, "circle-help"},
	StatusCallRinging: {Disc, theme.Accent, "bell"}, StatusCall: {Square, theme.Green, "phone"},
	StatusCallOut: {Square, theme.Green, "phone-outgoing"}, StatusCallHeld: {Square, theme.Amber, "pause"},
	StatusCallPassed: {Disc, theme.Violet, "arrow-right"}, StatusCallCamped: {Disc, theme.Amber, "hourglass"},
	StatusCallEnded: {Square, theme.Slate, "phone-off"},
}

// swings at the end of a status is the second of the two pictures of something that rings.
const swings = "+swing"

// rings at the end of a status says that calls ring all the same: "meeting+rings" is a disc in a meeting's hue.
const rings = "+rings"

func (s Status) mark() mark {
	plain, swung := strings.CutSuffix(string(s), swings)
	name, ring := strings.CutSuffix(plain, rings)
	m, ok := marks[Status(name)]
	if !ok {
		return marks[StatusUnknown]
	}
	if ring && m.shape == Ring {
		m.shape = Disc
	}
	if swung && m.glyph == "bell" {
		m.glyph = "bell-ring"
	}
	return m
}

// TextToken is the colour for the status's words.
func (s Status) TextToken() theme.Token {
	switch m := s.mark(); m.hue {
	case theme.Green, theme.Red, theme.Violet, theme.Amber, theme.Slate, theme.Teal:
		return m.hue + "Text"
	case theme.Accent:
		return theme.AccentText
	}
	return theme.Text3
}

// SoftToken is the tint behind the status's words.
func (s Status) SoftToken() theme.Token {
	switch m := s.mark(); m.hue {
	case theme.Green, theme.Red, theme.Violet, theme.Amber, theme.Slate, theme.Teal:
		return m.hue + "Soft"
	case theme.Accent:
		return theme.AccentSoft
	}
	return theme.SlateSoft
}

// shapeDrawing draws a status mark inside another widget.
type shapeDrawing struct {
	circle *canvas.Circle
	square *canvas.Rectangle
	halo   *canvas.Circle    // separates the badge of an avatar from it
	halo4  *canvas.Rectangle // likewise for a square
	dots   *picture
	glyph  *picture
	ground theme.Token // what the mark stands on; "" draws no halo
	status Status
}

func newShape(ground theme.Token) *shapeDrawing {
	return &shapeDrawing{circle: &canvas.Circle{}, square: &canvas.Rectangle{}, halo: &canvas.Circle{},
		halo4: &canvas.Rectangle{}, dots: newPicture(), glyph: newPicture(), ground: ground}
}

func (s *shapeDrawing) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{s.halo, s.halo4, s.circle, s.square, s.dots.Raster, s.glyph.Raster}
}

func (s *shapeDrawing) set(status Status) {
	s.status = status
	m := status.mark()
	on := status != StatusNone
	SetVisible(s.circle, on && (m.shape == Disc || m.shape == Ring))
	SetVisible(s.square, on && m.shape == Square)
	SetVisible(s.halo, on && s.ground != "" && m.shape != Square)
	SetVisible(s.halo4, on && s.ground != "" && m.shape == Square)
	s.halo.FillColor = theme.Color(s.ground)
	s.halo4.FillColor = theme.Color(s.ground)
	dots := ""
	if on && m.shape == Dotted {
		dots = "own-dotted"
	}
	setGlyph(s.dots, dots, theme.BorderStrong)
	glyph := m.glyph
	if !on {
		glyph = ""
	}
	switch m.shape {
	case Disc:
		s.circle.FillColor, s.circle.StrokeColor, s.circle.StrokeWidth = theme.Color(m.hue), nil, 0
	case Square:
		s.square.FillColor = theme.Color(m.hue)
	case Ring:
		s.circle.FillColor, s.circle.StrokeColor = theme.Color(theme.Surface), theme.Color(m.hue)
	}
	ink := theme.OnStatus
	if m.hue == theme.Accent {
		ink = theme.OnAccent
	}
	if m.shape == Ring || m.shape == Dotted {
		ink = m.hue
	}
	setGlyph(s.glyph, glyph, ink)
}

// place puts the mark in a square of side dp at the place.
func (s *shapeDrawing) place(x, y, side float32) {
	halo := theme.Px(2)
	place(s.halo, x-halo, y-halo, side+2*halo, side+2*halo)
	place(s.halo4, x-halo, y-halo, side+2*halo, side+2*halo)
	s.halo4.CornerRadius = side*0.22 + halo
	place(s.circle, x, y, side, side)
	if s.status.mark().shape == Ring {
		s.circle.StrokeWidth = max(1.5, side*0.085)
	}
	place(s.square, x, y, side, side)
	s.square.CornerRadius = side * 0.22
	place(s.dots, x, y, side, side)
	g := side * 0.62
	place(s.glyph, x+(side-g)/2, y+(side-g)/2, g, g)
}

// StatusShape is a status mark on its own.
type StatusShape struct {
	fynewidget.BaseWidget
	status Status
	side   float32
}

// NewStatusShape makes a mark of side dp: 16, 22, 24 or 28.
func NewStatusShape(status Status, side float32) *StatusShape {
	s := &StatusShape{status: status, side: side}
	s.ExtendBaseWidget(s)
	return s
}

// Set changes the status.
func (s *StatusShape) Set(status Status) {
	if s.status != status {
		s.status = status
		s.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (s *StatusShape) CreateRenderer() fyne.WidgetRenderer {
	shape := newShape("")
	d := &drawing{owner: s, objects: shape.objects()}
	d.refresh = func() { shape.set(s.status) }
	d.min = func() fyne.Size { return fyne.NewSquareSize(theme.Px(s.side)) }
	d.layout = func(size fyne.Size) {
		side := theme.Px(s.side)
		shape.place((size.Width-side)/2, (size.Height-side)/2, side)
	}
	d.refresh()
	return d
}
