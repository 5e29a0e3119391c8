package media

import (
	"math"
	"time"

	"github.com/pion/rtcp"

	"svara/phone/media/jitter"
	"svara/phone/sdp"
)

// wanted is which extended reports we would like to be sent.
var wanted = sdp.XR{VoIPMetrics: true, ReceiverTime: true}

// unknown is a figure of RFC 3611 4.7 that is not measured.
const unknown = 127

// extended takes the blocks of an extended report (RFC 3611). Called by both readers.
func (r *receiver) extended(x *rtcp.ExtendedReport, now time.Time) {
	l := &r.s.listener
	for _, b := range x.Reports {
		switch b := b.(type) {
		case *rtcp.VoIPMetricsReportBlock:
			if b.SSRC == r.s.ssrc.Load() {
				l.extended(*b, now)
			}
		case *rtcp.ReceiverReferenceTimeReportBlock:
			l.ask(b.NTPTimestamp, now)
		case *rtcp.DLRRReportBlock:
			for _, d := range b.Reports {
				if d.SSRC == r.s.ssrc.Load() && d.LastRR != 0 {
					r.s.tripIs(now, d.LastRR, d.DLRR)
				}
			}
		}
	}
}

// tripIs measures the round trip: now, less the time that came back and how long it was kept, in units of 1/65536 s.
func (s *Stream) tripIs(now time.Time, sent, kept uint32) {
	// A negative one would be far more than is plausible.
	if trip := middle(now) - sent - kept; time.Duration(trip)*time.Second>>16 < absurd {
		s.trip.Store(int64(trip) * int64(time.Second) >> 16)
	}
}

// extended is our extended report, nil where the peer has not asked for one.
func (r *reporter) extended(plan *plan, now time.Time) *rtcp.ExtendedReport {
	s, want := r.s, plan.agreed.XR
	x := &rtcp.ExtendedReport{SenderSSRC: s.ssrc.Load()}
	s.net.mutex.Lock()
	heard, source := s.net.count.started, s.net.count.ssrc
	losses := s.net.count.runs
	s.net.mutex.Unlock()
	if want.ReceiverTime {
		x.Reports = append(x.Reports, &rtcp.ReceiverReferenceTimeReportBlock{NTPTimestamp: ntp(now)})
		s.listener.mutex.Lock()
		reference, asked := s.listener.reference, s.listener.asked
		s.listener.mutex.Unlock()
		if heard && reference != 0 && now.Sub(asked) < time.Minute {
			x.Reports = append(x.Reports, &rtcp.DLRRReportBlock{Reports: []rtcp.DLRRReport{{
				SSRC: source, LastRR: reference, DLRR: uint32(now.Sub(asked).Seconds() * 65536),
			}}})
		}
	}
	if want.VoIPMetrics && heard {
		x.Reports = append(x.Reports, r.metrics(plan, source, losses))
	}
	if len(x.Reports) == 0 {
		return nil
	}
	return x
}

// metrics is how their sound arrives here (RFC 3611 4.7).
func (r *reporter) metrics(plan *plan, source uint32, losses runs) *rtcp.VoIPMetricsReportBlock {
	s, m := r.s, &r.meter
	s.lockBuffer()
	buffer := s.buffer.Stats()
	s.unlockBuffer()
	q := s.Quality()
	bursts := losses.bursts()
	packetMS := float64(plan.ptime) // theirs is nearly always the same
	still := m.in
	still.delay, still.trip = 0, 0
	return &rtcp.VoIPMetricsReportBlock{
		SSRC:           source,
		LossRate:       share(float64(losses.lost) / max(float64(losses.lost+losses.came), 1)),
		DiscardRate:    share(float64(buffer.Late) / max(float64(losses.lost+losses.came), 1)),
		BurstDensity:   bursts.burstDensity,
		GapDensity:     bursts.gapDensity,
		BurstDuration:  word(bursts.burst * packetMS),
		GapDuration:    word(bursts.gap * packetMS),
		RoundTripDelay: word(q.RTTMS),
		EndSystemDelay: word(q.BufferMS + codecDelay),
		SignalLevel:    unknown,
		NoiseLevel:     unknown,
		RERL:           unknown,
		Gmin:           gmin,
		RFactor:        uint8(math.Round(m.in.rating())),
		ExtRFactor:     unknown,
		MOSLQ:          uint8(math.Round(mos(still.rating()) * 10)),
		MOSCQ:          uint8(math.Round(mos(m.in.rating()) * 10)),
		RXConfig:       0b11<<6 | 0b11<<4, // loss is concealed well, the buffer adapts
		JBNominal:      word(q.TargetMS),
		JBMaximum:      word(max(q.TargetMS, q.BufferMS)),
		JBAbsMax:       uint16(jitter.DefaultMax / time.Millisecond),
	}
}

// word is a figure in 16 bits.
func word(v float64) uint16 { return uint16(min(max(v, 0), math.MaxUint16)) }
