package present

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/text"
)

func keysOf(notes []Note) string {
	var out []string
	for _, n := range notes {
		out = append(out, n.Key)
	}
	return strings.Join(out, " ")
}

func TestNotes(t *testing.T) {
	text.SetLanguage("en")
	ringing, gone := inQueues(), inQueues()
	ringing.Calls = []phone.Call{ringingAt(7, "Maria", 0)}
	ended := func(id phone.ReasonID) *phone.Snapshot {
		s := inQueues()
		c := ringingAt(7, "Maria", 0)
		c.State, c.Ended, c.End = phone.StateEnded, at, &phone.Reason{ID: id}
		s.Calls = []phone.Call{c}
		return s
	}
	mail := func(revision uint64, n int) *phone.Snapshot {
		s := inQueues()
		s.Voicemail = phone.VoicemailState{Revision: revision, Boxes: []phone.Mailbox{{New: n}}}
		return s
	}
	without := func(s *phone.Snapshot, key string) *phone.Snapshot {
		s.Settings[key] = "false"
		return s
	}
	for _, c := range []struct {
		name        string
		before, now *phone.Snapshot
		focused     bool
		fresh, gone string
	}{
		{"rings", gone, ringing, false, "ring7", ""},
		{"rings while the user is here", gone, ringing, true, "", ""},
		{"rings on", ringing, ringing, false, "", ""},
		{"missed", ringing, ended(phone.ReasonMissed), false, "missed7", "ring7"},
		{"missed while the user is here", ringing, ended(phone.ReasonMissed), true, "missed7", "ring7"},
		{"answered elsewhere", ringing, ended(phone.ReasonElsewhere), false, "", "ring7"},
		{"forgotten", ringing, gone, false, "", "ring7"},
		{"missed, not wanted", ringing, without(ended(phone.ReasonMissed), phone.KeyNotifyMissed), false, "", "ring7"},
		{"first look in the mailbox", mail(0, 0), mail(1, 3), false, "", ""},
		{"a voice message", mail(1, 3), mail(2, 4), false, "voicemail", ""},
		{"a voice message, not wanted", mail(1, 3), without(mail(2, 4), phone.KeyNotifyMail), false, "", ""},
		{"all heard", mail(2, 4), mail(3, 0), false, "", "voicemail"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var n Notes
			fresh, over := n.Follow(c.before, Scene{Snap: c.now, Now: at}, c.focused)
			if got := keysOf(fresh); got != c.fresh || strings.Join(over, " ") != c.gone {
				t.Errorf("tells %q, takes back %q; wanted %q, %q", got, over, c.fresh, c.gone)
			}
		})
	}
	var n Notes
	fresh, _ := n.Follow(gone, Scene{Snap: ringing, Now: at}, false)
	if m := fresh[0]; m.Title != "Maria" || m.Text != "Incoming call · 070174061M" || len(m.Acts) != 2 || m.Call != 7 {
		t.Errorf("the ring says %+v", m)
	}
}

// TestNotesOfAnExchangeThatIsGone: told once, not at each try, and when it is back.
func TestNotesOfAnExchangeThatIsGone(t *testing.T) {
	text.SetLanguage("sv")
	defer text.SetLanguage("en")
	var n Notes
	state := func(st phone.RegistrationState) *phone.Snapshot {
		s := inQueues()
		s.Accounts[0].Registration = phone.Registration{State: st}
		if st == phone.RegistrationFailed {
			s.Accounts[0].Reason = &phone.Reason{ID: phone.ReasonNoReply}
		}
		return s
	}
	told := ""
	before := state(phone.RegistrationRegistered)
	for _, st := range []phone.RegistrationState{phone.RegistrationFailed, phone.RegistrationRegistering, phone.RegistrationFailed, phone.RegistrationRegistered, phone.RegistrationRegistered} {
		now := state(st)
		fresh, _ := n.Follow(before, Scene{Snap: now, Now: at}, true)
		for _, f := range fresh {
			told += f.Title + "|"
		}
		before = now
	}
	if want := text.T("offline.title") + "|" + text.T("notify.connected") + "|"; told != want {
		t.Errorf("told %q, wanted %q", told, want)
	}
}

func TestMessageNote(t *testing.T) {
	text.SetLanguage("en")
	s := Scene{Snap: inQueues(), Now: at}
	if _, ok := MessageNote(s, phone.Event{Kind: phone.EventMessage, Value: "2101", State: "sent"}); ok {
		t.Error("a message that was sent is told of")
	}
	n, ok := MessageNote(s, phone.Event{Kind: phone.EventMessage, Value: "2101", State: "failed", Reason: &phone.Reason{ID: phone.ReasonNotSupported}})
	if !ok || n.Title != "The text message to 2101 was not sent" || n.Text == "" || !n.Wanted(s) {
		t.Errorf("a refused message: %+v, %v", n, ok)
	}
}

func TestTray(t *testing.T) {
	text.SetLanguage("en")
	lines := func(items []TrayItem) string {
		var out []string
		for _, i := range items {
			mark := ""
			if i.Checked {
				mark = "*"
			}
			if i.Locked {
				mark += "-"
			}
			out = append(out, mark+i.Text)
		}
		return strings.Join(out, ", ")
	}
	s := inQueues()
	s.Me.Shortcuts = []phone.Shortcut{{ID: "av", Kind: phone.ActivityAvailable}, {ID: "l", Kind: phone.ActivityLunch, Length: phone.Length{Kind: phone.LengthMinutes, Minutes: 60}}, {ID: "g", Kind: phone.ActivityGone, Length: phone.Length{Kind: phone.LengthNextWorkingDay}}}
	m := TrayOf(Scene{Snap: s, Now: at})
	if m.Icon != (TrayIcon{}) || len(m.Calls) != 0 || m.Missed.Text != "" {
		t.Errorf("at rest: %+v", m)
	}
	if got := lines(m.Activity.Items); got != "*Available, Lunch 1 h, -Gone for the day, Custom activity" {
		t.Errorf("activities: %s", got)
	}
	if got := lines(m.Queues.Items); got != "*Support, Sales, *Night – Night mode, Log in to all, Log out of all" {
		t.Errorf("queues: %s", got)
	}
	if on := m.Queues.Items[1].Do.(phone.LogIn); !on.On || on.Queues[0] != "701" {
		t.Errorf("a press on a queue does %+v", on)
	}
	s.Calls = []phone.Call{talkingTo(1, "Maria"), ringingAt(2, "Bo", time.Second)}
	s.History.Missed = 3
	m = TrayOf(Scene{Snap: s, Now: at})
	if got := lines(m.Calls); got != "Answer Bo, Decline Bo, Hang up on Maria" || m.Calls[0].Call != 2 || m.Calls[2].Call != 1 {
		t.Errorf("calls: %s", got)
	}
	if m.Icon.Sign != "bell" || m.Icon.Count != 3 || m.Missed.Text != "3 missed calls" {
		t.Errorf("ringing: %+v, %q", m.Icon, m.Missed.Text)
	}
	s.Calls = s.Calls[:1]
	if i := TrayOf(Scene{Snap: s, Now: at}).Icon; i.Sign != "phone" || !i.Square {
		t.Errorf("on a call: %+v", i)
	}
	s.Calls = nil
	s.Accounts[0].State = phone.RegistrationFailed
	if i := TrayOf(Scene{Snap: s, Now: at}).Icon; i.Sign != "x" || !i.Grey {
		t.Errorf("without the exchange: %+v", i)
	}
	s.Accounts[0].State = phone.RegistrationRegistered
	s.Me.Activity = phone.Activity{Kind: phone.ActivityLunch, From: "shortcut:l"}
	m = TrayOf(Scene{Snap: s, Now: at})
	if m.Icon.Sign != "utensils" || m.Icon.Tone != ToneAmber || !m.Activity.Items[1].Checked {
		t.Errorf("at lunch: %+v, %s", m.Icon, lines(m.Activity.Items))
	}
}

// TestTrayHasRoom: the menu has a place for so many lines about calls and no more.
func TestTrayHasRoom(t *testing.T) {
	s := inQueues()
	for id := range phone.CallID(9) {
		s.Calls = append(s.Calls, ringingAt(id+1, "Maria", 0))
	}
	if n := len(TrayOf(Scene{Snap: s, Now: at}).Calls); n != TrayCalls {
		t.Errorf("%d lines", n)
	}
}
