package pbxdemo

import (
	"math/rand/v2"
	"time"

	"svara/phone"
)

// How often something happens by itself when the PBX is lively.
const (
	activityEvery  = time.Minute      // a colleague does something else
	queueCallEvery = 75 * time.Second // somebody calls a queue
	agentEvery     = 3 * time.Minute  // a colleague logs in to a queue or out
	soughtEvery    = 8 * time.Minute  // somebody seeks a colleague who is away
	messageEvery   = 20 * time.Minute // somebody leaves a message
)

// changing is the colleagues that do other things now and then; the others can always be reached.
var changing = []string{"2126", "2110", "2142", "2118", "2135", "2147"}

// live begins what happens by itself.
func (p *PBX) live() {
	every := func(d time.Duration, do func()) {
		var again func()
		again = func() {
			do()
			p.after(d, again)
		}
		p.after(d, again)
	}
	if rate := p.cfg.Rate; len(p.crowd) > 0 && rate >= 0 {
		if rate == 0 {
			rate = float64(len(p.crowd)) / 60
		}
		const tick = 50 * time.Millisecond
		due := 0.0
		every(tick, func() {
			for due += rate * tick.Seconds(); due >= 1; due-- {
				p.stir()
			}
		})
	}
	if !p.cfg.Lively {
		return
	}
	for _, number := range changing[:3] {
		p.occupy(number)
	}
	p.agents()
	every(activityEvery, func() { p.occupy(changing[p.random.IntN(len(changing))]) })
	every(queueCallEvery, p.callQueue)
	every(agentEvery, p.agents)
	every(soughtEvery, p.seekSomebody)
	every(messageEvery, func() {
		if l := p.lines[p.cfg.User]; len(l.box.messages) < 3 {
			l.box.put(message{clip: "called"})
		}
	})
}

// callQueue is somebody outside who calls a queue in which not many wait.
func (p *PBX) callQueue() {
	q := p.queues[p.random.IntN(len(p.queues))]
	if !q.night && len(q.waiting()) < 3 {
		p.callIn(p.caller(), q.number)
	}
}

// agents lets a simulated member of each queue log in or out.
func (p *PBX) agents() {
	for _, q := range p.queues {
		a := q.members[p.random.IntN(len(q.members))]
		if !p.login(a.number) {
			a.login(!a.in)
		}
	}
}

// seekSomebody is a call for a colleague who is away, if there is one.
func (p *PBX) seekSomebody() {
	for _, i := range p.random.Perm(len(changing)) {
		if !p.lines[changing[i]].activity.Activity.Rings() {
			p.seek(changing[i], p.cfg.User)
			return
		}
	}
}

// pastime is something a simulated person may do at a time of the day.
type pastime struct {
	kind     phone.ActivityKind
	from, to int // hours of the day at which it begins
	minutes  int // how long, at most; 0: until the hour in clock, of today or tomorrow
	clock    int
	en, sv   string
}

var pastimes = []pastime{
	{phone.ActivityLunch, 11, 13, 0, 13, "Lunch at the harbour", "Äter vid hamnen"},
	{phone.ActivityMeeting, 8, 17, 90, 0, "Sales meeting", "Säljmöte"},
	{phone.ActivityMeeting, 8, 17, 60, 0, "", ""},
	{phone.ActivityBusy, 7, 18, 45, 0, "Writing, call if it is urgent", "Skriver, ring om det brådskar"},
	{phone.ActivityBreak, 9, 16, 15, 0, "", ""},
	{phone.ActivityTravel, 7, 18, 120, 0, "On the train, bad coverage", "På tåget, dålig täckning"},
	{phone.ActivityTraining, 9, 15, 180, 0, "First aid", "Första hjälpen"},
	{phone.ActivityGone, 15, 24, 0, 8, "", ""},
	{phone.ActivityGone, 0, 7, 0, 8, "", ""},
}

// occupy gives a simulated person something to do, or makes them available.
func (p *PBX) occupy(number string) {
	now := p.now()
	l := p.lines[number]
	if l.sent {
		return
	}
	if !l.activity.Activity.Rings() && p.random.IntN(2) == 0 {
		p.setActivity(number, phone.Presence{Activity: phone.ActivityAvailable}, time.Time{})
		return
	}
	var can []pastime
	for _, do := range pastimes {
		if h := now.Hour(); h >= do.from && h < do.to {
			can = append(can, do)
		}
	}
	if len(can) == 0 {
		can = pastimes[len(pastimes)-1:]
	}
	do := can[p.random.IntN(len(can))]
	until := p.nextHalfHour(time.Duration(do.minutes) * time.Minute / 2)
	switch {
	case do.minutes == 0:
		until = time.Date(now.Year(), now.Month(), now.Day(), do.clock, 0, 0, 0, now.Location())
		if !until.After(now) {
			until = until.AddDate(0, 0, 1)
		}
	case do.minutes < 30:
		until = now.Add(time.Duration(do.minutes) * time.Minute).Truncate(time.Minute)
	}
	p.setActivity(number, phone.Presence{Activity: do.kind, Note: p.say(do.en, do.sv)}, until)
}

// nextHalfHour is the next half hour of the clock that is at least so far away.
func (p *PBX) nextHalfHour(atLeast time.Duration) time.Time {
	const half = 30 * time.Minute
	return p.now().Add(atLeast + half - 1).Truncate(half)
}

// setActivity says what a simulated person does. It ends by itself at a time that is not zero.
func (p *PBX) setActivity(number string, what phone.Presence, until time.Time) {
	l := p.lines[number]
	p.drop(l.ends)
	what.Since, what.Until, what.Open = p.now().Truncate(time.Second), until, what.Activity.Rings()
	l.activity, l.ends = what, nil
	if !until.IsZero() {
		l.ends = p.at(until, func() {
			l.activity, l.ends = phone.Presence{Activity: phone.ActivityAvailable, Open: true}, nil
		})
	}
}

// Does has a simulated person do what somebody at a team server has said they do, as a real person's telephone would tell the
// exchange, until it says something else. Who is no simulated person is left alone.
func (p *PBX) Does(number string, what phone.Presence) {
	p.post(func() {
		if l := p.lines[number]; l != nil && !p.login(number) {
			l.sent = what.Activity != phone.ActivityAvailable
			p.setActivity(number, what, what.Until)
			l.activity.Open = what.Open
		}
	})
}

// say is one of two texts by the language of announcements.
func (p *PBX) say(en, sv string) string {
	if p.cfg.Language() == "sv" {
		return sv
	}
	return en
}

// newRandom makes the chance of the simulation: the same for the same seed, any for 0.
func newRandom(seed uint64) *rand.Rand {
	if seed == 0 {
		seed = rand.Uint64()
	}
	return rand.New(rand.NewPCG(seed, 4))
}
