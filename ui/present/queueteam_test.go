package present

import (
	"testing"
	"time"

	"svara/phone"
)

func teamQueueScene(rights phone.TeamRights, link phone.TeamLink, change func(*phone.QueueTeam)) Scene {
	team := &phone.QueueTeam{
		Rights: rights, Source: "pbx", Settings: phone.QueueSettings{Overflow: "700", OverflowS: 60, Distribution: phone.QueueFewest},
		Today:   phone.QueueDay{Answered: 63, Lost: 4, AverageWaitS: 27, ServiceLevel: -1},
		Members: []phone.QueueMember{{Phone: "PJSIP/1", Name: "Elin", Me: true, LoggedIn: true, State: phone.LineIdle, Skill: 8, Today: 11}, {Phone: "PJSIP/2", Name: "Salma", LoggedIn: true, State: phone.LineBusy, Paused: true}},
		Callers: []phone.QueueCaller{{ID: "c1", From: phone.Party{Number: "0701"}, Place: 1, Since: noon.Add(-130 * time.Second), Before: 2, Rings: []string{"Elin", "Salma"}}},
	}
	if change != nil {
		change(team)
	}
	return Scene{Now: noon, Snap: &phone.Snapshot{
		Team:   phone.TeamState{Link: link, Me: "elin", Sources: []phone.TeamSource{{ID: "pbx", Name: "Asterisk", Up: team.Stale.IsZero()}}},
		Queues: []phone.QueueStatus{{Queue: phone.Queue{ID: "710", Name: "Support"}, Counted: true, Waiting: 1, Login: phone.ConfirmOn, Team: team}, {Queue: phone.Queue{ID: "720"}}},
	}}
}

func TestQueuePage(t *testing.T) {
	s := teamQueueScene(phone.TeamRightsSupervisor, phone.TeamLive, nil)
	p, ok := QueuePageOf(s, "710")
	if !ok || p.Settings != "" || p.Stale != "" || len(p.Figures) != 8 || p.Figures[3].Value != "–" || p.Figures[1].Tone != ToneRed {
		t.Fatalf("%+v", p)
	}
	if c := p.Callers[0]; c.Waited != "02:10" || c.Tone != ToneRed || c.Before != "2 earlier calls not handled" || c.Rings != "Rings at Elin, Salma" {
		t.Errorf("caller %+v", c)
	}
	me, salma := p.Members[0], p.Members[1]
	if me.Name != "Elin (you)" || me.Locked != "" || me.Status != StatusAvailable || me.Skill != "8" {
		t.Errorf("me %+v", me)
	}
	if salma.Status != StatusInCall || salma.Skill != "–" || !salma.MaySkill {
		t.Errorf("who talks is on a call also while paused: %+v", salma)
	}
	if _, ok := QueuePageOf(s, "720"); ok {
		t.Error("a queue without team has a page")
	}
	if c, ok := me.LogMember("710", false).(phone.LogIn); !ok || c.On {
		t.Errorf("oneself goes by the queue's own way: %+v", me.LogMember("710", false))
	}
	if c, ok := salma.LogMember("710", false).(phone.SetQueueMember); !ok || *c.LoggedIn || c.Phone != "PJSIP/2" {
		t.Errorf("%+v", salma.LogMember("710", false))
	}
}

func TestWhoMayWhatInAQueue(t *testing.T) {
	for name, c := range map[string]struct {
		rights           phone.TeamRights
		link             phone.TeamLink
		settings, me, he bool
	}{
		"supervisor":       {phone.TeamRightsSupervisor, phone.TeamLive, true, true, true},
		"agent":            {phone.TeamRightsAgent, phone.TeamLive, false, true, false},
		"user":             {phone.TeamRightsUser, phone.TeamLive, false, false, false},
		"supervisor, away": {phone.TeamRightsSupervisor, phone.TeamAway, false, false, false},
	} {
		p, _ := QueuePageOf(teamQueueScene(c.rights, c.link, nil), "710")
		if p.Settings == "" != c.settings || p.Members[0].Locked == "" != c.me || p.Members[1].Locked == "" != c.he {
			t.Errorf("%s: settings %q, me %q, he %q", name, p.Settings, p.Members[0].Locked, p.Members[1].Locked)
		}
	}
}

func TestAQueueSaysHowOldItIs(t *testing.T) {
	s := teamQueueScene(phone.TeamRightsAgent, phone.TeamLive, func(q *phone.QueueTeam) { q.Stale = noon.Add(-2 * time.Minute) })
	if p, _ := QueuePageOf(s, "710"); p.Stale != "Asterisk cannot be reached. Shown as it was 11:58." {
		t.Errorf("stale %q", p.Stale)
	}
	b := QueueButtons(s, func(phone.QueueID) time.Time { return time.Time{} })
	if b[0].Wrong != "" || b[1].Wrong == "" {
		t.Errorf("the team logs in to its queues without the dialect: %q, %q", b[0].Wrong, b[1].Wrong)
	}
}

func TestQueueSettingsAreSavedAsOneChange(t *testing.T) {
	s := teamQueueScene(phone.TeamRightsSupervisor, phone.TeamLive, nil)
	e := QueueSettingsForm("710", "Support")
	v := e.Start(s, "")
	if f := e.Form(s, "", v); f.Faulty() != "" || f.Warn != "" {
		t.Fatalf("as it stands: %+v", f)
	}
	v["night"], v["night_number"], v["overflow_s"] = "true", "070-174 06 90", "4"
	if f := e.Form(s, "", v); f.Faulty() != "overflow_s" {
		t.Errorf("four seconds: %+v", f)
	}
	v["overflow_s"] = "30"
	c, ok := e.Commands(s, "", "", v)[0].(phone.SetQueue)
	want := phone.QueueSettings{Night: true, NightNumber: "0701740690", Overflow: "700", OverflowS: 30, Distribution: phone.QueueFewest}
	if !ok || c.New != want || c.Was != s.Snap.Queues[0].Team.Settings {
		t.Errorf("%+v", c)
	}
	v["overflow"] = " "
	if c := e.Commands(s, "", "", v)[0].(phone.SetQueue); c.New.Overflow != "" || c.New.OverflowS != 0 {
		t.Errorf("no overflow has no seconds: %+v", c.New)
	}
	now := teamQueueScene(phone.TeamRightsSupervisor, phone.TeamLive, func(q *phone.QueueTeam) { q.Settings.Night = true })
	if f := e.Form(now, "", v); f.Warn == "" {
		t.Error("nothing says that somebody has changed them meanwhile")
	}
}

// Whose card it is has the queues that the team server has them logged in to, while it is as of now.
func TestQueuesOfAColleague(t *testing.T) {
	salma := phone.Person{Name: "Salma", Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: "2102"}}}
	around := func(change func(*phone.QueueTeam)) []Trait {
		return Around(teamQueueScene(phone.TeamRightsUser, phone.TeamLive, func(q *phone.QueueTeam) {
			q.Members[1].Number = "2102"
			if change != nil {
				change(q)
			}
		}), salma)
	}
	if got := around(nil); len(got) != 1 || got[0].Text != "Logged in: Support" {
		t.Errorf("%+v", got)
	}
	for name, change := range map[string]func(*phone.QueueTeam){
		"logged out": func(q *phone.QueueTeam) { q.Members[1].LoggedIn = false }, "old": func(q *phone.QueueTeam) { q.Stale = noon.Add(-time.Hour) },
		"somebody else": func(q *phone.QueueTeam) { q.Members[1].Number = "2103" },
	} {
		if got := around(change); len(got) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Everybody who answers is on one page, with each of their queues and their totals of the day; what is done there is done in
// the row's queue.
func TestAgentsPage(t *testing.T) {
	s := teamQueueScene(phone.TeamRightsSupervisor, phone.TeamLive, func(q *phone.QueueTeam) {
		q.Members[0].TalkS, q.Members[1].Today, q.Members[1].Number = 60, 2, "2102"
	})
	sales := *s.Snap.Queues[0].Team
	sales.Members = []phone.QueueMember{{Phone: "PJSIP/2", Name: "Salma", Number: "2102", Today: 3, TalkS: 90}, {Phone: "PJSIP/3", Name: "Axel"}}
	s.Snap.Queues = append(s.Snap.Queues, phone.QueueStatus{Queue: phone.Queue{ID: "730", Name: "Sales"}, Team: &sales})
	p, ok := QueuePageOf(s, AllAgents)
	if !ok || !p.Agents || len(p.Figures)+len(p.Callers) != 0 || len(p.Members) != 4 || p.Head != "3 agents in the queues, with what they have done today." {
		t.Fatalf("%+v", p)
	}
	for i, want := range []struct{ head, title, phone string }{
		{"Axel · 0 calls today · 00:00", "Sales", "PJSIP/3"}, {"Elin (you) · 11 calls today · 01:00", "Support", "PJSIP/1"}, {"Salma · 5 calls today · 01:30", "Support", "PJSIP/2"}, {"", "Sales", "PJSIP/2"},
	} {
		if m := p.Members[i]; m.Head != want.head || m.Title != want.title || m.Phone != want.phone {
			t.Errorf("row %d: %q %q %q, not %+v", i, m.Head, m.Title, m.Phone, want)
		}
	}
	if c, ok := p.Members[3].LogMember(p.Members[3].Queue, true).(phone.SetQueueMember); !ok || c.Queue != "730" || c.Phone != "PJSIP/2" {
		t.Errorf("%+v", c)
	}
	if tabs := QueueTabs(s); tabs[len(tabs)-1].Value != string(AllAgents) || len(tabs) != 3 {
		t.Errorf("%+v", tabs)
	}
	s.Snap.Queues = nil
	if _, ok := QueuePageOf(s, AllAgents); ok || len(QueueTabs(s)) != 0 {
		t.Error("agents without queues")
	}
}
