package phonetest_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/team"
)

// A group writes to telephones of Asterisk's by SIP MESSAGE and gets their answers, one that comes while the server is away
// included; who is not reached is listed with why.
func TestTeamTextsOverAsterisk(t *testing.T) {
	t.Parallel()
	pbx := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Manager: true, Queues: []phonetest.PBXQueue{{Name: "support", Number: "6401"}},
		Extra: "[texts]\nexten => 80,1,Gosub(svara-text,s,1(${EXTEN}))\n[svara]\n",
		Users: []phonetest.PBXUser{{User: "2101", Password: "pw-2101"}, {User: "2102", Password: "pw-2102"}, {User: "2103", Password: "pw-2103"}}})
	password := filepath.Join(t.TempDir(), "ami")
	if err := os.WriteFile(password, []byte(phonetest.ManagerPassword+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := phonetest.StartTeam(t, phonetest.TeamConfig{Args: []string{"--ami", pbx.Manager(), "--ami-user", phonetest.ManagerUser, "--ami-password-file", password,
		"--ami-context", "svara", "--sip-texts", "pjsip:{to}"}})
	server.Run("group", "add", "desk", "--name", "Desk", "--number", "80")
	admin := server.Join(server.Admin)
	if err := admin.Do(t.Context(), "PUT", "groups/desk/inbox", team.NewInbox{Senders: []string{"Ekdal"}}, nil); err != nil {
		t.Fatal(err)
	}
	server.Join(server.Run("user", "add", "anna", "--name", "Anna", "--extension", "2101", "--group", "desk", "--rights", "agent"))
	anna := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: "2101", Audio: "null"})
	anna.SignIn("2101", pbx.Addr(), "--dialect", "asterisk", "--team", server.URL)
	anna.SignInTeam("anna", phonetest.TeamPassword)
	maria := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: "2102", Audio: "null"})
	maria.SignIn("2102", pbx.Addr())

	phonetest.Until(t, teamLimit, "the exchange is there", func() bool {
		s := anna.Snapshot()
		return len(s.Team.Sources) == 1 && s.Team.Sources[0].Up
	})
	long := strings.TrimSpace(strings.Repeat("Vi öppnar klockan åtta. ", 40)) // two parts
	anna.Must("group", "message", "send", "2102,2103", "Hej,\nvi ringer i morgon.", "--group", "desk")
	phonetest.Until(t, teamLimit, "one is reached, one is not", func() bool {
		all := anna.Snapshot().Team.Messages.Sendings
		return len(all) == 1 && all[0].Total == 2 && all[0].Sent == 1 && len(all[0].Failed) == 1 &&
			all[0].Failed[0].Number == "2103" && all[0].Failed[0].Reason.ID == phone.ReasonUnavailable
	})
	phonetest.Until(t, teamLimit, "it comes from the group's number", func() bool {
		return slices.Equal(conversation(maria, "80"), []string{"in received: Hej,\nvi ringer i morgon."})
	})
	anna.Must("group", "message", "send", "2102", "Öppet till fem.", "--group", "desk", "--sender", "Ekdal")
	phonetest.Until(t, teamLimit, "it comes from the chosen sender", func() bool {
		return slices.Equal(conversation(maria, "Ekdal"), []string{"in received: Öppet till fem."})
	})
	anna.Must("group", "message", "send", "2102", long, "--group", "desk")
	phonetest.Until(t, teamLimit, "all of a long text comes", func() bool {
		got := conversation(maria, "80")
		return len(got) == 3 && strings.TrimPrefix(got[1], "in received: ")+strings.TrimPrefix(got[2], "in received: ") == long
	})

	thread := func(want ...string) {
		t.Helper()
		var got []string
		phonetest.Until(t, teamLimit, "the thread is "+strings.Join(want, ", "), func() bool {
			var page phone.GroupMessagePage
			anna.Ask(&page, "group", "message", "list", "--with", "2102", "--kind", "text")
			got = nil
			for _, m := range page.Messages {
				if m.Direction == phone.Incoming {
					got = append(got, m.Remote.Number+" "+m.Text)
				}
			}
			slices.Sort(got)
			return slices.Equal(got, want)
		})
	}
	maria.Must("message", "send", "80", "Tack, \"Anna\"; klockan 8, 9?\r\nEvent: Hangup")
	thread("2102 Tack, \"Anna\"; klockan 8, 9?\nEvent: Hangup")
	server.Kill()
	maria.Must("message", "send", "80", "Är någon där?")
	phonetest.Until(t, teamLimit, "Asterisk keeps it", func() bool { return strings.Contains(pbx.CLI("database show svara/text"), "1 results") })
	server.Restart()
	thread("2102 Tack, \"Anna\"; klockan 8, 9?\nEvent: Hangup", "2102 Är någon där?")
	phonetest.Until(t, teamLimit, "Asterisk has forgotten it", func() bool { return strings.Contains(pbx.CLI("database show svara/text"), "0 results") })
}
