package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// SweepBar is a moment of a sweep graph.
type SweepBar struct {
	Share float32     // of full height, 0 to 1; 0 is not known and leaves a gap
	Token theme.Token // its colour; the height says the same
}

// SweepGraph shows a value over time as upright bars that stand still: the newest is written over the oldest, and a line
// marks where. Only what has changed is drawn anew.
type SweepGraph struct {
	fynewidget.BaseWidget
	bars []SweepBar
	next int
	mark float32 // a height that is marked by a line across, 0 to 1
	name string

	draw *sweepDrawing // nil before the graph is on screen
}

// NewSweepGraph makes a graph of so many bars with a line at a height. The name is what screen readers call it.
func NewSweepGraph(bars int, mark float32, name string) *SweepGraph {
	g := &SweepGraph{bars: make([]SweepBar, bars), mark: mark, name: name}
	g.ExtendBaseWidget(g)
	return g
}

// Set changes the bars; next is the place that is written next. It reports how many bars are drawn anew.
func (g *SweepGraph) Set(at func(i int) SweepBar, next int) int {
	changed := 0
	for i := range g.bars {
		b := at(i)
		if b == g.bars[i] {
			continue
		}
		g.bars[i] = b
		changed++
		if g.draw != nil {
			g.draw.bar(i, g.Size())
		}
	}
	if next != g.next {
		g.next = next
		if g.draw != nil {
			g.draw.cursor(g.Size())
		}
	}
	return changed
}

// AccessibilityLabel implements fyne.Accessible.
func (g *SweepGraph) AccessibilityLabel() string { return g.name }

// AccessibilityRole implements fyne.Accessible.
func (g *SweepGraph) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// sweepDrawing is what a graph draws: the ground, the marked height, the bars, the place of the newest.
type sweepDrawing struct {
	g      *SweepGraph
	ground *canvas.Rectangle
	across *canvas.Rectangle
	bars   []*canvas.Rectangle
	now    *canvas.Rectangle
}

// CreateRenderer implements fyne.Widget.
func (g *SweepGraph) CreateRenderer() fyne.WidgetRenderer {
	x := &sweepDrawing{g: g, ground: &canvas.Rectangle{}, across: &canvas.Rectangle{}, now: &canvas.Rectangle{}}
	d := &drawing{owner: g, objects: []fyne.CanvasObject{x.ground, x.across}}
	for range g.bars {
		b := &canvas.Rectangle{}
		x.bars = append(x.bars, b)
		d.objects = append(d.objects, b)
	}
	d.objects = append(d.objects, x.now)
	d.refresh = x.colours
	d.min = func() fyne.Size { return fyne.NewSize(float32(len(g.bars))*theme.Px(2), theme.Px(36)) }
	d.layout = func(s fyne.Size) {
		place(x.ground, 0, 0, s.Width, s.Height)
		place(x.across, 0, s.Height*(1-g.mark), s.Width, 1)
		for i := range x.bars {
			x.lay(i, s)
		}
		x.layCursor(s)
	}
	x.colours()
	g.draw = x
	return d
}

func (x *sweepDrawing) colours() {
	x.ground.FillColor, x.ground.CornerRadius = theme.Color(theme.Sunken), theme.Px(3)
	x.across.FillColor = theme.Color(theme.BorderStrong)
	x.now.FillColor = theme.Color(theme.Text2)
	for i := range x.bars {
		x.colour(i)
	}
}

func (x *sweepDrawing) colour(i int) {
	token := x.g.bars[i].Token
	if token == "" {
		token = theme.Transparent
	}
	x.bars[i].FillColor = theme.Color(token)
}

func (x *sweepDrawing) lay(i int, s fyne.Size) {
	pitch := s.Width / float32(len(x.bars))
	h := x.g.bars[i].Share * s.Height
	place(x.bars[i], float32(i)*pitch, s.Height-h, max(1, pitch*0.7), h)
}

func (x *sweepDrawing) layCursor(s fyne.Size) {
	place(x.now, float32(x.g.next)*s.Width/float32(len(x.bars)), 0, 1, s.Height)
}

func (x *sweepDrawing) bar(i int, s fyne.Size) {
	x.colour(i)
	x.lay(i, s)
	x.bars[i].Refresh()
}

func (x *sweepDrawing) cursor(s fyne.Size) {
	x.layCursor(s)
	x.now.Refresh()
}
