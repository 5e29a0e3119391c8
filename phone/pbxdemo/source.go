package pbxdemo

import (
	"cmp"
	"context"
	"slices"
	"time"

	"svara/phone"
	"svara/phone/dialoginfo"
	"svara/phone/team"
)

// sourceID names the practice PBX among the exchanges of a team server.
const sourceID = "demo"

// Source is the practice PBX as an exchange of a team server: its queues, their members and callers, and the lamps and
// mailboxes of who is not one of the many simulated people.
func (p *PBX) Source() team.Source { return source{p} }

type source struct{ p *PBX }

// ID implements [team.Source].
func (source) ID() string { return sourceID }

// Run implements [team.Source].
func (s source) Run(ctx context.Context, sink func(team.SourceEvent)) error {
	out := &outbox{more: make(chan struct{}, 1)}
	c := &chronicler{p: s.p, tell: out.put}
	s.p.post(func() {
		now := time.Now()
		out.put(team.SourceUp{At: now})
		c.look(now)
		out.put(team.SourceSynced{At: now})
		s.p.chroniclers = append(s.p.chroniclers, c)
	})
	defer s.p.post(func() {
		s.p.chroniclers = slices.DeleteFunc(s.p.chroniclers, func(o *chronicler) bool { return o == c })
	})
	for {
		for _, e := range out.take() {
			sink(e)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.p.ended:
			sink(team.SourceDown{At: time.Now(), Reason: phone.Reason{ID: phone.ReasonShutdown}})
			<-ctx.Done()
			return ctx.Err()
		case <-out.more:
		}
	}
}

// Do implements [team.Source].
func (s source) Do(ctx context.Context, a team.SourceAction) error {
	done := make(chan error, 1)
	s.p.post(func() { done <- s.p.act(a) })
	select {
	case err := <-done:
		return err
	case <-s.p.ended:
		return phone.Refuse(phone.ReasonShutdown, "")
	case <-ctx.Done():
		return phone.Refuse(phone.ReasonNotConfirmed, "")
	}
}

// act does what a team server asks for. Loop only.
func (p *PBX) act(a team.SourceAction) error {
	switch a := a.(type) {
	case team.LogMember:
		_, m, err := p.seat(a.Queue, a.Phone)
		if err != nil {
			return err
		}
		m.login(a.In)
		if a.Skill != 0 {
			m.skill = min(max(a.Skill, 1), 10)
		}
		return nil
	case team.PauseMember:
		return p.pause(a)
	case team.SetSkill:
		_, m, err := p.seat(a.Queue, a.Phone)
		if err != nil {
			return err
		}
		m.skill = min(max(a.Skill, 1), 10)
		return nil
	case team.SetQueue:
		return p.setQueue(a)
	}
	return phone.Refuse(phone.ReasonNotSupported, "")
}

// seat is who may log in to a queue.
func (p *PBX) seat(id phone.QueueID, number string) (*queue, *agent, error) {
	q := p.queue(string(id))
	if q == nil {
		return nil, nil, phone.Refuse(phone.ReasonNoItem, string(id))
	}
	m := q.member(number)
	if m == nil {
		return nil, nil, phone.Refuse(phone.ReasonNotMember, "")
	}
	return q, m, nil
}

func (p *PBX) pause(a team.PauseMember) error {
	set := func(m *agent) { m.paused, m.why = a.On, a.Why }
	if a.Queue != "" {
		_, m, err := p.seat(a.Queue, a.Phone)
		if err == nil {
			set(m)
		}
		return err
	}
	found := false
	for _, q := range p.queues {
		if m := q.member(a.Phone); m != nil {
			set(m)
			found = true
		}
	}
	if !found {
		return phone.Refuse(phone.ReasonNotMember, "")
	}
	return nil
}

// setQueue changes all of a queue's settings or none: the night and where callers go then, where calls go that nobody
// answers in time, who is asked first, and when an answer is in time.
func (p *PBX) setQueue(a team.SetQueue) error {
	q, v := p.queue(string(a.Queue)), a.Settings
	elsewhere := func(number string) bool { return number != q.number && p.dialable(number) }
	switch {
	case q == nil:
		return phone.Refuse(phone.ReasonNoItem, string(a.Queue))
	case v.NightNumber != "" && !elsewhere(v.NightNumber):
		return phone.Refuse(phone.ReasonBadTarget, v.NightNumber)
	case v.Overflow != "" && !elsewhere(v.Overflow):
		return phone.Refuse(phone.ReasonBadTarget, v.Overflow)
	case (v.Overflow == "") != (v.OverflowS == 0) || v.OverflowS < 0 || v.OverflowS > 3600:
		return phone.Refuse(phone.ReasonBadItem, "overflow_s")
	case v.ServiceS < 0 || v.ServiceS > 3600:
		return phone.Refuse(phone.ReasonBadItem, "service_level_s")
	}
	q.night, q.nights, q.service = v.Night, v.NightNumber, v.ServiceS
	q.spills, q.patient, q.order = v.Overflow, time.Duration(v.OverflowS)*time.Second, v.Distribution
	return nil
}

// settings is a queue's as they are told.
func (q *queue) settings() team.QueueSettings {
	return team.QueueSettings{Night: q.night, NightNumber: q.nights, Overflow: q.spills, OverflowS: int(q.patient / time.Second),
		Distribution: cmp.Or(q.order, team.DistributionLongestIdle), ServiceS: q.service}
}

// chronicler looks at the queues after each turn of the loop and tells what is not as it was. The loop owns it.
type chronicler struct {
	p       *PBX
	tell    func(team.SourceEvent)
	queues  map[phone.QueueID]team.QueueTold // without At
	members map[string]team.Member
	calls   map[*queued]*chronicle
	lines   map[string]phone.LineState
	boxes   map[string][2]int
}

// chronicle is a queue call as it was told last.
type chronicle struct {
	id     string
	rings  []string // at whom it rings
	talks  string   // with whom it talks
	wait   int
	begun  time.Time // of the talk
	caller *end
}

func (c *chronicler) look(now time.Time) {
	if c.queues == nil {
		c.queues, c.members, c.calls = map[phone.QueueID]team.QueueTold{}, map[string]team.Member{}, map[*queued]*chronicle{}
		c.lines, c.boxes = map[string]phone.LineState{}, map[string][2]int{}
	}
	there := map[*queued]bool{}
	for _, q := range c.p.queues {
		c.queue(q, now)
		place := 0
		for _, w := range q.calls {
			there[w] = true
			if w.conv != nil {
				place++
			}
			c.call(w, place, now)
		}
	}
	for w, k := range c.calls {
		if !there[w] {
			c.gone(w, k, now)
		}
	}
	for _, l := range c.p.logins {
		c.line(l.User, now)
		if box := c.p.lines[l.User]; box != nil {
			c.box(l.User, &box.box, now)
		}
	}
	for _, x := range colleagues {
		c.line(x.Number, now)
	}
}

func (c *chronicler) queue(q *queue, now time.Time) {
	id := phone.QueueID(q.number)
	told := team.QueueTold{Queue: id, Name: q.title(c.p.cfg.Language()), Number: q.number, Settings: q.settings()}
	if c.queues[id] != told {
		c.queues[id] = told
		told.At = now
		c.tell(told)
	}
	for _, a := range q.members {
		m := team.Member{Queue: id, Phone: a.number, Name: c.p.nameOf(a.number), LoggedIn: a.in, Paused: a.paused, Why: a.why, State: c.memberState(a.number), Skill: a.rank()}
		if c.members[q.number+"/"+a.number] != m {
			c.members[q.number+"/"+a.number] = m
			c.tell(team.MemberTold{At: now, Member: m})
		}
	}
}

func (c *chronicler) call(w *queued, place int, now time.Time) {
	k := c.calls[w]
	if k == nil {
		k = &chronicle{id: c.p.started + "-" + w.e.id, caller: w.e}
		c.calls[w] = k
		c.tell(team.CallJoined{At: now, Since: w.since, Queue: phone.QueueID(w.q.number), Call: k.id, From: *w.e.party(), Place: place})
	}
	k.caller = w.e
	var rings []string
	for _, o := range w.offers {
		rings = append(rings, o.agent.number)
	}
	for _, n := range k.rings {
		if !slices.Contains(rings, n) {
			c.tell(team.CallRings{At: now, Queue: phone.QueueID(w.q.number), Call: k.id, Phone: n, Off: true})
		}
	}
	for _, n := range rings {
		if !slices.Contains(k.rings, n) {
			c.tell(team.CallRings{At: now, Queue: phone.QueueID(w.q.number), Call: k.id, Phone: n})
		}
	}
	k.rings = rings
	if w.by != nil && k.talks == "" {
		k.talks, k.wait, k.begun = w.agent.number, int(now.Sub(w.since)/time.Second), now
		c.tell(team.CallAnswered{At: now, Queue: phone.QueueID(w.q.number), Call: k.id, From: *w.e.party(), Phone: k.talks, WaitS: k.wait})
	}
}

// gone tells of a call that is in no queue any more: its talk is over, its caller gave up, or somebody took it elsewhere.
func (c *chronicler) gone(w *queued, k *chronicle, now time.Time) {
	delete(c.calls, w)
	q := phone.QueueID(w.q.number)
	if k.talks != "" {
		c.tell(team.CallEnded{At: now, Queue: q, Call: k.id, Phone: k.talks, TalkS: int(now.Sub(k.begun) / time.Second)})
		return
	}
	left := team.CallLeft{At: now, Queue: q, Call: k.id, WaitS: int(now.Sub(w.since) / time.Second)}
	if far := k.caller.far(); k.caller.state != over && far != nil {
		left.Redirected, left.To = true, far.number
	}
	c.tell(left)
}

// lineState is the lamp of a number.
func (c *chronicler) lineState(number string) phone.LineState {
	state := phone.LineIdle
	for _, d := range c.p.dialogs(number, number) {
		if d.State == dialoginfo.Confirmed || d.Direction == dialoginfo.Initiator {
			return phone.LineBusy
		}
		state = phone.LineRinging
	}
	if state == phone.LineIdle && c.p.login(number) && len(c.p.ua.Bindings(number)) == 0 {
		return phone.LineOffline
	}
	return state
}

func (c *chronicler) memberState(number string) team.MemberState {
	switch c.lineState(number) {
	case phone.LineBusy:
		return team.MemberInCall
	case phone.LineRinging:
		return team.MemberRinging
	case phone.LineOffline:
		return team.MemberOffline
	}
	return team.MemberIdle
}

func (c *chronicler) line(number string, now time.Time) {
	if s := c.lineState(number); s != c.lines[number] {
		c.lines[number] = s
		c.tell(team.LineTold{At: now, Phone: number, State: s})
	}
}

func (c *chronicler) box(number string, b *mailbox, now time.Time) {
	fresh, old := b.count()
	if was, told := c.boxes[number]; !told || was != [2]int{fresh, old} {
		c.boxes[number] = [2]int{fresh, old}
		c.tell(team.VoicemailTold{At: now, Box: number, New: fresh, Old: old})
	}
}
