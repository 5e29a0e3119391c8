package media

import (
	"math"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/audio/codec/opus"
	"svara/phone/sdp"
)

// report waits for the peer's next RTCP packet.
func report(t testing.TB, c *net.UDPConn) []rtcp.Packet {
	t.Helper()
	buf := make([]byte, 2048)
	if err := c.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for {
		n, err := c.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		if n < 8 || buf[1] < 192 || buf[1] > 223 {
			continue // RTP
		}
		list, err := rtcp.Unmarshal(buf[:n])
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
}

func TestReports(t *testing.T) {
	c := newClock()
	s := newParty(t, c, g711.PCMA())
	friend := newPeer(t)
	offer := strings.Replace(string(friend.description(sdp.SendRecv)), "a=sendrecv", "a=rtcp-mux\r\na=sendrecv", 1)
	if _, err := s.Answer([]byte(offer), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	enc, talk := encoder(t), sine(1000, 8000)
	block := make([]int16, audio.BlockSize)
	speak := func(n int, skip func(i int) bool) {
		for i := range n {
			c.advance(20 * time.Millisecond)
			s.Write(block)
			s.Write(block)
			if skip(i) {
				friend.seq++ // as if one had been lost
				friend.stamp += 160
			}
			friend.say(t, s.LocalAddr(), enc, talk)
			friend.barrier(t, s)
			listen20(s)
		}
	}
	speak(100, func(int) bool { return false })
	// The friend reports on itself, so that the stream's report can be answered.
	hello, err := rtcp.Marshal([]rtcp.Packet{&rtcp.SenderReport{SSRC: friend.ssrc, NTPTime: ntp(c.now())}})
	if err != nil {
		t.Fatal(err)
	}
	friend.WriteToUDPAddrPort(hello, s.LocalAddr())
	c.advance(10 * time.Second)
	list := report(t, friend.UDPConn)
	sr, ok := list[0].(*rtcp.SenderReport)
	for ; ok && sr.PacketCount < 100; sr, ok = list[0].(*rtcp.SenderReport) { // one may have gone out before
		list = report(t, friend.UDPConn)
	}
	if !ok || sr.SSRC != s.ssrc.Load() || sr.PacketCount != 100 || sr.OctetCount != 16000 || len(sr.Reports) != 1 {
		t.Fatalf("%+v", list[0])
	}
	if b := sr.Reports[0]; b.SSRC != friend.ssrc || b.FractionLost != 0 || b.TotalLost != 0 || b.LastSequenceNumber != uint32(friend.seq) {
		t.Errorf("%+v", b)
	}
	if sdes, ok := list[1].(*rtcp.SourceDescription); !ok || sdes.Chunks[0].Items[0].Text != s.cfg.CNAME || s.cfg.CNAME == "" {
		t.Errorf("%+v", list[1])
	}
	// The friend answers 30 ms later, having held the report for 10 ms of them: 20 ms of way.
	sent := uint32(sr.NTPTime >> 16)
	c.advance(30 * time.Millisecond)
	back, err := rtcp.Marshal([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: friend.ssrc, Reports: []rtcp.ReceptionReport{{
		SSRC: s.ssrc.Load(), FractionLost: 26, LastSenderReport: sent, Delay: 65536 / 100,
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	friend.WriteToUDPAddrPort(back, s.LocalAddr())
	until(t, "report that was taken", func() bool { return s.trip.Load() != 0 })
	speak(50, func(i int) bool { return i%10 == 5 })
	until(t, "figures of 150 packets with 5 lost", func() bool {
		c.advance(20 * time.Millisecond)
		q := s.Quality()
		return q.Lost == 5 && q.Sent == 150
	})
	if q := s.Quality(); math.Abs(q.LossOut-10.2) > 0.1 || q.MOSOut < 2.5 || q.MOSOut > 4 || math.Abs(q.RTTMS-20) > 1 || q.Codec != "PCMA" || q.LossIn <= 0 ||
		q.RemoteRTP != friend.addr().String() || q.LocalRTP != s.LocalAddr().String() || q.MOS < 3 {
		t.Errorf("%+v", q)
	}
	c.advance(10 * time.Second)
	for {
		list = report(t, friend.UDPConn)
		if sr, ok := list[0].(*rtcp.SenderReport); ok && sr.PacketCount == 150 {
			if b := sr.Reports[0]; b.TotalLost != 5 || b.FractionLost == 0 || b.LastSenderReport == 0 || b.Delay == 0 {
				t.Errorf("%+v", b)
			}
			break
		}
	}
	s.Close()
	for {
		list = report(t, friend.UDPConn)
		if bye, ok := list[len(list)-1].(*rtcp.Goodbye); ok {
			if bye.Sources[0] != s.ssrc.Load() {
				t.Errorf("%+v", bye)
			}
			break
		}
	}
}

func TestRoundTripArithmetic(t *testing.T) {
	c := newClock()
	s := newParty(t, c, g711.PCMA())
	sent := c.now()
	c.advance(130 * time.Millisecond)
	s.net.reports([]rtcp.ReceptionReport{{SSRC: s.ssrc.Load(), LastSenderReport: middle(sent), Delay: 65536 / 10}}, 8000, c.now())
	if trip := time.Duration(s.trip.Load()); trip < 29*time.Millisecond || trip > 31*time.Millisecond {
		t.Errorf("round trip %v", trip)
	}
	s.net.reports([]rtcp.ReceptionReport{{SSRC: s.ssrc.Load(), LastSenderReport: middle(sent), Delay: 65536}}, 8000, c.now()) // would be negative
	s.net.reports([]rtcp.ReceptionReport{{SSRC: s.ssrc.Load() + 1, LastSenderReport: middle(sent)}}, 8000, c.now())           // not ours
	if trip := time.Duration(s.trip.Load()); trip > 31*time.Millisecond {
		t.Errorf("round trip %v", trip)
	}
}

func TestReportInterval(t *testing.T) {
	least, most := time.Hour, time.Duration(0)
	for range 1000 {
		d := interval(5*time.Second, false, 128, rand.Float64())
		least, most = min(least, d), max(most, d)
	}
	if least < 2052*time.Millisecond || most > 6157*time.Millisecond || most-least < 3500*time.Millisecond {
		t.Errorf("from %v to %v", least, most)
	}
	if d := interval(5*time.Second, true, 128, 0.5); d > 2100*time.Millisecond {
		t.Errorf("first after %v", d)
	}
}

func TestSenderReportsClock(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	m := moment(0xffffff00, at)
	if got := stampAt(m, at.Add(100*time.Millisecond), 48000); got != 4800-256 {
		t.Errorf("%d", got)
	}
}

func TestSeparateRTCPPort(t *testing.T) {
	c := newClock()
	s := newParty(t, c, g711.PCMA())
	friend, control := newPeer(t), newPeer(t)
	offer := strings.Replace(string(friend.description(sdp.SendRecv)), "a=sendrecv", "a=rtcp:"+control.addr().String()[len("127.0.0.1:"):]+"\r\na=sendrecv", 1)
	if _, err := s.Answer([]byte(offer), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	until(t, "figures", func() bool { return s.quality.Load() != nil })
	c.advance(10 * time.Second)
	if list := report(t, control.UDPConn); len(list) < 2 {
		t.Errorf("%+v", list)
	}
	if s.LocalAddr().Port()%2 != 0 || s.rtcp.local().Port() != s.LocalAddr().Port()+1 {
		t.Errorf("ports %d and %d", s.LocalAddr().Port(), s.rtcp.local().Port())
	}
}

// twoInRange opens two streams in a range for just two. Where another program holds one of its ports it tries the next.
func twoInRange(t *testing.T) (low uint16, open func() (*Stream, error), got [2]uint16) {
	t.Helper()
	var failed error
	for range 20 {
		probe, err := Open(Config{Local: loopback, Codecs: []audio.Codec{plain{}}})
		if err != nil {
			t.Fatal(err)
		}
		low = probe.LocalAddr().Port()
		probe.Close()
		open = func() (*Stream, error) {
			return Open(Config{Local: loopback, PortMin: low, PortMax: low + 3, Codecs: []audio.Codec{plain{}}})
		}
		first, err := open()
		if err != nil {
			failed = err
			continue
		}
		second, err := open()
		if err != nil {
			first.Close()
			failed = err
			continue
		}
		t.Cleanup(func() { first.Close(); second.Close() })
		return low, open, [2]uint16{first.LocalAddr().Port(), second.LocalAddr().Port()}
	}
	t.Fatalf("no four free ports in a row in twenty tries: %v", failed)
	return low, open, got
}

func TestPortRange(t *testing.T) {
	low, open, got := twoInRange(t)
	if got[0] == got[1] || got[0]%2+got[1]%2 != 0 || min(got[0], got[1]) != low {
		t.Errorf("ports %v from %d", got, low)
	}
	if s, err := open(); err == nil {
		s.Close()
		t.Error("a third stream in a range for two")
	}
	for _, bad := range []Config{{Codecs: []audio.Codec{plain{}}}, {Local: netip.MustParseAddr("0.0.0.0"), Codecs: []audio.Codec{plain{}}}, {Local: loopback}} {
		if s, err := Open(bad); err == nil {
			s.Close()
			t.Errorf("opened with %+v", bad)
		}
	}
}

// A peer may use any of the codecs agreed on from one packet to the next.
func TestCodecSwitchInTheCall(t *testing.T) {
	c := newClock()
	s := newParty(t, c, opus.Codec(), g711.PCMA(), g711.PCMU())
	friend := newPeer(t)
	if _, err := s.Answer(friend.description(sdp.SendRecv), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	a, talk := encoder(t), sine(1000, 8000)
	mu, err := g711.PCMU().NewEncoder()
	if err != nil {
		t.Fatal(err)
	}
	var heard []int16
	for i := range 150 {
		c.advance(20 * time.Millisecond)
		if i < 75 {
			friend.say(t, s.LocalAddr(), a, talk)
		} else {
			pcm, payload := make([]int16, 960), make([]byte, 160)
			talk(pcm)
			n, _ := mu.Encode(payload, pcm)
			p := friend.packet(payload[:n])
			p.PayloadType = 0
			friend.send(t, s.LocalAddr(), p)
		}
		friend.barrier(t, s)
		heard = append(heard, listen20(s)...)
	}
	for _, at := range []int{audio.Rate, 2 * audio.Rate} {
		if amplitude, rest := tone(heard[at:at+24000], 1000); math.Abs(amplitude-8000) > 500 || rest > 400 {
			t.Errorf("after %v: %.0f with %.0f beside", span(at), amplitude, rest)
		}
	}
	s.lockBuffer()
	stats := s.buffer.Stats()
	s.unlockBuffer()
	if stats.Lost != 0 {
		t.Errorf("%+v", stats)
	}
	until(t, "word of the other codec", func() bool {
		c.advance(20 * time.Millisecond)
		return s.Quality().CodecIn == "PCMU"
	})
}

func TestAnswersOfSeveralForks(t *testing.T) {
	c := newClock()
	s := newParty(t, c, g711.PCMA())
	if err := s.Accept([]byte("v=0\r\n")); err == nil {
		t.Error("an answer without an offer taken")
	}
	if _, err := s.Offer(sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	one, two := newPeer(t), newPeer(t)
	enc, talk := encoder(t), sine(1000, 8000)
	for _, p := range []*peer{one, two} {
		answer := p.description(sdp.SendRecv)
		for range 2 {
			if err := s.Accept(answer); err != nil {
				t.Fatal(err)
			}
		}
		var heard []int16
		for range 25 {
			c.advance(20 * time.Millisecond)
			p.say(t, s.LocalAddr(), enc, talk)
			p.barrier(t, s)
			heard = append(heard, listen20(s)...)
		}
		if a, _ := tone(heard[audio.Rate/4:audio.Rate/4+4800], 1000); a < 7000 {
			t.Errorf("heard at %.0f", a)
		}
		if got := s.destination(s.plan.Load()); got != p.addr() {
			t.Errorf("sound goes to %v, not %v", got, p.addr())
		}
	}
	s.Close()
	if _, err := s.Offer(sdp.SendRecv); err == nil {
		t.Error("an offer of a closed stream")
	}
	if err := s.Accept(one.description(sdp.SendRecv)); err == nil {
		t.Error("a closed stream took an answer")
	}
	block := make([]int16, audio.BlockSize)
	s.Write(block)
	if s.Read(block) {
		t.Error("a closed stream has sound")
	}
}

// The audio loop may not allocate: not while sending and hearing, not while sending digits, not on hold.
func TestReadAndWriteDoNotAllocate(t *testing.T) {
	for _, codec := range []audio.Codec{plain{}, g711.PCMA(), opus.Codec()} {
		c := newClock()
		sleepy := quick
		sleepy.tick = time.Hour // the reporter allocates, once a second; it is not the audio loop
		a, b := newPartyAt(t, c, sleepy, codec), newPartyAt(t, c, sleepy, codec)
		connect(t, a, b)
		block := make([]int16, audio.BlockSize)
		source := voiced(130)
		turn := func() {
			c.advance(audio.BlockTime)
			source(block)
			a.Write(block)
			b.Write(block)
			a.Read(block)
			b.Read(block)
		}
		for range 300 {
			turn()
		}
		// The runtime itself may need a few, now and then; one in a hundred blocks, every time, would be ours.
		measure := func(what string) {
			fewest := uint64(math.MaxUint64)
			for range 3 {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				for range 400 {
					turn()
				}
				runtime.ReadMemStats(&after)
				fewest = min(fewest, after.Mallocs-before.Mallocs)
			}
			if fewest > 4 {
				t.Errorf("%s, %s: %d allocations in 400 blocks", codec.Name(), what, fewest)
			}
		}
		measure("talking")
		if err := a.SendDigits("123456789"); err != nil {
			t.Fatal(err)
		}
		measure("digits")
		negotiate(t, a, b, sdp.SendOnly, sdp.SendRecv)
		measure("held")
	}
}

func BenchmarkBlock(b *testing.B) {
	for _, codec := range []audio.Codec{g711.PCMA(), opus.Codec()} {
		b.Run(codec.Name(), func(b *testing.B) {
			c := newClock()
			one, two := newParty(b, c, codec), newParty(b, c, codec)
			connect(b, one, two)
			block := make([]int16, audio.BlockSize)
			source := voiced(130)
			b.ReportAllocs()
			for b.Loop() {
				c.advance(audio.BlockTime)
				source(block)
				one.Write(block)
				one.Read(block)
				two.Write(block)
				two.Read(block)
			}
		})
	}
}

// Over IPv6 as over IPv4, with a way looked for and without.
func TestSoundOverIPv6(t *testing.T) {
	c, err := net.ListenPacket("udp6", "[::1]:0")
	switch {
	case err == nil:
		c.Close()
	case os.Getenv("CI") == "true":
		t.Fatal("this machine has no IPv6 loopback: ", err)
	default:
		t.Skip("this machine has no IPv6 loopback: ", err)
	}
	for name, ice := range map[string]bool{"plain": false, "ice": true} {
		t.Run(name, func(t *testing.T) {
			c := newClock()
			six := func(cfg *Config) { cfg.Local, cfg.ICE.Enabled = netip.IPv6Loopback(), ice }
			a, b := newSeeker(t, c, six, plain{}), newSeeker(t, c, six, plain{})
			offer, err := a.Offer(sdp.SendRecv)
			if err != nil || !strings.Contains(string(offer), "c=IN IP6 ::1\r\n") {
				t.Fatalf("%v\n%s", err, offer)
			}
			connect(t, a, b)
			if ice {
				found(t, a, b)
			}
			atA, atB := run(t, c, a, b, 2*time.Second, sine(1000, 8000), sine(440, 8000))
			hears(t, "b", atB, 1000)
			hears(t, "a", atA, 440)
			if to := a.destination(a.plan.Load()); to != b.LocalAddr() {
				t.Errorf("sound goes to %v", to)
			}
		})
	}
}

// quality.md, hostile input 10: whatever packet time the peer asks for, an encoder can do what is sent.
func TestPacketTimes(t *testing.T) {
	for lines, want := range map[string]int{
		"": 20, "a=ptime:0\r\n": 20, "a=ptime:1\r\n": 20, "a=ptime:65535\r\n": 20, "a=ptime:-20\r\n": 20, "a=ptime:10\r\n": 10, "a=ptime:35\r\n": 30,
		"a=ptime:1000\r\n": 60, "a=maxptime:1\r\n": 20, "a=maxptime:10\r\n": 10, "a=maxptime:0\r\n": 20, "a=ptime:60\r\na=maxptime:40\r\n": 40,
	} {
		c := newClock()
		s := newParty(t, c, g711.PCMA())
		friend := newPeer(t)
		offer := strings.Replace(string(friend.description(sdp.SendRecv)), "a=sendrecv", lines+"a=sendrecv", 1)
		if _, err := s.Answer([]byte(offer), sdp.SendRecv); err != nil {
			t.Fatal(err)
		}
		if got := s.Agreed().Ptime; got != want {
			t.Errorf("%q: packets of %d ms", lines, got)
		}
		for range want / 10 {
			c.advance(10 * time.Millisecond)
			s.Write(make([]int16, audio.BlockSize))
		}
		friend.SetReadDeadline(time.Now().Add(time.Minute))
		buf := make([]byte, 4096)
		if n, err := friend.Read(buf); err != nil || n != 12+8*want {
			t.Errorf("%q: %d bytes, %v", lines, n, err)
		}
	}
}
