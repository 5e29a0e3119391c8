package main

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// diary is the meetings there are, and what one is signed in with.
type diary struct{}

var weekly = phone.Meeting{ID: "m1", Seq: 3, Title: "Planning", Start: time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC), LengthM: 45, Zone: "Europe/Stockholm", Repeat: phone.RepeatWeekly, Every: 2, RemindM: 15, Number: "9500",
	Code: "123456", Own: true, Next: time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC), Invited: []phone.MeetingInvite{{Person: "salma"}, {Email: "out@example.com"}}, Failed: []string{"out@example.com"}}

func (diary) Meetings(context.Context) ([]phone.Meeting, error) { return []phone.Meeting{weekly}, nil }

func (diary) TeamDevices(context.Context) ([]phone.TeamDevice, error) {
	return []phone.TeamDevice{{ID: "d1", Name: "desk\x1b", Agent: "Svara", This: true}}, nil
}

func startDiary(t *testing.T) *bench {
	b := start(t, func(b *bench) { b.server.Meetings, b.server.TeamDevices = diary{}, diary{} })
	b.Change(func(s *phone.Snapshot) {
		s.Team = phone.TeamState{Account: "a", Link: phone.TeamLive, Password: phone.TeamPasswordRule{Min: 6, Digit: true, Upper: true}, Forgot: "https://team.test/forgot"}
		s.Accounts = []phone.AccountStatus{{Account: phone.Account{ID: "a", Team: "https://team.test"}}}
	})
	return b
}

func TestMeetingCommands(t *testing.T) {
	b := startDiary(t)
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	changed := weekly
	changed.Title, changed.LengthM, changed.Repeat, changed.Every = "Late", 60, phone.RepeatDaily, 0
	changed.Invited = []phone.MeetingInvite{{Person: "salma"}, {Number: "+46701234567"}}
	for line, want := range map[string]phone.Command{
		"meeting add Budget 2027 --at 2026-12-01T09:00 --length 30 --zone America/New~York --repeat every-other-week --remind 10 --invite salma --invite Bo_Berg_<bo@example.com> --invite 070-1234567 --invite 2101 --info Bring_numbers": phone.PutMeeting{Meeting: phone.Meeting{
			Title: "Budget 2027", Start: time.Date(2026, 12, 1, 9, 0, 0, 0, loc), LengthM: 30, Zone: "America/New_York", Repeat: phone.RepeatWeekly, Every: 2, RemindM: 10, Info: "Bring numbers",
			Invited: []phone.MeetingInvite{{Person: "salma"}, {Name: "Bo Berg", Email: "bo@example.com"}, {Number: "070-1234567"}, {Person: "2101"}}}},
		"meeting add X --at 2026-12-01T09:00 --until 2026-12-01T10:30 --zone America/New~York":                       phone.PutMeeting{Meeting: phone.Meeting{Title: "X", Start: time.Date(2026, 12, 1, 9, 0, 0, 0, loc), LengthM: 90, Zone: "America/New_York"}},
		"meeting change m1 --title Late --length 60 --repeat daily --uninvite out@example.com --invite +46701234567": phone.PutMeeting{Meeting: changed},
		"meeting cancel m1":                                  phone.CancelMeeting{ID: "m1", Seq: 3},
		"meeting join m1":                                    phone.JoinMeeting{ID: "m1"},
		"meeting join m1 --via mobile":                       phone.JoinMeeting{ID: "m1", Via: "mobile"},
		"team code 0701234567":                               phone.RequestCode{URL: "https://team.test", Mobile: "0701234567"},
		"team code 0701234567 --url https://other.test":      phone.RequestCode{URL: "https://other.test", Mobile: "0701234567"},
		"team redeem 0701234567 123456 --url https://o.test": phone.RedeemCode{URL: "https://o.test", Mobile: "0701234567", Code: "123456"},
		"team revoke d1":                                     phone.SignOutTeamDevice{ID: "d1"},
	} {
		args := strings.Fields(line)
		for i := range args {
			args[i] = strings.NewReplacer("_", " ", "~", "_").Replace(args[i])
		}
		b.must(args...)
		did := b.Did()
		if len(did) == 0 {
			t.Errorf("svaractl %s: nothing was sent", line)
			continue
		}
		got := did[len(did)-1]
		if g, ok := got.(phone.PutMeeting); ok { // times go over the socket without their zone's name
			w := want.(phone.PutMeeting)
			if !g.Meeting.Start.Equal(w.Meeting.Start) {
				t.Errorf("svaractl %s: at %v, want %v", line, g.Meeting.Start, w.Meeting.Start)
			}
			g.Meeting.Start, w.Meeting.Start, g.Meeting.Next, w.Meeting.Next = time.Time{}, time.Time{}, time.Time{}, time.Time{}
			got, want = g, w
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("svaractl %s: %+v, want %+v", line, got, want)
		}
	}
	if r := b.with("Gammalt1\nNyare222\n", "team", "password", "--password-stdin"); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	if did := b.Did(); did[len(did)-1] != (phone.SetTeamPassword{Old: "Gammalt1", New: "Nyare222"}) {
		t.Errorf("%+v", did)
	}
	b.must("meeting", "add", "Now", "--at", "now", "--length", "15")
	if did := b.Did(); time.Since(did[len(did)-1].(phone.PutMeeting).Meeting.Start) > 10*time.Minute {
		t.Errorf("%+v", did)
	}
}

func TestMeetingsAreShown(t *testing.T) {
	b := startDiary(t)
	for args, words := range map[string][]string{
		"meeting list":  {"m1", "Planning", "9500", "123456", "every-other-week; yours; not reached: out@example.com"},
		"team password": {"at least 6 characters, a digit, a capital letter", "forgotten: https://team.test/forgot"},
		"team devices":  {"d1", "desk", "this one"},
	} {
		out := b.must(strings.Fields(args)...)
		for _, w := range words {
			if !strings.Contains(out, w) {
				t.Errorf("svaractl %s: no %q in %q", args, w, out)
			}
		}
		if strings.Contains(out, "\x1b") {
			t.Errorf("svaractl %s: %q", args, out)
		}
	}
	for _, line := range []string{"meeting", "meeting add X", "meeting add X --at tomorrow --length 30", "meeting add X --at now --length 4", "meeting add X --at now --length 30 --zone Mars", "meeting add X --at now --length 30 --repeat yearly",
		"meeting change", "meeting change m1 --uninvite nobody@example.com", "meeting cancel", "meeting join", "team code", "team redeem 070"} {
		if r := b.run(strings.Fields(line)...); r.code != exitUsage {
			t.Errorf("svaractl %s: %+v", line, r)
		}
	}
	if r := b.with("one line\n", "team", "password", "--password-stdin"); r.code != exitUsage {
		t.Errorf("%+v", r)
	}
	b.wantCode(exitRefused, "team-gone: m2", "meeting", "cancel", "m2")
	if did := b.Did(); len(did) != 0 {
		t.Errorf("something was sent: %+v", did)
	}
	// What the server refuses is told.
	b.refuse(phone.TeamChange{ID: "c1", Verb: "team-redeem", State: phone.TeamChangeRefused, Reason: &phone.Reason{ID: phone.ReasonTeamCode}})
	b.wantCode(exitRefused, "team-code: "+text.Reason(phone.Reason{ID: phone.ReasonTeamCode}), "team", "redeem", "0701234567", "000000")
}
