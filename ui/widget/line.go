package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

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
