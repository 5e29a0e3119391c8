package store

import (
	"encoding/json"
	"time"
	"unicode/utf8"

	"svara/phone"
)

// decodePerson reads a person as bodyOf writes one. A search reads some fifty with every key, and encoding/json would take
// half of its time; what is not as expected is left to it.
func decodePerson(body []byte) (phone.Person, error) {
	r := personReader{rest: string(body), strange: !utf8.Valid(body)} // the person's texts are parts of rest
	var p phone.Person
	if r.person(&p); !r.strange && r.rest == "" {
		return p, nil
	}
	p = phone.Person{}
	err := json.Unmarshal(body, &p)
	return p, err
}

// personReader takes JSON apart from its beginning on.
type personReader struct {
	rest    string
	strange bool // something is there that it does not know; what has been read is worth nothing
}

// take takes a byte away that has to be there.
func (r *personReader) take(c byte) {
	if r.rest == "" || r.rest[0] != c {
		r.strange = true
		return
	}
	r.rest = r.rest[1:]
}

// is takes a byte away if it is there.
func (r *personReader) is(c byte) bool {
	if r.rest == "" || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// text takes a string.
func (r *personReader) text() (out string) {
	r.take('"')
	escaped := false
	for i := 0; i < len(r.rest) && !r.strange; i++ {
		switch c := r.rest[i]; {
		case c == '"' && !escaped:
			out, r.rest = r.rest[:i], r.rest[i+1:]
			return out
		case c == '"':
			r.strange = json.Unmarshal([]byte(`"`+r.rest[:i+1]), &out) != nil
			r.rest = r.rest[i+1:]
			return out
		case c == '\\':
			escaped = true
			i++ // what is escaped does not end it
		case c < ' ':
			r.strange = true
		}
	}
	r.strange = true
	return ""
}

// fields takes an object, with fn for the value of each field.
func (r *personReader) fields(fn func(name string)) {
	r.take('{')
	for first := true; !r.strange && !r.is('}'); first = false {
		if !first {
			r.take(',')
		}
		name := r.text()
		if r.take(':'); !r.strange {
			fn(name)
		}
	}
}

// list takes an array, with fn for each element. An empty one is strange: it is left out.
func (r *personReader) list(fn func()) {
	r.take('[')
	for fn(); !r.strange && !r.is(']'); fn() {
		r.take(',')
	}
}

func (r *personReader) texts() (out []string) {
	r.list(func() { out = append(out, r.text()) })
	return out
}

func (r *personReader) person(p *phone.Person) {
	r.fields(func(name string) {
		switch name {
		case "id":
			p.ID = phone.PersonID(r.text())
		case "name":
			p.Name = r.text()
		case "given":
			p.Given = r.text()
		case "family":
			p.Family = r.text()
		case "company":
			p.Company = r.text()
		case "title":
			p.Title = r.text()
		case "department":
			p.Department = r.text()
		case "numbers":
			r.strange = r.strange || p.Numbers != nil // twice
			r.list(func() { p.Numbers = append(p.Numbers, r.number()) })
		case "emails":
			p.Emails = r.texts()
		case "keywords":
			p.Keywords = r.texts()
		case "skills":
			p.Skills = r.texts()
		case "stand_in":
			p.StandIn = r.text()
		case "note":
			p.Note = r.text()
		case "speed_dial":
			p.SpeedDial = r.text()
		case "changed":
			at, err := time.Parse(time.RFC3339Nano, r.text())
			p.Changed, r.strange = at, r.strange || err != nil
		default:
			r.strange = true
		}
	})
}

func (r *personReader) number() (n phone.Number) {
	r.fields(func(name string) {
		switch name {
		case "kind":
			n.Kind = phone.NumberKind(r.text())
		case "number":
			n.Number = r.text()
		case "e164":
			n.E164 = r.text()
		default:
			r.strange = true
		}
	})
	return n
}
