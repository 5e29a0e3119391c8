package lay

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/ui/widget"
)

// holder is a widget with an object in it that fills it: a panel, what can be dragged.
type holder interface{ Content() fyne.CanvasObject }

// Again lays an object and everything in it out again, where it stands: parts of it may have come or gone, or want another
// size. What stays in its place is not touched, so nothing is drawn that looks the same. Refreshing a container would have
// the whole window drawn whether anything has changed or not; parts that look different refresh themselves.
func Again(o fyne.CanvasObject) {
	if fresh := again(o); fresh && fyne.CurrentApp().Driver().CanvasForObject(o) != nil {
		widget.Redraw(o)
	}
}

// again reports whether there is something in the object that its window has not drawn yet.
func again(o fyne.CanvasObject) (fresh bool) {
	if !o.Visible() {
		return false
	}
	fresh = fyne.CurrentApp().Driver().CanvasForObject(o) == nil
	switch o := o.(type) {
	case *fyne.Container:
		if o.Layout != nil {
			o.Layout.Layout(o.Objects, o.Size())
		}
		for _, child := range o.Objects {
			fresh = again(child) || fresh
		}
	case *container.Scroll:
		if m := o.Content.MinSize(); o.Content.Size() != m.Max(o.Size()) {
			o.Refresh()
		}
		fresh = again(o.Content) || fresh
	case holder:
		fresh = again(o.Content()) || fresh
	}
	return fresh
}
