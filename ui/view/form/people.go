package form

import (
	"strings"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// mostOffered is how many people are offered, leastTyped from how many letters.
const (
	mostOffered = 5
	leastTyped  = 2
)

// offers are the people under a field of several lines whose names fit the line that is being written. Enter takes the
// first, a press any.
type offers struct {
	line   *widget.Field
	people func(typed string, answer func([]phone.Person)) // finds people; nil where there are none
	grown  func()
	typed  string // the field as it was last
	at     int    // the line being written
	turn   int    // number of the newest question
	found  []phone.Person
	row    *fyne.Container
}

func newOffers(line *widget.Field, people func(string, func([]phone.Person)), grown func()) *offers {
	o := &offers{line: line, people: people, grown: grown, row: lay.Lines(6)}
	o.row.Hide()
	line.Entry().OnKey = func(k command.Chord) bool {
		if k.Mod != 0 || k.Key != command.KeyEnter && k.Key != command.KeyNumEnter || len(o.found) == 0 {
			return false
		}
		o.take(o.found[0])
		return true
	}
	return o
}

// write follows what is typed; it was not typed when it is the form that fills the field.
func (o *offers) write(all string, typed bool) {
	before := o.typed
	o.typed = all
	o.turn++
	if !typed || o.people == nil {
		o.offer(nil)
		return
	}
	same := 0
	for same < len(all) && same < len(before) && all[same] == before[same] {
		same++
	}
	o.at = strings.Count(all[:same], "\n")
	words := strings.TrimSpace(strings.Split(all, "\n")[o.at])
	if len([]rune(words)) < leastTyped || !present.NameTyped(words) {
		o.offer(nil)
		return
	}
	turn := o.turn
	o.people(words, func(found []phone.Person) {
		if turn == o.turn {
			o.offer(found)
		}
	})
}

// offer shows people, or nobody.
func (o *offers) offer(found []phone.Person) {
	o.found = found[:min(len(found), mostOffered)]
	o.row.Objects = nil
	for _, p := range o.found {
		o.row.Add(widget.NewButton(widget.ButtonSpec{Icon: "user-plus", Text: present.Clean(p.Label(), 40), Tip: present.InviteOf(p), Size: widget.Small}, func() { o.take(p) }))
	}
	if before := o.row.Visible(); before != (len(found) > 0) || before {
		widget.SetVisible(o.row, len(found) > 0)
		o.grown()
	}
}

// take puts somebody in the place of the line, and begins the next one.
func (o *offers) take(p phone.Person) {
	lines := strings.Split(o.line.Text(), "\n")
	if o.at >= len(lines) {
		return
	}
	lines[o.at] = present.InviteOf(p)
	if o.at == len(lines)-1 {
		lines = append(lines, "")
	}
	o.offer(nil)
	o.line.SetText(strings.Join(lines, "\n"))
	o.offer(nil)
	o.turn++
	e := o.line.Entry()
	for _, key := range []fyne.KeyName{fyne.KeyPageDown, fyne.KeyEnd} { // the caret goes after the last line
		e.Entry.TypedKey(&fyne.KeyEvent{Name: key})
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(e); c != nil {
		c.Focus(e)
	}
}
