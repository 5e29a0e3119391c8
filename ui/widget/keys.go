package widget

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"svara/ui/command"
)

// Keys gets the chords that the focused widget has no use for. It reports whether it used the chord.
type Keys interface {
	KeyPressed(chord command.Chord, focus command.Focus) bool
}

// attached is who gets the keys of which canvas; the UI goroutine's own.
var attached = map[fyne.Canvas]Keys{}

// Attach sends the unused keys of a canvas to keys until detach is called: those of our widgets, those typed while
// nothing has the focus, and the given chords with Ctrl, Alt or Super, which Fyne hands to a canvas only by name. Give
// it every such chord of the keymap.
func Attach(c fyne.Canvas, keys Keys, modified []command.Chord) (detach func()) {
	attached[c] = keys
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if chord, ok := ChordOfKey(e); ok {
			keys.KeyPressed(chord, command.FocusNone)
		}
	})
	c.SetOnTypedRune(func(r rune) {
		if chord, ok := ChordOfRune(r); ok {
			keys.KeyPressed(chord, command.FocusNone)
		}
	})
	var shortcuts []fyne.Shortcut
	for _, chord := range modified {
		if s := shortcutOf(chord); s != nil {
			shortcuts = append(shortcuts, s)
			c.AddShortcut(s, func(fyne.Shortcut) { keys.KeyPressed(chord, command.FocusNone) })
		}
	}
	return func() {
		delete(attached, c)
		c.SetOnTypedKey(nil)
		c.SetOnTypedRune(nil)
		for _, s := range shortcuts {
			c.RemoveShortcut(s)
		}
	}
}

func keysOf(o fyne.CanvasObject) Keys {
	app := fyne.CurrentApp()
	if app == nil {
		return nil
	}
	return attached[app.Driver().CanvasForObject(o)]
}

func forward(o fyne.CanvasObject, chord command.Chord, ok bool, focus command.Focus) bool {
	keys := keysOf(o)
	return ok && keys != nil && keys.KeyPressed(chord, focus)
}

func forwardKey(o fyne.CanvasObject, e *fyne.KeyEvent) bool {
	chord, ok := ChordOfKey(e)
	return forward(o, chord, ok, command.FocusNone)
}

func forwardRune(o fyne.CanvasObject, r rune) bool {
	chord, ok := ChordOfRune(r)
	return forward(o, chord, ok, command.FocusNone)
}

var keyNames = map[fyne.KeyName]string{
	fyne.KeyReturn: command.KeyEnter, fyne.KeyEnter: command.KeyNumEnter, fyne.KeyEscape: command.KeyEscape,
	fyne.KeySpace: command.KeySpace, fyne.KeyTab: command.KeyTab, fyne.KeyBackspace: command.KeyBackspace,
	fyne.KeyDelete: command.KeyDelete, fyne.KeyInsert: command.KeyInsert, fyne.KeyUp: command.KeyUp,
	fyne.KeyDown: command.KeyDown, fyne.KeyLeft: command.KeyLeft, fyne.KeyRight: command.KeyRight,
	fyne.KeyHome: command.KeyHome, fyne.KeyEnd: command.KeyEnd, fyne.KeyPageUp: command.KeyPageUp,
	fyne.KeyPageDown: command.KeyPageDown, desktop.KeyMenu: command.KeyMenu,
	fyne.KeyF1: "F1", fyne.KeyF2: "F2", fyne.KeyF3: "F3", fyne.KeyF4: "F4", fyne.KeyF5: "F5", fyne.KeyF6: "F6",
	fyne.KeyF7: "F7", fyne.KeyF8: "F8", fyne.KeyF9: "F9", fyne.KeyF10: "F10", fyne.KeyF11: "F11", fyne.KeyF12: "F12",
}

// ChordOfKey is the chord of a key that types no character. Characters come by ChordOfRune, as the layout makes them.
func ChordOfKey(e *fyne.KeyEvent) (command.Chord, bool) {
	name, ok := keyNames[e.Name]
	if !ok {
		return command.Chord{}, false
	}
	chord := command.Chord{Key: name}
	if d, isDesktop := fyne.CurrentApp().Driver().(desktop.Driver); isDesktop {
		chord.Mod = mods(d.CurrentKeyModifiers())
	}
	return chord, true
}

// KeyOfChord is what a widget with the keyboard gets for a chord without Ctrl, Alt or Super: a key, or a character.
func KeyOfChord(c command.Chord) (*fyne.KeyEvent, rune) {
	if c.Key == command.KeySpace {
		return nil, ' '
	}
	for name, key := range keyNames {
		if key == c.Key {
			return &fyne.KeyEvent{Name: name}, 0
		}
	}
	if r := []rune(c.Key); len(r) == 1 {
		return nil, r[0]
	}
	return nil, 0
}

// ChordOfRune is the chord of a typed character. Space comes as a key.
func ChordOfRune(r rune) (command.Chord, bool) {
	if r == ' ' || !unicode.IsPrint(r) {
		return command.Chord{}, false
	}
	return command.Chord{Key: strings.ToLower(string(r))}, true
}

// ChordOfShortcut is the chord of a shortcut that Fyne made of Ctrl, Alt or Super and a key. Copy, paste and their like
// are not chords: they belong to the text fields.
func ChordOfShortcut(s fyne.Shortcut) (command.Chord, bool) {
	custom, ok := s.(*desktop.CustomShortcut)
	if !ok {
		return command.Chord{}, false
	}
	key, named := keyNames[custom.KeyName]
	if !named {
		key = strings.ToLower(string(custom.KeyName))
	}
	return command.Chord{Mod: mods(custom.Modifier), Key: key}, true
}

func shortcutOf(c command.Chord) fyne.Shortcut {
	if !c.Modified() {
		return nil
	}
	key := fyne.KeyName(strings.ToUpper(c.Key))
	for name, printed := range keyNames {
		if printed == c.Key {
			key = name
		}
	}
	var m fyne.KeyModifier
	for _, p := range modPairs {
		if c.Mod&p.ours != 0 {
			m |= p.fyne
		}
	}
	return &desktop.CustomShortcut{KeyName: key, Modifier: m}
}

type modPair struct {
	ours command.Mod
	fyne fyne.KeyModifier
}

// modPairs are the modifiers of this system. On macOS Command is the shortcut key, Option types characters (@ on a
// Swedish keyboard), and so Control stands for Alt.
var modPairs = func() []modPair {
	alt, super := fyne.KeyModifierAlt, fyne.KeyModifierSuper
	if fyne.KeyModifierShortcutDefault == fyne.KeyModifierSuper {
		alt, super = fyne.KeyModifierControl, fyne.KeyModifierAlt
	}
	return []modPair{
		{command.Ctrl, fyne.KeyModifierShortcutDefault}, {command.Alt, alt}, {command.Shift, fyne.KeyModifierShift}, {command.Super, super},
	}
}()

func mods(m fyne.KeyModifier) command.Mod {
	var out command.Mod
	for _, p := range modPairs {
		if m&p.fyne != 0 {
			out |= p.ours
		}
	}
	return out
}
