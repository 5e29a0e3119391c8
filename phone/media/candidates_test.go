package media

import (
	"math"
	"net"
	"net/netip"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/phone"
	"svara/phone/media/ice"
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

// A peer that does not speak ICE is talked with as before, on the same port; so is one that keeps RTP and RTCP apart but
// has no candidates for both, and one whose addresses were changed on the way (RFC 8839 5.3).
func TestPeersWithoutICE(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(string) string
		plan bool // whether ICE is in force
		says string
	}{
		"as it is":         {func(s string) string { return s }, true, "a=ice-ufrag:"},
		"no candidates":    {func(s string) string { return without(s, "a=ice-", "a=candidate:") }, false, ""},
		"two ports":        {apart, true, "a=ice-ufrag:"},
		"half of them":     {func(s string) string { return withoutControl(apart(s)) }, false, ""},
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

// apart is an offer without rtcp-mux, withoutControl one without candidates for RTCP.
func apart(text string) string { return without(text, "a=rtcp-mux") }

func withoutControl(text string) string {
	return regexp.MustCompile(`a=candidate:\S+ 2 .*\r\n`).ReplaceAllString(text, "")
}

// apartly lets a offer to b, on whose way the word of one port is lost. It returns offer and answer.
func apartly(t *testing.T, a, b *party) (offer, answer string) {
	t.Helper()
	said, err := a.Offer(sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	offer = apart(string(said))
	reply, err := b.Answer([]byte(offer), sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Accept(reply); err != nil {
		t.Fatal(err)
	}
	return offer, string(reply)
}

var component = regexp.MustCompile(`a=candidate:(\S+) (\d) UDP (\d+) \S+ (\d+) typ host\r\n`)

// Where RTCP keeps its own port both components have candidates, with one foundation and the priority of RFC 8445 5.1.2.1,
// checks and a pair: reports take it, and nobody else's are believed there.
func TestRTCPHasAPairOfItsOwn(t *testing.T) {
	for _, c := range []struct {
		name   string
		mode   phone.SRTPMode
		keying phone.Keying
	}{{"clear", phone.SRTPOff, ""}, {"sdes", phone.SRTPRequired, phone.KeyingSDES}, {"dtls", phone.SRTPRequired, phone.KeyingDTLS}} {
		t.Run(c.name, func(t *testing.T) {
			clock := newClock()
			secure := func(cfg *Config) { cfg.Security = Security{c.mode, c.keying} }
			a, b := newSeeker(t, clock, secure, plain{}), newSeeker(t, clock, secure, plain{})
			offer, answer := apartly(t, a, b)
			for who, text := range map[*party]string{a: offer, b: answer} {
				got := component.FindAllStringSubmatch(text, -1)
				if len(got) != 2 || got[0][1] != got[1][1] || got[0][2] != "1" || got[1][2] != "2" ||
					number(t, got[0][3]) != number(t, got[1][3])+1 || number(t, got[1][4]) != int(who.rtcp.local().Port()) {
					t.Errorf("%q\n%s", got, text)
				}
			}
			found(t, a, b)
			if c.keying == phone.KeyingDTLS {
				begin(t, a, b) // what one sends while the other has no keys yet is lost
			}
			until(t, "reports both ways over their own pair", func() bool {
				clock.advance(3 * time.Second)
				atA, _ := a.listener.told()
				atB, _ := b.listener.told()
				listen20(a)
				a.Write(make([]int16, audio.BlockSize))
				b.Write(make([]int16, audio.BlockSize))
				return atA > 0 && atB > 0
			})
			if r := a.controlPath.Route(); r == nil || r.Local != a.rtcp.local() || r.Remote != b.rtcp.local() {
				t.Fatalf("%+v", r)
			}
			p := a.plan.Load()
			if to := a.controlDestination(p); to != b.rtcp.local() || p.mux {
				t.Errorf("RTCP goes to %v, one port %v", to, p.mux)
			}
			if a.net.trusts(p, newPeer(t).addr(), false) || a.net.trusts(p, b.LocalAddr(), false) || !a.net.trusts(p, b.rtcp.local(), false) {
				t.Error("reports of another than the other end are believed")
			}

			// The way of RTCP is lost: it is to be looked for again, and the sound goes on meanwhile.
			a.turnedControl(ice.Lost)
			if got := a.events.all(); slices.Contains(got, Event(Lost{})) {
				t.Errorf("%+v", got)
			}
			a.turnedControl(ice.Gone)
			a.events.until(t, Lost{})

			// A restart is of both, under the same words.
			before, beforeControl := a.path.Route(), a.controlPath.Route()
			if !a.Restart() {
				t.Fatal("no restart")
			}
			again, _ := apartly(t, a, b)
			if words := regexp.MustCompile("a=ice-ufrag:.*").FindAllString(again, -1); len(words) != 1 || strings.Contains(offer, words[0]) {
				t.Errorf("%q", words)
			}
			until(t, "other pairs", func() bool { return a.path.Route() != before && a.controlPath.Route() != beforeControl })
			_, atB := run(t, clock, a, b, 2*time.Second, sine(1000, 8000), nil)
			hears(t, "b after a restart", atB, 1000)

			// Where they agree on one port in the call, RTCP's own has done its work.
			negotiate(t, a, b, sdp.SendRecv, sdp.SendRecv)
			if a.controlPath.Route() != nil || b.controlPath.Route() != nil || !a.plan.Load().mux {
				t.Error("RTCP keeps a port that is not needed")
			}
		})
	}
}

// The called side begins to look for RTCP's way when that of RTP is found, although nothing of the peer's has come by it: a
// translator may let nothing in before something has left.
func TestRTCPIsCheckedWithRTP(t *testing.T) {
	a, b := newSeeker(t, newClock(), nil, plain{}), newSeeker(t, newClock(), nil, plain{})
	wall := newPeer(t) // what either sends to the other's RTCP comes here
	offer, err := a.Offer(sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	port := func(p *party) string { return portOf(p.rtcp.local()) }
	answer, err := b.Answer([]byte(strings.ReplaceAll(apart(string(offer)), port(a), portOf(wall.addr()))), sdp.SendRecv)
	if err == nil {
		err = a.Accept([]byte(strings.ReplaceAll(string(answer), port(b), portOf(wall.addr()))))
	}
	if err != nil {
		t.Fatal(err)
	}
	until(t, "way of the sound", func() bool { return b.path.Route() != nil })
	if err := wall.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, packetSize)
	for {
		_, from, err := wall.ReadFromUDPAddrPort(buf)
		if err != nil {
			t.Fatal("no check of RTCP's way: ", err)
		}
		if from.Port() == b.rtcp.local().Port() {
			return
		}
	}
}

// An offer is for both until the answer says that RTCP shares the port; after that nothing is looked for that is not needed.
func TestOnePortNeedsOneComponent(t *testing.T) {
	a, b := newSeeker(t, newClock(), nil, plain{}), newSeeker(t, newClock(), nil, plain{})
	offer, err := a.Offer(sdp.SendRecv)
	if err != nil || len(component.FindAllString(string(offer), -1)) != 2 || !strings.Contains(string(offer), "a=rtcp-mux") {
		t.Fatalf("%v\n%s", err, offer)
	}
	answer, err := b.Answer(offer, sdp.SendRecv)
	if err != nil || len(component.FindAllString(string(answer), -1)) != 1 {
		t.Fatalf("%v\n%s", err, answer)
	}
	if err := a.Accept(answer); err != nil {
		t.Fatal(err)
	}
	found(t, a, b)
	a.turnedControl(ice.Gone) // of a round that nobody needed
	if got := a.events.all(); slices.Contains(got, Event(Lost{})) {
		t.Errorf("%+v", got)
	}
	again, err := a.Offer(sdp.SendRecv)
	if err != nil || len(component.FindAllString(string(again), -1)) != 1 {
		t.Errorf("%v\n%s", err, again)
	}

	// Another branch of the call answers the first offer with two ports: it finds both.
	a, c := newSeeker(t, newClock(), nil, plain{}), newSeeker(t, newClock(), nil, plain{})
	b = newSeeker(t, newClock(), nil, plain{})
	offer, err = a.Offer(sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	for _, branch := range []struct {
		*party
		offer string
	}{{b, string(offer)}, {c, apart(string(offer))}} {
		answer, err := branch.Answer([]byte(branch.offer), sdp.SendRecv)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Accept(answer); err != nil {
			t.Fatal(err)
		}
		found(t, branch.party)
	}
	until(t, "both pairs of the second branch", func() bool {
		r, control := a.path.Route(), a.controlPath.Route()
		return r != nil && control != nil && r.Remote == c.LocalAddr() && control.Remote == c.rtcp.local()
	})
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
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
