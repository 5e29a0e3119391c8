package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/text"
	"svara/ui/widget"
)

// The key that hangs up does not say whom in a conference it means: all are hung up after a question, whose Enter is No.
func TestHangUpInAConferenceAsks(t *testing.T) {
	for name, face := range map[string]func(*phone.Snapshot){"normal": func(*phone.Snapshot) {}, "attendant": asAttendant} {
		t.Run(name, func(t *testing.T) {
			a, p := open(t, with(registered(), face))
			p.show(a, with(p.snap, func(s *phone.Snapshot) {
				s.Conference, s.Active = &phone.Conference{Calls: []phone.CallID{1, 2}, Started: noon}, 2
				for id, n := range []string{"", "2101", "2102"} {
					if n != "" {
						s.Calls = append(s.Calls, phone.Call{ID: phone.CallID(id), Account: "alice", State: phone.StateConnected, Hold: phone.HoldNone,
							Remote: phone.Party{Number: n}, Created: noon, Started: noon, Conference: true})
					}
				}
			}))
			asks := func() (yes *widget.Button) {
				for _, b := range find[*widget.Button](a.main.Canvas()) {
					if b.Visible() && b.Spec().Text == text.T("conference.end_yes") {
						yes = b
					}
				}
				return yes
			}
			press(a, fyne.KeyF12)
			if asks() == nil || p.last() != nil {
				t.Fatalf("told %v without a question", p.last())
			}
			press(a, fyne.KeyReturn)
			if asks() != nil || p.last() != nil {
				t.Fatalf("Enter is yes: told %v", p.last())
			}
			press(a, fyne.KeyF12)
			press(a, fyne.KeyEscape)
			if asks() != nil || p.last() != nil {
				t.Fatalf("Escape is yes: told %v", p.last())
			}
			press(a, fyne.KeyF12)
			test.Tap(asks())
			if _, ended := p.last().(phone.EndConference); !ended {
				t.Errorf("told %v", p.last())
			}
		})
	}
}
