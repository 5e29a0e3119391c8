package phonetest_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svara/audio/wav"
	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// A person's own mailbox in Asterisk's spool, by way of the team server: a message that is left is listed in the telephone,
// played, saved and deleted, and Asterisk's own count follows.
func TestTeamMailboxOfAPerson(t *testing.T) {
	t.Parallel()
	pbx := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Manager: true, Voicemail: true, Extra: "exten => 6900,1,VoiceMail(2101@default,us)\n", Users: []phonetest.PBXUser{{User: "2101", Password: "pw-2101"}, {User: "2102", Password: "pw-2102"}}})
	password := filepath.Join(t.TempDir(), "ami")
	if err := os.WriteFile(password, []byte(phonetest.ManagerPassword+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	spool := pbx.Path("spool/voicemail") // Asterisk makes it with the first message
	if err := os.MkdirAll(spool, 0o700); err != nil {
		t.Fatal(err)
	}
	server := phonetest.StartTeam(t, phonetest.TeamConfig{Args: []string{"--ami", pbx.Manager(), "--ami-user", phonetest.ManagerUser, "--ami-password-file", password, "--ami-context", "svara",
		"--voicemail-spool", spool}})
	server.Join(server.Run("user", "add", "anna", "--name", "Anna", "--extension", "2101", "--mailbox", "2101@default"))
	anna := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: "2101", Audio: "null"})
	anna.SignIn("2101", pbx.Addr(), "--dialect", "asterisk", "--team", server.URL)
	anna.SignInTeam("anna", phonetest.TeamPassword)
	caller := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: "2102"})
	caller.SignIn("2102", pbx.Addr())
	is := func(what string, fresh, old int) {
		t.Helper()
		phonetest.Until(t, teamLimit, what, func() bool {
			v := anna.Snapshot().Voicemail
			visual, told := false, false
			for _, b := range v.Boxes {
				same := b.Known && b.New == fresh && b.Old == old
				if b.Visual {
					visual = same
				} else {
					told = same // Asterisk's own count (RFC 3842), which its lamps go by
				}
			}
			return visual && told && v.New() == fresh
		})
	}
	is("an empty mailbox", 0, 0)

	call := caller.Talk("6900")
	phonetest.Until(t, teamLimit, "some sound", func() bool {
		found, _ := filepath.Glob(pbx.Path("spool/voicemail/default/2101/tmp/*.wav"))
		for _, f := range found {
			if info, err := os.Stat(f); err == nil && info.Size() > 40_000 {
				return true
			}
		}
		return false
	})
	caller.HangUp(call)
	is("a new message", 1, 0)
	var found []phone.VoiceMessage
	anna.Ask(&found, "voicemail", "list")
	if len(found) != 1 || found[0].From.Number != "2102" || found[0].Played || found[0].Duration < 2*time.Second {
		t.Fatalf("%+v", found)
	}
	file := filepath.Join(t.TempDir(), "message.wav")
	anna.Must("voicemail", "save", found[0].ID, file)
	if data, err := os.ReadFile(file); err != nil || int(found[0].Size) != len(data) || string(data[:4]) != "RIFF" {
		t.Errorf("saved: %d bytes of %d, %v", len(data), found[0].Size, err)
	}
	anna.Must("voicemail", "play", found[0].ID)
	is("heard", 0, 1)
	anna.Must("voicemail", "stop")
	anna.Must("voicemail", "delete", found[0].ID)
	is("deleted", 0, 0)

	// Her own greeting: from a file of another rate, heard by callers, and taken away again.
	greets := func(what string, own bool) {
		t.Helper()
		phonetest.Until(t, teamLimit, what, func() bool {
			g := anna.Snapshot().Voicemail.Greetings
			return len(g) == 4 && g[0].Kind == phone.GreetingUnavailable && g[0].Own == own
		})
	}
	greets("the exchange's own", false)
	greeting := filepath.Join(t.TempDir(), "greeting.wav")
	w, err := wav.Create(greeting)
	if err == nil {
		err = errors.Join(w.Write(sound.Steady(1310, phonetest.MicrophoneLevel)), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	anna.Must("voicemail", "greeting", "set", "unavailable", greeting)
	greets("her own", true)
	call = caller.Talk("6900")
	phonetest.Until(t, teamLimit, "the caller hears it", func() bool {
		b, err := os.ReadFile(pbx.Path("log/full"))
		return err == nil && strings.Contains(string(b), "voicemail/default/2101/unavail.slin")
	})
	caller.HangUp(call)
	anna.Must("voicemail", "greeting", "play", "unavailable")
	phonetest.Until(t, teamLimit, "it is played", func() bool { p := anna.Snapshot().Playing; return p != nil && p.Length > 0 })
	anna.Must("voicemail", "stop")
	anna.Must("voicemail", "greeting", "delete", "unavailable")
	greets("the exchange's own again", false)
	bad := filepath.Join(t.TempDir(), "bad.wav")
	if err := os.WriteFile(bad, []byte("no sound"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := anna.Ctl("voicemail", "greeting", "set", "busy", bad); code == 0 || !strings.Contains(out, "sound") {
		t.Errorf("no sound: %d %s", code, out)
	}
	if left, _ := filepath.Glob(pbx.Path("spool/voicemail/default/2101/*/*.wav")); len(left) != 0 {
		t.Errorf("left in the spool: %v", left)
	}
}
