package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// GraphSpec is a picture of a level over time.
type GraphSpec struct {
	Shares   []float64 // of full scale, 0 to 1, one a bar
	Progress float64   // how much of it has been played, 0 to 1: those bars stand out
}

// LevelGraph shows how loud something was as upright bars about the middle.
type LevelGraph struct {
	fynewidget.BaseWidget
	spec GraphSpec
}

// NewLevelGraph makes a picture of so many bars.
func NewLevelGraph(bars int) *LevelGraph {
	g := &LevelGraph{spec: GraphSpec{Shares: make([]float64, bars)}}
	g.ExtendBaseWidget(g)
	return g
}

// Set changes the picture. The number of bars stays.
func (g *LevelGraph) Set(s GraphSpec) {
	if slices.Equal(s.Shares, g.spec.Shares) && s.Progress == g.spec.Progress {
		return
	}
	s.Shares = append(slices.Clone(s.Shares), make([]float64, max(0, len(g.spec.Shares)-len(s.Shares)))...)[:len(g.spec.Shares)]
	g.spec = s
	g.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (g *LevelGraph) CreateRenderer() fyne.WidgetRenderer {
	d := &drawing{owner: g}
	bars := make([]*canvas.Rectangle, len(g.spec.Shares))
	for i := range bars {
		bars[i] = &canvas.Rectangle{}
		d.objects = append(d.objects, bars[i])
	}
	d.refresh = func() {
		for i, b := range bars {
			b.FillColor = theme.Color(theme.Green)
			if g.spec.Shares[i] == 0 {
				b.FillColor = theme.Color(theme.Sunken)
			}
			if g.spec.Progress > 0 && float64(i) < g.spec.Progress*float64(len(bars)) {
				b.FillColor = theme.Color(theme.Accent)
			}
			b.CornerRadius = theme.Px(1)
		}
	}
	d.min = func() fyne.Size { return fyne.NewSize(float32(len(bars))*theme.Px(3), theme.Px(48)) }
	d.layout = func(s fyne.Size) {
		pitch := s.Width / float32(len(bars))
		for i, b := range bars {
			h := max(theme.Px(2), float32(g.spec.Shares[i])*s.Height)
			place(b, float32(i)*pitch, (s.Height-h)/2, max(1, pitch*0.66), h)
		}
	}
	d.refresh()
	return d
}
