package directory

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// lineLimit is the longest line of a file: a picture of photoLimit in one line of base64, and more.
const lineLimit = 24 << 20

var errLongLine = errors.New("a line is too long to be one of people")

// open8 makes a stream of bytes of what is UTF-16 in a file, takes a byte order mark away, and ends all lines with LF.
// What is left is UTF-8 or one byte a letter, see utf8Of.
func open8(r io.Reader) *bufio.Reader {
	b := bufio.NewReaderSize(r, 64<<10)
	head, _ := b.Peek(512) // a shorter file has less
	var in io.Reader = b
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		_, _ = b.Discard(3) // has been peeked at
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		in = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(b)
	default:
		if order, is := zeros(head); is {
			in = unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Reader(b)
		}
	}
	return bufio.NewReaderSize(&newlines{r: in}, 64<<10)
}

// zeros tells UTF-16 without a mark: every other byte of Western text is zero.
func zeros(head []byte) (unicode.Endianness, bool) {
	even, odd := 0, 0
	for i, c := range head {
		if c == 0 && i%2 == 0 {
			even++
		} else if c == 0 {
			odd++
		}
	}
	switch many := len(head) / 4; {
	case odd > many && even < odd/4:
		return unicode.LittleEndian, true
	case even > many && odd < even/4:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// newlines makes LF of CRLF and CR.
type newlines struct {
	r  io.Reader
	cr bool // the byte before was a CR
}

func (n *newlines) Read(p []byte) (int, error) {
	for {
		got, err := n.r.Read(p)
		kept := p[:0]
		for _, c := range p[:got] {
			after := n.cr
			n.cr = c == '\r'
			switch {
			case n.cr:
				kept = append(kept, '\n')
			case c != '\n' || !after:
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 || err != nil || got == 0 {
			return len(kept), err
		}
	}
}

// utf8Of is a line's text: UTF-8 when it is that, else Windows-1252, of which ISO 8859-1 is a part. Text in the one is
// hardly ever valid in the other by chance.
func utf8Of(line []byte) string {
	if utf8.Valid(line) {
		return string(line)
	}
	return decodeAs(charmap.Windows1252, line)
}

func decodeAs(e encoding.Encoding, b []byte) string {
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(out)
}

// charsetOf is an encoding by the name a vCard gives it; nil for UTF-8 and unknown ones.
func charsetOf(name string) encoding.Encoding {
	e, err := htmlindex.Get(strings.TrimSpace(name))
	if err != nil || e == unicode.UTF8 {
		return nil
	}
	return e
}

// lines reads lines of a stream that open8 made.
type lines struct {
	b *bufio.Reader
	n int // of the last line, from 1
}

// next is the next line without its end. It is valid until the next call of next.
func (l *lines) next() ([]byte, error) {
	var all []byte
	for {
		part, err := l.b.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			if all = append(all, part...); len(all) > lineLimit {
				return nil, errLongLine
			}
			continue
		}
		if err != nil && (!errors.Is(err, io.EOF) || len(part)+len(all) == 0) {
			return nil, err
		}
		if all != nil {
			part = append(all, part...)
		}
		l.n++
		return bytes.TrimSuffix(part, []byte("\n")), nil
	}
}

// utf8Reader is a stream's text in UTF-8, with LF at the ends of lines.
type utf8Reader struct {
	lines lines
	rest  []byte
}

func (u *utf8Reader) Read(p []byte) (int, error) {
	for len(u.rest) == 0 {
		line, err := u.lines.next()
		if err != nil {
			return 0, err
		}
		u.rest = append(u.rest[:0], utf8Of(line)...)
		u.rest = append(u.rest, '\n')
	}
	n := copy(p, u.rest)
	u.rest = u.rest[n:]
	return n, nil
}
