package engine

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// meet tells a live link of meetings.
func meet(t *testing.T, s state, at teamAt, now time.Time, id string, seq team.Seq, m any) (state, *turn) {
	t.Helper()
	i := teamItem(t, team.KindMeeting, id, seq, m)
	return reduce(s, now, inTeamTold{at: at, told: []team.FeedEvent{{Item: &i}}})
}

func meetings(turn *turn) (out string) {
	for _, e := range turn.events {
		if e.Kind == phone.EventMeeting {
			out += e.Key + " " + e.State + ";"
		}
	}
	return out
}

func TestMeetingsAreToldAndRemindedOf(t *testing.T) {
	s, at := live(t)
	lunch := team.Meeting{ID: "m1", Rev: 1, Title: "Lunch", Start: teamTime.Add(time.Hour), LengthM: 30, Zone: "Europe/Stockholm", Repeat: phone.RepeatDaily, RemindM: 15, Owner: "salma", Number: "9500", Code: "123456",
		Invited: []team.Invited{{Person: "elin", Name: "Elin"}}}
	s, turn := meet(t, s, at, teamTime, "m1/elin", 20, lunch)
	if got := meetings(turn); got != "m1 invited;" {
		t.Error(got)
	}
	next := s.snapshot(1, teamTime).Team.Meetings.Next
	if next == nil || next.Own || next.By.Name != "Salma Haddad" || !next.Next.Equal(lunch.Start) || next.Invited[0].Person != "elin" {
		t.Fatalf("%+v", next)
	}
	if fx := find[fxTeamMeetings](turn.fx); len(fx) != 1 || len(fx[0].all) != 1 {
		t.Errorf("%+v", turn.fx)
	}
	own := team.Meeting{ID: "m2", Rev: 1, Title: "Own", Start: teamTime.Add(2 * time.Hour), LengthM: 30, Zone: "UTC", Owner: "elin"}
	s, turn = meet(t, s, at, teamTime, "m2", 21, own)
	if got := meetings(turn); got != "" {
		t.Errorf("of one's own: %s", got)
	}
	// The loop wakes for the reminder, once, and again the next day.
	due := teamTime.Add(45 * time.Minute)
	if wake := s.wake(teamTime); wake.After(due) {
		t.Errorf("it sleeps until %v", wake)
	}
	for _, c := range []struct {
		at   time.Time
		want string
	}{{due.Add(-time.Second), ""}, {due, "m1 reminder;"}, {due.Add(time.Second), ""}, {lunch.Start, ""}, {due.Add(24*time.Hour + time.Second), "m1 reminder;"}} {
		s, turn = reduce(s, c.at, inClock{})
		if got := meetings(turn); got != c.want {
			t.Errorf("at %v: %q, want %q", c.at, got, c.want)
		}
	}
	if next = s.snapshot(1, due.Add(24*time.Hour)).Team.Meetings.Next; next.ID != "m1" || !next.Next.Equal(lunch.Start.Add(24*time.Hour)) {
		t.Errorf("%+v", next)
	}
	tomorrow := teamTime.Add(24 * time.Hour)
	lunch.Rev, lunch.Title = 2, "Late lunch"
	s, turn = meet(t, s, at, tomorrow, "m1/elin", 22, lunch)
	if got := meetings(turn); !strings.Contains(got, "m1 changed;") {
		t.Error(got)
	}
	lunch.Rev, lunch.Canceled = 3, tomorrow
	s, turn = meet(t, s, at, tomorrow, "m1/elin", 23, lunch)
	if got := meetings(turn); got != "m1 canceled;" {
		t.Error(got)
	}
	s, turn = meet(t, s, at, tomorrow, "m1/elin", 24, nil)
	if got := meetings(turn); got != "" {
		t.Errorf("forgotten: %s", got)
	}
	if m := s.snapshot(1, tomorrow).Team.Meetings; m.Next != nil {
		t.Errorf("%+v", m.Next)
	}
	// Left out of one that goes on.
	lunch.Canceled, lunch.ID = time.Time{}, "m3"
	s, _ = meet(t, s, at, tomorrow, "m3/elin", 25, lunch)
	_, turn = meet(t, s, at, tomorrow, "m3/elin", 26, nil)
	if got := meetings(turn); got != "m3 canceled;" {
		t.Error(got)
	}
}

func TestMeetingsAreChanged(t *testing.T) {
	s, at := live(t)
	start := teamTime.Add(time.Hour)
	s, turn := reduce(s, teamTime, inCommand{phone.PutMeeting{Meeting: phone.Meeting{Title: "New", Start: start, LengthM: 30, Invited: []phone.MeetingInvite{{Person: "salma", Name: "Salma", Email: "x"}, {Email: "out@example.com"}}}}})
	asks := find[fxTeamAsk](turn.fx)
	if len(asks) != 1 || asks[0].method != "PUT" || !strings.HasPrefix(asks[0].path, "meetings/") {
		t.Fatalf("%v %+v", turn.reply.err, turn.fx)
	}
	in := asks[0].in.(team.NewMeeting)
	if in.Rev != 0 || in.Meeting.Zone != "UTC" && in.Meeting.Zone == "" || in.Meeting.Invited[0] != (team.Invited{Person: "salma"}) || in.Meeting.Invited[1].Email != "out@example.com" {
		t.Errorf("%+v", in)
	}
	if c := s.snapshot(1, teamTime).Team.Changes; len(c) != 1 || c[0].Name != "New" || c[0].State != phone.TeamChangeAsking {
		t.Errorf("%+v", c)
	}
	m := team.Meeting{ID: "m1", Rev: 4, Title: "Own", Start: start, LengthM: 30, Zone: "UTC", Owner: "elin", Number: "+46 8 123 45 00", Code: "123456"}
	s, _ = meet(t, s, at, teamTime, "m1", 20, m)
	_, turn = reduce(s, teamTime, inCommand{phone.CancelMeeting{ID: "m1"}})
	if asks = find[fxTeamAsk](turn.fx); len(asks) != 1 || asks[0].path != "meetings/m1/cancel" || asks[0].in != (team.CancelMeeting{Rev: 4}) {
		t.Errorf("%+v", asks)
	}
	for cmd, want := range map[phone.Command]phone.ReasonID{
		phone.CancelMeeting{ID: "nosuch"}: phone.ReasonTeamGone, phone.JoinMeeting{ID: "nosuch"}: phone.ReasonTeamGone, phone.SetTeamPassword{Old: "a"}: phone.ReasonBadCommand,
		phone.SignOutTeamDevice{}: phone.ReasonBadCommand, phone.RequestCode{URL: "ftp://x", Mobile: "1"}: phone.ReasonBadTarget, phone.RedeemCode{URL: "https://x", Mobile: "1"}: phone.ReasonBadCommand,
	} {
		if _, turn = reduce(s, teamTime, inCommand{cmd}); phone.ReasonOf(turn.reply.err).ID != want {
			t.Errorf("%+v: %v", cmd, turn.reply.err)
		}
	}
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Down: phone.Refuse(phone.ReasonNoReply, "")}}})
	if _, turn = reduce(s, teamTime, inCommand{phone.PutMeeting{Meeting: phone.Meeting{Title: "x"}}}); phone.ReasonOf(turn.reply.err).ID != phone.ReasonTeamAway {
		t.Errorf("%v", turn.reply.err)
	}
}

func TestAnActivationMakesAnAccount(t *testing.T) {
	s, at := live(t)
	s, turn := reduce(s, teamTime, inCommand{phone.RedeemCode{URL: "https://new.test/", Mobile: "0701", Code: "123456"}})
	asks := find[fxTeamRedeem](turn.fx)
	if len(asks) != 1 || asks[0].url != "https://new.test" || asks[0].code != "123456" {
		t.Fatalf("%+v", turn.fx)
	}
	refused := inTeamActivated{at: at, change: asks[0].change, err: &team.Fault{Status: 401, Code: team.CodeWrongCode}}
	wrong, _ := reduce(s, teamTime, refused)
	if c := wrong.snapshot(1, teamTime).Team.Changes; len(c) != 1 || c[0].Reason.ID != phone.ReasonTeamCode {
		t.Errorf("%+v", c)
	}
	got := team.Activation{Token: team.Token{Token: "svt_a_b"}, Person: team.Person{ID: "elin", Name: "Elin", Mobile: "+46701"}, Line: team.Line{User: "a", Password: "sip"},
		Setup: team.Setup{Domain: "pbx.new", Transport: phone.TransportTLS, Help: "https://help.test", Emergency: []string{"112", "911"}}}
	s.accounts[0].Default = false
	s, turn = reduce(s, teamTime, inTeamActivated{at: at, change: asks[0].change, url: "https://new.test", got: got})
	tokens, kept, links := find[fxTeamToken](turn.fx), find[fxKeepAccount](turn.fx), find[fxTeam](turn.fx)
	if len(tokens) != 1 || tokens[0].token != "svt_a_b" || tokens[0].account != "a-2" || len(kept) != 1 || kept[0].password != "sip" || len(links) != 1 {
		t.Fatalf("%+v", turn.fx)
	}
	a := s.account("a-2") // there is an "a" at another exchange
	if a == nil || a.Team != "https://new.test" || a.Domain != "pbx.new" || a.DisplayName != "Elin" || a.Transport != phone.TransportTLS {
		t.Fatalf("%+v", a)
	}
	if s.settings.Get(phone.KeyLinkHelp) != "https://help.test" || s.settings.Get(phone.KeyEmergency) != "112,911" || s.settings.Get(phone.KeyLinkPage) != "" {
		t.Errorf("%+v", s.settings)
	}
	// Once more, for an account that is called otherwise: it is the same one.
	for i := range s.accounts {
		if s.accounts[i].ID == "a-2" {
			s.accounts[i].ID = "work"
		}
	}
	before := len(s.accounts)
	s, turn = reduce(s, teamTime, inCommand{phone.RedeemCode{URL: "https://new.test", Mobile: "0701", Code: "1"}})
	s, turn = reduce(s, teamTime, inTeamActivated{at: s.team.at, change: find[fxTeamRedeem](turn.fx)[0].change, url: "https://new.test", got: got})
	if tokens = find[fxTeamToken](turn.fx); len(s.accounts) != before || len(tokens) != 1 || tokens[0].account != "work" {
		t.Fatalf("%d accounts, %+v", len(s.accounts), turn.fx)
	}
	// Without a domain there is nothing to sign in to.
	got.Setup.Domain = ""
	s, turn = reduce(s, teamTime, inCommand{phone.RedeemCode{URL: "https://new.test", Mobile: "0701", Code: "1"}})
	s, _ = reduce(s, teamTime, inTeamActivated{at: s.team.at, change: find[fxTeamRedeem](turn.fx)[0].change, url: "https://new.test", got: got})
	if c := s.snapshot(1, teamTime).Team.Changes; len(c) != 1 || c[0].Reason.ID != phone.ReasonBadAccount {
		t.Errorf("%+v", c)
	}
}

func TestColleaguesAreInvitedByName(t *testing.T) {
	s, _ := live(t)
	x := &s.team
	for words, want := range map[string]team.Invited{
		"salma": {Person: "salma"}, "Salma HADDAD": {Person: "salma"}, "2102": {Person: "salma"},
	} {
		for _, i := range []phone.MeetingInvite{{Name: words}, {Person: phone.TeamPersonID(words)}, {Number: words}} {
			if got, ok := x.invited(i); !ok || got != want {
				t.Errorf("%+v: %+v %v", i, got, ok)
			}
		}
	}
	if got, ok := x.invited(phone.MeetingInvite{Name: "Salma Haddad", Email: "salma@home.example"}); !ok || got.Person != "" || got.Email == "" {
		t.Errorf("%+v", got)
	}
	if got, ok := x.invited(phone.MeetingInvite{Number: "0701234567"}); !ok || got.Number != "0701234567" {
		t.Errorf("%+v", got)
	}
	if _, ok := x.invited(phone.MeetingInvite{Name: "Nobody"}); ok {
		t.Error("nobody is invited")
	}
	x.people["twin"] = team.Person{ID: "twin", Name: "Salma Haddad"}
	if _, ok := x.invited(phone.MeetingInvite{Name: "Salma Haddad"}); ok {
		t.Error("one of two")
	}
}
