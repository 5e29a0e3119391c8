package control

import (
	"slices"

	"svara/phone"
)

// aspect is one thing a condition can ask of a call.
type aspect struct {
	values []string
	kinds  []phone.EventKind              // of events whose State is a value
	now    func(phone.Call) string        // a call's value while it is not over; empty for none
	end    func(why *phone.Reason) string // the value of one that ended for a reason; empty for none
}

// The names that have rules of their own.
const (
	aspectState    = "state"
	aspectTransfer = "transfer"
)

var aspects = map[string]aspect{
	aspectState: {
		values: []string{
			string(phone.StateDialing), string(phone.StateProceeding), string(phone.StateRinging), string(phone.StateEarly),
			string(phone.StateIncoming), string(phone.StateAnswering), string(phone.StateConnected), string(phone.StateEnding), string(phone.StateEnded),
		},
		kinds: []phone.EventKind{phone.EventCallAdded, phone.EventCallState},
		now:   func(c phone.Call) string { return string(c.State) },
		end:   func(*phone.Reason) string { return string(phone.StateEnded) },
	},
	aspectTransfer: {
		values: []string{
			string(phone.TransferConsulting), string(phone.TransferRequested), string(phone.TransferTrying), string(phone.TransferRinging),
			string(phone.TransferUnknown), string(phone.TransferDone), string(phone.TransferFailed), string(phone.TransferReturning),
		},
		kinds: []phone.EventKind{phone.EventTransfer},
		now: func(c phone.Call) string {
			if c.Transfer == nil {
				return ""
			}
			return string(c.Transfer.State)
		},
		end: func(why *phone.Reason) string {
			if why != nil && slices.Contains([]phone.ReasonID{phone.ReasonTransferred, phone.ReasonMoved, phone.ReasonParked}, why.ID) {
				return string(phone.TransferDone)
			}
			return ""
		},
	},
	"hold": {
		values: []string{string(phone.HoldNone), string(phone.HoldLocal), string(phone.HoldRemote), string(phone.HoldBoth)},
		kinds:  []phone.EventKind{phone.EventCallHold},
		now: func(c phone.Call) string {
			if c.Hold == "" {
				return string(phone.HoldNone)
			}
			return string(c.Hold)
		},
		end: func(*phone.Reason) string { return "" },
	},
	"camp": {
		values: []string{"waiting", "offering", "fetched", campOver},
		kinds:  []phone.EventKind{phone.EventCamp},
		now: func(c phone.Call) string {
			switch {
			case c.Camp == nil:
				return campOver
			case c.Camp.Fetched:
				return "fetched"
			case c.Camp.Offering:
				return "offering"
			}
			return "waiting"
		},
		end: func(*phone.Reason) string { return campOver },
	},
	"recording": {
		values: []string{"on", "off"},
		kinds:  []phone.EventKind{phone.EventRecording},
		now: func(c phone.Call) string {
			if c.Recording.On {
				return "on"
			}
			return "off"
		},
		end: func(*phone.Reason) string { return "off" },
	},
}

const campOver = "over"

// metByCall is met for a condition on a call: what happened first, since it may have passed, then how things are now.
func (c Condition) metByCall(a aspect, u phone.Update, l *ledger) (*Waited, error) {
	for _, e := range u.Events {
		if c.call != 0 && e.Call != c.call {
			continue
		}
		if done, err := c.metByEvent(a, e); done != nil || err != nil {
			return done, err
		}
	}
	if u.Snapshot == nil {
		return nil, nil
	}
	for _, call := range u.Snapshot.Calls {
		if c.call != 0 && call.ID != c.call {
			continue
		}
		if call.State == phone.StateEnded {
			if done, err := c.metByEnd(a, call.ID, call.End); done != nil || err != nil {
				return done, err
			}
			continue
		}
		if a.now(call) == c.value {
			return &Waited{Call: call.ID}, nil
		}
		if t := call.Transfer; t != nil && c.ruledOut(string(t.State)) {
			return nil, never(t.Reason, t.State)
		}
	}
	if c.call == 0 || u.Snapshot.Call(c.call) != nil {
		return nil, nil
	}
	if gone, why := l.gone(c.call); gone {
		return c.metByEnd(a, c.call, why)
	}
	return nil, nil
}

func (c Condition) metByEvent(a aspect, e phone.Event) (*Waited, error) {
	switch {
	case slices.Contains(a.kinds, e.Kind) && e.State == c.value:
		return &Waited{Call: e.Call}, nil
	case e.Kind == phone.EventTransfer && c.ruledOut(e.State):
		return nil, never(e.Reason, e.State)
	case e.Kind == phone.EventCallEnded:
		return c.metByEnd(a, e.Call, e.Reason)
	}
	return nil, nil
}

// metByEnd is for a call that has ended. One call's end rules nothing out for any.
func (c Condition) metByEnd(a aspect, id phone.CallID, why *phone.Reason) (*Waited, error) {
	switch {
	case a.end(why) == c.value:
		return &Waited{Call: id}, nil
	case c.call == 0:
		return nil, nil
	}
	return nil, never(why, phone.StateEnded)
}

// ruledOut reports whether a transfer in this state rules out that the one waited for is done.
func (c Condition) ruledOut(state string) bool {
	return c.about == aspectTransfer && c.call != 0 && c.value == string(phone.TransferDone) && state == string(phone.TransferFailed)
}

// never is the refusal to wait for what cannot come any more.
func never[S ~string](why *phone.Reason, state S) error {
	if why == nil || why.ID == phone.ReasonNone {
		return phone.Refuse(phone.ReasonWrongState, string(state))
	}
	return &phone.Error{Reason: *why}
}
