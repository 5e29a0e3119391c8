package present

import (
	"testing"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// meetingNow is a Wednesday, at noon in Stockholm.
func meetingNow(t *testing.T) time.Time {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return time.Date(2026, 11, 18, 12, 0, 0, 0, loc)
}

func TestAMeetingIsReadFromItsForm(t *testing.T) {
	text.SetLanguage("en")
	now := meetingNow(t)
	s := Scene{Snap: &phone.Snapshot{}, Now: now}
	e := MeetingEditor()
	begin := func(change Values) Values {
		v := e.Start(s, "")
		v["title"], v["zone"] = "Budget", "Europe/Stockholm"
		for k, x := range change {
			v[k] = x
		}
		return v
	}
	at := Values{"from_date": "2026-11-20", "from": "09:00", "to_date": "2026-11-20", "to": "09:45"}
	with := func(more Values) Values {
		out := Values{}
		for _, m := range []Values{at, more} {
			for k, x := range m {
				out[k] = x
			}
		}
		return begin(out)
	}
	put := func(v Values) phone.Meeting {
		t.Helper()
		if wrong := e.Form(s, "", v).Faulty(); wrong != "" {
			t.Fatalf("%s is wrong in %v", wrong, v)
		}
		return e.Commands(s, "", "fresh", v)[0].(phone.PutMeeting).Meeting
	}
	m := put(with(Values{"repeat": "other", "remind": "30", "info": " Siffror ", "invited": "Salma Haddad\n\n Bo Berg <bo@example.com>\nanna@example.com\n070-123 45 67"}))
	if m.ID != "fresh" || m.Seq != 0 || !m.Start.Equal(time.Date(2026, 11, 20, 9, 0, 0, 0, now.Location())) || m.LengthM != 45 || m.Repeat != phone.RepeatWeekly || m.Every != 2 || m.RemindM != 30 || m.Info != "Siffror" {
		t.Errorf("%+v", m)
	}
	want := []phone.MeetingInvite{{Name: "Salma Haddad"}, {Name: "Bo Berg", Email: "bo@example.com"}, {Email: "anna@example.com"}, {Number: "070-123 45 67"}}
	for i := range want {
		if len(m.Invited) != len(want) || m.Invited[i] != want[i] {
			t.Fatalf("invited %+v, want %+v", m.Invited, want)
		}
	}
	// By the clock of its zone, also over midnight.
	if m = put(with(Values{"zone": "America/New_York"})); m.Zone != "America/New_York" || m.Start.UTC().Hour() != 14 {
		t.Errorf("%+v", m)
	}
	if m = put(with(Values{"from": "23:30", "to_date": "2026-11-21", "to": "00:30"})); m.LengthM != 60 {
		t.Errorf("%+v", m)
	}
	for repeat, want := range map[string]phone.Repeat{"": phone.RepeatNever, "daily": phone.RepeatDaily, "weekly": phone.RepeatWeekly, "monthly": phone.RepeatMonthly} {
		if m = put(with(Values{"repeat": repeat})); m.Repeat != want || m.Every != 0 {
			t.Errorf("%q: %+v", repeat, m)
		}
	}
	// One that begins now has a length, and none of the rest.
	if m = put(begin(Values{"now": "true", "length": "90", "repeat": "other"})); !m.Start.Equal(now) || m.LengthM != 90 || m.Repeat != phone.RepeatNever || m.Every != 0 {
		t.Errorf("%+v", m)
	}

	for field, v := range map[string]Values{
		"title":     with(Values{"title": "  "}),
		"from":      with(Values{"from": "25:00"}),
		"from_date": with(Values{"from_date": "nyårsafton"}),
		"to":        with(Values{"to": "09:04"}), // shorter than the shortest
		"to_date":   with(Values{"to_date": ""}),
		"invited":   with(Values{"invited": "Salma Haddad\nbo@"}),
	} {
		if got := e.Form(s, "", v).Faulty(); got != field {
			t.Errorf("%q is wrong, not %q", got, field)
		}
	}
	for _, v := range []Values{with(Values{"from_date": "2026-11-17", "to_date": "2026-11-17"}), with(Values{"to": "08:00"}), with(Values{"to_date": "2026-11-22"})} {
		if got := e.Form(s, "", v).Faulty(); got != "to" {
			t.Errorf("%v: %q is wrong", v, got)
		}
	}
	if got := e.Form(s, "", with(Values{"repeat": "daily", "from_date": "2026-11-17", "to_date": "2026-11-17"})).Faulty(); got != "" {
		t.Errorf("one that goes on is wrong: %s", got)
	}
}

func TestWhatIsToldOfMeetings(t *testing.T) {
	text.SetLanguage("en")
	now := meetingNow(t)
	m := phone.Meeting{ID: "m1", Title: "Budget", Next: now.Add(15 * time.Minute), LengthM: 30}
	s := Scene{Snap: &phone.Snapshot{Team: phone.TeamState{Meetings: phone.MeetingState{Upcoming: []phone.Meeting{m}}}}, Now: now}
	for state, key := range meetingTold {
		n, ok := MeetingNote(s, phone.Event{Kind: phone.EventMeeting, Key: "m1", State: state})
		if !ok || n.Title != text.T(key, "title", "Budget") || n.Text != MeetingTimes(s, m) {
			t.Errorf("%s: %v %+v", state, ok, n)
		}
	}
	if n, ok := MeetingNote(s, phone.Event{Kind: phone.EventMeeting, Key: "gone", State: "canceled"}); !ok || n.Title == "" || n.Text != "" {
		t.Errorf("%v %+v", ok, n)
	}
	for _, e := range []phone.Event{{Kind: phone.EventMeeting, Key: "gone", State: "reminder"}, {Kind: phone.EventMeeting, Key: "m1", State: "other"}, {Kind: phone.EventTeam, Key: "m1", State: "reminder"}} {
		if n, ok := MeetingNote(s, e); ok {
			t.Errorf("%+v: %+v", e, n)
		}
	}
	if got := MeetingTimes(s, phone.Meeting{Next: now.Add(-10 * time.Minute), LengthM: 30}); got != text.T("meeting.now", "times", "11:50–12:20") {
		t.Errorf("one in progress is %q", got)
	}
}

func TestActivation(t *testing.T) {
	text.SetLanguage("en")
	ask := phone.TeamChange{Verb: phone.RequestCode{}.Verb(), State: phone.TeamChangeAsking}
	redeem := phone.TeamChange{Verb: phone.RedeemCode{}.Verb(), State: phone.TeamChangeAsking}
	no := func(c phone.TeamChange, id phone.ReasonID) phone.TeamChange {
		c.State, c.Reason = phone.TeamChangeRefused, &phone.Reason{ID: id}
		return c
	}
	words := func(id phone.ReasonID) string { return text.Reason(phone.Reason{ID: id}) }
	for name, c := range map[string]struct {
		before  Activation
		changes []phone.TeamChange
		want    Activation
	}{
		"nothing":          {},
		"asking":           {changes: []phone.TeamChange{ask}, want: Activation{Asking: true}},
		"sent":             {before: Activation{Asking: true}, want: Activation{Sent: true}},
		"not sent":         {before: Activation{Asking: true, Sent: true}, changes: []phone.TeamChange{no(ask, phone.ReasonTeamAway)}, want: Activation{Wrong: words(phone.ReasonTeamAway)}},
		"signing in":       {before: Activation{Sent: true}, changes: []phone.TeamChange{redeem}, want: Activation{Sent: true, Signing: true}},
		"wrong code":       {before: Activation{Sent: true, Signing: true}, changes: []phone.TeamChange{no(redeem, phone.ReasonTeamCode)}, want: Activation{Sent: true, Wrong: words(phone.ReasonTeamCode)}},
		"another's change": {changes: []phone.TeamChange{{Verb: phone.PutMeeting{}.Verb(), State: phone.TeamChangeAsking}}},
	} {
		s := Scene{Snap: &phone.Snapshot{Team: phone.TeamState{Changes: c.changes}}}
		if got := ActivationOf(s, c.before); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	for typed, want := range map[string]string{"": text.T("code.need_mobile"), "+46 70 174 06 05": "", "070-1740605": "", "*21#": text.T("dial.not_a_number"), "Anna": text.T("dial.not_a_number")} {
		if got := MobileWrong(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	if value, wrong := CodeServer(" team.example.com/ "); value != "https://team.example.com" || wrong != "" {
		t.Errorf("%q %q", value, wrong)
	}
	if _, wrong := CodeServer(" "); wrong != text.T("code.need_server") {
		t.Errorf("%q", wrong)
	}
}

func TestPasswordRule(t *testing.T) {
	text.SetLanguage("en")
	all := phone.TeamPasswordRule{Min: 6, Digit: true, Upper: true}
	if got := PasswordRule(phone.TeamPasswordRule{}); got != "" {
		t.Errorf("a rule that is not known is %q", got)
	}
	for password, want := range map[string]bool{"Åäö123": true, "Abc12": false, "abcdef1": false, "Abcdefg": false} {
		if fits(all, password) != want {
			t.Errorf("%q fits: %v", password, !want)
		}
	}
	why := &phone.Reason{ID: phone.ReasonTeamPassword}
	told := phone.Event{Kind: phone.EventTeam, Value: phone.TeamPasswordChange, State: "done"}
	if got := PasswordTold(told); got != text.T("password.changed") {
		t.Error(got)
	}
	told.State, told.Reason = string(phone.TeamChangeRefused), why
	if got := PasswordTold(told); got != text.T("password.refused", "why", text.T("password.old_wrong")) {
		t.Error(got)
	}
	if got := PasswordTold(phone.Event{Kind: phone.EventTeam, Value: "m1", State: "done"}); got != "" {
		t.Error(got)
	}
}

func TestInvitedLines(t *testing.T) {
	for line, want := range map[string]phone.MeetingInvite{
		"Salma Haddad":                        {Name: "Salma Haddad"},
		"bo@example.com":                      {Email: "bo@example.com"},
		"Bo Berg <bo@example.com>":            {Name: "Bo Berg", Email: "bo@example.com"},
		"Bo Berg <070-123 45 67>":             {Name: "Bo Berg", Number: "070-123 45 67"},
		"Karin Alm <2109, karin@example.com>": {Name: "Karin Alm", Person: "2109", Email: "karin@example.com"},
		"Karin Alm <2109, 0701740609>":        {Name: "Karin Alm", Person: "2109", Number: "0701740609"},
		"<bo@example.com>":                    {Email: "bo@example.com"},
		"\"Berg, Bo\" <bo@example.com>":       {Name: "Berg, Bo", Email: "bo@example.com"},
		"070-123 45 67":                       {Number: "070-123 45 67"},
	} {
		if got, ok := inviteOf(line, nil); !ok || got != want {
			t.Errorf("%q: %+v %v", line, got, ok)
		}
	}
	for _, line := range []string{"Bo <>", "Bo <bo@>", "Bo <karl, bo@example.com>", "Bo <2109, >", "@"} {
		if got, ok := inviteOf(line, nil); ok {
			t.Errorf("%q is taken as %+v", line, got)
		}
	}
}
