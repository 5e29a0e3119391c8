package template

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"svara/phone"
)

// Placeholders are the names that can stand in braces, in the order they are explained in.
var Placeholders = []string{
	"number", "e164", "name", "company", "uuid", "direction", "queue", "sought", "activity", "until", "time", "note",
}

// Fields is what takes the placeholders' places.
type Fields struct {
	Number    string // the other party's, as shown
	E164      string // the same as "+46…"; empty when it is none
	Name      string
	Company   string
	UUID      string // of the call, the same whenever it is asked for
	Direction string // "in" or "out"
	Queue     string // its name, or its number
	Sought    string // whom a diverted call was meant for: name or number
	Activity  string // theirs
	Until     string // when it ends
	Time      string // when the call came
	Note      string // what the user wrote about the call
}

// Of is the fields of a call, with times as clocks in loc show them at now. E164 is the caller's to set (phone/numbers),
// and Activity is the kind's own word until somebody has one in the user's language.
func Of(c phone.Call, now time.Time, loc *time.Location) Fields {
	f := Fields{
		Number: c.Remote.Number, Name: c.Caller.Name, Company: c.Caller.Company, UUID: uuid(c), Direction: string(c.Direction),
		Time: clock(c.Created, now, loc), Note: c.Note,
	}
	if rest, ok := strings.CutSuffix(f.Number, c.Remote.Group); ok && rest != "" {
		f.Number = rest
	}
	if f.Name == "" {
		f.Name = c.Remote.Name
	}
	if c.Origin == nil {
		return f
	}
	if f.Queue = c.Origin.Name; f.Queue == "" {
		f.Queue = string(c.Origin.Queue)
	}
	if s := c.Origin.Sought; s != nil {
		f.Sought = s.Label()
		if p := s.Presence; p != nil {
			f.Until = clock(p.Until, now, loc)
			if f.Activity = p.Name; f.Activity == "" {
				f.Activity = string(p.Activity)
			}
		}
	}
	return f
}

// clock is the time of a day, with the date when that is another one; empty for no time.
func clock(t, now time.Time, loc *time.Location) string {
	if t.IsZero() {
		return ""
	}
	t, now = t.In(loc), now.In(loc)
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format("2006-01-02 15:04")
}

// uuid names a call in the form of RFC 9562 version 8, made from what no two calls share.
func uuid(c phone.Call) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s %d", c.ID, c.Account, c.Remote.URI, c.Created.UnixNano()))
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func (f Fields) get(name string) string {
	switch name {
	case "number":
		return f.Number
	case "e164":
		return f.E164
	case "name":
		return f.Name
	case "company":
		return f.Company
	case "uuid":
		return f.UUID
	case "direction":
		return f.Direction
	case "queue":
		return f.Queue
	case "sought":
		return f.Sought
	case "activity":
		return f.Activity
	case "until":
		return f.Until
	case "time":
		return f.Time
	case "note":
		return f.Note
	}
	return ""
}

// longest bounds a value, in characters: nobody's name needs more.
const longest = 1000

// oneLine is a value without what could end a line, a header or a string, and not longer than it need be.
func oneLine(value string) string { return clean(value, false) }

func clean(value string, lines bool) string {
	n := 0
	return strings.Map(func(r rune) rune {
		if n++; n > longest {
			return -1
		}
		switch {
		case r == '\n' && lines:
			return r
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(value, "\ufffd"))
}

// Text fills a text. What is no placeholder stays as it is. Only a note has lines.
func Text(text string, f Fields) string {
	var b strings.Builder
	for {
		before, after, braced := strings.Cut(text, "{")
		b.WriteString(before)
		if !braced {
			return b.String()
		}
		name, next, closed := strings.Cut(after, "}")
		if !closed || Check("{"+name+"}") != nil {
			b.WriteByte('{')
			text = after
			continue
		}
		b.WriteString(clean(f.get(name), name == "note"))
		text = next
	}
}
