package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// Target is a place where what is dragged may be dropped. Words says what happens there, Drop does it; at is where the
// pointer is on the canvas. ctrl is whether Ctrl is held, for places where that makes a difference.
type Target struct {
	Object fyne.CanvasObject
	Within fyne.CanvasObject // what scrolls Object: the part that lies outside is not seen, and no target; nil when it does not scroll
	Words  func(ctrl bool) string
	Drop   func(ctrl bool, at fyne.Position)
}

// place is where the target lies on the canvas, as far as it is seen.
func (t Target) place() (fyne.Position, fyne.Size) {
	driver := fyne.CurrentApp().Driver()
	p, s := driver.AbsolutePositionForObject(t.Object), t.Object.Size()
	if t.Within == nil {
		return p, s
	}
	w, r := driver.AbsolutePositionForObject(t.Within), t.Within.Size()
	from := fyne.NewPos(max(p.X, w.X), max(p.Y, w.Y))
	return from, fyne.NewSize(max(0, min(p.X+s.Width, w.X+r.Width)-from.X), max(0, min(p.Y+s.Height, w.Y+r.Height)-from.Y))
}

// highTarget is how high a place is, in dp, that the copy may stand over: its words are far from the pointer.
const highTarget = 100

// dragFrom is how far the pointer must have gone before something is dragged, in dp (ui.md section 7).
const dragFrom = 6

// Drag makes its content something to drag.
type Drag struct {
	fynewidget.BaseWidget
	content fyne.CanvasObject
	// Begin is asked when the content is picked up: what is written on the copy that follows the pointer, and where it
	// may go. No targets: it stays.
	Begin func() (words string, targets []Target)
	// OnMenu is a right press on the content, at a place on the canvas; nil does nothing.
	OnMenu func(at fyne.Position)
	moved  fyne.Delta
	over   bool // the present press does nothing more: cancelled, or it began with nothing to do
}

// NewDrag makes content something to drag.
func NewDrag(content fyne.CanvasObject, begin func() (string, []Target)) *Drag {
	d := &Drag{content: content, Begin: begin}
	d.ExtendBaseWidget(d)
	return d
}

// Content is what can be dragged.
func (d *Drag) Content() fyne.CanvasObject { return d.content }

// Dragged implements fyne.Draggable.
func (d *Drag) Dragged(e *fyne.DragEvent) {
	r := rootOf(d)
	if r == nil || d.over {
		return
	}
	d.moved.DX += e.Dragged.DX
	d.moved.DY += e.Dragged.DY
	if r.drag.source == nil {
		if from := theme.Px(dragFrom); d.moved.DX*d.moved.DX+d.moved.DY*d.moved.DY < from*from {
			return
		}
		words, targets := d.Begin()
		if len(targets) == 0 {
			d.over = true
			return
		}
		r.leaveTip()
		r.drag.begin(d, words, targets)
	}
	if r.drag.source == d {
		r.drag.move(e.AbsolutePosition, ctrlHeld())
	} else {
		d.over = true
	}
}

// DragEnd implements fyne.Draggable.
func (d *Drag) DragEnd() {
	r := rootOf(d)
	d.moved, d.over = fyne.Delta{}, false
	if r != nil && r.drag.source == d {
		r.drag.drop(ctrlHeld())
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (d *Drag) TappedSecondary(e *fyne.PointEvent) {
	if d.OnMenu != nil {
		d.OnMenu(e.AbsolutePosition)
	}
}

// CreateRenderer implements fyne.Widget.
func (d *Drag) CreateRenderer() fyne.WidgetRenderer { return fynewidget.NewSimpleRenderer(d.content) }

func ctrlHeld() bool {
	d, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok && d.CurrentKeyModifiers()&fyne.KeyModifierShortcutDefault != 0
}

// CancelDrag puts back what is being dragged. It reports whether there was anything.
func (r *Root) CancelDrag() bool {
	if r.drag.source == nil {
		return false
	}
	r.drag.source.over = true
	r.drag.end()
	return true
}

// dragLayer draws what is being dragged over the window: the source dimmed, the targets marked, and a small copy that
// follows the pointer.
type dragLayer struct {
	fynewidget.BaseWidget
	source  *Drag
	words   string
	targets []Target
	at      fyne.Position // of the pointer on the canvas
	ctrl    bool
	below   int // the target under the pointer, or -1
}

func newDragLayer() *dragLayer {
	l := &dragLayer{below: -1}
	l.ExtendBaseWidget(l)
	l.Hide()
	return l
}

func (l *dragLayer) begin(d *Drag, words string, targets []Target) {
	l.source, l.words, l.targets, l.below = d, words, targets, -1
	l.Show()
}

func (l *dragLayer) move(at fyne.Position, ctrl bool) {
	l.at, l.ctrl, l.below = at, ctrl, -1
	for i, t := range l.targets {
		p, s := t.place()
		if t.Object.Visible() && at.X >= p.X && at.Y >= p.Y && at.X < p.X+s.Width && at.Y < p.Y+s.Height {
			l.below = i
		}
	}
	l.Refresh()
}

func (l *dragLayer) drop(ctrl bool) {
	at, i, targets := l.at, l.below, l.targets
	l.end()
	if i >= 0 {
		targets[i].Drop(ctrl, at)
	}
}

func (l *dragLayer) end() {
	l.source, l.targets, l.below = nil, nil, -1
	l.Hide()
}

// CreateRenderer implements fyne.Widget.
func (l *dragLayer) CreateRenderer() fyne.WidgetRenderer {
	d := &drawing{owner: l}
	d.min = func() fyne.Size { return fyne.Size{} }
	d.layout = func(fyne.Size) {}
	d.refresh = func() {
		d.objects = nil
		if l.source == nil {
			return
		}
		origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(l)
		cover := func(t Target) *canvas.Rectangle {
			r := &canvas.Rectangle{}
			p, s := t.place()
			p = p.Subtract(origin)
			place(r, p.X, p.Y, s.Width, s.Height)
			d.objects = append(d.objects, r)
			return r
		}
		dim := cover(Target{Object: l.source})
		box(dim, theme.Bg, theme.Transparent, 0, theme.RadiusCard)
		dim.FillColor = theme.Dim(theme.Bg)
		for i, t := range l.targets {
			r := cover(t)
			if i != l.below {
				box(r, theme.Transparent, theme.Accent, theme.StateBorder, theme.RadiusCard)
				continue
			}
			box(r, theme.Accent, theme.Transparent, 0, theme.RadiusCard)
			words := line()
			room := r.Size().Width - theme.Px(16)
			words.Text = ellipsize(t.Words(l.ctrl), room, func(s string) float32 { return measure(s, theme.NameSize, true, false).Width })
			set(words, theme.NameSize, theme.OnAccent, true, false)
			m := words.MinSize()
			place(words, r.Position().X+(r.Size().Width-m.Width)/2, r.Position().Y+(r.Size().Height-m.Height)/2, m.Width, m.Height)
			d.objects = append(d.objects, words)
		}
		ground, words := &canvas.Rectangle{}, line()
		box(ground, theme.Surface, theme.Accent, theme.StateBorder, theme.RadiusField)
		words.Text = ellipsize(l.words, theme.Px(180), func(s string) float32 { return measure(s, theme.BodySize, true, false).Width })
		set(words, theme.BodySize, theme.Text, true, false)
		m := words.MinSize()
		x, y := l.at.X-origin.X+theme.Px(12), l.at.Y-origin.Y+theme.Px(8)
		x = max(0, min(x, l.Size().Width-m.Width-theme.Px(20)))
		h := m.Height + theme.Px(10)
		if l.below >= 0 { // it does not cover what the place under the pointer says
			if p, s := l.targets[l.below].place(); s.Height <= theme.Px(highTarget) {
				top := p.Y - origin.Y
				if y = top + s.Height + theme.Px(theme.Half); y+h > l.Size().Height {
					y = top - h - theme.Px(theme.Half)
				}
			}
		}
		place(ground, x, y, m.Width+theme.Px(20), h)
		place(words, x+theme.Px(10), y+theme.Px(5), m.Width, m.Height)
		d.objects = append(d.objects, ground, words)
	}
	d.refresh()
	return d
}
