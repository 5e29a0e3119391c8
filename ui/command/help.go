package command

import "svara/phone"

const (
	whyNoHelp = "disabled.no-help"
)

// longestRing is the call whose button was pressed, else the one that has rung longest.
func longestRing(v Invocation) phone.Call {
	ringing := v.Snapshot.Ringing()
	for _, c := range ringing {
		if c.ID == v.Call {
			return c
		}
	}
	return ringing[0]
}

func canHelp(s *phone.Snapshot) (bool, string) {
	if s.Settings.Get(phone.KeyHelpNumber) == "" {
		return false, whyNoHelp
	}
	return canDial(s)
}

// runHelp calls the help number: during a call as a consultation, of which the second press makes a conference.
func runHelp(v Invocation) {
	c := active(v.Snapshot)
	target := v.Snapshot.Settings.Get(phone.KeyHelpNumber)
	switch caller, with := Consultation(v.Snapshot, c); {
	case caller != nil && with.State == phone.StateConnected:
		v.Host.Do(phone.Merge{Calls: []phone.CallID{caller.ID, with.ID}})
	case caller != nil:
	case c != nil && c.State == phone.StateConnected:
		v.Host.Do(phone.Consult{Call: c.ID, Target: target})
	default:
		v.Host.Do(phone.Dial{Target: target})
	}
}
