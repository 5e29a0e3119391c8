package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"

	"svara/phone/team"
)

// What a body may be.
const (
	maxBody  = 64 << 10
	maxDepth = 20
)

// fresh is a pointer to a new value of a type.
func fresh(of any) any { return reflect.New(reflect.TypeOf(of)).Interface() }

// decode reads a body of JSON: one value, nothing beside it, no fields that are unknown, nested 20 deep at most.
func decode(w http.ResponseWriter, r *http.Request, into any) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return &team.Fault{Status: http.StatusUnsupportedMediaType, Code: team.CodeBadRequest, Field: "Content-Type"}
	}
	body, err := readBody(w, r, maxBody)
	if err != nil {
		return err
	}
	return unmarshal(body, into)
}

// wave reads a body that is a sound.
func wave(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != team.WaveType {
		return nil, &team.Fault{Status: http.StatusUnsupportedMediaType, Code: team.CodeBadRequest, Field: "Content-Type"}
	}
	body, err := readBody(w, r, team.MaxGreeting)
	if err == nil && len(body) == 0 {
		err = bad("body")
	}
	return body, err
}

// readBody reads a body of at most so many bytes.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err == nil {
		return body, nil
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, &team.Fault{Status: http.StatusRequestEntityTooLarge, Code: team.CodeTooLarge}
	}
	return nil, bad("body")
}

func unmarshal(body []byte, into any) error {
	if !utf8.Valid(body) || depth(body) > maxDepth {
		return bad("body")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Field != "" {
			return bad(wrong.Field)
		}
		if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return bad(strings.Trim(field, `"`))
		}
		return bad("body")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return bad("body")
	}
	return nil
}

// depth is how deep the brackets outside strings go.
func depth(body []byte) (deepest int) {
	at, inString := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			at++
			deepest = max(deepest, at)
		case c == '}' || c == ']':
			at--
		}
	}
	return deepest
}

func bad(field string) *team.Fault {
	return &team.Fault{Status: http.StatusBadRequest, Code: team.CodeBadRequest, Field: field}
}

func notFound() *team.Fault { return &team.Fault{Status: http.StatusNotFound, Code: team.CodeNotFound} }

func forbidden() *team.Fault {
	return &team.Fault{Status: http.StatusForbidden, Code: team.CodeForbidden}
}

// short checks a text that people write: no control characters but those between lines where they are allowed.
func short(field, s string, limit int, lines bool) error {
	if utf8.RuneCountInString(s) > limit {
		return bad(field)
	}
	for _, r := range s {
		if r < ' ' && !(lines && (r == '\n' || r == '\t')) || r == 0x7f || r == utf8.RuneError {
			return bad(field)
		}
	}
	return nil
}

// word is an identifier that people choose: letters, digits and a few marks.
func word(field, s string, limit int) error {
	if s == "" || len(s) > limit {
		return bad(field)
	}
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-@+", r)) {
			return bad(field)
		}
	}
	return nil
}

// telephone is a number as one dials it; empty where there need be none.
func telephone(field, s string, need bool) error {
	if s == "" && !need {
		return nil
	}
	digits := 0
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9' || r == '*' || r == '#':
			digits++
		case r == '+' && i == 0, strings.ContainsRune(" -()", r) && i > 0:
		default:
			return bad(field)
		}
	}
	if digits == 0 || len(s) > 40 {
		return bad(field)
	}
	return nil
}
