package pbxdemo

import (
	"context"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/sdp"
	"svara/phone/team"
	"svara/phone/ua"
)

// told is what a source tells, in order.
type told struct {
	t      *testing.T
	events chan team.SourceEvent
	seen   []team.SourceEvent
}

func tells(t *testing.T, p *PBX) *told {
	t.Helper()
	w := &told{t: t, events: make(chan team.SourceEvent, 10_000)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Source().Run(ctx, func(e team.SourceEvent) { w.events <- e }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != context.Canceled {
			t.Errorf("it ended with %v", err)
		}
	})
	return w
}

// next waits for the next event that is as wanted, passing over others.
func next[E team.SourceEvent](w *told, what string, ok func(E) bool) E {
	w.t.Helper()
	for end := time.After(patience); ; {
		select {
		case e := <-w.events:
			w.seen = append(w.seen, e)
			if e, is := e.(E); is && (ok == nil || ok(e)) {
				return e
			}
		case <-end:
			w.t.Fatalf("%s was not told; told was %+v", what, w.seen)
		}
	}
}

func TestSource(t *testing.T) {
	p := startPBX(t, Config{hurry: 10})
	w := tells(t, p)
	next[team.SourceUp](w, "that it is up", nil)
	next(w, "a queue", func(q team.QueueTold) bool { return q.Queue == "9000" && q.Name == "Switchboard" && !q.Settings.Night })
	next(w, "a member", func(m team.MemberTold) bool {
		return m.Member.Queue == "9000" && m.Member.Phone == "2101" && m.Member.Name == "Anna Berg" && !m.Member.LoggedIn && m.Member.State == team.MemberIdle && m.Member.Skill == 10
	})
	next[team.SourceSynced](w, "everything", nil)
	do := func(a team.SourceAction, want phone.ReasonID) {
		t.Helper()
		err := p.Source().Do(t.Context(), a)
		if want == "" && err != nil || want != "" && phone.ReasonOf(err).ID != want {
			t.Errorf("%+v: %v", a, err)
		}
	}

	// One who waits and gives up.
	h := newHandset(t, p, "2198")
	h.call("a", "9000")
	a := next(w, "the caller", func(c team.CallJoined) bool { return c.Queue == "9000" && c.Place == 1 && c.From.Number == "2198" })
	h.hangup("a")
	next(w, "that they gave up", func(c team.CallLeft) bool { return c.Call == a.Call && !c.Redirected })

	// One who is answered, by the agent of most skill.
	do(team.LogMember{Queue: "9000", Phone: "2114", In: true, Skill: 4}, "")
	do(team.LogMember{Queue: "9000", Phone: "2101", In: true}, "")
	next(w, "the login", func(m team.MemberTold) bool {
		return m.Member.Queue == "9000" && m.Member.Phone == "2114" && m.Member.LoggedIn && m.Member.Skill == 4
	})
	h.call("b", "9000")
	b := next[team.CallJoined](w, "the second", nil)
	if b.Call == a.Call {
		t.Errorf("two calls are %s", a.Call)
	}
	next(w, "the ringing", func(c team.CallRings) bool { return c.Call == b.Call && c.Phone == "2101" && !c.Off })
	next(w, "the answer", func(c team.CallAnswered) bool { return c.Call == b.Call && c.Phone == "2101" })
	next(w, "the lamp", func(l team.LineTold) bool { return l.Phone == "2101" && l.State == phone.LineBusy })
	// Another server comes, and is told how it stands.
	other := tells(t, p)
	next(other, "the call that is talked with", func(c team.CallAnswered) bool { return c.Call == b.Call && c.Phone == "2101" })
	next[team.SourceSynced](other, "everything", nil)
	h.hangup("b")
	next(w, "the end", func(c team.CallEnded) bool { return c.Call == b.Call && c.Phone == "2101" })

	// A pause, and the other one is asked.
	do(team.PauseMember{Phone: "2101", On: true, Why: "coffee"}, "")
	next(w, "the pause", func(m team.MemberTold) bool {
		return m.Member.Phone == "2101" && m.Member.Paused && m.Member.Why == "coffee"
	})
	do(team.SetSkill{Queue: "9000", Phone: "2114", Skill: 9}, "")
	h.call("c", "9000")
	next(w, "the other", func(c team.CallAnswered) bool { return c.Phone == "2114" })
	h.hangup("c")

	// Night.
	do(team.SetQueue{Queue: "9000", Settings: team.QueueSettings{Night: true, ServiceS: 15}}, "")
	next(w, "night", func(q team.QueueTold) bool { return q.Queue == "9000" && q.Settings.Night && q.Settings.ServiceS == 15 })
	h.ua.Do(ua.Invite{Leg: "d", Account: "demo", Target: "9000", SDP: h.offer(h.open(), sdp.SendRecv)})
	if e := await(h, func(e ua.Ended) bool { return e.Leg == "d" }); e.Reason.Code != 480 {
		t.Errorf("%+v", e)
	}

	do(team.LogMember{Queue: "9000", Phone: "2133", In: true}, phone.ReasonNotMember)
	do(team.LogMember{Queue: "1", Phone: "2133", In: true}, phone.ReasonNoItem)
	do(team.PauseMember{Phone: "1"}, phone.ReasonNotMember)
	do(team.SetQueue{Queue: "9000", Settings: team.QueueSettings{Overflow: "9000", OverflowS: 10}}, phone.ReasonBadTarget)
	do(team.SetQueue{Queue: "9000", Settings: team.QueueSettings{Overflow: "2101"}}, phone.ReasonBadItem)
	do(team.SetQueue{Queue: "9000", Settings: team.QueueSettings{Night: true, NightNumber: "no such"}}, phone.ReasonBadTarget)
	do(team.Originate{Phone: "2198", Number: "2101"}, phone.ReasonNotSupported)
}

// Where a queue's callers go at night, and when nobody answers in time; and who is asked first.
func TestWhereQueueCallsGo(t *testing.T) {
	p := startPBX(t, Config{hurry: 10})
	w := tells(t, p)
	next[team.SourceSynced](w, "everything", nil)
	set := func(v team.QueueSettings) {
		t.Helper()
		if err := p.Source().Do(t.Context(), team.SetQueue{Queue: "9000", Settings: v}); err != nil {
			t.Fatal(err)
		}
		want := v
		if want.Distribution == "" {
			want.Distribution = team.DistributionLongestIdle
		}
		next(w, "the settings", func(q team.QueueTold) bool { return q.Queue == "9000" && q.Settings == want })
	}
	caller, elsewhere, agent := newHandset(t, p, "2198"), newHandset(t, p, "2199"), newHandset(t, p, "2100")
	set(team.QueueSettings{Night: true, NightNumber: "2199"})
	caller.ua.Do(ua.Invite{Leg: "night", Account: "demo", Target: "9000", SDP: caller.offer(caller.open(), sdp.SendRecv)})
	in, _ := elsewhere.get(hzB)
	await(caller, func(e ua.Answered) bool { return e.Leg == "night" })
	caller.hangup("night")
	await(elsewhere, func(e ua.Ended) bool { return e.Leg == in.Leg })

	// Nobody takes it: the agent's telephone stops, another rings, the caller talks there.
	set(team.QueueSettings{Overflow: "2199", OverflowS: 5, Distribution: team.DistributionInOrder})
	agent.code("*75*9000#")
	k := caller.dial("late", "9000", hzA)
	first := await[ua.Incoming](agent, nil)
	agent.ua.Do(ua.Ring{Leg: first.Leg})
	joined := next(w, "the caller", func(c team.CallJoined) bool { return c.Queue == "9000" && c.From.Number == "2198" })
	in, _ = elsewhere.get(hzB)
	await(agent, func(e ua.Ended) bool { return e.Leg == first.Leg })
	k.hears(t, "where it went", hzB)
	next(w, "that it went on", func(c team.CallLeft) bool { return c.Call == joined.Call && c.Redirected && c.To == "2199" })
	caller.hangup("late")
	await(elsewhere, func(e ua.Ended) bool { return e.Leg == in.Leg })

	// In vain there too: the caller waits on, and it is tried again.
	caller.dial("again", "9000", hzA)
	for range 2 {
		e := await[ua.Incoming](elsewhere, nil)
		elsewhere.ua.Do(ua.Reject{Leg: e.Leg, Code: 486})
	}
	caller.hangup("again")
}

// Who is asked first, of those with the same skill.
func TestQueueDistribution(t *testing.T) {
	agents := func() []*agent {
		return []*agent{{number: "2101", in: true, took: 2}, {number: "2114", in: true, took: 1}, {number: "2133", in: true, took: 3}}
	}
	p := startPBX(t, Config{hurry: 10})
	at := time.Now()
	for name, c := range map[string]struct {
		q    queue
		want string
	}{
		"in order":     {queue{order: team.DistributionInOrder}, "2101"},
		"fewest":       {queue{order: team.DistributionFewest}, "2114"},
		"turns, first": {queue{order: team.DistributionTurns}, "2101"},
		"turns, next":  {queue{order: team.DistributionTurns, last: "2114"}, "2133"},
		"turns, round": {queue{order: team.DistributionTurns, last: "2133"}, "2101"},
		"idle":         {queue{}, "2133"},
	} {
		c.q.members = agents()
		for i, a := range c.q.members {
			a.free = at.Add(-time.Duration(i) * time.Minute)
		}
		got := make(chan string, 1)
		p.post(func() { got <- p.nextAgents(&c.q)[0].number })
		if n := <-got; n != c.want {
			t.Errorf("%s: %s", name, n)
		}
		c.q.members[0].skill, c.q.members[1].skill, c.q.members[2].skill = 9, 9, 10
		p.post(func() { got <- p.nextAgents(&c.q)[0].number })
		if n := <-got; n != "2133" {
			t.Errorf("%s, more skill: %s", name, n)
		}
	}
}

// With distribution to all every free agent rings, the others are told who has answered, and who becomes free while it
// rings is asked as well.
func TestQueueRingsAll(t *testing.T) {
	p := startPBX(t, Config{})
	w := tells(t, p)
	next[team.SourceSynced](w, "everything", nil)
	if err := p.Source().Do(t.Context(), team.SetQueue{Queue: "9000", Settings: team.QueueSettings{Distribution: team.DistributionAll}}); err != nil {
		t.Fatal(err)
	}
	next(w, "the distribution", func(q team.QueueTold) bool {
		return q.Queue == "9000" && q.Settings.Distribution == team.DistributionAll
	})
	caller, one, two := newHandset(t, p, "2199"), newHandset(t, p, "2100"), newHandset(t, p, "2198")
	one.code("*75*9000#")
	k := caller.dial("c", "9000", hzA)
	first := await[ua.Incoming](one, nil)
	one.ua.Do(ua.Ring{Leg: first.Leg})
	next(w, "it rings at one", func(c team.CallRings) bool { return c.Phone == "2100" && !c.Off })
	two.code("*75*9000#")
	_, kt := two.get(hzB)
	if e := await(one, func(e ua.Ended) bool { return e.Leg == first.Leg }); e.Reason.ID != phone.ReasonElsewhere {
		t.Errorf("who did not answer in time is told %+v", e)
	}
	k.hears(t, "the one who answered", hzB)
	kt.hears(t, "the caller", hzA)
	next(w, "it stops ringing at one", func(c team.CallRings) bool { return c.Phone == "2100" && c.Off })
	next(w, "the answer", func(c team.CallAnswered) bool { return c.Phone == "2198" })
	caller.hangup("c")
	next(w, "the end", func(c team.CallEnded) bool { return c.Phone == "2198" })

	// One refuses: it goes on ringing at the other.
	caller.dial("d", "9000", hzA)
	first = await[ua.Incoming](one, nil)
	second := await[ua.Incoming](two, nil)
	two.ua.Do(ua.Reject{Leg: second.Leg, Code: 486})
	one.ua.Do(ua.Ring{Leg: first.Leg})
	next(w, "it does not ring at the other", func(c team.CallRings) bool { return c.Phone == "2198" && c.Off })
	// The caller gives up: nobody rings.
	caller.hangup("d")
	await(one, func(e ua.Ended) bool { return e.Leg == first.Leg })
	next(w, "the caller gave up", func(c team.CallLeft) bool { return !c.Redirected })
}

// A practice PBX that is closed says so.
func TestSourceClosed(t *testing.T) {
	p, err := Start(Config{})
	if err != nil {
		t.Fatal(err)
	}
	w := tells(t, p)
	next[team.SourceSynced](w, "everything", nil)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if d := next[team.SourceDown](w, "that it is down", nil); d.Reason.ID != phone.ReasonShutdown {
		t.Errorf("%+v", d)
	}
	if err := p.Source().Do(t.Context(), team.PauseMember{Phone: "1"}); phone.ReasonOf(err).ID != phone.ReasonShutdown {
		t.Error(err)
	}
}
