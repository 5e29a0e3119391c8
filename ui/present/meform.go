package present

import (
	"strings"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// Values is what is typed and chosen in a form, by field. A switch that is on is "true"; chosen days are "2,4".
type Values map[string]string

// On reports whether a switch is on.
func (v Values) On(field string) bool { return v[field] == "true" }

// FieldKind is how a field is filled in.
type FieldKind uint8

// The kinds.
const (
	FieldText   FieldKind = iota // a line
	FieldLong                    // several lines
	FieldSecret                  // a line that is not shown: a password
	FieldFile                    // the path of a file, which can also be chosen in a window
	FieldSelect                  // one of several, from a menu
	FieldParts                   // one of few, side by side
	FieldSwitch                  // on or off
	FieldDays                    // any of the seven days of a week
)

// FormField is a field and what stands around it.
type FormField struct {
	ID      string
	Kind    FieldKind
	Label   string
	Icon    string
	Holder  string // what an empty line says
	Help    string // under the field
	Wrong   string // what is wrong with what is in it
	Options []Choice
	Half    bool     // half the width is enough: the next half stands beside it
	Types   []string // of a FieldFile: the endings it takes, with their dot; nil takes every file
	People  bool     // of a FieldLong: people are offered whose names fit the line that is written
	Share   int      // of twelve parts of the width, in place of Half: a date is 4, a time 2
}

// Form is a form as it stands with what is typed in it. A form can be saved when no field is wrong.
type Form struct {
	Fields  []FormField
	Summary string // what it comes to, in words
	More    string // the rest of it
	Warn    string // a clash, a shifted clock
}

// Faulty is the first field that is wrong, or empty.
func (f Form) Faulty() string {
	for _, field := range f.Fields {
		if field.Wrong != "" {
			return field.ID
		}
	}
	return ""
}

// FormRow is a thing in the list beside its form.
type FormRow struct {
	ID     string
	Icon   string
	Status Status // goes before Icon
	Title  string
	Detail string
	Warn   string // what is wrong with it, in words
	Off    bool
	Rev    int64 // another one is another state of the thing, also where the row looks the same
}

// Editor is a list of things the user has set up and the form of one of them. The functions are pure.
type Editor struct {
	Title string
	Help  string // what this is for
	Empty string // what the list says when there is nothing
	New   string // the button that makes another
	Save  string // the button of the form
	Rows  func(Scene) []FormRow
	Start func(s Scene, id string) Values // what the form of a thing begins with; an empty id is a new one
	Form  func(s Scene, id string, v Values) Form
	// Commands is what saves the form. A new thing gets the id fresh.
	Commands func(s Scene, id, fresh string, v Values) []phone.Command
	Remove   func(id string) phone.Command
	// Delete is the button that removes; empty says delete. Ask is what it says when it is asked whether to; nil asks
	// whether to delete the thing.
	Delete string
	Ask    func(name string) string
	// Locked is why a thing cannot be saved or removed; empty when it can. nil: everything can.
	Locked func(s Scene, id string) string
	// Fate is what becomes of a thing that was saved, where somebody else has the last word; nil: it is saved at once.
	Fate func(s Scene, id string) Fate
	// Actions is what else can be done with a thing; nil: nothing.
	Actions func(s Scene, id string) []EditorAction
	// Move gives a thing another place, by -1 or +1; nil when the order is not the user's.
	Move func(s Scene, id string, by int) []phone.Command
}

// EditorAction is something that can be done with the thing in the form.
type EditorAction struct {
	Icon, Text string
	Disabled   string // why not
	Command    phone.Command
	Said       string // what is told when it is being done; may be empty
}

// Fate is what has become of a thing that was saved.
type Fate struct {
	Asking  string            // what is being done with it, in words; empty: nothing any more
	Refused map[string]string // why it was not taken, in words, by field; "" is the whole. Nil: it was
}

// fateOf is what has become of a change at the team server. said is why it was refused, by field.
func fateOf(s Scene, verb, about, asking string, said func(phone.Reason) map[string]string) Fate {
	for _, c := range s.Snap.Team.Changes {
		switch {
		case c.Verb != verb || c.About != about:
		case c.State == phone.TeamChangeAsking:
			return Fate{Asking: asking}
		case c.State == phone.TeamChangeRefused && c.Reason != nil:
			return Fate{Refused: said(*c.Reason)}
		}
	}
	return Fate{}
}

func option(value, words string) Choice { return Choice{Value: value, Text: words} }

// divertOptions is where calls go during an activity.
func divertOptions(s Scene, kind phone.ActivityKind) []Choice {
	linked := text.T("divert.linked_none")
	for _, l := range s.Snap.Me.Links {
		if l.Kind == kind {
			linked = text.T("divert.linked", "number", s.NumberText(l.Number))
		}
	}
	return []Choice{option("", linked), option(string(phone.DivertIgnore), text.T("divert.ignore")), option(string(phone.DivertNumber), text.T("divert.number"))}
}

// divertFields are where calls go, and the number of one's own.
func divertFields(s Scene, v Values) []FormField {
	fields := []FormField{{ID: "divert", Kind: FieldSelect, Label: text.T("form.divert"), Icon: "phone-forwarded", Options: divertOptions(s, phone.ActivityKind(v["kind"])), Half: true}}
	if v["divert"] == string(phone.DivertNumber) {
		fields = append(fields, FormField{ID: "number", Label: text.T("form.number"), Icon: "phone", Wrong: numberWrong(v["number"]), Half: true})
	}
	return fields
}

// numberWrong is what is wrong with a number that calls are to go to.
func numberWrong(typed string) string {
	switch typed = strings.TrimSpace(typed); {
	case typed == "":
		return text.T("form.number_missing")
	case !Dialable(typed):
		return text.T("dial.not_a_number")
	}
	return ""
}

// divertOf is the choice and number that were filled in.
func divertOf(v Values) (phone.DivertChoice, string) {
	d := phone.DivertChoice(v["divert"])
	if d != phone.DivertNumber {
		return d, ""
	}
	return d, DialText(strings.TrimSpace(v["number"]))
}

func kindOptions() []Choice {
	var out []Choice
	for _, k := range phone.ActivityKinds {
		out = append(out, option(string(k), ActivityWord(k, "")))
	}
	return out
}

func kindField() FormField {
	return FormField{ID: "kind", Kind: FieldSelect, Label: text.T("form.activity"), Icon: "users", Options: kindOptions(), Half: true}
}

// kindFieldOf is the field with the icon of what is chosen.
func kindFieldOf(v Values) FormField {
	f := kindField()
	f.Icon = ActivityIcon(phone.ActivityKind(v["kind"]))
	return f
}

// ringsField asks whether calls ring. The answer "" is as the activity does.
func ringsField(v Values) FormField {
	usual := text.T("rings.usual_no")
	if phone.ActivityKind(v["kind"]).Rings() {
		usual = text.T("rings.usual_yes")
	}
	return FormField{ID: "rings", Kind: FieldSelect, Label: text.T("form.rings"), Icon: "bell", Half: true,
		Options: []Choice{option("", usual), option("true", text.T("rings.yes")), option("false", text.T("rings.no"))}}
}

func ringsOf(v Values) *bool {
	if v["rings"] == "" {
		return nil
	}
	on := v.On("rings")
	return &on
}

func ringsValue(r *bool) string {
	switch {
	case r == nil:
		return ""
	case *r:
		return "true"
	}
	return "false"
}

// clockOf reads a time of day: 11:30, 11.30, 1130, 8.
func clockOf(typed string) (minutes int, ok bool) {
	typed = strings.TrimSpace(typed)
	if strings.Trim(typed, "0123456789:.") != "" {
		return 0, false
	}
	parts := strings.FieldsFunc(typed, func(r rune) bool { return r == ':' || r == '.' })
	switch {
	case len(parts) == 1 && len(parts[0]) <= 2:
		parts = append(parts, "00")
	case len(parts) == 1 && (len(parts[0]) == 3 || len(parts[0]) == 4):
		parts = []string{parts[0][:len(parts[0])-2], parts[0][len(parts[0])-2:]}
	}
	if len(parts) != 2 || len(parts[1]) != 2 || len(parts[0]) > 2 {
		return 0, false
	}
	h, m := number(parts[0]), number(parts[1])
	if m > 59 || h > 24 || h == 24 && m > 0 {
		return 0, false
	}
	return h*60 + m, true
}

func number(digits string) (n int) {
	for _, r := range digits {
		n = n*10 + int(r-'0')
	}
	return n
}

// dateOf reads a date: 2026-11-26, 20261126, 26-11-26 and 261126.
func dateOf(typed string) (time.Time, bool) {
	typed = strings.TrimSpace(typed)
	for _, form := range []string{time.DateOnly, "20060102", "06-01-02", "060102"} {
		if t, err := time.Parse(form, typed); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// clockWords writes minutes after midnight: 08:00, 24:00.
func clockWords(minutes int) string {
	two := func(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }
	return two(minutes/60) + ":" + two(minutes%60)
}
