package widget

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/command"
	"svara/ui/theme"
)

// KeyEntry is a line of editable text without a frame that hands the keys it has no use for to the canvas's Keys: the
// arrows up and down, Escape, Enter, F-keys and chords with Ctrl, Alt or Super. It stands inside a frame that draws the
// ring (SearchField, Field).
type KeyEntry struct {
	fynewidget.Entry
	// OnSubmit gets Enter when nobody else wanted it.
	OnSubmit func(string)
	// OnKey is asked first about keys that type no character; true says that it used the key. Nil uses none.
	OnKey func(command.Chord) bool
	// Operators asks the canvas's Keys about * - + and / before they become text.
	Operators bool
	// Taken is asked first about each character that is typed; true says that it was for something else, and keeps it out of the text.
	Taken func(rune) bool
	// OnFocus is told when the entry gets the keyboard and when it loses it.
	OnFocus func(bool)
	onFocus func(bool) // the frame's
	past    bool       // Tab goes past what stands after the text in the same field; Shift+Tab comes to it
}

// NewKeyEntry makes an entry.
func NewKeyEntry() *KeyEntry {
	e := &KeyEntry{}
	e.Wrapping = fyne.TextWrapOff
	e.ExtendBaseWidget(e)
	return e
}

// CreateRenderer implements fyne.Widget: Fyne's entry without its box and border.
func (e *KeyEntry) CreateRenderer() fyne.WidgetRenderer {
	r := e.Entry.CreateRenderer()
	for _, o := range r.Objects() {
		if rect, ok := o.(*canvas.Rectangle); ok {
			rect.Hide()
		}
	}
	return r
}

// Focus is what command.Situation wants to know.
func (e *KeyEntry) Focus() command.Focus {
	if e.Text == "" {
		return command.FocusEmpty
	}
	return command.FocusText
}

// AcceptsTab implements fyne.Tabbable. Tab is never text, also not in several lines: who goes by keys must get out of them.
func (e *KeyEntry) AcceptsTab() bool { return e.past }

// TypedKey implements fyne.Focusable.
func (e *KeyEntry) TypedKey(k *fyne.KeyEvent) {
	chord, ok := ChordOfKey(k)
	if k.Name == fyne.KeyTab && e.past {
		c := fyne.CurrentApp().Driver().CanvasForObject(e)
		if chord.Mod&command.Shift != 0 {
			c.FocusPrevious()
			return
		}
		c.FocusNext()
		c.FocusNext()
		return
	}
	if ok && (e.OnKey != nil && e.OnKey(chord) || forward(e, chord, true, e.Focus())) {
		return
	}
	if (k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter) && !e.MultiLine {
		if e.OnSubmit != nil {
			e.OnSubmit(e.Text)
		}
		return
	}
	e.Entry.TypedKey(k)
}

// TypedRune implements fyne.Focusable.
func (e *KeyEntry) TypedRune(r rune) {
	if e.Taken != nil && e.Taken(r) {
		return
	}
	if chord, ok := ChordOfRune(r); ok && e.Operators && strings.ContainsRune("*-+/", r) && forward(e, chord, true, e.Focus()) {
		return
	}
	e.Entry.TypedRune(r)
}

// TypedShortcut implements fyne.Shortcutable. Fyne gives a shortcut only to the focused entry, so what is not the
// entry's own goes on from here.
func (e *KeyEntry) TypedShortcut(s fyne.Shortcut) {
	if chord, ok := ChordOfShortcut(s); ok && forward(e, chord, true, e.Focus()) {
		return
	}
	e.Entry.TypedShortcut(s)
}

// FocusGained implements fyne.Focusable.
func (e *KeyEntry) FocusGained() {
	e.Entry.FocusGained()
	intoSight(e, true)
	e.focusTold(true)
}

// FocusLost implements fyne.Focusable.
func (e *KeyEntry) FocusLost() {
	e.Entry.FocusLost()
	e.focusTold(false)
}

func (e *KeyEntry) focusTold(on bool) {
	if e.onFocus != nil {
		e.onFocus(on)
	}
	if e.OnFocus != nil {
		e.OnFocus(on)
	}
}

// SelectAll selects the text and puts the caret at its end.
func (e *KeyEntry) SelectAll() { e.Entry.TypedShortcut(&fyne.ShortcutSelectAll{}) }

// SetCursorEnd puts the caret after the text.
func (e *KeyEntry) SetCursorEnd() {
	e.CursorColumn = len([]rune(e.Text))
	e.Refresh()
}

// frame is the box of a field: icon, entry, what stands at its end, and the ring. It takes presses beside the text and
// gives the entry the focus.
type frame struct {
	fynewidget.BaseWidget
	entry    *KeyEntry
	icon     string
	trailing []fyne.CanvasObject
	height   float32
	holder   string // what an empty field says, whole
	faulty   bool
	focused  bool
	self     fyne.Widget // the widget that embeds the frame
	arrange  func()      // lays out what is in it; nil before it is shown
}

func newFrame(icon string, height float32, trailing ...fyne.CanvasObject) *frame {
	f := &frame{icon: icon, height: height, trailing: trailing}
	f.init(f)
	return f
}

func (f *frame) init(self fyne.Widget) {
	f.self, f.entry = self, NewKeyEntry()
	f.entry.onFocus = func(on bool) {
		f.focused = on
		self.Refresh()
	}
	f.ExtendBaseWidget(self)
}

// hold says in an entry of a width what there is to type, cut to what has room: Fyne would scroll it.
func (f *frame) hold(width float32) {
	room := width - 4*theme.Px(theme.Half)
	holder := ellipsize(f.holder, room, func(s string) float32 { return measure(s, theme.NameSize, false, false).Width })
	if f.entry.PlaceHolder != holder {
		f.entry.SetPlaceHolder(holder)
	}
}

// Arrange lays out what stands at the end anew, without drawing what stays where it is.
func (f *frame) Arrange() {
	if f.arrange != nil {
		f.arrange()
	}
}

// Tapped implements fyne.Tappable.
func (f *frame) Tapped(*fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(f.self); c != nil {
		c.Focus(f.entry)
	}
}

// CreateRenderer implements fyne.Widget.
func (f *frame) CreateRenderer() fyne.WidgetRenderer {
	ground, img := &canvas.Rectangle{}, newPicture()
	d := &drawing{owner: f.self}
	d.objects = append([]fyne.CanvasObject{ground, img.Raster, f.entry}, f.trailing...)
	d.refresh = func() {
		border, width := theme.BorderStrong, float32(theme.HairLine)
		switch {
		case f.faulty:
			border, width = theme.Red, theme.StateBorder
		case f.focused:
			border, width = theme.Focus, theme.FocusRing
		}
		box(ground, theme.Surface, border, width, theme.RadiusField)
		icon := f.icon
		if f.faulty && icon != "" { // the fault is seen without its colour too
			icon = "circle-alert"
		}
		setPicture(img, icon, theme.Text2)
	}
	trailing := func() (w float32) {
		var last fyne.CanvasObject
		for _, o := range f.trailing {
			if o.Visible() {
				w += o.MinSize().Width + theme.Px(4)
				last = o
			}
		}
		if _, button := last.(*Button); last != nil && !button { // words stand as far from the border as those at the left
			w += theme.Px(theme.Grid)
		}
		return w
	}
	lead := func() float32 {
		if f.icon == "" {
			return theme.Px(4)
		}
		return theme.Px(12 + theme.IconMedium + 1)
	}
	d.min = func() fyne.Size {
		return fyne.NewSize(lead()+theme.Px(36)+trailing(), theme.Px(f.height))
	}
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		side := theme.Px(theme.IconMedium)
		if f.height >= theme.SearchHeight {
			side = theme.Px(18)
		}
		place(img, theme.Px(12), (s.Height-side)/2, side, side)
		h := f.entry.MinSize().Height
		if f.entry.MultiLine {
			h = s.Height
		}
		w := max(0, s.Width-lead()-trailing()-theme.Px(4))
		f.hold(w)
		place(f.entry, lead(), (s.Height-h)/2, w, h)
		x := s.Width - trailing()
		for _, o := range f.trailing {
			if o.Visible() {
				m := o.MinSize()
				place(o, x, (s.Height-m.Height)/2, m.Width, m.Height)
				x += m.Width + theme.Px(4)
			}
		}
	}
	f.arrange = func() { d.layout(f.self.Size()) }
	d.refresh()
	return d
}
