package pbxdemo

import (
	"time"

	"svara/phone"
)

// line is what the PBX keeps of a number that belongs to somebody: a login or a simulated person. The loop owns it.
type line struct {
	number   string
	name     string
	forwards map[phone.ForwardKind]string // of a login
	profile  *profile                     // of a login; nil: none is on
	until    time.Time                    // when the profile ends; zero: until changed
	ends     *alarm                       // of the profile, or of the simulated activity
	activity phone.Presence               // of a simulated person
	sent     bool                         // a team server has said what that is
	told     []publication                // of a login: what its phones have published, the oldest first
	box      mailbox
}

// addLine makes a number somebody's.
func (p *PBX) addLine(number, name string) {
	p.lines[number] = &line{
		number: number, name: name, forwards: map[phone.ForwardKind]string{},
		activity: phone.Presence{Activity: phone.ActivityAvailable, Open: true},
	}
}

// nameOf is the name of who has a number, as far as it is known.
func (p *PBX) nameOf(number string) string {
	if l := p.lines[number]; l != nil {
		return l.name
	}
	return ""
}

// login reports whether a number is that of phones, not of somebody simulated.
func (p *PBX) login(number string) bool {
	_, ok := p.password(number)
	return ok
}

// owner is the line of who dials a code for himself; nil, and the try has failed, when it is not a phone's own call.
func (p *PBX) owner(t *try) *line {
	if t.caller.user == "" || t.by != "" || len(t.path) > 0 {
		t.fail(403, "")
		return nil
	}
	return p.lines[t.caller.user]
}

// confirm tells who dialled a code that it is done: an answer, two tones, and the end.
func (p *PBX) confirm(t *try, name, sv string) {
	e := p.simulated(Entry{Number: t.number, Name: name, sv: sv})
	e.script.up = func() {
		for range 2 {
			e.sound.voice.play(pause(lead), beep(confirmHz, 300*time.Millisecond))
		}
		e.sound.voice.play(pause(lead))
	}
	e.script.idle = e.hangup
	t.ringSomebody(e, 0)
}
