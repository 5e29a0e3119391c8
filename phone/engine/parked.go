package engine

import (
	"slices"
	"strings"

	"svara/phone"
	"svara/phone/dialect"
)

// parkCall parks a call in a slot of the exchange.
func (t *turn) parkCall(cmd phone.Park) (phone.CallID, error) {
	c, err := t.transferable(cmd.Call)
	if err != nil {
		return 0, err
	}
	feature, args := phone.FeaturePark, dialect.Args{Slot: cmd.Slot, Number: cmd.Slot}
	if cmd.Slot != "" {
		feature = phone.FeatureParkSlot
		if !looksLikeNumber(cmd.Slot) {
			return 0, phone.Refuse(phone.ReasonBadTarget, cmd.Slot)
		}
	}
	steps, err := t.s.dialect(c.Account).Plan(feature, args)
	if err != nil {
		return 0, err
	}
	target := cmd.Slot
	if target == "" {
		target = steps[0].Text
	}
	c.parkedTo = cmd.Slot
	if c.Camp != nil {
		t.leaveCamp(c, "over")
	}
	return c.ID, t.handOver(c, phone.TransferPark, phone.Party{Number: target}, target, steps)
}

// park notes a call that is parked now.
func (t *turn) park(c *call) {
	p := phone.Parked{Account: c.Account, Slot: c.parkedTo, Remote: c.Remote, Since: t.now}
	if l := t.s.line(lineKey{p.Account, p.Slot}); l != nil {
		p.Told = l.State == phone.LineBusy || l.State == phone.LineRinging
	}
	t.s.parked = append(t.s.parked, p)
	t.tell(phone.Event{Kind: phone.EventParked, Account: c.Account, Value: c.parkedTo, State: "parked", Remote: &c.Remote})
}

// slotIn is the slot that an exchange which chose it names at the end of its last word on the transfer ("Parked in 701").
func slotIn(text string) string {
	words := strings.Fields(text)
	if len(words) == 0 {
		return ""
	}
	if last := words[len(words)-1]; strings.Trim(last, "0123456789") == "" && len(last) <= 8 {
		return last
	}
	return ""
}

// unpark forgets a slot.
func (t *turn) unpark(account phone.AccountID, slot, state string) {
	t.s.parked = slices.DeleteFunc(t.s.parked, func(p phone.Parked) bool {
		if p.Account != account || p.Slot != slot {
			return false
		}
		t.tell(phone.Event{Kind: phone.EventParked, Account: account, Value: slot, State: state, Remote: &p.Remote})
		return true
	})
}

// parkedLine: the slot's line tells that the call has left.
func (t *turn) parkedLine(k lineKey, now phone.LineState) {
	for i := range t.s.parked {
		p := &t.s.parked[i]
		if p.Account != k.account || p.Slot != k.number {
			continue
		}
		if now == phone.LineBusy || now == phone.LineRinging {
			p.Told = true
		} else if now == phone.LineIdle && p.Told {
			t.unpark(k.account, k.number, "gone")
			return
		}
	}
}

// parkedUntold: the exchange does not tell of its slots.
func (t *turn) parkedUntold(k lineKey) {
	for i := range t.s.parked {
		if p := &t.s.parked[i]; p.Account == k.account && p.Slot == k.number {
			p.Told = false
		}
	}
}

// retrieve fetches a parked call.
func (t *turn) retrieve(cmd phone.Retrieve) (phone.CallID, error) {
	var remote *phone.Party
	for i := range t.s.parked {
		if p := t.s.parked[i]; p.Slot == cmd.Slot && (cmd.Account == "" || cmd.Account == p.Account) {
			cmd.Account, remote = p.Account, &p.Remote
		}
	}
	acc, err := t.callingAccount(cmd.Account)
	if err != nil {
		return 0, err
	}
	if !looksLikeNumber(cmd.Slot) {
		return 0, phone.Refuse(phone.ReasonBadTarget, cmd.Slot)
	}
	code, err := t.s.dialCode(acc.ID, phone.FeatureRetrieve, dialect.Args{Slot: cmd.Slot, Number: cmd.Slot})
	if err != nil {
		return 0, err
	}
	c, err := t.place(placing{account: acc, target: cmd.Slot, code: code, remote: remote})
	if err != nil {
		return 0, err
	}
	c.retrieve = cmd.Slot
	t.holdOthers(c.ID)
	return c.ID, nil
}
