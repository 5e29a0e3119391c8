package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// Cover lays a panel over the upper part of a window, which is dimmed round it. A press beside the panel closes it.
type Cover struct {
	control
	canvas        fyne.Canvas
	before        fyne.Focusable // who had the keyboard
	keep          fyne.Focusable // who has it now
	panel         fyne.CanvasObject
	width, height float32 // dp, of the panel where there is room
	open          bool
}

// NewCover makes a cover with a panel of a size in dp.
func NewCover(panel fyne.CanvasObject, width, height float32) *Cover {
	c := &Cover{panel: panel, width: width, height: height}
	c.changed = func() {}
	c.init(c)
	return c
}

// Lay opens the cover and gives the keyboard to a part of its panel.
func (c *Cover) Lay(on fyne.Canvas, keys fyne.Focusable) {
	c.canvas, c.before, c.keep, c.open = on, on.Focused(), keys, true
	if root, ok := on.Content().(*Root); ok {
		root.leaveTip()
	}
	on.Overlays().Add(c)
	c.Resize(on.Size())
	on.Focus(keys)
}

// Open reports whether the cover is on screen.
func (c *Cover) Open() bool { return c.open }

// Canvas is what the cover is on, nil before it was laid.
func (c *Cover) Canvas() fyne.Canvas { return c.canvas }

// Close takes the cover away and gives the keyboard back.
func (c *Cover) Close() {
	if !c.open {
		return
	}
	c.open = false
	c.canvas.Overlays().Remove(c)
	if c.before != nil {
		c.canvas.Focus(c.before)
	}
}

// Tapped implements fyne.Tappable.
func (c *Cover) Tapped(*fyne.PointEvent) { c.Close() }

// FocusGained implements fyne.Focusable: the panel keeps the keyboard.
func (c *Cover) FocusGained() {
	if c.open {
		c.canvas.Focus(c.keep)
	}
}

// CreateRenderer implements fyne.Widget.
func (c *Cover) CreateRenderer() fyne.WidgetRenderer {
	shade := &canvas.Rectangle{}
	d := &drawing{owner: c, objects: []fyne.CanvasObject{shade, c.panel}}
	d.refresh = func() { shade.FillColor = theme.Dim(theme.Bg) }
	d.min = func() fyne.Size { return fyne.Size{} }
	d.layout = func(s fyne.Size) {
		shade.Resize(s)
		edge := theme.Px(theme.Grid)
		w, h := min(theme.Px(c.width), s.Width-2*edge), min(theme.Px(c.height), s.Height-2*edge)
		place(c.panel, (s.Width-w)/2, max(edge, min(theme.Px(48), (s.Height-h)/2)), w, h)
	}
	d.refresh()
	return d
}
