package media

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/audio/codec/opus"
	"svara/phone"
	"svara/phone/sdp"
)

// Two of us tell each other by extended reports how it sounds.
func TestExtendedReportsBothWays(t *testing.T) {
	c := newClock()
	a, b := newParty(t, c, opus.Codec()), newParty(t, c, opus.Codec())
	connect(t, a, b)
	if !a.plan.Load().agreed.XR.VoIPMetrics || !b.plan.Load().agreed.XR.ReceiverTime {
		t.Fatal("not agreed on")
	}
	talk, other := sine(440, 8000), sine(700, 8000)
	told := func(p *party) bool {
		p.listener.mutex.Lock()
		defer p.listener.mutex.Unlock()
		return p.listener.measured.After(c.now().Add(-time.Minute)) && p.listener.metrics.MOSCQ > 0 && p.listener.reference != 0
	}
	until(t, "word of either side's figures", func() bool {
		run(t, c, a, b, time.Second, talk, other)
		return told(a) && told(b) && a.Quality().MOSOut != 0 && b.Quality().MOSOut != 0
	})
	for _, p := range []*party{a, b} {
		q := p.Quality()
		if q.MOS < 4 || q.MOSOut < 4 || q.MOSOut > 4.5 || q.Concealing != 0 || q.TargetMS <= 0 || q.Facts.Unheard || q.Facts.Reports == 0 {
			t.Errorf("%+v", q)
		}
		p.listener.mutex.Lock()
		m := p.listener.metrics
		p.listener.mutex.Unlock()
		if m.SSRC != p.ssrc.Load() || m.Gmin != gmin || m.LossRate != 0 || m.BurstDuration != 0 || m.RFactor < 80 || m.JBAbsMax == 0 || m.MOSLQ < m.MOSCQ {
			t.Errorf("%+v", m)
		}
	}
}

// What the peer says of us: figures, deafness, and nothing that cannot be.
func TestListener(t *testing.T) {
	report := func(high uint32, lost uint8, jitter uint32) *rtcp.ReceptionReport {
		return &rtcp.ReceptionReport{LastSequenceNumber: high, FractionLost: lost, Jitter: jitter}
	}
	now := time.Now()
	for _, c := range []struct {
		name    string
		say     func(l *listener)
		unheard bool
		lost    float64
		jitter  time.Duration
		known   bool
	}{
		{"nothing yet", func(*listener) {}, false, 0, 0, false},
		{"all well", func(l *listener) { l.report(report(100, 26, 160), 100, 8000); l.report(report(350, 13, 80), 350, 8000) }, false, 5.08, 10 * time.Millisecond, true},
		{"no block about us, but little to speak of", func(l *listener) { l.report(nil, 10, 8000); l.report(nil, 20, 8000) }, false, 0, 0, false},
		{"no block about us", func(l *listener) { l.report(nil, 120, 8000) }, true, 0, 0, false},
		{"one thin sign is not believed, two are", func(l *listener) { l.report(nil, 30, 8000) }, false, 0, 0, false},
		{"two thin signs", func(l *listener) { l.report(nil, 30, 8000); l.report(nil, 60, 8000) }, true, 0, 0, false},
		{"it stands still", func(l *listener) { l.report(report(100, 0, 0), 100, 8000); l.report(report(100, 0, 0), 350, 8000) }, true, 0, 0, true},
		{"it all gets lost", func(l *listener) { l.report(report(100, 0, 0), 100, 8000); l.report(report(350, 255, 0), 350, 8000) }, true, 99.6, 0, true},
		{"mended", func(l *listener) { l.report(nil, 200, 8000); l.report(report(300, 0, 0), 400, 8000) }, false, 0, 0, true},
		{"we hold: nothing is sent", func(l *listener) { l.report(report(100, 0, 0), 100, 8000); l.report(report(100, 0, 0), 100, 8000) }, false, 0, 0, true},
		{"a jitter of days", func(l *listener) { l.report(report(1, 0, math.MaxUint32), 100, 8000) }, false, 0, 0, true},
		{"without a clock", func(l *listener) { l.report(report(1, 0, 8000), 100, 0) }, false, 0, 0, true},
	} {
		l := new(listener)
		c.say(l)
		_, unheard := l.told()
		f := l.figures(now)
		if unheard != c.unheard || math.Abs(f.lost-c.lost) > 0.1 || f.jitter != c.jitter || f.known != c.known {
			t.Errorf("%s: unheard %t, %+v", c.name, unheard, f)
		}
	}
}

func TestPeersMetrics(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		name  string
		m     rtcp.VoIPMetricsReportBlock
		R     float64
		lost  float64
		delay time.Duration
	}{
		{"complete", rtcp.VoIPMetricsReportBlock{LossRate: 13, DiscardRate: 13, EndSystemDelay: 90, RFactor: 80, MOSCQ: 40}, 80, 10.2, 90 * time.Millisecond},
		{"only MOS", rtcp.VoIPMetricsReportBlock{RFactor: 127, MOSCQ: 41}, 82, 0, 20 * time.Millisecond},
		{"not available", rtcp.VoIPMetricsReportBlock{RFactor: 127, MOSCQ: 127}, 0, 0, 20 * time.Millisecond},
		{"nonsense", rtcp.VoIPMetricsReportBlock{LossRate: 255, DiscardRate: 255, EndSystemDelay: 65535, RFactor: 250, MOSCQ: 3}, 0, 99.6, 20 * time.Millisecond},
	} {
		l := new(listener)
		l.extended(c.m, now)
		f := l.figures(now)
		if math.Abs(f.rating-c.R) > 1 || math.Abs(f.lost-c.lost) > 0.1 || f.delay != c.delay || !f.known {
			t.Errorf("%s: %+v", c.name, f)
		}
		if f := l.figures(now.Add(time.Minute)); f.rating != 0 {
			t.Errorf("%s: an old measure counts: %+v", c.name, f)
		}
	}
	for score := 1.05; score < 4.5; score += 0.05 {
		if got := mos(ratingOf(score)); math.Abs(got-score) > 0.01 {
			t.Errorf("MOS %.2f comes back as %.2f", score, got)
		}
	}
}

// Whatever RTCP says, the figures are figures and nothing falls over.
func TestHostileReports(t *testing.T) {
	c := newClock()
	s := newParty(t, c, g711.PCMA())
	friend := newPeer(t)
	if _, err := s.Answer(friend.description(sdp.SendRecv), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	lot := rand.New(rand.NewPCG(3, 4))
	seed, err := rtcp.Marshal([]rtcp.Packet{
		&rtcp.ReceiverReport{SSRC: friend.ssrc, Reports: []rtcp.ReceptionReport{{SSRC: s.ssrc.Load(), FractionLost: 255, TotalLost: 0x7fffff, LastSequenceNumber: math.MaxUint32, Jitter: math.MaxUint32, LastSenderReport: 1, Delay: math.MaxUint32}}},
		&rtcp.ExtendedReport{SenderSSRC: friend.ssrc, Reports: []rtcp.ReportBlock{
			&rtcp.ReceiverReferenceTimeReportBlock{NTPTimestamp: math.MaxUint64},
			&rtcp.DLRRReportBlock{Reports: []rtcp.DLRRReport{{SSRC: s.ssrc.Load(), LastRR: 7, DLRR: math.MaxUint32}}},
			&rtcp.VoIPMetricsReportBlock{SSRC: s.ssrc.Load(), LossRate: 255, DiscardRate: 255, RFactor: 255, MOSCQ: 255, EndSystemDelay: 65535, RoundTripDelay: 65535},
			&rtcp.StatisticsSummaryReportBlock{SSRC: s.ssrc.Load()},
			&rtcp.LossRLEReportBlock{SSRC: s.ssrc.Load(), Chunks: []rtcp.Chunk{0, 0xffff}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	block := make([]int16, audio.BlockSize)
	for i := range 20000 {
		data := append([]byte(nil), seed...)
		if i > 0 {
			for range lot.IntN(6) + 1 {
				data[lot.IntN(len(data))] = byte(lot.Uint32())
			}
			if lot.IntN(4) == 0 { // a length that lies
				binary.BigEndian.PutUint16(data[len(data)-4*(1+lot.IntN(len(data)/4)-0)+2:], uint16(lot.Uint32()))
			}
			data = data[:lot.IntN(len(data))+1]
		}
		s.net.control(data, friend.addr(), false)
		if i%500 == 0 {
			c.advance(time.Second)
			s.Write(block)
		}
		if i%500 == 1 {
			sane(t, s.Quality())
		}
	}
}

// sane checks that all of a quality is possible.
func sane(t *testing.T, q phone.Quality) {
	t.Helper()
	for name, v := range map[string][3]float64{
		"loss in": {q.LossIn, 0, 100}, "loss out": {q.LossOut, 0, 100}, "jitter": {q.JitterMS, 0, 10_000}, "jitter out": {q.JitterOut, 0, 10_000},
		"round trip": {q.RTTMS, 0, 10_000}, "MOS": {q.MOS, 0, 4.5}, "MOS out": {q.MOSOut, 0, 4.5}, "concealing": {q.Concealing, 0, 100},
		"peak in": {q.Facts.PeakIn, -96, 0.1}, "peak out": {q.Facts.PeakOut, -96, 0.1},
	} {
		if !(v[0] >= v[1] && v[0] <= v[2]) {
			t.Fatalf("%s is %v", name, v[0])
		}
	}
}

// Loss of ours shows in how they hear us, and in bursts it costs more than by chance.
func TestOutgoingQuality(t *testing.T) {
	c := newClock()
	s := newParty(t, c, g711.PCMA())
	friend := newPeer(t)
	if _, err := s.Answer(friend.description(sdp.SendRecv), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	block, high := make([]int16, audio.BlockSize), uint32(0)
	out := func(lost uint8) float64 {
		for range 100 {
			c.advance(20 * time.Millisecond)
			s.Write(block)
			s.Write(block)
		}
		high += 100
		s.net.reports([]rtcp.ReceptionReport{{SSRC: s.ssrc.Load(), FractionLost: lost, LastSequenceNumber: high, Jitter: 80}}, 8000, c.now())
		c.advance(1100 * time.Millisecond)
		want := math.Round(float64(lost)*1000/256) / 10
		until(t, "figures of it", func() bool { return math.Abs(s.Quality().LossOut-want) <= 0.1 && s.Quality().MOSOut != 0 })
		return s.Quality().MOSOut
	}
	clean, five, twenty := out(0), out(13), out(51)
	if clean < 4.2 || five > clean-0.3 || twenty > five-0.8 {
		t.Errorf("0, 5, 20 %% of ours lost: %.2f %.2f %.2f", clean, five, twenty)
	}
	if q := s.Quality(); q.JitterOut != 10 || q.Facts.Unheard {
		t.Errorf("%+v", q)
	}
}

// The doctor's facts.
func TestFacts(t *testing.T) {
	c := newClock()
	s := newParty(t, c, g711.PCMA())
	friend, other := newPeer(t), newPeer(t)
	if _, err := s.Answer(friend.description(sdp.SendRecv), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	c.advance(2500 * time.Millisecond)
	f := s.Quality().Facts
	if !f.Sends || !f.Receives || f.Agreed != friend.addr().String() || f.Source != "" || f.QuietMS != 2500 || f.Arrived != 0 {
		t.Errorf("nothing yet: %+v", f)
	}
	enc, talk := encoder(t), sine(1000, 8000)
	for range 5 {
		friend.say(t, s.LocalAddr(), enc, talk)
		friend.barrier(t, s)
		s.Read(make([]int16, audio.BlockSize))
		other.say(t, s.LocalAddr(), enc, talk)
	}
	alien := friend.packet(make([]byte, 20))
	alien.PayloadType = 77
	friend.send(t, s.LocalAddr(), alien)
	friend.seq--
	friend.say(t, s.LocalAddr(), enc, talk)
	friend.barrier(t, s)
	f = s.Quality().Facts
	if f.Arrived != 6 || f.Source != f.Agreed || f.QuietMS != 0 || f.Strangers != 5 || f.Stranger != other.addr().String() || f.Unreadable != 1 {
		t.Errorf("packets of two and one of another codec: %+v", f)
	}
	quiet, loud := make([]int16, audio.BlockSize), make([]int16, audio.BlockSize)
	for range 300 {
		s.Write(quiet)
	}
	if f = s.Quality().Facts; f.SilentOut != 3000 {
		t.Errorf("three seconds of silence: %+v", f)
	}
	talk(loud)
	s.Write(loud)
	if f = s.Quality().Facts; f.SilentOut != 0 {
		t.Errorf("a word: %+v", f)
	}
}

// An address where nobody listens says so, and is counted; what comes meanwhile is still taken.
func TestRefused(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("told in another way")
	}
	c := newClock()
	s := newParty(t, c, g711.PCMA())
	gone, friend := newPeer(t), newPeer(t)
	if _, err := s.Answer(gone.description(sdp.SendRecv), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	gone.Close()
	block := make([]int16, audio.BlockSize)
	enc, talk := encoder(t), sine(1000, 8000)
	until(t, "refusals", func() bool {
		s.Write(block)
		return s.Quality().Facts.Refused >= 3
	})
	// Somebody else's packets are heard (RFC 4961): then sound goes there, and is refused no more.
	until(t, "other source", func() bool {
		friend.say(t, s.LocalAddr(), enc, talk)
		s.Write(block)
		return s.Quality().Facts.Source == friend.addr().String()
	})
	if n := s.out.failed.Load(); n != 0 {
		t.Errorf("%d packets were not sent", n)
	}
}
