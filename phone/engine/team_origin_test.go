package engine

import (
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// ringing is the live state with a call that rings from somebody.
func ringing(t *testing.T, from string) (state, teamAt) {
	t.Helper()
	s, at := live(t)
	s.calls = []call{{Call: phone.Call{ID: 1, Account: "a", Direction: phone.Incoming, State: phone.StateIncoming, Remote: phone.Party{Number: from}}, rings: true}}
	return s, at
}

// The queue a call came through is the one in which the team server says that the caller waits and it rings here.
func TestOriginByTheTeam(t *testing.T) {
	waits := func(id, from string, rings ...team.PersonID) team.FeedEvent {
		i := teamItem(t, team.KindWaiting, id, 40, team.Waiting{Queue: "80", From: phone.Party{Number: from}, Since: teamTime.Add(-time.Minute), Rings: rings})
		return team.FeedEvent{Item: &i}
	}
	talks := func(from string, who team.PersonID) team.FeedEvent {
		i := teamItem(t, team.KindLog, "l", 41, team.LogEntry{ID: "l", Queue: "80", Group: "sales", From: phone.Party{Number: from}, Outcome: team.OutcomeAnswered, Talking: true, Answered: who})
		return team.FeedEvent{Item: &i}
	}
	for name, x := range map[string]struct {
		from  string
		told  team.FeedEvent
		state phone.CallState
		want  phone.QueueID
	}{
		"rings here":                       {"0701740612", waits("w", "+46701740612", "salma", "elin"), phone.StateIncoming, "80"},
		"withheld":                         {"", waits("w", "", "elin"), phone.StateIncoming, "80"},
		"withheld, as it is written":       {"anonymous", waits("w", "", "elin"), phone.StateIncoming, "80"},
		"rings at somebody else":           {"0701740612", waits("w", "+46701740612", "salma"), phone.StateIncoming, ""},
		"another caller":                   {"0701740613", waits("w", "+46701740612", "elin"), phone.StateIncoming, ""},
		"withheld here, told there":        {"", waits("w", "+46701740612", "elin"), phone.StateIncoming, ""},
		"a direct call, answered long ago": {"0701740612", waits("w", "+46701740612", "elin"), phone.StateConnected, ""},
		"answered at once":                 {"0701740612", talks("+46701740612", "elin"), phone.StateConnected, "80"},
		"somebody else talks":              {"0701740612", talks("+46701740612", "salma"), phone.StateConnected, ""},
	} {
		s, at := ringing(t, x.from)
		s.calls[0].State = x.state
		s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{x.told}})
		var got phone.Origin
		if o := s.snapshot(1, teamTime).Calls[0].Origin; o != nil {
			got = *o
		}
		if got.Queue != x.want || x.want != "" && got.Name != "Sales" {
			t.Errorf("%s: %+v", name, got)
		}
		if x.want != "" && x.state == phone.StateIncoming && !got.Waited.Equal(teamTime.Add(-time.Minute)) {
			t.Errorf("%s: waits since %v", name, got.Waited)
		}
	}

	// It stays when the call has been answered and waits no longer.
	s, at := ringing(t, "0701740612")
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{waits("w", "0701740612", "elin")}})
	s.calls[0].State = phone.StateConnected
	gone := team.Item{Kind: team.KindWaiting, ID: "w", Seq: 50, Gone: true}
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Item: &gone}}})
	if o := s.snapshot(1, teamTime).Calls[0].Origin; o == nil || o.Queue != "80" {
		t.Errorf("%+v", o)
	}
}

// Whom a diverted call was meant for has the activity that the team tells, where the exchange tells none.
func TestSoughtByTheTeam(t *testing.T) {
	s, at := ringing(t, "0701740612")
	s.calls[0].Origin = &phone.Origin{Sought: &phone.Sought{Party: phone.Party{Number: "2102"}}}
	lunch := teamItem(t, team.KindPresence, "salma", 30, team.Presence{Person: "salma", Activity: phone.Activity{Kind: phone.ActivityLunch, Until: teamTime.Add(time.Hour)}, Line: phone.LineIdle})
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Item: &lunch}}})
	x := s.snapshot(1, teamTime).Calls[0].Origin.Sought
	if x.Presence == nil || x.Presence.Activity != phone.ActivityLunch || !x.Presence.Until.Equal(teamTime.Add(time.Hour)) || x.Line != phone.LineIdle {
		t.Errorf("%+v", x)
	}
	if f := s.fields(&s.calls[0], teamTime); f.Activity == "" {
		t.Errorf("templates have no activity: %+v", f)
	}
}
