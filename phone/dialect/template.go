package dialect

import (
	"strings"
	"time"

	"svara/phone"
)

// template is a step before its placeholders are filled.
type template struct {
	kind  Kind
	parts []part
	wait  time.Duration
}

// part is text as it stands, or a placeholder by its name.
type part struct {
	text string
	name placeholder
}

// placeholder is what stands between the braces, "*time" with its asterisk.
type placeholder string

const (
	argNumber    placeholder = "number"
	argSlot      placeholder = "slot"
	argQueue     placeholder = "queue"
	argProfile   placeholder = "profile"
	argTime      placeholder = "*time"
	argExtension placeholder = "extension"
)

func (p placeholder) of(a Args) string {
	switch p {
	case argNumber:
		return a.Number
	case argSlot:
		return a.Slot
	case argQueue:
		return a.Queue
	case argProfile:
		return a.Profile
	case argTime:
		return a.Time
	case argExtension:
		return a.Extension
	}
	return ""
}

// plain reports whether the text is one argument and nothing else, which need not be digits: a user's name can be called,
// but not be typed.
func (t template) plain() bool {
	return t.kind != DTMF && len(t.parts) == 1 && t.parts[0].name != "" && t.parts[0].name != argTime
}

func (d *Dialect) fill(t template, a Args) (string, error) {
	if t.plain() {
		value := t.parts[0].name.of(a)
		if !dialable(value) {
			return "", phone.Refuse(phone.ReasonBadTarget, strings.ToValidUTF8(value, "?"))
		}
		return d.Outgoing(value), nil
	}
	var b strings.Builder
	for _, p := range t.parts {
		if p.name == "" {
			b.WriteString(p.text)
			continue
		}
		value := p.name.of(a)
		if p.name == argTime {
			if value == "" {
				continue
			}
			b.WriteByte('*')
		}
		code, ok := d.inCode(value)
		if !ok {
			return "", phone.Refuse(phone.ReasonBadTarget, strings.ToValidUTF8(value, "?"))
		}
		b.WriteString(code)
	}
	return b.String(), nil
}

// inCode is an argument as part of a code: digits. An asterisk or a hash would end the code or begin another one, so a
// number with them is refused. A keypad has no "+".
func (d *Dialect) inCode(value string) (string, bool) {
	if rest, ok := strings.CutPrefix(value, "+"); ok && digits(rest) {
		if digits(d.international) {
			return d.international + rest, true
		}
		return "00" + rest, true
	}
	return value, digits(value)
}

// longest bounds an argument; numbers have 15 digits (E.164), addresses are a user and a host.
const longest = 256

func digits(s string) bool {
	return s != "" && len(s) <= longest && strings.Trim(s, "0123456789") == ""
}

// dialable reports whether a target can be called as it is: a number, a user's name or an address, without anything that
// could end it inside a SIP header.
func dialable(s string) bool {
	if s == "" || len(s) > longest {
		return false
	}
	for _, r := range s {
		if r <= 0x20 || r >= 0x7f || strings.ContainsRune("<>\"\\^`{}|,?", r) {
			return false
		}
	}
	return true
}
