package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
)

// ahead has the phone be where the window is not yet: the snapshot is there, the frame that shows it has not come.
func (p *fakePhone) ahead(s *phone.Snapshot) { p.snap = s }

// TestLettersAfterTheAnswerKeyStay types right after the answer key, before the window has drawn that the call is
// answered: what was typed before goes, what is typed after it stays, also when the snapshot is drawn at last.
func TestLettersAfterTheAnswerKeyStay(t *testing.T) {
	a, p := openAttendant(t, 0, []phone.Call{incoming(7)})
	write(a, "lin")
	answered := with(switchboard(p.snap, 7, callOf(7, maria)), attendantQueues)
	p.does = func(c phone.Command) {
		if _, ok := c.(phone.Answer); ok {
			p.ahead(answered)
		}
	}
	pressMain(a, command.KeyNumEnter)
	write(a, "kal")
	if a.face().Field() != "kal" {
		t.Fatalf("before the frame the field says %q", a.face().Field())
	}
	a.render(answered)
	if a.face().Field() != "kal" {
		t.Errorf("after the frame the field says %q", a.face().Field())
	}
	write(a, "le")
	pressMain(a, "*")
	if want := (phone.TransferTo{Call: 7, Target: "2124", Kind: phone.TransferDirect}); p.last() != want {
		t.Errorf("told %#v, want %#v", p.last(), want)
	}
}

// TestLettersAfterHangingUpStay types right after F12: they are for the next call.
func TestLettersAfterHangingUpStay(t *testing.T) {
	a, p := talkingAttendant(t)
	write(a, "lin")
	ended := with(switchboard(p.snap, 0), attendantQueues)
	p.does = func(c phone.Command) {
		if _, ok := c.(phone.Hangup); ok {
			p.ahead(ended)
		}
	}
	pressMain(a, "F12")
	write(a, "an")
	a.render(ended)
	if a.face().Field() != "an" {
		t.Errorf("the field says %q", a.face().Field())
	}
}

// TestEscapeRegretsWhatIsNotDrawnYet presses Escape right after -: the consultation, which no frame has shown yet, is
// given up, and nothing else.
func TestEscapeRegretsWhatIsNotDrawnYet(t *testing.T) {
	a, p := talkingAttendant(t)
	consulting := with(switchboard(p.snap, 8, consultation(phone.StateRinging)...), attendantQueues)
	p.does = func(c phone.Command) {
		if _, ok := c.(phone.Consult); ok {
			p.ahead(consulting)
		}
	}
	write(a, "kalle-")
	if want := (phone.Consult{Call: 7, Target: "2124"}); p.last() != want {
		t.Fatalf("- told %#v", p.told)
	}
	p.told = nil
	press(a, fyne.KeyEscape)
	if want := (phone.TakeBack{Call: 7}); len(p.told) != 1 || p.told[0] != want {
		t.Errorf("Escape told %#v, want %#v", p.told, want)
	}
}
