package pbxdemo

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/ua"
)

// forwardAfter is how long a phone rings before a forwarding at no answer.
const forwardAfter = 15 * time.Second

// maxPath is how many diversions a call survives.
const maxPath = 5

// Why a call was diverted, in the words of RFC 5806.
const (
	becauseAll         = "unconditional"
	becauseBusy        = "user-busy"
	becauseNoAnswer    = "no-answer"
	becauseUnavailable = "unavailable"
	becauseDND         = "do-not-disturb"
	becauseAway        = "away"
)

// causes are the same as RFC 4458 numbers them, for History-Info (RFC 7044).
var causes = map[string]int{
	becauseAll: 302, becauseBusy: 486, becauseNoAnswer: 408, becauseUnavailable: 503,
}

// cause is one of them; 480, deflection, for what has no number of its own.
func cause(reason string) int { return cmp.Or(causes[reason], 480) }

// forwarding makes the code that turns one kind of forwarding on.
func forwarding(kind phone.ForwardKind) func(*PBX, *try, string) {
	return func(p *PBX, t *try, to string) {
		l := p.owner(t)
		switch {
		case l == nil:
		case !p.dialable(to) || to == l.number:
			t.fail(404, "")
		default:
			l.forwards[kind] = to
			p.confirm(t, "Forwarding", "Vidarekoppling")
		}
	}
}

// noForwarding makes the code that turns it off.
func noForwarding(kind phone.ForwardKind) func(*PBX, *try, string) {
	return func(p *PBX, t *try, _ string) {
		if l := p.owner(t); l != nil {
			delete(l.forwards, kind)
			p.confirm(t, "Forwarding", "Vidarekoppling")
		}
	}
}

// user calls a login by what its owner has set.
func (p *PBX) user(t *try, user string) {
	l := p.lines[user]
	switch {
	case t.bypass || t.offer != nil:
		t.ringPhones(user)
	case l.profile != nil && l.profile.mail:
		p.leave(t, user, l.profile.because)
	case l.profile != nil && l.profile.to != "":
		p.divert(t, user, l.profile.because, l.profile.to)
	case !p.forwarded(t, user, phone.ForwardAll, becauseAll):
		t.ringPhones(user)
	}
}

// forwarded diverts a call if a login has a forwarding of a kind.
func (p *PBX) forwarded(t *try, user string, kind phone.ForwardKind, reason string) bool {
	l := p.lines[user]
	if l == nil || l.forwards[kind] == "" || t.bypass || t.offer != nil {
		return false
	}
	p.divert(t, user, reason, l.forwards[kind])
	return true
}

// divert goes on with a call at another number, by what the owner of the one has set.
func (p *PBX) divert(t *try, by, reason, to string) {
	if !t.diverted(by, reason) {
		return
	}
	t.number, t.target = to, to
	p.route(t)
}

// leave is divert to the mailbox of who does not take the call.
func (p *PBX) leave(t *try, by, reason string) {
	if t.diverted(by, reason) {
		p.voicemail(t, by)
	}
}

// diverted notes a step of the call's way and lets go of those it rings at; false when that was one too many.
func (t *try) diverted(by, reason string) bool {
	if t.over {
		return false
	}
	if len(t.path) == maxPath {
		t.fail(482, "")
		return false
	}
	t.path = append(t.path, phone.Diversion{By: *t.p.identity(by, t.p.nameOf(by)), Reason: reason})
	if t.timer != nil {
		t.timer.Stop()
	}
	branches := t.branches
	t.branches, t.user, t.code = nil, "", 0
	for _, e := range branches {
		e.try = nil
		e.release(0)
	}
	return true
}

// deflect goes on with a call that a phone sends elsewhere (3xx), if it may.
func (e *end) deflect(v ua.Ended) {
	t, to := e.try, e.p.inside(userPart("<"+v.Contact+">"))
	if v.Contact == "" || t == nil || t.caller == e || t.bypass || t.offer != nil || !e.p.dialable(to) || to == e.user {
		return
	}
	e.p.divert(t, e.user, cmp.Or(v.Why, "deflection"), to)
}

// history is a call's way as headers: Diversion with the last first (RFC 5806 4), History-Info from the beginning
// (RFC 7044 5). at is where the call rings now.
func history(path []phone.Diversion, at string) []ua.Header {
	if len(path) == 0 {
		return nil
	}
	var diversions, entries []string
	index := "1"
	for i, d := range path {
		address := nameAddr(d.By.Name, d.By.URI)
		diversions = append([]string{address + ";reason=" + d.Reason + ";counter=1;privacy=off"}, diversions...)
		uri := d.By.URI
		if i > 0 {
			uri += fmt.Sprintf(";cause=%d", cause(path[i-1].Reason))
		}
		entry := fmt.Sprintf("<%s?Reason=%s>;index=%s", uri, url.QueryEscape(fmt.Sprintf("SIP;cause=%d", cause(d.Reason))), index)
		if i > 0 {
			entry += ";mp=" + strings.TrimSuffix(index, ".1")
		}
		entries = append(entries, entry)
		index += ".1"
	}
	last := fmt.Sprintf("<%s;cause=%d>;index=%s;mp=%s", at, cause(path[len(path)-1].Reason), index, strings.TrimSuffix(index, ".1"))
	return []ua.Header{
		{Name: "Diversion", Value: strings.Join(diversions, ", ")},
		{Name: "History-Info", Value: strings.Join(append(entries, last), ", ")},
	}
}

// nameAddr is a name and a URI as a header has them (RFC 3261 25.1).
func nameAddr(name, uri string) string {
	if name == "" {
		return "<" + uri + ">"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `" <` + uri + ">"
}
