package ami

import (
	"strings"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// caller is a call that came to a queue.
//
//	waits ──AgentConnect──► talks ──AgentComplete──► over
//	  └────Leave──► left ─┬─AgentConnect───────────► talks
//	                      ├─Hangup, extension h────► gave up
//	                      └─another step of the dial plan, another queue ► went on
//
// app_queue says that a call leaves before it says that it is answered, and of one that leaves for another reason it does
// not say which: what the call does next tells.
type caller struct {
	queue string
	since time.Time
	wait  int // seconds until it left; -1 while it waits
	left  time.Time
	talks bool
	phone string    // with whom
	hung  time.Time // while it talks: when it was hung up
}

// How long a call that has left or was hung up is waited for until it is told without knowing more.
const (
	leftLimit = time.Minute
	hungLimit = 10 * time.Second
)

// call is a call's name for others: unique among exchanges and over their restarts, as Asterisk's Uniqueid begins with
// the time.
func (ss *session) call(m message) string { return ss.s.cfg.ID + "-" + m.get("Uniqueid") }

// party is who calls.
func party(m message) phone.Party {
	known := func(s string) string {
		if s == "unknown" || s == "<unknown>" {
			return ""
		}
		return s
	}
	return phone.Party{Number: known(m.get("CallerIDNum")), Name: known(m.get("CallerIDName"))}
}

func (ss *session) join(m message) {
	id, now := m.get("Uniqueid"), ss.now()
	if id == "" {
		return
	}
	name := m.get("Queue")
	if c := ss.callers[id]; c != nil {
		switch {
		case c.talks:
			ss.over(m, c, -1)
		case !c.left.IsZero():
			ss.gone(ss.call(m), c, true, name)
		case c.queue == name:
			return // it is known
		}
	}
	since := now.Add(-time.Duration(m.number("Wait")) * time.Second)
	ss.callers[id] = &caller{queue: name, since: since, wait: -1}
	ss.sink(team.CallJoined{At: now, Since: since, Queue: phone.QueueID(name), Call: ss.call(m), From: party(m), Place: m.number("Position")})
}

// waits is the call of an event when it is in the event's queue.
func (ss *session) waits(m message) *caller {
	if c := ss.callers[m.get("Uniqueid")]; c != nil && c.queue == m.get("Queue") {
		return c
	}
	return nil
}

func (ss *session) rings(m message, off bool) {
	ss.sink(team.CallRings{At: ss.now(), Queue: phone.QueueID(m.get("Queue")), Call: ss.call(m), Phone: m.get("Interface"), Off: off})
}

func (ss *session) abandon(m message) {
	if c := ss.waits(m); c != nil && c.wait < 0 {
		c.wait = m.number("HoldTime")
	}
}

func (ss *session) leave(m message) {
	c := ss.waits(m)
	if c == nil || c.talks || !c.left.IsZero() {
		return
	}
	c.left = ss.now()
	if c.wait < 0 {
		c.wait = int(c.left.Sub(c.since) / time.Second)
	}
}

func (ss *session) connect(m message) {
	id := m.get("Uniqueid")
	c := ss.waits(m)
	switch {
	case c == nil:
		c = &caller{queue: m.get("Queue"), since: ss.now()}
		ss.callers[id] = c
	case c.talks:
		return
	}
	c.talks, c.phone = true, m.get("Interface")
	ss.sink(team.CallAnswered{At: ss.now(), Queue: phone.QueueID(c.queue), Call: ss.call(m), From: party(m), Phone: c.phone, WaitS: m.number("HoldTime")})
}

func (ss *session) complete(m message) {
	if c := ss.waits(m); c != nil && c.talks {
		ss.over(m, c, m.number("TalkTime"))
	}
}

// over tells that a talk has ended.
func (ss *session) over(m message, c *caller, talk int) {
	delete(ss.callers, m.get("Uniqueid"))
	ss.sink(team.CallEnded{At: ss.now(), Queue: phone.QueueID(c.queue), Call: ss.call(m), Phone: c.phone, TalkS: talk})
}

// gone tells that a call has left without an answer.
func (ss *session) gone(call string, c *caller, redirected bool, to string) {
	ss.sink(team.CallLeft{At: ss.now(), Queue: phone.QueueID(c.queue), Call: call, Redirected: redirected, To: to, WaitS: c.wait})
}

func (ss *session) hangup(m message) {
	id := m.get("Uniqueid")
	c := ss.callers[id]
	switch {
	case c == nil:
	case c.talks:
		c.hung = ss.now() // AgentComplete may come after it, with how long they talked
	default:
		if c.wait < 0 {
			c.wait = int(ss.now().Sub(c.since) / time.Second)
		}
		delete(ss.callers, id)
		ss.gone(ss.call(m), c, false, "")
	}
}

// passing are applications that send a call nowhere: what comes after them tells.
var passing = map[string]bool{
	"noop": true, "set": true, "mset": true, "goto": true, "gotoif": true, "gotoiftime": true, "execif": true, "execiftime": true, "verbose": true, "log": true,
	"gosub": true, "gosubif": true, "return": true, "stackpop": true, "while": true, "endwhile": true, "macro": true, "macroif": true, "queuelog": true,
	"userevent": true, "celgenuserevent": true, "setamaflags": true, "resetcdr": true, "stopmixmonitor": true, "stopmusiconhold": true, "progress": true, "ringing": true,
}

// ending are applications after which a call is over: its caller was not answered.
var ending = map[string]bool{"hangup": true, "busy": true, "congestion": true}

// goesOn looks where a call goes that has left its queue.
func (ss *session) goesOn(m message) {
	id := m.get("Uniqueid")
	c := ss.callers[id]
	if c == nil || c.left.IsZero() || c.talks {
		return
	}
	app := strings.ToLower(m.get("Application"))
	switch {
	case m.get("Extension") == "h", ending[app]:
		delete(ss.callers, id)
		ss.gone(ss.call(m), c, false, "")
	case passing[app]:
	case app == "queue":
		// Its QueueCallerJoin tells which.
	default:
		delete(ss.callers, id)
		ss.gone(ss.call(m), c, true, target(app, m.get("AppData"), m.get("Extension")))
	}
}

// target is where an application sends a call, as people know it: "Dial(PJSIP/2105&PJSIP/2106,30)" is 2105.
func target(app, data, extension string) string {
	first, _, _ := strings.Cut(data, ",")
	first, _, _ = strings.Cut(first, "&")
	switch app {
	case "dial":
		if _, after, ok := strings.Cut(first, "/"); ok {
			first = after
		}
		first, _, _ = strings.Cut(first, "/")
		first, _, _ = strings.Cut(first, "@")
	case "voicemail", "transfer", "confbridge", "park":
		first, _, _ = strings.Cut(first, "@")
	default:
		return extension
	}
	if first == "" {
		return extension
	}
	return first
}

// night takes in what the dial plan says of a call that came to a closed queue and was sent on.
func (ss *session) night(m message) {
	if m.get("Uniqueid") == "" || ss.strategies[m.get("Queue")] == "" {
		return
	}
	now, name := ss.now(), phone.QueueID(m.get("Queue"))
	ss.sink(team.CallJoined{At: now, Since: now, Queue: name, Call: ss.call(m), From: party(m)})
	ss.sink(team.CallLeft{At: now, Queue: name, Call: ss.call(m), Redirected: true, To: m.get("To")})
}

// sweep tells of calls that have been waited for long enough.
func (ss *session) sweep() {
	now := ss.now()
	for id, c := range ss.callers {
		m := message{{"Uniqueid", id}}
		switch {
		case c.talks && !c.hung.IsZero() && now.Sub(c.hung) > hungLimit:
			ss.over(m, c, -1)
		case !c.talks && !c.left.IsZero() && now.Sub(c.left) > leftLimit:
			delete(ss.callers, id)
			ss.gone(ss.call(m), c, false, "")
		}
	}
}

// talking finds the calls that are talked with among all channels: the caller's runs the queue and is in a bridge with
// the agent's.
func (ss *session) talking() {
	channels := ss.channels
	ss.channels = nil
	agents := map[string]string{} // by bridge
	for _, m := range channels {
		if m.get("Application") == "AppQueue" && m.get("BridgeId") != "" {
			agents[m.get("BridgeId")] = ss.memberOf(m.get("Channel"))
		}
	}
	for _, m := range channels {
		phoneName, talks := agents[m.get("BridgeId")]
		if m.get("Application") != "Queue" || !talks {
			continue
		}
		id := m.get("Uniqueid")
		name, _, _ := strings.Cut(m.get("ApplicationData"), ",")
		if c := ss.callers[id]; c != nil && c.talks {
			continue
		}
		ss.callers[id] = &caller{queue: name, since: ss.now(), talks: true, phone: phoneName}
		ss.sink(team.CallAnswered{At: ss.now(), Queue: phone.QueueID(name), Call: ss.call(m), From: party(m), Phone: phoneName, WaitS: -1})
	}
}

// memberOf is the queue member that a channel is of: that of "PJSIP/2101-0000002a" is "PJSIP/2101".
func (ss *session) memberOf(channel string) string {
	base := channel
	if i := strings.LastIndexByte(channel, '-'); i > 0 {
		base = channel[:i]
	}
	for m := range ss.members {
		if strings.TrimSuffix(m, "/n") == base {
			return m
		}
	}
	return base
}
