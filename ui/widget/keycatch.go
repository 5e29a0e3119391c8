package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/command"
	"svara/ui/theme"
)

// KeyCatch is a field that takes the next key, whatever it is, instead of doing what the key does. Escape, and going
// elsewhere, take none.
type KeyCatch struct {
	control
	words string
	// OnChord is told the key; OnCancel that none came, and whether the keyboard has gone elsewhere.
	OnChord  func(command.Chord)
	OnCancel func(left bool)
	done     bool
}

// NewKeyCatch makes a field that says what it waits for.
func NewKeyCatch(words string) *KeyCatch {
	k := &KeyCatch{words: words}
	k.init(k)
	return k
}

// Set changes what the field says and makes it take a key again.
func (k *KeyCatch) Set(words string) {
	k.words, k.done = words, false
	k.Refresh()
}

func (k *KeyCatch) take(chord command.Chord, ok bool) {
	if !ok || k.done {
		return
	}
	if chord == (command.Chord{Key: command.KeyEscape}) {
		k.cancel(false)
		return
	}
	k.done = true
	if k.OnChord != nil {
		k.OnChord(chord)
	}
}

func (k *KeyCatch) cancel(left bool) {
	if k.done {
		return
	}
	k.done = true
	if k.OnCancel != nil {
		k.OnCancel(left)
	}
}

// TypedKey implements fyne.Focusable. Keys that type a character come as one.
func (k *KeyCatch) TypedKey(e *fyne.KeyEvent) { k.take(ChordOfKey(e)) }

// TypedRune implements fyne.Focusable.
func (k *KeyCatch) TypedRune(r rune) { k.take(ChordOfRune(r)) }

// TypedShortcut implements fyne.Shortcutable. Copying, pasting and their like come without their keys.
func (k *KeyCatch) TypedShortcut(s fyne.Shortcut) {
	if chord, ok := ChordOfShortcut(s); ok {
		k.take(chord, true)
		return
	}
	letter := map[string]string{"Copy": "c", "Paste": "v", "Cut": "x", "SelectAll": "a", "Undo": "z", "Redo": "y"}[s.ShortcutName()]
	k.take(command.Chord{Mod: command.Ctrl, Key: letter}, letter != "")
}

// FocusLost implements fyne.Focusable.
func (k *KeyCatch) FocusLost() {
	k.control.FocusLost()
	k.cancel(true)
}

// Tapped implements fyne.Tappable: it has the keyboard already.
func (k *KeyCatch) Tapped(*fyne.PointEvent) {}

// AccessibilityLabel implements fyne.Accessible.
func (k *KeyCatch) AccessibilityLabel() string { return k.words }

// CreateRenderer implements fyne.Widget.
func (k *KeyCatch) CreateRenderer() fyne.WidgetRenderer {
	ground, icon, label := &canvas.Rectangle{}, newPicture(), newInline(Style{Size: theme.BodySize, Bold: true, Cut: true})
	d := &drawing{owner: k}
	d.refresh = func() {
		box(ground, theme.Selected, theme.Accent, theme.FocusRing, theme.RadiusField)
		setPicture(icon, "keyboard", theme.AccentText)
		label.set(theme.AccentText, Span{Text: k.words})
		d.objects = append([]fyne.CanvasObject{ground, icon.Raster}, label.objects()...)
	}
	d.min = func() fyne.Size { return fyne.NewSize(theme.Px(120), theme.Px(theme.FieldHeight)) }
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		side := theme.Px(theme.IconMedium)
		place(icon, theme.Px(12), (s.Height-side)/2, side, side)
		x := theme.Px(12+theme.IconMedium) + theme.Px(theme.Grid)
		h := theme.Px(theme.BodySize.LineHeight())
		room := max(0, s.Width-x-theme.Px(12))
		label.place(x, (s.Height-h)/2, room, h)
		k.tip = ""
		if label.cut(room) {
			k.tip = k.words
		}
	}
	d.refresh()
	return d
}
