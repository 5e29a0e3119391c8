package directory

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime/quotedprintable"
	"slices"
	"strings"
)

// Stand-ins for an escaped semicolon and comma, from the private use area: go-vcard removes escapes before structured
// values and lists are split, so that it could no longer be told which of them separate.
const (
	escapedSemicolon = "\ue000"
	escapedComma     = "\ue001"
)

// property is a line of a vCard as it is written, unfolded.
type property struct {
	head  string   // group and name, upper case
	param []string // "TYPE=work"; one without a name, as vCard 2.1 has them, has got it
	value []byte
}

// cardLines reads the properties of vCards of any version.
type cardLines struct {
	lines lines
	ahead []byte // a line read too far
	back  bool
}

// next is the next property. Lines that are none are passed over.
func (c *cardLines) next() (property, error) {
	for {
		raw, err := c.line()
		if err != nil {
			return property{}, err
		}
		p, ok := splitProperty(raw)
		if !ok {
			continue
		}
		encoding := strings.ToUpper(p.get("ENCODING"))
		for encoding == "QUOTED-PRINTABLE" && bytes.HasSuffix(p.value, []byte("=")) { // a soft line break
			more, err := c.plain()
			if err != nil {
				break
			}
			p.value = append(p.value, '\n')
			p.value = append(p.value, more...)
		}
		if encoding == "BASE64" { // vCard 2.1 need not indent what follows
			for {
				more, err := c.plain()
				if err != nil || len(more) == 0 {
					break
				}
				if bytes.ContainsAny(more, ":;") {
					c.ahead, c.back = more, true
					break
				}
				p.value = append(p.value, more...)
				if len(p.value) > lineLimit {
					return property{}, errLongLine
				}
			}
		}
		return p, nil
	}
}

// plain is the next line as it stands.
func (c *cardLines) plain() ([]byte, error) {
	if c.back {
		c.back = false
		return c.ahead, nil
	}
	raw, err := c.lines.next()
	return bytes.Clone(raw), err
}

// line is the next line with those that go on with it (RFC 6350 3.2). A fold may be in the middle of a letter, so that
// it is undone before letters are looked at.
func (c *cardLines) line() ([]byte, error) {
	all, err := c.plain()
	if err != nil {
		return nil, err
	}
	for {
		more, err := c.plain()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if len(more) == 0 || more[0] != ' ' && more[0] != '\t' {
			c.ahead, c.back = more, true
			return all, nil
		}
		if all = append(all, more[1:]...); len(all) > lineLimit {
			return nil, errLongLine
		}
	}
}

// splitProperty takes a line apart at the first colon that is not quoted.
func splitProperty(raw []byte) (p property, ok bool) {
	quoted, colon := false, -1
	for i, c := range raw {
		if c == '"' {
			quoted = !quoted
		}
		if c == ':' && !quoted {
			colon = i
			break
		}
	}
	if colon <= 0 {
		return p, false
	}
	parts := strings.Split(utf8Of(raw[:colon]), ";")
	p.head = strings.ToUpper(strings.TrimSpace(parts[0]))
	p.value = raw[colon+1:]
	for _, part := range parts[1:] {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, _, named := strings.Cut(part, "=")
		switch upper := strings.ToUpper(part); {
		case named && strings.EqualFold(name, "ENCODING") && strings.EqualFold(part[len(name)+1:], "b"):
			part = "ENCODING=BASE64"
		case named:
		case upper == "QUOTED-PRINTABLE" || upper == "BASE64" || upper == "8BIT" || upper == "7BIT":
			part = "ENCODING=" + upper
		default:
			part = "TYPE=" + part
		}
		p.param = append(p.param, part)
	}
	return p, p.head != ""
}

// name is the property's name without its group.
func (p property) name() string { return p.head[strings.LastIndexByte(p.head, '.')+1:] }

// get is a parameter's first value.
func (p property) get(name string) string {
	for _, s := range p.param {
		if k, v, _ := strings.Cut(s, "="); strings.EqualFold(k, name) {
			return v
		}
	}
	return ""
}

// text is the value as vCard 3 and 4 write it, in UTF-8: quoted-printable and charsets are undone.
func (p property) text() string {
	value := p.value
	printable := strings.EqualFold(p.get("ENCODING"), "QUOTED-PRINTABLE")
	if printable {
		// A broken escape ends the decoding; what came before is what can be had.
		value, _ = io.ReadAll(quotedprintable.NewReader(bytes.NewReader(value)))
	}
	var s string
	if e := charsetOf(p.get("CHARSET")); e != nil {
		s = decodeAs(e, value)
	} else {
		s = utf8Of(value)
	}
	if printable { // its line breaks are real ones
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", `\n`)
	}
	return shield(s)
}

// shield puts the stand-ins in the place of escaped separators.
func shield(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case ';':
			b.WriteString(escapedSemicolon)
		case ',':
			b.WriteString(escapedComma)
		case 'n', 'N':
			b.WriteString(`\n`)
		case '\\':
			b.WriteString(`\\`)
		case ':':
			b.WriteByte(':')
		default: // no escape, though it looks like one: 2.1 has none
			b.WriteString(`\\`)
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// unshield is the reverse, without escapes.
var unshield = strings.NewReplacer(escapedSemicolon, ";", escapedComma, ",").Replace

// binary is the value when it is data: base64 of vCard 2.1 and 3, or a data: URI of vCard 4 (RFC 2397).
func (p property) binary() []byte {
	value := p.value
	if meta, data, ok := bytes.Cut(value, []byte(",")); ok && bytes.HasPrefix(bytes.ToLower(meta[:min(len(meta), 5)]), []byte("data:")) {
		if !bytes.HasSuffix(bytes.ToLower(meta), []byte(";base64")) {
			return nil
		}
		value = data
	} else if !strings.EqualFold(p.get("ENCODING"), "BASE64") {
		return nil
	}
	value = bytes.TrimRight(slices.DeleteFunc(value, func(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\\' }), "=")
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(value)))
	n, err := base64.RawStdEncoding.Decode(out, value)
	if err != nil {
		return nil
	}
	return out[:n]
}
