package server

import (
	"fmt"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// routed is what is in force for somebody.
func (d *desk) routed(id team.PersonID) (r team.Routed) {
	if i, ok := d.s.board.get(team.KindRouted, string(id)); ok {
		r, _ = value[team.Routed](i)
	}
	return r
}

// forwards waits until the exchange has somebody's calls of a kind where they are wanted.
func (d *desk) forwards(id team.PersonID, kind phone.ForwardKind, number string) {
	d.t.Helper()
	d.until(fmt.Sprintf("%s's calls (%s) go to %q", id, kind, number), func() bool {
		r := d.routed(id)
		for _, f := range r.Forwards {
			if f.Kind == kind {
				return f.Number == number && f.Wanted == number
			}
		}
		return number == "" && r.Applies
	})
}

func (d *desk) doing(id team.PersonID, kind phone.ActivityKind) {
	d.t.Helper()
	d.until(fmt.Sprintf("%s does %s", id, kind), func() bool {
		i, _ := d.s.board.get(team.KindPresence, string(id))
		p, err := value[team.Presence](i)
		return err == nil && p.Activity.Kind == kind
	})
}

// askedOnly checks what the exchange was asked, each once and in this order.
func (d *desk) askedOnly(want ...team.SetForward) {
	d.t.Helper()
	got := d.source.did()
	if len(got) != len(want) {
		d.t.Fatalf("the exchange was asked %+v, not %+v", got, want)
	}
	for i, a := range got {
		if a != team.SourceAction(want[i]) {
			d.t.Errorf("the exchange was asked %+v, not %+v", a, want[i])
		}
	}
}

func (d *desk) set(as, whose team.PersonID, seq team.Seq, r team.Routing) team.Seq {
	d.t.Helper()
	r.Person = whose
	return read[team.Done](d.t, d.do(as, "PUT", "people/"+string(whose)+"/routing", team.RoutingChange{Seq: seq, Routing: r})).Seq
}

var lunches = phone.Plan{ID: "l", Name: "Lunch", Kind: phone.ActivityLunch, Note: "åter 12", From: "2026-03-28T11:30", To: "2026-03-28T12:00", Zone: "Europe/Stockholm", Repeat: phone.RepeatDaily}

// An activity that is planned comes and goes by itself, with its forwarding, at the time of the wall clock on both sides of a
// change of the clock (RFC 5545 3.3.5), once.
func TestPlansAreApplied(t *testing.T) {
	d := newDesk(t)
	d.clock.set(time.Date(2026, 3, 28, 10, 0, 0, 0, time.UTC))
	ext := d.ext("ag")
	read[team.Done](t, d.do("ag", "PUT", "people/ag/presence", team.PresenceChange{Activity: phone.Activity{Kind: phone.ActivityAvailable, Rings: true}, Note: "rum 3"}))
	d.set("ag", "ag", 0, team.Routing{Plans: []phone.Plan{lunches}, Links: []phone.Link{{Kind: phone.ActivityLunch, Number: "2109"}}, Forwards: map[phone.ForwardKind]string{phone.ForwardBusy: "08-123 45"}})
	d.forwards("ag", phone.ForwardBusy, "0812345")
	d.askedOnly(team.SetForward{Extension: ext, Kind: phone.ForwardBusy, Number: "0812345"})
	for _, noon := range []time.Time{time.Date(2026, 3, 28, 10, 30, 0, 0, time.UTC), time.Date(2026, 3, 29, 9, 30, 0, 0, time.UTC)} { // 11:30, a day apart by the clock on the wall
		d.clock.set(noon.Add(-time.Second))
		d.doing("ag", phone.ActivityAvailable)
		d.askedOnly()
		d.clock.set(noon)
		d.doing("ag", phone.ActivityLunch)
		d.forwards("ag", phone.ForwardAll, "2109")
		i, _ := d.s.board.get(team.KindPresence, "ag")
		if p, _ := value[team.Presence](i); p.Note != "åter 12" || !p.Activity.Until.Equal(noon.Add(30*time.Minute)) || p.Activity.From != "plan:l" || p.Activity.Divert != "2109" {
			t.Errorf("%+v", p)
		}
		d.clock.set(noon.Add(-5 * time.Minute)) // the clock is put back, and forward again
		d.doing("ag", phone.ActivityAvailable)
		d.forwards("ag", phone.ForwardAll, "")
		d.clock.set(noon.Add(5 * time.Minute))
		d.forwards("ag", phone.ForwardAll, "2109")
		d.clock.set(noon.Add(30 * time.Minute))
		d.doing("ag", phone.ActivityAvailable)
		d.forwards("ag", phone.ForwardAll, "")
		on, off := team.SetForward{Extension: ext, Kind: phone.ForwardAll, Number: "2109"}, team.SetForward{Extension: ext, Kind: phone.ForwardAll}
		d.askedOnly(on, off, on, off)
	}
	i, _ := d.s.board.get(team.KindPresence, "ag")
	if p, _ := value[team.Presence](i); p.Note != "rum 3" {
		t.Errorf("the note is %q", p.Note)
	}
}

// What was chosen by hand after a plan began goes before it; another's activity, set by who may, follows their own links.
func TestActivitiesByHand(t *testing.T) {
	d := newDesk(t)
	d.clock.set(time.Date(2026, 3, 28, 10, 40, 0, 0, time.UTC))
	d.set("ag", "ag", 0, team.Routing{Plans: []phone.Plan{lunches}, Links: []phone.Link{{Kind: phone.ActivityMeeting, Number: "2109"}}})
	d.doing("ag", phone.ActivityLunch)
	until := d.clock.Now().Add(time.Hour)
	read[team.Done](t, d.do("sup", "PUT", "people/ag/presence", team.PresenceChange{Activity: phone.Activity{Kind: phone.ActivityMeeting, Until: until}, Note: "möte"}))
	d.doing("ag", phone.ActivityMeeting)
	d.forwards("ag", phone.ForwardAll, "2109")
	d.clock.set(until)
	d.doing("ag", phone.ActivityAvailable)
	d.forwards("ag", phone.ForwardAll, "")
	view := read[team.RoutingView](t, d.do("sup", "GET", "people/ag/routing", nil))
	if !view.Routed.Applies || view.Routed.Extension != d.ext("ag") || len(view.Next) != 1 || !view.Next[0].Next.Equal(time.Date(2026, 3, 29, 9, 30, 0, 0, time.UTC)) {
		t.Errorf("%+v", view)
	}
	// A desktop that tells what follows from a plan has chosen nothing.
	d.clock.set(time.Date(2026, 3, 29, 9, 45, 0, 0, time.UTC))
	read[team.Done](t, d.do("ag", "PUT", "people/ag/presence", team.PresenceChange{Activity: phone.Activity{Kind: phone.ActivityLunch, From: "plan:l"}}))
	d.clock.set(time.Date(2026, 3, 29, 10, 0, 0, 0, time.UTC))
	d.doing("ag", phone.ActivityAvailable)
}

// A server that is there no more leaves to the next what it had not done; what was done is not done again.
func TestAnotherServerGoesOn(t *testing.T) {
	d := newDesk(t)
	d.clock.set(time.Date(2026, 3, 28, 10, 40, 0, 0, time.UTC))
	d.set("ag", "ag", 0, team.Routing{Plans: []phone.Plan{lunches}, Links: []phone.Link{{Kind: phone.ActivityLunch, Number: "2109"}}})
	d.forwards("ag", phone.ForwardAll, "2109")
	d.web.CloseClientConnections()
	d.s.Close()
	d.clock.set(time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)) // nobody saw the end of it
	next := newSource()
	d.s, d.web = d.server(d.shelf, next)
	<-next.runs
	next.tell(team.SourceUp{At: d.clock.Now()}, team.SourceSynced{At: d.clock.Now()})
	d.doing("ag", phone.ActivityAvailable)
	d.forwards("ag", phone.ForwardAll, "")
	d.askedOnly(team.SetForward{Extension: d.ext("ag"), Kind: phone.ForwardAll, Number: "2109"})
	d.source = next
	d.askedOnly(team.SetForward{Extension: d.ext("ag"), Kind: phone.ForwardAll})
}

// Who was killed after the exchange had done it, and before it was written, is followed by one who asks again.
func TestKilledBeforeItWasWritten(t *testing.T) {
	d := newDesk(t)
	d.s.Close()
	_, err := d.shelf.Update(t.Context(), func(tx kept.Tx) error {
		if err := put(tx, team.Item{Kind: team.KindRouting, ID: "ag", Person: "ag"}, team.Routing{Person: "ag", Forwards: map[phone.ForwardKind]string{phone.ForwardAll: "2109"}}); err != nil {
			return err
		}
		return put(tx, team.Item{Kind: team.KindRouted, ID: "ag", Person: "ag"}, team.Routed{Person: "ag", Extension: d.ext("ag"), Forwards: []team.RoutedForward{{Kind: phone.ForwardAll, Wanted: "2109"}}})
	})
	if err != nil {
		t.Fatal(err)
	}
	d.source = newSource()
	d.s, d.web = d.server(d.shelf, d.source)
	<-d.source.runs
	d.source.tell(team.SourceUp{At: d.clock.Now()}, team.SourceSynced{At: d.clock.Now()})
	d.forwards("ag", phone.ForwardAll, "2109")
	d.askedOnly(team.SetForward{Extension: d.ext("ag"), Kind: phone.ForwardAll, Number: "2109"})
}

// An exchange that refuses is asked again later, and others are told that nobody does it; one that is away is asked when it
// is back.
func TestTheExchangeRefuses(t *testing.T) {
	d := newDesk(t)
	d.source.mu.Lock()
	d.source.answer = phone.Refuse(phone.ReasonNotSupported, "dialplan")
	d.source.mu.Unlock()
	d.set("ag", "ag", 0, team.Routing{Forwards: map[phone.ForwardKind]string{phone.ForwardNoAnswer: "2109"}})
	d.until("the refusal is told", func() bool {
		r := d.routed("ag")
		return !r.Applies && len(r.Forwards) == 1 && r.Forwards[0].Reason != nil && r.Forwards[0].Reason.ID == phone.ReasonNotSupported
	})
	d.askedOnly(team.SetForward{Extension: d.ext("ag"), Kind: phone.ForwardNoAnswer, Number: "2109"})
	d.source.mu.Lock()
	d.source.answer = nil
	d.source.mu.Unlock()
	d.clock.pass(retryLow)
	d.forwards("ag", phone.ForwardNoAnswer, "2109")
	d.source.did()

	d.source.tell(team.SourceDown{At: d.clock.Now(), Reason: phone.Reason{ID: phone.ReasonRefused}})
	d.until("it is down", func() bool {
		i, _ := d.s.board.get(team.KindSource, "pbx")
		s, _ := value[team.SourceStatus](i)
		return !s.Up
	})
	view := read[team.RoutingView](t, d.do("ag", "GET", "people/ag/routing", nil))
	d.set("ag", "ag", view.Routing.Seq, team.Routing{})
	d.until("that it waits is told", func() bool {
		r := d.routed("ag")
		return r.Applies && len(r.Forwards) == 1 && r.Forwards[0].Wanted == "" && r.Forwards[0].Reason != nil
	})
	d.askedOnly()
	d.source.tell(team.SourceUp{At: d.clock.Now()}, team.SourceSynced{At: d.clock.Now()})
	d.forwards("ag", phone.ForwardNoAnswer, "")
	d.askedOnly(team.SetForward{Extension: d.ext("ag"), Kind: phone.ForwardNoAnswer})
}

// Who gets another extension, or leaves, has nothing left behind.
func TestPeopleMove(t *testing.T) {
	d := newDesk(t)
	old := d.ext("ag")
	d.set("ag", "ag", 0, team.Routing{Forwards: map[phone.ForwardKind]string{phone.ForwardAll: "2109"}})
	d.forwards("ag", phone.ForwardAll, "2109")
	d.source.did()
	i, _ := d.s.board.get(team.KindPerson, "ag")
	if _, err := d.s.PutPerson(t.Context(), "ag", team.NewPerson{Seq: i.Seq, Person: team.Person{User: "ag", Name: "A", Extension: "2188"}}); err != nil {
		t.Fatal(err)
	}
	d.until("the new extension's calls go there", func() bool {
		r := d.routed("ag")
		return r.Extension == "2188" && len(r.Forwards) == 1 && r.Forwards[0].Number == "2109"
	})
	d.askedOnly(team.SetForward{Extension: old, Kind: phone.ForwardAll}, team.SetForward{Extension: "2188", Kind: phone.ForwardAll, Number: "2109"})
	read[team.Done](t, d.do("root", "DELETE", "people/ag", nil))
	d.until("nothing is left", func() bool {
		_, a := d.s.board.get(team.KindRouted, "ag")
		_, b := d.s.board.get(team.KindRouting, "ag")
		return !a && !b
	})
	d.askedOnly(team.SetForward{Extension: "2188", Kind: phone.ForwardAll})
}

// Who was faster goes before; what means nothing is refused; nobody else is told.
func TestRoutingIsChecked(t *testing.T) {
	d := newDesk(t)
	seq := d.set("ag", "ag", 0, team.Routing{Plans: []phone.Plan{lunches}})
	d.set("sup", "ag", seq, team.Routing{Plans: []phone.Plan{lunches}, Zone: "Europe/Stockholm"})
	if a := d.do("ag", "PUT", "people/ag/routing", team.RoutingChange{Seq: seq, Routing: team.Routing{Person: "ag"}}); a.status != 409 || a.fault().Item == nil || a.fault().Item.Kind != team.KindRouting {
		t.Errorf("%d %s", a.status, a.body)
	}
	odd := lunches
	odd.To = odd.From
	for name, r := range map[string]team.Routing{
		"another's":         {Person: "us"},
		"a zone":            {Zone: "Mars/Olympus"},
		"a plan":            {Plans: []phone.Plan{odd}},
		"twice the same":    {Plans: []phone.Plan{lunches, lunches}},
		"a kind":            {Links: []phone.Link{{Kind: "nap", Number: "2109"}}},
		"an emergency":      {Links: []phone.Link{{Kind: phone.ActivityLunch, Number: "112"}}},
		"one's own number":  {Forwards: map[phone.ForwardKind]string{phone.ForwardAll: d.ext("ag")}},
		"a forwarding":      {Forwards: map[phone.ForwardKind]string{"never": "2109"}},
		"no number":         {Forwards: map[phone.ForwardKind]string{phone.ForwardAll: ""}},
		"lines in a number": {Forwards: map[phone.ForwardKind]string{phone.ForwardAll: "2109\r\nAction: Logoff"}},
	} {
		if r.Person == "" {
			r.Person = "ag"
		}
		if a := d.do("ag", "PUT", "people/ag/routing", team.RoutingChange{Routing: r}); a.status != 400 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	i, _ := d.s.board.get(team.KindRouting, "ag")
	for _, who := range []team.PersonID{"us", "sup", "root"} {
		p, _ := d.s.board.who(who)
		if viewOf(p).shows(i) {
			t.Errorf("%s is told of it", who)
		}
	}
}
