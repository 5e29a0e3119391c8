package ua

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Limits on what is read. They are far above anything a PBX sends.
const (
	maxMessage = 65535
	maxHeaders = 200
	maxLine    = 8192
	maxVias    = 70 // RFC 3261 8.1.1.6: a request travels at most 70 hops
)

// defect is why a message was not let in. A request whose defect has a code is answered with it when enough of it could
// be read; everything else is dropped.
type defect struct {
	code int
	text string
}

func (d *defect) Error() string { return d.text }

func bad(format string, args ...any) error { return &defect{400, fmt.Sprintf(format, args...)} }

// rawMessage is a message cut into lines, before anything is trusted.
type rawMessage struct {
	start   string
	request bool
	method  string // request: from the start line; response: from CSeq
	headers []Header
	body    []byte
}

// normalise reads one whole message with tolerance (LF line ends, folded lines, compact names, several Vias on a line,
// loose white space) and writes it in the one form the parser reads safely. The error is a *defect.
//
// Tolerance ends where the meaning would be a guess: a mandatory header missing or doubled, a Content-Length that is not
// true, a start line that is none (RFC 3261 7, 8.1.1, 18.3).
func normalise(data []byte) ([]byte, *rawMessage, error) {
	if len(data) > maxMessage {
		return nil, nil, &defect{0, "message too large"}
	}
	m, err := cutMessage(data)
	if err != nil {
		return nil, m, err
	}
	if err := m.check(); err != nil {
		return nil, m, err
	}
	return m.bytes(), m, nil
}

// cutMessage cuts a message into start line, headers and body.
func cutMessage(data []byte) (*rawMessage, error) {
	data = bytes.TrimLeft(data, "\r\n \t\x00")
	m := &rawMessage{}
	line, rest, ok := cutLine(data)
	if !ok {
		return nil, &defect{0, "no start line"}
	}
	m.start = strings.Join(strings.Fields(string(line)), " ")
	ended := false
	for {
		line, next, ok := cutLine(rest)
		if !ok {
			// A datagram that ends without an empty line has no body; its last line may lack its end.
			line, next = rest, nil
		}
		rest = next
		if len(line) == 0 {
			ended = true
			break
		}
		if len(line) > maxLine {
			return m, bad("header line too long")
		}
		if line[0] == ' ' || line[0] == '\t' { // RFC 3261 7.3.1 folding
			if len(m.headers) == 0 {
				return m, bad("continuation without a header")
			}
			last := &m.headers[len(m.headers)-1]
			last.Value = strings.TrimSpace(last.Value + " " + strings.TrimSpace(string(line)))
			if len(last.Value) > maxLine {
				return m, bad("header too long")
			}
			continue
		}
		name, value, found := strings.Cut(string(line), ":")
		name = strings.TrimSpace(name)
		if !found || !isToken(name) {
			return m, bad("malformed header line")
		}
		if len(m.headers) == maxHeaders {
			return m, bad("too many headers")
		}
		m.headers = append(m.headers, Header{longName(name), strings.TrimSpace(value)})
	}
	if ended {
		m.body = rest
	}
	return m, m.readStart()
}

// cutLine takes a line that ends with LF or CRLF.
func cutLine(data []byte) (line, rest []byte, ok bool) {
	i := bytes.IndexByte(data, '\n')
	if i < 0 {
		return nil, nil, false
	}
	line = data[:i]
	if i > 0 && line[i-1] == '\r' {
		line = line[:i-1]
	}
	return line, data[i+1:], true
}

// readStart understands the start line (RFC 3261 7.1, 7.2).
func (m *rawMessage) readStart() error {
	first, rest, _ := strings.Cut(m.start, " ")
	if len(first) >= 4 && strings.EqualFold(first[:4], "SIP/") {
		code, _, _ := strings.Cut(rest, " ")
		n, err := strconv.Atoi(code)
		if !strings.EqualFold(first, "SIP/2.0") || err != nil || n < 100 || n > 699 || len(code) != 3 {
			return &defect{0, "malformed status line"}
		}
		if code == rest {
			m.start = "SIP/2.0 " + rest + " " // an empty phrase keeps its space
		} else {
			m.start = "SIP/2.0 " + rest
		}
		return nil
	}
	m.request = true
	uri, version, found := cutLast(rest)
	if !found || !isToken(first) || len(first) > 32 {
		return &defect{0, "malformed request line"}
	}
	m.method = strings.ToUpper(first)
	if !strings.EqualFold(version, "SIP/2.0") {
		if len(version) > 4 && strings.EqualFold(version[:4], "SIP/") {
			return &defect{505, "SIP version not supported"}
		}
		return &defect{0, "malformed request line"}
	}
	uri = strings.TrimSuffix(strings.TrimPrefix(uri, "<"), ">")
	if _, err := parseURI(uri); err != nil {
		return bad("Request-URI: %v", err)
	}
	m.start = m.method + " " + uri + " SIP/2.0"
	return nil
}

func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, ' ')
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+1:], true
}

// check validates what every message must have (RFC 3261 8.1.1) and puts it into one form.
func (m *rawMessage) check() error {
	count := map[string]int{}
	length := -1
	out := make([]Header, 0, len(m.headers)+4)
	for _, h := range m.headers {
		count[h.Name]++
		if strings.ContainsAny(h.Value, "\x00\r\n") {
			return bad("control character in %s", h.Name)
		}
		var err error
		switch h.Name {
		case "Via":
			for _, hop := range splitList(h.Value) {
				if _, err := parseVia(nil, hop); err != nil {
					return bad("%v", err)
				}
				out = append(out, Header{"Via", hop})
			}
			continue
		case "From":
			_, _, err = parseAddressHeader(h.Value)
		case "To":
			_, _, err = parseAddressHeader(h.Value)
		case "Call-ID":
			if h.Value == "" || strings.ContainsAny(h.Value, " \t") {
				err = errors.New("malformed")
			}
		case "CSeq":
			h.Value, err = m.checkCSeq(h.Value)
		case "Content-Length":
			// Ten digits and minus signs end here, before anything is sized by them.
			if length, err = strconv.Atoi(h.Value); err == nil && (length < 0 || length > maxMessage) {
				err = errors.New("out of range")
			}
			if err != nil {
				return bad("Content-Length: %v", err)
			}
			continue // written anew
		case "Content-Type":
			if h.Value == "" {
				err = errors.New("empty")
			}
		}
		if err != nil {
			return bad("%s: %v", h.Name, err)
		}
		out = append(out, h)
	}
	for _, name := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
		if count[name] == 0 {
			return bad("%s missing", name)
		}
	}
	for _, name := range []string{"From", "To", "Call-ID", "CSeq", "Content-Length", "Content-Type", "Max-Forwards"} {
		if count[name] > 1 {
			return bad("%s more than once", name)
		}
	}
	vias := 0
	for _, h := range out {
		if h.Name == "Via" {
			vias++
		}
	}
	if vias == 0 || vias > maxVias {
		return bad("%d Via hops", vias)
	}
	switch {
	case length > len(m.body):
		return bad("body is %d bytes, Content-Length says %d", len(m.body), length)
	case length >= 0:
		m.body = m.body[:length]
	}
	if len(m.body) > 0 && count["Content-Type"] == 0 {
		return bad("body without Content-Type")
	}
	m.headers = out
	return nil
}

// checkCSeq puts "1   INVITE" into one form. The method must be the request's (RFC 3261 8.1.1.5).
func (m *rawMessage) checkCSeq(value string) (string, error) {
	fields := strings.Fields(value)
	if len(fields) != 2 || !isToken(fields[1]) {
		return "", errors.New("malformed")
	}
	n, err := strconv.ParseUint(fields[0], 10, 32)
	if err != nil || n > 1<<31-1 {
		return "", errors.New("number out of range")
	}
	method := strings.ToUpper(fields[1])
	if m.request && method != m.method {
		return "", errors.New("method differs from the request's")
	}
	m.method = method
	return strconv.FormatUint(n, 10) + " " + method, nil
}

// bytes writes the message out again.
func (m *rawMessage) bytes() []byte {
	var b bytes.Buffer
	b.Grow(len(m.body) + 64*(len(m.headers)+2))
	b.WriteString(m.start)
	b.WriteString("\r\n")
	for _, h := range m.headers {
		b.WriteString(h.Name)
		b.WriteString(": ")
		b.WriteString(h.Value)
		b.WriteString("\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(m.body))
	b.Write(m.body)
	return b.Bytes()
}

// refusal is the answer to a request that was not let in, or nil when it has no sender worth answering: a response, an
// ACK (RFC 3261 8.2.6), or a request without the headers an answer is made of.
func (m *rawMessage) refusal(d *defect) []byte {
	if m == nil || !m.request || d.code == 0 || m.method == "ACK" {
		return nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "SIP/2.0 %d %s\r\n", d.code, statusText(d.code))
	seen := map[string]int{}
	for _, h := range m.headers {
		switch h.Name {
		case "Via":
			if seen["Via"] > maxVias {
				return nil
			}
		case "From", "To", "Call-ID", "CSeq":
			if seen[h.Name] > 0 {
				return nil
			}
		default:
			continue
		}
		seen[h.Name]++
		if h.Value == "" || strings.ContainsAny(h.Value, "\x00\r\n") {
			return nil
		}
		if h.Name == "To" && !strings.Contains(strings.ToLower(h.Value), "tag=") {
			h.Value += ";tag=" + sip.GenerateTagN(12)
		}
		b.WriteString(h.Name + ": " + h.Value + "\r\n")
	}
	if len(seen) < 5 {
		return nil
	}
	b.WriteString("Content-Length: 0\r\n\r\n")
	return b.Bytes()
}
