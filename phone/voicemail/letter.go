package voicemail

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"svara/phone"
)

// recordingLine is the header line of a letter with a recorded call: it is the user's own, not a message somebody left.
const recordingLine = "X-Svara-Recording"

// maxRecording is the largest file that is mailed; many servers take less.
const maxRecording = 50 << 20

const (
	lineBytes = 57 // that make a line of 76 letters in base64 (RFC 2045 6.8)
	lineWidth = 76
)

// letter is a letter (RFC 5322, RFC 2046 5.1.3) with a recording attached. Only its beginning and end are held; the sound
// is read from its file while it is sent.
type letter struct {
	head, tail []byte
	sound      *os.File
	size       int64 // of the file, in bytes
}

// newLetter is a recording's letter from the mailbox to itself. It says in no language what can be said without.
func newLetter(to phone.MailServer, r phone.Recording, now time.Time) (*letter, error) {
	f, err := os.Open(r.Path)
	if err != nil {
		return nil, phone.Refuse(phone.ReasonNoRecording, "")
	}
	l := &letter{sound: f}
	info, err := f.Stat()
	switch {
	case err != nil || !info.Mode().IsRegular():
		err = phone.Refuse(phone.ReasonNoRecording, "")
	case info.Size() > maxRecording:
		err = phone.Refuse(phone.ReasonTooLarge, strconv.Itoa(maxRecording>>20)+" MB")
	default:
		l.size = info.Size()
		err = l.write(ownAddress(to), r, now)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

func (l *letter) Close() error { return l.sound.Close() }

func (l *letter) write(own string, r phone.Recording, now time.Time) error {
	who := []string{clean(r.Remote.Name, 80), clean(r.Remote.Number, 80)}
	if who[0] == "" || who[0] == who[1] {
		who = who[1:]
	}
	begun := r.Begun.Local()
	kind, ending := "audio/wav", ".wav"
	if r.Format == phone.FormatOpus {
		kind, ending = "audio/ogg", ".opus"
	}
	if e := filepath.Ext(r.Path); e != "" {
		ending = e
	}
	file := strings.TrimSpace(fileName(who[0])+begun.Format(" 2006-01-02 15.04")) + ending
	subject := "Svara – " + strings.Join(who, " – ") + begun.Format(" – 2006-01-02 15:04")
	_, domain, _ := strings.Cut(own, "@")
	boundary := "svara-" + rand.Text()

	var b bytes.Buffer
	line := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	from := (&mail.Address{Name: "Svara", Address: own}).String()
	line("From", from)
	line("To", (&mail.Address{Address: own}).String())
	line("Subject", mime.QEncoding.Encode("utf-8", subject))
	line("Date", now.Format(time.RFC1123Z))
	line("Message-ID", "<"+rand.Text()+"@"+domain+">")
	line(recordingLine, strconv.FormatInt(r.ID, 10))
	line("MIME-Version", "1.0")
	line("Content-Type", mime.FormatMediaType("multipart/mixed", map[string]string{"boundary": boundary}))
	b.WriteString("\r\n--" + boundary + "\r\n")
	line("Content-Type", "text/plain; charset=utf-8")
	line("Content-Transfer-Encoding", "quoted-printable")
	b.WriteString("\r\n")
	text := quotedprintable.NewWriter(&b)
	arrow := "→"
	if r.Direction == phone.Incoming {
		arrow = "←"
	}
	_, err := fmt.Fprintf(text, "%s %s\r\n%s\r\n%s\r\n", arrow, strings.Join(who, ", "), begun.Format("2006-01-02 15:04:05 -0700"), lengthText(r.Duration))
	if err = errors.Join(err, text.Close()); err != nil {
		return fmt.Errorf("write letter: %w", err)
	}
	b.WriteString("\r\n--" + boundary + "\r\n")
	line("Content-Type", mime.FormatMediaType(kind, map[string]string{"name": file}))
	line("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file}))
	line("Content-Transfer-Encoding", "base64")
	b.WriteString("\r\n")
	l.head, l.tail = b.Bytes(), []byte("--"+boundary+"--\r\n")
	return nil
}

// length is how long the letter is, in bytes, before its sound has been read.
func (l *letter) length() int64 {
	lines, rest := l.size/lineBytes, l.size%lineBytes
	n := lines * (lineWidth + 2)
	if rest > 0 {
		n += (rest+2)/3*4 + 2
	}
	return int64(len(l.head)) + n + int64(len(l.tail))
}

// errChanged is a file that is not as long any more as it was.
var errChanged = errors.New("the recording has changed")

// send writes the letter, a piece of the sound at a time.
func (l *letter) send(w io.Writer) error {
	if _, err := w.Write(l.head); err != nil {
		return err
	}
	const lines = 512
	raw := make([]byte, lines*lineBytes)
	coded := make([]byte, 0, lines*(lineWidth+2))
	for left := l.size; left > 0; left -= int64(len(raw)) {
		raw = raw[:min(int64(len(raw)), left)]
		if _, err := io.ReadFull(l.sound, raw); err != nil {
			return errors.Join(errChanged, err)
		}
		coded = coded[:0]
		for piece := raw; len(piece) > 0; {
			n := min(len(piece), lineBytes)
			coded = append(base64.StdEncoding.AppendEncode(coded, piece[:n]), '\r', '\n')
			piece = piece[n:]
		}
		if _, err := w.Write(coded); err != nil {
			return err
		}
	}
	_, err := w.Write(l.tail)
	return err
}

// ownAddress is the address of a mailbox: its user name when that is one, else the user at the server.
func ownAddress(s phone.MailServer) string {
	if a, err := mail.ParseAddress(s.User); err == nil && strings.Contains(s.User, "@") {
		return a.Address
	}
	user := strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || strings.ContainsRune(`<>()[]\,;:"@`, r) {
			return '_'
		}
		return r
	}, s.User)
	host, _ := address(s)
	if ip := net.ParseIP(host); ip != nil { // RFC 5321 4.1.3
		host = "[" + ip.String() + "]"
		if ip.To4() == nil {
			host = "[IPv6:" + ip.String() + "]"
		}
	}
	return user + "@" + host
}

// lengthText is a duration as 4:05 or 1:02:03.
func lengthText(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
