package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// Option is one value of a Select or a Segmented.
type Option struct {
	ID     string
	Text   string
	Icon   string
	Detail string
}

// Select is a field that opens a menu of values: sound devices, languages.
type Select struct {
	control
	icon    string
	options []Option
	chosen  string
	label   string
	open    *Menu
	// OnChange is called when the user chooses another value.
	OnChange func(id string)
}

// NewSelect makes a select with an icon at its start.
func NewSelect(icon string, onChange func(id string)) *Select {
	s := &Select{icon: icon, OnChange: onChange}
	s.tapped = s.openMenu
	s.init(s)
	return s
}

// Set changes the values and which one is chosen. A chosen value that is not among them shows as its ID: a device that
// is not connected keeps its name.
func (s *Select) Set(options []Option, chosen string) {
	if s.chosen == chosen && slices.Equal(s.options, options) {
		return
	}
	s.options, s.chosen = slices.Clone(options), chosen
	s.Refresh()
}

// SetName is what is chosen here, for screen readers.
func (s *Select) SetName(name string) { s.label = name }

// SetIcon changes the icon at its start.
func (s *Select) SetIcon(icon string) {
	if s.icon != icon {
		s.icon = icon
		s.Refresh()
	}
}

// Chosen is the chosen value's ID.
func (s *Select) Chosen() string { return s.chosen }

// Open opens the menu and returns it, for keys and tests.
func (s *Select) Open() *Menu {
	s.openMenu()
	return s.open
}

func (s *Select) openMenu() {
	items := make([]MenuItem, len(s.options))
	for i, o := range s.options {
		items[i] = MenuItem{Text: o.Text, Icon: o.Icon, Detail: o.Detail, Chosen: o.ID == s.chosen, Run: func() {
			if o.ID == s.chosen {
				return
			}
			s.chosen = o.ID
			s.Refresh()
			if s.OnChange != nil {
				s.OnChange(o.ID)
			}
		}}
	}
	s.open = ShowMenuUnder(s, items)
}

// TypedKey implements fyne.Focusable: the arrows open the menu as well.
func (s *Select) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyDown || e.Name == fyne.KeyUp {
		s.openMenu()
		return
	}
	s.control.TypedKey(e)
}

// AccessibilityLabel implements fyne.Accessible.
func (s *Select) AccessibilityLabel() string { return s.label + ", " + s.text() }

// AccessibilityRole implements fyne.Accessible.
func (s *Select) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (s *Select) text() string {
	for _, o := range s.options {
		if o.ID == s.chosen {
			return o.Text
		}
	}
	return s.chosen
}

// CreateRenderer implements fyne.Widget.
func (s *Select) CreateRenderer() fyne.WidgetRenderer {
	ground, ring, icon, chevron := &canvas.Rectangle{}, newRing(theme.RadiusField), newPicture(), newPicture()
	label := newInline(Style{Size: theme.BodySize, Cut: true})
	d := &drawing{owner: s}
	d.refresh = func() {
		fill := theme.Surface
		if s.hovered {
			fill = theme.Hover
		}
		box(ground, fill, theme.BorderStrong, theme.HairLine, theme.RadiusField)
		setPicture(icon, s.icon, theme.Text2)
		setPicture(chevron, "chevron-down", theme.Text2)
		label.set("", Span{Text: s.text()})
		styleRing(ring, theme.RadiusField, s.focused)
		d.objects = append([]fyne.CanvasObject{ground, icon.Raster, chevron.Raster, ring}, label.objects()...)
	}
	d.min = func() fyne.Size { return fyne.NewSize(theme.Px(140), theme.Px(theme.FieldHeight)) }
	d.layout = func(size fyne.Size) {
		ground.Resize(size)
		ring.Resize(size)
		side, x := theme.Px(theme.IconMedium), theme.Px(12)
		if icon.Visible() {
			place(icon, x, (size.Height-side)/2, side, side)
			x += side + theme.Px(8)
		}
		right := size.Width - theme.Px(12) - side
		place(chevron, right, (size.Height-side)/2, side, side)
		h := theme.Px(theme.BodySize.LineHeight())
		w := max(0, right-x-theme.Px(8))
		label.place(x, (size.Height-h)/2, w, h)
		s.tip = ""
		if label.cut(w) {
			s.tip = s.text()
		}
	}
	d.refresh()
	return d
}
