package dialect

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// lines finds where things stand. The decoder tells positions only with errors, so a value is asked for its own by
// refusing it.
type lines struct {
	md   *toml.MetaData
	data []byte
}

// taken keeps whatever value it is given.
type taken struct{ value any }

func (t *taken) UnmarshalTOML(v any) error { t.value = v; return nil }

// refusing gives an error for any value.
type refusing struct{}

var errWhere = errors.New("where")

func (*refusing) UnmarshalTOML(any) error { return errWhere }

func (l lines) value(p toml.Primitive) any {
	var t taken
	if err := l.md.PrimitiveDecode(p, &t); err != nil {
		return nil
	}
	return t.value
}

func (l lines) table(p toml.Primitive) (map[string]toml.Primitive, bool) {
	if _, ok := l.value(p).(map[string]any); !ok {
		return nil, false
	}
	var keys map[string]toml.Primitive
	err := l.md.PrimitiveDecode(p, &keys)
	return keys, err == nil
}

func (l lines) position(p toml.Primitive) toml.Position {
	var at toml.ParseError
	if err := l.md.PrimitiveDecode(p, &refusing{}); errors.As(err, &at) {
		return at.Position
	}
	return toml.Position{}
}

// of is the line of a value or a section's header. A section without a header of its own ([forward.all] alone makes
// [forward]) is where its first key is.
func (l lines) of(p toml.Primitive) int {
	line := l.position(p).Line
	if line > 0 {
		return line
	}
	keys, _ := l.table(p)
	for _, k := range keys {
		if n := l.of(k); n > 0 && (line == 0 || n < line) {
			line = n
		}
	}
	return line
}

// item is the line of a list's n-th element, counted from 0.
func (l lines) item(p toml.Primitive, n int) int {
	at := l.position(p)
	if _, isList := l.value(p).([]any); !isList || at.Start < 0 || at.Start >= len(l.data) {
		return at.Line
	}
	return at.Line + newlinesBefore(string(l.data[at.Start:]), n)
}

// newlinesBefore counts the lines between the "[" before s and the n-th element of that list. Strings and comments are
// passed over.
func newlinesBefore(s string, n int) int {
	depth, lines := 1, 0
	for s != "" {
		skip := 1
		switch c := s[0]; c {
		case '\n':
			lines++
		case ' ', '\t', '\r':
		case '#':
			if skip = strings.IndexByte(s, '\n'); skip < 0 {
				return lines
			}
		case ',':
			if depth == 1 {
				n--
			}
		default:
			if depth == 1 && n == 0 {
				return lines
			}
			switch c {
			case '[', '{':
				depth++
			case ']', '}':
				depth--
			case '"', '\'':
				skip = quoted(s)
				lines += strings.Count(s[:skip], "\n")
			}
		}
		s = s[skip:]
	}
	return lines
}

// quoted is the length of the TOML string that s begins with.
func quoted(s string) int {
	quote, escapes := s[:1], s[0] == '"'
	if strings.HasPrefix(s, strings.Repeat(quote, 3)) {
		quote = s[:3]
	}
	for i := len(quote); i < len(s); i++ {
		if escapes && s[i] == '\\' {
			i++
		} else if strings.HasPrefix(s[i:], quote) {
			return i + len(quote)
		}
	}
	return len(s)
}

// describe names a value's type for a message.
func describe(v any) string {
	switch v := v.(type) {
	case string:
		return "a text"
	case bool:
		return fmt.Sprint(v)
	case int64, float64:
		return fmt.Sprintf("the number %v", v)
	case []any, []map[string]any:
		return "a list"
	case map[string]any:
		return "a section"
	}
	return "a date"
}

func what(v any) string {
	if _, ok := v.(map[string]any); ok {
		return "section"
	}
	return "key"
}

// sections is what may stand at the top of a file, in order.
func sections() []string {
	names := map[string]bool{"id": true, "name": true, "numbers": true, "identity": true}
	for f := range rules {
		name, _, _ := strings.Cut(string(f), ".")
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// isSection reports whether features have names that begin so.
func isSection(name string) bool {
	for f := range rules {
		if strings.HasPrefix(string(f), name+".") {
			return true
		}
	}
	return false
}

// keysOf is what may stand in a section, in order.
func keysOf(section string) []string {
	names := map[string]bool{}
	if section == "transfer" {
		names["only_incoming"] = true
	}
	for f := range rules {
		if rest, ok := strings.CutPrefix(string(f), section+"."); ok {
			key, _, _ := strings.Cut(rest, ".")
			names[key] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}
