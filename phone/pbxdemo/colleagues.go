package pbxdemo

import (
	"slices"
	"time"
)

// colleague is a simulated person. He has one telephone: while he rings or talks he is busy to others.
type colleague struct {
	Entry
	ring   time.Duration // until the answer
	manner manner
}

// manner is how a colleague deals with calls.
type manner int

const (
	answers   manner = iota
	talks            // is in calls of her own now and then
	refuses          // takes no transferred calls
	absent           // never answers
	callsBack        // does not answer and calls back
)

var colleagues = []colleague{
	{person("2101", "Anna Berg"), 2500 * time.Millisecond, answers},
	{person("2114", "Johan Lindqvist"), 4 * time.Second, answers},
	{person("2126", "Kalle Brodin"), 3 * time.Second, answers},
	{person("2133", "Lena Östlund"), 1500 * time.Millisecond, answers},
	{person("2110", "Mats Holmér"), 6 * time.Second, answers},
	{person("2142", "Salma Haddad"), 3500 * time.Millisecond, answers},
	{person("2118", "Petra Sund").with("in a call for 40 seconds of every two minutes", "sitter i samtal 40 sekunder varannan minut"), 2 * time.Second, talks},
	{person("2122", "Ingrid Falk").with("says no to transferred calls", "säger nej till kopplade samtal"), 2 * time.Second, refuses},
	{person("2135", "Olof Nyman").with("never answers", "svarar aldrig"), 0, absent},
	{person("2147", "Sara Lund").with("does not answer, but calls back", "svarar inte, men ringer upp"), 0, callsBack},
	{person("2151", "Nils Ek").with("answers at once", "svarar direkt"), 300 * time.Millisecond, answers},
}

func person(number, name string) Entry { return Entry{Number: number, ID: "colleague", Name: name} }

func (e Entry) with(en, sv string) Entry {
	e.about = about{en, sv}
	return e
}

const (
	ownCall  = 40 * time.Second // how long a colleague's own call lasts
	ownPause = 80 * time.Second // until the next
	turn     = 4 * time.Second  // the other's turn to speak
)

// colleague rings, answers and speaks, with pauses, for as long as one listens; or does as his manner is.
func (p *PBX) colleague(t *try, who colleague) {
	if p.talking[who.Number] || slices.ContainsFunc(p.ends, func(e *end) bool { return e.number == who.Number && e.leg == "" }) {
		t.fail(486, "")
		return
	}
	e := p.simulated(who.Entry)
	speak := func() {
		e.sound.voice.play(pause(lead), p.sound(e.language, who.Number, 0, 0), pause(turn))
	}
	e.script.up, e.script.idle = speak, speak
	switch user := t.caller.user; {
	case who.manner == absent:
		t.refuseAfter(e, ringLimit, 480)
	case who.manner == callsBack:
		e.script.bye = func() {
			if !t.picked {
				p.after(5*time.Second, func() { p.callBack(who.Entry, user, who.Number) })
			}
		}
		t.refuseAfter(e, ringLimit/3, 480)
	case who.manner == refuses && t.by != "":
		t.refuseAfter(e, 1500*time.Millisecond, 603)
	default:
		t.ringSomebody(e, who.ring)
	}
}

// talk begins or ends a colleague's own call, and so on for ever.
func (p *PBX) talk(number string, on bool) {
	p.talking[number] = on
	wait := ownPause
	if on {
		wait = ownCall
	}
	p.after(wait, func() { p.talk(number, !on) })
}
