package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/text"
)

// Greetings of the user's own mailbox are chosen under a button: played, stopped and taken away.
func TestGreetingsInTheWindow(t *testing.T) {
	a, p, _ := listening(t, mailed)
	if b := buttonOf(a, text.T("voicemail.greetings")); b != nil {
		t.Error("greetings are shown without a mailbox of the team server's")
	}
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Team.Link = phone.TeamLive
		s.Voicemail.Greetings = []phone.OwnGreeting{{Kind: phone.GreetingUnavailable}, {Kind: phone.GreetingBusy, Own: true, Length: 12 * time.Second}, {Kind: phone.GreetingName}, {Kind: phone.GreetingTemporary}}
	}))
	b := buttonOf(a, text.T("voicemail.greetings"))
	if b == nil {
		t.Fatal("no button")
	}
	keys := func(what string, want phone.Command, letter string) {
		t.Helper()
		p.told = nil
		test.Tap(b)
		if !inMenu(a) {
			t.Fatal(what + ": no menu")
		}
		for _, letter := range []string{"b", letter} { // Busy, and what is done with it
			write(a, letter)
			press(a, fyne.KeyReturn)
		}
		if p.last() != want || inMenu(a) {
			t.Errorf("%s told %#v, menu %v", what, p.last(), inMenu(a))
		}
	}
	keys("play", phone.PlayGreeting{Kind: phone.GreetingBusy}, "p")
	keys("delete", phone.DeleteGreeting{Kind: phone.GreetingBusy}, "d")
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Playing = &phone.Playing{Greeting: phone.GreetingBusy, Speed: 1, Since: noon, Length: 12 * time.Second}
	}))
	keys("stop", phone.StopPlaying{}, "s")
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Team.Link = phone.TeamAway }))
	if b.Spec().Disabled == "" {
		t.Error("they can be changed while the server is away")
	}
}
