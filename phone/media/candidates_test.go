package media

import (
	"math"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/phone"
	"svara/phone/sdp"
)

// newSeeker is a stream that looks for its way.
func newSeeker(t testing.TB, c *clock, edit func(*Config), codecs ...audio.Codec) *party {
	t.Helper()
	e := newEvents()
	cfg := Config{Local: loopback, Codecs: codecs, Notify: e.add, Now: c.now, ICE: ICE{Enabled: true}}
	if edit != nil {
		edit(&cfg)
	}
	pace := quick
	pace.flight, pace.handshake = 50*time.Millisecond, 12*time.Second
	s, err := open(cfg, pace)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &party{s, e}
}

func found(t *testing.T, parties ...*party) {
	t.Helper()
	for _, p := range parties {
		p.events.until(t, Found{})
	}
}

func hears(t *testing.T, what string, pcm []int16, hz float64) {
	t.Helper()
	if amplitude, rest := tone(pcm[len(pcm)-audio.Rate/2:], hz); math.Abs(amplitude-8000) > 400 || rest > 400 {
		t.Errorf("%s: amplitude %.0f, rest %.1f", what, amplitude, rest)
	}
}

// Sound flows over the pair that was found, in clear and encrypted either way, and goes on through a hold and a restart.
func TestSoundOverICE(t *testing.T) {
	for _, c := range []struct {
		name string
		sec  Security
	}{
		{"clear", Security{}},
		{"sdes", Security{Mode: phone.SRTPRequired}},
		{"dtls", Security{Mode: phone.SRTPRequired, Keying: phone.KeyingDTLS}},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := newClock()
			secure := func(cfg *Config) { cfg.Security = c.sec }
			a, b := newSeeker(t, clock, secure, plain{}), newSeeker(t, clock, secure, plain{})
			connect(t, a, b)
			found(t, a, b)
			if c.sec.Keying == phone.KeyingDTLS {
				block := make([]int16, audio.BlockSize)
				for range 3 { // sound is wanted
					a.Write(block)
					b.Write(block)
				}
				until(t, "keys", func() bool { return a.Agreed().Suite != "" && b.Agreed().Suite != "" })
			}
			atA, atB := run(t, clock, a, b, 2*time.Second, sine(1000, 8000), sine(440, 8000))
			hears(t, "b", atB, 1000)
			hears(t, "a", atA, 440)
			local, remote, ok := a.pair(a.plan.Load())
			if !ok || local != a.LocalAddr() || remote != b.LocalAddr() {
				t.Errorf("%v %v", local, remote)
			}

			negotiate(t, a, b, sdp.SendOnly, sdp.SendRecv)
			negotiate(t, b, a, sdp.SendRecv, sdp.SendRecv)
			if !a.plan.Load().checked || len(a.events.all()) > len(b.events.all())+3 {
				t.Error("a hold has begun anew")
			}
			before := a.path.Route()
			if !a.Restart() {
				t.Fatal("no restart")
			}
			negotiate(t, a, b, sdp.SendRecv, sdp.SendRecv)
			until(t, "another pair", func() bool { return a.path.Route() != before && b.path.Route().Remote == a.LocalAddr() })
			atA, atB = run(t, clock, a, b, 2*time.Second, sine(1000, 8000), sine(440, 8000))
			hears(t, "b after a restart", atB, 1000)
			hears(t, "a after a restart", atA, 440)
		})
	}
}

// A peer that does not speak ICE is talked with as before, on the same port; so is one that keeps RTP and RTCP apart, and
// one whose addresses were changed on the way (RFC 8839 5.3).
func TestPeersWithoutICE(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(string) string
		plan bool // whether ICE is in force
		says string
	}{
		"as it is":         {func(s string) string { return s }, true, "a=ice-ufrag:"},
		"no candidates":    {func(s string) string { return without(s, "a=ice-", "a=candidate:") }, false, ""},
		"two ports":        {func(s string) string { return without(s, "a=rtcp-mux") }, false, ""},
		"address replaced": {func(s string) string { return strings.Replace(s, "c=IN IP4 127.0.0.1", "c=IN IP4 127.0.0.2", 1) }, false, "a=ice-mismatch"},
	} {
		t.Run(name, func(t *testing.T) {
			clock := newClock()
			a, b := newSeeker(t, clock, nil, plain{}), newSeeker(t, clock, nil, plain{})
			offer, err := a.Offer(sdp.SendRecv)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := b.Answer([]byte(c.edit(string(offer))), sdp.SendRecv)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(string(answer), "a=candidate:"); got != c.plan || !strings.Contains(string(answer), c.says) {
				t.Errorf("%s", answer)
			}
			if err := a.Accept(answer); err != nil {
				t.Fatal(err)
			}
			if a.plan.Load().checked != c.plan || b.plan.Load().checked != c.plan {
				t.Fatalf("checked %v %v", a.plan.Load().checked, b.plan.Load().checked)
			}
			if c.plan {
				found(t, a, b)
			} else if again, err := a.Offer(sdp.SendRecv); err != nil || strings.Contains(string(again), "ice-") {
				t.Errorf("%v\n%s", err, again)
			}
			if name == "address replaced" {
				return // nobody is there
			}
			_, atB := run(t, clock, a, b, 2*time.Second, sine(1000, 8000), nil)
			hears(t, "b", atB, 1000)
		})
	}
	// And an offer of theirs without any.
	clock := newClock()
	a, b := newParty(t, clock, plain{}), newSeeker(t, clock, nil, plain{})
	connect(t, a, b)
	atA, atB := run(t, clock, a, b, 2*time.Second, sine(1000, 8000), sine(440, 8000))
	hears(t, "b", atB, 1000)
	hears(t, "a", atA, 440)
}

func without(text string, lines ...string) string {
	var out []string
	for _, l := range strings.SplitAfter(text, "\n") {
		keep := true
		for _, prefix := range lines {
			keep = keep && !strings.HasPrefix(l, prefix)
		}
		if keep {
			out = append(out, l)
		}
	}
	return strings.Join(out, "")
}

// With ICE nobody but the other end of the checked pair is listened to or sent to, not even the address that the
// description named, and not before it has been checked.
func TestOnlyTheCheckedPairIsHeard(t *testing.T) {
	clock := newClock()
	a, b := newSeeker(t, clock, nil, g711.PCMA()), newSeeker(t, clock, nil, g711.PCMA())
	stranger := newPeer(t)
	offer, err := b.Offer(sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Answer(offer, sdp.SendRecv); err != nil { // b never hears of it: its checks are all there is
		t.Fatal(err)
	}
	enc, talk := encoder(t), sine(1000, 8000)
	block, pcm := make([]int16, audio.BlockSize), make([]int16, 2*audio.BlockSize)
	for range 50 {
		clock.advance(20 * time.Millisecond)
		payload := make([]byte, 500)
		talk(pcm)
		n, err := enc.Encode(payload, pcm)
		if err != nil {
			t.Fatal(err)
		}
		packet, err := stranger.packet(payload[:n]).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		a.net.sort(packet, stranger.addr())
		a.net.sort(packet, b.LocalAddr())
		a.Write(block)
		a.Write(block)
		for _, v := range listen20(a) {
			if v != 0 {
				t.Fatal("a stranger is heard")
			}
		}
	}
	if n := a.net.count.total; n != 0 {
		t.Errorf("%d packets of strangers taken", n)
	}
	if n := a.out.packets.Load(); n != 0 {
		t.Errorf("%d packets sent before there was a pair", n)
	}
}

// Waiting for candidates of dead servers does not hold up a call that ends.
func TestCloseWhileCandidatesAreLookedFor(t *testing.T) {
	dead, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer dead.Close()
	a := newSeeker(t, newClock(), func(c *Config) {
		c.ICE.STUN, c.ICE.TURN, c.ICE.User, c.ICE.Password = dead.LocalAddr().String(), dead.LocalAddr().String(), "u", "p"
	}, plain{})
	done := make(chan string)
	go func() {
		offer, _ := a.Offer(sdp.SendRecv)
		done <- string(offer)
	}()
	a.Close()
	<-done
}

// Behind a translator that the registrar is on the other side of, a plain offer names the address it is seen at.
func TestPublicAddress(t *testing.T) {
	public := netip.MustParseAddr("198.51.100.7")
	s, err := Open(Config{Local: loopback, Codecs: []audio.Codec{plain{}}, Public: public})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	offer, err := s.Offer(sdp.SendRecv)
	if err != nil || !strings.Contains(string(offer), "c=IN IP4 198.51.100.7\r\n") {
		t.Errorf("%v\n%s", err, offer)
	}
}

func TestSendingOverICEDoesNotAllocate(t *testing.T) {
	c := newClock()
	a, b := newSeeker(t, c, nil, g711.PCMA()), newSeeker(t, c, nil, g711.PCMA())
	connect(t, a, b)
	found(t, a, b)
	to := b.LocalAddr()
	packet := make([]byte, 172)
	packet[0] = 0x80
	least := math.MaxFloat64
	for range 3 { // the reporter and the agents allocate beside us
		least = min(least, testing.AllocsPerRun(1000, func() {
			if a.destination(a.plan.Load()) != to || a.transmit(packet, to) != nil {
				t.Fatal("not sent")
			}
		}))
	}
	if least != 0 {
		t.Errorf("%v allocations a packet", least)
	}
	runtime.KeepAlive(b)
}
