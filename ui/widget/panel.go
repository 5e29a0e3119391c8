package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// PanelSpec is the rectangle something stands on.
type PanelSpec struct {
	Fill   theme.Token // "" is none
	Border theme.Token // "" is none
	Width  float32     // of the border in px, 0 is 1
	Radius float32     // dp at 100 %
	Top    bool        // the border is a line along the top only
	Bottom bool        // the border is a line along the bottom only
	Drawn  bool        // the rectangle is a picture: for large ones of a window that is drawn often, see ground
}

// Panel draws a rectangle under an object: a card, a bar, a page. It follows the theme.
type Panel struct {
	fynewidget.BaseWidget
	spec    PanelSpec
	content fyne.CanvasObject
	ground  func() // draws the rectangle and nothing on it; nil before it is shown
}

// NewPanel puts a rectangle under content.
func NewPanel(spec PanelSpec, content fyne.CanvasObject) *Panel {
	g := &Panel{spec: spec, content: content}
	g.ExtendBaseWidget(g)
	return g
}

// Set changes the rectangle.
func (g *Panel) Set(spec PanelSpec) {
	if g.spec == spec {
		return
	}
	g.spec = spec
	if g.ground != nil {
		g.ground()
	}
}

// Content is what stands on it.
func (g *Panel) Content() fyne.CanvasObject { return g.content }

// CreateRenderer implements fyne.Widget.
func (g *Panel) CreateRenderer() fyne.WidgetRenderer {
	rect, edge, drawn := &canvas.Rectangle{}, &canvas.Rectangle{}, newGround()
	stack := container.NewStack(g.content)
	d := &drawing{owner: g}
	look := func() {
		width := g.spec.Width
		if width == 0 {
			width = theme.HairLine
		}
		border := g.spec.Border
		if g.spec.Top || g.spec.Bottom || border == "" {
			border = theme.Transparent
		}
		fill := g.spec.Fill
		if fill == "" {
			fill = theme.Transparent
		}
		d.objects = []fyne.CanvasObject{rect, stack, edge}
		if g.spec.Drawn {
			drawn.set(fill, border, width, g.spec.Radius)
			d.objects[0] = drawn.Raster
		} else {
			box(rect, fill, border, width, g.spec.Radius)
		}
		edge.FillColor = theme.Color(g.spec.Border)
		SetVisible(edge, g.spec.Top || g.spec.Bottom)
	}
	d.refresh = func() {
		look()
		stack.Refresh() // lays the content out again: parts of it may have come or gone
	}
	d.min = func() fyne.Size { return stack.MinSize() }
	d.layout = func(s fyne.Size) {
		d.objects[0].Resize(s)
		stack.Resize(s)
		width := max(theme.HairLine, g.spec.Width)
		y := float32(0)
		if g.spec.Bottom {
			y = s.Height - width
		}
		place(edge, 0, y, s.Width, width)
	}
	g.ground = func() {
		look()
		d.layout(g.Size())
		canvas.Refresh(d.objects[0])
	}
	d.refresh()
	return d
}
