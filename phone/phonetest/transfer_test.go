package phonetest_test

import (
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// In the tests below the first phone calls, the second is the switchboard's, the third is whom calls are handed to.

// handed asserts that the switchboard is out and that the other two talk with each other. The first call is the
// caller's; a consultation that rang on by itself has no card any more.
func (o *office) handed(t *testing.T, step string, calls ...string) {
	t.Helper()
	caller, operator, target := o.all[0], o.all[1], o.all[2]
	for i, call := range calls {
		operator.Wait(call, phone.StateEnded)
		switch c := find(operator, call); {
		case c == nil && i == 0:
			t.Errorf("%s: the caller's card is gone at once", step)
		case c != nil && (c.End == nil || c.End.ID != phone.ReasonTransferred):
			t.Errorf("%s: the operator's call %s to %s ended with %+v", step, call, c.Remote.Number, c.End)
		}
	}
	sounds(t, step, hear{caller: {target}, operator: {}, target: {caller}})
	o.lines(t, step, map[*desk]int{caller: 1, target: 1})
}

// waitsOnHold asserts that the caller is still the operator's, held, after a transfer that failed, and can be resumed.
func (o *office) waitsOnHold(t *testing.T, step, call string, want ...phone.ReasonID) {
	t.Helper()
	caller, operator := o.all[0], o.all[1]
	c := operator.TransferIs(call, phone.TransferFailed)
	if c.Transfer.Reason == nil || !contains(want, c.Transfer.Reason.ID) {
		t.Errorf("%s: failed with %+v, want %v", step, c.Transfer.Reason, want)
	}
	operator.Held(call, true)
	sounds(t, step+": failed", hear{caller: {phonetest.HoldHz}, operator: {}})
	o.lines(t, step+": failed", map[*desk]int{caller: 1, operator: 1})
	operator.Resume(call)
	operator.Held(call, false)
	sounds(t, step+": resumed", hear{caller: {operator}, operator: {caller}})
}

func contains(all []phone.ReasonID, id phone.ReasonID) bool {
	for _, a := range all {
		if a == id {
			return true
		}
	}
	return false
}

func TestDirectTransfer(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 3, phonetest.AsteriskConfig{})
	caller, operator, target := o.all[0], o.all[1], o.all[2]
	t.Run("answered", func(t *testing.T) {
		theirs, ours := talk(t, caller, operator)
		sounds(t, "talking", hear{caller: {operator}, operator: {caller}, target: {}})
		operator.Transfer(ours, target.user)
		operator.TransferIs(ours, phone.TransferRinging)
		answered := target.Wait("any", phone.StateIncoming)
		sounds(t, "ringing", hear{caller: {phonetest.HoldHz}, operator: {}, target: {}})
		target.Must("answer", answered)
		o.handed(t, "answered", ours)
		if why := func() phone.Reason { caller.HangUp(theirs); return target.Ended(answered) }(); why.ID != phone.ReasonRemoteHangup {
			t.Errorf("the target's call ended with %+v", why)
		}
		o.goHome(t)
	})
	for _, c := range []struct {
		name, number string
		want         []phone.ReasonID
	}{
		{"busy", phonetest.NumberBusy, []phone.ReasonID{phone.ReasonBusy}},
		{"refused", phonetest.NumberDeclined, []phone.ReasonID{phone.ReasonRemoteDeclined}},
		{"not answered", phonetest.NumberNoAnswer, []phone.ReasonID{phone.ReasonNoAnswer}},
		{"no such number", phonetest.NumberUnknown, []phone.ReasonID{phone.ReasonUnknownNumber}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, ours := talk(t, caller, operator)
			operator.Transfer(ours, c.number)
			o.waitsOnHold(t, c.name, ours, c.want...)
			o.goHome(t)
		})
	}
	t.Run("declined", func(t *testing.T) {
		_, ours := talk(t, caller, operator)
		operator.Transfer(ours, target.user)
		target.Must("decline", target.Wait("any", phone.StateIncoming))
		o.waitsOnHold(t, "declined", ours, phone.ReasonRemoteDeclined, phone.ReasonBusy)
		o.goHome(t)
	})
	t.Run("taken back", func(t *testing.T) {
		_, ours := talk(t, caller, operator)
		operator.Transfer(ours, target.user)
		ringing := target.Wait("any", phone.StateIncoming)
		if c := operator.TransferIs(ours, phone.TransferRinging); !c.Transfer.Undo {
			t.Error("it cannot be undone while it rings")
		}
		operator.TakeBack(ours)
		if why := target.Ended(ringing); why.ID != phone.ReasonMissed {
			t.Errorf("the target's call ended with %+v", why)
		}
		operator.Held(ours, false)
		sounds(t, "taken back", hear{caller: {operator}, operator: {caller}, target: {}})
		o.lines(t, "taken back", map[*desk]int{caller: 1, operator: 1})
		o.goHome(t)
	})
	t.Run("recalled", func(t *testing.T) {
		operator.Must("set", phone.KeyRecallAfter, "5")
		defer operator.Must("set", phone.KeyRecallAfter, "45")
		_, ours := talk(t, caller, operator)
		begun := time.Now()
		operator.Transfer(ours, target.user)
		ringing := target.Wait("any", phone.StateIncoming)
		c := operator.TransferIs(ours, phone.TransferFailed)
		if d := time.Since(begun); d < 4*time.Second || d > 9*time.Second {
			t.Errorf("came back after %v, want 5 s", d)
		}
		if !c.Recalled || !c.Transfer.Recalled {
			t.Errorf("it does not show that it came back by itself: %+v", c.Transfer)
		}
		target.Ended(ringing)
		o.waitsOnHold(t, "recalled", ours, phone.ReasonNoAnswer)
		o.goHome(t)
	})
	t.Run("the operator talks when it comes back", func(t *testing.T) {
		operator.Must("set", phone.KeyRecallAfter, "5")
		defer operator.Must("set", phone.KeyRecallAfter, "45")
		theirs, ours := talk(t, caller, operator)
		operator.Transfer(ours, target.user)
		target.Wait("any", phone.StateIncoming)
		other := operator.Talk("621")
		if why := operator.Ended(ours); why.ID != phone.ReasonBusy {
			t.Errorf("the caller's call ended with %+v", why)
		}
		caller.Ended(theirs)
		sounds(t, "talking on", hear{operator: {phonetest.Tones["621"]}})
		o.lines(t, "talking on", map[*desk]int{operator: 1})
		operator.HangUp(other)
		o.goHome(t)
	})
	t.Run("the caller gives up", func(t *testing.T) {
		theirs, ours := talk(t, caller, operator)
		operator.Transfer(ours, target.user)
		ringing := target.Wait("any", phone.StateIncoming)
		caller.HangUp(theirs)
		operator.Ended(ours)
		target.Ended(ringing)
		o.goHome(t)
	})
	t.Run("impossible targets", func(t *testing.T) {
		_, ours := talk(t, caller, operator)
		refused(t, operator, []phone.ReasonID{phone.ReasonOwnNumber}, "transfer", ours, operator.user)
		refused(t, operator, []phone.ReasonID{phone.ReasonOwnNumber}, "consult", ours, operator.user)
		refused(t, operator, []phone.ReasonID{phone.ReasonBadTarget}, "transfer", ours, " ")
		refused(t, operator, []phone.ReasonID{phone.ReasonBadTarget}, "consult", ours, "two words@")
		refused(t, operator, []phone.ReasonID{phone.ReasonNotSupported, phone.ReasonNoCall}, "complete", ours)
		refused(t, operator, []phone.ReasonID{phone.ReasonNoCall}, "transfer", "999", target.user)
		refused(t, operator, []phone.ReasonID{phone.ReasonNotSupported}, "transfer", ours, target.user, "--kind", "voicemail")
		sounds(t, "still talking", hear{caller: {operator}, operator: {caller}})
		o.goHome(t)
	})
}

// The PBX is asked by REFER, and what it tells is followed.
func TestTransferByREFER(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 3, phonetest.AsteriskConfig{}, "--dialect", "asterisk-refer")
	caller, operator, target := o.all[0], o.all[1], o.all[2]
	t.Run("answered", func(t *testing.T) {
		_, ours := talk(t, caller, operator)
		operator.Transfer(ours, target.user)
		target.AnswerNext()
		o.handed(t, "answered", ours)
		o.goHome(t)
	})
	t.Run("no such number", func(t *testing.T) {
		_, ours := talk(t, caller, operator)
		operator.Transfer(ours, phonetest.NumberUnknown)
		o.waitsOnHold(t, "no such number", ours, phone.ReasonUnknownNumber)
		o.goHome(t)
	})
	t.Run("busy", func(t *testing.T) {
		theirs, ours := talk(t, caller, operator)
		operator.Transfer(ours, phonetest.NumberBusy)
		// The PBX tells 486 and hangs the caller up itself. What is shown must not outlive that: with the next key
		// pressed, at the latest, the call is over.
		caller.Ended(theirs)
		c := operator.Is(ours, "over, or failed", func(c phone.Call) bool {
			return c.State == phone.StateEnded || c.Transfer != nil && c.Transfer.State == phone.TransferFailed
		})
		if c.State != phone.StateEnded {
			operator.Ctl("resume", ours)
			operator.Ended(ours)
		}
		o.goHome(t)
	})
}

// An exchange that takes no REFER at all: the caller is ours again, and so is the consultation.
func TestExchangeRefusesREFER(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 3, phonetest.AsteriskConfig{Users: []phonetest.PBXUser{
		{User: "1001", Password: "pw-1001"}, {User: "1002", Password: "pw-1002", NoTransfer: true},
	}}, "--dialect", "asterisk-refer")
	caller, operator, target := o.all[0], o.all[1], o.all[2]
	_, ours := talk(t, caller, operator)
	operator.Transfer(ours, target.user)
	o.waitsOnHold(t, "direct", ours, phone.ReasonTransferRefused)
	consult := operator.Consult(ours, target.user)
	target.AnswerNext()
	operator.Wait(consult, phone.StateConnected)
	operator.Complete(consult)
	c := operator.TransferIs(ours, phone.TransferFailed)
	if c.Transfer.Reason == nil || c.Transfer.Reason.ID != phone.ReasonTransferRefused {
		t.Errorf("failed with %+v", c.Transfer.Reason)
	}
	sounds(t, "refused", hear{caller: {phonetest.HoldHz}, operator: {target}, target: {operator}})
	operator.TakeBack(ours)
	sounds(t, "taken back", hear{caller: {operator}, operator: {caller}, target: {}})
	o.goHome(t)
}

func TestAnnouncedTransfer(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 3, phonetest.AsteriskConfig{})
	caller, operator, target := o.all[0], o.all[1], o.all[2]
	consulting := func(t *testing.T) (theirs, ours, consult, answered string) {
		t.Helper()
		theirs, ours = talk(t, caller, operator)
		consult = operator.Consult(ours, target.user)
		answered = target.Wait("any", phone.StateIncoming)
		operator.TransferIs(ours, phone.TransferConsulting)
		operator.Held(ours, true)
		return theirs, ours, consult, answered
	}
	t.Run("announced", func(t *testing.T) {
		_, ours, consult, answered := consulting(t)
		sounds(t, "ringing", hear{caller: {phonetest.HoldHz}, operator: {}, target: {}})
		target.Must("answer", answered)
		operator.Wait(consult, phone.StateConnected)
		sounds(t, "consulting", hear{caller: {phonetest.HoldHz}, operator: {target}, target: {operator}})
		o.lines(t, "consulting", map[*desk]int{caller: 1, operator: 2, target: 1})
		operator.Swap()
		sounds(t, "swapped", hear{caller: {operator}, operator: {caller}, target: {phonetest.HoldHz}})
		operator.Swap()
		sounds(t, "swapped back", hear{caller: {phonetest.HoldHz}, operator: {target}, target: {operator}})
		operator.Complete(consult)
		o.handed(t, "completed", ours, consult)
		o.goHome(t)
	})
	t.Run("completed from the caller's card", func(t *testing.T) {
		_, ours, consult, answered := consulting(t)
		target.Must("answer", answered)
		operator.Wait(consult, phone.StateConnected)
		operator.Swap()
		operator.Held(ours, false)
		operator.Complete(ours)
		o.handed(t, "completed", ours, consult)
		o.goHome(t)
	})
	t.Run("while it rings", func(t *testing.T) {
		_, ours, consult, answered := consulting(t)
		operator.Complete(consult)
		operator.TransferIs(ours, phone.TransferRinging)
		sounds(t, "ringing on", hear{caller: {phonetest.HoldHz}, operator: {}, target: {}})
		target.Must("answer", answered)
		o.handed(t, "answered", ours, consult)
		o.goHome(t)
	})
	t.Run("let go and declined", func(t *testing.T) {
		_, ours, consult, answered := consulting(t)
		operator.Complete(consult)
		target.Must("decline", answered)
		o.waitsOnHold(t, "declined", ours, phone.ReasonRemoteDeclined, phone.ReasonBusy)
		o.goHome(t)
	})
	t.Run("declined", func(t *testing.T) {
		_, ours, _, answered := consulting(t)
		target.Must("decline", answered)
		operator.TransferIs(ours, phone.TransferFailed)
		sounds(t, "declined", hear{caller: {phonetest.HoldHz}, operator: {}})
		operator.TakeBack(ours)
		sounds(t, "taken back", hear{caller: {operator}, operator: {caller}})
		o.goHome(t)
	})
	t.Run("busy", func(t *testing.T) {
		_, ours := talk(t, caller, operator)
		operator.Consult(ours, phonetest.NumberBusy)
		o.waitsOnHold(t, "busy", ours, phone.ReasonBusy)
		o.goHome(t)
	})
	t.Run("taken back while it rings", func(t *testing.T) {
		_, ours, consult, answered := consulting(t)
		operator.TakeBack(ours)
		target.Ended(answered)
		if why := operator.Ended(consult); why.ID != phone.ReasonTakenBack {
			t.Errorf("the consultation ended with %+v", why)
		}
		sounds(t, "taken back", hear{caller: {operator}, operator: {caller}, target: {}})
		o.lines(t, "taken back", map[*desk]int{caller: 1, operator: 1})
		o.goHome(t)
	})
	t.Run("taken back from the talk", func(t *testing.T) {
		_, ours, consult, answered := consulting(t)
		target.Must("answer", answered)
		operator.Wait(consult, phone.StateConnected)
		operator.TakeBack(consult)
		target.Ended(answered)
		operator.Held(ours, false)
		sounds(t, "taken back", hear{caller: {operator}, operator: {caller}, target: {}})
		o.lines(t, "taken back", map[*desk]int{caller: 1, operator: 1})
		o.goHome(t)
	})
	t.Run("taken back after letting go", func(t *testing.T) {
		_, ours, consult, answered := consulting(t)
		operator.Complete(consult)
		operator.TransferIs(ours, phone.TransferRinging)
		operator.TakeBack(ours)
		target.Ended(answered)
		sounds(t, "taken back", hear{caller: {operator}, operator: {caller}, target: {}})
		o.goHome(t)
	})
	t.Run("the caller hangs up", func(t *testing.T) {
		theirs, ours, consult, answered := consulting(t)
		target.Must("answer", answered)
		operator.Wait(consult, phone.StateConnected)
		caller.HangUp(theirs)
		operator.Ended(ours)
		sounds(t, "the others talk on", hear{caller: {}, operator: {target}, target: {operator}})
		o.goHome(t)
	})
	t.Run("the target hangs up", func(t *testing.T) {
		_, ours, consult, answered := consulting(t)
		target.Must("answer", answered)
		operator.Wait(consult, phone.StateConnected)
		target.HangUp(answered)
		operator.Ended(consult)
		sounds(t, "the caller waits", hear{caller: {phonetest.HoldHz}, operator: {}, target: {}})
		operator.Resume(ours)
		sounds(t, "resumed", hear{caller: {operator}, operator: {caller}})
		o.goHome(t)
	})
	// Whoever wins: either the two were joined and the caller's call ends with the target's, or the caller is still the
	// operator's. Nobody hangs in the air.
	t.Run("the target hangs up in the same instant", func(t *testing.T) {
		for range 3 {
			theirs, ours, consult, answered := consulting(t)
			target.Must("answer", answered)
			operator.Wait(consult, phone.StateConnected)
			gone := make(chan struct{})
			go func() { // ends with its command
				defer close(gone)
				target.Ctl("hangup", answered)
			}()
			operator.Ctl("complete", consult)
			<-gone
			phonetest.Until(t, 25*time.Second, "it is settled", func() bool {
				c := find(operator, ours)
				return c == nil || c.State == phone.StateEnded || c.Transfer == nil || !c.Transfer.State.Pending()
			})
			if c := find(operator, ours); c != nil && c.State.Live() {
				if l := o.pbx.LinesOf(); l["1001"] != 1 || l["1002"] != 1 {
					t.Errorf("the caller is shown as ours, and the PBX has %v", l)
				}
				operator.Resume(ours)
				sounds(t, "still ours", hear{caller: {operator}, operator: {caller}, target: {}})
			} else {
				caller.Ended(theirs)
			}
			o.goHome(t)
		}
	})
}

// find is a call in the snapshot, or nil.
func find(d *desk, id string) *phone.Call {
	for _, c := range d.Snapshot().Calls {
		if number(c.ID) == id {
			return &c
		}
	}
	return nil
}

// The PBX dies between hold and REFER: the caller is shown, held, until it is known that nobody is there, which a refused
// connection tells at once.
func TestPBXDiesBeforeTransfer(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 3, phonetest.AsteriskConfig{}, "--dialect", "asterisk-refer")
	caller, operator, target := o.all[0], o.all[1], o.all[2]
	_, ours := talk(t, caller, operator)
	operator.Hold(ours)
	operator.Held(ours, true)
	sounds(t, "held", hear{caller: {phonetest.HoldHz}, operator: {}})
	o.pbx.Stop()
	operator.Transfer(ours, target.user)
	c := operator.Is(ours, "being handed over, or refused", func(c phone.Call) bool {
		return c.Transfer != nil && (c.Transfer.State.Pending() || c.Transfer.State == phone.TransferFailed)
	})
	if !c.State.Live() || !c.Hold.Local() {
		t.Errorf("the caller is %s, hold %s", c.State, c.Hold)
	}
	// RFC 3261 17.1.2.2: 32 s of silence are an answer.
	operator.Must("wait", ours+":transfer=failed", "--timeout", "45s")
	if c := find(operator, ours); c == nil {
		t.Error("the call is gone without a word")
	} else if c.State.Live() {
		if !c.Hold.Local() {
			t.Errorf("the caller is not held: %s", c.Hold)
		}
		operator.Ctl("resume", ours)
		operator.Ctl("hangup", ours)
		operator.Must("wait", ours+":ended", "--timeout", "45s")
	} else if c.End == nil {
		t.Error("the call ended without a reason")
	}
}
