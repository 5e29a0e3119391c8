package engine

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/numbers"
	"svara/phone/template"
	"svara/phone/ua"
)

// Who is at the other end is looked up beside the loop. A call that comes in rings when it is known, or after a moment:
// somebody who is blocked is not heard at all, and a VIP rings whatever the user does.

// callerPatience is how long ringing waits for the books.
const callerPatience = 100 * time.Millisecond

// found is what the books and the history say of a number, and of the person a diverted call was meant for.
type found struct {
	caller phone.Caller
	sought phone.Sought
}

// lookUp asks for a call's other side.
func (t *turn) lookUp(c *call) {
	if !t.s.has.people || c.auto || c.Inside {
		c.looked = true
		return
	}
	number := c.Remote.Number
	if c.Remote.Group != "" {
		number = strings.TrimSuffix(number, c.Remote.Group)
	}
	sought := ""
	if c.Origin != nil && c.Origin.Sought != nil {
		sought = c.Origin.Sought.Number
	}
	c.lookedFor = number
	t.do(fxLookUp{call: c.ID, number: number, sought: sought})
}

// lookAgain: people have changed; calls that are on show them.
func (t *turn) lookAgain() {
	for i := range t.s.calls {
		if c := &t.s.calls[i]; c.State.Live() && c.looked {
			t.lookUp(c)
		}
	}
}

// nameChanged looks up the other side when the network has said who it really is.
func (t *turn) nameChanged(c *call) {
	if c.looked && c.Remote.Number != c.lookedFor {
		c.Caller = phone.Caller{}
		t.lookUp(c)
	}
}

func (t *turn) onFound(in inFound) {
	c := t.s.call(in.call)
	if c == nil {
		return
	}
	c.Caller = in.found.caller
	if c.Origin != nil && c.Origin.Sought != nil {
		o, s := *c.Origin, *c.Origin.Sought
		s.Person, s.Emails, s.Mobile = in.found.sought.Person, in.found.sought.Emails, in.found.sought.Mobile
		if s.Name == "" {
			s.Name = in.found.sought.Name
		}
		o.Sought = &s
		c.Origin = &o
	}
	first := !c.looked
	c.looked, c.lookUntil = true, time.Time{}
	if first && c.State == phone.StateIncoming && c.opened {
		t.ring(c)
	}
}

// ringClock stops waiting for the books.
func (t *turn) ringClock(c *call) {
	if c.lookUntil.IsZero() || c.lookUntil.After(t.now) || c.looked {
		return
	}
	c.looked, c.lookUntil = true, time.Time{}
	if c.State == phone.StateIncoming && c.opened {
		t.ring(c)
	}
}

// ring lets a call ring, unless the caller is blocked or the user is not to be disturbed.
func (t *turn) ring(c *call) {
	vip := c.Caller.Mark == phone.MarkVIP
	refuse := func(reject ua.Reject, why phone.Reason) {
		reject.Leg = c.leg
		t.do(fxSIP{reject})
		t.finish(c, why)
		c.dismissed, c.removeAt = true, time.Time{}
	}
	switch {
	case c.Caller.Mark == phone.MarkBlocked:
		refuse(ua.Reject{Code: 486}, phone.Reason{ID: phone.ReasonBlocked, Code: 486})
		return
	case vip:
	case t.s.divertedTo(c.Account) != "":
		to := t.s.divertedTo(c.Account)
		refuse(ua.Reject{Code: 302, Contact: to, Why: diversionReason(t.s.me.now.Kind)}, phone.Reason{ID: phone.ReasonNotDisturbed, Code: 302, Text: to})
		return
	case !t.s.me.now.Rings && t.s.me.now.Kind != "":
		code := 480
		if k := t.s.me.now.Kind; k == phone.ActivityBusy || k == phone.ActivityDND {
			code = 486
		}
		refuse(ua.Reject{Code: code}, phone.Reason{ID: phone.ReasonNotDisturbed, Code: code})
		return
	}
	c.rings = true
	t.do(fxSIP{ua.Ring{Leg: c.leg}})
	t.tell(phone.Event{Kind: phone.EventCallAdded, Call: c.ID, Account: c.Account, State: string(c.State), Remote: &c.Remote})
	for _, l := range t.s.set.lookups {
		if !l.OnRing || c.Caller.Person.Book() == phone.OwnBook && c.Caller.Person != "" && !strings.Contains(l.URL, "{name}") {
			continue
		}
		if url, err := template.Expand(l.URL, t.s.fields(c, t.now)); err == nil {
			t.tell(phone.Event{Kind: phone.EventLookup, Call: c.ID, Account: c.Account, Key: l.ID, Value: url})
		}
	}
}

// diversionReason is RFC 5806's word for why somebody does not take calls.
func diversionReason(k phone.ActivityKind) string {
	switch k {
	case phone.ActivityAvailable, phone.ActivityOther:
		return "unconditional"
	case phone.ActivityDND, phone.ActivityBusy, phone.ActivityMeeting:
		return "do-not-disturb"
	}
	return "away"
}

// originOf reads how a call came here (features.md C2): through a queue, or diverted from somebody.
func (t *turn) originOf(v ua.Incoming) *phone.Origin {
	if !v.Own {
		return nil // a stranger may claim anything
	}
	o := phone.Origin{Path: v.Diverted}
	if len(v.Diverted) > 0 && v.Diverted[0].By.Number != "" {
		first := v.Diverted[0]
		o.Sought = &phone.Sought{Party: first.By, Reason: first.Reason}
	}
	for _, h := range v.Headers {
		switch h.Name {
		case "X-Queue":
			t.queueOf(&o, h.Value)
		case "P-Called-Party-ID":
			if n := userOf(h.Value); n != "" && o.Queue == "" {
				o.Dialled = n
			}
		}
	}
	if o.Dialled == "" && o.Queue == "" && v.To.Number != v.Target {
		o.Dialled = v.To.Number
	}
	if a := t.s.account(v.Account); a != nil && o.Dialled == a.User {
		o.Dialled = ""
	}
	for _, name := range []string{o.Dialled, soughtNumber(o.Sought)} {
		if id, called, ok := t.queueCalled(name); ok && o.Queue == "" {
			o.Queue, o.Name = id, called
		}
	}
	if id, _, ok := t.queueCalled(soughtNumber(o.Sought)); ok && id == o.Queue {
		o.Sought = nil // a queue that gave up, not a person
	}
	o.Path = t.namedQueues(o.Path)
	if o.Queue == "" && len(o.Path) == 0 && o.Dialled == "" {
		return nil
	}
	return &o
}

// namedQueues gives the queues among those who did not take a call their names.
func (t *turn) namedQueues(path []phone.Diversion) []phone.Diversion {
	path = slices.Clone(path)
	for i := range path {
		if _, called, ok := t.queueCalled(path[i].By.Number); ok && path[i].By.Name == "" {
			path[i].By.Name = called
		}
	}
	return path
}

func soughtNumber(s *phone.Sought) string {
	if s == nil {
		return ""
	}
	return s.Number
}

// queueOf reads 9000; name="Växeln"; waited=17: a header of exchanges that tell of the queue a call came through.
func (t *turn) queueOf(o *phone.Origin, value string) {
	id, rest, _ := strings.Cut(value, ";")
	if o.Queue = phone.QueueID(strings.TrimSpace(id)); len(o.Queue) > 100 {
		o.Queue = ""
		return
	}
	if id, called, ok := t.queueCalled(string(o.Queue)); ok {
		o.Queue, o.Name = id, called
	}
	for part := range strings.SplitSeq(rest, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch value = strings.Trim(value, `"`); key {
		case "name":
			if o.Name == "" {
				o.Name = value
			}
		case "waited":
			if n, err := strconv.Atoi(value); err == nil && n >= 0 && n < 86400 {
				o.Waited = t.now.Add(-time.Duration(n) * time.Second)
			}
		}
	}
}

// userOf is the user part of the address in a header.
func userOf(value string) string {
	if _, rest, ok := strings.Cut(value, "<"); ok {
		value, _, _ = strings.Cut(rest, ">")
	}
	_, rest, ok := strings.Cut(value, ":")
	if !ok {
		return ""
	}
	user, _, ok := strings.Cut(rest, "@")
	if !ok {
		return ""
	}
	user, _, _ = strings.Cut(user, ";")
	return user
}

// callView is a call as guests see it: with how the person it was meant for stands now.
func (s *state) callView(c *call) phone.Call {
	v := c.Call
	v.Tasks = s.tasks(c)
	if v.Origin == nil || v.Origin.Sought == nil {
		return v
	}
	l := phone.Line{Account: c.Account, Number: v.Origin.Sought.Number, State: phone.LineUnknown}
	if told := s.line(lineKey{l.Account, l.Number}); told != nil {
		l = told.Line
	}
	l = s.team.withTeam(l)
	o, sought := *v.Origin, *v.Origin.Sought
	sought.Line, sought.Presence = l.State, l.Presence
	o.Sought = &sought
	v.Origin = &o
	return v
}

// fields is what an outside program is told of a call.
func (s *state) fields(c *call, now time.Time) template.Fields {
	f := template.Of(s.callView(c), now, s.local)
	f.E164, _ = numberPlan(s.settings).E164(c.Remote.Number)
	return f
}

// emergency reports whether a number is one for emergencies (features.md B7).
func (s *state) emergency(number string) bool {
	return numbers.Emergency(number, s.settings.List(phone.KeyEmergency))
}

// emergencyAccount is the account an emergency call goes out on: any that works, by preference the default, else any at all.
func (t *turn) emergencyAccount() (*account, error) {
	if a, err := t.callingAccount(""); err == nil {
		return a, nil
	}
	i := slices.IndexFunc(t.s.accounts, func(a account) bool { return a.Default })
	if i < 0 && len(t.s.accounts) > 0 {
		i = 0
	}
	if i < 0 {
		return nil, phone.Refuse(phone.ReasonNoAccount, "")
	}
	return &t.s.accounts[i], nil
}
