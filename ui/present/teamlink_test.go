package present

import (
	"testing"

	"svara/phone"
)

func TestTeamLink(t *testing.T) {
	scene := func(link phone.TeamLink, why *phone.Reason) Scene {
		return Scene{Snap: &phone.Snapshot{Team: phone.TeamState{Account: "a", Name: "Kommunen", Link: link, Reason: why}}}
	}
	for name, c := range map[string]struct {
		s       Scene
		words   bool
		in, out bool
		tone    Tone
	}{
		"live":           {scene(phone.TeamLive, nil), true, false, true, ToneGreen},
		"connecting":     {scene(phone.TeamConnecting, nil), true, false, true, TonePlain},
		"away":           {scene(phone.TeamAway, &phone.Reason{ID: phone.ReasonNoReply}), true, false, true, ToneAmber},
		"signed out":     {scene(phone.TeamSignedOut, nil), true, true, false, TonePlain},
		"wrong password": {scene(phone.TeamSignedOut, &phone.Reason{ID: phone.ReasonTeamPassword}), true, true, false, ToneAmber},
		"none":           {scene(phone.TeamOff, nil), false, false, false, TonePlain},
	} {
		l := TeamLinkOf(c.s, "a")
		if (l.Words != "") != c.words || l.SignIn != c.in || l.SignOut != c.out || l.Tone != c.tone {
			t.Errorf("%s: %+v", name, l)
		}
		if other := TeamLinkOf(c.s, "b"); other != (TeamLink{}) {
			t.Errorf("%s: another account's: %+v", name, other)
		}
	}
}

func TestTeamServer(t *testing.T) {
	for typed, want := range map[string]string{
		" team.example.com/ ": "https://team.example.com", "http://127.0.0.1:8080": "http://127.0.0.1:8080", "": "",
	} {
		if got, wrong := TeamServer(typed); got != want || wrong != "" {
			t.Errorf("%q: %q %q", typed, got, wrong)
		}
	}
	for _, typed := range []string{"ftp://x", "https://user:secret@x", "https://", "https://x?q=1"} {
		if got, wrong := TeamServer(typed); wrong == "" {
			t.Errorf("%q was taken as %q", typed, got)
		}
	}
}
