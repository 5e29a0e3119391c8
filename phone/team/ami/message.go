package ami

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// What a server may send, at most. Asterisk's longest lines are those of variables, some kilobytes.
const (
	maxLine    = 64 << 10
	maxMessage = 1 << 20
	maxFields  = 10_000
)

// errHostile is what a server said that no Asterisk does.
var errHostile = errors.New("that is not the manager interface")

// field is a line "Name: value".
type field struct{ name, value string }

// message is a response or an event: lines up to an empty one.
type message []field

// get is the value of a name, in whatever case; empty when there is none. The first of several counts.
func (m message) get(name string) string {
	for _, f := range m {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

// number is a value as a whole number; 0 when it is none.
func (m message) number(name string) int {
	n, err := strconv.Atoi(m.get(name))
	if err != nil {
		return 0
	}
	return n
}

// response reports whether it answers an action. Some events have a line "Response" too.
func (m message) response() bool { return m.get("Response") != "" && m.get("Event") == "" }

// reader reads messages from a stream that nobody need trust.
type reader struct{ in *bufio.Reader }

func newReader(r io.Reader) *reader { return &reader{bufio.NewReaderSize(r, 16<<10)} }

// banner reads the first line: "Asterisk Call Manager/11.0.0".
func (r *reader) banner() (string, error) {
	line, err := r.line(256)
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(line, "Asterisk Call Manager/") {
		return "", fmt.Errorf("%w: %.60q", errHostile, line)
	}
	return line, nil
}

// read reads the next message. Lines that are no "Name: value" are passed over; empty messages too.
func (r *reader) read() (message, error) {
	var m message
	size := 0
	for {
		line, err := r.line(maxLine)
		if err != nil {
			return nil, err
		}
		if line == "" {
			if m != nil {
				return m, nil
			}
			continue
		}
		if size += len(line); size > maxMessage || len(m) >= maxFields {
			return nil, fmt.Errorf("%w: a message without an end", errHostile)
		}
		if name, value, ok := strings.Cut(line, ":"); ok {
			m = append(m, field{name, strings.TrimPrefix(value, " ")})
		}
	}
}

// line reads a line of at most limit bytes, without its end: CR LF, or LF alone.
func (r *reader) line(limit int) (string, error) {
	var long []byte
	for {
		part, err := r.in.ReadSlice('\n')
		if len(long)+len(part) > limit {
			return "", fmt.Errorf("%w: a line without an end", errHostile)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, part...)
			continue
		}
		if err != nil {
			if errors.Is(err, io.EOF) && len(long)+len(part) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return "", err
		}
		if long != nil {
			part = append(long, part...)
		}
		part = bytes.TrimSuffix(part[:len(part)-1], []byte{'\r'})
		if bytes.IndexByte(part, 0) >= 0 {
			return "", fmt.Errorf("%w: a line with a zero byte", errHostile)
		}
		return string(part), nil
	}
}

// maxValue is what Asterisk takes in one line, 1,024 bytes, without the longest name.
const maxValue = 900

// action is something to ask for. A value that is empty is left out.
type action struct {
	name   string
	fields []field
}

func ask(name string, pairs ...string) action {
	a := action{name: name}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			a.fields = append(a.fields, field{pairs[i], pairs[i+1]})
		}
	}
	return a
}

// bytes is the action as it is sent. A value that would end its line is refused: it could be another action.
func (a action) bytes(id string) ([]byte, error) {
	b := []byte("Action: " + a.name + "\r\nActionID: " + id + "\r\n")
	for _, f := range a.fields {
		if strings.ContainsAny(f.value, "\r\n\x00") || len(f.value) > maxValue {
			return nil, fmt.Errorf("%s of %s: %w", f.name, a.name, errValue)
		}
		b = append(append(append(append(b, f.name...), ": "...), f.value...), "\r\n"...)
	}
	return append(b, "\r\n"...), nil
}

var errValue = errors.New("it cannot be said in a line")
