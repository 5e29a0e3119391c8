package voicemail

import (
	"mime"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-message/charset"

	"svara/phone"
)

// Header lines in which exchanges tell of a voice message: Asterisk (app_voicemail), Exchange, RFC 3803, and what is met
// besides. The first that tells something counts.
var (
	numberLines = []string{"X-Asterisk-CallerID", "X-Asterisk-VM-Caller-ID-Num", "X-CallingTelephoneNumber", "X-Caller-ID", "X-CallerID", "X-Voicemail-Caller-ID"}
	nameLines   = []string{"X-Asterisk-CallerIDName", "X-Asterisk-VM-Caller-ID-Name", "X-VoiceMessageSenderName", "X-Voicemail-Caller-Name"}
	lengthLines = []string{"X-Asterisk-VM-Duration", "X-VoiceMessageDuration", "Content-Duration", "X-Voicemail-Length"}
	urgentLines = []string{"X-Asterisk-VM-Flag", "Importance"}
)

// header is a message's header lines by their names in small letters, decoded.
type header map[string]string

// parseHeader reads header lines. It takes what it can of broken ones.
func parseHeader(b []byte) header {
	h := header{}
	name := ""
	for line := range strings.SplitSeq(strings.ToValidUTF8(string(b), "?"), "\n") {
		line = strings.TrimRight(line, "\r")
		if line != "" && (line[0] == ' ' || line[0] == '\t') { // RFC 5322 2.2.3: a line that goes on
			if name != "" {
				h[name] += " " + strings.TrimSpace(line)
			}
			continue
		}
		before, after, ok := strings.Cut(line, ":")
		name = strings.ToLower(strings.TrimSpace(before))
		if _, twice := h[name]; !ok || twice {
			name = ""
			continue
		}
		h[name] = strings.TrimSpace(after)
	}
	return h
}

var words = mime.WordDecoder{CharsetReader: charset.Reader}

// text is a line with its encoded words (RFC 2047) decoded.
func (h header) text(name string) string {
	v := h[strings.ToLower(name)]
	if s, err := words.DecodeHeader(v); err == nil {
		v = s
	}
	return v
}

func (h header) first(names []string) string {
	for _, n := range names {
		if v := strings.TrimSpace(h.text(n)); v != "" {
			return v
		}
	}
	return ""
}

func (h header) urgent() bool {
	return slices.ContainsFunc(urgentLines, func(n string) bool {
		v := h.text(n)
		return strings.EqualFold(v, "urgent") || strings.EqualFold(v, "high")
	})
}

// caller is what is known of who left a message and how long it is.
type caller struct {
	number, name string
	length       time.Duration
}

// fill adds to a message what it does not know yet.
func (c caller) fill(m *phone.VoiceMessage) {
	if m.From.Number == "" {
		m.From.Number = c.number
		if c.name != "" && (m.From.Name == "" || c.number != "") {
			m.From.Name = c.name
		}
	}
	if m.From.Name == "" {
		m.From.Name = c.name
	}
	if m.From.Name == m.From.Number {
		m.From.Name = ""
	}
	if m.Duration == 0 {
		m.Duration = c.length
	}
}

// or is what c knows, and what it does not, of another.
func (c caller) or(o caller) caller {
	if c.number == "" {
		c.number = o.number
		if c.name == "" || o.number != "" && o.name != "" {
			c.name = o.name
		}
	} else if c.name == "" && (o.number == c.number || o.number == "") {
		c.name = o.name
	}
	if c.length == 0 {
		c.length = o.length
	}
	return c
}

// caller is what header lines tell.
func (h header) caller() caller {
	var c caller
	// "Name" <number>, a number alone, or what stands for nobody.
	if told := h.first(numberLines); told != "" {
		if c = named(told); c.number == "" {
			c.number = number(told)
		}
	}
	if name := personName(h.first(nameLines)); name != "" && number(name) != c.number {
		c.name = name
	}
	if v := h.first(lengthLines); v != "" {
		if seconds, err := strconv.Atoi(v); err == nil {
			c.length = inRange(seconds)
		} else {
			c.length = length(v)
		}
	}
	subject := h.text("Subject")
	c = c.or(found(subject))
	if c.length == 0 {
		c.length = length(subject)
	}
	return c.or(h.sender())
}

// sender is what the mail's sender tells: some exchanges put the caller there.
func (h header) sender() caller {
	parser := mail.AddressParser{WordDecoder: &words}
	a, err := parser.Parse(h["from"])
	if err != nil {
		return caller{}
	}
	c := caller{number: number(a.Name)}
	local, _, _ := strings.Cut(a.Address, "@")
	if c.number == "" && len(strings.Trim(local, "0123456789+")) == 0 {
		c.number = number(local)
	}
	if c.number == "" {
		c = c.or(named(a.Name))
	}
	if c.name == "" && number(a.Name) == "" {
		c.name = personName(a.Name)
	}
	return c
}

// fromText is what is written in a message.
func fromText(text string) caller {
	c := found(text)
	c.length = length(text)
	return c
}

const digits = `\+?[0-9*#][0-9 .()/*#-]{0,24}`

var (
	// "Anna Berg" <0701234567>, Anna Berg (070-123 45 67)
	quoted  = regexp.MustCompile(`"([^"\r\n]{0,80})"\s{0,3}[<(]\s?(` + digits + `)[>)]`)
	bracket = regexp.MustCompile(`^\s*([^<>"\r\n]{0,80}?)\s*[<(]\s?(` + digits + `)[>)]\s*$`)
	// from Anna Berg <0701234567>, från Anna Berg (070-123 45 67)
	after = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:from|från|fra|av|caller(?: ?id)?|uppringare|avsändare)[:\s]+([\pL][^<>()"\r\n:,]{0,60}?)\s*[<(]\s?(` + digits + `)[>)]`)
	// from 070-123 45 67, Nummer: 0701234567
	bare = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:from|från|fra|av|caller(?: ?id)?(?: number)?|number|phone|nummer|telefon(?:nummer)?|tel|uppringare|avsändare)[:\s]+[<(]?\s?(\+?[0-9][0-9 .()/-]{1,24}[0-9])`)
	// from "Anna Berg"
	nameOnly = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:from|från|fra|av|caller(?: ?id)?|uppringare|avsändare)[:\s]+"([^"\r\n]{1,80})"`)
	date     = regexp.MustCompile(`^(19|20)\d\d[-./ ]?\d\d[-./ ]?\d\d`)
)

// named takes a name with its number apart.
func named(s string) caller {
	for _, re := range []*regexp.Regexp{quoted, bracket} {
		if m := re.FindStringSubmatch(s); m != nil {
			if n := number(m[2]); n != "" {
				return caller{number: n, name: other(m[1], n)}
			}
		}
	}
	return caller{}
}

// found finds a caller in a text.
func found(s string) caller {
	for _, re := range []*regexp.Regexp{quoted, after} {
		for _, m := range re.FindAllStringSubmatch(s, 5) {
			if n := number(m[2]); n != "" {
				return caller{number: n, name: other(m[1], n)}
			}
		}
	}
	for _, m := range bare.FindAllStringSubmatch(s, 5) {
		if n := number(m[1]); n != "" {
			return caller{number: n}
		}
	}
	if m := nameOnly.FindStringSubmatch(s); m != nil {
		if n := number(m[1]); n != "" {
			return caller{number: n}
		}
		return caller{name: personName(m[1])}
	}
	return caller{}
}

// number is a telephone number without what is written between its digits, "" when it is none: a date, a word, nobody.
func number(s string) string {
	s = strings.TrimSpace(s)
	if date.MatchString(s) && !strings.ContainsAny(s, "*#+") && len(s) >= 8 && len(s) <= 16 && strings.ContainsAny(s, "-./") {
		return ""
	}
	s = strings.TrimPrefix(strings.TrimPrefix(s, "tel:"), "sip:")
	if plus := strings.HasPrefix(s, "+"); plus {
		s = strings.Replace(s, "(0)", "", 1)
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9', r == '*', r == '#', r == '+' && i == 0:
			b.WriteRune(r)
		case strings.ContainsRune(" -./()\u00a0\u2009\u202f\u2011\u2013", r):
		default:
			return ""
		}
	}
	if n := strings.Trim(b.String(), "+*#"); len(n) < 2 || len(n) > 20 {
		return ""
	}
	return b.String()
}

// machines are words in names that are no person's: the exchange speaks for itself there.
var machines = []string{"asterisk", "pbx", "voicemail", "voice mail", "voice message", "röstbrevlåda", "röstmeddelande", "röstbrev", "telefonsvarare",
	"noreply", "no-reply", "no reply", "växel", "unknown", "okänt", "okänd", "hemligt", "skyddat", "anonymous", "unavailable", "freeswitch", "3cx",
	"telavox", "mailer", "postmaster", "svarare", "private", "withheld", "mailbox"}

// personName is a name as people have them, "" for a machine's and for none.
func personName(s string) string {
	s = clean(strings.Trim(strings.TrimSpace(s), `"'`), 80)
	lower := strings.ToLower(s)
	if slices.ContainsFunc(machines, func(m string) bool { return strings.Contains(lower, m) }) {
		return ""
	}
	return s
}

// other is a name beside a number, unless it is the number once more.
func other(name, n string) string {
	if name = personName(name); name == "" || number(name) == n || len(strings.Trim(name, "+0123456789 -()")) == 0 {
		return ""
	}
	return name
}

var (
	clock = regexp.MustCompile(`(?i)(?:(?:length|duration|längd|varaktighet|speltid)\W{1,5}|(?:left|lämnat|fått)\s+(?:an?|ett)\s+)((?:\d{1,2}:)?\d{1,3}:\d\d)(?:\D|$)`)
	units = regexp.MustCompile(`(?i)(?:(\d{1,3})\s?(?:minutes?|minuter|minut|min)\b[\s,.]{0,3}(?:and |och )?)?(\d{1,4})[ -]?(?:seconds?|sekunder|sekund|sek|secs?|s)(?:[^\pL]|$)`)
	plain = regexp.MustCompile(`(?i)(?:length|duration|längd|varaktighet|speltid)\W{1,5}(\d{1,4})(?:\s*$|[^\d:.-])`)
)

// length finds how long a message is in a text.
func length(s string) time.Duration {
	if strings.Trim(s, "0123456789: ") == "" {
		s = "length: " + s
	}
	if m := clock.FindStringSubmatch(s); m != nil {
		total := 0
		for p := range strings.SplitSeq(m[1], ":") {
			n, _ := strconv.Atoi(p)
			total = total*60 + n
		}
		return inRange(total)
	}
	if m := units.FindStringSubmatch(s); m != nil {
		minutes, _ := strconv.Atoi(m[1])
		seconds, _ := strconv.Atoi(m[2])
		return inRange(minutes*60 + seconds)
	}
	if m := plain.FindStringSubmatch(s); m != nil {
		seconds, _ := strconv.Atoi(m[1])
		return inRange(seconds)
	}
	return 0
}

// inRange is so many seconds, 0 for what no message is long.
func inRange(seconds int) time.Duration {
	if seconds < 0 || seconds > 24*3600 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
