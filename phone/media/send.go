package media

import (
	"encoding/binary"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"

	"svara/audio"
)

const (
	mostFrame = 60 * audio.Rate / 1000 // house samples in the longest packet
	stalled   = 200 * time.Millisecond // Write not called for this long: time has passed without us
)

// sender codes and sends our sound. Fields are the audio loop's unless they say otherwise. The packet is sent from
// Write itself: a UDP send copies into the system's buffer and returns, which is less than waking another goroutine.
type sender struct {
	s      *Stream
	plan   *plan // the one last seen
	pcm    [mostFrame]int16
	filled int
	buf    []byte // header and payload
	header rtp.Header
	seq    uint16
	stamp  uint32    // RTP time of the frame being collected
	mark   bool      // the next packet begins a talkspurt
	at     time.Time // when the last frame was complete
	digit  digitWriter

	tone audio.Source           // a digit that sounds instead of the microphone; nil: none
	over [audio.BlockSize]int16 // its sound

	queue   chan rune         // digits waiting; filled by SendDigits
	tones   chan audio.Source // likewise, as sound; filled by SendTones
	packets atomic.Uint64     // read by the reporter
	octets  atomic.Uint64     // payload; likewise
	failed  atomic.Uint64     // sends the system refused; likewise
	clocked atomic.Uint64     // RTP time of the last packet and when, for sender reports: see moment
	lossOut atomic.Int32      // percent the peer reports; stored by the readers
	guarded atomic.Int32      // percent the encoder is to guard against; likewise
}

func (w *sender) init(s *Stream) {
	w.s = s
	w.buf = make([]byte, packetSize)
	w.seq = binary.BigEndian.Uint16(random(2)) & 0x7fff // far from going round, so that nobody misses that (RFC 3711 3.3.1)
	w.stamp = binary.BigEndian.Uint32(random(4))
	w.mark = true
	w.queue, w.tones = make(chan rune, queued), make(chan audio.Source, queued)
}

// write is Stream.Write.
func (w *sender) write(block []int16) {
	p := w.s.plan.Load()
	if p == nil || p.send == nil {
		return
	}
	if p != w.plan {
		if w.plan == nil || w.plan.send != p.send || w.plan.frame != p.frame {
			w.filled = 0
		}
		w.plan = p
	}
	p.begin()
	to := w.s.destination(p)
	if p.checked && !to.IsValid() {
		w.s.wanted()
	}
	clock := p.send.ClockRate()
	if !p.sends || !to.IsValid() {
		w.stamp += uint32(len(block) * clock / audio.Rate) // the sampling clock runs on (RFC 3550 5.1)
		w.filled, w.mark, w.at = 0, true, time.Time{}
		w.forget()
		return
	}
	for len(block) > 0 {
		n := copy(w.pcm[w.filled:p.frame], block)
		block = block[n:]
		if w.filled += n; w.filled == p.frame {
			w.filled = 0
			w.complete(p, to, clock)
		}
	}
}

// forget drops digits that cannot be sent now: they must not come out when a held call is resumed.
func (w *sender) forget() {
	w.digit, w.tone = digitWriter{}, nil
	for {
		select {
		case <-w.queue:
		case <-w.tones:
		default:
			return
		}
	}
}

// complete sends what one packet time of sound has become: sound, or a digit in its place.
func (w *sender) complete(p *plan, to netip.AddrPort, clock int) {
	now := w.s.cfg.Now()
	if gap := now.Sub(w.at); !w.at.IsZero() && gap > stalled {
		w.stamp += uint32((gap - span(p.frame)).Seconds() * float64(clock))
		w.mark = true
	}
	w.at = now
	if !w.digit.on && w.digit.rest <= 0 {
		select {
		case d := <-w.queue:
			if p.eventClock != 0 {
				w.digit.start(d, w.stamp)
			}
		default:
		}
	}
	switch {
	case w.digit.on:
		var payload [4]byte
		first := w.digit.next(&payload, p.ptime, p.eventClock)
		copy(w.buf[12:], payload[:])
		w.send(to, p.eventPT, w.digit.stamp, first, len(payload), now)
		w.mark = true
	default:
		w.digit.rest -= p.ptime
		if loss := int(w.guarded.Load()); loss != p.send.loss {
			p.send.loss = loss
			p.send.enc.SetLoss(loss)
		}
		if p.most != p.send.most {
			p.send.most = p.most
			if l, ok := p.send.enc.(audio.Limiter); ok {
				l.Limit(p.most)
			}
		}
		n, err := p.send.enc.Encode(w.buf[12:], w.pcm[:p.frame])
		if err == nil && n > 0 {
			w.send(to, p.pt, w.stamp, w.mark, n, now)
			w.mark = false
		}
	}
	w.stamp += uint32(p.frame * clock / audio.Rate)
}

// send puts the header before the n bytes of payload in buf and sends the packet.
func (w *sender) send(to netip.AddrPort, pt uint8, stamp uint32, mark bool, n int, now time.Time) {
	w.header = rtp.Header{Version: 2, Marker: mark, PayloadType: pt, SequenceNumber: w.seq, Timestamp: stamp, SSRC: w.s.ssrc.Load()}
	if _, err := w.header.MarshalTo(w.buf); err != nil {
		return
	}
	w.seq++
	data := w.buf[:12+n]
	if w.plan.guard != nil {
		var err error
		if data, err = w.seal(w.plan.guard, len(data)); err != nil {
			return
		}
	}
	if err := w.s.transmit(data, to); err != nil {
		w.failed.Add(1)
		return
	}
	w.packets.Add(1)
	w.octets.Add(uint64(n))
	w.clocked.Store(moment(w.stamp, now))
}

// moment packs an RTP time and when it was into one word: the time of day in units of 100 µs, modulo 2^32.
func moment(stamp uint32, now time.Time) uint64 {
	return uint64(stamp)<<32 | uint64(uint32(now.UnixMicro()/100))
}

// stampAt is the RTP time at now, from a moment (RFC 3550 6.4.1: the RTP time in a sender report is that of its NTP time).
func stampAt(moment uint64, now time.Time, clock int) uint32 {
	passed := uint32(now.UnixMicro()/100) - uint32(moment)
	return uint32(moment>>32) + uint32(uint64(passed)*uint64(clock)/10000)
}

// expect is the loss in percent to guard against after a report of loss and what was guarded against before: as much at
// once when it grows, and only bit by bit less when it goes down, as a network that has lost will lose again.
func expect(reported, before int32) int32 { return max(reported, before*3/4) }
