package media

import (
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"

	"github.com/pion/rtcp"

	system "svara/audio/clock"
)

// readRTCP is the RTCP socket's goroutine.
func (r *receiver) readRTCP() {
	buf := make([]byte, packetSize)
	for {
		n, from, err := r.s.rtcp.read(buf)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			r.rest()
			continue
		}
		r.sortControl(buf[:n], from)
	}
}

// sortControl hands a datagram of the RTCP socket to whom it is for (RFC 7983 7). What came over a TURN server is brought by
// another goroutine than what came to the socket.
func (r *receiver) sortControl(data []byte, from netip.AddrPort) {
	r.s.reports.turn.Lock()
	defer r.s.reports.turn.Unlock()
	if len(data) == 0 {
		return
	}
	switch first := data[0]; {
	case first <= 3:
		if r.s.path != nil {
			r.s.controlPath.Take(data, from)
		}
	case first >= 20 && first <= 63:
		r.s.reports.handshake(data, from)
	default:
		r.control(data, from, false)
	}
}

// control handles an RTCP packet; muxed says that it came to the RTP socket. Called by both readers.
func (r *receiver) control(data []byte, from netip.AddrPort, muxed bool) {
	plan := r.s.plan.Load()
	if plan == nil || len(data) < 8 || data[0]>>6 != 2 || !r.trusts(plan, from, muxed) {
		return
	}
	now := r.s.cfg.Now()
	if plan.guard != nil {
		var err error
		if data, err = r.openControl(plan, data, muxed, now); err != nil {
			return
		}
	}
	packets, err := rtcp.Unmarshal(data)
	if err != nil {
		return
	}
	r.s.alive.Store(now.UnixNano())
	if !muxed && !plan.checked && from != plan.control {
		r.s.answer.Store(&route{agreed: plan.control, source: from}) // behind a NAT: answered where it comes from
	}
	for _, p := range packets {
		switch p := p.(type) {
		case *rtcp.SenderReport:
			r.mutex.Lock()
			if p.SSRC == r.count.ssrc {
				r.count.senderReport, r.count.senderAt = uint32(p.NTPTime>>16), now
			}
			r.mutex.Unlock()
			r.reports(p.Reports, plan.send.ClockRate(), now)
		case *rtcp.ReceiverReport:
			r.reports(p.Reports, plan.send.ClockRate(), now)
		case *rtcp.ExtendedReport:
			r.extended(p, now)
		}
	}
}

// trusts reports whether RTCP from an address is the peer's: the other end of the checked pair, where ICE is spoken; else
// from the host that sends or is to be sent RTP or RTCP.
func (r *receiver) trusts(plan *plan, from netip.AddrPort, muxed bool) bool {
	switch {
	case plan.checked && muxed:
		return r.s.path.Admits(from)
	case plan.checked:
		return r.s.controlPath.Admits(from)
	}
	host := from.Addr()
	return host == r.s.destination(plan).Addr() || host == plan.control.Addr() || host == plan.remote.Addr()
}

// reports takes what the peer says of our stream (RFC 3550 6.4.1), whose clock is given in Hz.
func (r *receiver) reports(list []rtcp.ReceptionReport, clock int, now time.Time) {
	var ours *rtcp.ReceptionReport
	for i := range list {
		if b := &list[i]; b.SSRC == r.s.ssrc.Load() {
			ours = b
		}
	}
	r.s.listener.report(ours, r.s.out.packets.Load(), clock)
	if ours == nil {
		return
	}
	percent := int32(math.Round(float64(ours.FractionLost) * 100 / 256))
	r.s.out.lossOut.Store(percent)
	r.s.out.guarded.Store(expect(percent, r.s.out.guarded.Load()))
	if ours.LastSenderReport != 0 {
		r.s.tripIs(now, ours.LastSenderReport, ours.Delay)
	}
}

// ntp is a time as NTP writes it: seconds since 1900 and a binary fraction (RFC 3550 4).
func ntp(t time.Time) uint64 {
	const since1900 = 2208988800
	return uint64(t.Unix()+since1900)<<32 | uint64(t.Nanosecond())<<32/1e9
}

// middle is the middle 32 bits of an NTP time: units of 1/65536 s.
func middle(t time.Time) uint32 { return uint32(ntp(t) >> 16) }

// bandwidth is RTCP's share, 5 % of a session of 80 kbit/s, in bytes a second.
const bandwidth = 80_000 / 8 * 0.05

// interval is the time to the next report (RFC 3550 6.3.1) in a session of two: least stands for its Tmin, lot is from
// [0, 1).
func interval(least time.Duration, first bool, size, lot float64) time.Duration {
	if first {
		least /= 2
	}
	t := max(least, time.Duration(2*size/bandwidth*float64(time.Second)))
	return time.Duration(float64(t) * (0.5 + lot) / (math.E - 1.5))
}

// reporter sends our RTCP. Owned by the reporter goroutine.
type reporter struct {
	s     *Stream
	due   time.Time // of the next report; zero before the first agreement
	first bool
	size  float64   // average packet size with UDP and IP headers, RFC 3550 6.3.3
	sent  [2]uint64 // our packet count at the last two reports
	dead  bool      // told in this silence
	meter meter
}

func newReporter(s *Stream) *reporter { return &reporter{s: s, first: true, size: 128} }

// run is the reporter goroutine. Its last act is to say goodbye and close the sockets, which ends the readers.
func (r *reporter) run() {
	s := r.s
	defer func() {
		s.rtp.close()
		s.rtcp.close()
	}()
	var last *plan
	for {
		s.beat.Set(system.Beat(s.tempo.tick))
		if s.beat.Wait() != nil { // Close
			if last != nil && (s.out.packets.Load() > 0 || !r.first) {
				r.send(last, true) // RFC 3550 6.3.7: only who has spoken says BYE
			}
			return
		}
		s.net.look()
		plan := r.s.plan.Load()
		if plan == nil {
			continue
		}
		last = plan
		r.s.hearRefused(plan)
		now := r.s.cfg.Now()
		r.watch(plan, now)
		r.meter.measure(r.s, plan, now)
		switch {
		case r.due.IsZero():
			r.due = now.Add(interval(r.s.tempo.report, true, r.size, rand.Float64()))
		case !now.Before(r.due), s.ssrc.former.Load() != 0:
			r.send(plan, false)
			r.first = false
			r.due = now.Add(interval(r.s.tempo.report, false, r.size, rand.Float64()))
		}
	}
}

// watch tells when sound that should come does not.
func (r *reporter) watch(plan *plan, now time.Time) {
	s := r.s
	if !plan.receives {
		s.net.ended()
		return
	}
	rtp := max(s.heard.Load(), plan.since.UnixNano())
	if time.Duration(now.UnixNano()-rtp) < s.tempo.silent {
		return
	}
	if s.net.silence() {
		r.dead = false
		s.cfg.Notify(Silent{})
	}
	// A peer whose microphone sends nothing may still be there: its RTCP tells.
	if time.Duration(now.UnixNano()-max(rtp, s.alive.Load())) >= s.tempo.dead && !r.dead {
		r.dead = true
		s.cfg.Notify(Dead{})
	}
}

// send makes and sends one compound packet (RFC 3550 6.1).
func (r *reporter) send(plan *plan, bye bool) {
	s := r.s
	to, send := s.controlDestination(plan), s.report
	if plan.mux {
		to, send = s.destination(plan), s.transmit
	}
	if !to.IsValid() || to.Port() == 0 {
		return
	}
	now := s.cfg.Now()
	blocks := s.net.block(now)
	packets := s.out.packets.Load()
	var report rtcp.Packet = &rtcp.ReceiverReport{SSRC: s.ssrc.Load(), Reports: blocks}
	if packets != r.sent[0] {
		report = &rtcp.SenderReport{
			SSRC: s.ssrc.Load(), NTPTime: ntp(now), RTPTime: stampAt(s.out.clocked.Load(), now, plan.send.ClockRate()),
			PacketCount: uint32(packets), OctetCount: uint32(s.out.octets.Load()), Reports: blocks,
		}
	}
	r.sent = [2]uint64{r.sent[1], packets}
	compound := []rtcp.Packet{report, &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{
		Source: s.ssrc.Load(), Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: s.cfg.CNAME}},
	}}}}
	if x := r.extended(plan, now); x != nil {
		compound = append(compound, x)
	}
	if old := s.ssrc.former.Swap(0); old != 0 {
		compound = append(compound, &rtcp.Goodbye{Sources: []uint32{old}})
	}
	if bye {
		compound = append(compound, &rtcp.Goodbye{Sources: []uint32{s.ssrc.Load()}})
	}
	data, err := rtcp.Marshal(compound)
	if err != nil {
		s.log.Debug("make RTCP", "err", err)
		return
	}
	guard := plan.guard
	if plan.apart != nil {
		guard = plan.apart
	}
	if guard != nil {
		if data, err = r.seal(guard, data); err != nil {
			return
		}
	}
	if err := send(data, to); err == nil {
		r.size += (float64(len(data)+28) - r.size) / 16
	}
}

// controlDestination is where RTCP goes under a plan that has it apart: the other end of its checked pair, where ICE is
// spoken; else where the peer's comes from, else where it said. Not valid: nowhere.
func (s *Stream) controlDestination(p *plan) netip.AddrPort {
	if p.checked {
		if r := s.controlPath.Route(); r != nil {
			return r.Remote
		}
		return netip.AddrPort{}
	}
	if a := s.answer.Load(); a != nil && a.agreed == p.control {
		return a.source
	}
	return p.control
}

// block is our report on the source heard (RFC 3550 6.4.1, A.3), none before there is one.
func (r *receiver) block(now time.Time) []rtcp.ReceptionReport {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	c := &r.count
	if !c.started {
		return nil
	}
	expected := c.high - c.base + 1
	wanted, came := expected-c.priorExpected, c.received-c.priorReceived
	c.priorExpected, c.priorReceived = expected, c.received
	fraction := int64(0)
	if lost := wanted - came; wanted > 0 && lost > 0 {
		fraction = min(lost*256/wanted, 255)
	}
	b := rtcp.ReceptionReport{
		SSRC:               c.ssrc,
		FractionLost:       uint8(fraction),
		TotalLost:          uint32(min(max(c.missing(), 0), 0x7fffff)),
		LastSequenceNumber: uint32(c.high - 1<<20),
		Jitter:             uint32(c.jitter),
	}
	if c.senderReport != 0 {
		b.LastSenderReport = c.senderReport
		b.Delay = uint32(now.Sub(c.senderAt).Seconds() * 65536)
	}
	return []rtcp.ReceptionReport{b}
}
