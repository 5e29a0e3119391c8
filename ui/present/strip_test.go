package present

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

var (
	anna  = phone.Party{Name: "Anna Berg", Number: "2101"}
	lena  = phone.Party{Name: "Lena Östlund", Number: "2133"}
	every = []phone.Feature{
		phone.FeatureTransferDirect, phone.FeatureTransferAnnounced, phone.FeatureTransferComplete, phone.FeatureTransferRinging,
		phone.FeatureTransferVoicemail, phone.FeaturePark, phone.FeatureRetrieve, phone.FeaturePickup,
	}
)

// board is a scene at an exchange that can do everything.
func board(active phone.CallID, calls []phone.Call, change ...func(*phone.Snapshot)) Scene {
	return scene(append([]func(*phone.Snapshot){func(s *phone.Snapshot) {
		s.Accounts[0].Features, s.Calls, s.Active = every, calls, active
	}}, change...)...)
}

func waiting(d time.Duration) func(*phone.Call) {
	return func(c *phone.Call) { c.Hold, c.HeldSince = phone.HoldLocal, noon.Add(-d) }
}

func given(x phone.Transfer) func(*phone.Call) {
	return func(c *phone.Call) {
		x.Since = noon.Add(-14 * time.Second)
		c.Transfer = &x
	}
}

func camping(c phone.Camp) func(*phone.Call) {
	return func(call *phone.Call) {
		c.Since = noon.Add(-30 * time.Second)
		call.Camp = &c
	}
}

func words(acts []Act) string {
	var out []string
	for _, a := range acts {
		out = append(out, a.Text)
	}
	return strings.Join(out, ", ")
}

func TestSmallCards(t *testing.T) {
	recall := noon.Add(31 * time.Second)
	for name, c := range map[string]struct {
		call                 phone.Call
		status               Status
		state, detail, timer string
		note                 bool
		acts                 string
		alarm                bool
	}{
		"held":                  {call(1, phone.StateConnected, waiting(30*time.Second)), StatusCallHeld, "On hold", "2101", "00:30", false, "Swap, Join, Conference", false},
		"requested":             {call(1, phone.StateConnected, waiting(0), given(phone.Transfer{State: phone.TransferRequested, Target: lena, Undo: true, RecallAt: recall})), StatusCallPassed, "Being transferred to Lena Östlund", "back in 31 s", "00:14", false, "Take back", false},
		"ringing":               {call(1, phone.StateConnected, waiting(0), given(phone.Transfer{State: phone.TransferRinging, Target: lena, Undo: true, RecallAt: recall})), StatusCallPassed, "Rings at Lena Östlund", "back in 31 s", "00:14", false, "Take back", false},
		"unknown":               {call(1, phone.StateConnected, waiting(0), given(phone.Transfer{State: phone.TransferUnknown, Target: lena, Reason: &phone.Reason{ID: phone.ReasonTransferUnknown}})), StatusCallPassed, "Handed over to Lena Östlund", "", "00:14", true, "", false},
		"unknown, our leg gone": {call(1, phone.StateEnded, given(phone.Transfer{State: phone.TransferUnknown, Target: lena, Reason: &phone.Reason{ID: phone.ReasonTransferUnknown}})), StatusCallPassed, "Handed over to Lena Östlund", "", "00:14", true, "", false},
		"recalled":              {call(1, phone.StateConnected, waiting(5*time.Second), given(phone.Transfer{State: phone.TransferFailed, Recalled: true, Target: lena})), StatusCallHeld, "Not answered by Lena Östlund", "", "00:05", false, "Try again, Voicemail, Somebody else, Swap, Join, Conference", true},
		"refused":               {call(1, phone.StateConnected, waiting(5*time.Second), given(phone.Transfer{State: phone.TransferFailed, Target: lena, Reason: &phone.Reason{ID: phone.ReasonBusy}})), StatusCallHeld, "Lena Östlund is busy", "", "00:05", false, "Try again, Voicemail, Somebody else, Swap, Join, Conference", true},
		"camped":                {call(1, phone.StateConnected, waiting(0), camping(phone.Camp{Target: lena, Place: 2, Line: phone.LineBusy})), StatusCallCamped, "Waits for Lena Östlund, place 2", "in a call", "00:30", false, "Swap", false},
		"camped after another":  {call(1, phone.StateConnected, waiting(0), camping(phone.Camp{Target: lena, Place: 2, Of: 2, Shared: true, Ahead: "Salma", Line: phone.LineBusy})), StatusCallCamped, "Waits for Lena Östlund, place 2", "A call of Salma goes first", "00:30", false, "Swap", false},
		"offering":              {call(1, phone.StateConnected, waiting(0), camping(phone.Camp{Target: lena, Place: 1, Offering: true})), StatusCallCamped, "Waits for Lena Östlund, place 1", "Calling Lena Östlund now", "00:30", false, "Swap", false},
		"untold":                {call(1, phone.StateConnected, waiting(0), camping(phone.Camp{Target: lena, Place: 1, Line: phone.LineUnknown})), StatusCallCamped, "Waits for Lena Östlund, place 1", "status not known", "00:30", false, "Swap", false},
		"reminder":              {call(1, phone.StateConnected, waiting(0), camping(phone.Camp{Target: lena, Place: 1, Line: phone.LineBusy, Reminder: true})), StatusCallCamped, "Has waited long for Lena Östlund", "in a call", "00:30", false, "Swap", true},
		"asked":                 {call(1, phone.StateConnected, waiting(0), func(c *phone.Call) { c.Asked = &phone.Asked{By: anna, Target: lena} }), StatusCallHeld, "On hold", "2101", "00:00", true, "Allow, Refuse", false},
	} {
		others := CallsOf(board(2, []phone.Call{c.call, call(2, phone.StateConnected)})).Others
		if len(others) != 1 {
			t.Errorf("%s: %d cards", name, len(others))
			continue
		}
		m := others[0]
		if m.Status != c.status || m.State != c.state || m.Detail != c.detail || m.Timer != c.timer || (m.Note != "") != c.note || words(m.Acts) != c.acts || m.Alarm != c.alarm {
			t.Errorf("%s: %s %q %q %q note %q, %s, alarm %v", name, m.Status, m.State, m.Detail, m.Timer, m.Note, words(m.Acts), m.Alarm)
		}
	}
}

func TestLongWaitsAreMarked(t *testing.T) {
	for d, want := range map[time.Duration]Tone{59 * time.Second: TonePlain, time.Minute: ToneAmber, 2 * time.Minute: ToneRed} {
		m := CallsOf(board(2, []phone.Call{call(1, phone.StateConnected, waiting(d)), call(2, phone.StateConnected)})).Others[0]
		if m.TimerTone != want || (m.TimerIcon == "") != (want == TonePlain) {
			t.Errorf("%v: %q %q", d, m.TimerTone, m.TimerIcon)
		}
	}
}

// TestReminderBlinksAtMostOnceASecond looks at the card of a reminder second by second.
func TestReminderBlinksAtMostOnceASecond(t *testing.T) {
	dims := 0
	for i := range 20 {
		s := board(0, []phone.Call{call(1, phone.StateConnected, waiting(0), camping(phone.Camp{Target: lena, Place: 1, Reminder: true, RemindAt: noon.Add(time.Minute)}))})
		s.Now = noon.Add(time.Duration(i) * time.Second)
		if CallsOf(s).Others[0].Dim {
			dims++
			if i >= 6 {
				t.Errorf("blinks after %d s", i)
			}
		}
	}
	if dims != 3 {
		t.Errorf("%d dark halves in the first six seconds", dims)
	}
}

func TestConsultationIsToldOnce(t *testing.T) {
	caller := call(1, phone.StateConnected, waiting(19*time.Second), given(phone.Transfer{Kind: phone.TransferAnnounced, State: phone.TransferConsulting, Target: lena, Consult: 2}))
	with := func(state phone.CallState, inside bool) phone.Call {
		return call(2, state, func(c *phone.Call) { c.Consults, c.Inside, c.Remote = 1, inside, lena })
	}
	got := CallsOf(board(2, []phone.Call{caller, with(phone.StateConnected, false)}))
	if c := got.Main.Consult; c == nil || c.Title != "Talking to Lena Östlund" || c.Waits != "Anna Berg waits, 00:19" || words(c.Acts) != "Connect, Back to Anna, Swap, Conference" {
		t.Errorf("answered: %+v", got.Main.Consult)
	}
	if len(got.Others) != 1 || words(got.Others[0].Acts) != "Swap" {
		t.Errorf("the caller: %+v", got.Others)
	}
	got = CallsOf(board(2, []phone.Call{caller, with(phone.StateRinging, false)}))
	if c := got.Main.Consult; words(c.Acts) != "Connect now, Back to Anna" || c.Note != "" {
		t.Errorf("ringing: %+v", c)
	}
	got = CallsOf(board(2, []phone.Call{caller, with(phone.StateEarly, true)}))
	if c := got.Main.Consult; c.Note == "" {
		t.Error("inside the exchange: nothing says that the answer is not known")
	}
	swapped := caller
	swapped.Hold = phone.HoldNone
	got = CallsOf(board(1, []phone.Call{swapped, call(2, phone.StateConnected, waiting(time.Second), func(c *phone.Call) { c.Consults, c.Remote = 1, lena })}))
	if c := got.Main.Consult; c == nil || c.Title != "Talking to Anna Berg" || words(c.Acts) != "Connect, Hang up Lena, Swap, Conference" {
		t.Errorf("swapped: %+v", c)
	}
	caller.Transfer.State = phone.TransferRinging // let go while it rings: the call to Lena is the caller's errand
	got = CallsOf(board(0, []phone.Call{caller, with(phone.StateRinging, false)}))
	if got.Main != nil || len(got.Others) != 1 || got.Others[0].Status != StatusCallPassed {
		t.Errorf("let go: %+v", got)
	}
	gone := with(phone.StateEnded, false)
	gone.End = &phone.Reason{ID: phone.ReasonTransferred}
	caller.State, caller.End = phone.StateEnded, gone.End
	if got = CallsOf(board(0, []phone.Call{caller, gone})); got.Main == nil || got.Main.ID != 1 || len(got.Others) != 0 {
		t.Errorf("done: %+v", got)
	}
	gone.Consults, caller.Transfer.State = 0, phone.TransferDone // the caller's call ended first
	if got = CallsOf(board(0, []phone.Call{caller, gone})); got.Main == nil || got.Main.ID != 1 || len(got.Others) != 0 {
		t.Errorf("done, the caller first: %+v", got)
	}
}

func TestWaysAreLockedWhereTheExchangeCannot(t *testing.T) {
	one := []phone.Call{call(1, phone.StateConnected, waiting(0))}
	m := AskingOf(board(0, one), command.AskTransfer, 1)
	for _, a := range m.Acts {
		if !a.Enabled {
			t.Errorf("%s: %s", a.Text, a.Reason)
		}
	}
	if m.Enter != string(command.Announced) {
		t.Errorf("Enter does %q", m.Enter)
	}
	m = AskingOf(board(0, one, func(s *phone.Snapshot) { s.Accounts[0].Features = nil }), command.AskTransfer, 1)
	for _, a := range m.Acts {
		if a.Enabled || a.Reason == "" {
			t.Errorf("%s can be done: %q", a.Text, a.Reason)
		}
	}
	if AskingOf(board(0, nil), command.AskTransfer, 1) != nil {
		t.Error("asks for a call that is gone")
	}
}

func TestFailuresAreToldOnce(t *testing.T) {
	at := func(x phone.Transfer) Scene {
		return board(0, []phone.Call{call(1, phone.StateConnected, waiting(0), given(x))})
	}
	trying := at(phone.Transfer{State: phone.TransferTrying, Target: lena})
	busy := at(phone.Transfer{State: phone.TransferFailed, Target: lena, Reason: &phone.Reason{ID: phone.ReasonBusy}})
	if f := FellSince(trying.Snap, busy); f == nil || f.Target != "2133" || f.Why != text.Reason(phone.Reason{ID: phone.ReasonBusy}) {
		t.Errorf("%+v", f)
	}
	if f := FellSince(busy.Snap, busy); f != nil {
		t.Errorf("told again: %+v", f)
	}
	if f := FellSince(trying.Snap, at(phone.Transfer{State: phone.TransferFailed, Target: lena, Recalled: true})); f != nil {
		t.Errorf("a call that came back has its own card: %+v", f)
	}
}

func TestNextCallIsMarked(t *testing.T) {
	got := CallsOf(board(0, []phone.Call{call(1, phone.StateConnected, waiting(0)), call(2, phone.StateConnected, waiting(0))}, func(s *phone.Snapshot) { s.Next = 1 }))
	if !got.Others[0].Next {
		t.Errorf("%+v", got.Others[0])
	}
}

func TestCallsElsewhereAndParked(t *testing.T) {
	got := CallsOf(board(0, nil, func(s *phone.Snapshot) {
		s.Elsewhere = []phone.RemoteCall{{ID: "x", Account: "elin", State: phone.LineBusy, Remote: lena, Reason: &phone.Reason{ID: phone.ReasonNotTold}}}
		s.Parked = []phone.Parked{{Account: "elin", Slot: "701", Remote: anna, Since: noon, Told: true}, {Account: "elin", Slot: "702", Remote: lena, Since: noon}}
	})).Others
	if len(got) != 3 || got[0].Acts[0].Enabled || got[0].Acts[0].Reason == "" {
		t.Fatalf("%+v", got)
	}
	if got[1].State != "Parked in slot 701" || got[1].Note != "" || got[2].Note == "" {
		t.Errorf("%+v %+v", got[1], got[2])
	}
}

func TestNamesOfTargetsAreLookedUp(t *testing.T) {
	s := board(0, []phone.Call{call(1, phone.StateConnected, waiting(0), given(phone.Transfer{State: phone.TransferRinging, Target: phone.Party{Number: "2133"}}))})
	s.Known = func(string) string { return "Lena\u202e Östlund" }
	if m := CallsOf(s).Others[0]; m.State != "Rings at Lena Östlund" {
		t.Errorf("%q", m.State)
	}
}

// TestAParkedCallIsToldOfOnce: by the card of its slot while it stands there, by its own when the exchange tells of no slot.
func TestAParkedCallIsToldOfOnce(t *testing.T) {
	gone := call(1, phone.StateEnded, func(c *phone.Call) {
		c.Account, c.End, c.Ended = "elin", &phone.Reason{ID: phone.ReasonParked, Text: "701"}, noon
	})
	for slot, want := range map[string]string{"701": "Parked in slot 701", "702": "Parked in slot 702, Parked", "": "Parked"} {
		s := board(0, []phone.Call{gone}, func(s *phone.Snapshot) {
			if slot != "" {
				s.Parked = []phone.Parked{{Account: "elin", Slot: slot, Remote: anna, Since: noon, Told: true}}
			}
		})
		var got []string
		for _, c := range CallStripOf(s, 0).Cards {
			got = append(got, c.State)
		}
		if words := strings.Join(got, ", "); words != want {
			t.Errorf("parked in %q: %q", slot, words)
		}
		if main := CallsOf(s).Main; (main == nil) != (slot == "701") {
			t.Errorf("parked in %q: the large card %v", slot, main)
		}
	}
}
