package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// NavItem is a line of a side rail: icon and words at the left, the chosen one on a tint.
type NavItem struct {
	control
	icon, text string
	chosen     bool
	compact    bool
}

// NewNavItem makes an item.
func NewNavItem(icon, text string, tapped func()) *NavItem {
	n := &NavItem{icon: icon, text: text}
	n.tapped = tapped
	n.init(n)
	return n
}

// Choose marks the item as the one shown.
func (n *NavItem) Choose(on bool) {
	if n.chosen != on {
		n.chosen = on
		n.Refresh()
	}
}

// Compact leaves only the icon, with the words as its tip, or shows both.
func (n *NavItem) Compact(on bool) {
	if n.compact == on {
		return
	}
	n.compact, n.tip = on, ""
	if on {
		n.tip = n.text
	}
	n.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (n *NavItem) AccessibilityLabel() string { return n.text }

// AccessibilityRole implements fyne.Accessible.
func (n *NavItem) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (n *NavItem) CreateRenderer() fyne.WidgetRenderer {
	ground, ring, icon, label := &canvas.Rectangle{}, newRing(theme.RadiusField), newPicture(), line()
	d := &drawing{owner: n, objects: []fyne.CanvasObject{ground, icon.Raster, label, ring}}
	d.refresh = func() {
		fill, ink := theme.Transparent, theme.Text2
		switch {
		case n.chosen:
			fill, ink = theme.Selected, theme.AccentText
		case n.hovered:
			fill = theme.Hover
		}
		box(ground, fill, theme.Transparent, 0, theme.RadiusField)
		setPicture(icon, n.icon, ink)
		label.Text = n.text
		set(label, theme.BodySize, ink, n.chosen, false)
		SetVisible(label, !n.compact)
		styleRing(ring, theme.RadiusField, n.focused)
	}
	d.min = func() fyne.Size {
		if n.compact {
			return fyne.NewSize(theme.Px(10+theme.IconMedium+10), theme.Px(theme.FieldHeight))
		}
		// As wide as the words are when chosen, so that nothing moves.
		w := measure(n.text, theme.BodySize, true, false).Width
		return fyne.NewSize(theme.Px(10+theme.IconMedium+10+10)+w, theme.Px(theme.FieldHeight))
	}
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		ring.Resize(s)
		side, m := theme.Px(theme.IconMedium), label.MinSize()
		place(icon.Raster, theme.Px(10), (s.Height-side)/2, side, side)
		place(label, theme.Px(20)+side, (s.Height-m.Height)/2, m.Width, m.Height)
	}
	d.refresh()
	return d
}
