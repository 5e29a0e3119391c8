package voicemail

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svara/phone"
)

// recorded is a recording with a file of so many bytes.
func recorded(t testing.TB, size int, format phone.RecordingFormat) (phone.Recording, []byte) {
	t.Helper()
	sound := make([]byte, size)
	for i := range sound {
		sound[i] = byte(i * 7 >> 3)
	}
	path := filepath.Join(t.TempDir(), "call."+string(format))
	if err := os.WriteFile(path, sound, 0o600); err != nil {
		t.Fatal(err)
	}
	return phone.Recording{
		ID: 17, Path: path, Direction: phone.Incoming, Remote: phone.Party{Number: "0701234567", Name: "Åsa \"Öh\"\r\nBcc: x@y.se"},
		Begun: time.Date(2026, 11, 22, 14, 3, 5, 0, time.Local), Duration: 4*time.Minute + 5*time.Second, Format: format,
	}, sound
}

// A letter is what mail programs read, as long as it says beforehand, and none of a caller's words become a header.
func TestLetter(t *testing.T) {
	for _, size := range []int{0, 1, 2, 56, 57, 58, 57 * 512, 57*512 + 1, 200_001} {
		for _, format := range []phone.RecordingFormat{phone.FormatWAV, phone.FormatOpus} {
			r, sound := recorded(t, size, format)
			l, err := newLetter(phone.MailServer{Address: "mail.example.se:993", User: "asa@example.se"}, r, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := l.send(&out); err != nil {
				t.Fatal(err)
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if int64(out.Len()) != l.length() {
				t.Errorf("%d bytes of sound: %d bytes, said to be %d", size, out.Len(), l.length())
			}
			for _, line := range strings.SplitAfter(strings.TrimSuffix(out.String(), "\r\n"), "\n") {
				if len(line) > 1000 || strings.Contains(strings.TrimSuffix(line, "\r\n"), "\r") {
					t.Fatalf("a line of %d letters", len(line))
				}
			}
			readLetter(t, out.String(), sound, map[phone.RecordingFormat]string{phone.FormatWAV: "audio/wav", phone.FormatOpus: "audio/ogg"}[format])
		}
	}
}

func readLetter(t *testing.T, letter string, sound []byte, kind string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(letter))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != `Svara – Åsa "Öh" Bcc: x@y.se – 0701234567 – 2026-11-22 14:03` {
		t.Errorf("subject %q, %v", subject, err)
	}
	for _, name := range []string{"From", "To"} {
		if a, err := m.Header.AddressList(name); err != nil || len(a) != 1 || a[0].Address != "asa@example.se" {
			t.Errorf("%s %v, %v", name, a, err)
		}
	}
	if _, err := m.Header.Date(); err != nil || m.Header.Get(recordingLine) != "17" || m.Header.Get("Bcc") != "" || !strings.HasSuffix(m.Header.Get("Message-ID"), "@example.se>") {
		t.Errorf("%+v, %v", m.Header, err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	text, err := parts.NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	words, err := io.ReadAll(quotedprintable.NewReader(text))
	if want := "← Åsa \"Öh\" Bcc: x@y.se, 0701234567\r\n2026-11-22 14:03:05"; err != nil || !strings.HasPrefix(string(words), want) || !strings.Contains(string(words), "\r\n4:05\r\n") {
		t.Errorf("says %q, %v", words, err)
	}
	attached, err := parts.NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, attached))
	if err != nil || !bytes.Equal(got, sound) {
		t.Errorf("%d bytes of sound came as %d, %v", len(sound), len(got), err)
	}
	if is, _, err := mime.ParseMediaType(attached.Header.Get("Content-Type")); err != nil || is != kind || !strings.HasPrefix(attached.FileName(), `Åsa _Öh_ Bcc_ x_y.se 2026-11-22 14.03.`) {
		t.Errorf("%s, %q, %v", is, attached.FileName(), err)
	}
	if _, err := parts.NextPart(); !errors.Is(err, io.EOF) {
		t.Errorf("after the sound: %v", err)
	}
}

func TestOwnAddress(t *testing.T) {
	for want, s := range map[string]phone.MailServer{
		"asa@example.se":           {Address: "imap.example.se", User: "asa@example.se"},
		"mail@imap.example.se":     {Address: "imap.example.se:143", User: "mail"},
		"mail@[127.0.0.1]":         {Address: "127.0.0.1:1143", User: "mail"},
		"mail@[IPv6:2001:db8::1]":  {Address: "[2001:db8::1]:993", User: "mail"},
		"dom_ain_as_a@example.net": {Address: "example.net", User: "dom\\ain as\na"},
	} {
		if got := ownAddress(s); got != want {
			t.Errorf("%+v: %s, want %s", s, got, want)
		}
	}
}

// The letter is put there beside all else, and whatever goes wrong has words.
func TestDeliver(t *testing.T) {
	f := newFake(t, 1)
	s := connect(t, quick, f.server())
	until(t, s, "the list", has(1))
	r, sound := recorded(t, 100_000, phone.FormatOpus)
	r.Remote.Name = "Anna"
	if err := s.Deliver(t.Context(), "fake", r); err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	letters := f.letters
	f.mu.Unlock()
	if len(letters) != 1 || !strings.Contains(letters[0], base64.StdEncoding.EncodeToString(sound[:57])) || f.count("APPEND INBOX") != 1 && f.count(`APPEND "INBOX"`) != 1 {
		t.Errorf("%d letters; %q", len(letters), f.got)
	}
	for _, c := range []struct {
		name, command, answer string
		want                  phone.Reason
	}{
		{"too large, before it was seen", "APPEND", "%t NO [TOOBIG] at most 1 MB\r\n", phone.Reason{ID: phone.ReasonTooLarge}},
		{"too large, by the limit told", "CAPABILITY", "* CAPABILITY IMAP4rev1 APPENDLIMIT=78000\r\n%t OK\r\n", phone.Reason{ID: phone.ReasonTooLarge, Text: "0.1 MB"}},
		{"no room, before", "APPEND", "%t NO [OVERQUOTA] full\r\n", phone.Reason{ID: phone.ReasonMailboxFull}},
		{"no room, after", "taken", "%t NO [overquota] full\r\n", phone.Reason{ID: phone.ReasonMailboxFull}},
		{"too large, as Dovecot says it", "taken", "%t NO [LIMIT] larger than allowed\r\n", phone.Reason{ID: phone.ReasonTooLarge}},
		{"another refusal", "taken", "%t NO not now\r\n", phone.Reason{ID: phone.ReasonNotMailed, Text: "not now"}},
		{"a fault", "APPEND", "%t BAD what\r\n", phone.Reason{ID: phone.ReasonNotMailed, Text: "what"}},
		{"it goes away in the middle", "taken", "close", phone.Reason{ID: phone.ReasonNotMailed}},
		{"it goes away before", "APPEND", "close", phone.Reason{ID: phone.ReasonNotMailed}},
		{"it falls silent before", "APPEND", "silence", phone.Reason{ID: phone.ReasonNotMailed}},
		{"it falls silent after", "taken", "", phone.Reason{ID: phone.ReasonNotMailed}},
		{"a wrong password", "LOGIN", "%t NO [AUTHENTICATIONFAILED] no\r\n", phone.Reason{ID: phone.ReasonMailPassword, Text: "no"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t, 1)
			times := quick
			times.answer = 500 * time.Millisecond
			s := connect(t, times, f.server())
			until(t, s, "the list", has(1))
			f.answer(c.command, c.answer)
			if err := s.Deliver(t.Context(), "fake", r); phone.ReasonOf(err) != c.want {
				t.Errorf("%+v, want %+v", phone.ReasonOf(err), c.want)
			}
			if b := s.Boxes()[0]; b.Reason != nil || b.New != 1 {
				t.Errorf("the mailbox: %+v", b)
			}
		})
	}
}

func TestDeliverRefused(t *testing.T) {
	f := newFake(t, 0)
	s := connect(t, quick, f.server())
	until(t, s, "the list", has(0))
	r, _ := recorded(t, 10, phone.FormatWAV)
	refuses := func(what string, r phone.Recording, box string, ctx context.Context, want phone.ReasonID) {
		t.Helper()
		if err := s.Deliver(ctx, box, r); phone.ReasonOf(err).ID != want {
			t.Errorf("%s: %v, want %s", what, err, want)
		}
	}
	refuses("no such server", r, "other", t.Context(), phone.ReasonNoMailbox)
	gone := r
	gone.Path += "x"
	refuses("no file", gone, "fake", t.Context(), phone.ReasonNoRecording)
	folder := r
	folder.Path = filepath.Dir(r.Path)
	refuses("a folder", folder, "fake", t.Context(), phone.ReasonNoRecording)
	if err := os.Truncate(r.Path, maxRecording+1); err != nil {
		t.Fatal(err)
	}
	refuses("too large", r, "fake", t.Context(), phone.ReasonTooLarge)
	if err := os.Truncate(r.Path, 1000); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	refuses("given up", r, "fake", ctx, phone.ReasonNotMailed)
	if f.count("APPEND") != 0 {
		t.Error("something was sent")
	}
}

// A file that is cut while it is being read makes no letter.
func TestFileThatShrinks(t *testing.T) {
	f := newFake(t, 0)
	s := connect(t, quick, f.server())
	until(t, s, "the list", has(0))
	r, _ := recorded(t, 1000, phone.FormatWAV)
	l, err := newLetter(f.server(), r, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.Truncate(r.Path, 500); err != nil {
		t.Fatal(err)
	}
	if err := s.boxes[0].deliver(t.Context(), l); deliveryReason(err).ID != phone.ReasonNoRecording {
		t.Errorf("%v", err)
	}
	if len(f.letters) != 0 {
		t.Error("half a letter arrived")
	}
}

// Our own letters are not taken for messages that somebody has left.
func TestOwnLettersAreNoMessages(t *testing.T) {
	f := newFake(t, 2)
	ours := strings.Replace(described(2), "X-Asterisk-CallerID: 0700000002", "X-Svara-Recording: 170000000002", 1)
	f.answer("UID FETCH 1:2 (", described(1)+ours+"%t OK\r\n")
	f.answer("UID FETCH 2 (", ours+"%t OK\r\n")
	s := connect(t, quick, f.server())
	until(t, s, "the list", has(1))
	if l, _ := s.VoiceMessages(t.Context(), phone.VoiceMessageQuery{}); l[0].From.Number != "0700000001" {
		t.Errorf("%+v", l)
	}
}
