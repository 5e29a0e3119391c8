package command

import (
	"slices"

	"svara/phone"
)

// What is done with a call beside talking and handing it over: recording, park slots, other telephones.

func canRecord(s *phone.Snapshot) (bool, string) {
	switch c := active(s); {
	case c == nil:
		return false, whyNoCall
	case c.State != phone.StateConnected && !c.Recording.On:
		return false, whyNotYet
	}
	return true, ""
}

func runRecord(v Invocation) {
	if c := subject(v); c != nil {
		v.Host.Do(phone.Record{Call: c.ID, On: !c.Recording.On})
	}
}

// ParkRefusal is why a call cannot be parked, as a text key.
func ParkRefusal(s *phone.Snapshot, c *phone.Call) string {
	switch {
	case c == nil:
		return whyNoCall
	case c.State != phone.StateConnected:
		return whyNotYet
	case Waits(*c):
		return whyHandedOver
	case !Can(s, c, phone.FeaturePark) && !Can(s, c, phone.FeatureParkSlot):
		return whyNoPark
	}
	return ""
}

func canPark(s *phone.Snapshot) (bool, string) {
	why := ParkRefusal(s, active(s))
	return why == "", why
}

// runPark parks the call where the exchange chooses; one that wants to be told a slot is asked for by the field.
func runPark(v Invocation) {
	c := subject(v)
	switch {
	case c == nil:
	case Can(v.Snapshot, c, phone.FeaturePark):
		v.Host.Do(phone.Park{Call: c.ID})
	default:
		v.Host.Ask(AskTransfer, c.ID)
	}
}

func someAccount(s *phone.Snapshot, f phone.Feature) bool {
	return slices.ContainsFunc(s.Accounts, func(a phone.AccountStatus) bool { return a.Can(f) })
}

func canRetrieve(s *phone.Snapshot) (bool, string) {
	if !someAccount(s, phone.FeatureRetrieve) {
		return false, whyNoRetrieve
	}
	return canDial(s)
}

// runRetrieve fetches the only call we parked, or asks for the slot.
func runRetrieve(v Invocation) {
	if p := v.Snapshot.Parked; len(p) == 1 && p[0].Slot != "" {
		v.Host.Do(phone.Retrieve{Slot: p[0].Slot, Account: p[0].Account})
		return
	}
	v.Host.Ask(AskSlot, 0)
}

func canPickup(s *phone.Snapshot) (bool, string) {
	if !someAccount(s, phone.FeaturePickup) {
		return false, whyNoPickup
	}
	return canDial(s)
}

// runPickup answers the only call that is known to ring at somebody, or asks at whom. A queue in which somebody waits is meant
// where nobody's telephone rings.
func runPickup(v Invocation) {
	var ringing, queues []phone.Line
	for _, l := range v.Snapshot.Lines {
		switch {
		case l.State != phone.LineRinging || !l.Pickup:
		case slices.ContainsFunc(v.Snapshot.Queues, func(q phone.QueueStatus) bool { return string(q.ID) == l.Number }):
			queues = append(queues, l)
		default:
			ringing = append(ringing, l)
		}
	}
	if len(ringing) == 0 {
		ringing = queues
	}
	if len(ringing) == 1 {
		v.Host.Do(phone.Pickup{Target: ringing[0].Number, Account: ringing[0].Account})
		return
	}
	v.Host.Ask(AskPickup, 0)
}

// MoveRefusal is why a call cannot be moved to the user's other telephone, as a text key.
func MoveRefusal(s *phone.Snapshot, c *phone.Call) string {
	if why := TransferRefusal(s, c); why != "" {
		return why
	}
	for _, a := range s.Accounts {
		if a.ID == c.Account && a.Mobile != "" {
			return ""
		}
	}
	return whyNoMobile
}

func canMove(s *phone.Snapshot) (bool, string) {
	why := MoveRefusal(s, active(s))
	return why == "", why
}

func runMove(v Invocation) {
	if c := subject(v); c != nil {
		v.Host.Do(phone.Move{Call: c.ID, Device: "mobile"})
	}
}

func canPull(s *phone.Snapshot) (bool, string) {
	return slices.ContainsFunc(s.Elsewhere, func(r phone.RemoteCall) bool { return r.Pull }), whyNoElsewhere
}

func runPull(v Invocation) {
	for _, r := range v.Snapshot.Elsewhere {
		if r.Pull {
			v.Host.Do(phone.Pull{ID: r.ID})
			return
		}
	}
}

func asked(s *phone.Snapshot) *phone.Call {
	for i := range s.Calls {
		if s.Calls[i].Asked != nil {
			return &s.Calls[i]
		}
	}
	return nil
}

func isAsked(s *phone.Snapshot) (bool, string) { return asked(s) != nil, whyNotAsked }

func runAllow(on bool) func(Invocation) {
	return func(v Invocation) {
		c := v.Snapshot.Call(v.Call)
		if c == nil {
			c = asked(v.Snapshot)
		}
		if c != nil {
			v.Host.Do(phone.AllowTransfer{Call: c.ID, On: on})
		}
	}
}
