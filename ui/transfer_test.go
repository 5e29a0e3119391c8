package ui

import (
	"context"
	"reflect"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/widget"
)

// transferring is a window in which the field asks whom Maria is to go to; she is on hold.
func transferring(t *testing.T) (*App, *fakePhone) {
	t.Helper()
	a, p := open(t, registered())
	p.show(a, switchboard(p.snap, 7, callOf(7, maria)))
	write(a, "t")
	if want := (phone.SetHold{Call: 7, On: true}); p.last() != want {
		t.Fatalf("opening the field: told %#v, want %#v", p.last(), want)
	}
	p.show(a, switchboard(p.snap, 0, callOf(7, maria, heldFor(0))))
	if q, id := a.face().Asking(); q != command.AskTransfer || id != 7 || a.face().Focus(a.main.Canvas()) != command.FocusEmpty {
		t.Fatalf("the field asks %q for %d", q, id)
	}
	p.told = nil
	return a, p
}

// TestTransferByKeys types somebody and presses the key of each way.
func TestTransferByKeys(t *testing.T) {
	for _, c := range []struct {
		typed, sign string
		key         fyne.KeyName
		want        phone.Command
	}{
		{typed: "anna", sign: "*", want: phone.TransferTo{Call: 7, Target: "2101", Kind: phone.TransferDirect}},
		{typed: "anna", sign: "-", want: phone.Consult{Call: 7, Target: "2101"}},
		{typed: "anna", key: fyne.KeyReturn, want: phone.Consult{Call: 7, Target: "2101"}},
		{typed: "anna", sign: "+", want: phone.CampOn{Call: 7, Target: "2101"}},
		{typed: "anna", sign: "/", want: phone.TransferTo{Call: 7, Target: "2101", Kind: phone.TransferVoicemail}},
		{typed: "2133", sign: "*", want: phone.TransferTo{Call: 7, Target: "2133", Kind: phone.TransferDirect}},
		{typed: "070-17406", sign: "-", want: phone.Consult{Call: 7, Target: "07017406"}},
		{typed: "+4670", key: fyne.KeyReturn, want: phone.Consult{Call: 7, Target: "+4670"}},
		{typed: "*21#", key: fyne.KeyReturn, want: phone.Consult{Call: 7, Target: "*21#"}},
	} {
		a, p := transferring(t)
		write(a, c.typed+c.sign)
		if c.key != "" {
			press(a, c.key)
		}
		if p.last() != c.want {
			t.Errorf("%s%s%s: told %#v, want %#v", c.typed, c.sign, c.key, p.last(), c.want)
		}
		if q, _ := a.face().Asking(); q != "" || a.face().Field() != "" {
			t.Errorf("%s%s: the field asks on: %q %q", c.typed, c.sign, q, a.face().Field())
		}
	}
}

func TestStandardKindIsTheSettings(t *testing.T) {
	for kind, want := range map[string]phone.Command{
		"direct": phone.TransferTo{Call: 7, Target: "2101", Kind: phone.TransferDirect}, "announced": phone.Consult{Call: 7, Target: "2101"}, "none": nil,
	} {
		a, p := transferring(t)
		p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Settings[phone.KeyTransferKind] = kind }))
		write(a, "anna")
		press(a, fyne.KeyReturn)
		if !reflect.DeepEqual(p.last(), want) {
			t.Errorf("%s: told %#v", kind, p.last())
		}
		if kind == "none" && a.face().Wrong() != text.T("transfer.choose") {
			t.Errorf("nothing says that a way is to be chosen: %q", a.face().Wrong())
		}
	}
}

func TestTransferByButtons(t *testing.T) {
	for words, want := range map[string]phone.Command{
		"Direct": phone.TransferTo{Call: 7, Target: "2101", Kind: phone.TransferDirect}, "Announced": phone.Consult{Call: 7, Target: "2101"},
		"Camp on": phone.CampOn{Call: 7, Target: "2101"}, "Voicemail": phone.TransferTo{Call: 7, Target: "2101", Kind: phone.TransferVoicemail},
		"Back to Maria": phone.SetHold{Call: 7},
	} {
		a, p := transferring(t)
		write(a, "anna")
		tap(t, a.main.Canvas(), words)
		if p.last() != want {
			t.Errorf("%s: told %#v", words, p.last())
		}
	}
}

func TestParkSlot(t *testing.T) {
	for typed, want := range map[string]phone.Command{"": phone.Park{Call: 7}, "703": phone.Park{Call: 7, Slot: "703"}, "anna": nil} {
		a, p := transferring(t)
		write(a, typed)
		tap(t, a.main.Canvas(), "Park slot")
		if !reflect.DeepEqual(p.last(), want) {
			t.Errorf("%q: told %#v", typed, p.last())
		}
	}
}

func TestEscapeGoesBackToTheCaller(t *testing.T) {
	a, p := transferring(t)
	write(a, "ann")
	press(a, fyne.KeyEscape)
	if want := (phone.SetHold{Call: 7}); p.last() != want || len(p.told) != 1 {
		t.Errorf("told %#v", p.told)
	}
	if q, _ := a.face().Asking(); q != "" || a.face().Focus(a.main.Canvas()) != command.FocusNone {
		t.Errorf("the field asks %q", q)
	}
}

func TestARefusedTransferKeepsTheNameSelected(t *testing.T) {
	a, p := transferring(t)
	p.deny = phone.Refuse(phone.ReasonOwnNumber, "")
	write(a, "2100*")
	if a.face().Wrong() != text.Reason(phone.Reason{ID: phone.ReasonOwnNumber}) || a.face().Entry().SelectedText() != "2100" {
		t.Errorf("says %q, selected %q", a.face().Wrong(), a.face().Entry().SelectedText())
	}
	if q, _ := a.face().Asking(); q != command.AskTransfer {
		t.Error("the transfer was left")
	}
}

func TestAFailedTransferComesBackToTheField(t *testing.T) {
	a, p := transferring(t)
	write(a, "2114-")
	p.show(a, switchboard(p.snap, 8, consultation(phone.StateRinging)...))
	calls := consultation(phone.StateEnded)
	calls[0].Transfer.State, calls[0].Transfer.Reason = phone.TransferFailed, &phone.Reason{ID: phone.ReasonBusy}
	p.show(a, switchboard(p.snap, 0, calls...))
	if q, id := a.face().Asking(); q != command.AskTransfer || id != 7 {
		t.Fatalf("the field asks %q for %d", q, id)
	}
	if a.face().Entry().SelectedText() != "2114" || a.face().Wrong() != text.Reason(phone.Reason{ID: phone.ReasonBusy}) {
		t.Errorf("selected %q, says %q", a.face().Entry().SelectedText(), a.face().Wrong())
	}
	p.told = nil
	press(a, fyne.KeyEscape)
	if want := (phone.SetHold{Call: 7}); p.last() != want {
		t.Errorf("Escape: told %#v", p.last())
	}
}

// TestTheFieldIsEmptyWhenTheCallerHasGone: whom their call did not go to is of no use any more, what else was typed is.
func TestTheFieldIsEmptyWhenTheCallerHasGone(t *testing.T) {
	for typed, want := range map[string]string{"": "", "anna": "anna"} {
		a, p := transferring(t)
		write(a, "2114-")
		p.show(a, switchboard(p.snap, 8, consultation(phone.StateRinging)...))
		calls := consultation(phone.StateEnded)
		calls[0].Transfer.State, calls[0].Transfer.Reason = phone.TransferFailed, &phone.Reason{ID: phone.ReasonBusy}
		p.show(a, switchboard(p.snap, 0, calls...))
		if typed != "" {
			write(a, typed)
		}
		calls = consultation(phone.StateEnded)
		calls[0].State, calls[0].End = phone.StateEnded, &phone.Reason{ID: phone.ReasonRemoteHangup}
		p.show(a, switchboard(p.snap, 0, calls...))
		if q, _ := a.face().Asking(); q != "" || a.face().Field() != want || a.face().Wrong() != "" {
			t.Errorf("asks %q, the field is %q, under it %q", q, a.face().Field(), a.face().Wrong())
		}
	}
}

func TestConsultationKeys(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*App)
		want phone.Command
	}{
		{"-", func(a *App) { write(a, "-") }, phone.Complete{Call: 7}},
		{"Escape", func(a *App) { press(a, fyne.KeyEscape) }, phone.TakeBack{Call: 7}},
		{"w", func(a *App) { write(a, "w") }, phone.Swap{}},
		{"Connect", func(a *App) { tap(t, a.main.Canvas(), "Connect") }, phone.Complete{Call: 7}},
		{"Back to Maria", func(a *App) { tap(t, a.main.Canvas(), "Back to Maria") }, phone.TakeBack{Call: 7}},
	} {
		a, p := open(t, registered())
		p.show(a, switchboard(p.snap, 8, consultation(phone.StateConnected)...))
		c.do(a)
		if p.last() != c.want {
			t.Errorf("%s: told %#v, want %#v", c.name, p.last(), c.want)
		}
	}
}

func TestEscapeRegretsATransferForFiveSeconds(t *testing.T) {
	for after, regrets := range map[time.Duration]bool{4 * time.Second: true, 6 * time.Second: false} {
		a, p := open(t, registered())
		p.show(a, switchboard(p.snap, 0, callOf(5, karin, heldFor(0), handed(phone.Transfer{
			Kind: phone.TransferDirect, State: phone.TransferRinging, Target: lena, Undo: true, RecallAt: noon.Add(31 * time.Second),
		}))))
		a.now = func() time.Time { return noon.Add(after - 14*time.Second) }
		p.told = nil
		press(a, fyne.KeyEscape)
		if _, back := p.last().(phone.TakeBack); back != regrets {
			t.Errorf("after %v: told %#v", after, p.last())
		}
	}
}

// TestEscapeGoesBackToTheCallerWhomNobodyTook ends the consultation in each way but by the user's taking back: Escape goes on
// with the caller, once what the field shows is put away. Somebody who was put on hold stays there.
func TestEscapeGoesBackToTheCallerWhomNobodyTook(t *testing.T) {
	failed := handed(phone.Transfer{Kind: phone.TransferAnnounced, State: phone.TransferFailed, Target: lena, Reason: &phone.Reason{ID: phone.ReasonRemoteDeclined, Code: 603}})
	for name, c := range map[string]struct {
		first, then []phone.Call
		back        bool
	}{
		"they said no":     {consultation(phone.StateRinging), []phone.Call{callOf(7, maria, heldFor(0), failed)}, true},
		"they hung up":     {consultation(phone.StateConnected), []phone.Call{callOf(7, maria, heldFor(0))}, true},
		"the caller left":  {consultation(phone.StateConnected), nil, false},
		"only put on hold": {[]phone.Call{callOf(7, maria)}, []phone.Call{callOf(7, maria, heldFor(0))}, false},
	} {
		for _, face := range []command.Face{command.FaceNormal, command.FaceAttendant} {
			a, p := open(t, with(registered(), func(s *phone.Snapshot) { s.Settings[phone.KeyView] = string(face) }))
			p.show(a, switchboard(p.snap, c.first[len(c.first)-1].ID, c.first...))
			p.show(a, switchboard(p.snap, 0, c.then...))
			p.told = nil
			for range 3 {
				press(a, fyne.KeyEscape)
				if len(p.told) > 0 {
					break
				}
			}
			if back := p.last() == phone.Command(phone.SetHold{Call: 7}); back != c.back || !c.back && len(p.told) > 0 {
				t.Errorf("%s in the %s view: told %#v", name, face, p.told)
			}
		}
	}
}

func TestTheFieldIsReadyAfterADirectTransfer(t *testing.T) {
	a, p := transferring(t)
	write(a, "2133*")
	p.show(a, switchboard(p.snap, 0, callOf(7, maria, heldFor(0), handed(phone.Transfer{Kind: phone.TransferDirect, State: phone.TransferRinging, Target: lena, Undo: true}))))
	if a.face().Focus(a.main.Canvas()) != command.FocusEmpty {
		t.Error("the field has not the keyboard")
	}
	if a.root.ToastText() == "" {
		t.Error("no toast offers to take it back")
	}
	p.show(a, switchboard(p.snap, 7, callOf(7, maria)))
	if a.face().Focus(a.main.Canvas()) != command.FocusNone || a.root.ToastText() != "" {
		t.Errorf("taken back: the field keeps the keyboard, or the toast %q stays", a.root.ToastText())
	}
}

// TestTheOfferGoesWithTheTransfer hands Maria over and lets it end in each way: nothing is left to take back then.
func TestTheOfferGoesWithTheTransfer(t *testing.T) {
	passed := func(s phone.TransferState, undo bool, change ...func(*phone.Call)) phone.Call {
		change = append([]func(*phone.Call){heldFor(0), handed(phone.Transfer{Kind: phone.TransferDirect, State: s, Target: lena, Undo: undo})}, change...)
		return callOf(7, maria, change...)
	}
	// Another one that can be taken back does not keep the toast.
	other := callOf(9, karin, heldFor(0), handed(phone.Transfer{Kind: phone.TransferDirect, State: phone.TransferRinging, Target: lena, Undo: true}))
	for name, c := range map[string]struct {
		then  []phone.Call
		stays bool
	}{
		"rings on":          {[]phone.Call{passed(phone.TransferRinging, true), other}, true},
		"failed":            {[]phone.Call{passed(phone.TransferFailed, false), other}, false},
		"failed, undo left": {[]phone.Call{passed(phone.TransferFailed, true), other}, false},
		"taken back":        {[]phone.Call{callOf(7, maria), other}, false},
		"returning":         {[]phone.Call{passed(phone.TransferReturning, false), other}, false},
		"answered":          {[]phone.Call{passed(phone.TransferDone, false, func(c *phone.Call) { c.State = phone.StateEnded }), other}, false},
		"gone":              {[]phone.Call{other}, false},
		"too late to undo":  {[]phone.Call{passed(phone.TransferUnknown, false), other}, false},
	} {
		a, p := transferring(t)
		write(a, "2133*")
		p.show(a, switchboard(p.snap, 0, passed(phone.TransferTrying, true), other))
		if a.root.ToastText() == "" {
			t.Fatalf("%s: no toast", name)
		}
		p.show(a, switchboard(p.snap, 0, c.then...))
		if stays := a.root.ToastText() != ""; stays != c.stays {
			t.Errorf("%s: the toast stays: %v", name, stays)
		}
	}
	a, p := transferring(t)
	write(a, "2133*")
	a.say("something newer")
	p.show(a, switchboard(p.snap, 7, passed(phone.TransferFailed, false)))
	if a.root.ToastText() != "something newer" {
		t.Errorf("another toast went: %q", a.root.ToastText())
	}
}

func TestEnterGoesOnWithTheNextCall(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, with(switchboard(p.snap, 0, callOf(6, nils, heldFor(time.Minute)), callOf(7, maria, heldFor(0))), func(s *phone.Snapshot) { s.Next = 6 }))
	press(a, fyne.KeyReturn)
	if want := (phone.SetHold{Call: 6}); p.last() != want {
		t.Errorf("told %#v, want %#v", p.last(), want)
	}
}

func TestACallKeepsItsNumber(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, switchboard(p.snap, 0, callOf(6, nils, heldFor(0)), callOf(7, maria, heldFor(0))))
	p.show(a, switchboard(p.snap, 0, callOf(7, maria, heldFor(0))))
	p.show(a, switchboard(p.snap, 0, callOf(7, maria, heldFor(0)), callOf(8, oskar, heldFor(0))))
	seven, eight := command.Card{Call: 7}, command.Card{Call: 8}
	if a.numbers.of(seven) != 2 || a.numbers.of(eight) != 1 || a.numbers.card(2) != seven {
		t.Errorf("numbers %v", a.numbers)
	}
}

// TestAParkedCallIsFetchedByItsNumber: with nothing else going on, and with a slot that is not known beside it.
func TestAParkedCallIsFetchedByItsNumber(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Parked = []phone.Parked{{Account: "elin", Remote: nils}, {Account: "elin", Slot: "701", Remote: maria}, {Account: "elin", Slot: "702", Remote: oskar}}
	}))
	chord(t, a, fyne.KeyModifierControl, fyne.Key2)
	if want := (phone.Retrieve{Account: "elin", Slot: "702"}); p.last() != want {
		t.Errorf("told %#v, want %#v", p.last(), want)
	}
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Parked = s.Parked[2:] }))
	if got := a.numbers.of(command.Card{Account: "elin", Slot: "702"}); got != 2 {
		t.Errorf("its number has become %d", got)
	}
}

func TestCardsOfOtherPlaces(t *testing.T) {
	for words, want := range map[string]phone.Command{"Move here": phone.Pull{ID: "x"}, "Retrieve": phone.Retrieve{Slot: "701", Account: "elin"}} {
		a, p := open(t, registered())
		callScenes["strip-elsewhere"](a, p, "en")
		tap(t, a.main.Canvas(), words)
		if p.last() != want {
			t.Errorf("%s: told %#v", words, p.last())
		}
	}
}

func TestAskedByTheOtherSide(t *testing.T) {
	for words, want := range map[string]phone.Command{"Allow": phone.AllowTransfer{Call: 7, On: true}, "Refuse": phone.AllowTransfer{Call: 7}} {
		a, p := open(t, registered())
		callScenes["asked"](a, p, "en")
		tap(t, a.main.Canvas(), words)
		if p.last() != want {
			t.Errorf("%s: told %#v", words, p.last())
		}
	}
}

func TestAddPickUpAndRetrieveAsk(t *testing.T) {
	for q, want := range map[command.Question]phone.Command{
		command.AskAdd: phone.Dial{Target: "2133", Join: true}, command.AskPickup: phone.Pickup{Target: "2133"}, command.AskSlot: phone.Retrieve{Slot: "2133"},
	} {
		a, p := open(t, registered())
		p.show(a, switchboard(p.snap, 7, callOf(7, maria)))
		a.host.Ask(q, 0)
		write(a, "2133")
		press(a, fyne.KeyReturn)
		if p.last() != want {
			t.Errorf("%s: told %#v", q, p.last())
		}
	}
}

func TestWhatTheExchangeCannotIsLocked(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, with(talking(), func(s *phone.Snapshot) { s.Seq = 10 }))
	locked := map[string]string{}
	for _, b := range find[*widget.Button](a.main.Canvas()) {
		locked[b.Spec().Text] = b.Spec().Disabled
	}
	if locked["Transfer"] == "" || locked["Move"] == "" || locked["Mute"] != "" || locked["Record"] != "" {
		t.Errorf("%v", locked)
	}
}

// fakeInbox answers from a list.
type fakeInbox []phone.Recording

func (f fakeInbox) Recordings(context.Context, phone.RecordingQuery) ([]phone.Recording, error) {
	return f, nil
}

func TestRecordingsHaveATab(t *testing.T) {
	a, p := open(t, registered())
	a.opts.Inbox = fakeInbox{{ID: 1, Remote: maria, Begun: noon, Duration: time.Minute, Format: phone.FormatWAV}}
	a.build()
	a.host.FocusSearch()
	a.host.Show(command.ViewRecordings)
	press(a, fyne.KeyDown)
	press(a, fyne.KeyReturn)
	press(a, fyne.KeyReturn)
	if p.last() != (phone.PlayRecording{ID: 1}) || a.face().Field() != "" {
		t.Errorf("Enter on a recording: told %#v, the field says %q", p.last(), a.face().Field())
	}
	if rows := find[*widget.Row](a.main.Canvas()); len(rows) != 1 || rows[0].Spec().Name != "Maria Ekdal" {
		t.Errorf("%d rows", len(rows))
	}
}
