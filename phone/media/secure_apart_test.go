package media

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"svara/audio"
	"svara/phone"
	"svara/phone/sdp"
)

// told lets time pass until each side has had reports of the other, and these speak of it.
func told(t *testing.T, c *clock, a, b *party) {
	t.Helper()
	block := make([]int16, audio.BlockSize)
	before := [2]uint64{}
	before[0], _ = a.listener.told()
	before[1], _ = b.listener.told()
	until(t, "reports both ways", func() bool {
		c.advance(time.Second)
		for _, p := range []*party{a, b} {
			p.Write(block)
			p.Write(block)
			p.net.fetch()
		}
		atA, _ := a.listener.told()
		atB, _ := b.listener.told()
		return atA > before[0] && atB > before[1] && a.listener.figures(c.now()).known && b.listener.figures(c.now()).known
	})
}

// Where RTCP keeps a port of its own it has a handshake, and keys, of its own (RFC 5764 4), also through a hold, a new
// association and a change to one port and back.
func TestHandshakeForReports(t *testing.T) {
	c := newClock()
	a := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
	b := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
	apartly(t, a, b)
	begin(t, a, b)
	talk(t, c, a, b, time.Second)
	told(t, c, a, b)
	plan := a.plan.Load()
	if plan.mux || plan.apart == nil || plan.apart == plan.guard {
		t.Fatalf("one port %v, keys of their own %v", plan.mux, plan.apart)
	}
	first := a.reports.association.Load()
	apartly(t, a, b) // as a hold does
	told(t, c, a, b)
	if a.reports.association.Load() != first || a.plan.Load().apart != plan.apart {
		t.Error("another association")
	}

	// The peer is another one: so are both associations.
	b.control.Lock()
	b.secrets.proof = certificate{}
	b.sound.guard, b.reports.guard = nil, nil
	b.control.Unlock()
	apartly(t, b, a)
	until(t, "new keys", func() bool {
		a.plan.Load().begin()
		b.plan.Load().begin()
		p, q := a.plan.Load(), b.plan.Load()
		return p.guard.done.Load() && p.apart.done.Load() && q.guard.done.Load() && q.apart.done.Load()
	})
	if a.plan.Load().apart == plan.apart || a.reports.association.Load() == first {
		t.Error("the same association")
	}
	told(t, c, a, b)

	negotiate(t, a, b, sdp.SendRecv, sdp.SendRecv)
	if p := a.plan.Load(); !p.mux || p.apart != nil || a.reports.association.Load() != nil {
		t.Errorf("one port %v, but %v beside it", p.mux, p.apart)
	}
	told(t, c, a, b)
	apartly(t, b, a)
	told(t, c, a, b)
	if n := len(a.events.all()); n == 0 {
		t.Error("nothing was told")
	}
	for _, e := range append(a.events.all(), b.events.all()...) {
		if _, ok := e.(Insecure); ok {
			t.Errorf("%+v", e)
		}
	}
}

// A peer that shakes hands for its sound only, and encrypts its reports with the keys of that: they are believed, ours are
// not sent as it could not read them, the sound goes on, and nothing is told to be wrong with it. Nothing is sent in clear.
func TestPeerWithOneHandshake(t *testing.T) {
	c := newClock()
	a := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
	b := newGuarded(t, c, phone.SRTPRequired, phone.KeyingDTLS, plain{})
	offer, err := a.Offer(sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := b.Answer([]byte(apart(string(offer))), sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	control := newPeer(t)
	moved := strings.Replace(string(answer), "a=sendrecv", "a=rtcp:"+portOf(control.addr())+" IN IP4 127.0.0.1\r\na=sendrecv", 1)
	moved = without(moved, "a=rtcp:"+portOf(b.rtcp.local()))
	if err := a.Accept([]byte(moved)); err != nil {
		t.Fatal(err)
	}
	begin(t, a, b)
	talk(t, c, a, b, time.Second)
	report := &rtcp.ReceiverReport{SSRC: b.ssrc.Load(), Reports: []rtcp.ReceptionReport{{SSRC: a.ssrc.Load(), LastSequenceNumber: 5}}}
	clear, err := rtcp.Marshal([]rtcp.Packet{report})
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := b.sound.guard.keys.Load().out.rtcp.EncryptRTCP(nil, clear, nil)
	if err != nil {
		t.Fatal(err)
	}
	a.net.sortControl(clear, control.addr())
	if n, _ := a.listener.told(); n != 0 {
		t.Error("a report in clear is believed")
	}
	a.net.sortControl(sealed, control.addr())
	if n, _ := a.listener.told(); n != 1 {
		t.Error("the peer's report is not believed")
	}
	talk(t, c, a, b, 30*time.Second)
	a.Close()
	if err := control.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, packetSize)
	for {
		n, err := control.Read(buf)
		if err != nil {
			break
		}
		if buf[0] < 20 || buf[0] > 63 || bytes.Contains(buf[:n], []byte(a.cfg.CNAME)) {
			t.Errorf("sent to a peer without keys: % x", buf[:min(n, 40)])
		}
	}
	for _, e := range a.events.all() {
		if _, ok := e.(Insecure); ok {
			t.Errorf("%+v", e)
		}
	}
}
