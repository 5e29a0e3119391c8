package engine

import (
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/dialect"
	"svara/phone/ua"
)

// start begins what a dialect says is to be done on a call's line, in order. Steps are facts: advance does those whose
// time has come.
func (t *turn) start(c *call, steps []dialect.Step) {
	c.program, c.programAt = steps, t.now
	if steps[0].Kind == dialect.Refer || steps[0].Kind == dialect.ReferReplaces {
		c.programAt = t.now.Add(referPatience)
	}
	t.advance(c)
}

// advance does the steps that nothing stands in the way of.
func (t *turn) advance(c *call) {
	for len(c.program) > 0 && c.State == phone.StateConnected {
		step := c.program[0]
		due := !c.programAt.After(t.now)
		switch step.Kind {
		case dialect.Refer, dialect.ReferReplaces:
			// One thing at a time in a dialog: the hold before it is answered first (RFC 3261 14.1), if it is in time.
			if !due && (c.offering || c.holding != c.heldSent) {
				return
			}
			var with ua.LegID
			if step.Kind == dialect.ReferReplaces {
				k := t.s.call(c.Transfer.Consult)
				if k == nil || !k.State.Live() {
					c.program = nil
					return
				}
				with = k.leg
			}
			t.refer(c, step.Text, with)
		case dialect.DTMF:
			if c.digits != "" || c.digitAt.After(t.now) {
				return
			}
			c.digits = step.Text
			t.nextDigit(c)
			c.program = c.program[1:]
			c.programAt = t.now
			return // the next step waits until they are out
		case dialect.Wait:
			if c.digits != "" {
				return
			}
			if c.programAt = t.now.Add(step.Wait); len(c.program) > 1 {
				rest := c.program[1:]
				c.program = append([]dialect.Step{{Kind: waited}}, rest...)
				return
			}
		case waited:
			if !due {
				return
			}
		case dialect.Hangup:
			if c.digits != "" || c.digitAt.After(t.now) {
				return
			}
			c.program = nil
			t.handedByCode(c)
			return
		default:
			t.fault(phone.Reason{ID: phone.ReasonInternal, Text: "step " + string(step.Kind)})
		}
		if len(c.program) > 0 {
			c.program = c.program[1:]
		}
	}
}

// stepAt is when the next step may be due. Digits on their way have a clock of their own.
func (c *call) stepAt() time.Time {
	switch c.program[0].Kind {
	case dialect.DTMF, dialect.Hangup, dialect.Wait:
		if c.digits != "" {
			return time.Time{}
		}
		return c.digitAt
	}
	return c.programAt
}

// waited is a dialect.Wait that is being waited for.
const waited dialect.Kind = "waited"

// handedByCode: the codes are out, and hanging up does the rest.
func (t *turn) handedByCode(c *call) {
	if c.Transfer == nil {
		t.end(c, phone.Reason{ID: phone.ReasonHangup})
		return
	}
	t.editTransfer(c, func(x *phone.Transfer) {
		x.State, x.Reason = phone.TransferUnknown, &phone.Reason{ID: phone.ReasonTransferUnknown}
	})
	why := t.handedReason(c)
	c.Transfer = &phone.Transfer{
		Kind: c.Transfer.Kind, Target: c.Transfer.Target, Since: c.Transfer.Since, State: phone.TransferDone, Reason: &phone.Reason{ID: phone.ReasonTransferUnknown},
	}
	t.end(c, why)
}

// dialect is what an account's exchange is like; the plain one when nothing better is known.
func (s *state) dialect(id phone.AccountID) *dialect.Dialect {
	name := phone.DefaultDialect
	if a := s.account(id); a != nil && a.Dialect != "" {
		name = a.Dialect
	}
	if d := s.dialects[name]; d != nil {
		return d
	}
	if d := s.dialects[phone.DefaultDialect]; d != nil {
		return d
	}
	return plainSIP
}

// plainSIP stands in when no dialect was given: it knows how to do nothing beyond calling.
var plainSIP = &dialect.Dialect{ID: phone.DefaultDialect}

// dialCode is what to dial for a feature. A dialect that does it otherwise than by dialling cannot be asked so.
func (s *state) dialCode(id phone.AccountID, f phone.Feature, a dialect.Args) (string, error) {
	steps, err := s.dialect(id).Plan(f, a)
	if err != nil {
		return "", err
	}
	if len(steps) != 1 || steps[0].Kind != dialect.Dial {
		return "", phone.Refuse(phone.ReasonNotSupported, string(f))
	}
	return steps[0].Text, nil
}

func (s *state) hasDialCode(id phone.AccountID, f phone.Feature) bool {
	_, err := s.dialCode(id, f, dialect.Args{Number: "1", Slot: "1"})
	return err == nil
}

func (s *state) dialectList() []phone.Dialect {
	out := make([]phone.Dialect, 0, len(s.dialects))
	for _, d := range s.dialects {
		out = append(out, phone.Dialect{ID: d.ID, Name: d.Name})
	}
	slices.SortFunc(out, func(a, b phone.Dialect) int { return strings.Compare(a.ID, b.ID) })
	return out
}
