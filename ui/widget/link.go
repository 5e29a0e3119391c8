package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// Link is text that does something when pressed.
type Link struct {
	control
	text  string
	token theme.Token
	size  theme.TextSize
}

// NewLink makes a link in body size.
func NewLink(s string, tapped func()) *Link {
	l := &Link{text: s, token: theme.AccentText, size: theme.BodySize}
	l.tapped = tapped
	l.init(l)
	return l
}

// Set changes the words.
func (l *Link) Set(s string) {
	if l.text != s {
		l.text = s
		l.Refresh()
	}
}

// Style changes colour and size; "" and 0 keep them.
func (l *Link) Style(token theme.Token, size theme.TextSize) *Link {
	if token != "" {
		l.token = token
	}
	if size != 0 {
		l.size = size
	}
	l.Refresh()
	return l
}

// OnTap changes what a press does.
func (l *Link) OnTap(f func()) { l.tapped = f }

// AccessibilityLabel implements fyne.Accessible.
func (l *Link) AccessibilityLabel() string { return l.text }

// AccessibilityRole implements fyne.Accessible.
func (l *Link) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleLink }

// CreateRenderer implements fyne.Widget.
func (l *Link) CreateRenderer() fyne.WidgetRenderer {
	label, under, ring := line(), &canvas.Rectangle{}, &canvas.Rectangle{}
	d := &drawing{owner: l, objects: []fyne.CanvasObject{under, label, ring}}
	d.refresh = func() {
		label.Text = l.text
		set(label, l.size, l.token, true, false)
		under.FillColor = theme.Color(l.token)
		SetVisible(under, l.hovered)
		box(ring, theme.Transparent, theme.Focus, theme.FocusRing, theme.RadiusKeyCap)
		SetVisible(ring, l.focused)
	}
	d.min = func() fyne.Size {
		return fyne.NewSize(max(label.MinSize().Width, theme.Px(theme.MinTarget)), theme.Px(theme.MinTarget))
	}
	d.layout = func(s fyne.Size) {
		m := label.MinSize()
		y := (s.Height - m.Height) / 2
		place(label, 0, y, m.Width, m.Height)
		place(under, 0, y+m.Height-theme.Px(1), m.Width, 1)
		out := theme.Px(theme.Half) // the words stand in line with what is over and under them, the ring around them
		place(ring, -out, 0, m.Width+2*out, s.Height)
	}
	d.refresh()
	return d
}
