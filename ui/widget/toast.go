package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/loop"
	"svara/ui/theme"
)

// ToastTime is how long a toast stays.
const ToastTime = 6 * time.Second

// Toast shows a sentence at the bottom of the window for ToastTime: an icon, the words, and a link ("Undo") when act is
// not nil. A new toast replaces the old one.
func (r *Root) Toast(icon, s, link string, act func()) {
	r.toast.show(icon, s, link, act)
	r.placeToast()
	r.toast.Show()
	canvas.Refresh(r) // Fyne does not know the canvas of what it has not yet drawn, and would wait for the next drawing
	t := r.toast
	t.turn++
	turn := t.turn
	if t.leave != nil {
		t.leave.Stop()
	}
	t.leave = time.AfterFunc(ToastTime, func() {
		loop.Do(func() {
			if t.turn == turn && t.Visible() {
				t.Hide()
			}
		})
	})
}

// HideToast takes the toast away before its time: there is nothing to undo any more.
func (r *Root) HideToast() { r.toast.Hide() }

// ToastText is what the toast says now, empty when there is none.
func (r *Root) ToastText() string {
	if !r.toast.Visible() {
		return ""
	}
	return r.toast.text
}

func (r *Root) placeToast() {
	s := r.Size()
	m := r.toast.sizeFor(s.Width - theme.Px(2*theme.WindowPadding))
	place(r.toast, (s.Width-m.Width)/2, s.Height-m.Height-theme.Px(theme.FooterHeight+theme.WindowPadding), m.Width, m.Height)
}

// toast is the dark bar a toast is written on.
type toast struct {
	fynewidget.BaseWidget
	icon, text string
	link       *Link
	words      *Paragraph
	turn       int
	leave      *time.Timer
}

func newToast() *toast {
	t := &toast{words: NewParagraph("", Style{Size: theme.BodySize, Token: theme.Surface})}
	t.link = NewLink("", nil)
	t.link.token = theme.AccentSoft
	t.link.Hide()
	t.ExtendBaseWidget(t)
	return t
}

func (t *toast) show(icon, s, link string, act func()) {
	t.icon, t.text = icon, s
	t.words.Set(s)
	t.link.Set(link)
	t.link.OnTap(func() {
		t.Hide()
		if act != nil {
			act()
		}
	})
	SetVisible(t.link, link != "")
	t.Refresh()
}

func (t *toast) side() float32 { // what stands beside the words
	w := theme.Px(12 + 12)
	if t.icon != "" {
		w += theme.Px(theme.IconMedium + theme.Grid)
	}
	if t.link.Visible() {
		w += t.link.MinSize().Width + theme.Px(12)
	}
	return w
}

func (t *toast) sizeFor(widest float32) fyne.Size {
	text := measure(t.text, theme.BodySize, false, false).Width + 1
	words := max(theme.Px(60), min(text, widest-t.side()))
	return fyne.NewSize(words+t.side(), t.words.HeightFor(words)+theme.Px(20))
}

// CreateRenderer implements fyne.Widget.
func (t *toast) CreateRenderer() fyne.WidgetRenderer {
	ground, img := &canvas.Rectangle{}, newPicture()
	d := &drawing{owner: t, objects: []fyne.CanvasObject{ground, img.Raster, t.words, t.link}}
	d.refresh = func() {
		box(ground, theme.Text, theme.Transparent, 0, theme.RadiusField)
		setPicture(img, t.icon, theme.Surface)
	}
	d.min = func() fyne.Size { return t.sizeFor(theme.Px(360)) }
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		x := theme.Px(12)
		side := theme.Px(theme.IconMedium)
		if t.icon != "" {
			place(img, x, (s.Height-side)/2, side, side)
			x += side + theme.Px(theme.Grid)
		}
		words := s.Width - t.side()
		h := t.words.HeightFor(words)
		place(t.words, x, (s.Height-h)/2, words, h)
		m := t.link.MinSize()
		place(t.link, s.Width-theme.Px(12)-m.Width, (s.Height-m.Height)/2, m.Width, m.Height)
	}
	d.refresh()
	return d
}

// RootOf is the root that an object is shown in, or nil while it is on no screen.
func RootOf(o fyne.CanvasObject) *Root {
	c := fyne.CurrentApp().Driver().CanvasForObject(o)
	if c == nil {
		return nil
	}
	r, _ := c.Content().(*Root)
	return r
}
