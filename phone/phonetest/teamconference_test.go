package phonetest_test

import (
	"strings"
	"testing"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
	"svara/phone/team"
)

// A meeting of the team server's in Asterisk's own conference: who connects with its number and id hears who is there, and
// nobody of another meeting.
func TestTeamMeetingInAsterisk(t *testing.T) {
	t.Parallel()
	server := phonetest.StartTeam(t, phonetest.TeamConfig{Args: []string{"--conference", phonetest.MeetingsNumber}})
	c := phonetest.AsteriskConfig{Queues: []phonetest.PBXQueue{{Name: "support", Number: "6401"}}}
	for _, u := range []string{"1001", "1002", "1003"} {
		c.Users = append(c.Users, phonetest.PBXUser{User: u, Password: "pw-" + u})
	}
	pbx := phonetest.StartAsterisk(t, c)
	server.Run("group", "add", "desk", "--name", "Desk")
	var desks []*desk
	for i, name := range []string{"Anna", "Bo", "Cilla"} {
		d := startDesk(t, i, pbx.Addr(), "--dialect", "asterisk-test", "--team", server.URL)
		server.Join(server.Run("user", "add", d.user, "--name", name, "--extension", d.user, "--group", "desk", "--rights", "user"))
		d.SignInTeam(d.user, phonetest.TeamPassword)
		desks = append(desks, d)
	}
	anna, bo, cilla := desks[0], desks[1], desks[2]
	meetings := func(d *desk) (all []phone.Meeting) { d.Ask(&all, "meeting", "list"); return all }
	anna.Must("meeting", "add", "Budget", "--at", "now", "--length", "30", "--invite", bo.user)
	cilla.Must("meeting", "add", "Other", "--at", "now", "--length", "30")
	phonetest.Until(t, teamLimit, "the meetings are there", func() bool {
		return len(meetings(anna)) == 1 && len(meetings(bo)) == 1 && len(meetings(cilla)) == 1
	})
	hers := meetings(anna)[0]
	if hers.Number != phonetest.MeetingsNumber || hers.Code == meetings(cilla)[0].Code || hers.Code != meetings(bo)[0].Code {
		t.Fatalf("%+v, %+v", hers, meetings(cilla))
	}
	calls := map[*desk]string{}
	for _, d := range desks {
		calls[d] = d.CallOf("meeting", "join", meetings(d)[0].ID)
		d.Wait(calls[d], phone.StateConnected)
	}
	phonetest.Until(t, teamLimit, "two in the one, one in the other", func() bool {
		in := pbx.CLI("confbridge list")
		return strings.Contains(in, hers.Code) && strings.Contains(in, meetings(cilla)[0].Code) && strings.Count(pbx.CLI("confbridge list "+hers.Code), "PJSIP/") == 2
	})
	sounds(t, "the meeting", hear{anna: {bo}, bo: {anna}})
	for _, d := range desks {
		d.HangUp(calls[d])
	}
}

// Who signs in with a mobile number and a code gets an account at Asterisk that works at once.
func TestTeamCodeForAsterisk(t *testing.T) {
	t.Parallel()
	pbx := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Users: []phonetest.PBXUser{{User: "1001", Password: "pw-1001"}}})
	world, flags := startOutside(t)
	server := phonetest.StartTeam(t, phonetest.TeamConfig{Args: flags})
	admin := server.Join(server.Admin)
	const mobile = "+46701740605"
	anna := team.Person{ID: "anna", User: "anna", Name: "Anna", Extension: "1001", Mobile: mobile}
	for path, in := range map[string]any{
		"people/anna": team.NewPerson{Person: anna},
		"setup":       team.NewSetup{Setup: team.Setup{Domain: pbx.Addr(), Dialect: "asterisk"}},
	} {
		if err := admin.Do(t.Context(), "PUT", path, in, nil); err != nil {
			t.Fatal(path, err)
		}
	}
	if err := admin.Do(t.Context(), "PUT", "people/anna/line", team.Line{Password: "pw-1001"}, nil); err != nil {
		t.Fatal(err)
	}
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: "anna", Microphone: sound.Steady(phonetest.Microphones[0], phonetest.MicrophoneLevel)})
	s.Must("team", "code", mobile, "--url", server.URL)
	code := ""
	phonetest.Until(t, teamLimit, "a code comes", func() bool { code = sixDigits.FindString(world.text(mobile)); return code != "" })
	s.Must("team", "redeem", mobile, code, "--url", server.URL)
	s.Must("wait", "registered:1001", "--timeout", "30s")
	if !pbx.Registered("1001") {
		t.Error("Asterisk does not know the telephone")
	}
	call := s.Talk(phonetest.NumberEcho)
	phonetest.Hearing(t, "the echo", map[*phonetest.Svara][]float64{s: {float64(phonetest.Microphones[0])}})
	s.HangUp(call)
	if out, code := s.Ctl("team", "redeem", mobile, code, "--url", server.URL); code == 0 {
		t.Errorf("a code works twice: %s", out)
	}
}
