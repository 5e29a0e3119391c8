package settings

import (
	"fyne.io/fyne/v2"

	"svara/ui/theme"
)

// The measures of the window, in dp at 100 %. Narrower than railNeeded, the rail becomes icons and the search goes over
// the page.
const (
	railWidth  = 232
	iconRail   = 56
	railBar    = 6 // to the right of the items: the scroll bar stands there
	railNeeded = 700
)

// frame lays out the rail, the search and the page. Its objects are the rail's ground, the heading, the search, the
// rail's items, the line beside it, and the page.
type frame struct{ v *View }

// MinSize implements fyne.Layout.
func (f *frame) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(theme.Px(320), theme.Px(240))
}

// Layout implements fyne.Layout.
func (f *frame) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	before := f.v.rail.Size()
	defer func() {
		if f.v.rail.Size() != before {
			f.v.reveal(0) // it could not before there was a height
		}
	}()
	ground, heading, search, items, line, page := objects[0], objects[1], objects[2], objects[3], objects[4], objects[5]
	narrow := s.Width < theme.Px(railNeeded)
	f.v.narrow(narrow)
	rail := theme.Px(railWidth)
	if narrow {
		rail = theme.Px(iconRail)
	}
	put(ground, 0, 0, rail, s.Height)
	put(line, rail, 0, 1, s.Height)
	gap := theme.Px(10)
	top := gap
	if narrow {
		heading.Hide()
		h := search.MinSize().Height
		put(search, rail+theme.Px(theme.WindowPadding), gap, s.Width-rail-2*theme.Px(theme.WindowPadding), h)
		put(items, theme.Px(6), top, rail-theme.Px(12-railBar), s.Height-top)
		put(page, rail+1, gap+h, s.Width-rail-1, s.Height-gap-h)
		return
	}
	heading.Show()
	put(heading, theme.Px(20), theme.Px(14), rail-theme.Px(30), heading.MinSize().Height)
	top = theme.Px(14) + heading.MinSize().Height + theme.Px(8)
	put(search, gap, top, rail-2*gap, search.MinSize().Height)
	top += search.MinSize().Height + theme.Px(6)
	put(items, gap, top, rail-2*gap+theme.Px(railBar), s.Height-top)
	put(page, rail+1, 0, s.Width-rail-1, s.Height)
}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}
