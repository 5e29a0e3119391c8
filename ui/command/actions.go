package command

import (
	"slices"
	"strconv"

	"svara/phone"
)

// The text keys of why a command cannot be done.
const (
	whyNoRinging  = "disabled.no-ringing"
	whyNoCall     = "disabled.no-call"
	whyNotYet     = "disabled.not-answered-yet"
	whyOneCall    = "disabled.one-call"
	whyNoAccount  = "disabled.no-account"
	whyOffline    = "disabled.offline"
	whyNoLast     = "disabled.no-last-number"
	whyNoneMissed = "disabled.none-missed"

	whyNoTransfer   = "disabled.no-transfer"
	whyNoConsult    = "disabled.no-consult"
	whyNoRinging2   = "disabled.no-connect-ringing"
	whyNothingBack  = "disabled.nothing-back"
	whyNoCamp       = "disabled.no-camp"
	whyNoNext       = "disabled.no-next"
	whyNoNumbered   = "disabled.no-numbered"
	whyNoOther      = "disabled.no-other-call"
	whyNoJoin       = "disabled.no-join"
	whyFull         = "disabled.conference-full"
	whyNoPark       = "disabled.no-park"
	whyNoRetrieve   = "disabled.no-retrieve"
	whyNoPickup     = "disabled.no-pickup"
	whyNoMobile     = "disabled.no-mobile"
	whyNoElsewhere  = "disabled.no-elsewhere"
	whyNotAsked     = "disabled.not-asked"
	whyHandedOver   = "disabled.handed-over"
	whyInConference = "disabled.in-conference"
	whyNotSupported = "reason.not-supported"

	whyNoAlternative = "disabled.no-alternative"
)

func canAnswer(s *phone.Snapshot) (bool, string) { return len(s.Ringing()) > 0, whyNoRinging }

// talking is the calls that hold a line and do not ring here.
func talking(s *phone.Snapshot) []phone.Call {
	var out []phone.Call
	for _, c := range s.Calls {
		if c.State != phone.StateIncoming && c.State != phone.StateEnding && c.State.Live() {
			out = append(out, c)
		}
	}
	return out
}

func hasCall(s *phone.Snapshot) (bool, string) { return len(talking(s)) > 0, whyNoCall }

func connected(s *phone.Snapshot) []phone.Call {
	return slices.DeleteFunc(talking(s), func(c phone.Call) bool { return c.State != phone.StateConnected })
}

func canHold(s *phone.Snapshot) (bool, string) {
	switch {
	case len(talking(s)) == 0:
		return false, whyNoCall
	case len(connected(s)) == 0:
		return false, whyNotYet
	}
	return true, ""
}

func hasAccount(s *phone.Snapshot) (bool, string) { return len(s.Accounts) > 0, whyNoAccount }

// canDial asks for one account that is signed in; which of them a call goes out on is the phone's choice.
func canDial(s *phone.Snapshot) (bool, string) {
	if len(s.Accounts) == 0 {
		return false, whyNoAccount
	}
	registered := slices.ContainsFunc(s.Accounts, func(a phone.AccountStatus) bool {
		return a.State == phone.RegistrationRegistered
	})
	return registered, whyOffline
}

func canRedial(s *phone.Snapshot) (bool, string) {
	if ok, why := canDial(s); !ok {
		return ok, why
	}
	return s.History.Last != "", whyNoLast
}

func hasMissed(s *phone.Snapshot) (bool, string) { return s.History.Missed > 0, whyNoneMissed }

// target is the call a command acts on: the button's own, else the active one, else the only one.
func target(v Invocation, calls []phone.Call) *phone.Call {
	for _, id := range []phone.CallID{v.Call, v.Snapshot.Active} {
		if c := v.Snapshot.Call(id); id != 0 && c != nil {
			return c
		}
	}
	if len(calls) > 0 {
		return &calls[0]
	}
	return nil
}

// runHangup hangs up. A key says nothing of whom in a conference it means, so that is asked.
func runHangup(v Invocation) {
	if active := v.Snapshot.Call(v.Snapshot.Active); v.Call == 0 && active != nil && active.Conference {
		others := slices.ContainsFunc(talking(v.Snapshot), func(c phone.Call) bool { return c.Conference && c.ID != active.ID })
		if others {
			v.Host.Ask(AskEnd, 0)
			return
		}
	}
	v.Host.Do(phone.Hangup{Call: v.Call})
}

// runHold holds the active call, and resumes the one held last: the same key again undoes what it did.
func runHold(v Invocation) {
	calls := connected(v.Snapshot)
	slices.SortStableFunc(calls, func(a, b phone.Call) int { return b.HeldSince.Compare(a.HeldSince) })
	if c := target(v, calls); c != nil {
		v.Host.Do(phone.SetHold{Call: c.ID, On: !c.Hold.Local()})
	}
}

func runMute(v Invocation) {
	if c := target(v, talking(v.Snapshot)); c != nil {
		v.Host.Do(phone.SetMute{Call: c.ID, On: !c.Muted})
	}
}

func step(key string, by, low, high int) func(*phone.Snapshot) phone.Set {
	return func(s *phone.Snapshot) phone.Set {
		v := min(high, max(low, s.Settings.Int(key)+by))
		return phone.Set{Key: key, Value: strconv.Itoa(v)}
	}
}

func runVolume(by int) func(Invocation) {
	change := step(phone.KeyVolume, by, 0, 200)
	return func(v Invocation) { v.Host.Do(change(v.Snapshot)) }
}

func runTextSize(by int) func(Invocation) {
	change := step(phone.KeyTextSize, by, 80, 200)
	return func(v Invocation) {
		if by == 0 {
			v.Host.Do(phone.Set{Key: phone.KeyTextSize, Value: "100"})
			return
		}
		v.Host.Do(change(v.Snapshot))
	}
}

// next is the value after the present one; the first when the present one is not in the list.
func next(s *phone.Snapshot, key string, values ...string) string {
	return values[(slices.Index(values, s.Settings.Get(key))+1)%len(values)]
}
