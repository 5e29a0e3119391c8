package server

import (
	"net/url"
	"sync"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

func TestMembers(t *testing.T) {
	d := newDesk(t)
	yes, no, skill := true, false, 7
	v := read[team.QueueView](t, d.do("us", "GET", "queues/80", nil))
	if v.Queue.Value.Name != "Support" || len(v.Members) != 1 || v.Members[0].Value.Person != "ag" || v.Members[0].Value.Name != "Person ag" {
		t.Fatalf("%+v", v)
	}
	for name, c := range map[string]struct {
		as, whom team.PersonID
		change   team.MemberChange
		status   int
		did      []team.SourceAction
	}{
		"oneself out":         {"ag", "ag", team.MemberChange{LoggedIn: &no}, 200, []team.SourceAction{team.LogMember{Queue: "80", Phone: "PJSIP/" + d.ext("ag"), Name: "Person ag", Skill: 10}}},
		"oneself, not agent":  {"us", "us", team.MemberChange{LoggedIn: &yes}, 403, nil},
		"another, as agent":   {"ag", "sup", team.MemberChange{LoggedIn: &yes}, 403, nil},
		"another, supervisor": {"sup", "us", team.MemberChange{LoggedIn: &yes}, 200, []team.SourceAction{team.LogMember{Queue: "80", Phone: d.ext("us"), Name: "Person us", In: true}}},
		"own skill, as agent": {"ag", "ag", team.MemberChange{Skill: &skill}, 403, nil},
		"skill":               {"sup", "ag", team.MemberChange{Skill: &skill}, 200, []team.SourceAction{team.SetSkill{Queue: "80", Phone: "PJSIP/" + d.ext("ag"), Skill: 7}}},
		"pause":               {"ag", "ag", team.MemberChange{Paused: &yes, Why: "lunch"}, 200, []team.SourceAction{team.PauseMember{Queue: "80", Phone: "PJSIP/" + d.ext("ag"), On: true, Why: "lunch"}}},
		"in and paused":       {"ag", "ag", team.MemberChange{LoggedIn: &yes, Paused: &no}, 200, []team.SourceAction{team.LogMember{Queue: "80", Phone: "PJSIP/" + d.ext("ag"), Name: "Person ag", In: true, Skill: 10}, team.PauseMember{Queue: "80", Phone: "PJSIP/" + d.ext("ag")}}},
		"nobody":              {"sup", "nosuch", team.MemberChange{LoggedIn: &yes}, 404, nil},
	} {
		a := d.do(c.as, "PUT", "queues/80/members/"+string(c.whom), c.change)
		did := d.source.did()
		if a.status != c.status || len(did) != len(c.did) {
			t.Errorf("%s: %d %s, %+v", name, a.status, a.body, did)
			continue
		}
		for i := range did {
			if did[i] != c.did[i] {
				t.Errorf("%s: %+v, want %+v", name, did[i], c.did[i])
			}
		}
	}
	d.source.answer = phone.Refuse(phone.ReasonNotMember, "")
	if a := d.do("ag", "PUT", "queues/80/members/ag", team.MemberChange{LoggedIn: &yes}); a.status != 422 || a.code() != team.CodeRefused || a.fault().Reason.ID != phone.ReasonNotMember {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestQueueSettings(t *testing.T) {
	d := newDesk(t)
	now := d.clock.Now()
	was := team.QueueSettings{Night: true, NightNumber: "0812345678"}
	d.source.tell(team.QueueTold{At: now, Queue: "80", Name: "Support", Settings: was})
	d.until("the night", func() bool { q, _ := d.s.queueNow("80"); return q.Settings == was })
	want := team.QueueSettings{Overflow: "2100", OverflowS: 30, Distribution: team.DistributionInOrder}
	if a := d.do("sup", "PUT", "queues/80/settings", team.QueueChange{Settings: want}); a.status != 409 || a.fault().Item == nil || a.fault().Item.ID != "80" {
		t.Errorf("changed from what it is not: %d %s", a.status, a.body)
	}
	read[team.Done](t, d.do("sup", "PUT", "queues/80/settings", team.QueueChange{Was: was, Settings: want}))
	if did := d.source.did(); len(did) != 1 || did[0] != (team.SetQueue{Queue: "80", Settings: want}) {
		t.Errorf("%+v", did)
	}
	// A queue in another group is another group's from then on.
	read[team.Done](t, d.do("root", "PUT", "queues/80/group", team.QueuePlace{Group: "sales"}))
	d.until("it has moved", func() bool { i, _ := d.s.board.get(team.KindQueue, "80"); return i.Group == "sales" })
	if a := d.do("sup", "GET", "queues/80", nil); a.status != 404 {
		t.Errorf("%d", a.status)
	}
	if a := d.do("out", "GET", "queues/80", nil); a.status != 200 {
		t.Errorf("%d", a.status)
	}
}

func TestCallsAreTakenCareOf(t *testing.T) {
	d := newDesk(t)
	d.missed("c-1", "0701234567")
	var e team.Versioned[team.LogEntry]
	d.until("the call", func() bool {
		page := read[team.LogPage](t, d.do("ag", "POST", "log", team.LogQuery{Open: true}))
		if len(page.Entries) == 1 {
			e = page.Entries[0]
		}
		return len(page.Entries) == 1
	})
	// Two take it at once: one gets it, the other is shown who did.
	var wg sync.WaitGroup
	answers := make([]said, 2)
	for i, who := range []team.PersonID{"ag", "sup"} {
		wg.Go(func() {
			answers[i] = d.do(who, "PATCH", "log/"+url.PathEscape(e.Value.ID), team.LogChange{Seq: e.Seq, Handler: &who})
		})
	}
	wg.Wait()
	won, lost := answers[0], answers[1]
	if won.status != 200 {
		won, lost = lost, won
	}
	if won.status != 200 || lost.status != 409 || lost.fault().Item == nil {
		t.Fatalf("%d %s, %d %s", won.status, won.body, lost.status, lost.body)
	}
	now := read[team.Versioned[team.LogEntry]](t, d.do("us", "GET", "log/"+url.PathEscape(e.Value.ID), nil))
	theirs, err := value[team.LogEntry](*lost.fault().Item)
	if err != nil || theirs.Handler != now.Value.Handler || lost.fault().Item.Seq != now.Seq {
		t.Errorf("%+v, %+v", theirs, now)
	}
	yes, note := true, "Ringde upp\nklart"
	read[team.Done](t, d.do("ag", "PATCH", "log/"+url.PathEscape(e.Value.ID), team.LogChange{Seq: now.Seq, Handled: &yes, Note: &note}))
	now = read[team.Versioned[team.LogEntry]](t, d.do("us", "GET", "log/"+url.PathEscape(e.Value.ID), nil))
	if !now.Value.Handled || now.Value.HandledAt != d.clock.Now() || now.Value.Note != note || now.Value.NoteBy != "ag" || now.Value.Open() {
		t.Errorf("%+v", now)
	}
	// The next call of the number is shown with how many are open.
	d.missed("c-2", "+46701234567")
	at := d.clock.Now()
	d.source.tell(team.CallJoined{At: at, Since: at, Queue: "80", Call: "c-3", From: phone.Party{Number: "070-123 45 67"}, Place: 1})
	d.until("one is open", func() bool {
		v, err := d.s.queueView(view{all: true}, "80")
		return err == nil && len(v.Waiting) == 1 && v.Waiting[0].Value.Before == 1
	})
}

func TestPresenceOfOthers(t *testing.T) {
	d := newDesk(t)
	set := func(as, whom team.PersonID) int {
		return d.do(as, "PUT", "people/"+string(whom)+"/presence", team.PresenceChange{Activity: phone.Activity{Kind: phone.ActivityLunch, Until: d.clock.Now().Add(time.Hour)}, Note: "åter 13"}).status
	}
	for _, c := range []struct {
		as, whom team.PersonID
		want     int
	}{{"us", "us", 200}, {"none", "none", 403}, {"ag", "us", 403}, {"sup", "us", 200}, {"sup", "out", 403}, {"out", "us", 403}, {"root", "out", 200}, {"sup", "nosuch", 404}} {
		if got := set(c.as, c.whom); got != c.want {
			t.Errorf("%s of %s: %d", c.as, c.whom, got)
		}
	}
	// The lamp the exchange tells and what people say do not undo each other.
	d.source.tell(team.LineTold{At: d.clock.Now(), Phone: d.ext("us"), State: "busy"})
	presence := func() (p team.Presence, seq team.Seq) {
		i, _ := d.s.board.get(team.KindPresence, "us")
		p, _ = value[team.Presence](i)
		return p, i.Seq
	}
	d.until("the lamp", func() bool { p, _ := presence(); return p.Line == "busy" })
	p, seq := presence()
	if p.Activity.Kind != phone.ActivityLunch || p.SetBy != "sup" || p.Note != "åter 13" {
		t.Errorf("%+v", p)
	}
	if a := d.do("us", "PUT", "people/us/presence", team.PresenceChange{Seq: seq - 1, Activity: phone.Activity{Kind: phone.ActivityBusy}}); a.status != 409 {
		t.Errorf("%d", a.status)
	}
	read[team.Done](t, d.do("us", "PUT", "people/us/presence", team.PresenceChange{Seq: seq, Activity: phone.Activity{Kind: phone.ActivityBusy}}))
	if p, _ := presence(); p.Line != "busy" || p.Activity.Kind != phone.ActivityBusy {
		t.Errorf("%+v", p)
	}
}
