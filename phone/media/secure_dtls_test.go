package media

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"svara/audio"
	"svara/phone"
	"svara/phone/sdp"
)

// begin lets both sides want sound, as the audio loop does, until there are keys at both.
func begin(t testing.TB, sides ...*party) {
	t.Helper()
	for limit := time.Now().Add(time.Minute); ; runtime.Gosched() {
		ready := true
		for _, s := range sides {
			g := s.plan.Load().guard
			if g.keys.Load() == nil {
				ready = false
				g.begin()
			}
		}
		if ready {
			return
		}
		if time.Now().After(limit) {
			t.Fatal("no keys")
		}
	}
}

func TestHandshakeBothRoles(t *testing.T) {
	for name, modes := range map[string][2]phone.SRTPMode{
		"required": {phone.SRTPRequired, phone.SRTPRequired},
		"optional": {phone.SRTPOptional, phone.SRTPOptional},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClock()
			a := newGuarded(t, c, modes[0], phone.KeyingDTLS, plain{})
			b := newGuarded(t, c, modes[1], phone.KeyingSDES, plain{}) // takes what is offered
			connect(t, a, b)
			if x, y := a.plan.Load().guard.Active, b.plan.Load().guard.Active; x || !y {
				t.Errorf("caller active %v, called active %v", x, y)
			}
			if got := a.Agreed(); got.Keying != phone.KeyingDTLS || got.Suite != "" {
				t.Errorf("before the handshake: %+v", got)
			}
			// The called one's sound begins; the caller is woken by the handshake itself.
			block := make([]int16, audio.BlockSize)
			b.Write(block)
			b.Write(block)
			a.events.until(t, Secured{phone.KeyingDTLS, string(sdp.GCM128)})
			b.events.until(t, Secured{phone.KeyingDTLS, string(sdp.GCM128)})
			if a.out.packets.Load()+b.out.packets.Load() != 0 {
				t.Error("sound was sent before there were keys")
			}
			talk(t, c, a, b, time.Second)
			if got := a.Agreed(); got.Keying != phone.KeyingDTLS || got.Suite != string(sdp.GCM128) || b.Agreed().Suite != got.Suite {
				t.Errorf("%+v", got)
			}
			// Hold and resume, by either, keep the association and its roles (RFC 8842 4, 5.3).
			first := a.sound.association.Load()
			negotiate(t, a, b, sdp.SendOnly, sdp.SendRecv)
			negotiate(t, a, b, sdp.SendRecv, sdp.SendRecv)
			negotiate(t, b, a, sdp.SendRecv, sdp.SendRecv)
			talk(t, c, a, b, time.Second)
			if a.sound.association.Load() != first || first == nil {
				t.Error("another association")
			}
			if n := a.net.unreadable.Load() + b.net.unreadable.Load(); n != 0 {
				t.Errorf("%d packets could not be read", n)
			}
		})
	}
}

// Who shows another certificate than the announced one is not the peer.
func TestWrongFingerprint(t *testing.T) {
	for _, liar := range []string{"caller", "called"} {
		c := newClock()
		a := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
		b := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
		offer, err := a.Offer(sdp.SendRecv)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := b.Answer(offer, sdp.SendRecv)
		if err == nil {
			err = a.Accept(answer)
		}
		if err != nil {
			t.Fatal(err)
		}
		cheat, honest := a, b
		if liar == "called" {
			cheat, honest = b, a
		}
		cheat.secrets.proof = certificate{}
		if err := cheat.secrets.proof.make(); err != nil {
			t.Fatal(err)
		}
		block := make([]int16, audio.BlockSize)
		for range 2 {
			a.Write(block)
			b.Write(block)
		}
		honest.events.until(t, Insecure{phone.Reason{ID: phone.ReasonNotEncrypted, Text: "fingerprint"}})
		if honest.Agreed().Suite != "" || honest.out.packets.Load() != 0 {
			t.Errorf("%s lies: %+v, %d packets sent", liar, honest.Agreed(), honest.out.packets.Load())
		}
	}
}

// A peer that never answers the handshake: it is told, nothing is sent or taken, and closing does not wait.
func TestHandshakeTimesOut(t *testing.T) {
	c := newClock()
	e := newEvents()
	fast := quick
	fast.flight, fast.handshake = 5*time.Millisecond, 100*time.Millisecond
	s, err := open(Config{Local: loopback, Codecs: []audio.Codec{plain{}}, Notify: e.add, Now: c.now,
		Security: Security{phone.SRTPOptional, phone.KeyingDTLS}}, fast)
	if err != nil {
		t.Fatal(err)
	}
	a := &party{s, e}
	friend := newPeer(t)
	var proof certificate
	if err := proof.make(); err != nil {
		t.Fatal(err)
	}
	offer := sdp.Offer(sdp.Capabilities{Addr: loopback, Port: friend.addr().Port(), Direction: sdp.SendRecv, Mux: true,
		Codecs:   []sdp.Codec{{PT: 97, Name: "L16", Clock: 48000, Channels: 1}},
		Security: sdp.Security{Accept: true, Required: true, Keying: sdp.DTLS, Fingerprints: []sdp.Fingerprint{proof.fingerprint}}})
	if _, err := a.Answer(offer.Bytes(), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	if n := len(e.all()); n != 0 {
		t.Errorf("%d events while it rings", n)
	}
	friend.send(t, a.LocalAddr(), friend.packet(make([]byte, 160)))
	block := make([]int16, audio.BlockSize)
	for range 4 {
		a.Write(block)
	}
	e.until(t, Insecure{phone.Reason{ID: phone.ReasonNotEncrypted, Text: "timeout"}})
	if a.out.packets.Load() != 0 || a.net.count.total != 0 {
		t.Error("sound in clear")
	}
	a.Close()
}

// lossy is a relay between two streams that drops, doubles and holds back by a seed.
type lossy struct {
	*net.UDPConn
	lock sync.Mutex
	to   map[netip.AddrPort]netip.AddrPort
	work sync.WaitGroup
}

func newLossy(t testing.TB, seed uint64, loss float64) *lossy {
	t.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, 0)))
	if err != nil {
		t.Fatal(err)
	}
	l := &lossy{UDPConn: c, to: map[netip.AddrPort]netip.AddrPort{}}
	random := rand.New(rand.NewPCG(seed, 0))
	l.work.Go(func() {
		buf := make([]byte, packetSize)
		for {
			n, from, err := c.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			l.lock.Lock()
			to := l.to[netip.AddrPortFrom(from.Addr().Unmap(), from.Port())]
			l.lock.Unlock()
			if buf[0] >= 20 && buf[0] <= 63 { // the handshake
				if random.Float64() < loss {
					continue
				}
				if random.Float64() < 0.1 {
					c.WriteToUDPAddrPort(buf[:n], to)
				}
			}
			c.WriteToUDPAddrPort(buf[:n], to)
		}
	})
	t.Cleanup(func() { c.Close(); l.work.Wait() })
	return l
}

// Three of ten datagrams of the handshake are lost, and it still ends; both are told another address than the one the
// packets come from.
func TestHandshakeOverALossyRelay(t *testing.T) {
	for seed := range uint64(4) {
		c := newClock()
		a := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
		b := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
		relay := newLossy(t, seed, 0.3)
		at := relay.LocalAddr().(*net.UDPAddr).AddrPort()
		relay.lock.Lock()
		relay.to[a.LocalAddr()], relay.to[b.LocalAddr()] = b.LocalAddr(), a.LocalAddr()
		relay.lock.Unlock()
		moved := func(text []byte, from netip.AddrPort) []byte {
			return []byte(strings.Replace(string(text), "m=audio "+portOf(from), "m=audio "+portOf(at), 1))
		}
		offer, err := a.Offer(sdp.SendRecv)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := b.Answer(moved(offer, a.LocalAddr()), sdp.SendRecv)
		if err == nil {
			err = a.Accept(moved(answer, b.LocalAddr()))
		}
		if err != nil {
			t.Fatal(err)
		}
		begin(t, a, b)
		talk(t, c, a, b, time.Second)
	}
}

func portOf(a netip.AddrPort) string { return strings.TrimPrefix(a.String(), a.Addr().String()+":") }

// The peer says an address that nothing comes from, as behind a translator: the handshake goes where it really is, and so
// does the sound after it, also before the peer has sent any.
func TestHandshakeWithATranslatedPeer(t *testing.T) {
	c := newClock()
	a := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
	b := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
	nobody := newPeer(t)
	offer, err := a.Offer(sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := b.Answer(offer, sdp.SendRecv)
	if err == nil {
		err = a.Accept([]byte(strings.Replace(string(answer), "m=audio "+portOf(b.LocalAddr()), "m=audio "+portOf(nobody.addr()), 1)))
	}
	if err != nil {
		t.Fatal(err)
	}
	begin(t, a, b)
	if r := a.target.Load(); r == nil || r.source != b.LocalAddr() {
		t.Fatalf("sends to %v", r)
	}
	meet(t, c, a, b)
}

// meet lets both speak until each has heard the other.
func meet(t testing.TB, c *clock, a, b *party) {
	t.Helper()
	block := make([]int16, audio.BlockSize)
	for limit := time.Now().Add(time.Minute); a.heard.Load() == 0 || b.heard.Load() == 0; runtime.Gosched() {
		c.advance(audio.BlockTime)
		a.Write(block)
		b.Write(block)
		if time.Now().After(limit) {
			t.Fatalf("heard at %d and %d", a.heard.Load(), b.heard.Load())
		}
	}
}

// The peer begins before its answer is here: what it said is kept and used.
func TestHandshakeBeforeTheAnswer(t *testing.T) {
	c := newClock()
	a := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
	b := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
	offer, err := a.Offer(sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := b.Answer(offer, sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	b.plan.Load().guard.begin()
	for limit := time.Now().Add(time.Minute); ; runtime.Gosched() {
		a.sound.begun.lock.Lock()
		n := len(a.sound.begun.list)
		a.sound.begun.lock.Unlock()
		if n > 0 {
			break
		}
		if time.Now().After(limit) {
			t.Fatal("nothing came")
		}
	}
	if err := a.Accept(answer); err != nil {
		t.Fatal(err)
	}
	a.events.until(t, Secured{phone.KeyingDTLS, string(sdp.GCM128)})
	b.events.until(t, Secured{phone.KeyingDTLS, string(sdp.GCM128)})
	talk(t, c, a, b, time.Second)
}

// Noise and forged records during the handshake and after it: it succeeds, and the call goes on. A stranger is not
// listened to once the peer has spoken.
func TestHandshakeAmidNoise(t *testing.T) {
	c := newClock()
	a := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
	b := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
	connect(t, a, b)
	stranger := newPeer(t)
	random := rand.New(rand.NewPCG(5, 5))
	noise := func(n int) {
		for range n {
			junk := make([]byte, 13+random.IntN(200))
			for i := range junk {
				junk[i] = byte(random.Uint32())
			}
			junk[0] = byte(20 + random.IntN(44))
			if random.IntN(2) == 0 { // a fatal alert as it should look
				junk = append([]byte{21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, byte(random.Uint32()), 0, 2}, 2, 40)
			}
			stranger.WriteToUDPAddrPort(junk, a.LocalAddr())
			stranger.WriteToUDPAddrPort(junk, b.LocalAddr())
		}
	}
	noise(20)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				noise(1)
			}
		}
	}()
	begin(t, a, b)
	close(stop)
	<-stopped
	noise(100)
	talk(t, c, a, b, time.Second)
	if r := a.target.Load(); r != nil && r.source != b.LocalAddr() {
		t.Errorf("sends to %v", r)
	}
}

// A client whose try ends in the middle, at any moment, begins anew, and the server with it: neither waits for what the
// other has given up, or not for longer than half of its time.
func TestHandshakeBegunAnew(t *testing.T) {
	for round := range 30 {
		c := newClock()
		a := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
		b := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
		connect(t, a, b)
		client := b.sound.association.Load()
		b.plan.Load().guard.begin()
		for client.conn.Load() == nil {
			runtime.Gosched()
		}
		time.Sleep(time.Duration(round) * time.Millisecond / 2)
		client.inbox.Load().Close()
		begin(t, a, b)
		meet(t, c, a, b)
		a.Close()
		b.Close()
	}
}

// Another certificate in a call is another peer: a new handshake, and sound again (RFC 8842 4).
func TestAnotherAssociation(t *testing.T) {
	c := newClock()
	a := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
	b := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
	connect(t, a, b)
	begin(t, a, b)
	talk(t, c, a, b, time.Second)
	first, keys := a.sound.association.Load(), a.plan.Load().guard.keys.Load()
	b.control.Lock()
	b.secrets.proof = certificate{}
	b.sound.guard = nil // it has forgotten
	b.control.Unlock()
	negotiate(t, b, a, sdp.SendRecv, sdp.SendRecv)
	soon(t, "new keys", func() bool {
		a.plan.Load().guard.begin()
		b.plan.Load().guard.begin()
		return a.plan.Load().guard.keys.Load() != keys && b.plan.Load().guard.keys.Load() != nil
	})
	talk(t, c, a, b, time.Second)
	if a.sound.association.Load() == first {
		t.Error("the same association")
	}
}

// renewed is two streams with keys, of which b has forgotten them since and answers an offer of a's with a new association,
// which it says. a has not read the answer.
func renewed(t *testing.T) (c *clock, a, b *party, answer []byte) {
	t.Helper()
	c = newClock()
	a = newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
	b = newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
	connect(t, a, b)
	begin(t, a, b)
	offer, err := a.Offer(sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	b.control.Lock()
	b.sound.guard = nil
	b.control.Unlock()
	if answer, err = b.Answer(offer, sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	return c, a, b, append(answer, "a=connection:new\r\n"...)
}

// soon waits for something that goroutines of ours are about to do.
func soon(t *testing.T, what string, is func() bool) {
	t.Helper()
	for limit := time.Now().Add(time.Minute); !is(); runtime.Gosched() {
		if time.Now().After(limit) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

// Some exchanges begin a new association when a held call is resumed, with the old certificate, and say so (RFC 4145 5).
// What they say once more of the same offer changes nothing.
func TestRenewedAssociation(t *testing.T) {
	c, a, b, answer := renewed(t)
	first, forgotten := a.sound.association.Load(), a.plan.Load().guard
	if err := a.Accept(answer); err != nil {
		t.Fatal(err)
	}
	second := a.sound.association.Load()
	soon(t, "new keys", func() bool {
		b.plan.Load().guard.begin()
		return a.plan.Load().guard.done.Load() && b.plan.Load().guard.done.Load()
	})
	talk(t, c, a, b, time.Second)
	if err := a.Accept(append(answer, "a=again\r\n"...)); err != nil {
		t.Fatal(err)
	}
	if second == first || a.sound.association.Load() != second || a.plan.Load().guard == forgotten {
		t.Error("the associations are not as told")
	}
	talk(t, c, a, b, time.Second)
}

// TestHelloOvertakesItsAnswer: what a peer with a new association sends right after its answer may come before that. It is
// not for the association that was, although the peer has not been heard in that yet.
func TestHelloOvertakesItsAnswer(t *testing.T) {
	c, a, b, answer := renewed(t)
	first := a.sound.association.Load()
	b.plan.Load().guard.begin()
	soon(t, "the hello waits for the answer", func() bool {
		a.sound.begun.lock.Lock()
		defer a.sound.begun.lock.Unlock()
		return len(a.sound.begun.list) > 0
	})
	if err := a.Accept(answer); err != nil {
		t.Fatal(err)
	}
	soon(t, "new keys", func() bool { return a.plan.Load().guard.done.Load() && b.plan.Load().guard.done.Load() })
	if a.sound.association.Load() == first {
		t.Error("the same association")
	}
	talk(t, c, a, b, time.Second)
}
