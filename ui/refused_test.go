package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/widget"
)

// TestAttendantRefusedTransferTurnsTheRowRed has a direct transfer refused: the caller stays held, the field has what was
// tried, selected, and the row of who refused says why in red until something else is typed.
func TestAttendantRefusedTransferTurnsTheRowRed(t *testing.T) {
	a, p := talkingAttendant(t)
	moved := func(state phone.TransferState, why *phone.Reason) {
		p.show(a, with(switchboard(p.snap, 0, callOf(7, maria, heldFor(0), func(c *phone.Call) {
			c.Transfer = &phone.Transfer{State: state, Target: phone.Party{Number: "2114"}, Since: noon, Reason: why}
		})), attendantQueues))
	}
	moved(phone.TransferRinging, nil)
	why := phone.Reason{ID: phone.ReasonBusy, Code: 486}
	moved(phone.TransferFailed, &why)
	if q, id := a.face().Asking(); q != command.AskTransfer || id != 7 {
		t.Fatalf("the field asks %q for call %d", q, id)
	}
	if e := a.face().Entry(); a.face().Field() != "2114" || e.SelectedText() != "2114" || a.face().Wrong() != text.Reason(why) {
		t.Errorf("the field says %q, %q selected, under it %q", a.face().Field(), e.SelectedText(), a.face().Wrong())
	}
	red := func() (names []string) {
		for _, r := range find[*widget.PersonRow](a.main.Canvas()) {
			if s := r.Spec(); s.Fault {
				if s.State != text.Reason(why) || !strings.Contains(s.Label, s.State) {
					t.Errorf("the row says %q, to a screen reader %q", s.State, s.Label)
				}
				names = append(names, s.Name[0].Text)
			}
		}
		return names
	}
	if got := red(); len(got) != 1 || got[0] != "Johan Lindqvist" {
		t.Errorf("red are %q", got)
	}
	write(a, "jo")
	if got := red(); len(got) != 0 {
		t.Errorf("after something else was typed %q are red", got)
	}
	for _, c := range p.told {
		if _, hung := c.(phone.Hangup); hung {
			t.Error("the caller was hung up")
		}
	}
}

// TestAttendantTransferHead: over the field stands who waits, from where, and whom they sought; the way back has their name.
func TestAttendantTransferHead(t *testing.T) {
	a, p := talkingAttendant(t)
	a.host.Ask(command.AskTransfer, 7)
	calls := attendantCalls()[:1]
	heldFor(19 * time.Second)(&calls[0])
	p.show(a, with(switchboard(p.snap, 0, calls...), attendantQueues))
	var all []string
	for _, w := range find[*widget.Text](a.main.Canvas()) {
		all = append(all, w.Text())
	}
	words := strings.Join(all, "\n")
	for _, want := range []string{"Transfer Maria Ekdal · Ekdal Bygg · ", "Sought: Anna Berg"} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is not there", want)
		}
	}
	tap(t, a.main.Canvas(), "Back to Maria")
	if q, _ := a.face().Asking(); q != "" || p.last() != (phone.SetHold{Call: 7}) {
		t.Errorf("after going back the field asks %q, told %#v", q, p.last())
	}
}

// TestAttendantRowBreaksIn: the open row of somebody in a call offers to break in, where the exchange can.
func TestAttendantRowBreaksIn(t *testing.T) {
	for _, can := range []bool{true, false} {
		a, p := talkingAttendant(t)
		a.host.Ask(command.AskTransfer, 7)
		s := with(switchboard(p.snap, 0, callOf(7, maria, heldFor(0))), func(s *phone.Snapshot) {
			attendantQueues(s)
			if can {
				s.Accounts[0].Features = append(s.Accounts[0].Features, phone.FeatureIntrude)
			}
		})
		p.show(a, s)
		write(a, "johan")
		var button *widget.Button
		for _, b := range find[*widget.Button](a.main.Canvas()) {
			if b.Spec().Text == text.T("command.dial.intrude") && b.Visible() {
				button = b
			}
		}
		if button == nil {
			t.Fatal("there is no such button")
		}
		if (button.Spec().Disabled == "") != can {
			t.Errorf("can %v: the button says %q", can, button.Spec().Disabled)
		}
		p.told = nil
		button.Tapped(nil)
		if d, ok := p.last().(phone.Dial); ok != can || ok && (d.Target != "2114" || d.How != phone.FeatureIntrude) {
			t.Errorf("can %v: told %#v", can, p.told)
		}
	}
}

// TestOfflineIsToldNoLongerThanItIsSo: why nothing could be dialled goes when the exchange is back, what was typed stays.
func TestOfflineIsToldNoLongerThanItIsSo(t *testing.T) {
	for _, face := range []command.Face{command.FaceNormal, command.FaceAttendant} {
		a, p := open(t, registered())
		state := func(r phone.RegistrationState) {
			p.show(a, with(p.snap, func(s *phone.Snapshot) {
				s.Settings[phone.KeyView] = string(face)
				s.Accounts[0].State = r
			}))
		}
		state(phone.RegistrationFailed)
		write(a, "2101")
		press(a, fyne.KeyReturn)
		if a.face().Wrong() == "" {
			t.Fatalf("%s: nothing is said", face)
		}
		state(phone.RegistrationRegistered)
		if a.face().Wrong() != "" || a.face().Field() != "2101" {
			t.Errorf("%s: %q stands under %q", face, a.face().Wrong(), a.face().Field())
		}
	}
}
