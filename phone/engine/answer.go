package engine

import (
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/ua"
)

// autoAnswerAt is when a ringing call answers itself (features.md C5), or zero. The exchange may ask for it in the ways
// that are about; a stranger's wish opens no microphone (quality.md, hostile input 20).
func (t *turn) autoAnswerAt(v ua.Incoming) time.Time {
	switch how := t.s.settings.Get(phone.KeyAutoAnswer); how {
	case "off":
		return time.Time{}
	case "pbx":
		if seconds, asked := answerAfter(v.Headers); asked && v.Own {
			return t.now.Add(seconds)
		}
		return time.Time{}
	default:
		n, _ := strconv.Atoi(how)
		return t.now.Add(time.Duration(n) * time.Second)
	}
}

// answerAfter reads Call-Info: <...>;answer-after=n, Alert-Info with auto-answer, and Answer-Mode: Auto (RFC 5373).
func answerAfter(headers []ua.Header) (time.Duration, bool) {
	for _, h := range headers {
		value := strings.ToLower(h.Value)
		switch h.Name {
		case "Call-Info":
			_, rest, ok := strings.Cut(value, "answer-after=")
			if !ok {
				continue
			}
			digits := strings.TrimLeft(rest, "\" ")
			end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
			if end >= 0 {
				digits = digits[:end]
			}
			if n, err := strconv.Atoi(digits); err == nil && n <= 60 {
				return time.Duration(n) * time.Second, true
			}
		case "Alert-Info":
			if strings.Contains(value, "auto-answer") || strings.Contains(value, "autoanswer") || strings.Contains(value, "auto answer") {
				return 0, true
			}
		case "Answer-Mode":
			if strings.HasPrefix(strings.TrimSpace(value), "auto") {
				return 0, true
			}
		case "X-Auto-Answer":
			if strings.TrimSpace(value) == "true" || strings.TrimSpace(value) == "1" {
				return 0, true
			}
		}
	}
	return 0, false
}

// answerClock answers a call whose time has come, unless we talk to somebody: then it goes on ringing.
func (t *turn) answerClock(c *call) {
	if c.answerAt.IsZero() || c.answerAt.After(t.now) || c.State != phone.StateIncoming {
		return
	}
	c.answerAt = time.Time{}
	if !c.rings || t.s.busyTalking() {
		return
	}
	t.pickUp(c)
}

// next is the call to go on with when none is in front: the longest ringing, else the longest held (features.md C6).
func (s *state) next() phone.CallID {
	if s.active() != 0 {
		return 0
	}
	var best *call
	for i := range s.calls {
		c := &s.calls[i]
		switch {
		case c.State == phone.StateIncoming && c.rings:
			if best == nil || best.State != phone.StateIncoming || c.Created.Before(best.Created) {
				best = c
			}
		case c.State == phone.StateConnected && !c.auto && c.holding && !c.pending() && (c.Camp == nil || c.Camp.Reminder) && !c.insideHold:
			if best == nil || best.State != phone.StateIncoming && c.HeldSince.Before(best.HeldSince) {
				best = c
			}
		}
	}
	if best == nil {
		return 0
	}
	return best.ID
}
