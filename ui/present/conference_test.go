package present

import (
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// party is a member of a conference.
func party(id phone.CallID, state phone.CallState, change ...func(*phone.Call)) phone.Call {
	c := phone.Call{
		ID: id, Account: "elin", State: state, Hold: phone.HoldNone, Remote: phone.Party{Name: "Maria Ekdal", Number: "2101"},
		Created: noon.Add(-12 * time.Second), Level: 100, Conference: true,
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func conferenceOf(aside bool, calls ...phone.Call) *Conference {
	return ConferenceOf(scene(func(s *phone.Snapshot) {
		s.Accounts[0].Features = []phone.Feature{phone.FeatureTransferComplete}
		s.Calls, s.Conference = calls, &phone.Conference{Started: noon.Add(-time.Minute), Aside: aside}
		for _, c := range calls {
			if c.Conference {
				s.Conference.Calls = append(s.Conference.Calls, c.ID)
			}
		}
	}))
}

func TestNoConference(t *testing.T) {
	if ConferenceOf(scene()) != nil {
		t.Error("there is a conference")
	}
}

func TestMemberStates(t *testing.T) {
	up := phone.StateConnected
	for _, c := range []struct {
		name   string
		call   phone.Call
		state  string
		tone   Tone
		live   bool
		hangup bool
	}{
		{"joined", party(1, up), "Joined", ToneGreen, true, true},
		{"silenced", party(1, up, func(c *phone.Call) { c.Silenced = true }), "Muted by you", ToneAmber, true, true},
		{"held by them", party(1, up, func(c *phone.Call) { c.Hold = phone.HoldRemote }), "Has put you on hold", ToneAmber, true, true},
		{"dialling", party(1, phone.StateDialing), "Calling", ToneAccent, false, true},
		{"ringing", party(1, phone.StateRinging), "Ringing 00:12", ToneAccent, false, true},
		{"announcement", party(1, phone.StateEarly), "Ringing 00:12", ToneAccent, false, true},
		{"handed over", party(1, up, func(c *phone.Call) { c.Transfer = &phone.Transfer{State: phone.TransferTrying} }), "Being joined with the others", ToneAccent, true, true},
		{"not taken", party(1, up, func(c *phone.Call) {
			c.Transfer = &phone.Transfer{State: phone.TransferFailed, Reason: &phone.Reason{ID: phone.ReasonTransferRefused}}
		}), "Transfer refused", ToneRed, true, true},
		{"leaving", party(1, phone.StateEnding), "Leaving", ToneSlate, false, false},
		{"busy", party(1, phone.StateEnded, func(c *phone.Call) { c.End = &phone.Reason{ID: phone.ReasonBusy} }), "Busy", ToneSlate, false, false},
	} {
		m := conferenceOf(false, c.call).Members[0]
		if m.State != c.state || m.Tone != c.tone || m.Live != c.live || m.Hangup.Enabled != c.hangup || m.Mute.Enabled != c.live || m.Out.Enabled != c.live {
			t.Errorf("%s: %+v", c.name, m)
		}
	}
}

func TestConferenceCountsWhoIsIn(t *testing.T) {
	up := phone.StateConnected
	outside := party(9, up, func(c *phone.Call) {
		c.Conference, c.Hold, c.HeldSince = false, phone.HoldLocal, noon.Add(-72*time.Second)
	})
	got := conferenceOf(false, party(1, up), party(2, phone.StateRinging), party(3, up), outside)
	if got.Count != "2 people and you" || got.Timer != "01:00" || len(got.Members) != 3 || len(got.Waiting) != 1 {
		t.Fatalf("%+v", got)
	}
	if w := got.Waiting[0]; w.State != "On hold 01:12, outside" || !w.In.Enabled {
		t.Errorf("waiting: %+v", w)
	}
	if got.Ask != text.T("conference.end_ask", "n", 3) {
		t.Errorf("the question counts %q", got.Ask)
	}
	incoming := party(5, phone.StateIncoming, func(c *phone.Call) { c.Conference = false })
	if got := conferenceOf(false, party(1, up), incoming); len(got.Waiting) != 0 || got.Count != "1 person and you" {
		t.Errorf("a call that rings waits outside: %+v", got)
	}
}

// TestOnTheWay: who is called to the conference has no mark of it before the answer, and is told of when it failed.
func TestOnTheWay(t *testing.T) {
	out := func(c *phone.Call) { c.Conference, c.Direction = false, phone.Outgoing }
	member := party(1, phone.StateConnected)
	for _, c := range []struct {
		name  string
		aside bool
		call  phone.Call
		want  int
	}{
		{"called", false, party(2, phone.StateRinging, out), 2},
		{"busy", false, party(2, phone.StateEnded, out), 2},
		{"called by itself while we are away", true, party(2, phone.StateRinging, out), 1},
		{"a consultation", false, party(2, phone.StateRinging, out, func(c *phone.Call) { c.Consults = 7 }), 1},
		{"was talked with", false, party(2, phone.StateEnded, out, func(c *phone.Call) { c.Started = noon }), 1},
	} {
		if got := conferenceOf(c.aside, member, c.call); len(got.Members) != c.want {
			t.Errorf("%s: %d members", c.name, len(got.Members))
		}
	}
}

func TestMuteMeAndOthers(t *testing.T) {
	up := phone.StateConnected
	muted := func(c *phone.Call) { c.Muted = true }
	silent := func(c *phone.Call) { c.Silenced = true }
	got := conferenceOf(false, party(1, up, muted, silent), party(2, up), party(3, phone.StateRinging))
	if got.MuteMe.On || got.MuteAll.On || len(got.MuteMe.Do) != 2 || got.MuteMe.Do[1] != (phone.SetMute{Call: 2, On: true}) || got.MuteAll.Do[0] != (phone.Silence{Call: 1, On: true}) {
		t.Errorf("one of two: %+v %+v", got.MuteMe, got.MuteAll)
	}
	got = conferenceOf(false, party(1, up, muted, silent), party(2, up, muted, silent))
	if !got.MuteMe.On || !got.MuteAll.On || got.MuteMe.Do[0] != (phone.SetMute{Call: 1}) || got.MuteAll.Do[1] != (phone.Silence{Call: 2}) || got.You.Tone != ToneAmber {
		t.Errorf("both: %+v %+v %+v", got.MuteMe, got.MuteAll, got.You)
	}
	got = conferenceOf(false, party(1, phone.StateRinging))
	if got.MuteMe.Enabled || got.MuteMe.Reason == "" || got.MuteMe.On || got.Record.Enabled {
		t.Errorf("nobody yet: %+v", got.MuteMe)
	}
}

func TestConferenceRecording(t *testing.T) {
	on := func(ago time.Duration) func(*phone.Call) {
		return func(c *phone.Call) { c.Recording = phone.Recorder{On: true, Since: noon.Add(-ago)} }
	}
	up := phone.StateConnected
	got := conferenceOf(false, party(1, up, on(time.Minute)), party(2, up), party(3, up, on(4*time.Minute)))
	if got.Recording != "Recording 04:00" || len(got.Stop.Do) != 2 || got.Stop.Do[1] != (phone.Record{Call: 3}) {
		t.Errorf("%q %+v", got.Recording, got.Stop)
	}
	if got = conferenceOf(false, party(1, up)); got.Recording != "" || got.Record.Do[0] != (phone.Record{Call: 1, On: true}) {
		t.Errorf("%q %+v", got.Recording, got.Record)
	}
}

func TestLeave(t *testing.T) {
	up := phone.StateConnected
	for _, c := range []struct {
		name     string
		features []phone.Feature
		calls    int
		want     bool
	}{
		{"one", []phone.Feature{phone.FeatureTransferComplete, phone.FeatureBridge}, 1, false},
		{"two, exchange joins", []phone.Feature{phone.FeatureTransferComplete}, 2, true},
		{"two, exchange has a room", []phone.Feature{phone.FeatureBridge}, 2, true},
		{"two, exchange cannot", nil, 2, false},
		{"three, exchange joins", []phone.Feature{phone.FeatureTransferComplete}, 3, false},
		{"three, exchange has a room", []phone.Feature{phone.FeatureBridge}, 3, true},
	} {
		got := ConferenceOf(scene(func(s *phone.Snapshot) {
			s.Accounts[0].Features, s.Conference = c.features, &phone.Conference{}
			for i := range c.calls {
				s.Calls = append(s.Calls, party(phone.CallID(i+1), up))
			}
		})).Leave
		if got.Enabled != c.want || got.Enabled == (got.Reason != "") {
			t.Errorf("%s: %+v", c.name, got.Button)
		}
	}
}

func TestAway(t *testing.T) {
	up := phone.StateConnected
	got := conferenceOf(true, party(1, phone.StateRinging), party(2, up))
	if got.Away == "" || !got.Front || got.Back.Do[0] != (phone.SetHold{Call: 2}) || got.You.Live {
		t.Errorf("alone: %+v", got)
	}
	other := party(9, up, func(c *phone.Call) { c.Conference = false })
	s := scene(func(s *phone.Snapshot) {
		s.Calls, s.Active = []phone.Call{party(1, up), other}, 9
		s.Conference = &phone.Conference{Calls: []phone.CallID{1}, Aside: true}
	})
	if got := ConferenceOf(s); got.Front {
		t.Error("the conference is in front of the call we are in")
	}
}

func TestFullConference(t *testing.T) {
	var calls []phone.Call
	for i := range phone.MaxConference {
		calls = append(calls, party(phone.CallID(i+1), phone.StateConnected))
	}
	calls = append(calls, party(99, phone.StateConnected, func(c *phone.Call) { c.Conference = false }))
	got := conferenceOf(false, calls...)
	if got.Full == "" || got.Waiting[0].In.Enabled || got.Waiting[0].In.Reason == "" {
		t.Errorf("full %q, let in %+v", got.Full, got.Waiting[0].In)
	}
	if got = conferenceOf(false, calls[1:]...); got.Full != "" || !got.Waiting[0].In.Enabled {
		t.Errorf("one fewer: full %q", got.Full)
	}
}

func TestAddTarget(t *testing.T) {
	people := func(typed string) []phone.Party {
		all := []phone.Party{{Name: "Anna Berg", Number: "2101"}, {Name: "Anna Lind", Number: "2102"}}
		return slices.DeleteFunc(all, func(p phone.Party) bool { return !strings.Contains(strings.ToLower(p.Name), typed) })
	}
	for _, c := range []struct {
		typed, target string
		wrong         bool
	}{
		{"070-174 06 12", "0701740612", false}, {"lind", "2102", false}, {"anna", "", true}, {"kalle", "", true}, {"sip:anna@example.com", "sip:anna@example.com", false},
	} {
		if got, wrong := AddTarget(c.typed, people); got != c.target || (wrong != "") != c.wrong {
			t.Errorf("%q: %q, %q", c.typed, got, wrong)
		}
	}
}
