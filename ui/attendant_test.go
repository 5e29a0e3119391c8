package ui

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/widget"
)

// talkingAttendant is the attendant's window with Maria on the line.
func talkingAttendant(t *testing.T) (*App, *fakePhone) {
	t.Helper()
	return openAttendant(t, 7, []phone.Call{callOf(7, maria)})
}

// pressMain presses a key in the main window also while the incoming card has a window: the test driver takes the newest
// window for the one with the keyboard.
func pressMain(a *App, key string) {
	w := &window{a: a, canvas: a.main.Canvas()}
	w.KeyPressed(command.Chord{Key: key}, a.focusNow())
}

// TestAttendantHandsOverFromTheField types somebody while a call is in front and presses the key of each way: no other
// key comes between.
func TestAttendantHandsOverFromTheField(t *testing.T) {
	for _, c := range []struct {
		typed, sign string
		key         fyne.KeyName
		want        phone.Command
	}{
		{typed: "kalle", sign: "*", want: phone.TransferTo{Call: 7, Target: "2124", Kind: phone.TransferDirect}},
		{typed: "kalle", sign: "-", want: phone.Consult{Call: 7, Target: "2124"}},
		{typed: "kalle", key: fyne.KeyReturn, want: phone.Consult{Call: 7, Target: "2124"}},
		{typed: "kalle", sign: "/", want: phone.TransferTo{Call: 7, Target: "2124", Kind: phone.TransferVoicemail}},
		{typed: "johan", sign: "+", want: phone.CampOn{Call: 7, Target: "2114"}},
		{typed: "johan", key: fyne.KeyReturn, want: phone.CampOn{Call: 7, Target: "2114"}},
		{typed: "anna", key: fyne.KeyReturn, want: phone.TransferTo{Call: 7, Target: "2101", Kind: phone.TransferVoicemail}},
		{typed: "2133", sign: "*", want: phone.TransferTo{Call: 7, Target: "2133", Kind: phone.TransferDirect}},
		{typed: "070-17406", sign: "-", want: phone.Consult{Call: 7, Target: "07017406"}},
	} {
		a, p := talkingAttendant(t)
		write(a, c.typed+c.sign)
		if c.key != "" {
			press(a, c.key)
		}
		if p.last() != c.want || len(p.told) != 1 {
			t.Errorf("%s%s%s: told %#v, want %#v", c.typed, c.sign, c.key, p.told, c.want)
		}
		if a.face().Field() != "" || a.main.Canvas().Focused() != fyne.Focusable(a.face().Entry()) {
			t.Errorf("%s%s%s: the field says %q and the caret is in %T", c.typed, c.sign, c.key, a.face().Field(), a.main.Canvas().Focused())
		}
	}
}

// TestAttendantSignsAreTextWhereThereIsNobody types signs with no call in front, and at the beginning of a number.
func TestAttendantSignsAreTextWhereThereIsNobody(t *testing.T) {
	a, p := openAttendant(t, 0, nil)
	write(a, "*21#-/")
	if a.face().Field() != "*21#-/" || len(p.told) != 0 {
		t.Errorf("without a call: %q, told %#v", a.face().Field(), p.told)
	}
	a, p = talkingAttendant(t)
	write(a, "+46")
	if a.face().Field() != "+46" || len(p.told) != 0 {
		t.Errorf("a number: %q, told %#v", a.face().Field(), p.told)
	}
}

// TestAttendantAnswersAndMeetsThePersonSought answers by the number pad while something is typed: the field is empty then
// and the person sought highlighted, so that one more key hands the call over.
func TestAttendantAnswersAndMeetsThePersonSought(t *testing.T) {
	ring := incoming(7)
	ring.Origin = &phone.Origin{Sought: &phone.Sought{Party: phone.Party{Name: "Anna Berg", Number: "2101"}}}
	a, p := openAttendant(t, 0, []phone.Call{ring})
	write(a, "lin")
	pressMain(a, command.KeyNumEnter)
	if want := (phone.Answer{}); p.last() != want {
		t.Fatalf("keypad Enter told %#v", p.last())
	}
	talking := callOf(7, maria, func(c *phone.Call) { c.Origin = ring.Origin })
	p.show(a, with(switchboard(p.snap, 7, talking), attendantQueues))
	if a.face().Field() != "" || a.main.Canvas().Focused() != fyne.Focusable(a.face().Entry()) {
		t.Errorf("after the answer the field says %q, the caret is in %T", a.face().Field(), a.main.Canvas().Focused())
	}
	pressMain(a, "/")
	if want := (phone.TransferTo{Call: 7, Target: "2101", Kind: phone.TransferVoicemail}); p.last() != want {
		t.Errorf("told %#v, want %#v", p.last(), want)
	}
}

// TestAttendantConsultation presses - twice: once to call, once to connect. Escape goes back and hangs nobody up.
func TestAttendantConsultation(t *testing.T) {
	a, p := openAttendant(t, 8, consultation(phone.StateConnected))
	write(a, "-")
	if want := (phone.Complete{Call: 7}); p.last() != want {
		t.Errorf("- told %#v", p.last())
	}
	p.told = nil
	press(a, fyne.KeyEscape)
	if want := (phone.TakeBack{Call: 7}); p.last() != want {
		t.Errorf("Escape told %#v", p.told)
	}
}

// TestAttendantKeysAreForTheCallInFront presses the keys of a call while another one rings.
func TestAttendantKeysAreForTheCallInFront(t *testing.T) {
	for key, want := range map[string]phone.Command{
		"F12": phone.Hangup{}, "F7": phone.SetHold{Call: 7, On: true}, "F5": phone.Answer{}, "F2": phone.SetHold{Call: 7, On: true},
	} {
		ring := incoming(9)
		a, p := openAttendant(t, 7, []phone.Call{callOf(7, maria), ring})
		pressMain(a, key)
		if p.last() != want {
			t.Errorf("%s told %#v, want %#v", key, p.told, want)
		}
	}
}

// TestAttendantHoldTwice presses the key of hold again: who was put on hold last is back, not who waits longest.
func TestAttendantHoldTwice(t *testing.T) {
	held := func(id phone.CallID, ago time.Duration) phone.Call {
		return callOf(id, maria, func(c *phone.Call) { c.Hold, c.HeldSince = phone.HoldLocal, noon.Add(-ago) })
	}
	a, p := openAttendant(t, 0, []phone.Call{held(7, time.Minute), held(8, time.Second), held(9, time.Hour)})
	pressMain(a, "F7")
	if want := (phone.SetHold{Call: 8}); p.last() != want {
		t.Errorf("F7 told %#v, want %#v", p.told, want)
	}
}

// TestAttendantTones opens the keypad and types: what is typed goes to the call, though the caret is in the field.
func TestAttendantTones(t *testing.T) {
	a, p := openAttendant(t, 7, []phone.Call{callOf(7, maria)})
	a.host.ToggleKeypad()
	for _, digit := range []string{"5", "*", "#"} {
		write(a, digit)
		if want := (phone.SendDTMF{Call: 7, Digits: digit}); p.last() != want || a.face().Field() != "" {
			t.Errorf("%s told %#v, and the field says %q", digit, p.told, a.face().Field())
		}
	}
	press(a, fyne.KeyEscape)
	p.told = nil
	write(a, "5")
	if len(p.told) != 0 || a.face().Field() != "5" {
		t.Errorf("without the keypad 5 told %#v, and the field says %q", p.told, a.face().Field())
	}
}

// TestAttendantAlternatives hands over to somebody else while the one looked for is busy.
func TestAttendantAlternatives(t *testing.T) {
	a, p := talkingAttendant(t)
	press(a, fyne.KeyF2)
	p.show(a, with(switchboard(p.snap, 0, callOf(7, maria, heldFor(0))), attendantQueues))
	write(a, "johan")
	p.told = nil
	a.host.HandOver(command.HandAlternative(1))
	if c, ok := p.last().(phone.Consult); !ok || c.Call != 7 || c.Target == "2114" || c.Target == "" {
		t.Errorf("told %#v", p.told)
	}
}

// TestAttendantEscapeGoesOneStepBack empties the field, then takes the highlight away; the call stays.
func TestAttendantEscapeGoesOneStepBack(t *testing.T) {
	a, p := talkingAttendant(t)
	write(a, "lin")
	press(a, fyne.KeyEscape)
	if a.face().Field() != "" || !a.face().Idle() {
		t.Errorf("the field says %q", a.face().Field())
	}
	press(a, fyne.KeyDown)
	if a.face().Idle() {
		t.Error("the arrow highlights nobody")
	}
	press(a, fyne.KeyEscape)
	press(a, fyne.KeyEscape)
	if !a.face().Idle() || len(p.told) != 0 {
		t.Errorf("told %#v", p.told)
	}
}

// TestAttendantEndsInTheEmptyField ends the call while something is typed.
func TestAttendantEndsInTheEmptyField(t *testing.T) {
	a, p := talkingAttendant(t)
	write(a, "lin")
	p.show(a, with(switchboard(p.snap, 0), attendantQueues))
	if a.face().Field() != "" || a.main.Canvas().Focused() != fyne.Focusable(a.face().Entry()) {
		t.Errorf("the field says %q, the caret is in %T", a.face().Field(), a.main.Canvas().Focused())
	}
}

// TestAttendantRefusalKeepsTheField is refused by the exchange: what was typed stays, with the reason under it.
func TestAttendantRefusalKeepsTheField(t *testing.T) {
	a, p := talkingAttendant(t)
	p.deny = phone.Refuse(phone.ReasonNotSupported, "")
	write(a, "kalle*")
	if a.face().Field() != "kalle" || a.face().Wrong() != text.Refusal(p.deny) || a.asking() {
		t.Errorf("the field says %q, under it %q, asking %v", a.face().Field(), a.face().Wrong(), a.asking())
	}
}

// TestAttendantBoardButtons hands over by the button of the line under the people.
func TestAttendantBoardButtons(t *testing.T) {
	a, p := talkingAttendant(t)
	write(a, "kalle")
	tap(t, a.main.Canvas(), "Direct")
	if want := (phone.TransferTo{Call: 7, Target: "2124", Kind: phone.TransferDirect}); !reflect.DeepEqual(p.told, []phone.Command{want}) {
		t.Errorf("told %#v", p.told)
	}
	if a.face().Field() != "" || a.root.ToastText() == "" {
		t.Errorf("the field says %q, the toast %q", a.face().Field(), a.root.ToastText())
	}
}

// TestAttendantRingingOutOfSight shows the bar that tells of it in a low window, and not in a high one.
func TestAttendantRingingOutOfSight(t *testing.T) {
	for height, want := range map[float32]bool{640: true, 1000: false} {
		a, _ := openAttendant(t, 7, attendantCalls())
		a.main.Resize(fyne.NewSize(1440, height))
		found := false
		for _, b := range find[*widget.Button](a.main.Canvas()) {
			found = found || b.Visible() && b.Spec().Text == text.T("strip.below", "n", 1) || b.Visible() && b.Spec().Text == text.T("strip.below", "n", 2)
		}
		if found != want {
			t.Errorf("%v high: the bar is there: %v", height, found)
		}
	}
}

// TestAttendantCallThatCameBack presses the keys of the card of a call that Lena has not taken, with nobody typed: they are
// for her, and for who can take it in her place. What is typed comes first.
func TestAttendantCallThatCameBack(t *testing.T) {
	for _, c := range []struct {
		do   func(*App)
		want phone.Command
	}{
		{func(a *App) { write(a, "*") }, phone.TransferTo{Call: 5, Target: "2133", Kind: phone.TransferDirect}},
		{func(a *App) { write(a, "-") }, phone.Consult{Call: 5, Target: "2133"}},
		{func(a *App) { write(a, "+") }, phone.CampOn{Call: 5, Target: "2133"}},
		{func(a *App) { write(a, "/") }, phone.TransferTo{Call: 5, Target: "2133", Kind: phone.TransferVoicemail}},
		{func(a *App) { a.host.HandOver(command.HandAlternative(1)) }, phone.Consult{Call: 5, Target: "2124"}},
		{func(a *App) { press(a, fyne.KeyReturn) }, phone.SetHold{Call: 4}}, // the one held longest
		{func(a *App) { write(a, "kalle*") }, phone.TransferTo{Call: 5, Target: "2124", Kind: phone.TransferDirect}},
		{func(a *App) { tap(t, a.main.Canvas(), "Voicemail") }, phone.TransferTo{Call: 5, Target: "2133", Kind: phone.TransferVoicemail}},
		{func(a *App) { tap(t, a.main.Canvas(), "Try again") }, phone.TransferTo{Call: 5, Target: "2133", Kind: phone.TransferDirect}},
	} {
		a, p := openAttendant(t, 0, backAtTheDesk(), func(s *phone.Snapshot) { s.Next = 4 })
		p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Next = 4 }))
		p.told = nil
		c.do(a)
		if p.last() != c.want || len(p.told) != 1 {
			t.Errorf("told %#v, want %#v", p.told, c.want)
		}
		if a.face().Field() != "" || a.main.Canvas().Focused() != fyne.Focusable(a.face().Entry()) {
			t.Errorf("after %#v the field says %q and the caret is in %T", c.want, a.face().Field(), a.main.Canvas().Focused())
		}
	}
}

// TestAttendantKeysOfACallThatCameBackAreForTheOneInFront picks another call up: the signs are text again.
func TestAttendantKeysOfACallThatCameBackAreForTheOneInFront(t *testing.T) {
	a, p := openAttendant(t, 7, append(backAtTheDesk(), callOf(7, maria)))
	write(a, "*21#")
	if a.face().Field() != "*21#" || len(p.told) != 0 {
		t.Errorf("the field says %q, told %#v", a.face().Field(), p.told)
	}
	calls := backAtTheDesk()
	calls[0].Hold = phone.HoldNone
	a, p = openAttendant(t, 5, calls)
	write(a, "/")
	if want := (phone.TransferTo{Call: 5, Target: "2133", Kind: phone.TransferVoicemail}); p.last() != want {
		t.Errorf("picked up: told %#v", p.told)
	}
}

// TestAttendantOffersOthersForOneWhoIsAway types somebody who is at lunch while a call is in front: who stands in for them
// is one key away.
func TestAttendantOffersOthersForOneWhoIsAway(t *testing.T) {
	a, p := talkingAttendant(t)
	write(a, "anna")
	found := false
	for _, w := range find[*widget.Text](a.main.Canvas()) {
		found = found || w.Visible() && strings.Contains(w.Text(), "Lunch until 13:00. Who can take it instead?")
	}
	if !found {
		t.Error("nothing says that she is at lunch, until when, and asks who else")
	}
	a.host.HandOver(command.HandAlternative(1))
	if want := (phone.Consult{Call: 7, Target: "2124"}); p.last() != want {
		t.Errorf("told %#v", p.told)
	}
}

// TestAttendantWritesInstead opens the message to who did not take the call.
func TestAttendantWritesInstead(t *testing.T) {
	a, p := openAttendant(t, 0, backAtTheDesk())
	a.host.HandOver(command.HandMessage)
	if a.main.Canvas().Overlays().Top() == nil || len(p.told) != 0 {
		t.Errorf("no choice of text message and letter; told %#v", p.told)
	}
}

// TestAttendantCaretComesBack types a name after the mouse has taken the caret away: its letters are no commands.
func TestAttendantCaretComesBack(t *testing.T) {
	a, p := talkingAttendant(t)
	a.main.Canvas().Unfocus()
	w := &window{a: a, canvas: a.main.Canvas()}
	w.KeyPressed(command.Chord{Key: "h"}, command.FocusNone)
	write(a, "al")
	if a.face().Field() != "hal" || len(p.told) != 0 || a.main.Canvas().Focused() != fyne.Focusable(a.face().Entry()) {
		t.Errorf("the field says %q, told %#v, the caret is in %T", a.face().Field(), p.told, a.main.Canvas().Focused())
	}
}

// TestAttendantQuestionThatIsOverLeavesTheStrip hands Karin over without a question; when she comes back she waits among the
// others, with the keys on her card.
func TestAttendantQuestionThatIsOverLeavesTheStrip(t *testing.T) {
	a, p := openAttendant(t, 5, []phone.Call{callOf(5, karin)})
	write(a, "lena*")
	p.show(a, with(switchboard(p.snap, 0, backAtTheDesk()[0]), attendantQueues))
	seen := map[string]bool{}
	for _, w := range find[*widget.Text](a.main.Canvas()) {
		seen[w.Text()] = true
	}
	if seen[text.T("card.being_transferred")] || !seen[text.T("strip.ready")] {
		t.Error("the call is still shown as being transferred")
	}
}
