package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// CardSpec is the look of a card.
type CardSpec struct {
	Fill   theme.Token // "" is Surface
	Border theme.Token // "" is a quiet 1 px border; a token gives 2 px in its colour: Answer, Accent, Danger, Amber
	Flat   bool        // no border and no radius: a bar across the window
	Pad    float32     // dp; 0 is theme.CardPadding, negative none
	Radius float32     // dp; 0 is theme.RadiusCard
}

// Card is a surface with a border around its content.
type Card struct {
	fynewidget.BaseWidget
	spec    CardSpec
	content fyne.CanvasObject
}

// NewCard makes a card.
func NewCard(spec CardSpec, content fyne.CanvasObject) *Card {
	c := &Card{spec: spec, content: content}
	c.ExtendBaseWidget(c)
	return c
}

// Set changes the look.
func (c *Card) Set(spec CardSpec) {
	if c.spec != spec {
		c.spec = spec
		c.Refresh()
	}
}

// SetContent changes what is inside.
func (c *Card) SetContent(o fyne.CanvasObject) {
	if c.content != o {
		c.content = o
		c.Refresh()
	}
}

// Content is what is inside.
func (c *Card) Content() fyne.CanvasObject { return c.content }

// CreateRenderer implements fyne.Widget.
func (c *Card) CreateRenderer() fyne.WidgetRenderer {
	ground := &canvas.Rectangle{}
	d := &drawing{owner: c, objects: []fyne.CanvasObject{ground, c.content}}
	pad := func() float32 {
		switch {
		case c.spec.Pad < 0:
			return 0
		case c.spec.Pad == 0:
			return theme.Px(theme.CardPadding)
		}
		return theme.Px(c.spec.Pad)
	}
	d.refresh = func() {
		fill, border, width, radius := c.spec.Fill, c.spec.Border, float32(theme.StateBorder), c.spec.Radius
		if fill == "" {
			fill = theme.Surface
		}
		if border == "" {
			border, width = theme.Border, theme.HairLine
		}
		if radius == 0 {
			radius = theme.RadiusCard
		}
		if c.spec.Flat {
			border, radius = theme.Transparent, 0
		}
		box(ground, fill, border, width, radius)
		d.objects = []fyne.CanvasObject{ground, c.content}
	}
	d.min = func() fyne.Size { return c.content.MinSize().AddWidthHeight(2*pad(), 2*pad()) }
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		p := pad()
		place(c.content, p, p, s.Width-2*p, s.Height-2*p)
	}
	d.refresh()
	return d
}

// Line is a hairline between parts, as wide or as high as the room it gets.
type Line struct {
	fynewidget.BaseWidget
	upright bool
}

// NewLine makes a horizontal line, or an upright one.
func NewLine(upright bool) *Line {
	l := &Line{upright: upright}
	l.ExtendBaseWidget(l)
	return l
}

// CreateRenderer implements fyne.Widget.
func (l *Line) CreateRenderer() fyne.WidgetRenderer {
	r := &canvas.Rectangle{}
	d := &drawing{owner: l, objects: []fyne.CanvasObject{r}}
	d.refresh = func() { r.FillColor = theme.Color(theme.Border) }
	d.min = func() fyne.Size { return fyne.NewSquareSize(1) }
	d.layout = func(s fyne.Size) {
		if l.upright {
			place(r, (s.Width-1)/2, 0, 1, s.Height)
			return
		}
		place(r, 0, (s.Height-1)/2, s.Width, 1)
	}
	d.refresh()
	return d
}
