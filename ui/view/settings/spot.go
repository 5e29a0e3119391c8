package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/ui/theme"
	"svara/ui/widget"
)

// spot is a place on a page that the search can go to: a row, with a mark around it while it is the one that was sought.
type spot struct {
	object *fyne.Container
	mark   *widget.Panel
	inside fyne.CanvasObject
}

func newSpot(o fyne.CanvasObject) *spot {
	s := &spot{mark: widget.NewPanel(widget.PanelSpec{}, container.NewWithoutLayout()), inside: o}
	s.mark.Hide()
	s.object = container.New(around{}, s.mark, o)
	return s
}

// choose draws the mark, or takes it away.
func (s *spot) choose(on bool) {
	if s.mark.Visible() == on {
		return
	}
	if !on {
		s.mark.Hide()
		return
	}
	s.mark.Set(widget.PanelSpec{Fill: theme.Selected, Border: theme.Accent, Width: 2, Radius: theme.RadiusField})
	s.mark.Show()
}

// first is the first thing in it that takes the keyboard, or nil.
func (s *spot) first() fyne.Focusable { return focusable(s.inside) }

func focusable(o fyne.CanvasObject) fyne.Focusable {
	if !o.Visible() {
		return nil
	}
	switch o := o.(type) {
	case *widget.Field:
		return o.Entry()
	case fyne.Focusable:
		return o
	case *fyne.Container:
		for _, in := range o.Objects {
			if f := focusable(in); f != nil {
				return f
			}
		}
	}
	return nil
}

// around lays a mark a little outside an object, so that the object stands where it would without.
type around struct{}

// MinSize implements fyne.Layout.
func (around) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[1].MinSize() }

// Layout implements fyne.Layout.
func (around) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	put(objects[1], 0, 0, s.Width, s.Height)
	m := theme.Px(6)
	put(objects[0], -m, -m, s.Width+2*m, s.Height+2*m)
}
