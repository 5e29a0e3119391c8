package tally

import (
	"slices"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// lamp is a telephone's or an extension's state.
type lamp struct {
	state  phone.LineState
	person team.PersonID
	synced int
}

// presence is a person's line: of several telephones the one that tells most.
type presence struct {
	person team.PersonID
	line   phone.LineState
	since  time.Time
	lamps  []*lamp
	mark   bool
}

func (p *presence) change(*Tally) team.Change {
	p.mark = false
	return team.Change{Kind: team.KindPresence, ID: string(p.person), Value: team.Presence{Person: p.person, Line: p.line, Since: p.since}}
}

func (t *Tally) lineTold(e team.LineTold) {
	l := t.lamps[e.Phone]
	if l == nil {
		l = &lamp{}
		t.lamps[e.Phone] = l
		t.hang(l, t.who(e.Phone))
	}
	l.synced = t.sync
	if l.state == e.State {
		return
	}
	l.state = e.State
	t.light(l.person, e.At)
}

// hang gives a lamp to a person, or to nobody.
func (t *Tally) hang(l *lamp, who team.PersonID) {
	l.person = who
	if who == "" {
		return
	}
	p := t.persons[who]
	if p == nil {
		p = &presence{person: who}
		t.persons[who] = p
	}
	p.lamps = append(p.lamps, l)
}

// drop takes a lamp from a person.
func (p *presence) drop(l *lamp) {
	p.lamps = slices.DeleteFunc(p.lamps, func(o *lamp) bool { return o == l })
}

// tells orders states: a telephone that rings tells more than one that is free.
func tells(s phone.LineState) int {
	switch s {
	case phone.LineRinging:
		return 5
	case phone.LineBusy:
		return 4
	case phone.LineIdle:
		return 3
	case phone.LineOffline:
		return 2
	case phone.LineUnknown:
		return 1
	}
	return 0
}

// light works out a person's line from their telephones.
func (t *Tally) light(who team.PersonID, at time.Time) {
	p := t.persons[who]
	if p == nil {
		return
	}
	var line phone.LineState
	for _, l := range p.lamps {
		if tells(l.state) > tells(line) {
			line = l.state
		}
	}
	if p.line == line {
		return
	}
	p.line, p.since = line, at.UTC()
	t.mark(&p.mark, p)
}
