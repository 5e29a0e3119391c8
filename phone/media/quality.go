package media

import (
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
	in            path    // their sound as it is heard here
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
	s.facts.in.second()
	s.facts.out.second()
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

	out := s.listener.figures(now)
	q := phone.Quality{
		Codec:      plan.send.Name(),
		Sent:       s.out.packets.Load(),
		Received:   count.total,
		Lost:       count.lost + count.missing(),
		LossIn:     m.lossIn,
		LossOut:    out.lost,
		JitterMS:   count.jitterMS(),
		JitterOut:  float64(out.jitter) / 1e6,
		RTTMS:      float64(s.trip.Load()) / 1e6,
		BufferMS:   float64(buffer.Delay) / 1e6,
		TargetMS:   float64(buffer.Target) / 1e6,
		Late:       buffer.Late,
		Concealed:  buffer.Concealed,
		Concealing: m.heardHoles,
		Recovered:  buffer.Recovered,
		LocalRTP:   s.LocalAddr().String(),
	}
	q.Encryption = plan.guard.suite()
	if to := s.destination(plan); to.IsValid() {
		q.RemoteRTP = to.String()
	}
	if from, _, ok := s.pair(plan); ok {
		q.LocalRTP = from.String()
	}
	heard := q.Codec
	if c := s.facts.codec.Load(); c != nil && c.Name() != q.Codec {
		q.CodecIn, heard = c.Name(), c.Name()
	}
	m.in = path{
		codec: heard, delay: q.RTTMS/2 + q.BufferMS + float64(plan.ptime) + codecDelay, trip: 2 * (q.RTTMS/2 + q.BufferMS + codecDelay),
		lost: m.heardHoles, burst: count.runs.ratio(),
	}
	if buffer.Played > 50 {
		q.MOS = mos(m.in.rating())
	}
	if out.known && q.Sent > 50 {
		rating := out.rating
		if rating == 0 {
			ear := float64(out.delay) / 1e6
			rating = path{
				codec: q.Codec, delay: q.RTTMS/2 + ear + float64(plan.ptime) + codecDelay, trip: q.RTTMS + ear + q.BufferMS + 2*codecDelay,
				lost: out.lost,
			}.rating()
		}
		q.MOSOut = mos(rating)
	}
	s.quality.Store(&q)
}

// codecDelay is what coding and the sound devices add on the way, in ms, as assumed by the estimate.
const codecDelay = 25

// Quality is how the stream does: the figures as of one moment, up to a second ago, the facts as of now. Cheap; for any
// goroutine.
func (s *Stream) Quality() phone.Quality {
	q := phone.Quality{Sent: s.out.packets.Load()}
	if last := s.quality.Load(); last != nil {
		q = *last
	}
	q.Facts = s.factsNow()
	return q
}
