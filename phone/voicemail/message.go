package voicemail

import (
	"encoding/base64"
	"html"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-message/charset"

	"svara/phone"
)

// message is one with a sound in it.
type message struct {
	phone.VoiceMessage // without ID and Box
	urgent             bool
	uid                uint32
	sound              part
	text               part // what is written beside it; no path when there is nothing to learn from it
	tries              int  // how often it has been asked for; of the box's run only
}

// part is a part of a message.
type part struct {
	path     []int
	encoding string // Content-Transfer-Encoding, lower case
	charset  string
	html     bool
	octets   int64 // as it is sent
}

// view is a message as others see it; s.mu must be held.
func (b *box) view(m *message) phone.VoiceMessage {
	v := m.VoiceMessage
	v.ID, v.Box = b.id(m.uid), b.server.ID
	if v.Reason != nil {
		r := *v.Reason
		v.Reason = &r
	}
	return v
}

// maxWritten is how much of what is written in a message is read, in bytes.
const maxWritten = 4096

// newMessage is a message by its structure and header lines, nil when there is no sound in it.
func newMessage(body imap.BodyStructure, h header, received time.Time) *message {
	var m message
	body.Walk(func(path []int, p imap.BodyStructure) bool {
		single, ok := p.(*imap.BodyStructureSinglePart)
		if !ok {
			return true
		}
		v := part{path: slices.Clone(path), encoding: strings.ToLower(single.Encoding), octets: int64(single.Size)}
		kind := single.MediaType()
		switch {
		case m.sound.path == nil && isSound(kind, single.Filename()):
			m.sound, m.Type = v, clean(kind, 60)
			m.Reason = unplayable(kind, single.Filename())
		case kind == "text/plain" && (m.text.path == nil || m.text.html), kind == "text/html" && m.text.path == nil:
			v.charset, v.html = single.Params["charset"], kind == "text/html"
			m.text = v
		}
		return true
	})
	if m.sound.path == nil {
		return nil
	}
	m.Size = int(m.sound.octets)
	if m.sound.encoding == "base64" { // four letters for three bytes, and 78 with the end of the line for 76
		m.Size = int(m.sound.octets * 3 * 76 / 78 / 4)
	}
	m.Received = h.received(received)
	m.urgent = h.urgent()
	c := h.caller()
	c.fill(&m.VoiceMessage)
	if m.From.Number != "" && m.Duration > 0 {
		m.text.path = nil
	}
	return &m
}

// soundNames are the endings of file names that say what is in a part without a proper type.
var soundNames = []string{".wav", ".wave", ".ogg", ".oga", ".opus", ".mp3", ".gsm"}

// isSound reports whether a part is a sound: by its type, or by its name where the type says nothing.
func isSound(kind, name string) bool {
	if strings.HasPrefix(kind, "audio/") || kind == "application/ogg" {
		return true
	}
	return kind == "application/octet-stream" && slices.Contains(soundNames, strings.ToLower(path.Ext(name)))
}

// cannot are types and endings of sounds that nobody here can play.
var cannot = []string{"mpeg", "mp3", "x-mp3", "mpeg3", "x-mpeg", "gsm", "x-gsm", "amr", "amr-wb", "3gpp", "mp4", "m4a", "x-m4a", "aac", "basic", "x-ms-wma", "wma", "au"}

// unplayable is why a sound cannot be played, as far as its type and name tell; what is in it tells for sure.
func unplayable(kind, name string) *phone.Reason {
	ending := strings.TrimPrefix(strings.ToLower(path.Ext(name)), ".")
	_, subtype, _ := strings.Cut(kind, "/")
	generic := subtype == "octet-stream"
	if !generic && slices.Contains(cannot, subtype) || generic && slices.Contains(cannot, ending) {
		if generic {
			kind = ending
		}
		return &phone.Reason{ID: phone.ReasonBadSound, Text: clean(kind, 60)}
	}
	return nil
}

// reader undoes a Content-Transfer-Encoding (RFC 2045 6). What is no base64 among base64 is passed over.
func (p part) reader(r io.Reader) io.Reader {
	switch p.encoding {
	case "base64":
		return base64.NewDecoder(base64.RawStdEncoding, letters{r})
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	}
	return r
}

// letters lets only the alphabet of base64 through; without the padding, there is no end in the middle.
type letters struct{ io.Reader }

func (l letters) Read(p []byte) (int, error) {
	for {
		n, err := l.Reader.Read(p)
		kept := 0
		for _, c := range p[:n] {
			if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' {
				p[kept] = c
				kept++
			}
		}
		if kept > 0 || err != nil {
			return kept, err
		}
	}
}

var (
	noText = regexp.MustCompile(`(?is)<(style|script|head)\b.*?</(style|script|head)>`)
	breaks = regexp.MustCompile(`(?i)<(br|/p|/div|/tr|/li|/h[1-6])\b[^>]*>`)
	tags   = regexp.MustCompile(`(?s)<[/!a-zA-Z][^>]*>`)
)

// decode is what is written in a part, which may have been cut off.
func (p part) decode(data []byte) string {
	raw, _ := io.ReadAll(p.reader(strings.NewReader(string(data))))
	text := string(raw)
	if p.charset != "" && !strings.EqualFold(p.charset, "utf-8") {
		if r, err := charset.Reader(p.charset, strings.NewReader(text)); err == nil {
			if b, err := io.ReadAll(r); err == nil {
				text = string(b)
			}
		}
	}
	if p.html {
		text = noText.ReplaceAllString(text, " ")
		text = breaks.ReplaceAllString(text, "\n")
		text = html.UnescapeString(tags.ReplaceAllString(text, " "))
	}
	return strings.ToValidUTF8(text, "")
}

// received is when the message was left: what its Date says, unless that cannot be.
func (h header) received(arrived time.Time) time.Time {
	date, err := mail.ParseDate(h["date"])
	if err != nil || !arrived.IsZero() && date.After(arrived.Add(time.Hour)) {
		return arrived
	}
	return date
}
