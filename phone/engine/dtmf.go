package engine

import (
	"bytes"
	"fmt"
	"strings"

	"svara/phone"
	"svara/phone/ua"
)

func (t *turn) sendDTMF(cmd phone.SendDTMF) (phone.CallID, error) {
	if !validDigits(cmd.Digits) {
		return 0, phone.Refuse(phone.ReasonBadDigits, "")
	}
	c, err := t.pick(cmd.Call, func(c *call) bool {
		return !c.auto && (c.State == phone.StateConnected || c.State == phone.StateEarly && (c.live || c.Inside))
	})
	if err != nil {
		return 0, err
	}
	id := c.ID
	if c = t.lineOf(c); c == nil || len(c.program) > 0 {
		return 0, phone.Refuse(phone.ReasonWrongState, "")
	}
	idle := c.digits == ""
	c.digits += cmd.Digits
	if idle && !c.digitAt.After(t.now) {
		t.nextDigit(c)
	}
	return id, nil
}

// nextDigit sends the first of the digits that wait, or makes a pause of a comma.
func (t *turn) nextDigit(c *call) {
	d := c.digits[0]
	c.digits = c.digits[1:]
	if d == ',' {
		c.digitAt = t.now.Add(digitPause)
		return
	}
	c.digitAt = t.now.Add(digitEvery)
	d = upper(d)
	t.s.feedback = feedback{digit: d, until: t.now.Add(feedbackTime)}
	switch t.digitMethod(c) {
	case phone.DTMFRTP:
		t.do(fxDigit{call: c.ID, digit: d})
	case phone.DTMFInband:
		t.do(fxDigit{call: c.ID, digit: d, tone: true})
	default:
		t.infoDigit(c, d)
	}
}

func upper(d byte) byte {
	if d >= 'a' && d <= 'd' {
		return d - 'a' + 'A'
	}
	return d
}

func (t *turn) digitMethod(c *call) phone.DTMFMethod {
	if a := t.s.account(c.Account); a != nil && a.DTMF != phone.DTMFAuto {
		// Opus is made for voices, and nobody listens for tones in it: an exchange that offers telephone-event beside it
		// gets that.
		if a.DTMF == phone.DTMFInband && strings.EqualFold(c.Codec, "opus") && c.rtpDigits {
			return phone.DTMFRTP
		}
		return a.DTMF
	}
	if c.rtpDigits {
		return phone.DTMFRTP
	}
	return phone.DTMFInfo
}

// infoDigit sends a digit as SIP INFO in the form PBXs agree on (application/dtmf-relay, duration in ms).
func (t *turn) infoDigit(c *call, d byte) {
	body := fmt.Sprintf("Signal=%c\r\nDuration=160\r\n", d)
	t.do(fxSIP{ua.Info{Leg: c.leg, ContentType: "application/dtmf-relay", Body: []byte(body)}})
}

// onInfo reads DTMF sent as INFO, in both forms that are about.
func (t *turn) onInfo(v ua.InfoReceived) {
	c := t.s.callByLeg(v.Leg)
	if c == nil {
		return
	}
	var signal string
	kind, _, _ := strings.Cut(strings.ToLower(v.ContentType), ";")
	switch strings.TrimSpace(kind) {
	case "application/dtmf-relay":
		for line := range bytes.Lines(v.Body) {
			if key, value, ok := strings.Cut(string(line), "="); ok && strings.EqualFold(strings.TrimSpace(key), "signal") {
				signal = strings.TrimSpace(value)
			}
		}
	case "application/dtmf":
		signal = strings.TrimSpace(string(v.Body))
	}
	if len(signal) == 1 && signal != "," && validDigits(signal) {
		t.tell(phone.Event{Kind: phone.EventCallDTMF, Call: c.ID, Account: c.Account, Value: strings.ToUpper(signal)})
	}
}

// onDigitsFailed falls back to INFO when the peer does not take telephone-events after all.
func (t *turn) onDigitsFailed(in inDigitsFailed) {
	if c := t.s.call(in.call); c != nil && c.State.Live() {
		why := phone.ReasonOf(in.err)
		t.tell(phone.Event{Kind: phone.EventCallWarning, Call: c.ID, Account: c.Account, Reason: &why})
	}
}
