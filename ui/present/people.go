package present

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// Lamp is how somebody stands: the telephone's state in the shape, the activity in the words.
type Lamp struct {
	Status     Status // empty: there is no lamp
	Tone       Tone
	Text       string   // state, until when, other party
	Brief      []string // the same in fewer and fewer words, for lines too short for Text; nil: its end may be cut
	Stands     string   // of Text, how the telephone stands; empty where Text has one part
	Doing      string   // of Text, what they do meanwhile, with its fewer words in DoingBrief
	DoingBrief []string
	Note       string // what they have written
	Ticks      bool   // Text counts
}

// LineOf is the watched line of a number, or nil.
func (s Scene) LineOf(number string) *phone.Line {
	switch {
	case number == "":
		return nil
	case s.Line != nil:
		return s.Line(number)
	}
	return s.Snap.LineOf(number)
}

// LampOf is somebody's lamp. A colleague whose line ought to be watched and is not told of is not known; others have none.
func LampOf(s Scene, p phone.Person) Lamp {
	number := p.Line()
	if l := s.LineOf(number); l != nil {
		return lineLamp(s, *l)
	}
	if p.Colleague && number != "" && s.Snap.Settings.Get(phone.KeyWatchPeople) == "colleagues" {
		return Lamp{Status: StatusUnknown, Tone: ToneSlate, Text: text.T("status.unknown")}
	}
	return Lamp{}
}

// lineLamp is the lamp of a line: what the telephone does goes before the activity.
func lineLamp(s Scene, l phone.Line) Lamp {
	out := presenceLamp(s, l.Presence)
	activity := ""
	if p := l.Presence; p != nil && p.Activity != phone.ActivityAvailable && !onlyBusy(*p) {
		activity = out.Text
	}
	with := ""
	if l.With != (phone.Party{}) {
		with = s.WhoOf(l.With).Name
	}
	join := func(parts ...string) string {
		return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
	}
	stands := func(words, bare, with string) {
		out.Text, out.Brief = join(words, with, activity), nil
		if activity != "" {
			out.Stands, out.Doing, out.DoingBrief = join(words, with), activity, doingBriefs(s, l.Presence)
			out.Brief = standBriefs(s, words, bare, activity, l.Presence)
		}
	}
	switch {
	case l.Stale || !s.connected(l.Account):
		words, briefs := text.T("status.unknown"), []string(nil)
		if !l.Told.IsZero() {
			when := text.WhenWithin(l.Told, s.Now)
			words, briefs = text.T("person.unknown_since", "when", when), []string{text.T("person.unknown_since_brief", "when", when)}
		}
		return Lamp{Status: StatusUnknown, Tone: ToneSlate, Text: words, Brief: briefs, Note: out.Note}
	case l.State == phone.LineRinging:
		out.Status, out.Tone = StatusRinging, ToneAccent
		stands(text.T("status.ringing"), text.T("status.ringing"), with)
	case l.State == phone.LineBusy:
		words := text.T("status.in-call")
		if !l.Since.IsZero() {
			words += " " + text.Timer(s.Now.Sub(l.Since))
			out.Ticks = true
		}
		out.Status, out.Tone = StatusInCall, ToneRed
		stands(words, text.T("status.in-call"), with)
	case l.State == phone.LineOffline:
		out.Status, out.Tone = StatusNotSignedIn, ToneSlate
		stands(text.T("status.not-signed-in"), text.T("status.signed_out"), "")
	case l.Presence != nil:
	case l.State == phone.LineIdle:
		out.Status, out.Tone, out.Text = StatusAvailable, ToneGreen, text.T("status.available")
	default:
		out.Status, out.Tone, out.Text = StatusUnknown, ToneSlate, text.T("status.unknown")
	}
	return out
}

// onlyBusy reports whether an activity says no more than that somebody is on the telephone, as exchanges make it of a line
// that rings or talks.
func onlyBusy(p phone.Presence) bool {
	return p.Activity == phone.ActivityBusy && p.Name == "" && p.Note == "" && p.Until.IsZero()
}

// presenceLamp is the lamp of what somebody says of themselves.
func presenceLamp(s Scene, p *phone.Presence) Lamp {
	if p == nil {
		return Lamp{}
	}
	out := Lamp{Status: ActivityStatus(p.Activity, p.Open), Tone: ActivityTone(p.Activity), Text: ActivityWord(p.Activity, p.Name), Note: Clean(p.Note, 200)}
	if !p.Until.IsZero() && p.Until.After(s.Now) {
		out.Text += " " + UntilWords(p.Until, s.Now)
		out.Brief = doingBriefs(s, p)
	}
	return out
}

// connected reports whether what an account's exchange says can be trusted now.
func (s Scene) connected(id phone.AccountID) bool {
	for _, a := range s.Snap.Accounts {
		if a.ID == id {
			return a.State == phone.RegistrationRegistered || a.State == phone.RegistrationRegistering
		}
	}
	return true
}

// PersonRows makes rows of the people found. query is what was typed.
func PersonRows(s Scene, hits []phone.Hit, query string) []HistoryRow {
	out := make([]HistoryRow, 0, len(hits))
	for _, h := range hits {
		out = append(out, personRow(s, h, query))
	}
	return out
}

func personRow(s Scene, h phone.Hit, query string) HistoryRow {
	p := h.Person
	number, place := "", 0
	for _, span := range h.Spans {
		if at, ok := strings.CutPrefix(string(span.Field), string(phone.FieldNumber)+"."); ok {
			place, _ = strconv.Atoi(at)
		}
	}
	if place < len(p.Numbers) && place >= 0 && len(p.Numbers) > 0 {
		number = p.Numbers[place].Number
	}
	field := phone.Field(string(phone.FieldNumber) + "." + strconv.Itoa(place))
	r := HistoryRow{Who: Who{Name: Clean(p.Label(), nameLimit), Number: s.NumberText(number), Known: p.Name != "" || p.Company != ""}, Dial: dialable(number)}
	r.Found = slices.ContainsFunc(h.Spans, func(x phone.Span) bool { return x.Field == field })
	of := phone.FieldName
	if strings.TrimSpace(p.Name) == "" {
		of = phone.FieldCompany
	}
	r.Name = marked(p.Label(), nameLimit, of, h.Spans, query)
	r.Number = s.writtenSpans(marked(number, numberLimit, field, h.Spans, query))
	if h.Recent {
		r.Icon, r.Tone, r.Outcome = "history", ToneQuiet, text.T("person.recent")
		if !h.Last.IsZero() {
			r.When = text.When(h.Last, s.Now)
		}
		return r
	}
	r.Person = &p
	added := map[phone.Field]bool{}
	add := func(value string, f phone.Field) {
		if value == "" || added[f] {
			return
		}
		added[f] = true
		if len(r.Detail) > 0 {
			r.Detail = append(r.Detail, Span{Text: " · "})
		}
		r.Detail = append(r.Detail, marked(value, nameLimit, f, h.Spans, query)...)
	}
	add(p.Title, phone.FieldTitle)
	add(departmentOf(&p), phone.FieldDepartment)
	if of == phone.FieldName {
		add(p.Company, phone.FieldCompany)
	}
	for _, x := range h.Spans { // a hit in what is not shown otherwise is shown
		for name, values := range map[phone.Field][]string{phone.FieldEmail: p.Emails, phone.FieldKeyword: p.Keywords, phone.FieldSkill: p.Skills} {
			if at, ok := strings.CutPrefix(string(x.Field), string(name)+"."); ok {
				if i, err := strconv.Atoi(at); err == nil && i >= 0 && i < len(values) {
					add(values[i], x.Field)
				}
			}
		}
	}
	return r
}

// departmentOf is where somebody works, where their title does not say the same already.
func departmentOf(p *phone.Person) string {
	if strings.EqualFold(p.Title, p.Department) {
		return ""
	}
	return p.Department
}

// dialable is a number of a book as it is dialled.
func dialable(number string) string {
	if number == "" {
		return ""
	}
	return DialText(number)
}

// marked is a field's text in pieces, what was hit marked. A text that had to be cleaned is marked by what was typed.
func marked(value string, limit int, field phone.Field, spans []phone.Span, query string) []Span {
	clean := Clean(value, limit)
	if clean != value {
		return Mark(clean, query)
	}
	hit := make([]bool, len(value))
	for _, x := range spans {
		if x.Field == field && x.From >= 0 && x.To <= len(value) {
			for i := x.From; i < x.To; i++ {
				hit[i] = true
			}
		}
	}
	var out []Span
	start := 0
	for i := 1; i <= len(value); i++ {
		if i == len(value) || hit[i] != hit[start] {
			out = append(out, Span{Text: value[start:i], Mark: hit[start]})
			start = i
		}
	}
	if out == nil {
		out = []Span{{Text: value}}
	}
	return out
}

// Without leaves out the rows whose number is among the others: somebody is listed once.
func Without(rows, others []HistoryRow) []HistoryRow {
	there := map[string]bool{}
	for _, r := range others {
		there[r.Dial] = true
		if r.Person != nil {
			for _, n := range r.Person.Numbers {
				there[dialable(n.Number)] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r HistoryRow) bool { return r.Dial != "" && there[r.Dial] })
}

// MoreRow is the last row of a list that goes on.
func MoreRow(shown int) HistoryRow {
	return HistoryRow{More: true, Icon: "chevron-down", Tone: ToneAccent, Name: []Span{{Text: text.T("people.more")}}, Who: Who{Name: text.T("people.more")}, Outcome: text.T("people.more_text", "n", shown)}
}

// PeopleEmpty is what the list of contacts says when there is nobody.
func PeopleEmpty() Empty {
	return Empty{Icon: "book-user", Title: text.T("people.empty"), Text: text.T("people.empty_text")}
}

// FavouritesEmpty is what the first tab says when there are neither favourites nor calls.
func FavouritesEmpty() Empty {
	return Empty{Icon: "star", Title: text.T("favourites.empty"), Text: text.T("favourites.empty_text")}
}

// NumberWord is what a number of a person is, in a word.
func NumberWord(k phone.NumberKind) string {
	switch k {
	case phone.NumberExtension:
		return text.T("number_kind.extension")
	case phone.NumberWork:
		return text.T("number_kind.work")
	case phone.NumberMobile:
		return text.T("number_kind.mobile")
	case phone.NumberHome:
		return text.T("number_kind.home")
	case phone.NumberFax:
		return text.T("number_kind.fax")
	}
	return text.T("number_kind.other")
}

// NumberIcon is the icon of a kind of number.
func NumberIcon(k phone.NumberKind) string {
	switch k {
	case phone.NumberMobile:
		return "smartphone"
	case phone.NumberExtension:
		return "phone"
	case phone.NumberWork:
		return "briefcase"
	}
	return "phone"
}

// MarkLook is the badge of a mark: icon, word and tone; empty for none and for favourites, whom the star tells of.
func MarkLook(m phone.Mark) (icon, words string, tone Tone) {
	switch m {
	case phone.MarkVIP:
		return "crown", text.T("mark.vip"), ToneAmber
	case phone.MarkBlocked:
		return "ban", text.T("mark.blocked"), ToneRed
	}
	return "", "", TonePlain
}

// lastWords says of a finished call when it was and how long: 18 Nov 14:20, 6 min.
func lastWords(e phone.HistoryEntry, now time.Time) string {
	words := text.When(e.Begun, now)
	switch {
	case e.Duration > 0:
		words += ", " + text.Duration(e.Duration)
	case e.Outcome == phone.OutcomeMissed:
		words += ", " + strings.ToLower(text.T("history.missed"))
	}
	return words
}
