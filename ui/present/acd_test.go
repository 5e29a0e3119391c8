package present

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

// inQueues is a phone that is logged in to one queue of three.
func inQueues() *phone.Snapshot {
	return &phone.Snapshot{
		Accounts: []phone.AccountStatus{{Account: phone.Account{ID: "a", User: "2100", Default: true}, Registration: phone.Registration{State: phone.RegistrationRegistered}, Features: []phone.Feature{phone.FeatureQueueLogin}}},
		Settings: phone.Settings{phone.KeyFirstStart: "false", phone.KeyHelpNumber: "2109"},
		Queues: []phone.QueueStatus{
			{Queue: phone.Queue{ID: "700", Name: "Support"}, Login: phone.ConfirmOn, Counted: true, Waiting: 2, LoggedIn: 3, Longest: at.Add(-48 * time.Second)},
			{Queue: phone.Queue{ID: "701", Name: "Sales"}, Login: phone.ConfirmOff, Counted: true, Waiting: 9, Longest: at.Add(-time.Hour)},
			{Queue: phone.Queue{ID: "702", Name: "Night"}, Login: phone.ConfirmOn, Counted: true, Waiting: 5, Night: true},
		},
	}
}

var at = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

func ringingAt(id phone.CallID, name string, ago time.Duration) phone.Call {
	return phone.Call{ID: id, Account: "a", Direction: phone.Incoming, State: phone.StateIncoming, Remote: phone.Party{Name: name, Number: "070174061" + name[:1]}, Created: at.Add(-ago)}
}

func talkingTo(id phone.CallID, name string) phone.Call {
	c := ringingAt(id, name, time.Minute)
	c.State, c.Started = phone.StateConnected, at.Add(-47*time.Second)
	c.Origin = &phone.Origin{Queue: "700", Name: "Support", Waited: at.Add(-95 * time.Second)}
	return c
}

func commands0(acts []Button) string {
	var out []string
	for _, a := range acts {
		out = append(out, a.Command)
	}
	return strings.Join(out, " ")
}

func TestACD(t *testing.T) {
	text.SetLanguage("en")
	for _, c := range []struct {
		name                          string
		change                        func(*phone.Snapshot)
		title, after, detail, timer   string
		acts                          string
		ringing, ready, wrong, waited bool
	}{
		{name: "ready", change: func(*phone.Snapshot) {}, title: "Ready", after: "2 waiting, longest 00:48", ready: true},
		{name: "long wait", change: func(s *phone.Snapshot) { s.Queues[0].Longest = at.Add(-2 * time.Minute) }, title: "Ready", after: "2 waiting, longest 02:00", ready: true, waited: true},
		{name: "logged out", change: func(s *phone.Snapshot) {
			s.Queues = s.Queues[1:2]
			s.History.Missed = 1
		}, title: "Ready", detail: "1 missed call · Logged out of all queues", ready: true},
		{name: "away", change: func(s *phone.Snapshot) { s.Me.Activity = phone.Activity{Kind: phone.ActivityLunch} }, title: "Not ready", after: "2 waiting, longest 00:48", ready: true},
		{name: "no network", change: func(s *phone.Snapshot) {
			s.Accounts[0].Registration = phone.Registration{State: phone.RegistrationFailed, Reason: &phone.Reason{ID: phone.ReasonNoNetwork}}
		}, title: text.T("offline.title"), ready: true, wrong: true},
		{name: "rings", change: func(s *phone.Snapshot) { s.Calls = []phone.Call{ringingAt(1, "Maria", 8*time.Second)} },
			title: "070174061M", after: "Maria", timer: "00:08", acts: "call.answer call.decline", ringing: true},
		{name: "a name that nobody knows", change: func(s *phone.Snapshot) {
			s.Calls = []phone.Call{ringingAt(1, strings.Repeat("Your bank ", 1000), 8*time.Second)}
		}, title: "070174061Y", after: strings.Repeat("Your bank ", 6) + "Y…", timer: "00:08", acts: "call.answer call.decline", ringing: true},
		{name: "two ring", change: func(s *phone.Snapshot) {
			s.Calls = []phone.Call{ringingAt(1, "Maria", 70*time.Second), ringingAt(2, "Bo", time.Second)}
		}, title: "070174061M", after: "Maria", detail: "1 more ringing · Incoming call", timer: "01:10", acts: "call.answer call.decline", ringing: true, waited: true},
		{name: "call", change: func(s *phone.Snapshot) { s.Calls, s.Active = []phone.Call{talkingTo(1, "Maria")}, 1 },
			title: "070174061M", after: "Maria", detail: "Support · waited 00:48", timer: "00:47", acts: "call.mute call.hold call.transfer call.hangup"},
		{name: "another rings", change: func(s *phone.Snapshot) {
			s.Calls, s.Active = []phone.Call{talkingTo(1, "Maria"), ringingAt(2, "Bo", 4*time.Second)}, 1
		}, title: "070174061M", after: "Maria", detail: "Bo is ringing 00:04", timer: "00:47", acts: "call.answer call.mute call.hold call.hangup", wrong: true},
		{name: "held beside", change: func(s *phone.Snapshot) {
			held := talkingTo(2, "Bo")
			held.Hold = phone.HoldLocal
			s.Calls, s.Active = []phone.Call{talkingTo(1, "Maria"), held}, 1
		}, title: "070174061M", after: "Maria", detail: "Support · waited 00:48 · 1 call on hold", timer: "00:47", acts: "call.mute call.hold call.transfer call.hangup"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := inQueues()
			c.change(s)
			m := ACDOf(Scene{Snap: s, Now: at})
			if m.Title != c.title || m.After != c.after || c.detail != "" && m.Detail != c.detail || m.Timer != c.timer || commands0(m.Acts) != c.acts {
				t.Errorf("%q %q %q %q [%s], wanted %q %q %q %q [%s]", m.Title, m.After, m.Detail, m.Timer, commands0(m.Acts), c.title, c.after, c.detail, c.timer, c.acts)
			}
			if m.Ringing != c.ringing || m.Ready != c.ready || (m.Alert != TonePlain) != c.wrong || (m.Waits != TonePlain) != c.waited {
				t.Errorf("ringing %v, ready %v, alert %q, waits %q", m.Ringing, m.Ready, m.Alert, m.Waits)
			}
		})
	}
}

func TestACDHelpNeedsANumber(t *testing.T) {
	s := inQueues()
	if m := ACDOf(Scene{Snap: s, Now: at}); !m.Help.Enabled || m.Help.Command != string(command.Help) {
		t.Errorf("help is %+v", m.Help)
	}
	s.Settings[phone.KeyHelpNumber] = ""
	if m := ACDOf(Scene{Snap: s, Now: at}); m.Help.Enabled || m.Help.Reason == "" {
		t.Errorf("help without a number is %+v", m.Help)
	}
}

// TestIncomingCardTellsWhoAnswered: the exchange says only that somebody did.
func TestIncomingCardTellsWhoAnswered(t *testing.T) {
	text.SetLanguage("en")
	c := ringingAt(1, "Maria", 8*time.Second)
	c.State, c.Ended, c.End = phone.StateEnded, at, &phone.Reason{ID: phone.ReasonElsewhere}
	s := inQueues()
	s.Calls = []phone.Call{c}
	known := func(number string) string { return map[string]string{"2101": "Elin"}[number] }
	card := func(after time.Duration) (Incoming, bool) {
		return IncomingCard(Scene{Snap: s, Now: at.Add(after), Known: known})
	}
	if m, ok := card(time.Second); !ok || m.Over != "Answered elsewhere" || m.Status != StatusCallEnded {
		t.Errorf("card %+v, %v", m, ok)
	}
	s.Lines = []phone.Line{{Account: "a", Number: "2102", State: phone.LineBusy}, {Account: "a", Number: "2101", State: phone.LineBusy, With: c.Remote}}
	if m, _ := card(time.Second); m.Over != "Answered by Elin" {
		t.Errorf("who answered: %q", m.Over)
	}
	s.Lines, s.Elsewhere = nil, []phone.RemoteCall{{ID: "x", Remote: c.Remote}}
	if m, _ := card(time.Second); m.Over != "Answered on your other telephone" {
		t.Errorf("who answered: %q", m.Over)
	}
	if _, ok := card(2 * time.Second); ok {
		t.Error("the card is there after two seconds")
	}
	s.Calls[0].End = &phone.Reason{ID: phone.ReasonMissed}
	if _, ok := card(0); ok {
		t.Error("a missed call has a card")
	}
	s.Calls = append(s.Calls, ringingAt(2, "Bo", time.Second))
	if m, ok := card(0); !ok || m.Over != "" || m.ID != 2 {
		t.Errorf("what rings goes first: %+v", m)
	}
}

// TestRingIsSeen: the bell has two pictures a second, the edge one light; reduced motion keeps both still.
func TestRingIsSeen(t *testing.T) {
	s := inQueues()
	s.Settings[phone.KeyVisualRing] = "true"
	first, second := Scene{Snap: s, Now: at}, Scene{Snap: s, Now: at.Add(600 * time.Millisecond)}
	if first.Flashes() {
		t.Error("the edge is lit while nothing rings")
	}
	s.Calls = []phone.Call{ringingAt(1, "Maria", 0)}
	if first.RingStatus() == second.RingStatus() || !first.Flashes() || second.Flashes() {
		t.Errorf("halves of a second: bell %q %q, edge %v %v", first.RingStatus(), second.RingStatus(), first.Flashes(), second.Flashes())
	}
	s.Settings[phone.KeyReduceMotion] = "true"
	if first.RingStatus() != second.RingStatus() || !first.Flashes() || !second.Flashes() {
		t.Error("it moves although motion is reduced")
	}
	delete(s.Settings, phone.KeyVisualRing)
	if first.Flashes() {
		t.Error("the edge is lit unasked")
	}
}
