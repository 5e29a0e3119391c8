package present

import (
	"testing"
	"time"

	"svara/phone"
)

func TestGroupRows(t *testing.T) {
	salma := phone.TeamName{ID: "salma", Name: "Salma Haddad"}
	for name, c := range map[string]struct {
		call    phone.GroupCall
		outcome string
		handler string
		care    Tone
		open    bool
	}{
		"missed, nobody's": {phone.GroupCall{Outcome: phone.GroupMissed}, "Missed", "No handler", ToneRed, true},
		"missed, mine":     {phone.GroupCall{Outcome: phone.GroupMissed, Handler: phone.TeamName{ID: "me", Name: "Elin"}, Mine: true}, "Missed", "Me", TonePlain, true},
		"missed, hers":     {phone.GroupCall{Outcome: phone.GroupMissed, Handler: salma}, "Missed", "Salma Haddad", TonePlain, true},
		"missed, done":     {phone.GroupCall{Outcome: phone.GroupMissed, Handler: salma, Handled: true, HandledAt: noon.Add(-time.Hour)}, "Missed", "Salma Haddad, done 11:00", ToneGreen, false},
		"done by nobody":   {phone.GroupCall{Outcome: phone.GroupMissed, Handled: true}, "Missed", "Done", ToneGreen, false},
		"handler unnamed":  {phone.GroupCall{Outcome: phone.GroupMissed, Handler: phone.TeamName{ID: "p7"}}, "Missed", "p7", TonePlain, true},
		"redirected":       {phone.GroupCall{Outcome: phone.GroupRedirected, To: "Switchboard"}, "Redirected", "To Switchboard", TonePlain, false},
		"redirected away":  {phone.GroupCall{Outcome: phone.GroupRedirected}, "Redirected", "", TonePlain, false},
		"answered":         {phone.GroupCall{Outcome: phone.GroupAnswered, AnsweredBy: salma}, "Answered", "Salma Haddad", TonePlain, false},
		"talking":          {phone.GroupCall{Outcome: phone.GroupAnswered, AnsweredBy: salma, Talking: true}, "Answered", "In call with Salma Haddad", TonePlain, false},
		"waiting":          {phone.GroupCall{Outcome: phone.GroupWaiting}, "Waiting", "", TonePlain, false},
	} {
		c.call.From, c.call.Began, c.call.WaitS, c.call.MayCare = phone.Party{Name: "Lindö Maskin", Number: "08-46500431"}, noon.Add(-time.Minute), 200, true
		s := Scene{Snap: &phone.Snapshot{}, Now: noon}
		r := GroupRows(s, []phone.GroupCall{c.call}, "")[0]
		if r.Kind != c.outcome || r.Care != c.handler || r.Caring != c.care || r.Open != c.open || r.Waited != "03:20" || r.Dial == "" || r.Locked != "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestGroupRowsWithheldAndLocked(t *testing.T) {
	s := Scene{Snap: &phone.Snapshot{Team: phone.TeamState{Changes: []phone.TeamChange{{Verb: "group-call", About: "g1", State: phone.TeamChangeAsking}}}}, Now: noon}
	r := GroupRows(s, []phone.GroupCall{{ID: "g1", Outcome: phone.GroupMissed, From: phone.Party{URI: "sip:anonymous@anonymous.invalid"}}}, "")[0]
	if r.Dial != "" || r.Locked == "" || !r.Asking {
		t.Errorf("a withheld number cannot be called, no right no care, a change is under way: %+v", r)
	}
}

func TestGroupChoiceAsksWhatIsChosen(t *testing.T) {
	c := GroupChoice{}.Toggle(phone.GroupAnswered).Toggle(phone.GroupMissed)
	c.Queue, c.Handler, c.Period, c.Open = "710", GroupNobody, Today, true
	q := c.Query(noon, "lindö", "p2", 50)
	if len(q.Outcomes) != 2 || q.Outcomes[0] != phone.GroupMissed || !q.Nobody || q.Handlers != nil || q.Queues[0] != "710" || !q.Open || !q.OpenFirst || q.Text != "lindö" || q.After != "p2" || q.Limit != 50 || q.From.Hour() != 0 {
		t.Errorf("%+v", q)
	}
	c.Handler = "salma"
	if q = c.Query(noon, "", "", 1); q.Nobody || q.Handlers[0] != "salma" {
		t.Errorf("%+v", q)
	}
	if c = c.Toggle(phone.GroupMissed).Toggle(phone.GroupAnswered); c.Kinds != "" {
		t.Errorf("kinds %q", c.Kinds)
	}
}

func TestGroupAssignees(t *testing.T) {
	member := func(id, name string, me bool) phone.QueueMember {
		return phone.QueueMember{Phone: "PJSIP/" + id, Person: phone.TeamName{ID: phone.TeamPersonID(id), Name: name}, Me: me}
	}
	s := Scene{Snap: &phone.Snapshot{Team: phone.TeamState{Me: "elin"}, Queues: []phone.QueueStatus{
		{Queue: phone.Queue{ID: "710"}, Team: &phone.QueueTeam{Members: []phone.QueueMember{member("salma", "Salma", false), member("elin", "Elin", true), member("kalle", "Kalle", false), {Phone: "PJSIP/9"}}}},
		{Queue: phone.Queue{ID: "700"}, Team: &phone.QueueTeam{Members: []phone.QueueMember{member("nina", "Nina", false), member("kalle", "Kalle", false)}}},
		{Queue: phone.Queue{ID: "720"}},
	}}, Now: noon}
	names := func(cs []Choice) string {
		out := ""
		for _, c := range cs {
			out += c.Text + ","
		}
		return out
	}
	if got := names(GroupAssignees(s, phone.GroupCall{Queue: "710"})); got != "Me,Kalle,Salma," {
		t.Errorf("assignees %q", got)
	}
	if got := names(GroupHandlers(s)); got != "Any handler,No handler,Me,Kalle,Nina,Salma," {
		t.Errorf("handlers %q", got)
	}
	if got := GroupQueues(s); len(got) != 3 || got[1].Value != "710" {
		t.Errorf("queues %v", got)
	}
}

func TestTeamBars(t *testing.T) {
	snap := &phone.Snapshot{Team: phone.TeamState{Link: phone.TeamAway, Since: noon.Add(-7 * time.Minute), Retry: noon.Add(5 * time.Second), Changes: []phone.TeamChange{
		{ID: "1", Verb: "group-call", Name: "Lindö", State: phone.TeamChangeWaits},
		{ID: "2", Verb: "group-call", Name: "Wiik", State: phone.TeamChangeRefused, Reason: &phone.Reason{ID: phone.ReasonTeamConflict}, Who: "Salma"},
		{ID: "3", Verb: "group-call", State: phone.TeamChangeAsking},
		{ID: "4", Verb: "meeting-put", State: phone.TeamChangeWaits},
	}}}
	bars := TeamBars(Scene{Snap: snap, Now: noon}, "group-call")
	if len(bars) != 3 {
		t.Fatalf("%d bars: %+v", len(bars), bars)
	}
	if bars[0].Text != "Shown as it was 11:53. Trying again in 5\u00a0s." {
		t.Errorf("away: %q", bars[0].Text)
	}
	if bars[1].Change != "" || bars[2].Change != "2" || bars[2].Title != "Wiik: Somebody was faster" || bars[2].Text[:5] != "Salma" {
		t.Errorf("changes: %+v", bars[1:])
	}
	snap.Team = phone.TeamState{Link: phone.TeamLive}
	if bars := TeamBars(Scene{Snap: snap, Now: noon}, "group-call"); bars != nil {
		t.Errorf("bars while all is well: %+v", bars)
	}
}
