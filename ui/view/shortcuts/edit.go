package shortcuts

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// step is how far the change of a command's keys has come.
type step uint8

const (
	idle      step = iota // its keys are shown
	listening             // the new key is waited for
	asking                // the key is somebody else's: it is asked what to do
	refused               // the key cannot be had
)

// edit is the command whose keys are being changed.
type edit struct {
	id    command.ID // empty for none
	step  step
	chord command.Chord // asking, refused: which key
	first *widget.Button
	catch *widget.KeyCatch
}

// Open opens a command's row, or closes the one that is open.
func (v *View) Open(id command.ID) {
	if v.edit.id == id {
		v.close()
		v.draw()
		return
	}
	v.edit = edit{id: id}
	v.draw()
	if v.edit.first != nil {
		v.give(v.edit.first)
	}
	v.reveal(v.rows[id])
}

func (v *View) close() {
	v.edit = edit{}
	v.Focus()
}

// ask goes to another step with a command.
func (v *View) ask(id command.ID, s step, chord command.Chord) {
	v.edit = edit{id: id, step: s, chord: chord}
	v.draw()
	switch {
	case v.edit.catch != nil:
		v.give(v.edit.catch)
	case v.edit.first != nil:
		v.give(v.edit.first)
	}
}

// Press is a key pressed for the command that is open.
func (v *View) Press(chord command.Chord) {
	id := v.edit.id
	switch c := present.KeyConflictOf(v.keys(), id, chord); {
	case c.Refused != "":
		v.ask(id, refused, chord)
	case c.Words != "":
		v.ask(id, asking, chord)
	default:
		v.take(chord, false)
	}
}

// take gives the open command a key; alone takes it from all others.
func (v *View) take(chord command.Chord, alone bool) {
	id := v.edit.id
	v.set(v.keys().With(id, chord, alone))
	v.ask(id, idle, command.Chord{})
}

func (v *View) set(b command.Rebinding) {
	if err := v.deps.Do(phone.Set{Key: phone.KeyKeys, Value: command.FormatBindings(b)}); err != nil {
		v.deps.Say(text.Refusal(err))
	}
}

// editor is what stands under the row that is open.
func (v *View) editor(r present.KeyRow) fyne.CanvasObject {
	var parts []fyne.CanvasObject
	words := func(s string, token theme.Token) {
		parts = append(parts, widget.NewParagraph(s, widget.Style{Size: theme.BodySize, Token: token}))
	}
	button := func(spec widget.ButtonSpec, tapped func()) *widget.Button {
		b := widget.NewButton(spec, tapped)
		if v.edit.first == nil {
			v.edit.first = b
		}
		return b
	}
	v.edit.first = nil
	cancel := func() *widget.Button {
		return button(widget.ButtonSpec{Text: text.T("form.cancel")}, func() { v.ask(r.ID, idle, command.Chord{}) })
	}
	again := func() { v.ask(r.ID, listening, command.Chord{}) }
	switch chord := v.edit.chord; {
	case r.Fixed:
		words(text.T("keys.reserved.fixed"), theme.Text2)
	case v.edit.step == listening:
		v.edit.catch = widget.NewKeyCatch(text.T("keys.press_for", "command", r.Name))
		v.edit.catch.OnChord = v.Press
		v.edit.catch.OnCancel = func(left bool) {
			if left { // somebody pressed elsewhere: the keyboard is there now
				v.edit = edit{id: r.ID}
				v.draw()
				return
			}
			v.ask(r.ID, idle, command.Chord{})
		}
		parts = append(parts, v.edit.catch)
	case v.edit.step == asking:
		c := present.KeyConflictOf(v.keys(), r.ID, chord)
		words(c.Words, theme.Text)
		buttons := []fyne.CanvasObject{button(widget.ButtonSpec{Text: text.T("keys.replace"), Look: widget.Primary}, func() { v.take(chord, true) })}
		if c.Both {
			buttons = append(buttons, button(widget.ButtonSpec{Text: text.T("keys.both")}, func() { v.take(chord, false) }))
		}
		parts = append(parts, lay.Lines(theme.Grid, append(buttons, cancel())...))
	case v.edit.step == refused:
		words(present.KeyConflictOf(v.keys(), r.ID, chord).Refused, theme.DangerText)
		parts = append(parts, lay.Lines(theme.Grid, button(widget.ButtonSpec{Text: text.T("keys.add"), Icon: "keyboard"}, again), cancel()))
	default:
		parts = append(parts, v.chosen(r, button, again)...)
	}
	return widget.NewPanel(widget.PanelSpec{Fill: theme.Raised}, lay.Pad(42, 8, 14, 12, lay.Col(theme.Grid, parts...)))
}

// chosen is the keys of a command, each to be removed, and what can be done besides.
func (v *View) chosen(r present.KeyRow, button func(widget.ButtonSpec, func()) *widget.Button, again func()) []fyne.CanvasObject {
	add := text.T("keys.add")
	if len(r.Caps) > 0 && !r.Nth {
		add = text.T("keys.add_more")
	}
	buttons := []fyne.CanvasObject{button(widget.ButtonSpec{Text: add, Icon: "plus", Look: widget.Primary}, again)}
	for _, c := range r.Caps {
		buttons = append(buttons, button(widget.ButtonSpec{Text: c.Text, Icon: "x", Tip: text.T("keys.remove", "key", c.Text)}, func() {
			v.set(v.keys().Without(r.ID, c.Chord))
		}))
	}
	if r.Changed {
		buttons = append(buttons, button(widget.ButtonSpec{Text: text.T("keys.reset"), Icon: "undo-2"}, func() { v.set(v.keys().Reset(r.ID)) }))
	}
	out := []fyne.CanvasObject{lay.Lines(theme.Grid, buttons...)}
	for _, c := range r.Caps {
		if note := present.KeyNote(c.Chord); note != "" {
			out = append(out, widget.NewParagraph(note, widget.Style{Size: theme.DetailSize, Token: theme.Text3}))
		}
	}
	return out
}
