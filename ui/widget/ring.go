package widget

import (
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// newRing is the 2 px focus ring inside a control's edge.
func newRing(radius float32) *canvas.Rectangle {
	r := &canvas.Rectangle{}
	styleRing(r, radius, false)
	return r
}

func styleRing(r *canvas.Rectangle, radius float32, on bool) {
	box(r, theme.Transparent, theme.Focus, theme.FocusRing, radius)
	SetVisible(r, on)
}
