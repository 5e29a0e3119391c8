package ui

import (
	"log/slog"
	"strings"

	"fyne.io/fyne/v2"

	"svara/assets"
	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/view"
	"svara/ui/view/form"
	"svara/ui/widget"
)

// bindings is what the keys mean: every command with its default keys, and the user's own on top.
type bindings struct {
	registry []command.Command
	keymap   *command.Keymap
	setting  string // ui.keys as it was bound
	unusable []command.Problem
	windows  map[fyne.Canvas]*window // whose keys are ours
	palette  paletteWindow
}

// registry is every command with its default keys. Both are part of the program, so an error is a fault of the build,
// which the tests find; the window then works without keys.
func registry(log *slog.Logger) []command.Command {
	keys, err := command.ParseBindings(assets.Keys())
	if err != nil {
		log.Error("key bindings cannot be used", "error", err)
	}
	all, err := command.Registry(keys)
	if err != nil {
		log.Error("key bindings cannot be used", "error", err)
	}
	return all
}

// bind makes the keymap of the user's setting and gives it to every window: chords with Ctrl, Alt or Super are registered
// with each. What cannot be used is left out.
func (a *App) bind() {
	a.setting = a.snap.Settings.Get(phone.KeyKeys)
	a.keymap, a.unusable = command.Rebound(a.registry, a.setting)
	for _, p := range a.unusable {
		a.log.Warn("key binding left out", "command", p.ID, "chord", p.Chord, "why", p.Why, "other", p.Other)
	}
	for _, w := range a.windows {
		w.detach()
		w.detach = widget.Attach(w.canvas, w, a.modified())
	}
}

// followKeys binds anew when the user has changed the setting, and tells the palette what can be done now.
func (a *App) followKeys() {
	if v := a.palette.view; v != nil && v.Open() {
		v.Update()
	}
	if a.snap.Settings.Get(phone.KeyKeys) != a.setting {
		a.bind()
		a.tellUnusable()
		a.keys.update(a.scene())
	}
}

// tellUnusable says that some of the user's keys do not work; which and why the table of keys tells.
func (a *App) tellUnusable() {
	if len(a.unusable) > 0 {
		a.root.Toast("keyboard", text.T("keys.unusable"), text.T("keys.unusable.show"), func() { a.show(command.ViewShortcuts) })
	}
}

// window is the keyboard of one window.
type window struct {
	a      *App
	canvas fyne.Canvas
	dialog bool // a window over the main one: Escape closes it
	closed func()
	detach func()
}

var _ widget.Keys = (*window)(nil)

// attach gives a canvas' unused keys to the main window's commands.
func (a *App) attach(c fyne.Canvas) { a.hold(&window{a: a, canvas: c}) }

// attachDialog is attach for a window that Escape closes.
func (a *App) attachDialog(c fyne.Canvas, closed func()) {
	a.hold(&window{a: a, canvas: c, dialog: true, closed: closed})
}

func (a *App) hold(w *window) {
	if old := a.windows[w.canvas]; old != nil {
		old.detach()
	}
	if a.windows == nil {
		a.windows = map[fyne.Canvas]*window{}
	}
	a.windows[w.canvas] = w
	w.detach = widget.Attach(w.canvas, w, a.modified())
}

// release is told of a window that is no more: whoever held its keys would hold all that it showed.
func (a *App) release(c fyne.Canvas) {
	if w := a.windows[c]; w != nil {
		w.detach()
		delete(a.windows, c)
	}
}

// modified is every chord with Ctrl, Alt or Super: Fyne hands those over by name only.
func (a *App) modified() []command.Chord {
	var out []command.Chord
	for _, c := range a.keymap.Commands() {
		for _, chord := range a.keymap.Chords(c.ID) {
			if chord.Modified() {
				out = append(out, chord)
			}
		}
	}
	return out
}

// everywhere is what keys may do where there is no telephone on screen: at the first start and in dialogs.
var everywhere = map[command.ID]bool{
	command.TextLarger: true, command.TextSmaller: true, command.TextNormal: true, command.SwitchLang: true,
	command.SwitchTheme: true, command.Quit: true, command.GoShortcuts: true, command.VolumeUp: true, command.VolumeDown: true,
	command.Answer: true, command.Decline: true, command.Hangup: true,
}

// besides is what keys with Ctrl or Alt and F-keys do as well in a window over the main one: whoever works in the group log
// takes calls there. True is what is then to be seen in the main window.
var besides = map[command.ID]bool{
	command.Hold: false, command.Mute: false, command.Swap: false, command.Record: false,
	command.GoSettings: false, command.GoMeetings: false, command.GoMessages: false,
	command.GoGroupLog: true, command.GoGroupMail: true, command.GoQueueStats: true, // in the attendant's main window
	command.GoCalls: true, command.GoHistory: true, command.GoContacts: true, command.GoVoicemail: true,
	command.GoRecordings: true, command.GoQueues: true, command.Transferring: true, command.AddPerson: true,
}

// besides reports whether a chord does something besides in a window over the main one, and brings the main window to the
// front where that is seen there.
func (w *window) besides(id command.ID, chord command.Chord) bool {
	inMain, ok := besides[id]
	if !ok || w.a.page == command.ViewStart || !chord.Modified() && (len(chord.Key) < 2 || chord.Key[0] != 'F') {
		return false
	}
	if inMain {
		w.a.showMain()
	}
	return true
}

// KeyPressed implements widget.Keys: it finds the command that the chord means here and now and does it.
func (w *window) KeyPressed(chord command.Chord, focus command.Focus) bool {
	a := w.a
	a.catchUp() // the key is pressed for what is true, which the last frame may not show
	defer a.catchUp()
	if w.dialog && chord == (command.Chord{Key: command.KeyEscape}) {
		w.closed()
		return true
	}
	if chord == (command.Chord{Key: command.KeyEscape}) && !w.dialog && a.root.CancelDrag() {
		return true
	}
	if w.onCard() && chord.Typed() && len([]rune(chord.Key)) == 1 && a.types() {
		return a.goOn(chord)
	}
	if w.caretBack() {
		if r := []rune(chord.Key); chord.Typed() && len(r) == 1 {
			a.face().Entry().TypedRune(r[0])
			return true
		}
		focus = a.focusNow()
	}
	s := a.situation(focus)
	if w.dialog {
		s.Contexts = append(s.Contexts, command.Dialog)
	}
	m, ok := a.keymap.Lookup(chord, s)
	if ok && m.Command.ID == command.SaveForm {
		return form.Save(w.canvas)
	}
	if list, in := w.canvas.Focused().(*widget.KeyList); in && ok && w.dialog && m.Command.ID == command.CursorMenu {
		list.OpenMenu() // of the window's own row, not of the one in the main window
		return true
	}
	if w.onCard() && (!ok || !everywhere[m.Command.ID]) {
		return a.goOn(chord)
	}
	if !ok {
		return !w.dialog && focus == command.FocusNone && a.typedDigit(chord)
	}
	if (w.dialog || a.page == command.ViewStart) && !everywhere[m.Command.ID] && !(m.Enabled && w.besides(m.Command.ID, chord)) {
		return false
	}
	if !m.Enabled {
		if chord.Modified() || chord.Key[0] == 'F' && len(chord.Key) > 1 || m.Command.ID == command.DialTyped {
			a.refused(m)
		}
		return true
	}
	if m.Command.ID == command.DialTyped && focus == command.FocusNone && a.talking && a.face().Idle() {
		return true // a stray Enter in a call must not bring up the last number over the call's card
	}
	m.Command.Run(command.Invocation{Host: a.host, Snapshot: a.snap, Chord: chord})
	if m.Command.ID == command.DTMF {
		a.face().Digit(chord.Key)
	}
	return true
}

// caretBack puts the caret back in the attendant's field where the mouse has taken it away: it is there whenever the window
// is in front, and somebody who types a name must not hang up with its h (ui.md section 1).
func (w *window) caretBack() bool {
	a := w.a
	if w.dialog || a.page == command.ViewStart || a.faces.front != command.FaceAttendant || a.main == nil || w.canvas != a.main.Canvas() ||
		w.canvas.Focused() != nil || w.canvas.Overlays().Top() != nil {
		return false
	}
	w.canvas.Focus(a.face().Entry())
	return true
}

// onCard reports whether the window is that of the call that rings: some systems give it the keyboard, and a press on it
// does.
func (w *window) onCard() bool {
	a := w.a
	return w.dialog && a.page != command.ViewStart && a.card != nil && a.card.window != nil && w.canvas == a.card.window.Canvas()
}

// types reports whether letters are text in the main window: in the attendant's view they always are, in the others while
// there is something in the field.
func (a *App) types() bool {
	entry := a.face().Entry()
	return entry != nil && (a.faces.front == command.FaceAttendant || entry.Text != "" && a.main.Canvas().Focused() == fyne.Focusable(entry))
}

// goOn gives the main window the keyboard, and a key that was pressed on the card of a call that rings: who types goes on
// typing, and a key that the main window knows does there what it says.
func (a *App) goOn(chord command.Chord) bool {
	main := a.windows[a.main.Canvas()]
	main.caretBack()
	a.main.RequestFocus()
	if main.KeyPressed(chord, a.focusNow()) || chord.Modified() {
		return true
	}
	if entry, ok := main.canvas.Focused().(*widget.KeyEntry); ok {
		switch key, r := widget.KeyOfChord(chord); {
		case r != 0:
			entry.Entry.TypedRune(r)
		case key != nil:
			entry.Entry.TypedKey(key)
		}
	}
	return true
}

// typedDigit puts a digit that was typed while nothing had the keyboard in the search field: somebody begins to dial.
func (a *App) typedDigit(chord command.Chord) bool {
	if a.page == command.ViewStart || chord.Modified() || len(chord.Key) != 1 || !strings.Contains("0123456789+*#", chord.Key) {
		return false
	}
	a.face().SetField(a.face().Field() + chord.Key)
	a.main.Canvas().Focus(a.face().Entry())
	return true
}

// refused tells why a key did nothing, where the user looks.
func (a *App) refused(m command.Match) {
	if m.Command.ID == command.DialTyped && a.page != command.ViewStart {
		a.face().DialFailed(text.T(m.Why))
		return
	}
	a.say(text.T(m.Why))
}

func (a *App) situation(focus command.Focus) command.Situation {
	s := command.Situation{Contexts: command.Contexts(a.snap, command.List), Focus: focus, Snapshot: a.snap}
	if a.face() != nil && a.page != command.ViewStart {
		s.Text = a.face().Field()
		if a.asking() {
			s.Contexts = append(s.Contexts, command.Transfer)
		}
		if f, ok := a.face().(view.Situated); ok {
			f.Situate(&s)
		}
	}
	return s
}

// focusNow is what the keyboard of the main window is in.
func (a *App) focusNow() command.Focus {
	if a.face() == nil || a.main == nil || a.page == command.ViewStart {
		return command.FocusNone
	}
	return a.face().Focus(a.main.Canvas())
}

// keyCap is the key to print on a command's button: one that works now. Where both Enter keys answer, the big one is
// printed.
func (a *App) keyCap(id string) string {
	s := a.situation(a.focusNow())
	if c, ok := a.keymap.Command(command.ID(id)); ok && c.When[0] == command.Dialog { // a form's buttons are where forms are
		s.Contexts = append(s.Contexts, command.Dialog)
	}
	enter := command.Chord{Key: command.KeyEnter}
	if m, ok := a.keymap.Lookup(enter, s); ok && m.Enabled && string(m.Command.ID) == id {
		return enter.Print(text.T)
	}
	chord, ok := a.keymap.Hint(command.ID(id), s)
	if !ok {
		return ""
	}
	return chord.Print(text.T)
}
