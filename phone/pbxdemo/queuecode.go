package pbxdemo

import (
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/dialoginfo"
)

// The codes that turn something of a queue on, which are also what to watch: busy while it is on.
const loginCode, nightCode = "*75*", "*76*"

// queueLogin makes the codes *75*q# and #75*q#: members log in and out.
func queueLogin(in bool) func(*PBX, *try, string) {
	return func(p *PBX, t *try, number string) {
		q, l := p.queue(number), p.owner(t)
		if l == nil {
			return
		}
		var a *agent
		if q != nil {
			a = q.member(l.number)
		}
		if a == nil {
			t.fail(403, notActive)
			return
		}
		a.login(in)
		p.confirm(t, q.name, q.sv)
	}
}

// login logs an agent in or out. Who comes in has been free since now.
func (a *agent) login(in bool) {
	if in && !a.in {
		a.free = time.Now()
	}
	a.in, a.rests, a.paused, a.why = in, false, false, ""
}

// queueNight makes the codes *76*q# and #76*q#: closed for the night.
func queueNight(on bool) func(*PBX, *try, string) {
	return func(p *PBX, t *try, number string) {
		q, l := p.queue(number), p.owner(t)
		switch {
		case l == nil:
		case q == nil || !slices.Contains(q.bosses, l.number):
			t.fail(403, notActive)
		default:
			q.night = on
			p.confirm(t, q.name, q.sv)
		}
	}
}

// toggle reports whether a target is a code to watch, and whether it is on for a user.
func (p *PBX) toggle(target, user string) (is, on bool) {
	number, login := strings.CutPrefix(target, loginCode)
	if !login {
		var night bool
		if number, night = strings.CutPrefix(target, nightCode); !night {
			return false, false
		}
	}
	q := p.queue(number)
	switch {
	case q == nil:
		return false, false
	case !login:
		return true, q.night
	}
	a := q.member(user)
	return true, a != nil && a.in
}

// toggleDialog is the call that a code is in while it is on.
func (p *PBX) toggleDialog(target string) []dialoginfo.Dialog {
	return []dialoginfo.Dialog{{
		ID: "on", Direction: dialoginfo.Recipient, State: dialoginfo.Confirmed, Local: p.participant(target, ""), Remote: p.participant(target, ""),
	}}
}

// queueDialogs is the callers of a queue: early while they wait, confirmed while they talk.
func (p *PBX) queueDialogs(q *queue) []dialoginfo.Dialog {
	var out []dialoginfo.Dialog
	for _, w := range q.calls {
		who := w.e.party()
		d := dialoginfo.Dialog{
			ID: queuedID(w), Direction: dialoginfo.Recipient, State: dialoginfo.Early,
			Local:  p.participant(q.number, q.title(p.cfg.Language())),
			Remote: dialoginfo.Participant{URI: who.URI, Name: who.Name},
		}
		if w.conv == nil {
			d.State = dialoginfo.Confirmed
		}
		out = append(out, d)
	}
	return out
}

// queuedID names a caller's dialog with the queue, while they wait and while they talk.
func queuedID(w *queued) string { return "queued-" + w.e.id }

// queuePresence is who is logged in to a queue; it is open when somebody is and it is not night.
func (p *PBX) queuePresence(q *queue) phone.Presence {
	out := phone.Presence{Activity: phone.ActivityAvailable}
	for _, a := range q.members {
		if a.in {
			out.Agents = append(out.Agents, phone.AgentState{ID: a.number, Open: p.available(a)})
		}
	}
	out.Open = len(out.Agents) > 0 && !q.night
	return out
}
