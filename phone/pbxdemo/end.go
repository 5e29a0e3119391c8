package pbxdemo

import (
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/audio/codec/g722"
	"svara/audio/codec/opus"
	"svara/phone"
	"svara/phone/media"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// end is one end of a call: a phone's leg with its sound, or somebody simulated. The loop owns it.
type end struct {
	p        *PBX
	id       string // of its dialog, for watchers
	number   string // the extension, as others see it
	name     string
	shown    string // the number it shows instead; empty: its own
	hidden   bool   // it withholds its number
	language string // of announcements
	state    endState
	since    time.Time // of the state

	// Of a phone.

	leg     ua.LegID // empty: simulated
	user    string   // the login
	device  string   // which of its phones, see deviceOf
	dialled bool     // the phone called us, not we the phone
	target  string   // what it dialled
	tag     string   // the remote tag, once known, of a phone that we call
	stream  *media.Stream
	answer  []byte        // what our 2xx will carry
	holds   bool          // it does not listen to us
	told    sdp.Direction // what our side of the session is, as the phone knows it
	stays   time.Time     // not to be hung up before
	telling bool          // an offer of ours is on its way

	answeredBy string // who answered instead, while it rang

	// Of somebody simulated.

	script script
	begun  bool // script.up has been called

	sound  *port     // once there is sound
	try    *try      // the one it is a branch of, or that its own call makes
	conv   *conv     // whom it hears
	asked  *transfer // a transfer it has asked for
	moving *transfer // a transfer that it is the object of
}

// endState is how far a call has come at one end.
type endState int

const (
	ringing  endState = iota // not answered
	answered                 // our 2xx waits for its ACK
	up
	over
)

// script is what somebody simulated does. All of it is optional.
type script struct {
	up    func()     // it has been connected
	idle  func()     // it has said all
	digit func(rune) // a key was pressed across
	bye   func()     // it is over; begun tells whether it ever was connected
}

// newEnd makes an end that rings.
func (p *PBX) newEnd(number, name string) *end {
	p.last++
	e := &end{p: p, id: "d" + strconv.FormatUint(p.last, 10), number: number, name: name, language: p.cfg.Language(), since: time.Now(), told: sdp.SendRecv}
	p.ends = append(p.ends, e)
	return e
}

// simulated makes somebody simulated.
func (p *PBX) simulated(who Entry) *end {
	e := p.newEnd(who.Number, who.Title(p.cfg.Language()))
	e.sound = &port{voice: &voice{empty: func() {
		p.post(func() {
			if e.state != over && e.script.idle != nil {
				e.script.idle()
			}
		})
	}}}
	return e
}

// open opens the sound of a phone, from local address towards it.
func (e *end) open(local netip.Addr) error {
	stream, err := media.Open(media.Config{
		Local:    local,
		Codecs:   []audio.Codec{opus.Codec(), g722.Codec(), g711.PCMA(), g711.PCMU()},
		Security: media.Security{Mode: phone.SRTPOptional}, // as each phone wants it
		Log:      e.p.cfg.Log,
		Notify:   func(v media.Event) { e.p.post(func() { e.event(v) }) },
	})
	if err != nil {
		return err
	}
	e.stream = stream
	e.sound = &port{stream: stream}
	return nil
}

// phone reports whether it is a phone's, and has not ended.
func (e *end) phone() bool { return e.leg != "" && e.state != over }

func (e *end) become(s endState) { e.state, e.since = s, time.Now() }

// handle takes a value of the leg.
func (e *end) handle(v ua.Value) {
	switch v := v.(type) {
	case ua.Progress:
		e.tag = v.Tag
		if e.try != nil && v.Code >= 180 && v.Code != 181 && v.Code != 182 {
			e.try.ringsAt(e)
		}
	case ua.Answered:
		e.taken(v)
	case ua.Confirmed: // our 2xx, or our offer in answer to an empty re-INVITE
		if v.SDP != nil {
			if err := e.stream.Accept(v.SDP); err != nil {
				e.fail("accept the answer", err)
				return
			}
		}
		if e.state == answered {
			e.become(up)
		}
		e.listen()
	case ua.Offered:
		e.offered(v)
	case ua.OfferNeeded:
		e.telling = false
		e.offer(e.told)
	case ua.OfferAnswered:
		if err := e.stream.Accept(v.SDP); err != nil {
			e.fail("accept the answer", err)
			return
		}
		e.telling = false
		e.listen()
	case ua.OfferFailed:
		e.telling = false
		e.p.log.Debug("offer refused", "leg", e.leg, "reason", v.Reason.ID, "code", v.Reason.Code)
	case ua.InfoReceived:
		if far := e.conv.across(e); far != nil && far.phone() { // as it came, whatever it is
			e.p.ua.Do(ua.Info{Leg: far.leg, ContentType: v.ContentType, Body: v.Body})
		} else if d, ok := digitOf(v); ok {
			e.event(media.DigitReceived{Digit: d})
		}
	case ua.ReferAsked:
		e.p.referred(e, v)
	case ua.ReferStopped:
		if e.asked != nil {
			e.asked.takeBack()
		}
	case ua.Ended:
		e.deflect(v)
		e.gone(refusal(v.Reason))
	}
}

// taken deals with a phone that has answered our INVITE.
func (e *end) taken(v ua.Answered) {
	t := e.try
	if t == nil || t.over { // two answered at once: the second is let go
		e.p.ua.Do(ua.Hangup{Leg: e.leg})
		return
	}
	e.tag = v.Tag
	if err := e.stream.Accept(v.SDP); err != nil {
		e.fail("accept the answer", err)
		return
	}
	e.become(up)
	t.succeed(e)
}

// offered answers a re-INVITE: hold, resume, another address.
func (e *end) offered(v ua.Offered) {
	var body []byte
	var err error
	if v.SDP == nil {
		body, err = e.stream.Offer(e.told)
	} else {
		body, err = e.stream.Answer(v.SDP, e.told)
	}
	if err != nil {
		e.p.log.Warn("offer refused", "leg", e.leg, "err", err)
		e.p.ua.Do(ua.RejectOffer{Leg: e.leg, Code: 488})
		return
	}
	e.p.ua.Do(ua.AnswerOffer{Leg: e.leg, SDP: body})
	e.listen()
}

// listen notes whether the phone listens to us, and tells those it talks with. One that takes its call off hold while it
// is being transferred wants it back.
func (e *end) listen() {
	held := e.holds
	e.holds = e.stream.Agreed().RemoteHold
	if held && !e.holds && e.asked != nil {
		e.asked.takeBack()
	}
	if e.conv != nil {
		e.conv.settle()
	}
}

// tell lets the phone know whether the other side listens: RFC 3264 8.4. One offer at a time.
func (e *end) tell(d sdp.Direction) {
	if e.state != up || e.telling || e.told == d {
		return
	}
	e.offer(d)
}

func (e *end) offer(d sdp.Direction) {
	body, err := e.stream.Offer(d)
	if err != nil {
		e.p.log.Warn("no offer", "leg", e.leg, "err", err)
		return
	}
	e.told, e.telling = d, true
	e.p.ua.Do(ua.Offer{Leg: e.leg, SDP: body})
}

func (e *end) event(v media.Event) {
	if e.state == over {
		return
	}
	switch v := v.(type) {
	case media.DigitReceived:
		if e.conv != nil {
			e.conv.digit(e, v.Digit)
		}
	case media.Dead:
		e.p.log.Info("no sound from the phone any more", "leg", e.leg)
		e.hangup()
	}
}

// hangup ends it in whatever way its state needs.
func (e *end) hangup() { e.release(0) }

// farewell is how long a phone has to hear of its transfer's outcome before its dialog is over, and to hang up by itself
// (RFC 5589 6.1).
const farewell = 500 * time.Millisecond

// linger puts off the next hangup.
func (e *end) linger() { e.stays = time.Now().Add(farewell) }

// release is hangup with a cause of ITU-T Q.850 for the phone.
func (e *end) release(cause int) {
	wait := time.Until(e.stays)
	switch {
	case e.state == over:
	case wait > 0:
		time.AfterFunc(wait, func() { e.p.post(func() { e.release(cause) }) })
	case e.leg == "":
		e.gone(0)
	case e.state == ringing && e.dialled:
		e.p.ua.Do(ua.Reject{Leg: e.leg, Code: 480})
	default:
		e.p.ua.Do(ua.Hangup{Leg: e.leg, Cause: cause, By: e.answeredBy})
	}
}

func (e *end) fail(what string, err error) {
	e.p.log.Warn("call given up", "leg", e.leg, "doing", what, "err", err)
	e.hangup()
}

// gone is the last that happens to an end: code is why a phone did not take a call.
func (e *end) gone(code int) {
	if e.state == over {
		return
	}
	e.become(over)
	e.p.ends = slices.DeleteFunc(e.p.ends, func(other *end) bool { return other == e })
	if t := e.try; t != nil && t.caller != e {
		t.lost(e, code)
	} else if t != nil {
		t.cancel()
	}
	if e.asked != nil {
		e.asked.left()
	}
	if e.moving != nil {
		e.moving.lost()
	}
	if e.conv != nil {
		e.conv.drop(e)
	}
	if e.stream != nil {
		if err := e.stream.Close(); err != nil {
			e.p.log.Debug("sound closed", "leg", e.leg, "err", err)
		}
	}
	if e.script.bye != nil {
		e.script.bye()
	}
}

// errorCode is the response to a call that there can be no sound for.
func errorCode(err error) int {
	if e := (*phone.Error)(nil); errors.As(err, &e) && e.Reason.ID == phone.ReasonNoCodec {
		return 488
	}
	return 500
}
