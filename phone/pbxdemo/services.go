package pbxdemo

import (
	"math"
	"strings"
	"time"

	"svara/assets"
	"svara/audio"
	"svara/phone"
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

// short is how long services ring: so that one sees it.
const short = 600 * time.Millisecond

// lead is the pause before anybody simulated begins to speak.
const lead = 300 * time.Millisecond

// announce is what most services begin with.
func (p *PBX) announce(e *end, name string) func() {
	return func() { e.sound.voice.play(pause(lead), p.sound(e.language, name, 0, 0)) }
}

// echo says what it is and sends back what it hears.
func (p *PBX) echo(t *try, who Entry) {
	e := p.simulated(who)
	say := p.announce(e, "echo")
	e.script.up = func() {
		e.sound.voice.setEcho(true)
		say()
	}
	t.ringSomebody(e, short)
}

func (p *PBX) busy(t *try, _ Entry) { t.fail(486, "") }

// noAnswer rings until the caller or the PBX gives up.
func (p *PBX) noAnswer(t *try, who Entry) { t.refuseAfter(p.simulated(who), ringLimit, 480) }

// declines rings a little and declines.
func (p *PBX) declines(t *try, who Entry) { t.refuseAfter(p.simulated(who), 2*time.Second, 603) }

// keys reads the pressed keys back: for each its tone and its name.
func (p *PBX) keys(t *try, who Entry) {
	e := p.simulated(who)
	e.script.up = p.announce(e, "keys")
	var pressed []rune
	var timer *time.Timer
	e.script.digit = func(d rune) {
		if len(pressed) == 0 {
			e.sound.voice.interrupt()
		}
		if len(pressed) < 32 {
			pressed = append(pressed, d)
		}
		if timer != nil {
			timer.Stop()
		}
		count := len(pressed)
		timer = p.after(1500*time.Millisecond, func() {
			if e.state == over || len(pressed) != count { // another key came while this was on its way
				return
			}
			for _, d := range pressed {
				e.sound.voice.play(p.key(e.language, d)...)
			}
			pressed = nil
		})
	}
	t.ringSomebody(e, short)
}

// wordTime is the time of one word in the sound file "digits".
const wordTime = 900 * time.Millisecond

// key is a key's tone and its name.
func (p *PBX) key(language string, d rune) []ending {
	i := time.Duration(strings.IndexRune(keypad, d))
	if i < 0 {
		return nil
	}
	return []ending{keyTone(d), pause(150 * time.Millisecond), p.sound(language, "digits", i*wordTime, (i+1)*wordTime)}
}

// milliwatt is a tone to measure with: 1004 Hz at -16 dBFS. The telephone network's milliwatt is 13 dB louder, which
// nobody wants in a headset.
func (p *PBX) milliwatt(t *try, who Entry) {
	e := p.simulated(who)
	e.script.up = func() {
		e.sound.voice.play(&sine{step: 2 * math.Pi * 1004 / audio.Rate, amplitude: math.MaxInt16 * math.Pow(10, -16.0/20)})
	}
	t.ringSomebody(e, short)
}

// callMe answers, says that it will call, hangs up, and calls the caller three seconds after the call is over.
func (p *PBX) callMe(t *try, who Entry) {
	e := p.simulated(who)
	user := t.caller.user
	e.script.up = p.announce(e, "callback")
	e.script.idle = e.hangup
	e.script.bye = func() {
		if e.begun {
			p.after(3*time.Second, func() { p.callBack(who, user, "called") })
		}
	}
	t.ringSomebody(e, short)
}

// callBack has somebody simulated call every phone of a user, say something and hang up.
func (p *PBX) callBack(who Entry, user, says string) {
	if _, login := p.password(user); !login {
		return
	}
	e := p.simulated(who)
	e.script.up = func() {
		e.sound.voice.play(pause(500*time.Millisecond), p.sound(e.language, says, 0, 0), pause(time.Second))
	}
	e.script.idle = e.hangup
	t := &try{
		p: p, caller: e, number: user,
		rang: func(*end) {},
		taken: func(_ *phone.Party, into *conv) {
			e.become(up)
			into.add(e)
		},
		failed: func(code int, _ string) {
			p.log.Info("call back not taken", "user", user, "code", code)
			e.hangup()
		},
	}
	t.start()
	p.after(ringLimit/2, func() { t.fail(480, "") })
}
