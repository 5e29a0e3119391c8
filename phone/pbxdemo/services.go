package pbxdemo

import (
	"context"
	"math"
	"net/netip"
	"strings"
	"time"

	"svara/assets"
	"svara/audio"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// sound is one of our sounds as a source; a damaged file is a short silence and a line in the log.
func (p *PBX) sound(language, name string, from, to time.Duration) ending {
	c, err := newClip(assets.Sound(language, name), from, to)
	if err != nil {
		p.log.Error("sound not played", "name", name, "err", err)
		return pause(time.Second)
	}
	return c
}

// colleague rings, answers and speaks, with pauses, for as long as one listens.
func (p *PBX) colleague(c call, who colleague) {
	y := p.answer(c, who.ring)
	if y == nil {
		return
	}
	speak := func() {
		y.player.play(pause(300*time.Millisecond), p.sound(c.language, who.Number, 0, 0), pause(4*time.Second))
	}
	y.talk, y.idle = speak, speak
}

// echo says what it is and sends back what it hears.
func (p *PBX) echo(c call) {
	y := p.answer(c, p.short())
	if y == nil {
		return
	}
	y.talk = func() {
		y.player.setEcho(true)
		y.player.play(pause(300*time.Millisecond), p.sound(c.language, "echo", 0, 0))
	}
}

func (p *PBX) busy(c call) { p.ua.Do(ua.Reject{Leg: c.Leg, Code: 486}) }

// noAnswer rings until the caller or the PBX gives up.
func (p *PBX) noAnswer(c call) { p.reject(c, ringLimit, 480) }

// declines rings a little and declines.
func (p *PBX) declines(c call) { p.reject(c, 2*time.Second, 603) }

// reject rings for a time and then refuses.
func (p *PBX) reject(c call, ring time.Duration, code int) {
	r := &ringing{}
	p.legs[c.Leg] = r
	p.ua.Do(ua.Ring{Leg: c.Leg, Identity: p.answers(c)})
	p.after(ring, func() {
		if !r.over {
			p.ua.Do(ua.Reject{Leg: c.Leg, Code: code})
		}
	})
}

// ringing is a leg that only rings.
type ringing struct{ over bool }

func (r *ringing) handle(v ua.Value) {
	if _, over := v.(ua.Ended); over {
		r.over = true
	}
}

// keys reads the pressed keys back: for each its tone and its name.
func (p *PBX) keys(c call) {
	y := p.answer(c, p.short())
	if y == nil {
		return
	}
	y.talk = func() { y.player.play(pause(300*time.Millisecond), p.sound(c.language, "keys", 0, 0)) }
	var pressed []rune
	var timer *time.Timer
	y.digit = func(d rune) {
		if len(pressed) == 0 {
			y.player.interrupt()
		}
		if len(pressed) < 32 {
			pressed = append(pressed, d)
		}
		if timer != nil {
			timer.Stop()
		}
		count := len(pressed)
		timer = p.after(1500*time.Millisecond, func() {
			if y.over || len(pressed) != count { // another key came while this was on its way
				return
			}
			for _, d := range pressed {
				y.player.play(p.key(c.language, d)...)
			}
			pressed = nil
		})
	}
}

// slot is the time of one word in the sound file "digits".
const slot = 900 * time.Millisecond

// key is a key's tone and its name.
func (p *PBX) key(language string, d rune) []ending {
	i := time.Duration(strings.IndexRune(keypad, d))
	if i < 0 {
		return nil
	}
	return []ending{keyTone(d), pause(150 * time.Millisecond), p.sound(language, "digits", i*slot, (i+1)*slot)}
}

// milliwatt is a tone to measure with: 1004 Hz at -16 dBFS. The telephone network's milliwatt is 13 dB louder, which
// nobody wants in a headset.
func (p *PBX) milliwatt(c call) {
	y := p.answer(c, p.short())
	if y == nil {
		return
	}
	y.talk = func() {
		y.player.play(&sine{step: 2 * math.Pi * 1004 / audio.Rate, amplitude: math.MaxInt16 * math.Pow(10, -16.0/20)})
	}
}

// short is how long services ring: so that one sees it.
func (p *PBX) short() time.Duration { return 600 * time.Millisecond }

// callMe answers, says that it will call, hangs up, and calls the caller three seconds after the call is over.
func (p *PBX) callMe(c call) {
	y := p.answer(c, p.short())
	if y == nil {
		return
	}
	y.talk = func() { y.player.play(pause(300*time.Millisecond), p.sound(c.language, "callback", 0, 0)) }
	y.idle = y.hangup
	y.bye = func() {
		if y.connected {
			p.after(3*time.Second, func() { p.callBack(c) })
		}
	}
}

// callBack calls every phone of a user; the first to answer is talked to.
func (p *PBX) callBack(c call) {
	group := map[*party]bool{}
	for _, b := range p.ua.Bindings(c.User) {
		y, err := p.ring(c, b.Contact)
		if err != nil {
			p.log.Warn("cannot call back", "user", c.User, "contact", b.Contact, "err", err)
			continue
		}
		group[y] = true
		y.talk = func() {
			for other := range group {
				if other != y {
					other.hangup()
				}
			}
			y.player.play(pause(500*time.Millisecond), p.sound(c.language, "called", 0, 0), pause(time.Second))
		}
		y.idle = y.hangup
		p.after(ringLimit/2, func() {
			if !y.over && !y.connected {
				y.hangup()
			}
		})
	}
	if len(group) == 0 {
		p.log.Info("nobody to call back", "user", c.User)
	}
}

// ring starts an outgoing party towards a contact.
func (p *PBX) ring(c call, contact string) (*party, error) {
	local, err := p.localFor(contact)
	if err != nil {
		return nil, err
	}
	y, err := p.newParty(p.newLeg(), local)
	if err != nil {
		return nil, err
	}
	offer, err := y.stream.Offer(sdp.SendRecv)
	if err != nil {
		y.end()
		delete(p.legs, y.leg)
		return nil, err
	}
	p.ua.Do(ua.Invite{Leg: y.leg, Target: c.User, To: contact, From: p.identity(c.entry.Number, c.entry.Title(c.language)), SDP: offer})
	return y, nil
}

// localFor is our address towards a contact.
func (p *PBX) localFor(contact string) (netip.Addr, error) {
	if !p.cfg.Bind.IsUnspecified() {
		return p.cfg.Bind, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return p.ua.LocalAddr(ctx, "", contact)
}
