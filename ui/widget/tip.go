package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/loop"
	"svara/ui/theme"
)

// Root is a window's content with a layer above it for tips and toasts. Fyne's overlays take all pointer events, so
// what must not stand in the way of the pointer is drawn here instead. Every window's content is a Root; without one
// tips and toasts are not shown.
type Root struct {
	fynewidget.BaseWidget
	content fyne.CanvasObject
	tip     *tip
	toast   *toast
	drag    *dragLayer
	edge    *canvas.Rectangle // round everything, while it flashes
	tipFor  fyne.CanvasObject // whose tip is shown or waited for
	waiting *time.Timer
}

// tipDelay is how long the pointer rests before a tip comes.
const tipDelay = 500 * time.Millisecond

// NewRoot puts a layer above the content.
func NewRoot(content fyne.CanvasObject) *Root {
	r := &Root{content: content, tip: newTip(), toast: newToast(), drag: newDragLayer(), edge: &canvas.Rectangle{}}
	r.tip.Hide()
	r.toast.Hide()
	r.edge.Hide()
	r.ExtendBaseWidget(r)
	return r
}

// SetContent changes what is under the layer.
func (r *Root) SetContent(o fyne.CanvasObject) {
	if r.content == o {
		return
	}
	r.content = o
	r.Refresh()
}

// Flash draws a line round the window, or takes it away: a ring that can be seen (ui.md section 8).
func (r *Root) Flash(on bool) {
	if on {
		box(r.edge, theme.Transparent, theme.Accent, theme.FocusRing, 0)
	}
	SetVisible(r.edge, on)
	canvas.Refresh(r)
}

// Flashing reports whether the line round the window is drawn.
func (r *Root) Flashing() bool { return r.edge.Visible() }

// Content is what is under the layer.
func (r *Root) Content() fyne.CanvasObject { return r.content }

// CreateRenderer implements fyne.Widget.
func (r *Root) CreateRenderer() fyne.WidgetRenderer {
	stack := container.NewStack(r.content)
	d := &drawing{owner: r, objects: []fyne.CanvasObject{stack, r.toast, r.drag, r.tip, r.edge}}
	d.min = func() fyne.Size { return stack.MinSize() }
	d.layout = func(s fyne.Size) {
		stack.Resize(s)
		r.drag.Resize(s)
		r.edge.Resize(s)
		r.placeToast()
	}
	d.refresh = func() {
		if stack.Objects[0] != r.content {
			stack.Objects = []fyne.CanvasObject{r.content}
			stack.Refresh()
		}
	}
	return d
}

// rootOf is the Root an object is shown in, or nil.
func rootOf(o fyne.CanvasObject) *Root {
	app := fyne.CurrentApp()
	if app == nil {
		return nil
	}
	c := app.Driver().CanvasForObject(o)
	if c == nil {
		return nil
	}
	r, _ := c.Content().(*Root)
	return r
}

// showTip shows a tip under, or where there is no room above, the object.
func showTip(o fyne.CanvasObject, s string) {
	r := rootOf(o)
	if r == nil || s == "" {
		return
	}
	r.stopWaiting()
	r.tipFor = o
	r.tip.set(s, min(r.Size().Width-theme.Px(16), theme.Px(320)))
	size := r.tip.MinSize()
	driver := fyne.CurrentApp().Driver()
	at := driver.AbsolutePositionForObject(o).Subtract(driver.AbsolutePositionForObject(r))
	x := min(max(theme.Px(8), at.X+(o.Size().Width-size.Width)/2), r.Size().Width-size.Width-theme.Px(8))
	y := at.Y + o.Size().Height + theme.Px(6)
	if y+size.Height > r.Size().Height {
		y = at.Y - size.Height - theme.Px(6)
	}
	place(r.tip, x, y, size.Width, size.Height)
	r.tip.Show()
	canvas.Refresh(r) // see Toast
}

// showTipSoon shows the tip when the pointer has rested.
func showTipSoon(o fyne.CanvasObject, s string) {
	r := rootOf(o)
	if r == nil || s == "" {
		return
	}
	r.stopWaiting()
	r.tipFor = o
	r.waiting = time.AfterFunc(tipDelay, func() {
		loop.Do(func() {
			if r.tipFor == o {
				showTip(o, s)
			}
		})
	})
}

func hideTip(o fyne.CanvasObject) {
	r := rootOf(o)
	if r != nil && r.tipFor == o {
		r.leaveTip()
	}
}

// leaveTip hides the tip whoever it belongs to.
func (r *Root) leaveTip() {
	r.stopWaiting()
	r.tipFor = nil
	SetVisible(r.tip, false)
}

func (r *Root) stopWaiting() {
	if r.waiting != nil {
		r.waiting.Stop()
		r.waiting = nil
	}
}

// tip is a dark bubble with a sentence.
type tip struct {
	fynewidget.BaseWidget
	text string
	wide float32
}

func newTip() *tip {
	t := &tip{}
	t.ExtendBaseWidget(t)
	return t
}

func (t *tip) set(s string, widest float32) {
	t.text, t.wide = s, widest
	t.Refresh()
}

func (t *tip) lines() []string {
	return wrap(t.text, max(theme.Px(40), t.wide-theme.Px(24)), func(s string) float32 {
		return measure(s, theme.DetailSize, false, false).Width
	})
}

// CreateRenderer implements fyne.Widget.
func (t *tip) CreateRenderer() fyne.WidgetRenderer {
	ground := &canvas.Rectangle{}
	d := &drawing{owner: t, objects: []fyne.CanvasObject{ground}}
	d.refresh = func() {
		box(ground, theme.Text, theme.Transparent, 0, theme.RadiusSmall)
		d.objects = []fyne.CanvasObject{ground}
		for _, s := range t.lines() {
			c := line()
			c.Text = s
			set(c, theme.DetailSize, theme.Surface, false, false)
			d.objects = append(d.objects, c)
		}
	}
	d.min = func() fyne.Size {
		var w float32
		for _, s := range t.lines() {
			w = max(w, measure(s, theme.DetailSize, false, false).Width)
		}
		return fyne.NewSize(w+theme.Px(20), float32(len(t.lines()))*theme.Px(16)+theme.Px(12))
	}
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		for i, o := range d.objects[1:] {
			m := o.MinSize()
			place(o, theme.Px(10), theme.Px(6)+float32(i)*theme.Px(16)+(theme.Px(16)-m.Height)/2, m.Width, m.Height)
		}
	}
	d.refresh()
	return d
}
