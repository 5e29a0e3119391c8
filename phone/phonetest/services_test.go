package phonetest_test

import (
	"strconv"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

func TestParkAndRetrieve(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 3, phonetest.AsteriskConfig{})
	caller, operator, colleague := o.all[0], o.all[1], o.all[2]
	parked := func(want int) []phone.Parked {
		t.Helper()
		var now []phone.Parked
		phonetest.Until(t, 20*time.Second, strconv.Itoa(want)+" parked", func() bool { now = operator.Snapshot().Parked; return len(now) == want })
		return now
	}
	t.Run("in a slot", func(t *testing.T) {
		_, ours := talk(t, caller, operator)
		operator.Must("park", ours, "703")
		if why := operator.Ended(ours); why.ID != phone.ReasonParked || why.Text != "703" {
			t.Errorf("ended with %+v", why)
		}
		if p := parked(1)[0]; p.Slot != "703" || p.Remote.Number != caller.user {
			t.Errorf("parked %+v", p)
		}
		sounds(t, "parked", hear{caller: {phonetest.HoldHz}, operator: {}})
		phonetest.Until(t, 10*time.Second, "the PBX tells of the slot", func() bool { return parked(1)[0].Told })
		fetched := colleague.Talk("703") // by dialling it
		parked(0)
		sounds(t, "fetched", hear{caller: {colleague}, operator: {}, colleague: {caller}})
		colleague.HangUp(fetched)
		o.goHome(t)
	})
	t.Run("anywhere", func(t *testing.T) {
		_, ours := talk(t, caller, operator)
		operator.Must("park", ours)
		operator.Must("wait", ours+":transfer=done", "--timeout", "30s")
		parked(1)
		sounds(t, "parked", hear{caller: {phonetest.HoldHz}, operator: {}})
		fetched := operator.Wait(operator.CallOf("retrieve", "701"), phone.StateConnected)
		sounds(t, "fetched", hear{caller: {operator}, operator: {caller}})
		operator.HangUp(fetched)
		operator.Ctl("dismiss", "slot", "701")
		o.goHome(t)
	})
	t.Run("nothing there", func(t *testing.T) {
		call := operator.CallOf("retrieve", "705")
		operator.Ended(call)
		refused(t, operator, []phone.ReasonID{phone.ReasonBadTarget}, "retrieve", "not a slot")
		o.goHome(t)
	})
}

func TestPickup(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 3, phonetest.AsteriskConfig{})
	caller, absent, colleague := o.all[0], o.all[1], o.all[2]
	for _, how := range [][]string{{"pickup", "1002"}, {"dial", phonetest.NumberPickup}} {
		call := caller.Dial(absent.user)
		ringing := absent.Wait("any", phone.StateIncoming)
		caller.Wait(call, phone.StateRinging) // the PBX knows that it rings
		picked := colleague.CallOf(how...)
		colleague.Wait(picked, phone.StateConnected)
		caller.Wait(call, phone.StateConnected)
		if why := absent.Ended(ringing); why.ID != phone.ReasonElsewhere && why.ID != phone.ReasonMissed {
			t.Errorf("it stopped ringing with %+v", why)
		}
		sounds(t, how[0], hear{caller: {colleague}, absent: {}, colleague: {caller}})
		o.lines(t, how[0], map[*desk]int{caller: 1, colleague: 1})
		o.goHome(t)
	}
	if why := colleague.Ended(colleague.CallOf("pickup", "1002")); why.ID == phone.ReasonNone {
		t.Error("a pick-up of nothing ended without a reason")
	}
}

func TestQueueCallIsTakenAndTransferred(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 3, phonetest.AsteriskConfig{Queue: []string{"1002"}})
	caller, operator, target := o.all[0], o.all[1], o.all[2]
	for _, kind := range []string{"direct", "announced"} {
		caller.Talk(phonetest.NumberQueue)
		operator.Wait("any", phone.StateIncoming)
		sounds(t, "waiting", hear{caller: {phonetest.HoldHz}, operator: {}, target: {}})
		ours := operator.AnswerNext()
		sounds(t, "taken", hear{caller: {operator}, operator: {caller}})
		calls := []string{ours}
		if kind == "direct" {
			operator.Transfer(ours, target.user)
			target.AnswerNext()
		} else {
			consult := operator.Consult(ours, target.user)
			target.AnswerNext()
			operator.Wait(consult, phone.StateConnected)
			operator.Complete(consult)
			calls = append(calls, consult)
		}
		o.handed(t, kind, calls...)
		o.goHome(t)
	}
}

func TestLinesAreWatched(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 2, phonetest.AsteriskConfig{})
	operator, colleague := o.all[0], o.all[1]
	stands := func(number string, want phone.LineState) (line phone.Line) {
		t.Helper()
		phonetest.Until(t, 15*time.Second, number+" is "+string(want), func() bool {
			for _, l := range operator.Snapshot().Lines {
				if l.Number == number {
					line = l
				}
			}
			return line.State == want
		})
		return line
	}
	operator.Must("watch", colleague.user)
	operator.Must("watch", phonetest.NumberUnknown)
	stands(colleague.user, phone.LineIdle)
	call := operator.Dial(colleague.user)
	stands(colleague.user, phone.LineRinging)
	colleague.AnswerNext()
	stands(colleague.user, phone.LineBusy)
	operator.HangUp(call)
	stands(colleague.user, phone.LineIdle)
	phonetest.Until(t, 15*time.Second, "that nothing is told of an unknown line", func() bool {
		l := stands(phonetest.NumberUnknown, phone.LineUnknown)
		return l.Reason != nil
	})
	operator.Must("unwatch", colleague.user)
	operator.Must("unwatch", phonetest.NumberUnknown)
	phonetest.Until(t, 10*time.Second, "no line is watched", func() bool { return len(operator.Snapshot().Lines) == 0 })
	o.goHome(t)
}

func TestCampOn(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 4, phonetest.AsteriskConfig{})
	first, operator, target, second := o.all[0], o.all[1], o.all[2], o.all[3]
	operator.Must("set", phone.KeyCampReminder, "5")
	busyWith := target.Talk("621")
	place := func(call string, want int) phone.Call {
		t.Helper()
		return operator.Is(call, "place "+strconv.Itoa(want), func(c phone.Call) bool {
			return c.Camp != nil && c.Camp.Place == want && c.Camp.Line == phone.LineBusy
		})
	}
	_, one := talk(t, first, operator)
	operator.Must("campon", one, target.user)
	place(one, 1)
	_, two := talk(t, second, operator)
	operator.Must("campon", two, target.user)
	place(two, 2)
	sounds(t, "camping", hear{first: {phonetest.HoldHz}, second: {phonetest.HoldHz}, operator: {}, target: {phonetest.Tones["621"]}})
	operator.Is(one, "a reminder", func(c phone.Call) bool { return c.Camp != nil && c.Camp.Reminder })
	// Fetched, talked to, and put back at the same place.
	operator.Resume(one)
	operator.Is(one, "fetched", func(c phone.Call) bool { return c.Camp != nil && c.Camp.Fetched && c.Camp.Place == 1 })
	sounds(t, "fetched", hear{first: {operator}, operator: {first}, second: {phonetest.HoldHz}})
	operator.Must("putback", one)
	place(one, 1)
	place(two, 2)
	// The target hangs up: it goes through by itself.
	target.HangUp(busyWith)
	target.AnswerNext()
	if why := operator.Ended(one); why.ID != phone.ReasonTransferred {
		t.Errorf("the first one's call ended with %+v", why)
	}
	sounds(t, "through", hear{first: {target}, target: {first}, second: {phonetest.HoldHz}, operator: {}})
	place(two, 1)
	operator.TakeBack(two)
	sounds(t, "taken back", hear{second: {operator}, operator: {second}})
	o.goHome(t)
}
