package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// NoteLine is a line of small text with an icon that opens what it says: the note in the header.
type NoteLine struct {
	control
	icon, text string
	token      theme.Token
}

// NewNoteLine makes a line.
func NewNoteLine(icon string, tapped func()) *NoteLine {
	n := &NoteLine{icon: icon, token: theme.Text2}
	n.tapped = tapped
	n.init(n)
	return n
}

// Set changes the words and their colour.
func (n *NoteLine) Set(s string, token theme.Token) {
	if n.text != s || n.token != token {
		n.text, n.token = s, token
		n.Refresh()
	}
}

// Text is the words.
func (n *NoteLine) Text() string { return n.text }

// AccessibilityLabel implements fyne.Accessible.
func (n *NoteLine) AccessibilityLabel() string { return n.text }

// AccessibilityRole implements fyne.Accessible.
func (n *NoteLine) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (n *NoteLine) CreateRenderer() fyne.WidgetRenderer {
	ground, ring, icon := &canvas.Rectangle{}, newRing(theme.RadiusKeyCap), newPicture()
	label := newInline(Style{Size: theme.DetailSize, Cut: true})
	d := &drawing{owner: n}
	d.refresh = func() {
		fill := theme.Transparent
		if n.hovered && n.tapped != nil {
			fill = theme.Hover
		}
		box(ground, fill, theme.Transparent, 0, theme.RadiusKeyCap)
		setPicture(icon, n.icon, n.token)
		label.set(n.token, Span{Text: n.text})
		styleRing(ring, theme.RadiusKeyCap, n.focused)
		d.objects = append([]fyne.CanvasObject{ground, icon.Raster, ring}, label.objects()...)
	}
	d.min = func() fyne.Size { return fyne.NewSize(theme.Px(60), theme.Px(theme.ChipHeight-2)) }
	d.layout = func(s fyne.Size) {
		side := theme.Px(theme.IconSmall)
		place(icon, 0, (s.Height-side)/2, side, side)
		x := side + theme.Px(6)
		h, room := theme.Px(theme.DetailSize.LineHeight()), max(0, s.Width-x)
		label.place(x, (s.Height-h)/2, room, h)
		w := min(s.Width, x+label.width()+theme.Px(6))
		place(ground, -theme.Px(3), 0, w, s.Height)
		place(ring, -theme.Px(3), 0, w, s.Height)
		n.tip = ""
		if label.cut(room) {
			n.tip = n.text
		}
	}
	d.refresh()
	return d
}
