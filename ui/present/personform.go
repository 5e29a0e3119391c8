package present

import (
	"net/mail"
	"slices"
	"strconv"
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// numberKinds are the kinds of numbers in the order of menus.
var numberKinds = []phone.NumberKind{phone.NumberExtension, phone.NumberWork, phone.NumberMobile, phone.NumberHome, phone.NumberFax, phone.NumberOther}

// mostNumbers is how many numbers the form of a contact has room for.
const mostNumbers = 8

func splitList(typed string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func place(name string, i int) string { return name + "." + strconv.Itoa(i) }

// PersonForm is the form of a contact of the user's own. done is told of the person when it was saved.
func PersonForm(p phone.Person, fresh bool) Editor {
	title := text.T("person.edit_title")
	if fresh {
		title = text.T("person.new_title")
	}
	return Editor{
		Title: title, Save: text.T("form.save"),
		Start: func(Scene, string) Values { return personValues(p) },
		Form:  func(_ Scene, _ string, v Values) Form { return personFields(v) },
		Commands: func(_ Scene, _, _ string, v Values) []phone.Command {
			return []phone.Command{phone.PutPerson{Person: personOf(p, v)}}
		},
	}
}

func personValues(p phone.Person) Values {
	v := Values{
		"name": p.Name, "company": p.Company, "title": p.Title, "department": p.Department, "emails": strings.Join(p.Emails, ", "),
		"keywords": strings.Join(p.Keywords, ", "), "stand_in": p.StandIn, "note": p.Note, "speed": p.SpeedDial, "mark": string(p.Mark),
	}
	for i, n := range p.Numbers {
		v[place("number", i)], v[place("kind", i)] = n.Number, string(n.Kind)
	}
	return v
}

func personFields(v Values) Form {
	half := func(id, label, icon string) FormField { return FormField{ID: id, Label: label, Icon: icon, Half: true} }
	name := FormField{ID: "name", Label: text.T("form.name"), Icon: "user"}
	if strings.TrimSpace(v["name"]) == "" && strings.TrimSpace(v["company"]) == "" && !typedNumber(v) {
		name.Wrong = text.T("person.name_missing")
	}
	fields := []FormField{name, half("company", text.T("person.company"), "briefcase"), half("title", text.T("person.title"), "id-card")}
	var kinds []Choice
	for _, k := range numberKinds {
		kinds = append(kinds, option(string(k), NumberWord(k)))
	}
	for i := range mostNumbers {
		number := FormField{ID: place("number", i), Label: text.T("person.number"), Icon: "phone", Share: 7}
		typed := strings.TrimSpace(v[number.ID])
		if typed != "" && !Dialable(typed) {
			number.Wrong = text.T("dial.not_a_number")
		}
		kind := FormField{ID: place("kind", i), Kind: FieldSelect, Label: text.T("person.kind"), Options: kinds, Share: 5}
		if v[kind.ID] == "" {
			v[kind.ID] = string(guessKind(typed, i))
		}
		fields = append(fields, number, kind)
		if typed == "" && !laterNumber(v, i) { // one empty line to go on in
			break
		}
	}
	emails := FormField{ID: "emails", Label: text.T("person.emails"), Icon: "mail", Help: text.T("person.list_help")}
	for _, e := range splitList(v["emails"]) {
		if a, err := mail.ParseAddress(e); err != nil || a.Address != e {
			emails.Wrong = text.T("person.email_wrong", "email", Clean(e, 60))
		}
	}
	speed := half("speed", text.T("person.speed"), "grip")
	if n, err := strconv.Atoi(strings.TrimSpace(v["speed"])); strings.TrimSpace(v["speed"]) != "" && (err != nil || n < 1 || n > 99) {
		speed.Wrong = text.T("person.speed_wrong")
	}
	mark := FormField{ID: "mark", Kind: FieldSelect, Label: text.T("person.mark"), Icon: "star", Half: true, Options: []Choice{
		option("", text.T("mark.none")), option(string(phone.MarkFavourite), text.T("mark.favourite")), option(string(phone.MarkVIP), text.T("mark.vip_long")), option(string(phone.MarkBlocked), text.T("mark.blocked_long")),
	}}
	fields = append(fields, emails, half("department", text.T("person.department"), "users"), half("stand_in", text.T("person.stand_in"), "user"), FormField{ID: "keywords", Label: text.T("person.keywords"), Icon: "search"}, speed, mark,
		FormField{ID: "note", Kind: FieldLong, Label: text.T("person.note"), Icon: "sticky-note"})
	return Form{Fields: fields}
}

// guessKind is what a number most likely is: short ones are of the exchange, and mobile numbers are known by their
// beginning.
func guessKind(typed string, i int) phone.NumberKind {
	digits := DialText(typed)
	switch {
	case len(digits) > 0 && len(digits) <= 5:
		return phone.NumberExtension
	case strings.HasPrefix(digits, "07"), strings.HasPrefix(digits, "+467"), digits == "" && i > 0:
		return phone.NumberMobile
	}
	return phone.NumberWork
}

func typedNumber(v Values) bool { return laterNumber(v, -1) }

// laterNumber reports whether a number is typed after a place.
func laterNumber(v Values, after int) bool {
	for i := after + 1; i < mostNumbers; i++ {
		if strings.TrimSpace(v[place("number", i)]) != "" {
			return true
		}
	}
	return false
}

func personOf(p phone.Person, v Values) phone.Person {
	p.Name, p.Company, p.Title = strings.TrimSpace(v["name"]), strings.TrimSpace(v["company"]), strings.TrimSpace(v["title"])
	p.Department, p.Note, p.SpeedDial, p.Mark = strings.TrimSpace(v["department"]), strings.TrimSpace(v["note"]), strings.TrimSpace(v["speed"]), phone.Mark(v["mark"])
	p.StandIn = strings.TrimSpace(v["stand_in"])
	p.Emails, p.Keywords = splitList(v["emails"]), splitList(v["keywords"])
	var old []phone.Number
	old, p.Numbers = p.Numbers, nil
	for i := range mostNumbers {
		typed := strings.TrimSpace(v[place("number", i)])
		if typed == "" {
			continue
		}
		p.Numbers = append(p.Numbers, phone.Number{Kind: phone.NumberKind(v[place("kind", i)]), Number: typed})
	}
	if len(old) > mostNumbers { // what the form does not show stays
		p.Numbers = append(p.Numbers, old[mostNumbers:]...)
	}
	return p
}

// NewContact is a contact to be made of somebody who has called or is in another book.
func NewContact(name, number string) phone.Person {
	p := phone.Person{ID: phone.NewPersonID(), Name: name}
	if number != "" {
		p.Numbers = []phone.Number{{Kind: guessKind(number, 0), Number: number}}
	}
	return p
}

// Message is what is written to somebody.
type Message struct {
	To   string // the number it goes to
	Name string
	Text string // to begin with
}

// MessageForm is a text message to somebody (features.md H5).
func MessageForm(m Message) Editor {
	return Editor{
		Title: text.T("message.title", "name", m.Name), Help: text.T("message.to", "number", Clean(m.To, numberLimit)), Save: text.T("message.send"),
		Start: func(Scene, string) Values { return Values{"text": m.Text} },
		Form: func(_ Scene, _ string, v Values) Form {
			f := FormField{ID: "text", Kind: FieldLong, Label: text.T("message.text")}
			if strings.TrimSpace(v["text"]) == "" {
				f.Wrong = text.T("message.empty")
			} else if len(v["text"]) > 5000 {
				f.Wrong = text.T("form.too_long")
			}
			return Form{Fields: []FormField{f}}
		},
		Commands: func(_ Scene, _, _ string, v Values) []phone.Command {
			return []phone.Command{phone.SendText{Target: m.To, Text: strings.TrimSpace(v["text"])}}
		},
	}
}

// NoteForm is what the user writes about a call.
func NoteForm(id phone.CallID, name, before string) Editor {
	return noteForm(name, before, func(words string) phone.Command { return phone.SetCallNote{Call: id, Text: words} })
}

// HistoryNoteForm is what the user writes about a finished call.
func HistoryNoteForm(id int64, name, before string) Editor {
	return noteForm(name, before, func(words string) phone.Command { return phone.SetHistoryNote{ID: id, Text: words} })
}

func noteForm(name, before string, keep func(words string) phone.Command) Editor {
	return Editor{
		Title: text.T("callnote.title", "name", name), Help: text.T("callnote.help"), Save: text.T("form.save"),
		Start: func(Scene, string) Values { return Values{"text": before} },
		Form: func(_ Scene, _ string, v Values) Form {
			f := FormField{ID: "text", Kind: FieldLong, Label: text.T("callnote.note")}
			if len(v["text"]) > 5000 {
				f.Wrong = text.T("form.too_long")
			}
			return Form{Fields: []FormField{f}}
		},
		Commands: func(_ Scene, _, _ string, v Values) []phone.Command {
			return []phone.Command{keep(strings.TrimSpace(v["text"]))}
		},
	}
}

// TemplatesOf is the ready texts of a kind, in order.
func TemplatesOf(s Scene, kind phone.MessageKind) []phone.Template {
	out := slices.Clone(s.Snap.Templates)
	return slices.DeleteFunc(out, func(t phone.Template) bool { return t.Kind != kind })
}

// PhotoForm is a photo of a contact, from a file.
func PhotoForm(p phone.Person) Editor {
	return Editor{
		Title: text.T("person.photo_title", "name", Clean(p.Label(), nameLimit)), Save: text.T("form.save"),
		Start: func(Scene, string) Values { return Values{"path": ""} },
		Form: func(_ Scene, _ string, v Values) Form {
			f := FormField{ID: "path", Kind: FieldFile, Label: text.T("person.photo_path"), Icon: "folder-open", Types: []string{".jpg", ".jpeg", ".png"}}
			if strings.TrimSpace(v["path"]) == "" {
				f.Wrong = text.T("people.path_missing")
			}
			return Form{Fields: []FormField{f}}
		},
		Commands: func(_ Scene, _, _ string, v Values) []phone.Command {
			return []phone.Command{phone.SetPhoto{ID: p.ID, Path: strings.TrimSpace(v["path"])}}
		},
	}
}

// CallerName is what the other party of a call is called.
func CallerName(s Scene, c phone.Call) string { return s.whoOfCall(c).Name }
