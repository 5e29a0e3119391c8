package engine

import (
	"slices"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// routings is what was asked for as a routing.
func routings(fx []effect) (out []team.RoutingChange) {
	for _, a := range find[fxTeamAsk](fx) {
		if a.change == changeRouting {
			out = append(out, a.in.(team.RoutingChange))
		}
	}
	return out
}

func tell(t *testing.T, s state, at teamAt, items ...team.Item) (state, *turn) {
	t.Helper()
	var told []team.FeedEvent
	for i := range items {
		told = append(told, team.FeedEvent{Item: &items[i]})
	}
	return reduce(s, teamTime, inTeamTold{at: at, told: told})
}

func plan(id, from, to string) phone.Plan {
	return phone.Plan{ID: id, Kind: phone.ActivityLunch, From: from, To: to}
}

// liveDesk is a live link of a phone in which things can be set up.
func liveDesk(t *testing.T) (state, teamAt) {
	t.Helper()
	s, at := live(t)
	s.set = newSetUp(nil)
	s.accounts = slices.Clone(s.accounts)
	s.accounts[0].Registration.State = phone.RegistrationRegistered
	s.me.now, s.team.said = phone.Activity{Kind: phone.ActivityAvailable, Rings: true}, teamSaid{}
	return s, at
}

// Plans and links are handed to the server and come back from it; what was changed here goes before what it has until it
// has that too, and who was faster is taken in first.
func TestRoutingIsShared(t *testing.T) {
	s, at := liveDesk(t)
	s, turn := reduce(s, teamTime, inCommand{phone.PutItem{Item: plan("mine", "2026-12-01T11:30", "2026-12-01T12:00")}})
	sent := routings(turn.fx)
	if len(sent) != 1 || sent[0].Seq != 0 || len(sent[0].Routing.Plans) != 1 || sent[0].Routing.Person != "elin" {
		t.Fatalf("%+v", turn.fx)
	}
	if changes := s.snapshot(1, teamTime).Team.Changes; len(changes) != 0 {
		t.Errorf("%+v", changes)
	}
	// Changed once more while that is on its way; a supervisor was faster meanwhile.
	s, turn = reduce(s, teamTime, inCommand{phone.PutItem{Item: phone.Link{Kind: phone.ActivityLunch, Number: "2102"}}})
	if len(routings(turn.fx)) != 0 {
		t.Error("two at once")
	}
	theirs := plan("theirs", "2026-12-02T11:30", "2026-12-02T12:00")
	newer := teamItem(t, team.KindRouting, "elin", 20, team.Routing{Person: "elin", Plans: []phone.Plan{theirs}, SetBy: "salma"})
	s, turn = reduce(s, teamTime, inTeamDone{at: at, change: changeRouting, err: &team.Fault{Status: 409, Code: team.CodeConflict, Item: &newer}})
	sent = routings(turn.fx)
	if len(sent) != 1 || sent[0].Seq != 20 || len(sent[0].Routing.Plans) != 2 || len(sent[0].Routing.Links) != 1 {
		t.Fatalf("%+v", turn.fx)
	}
	if puts := find[fxPutItem](turn.fx); len(puts) != 1 || puts[0].item.Key() != "theirs" {
		t.Errorf("%+v", puts)
	}
	s, turn = reduce(s, teamTime, inTeamDone{at: at, change: changeRouting})
	if len(routings(turn.fx)) != 0 || len(s.me.handed.Edits) != 0 || s.me.handed.Account != "a" {
		t.Errorf("%+v, %+v", turn.fx, s.me.handed)
	}
	s, turn = tell(t, s, at, teamItem(t, team.KindRouting, "elin", 21, sent[0].Routing))
	if len(turn.fx) != 0 && len(routings(turn.fx)) != 0 || len(s.set.plans) != 2 {
		t.Errorf("%+v", turn.fx)
	}
	// Taken away elsewhere: gone here.
	s, turn = tell(t, s, at, teamItem(t, team.KindRouting, "elin", 22, team.Routing{Person: "elin", Plans: []phone.Plan{theirs}}))
	if len(find[fxRemoveItem](turn.fx)) != 2 || len(s.set.plans) != 1 || len(s.set.links) != 0 {
		t.Errorf("%+v", turn.fx)
	}
	// Away: kept here, and handed over when it is back, also after a start.
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Down: phone.Refuse(phone.ReasonNoReply, "")}}})
	s, turn = reduce(s, teamTime, inCommand{phone.RemoveItem{Kind: phone.ItemPlan, Key: "theirs"}})
	if len(routings(turn.fx)) != 0 || !slices.Equal(s.me.handed.Edits, []string{"plan:theirs"}) {
		t.Errorf("%+v %+v", turn.fx, s.me.handed)
	}
	memory := find[fxRemember](turn.fx)
	var later state
	later.recall(memory[len(memory)-1].value)
	if later.me.handed.Account != "a" || len(later.me.handed.Edits) != 1 {
		t.Errorf("%+v", later.me.handed)
	}
	s, turn = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Synced: true}}})
	if sent = routings(turn.fx); len(sent) != 1 || sent[0].Seq != 22 || len(sent[0].Routing.Plans) != 0 {
		t.Fatalf("%+v", turn.fx)
	}
	// Unavailable: asked again after a while. Refused: what the server has holds.
	s, turn = reduce(s, teamTime, inTeamDone{at: at, change: changeRouting, err: &team.Fault{Status: 503, Code: team.CodeUnavailable}})
	if len(routings(turn.fx)) != 0 {
		t.Error("asked again at once")
	}
	s, turn = reduce(s, teamTime.Add(askAgain), inClock{})
	if len(routings(turn.fx)) != 1 {
		t.Fatalf("%+v", turn.fx)
	}
	s, turn = reduce(s, teamTime.Add(askAgain), inTeamDone{at: at, change: changeRouting, err: &team.Fault{Status: 400, Code: team.CodeBadRequest, Field: "routing.plans"}})
	if len(s.me.handed.Edits) != 0 || len(s.set.plans) != 1 || len(routings(turn.fx)) != 0 {
		t.Errorf("%+v %+v", s.me.handed, turn.fx)
	}
}

// While the server applies what an activity says this phone does not, also while the server is away and after a start.
func TestWhoApplies(t *testing.T) {
	s, at := liveDesk(t)
	s, _ = tell(t, s, at, teamItem(t, team.KindRouted, "elin", 30, team.Routed{Person: "elin", Extension: "2100", Applies: true}))
	s, turn := reduce(s, teamTime, inCommand{phone.SetActivity{Kind: phone.ActivityLunch, Divert: phone.DivertNumber, Number: "2102"}})
	if turn.reply.err != nil || s.divertedTo("a") != "" || s.me.diverting.Number != "" {
		t.Fatalf("%v %+v", turn.reply.err, s.me)
	}
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Down: phone.Refuse(phone.ReasonNoReply, "")}}})
	if s.divertedTo("a") != "" {
		t.Error("it is done twice while the server is away")
	}
	// The exchange refuses it the server: then it is ours to do.
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Synced: true}}})
	s, _ = tell(t, s, at, teamItem(t, team.KindRouted, "elin", 31, team.Routed{Person: "elin", Extension: "2100", Forwards: []team.RoutedForward{{Kind: phone.ForwardAll, Wanted: "2102", Reason: &phone.Reason{ID: phone.ReasonNotSupported}}}}))
	if s.divertedTo("a") != "2102" {
		t.Error("nobody does it")
	}
	// Another's extension is none of our account's.
	s, _ = tell(t, s, at, teamItem(t, team.KindRouted, "elin", 32, team.Routed{Person: "elin", Extension: "2199", Applies: true}))
	if s.divertedTo("a") != "2102" {
		t.Error("nobody does it")
	}
}

// Forwardings are set by the server while it applies them, and shown as it tells them.
func TestForwardingsByTheServer(t *testing.T) {
	s, at := liveDesk(t)
	s, _ = tell(t, s, at, teamItem(t, team.KindRouted, "elin", 30, team.Routed{Person: "elin", Extension: "2100", Applies: true}))
	stand := func() phone.Forward { return s.snapshot(1, teamTime).Forwards[2] }
	if f := stand(); f.Kind != phone.ForwardBusy || f.State != phone.ConfirmOff {
		t.Fatalf("%+v", f)
	}
	if !s.snapshot(1, teamTime).Accounts[0].Can(phone.FeatureForwardBusyOn) {
		t.Error("it is said to be impossible")
	}
	s, turn := reduce(s, teamTime, inCommand{phone.SetForward{Kind: phone.ForwardBusy, Number: "2102"}})
	if sent := routings(turn.fx); turn.reply.err != nil || len(sent) != 1 || sent[0].Routing.Forwards[phone.ForwardBusy] != "2102" {
		t.Fatalf("%v %+v", turn.reply.err, turn.fx)
	}
	if f := stand(); f.State != phone.ConfirmAsking || f.Asked != "2102" {
		t.Errorf("%+v", f)
	}
	if _, turn := reduce(s, teamTime, inCommand{phone.SetForward{Kind: phone.ForwardBusy}}); phone.ReasonOf(turn.reply.err).ID != phone.ReasonWrongState {
		t.Errorf("%v", turn.reply.err)
	}
	s, _ = reduce(s, teamTime, inTeamDone{at: at, change: changeRouting})
	since := teamTime.Add(-time.Second)
	s, _ = tell(t, s, at, teamItem(t, team.KindRouted, "elin", 33, team.Routed{Person: "elin", Extension: "2100", Applies: true, Forwards: []team.RoutedForward{{Kind: phone.ForwardBusy, Number: "2102", Wanted: "2102", Since: since}}}))
	if f := stand(); f.State != phone.ConfirmOn || f.Number != "2102" || !f.Since.Equal(since) {
		t.Errorf("%+v", f)
	}
	s, _ = reduce(s, teamTime, inCommand{phone.SetForward{Kind: phone.ForwardBusy}})
	s, _ = reduce(s, teamTime, inTeamDone{at: at, change: changeRouting, err: &team.Fault{Status: 403, Code: team.CodeForbidden}})
	if f := stand(); f.State != phone.ConfirmRefused || f.Reason.ID != phone.ReasonTeamNoRight || f.Number != "2102" {
		t.Errorf("%+v", f)
	}
}

func TestColleaguesActivity(t *testing.T) {
	s, at := liveDesk(t)
	s, _ = tell(t, s, at, teamItem(t, team.KindPerson, "salma", 40, team.Person{ID: "salma", Name: "Salma Haddad", Extension: "2102", Groups: map[team.GroupID]team.Rights{"sales": team.RightsUser}}),
		teamItem(t, team.KindPerson, "axel", 41, team.Person{ID: "axel", Name: "Axel", Groups: map[team.GroupID]team.Rights{"other": team.RightsUser}}),
		teamItem(t, team.KindPresence, "salma", 42, team.Presence{Person: "salma", Note: "rum 3"}))
	if got := s.snapshot(1, teamTime).Team; !slices.Equal(got.Permitted, []phone.TeamPersonID{"salma"}) || len(got.PermittedLines) != 1 || got.PermittedLines["2102"] != "salma" {
		t.Errorf("%v, %v", got.Permitted, got.PermittedLines)
	}
	_, turn := reduce(s, teamTime, inCommand{phone.SetColleague{Person: "salma", Kind: phone.ActivityLunch, Until: teamTime.Add(time.Hour)}})
	asks := find[fxTeamAsk](turn.fx)
	if turn.reply.err != nil || len(asks) != 1 || asks[0].path != "people/salma/presence" {
		t.Fatalf("%v %+v", turn.reply.err, turn.fx)
	}
	if in := asks[0].in.(team.PresenceChange); in.Note != "rum 3" || in.Activity.Kind != phone.ActivityLunch || in.Activity.Rings {
		t.Errorf("%+v", in)
	}
	for who, want := range map[phone.TeamPersonID]phone.ReasonID{"axel": phone.ReasonTeamNoRight, "nobody": phone.ReasonNoPerson} {
		if _, turn := reduce(s, teamTime, inCommand{phone.SetColleague{Person: who, Kind: phone.ActivityLunch}}); phone.ReasonOf(turn.reply.err).ID != want {
			t.Errorf("%s: %v", who, turn.reply.err)
		}
	}
	if _, turn := reduce(s, teamTime, inCommand{phone.SetColleague{Person: "salma", Kind: phone.ActivityLunch, Until: teamTime}}); phone.ReasonOf(turn.reply.err).ID != phone.ReasonPast {
		t.Errorf("%v", turn.reply.err)
	}
}

// Calls that colleagues have parked are shown, and ours goes when the server tells that it is gone.
func TestParkedByColleagues(t *testing.T) {
	s, at := liveDesk(t)
	s.parked = []phone.Parked{{Account: "a", Slot: "701", Remote: phone.Party{Number: "1"}}}
	s, _ = tell(t, s, at, teamItem(t, team.KindParked, "pbx/702", 50, team.Parked{Source: "pbx", Slot: "702", From: phone.Party{Number: "2"}, Since: teamTime}),
		teamItem(t, team.KindParked, "pbx/701", 51, team.Parked{Source: "pbx", Slot: "701", From: phone.Party{Number: "1"}, Since: teamTime}))
	got := s.snapshot(1, teamTime).Parked
	if len(got) != 2 || got[0].Slot != "701" || got[1].Slot != "702" || got[1].Remote.Number != "2" || !got[1].Told {
		t.Fatalf("%+v", got)
	}
	s, turn := tell(t, s, at, teamItem(t, team.KindParked, "pbx/701", 52, nil))
	if got = s.snapshot(1, teamTime).Parked; len(got) != 1 || got[0].Slot != "702" || !slices.ContainsFunc(turn.events, func(e phone.Event) bool { return e.Kind == phone.EventParked && e.State == "gone" }) {
		t.Errorf("%+v %+v", got, turn.events)
	}
}
