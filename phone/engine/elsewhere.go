package engine

import (
	"time"

	"svara/phone"
	"svara/phone/dialect"
	"svara/phone/dialoginfo"
)

// Our calls on other devices are the dialogs of our own address of record that are none of ours.

// elsewhere lists them, by account.
func (s *state) elsewhere() []phone.RemoteCall {
	var out []phone.RemoteCall
	for i := range s.accounts {
		a := &s.accounts[i]
		l := s.line(lineKey{a.ID, a.User})
		if l == nil {
			continue
		}
		for _, d := range s.foreign(a.ID, l.tracker.Dialogs()) {
			out = append(out, remoteCall(a.ID, d, l.Since))
		}
	}
	return out
}

// foreign is the dialogs of our line that are not ours. An exchange that hides Call-IDs tells by their number only: as
// many as we have calls are taken for ours.
func (s *state) foreign(id phone.AccountID, all []dialoginfo.Dialog) []dialoginfo.Dialog {
	ours := map[string]bool{}
	unnamed := 0
	for i := range s.calls {
		if c := &s.calls[i]; c.Account == id && !c.Inside && !(c.State == phone.StateEnded && c.legEnded) {
			if c.callID != "" {
				ours[c.callID] = true
			}
			if c.State.Live() {
				unnamed++
			}
		}
	}
	var out []dialoginfo.Dialog
	for _, d := range all {
		switch {
		case d.State == "terminated" || d.State == "trying" || d.CallID != "" && ours[d.CallID]:
			continue
		case d.CallID == "" && unnamed > 0:
			unnamed--
			continue
		}
		out = append(out, d)
	}
	return out
}

func remoteCall(id phone.AccountID, d dialoginfo.Dialog, since time.Time) phone.RemoteCall {
	r := phone.RemoteCall{ID: string(id) + ":" + d.ID, Account: id, Direction: phone.Incoming, State: phone.LineBusy, Remote: partyOf(d.Remote), Since: since}
	if d.Direction == "initiator" {
		r.Direction = phone.Outgoing
	}
	if d.State != "confirmed" {
		r.State = phone.LineRinging
	}
	if r.Pull = d.CallID != "" && d.LocalTag != "" && d.RemoteTag != ""; !r.Pull {
		r.Reason = &phone.Reason{ID: phone.ReasonNotTold}
	}
	return r
}

// pullHere moves a call of ours from another device to this one (RFC 3891).
func (t *turn) pullHere(cmd phone.Pull) (phone.CallID, error) {
	for i := range t.s.accounts {
		a := &t.s.accounts[i]
		l := t.s.line(lineKey{a.ID, a.User})
		if l == nil {
			continue
		}
		for _, d := range t.s.foreign(a.ID, l.tracker.Dialogs()) {
			r := remoteCall(a.ID, d, l.Since)
			if cmd.ID != "" && cmd.ID != r.ID {
				continue
			}
			if !r.Pull {
				return 0, phone.Refuse(phone.ReasonNotTold, "")
			}
			target := r.Remote.Number
			if d.Remote.Target != "" {
				target = d.Remote.Target
			}
			if _, err := cleanTarget(target); err != nil {
				target = a.User // the dialog is named by Replaces; the exchange need only get it
			}
			c, err := t.place(placing{account: a, target: target, code: target, replaces: replacesOf(d, r.State == phone.LineRinging), remote: &r.Remote})
			if err != nil {
				return 0, err
			}
			t.holdOthers(c.ID)
			return c.ID, nil
		}
	}
	return 0, phone.Refuse(phone.ReasonNothingThere, "")
}

// device is the number of another telephone of ours.
func (t *turn) device(a *account, name string) (string, error) {
	if name == "mobile" {
		if a.Mobile == "" {
			return "", phone.Refuse(phone.ReasonNoMobile, string(a.ID))
		}
		name = a.Mobile
	}
	return cleanTarget(name)
}

// move hands a call to another device of ours.
func (t *turn) move(cmd phone.Move) (phone.CallID, error) {
	c, err := t.transferable(cmd.Call)
	if err != nil {
		return 0, err
	}
	a := t.s.account(c.Account)
	if a == nil {
		return 0, phone.Refuse(phone.ReasonNoAccount, string(c.Account))
	}
	number, err := t.device(a, cmd.Device)
	if err != nil {
		return 0, err
	}
	return t.transferTo(phone.TransferTo{Call: c.ID, Target: number, Kind: phone.TransferMove})
}

// handOn: the telephone of ours that was called first has answered; it is sent on to where the call was meant to go.
func (t *turn) handOn(c *call) {
	to := c.handTo
	c.handTo = ""
	party := partyFor(to, t.s.account(c.Account))
	steps, err := t.s.dialect(c.Account).Plan(phone.FeatureTransferDirect, dialect.Args{Number: to})
	if err == nil && steps[0].Kind == dialect.Supervised {
		steps = []dialect.Step{{Kind: dialect.Refer}} // nobody waits there: it is our own telephone
	}
	if err == nil {
		err = t.handOver(c, phone.TransferMove, party, to, steps)
	}
	if err != nil {
		t.beginTransfer(c, phone.TransferMove, phone.TransferFailed, party)
	}
}
