package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// keyCap is a key cap inside another widget.
type keyCap struct {
	frame  *canvas.Rectangle
	text   *canvas.Text
	ground theme.Token // "" is transparent
}

func newCap() *keyCap { return &keyCap{frame: &canvas.Rectangle{}, text: line()} }

func (k *keyCap) objects() []fyne.CanvasObject { return []fyne.CanvasObject{k.frame, k.text} }

func (k *keyCap) set(key string, ink, border theme.Token) {
	SetVisible(k.frame, key != "")
	SetVisible(k.text, key != "")
	k.text.Text = key
	set(k.text, theme.CaptionSize, ink, true, false)
	box(k.frame, k.ground, border, theme.HairLine, theme.RadiusKeyCap)
}

func (k *keyCap) visible() bool { return k.text.Visible() }

func (k *keyCap) size() fyne.Size { return fyne.NewSize(capWidth(k.text.Text), theme.Px(18)) }

// capWidth is how wide the cap of a key is, in px.
func capWidth(key string) float32 {
	return max(theme.Px(18), measure(key, theme.CaptionSize, true, false).Width+theme.Px(10))
}

func (k *keyCap) place(x, y float32) {
	s, m := k.size(), k.text.MinSize()
	place(k.frame, x, y, s.Width, s.Height)
	place(k.text, x+(s.Width-m.Width)/2, y+(s.Height-m.Height)/2, m.Width, m.Height)
}

// KeyCap is a key as it is printed on the keyboard, for the help page and the hint bar.
type KeyCap struct {
	fynewidget.BaseWidget
	key string
}

// NewKeyCap makes a key cap; key is Chord.Print's.
func NewKeyCap(key string) *KeyCap {
	k := &KeyCap{key: key}
	k.ExtendBaseWidget(k)
	return k
}

// Set changes the key.
func (k *KeyCap) Set(key string) {
	if k.key != key {
		k.key = key
		k.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (k *KeyCap) CreateRenderer() fyne.WidgetRenderer {
	c := newCap()
	d := &drawing{owner: k, objects: c.objects(), min: c.size}
	d.refresh = func() { c.set(k.key, theme.Text2, theme.BorderStrong) }
	d.layout = func(s fyne.Size) { c.place(0, (s.Height-c.size().Height)/2) }
	d.refresh()
	return d
}
