package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/ui/theme"
)

// holder is a widget with others in it.
type holder interface{ held() fyne.CanvasObject }

func (r *Root) held() fyne.CanvasObject  { return r.content }
func (g *Panel) held() fyne.CanvasObject { return g.content }
func (d *Drag) held() fyne.CanvasObject  { return d.content }
func (f *frame) held() fyne.CanvasObject { return f.entry }
func (f *Field) held() fyne.CanvasObject { return f.frame }

// intoSight scrolls so that what has got the keyboard is seen: Fyne's Tab goes on to what is out of sight too. What was
// pressed, and so was seen, must not move under the pointer: with half, what is seen at least by half stays where it is.
func intoSight(o fyne.CanvasObject, half bool) {
	app := fyne.CurrentApp()
	if app == nil {
		return
	}
	c := app.Driver().CanvasForObject(o)
	if c == nil {
		return
	}
	margin := theme.Px(theme.Grid)
	for _, s := range slices.Backward(scrolls(c.Content(), o, nil)) {
		top := app.Driver().AbsolutePositionForObject(o).Y - app.Driver().AbsolutePositionForObject(s).Y
		bottom := top + o.Size().Height
		if middle := (top + bottom) / 2; half && middle > 0 && middle < s.Size().Height {
			continue
		}
		switch {
		case top < 0:
			s.ScrollToOffset(fyne.NewPos(s.Offset.X, max(0, s.Offset.Y+top-margin)))
		case bottom > s.Size().Height:
			s.ScrollToOffset(fyne.NewPos(s.Offset.X, s.Offset.Y+min(top, bottom-s.Size().Height+margin)))
		}
	}
}

// scrolls is the scrolled parts that o is in, the outermost first; nil when it is in none.
func scrolls(in, o fyne.CanvasObject, path []*container.Scroll) []*container.Scroll {
	if in == o {
		return path
	}
	var inner []fyne.CanvasObject
	switch in := in.(type) {
	case *fyne.Container:
		inner = in.Objects
	case *container.Scroll:
		path, inner = append(slices.Clip(path), in), []fyne.CanvasObject{in.Content}
	case holder:
		inner = []fyne.CanvasObject{in.held()}
	}
	for _, k := range inner {
		if k == nil || !k.Visible() {
			continue
		}
		if found := scrolls(k, o, path); found != nil {
			return found
		}
	}
	return nil
}
