package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// LevelMeter shows how loud it is as a row of bars. It draws only when another number of bars is lit.
type LevelMeter struct {
	fynewidget.BaseWidget
	bars int
	lit  int
	loud bool
}

// NewLevelMeter makes a meter of so many bars: 10 beside a person, 48 in settings.
func NewLevelMeter(bars int) *LevelMeter {
	m := &LevelMeter{bars: bars}
	m.ExtendBaseWidget(m)
	return m
}

// Set shows a share of full scale, 0 to 1. loud draws it in red: too loud.
func (m *LevelMeter) Set(share float64, loud bool) {
	lit := int(min(1, max(0, share))*float64(m.bars) + 0.5)
	if lit == m.lit && loud == m.loud {
		return
	}
	m.lit, m.loud = lit, loud
	m.Refresh()
}

// Lit is how many bars are lit.
func (m *LevelMeter) Lit() int { return m.lit }

// CreateRenderer implements fyne.Widget.
func (m *LevelMeter) CreateRenderer() fyne.WidgetRenderer {
	d := &drawing{owner: m}
	bars := make([]*canvas.Rectangle, m.bars)
	for i := range bars {
		bars[i] = &canvas.Rectangle{}
		d.objects = append(d.objects, bars[i])
	}
	d.refresh = func() {
		on, off := theme.Color(theme.Green), theme.Color(theme.Sunken)
		if m.loud {
			on = theme.Color(theme.Red)
		}
		for i, b := range bars {
			b.FillColor = off
			if i < m.lit {
				b.FillColor = on
			}
			b.CornerRadius = theme.Px(1)
		}
	}
	d.min = func() fyne.Size { return fyne.NewSize(float32(m.bars)*theme.Px(4), theme.Px(12)) }
	d.layout = func(s fyne.Size) {
		pitch := s.Width / float32(m.bars)
		h := min(s.Height, theme.Px(12))
		for i, b := range bars {
			place(b, float32(i)*pitch, (s.Height-h)/2, max(1, pitch*0.66), h)
		}
	}
	d.refresh()
	return d
}
