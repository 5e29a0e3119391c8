package normal

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/view/asking"
)

// searcher is the view as the one whose field asks.
type searcher struct{ *View }

var _ asking.Screen = searcher{}

// Chosen implements asking.Screen.
func (s searcher) Chosen() (target, name string) { return s.chosen() }

// Settled implements asking.Screen.
func (s searcher) Settled(then func()) { s.front().Settled(then) }

// Changed implements asking.Screen.
func (s searcher) Changed() {
	if !s.asking.On() {
		s.front().SetCursor(-1)
	}
	s.Update(s.scene)
}

// Ask opens a question in the field.
func (v *View) Ask(q command.Question, id phone.CallID, c fyne.Canvas) {
	if q == command.AskEnd {
		v.conf.AskEnd()
		return
	}
	v.calls.card.ShowKeypad(false)
	v.asking.Ask(q, id, c)
}

// Asking is what the field asks, empty when it asks nothing.
func (v *View) Asking() (command.Question, phone.CallID) { return v.asking.Asked() }

// question is what the field asks, empty for nothing.
func (v *View) question() command.Question {
	q, _ := v.asking.Asked()
	return q
}

// Failed opens the question again after a transfer that came to nothing.
func (v *View) Failed(f present.Fell, c fyne.Canvas) {
	v.calls.card.ShowKeypad(false)
	v.asking.Failed(f, c)
}

// HandOver does what was chosen with the one who is meant.
func (v *View) HandOver(how command.Handing, c fyne.Canvas) { v.asking.HandOver(how, c) }

// chosen is who is meant: the highlighted row, what is typed when it can be dialled, or the only hit.
func (v *View) chosen() (target, name string) {
	typed := v.field.Text()
	if row, ok := v.highlighted(); ok {
		return row.Dial, row.Who.Name
	}
	if present.Dialable(typed) {
		t := present.DialText(typed)
		return t, v.scene.WhoOf(phone.Party{Number: t}).Name
	}
	if row, ok := v.front().Only(); ok && typed != "" {
		return row.Dial, row.Who.Name
	}
	return "", ""
}
