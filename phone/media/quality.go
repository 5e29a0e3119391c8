package media

import (
	"strings"
	"time"

	"svara/phone"
)

// meter sums up how the stream does, about once a second. Owned by the reporter goroutine.
type meter struct {
	at            time.Time
	expected      int64 // the source's counts at the last summing up
	received      int64
	played, holes uint64
	lossIn        float64 // percent, smoothed
	heardHoles    float64 // percent of frames that were guessed, smoothed
}

func (m *meter) measure(s *Stream, plan *plan, now time.Time) {
	if now.Sub(m.at) < time.Second {
		return
	}
	m.at = now
	s.lockBuffer()
	buffer := s.buffer.Stats()
	s.unlockBuffer()

	s.net.mutex.Lock()
	count := s.net.count
	s.net.mutex.Unlock()
	expected := int64(0)
	if count.started {
		expected = count.high - count.base + 1
	}
	if wanted := expected - m.expected; wanted > 0 {
		lost := max(0, wanted-(count.received-m.received))
		m.lossIn += (100*float64(lost)/float64(wanted) - m.lossIn) / 3
	}
	m.expected, m.received = expected, count.received
	played, holes := buffer.Played-m.played, buffer.Concealed-m.holes
	if played+holes > 0 {
		m.heardHoles += (100*float64(holes)/float64(played+holes) - m.heardHoles) / 3
	}
	m.played, m.holes = buffer.Played, buffer.Concealed

	q := phone.Quality{
		Codec:     plan.send.Name(),
		Sent:      s.out.packets.Load(),
		Received:  count.total,
		Lost:      count.lost + count.missing(),
		LossIn:    m.lossIn,
		LossOut:   float64(s.out.lossOut.Load()),
		JitterMS:  count.jitterMS(),
		RTTMS:     float64(s.trip.Load()) / 1e6,
		BufferMS:  float64(buffer.Delay) / 1e6,
		Late:      buffer.Late,
		Concealed: buffer.Concealed,
		Recovered: buffer.Recovered,
		LocalRTP:  s.LocalAddr().String(),
	}
	if to := s.destination(plan); to.IsValid() {
		q.RemoteRTP = to.String()
	}
	if buffer.Played > 50 {
		q.MOS = mos(q.Codec, q.RTTMS/2+q.BufferMS+float64(plan.ptime)+codecDelay, m.heardHoles)
	}
	s.quality.Store(&q)
}

// codecDelay is what coding and the sound devices add on the way, in ms, as assumed by the estimate.
const codecDelay = 25

// mos is the simplified E-model (ITU-T G.107 with the defaults of G.107 table 2) for a one-way delay in ms and the
// percentage of frames that had to be guessed: 1..4.5.
func mos(codec string, delay, loss float64) float64 {
	robust := 25.1 // Bpl of G.711 with concealment, G.113 table I.4
	if strings.EqualFold(codec, "opus") {
		robust = 20
	}
	r := 93.2 - 0.024*delay - 95*loss/(loss+robust)
	if delay > 177.3 {
		r -= 0.11 * (delay - 177.3)
	}
	r = min(max(r, 0), 100)
	return min(max(1+0.035*r+r*(r-60)*(100-r)*7e-6, 1), 4.5)
}

// Quality is how the stream does: all of it as of one moment, up to a second ago. Cheap; for any goroutine.
func (s *Stream) Quality() phone.Quality {
	if last := s.quality.Load(); last != nil {
		return *last
	}
	return phone.Quality{Sent: s.out.packets.Load()}
}
