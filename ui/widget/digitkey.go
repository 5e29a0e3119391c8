package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// DigitKey is a key of the keypad: the digit and its letters.
type DigitKey struct {
	control
	digit, letters string
}

// NewDigitKey makes a key; letters may be empty.
func NewDigitKey(digit, letters string, tapped func(digit string)) *DigitKey {
	k := &DigitKey{digit: digit, letters: letters}
	k.tapped = func() { tapped(digit) }
	k.init(k)
	return k
}

// AccessibilityLabel implements fyne.Accessible.
func (k *DigitKey) AccessibilityLabel() string { return k.digit }

// AccessibilityRole implements fyne.Accessible.
func (k *DigitKey) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (k *DigitKey) CreateRenderer() fyne.WidgetRenderer {
	ground, ring, digit, letters := &canvas.Rectangle{}, newRing(theme.RadiusField), line(), line()
	d := &drawing{owner: k, objects: []fyne.CanvasObject{ground, digit, letters, ring}}
	d.refresh = func() {
		fill := theme.Surface
		switch {
		case k.pressed:
			fill = theme.Selected
		case k.hovered:
			fill = theme.Hover
		}
		box(ground, fill, theme.Border, theme.HairLine, theme.RadiusField)
		styleRing(ring, theme.RadiusField, k.focused)
		digit.Text, letters.Text = k.digit, k.letters
		set(digit, theme.HeadingSize, theme.Text, true, true)
		set(letters, theme.CaptionSize, theme.Text3, false, false)
	}
	d.min = func() fyne.Size { return fyne.NewSize(theme.Px(64), theme.Px(48)) }
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		ring.Resize(s)
		m, l := digit.MinSize(), letters.MinSize()
		if k.letters == "" {
			place(digit, (s.Width-m.Width)/2, (s.Height-m.Height)/2, m.Width, m.Height)
			return
		}
		top, low := theme.Px(24), theme.Px(14)
		y := (s.Height - top - low) / 2
		place(digit, (s.Width-m.Width)/2, y+(top-m.Height)/2, m.Width, m.Height)
		place(letters, (s.Width-l.Width)/2, y+top+(low-l.Height)/2, l.Width, l.Height)
	}
	d.refresh()
	return d
}
