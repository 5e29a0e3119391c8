package phonetest_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// A server that goes away and comes back: nothing is lost, and what happened meanwhile is seen, on both sides.
func TestVoicemailServerRestarts(t *testing.T) {
	d := phonetest.StartDovecot(t, phonetest.DovecotOptions{})
	d.Deliver(t, fromAsterisk("Anna", "0701234567", time.Second, voice(440, time.Second)))
	m := openMailbox(t, inClear(d), mailPassword)
	m.has(10*time.Second, 1, 0)
	v := m.list(phone.VoiceMessageQuery{})[0]
	path, err := m.Sound(t.Context(), v.ID)
	if err != nil {
		t.Fatal(err)
	}
	d.Crash()
	m.until(10*time.Second, "that it is away", func() bool { return m.why() != "" })
	if l := m.list(phone.VoiceMessageQuery{}); len(l) != 1 || !m.box().Known {
		t.Errorf("while it is away: %+v", l)
	}
	if again, err := m.Sound(t.Context(), v.ID); err != nil || again != path {
		t.Errorf("what was fetched cannot be played: %v", err)
	}
	if err := m.Mark(t.Context(), v.ID, true); err != nil || m.box().Old != 1 {
		t.Errorf("marked with %v: %+v", err, m.box())
	}
	if err := m.Delete(t.Context(), v.ID); err == nil || phone.ReasonOf(err).ID == phone.ReasonInternal {
		t.Errorf("deleted with %v", err)
	}
	d.Deliver(t, fromAsterisk("Bo", "0709999999", time.Second, voice(500, time.Second)))
	d.Begin(t)
	begun := time.Now()
	m.has(40*time.Second, 1, 1)
	t.Logf("back after %v", time.Since(begun).Round(time.Millisecond))
	phonetest.Until(t, 20*time.Second, "it is told what was marked", func() bool {
		f := d.Files(t)
		return len(f) == 2 && strings.HasSuffix(f[0], "S") != strings.HasSuffix(f[1], "S")
	})
	if m.list(phone.VoiceMessageQuery{New: true})[0].From.Number != "0709999999" {
		t.Error("another message is new")
	}

	// The same mailbox from a backup: all is new to us, and no old name fits.
	d.Crash()
	d.Renumber(t)
	d.Begin(t)
	m.Check()
	m.until(40*time.Second, "the mailbox numbered anew", func() bool {
		l := m.list(phone.VoiceMessageQuery{})
		return len(l) == 2 && !strings.HasPrefix(l[0].ID, strings.TrimSuffix(v.ID, "/1")) && m.why() == ""
	})
	if _, err := m.Sound(t.Context(), v.ID); phone.ReasonOf(err).ID != phone.ReasonNoMessage {
		t.Errorf("an old name: %v", err)
	}
	phonetest.Until(t, 5*time.Second, "the old sound's end", func() bool { _, err := os.Stat(path); return err != nil })
}

// A server without UIDPLUS and IDLE: only ours is removed.
func TestVoicemailPlainServer(t *testing.T) {
	d := phonetest.StartDovecot(t, phonetest.DovecotOptions{Capabilities: "IMAP4rev1"})
	for i := range 3 {
		d.Deliver(t, fromAsterisk("Anna", "070000000"+strconv.Itoa(i), time.Second, voice(440, time.Second)))
	}
	m := openMailbox(t, inClear(d), mailPassword)
	m.has(10*time.Second, 3, 0)
	id := func(number string) string { return m.list(phone.VoiceMessageQuery{Text: number})[0].ID }
	if err := m.Delete(t.Context(), id("0700000000")); err != nil {
		t.Fatal(err)
	}
	if f := d.Files(t); len(f) != 2 {
		t.Errorf("after deleting one: %v", f)
	}
	// Somebody else has marked one as deleted and may change their mind.
	theirs := d.Files(t)[1]
	d.Flag(t, theirs, "T")
	m.Check()
	m.has(10*time.Second, 1, 0)
	if err := m.Delete(t.Context(), id("0700000001")); err != nil {
		t.Fatal(err)
	}
	if f := d.Files(t); len(f) != 2 || len(m.list(phone.VoiceMessageQuery{})) != 0 {
		t.Errorf("theirs was removed: %v", f)
	}
	d.Flag(t, d.Files(t)[1], "")
	m.Check()
	m.has(10*time.Second, 1, 0)
}

// proxy stands between phone and server, counts, and cuts.
type proxy struct {
	addr string
	down atomic.Int64 // bytes from the server
	cut  atomic.Int64 // cut when down reaches it, once; 0 never
	up   atomic.Int64 // bytes to the server
	full atomic.Int64 // when up reaches it, once, reached is called; 0 never

	reached func()
}

func newProxy(t testing.TB, to int) *proxy {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{addr: l.Addr().String()}
	var group sync.WaitGroup
	t.Cleanup(func() { l.Close(); group.Wait() })
	group.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			group.Go(func() {
				defer in.Close()
				out, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", to))
				if err != nil {
					return
				}
				defer out.Close()
				group.Go(func() {
					_, _ = io.Copy(upward{p, out}, in)
					out.Close()
				})
				buf := make([]byte, 16<<10)
				for {
					n, err := out.Read(buf)
					now := p.down.Add(int64(n))
					if at := p.cut.Load(); at > 0 && now >= at && p.cut.CompareAndSwap(at, 0) {
						return
					}
					if _, werr := in.Write(buf[:n]); err != nil || werr != nil {
						return
					}
				}
			})
		}
	})
	return p
}

// upward counts what goes to the server.
type upward struct {
	p *proxy
	w io.Writer
}

func (u upward) Write(b []byte) (int, error) {
	now := u.p.up.Add(int64(len(b)))
	if at := u.p.full.Load(); at > 0 && now >= at && u.p.full.CompareAndSwap(at, 0) {
		u.p.reached()
	}
	return u.w.Write(b)
}

// A long message, and the connection that breaks while it comes.
func TestVoicemailLongMessage(t *testing.T) {
	d := phonetest.StartDovecot(t, phonetest.DovecotOptions{})
	long := voice(440, 10*time.Minute+50*time.Second) // 10 MB
	d.Deliver(t, fromAsterisk("Anna", "0701234567", 50*time.Second, long))
	p := newProxy(t, d.Port)
	m := openMailbox(t, phone.MailServer{Address: p.addr, TLS: phone.MailTLSNone}, mailPassword)
	m.has(10*time.Second, 1, 0)
	if n := p.down.Load(); n > 50_000 {
		t.Errorf("the list took %d bytes", n)
	}
	id := m.list(phone.VoiceMessageQuery{})[0].ID
	p.cut.Store(p.down.Load() + 5<<20)
	if path, err := m.Sound(t.Context(), id); err == nil || phone.ReasonOf(err).ID == phone.ReasonInternal {
		t.Errorf("cut in the middle: %q, %v", path, err)
	}
	if entries, _ := os.ReadDir(m.folder); len(entries) != 0 {
		t.Errorf("half a message was kept: %v", entries)
	}
	if l := m.list(phone.VoiceMessageQuery{}); len(l) != 1 {
		t.Errorf("after the cut: %+v", l)
	}
	begun := time.Now()
	path, err := m.Sound(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d MB in %v", len(long)>>20, time.Since(begun).Round(time.Millisecond))
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, long) {
		t.Errorf("%d bytes of %d, %v", len(b), len(long), err)
	}
	if v := m.list(phone.VoiceMessageQuery{})[0]; v.Duration != 650*time.Second || v.Size != len(long) {
		t.Errorf("%+v", v)
	}
}

// A mailbox that nobody ever cleared.
func TestVoicemailManyMessages(t *testing.T) {
	d := phonetest.StartDovecot(t, phonetest.DovecotOptions{})
	const n = 5000
	tone := voice(440, time.Second/2)
	for i := range n {
		d.Deliver(t, fromAsterisk("Anna", fmt.Sprintf("07%08d", i), time.Second, tone))
	}
	p := newProxy(t, d.Port)
	begun := time.Now()
	m := openMailbox(t, phone.MailServer{Address: p.addr, TLS: phone.MailTLSNone}, mailPassword)
	m.has(60*time.Second, n, 0)
	listed, took := p.down.Load(), time.Since(begun)
	m.until(60*time.Second, "what is written in them", func() bool {
		return !slices.ContainsFunc(m.list(phone.VoiceMessageQuery{Limit: n}), func(v phone.VoiceMessage) bool { return v.Duration == 0 })
	})
	t.Logf("%d messages listed in %v, %.1f MB; with what is written in them %v, %.1f MB", n, took.Round(time.Millisecond), float64(listed)/1e6,
		time.Since(begun).Round(time.Millisecond), float64(p.down.Load())/1e6)
	if listed > n*2500 || p.down.Load() > n*4000 { // a sound is 11 kB
		t.Errorf("%d bytes, then %d", listed, p.down.Load())
	}
	if l := m.list(phone.VoiceMessageQuery{}); len(l) != 200 {
		t.Errorf("%d in an answer", len(l))
	}
	begun = time.Now()
	d.Deliver(t, fromAsterisk("Bo", "0811111111", time.Second, tone))
	m.has(2*time.Second, n+1, 0)
	t.Logf("one more seen after %v", time.Since(begun).Round(time.Millisecond))
}
