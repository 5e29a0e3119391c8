package spool

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"svara/phone"
	"svara/phone/team"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const boxName = "2101@default"

// spool is a spool folder with one box.
func newSpool(t *testing.T) (*Spool, string) {
	t.Helper()
	dir := t.TempDir()
	box := filepath.Join(dir, "default", "2101")
	if err := os.MkdirAll(filepath.Join(box, "INBOX"), 0o755); err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, box
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// leave puts a message as app_voicemail does.
func leave(t *testing.T, box, folder string, n int, id string) {
	t.Helper()
	stem := filepath.Join(box, folder, fmt.Sprintf("msg%04d", n))
	put(t, stem+".wav", "sound of "+id)
	put(t, stem+".txt", fmt.Sprintf(";\n; Message Information file\n;\n[message]\norigmailbox=2101\ncontext=svara\nexten=6900\nrdnis=unknown\npriority=1\ncallerchan=PJSIP/x\n"+
		"callerid=\"Anna Berg\" <0701234567>\norigdate=Mon Mar  2 12:00:00 PM UTC 2026\norigtime=%d\ncategory=\nmsg_id=%s\nflag=\nduration=7\n", 1772452800+n, id))
}

func ids(t *testing.T, s *Spool) (out []string) {
	t.Helper()
	l, err := s.Messages(boxName)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range l {
		id := m.ID
		if m.Old {
			id += " old"
		}
		out = append(out, id)
	}
	return out
}

func files(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.Walk(dir, func(p string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			rel, _ := filepath.Rel(dir, p)
			out = append(out, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMessages(t *testing.T) {
	s, box := newSpool(t)
	leave(t, box, "INBOX", 0, "1-a")
	leave(t, box, "INBOX", 1, "1-b")
	leave(t, box, "Old", 0, "1-c")
	l, err := s.Messages(boxName)
	if err != nil || len(l) != 3 {
		t.Fatalf("%+v, %v", l, err)
	}
	want := team.VoiceMessage{ID: "1-b", Box: boxName, From: phone.Party{Name: "Anna Berg", Number: "0701234567"}, Received: time.Unix(1772452801, 0).UTC(), Duration: 7 * time.Second, Size: 12, Type: "audio/wav"}
	if i := slices.IndexFunc(l, func(m team.VoiceMessage) bool { return m.ID == "1-b" }); l[i] != want {
		t.Errorf("%+v", l[i])
	}
	r, err := s.Open(boxName, "1-b")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(r); err != nil || string(b) != "sound of 1-b" {
		t.Errorf("%q, %v", b, err)
	}
	r.Close()

	// Heard and not; the ID stays, numbers in a folder are not taken twice.
	if err := s.Mark(boxName, "1-a", true); err != nil {
		t.Fatal(err)
	}
	if got := ids(t, s); !slices.Equal(got, []string{"1-a old", "1-c old", "1-b"}) {
		t.Errorf("%v", got)
	}
	if got := files(t, box); !slices.Equal(got, []string{"INBOX/msg0001.txt", "INBOX/msg0001.wav", "Old/msg0000.txt", "Old/msg0000.wav", "Old/msg0001.txt", "Old/msg0001.wav"}) {
		t.Errorf("%v", got)
	}
	if err := s.Mark(boxName, "1-a", true); err != nil {
		t.Error(err)
	}
	if err := s.Mark(boxName, "1-c", false); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(boxName, "1-b"); err != nil {
		t.Fatal(err)
	}
	if got := files(t, box); !slices.Equal(got, []string{"INBOX/msg0002.txt", "INBOX/msg0002.wav", "Old/msg0001.txt", "Old/msg0001.wav"}) {
		t.Errorf("%v", got)
	}
	for _, err := range []error{s.Delete(boxName, "1-b"), s.Delete(boxName, ""), s.Mark(boxName, "none", true)} {
		if phone.ReasonOf(err).ID != phone.ReasonNoMessage {
			t.Error(err)
		}
	}
}

// What no message is, and what others have put there, is left alone and never leads elsewhere.
func TestTricks(t *testing.T) {
	s, box := newSpool(t)
	secret := filepath.Join(t.TempDir(), "secret")
	put(t, secret, "secret")
	leave(t, box, "INBOX", 0, "../../../etc")
	put(t, filepath.Join(box, "INBOX", "msg0001.txt"), "msg_id=nosound\n")
	put(t, filepath.Join(box, "INBOX", "msg0002.txt"), strings.Repeat("callerid=x\n", 100_000)+"msg_id=late\n")
	put(t, filepath.Join(box, "INBOX", "msg0003.txt"), strings.Repeat("x", 1<<20))
	put(t, filepath.Join(box, "INBOX", "msgABCD.txt"), "msg_id=x\n")
	put(t, filepath.Join(box, "INBOX", "msg1.txt"), "msg_id=x\n")
	put(t, filepath.Join(box, "INBOX", "msg0006.txt"), "origtime=999999999999999999999\nduration=-4\nmsg_id=odd\ncallerid=Unknown\n")
	for from, to := range map[string]string{"INBOX/msg0004.wav": secret, "INBOX/msg0005.txt": secret, "unavail.wav": secret} {
		if err := os.Symlink(to, filepath.Join(box, from)); err != nil {
			t.Fatal(err)
		}
	}
	put(t, filepath.Join(box, "INBOX", "msg0004.txt"), "msg_id=link\n")
	if err := os.Symlink(filepath.Dir(secret), filepath.Join(filepath.Dir(box), "2102")); err != nil {
		t.Fatal(err)
	}
	l, err := s.Messages(boxName)
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]team.VoiceMessage{}
	for _, m := range l {
		byID[m.ID] = m
	}
	if len(l) != 6 || byID["link"].Type != "" || byID["nosound"].Box == "" || byID["../../../etc"].Box != "" || !byID["odd"].Received.IsZero() || byID["odd"].Duration != 0 || byID["odd"].From.Number != "" {
		t.Errorf("%+v", l)
	}
	for _, id := range []string{"link", "nosound"} {
		if _, err := s.Open(boxName, id); phone.ReasonOf(err).ID != phone.ReasonBadSound {
			t.Errorf("%s: %v", id, err)
		}
	}
	if _, err := s.Greeting(boxName, team.GreetingUnavailable); phone.ReasonOf(err).ID != phone.ReasonBadSound {
		t.Error(err)
	}
	for _, box := range []string{"", "@", "..", "../default/2101", "2101@..", "2101@../default", "2101@default/../default", "2102@default", "none", "2101\x00@default", ".", "2101/INBOX"} {
		if _, err := s.Messages(box); phone.ReasonOf(err).ID != phone.ReasonNoMailbox {
			t.Errorf("%q: %v", box, err)
		}
	}
	if err := s.Delete(boxName, "link"); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(secret); err != nil || string(b) != "secret" {
		t.Errorf("%q, %v", b, err)
	}
}

// A folder that Asterisk has locked is waited for, and left alone when it stays locked.
func TestLock(t *testing.T) {
	s, box := newSpool(t)
	leave(t, box, "INBOX", 0, "1-a")
	held := filepath.Join(box, "INBOX", ".lock")
	put(t, held, "")
	done := make(chan error, 1)
	go func() { done <- s.Delete(boxName, "1-a") }()
	// It has tried when its own file is there.
	for deadline := time.Now().Add(10 * time.Second); ; {
		if m, _ := filepath.Glob(filepath.Join(box, "INBOX", ".lock-*")); len(m) > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it does not try")
		}
	}
	if got := ids(t, s); len(got) != 1 {
		t.Errorf("%v", got)
	}
	if err := os.Remove(held); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := files(t, box); len(got) != 0 {
		t.Errorf("%v", got)
	}
	leave(t, box, "INBOX", 0, "1-b")
	put(t, held, "")
	if err := s.Delete(boxName, "1-b"); phone.ReasonOf(err).ID != phone.ReasonBadFile {
		t.Errorf("%v", err)
	}
	if got := files(t, box); !slices.Equal(got, []string{"INBOX/.lock", "INBOX/msg0000.txt", "INBOX/msg0000.wav"}) {
		t.Errorf("%v", got)
	}
}

func wav(format, channels uint16, rate uint32, bits uint16, seconds float64) []byte {
	n := uint32(seconds * float64(rate) * 2)
	b := binary.LittleEndian.AppendUint32([]byte("RIFF"), 36+n)
	b = binary.LittleEndian.AppendUint32(append(b, "WAVEfmt "...), 16)
	b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, format), channels)
	b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, rate), rate*2)
	b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, 2), bits)
	b = binary.LittleEndian.AppendUint32(append(b, "data"...), n)
	return append(b, make([]byte, n)...)
}

func TestGreetings(t *testing.T) {
	s, box := newSpool(t)
	put(t, filepath.Join(box, "unavail.gsm"), "old")
	good := wav(1, 1, 8000, 16, 2)
	if err := s.PutGreeting(boxName, team.GreetingUnavailable, strings.NewReader(string(good))); err != nil {
		t.Fatal(err)
	}
	if got := files(t, box); !slices.Equal(got, []string{"unavail.wav"}) {
		t.Errorf("%v", got)
	}
	r, err := s.Greeting(boxName, team.GreetingUnavailable)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := io.ReadAll(r); string(b) != string(good) {
		t.Errorf("%d bytes", len(b))
	}
	r.Close()
	lies := slices.Clone(good)
	binary.LittleEndian.PutUint32(lies[40:], 1<<31)
	for name, c := range map[string]struct {
		sound string
		want  phone.ReasonID
	}{
		"empty": {"", phone.ReasonBadSound}, "text": {"hello", phone.ReasonBadSound}, "stereo": {string(wav(1, 2, 8000, 16, 1)), phone.ReasonBadSound},
		"44.1 kHz": {string(wav(1, 1, 44100, 16, 1)), phone.ReasonBadSound}, "8 bit": {string(wav(1, 1, 8000, 8, 1)), phone.ReasonBadSound}, "GSM": {string(wav(0x31, 1, 8000, 16, 1)), phone.ReasonBadSound},
		"no sound": {string(wav(1, 1, 8000, 16, 0)), phone.ReasonBadSound}, "a size that lies": {string(lies), phone.ReasonBadSound}, "cut": {string(good[:30]), phone.ReasonBadSound},
		"too long": {string(wav(1, 1, 8000, 16, 200)), phone.ReasonTooLarge},
	} {
		if err := s.PutGreeting(boxName, team.GreetingBusy, strings.NewReader(c.sound)); phone.ReasonOf(err).ID != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.PutGreeting(boxName, "../x", strings.NewReader(string(good))); phone.ReasonOf(err).ID != phone.ReasonBadItem {
		t.Error(err)
	}
	if err := s.DeleteGreeting(boxName, team.GreetingUnavailable); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Greeting(boxName, team.GreetingUnavailable); phone.ReasonOf(err).ID != phone.ReasonNoMessage {
		t.Error(err)
	}
	if got := files(t, box); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestWatch(t *testing.T) {
	s, box := newSpool(t)
	var mu sync.Mutex
	told := map[string]int{}
	sign := make(chan struct{}, 100)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- s.Run(ctx, func(box string) {
			mu.Lock()
			told[box]++
			mu.Unlock()
			sign <- struct{}{}
		})
	}()
	n := func(box string) int { mu.Lock(); defer mu.Unlock(); return told[box] }
	expect := func(what, box string, than int) {
		t.Helper()
		for end := time.After(20 * time.Second); n(box) <= than; {
			select {
			case <-sign:
			case <-end:
				t.Fatalf("%s was not told: %v", what, told)
			}
		}
	}
	expect("the start", boxName, 0)
	was := n(boxName)
	leave(t, box, "INBOX", 0, "1-a")
	expect("a message", boxName, was)
	was = n(boxName)
	if err := s.Mark(boxName, "1-a", true); err != nil {
		t.Fatal(err)
	}
	expect("a move to a new folder", boxName, was)
	other := filepath.Join(filepath.Dir(filepath.Dir(box)), "sales", "3000")
	leave(t, other, "INBOX", 0, "1-z")
	expect("a new box", "3000@sales", 0)
	was = n("3000@sales")
	leave(t, other, "INBOX", 1, "1-y")
	expect("its second message", "3000@sales", was)
	was = n(boxName)
	if err := os.RemoveAll(box); err != nil {
		t.Fatal(err)
	}
	expect("that it is gone", boxName, was)
	cancel()
	if err := <-ended; err != context.Canceled {
		t.Error(err)
	}
}

func FuzzInfo(f *testing.F) {
	f.Add([]byte("[message]\ncallerid=\"A\" <1>\norigtime=1\nmsg_id=1-a\nduration=3\n"))
	f.Add([]byte("callerid=<<>>\"\nmsg_id=\x00\nduration=99999999999\n"))
	dir := f.TempDir()
	box := filepath.Join(dir, "default", "2101", "INBOX")
	if err := os.MkdirAll(box, 0o755); err != nil {
		f.Fatal(err)
	}
	s, err := Open(dir, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(filepath.Join(box, "msg0000.txt"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := s.Messages(boxName)
		if err != nil || len(l) > 1 {
			t.Fatalf("%+v, %v", l, err)
		}
		for _, m := range l {
			if m.ID == "" || !plain(m.ID) || m.Duration < 0 {
				t.Fatalf("%+v", m)
			}
		}
	})
}
