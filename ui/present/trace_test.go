package present

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// TestLockIsTrue: no call is said to be encrypted that is not, and each degree has its own shape and words.
func TestLockIsTrue(t *testing.T) {
	shapes := map[string]phone.Lock{}
	for _, language := range text.Languages() {
		text.SetLanguage(language)
		for _, signalling := range []phone.Transport{"", phone.TransportUDP, phone.TransportTCP, phone.TransportTLS} {
			for _, keying := range []phone.Keying{"", phone.KeyingSDES, phone.KeyingDTLS} {
				c := call(1, phone.StateConnected, func(c *phone.Call) {
					c.Codec, c.SRTP, c.Security = "opus", "AES_CM_128_HMAC_SHA1_80", phone.Security{Signalling: signalling, Keying: keying}
				})
				l := lockOf(c)
				if l.Lock != c.Security.Lock() || l.Word == "" || l.Why == "" {
					t.Errorf("%s and %q: %+v", signalling, keying, l)
				}
				if safe := signalling == phone.TransportTLS && keying != ""; (l.Icon == "lock") != safe || (l.Tone == ToneGreen) != safe || (l.Word == text.T("lock.closed")) != safe {
					t.Errorf("%s and %q is shown as %+v", signalling, keying, l)
				}
				if other, seen := shapes[l.Icon]; seen && other != l.Lock {
					t.Errorf("%s has the shape of %s", l.Lock, other)
				}
				shapes[l.Icon] = l.Lock
				if words := strings.ToLower(l.Word + l.Why); strings.Contains(words, "secure") || strings.Contains(words, "säker") {
					t.Errorf("%q promises too much", words)
				}
			}
		}
	}
	text.SetLanguage("en")
	sdes := lockOf(call(1, phone.StateConnected, func(c *phone.Call) {
		c.Codec, c.Security = "opus", phone.Security{Signalling: "udp", Keying: phone.KeyingSDES}
	}))
	if !strings.Contains(sdes.Why, "keys crossed the network in clear") {
		t.Errorf("SDES over clear signalling: %q", sdes.Why)
	}
	if l := lockOf(call(1, phone.StateDialing)); l != (LockSign{}) {
		t.Errorf("before there is sound: %+v", l)
	}
	ended := call(1, phone.StateEnded, func(c *phone.Call) { c.Codec, c.Security = "opus", phone.Security{Signalling: "tls", Keying: "sdes"} })
	if l := lockOf(ended); l != (LockSign{}) {
		t.Errorf("of a call that is over: %+v", l)
	}
}

func TestWeakestLock(t *testing.T) {
	if got := weakest([]LockSign{{Lock: phone.LockClosed}, {}, {Lock: phone.LockWeak}}); got.Lock != phone.LockWeak {
		t.Errorf("%+v", got)
	}
	if got := weakest([]LockSign{{Lock: phone.LockWeak}, {Lock: phone.LockOpen}, {Lock: phone.LockClosed}}); got.Lock != phone.LockOpen {
		t.Errorf("%+v", got)
	}
}

func TestAccountSignalling(t *testing.T) {
	if _, words, _ := signallingOf(phone.Account{SRTP: phone.SRTPRequired, Proxy: "sips:edge.example"}); words != text.T("account.tls_required") {
		t.Errorf("by a proxy over TLS: %q", words)
	}
	for _, c := range []struct {
		transport phone.Transport
		srtp      phone.SRTPMode
		keying    phone.Keying
		want      string
		tone      Tone
	}{
		{"", phone.SRTPOff, "", "account.in_clear", ToneQuiet}, {"udp", phone.SRTPRequired, "", "account.sdes_in_clear", ToneAmber}, {"tcp", phone.SRTPOptional, phone.KeyingSDES, "account.sdes_in_clear", ToneAmber},
		{"", phone.SRTPRequired, phone.KeyingDTLS, "account.dtls_in_clear", ToneAmber}, {"tls", phone.SRTPOff, "", "account.tls_only", ToneQuiet},
		{"tls", phone.SRTPOptional, "", "account.tls_optional", ToneGreen}, {"tls", phone.SRTPRequired, phone.KeyingDTLS, "account.tls_required", ToneGreen},
	} {
		if _, words, tone := signallingOf(phone.Account{Transport: c.transport, SRTP: c.srtp, Keying: c.keying}); words != text.T(c.want) || tone != c.tone {
			t.Errorf("%+v: %q %s", c, words, tone)
		}
	}
}

// listen lets a call sound in some way for so many seconds.
func listen(x Traces, from time.Time, seconds int, change func(second int, c *phone.Call)) (Scene, time.Time) {
	var s Scene
	for i := range seconds {
		at := from.Add(time.Duration(i) * time.Second)
		s = scene(func(s *phone.Snapshot) {
			s.Calls, s.Active = []phone.Call{call(1, phone.StateConnected, func(c *phone.Call) {
				c.Codec, c.Quality = "opus", phone.Quality{MOS: 4.3, MOSOut: 4.2, RTTMS: 30}
				change(i, c)
			})}, 1
		})
		s.Now, s.Heard = at, x
		x.Follow(s.Snap, at)
	}
	return s, from.Add(time.Duration(seconds) * time.Second)
}

func well(int, *phone.Call) {}

func saidOf(s Scene) []string {
	var out []string
	for _, n := range CallsOf(s).Main.Notices {
		out = append(out, n.Text)
	}
	return out
}

// TestBadSoundInWords: each cause has its own words, they wait until it has been bad for a while and stay a while.
func TestBadSoundInWords(t *testing.T) {
	for want, bad := range map[hint]func(int, *phone.Call){
		hintOurs:   func(_ int, c *phone.Call) { c.Quality.LossIn, c.Quality.LossOut, c.Quality.MOS = 8, 6, 2.4 },
		hintIn:     func(_ int, c *phone.Call) { c.Quality.LossIn, c.Quality.MOS = 8, 2.4 },
		hintOut:    func(_ int, c *phone.Call) { c.Quality.LossOut, c.Quality.MOSOut = 8, 2.4 },
		hintUneven: func(_ int, c *phone.Call) { c.Quality.JitterMS, c.Quality.MOS = 90, 2.9 },
		hintDelay:  func(_ int, c *phone.Call) { c.Quality.RTTMS = 800 },
		hintDevice: func(i int, c *phone.Call) { c.Quality.Underruns = uint64(4 * i) },
		hintOther:  func(_ int, c *phone.Call) { c.Quality.MOS = 2.2 },
	} {
		x := Traces{}
		_, now := listen(x, noon, 20, well)
		s, now := listen(x, now, 3, bad)
		if got := saidOf(s); len(got) != 0 {
			t.Errorf("%s: told after 3 s: %q", want, got)
		}
		s, now = listen(x, now, 7, func(i int, c *phone.Call) { bad(i+3, c) })
		line := text.T("hint."+string(want), "name", "Anna Berg")
		if got := saidOf(s); len(got) != 1 || got[0] != line {
			t.Errorf("%s: %q", want, got)
		}
		quiet := s
		quiet.Snap = with(s.Snap, phone.Settings{phone.KeyQualityHint: "false"})
		if got := saidOf(quiet); len(got) != 0 {
			t.Errorf("%s is told to who does not want to know: %q", want, got)
		}
		s, now = listen(x, now, 5, well)
		if got := saidOf(s); len(got) != 1 {
			t.Errorf("%s: forgotten after 5 s: %q", want, got)
		}
		if s, _ = listen(x, now, 15, well); len(saidOf(s)) != 0 {
			t.Errorf("%s: still told: %q", want, saidOf(s))
		}
	}
}

func with(s *phone.Snapshot, settings phone.Settings) *phone.Snapshot {
	c := *s
	c.Settings = settings
	return &c
}

// TestOneBadSecondIsNothing: a call that stutters once a while is not worth words.
func TestOneBadSecondIsNothing(t *testing.T) {
	x := Traces{}
	s, _ := listen(x, noon, 60, func(i int, c *phone.Call) {
		if i%3 == 0 {
			c.Quality.LossIn, c.Quality.MOS = 20, 1.5
		}
	})
	if got := saidOf(s); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

// TestDoctorGoesFirst: what the phone has found out is told with what to do, and not beside guesses.
func TestDoctorGoesFirst(t *testing.T) {
	x := Traces{}
	s, _ := listen(x, noon, 20, func(_ int, c *phone.Call) {
		c.Quality.LossIn, c.Quality.MOS = 50, 1
		c.Warning = &phone.Reason{ID: phone.ReasonNoSound}
		c.Diagnosis = &phone.Diagnosis{Leg: phone.LegIn, Cause: phone.CauseStranger, Since: noon, Tried: "192.0.2.7:4000"}
	})
	m := CallsOf(s).Main
	if len(m.Notices) != 1 || !strings.Contains(m.Notices[0].Text, text.T("doctor.stranger")) || !strings.Contains(m.Notices[0].Text, "192.0.2.7:4000") {
		t.Fatalf("%+v", m.Notices)
	}
	if m.Warning != "" {
		t.Errorf("said twice: %q", m.Warning)
	}
	if acts := m.Notices[0].Acts; len(acts) != 1 || acts[0].Command != "call.report" || !acts[0].Enabled {
		t.Errorf("no report: %+v", acts)
	}
}

// TestGraphStandsStill: a second changes one bar in each direction, and nothing moves.
func TestGraphStandsStill(t *testing.T) {
	x := Traces{}
	s, now := listen(x, noon, 75, func(i int, c *phone.Call) { c.Quality.MOS, c.Quality.MOSOut = 1.5+float64(i%7)/3, 4 })
	before := *graphOf(s, 1)
	for i := range TraceLength {
		if before.In[i].Share == 0 || before.Out[i].Share == 0 {
			t.Fatalf("bar %d of a whole minute is missing", i)
		}
	}
	s, _ = listen(x, now, 1, func(_ int, c *phone.Call) { c.Quality.MOS, c.Quality.MOSOut = 1.2, 1.2 })
	after := *graphOf(s, 1)
	changed := 0
	for i := range TraceLength {
		if before.In[i] != after.In[i] || before.Out[i] != after.Out[i] {
			changed++
		}
	}
	if changed != 1 || after.Next != (before.Next+1)%TraceLength {
		t.Errorf("%d bars changed; next %d then %d", changed, before.Next, after.Next)
	}
	if b := after.In[(after.Next+TraceLength-1)%TraceLength]; b.Tone != ToneRed || b.Share > 0.1 {
		t.Errorf("the newest bar: %+v", b)
	}
}

// TestGraphWithoutMotion: it is drawn anew every fifth second.
func TestGraphWithoutMotion(t *testing.T) {
	x := Traces{}
	at, changes := noon, 0
	var last Graph
	for range 60 {
		var s Scene
		s, at = listen(x, at, 1, func(i int, c *phone.Call) { c.Quality.MOS = 1.5 + float64(at.Unix()%9)/4 })
		s.Snap = with(s.Snap, phone.Settings{phone.KeyReduceMotion: "true"})
		if g := *graphOf(s, 1); g != last {
			last = g
			changes++
		}
	}
	if changes < 11 || changes > 14 {
		t.Errorf("drawn %d times in a minute", changes)
	}
}

// TestTracesForget: a call that is over leaves nothing behind, one on hold leaves a gap.
func TestTracesForget(t *testing.T) {
	x := Traces{}
	_, now := listen(x, noon, 10, well)
	s, now := listen(x, now, 10, func(_ int, c *phone.Call) { c.Hold = phone.HoldLocal })
	g := graphOf(s, 1)
	if b := g.In[(g.Next+TraceLength-1)%TraceLength]; b.Share != 0 {
		t.Errorf("on hold it sounded like %+v", b)
	}
	if b := g.In[(g.Next+TraceLength-15)%TraceLength]; b.Share == 0 {
		t.Error("what was before the hold is gone")
	}
	x.Follow(&phone.Snapshot{Calls: []phone.Call{call(1, phone.StateEnded)}}, now)
	if len(x) != 0 {
		t.Errorf("%d traces of calls that are over", len(x))
	}
}

// TestBellSwingsInTheStrip: the attendant's card of a ringing call moves its bell as the others do, and is still counted.
func TestBellSwingsInTheStrip(t *testing.T) {
	s := scene(func(s *phone.Snapshot) { s.Calls = []phone.Call{call(1, phone.StateIncoming)} })
	var seen []Status
	for range 2 {
		strip := CallStripOf(s, 0)
		seen = append(seen, strip.Cards[0].Status)
		if len(strip.Counts) != 1 || strip.Counts[0].Icon != "bell" {
			t.Errorf("counted: %+v", strip.Counts)
		}
		s.Now = s.Now.Add(500 * time.Millisecond)
	}
	if seen[0] == seen[1] {
		t.Errorf("the bell stands still: %q", seen)
	}
}

// TestWaitIsNotCut: how long a caller has waited stands by itself, where nothing of it can be cut.
func TestWaitIsNotCut(t *testing.T) {
	s := scene(func(s *phone.Snapshot) {
		s.Calls = []phone.Call{call(1, phone.StateIncoming, func(c *phone.Call) {
			c.Origin = &phone.Origin{Queue: "700", Name: "Felanmälan och support för hela koncernen", Waited: noon.Add(-95 * time.Second)}
		})}
	})
	in := CallsOf(s).Ringing[0]
	if !strings.Contains(in.Waited, "01:35") || strings.Contains(in.Caller.Route, "01:35") || !strings.Contains(in.Caller.Route, "koncernen") {
		t.Errorf("%q and %q", in.Waited, in.Caller.Route)
	}
}
