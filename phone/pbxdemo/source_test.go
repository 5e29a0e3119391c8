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
	do(team.SetQueue{Queue: "9000", Settings: team.QueueSettings{Overflow: "2101", OverflowS: 10}}, phone.ReasonNotSupported)
	do(team.SetQueue{Queue: "9000", Settings: team.QueueSettings{Distribution: team.DistributionAll}}, phone.ReasonNotSupported)
	do(team.Originate{Phone: "2198", Number: "2101"}, phone.ReasonNotSupported)
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
