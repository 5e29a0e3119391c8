package pbxdemo

import (
	"slices"
	"strconv"
	"time"

	"svara/phone"
	"svara/phone/dialoginfo"
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
	{person("2101", "Anna Berg").with("*90 makes somebody ask for her", "*90 gör att någon söker henne"), 2500 * time.Millisecond, answers},
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

// person is who has a number, of those who are simulated.
func (p *PBX) person(number string) (colleague, bool) {
	for _, who := range colleagues {
		if who.Number == number {
			return who, true
		}
	}
	if who := p.people[number]; who != nil {
		return colleague{person(number, who.name), 2 * time.Second, answers}, true
	}
	return colleague{}, false
}

// somebody calls a simulated person, or whoever takes the calls while they are away: the first account, but not its own
// calls, which the mailbox gets.
func (p *PBX) somebody(t *try, who colleague) {
	kind := p.lines[who.Number].activity.Activity
	switch because := reasonOf(kind); {
	case kind.Rings() || t.bypass || t.offer != nil:
		p.colleague(t, who)
	case t.caller.user == p.cfg.User || slices.ContainsFunc(t.path, func(d phone.Diversion) bool { return d.By.Number == p.cfg.User }):
		p.leave(t, who.Number, because)
	default:
		p.divert(t, who.Number, because, p.cfg.User)
	}
}

// reasonOf is why calls are diverted during an activity, in the words of RFC 5806.
func reasonOf(kind phone.ActivityKind) string {
	switch kind {
	case phone.ActivityBusy, phone.ActivityDND, phone.ActivityMeeting, phone.ActivityTraining:
		return becauseDND
	}
	return becauseAway
}

// colleague rings, answers and speaks, with pauses, for as long as one listens; or does as his manner is.
func (p *PBX) colleague(t *try, who colleague) {
	if p.own[who.Number] != nil || slices.ContainsFunc(p.ends, func(e *end) bool { return e.number == who.Number && e.leg == "" }) {
		t.fail(486, "")
		return
	}
	e := p.simulated(who.Entry)
	speak := func() {
		e.sound.voice.play(pause(lead), p.speech(e.language, who.Number), pause(turn))
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

// speech is what a simulated person says: each colleague something of their own, the others one of those.
func (p *PBX) speech(language, number string) ending {
	if p.people[number] != nil {
		number = "2151"
	}
	return p.sound(language, number, 0, 0)
}

// ownTalk is a call of a simulated person with somebody who is no more than a name in dialog events.
type ownTalk struct {
	id    string
	state dialoginfo.State
	calls bool // they have called
	with  dialoginfo.Participant
	since time.Time
	far   string // the simulated person at the other end, or empty
}

// unnamed is at the other end of calls nothing is known of.
var unnamed = dialoginfo.Participant{URI: "sip:anonymous@anonymous.invalid"}

// begin puts a simulated person into a call of their own.
func (p *PBX) begin(number string, c ownTalk) *ownTalk {
	p.last++
	c.id, c.since = "own-"+strconv.FormatUint(p.last, 10), time.Now()
	p.own[number] = &c
	return &c
}

// talk begins or ends a colleague's own call, and so on for ever.
func (p *PBX) talk(number string, on bool) {
	wait := ownPause
	if delete(p.own, number); on {
		wait = ownCall
		p.begin(number, ownTalk{state: dialoginfo.Confirmed, calls: true, with: unnamed})
	}
	p.after(wait, func() { p.talk(number, !on) })
}
