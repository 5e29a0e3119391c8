package command_test

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
	. "svara/ui/command"
	"svara/ui/text"
)

var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

// everything is what an exchange with all of it can be asked for.
var everything = []phone.Feature{
	phone.FeatureTransferDirect, phone.FeatureTransferAnnounced, phone.FeatureTransferComplete, phone.FeatureTransferRinging,
	phone.FeatureTransferVoicemail, phone.FeaturePark, phone.FeatureRetrieve, phone.FeaturePickup,
}

// switchboard is a phone at an exchange that can do everything, with these calls.
func switchboard(active phone.CallID, calls ...phone.Call) *phone.Snapshot {
	account := phone.AccountStatus{
		Account:      phone.Account{ID: "a", User: "a", Domain: "d", Mobile: "0701740612"},
		Registration: phone.Registration{State: phone.RegistrationRegistered}, Features: everything,
	}
	return &phone.Snapshot{Time: noon, Accounts: []phone.AccountStatus{account}, Calls: calls, Active: active}
}

func talk(id phone.CallID, change ...func(*phone.Call)) phone.Call {
	c := phone.Call{ID: id, Account: "a", State: phone.StateConnected, Hold: phone.HoldNone}
	for _, f := range change {
		f(&c)
	}
	return c
}

func onHold(c *phone.Call) { c.Hold, c.HeldSince = phone.HoldLocal, noon }

// consulting is a caller on hold and the call with the one they may go to.
func consulting(state phone.CallState) []phone.Call {
	caller := talk(1, onHold, func(c *phone.Call) {
		c.Transfer = &phone.Transfer{Kind: phone.TransferAnnounced, State: phone.TransferConsulting, Consult: 2, Undo: true, Since: noon}
	})
	with := talk(2, func(c *phone.Call) { c.State, c.Consults = state, 1 })
	return []phone.Call{caller, with}
}

func passed(s phone.TransferState, undo bool) func(*phone.Call) {
	return func(c *phone.Call) {
		c.Hold = phone.HoldLocal
		c.Transfer = &phone.Transfer{Kind: phone.TransferDirect, State: s, Undo: undo, Since: noon}
	}
}

// TestTransferKeys presses one key for each command that hands calls over, takes them back or puts them together.
func TestTransferKeys(t *testing.T) {
	k := keymap(t)
	camped := func(fetched bool) func(*phone.Call) {
		return func(c *phone.Call) { c.Camp = &phone.Camp{Place: 1, Fetched: fetched} }
	}
	two := switchboard(2, talk(1, onHold), talk(2))
	next := switchboard(0, talk(1, onHold))
	next.Next = 1
	parked := switchboard(0)
	parked.Parked = []phone.Parked{{Account: "a", Slot: "701"}}
	elsewhere := switchboard(0)
	elsewhere.Elsewhere = []phone.RemoteCall{{ID: "x", Account: "a", State: phone.LineBusy, Pull: true}}
	rings := switchboard(0)
	rings.Lines = []phone.Line{{Account: "a", Number: "2101", State: phone.LineRinging, Pickup: true}}
	waits, queue := *rings, phone.QueueStatus{Queue: phone.Queue{ID: "9000"}}
	waits.Lines, waits.Queues = append(waits.Lines, phone.Line{Account: "a", Number: "9000", State: phone.LineRinging, Pickup: true}), []phone.QueueStatus{queue}
	waitsAlone := waits
	waitsAlone.Lines = waits.Lines[1:]
	asked := switchboard(1, talk(1, func(c *phone.Call) { c.Asked = &phone.Asked{} }))
	for _, c := range []struct {
		name  string
		snap  *phone.Snapshot
		focus Focus
		text  string
		ask   bool // the field asks whom a call goes to
		chord string
		want  string
	}{
		{"transfer", switchboard(1, talk(1)), FocusNone, "", false, "t", "ask transfer 1"},
		{"transfer", switchboard(1, talk(1)), FocusText, "x", false, "F2", "ask transfer 1"},
		{"direct", two, FocusText, "an be", true, "*", "hand over direct"},
		{"direct", two, FocusNone, "an be", true, "*", "hand over direct"},
		{"announced", two, FocusText, "an be", true, "-", "hand over announced"},
		{"announced", two, FocusEmpty, "", true, "-", "hand over announced"},
		{"announced", two, FocusText, "070-", true, "-", "hand over announced"},
		{"a number's own dash", two, FocusText, "070", true, "-", ""},
		{"a plus begins a number", two, FocusEmpty, "", true, "+", ""},
		{"a star begins a code", two, FocusEmpty, "", true, "*", ""},
		{"all of a code is text", two, FocusText, "*21", true, "*", ""},
		{"all of a code is text", two, FocusText, "#21", true, "-", ""},
		{"camp on", two, FocusText, "an", true, "+", "hand over camp"},
		{"camp on", two, FocusNone, "an", true, "c", "hand over camp"},
		{"voicemail", two, FocusText, "an", true, "/", "hand over voicemail"},
		{"voicemail", two, FocusNone, "an", true, "v", "hand over voicemail"},
		{"park in a slot", two, FocusText, "703", true, "Ctrl+p", "hand over park"},
		{"standard", two, FocusText, "an", true, "Enter", "hand over standard"},
		{"letters are a name", two, FocusText, "an", true, "v", ""},
		{"signs are text when nothing is asked", two, FocusText, "an", false, "*", ""},
		{"connect", switchboard(2, consulting(phone.StateConnected)...), FocusNone, "", false, "-", `complete{"call":1}`},
		{"connect now", switchboard(2, consulting(phone.StateRinging)...), FocusText, "", false, "Ctrl+Enter", `complete{"call":1}`},
		{"nothing to connect", two, FocusNone, "", false, "-", ""},
		{"take back the consultation", switchboard(2, consulting(phone.StateRinging)...), FocusNone, "", false, "b", `takeback{"call":1}`},
		{"take back a transfer", switchboard(0, talk(3, passed(phone.TransferRinging, true))), FocusText, "x", false, "Ctrl+b", `takeback{"call":3}`},
		{"too late", switchboard(0, talk(3, passed(phone.TransferUnknown, false))), FocusNone, "", false, "b", ""},
		{"swap", two, FocusText, "x", false, "Ctrl+F7", `swap{}`},
		{"join", two, FocusText, "x", false, "Ctrl+j", `conference{"calls":[2,1]}; conference-leave{}`},
		{"join a consultation", switchboard(2, consulting(phone.StateConnected)...), FocusNone, "", false, "Ctrl+j", `complete{"call":1}`},
		{"merge", two, FocusNone, "", false, "g", `conference{}`},
		{"merge alone", switchboard(1, talk(1)), FocusNone, "", false, "g", ""},
		{"add", switchboard(1, talk(1)), FocusNone, "", false, "u", "ask add 0"},
		{"record", switchboard(1, talk(1)), FocusNone, "", false, "r", `record-start{"call":1,"on":true}`},
		{"stop recording", switchboard(1, talk(1, func(c *phone.Call) { c.Recording.On = true })), FocusNone, "", false, "r", `record-stop{"call":1,"on":false}`},
		{"park", switchboard(1, talk(1)), FocusNone, "", false, "p", `park{"call":1}`},
		{"move", switchboard(1, talk(1)), FocusText, "x", false, "Ctrl+Shift+m", `move{"call":1,"device":"mobile"}`},
		{"put back", switchboard(1, talk(1, camped(true))), FocusNone, "", false, "+", `putback{"call":1}`},
		{"nothing fetched", switchboard(0, talk(1, onHold, camped(false))), FocusNone, "", false, "+", ""},
		{"next", next, FocusEmpty, "", false, "Enter", `resume{"call":1,"on":false}`},
		{"next", next, FocusNone, "", false, "NumEnter", `resume{"call":1,"on":false}`},
		{"what is typed comes before the next", next, FocusText, "2101", false, "NumEnter", "dial typed"},
		{"fetch", two, FocusText, "x", false, "Ctrl+1", `resume{"call":1,"on":false}`},
		{"fetch one handed over", switchboard(0, talk(3, passed(phone.TransferRinging, true))), FocusNone, "", false, "Ctrl+3", `takeback{"call":3}`},
		{"allow", asked, FocusNone, "", false, "y", `transfer-allow{"call":1,"on":true}`},
		{"refuse", asked, FocusNone, "", false, "x", `transfer-refuse{"call":1,"on":false}`},
		{"retrieve", parked, FocusText, "x", false, "Ctrl+Shift+p", `retrieve{"slot":"701","account":"a"}`},
		{"retrieve another", switchboard(0), FocusNone, "", false, "Ctrl+Shift+p", "ask slot 0"},
		{"pick up", rings, FocusText, "x", false, "F8", `pickup{"target":"2101","account":"a"}`},
		{"pick up beside a queue", &waits, FocusText, "x", false, "F8", `pickup{"target":"2101","account":"a"}`},
		{"pick up from a queue", &waitsAlone, FocusText, "x", false, "F8", `pickup{"target":"9000","account":"a"}`},
		{"pick up somewhere", switchboard(0), FocusNone, "", false, "F8", "ask pickup 0"},
		{"pull", elsewhere, FocusText, "x", false, "Ctrl+Shift+h", `pull{"id":"x"}`},
	} {
		chord, err := ParseChord(c.chord)
		if err != nil {
			t.Fatal(err)
		}
		s := Situation{Contexts: Contexts(c.snap, List), Focus: c.focus, Text: c.text, Snapshot: c.snap}
		if c.ask {
			s.Contexts = append(s.Contexts, Transfer)
		}
		h := &host{}
		k.Dispatch(chord, s, h)
		if got := strings.Join(h.did, "; "); got != c.want {
			t.Errorf("%s: %s did %q, want %q", c.name, c.chord, got, c.want)
		}
	}
}

// TestWhatTheExchangeCannotIsSaid asks each command why it cannot be done at an exchange that can do nothing.
func TestWhatTheExchangeCannotIsSaid(t *testing.T) {
	k := keymap(t)
	s := switchboard(2, consulting(phone.StateConnected)...)
	s.Accounts[0].Features, s.Accounts[0].Mobile = nil, ""
	for id, why := range map[ID]string{
		Transferring: "disabled.no-transfer", Complete: "disabled.no-join", Park: "disabled.no-park", Move: "disabled.no-transfer",
		Retrieve: "disabled.no-retrieve", Pickup: "disabled.no-pickup", Pull: "disabled.no-elsewhere", PutBack: "disabled.no-camp",
	} {
		if ok, got := k.State(id, s); ok || got != why || !text.Has(got) {
			t.Errorf("%s: %v %q, want %q", id, ok, got, why)
		}
	}
}

func TestErrandsAreNobodysToTalkIn(t *testing.T) {
	calls := consulting(phone.StateRinging)
	calls[0].Transfer.State = phone.TransferRinging
	s := switchboard(0, calls...)
	if got := InFront(s); len(got) != 0 {
		t.Errorf("in front: %+v", got)
	}
	calls[0].Transfer.State = phone.TransferConsulting
	if got := InFront(s); len(got) != 2 {
		t.Errorf("in front: %+v", got)
	}
}
