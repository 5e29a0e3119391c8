package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"svara/ui/theme"
)

// Popup is a panel over the window with content of any kind. It has the keyboard while nothing in it has: Escape and a
// press beside it close it and give the keyboard back.
type Popup struct {
	control
	canvas  fyne.Canvas
	content fyne.CanvasObject
	before  fyne.Focusable
	at      fyne.Position
	width   float32 // dp
	scroll  *container.Scroll
	cover   *popupCover
	closed  bool
	// OnKey and OnRune are asked first about what is typed; true says that it was used.
	OnKey  func(e *fyne.KeyEvent) bool
	OnRune func(r rune) bool
	// OnClose is told once, when the popup has been closed.
	OnClose func()
}

// NewPopup makes a popup of a width in dp.
func NewPopup(width float32, content fyne.CanvasObject) *Popup {
	p := &Popup{width: width, content: content}
	p.init(p)
	return p
}

// ShowUnder opens the popup under an object, or where there is room.
func (p *Popup) ShowUnder(o fyne.CanvasObject) {
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(o)
	if c == nil {
		return
	}
	p.canvas, p.before, p.closed = c, c.Focused(), false
	p.at = d.AbsolutePositionForObject(o).AddXY(0, o.Size().Height+theme.Px(theme.Half))
	if root, ok := c.Content().(*Root); ok {
		root.leaveTip()
	}
	p.cover = &popupCover{popup: p}
	p.cover.ExtendBaseWidget(p.cover)
	c.Overlays().Add(p.cover)
	p.cover.Resize(c.Size())
	c.Focus(p)
}

// Open reports whether the popup is on screen.
func (p *Popup) Open() bool { return p.canvas != nil && !p.closed }

// Canvas is what the popup is shown on, nil before.
func (p *Popup) Canvas() fyne.Canvas { return p.canvas }

// Focus gives the popup itself the keyboard.
func (p *Popup) Focus() {
	if p.Open() {
		p.canvas.Focus(p)
	}
}

// Close closes the popup.
func (p *Popup) Close() {
	if !p.Open() {
		return
	}
	p.closed = true
	p.canvas.Overlays().Remove(p.cover)
	if p.before != nil {
		p.canvas.Focus(p.before)
	}
	if p.OnClose != nil {
		p.OnClose()
	}
}

// Fit places the popup again, after its content became higher or lower.
func (p *Popup) Fit() {
	if p.Open() {
		p.cover.Refresh()
	}
}

// Reveal brings a part of the content, from top to bottom, into sight.
func (p *Popup) Reveal(top, bottom float32) {
	if p.scroll == nil {
		return
	}
	switch off := p.scroll.Offset.Y; {
	case top < off:
		p.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case bottom > off+p.scroll.Size().Height:
		p.scroll.ScrollToOffset(fyne.NewPos(0, bottom-p.scroll.Size().Height))
	}
}

// TypedKey implements fyne.Focusable.
func (p *Popup) TypedKey(e *fyne.KeyEvent) {
	switch {
	case e.Name == fyne.KeyEscape:
		p.Close()
	case p.OnKey != nil && p.OnKey(e):
	default: // the phone rings on while a popup is open
		if chord, ok := ChordOfKey(e); ok && attached[p.canvas] != nil {
			attached[p.canvas].KeyPressed(chord, 0)
		}
	}
}

// TypedRune implements fyne.Focusable.
func (p *Popup) TypedRune(r rune) {
	if p.OnRune != nil {
		p.OnRune(r)
	}
}

// Tapped implements fyne.Tappable: a press between the parts does nothing.
func (p *Popup) Tapped(*fyne.PointEvent) {}

// CreateRenderer implements fyne.Widget.
func (p *Popup) CreateRenderer() fyne.WidgetRenderer {
	ground := &canvas.Rectangle{}
	p.scroll = container.NewVScroll(p.content)
	d := &drawing{owner: p, objects: []fyne.CanvasObject{ground, p.scroll}}
	d.refresh = func() { box(ground, theme.Surface, theme.BorderStrong, theme.HairLine, theme.RadiusField) }
	d.min = func() fyne.Size { return fyne.NewSize(theme.Px(p.width), p.content.MinSize().Height+2) }
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		place(p.scroll, 1, 1, s.Width-2, s.Height-2)
	}
	d.refresh()
	return d
}

// popupCover is as large as the window and closes the popup when pressed beside it.
type popupCover struct {
	control
	popup *Popup
}

// Tapped implements fyne.Tappable.
func (c *popupCover) Tapped(*fyne.PointEvent) { c.popup.Close() }

// FocusGained implements fyne.Focusable: the popup has the keyboard, not what is round it.
func (c *popupCover) FocusGained() { c.popup.Focus() }

// CreateRenderer implements fyne.Widget.
func (c *popupCover) CreateRenderer() fyne.WidgetRenderer {
	c.self = c
	c.changed = func() {}
	p := c.popup
	d := &drawing{owner: c, objects: []fyne.CanvasObject{p}}
	d.min = func() fyne.Size { return fyne.Size{} }
	d.layout = func(s fyne.Size) {
		edge := theme.Px(theme.Grid)
		width := min(theme.Px(p.width), s.Width-2*edge)
		p.content.Resize(fyne.NewSize(width-2, p.content.Size().Height)) // what wraps knows its height only then
		height := min(p.MinSize().Height, s.Height-2*edge)
		y := min(p.at.Y, s.Height-height-edge)
		place(p, max(edge, min(p.at.X, s.Width-width-edge)), max(edge, y), width, height)
	}
	return d
}
