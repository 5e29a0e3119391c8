package media

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/phone/sdp"
)

// peer is the other end by hand: a socket and an answer that names it.
type peer struct {
	*net.UDPConn
	seq   uint16
	stamp uint32
	ssrc  uint32
}

func newPeer(t testing.TB) *peer {
	t.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, 0)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &peer{UDPConn: c, ssrc: rand.Uint32()}
}

func (p *peer) addr() netip.AddrPort { return p.LocalAddr().(*net.UDPAddr).AddrPort() }

func (p *peer) description(direction sdp.Direction) []byte {
	return sdp.Offer(sdp.Capabilities{Addr: loopback, Port: p.addr().Port(), Direction: direction,
		Codecs: []sdp.Codec{{PT: 8, Name: "PCMA", Clock: 8000, Channels: 1}, {PT: 0, Name: "PCMU", Clock: 8000, Channels: 1}},
		Events: []sdp.Codec{sdp.Event(101, 8000)}}).Bytes()
}

func (p *peer) packet(payload []byte) *rtp.Packet {
	p.seq++
	p.stamp += 160
	return &rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 8, SequenceNumber: p.seq, Timestamp: p.stamp, SSRC: p.ssrc}, Payload: payload}
}

// say sends 20 ms of a tone.
func (p *peer) say(t testing.TB, to netip.AddrPort, enc audio.Encoder, source func([]int16)) {
	t.Helper()
	pcm, payload := make([]int16, 960), make([]byte, 160)
	source(pcm)
	n, err := enc.Encode(payload, pcm)
	if err != nil {
		t.Fatal(err)
	}
	p.send(t, to, p.packet(payload[:n]))
}

func (p *peer) send(t testing.TB, to netip.AddrPort, pkt *rtp.Packet) {
	t.Helper()
	data, err := pkt.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.WriteToUDPAddrPort(data, to); err != nil {
		t.Fatal(err)
	}
}

// barrier returns when the stream has taken the last packet sent to it.
func (p *peer) barrier(t testing.TB, s *party) {
	t.Helper()
	limit := time.Now().Add(time.Minute)
	for {
		s.net.fetch()
		s.net.mutex.Lock()
		last := uint16(s.net.count.high)
		s.net.mutex.Unlock()
		if last == p.seq {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("packet %d taken last, %d sent", last, p.seq)
		}
		runtime.Gosched()
	}
}

func encoder(t testing.TB) audio.Encoder {
	t.Helper()
	e, err := g711.PCMA().NewEncoder()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func listen20(s *party) (out []int16) {
	block := make([]int16, audio.BlockSize)
	for range 2 {
		s.Read(block)
		out = append(out, block...)
	}
	return out
}

func TestThirdSourceIsNotPlayed(t *testing.T) {
	c := newClock()
	s := newParty(t, c, g711.PCMA())
	friend, stranger := newPeer(t), newPeer(t)
	if _, err := s.Answer(friend.description(sdp.SendRecv), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	talk, shout := sine(1000, 8000), sine(600, 20000)
	friendly, rude := encoder(t), encoder(t)
	var heard []int16
	for i := range 100 {
		c.advance(20 * time.Millisecond)
		if i > 10 {
			stranger.say(t, s.LocalAddr(), rude, shout)
		}
		friend.say(t, s.LocalAddr(), friendly, talk)
		friend.barrier(t, s)
		heard = append(heard, listen20(s)...)
	}
	if a, _ := tone(heard[audio.Rate:], 600); a > 50 {
		t.Errorf("the stranger is heard at %.0f", a)
	}
	if a, rest := tone(heard[audio.Rate:audio.Rate+24000], 1000); a < 7000 || rest > 500 {
		t.Errorf("the friend is heard at %.0f with %.0f beside", a, rest)
	}
	if got := s.Agreed().Remote; s.destination(s.plan.Load()) != friend.addr() || got != friend.addr() {
		t.Errorf("sound goes to %v", s.destination(s.plan.Load()))
	}
}

// A peer behind a NAT sends from another address than it knows of. The first one that sends two packets in order is it;
// a later one is not, unless it is the agreed one within two seconds.
func TestSymmetricRTP(t *testing.T) {
	agreed, nat, third := netip.MustParseAddrPort("192.0.2.1:4000"), netip.MustParseAddrPort("198.51.100.1:9"), netip.MustParseAddrPort("203.0.113.1:7")
	p := func(seq uint16) *rtp.Packet { return &rtp.Packet{Header: rtp.Header{SequenceNumber: seq, SSRC: 5}} }
	type step struct {
		from  netip.AddrPort
		seq   uint16
		at    time.Duration
		taken bool
	}
	for name, steps := range map[string][]step{
		"agreed at once":            {{agreed, 1, 0, true}, {third, 1, 0, false}, {third, 2, 0, false}, {agreed, 2, 0, true}},
		"another after two":         {{nat, 1, 0, false}, {nat, 2, 0, true}, {third, 1, 0, false}, {third, 2, 0, false}, {nat, 3, 0, true}},
		"two not in order":          {{nat, 1, 0, false}, {nat, 7, 0, false}, {third, 8, 0, false}, {third, 9, 0, true}},
		"agreed comes soon":         {{nat, 1, 0, false}, {nat, 2, 0, true}, {agreed, 1, time.Second, true}, {nat, 3, time.Second, false}},
		"agreed comes too late":     {{nat, 1, 0, false}, {nat, 2, 0, true}, {agreed, 1, 3 * time.Second, false}, {nat, 3, 3 * time.Second, true}},
		"from the agreed never off": {{agreed, 1, 0, true}, {nat, 1, time.Hour, false}, {nat, 2, time.Hour, false}, {agreed, 2, time.Hour, true}},
	} {
		t.Run(name, func(t *testing.T) {
			var l latch
			l.agree(agreed)
			for i, s := range steps {
				if ok, _ := l.admits(s.from, p(s.seq), time.Unix(1000, 0).Add(s.at)); ok != s.taken {
					t.Errorf("step %d: taken %v", i, ok)
				}
				l.agree(netip.AddrPort{}) // an old hold in between changes nothing
				l.agree(agreed)
			}
			l.agree(third)
			if ok, changed := l.admits(third, p(1), time.Unix(9999, 0)); !ok || !changed {
				t.Error("a new agreement is not followed")
			}
		})
	}
}

// Truncated and lying packets, RTP and RTCP, from the right source: nothing falls, and sound goes on.
func TestHostilePackets(t *testing.T) {
	c := newClock()
	s := newParty(t, c, g711.PCMA())
	friend := newPeer(t)
	if _, err := s.Answer(friend.description(sdp.SendRecv), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	whole, err := friend.packet(make([]byte, 160)).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	friend.seq, friend.stamp = 0, 0
	report, err := rtcp.Marshal([]rtcp.Packet{&rtcp.SenderReport{SSRC: friend.ssrc, Reports: []rtcp.ReceptionReport{{SSRC: s.ssrc.Load(), LastSenderReport: 1, Delay: 0xffffffff}}},
		&rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{Source: 1, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: "x"}}}}}, &rtcp.Goodbye{Sources: []uint32{1}}})
	if err != nil {
		t.Fatal(err)
	}
	var bad [][]byte
	for _, b := range [][]byte{whole, report} {
		for n := range min(len(b), 80) {
			bad = append(bad, b[:n])
		}
		for i := range min(len(b), 28) {
			for _, v := range []byte{0, 0x0f, 0x1f, 0x7f, 0x80, 0xbf, 0xff} {
				if b[0] == whole[0] && len(b) == len(whole) && i >= 1 && i < 12 {
					continue // a right packet with other numbers: the tests of restarts
				}
				x := append([]byte(nil), b...)
				x[i] = v
				bad = append(bad, x)
			}
		}
	}
	bad = append(bad, make([]byte, 3000), append([]byte{0x8f, 8}, make([]byte, 20)...), []byte{0x90, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xde, 0xff, 0xff})
	enc, talk := encoder(t), sine(1000, 8000)
	control := netip.AddrPortFrom(loopback, s.rtcp.local().Port())
	var heard []int16
	for i := range 100 {
		c.advance(20 * time.Millisecond)
		for j := range 8 {
			x := bad[(i*8+j)%len(bad)]
			friend.WriteToUDPAddrPort(x, s.LocalAddr())
			friend.WriteToUDPAddrPort(x, control)
		}
		friend.say(t, s.LocalAddr(), enc, talk)
		friend.barrier(t, s)
		heard = append(heard, listen20(s)...)
	}
	if a, rest := tone(heard[audio.Rate:audio.Rate+24000], 1000); a < 7000 || rest > 1500 {
		t.Errorf("heard at %.0f with %.0f beside", a, rest)
	}
	if trip := s.trip.Load(); trip < 0 || trip > int64(10*time.Second) {
		t.Errorf("round trip %v", time.Duration(trip))
	}
}

func FuzzPackets(f *testing.F) {
	c := newClock()
	s := newParty(f, c, g711.PCMA())
	friend := newPeer(f)
	if _, err := s.Answer(friend.description(sdp.SendRecv), sdp.SendRecv); err != nil {
		f.Fatal(err)
	}
	whole, _ := friend.packet(make([]byte, 20)).Marshal()
	f.Add(whole)
	f.Add([]byte{0x81, 201, 0, 7, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{0x80, 101, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 11, 0x80, 255, 255})
	r := &receiver{}
	r.init(s.Stream)
	block := make([]int16, audio.BlockSize)
	f.Fuzz(func(t *testing.T, data []byte) {
		c.advance(10 * time.Millisecond)
		if len(data) >= 12 {
			r.take(data, friend.addr(), c.now())
		}
		r.control(data, friend.addr(), len(data)%2 == 0)
		s.Read(block)
	})
}

func TestSilentDeadAndFlowing(t *testing.T) {
	c := newClock()
	s := newParty(t, c, g711.PCMA())
	friend := newPeer(t)
	if _, err := s.Answer(friend.description(sdp.SendRecv), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	enc, talk := encoder(t), sine(1000, 8000)
	friend.say(t, s.LocalAddr(), enc, talk)
	s.events.until(t, Flowing{})
	c.advance(4 * time.Second)
	friend.say(t, s.LocalAddr(), enc, talk)
	friend.barrier(t, s)
	c.advance(4 * time.Second)
	if n := len(s.events.all()); n != 1 {
		t.Fatalf("%v", s.events.all())
	}
	c.advance(2 * time.Second)
	s.events.until(t, Silent{})
	friend.say(t, s.LocalAddr(), enc, talk)
	friend.barrier(t, s)
	c.advance(6 * time.Second)
	c.advance(25 * time.Second)
	s.events.until(t, Dead{})
	kinds := s.events.all()
	if len(kinds) != 5 || kinds[2] != (Flowing{}) || kinds[3] != (Silent{}) {
		t.Errorf("%v", kinds)
	}
}

func TestNoAlarmWhileHeld(t *testing.T) {
	c := newClock()
	s := newParty(t, c, g711.PCMA())
	friend := newPeer(t)
	for _, x := range []struct{ theirs, ours sdp.Direction }{{sdp.RecvOnly, sdp.SendRecv}, {sdp.Inactive, sdp.SendRecv}, {sdp.SendRecv, sdp.SendOnly}} {
		if _, err := s.Answer(friend.description(x.theirs), x.ours); err != nil {
			t.Fatal(err)
		}
		c.advance(time.Minute)
		// Wait until the reporter has looked at this minute: it measures once a second of virtual time.
		before := s.quality.Load()
		until(t, "look of the reporter's", func() bool { return s.quality.Load() != before })
		if got := s.events.all(); len(got) != 0 {
			t.Fatalf("%s offered, %s wished: %v", x.theirs, x.ours, got)
		}
	}
}

func TestDigitsThatLoseTheirEnds(t *testing.T) {
	c := newClock()
	s := newParty(t, c, g711.PCMA())
	friend := newPeer(t)
	if _, err := s.Answer(friend.description(sdp.SendRecv), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	event := func(code byte, stamp uint32, end bool, duration uint16, mark bool) *rtp.Packet {
		p := friend.packet([]byte{code, 10, byte(duration >> 8), byte(duration)})
		p.PayloadType, p.Timestamp, p.Marker = 101, stamp, mark
		if end {
			p.Payload[1] |= 0x80
		}
		return p
	}
	list := []*rtp.Packet{
		event(1, 1000, false, 160, true), event(1, 1000, false, 320, false), // no end
		event(2, 3000, true, 800, false), event(2, 3000, true, 800, false), // only the end
		event(1, 1000, true, 800, false),                                   // late, of the first
		event(2, 5000, false, 160, true), event(2, 5000, true, 800, false), // the same digit again
		event(3, 9000, false, 0xffff, true), event(3, 9000+0xffff, false, 160, false), event(3, 9000+0xffff, true, 320, false), // a long one, in two segments
		event(17, 90000, true, 320, true), // a fax tone, no digit
		event(11, 0xfffffff0, false, 160, true),
	}
	short := event(4, 95000, true, 1, true)
	short.Payload = short.Payload[:3]
	list = append(list[:len(list)-1], short, event(10, 99000, true, 5, false))
	for _, p := range list {
		friend.send(t, s.LocalAddr(), p)
	}
	friend.barrier(t, s)
	s.events.until(t, DigitReceived{'*'})
	if got := s.events.digits(); got != "1223*" {
		t.Errorf("heard %q", got)
	}
}
