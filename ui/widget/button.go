package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// Look is what a button is for.
type Look uint8

// The looks.
const (
	Plain   Look = iota // surface with a quiet border
	Primary             // accent
	Go                  // answer, dial: green
	Stop                // hang up: red
	Decline             // plain with red text and icon
	Quiet               // no border until hover
)

// ButtonSize is a step of button heights.
type ButtonSize uint8

// The sizes.
const (
	Medium ButtonSize = iota // 32
	Small                    // 28
	Large                    // 40, radius of a dial button
	Hangup                   // 44
	Dial                     // 44 square beside the search field
	Tile                     // icon above the label, 60 high: the call grid
)

// ButtonSpec is what a button shows. Without Text it is a square with the icon, and Tip names it.
type ButtonSpec struct {
	Text     string
	Icon     string      // Lucide name, may be empty
	Tint     theme.Token // colour of a plain or quiet button's icon; "" is second text
	Key      string      // printed chord in a key cap, may be empty
	Room     string      // a chord that there is room for as well: Key changes with what has the keyboard, the button does not
	Look     Look
	Size     ButtonSize
	Chosen   bool   // on: mute, an open keypad
	Menu     bool   // opens a menu: with a chevron after the label
	Disabled string // the reason in a sentence; empty when it can be pressed
	Tip      string
	Detail   string // small second line under the label of a Tile
}

// Button is a button with icon, label and key cap.
type Button struct {
	control
	// OnMenu is a right press at an absolute place; nil does nothing.
	OnMenu func(at fyne.Position)
	spec   ButtonSpec
}

// NewButton makes a button; tapped may be nil and set later by OnTap.
func NewButton(spec ButtonSpec, tapped func()) *Button {
	b := &Button{spec: spec}
	b.tapped = tapped
	b.apply()
	b.init(b)
	return b
}

// NewIconButton makes a square button that shows only an icon. tip is its name.
func NewIconButton(icon, tip string, tapped func()) *Button {
	return NewButton(ButtonSpec{Icon: icon, Tip: tip, Look: Quiet}, tapped)
}

// NewTileButton makes a tile of the call grid.
func NewTileButton(icon, text string, tapped func()) *Button {
	return NewButton(ButtonSpec{Icon: icon, Text: text, Size: Tile}, tapped)
}

// Set changes what the button shows.
func (b *Button) Set(spec ButtonSpec) {
	if b.spec == spec {
		return
	}
	b.spec = spec
	b.apply()
	b.Refresh()
}

// Spec is what the button shows.
func (b *Button) Spec() ButtonSpec { return b.spec }

// OnTap changes what a press does.
func (b *Button) OnTap(f func()) { b.tapped = f }

// TappedSecondary implements fyne.SecondaryTappable.
func (b *Button) TappedSecondary(e *fyne.PointEvent) {
	if b.OnMenu != nil {
		b.OnMenu(e.AbsolutePosition)
	}
}

func (b *Button) apply() {
	b.locked = b.spec.Disabled != ""
	b.tip = b.spec.Tip
	if b.locked {
		b.tip = b.spec.Disabled
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (b *Button) AccessibilityLabel() string {
	if b.spec.Text != "" {
		return b.spec.Text
	}
	return b.spec.Tip
}

// AccessibilityRole implements fyne.Accessible.
func (b *Button) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// colors is fill, border, ink and icon of the button's state.
func (b *Button) colors() (fill, border, ink, icon theme.Token) {
	s := b.spec
	switch {
	case b.locked && s.Look == Quiet:
		return theme.Transparent, theme.Transparent, theme.Text3, theme.BorderStrong
	case b.locked:
		return theme.Raised, theme.Border, theme.Text3, theme.Text3
	}
	switch s.Look {
	case Primary:
		return theme.Accent, theme.Transparent, theme.OnAccent, theme.OnAccent
	case Go:
		return theme.Answer, theme.Transparent, theme.OnAnswer, theme.OnAnswer
	case Stop:
		return theme.Danger, theme.Transparent, theme.OnDanger, theme.OnDanger
	}
	fill, border, ink = theme.Surface, theme.Border, theme.Text
	if s.Look == Quiet {
		fill, border = theme.Transparent, theme.Transparent
	}
	switch {
	case s.Chosen:
		fill, border, ink = theme.AccentSoft, theme.Accent, theme.AccentText
	case b.pressed:
		fill = theme.Sunken
	case b.hovered:
		fill = theme.Hover
	}
	icon = theme.Text2
	if s.Chosen {
		icon = ink
	}
	if s.Look == Decline {
		ink, icon = theme.DangerText, theme.DangerText
	}
	if s.Tint != "" && !s.Chosen {
		icon = s.Tint
	}
	return fill, border, ink, icon
}

func (b *Button) height() float32 {
	switch b.spec.Size {
	case Small:
		return theme.SmallButtonHeight
	case Large:
		return theme.LargeButtonHeight
	case Hangup, Dial:
		return theme.HangupHeight
	case Tile:
		return theme.TileHeight
	}
	return theme.ButtonHeight
}

func (b *Button) textSize() theme.TextSize {
	switch b.spec.Size {
	case Small, Tile:
		return theme.DetailSize
	case Large, Hangup, Dial:
		return theme.NameSize
	}
	return theme.BodySize
}

func (b *Button) iconSize() float32 {
	switch b.spec.Size {
	case Small:
		return theme.IconSmall
	case Large, Hangup, Dial, Tile:
		return theme.IconLarge
	}
	if b.spec.Text == "" {
		return theme.IconLarge - 2
	}
	return theme.IconMedium
}

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{b: b, ground: &canvas.Rectangle{}, ring: &canvas.Rectangle{}, icon: newPicture(), lock: newPicture(),
		chevron: newPicture(), label: line(), detail: line(), cap: newCap()}
	r.objects = append([]fyne.CanvasObject{r.ground, r.icon.Raster, r.label, r.detail, r.lock.Raster, r.chevron.Raster}, r.cap.objects()...)
	r.objects = append(r.objects, r.ring)
	r.update()
	return r
}

type buttonRenderer struct {
	b             *Button
	ground, ring  *canvas.Rectangle
	icon, lock    *picture
	chevron       *picture
	label, detail *canvas.Text
	cap           *keyCap
	objects       []fyne.CanvasObject
}

func (r *buttonRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *buttonRenderer) Destroy()                     {}

func (r *buttonRenderer) Refresh() {
	r.update()
	r.Layout(r.b.Size())
	canvas.Refresh(r.b)
}

func (r *buttonRenderer) update() {
	b, s := r.b, r.b.spec
	fill, border, ink, icon := b.colors()
	radius := float32(theme.RadiusField)
	switch s.Size {
	case Small:
		radius = theme.RadiusSmall
	case Large, Hangup, Dial:
		radius = theme.RadiusStrip
	}
	box(r.ground, fill, border, theme.HairLine, radius)
	box(r.ring, theme.Transparent, theme.Focus, theme.FocusRing, radius)
	if s.Look == Primary || s.Look == Go || s.Look == Stop {
		// On a filled button the ring would vanish in the fill: it stands inside in the colour of the text.
		r.ring.StrokeColor = theme.Color(ink)
		r.ring.CornerRadius = theme.Px(radius - 2)
	}
	SetVisible(r.ring, b.focused)
	setPicture(r.icon, s.Icon, icon)
	lock := ""
	if b.locked && s.Text != "" {
		lock = "lock"
	}
	setPicture(r.lock, lock, theme.Text3)
	chevron := ""
	if s.Menu {
		chevron = "chevron-down"
	}
	setPicture(r.chevron, chevron, icon)
	r.label.Text = s.Text
	set(r.label, b.textSize(), ink, true, false)
	r.detail.Text = s.Detail
	set(r.detail, theme.CaptionSize, theme.Text3, false, false)
	SetVisible(r.detail, s.Detail != "")
	capInk, capBorder := theme.Text2, theme.BorderStrong
	r.cap.ground = theme.Surface
	if s.Look == Primary || s.Look == Go || s.Look == Stop {
		capInk, capBorder, r.cap.ground = ink, ink, theme.Transparent
	} else if b.locked || s.Look == Quiet {
		r.cap.ground = theme.Transparent
	}
	r.cap.set(b.capped(), capInk, capBorder)
}

// Width is how wide a button of the spec is at least, for who chooses between several. It is not for tiles.
func (s ButtonSpec) Width() float32 {
	b := &Button{spec: s}
	b.apply()
	return b.width()
}

// capped is the key that is printed on the button.
func (b *Button) capped() string {
	if b.locked {
		return ""
	}
	return b.spec.Key
}

// width is the least width, of all but tiles.
func (b *Button) width() float32 {
	bare := b.spec.Text == "" && b.capped() == ""
	if bare && !b.spec.Menu {
		return theme.Px(b.height())
	}
	pad := theme.Px(12)
	switch {
	case bare:
		pad = theme.Px(theme.Half)
	case b.spec.Size == Small:
		pad = theme.Px(theme.Grid)
	}
	width := b.content() + 2*pad
	if key := b.capped(); key != "" && b.spec.Room != "" {
		width += max(0, capWidth(b.spec.Room)-capWidth(key))
	}
	return max(width, theme.Px(theme.MinTarget))
}

// content is the width of what stands side by side.
func (b *Button) content() float32 {
	s := b.spec
	gap := theme.Px(theme.Grid)
	var w float32
	add := func(part float32) {
		if w > 0 {
			w += gap
		}
		w += part
	}
	if s.Icon != "" {
		add(theme.Px(b.iconSize()))
	}
	if s.Text != "" {
		add(b.words())
	}
	if b.locked && s.Text != "" {
		add(theme.Px(theme.IconSmall))
	}
	if s.Menu {
		add(theme.Px(theme.IconSmall))
	}
	if key := b.capped(); key != "" {
		add(capWidth(key))
	}
	return w
}

// words is the width of the whole label, also when it is drawn cut.
func (b *Button) words() float32 {
	return measure(b.spec.Text, b.textSize(), true, false).Width
}

func (r *buttonRenderer) MinSize() fyne.Size {
	b := r.b
	h := theme.Px(b.height())
	if b.spec.Size == Tile {
		w := max(b.words(), r.detail.MinSize().Width)
		if b.spec.Text == "" {
			w = theme.Px(b.iconSize())
		}
		return fyne.NewSize(max(w+theme.Px(theme.Grid), theme.Px(theme.MinTarget)), h)
	}
	return fyne.NewSize(b.width(), h)
}

func (r *buttonRenderer) Layout(size fyne.Size) {
	place(r.ground, 0, 0, size.Width, size.Height)
	inset := float32(0)
	if l := r.b.spec.Look; l == Primary || l == Go || l == Stop {
		inset = theme.FocusRing
	}
	place(r.ring, inset, inset, size.Width-2*inset, size.Height-2*inset)
	icon := theme.Px(r.b.iconSize())
	if r.b.spec.Size == Tile {
		r.layoutTile(size, icon)
		return
	}
	gap := theme.Px(theme.Grid)
	content := r.b.content()
	r.label.Text = r.b.spec.Text
	r.b.apply()
	if over := content - (size.Width - theme.Px(theme.Grid)); over > 0 && r.label.Text != "" { // the label is cut before it leaves the button
		room := max(0, r.b.words()-over)
		r.label.Text = ellipsize(r.b.spec.Text, room, func(s string) float32 { return measure(s, r.b.textSize(), true, false).Width })
		content -= over
		if r.b.tip == "" {
			r.b.tip = r.b.spec.Text
		}
	}
	x := max(0, (size.Width-content)/2)
	mid := size.Height / 2
	if r.icon.Visible() {
		place(r.icon, x, mid-icon/2, icon, icon)
		x += icon + gap
	}
	if r.label.Text != "" {
		m := r.label.MinSize()
		place(r.label, x, mid-m.Height/2, m.Width, m.Height)
		x += m.Width + gap
	} else {
		place(r.label, 0, 0, 0, 0) // it may have been shown before
	}
	if r.lock.Visible() {
		s := theme.Px(theme.IconSmall)
		place(r.lock, x, mid-s/2, s, s)
		x += s + gap
	}
	if r.chevron.Visible() {
		s := theme.Px(theme.IconSmall)
		place(r.chevron, x, mid-s/2, s, s)
		x += s + gap
	}
	if r.cap.visible() {
		c := r.cap.size()
		r.cap.place(x, mid-c.Height/2)
	}
}

func (r *buttonRenderer) layoutTile(size fyne.Size, icon float32) {
	m, d := r.label.MinSize(), r.detail.MinSize()
	h := icon
	if r.label.Text != "" {
		h += theme.Px(2) + m.Height
	}
	if r.detail.Visible() {
		h += d.Height - theme.Px(2)
	}
	y := (size.Height - h) / 2
	if r.icon.Visible() {
		place(r.icon, (size.Width-icon)/2, y, icon, icon)
		y += icon + theme.Px(2)
	} else {
		y = (size.Height - (h - icon - theme.Px(2))) / 2
	}
	if r.lock.Visible() { // in the corner: the tile has no room beside its words
		s := theme.Px(12)
		place(r.lock, size.Width-s-theme.Px(6), theme.Px(6), s, s)
	}
	place(r.label, (size.Width-m.Width)/2, y, m.Width, m.Height)
	place(r.detail, (size.Width-d.Width)/2, y+m.Height-theme.Px(2), d.Width, d.Height)
}
