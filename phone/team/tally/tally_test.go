package tally

import (
	"slices"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

func (d *desk) begin(s int, queues ...string) {
	d.shelf.t.Helper()
	d.apply(team.SourceUp{At: at(s)})
	for _, q := range queues {
		d.apply(team.QueueTold{At: at(s), Queue: phone.QueueID(q), Name: "The " + q, Settings: team.QueueSettings{ServiceS: 10}})
	}
	d.apply(team.SourceSynced{At: at(s)})
}

func TestCallsLife(t *testing.T) {
	d := newDesk(t, time.UTC)
	d.begin(0, "support")
	d.apply(seat(1, "support", "PJSIP/2101", team.MemberIdle), seat(1, "support", "PJSIP/2102", team.MemberIdle))
	if q := d.queue("support"); q.Name != "The support" || q.Group != "helpers" || q.LoggedIn != 2 || q.Available != 2 || q.ServiceLevel() != -1 || q.Source != "pbx" {
		t.Errorf("%+v", q)
	}
	d.apply(join(10, "support", "c1", 1), join(12, "support", "c2", 2), join(14, "support", "vip", 1))
	if got := d.waiting(); !slices.Equal(got, []string{"support:1:vip", "support:2:c1", "support:3:c2"}) {
		t.Errorf("%v", got)
	}
	d.restart(at(14)) // whoever goes on from here knows the order
	if q := d.queue("support"); q.Waiting != 3 || !q.Longest.Equal(at(10)) {
		t.Errorf("%+v", q)
	}
	d.apply(team.CallRings{At: at(15), Queue: "support", Call: "c1", Phone: "PJSIP/2101"}, team.CallRings{At: at(15), Queue: "support", Call: "c1", Phone: "PJSIP/9"},
		seat(15, "support", "PJSIP/2101", team.MemberRinging))
	if w, _ := get[team.Waiting](d.shelf, team.KindWaiting, "c1"); !slices.Equal(w.Rings, []team.PersonID{"anna"}) || w.LogID != "c1/support" || w.Place != 2 {
		t.Errorf("%+v", w)
	}
	if q := d.queue("support"); q.Available != 1 {
		t.Errorf("%+v", q)
	}
	d.apply(team.CallRings{At: at(16), Queue: "support", Call: "c1", Phone: "PJSIP/2101", Off: true})
	if w, _ := get[team.Waiting](d.shelf, team.KindWaiting, "c1"); len(w.Rings) != 0 {
		t.Errorf("%+v", w)
	}
	d.apply(answer(18, "support", "c1", "PJSIP/2101", 8), seat(18, "support", "PJSIP/2101", team.MemberInCall))
	if e := d.log["c1/support"]; e.Outcome != team.OutcomeAnswered || !e.Talking || e.Answered != "anna" || e.Phone != "PJSIP/2101" || e.WaitS != 8 || !e.Began.Equal(at(10)) || e.From.Number != "070c1" || e.Group != "helpers" {
		t.Errorf("%+v", e)
	}
	d.apply(end(48, "support", "c1", 30), lost(50, "support", "c2", 38),
		team.CallLeft{At: at(60), Queue: "support", Call: "vip", Redirected: true, To: "9000", WaitS: -1})
	if e := d.log["c1/support"]; e.Talking || e.TalkS != 30 {
		t.Errorf("%+v", e)
	}
	if e := d.log["c2/support"]; e.Outcome != team.OutcomeMissed || e.WaitS != 38 || !e.Open() {
		t.Errorf("%+v", e)
	}
	if e := d.log["vip/support"]; e.Outcome != team.OutcomeRedirected || e.To != "9000" || e.WaitS != 46 {
		t.Errorf("%+v", e)
	}
	// One that waits too long, answered by a telephone that is no member.
	d.apply(join(100, "support", "c3", 1), answer(121, "support", "c3", "SIP/desk", 21), end(125, "support", "c3", -1))
	q := d.queue("support")
	if q.Waiting != 0 || !q.Longest.IsZero() || q.Answered != 2 || q.Lost != 1 || q.Redirected != 1 || q.InTime != 1 || q.LastWaitS != 21 ||
		q.AverageWaitS != 15 || q.LongestWaitS != 46 || q.ServiceLevel() != 33 {
		t.Errorf("%+v", q)
	}
	if m := d.member("support/PJSIP/2101"); m.Today != 1 || m.TalkS != 30 || m.Person != "anna" || m.Name != "Anna Berg" || m.Skill != 7 || !m.LastCall.Equal(at(18)) || !m.Since.Equal(at(18)) {
		t.Errorf("%+v", m)
	}
	if m := d.member("support/SIP/desk"); m.Today != 1 || m.TalkS != 4 || m.Person != "anna" || m.LoggedIn {
		t.Errorf("%+v", m)
	}
	if len(d.waiting()) != 0 {
		t.Errorf("%v", d.waiting())
	}
	// Told again, and what nobody knows of: nothing.
	d.t.Apply(answer(130, "support", "c3", "SIP/desk", 21))
	d.apply(end(131, "support", "c3", 9), end(131, "support", "nobody", 9), lost(131, "support", "nobody", 1))
	d.apply(team.CallRings{At: at(131), Queue: "support", Call: "nobody", Phone: "PJSIP/2101"})
}

// The same call in the same queue once more, in another one, and over midnight, has a row each.
func TestCallComesBack(t *testing.T) {
	d := newDesk(t, time.UTC)
	d.begin(0, "support", "sales")
	d.apply(join(1, "support", "c", 1), lost(5, "support", "c", 4), join(6, "support", "c", 1),
		team.CallLeft{At: at(7), Queue: "support", Call: "c", Redirected: true, WaitS: 1}, join(7, "sales", "c", 1))
	midnight := 12 * 3600
	d.apply(team.CallLeft{At: at(midnight + 5), Queue: "sales", Call: "c", Redirected: true, WaitS: -1}, join(midnight+6, "support", "c", 1))
	if want := []string{"c/support", "c/support/2", "c/sales", "c/support/3"}; !slices.Equal(d.rows, want) {
		t.Errorf("%v", d.rows)
	}
	// A call that is talked with and back: the talk is over.
	d.apply(answer(midnight+10, "support", "c", "PJSIP/2101", 4), join(midnight+30, "support", "c", 1))
	if e := d.log["c/support/3"]; e.Talking || e.TalkS != 20 {
		t.Errorf("%+v", e)
	}
	d.restart(at(midnight + 31))
	d.apply(team.SourceUp{At: at(midnight + 32)}, team.QueueTold{At: at(midnight + 32), Queue: "support"}, join(midnight+32, "support", "c", 1), team.SourceSynced{At: at(midnight + 32)})
	d.apply(lost(midnight+40, "support", "c", 10), join(midnight+50, "support", "c", 1))
	if want := []string{"c/support", "c/support/2", "c/sales", "c/support/3", "c/support/4", "c/support/5"}; !slices.Equal(d.rows, want) {
		t.Errorf("%v", d.rows)
	}
}

func TestLinkLost(t *testing.T) {
	for name, restart := range map[string]bool{"the link": false, "the server": true} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, time.UTC)
			d.begin(0, "support", "sales", "old")
			d.apply(seat(1, "support", "PJSIP/2101", team.MemberIdle), seat(1, "support", "PJSIP/2102", team.MemberIdle), seat(1, "support", "PJSIP/77", team.MemberIdle),
				seat(1, "old", "PJSIP/2101", team.MemberIdle), team.LineTold{At: at(1), Phone: "2101", State: phone.LineIdle}, team.LineTold{At: at(1), Phone: "2102", State: phone.LineBusy})
			for i, c := range []string{"stays", "gone", "answered", "talks", "talked"} {
				d.apply(join(10+i, "support", c, i+1))
			}
			d.apply(answer(20, "support", "talks", "PJSIP/2101", 7), answer(20, "support", "talked", "PJSIP/2102", 6))
			rows := len(d.rows)
			d.apply(team.SourceDown{At: at(30), Reason: phone.Reason{ID: phone.ReasonRefused}})
			if d.src.Up || d.src.Reason.ID != phone.ReasonRefused || !d.src.Since.Equal(at(30)) || len(d.waiting()) != 3 {
				t.Errorf("%+v %v", d.src, d.waiting())
			}
			d.apply(team.SourceDown{At: at(40), Reason: phone.Reason{ID: phone.ReasonNoReply}})
			if !d.src.Since.Equal(at(30)) || d.src.Reason.ID != phone.ReasonNoReply {
				t.Errorf("%+v", d.src)
			}
			if restart {
				d.restart(at(90))
			}
			d.apply(team.SourceUp{At: at(100)}, team.QueueTold{At: at(100), Queue: "support", Name: "The support", Settings: team.QueueSettings{ServiceS: 10}},
				team.QueueTold{At: at(100), Queue: "sales", Name: "The sales", Settings: team.QueueSettings{ServiceS: 10}},
				seat(100, "support", "PJSIP/2101", team.MemberInCall),
				team.CallJoined{At: at(100), Since: at(11), Queue: "support", Call: "stays", Place: 1},
				team.CallJoined{At: at(100), Since: at(60), Queue: "support", Call: "new", Place: 2},
				team.CallAnswered{At: at(100), Queue: "support", Call: "answered", Phone: "PJSIP/2102", WaitS: -1},
				team.CallAnswered{At: at(100), Queue: "support", Call: "talks", Phone: "PJSIP/2101", WaitS: -1},
				team.LineTold{At: at(100), Phone: "2101", State: phone.LineBusy})
			if got := len(d.waiting()); got != 3 {
				t.Errorf("while it synchronises %v", d.waiting())
			}
			d.apply(team.SourceSynced{At: at(101)})
			if got := d.waiting(); !slices.Equal(got, []string{"support:1:stays", "support:2:new"}) {
				t.Errorf("%v", got)
			}
			for id, want := range map[string]team.LogEntry{
				"stays/support":    {Outcome: team.OutcomeWaiting},
				"new/support":      {Outcome: team.OutcomeWaiting},
				"gone/support":     {Outcome: team.OutcomeMissed, WaitS: 19},
				"answered/support": {Outcome: team.OutcomeAnswered, WaitS: 18, Talking: true, Phone: "PJSIP/2102"},
				"talks/support":    {Outcome: team.OutcomeAnswered, WaitS: 7, Talking: true, Phone: "PJSIP/2101"},
				"talked/support":   {Outcome: team.OutcomeAnswered, WaitS: 6, TalkS: 10, Phone: "PJSIP/2102"},
			} {
				if e := d.log[id]; e.Outcome != want.Outcome || e.WaitS != want.WaitS || e.TalkS != want.TalkS || e.Talking != want.Talking || e.Phone != want.Phone {
					t.Errorf("%s: %+v", id, e)
				}
			}
			if len(d.rows) != rows+1 || !d.log["new/support"].Began.Equal(at(60)) {
				t.Errorf("%v", d.rows)
			}
			if m := d.member("support/PJSIP/2102"); m.LoggedIn || m.Today != 2 || m.State != team.MemberUnknown {
				t.Errorf("%+v", m)
			}
			if _, there := get[team.Member](d.shelf, team.KindMember, "support/PJSIP/77"); there {
				t.Error("a telephone of nobody that did nothing is kept")
			}
			if _, there := get[team.Queue](d.shelf, team.KindQueue, "old"); there {
				t.Error("a queue that is no more is kept")
			}
			if q := d.queue("support"); q.Answered != 3 || q.Lost != 1 || q.LoggedIn != 1 || q.InTime != 2 || q.AverageWaitS != 10 {
				t.Errorf("%+v", q)
			}
			anna, _ := get[team.Presence](d.shelf, team.KindPresence, "anna")
			bo, _ := get[team.Presence](d.shelf, team.KindPresence, "bo")
			if anna.Line != phone.LineBusy || bo.Line != "" || !d.src.Up || d.src.Reason != nil {
				t.Errorf("%+v %+v %+v", anna, bo, d.src)
			}
			d.apply(end(130, "support", "talks", 110))
			if m := d.member("support/PJSIP/2101"); m.TalkS != 110 || m.Today != 1 {
				t.Errorf("%+v", m)
			}
		})
	}
}

// A connection lost again before all was told leaves what was not told yet alone.
func TestLostWhileSynchronising(t *testing.T) {
	d := newDesk(t, time.UTC)
	d.begin(0, "support")
	d.apply(join(1, "support", "a", 1), join(2, "support", "b", 2), team.SourceDown{At: at(10)}, team.SourceUp{At: at(20)},
		team.QueueTold{At: at(20), Queue: "support"}, team.SourceDown{At: at(21)}, team.SourceSynced{At: at(22)})
	if len(d.waiting()) != 2 {
		t.Errorf("%v", d.waiting())
	}
	d.apply(team.SourceUp{At: at(30)}, team.QueueTold{At: at(30), Queue: "support"}, join(30, "support", "b", 1), team.SourceSynced{At: at(31)})
	if e := d.log["a/support"]; len(d.waiting()) != 1 || e.Outcome != team.OutcomeMissed || e.WaitS != 9 {
		t.Errorf("%v %+v", d.waiting(), e)
	}
}

func TestDays(t *testing.T) {
	load := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	stockholm, cairo, havana := load("Europe/Stockholm"), load("Africa/Cairo"), load("America/Havana")
	for _, c := range []struct {
		zone     *time.Location
		at       time.Time
		from, to string
	}{
		{stockholm, time.Date(2026, 3, 29, 12, 0, 0, 0, stockholm), "2026-03-28T23:00Z", "2026-03-29T22:00Z"},  // 23 hours
		{stockholm, time.Date(2026, 10, 25, 2, 30, 0, 0, stockholm), "2026-10-24T22:00Z", "2026-10-25T23:00Z"}, // 25 hours
		{stockholm, time.Date(2026, 12, 31, 23, 59, 59, 0, stockholm), "2026-12-30T23:00Z", "2026-12-31T23:00Z"},
		{cairo, time.Date(2026, 4, 24, 12, 0, 0, 0, cairo), "2026-04-23T22:00Z", "2026-04-24T21:00Z"},   // 00:00 is 01:00
		{havana, time.Date(2025, 11, 2, 12, 0, 0, 0, havana), "2025-11-02T04:00Z", "2025-11-03T05:00Z"}, // 01:00 is 00:00 again
	} {
		d := dayOf(c.at, c.zone)
		const form = "2006-01-02T15:04Z"
		if got, want := d.from.UTC().Format(form), c.from; got != want {
			t.Errorf("%v begins %s, not %s", c.at, got, want)
		}
		if got, want := d.to.UTC().Format(form), c.to; got != want {
			t.Errorf("%v ends %s, not %s", c.at, got, want)
		}
		if !d.has(c.at) || d.has(d.to) || !d.has(d.from) || dayOf(d.to, c.zone).from != d.to {
			t.Errorf("%v: %v", c.at, d)
		}
	}
}

func TestMidnight(t *testing.T) {
	zone := time.FixedZone("east", 2*3600)
	d := newDesk(t, zone) // midnight is ten hours after noon
	d.begin(0, "support")
	late := 10*3600 - 20
	d.apply(seat(1, "support", "PJSIP/2101", team.MemberIdle), seat(1, "support", "PJSIP/77", team.MemberIdle), join(2, "support", "a", 1),
		answer(5, "support", "a", "PJSIP/2101", 3), end(9, "support", "a", 4), join(late, "support", "b", 1))
	d.t.Tick(at(late + 19))
	d.put(d.t.Changes())
	if q := d.queue("support"); q.Answered != 1 {
		t.Errorf("%+v", q)
	}
	d.t.Tick(at(late + 20))
	d.put(d.t.Changes())
	if q := d.queue("support"); q.Answered != 0 || q.LongestWaitS != 0 || q.AverageWaitS != 0 || q.Waiting != 1 || q.LoggedIn != 2 {
		t.Errorf("%+v", q)
	}
	if m := d.member("support/PJSIP/2101"); m.Today != 0 || m.TalkS != 0 || !m.LoggedIn {
		t.Errorf("%+v", m)
	}
	// It came yesterday: it is in the log, and no figure of today.
	d.apply(answer(late+30, "support", "b", "PJSIP/2101", 30), end(late+40, "support", "b", 10), join(late+50, "support", "c", 1), lost(late+55, "support", "c", 5))
	q := d.queue("support")
	if q.Answered != 0 || q.Lost != 1 || d.log["b/support"].TalkS != 10 || d.member("support/PJSIP/2101").Today != 0 {
		t.Errorf("%+v %+v", q, d.log["b/support"])
	}
	d.restart(at(late + 60))
	if q2 := d.queue("support"); q2 != q {
		t.Errorf("after a restart %+v, before %+v", q2, q)
	}
}

func TestMembers(t *testing.T) {
	d := newDesk(t, time.UTC)
	d.begin(0, "support")
	d.apply(seat(1, "support", "PJSIP/2101", team.MemberIdle))
	d.t.Apply(seat(2, "support", "PJSIP/2101", team.MemberIdle))
	if c := d.t.Changes(); len(c) != 0 {
		t.Errorf("told again: %+v", c)
	}
	m := seat(5, "support", "PJSIP/2101", team.MemberIdle)
	m.Member.Paused, m.Member.Why = true, "lunch"
	d.apply(m)
	if m, q := d.member("support/PJSIP/2101"), d.queue("support"); !m.Paused || m.Why != "lunch" || !m.Since.Equal(at(1)) || q.Available != 0 || q.LoggedIn != 1 {
		t.Errorf("%+v %+v", m, q)
	}
	d.apply(team.MemberGone{At: at(6), Queue: "support", Phone: "PJSIP/2101"}, team.MemberGone{At: at(6), Queue: "support", Phone: "PJSIP/1"}, team.MemberGone{At: at(6), Queue: "none", Phone: "PJSIP/1"})
	if m, q := d.member("support/PJSIP/2101"), d.queue("support"); m.LoggedIn || m.Paused || m.Skill != 7 || q.LoggedIn != 0 {
		t.Errorf("%+v %+v", m, q)
	}
	// Other people have the telephone and the queue.
	d.t.Whose(team.Whose{Phones: map[string]team.PersonID{"2101": "cilla"}, Names: map[team.PersonID]string{"cilla": "Cilla"}, Queues: map[phone.QueueID]team.GroupID{"support": "others"}})
	d.put(d.t.Changes())
	if m, q := d.member("support/PJSIP/2101"), d.queue("support"); m.Person != "cilla" || m.Name != "Cilla" || q.Group != "others" || d.items["member support/PJSIP/2101"].Group != "others" {
		t.Errorf("%+v %+v", m, q)
	}
}

func TestLamps(t *testing.T) {
	d := newDesk(t, time.UTC)
	d.begin(0)
	line := func(who string) phone.LineState {
		p, _ := get[team.Presence](d.shelf, team.KindPresence, who)
		return p.Line
	}
	for i, c := range []struct {
		phone string
		state phone.LineState
		want  phone.LineState
	}{
		{"PJSIP/2101", phone.LineIdle, phone.LineIdle}, {"2101", phone.LineRinging, phone.LineRinging}, {"SIP/desk", phone.LineBusy, phone.LineRinging},
		{"2101", phone.LineOffline, phone.LineBusy}, {"SIP/desk", phone.LineUnknown, phone.LineIdle}, {"PJSIP/2101", phone.LineOffline, phone.LineOffline},
	} {
		d.apply(team.LineTold{At: at(i), Phone: c.phone, State: c.state}, team.LineTold{At: at(i), Phone: "PJSIP/elsewhere", State: c.state})
		if got := line("anna"); got != c.want {
			t.Errorf("%d: %s", i, got)
		}
	}
	d.t.Whose(team.Whose{Phones: map[string]team.PersonID{"PJSIP/elsewhere": "bo"}})
	d.put(d.t.Changes())
	if line("anna") != "" || line("bo") != phone.LineOffline {
		t.Errorf("%q %q", line("anna"), line("bo"))
	}
}
