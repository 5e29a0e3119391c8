package present

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
)

func TestRulesInWords(t *testing.T) {
	s := scene(func(s *phone.Snapshot) {
		id := s.Accounts[0].ID
		s.Accounts = s.Accounts[:1]
		s.Me.Activity = phone.Activity{Kind: phone.ActivityLunch, Divert: "2103", Until: s.Time.Add(time.Hour)}
		s.Team.Applies = id
		s.Forwards = []phone.Forward{{Account: id, Kind: phone.ForwardBusy, State: phone.ConfirmRefused, Asked: "2101", Reason: &phone.Reason{ID: phone.ReasonNotPermitted}}}
		s.Queues = []phone.QueueStatus{{Queue: phone.Queue{ID: "1", Name: "Support"}, Login: phone.ConfirmOn}}
	})
	lines := RulesOf(s)
	if len(lines) != 3 || !strings.Contains(lines[0].Text, "2103") || !strings.Contains(lines[0].Text, "team server") || lines[1].Tone != ToneRed || !strings.Contains(lines[2].Text, "Support") {
		t.Fatalf("%+v", lines)
	}
	for name, c := range map[string]struct {
		set  func(*phone.Snapshot)
		want string
	}{
		"rings":  {func(s *phone.Snapshot) { s.Me.Activity = phone.Activity{Kind: phone.ActivityAvailable, Rings: true} }, "rings here"},
		"silent": {func(s *phone.Snapshot) { s.Me.Activity = phone.Activity{Kind: phone.ActivityLunch} }, "does not ring"},
		"no answer": {func(s *phone.Snapshot) {
			s.Forwards = []phone.Forward{{Account: s.Accounts[0].ID, Kind: phone.ForwardNoAnswer, State: phone.ConfirmOn, Number: "2"}}
		}, "nobody answers"},
		"profile": {func(s *phone.Snapshot) {
			s.Profile = []phone.ProfileStatus{{Account: s.Accounts[0].ID, State: phone.ConfirmOn, Number: "4"}}
		}, "profile"},
		"not off": {func(s *phone.Snapshot) {
			s.Forwards = []phone.Forward{{Account: s.Accounts[0].ID, Kind: phone.ForwardAll, State: phone.ConfirmRefused}}
		}, "not turned off"},
	} {
		all := ""
		for _, l := range RulesOf(scene(c.set)) {
			all += l.Text + "\n"
		}
		if !strings.Contains(all, c.want) {
			t.Errorf("%s: %s", name, all)
		}
	}
}
