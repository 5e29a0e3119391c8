package phonetest_test

import (
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// practiceDesk is a phone at the practice PBX. Two may be signed in to the same account.
func practiceDesk(t *testing.T, p *phonetest.Practice, i int, user string) *desk {
	t.Helper()
	d := &desk{user: user, hz: float64(phonetest.Microphones[i])}
	d.Svara = phonetest.StartSvara(t, phonetest.SvaraConfig{
		Called: user + string(rune('a'+i)), Microphone: sound.Steady(phonetest.Microphones[i], phonetest.MicrophoneLevel), Settings: map[string]string{phone.KeyCodecs: "pcma"},
	})
	d.AddAccount(user, phonetest.PracticePassword, p.Addr(), "--dialect", "demo")
	d.Must("wait", "registered", "--timeout", "20s")
	return d
}

// A call on my other telephone is seen here, and comes here.
func TestCallOnMyOtherDevice(t *testing.T) {
	t.Parallel()
	p := phonetest.StartPractice(t)
	other, here, colleague := practiceDesk(t, p, 0, "2100"), practiceDesk(t, p, 1, "2100"), practiceDesk(t, p, 2, "2198")
	elsewhere := func(want int) []phone.RemoteCall {
		t.Helper()
		var now []phone.RemoteCall
		phonetest.Until(t, 15*time.Second, "calls on the other device", func() bool { now = here.Snapshot().Elsewhere; return len(now) == want })
		return now
	}
	call := other.Dial(colleague.user)
	theirs := colleague.AnswerNext()
	other.Wait(call, phone.StateConnected)
	sounds(t, "on the other device", hear{other: {colleague}, here: {}, colleague: {other}})
	phonetest.Until(t, 10*time.Second, "it can be moved here", func() bool {
		e := elsewhere(1)[0]
		return e.Pull && e.State == phone.LineBusy && e.Direction == phone.Outgoing && e.Remote.Number == colleague.user
	})
	if n := len(other.Snapshot().Elsewhere); n != 0 {
		t.Errorf("the telephone in the call sees %d calls elsewhere", n)
	}
	pulled := here.CallOf("pull")
	here.Wait(pulled, phone.StateConnected)
	if why := other.Ended(call); why.ID != phone.ReasonReplaced && why.ID != phone.ReasonRemoteHangup && why.ID != phone.ReasonMoved {
		t.Errorf("the old call ended with %+v", why)
	}
	sounds(t, "moved here", hear{other: {}, here: {colleague}, colleague: {here}})
	if c := here.Call(pulled); c.Remote.Number != colleague.user {
		t.Errorf("it shows %+v", c.Remote)
	}
	elsewhere(0)
	phonetest.Until(t, 15*time.Second, "it is seen at the other one", func() bool { return len(other.Snapshot().Elsewhere) == 1 })
	refused(t, here, []phone.ReasonID{phone.ReasonNothingThere}, "pull", "no-such-call")
	// Pushed to another number of mine, which the account names.
	here.Must("account", "set", "2100", "mobile", "2199")
	third := practiceDesk(t, p, 3, "2199")
	here.Must("move", pulled, "mobile")
	third.AnswerNext()
	if why := here.Ended(pulled); why.ID != phone.ReasonMoved {
		t.Errorf("the moved call ended with %+v", why)
	}
	sounds(t, "on the mobile", hear{here: {}, third: {colleague}, colleague: {third}})
	colleague.HangUp(theirs)
}

// A call that rings at a colleague is taken by its dialog event and Replaces, without any code of the exchange.
func TestPickupByDialogEvent(t *testing.T) {
	t.Parallel()
	p := phonetest.StartPractice(t)
	caller, absent, here := practiceDesk(t, p, 0, "2100"), practiceDesk(t, p, 1, "2198"), practiceDesk(t, p, 2, "2199")
	here.Must("account", "set", "2199", "dialect", "generic")
	here.Must("wait", "registered", "--timeout", "20s")
	call := caller.Dial(absent.user)
	absent.Wait("any", phone.StateIncoming)
	caller.Wait(call, phone.StateRinging)
	picked := here.CallOf("pickup", absent.user)
	here.Wait(picked, phone.StateConnected)
	caller.Wait(call, phone.StateConnected)
	sounds(t, "picked up", hear{caller: {here}, absent: {}, here: {caller}})
	if live := absent.Live(); len(live) != 0 {
		t.Errorf("it rings on: %+v", live)
	}
	if e := last(t, absent); e.Outcome != phone.OutcomeElsewhere || e.Reason.Text == "" || e.Reason.Text == absent.user {
		t.Errorf("who took it is not told: %+v", e)
	}
	here.HangUp(picked)
	caller.Ended(call)
}
