package phonetest_test

import (
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// last is the newest call of a phone's history.
func last(t *testing.T, d *desk) phone.HistoryEntry {
	t.Helper()
	var all []phone.HistoryEntry
	phonetest.Until(t, 5*time.Second, "a call in the history", func() bool {
		d.Ask(&all, "history", "--limit", "1")
		return len(all) == 1
	})
	return all[0]
}

// A call that rings is sent on unanswered; its target rings, answers, and talks with the caller.
func TestDeflectedByAsterisk(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 3, phonetest.AsteriskConfig{})
	deflected(t, o.all[0], o.all[1], o.all[2])
}

func TestDeflectedByThePracticeExchange(t *testing.T) {
	t.Parallel()
	p := phonetest.StartPractice(t)
	caller, operator, target := practiceDesk(t, p, 0, "2198"), practiceDesk(t, p, 1, "2100"), practiceDesk(t, p, 2, "2199")
	deflected(t, caller, operator, target)
	// Who is called instead is told for whom it was.
	call := caller.Dial(operator.user)
	ours := operator.Wait("any", phone.StateIncoming)
	operator.Must("deflect", ours, target.user)
	theirs := target.Wait("any", phone.StateIncoming)
	if c := target.Call(theirs); c.Origin == nil || c.Origin.Sought == nil || c.Origin.Sought.Number != operator.user || c.Origin.Sought.Reason != "deflection" {
		t.Errorf("%+v", c.Origin)
	}
	caller.HangUp(call)
}

func deflected(t *testing.T, caller, operator, target *desk) {
	t.Helper()
	call := caller.Dial(operator.user)
	ours := operator.Wait("any", phone.StateIncoming)
	refused(t, operator, []phone.ReasonID{phone.ReasonOwnNumber}, "deflect", ours, operator.user)
	refused(t, operator, []phone.ReasonID{phone.ReasonEmergency}, "deflect", ours, "112")
	operator.Must("deflect", ours, target.user)
	theirs := target.Wait("any", phone.StateIncoming)
	operator.TransferIs(ours, phone.TransferRinging)
	if live := operator.Live(); len(live) != 0 {
		t.Errorf("it is still ours: %+v", live)
	}
	target.Must("answer", theirs)
	caller.Wait(call, phone.StateConnected)
	operator.TransferIs(ours, phone.TransferDone)
	sounds(t, "sent on", hear{caller: {target}, target: {caller}, operator: {}})
	if e := last(t, operator); e.Outcome != phone.OutcomeDeflected || e.Reason.Text != target.user || e.Remote.Number != caller.user {
		t.Errorf("the history has %+v", e)
	}
	if n := operator.Snapshot().History.Missed; n != 0 {
		t.Errorf("%d missed calls", n)
	}
	caller.HangUp(call)
}

// An exchange that does not send a call on is found out by the target's line.
func TestExchangeThatDoesNotDeflect(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 3, phonetest.AsteriskConfig{Extra: "exten => 7002,1,Dial(PJSIP/1002,30,i)\n same => n,Hangup(${HANGUPCAUSE})\n"})
	caller, operator, target := o.all[0], o.all[1], o.all[2]
	operator.Must("watch", target.user)
	operator.Must("wait", "line:"+target.user+"=idle")
	call := caller.Dial("7002") // rings at the operator, and takes no word of where else to
	ours := operator.Wait("any", phone.StateIncoming)
	operator.Must("deflect", ours, target.user)
	caller.Ended(call)
	if c := operator.TransferIs(ours, phone.TransferFailed); c.Transfer.Reason == nil || c.Transfer.Reason.ID != phone.ReasonNotFollowed {
		t.Errorf("%+v", c.Transfer)
	}
}
