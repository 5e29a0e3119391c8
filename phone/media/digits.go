package media

import (
	"strings"

	"github.com/pion/rtp"

	"svara/phone"
)

// digitNames are the DTMF digits by their RFC 4733 event code.
const digitNames = "0123456789*#ABCD"

const (
	pause      = ',' // in a string of digits: two seconds of nothing
	pauseMS    = 2000
	digitMS    = 100 // length of a digit
	betweenMS  = 100 // from a digit's end to the next one's beginning; its end packets go out in that time
	endPackets = 3   // RFC 4733 2.5.1.4
	queued     = 256 // digits waiting
)

// SendDigits queues digits 0-9 * # A-D to be sent as RFC 4733 events; a comma is a pause of two seconds.
func (s *Stream) SendDigits(digits string) error {
	p := s.plan.Load()
	if p == nil || p.eventClock == 0 {
		return ErrNoTelephoneEvent
	}
	digits = strings.ToUpper(digits)
	if digits == "" || strings.Trim(digits, digitNames+string(pause)) != "" {
		return phone.Refuse(phone.ReasonBadDigits, "")
	}
	s.control.Lock() // so that two callers do not mix their digits
	defer s.control.Unlock()
	if len(digits) > cap(s.out.queue)-len(s.out.queue) {
		return phone.Refuse(phone.ReasonBadDigits, "too many at once")
	}
	for _, d := range digits {
		s.out.queue <- d
	}
	return nil
}

// digitWriter makes event packets, one for each packet time. Owned by the audio loop.
type digitWriter struct {
	on      bool
	event   byte
	stamp   uint32 // RTP time of the digit's beginning
	elapsed int    // ms of the digit sent so far
	ends    int    // end packets sent
	rest    int    // ms until the next digit may begin
}

// start begins a digit at an RTP time, or a pause.
func (w *digitWriter) start(digit rune, stamp uint32) {
	if digit == pause {
		w.rest = pauseMS
		return
	}
	*w = digitWriter{on: true, event: byte(strings.IndexRune(digitNames, digit)), stamp: stamp}
}

// next writes the payload for the next ms milliseconds (RFC 4733 2.3) and reports whether it is the digit's first.
// Durations are in units of clock.
func (w *digitWriter) next(payload *[4]byte, ms, clock int) (first bool) {
	first = w.elapsed == 0
	if w.ends == 0 {
		w.elapsed += ms
	}
	const volume = 10 // -10 dBm0, what a telephone's keypad sends
	payload[0], payload[1] = w.event, volume
	if w.elapsed >= digitMS {
		payload[1] |= 0x80
		if w.ends++; w.ends == endPackets {
			w.on = false
			w.rest = max(0, betweenMS-(endPackets-1)*ms)
		}
	}
	duration := min(w.elapsed*clock/1000, 0xffff)
	payload[2], payload[3] = byte(duration>>8), byte(duration)
	return first
}

// digitReader finds digits in event packets. All packets of a digit carry the same timestamp, so each timestamp is one
// digit, however many of its packets are lost or doubled, the last ones included. Owned by the RTP reader.
type digitReader struct {
	some     bool
	ssrc     uint32
	stamp    uint32
	event    byte
	duration uint16
}

// read takes an event packet and reports a digit that has not been told before.
func (r *digitReader) read(p *rtp.Packet) (digit rune, fresh bool) {
	if len(p.Payload) < 4 || int(p.Payload[0]) >= len(digitNames) {
		return 0, false
	}
	event, duration := p.Payload[0], uint16(p.Payload[2])<<8|uint16(p.Payload[3])
	if r.some && p.SSRC == r.ssrc {
		ahead := int32(p.Timestamp - r.stamp)
		switch {
		case ahead == 0:
			r.duration = max(r.duration, duration)
			return 0, false
		case ahead < 0:
			return 0, false // of an earlier digit, out of order
		case event == r.event && !p.Marker && r.duration >= 0xf000 && ahead <= 0xffff:
			// A digit too long for one duration goes on in a further segment (RFC 4733 2.5.1.3).
			r.stamp, r.duration = p.Timestamp, duration
			return 0, false
		}
	}
	*r = digitReader{some: true, ssrc: p.SSRC, stamp: p.Timestamp, event: event, duration: duration}
	return rune(digitNames[event]), true
}
