package dialect

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"svara/phone"
)

// Error is a mistake in a file. Msg says what is wrong and what is allowed.
type Error struct {
	File string
	Line int // from 1
	Msg  string
}

// Error is file:line: what.
func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg) }

// maxFile bounds a file, in bytes; the shipped ones have up to two thousand.
const maxFile = 1 << 16

// Check reads a dialect. File is its name, which has to be the id and ".toml", and what mistakes are told with: all of them, by line.
// The dialect is nil when there are any.
func Check(file string, data []byte) (*Dialect, []*Error) {
	p := &parser{file: file, d: &Dialect{Shown: Preferred, Withheld: Privacy, plans: map[phone.Feature][]template{}}}
	p.read(data)
	if len(p.mistakes) > 0 {
		slices.SortStableFunc(p.mistakes, func(a, b *Error) int { return cmp.Compare(a.Line, b.Line) })
		return nil, p.mistakes
	}
	return p.d, nil
}

type parser struct {
	file     string
	lines    lines
	d        *Dialect
	mistakes []*Error

	withheld *toml.Primitive // identity.withheld, when it is a code
}

func (p *parser) bad(line int, format string, args ...any) {
	p.mistakes = append(p.mistakes, &Error{File: p.file, Line: max(line, 1), Msg: fmt.Sprintf(format, args...)})
}

func (p *parser) read(data []byte) {
	if len(data) > maxFile {
		p.bad(1, "the file is larger than %d bytes", maxFile)
		return
	}
	var root map[string]toml.Primitive
	md, err := toml.NewDecoder(bytes.NewReader(data)).Decode(&root)
	if err != nil {
		line, msg := 1, err.Error()
		var at toml.ParseError
		if errors.As(err, &at) {
			line, msg = at.Position.Line, at.Message
		}
		p.bad(line, "%s", msg)
		return
	}
	p.lines = lines{md: &md, data: data}
	for key, value := range root {
		switch key {
		case "id":
			p.d.ID = p.id(value)
		case "name":
			p.d.Name = p.text(key, value)
		case "numbers":
			p.section(key, value, p.numbers)
		case "identity":
			p.section(key, value, p.identity)
		case "codes":
			p.section(key, value, p.codes)
		default:
			p.features(key, value)
		}
	}
	p.withheldCode()
	for _, key := range []string{"id", "name"} {
		if _, ok := root[key]; !ok {
			p.bad(1, "%s is missing; write %s = \"...\" above the first section", key, key)
		}
	}
}

// base is the file's name without folder and ".toml": what the id has to be.
func base(file string) string {
	return strings.TrimSuffix(filepath.Base(filepath.FromSlash(file)), ".toml")
}

func (p *parser) id(value toml.Primitive) string {
	id := p.text("id", value)
	switch {
	case id == "":
	case strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "":
		p.bad(p.lines.of(value), "id %q; allowed: letters a-z, digits, - and _", id)
	case id != base(p.file):
		p.bad(p.lines.of(value), "id is %q, but the file's name says %q; they have to be the same", id, base(p.file))
	}
	return id
}

// text is a string that may not be empty, or "" after the mistake has been noted.
func (p *parser) text(key string, value toml.Primitive) string {
	switch v := p.lines.value(value).(type) {
	case string:
		if strings.TrimSpace(v) == "" {
			p.bad(p.lines.of(value), "%s is empty", key)
			return ""
		}
		return v
	default:
		p.bad(p.lines.of(value), "%s is %s; it has to be a text in quotes", key, describe(v))
		return ""
	}
}

// section hands the keys of a section to read, or notes that it is none.
func (p *parser) section(name string, value toml.Primitive, read func(key string, value toml.Primitive)) {
	keys, ok := p.lines.table(value)
	if !ok {
		p.bad(p.lines.of(value), "%s is %s; it has to be a section, [%s]", name, describe(p.lines.value(value)), name)
		return
	}
	for key, v := range keys {
		read(key, v)
	}
}

func (p *parser) numbers(key string, value toml.Primitive) {
	switch key {
	case "international":
		if text := p.text("numbers."+key, value); text != "" {
			if text != "+" && !digits(text) {
				p.bad(p.lines.of(value), "numbers.international is %q; allowed: digits, as \"00\", or \"+\"", text)
			}
			p.d.international = text
		}
	case "group":
		if text := p.text("numbers."+key, value); text != "" {
			re, err := regexp.Compile(text)
			switch {
			case err != nil:
				p.bad(p.lines.of(value), "numbers.group: %v", err)
			case re.NumSubexp() != 1:
				p.bad(p.lines.of(value), "numbers.group has %d pairs of ( ); it needs exactly one, around the group's id", re.NumSubexp())
			}
			p.d.group = re
		}
	default:
		p.bad(p.lines.of(value), "unknown key numbers.%s; allowed: international, group", key)
	}
}

// codes reads what holds for all codes.
func (p *parser) codes(key string, value toml.Primitive) {
	if key != "refusal" {
		p.bad(p.lines.of(value), "unknown key codes.%s; allowed: refusal", key)
		return
	}
	switch text := p.text("codes.refusal", value); text {
	case "sip":
		p.d.Refuses = true
	case "spoken", "":
	default:
		p.bad(p.lines.of(value), "codes.refusal is %q; allowed: sip, spoken", text)
	}
}

// features reads a section whose keys are features, and the sections in it.
func (p *parser) features(name string, value toml.Primitive) {
	if !isSection(name) {
		p.bad(p.lines.of(value), "unknown %s %s; allowed: %s", what(p.lines.value(value)), name, strings.Join(sections(), ", "))
		return
	}
	p.section(name, value, func(key string, v toml.Primitive) {
		full := name + "." + key
		r, ok := rules[phone.Feature(full)]
		switch {
		case ok:
			p.feature(phone.Feature(full), r, v)
		case isSection(full):
			p.features(full, v)
		case full == "transfer.only_incoming":
			on, isBool := p.lines.value(v).(bool)
			if !isBool {
				p.bad(p.lines.of(v), "%s is %s; it has to be true or false", full, describe(p.lines.value(v)))
			}
			p.d.OnlyIncoming = on
		default:
			p.bad(p.lines.of(v), "unknown %s %s; allowed: %s", what(p.lines.value(v)), full, strings.Join(keysOf(name), ", "))
		}
	})
}

func (p *parser) feature(f phone.Feature, r rule, value toml.Primitive) {
	var texts []any
	switch v := p.lines.value(value).(type) {
	case string:
		texts = []any{v}
	case []any:
		texts = v
	default:
		p.bad(p.lines.of(value), "%s is %s; it has to be a step in quotes or a list of them", f, describe(v))
		return
	}
	if len(texts) == 0 || len(texts) > maxSteps {
		p.bad(p.lines.of(value), "%s has %d steps; allowed: 1 to %d", f, len(texts), maxSteps)
		return
	}
	before := len(p.mistakes)
	var steps []template
	mentions, over := false, false
	for i, item := range texts {
		text, ok := item.(string)
		if !ok {
			p.bad(p.lines.item(value, i), "%s: step %d is %s; it has to be a text in quotes", f, i+1, describe(item))
			continue
		}
		t, err := parseStep(text, r)
		switch {
		case err != nil:
			p.bad(p.lines.item(value, i), "%s: %v", f, err)
			continue
		case alone(t.kind) && len(texts) > 1:
			p.bad(p.lines.item(value, i), "%s: %s has to be the only step", f, t.kind)
		case over:
			p.bad(p.lines.item(value, i), "%s: nothing can be done after hangup", f)
		}
		over = t.kind == Hangup
		mentions = mentions || t.kind == InviteReplaces || t.kind == Team || slices.ContainsFunc(t.parts, func(x part) bool { return x.name == r.needs })
		steps = append(steps, t)
	}
	if len(p.mistakes) > before {
		return
	}
	if r.needs != "" && !mentions {
		p.bad(p.lines.of(value), "%s does not mention {%s}", f, r.needs)
		return
	}
	p.d.plans[f] = steps
}

// alone reports whether a step is all there is to do, or a call of its own.
func alone(k Kind) bool { return k != DTMF && k != Wait && k != Hangup }
