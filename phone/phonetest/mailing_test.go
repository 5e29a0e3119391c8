package phonetest_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// attachment is the sound of a letter as a mail program reads it, with its subject, media type and file name.
func attachment(t *testing.T, letter []byte) (sound []byte, subject, kind, name string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(letter))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatalf("no sound: %v", err)
		}
		if kind, _, _ = mime.ParseMediaType(part.Header.Get("Content-Type")); strings.HasPrefix(kind, "audio/") {
			sound, err = io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
			if err != nil {
				t.Fatal(err)
			}
			return sound, subject, kind, part.FileName()
		}
	}
}

// A recorded call is mailed to oneself: the letter is new there, its sound is the recording's, and it is no voice message.
func TestRecordingIsMailed(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 2, phonetest.AsteriskConfig{})
	caller, operator := o.all[0], o.all[1]
	d := phonetest.StartDovecot(t, phonetest.DovecotOptions{})
	refused(t, operator, []phone.ReasonID{phone.ReasonNoMailServer}, "recording", "mail", "1")
	operator.AddMail("office", fmt.Sprintf("127.0.0.1:%d", d.Port), "mail", "pw-mail", "--tls", "none")
	refused(t, operator, []phone.ReasonID{phone.ReasonNoRecording}, "recording", "mail", "99", "--wait")
	refused(t, operator, []phone.ReasonID{phone.ReasonNoMailbox}, "recording", "mail", "1", "--server", "other")
	for n, format := range []phone.RecordingFormat{phone.FormatOpus, phone.FormatWAV} {
		operator.Must("set", phone.KeyRecordFormat, string(format))
		theirs, ours := talk(t, caller, operator)
		operator.Must("record", "start", ours)
		operator.Is(ours, "being recorded", func(c phone.Call) bool { return c.Recording.On })
		operator.Listen(2 * time.Second)
		caller.HangUp(theirs)
		var made phone.Recording
		phonetest.Until(t, 10*time.Second, "the recording is in the inbox", func() bool {
			all := recordings(t, operator)
			if len(all) == n+1 && !all[0].Open {
				made = all[0]
			}
			return made.ID != 0
		})
		operator.Must("recording", "mail", strconv.FormatInt(made.ID, 10), "--wait", "--timeout", "30s")
		files := d.Files(t)
		if len(files) != n+1 {
			t.Fatalf("%d letters", len(files))
		}
		for _, f := range files {
			if _, flags, _ := strings.Cut(f, ":2,"); strings.Contains(flags, "S") {
				t.Errorf("it counts as read: %s", f)
			}
		}
		want, err := os.ReadFile(made.Path)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, f := range files {
			sound, subject, kind, name := attachment(t, d.Message(t, f))
			if bytes.Equal(sound, want) {
				found = true
				if kind != map[phone.RecordingFormat]string{phone.FormatOpus: "audio/ogg", phone.FormatWAV: "audio/wav"}[format] || filepath.Ext(name) != filepath.Ext(made.Path) ||
					!strings.Contains(subject, caller.user) || !strings.Contains(subject, made.Begun.Local().Format("2006-01-02 15:04")) {
					t.Errorf("%q, %s, %s", subject, kind, name)
				}
			}
		}
		if !found {
			t.Errorf("%s: no letter has the recording of %d bytes", format, len(want))
		}
	}
	operator.Must("voicemail", "check")
	d.Deliver(t, fromAsterisk("Anna", "0701234567", time.Second, voice(440, time.Second)))
	operator.Must("wait", "voicemail:1", "--timeout", "20s")
	var messages []phone.VoiceMessage
	operator.Ask(&messages, "voicemail", "list")
	if len(messages) != 1 || messages[0].From.Number != "0701234567" {
		t.Errorf("voice messages: %+v", messages)
	}
}

// file is a recording of so many bytes.
func file(t testing.TB, size int) phone.Recording {
	t.Helper()
	path := filepath.Join(t.TempDir(), "call.wav")
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i>>8 ^ i)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return phone.Recording{ID: 5, Path: path, Remote: phone.Party{Number: "2101", Name: "Åsa"}, Begun: time.Now(), Duration: time.Minute, Format: phone.FormatWAV}
}

// The server dies while a letter goes to it: that is told, no part of it is kept, and the next try is whole.
func TestMailServerDiesInTheMiddle(t *testing.T) {
	d := phonetest.StartDovecot(t, phonetest.DovecotOptions{})
	p := newProxy(t, d.Port)
	p.reached = d.Crash
	m := openMailbox(t, phone.MailServer{Address: p.addr, TLS: phone.MailTLSNone}, mailPassword)
	m.has(10*time.Second, 0, 0)
	r := file(t, 40<<20)
	p.full.Store(p.up.Load() + 20<<20)
	if err := m.Service.Deliver(t.Context(), "box", r); phone.ReasonOf(err).ID != phone.ReasonNotMailed {
		t.Errorf("killed in the middle: %v", err)
	}
	if f := d.Files(t); len(f) != 0 {
		t.Errorf("part of it is there: %v", f)
	}
	if err := m.Service.Deliver(t.Context(), "box", r); phone.ReasonOf(err).ID != phone.ReasonNotMailed {
		t.Errorf("while it is away: %v", err)
	}
	d.Begin(t)
	begun := time.Now()
	if err := m.Service.Deliver(t.Context(), "box", r); err != nil {
		t.Fatal(err)
	}
	t.Logf("40 MB in %v", time.Since(begun).Round(time.Millisecond))
	files := d.Files(t)
	if len(files) != 1 {
		t.Fatalf("%v", files)
	}
	want, err := os.ReadFile(r.Path)
	if err != nil {
		t.Fatal(err)
	}
	if sound, _, _, _ := attachment(t, d.Message(t, files[0])); !bytes.Equal(sound, want) {
		t.Errorf("%d bytes came of %d", len(sound), len(want))
	}
}

// What the server refuses is told in words.
func TestMailServerRefusesLetters(t *testing.T) {
	for _, c := range []struct {
		name     string
		options  phonetest.DovecotOptions
		password phone.Secret
		want     phone.ReasonID
	}{
		{"no room", phonetest.DovecotOptions{Quota: "1M"}, mailPassword, phone.ReasonMailboxFull},
		{"too large for it", phonetest.DovecotOptions{MaxMail: "1M"}, mailPassword, phone.ReasonTooLarge},
		{"a wrong password", phonetest.DovecotOptions{}, "pw-wrong", phone.ReasonMailPassword},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := phonetest.StartDovecot(t, c.options)
			m := openMailbox(t, inClear(d), c.password)
			if err := m.Service.Deliver(t.Context(), "box", file(t, 2<<20)); phone.ReasonOf(err).ID != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
			if f := d.Files(t); len(f) != 0 {
				t.Errorf("it is there: %v", f)
			}
		})
	}
}
