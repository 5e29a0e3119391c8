package engine

import (
	"testing"

	"svara/assets"
	"svara/phone"
	"svara/phone/dialect"
	"svara/phone/team"
)

// A call by another telephone of ours is the exchange's to place, by way of the team server: no call of this phone. What the
// server may not be asked for, or its exchange cannot, the phone does itself.
func TestDialByTeam(t *testing.T) {
	s, at := live(t)
	me := s.team.people["elin"]
	me.Mobile = "+46701234567"
	item := teamItem(t, team.KindPerson, "elin", 50, me)
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Item: &item}}})
	s.accounts[0].Mobile, s.accounts[0].State = "070-123 45 67", phone.RegistrationRegistered
	s.settings = phone.Settings{}.With(phone.KeyRegion, "SE")
	s.dialects, _ = dialect.Load(assets.Dialects(), "")
	s.set.roles = []phone.Role{{ID: "sales", Name: "Sales", Number: "0801"}, {ID: "other", Name: "Other", Number: "0802"}}
	asked := func(cmd phone.Dial) []fxTeamAsk {
		t.Helper()
		_, turn := reduce(s, teamTime, inCommand{cmd})
		if turn.reply.err != nil {
			t.Fatal(turn.reply.err)
		}
		return find[fxTeamAsk](turn.fx)
	}
	fx := asked(phone.Dial{Target: "0812345", Via: "mobile", As: "sales"})
	if len(fx) != 1 || fx[0].path != "calls" || fx[0].in != (team.NewCall{Phone: "+46701234567", Number: "0812345", Shown: "0801"}) {
		t.Fatalf("%+v", fx)
	}
	for what, cmd := range map[string]phone.Dial{
		"a number that is none of the group's": {Target: "0812345", Via: "mobile", As: "other"}, "withheld": {Target: "0812345", Via: "mobile", As: phone.RoleWithheld},
		"somebody else's telephone": {Target: "0812345", Via: "0709999999"}, "an address": {Target: "sip:bo@x.test", Via: "mobile"},
	} {
		if fx := asked(cmd); len(fx) != 0 {
			t.Errorf("%s: %+v", what, fx)
		}
	}

	// The exchange has tried: its answer stays to be seen, and nothing is called from here.
	s, turn := reduce(s, teamTime, inCommand{phone.Dial{Target: "0812345", Via: "mobile"}})
	change := find[fxTeamAsk](turn.fx)[0].change
	busy, _ := reduce(s, teamTime, inTeamDone{at, change, &team.Fault{Status: 422, Code: team.CodeRefused, Reason: &phone.Reason{ID: phone.ReasonBusy}}})
	if c := busy.snapshot(1, teamTime).Team.Changes; len(c) != 1 || c[0].Reason.ID != phone.ReasonBusy || len(busy.calls) != 0 {
		t.Errorf("%+v %+v", c, busy.calls)
	}
	// It cannot: the phone calls the mobile itself, and does not ask again.
	s, _ = reduce(s, teamTime, inTeamDone{at, change, &team.Fault{Status: 422, Code: team.CodeRefused, Reason: &phone.Reason{ID: phone.ReasonNotSupported}}})
	if c := s.snapshot(1, teamTime).Team.Changes; len(c) != 0 || len(s.calls) != 1 || s.calls[0].handTo != "0812345" {
		t.Errorf("%+v %+v", c, s.calls)
	}
	if fx := asked(phone.Dial{Target: "0812345", Via: "mobile"}); len(fx) != 0 {
		t.Errorf("%+v", fx)
	}
}
