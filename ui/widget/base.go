package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// drawing is the renderer of all widgets here: the objects and what to do with them.
type drawing struct {
	objects []fyne.CanvasObject
	layout  func(fyne.Size)
	min     func() fyne.Size
	refresh func() // sets colours, texts and places; nil for none
	owner   fyne.CanvasObject
	keeps   bool // its pictures are made anew by who changes them, not whenever it is refreshed
}

func (d *drawing) Objects() []fyne.CanvasObject { return d.objects }
func (d *drawing) Layout(s fyne.Size)           { d.layout(s) }
func (d *drawing) MinSize() fyne.Size           { return d.min() }
func (d *drawing) Destroy()                     {}

func (d *drawing) Refresh() {
	if d.refresh != nil {
		d.refresh()
	}
	d.layout(d.owner.Size())
	if d.keeps {
		Redraw(d.owner)
		return
	}
	canvas.Refresh(d.owner)
}

// control is what every widget that can be pressed shares: focus, hover, the keys, the tip.
type control struct {
	fynewidget.BaseWidget
	self    fyne.Widget // the widget that embeds the control
	focused bool
	hovered bool
	pressed bool
	tip     string // shown on hover and focus; the reason when disabled
	locked  bool   // disabled: a press only shows the tip
	tapped  func()
	passOn  func() // gives the keyboard to whom it belongs; nil keeps it
	changed func() // redraws after a change of focus, hover or press; nil refreshes the widget
}

func (c *control) init(self fyne.Widget) {
	c.self = self
	c.ExtendBaseWidget(self)
}

func (c *control) redraw() {
	if c.changed != nil {
		c.changed()
		return
	}
	c.self.Refresh()
}

// FocusGained implements fyne.Focusable.
func (c *control) FocusGained() {
	if c.passOn != nil {
		c.passOn()
		return
	}
	c.focused = true
	c.redraw()
	if !c.hovered {
		intoSight(c.self, false)
	}
	if c.locked {
		showTip(c.self, c.tip)
	}
}

// PassFocus gives the keyboard to somebody else whenever the widget gets it: to the list or menu it is a part of.
func (c *control) PassFocus(to func()) { c.passOn = to }

// FocusLost implements fyne.Focusable.
func (c *control) FocusLost() {
	c.focused = false
	c.redraw()
	hideTip(c.self)
}

// TypedRune implements fyne.Focusable.
func (c *control) TypedRune(r rune) { forwardRune(c.self, r) }

// TypedKey implements fyne.Focusable: Space and Enter press, the number pad's Enter only when nobody else wants it.
func (c *control) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn:
		c.press()
	case fyne.KeyEnter:
		if !forwardKey(c.self, e) {
			c.press()
		}
	default:
		forwardKey(c.self, e)
	}
}

func (c *control) press() {
	if c.locked {
		showTip(c.self, c.tip)
		return
	}
	hideTip(c.self)
	if c.tapped != nil {
		c.tapped()
	}
}

// Tapped implements fyne.Tappable.
func (c *control) Tapped(*fyne.PointEvent) { c.press() }

// MouseIn implements desktop.Hoverable.
func (c *control) MouseIn(*desktop.MouseEvent) {
	c.hovered = true
	c.redraw()
	showTipSoon(c.self, c.tip)
}

// MouseMoved implements desktop.Hoverable.
func (c *control) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *control) MouseOut() {
	c.hovered, c.pressed = false, false
	c.redraw()
	hideTip(c.self)
}

// MouseDown implements desktop.Mouseable.
func (c *control) MouseDown(*desktop.MouseEvent) {
	c.pressed = true
	c.redraw()
}

// MouseUp implements desktop.Mouseable.
func (c *control) MouseUp(*desktop.MouseEvent) {
	c.pressed = false
	c.redraw()
}

// Cursor implements desktop.Cursorable.
func (c *control) Cursor() desktop.Cursor {
	if c.locked {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// Focused reports whether the widget has the keyboard.
func (c *control) Focused() bool { return c.focused }

// box draws a rectangle with a border inside its edge.
func box(r *canvas.Rectangle, fill, border theme.Token, width, radius float32) {
	r.FillColor = theme.Color(fill)
	r.StrokeColor = theme.Color(border)
	r.StrokeWidth = width
	if border == theme.Transparent {
		r.StrokeWidth = 0
	}
	r.CornerRadius = theme.Px(radius)
}

// place moves and resizes an object.
func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// SetVisible shows or hides an object when it is not so already.
func SetVisible(o fyne.CanvasObject, on bool) {
	if o.Visible() == on {
		return
	}
	if !on {
		o.Hide()
		return
	}
	o.Show()
	switch o.(type) {
	case fyne.Widget, *fyne.Container:
		Redraw(o)
	}
}

// Redraw has the window of an object drawn again that has come into sight: Fyne draws none for a container that is shown,
// nor for what it has not drawn before, whose window it does not know. Then every window is drawn.
func Redraw(o fyne.CanvasObject) {
	driver := fyne.CurrentApp().Driver()
	if c := driver.CanvasForObject(o); c != nil {
		dirty(c)
		return
	}
	for _, w := range driver.AllWindows() {
		dirty(w.Canvas())
	}
}

// dirty has a canvas drawn again without making anything on it anew.
func dirty(c fyne.Canvas) {
	if d, ok := c.(interface{ SetDirty() }); ok {
		d.SetDirty()
	}
}
