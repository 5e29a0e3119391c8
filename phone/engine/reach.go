package engine

import (
	"sync/atomic"

	"svara/phone"
)

// reachable is who can take a call now, by number: made once for the lines of a snapshot.
type reachable struct {
	lines []phone.Line
	by    map[string]phone.Reach
}

// reaches keeps the last one made.
type reaches struct{ last atomic.Pointer[reachable] }

// Reach is whether a number's person can take a call now. It is quick, for ranking many.
func (e *Engine) Reach(number string) phone.Reach {
	lines := e.hub.current().Lines
	r := e.reaches.last.Load()
	if r == nil || len(r.lines) != len(lines) || len(lines) > 0 && &r.lines[0] != &lines[0] {
		r = &reachable{lines: lines, by: make(map[string]phone.Reach, len(lines))}
		for i := range lines {
			r.by[lines[i].Number] = reachOf(&lines[i])
		}
		e.reaches.last.Store(r)
	}
	return r.by[number]
}

// reachOf ranks a line: the telephone's state goes before what its person says (ui.md 4).
func reachOf(l *phone.Line) phone.Reach {
	p := l.Presence
	switch {
	case l.Stale:
		return phone.ReachUnknown
	case l.State == phone.LineOffline:
		return phone.ReachOffline
	case l.State == phone.LineBusy || l.State == phone.LineRinging:
		return phone.ReachTalking
	case p != nil && !p.Open:
		return phone.ReachAway
	case l.State == phone.LineUnknown:
		return phone.ReachUnknown
	case p != nil && p.Activity != phone.ActivityAvailable && p.Activity != "":
		return phone.ReachRings
	}
	return phone.ReachFree
}
