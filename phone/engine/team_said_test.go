package engine

import (
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// presences is what was told of us.
func presences(fx []effect) (out []team.PresenceChange) {
	for _, a := range find[fxTeamAsk](fx) {
		if a.change == changePresence {
			out = append(out, a.in.(team.PresenceChange))
		}
	}
	return out
}

// What is chosen here goes to the team, once; what is chosen for us elsewhere comes here, and is not told back.
func TestActivityIsShared(t *testing.T) {
	s, at := liveDesk(t)
	s, turn := reduce(s, teamTime, inCommand{phone.SetActivity{Kind: phone.ActivityLunch, Name: "Lunch"}})
	said := presences(turn.fx)
	if len(said) != 1 || said[0].Activity.Kind != phone.ActivityLunch {
		t.Fatalf("%+v", turn.fx)
	}
	s, turn = reduce(s, teamTime, inTeamDone{at: at, change: changePresence})
	if len(presences(turn.fx)) != 0 {
		t.Error("told twice")
	}
	echo := team.Presence{Person: "elin", Activity: said[0].Activity, SetBy: "elin"}
	echo.Activity.Since = teamTime.Add(3 * time.Second) // the server's clock
	s, turn = tell(t, s, at, teamItem(t, team.KindPresence, "elin", 60, echo))
	if len(presences(turn.fx)) != 0 || !s.me.chosen.Since.Equal(teamTime) {
		t.Errorf("%+v", turn.fx)
	}
	meeting := team.Presence{Person: "elin", Activity: phone.Activity{Kind: phone.ActivityMeeting, Since: teamTime.Add(time.Minute)}, Note: "styrelsen", SetBy: "salma"}
	s, turn = tell(t, s, at, teamItem(t, team.KindPresence, "elin", 61, meeting))
	if me := s.snapshot(1, teamTime).Me; len(presences(turn.fx)) != 0 || me.Activity.Kind != phone.ActivityMeeting || me.Note != "styrelsen" {
		t.Errorf("%+v %+v", me, turn.fx)
	}
	// Chosen here while the server is away: told when it is back.
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Down: phone.Refuse(phone.ReasonNoReply, "")}}})
	s, turn = reduce(s, teamTime.Add(2*time.Minute), inCommand{phone.SetActivity{Kind: phone.ActivityBusy}})
	if len(presences(turn.fx)) != 0 {
		t.Error("told to nobody")
	}
	s, turn = reduce(s, teamTime.Add(3*time.Minute), inTeamTold{at: at, told: []team.FeedEvent{{Synced: true}}})
	if said = presences(turn.fx); len(said) != 1 || said[0].Activity.Kind != phone.ActivityBusy {
		t.Fatalf("%+v", turn.fx)
	}
	// Unavailable: told again after a while.
	s, turn = reduce(s, teamTime.Add(3*time.Minute), inTeamDone{at: at, change: changePresence, err: &team.Fault{Status: 503, Code: team.CodeUnavailable}})
	if len(presences(turn.fx)) != 0 {
		t.Error("told again at once")
	}
	_, turn = reduce(s, teamTime.Add(3*time.Minute+askAgain), inClock{})
	if len(presences(turn.fx)) != 1 {
		t.Errorf("%+v", turn.fx)
	}
}

// A note that is written while the activity before it is being told is told too: the activity coming back, by the server's
// clock later than the note, is not somebody else's.
func TestNoteWrittenWhileTheActivityIsTold(t *testing.T) {
	s, at := liveDesk(t)
	s, turn := reduce(s, teamTime, inCommand{phone.SetActivity{Kind: phone.ActivityLunch}})
	said := presences(turn.fx)
	if len(said) != 1 {
		t.Fatalf("%+v", turn.fx)
	}
	s, turn = reduce(s, teamTime, inCommand{phone.SetNote{Text: "soup"}})
	if len(presences(turn.fx)) != 0 {
		t.Fatal("told while the server had not answered")
	}
	echo := team.Presence{Person: "elin", Activity: said[0].Activity, SetBy: "elin"}
	echo.Activity.Since = teamTime.Add(3 * time.Second)
	s, _ = tell(t, s, at, teamItem(t, team.KindPresence, "elin", 60, echo))
	s, turn = reduce(s, teamTime, inTeamDone{at: at, change: changePresence})
	if again := presences(turn.fx); len(again) != 1 || again[0].Note != "soup" || again[0].Activity.Kind != phone.ActivityLunch {
		t.Errorf("told %+v", again)
	}
	if me := s.snapshot(1, teamTime).Me; me.Note != "soup" {
		t.Errorf("the note is %q", me.Note)
	}
}
