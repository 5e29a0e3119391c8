package phonetest_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/record"
	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/voicemail"
)

// wallet keeps passwords for a test.
type wallet struct {
	mu sync.Mutex
	m  map[phone.AccountID]phone.Secret
}

func (w *wallet) Get(id phone.AccountID) (phone.Secret, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.m[id], nil
}

func (w *wallet) Put(id phone.AccountID, s phone.Secret) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.m == nil {
		w.m = map[phone.AccountID]phone.Secret{}
	}
	w.m[id] = s
	return nil
}

func (w *wallet) Remove(id phone.AccountID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.m, id)
	return nil
}

// mailbox is a voicemail service with one box, "box", and what it logs.
type mailbox struct {
	*voicemail.Service
	t      testing.TB
	folder string
	wallet *wallet
	log    *safeBuffer
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func openMailbox(t testing.TB, s phone.MailServer, password phone.Secret) *mailbox {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	m := &mailbox{t: t, folder: filepath.Join(t.TempDir(), "cache"), wallet: &wallet{}, log: &safeBuffer{}}
	m.Service = voicemail.New(voicemail.Options{Folder: m.folder, Secrets: m.wallet, Log: slog.New(slog.NewTextHandler(m.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := m.Close(ctx); err != nil {
			t.Error(err)
		}
		if strings.Contains(m.log.String(), password.Reveal()) {
			t.Error("the password is in the log")
		}
		if t.Failed() {
			t.Log(m.log.String())
		}
		goleak.VerifyNone(t, leaks)
	})
	m.put(s, password)
	return m
}

func (m *mailbox) put(s phone.MailServer, password phone.Secret) {
	if s.ID == "" {
		s.ID = "box"
	}
	s.User = "mail"
	m.Put(s, password)
}

// until waits for a change after which ok says yes.
func (m *mailbox) until(limit time.Duration, what string, ok func() bool) {
	m.t.Helper()
	end := time.After(limit)
	for !ok() {
		select {
		case <-m.Changed():
		case <-end:
			m.t.Fatalf("%s: not within %v; %+v %+v", what, limit, m.Boxes(), m.list(phone.VoiceMessageQuery{}))
		}
	}
}

func (m *mailbox) box() phone.Mailbox {
	if b := m.Boxes(); len(b) == 1 {
		return b[0]
	}
	m.t.Fatalf("boxes: %+v", m.Boxes())
	return phone.Mailbox{}
}

// why is the reason that the box has.
func (m *mailbox) why() phone.ReasonID {
	if r := m.box().Reason; r != nil {
		return r.ID
	}
	return ""
}

func (m *mailbox) list(q phone.VoiceMessageQuery) []phone.VoiceMessage {
	m.t.Helper()
	l, err := m.VoiceMessages(m.t.Context(), q)
	if err != nil {
		m.t.Fatal(err)
	}
	return l
}

func (m *mailbox) has(limit time.Duration, fresh, old int) {
	m.t.Helper()
	m.until(limit, fmt.Sprintf("%d new and %d old", fresh, old), func() bool {
		b := m.box()
		return b.Known && b.Reason == nil && b.New == fresh && b.Old == old
	})
}

// voice is a WAV file with a tone, 8 kHz 16 bit as exchanges send it.
func voice(freq float64, length time.Duration) []byte {
	pcm := audiotest.Sine(int(length.Seconds()*8000), 8000, freq, 12000)
	b := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(36+2*len(pcm)))
	b = binary.LittleEndian.AppendUint32(append(b, "WAVEfmt "...), 16)
	for _, v := range []uint16{1, 1, 8000, 0, 16000, 0, 2, 16} { // the rates are of 32 bits
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = binary.LittleEndian.AppendUint32(append(b, "data"...), uint32(2*len(pcm)))
	for _, v := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

// letter is a mail with lines of header, a text and a sound.
func letter(header, text, kind, name string, sound []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nDate: %s\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"xyz\"\n\n--xyz\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s\n--xyz\n", header,
		time.Now().Add(-time.Minute).Format(time.RFC1123Z), text)
	fmt.Fprintf(&b, "Content-Type: %s; name=\"%s\"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=\"%s\"\n\n", kind, name, name)
	code := base64.StdEncoding.EncodeToString(sound)
	for len(code) > 0 {
		n := min(76, len(code))
		b.WriteString(code[:n] + "\n")
		code = code[n:]
	}
	b.WriteString("\n--xyz--\n")
	return b.String()
}

// fromAsterisk is a mail as Asterisk sends it when it is left as it comes.
func fromAsterisk(name, number string, length time.Duration, sound []byte) string {
	return letter(fmt.Sprintf("From: \"Asterisk PBX\" <asterisk@pbx.example.com>\nTo: \"Bo\" <bo@example.com>\nSubject: [PBX]: New message 1 in mailbox 1234\nX-Asterisk-CallerID: %s\nX-Asterisk-CallerIDName: %s", number, name),
		fmt.Sprintf("Dear Bo:\n\n\tJust wanted to let you know you were just left a 0:%02d long message (number 1)\nin mailbox 1234 from \"%s\" <%s>, on Sunday so you might\nwant to check it when you get a chance.  Thanks!\n\n\t\t\t\t--Asterisk\n",
			int(length.Seconds()), name, number), "audio/x-wav", "msg0000.wav", sound)
}

const mailPassword = phone.Secret("pw-mail")

func inClear(d *phonetest.Dovecot) phone.MailServer {
	return phone.MailServer{Address: fmt.Sprintf("127.0.0.1:%d", d.Port), TLS: phone.MailTLSNone}
}

// A message's whole life: seen when it comes, listed, played, marked here and elsewhere, saved, deleted.
func TestVoicemail(t *testing.T) {
	d := phonetest.StartDovecot(t, phonetest.DovecotOptions{})
	d.Deliver(t, "From: Anna <anna@example.com>\nSubject: Lunch?\n\nNo sound in this one.\n")
	m := openMailbox(t, inClear(d), mailPassword)
	m.has(10*time.Second, 0, 0)
	if got, _ := m.wallet.Get("mail/box"); got != mailPassword {
		t.Error("the password was not kept")
	}

	begun := time.Now()
	d.Deliver(t, fromAsterisk("Anna Berg", "0701234567", 3*time.Second, voice(440, 3*time.Second)))
	m.has(2*time.Second, 1, 0)
	t.Logf("seen after %v", time.Since(begun).Round(time.Millisecond))
	m.until(2*time.Second, "its length", func() bool { return m.list(phone.VoiceMessageQuery{})[0].Duration > 0 })
	v := m.list(phone.VoiceMessageQuery{})[0]
	if v.From.Name != "Anna Berg" || v.From.Number != "0701234567" || v.Duration != 3*time.Second || v.Played || v.Type != "audio/x-wav" ||
		v.Reason != nil || time.Since(v.Received) > 2*time.Minute || v.Box != "box" || math.Abs(float64(v.Size)/48044-1) > 0.02 {
		t.Errorf("%+v", v)
	}
	for text, n := range map[string]int{"anna": 1, "070-123": 1, "berg 4567": 1, "bo": 0} {
		if got := m.list(phone.VoiceMessageQuery{Text: text, New: true, Box: "box"}); len(got) != n {
			t.Errorf("%q finds %d", text, len(got))
		}
	}

	path, err := m.Sound(t.Context(), v.ID)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || filepath.Dir(path) != m.folder {
		t.Errorf("%s: %v %v", path, info, err)
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, voice(440, 3*time.Second)) {
		t.Errorf("it is not what was sent: %d bytes, %v", len(b), err)
	}
	playVoice(t, path, 440, 3*time.Second)
	if again, err := m.Sound(t.Context(), v.ID); err != nil || again != path {
		t.Errorf("asked again: %s, %v", again, err)
	}

	// Played, here and there.
	before := m.Revision()
	if err := m.Mark(t.Context(), v.ID, true); err != nil {
		t.Fatal(err)
	}
	if b := m.box(); b.New != 0 || b.Old != 1 || m.Revision() == before {
		t.Errorf("marked: %+v, revision %d", b, m.Revision())
	}
	voiceFile := func() string {
		i := slices.IndexFunc(d.Files(t), func(f string) bool { return strings.Contains(f, v.ID) })
		if i < 0 { // the second that was delivered
			return d.Files(t)[len(d.Files(t))-1]
		}
		return d.Files(t)[i]
	}
	if f := voiceFile(); !strings.HasSuffix(f, "S") {
		t.Errorf("in the maildir it is %s", f)
	}
	if err := m.Mark(t.Context(), v.ID, false); err != nil {
		t.Fatal(err)
	}
	if f := voiceFile(); strings.HasSuffix(f, "S") {
		t.Errorf("in the maildir it is %s", f)
	}
	d.Flag(t, voiceFile(), "S")
	m.has(5*time.Second, 0, 1)

	// Saved: a name of its own, and never over another.
	dir := t.TempDir()
	first, err1 := m.SaveVoiceMessage(t.Context(), v.ID, dir)
	second, err2 := m.SaveVoiceMessage(t.Context(), v.ID, dir)
	third, err3 := m.SaveVoiceMessage(t.Context(), v.ID, first)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if want := "Anna Berg " + v.Received.Local().Format("2006-01-02 15.04"); filepath.Base(first) != want+".wav" || filepath.Base(second) != want+" (2).wav" ||
		first == third || filepath.Dir(third) != dir {
		t.Errorf("saved as %q, %q, %q", first, second, third)
	}
	playVoice(t, second, 440, 3*time.Second)

	if err := m.Delete(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	if files := d.Files(t); len(files) != 1 || len(m.list(phone.VoiceMessageQuery{})) != 0 || m.box().Old != 0 {
		t.Errorf("after deleting: %v, %+v", files, m.list(phone.VoiceMessageQuery{}))
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the fetched sound is still there: %v", err)
	}
	for _, id := range []string{v.ID, "box/1/1", "box", "", "box/x/y", "box/99999999999/1"} {
		if err := m.Delete(t.Context(), id); phone.ReasonOf(err).ID != phone.ReasonNoMessage {
			t.Errorf("deleting %q: %v", id, err)
		}
	}
	if _, err := m.Sound(t.Context(), "other/1/1"); phone.ReasonOf(err).ID != phone.ReasonNoMailbox {
		t.Errorf("another mailbox: %v", err)
	}
}

// playVoice plays a file as the phone does and listens.
func playVoice(t *testing.T, path string, freq float64, length time.Duration) {
	t.Helper()
	p, err := record.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if p.Duration() != length {
		t.Errorf("%s is %v long", path, p.Duration())
	}
	p.SetSpeed(1.5)
	var pcm []int16
	block := make([]int16, audio.BlockSize)
	phonetest.Until(t, 10*time.Second, "the end of the sound", func() bool {
		for p.Read(block) {
			pcm = append(pcm, block...)
		}
		return p.Done()
	})
	if got := float64(len(pcm)) / audio.Rate * 1.5 / length.Seconds(); math.Abs(got-1) > 0.06 { // of a second, whole blocks
		t.Errorf("%s took %.2f of its time", path, got)
	}
	if a := audiotest.Amplitude(pcm[4800:9600], freq); a < 9000 {
		t.Errorf("%s: the tone is %.0f", path, a)
	}
}

// What others' mails look like, and what cannot be played.
func TestVoicemailKinds(t *testing.T) {
	d := phonetest.StartDovecot(t, phonetest.DovecotOptions{})
	tone := voice(300, time.Second)
	wav49 := slices.Clone(tone)
	wav49[20] = 0x31 // GSM in a WAV, which says so only inside
	d.Deliver(t, letter("From: Växeln <pbx@example.com>\nSubject: =?utf-8?Q?Nytt_r=C3=B6stmeddelande_fr=C3=A5n?= 08-12 34 56", "Längd: 7 sekunder", "application/octet-stream", "Msg.WAV", tone))
	d.Deliver(t, letter("From: a@b\nSubject: Message from 111111", "", "audio/mpeg", "a.mp3", []byte("ID3\x03 and so on")))
	d.Deliver(t, letter("From: a@b\nSubject: Message from 222222", "", "audio/x-gsm", "a.gsm", []byte("gsm")))
	d.Deliver(t, letter("From: a@b\nSubject: Message from 333333", "", "audio/x-wav", "msg0001.WAV", wav49))
	d.Deliver(t, letter("From: a@b\nSubject: Message from 444444", "", "application/octet-stream", "report.pdf", tone))
	d.Deliver(t, letter("From: a@b\nSubject: Message from 555555", "", "audio/mpeg", "lies.mp3", tone))
	m := openMailbox(t, inClear(d), mailPassword)
	m.has(10*time.Second, 5, 0)
	m.until(5*time.Second, "what is written in it", func() bool {
		l := m.list(phone.VoiceMessageQuery{Text: "08123456"})
		return len(l) == 1 && l[0].Duration == 7*time.Second
	})
	for number, want := range map[string]struct{ before, after phone.ReasonID }{
		"08123456": {"", ""}, "111111": {phone.ReasonBadSound, phone.ReasonBadSound}, "222222": {phone.ReasonBadSound, phone.ReasonBadSound},
		"333333": {"", phone.ReasonBadSound}, "555555": {phone.ReasonBadSound, ""},
	} {
		l := m.list(phone.VoiceMessageQuery{Text: number})
		if len(l) != 1 {
			t.Errorf("%s: %+v", number, l)
			continue
		}
		reason := func(r *phone.Reason) phone.ReasonID {
			if r == nil {
				return ""
			}
			return r.ID
		}
		if got := reason(l[0].Reason); got != want.before {
			t.Errorf("%s: %v before it is fetched", number, got)
		}
		path, err := m.Sound(t.Context(), l[0].ID)
		if err != nil != (want.after != "") || err != nil && phone.ReasonOf(err).ID != want.after {
			t.Errorf("%s: fetched with %v", number, err)
		}
		if err == nil {
			playVoice(t, path, 300, time.Second)
		}
		l = m.list(phone.VoiceMessageQuery{Text: number})
		if got := reason(l[0].Reason); got != want.after || want.after == "" && l[0].Duration != time.Second {
			t.Errorf("%s: %+v, %v after it was fetched", number, l[0], got)
		}
		// It can be saved for another program all the same.
		if saved, err := m.SaveVoiceMessage(t.Context(), l[0].ID, t.TempDir()); err != nil {
			t.Errorf("%s: saved %s, %v", number, saved, err)
		}
	}
}

func TestVoicemailTrust(t *testing.T) {
	d := phonetest.StartDovecot(t, phonetest.DovecotOptions{})
	d.Deliver(t, fromAsterisk("Anna", "0701234567", time.Second, voice(440, time.Second)))
	clear, secret := fmt.Sprintf("127.0.0.1:%d", d.Port), fmt.Sprintf("127.0.0.1:%d", d.TLSPort)
	junk := filepath.Join(t.TempDir(), "junk.pem")
	if err := os.WriteFile(junk, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		server phone.MailServer
		want   phone.ReasonID
	}{
		"direct":                      {phone.MailServer{Address: secret, CAFile: d.CA}, ""},
		"direct, untrusted":           {phone.MailServer{Address: secret}, phone.ReasonUntrusted},
		"direct, another authority":   {phone.MailServer{Address: secret, CAFile: d.OtherCA}, phone.ReasonUntrusted},
		"direct, wrong name":          {phone.MailServer{Address: fmt.Sprintf("localhost:%d", d.TLSPort), CAFile: d.CA}, phone.ReasonUntrusted},
		"direct to a port in clear":   {phone.MailServer{Address: clear, CAFile: d.CA}, phone.ReasonMailFailed},
		"starttls":                    {phone.MailServer{Address: clear, TLS: phone.MailTLSStart, CAFile: d.CA}, ""},
		"starttls, untrusted":         {phone.MailServer{Address: clear, TLS: phone.MailTLSStart}, phone.ReasonUntrusted},
		"starttls, another authority": {phone.MailServer{Address: clear, TLS: phone.MailTLSStart, CAFile: d.OtherCA}, phone.ReasonUntrusted},
		"no such file":                {phone.MailServer{Address: secret, CAFile: junk + "x"}, phone.ReasonBadFile},
		"no certificates":             {phone.MailServer{Address: secret, CAFile: junk}, phone.ReasonBadFile},
		"nobody there":                {phone.MailServer{Address: fmt.Sprintf("127.0.0.1:%d", phonetest.FreePort(t)), TLS: phone.MailTLSNone}, phone.ReasonRefused},
		"no such folder":              {phone.MailServer{Address: clear, TLS: phone.MailTLSNone, Folder: "Röstbrev"}, phone.ReasonNoMailbox},
		"no address":                  {phone.MailServer{TLS: phone.MailTLSNone}, phone.ReasonBadItem},
	} {
		t.Run(name, func(t *testing.T) {
			m := openMailbox(t, c.server, mailPassword)
			if c.want == "" {
				m.has(10*time.Second, 1, 0)
				id := m.list(phone.VoiceMessageQuery{})[0].ID
				if _, err := m.Sound(t.Context(), id); err != nil {
					t.Error(err)
				}
				return
			}
			m.until(10*time.Second, "a reason", func() bool { return m.why() != "" })
			if m.why() != c.want || m.box().Known {
				t.Errorf("%+v", m.box())
			}
		})
	}
}

func TestVoicemailWrongPassword(t *testing.T) {
	d := phonetest.StartDovecot(t, phonetest.DovecotOptions{})
	d.Deliver(t, fromAsterisk("Anna", "0701234567", time.Second, voice(440, time.Second)))
	m := openMailbox(t, inClear(d), "pw-wrong")
	m.until(10*time.Second, "a reason", func() bool { return m.why() == phone.ReasonMailPassword })
	failed := func() int { return strings.Count(d.Output(), "auth failed") }
	phonetest.Until(t, 5*time.Second, "the server's log", func() bool { return failed() == 1 })
	m.Check() // the user wants it: once more
	phonetest.Until(t, 10*time.Second, "another try", func() bool { return failed() == 2 })
	m.put(inClear(d), mailPassword)
	m.has(10*time.Second, 1, 0)
	if n := failed(); n != 2 {
		t.Errorf("%d tries with the wrong password", n)
	}
	// The stored one is used when none is given.
	m.put(phone.MailServer{Address: inClear(d).Address, TLS: phone.MailTLSNone, Account: "a"}, "")
	m.until(10*time.Second, "the account", func() bool { return m.box().Account == "a" && m.box().Known && m.box().Reason == nil })
	m.Remove("box")
	phonetest.Until(t, 5*time.Second, "forgetting the password", func() bool { got, _ := m.wallet.Get("mail/box"); return got == "" })
	if len(m.Boxes()) != 0 || len(d.Files(t)) != 1 {
		t.Errorf("%+v, %v", m.Boxes(), d.Files(t))
	}
}
