package ui

import (
	"fyne.io/fyne/v2"

	"svara/ui/theme"
)

// makeRoom gives the menus of the ACD strip room, which has none of its own: the window is so many dp high while one is
// open. 0 makes it as high as it was.
//
//	makeFace:   strip.OnRoom(a.makeRoom), for an *acd.View; and strip.OnFull(a.showFull)
//	followSize: a window with a.low > 0 is as the strip wants it, not as the user does
func (a *App) makeRoom(dp float32) {
	size := a.main.Canvas().Size()
	switch {
	case dp > 0 && a.low == 0:
		a.low = size.Height
		a.main.Resize(fyne.NewSize(size.Width, max(size.Height, theme.Px(dp))))
	case dp == 0 && a.low > 0:
		a.main.Resize(fyne.NewSize(size.Width, a.low))
		a.low = 0
	}
}
