package widget

import (
	"image"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

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

// Segmented is a row of buttons of which one is on: all and missed calls, the look.
type Segmented struct {
	fynewidget.BaseWidget
	options []Option
	chosen  string
	parts   []*Button
	// OnChange is called when the user chooses another part.
	OnChange func(id string)
}

// NewSegmented makes a segmented toggle.
func NewSegmented(onChange func(id string)) *Segmented {
	s := &Segmented{OnChange: onChange}
	s.ExtendBaseWidget(s)
	return s
}

// Set changes the parts and which one is chosen.
func (s *Segmented) Set(options []Option, chosen string) {
	if s.chosen == chosen && slices.Equal(s.options, options) {
		return
	}
	s.options, s.chosen = slices.Clone(options), chosen
	for len(s.parts) < len(options) {
		s.parts = append(s.parts, NewButton(ButtonSpec{}, nil))
	}
	s.parts = s.parts[:len(options)]
	for i, o := range s.options {
		s.parts[i].Set(ButtonSpec{Text: o.Text, Icon: o.Icon, Tip: o.Detail, Size: Small, Look: Quiet, Chosen: o.ID == chosen})
		s.parts[i].OnTap(func() {
			if o.ID == s.chosen {
				return
			}
			s.Set(s.options, o.ID)
			if s.OnChange != nil {
				s.OnChange(o.ID)
			}
		})
	}
	s.Refresh()
}

// Chosen is the chosen part's ID.
func (s *Segmented) Chosen() string { return s.chosen }

// Parts are the buttons, for focus and tests.
func (s *Segmented) Parts() []*Button { return s.parts }

// CreateRenderer implements fyne.Widget.
func (s *Segmented) CreateRenderer() fyne.WidgetRenderer {
	ground := &canvas.Rectangle{}
	d := &drawing{owner: s}
	d.refresh = func() {
		box(ground, theme.Sunken, theme.Transparent, 0, theme.RadiusField)
		d.objects = []fyne.CanvasObject{ground}
		for _, p := range s.parts {
			d.objects = append(d.objects, p)
		}
	}
	pad := func() float32 { return theme.Px(2) }
	d.min = func() fyne.Size {
		w := pad()
		for _, p := range s.parts {
			w += p.MinSize().Width + pad()
		}
		return fyne.NewSize(w, theme.Px(theme.SmallButtonHeight)+2*pad())
	}
	d.layout = func(size fyne.Size) {
		h := theme.Px(theme.SmallButtonHeight) + 2*pad()
		y := (size.Height - h) / 2
		place(ground, 0, y, d.min().Width, h)
		x := pad()
		for _, p := range s.parts {
			m := p.MinSize()
			place(p, x, y+pad(), m.Width, m.Height)
			x += m.Width + pad()
		}
	}
	d.refresh()
	return d
}

// ChoiceSpec is what a choice shows.
type ChoiceSpec struct {
	Icon     string
	Title    string
	Detail   string
	Chosen   bool
	Busy     string // an answer is awaited: shown instead of Detail
	Disabled string
}

// Choice is a large button with icon and two lines of which one is chosen: how to start.
type Choice struct {
	control
	spec ChoiceSpec
}

// NewChoice makes a choice.
func NewChoice(spec ChoiceSpec, tapped func()) *Choice {
	c := &Choice{spec: spec}
	c.tapped = tapped
	c.apply()
	c.init(c)
	return c
}

// Set changes what it shows.
func (c *Choice) Set(spec ChoiceSpec) {
	if c.spec == spec {
		return
	}
	c.spec = spec
	c.apply()
	c.Refresh()
}

func (c *Choice) apply() { c.locked, c.tip = c.spec.Disabled != "", c.spec.Disabled }

// AccessibilityLabel implements fyne.Accessible.
func (c *Choice) AccessibilityLabel() string { return c.spec.Title + ", " + c.spec.Detail }

// AccessibilityRole implements fyne.Accessible.
func (c *Choice) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (c *Choice) CreateRenderer() fyne.WidgetRenderer {
	ground, ring, icon, end := &canvas.Rectangle{}, newRing(theme.RadiusStrip), newPicture(), newPicture()
	title := newInline(Style{Size: theme.NameSize, Bold: true, Cut: true})
	detail := newInline(Style{Size: theme.DetailSize, Cut: true})
	d := &drawing{owner: c}
	d.refresh = func() {
		s := c.spec
		fill, border, width, ink := theme.Surface, theme.Border, float32(theme.HairLine), theme.Text2
		switch {
		case s.Chosen:
			fill, border, width, ink = theme.Selected, theme.Accent, theme.StateBorder, theme.AccentText
		case c.hovered && !c.locked:
			fill = theme.Hover
		}
		box(ground, fill, border, width, theme.RadiusStrip)
		styleRing(ring, theme.RadiusStrip, c.focused)
		setPicture(icon, s.Icon, ink)
		mark := ""
		switch {
		case c.locked:
			mark = "lock"
		case s.Chosen:
			mark = "circle-check"
		}
		setPicture(end, mark, ink)
		title.set("", Span{Text: s.Title})
		words := s.Detail
		if s.Busy != "" {
			words = s.Busy
		}
		detail.set(theme.Text3, Span{Text: words})
		d.objects = append([]fyne.CanvasObject{ground, icon.Raster, end.Raster, ring}, append(title.objects(), detail.objects()...)...)
	}
	d.min = func() fyne.Size {
		return fyne.NewSize(theme.Px(46+36)+title.width(), theme.Px(64))
	}
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		ring.Resize(s)
		side := theme.Px(theme.IconLarge)
		place(icon, theme.Px(13), (s.Height-side)/2, side, side)
		e := theme.Px(18)
		place(end, s.Width-theme.Px(14)-e, (s.Height-e)/2, e, e)
		x := theme.Px(46)
		w := s.Width - x - theme.Px(14+18+8)
		h1, h2 := theme.Px(20), theme.Px(16)
		y := (s.Height - h1 - h2) / 2
		title.place(x, y, w, h1)
		detail.place(x, y+h1, w, h2)
	}
	d.refresh()
	return d
}

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

// Logo is the program's icon in a window.
type Logo struct {
	fynewidget.BaseWidget
	side float32
}

// NewLogo makes a logo of side dp.
func NewLogo(side float32) *Logo {
	l := &Logo{side: side}
	l.ExtendBaseWidget(l)
	return l
}

// CreateRenderer implements fyne.Widget.
func (l *Logo) CreateRenderer() fyne.WidgetRenderer {
	img := canvas.NewRaster(func(w, h int) image.Image { return theme.DrawLogo(min(w, h)) })
	d := &drawing{owner: l, objects: []fyne.CanvasObject{img}}
	d.min = func() fyne.Size { return fyne.NewSquareSize(theme.Px(l.side)) }
	d.layout = func(s fyne.Size) {
		side := theme.Px(l.side)
		place(img, (s.Width-side)/2, (s.Height-side)/2, side, side)
	}
	return d
}
