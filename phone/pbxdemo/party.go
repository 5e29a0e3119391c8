package pbxdemo

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/audio/codec/opus"
	"svara/phone"
	"svara/phone/media"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// party is one leg whose other end is ours, with sound. The loop owns it.
type party struct {
	p      *PBX
	leg    ua.LegID
	stream *media.Stream
	player *player // nil until the call is up

	talk  func()     // when the call is up
	idle  func()     // when the player has played all
	digit func(rune) // a key was pressed there
	bye   func()     // when the call is over

	connected bool
	over      bool
}

// newParty opens the sound of a party that has address local towards the phone.
func (p *PBX) newParty(leg ua.LegID, local netip.Addr) (*party, error) {
	y := &party{p: p, leg: leg}
	stream, err := media.Open(media.Config{
		Local:  local,
		Codecs: []audio.Codec{opus.Codec(), g711.PCMA(), g711.PCMU()},
		Log:    p.cfg.Log,
		Notify: func(e media.Event) { p.post(func() { y.event(e) }) },
	})
	if err != nil {
		return nil, err
	}
	y.stream = stream
	p.legs[leg] = y
	return y, nil
}

// answer makes a party of an incoming call: it rings for a while, answers, and then talks. It is nil when there can be
// no sound; the call has been refused then.
func (p *PBX) answer(c call, ring time.Duration) *party {
	y, err := p.newParty(c.Leg, c.Local)
	var answer []byte
	if err == nil {
		if c.SDP != nil {
			answer, err = y.stream.Answer(c.SDP, sdp.SendRecv)
		} else {
			answer, err = y.stream.Offer(sdp.SendRecv)
		}
	}
	if err != nil {
		p.log.Warn("no sound for a call", "leg", c.Leg, "err", err)
		code := 500
		if e := (*phone.Error)(nil); errors.As(err, &e) && e.Reason.ID == phone.ReasonNoCodec {
			code = 488
		}
		p.ua.Do(ua.Reject{Leg: c.Leg, Code: code})
		if y != nil {
			y.end()
			delete(p.legs, c.Leg)
		}
		return nil
	}
	p.ua.Do(ua.Ring{Leg: c.Leg, Identity: p.answers(c)})
	p.after(ring, func() {
		if !y.over {
			p.ua.Do(ua.Answer{Leg: c.Leg, SDP: answer, Identity: p.answers(c)})
		}
	})
	return y
}

// handle implements handler.
func (y *party) handle(v ua.Value) {
	switch v := v.(type) {
	case ua.Answered: // our INVITE
		if err := y.stream.Accept(v.SDP); err != nil {
			y.fail("accept the answer", err)
			return
		}
		y.up()
	case ua.Confirmed: // our 2xx, or our offer in answer to an empty re-INVITE
		if v.SDP != nil {
			if err := y.stream.Accept(v.SDP); err != nil {
				y.fail("accept the answer", err)
				return
			}
		}
		y.up()
	case ua.Offered:
		y.offered(v)
	case ua.InfoReceived:
		if d, ok := digitOf(v); ok {
			y.event(media.DigitReceived{Digit: d})
		}
	case ua.Ended:
		y.end()
	}
}

// up begins to talk, once.
func (y *party) up() {
	if y.player != nil {
		y.player.hold(y.stream.Agreed().RemoteHold)
	}
	if y.connected || y.over {
		return
	}
	y.connected = true
	y.player = newPlayer(y.stream, func() {
		y.p.post(func() {
			if !y.over && y.idle != nil {
				y.idle()
			}
		})
	})
	if y.talk != nil {
		y.talk()
	}
}

// offered answers a re-INVITE: hold, resume, another address.
func (y *party) offered(v ua.Offered) {
	var body []byte
	var err error
	if v.SDP == nil {
		body, err = y.stream.Offer(sdp.SendRecv)
	} else {
		body, err = y.stream.Answer(v.SDP, sdp.SendRecv)
	}
	if err != nil {
		y.p.log.Warn("offer refused", "leg", y.leg, "err", err)
		y.p.ua.Do(ua.RejectOffer{Leg: y.leg, Code: 488})
		return
	}
	y.p.ua.Do(ua.AnswerOffer{Leg: y.leg, SDP: body})
	if y.player != nil {
		y.player.hold(y.stream.Agreed().RemoteHold)
	}
}

func (y *party) event(e media.Event) {
	if y.over {
		return
	}
	switch e := e.(type) {
	case media.DigitReceived:
		if y.digit != nil && y.connected {
			y.digit(e.Digit)
		}
	case media.Dead:
		y.p.log.Info("no sound from the phone any more", "leg", y.leg)
		y.hangup()
	}
}

func (y *party) hangup() { y.p.ua.Do(ua.Hangup{Leg: y.leg}) }

func (y *party) fail(what string, err error) {
	y.p.log.Warn("call given up", "leg", y.leg, "doing", what, "err", err)
	y.hangup()
}

// end closes the sound. The leg is over or about to be.
func (y *party) end() {
	if y.over {
		return
	}
	y.over = true
	if y.player != nil {
		y.player.close()
	}
	if err := y.stream.Close(); err != nil {
		y.p.log.Debug("sound closed", "leg", y.leg, "err", err)
	}
	if y.bye != nil {
		y.bye()
	}
}

// digitOf reads a key from a SIP INFO: application/dtmf-relay ("Signal=5") or application/dtmf ("5").
func digitOf(v ua.InfoReceived) (rune, bool) {
	kind, _, _ := strings.Cut(strings.ToLower(v.ContentType), ";")
	text := ""
	switch strings.TrimSpace(kind) {
	case "application/dtmf":
		text = strings.TrimSpace(string(v.Body))
	case "application/dtmf-relay":
		for line := range strings.Lines(string(v.Body)) {
			if name, value, ok := strings.Cut(line, "="); ok && strings.EqualFold(strings.TrimSpace(name), "Signal") {
				text = strings.TrimSpace(value)
			}
		}
	}
	text = strings.ToUpper(text)
	if len(text) != 1 || !strings.Contains(keypad, text) {
		return 0, false
	}
	return rune(text[0]), true
}

// keypad is the keys in the order of the sound file "digits".
const keypad = "0123456789*#ABCD"
