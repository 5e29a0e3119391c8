package media

import (
	"strings"

	"svara/phone"
)

// SendTones queues digits 0-9 * # A-D to be sent as tones in the sound (ITU-T Q.23), for exchanges that listen for nothing
// else. The microphone is not heard meanwhile.
func (s *Stream) SendTones(digits string) error {
	digits = strings.ToUpper(digits)
	if s.cfg.Tone == nil || digits == "" || strings.Trim(digits, digitNames) != "" {
		return phone.Refuse(phone.ReasonBadDigits, "")
	}
	s.control.Lock() // so that two callers do not mix their digits
	defer s.control.Unlock()
	if len(digits) > cap(s.out.tones)-len(s.out.tones) {
		return phone.Refuse(phone.ReasonBadDigits, "too many at once")
	}
	for _, d := range digits {
		s.out.tones <- s.cfg.Tone(d)
	}
	return nil
}

// toned is what is sent in place of a block of ours: a digit's tones and the pause after them, else the block itself.
func (w *sender) toned(block []int16) []int16 {
	if w.tone == nil {
		select {
		case w.tone = <-w.tones:
		default:
			return block
		}
	}
	out := w.over[:min(len(block), len(w.over))]
	w.tone.Read(out)
	if t, ok := w.tone.(interface{ Done() bool }); !ok || t.Done() {
		w.tone = nil
	}
	return out
}
