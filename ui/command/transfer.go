package command

import (
	"slices"
	"strconv"

	"svara/phone"
)

// Can reports whether the exchange of a call's account has a feature.
func Can(s *phone.Snapshot, c *phone.Call, f phone.Feature) bool {
	for _, a := range s.Accounts {
		if a.ID == c.Account {
			return a.Can(f)
		}
	}
	return false
}

// InFront is the calls we take part in or hold: those that hold a line, do not ring here, and have not been handed over.
// A call that rings at a colleague for somebody else is none of ours either.
func InFront(s *phone.Snapshot) []phone.Call {
	return slices.DeleteFunc(talking(s), func(c phone.Call) bool { return Waits(c) || Errand(s, c) })
}

// Waits reports whether a call has been handed over unanswered, or waits for a busy colleague.
func Waits(c phone.Call) bool {
	return c.Transfer != nil && (c.Transfer.State.Pending() || c.Transfer.State == phone.TransferReturning) || c.Camp != nil && !c.Camp.Fetched
}

// Errand reports whether a call is made for another: to join its target with a caller, without us.
func Errand(s *phone.Snapshot, c phone.Call) bool {
	caller := s.Call(c.Consults)
	if c.Consults == 0 || caller == nil || !caller.State.Live() {
		return false
	}
	return Waits(*caller)
}

// active is the call in front: the one a key without a card acts on.
func active(s *phone.Snapshot) *phone.Call {
	if c := s.Call(s.Active); c != nil && c.State != phone.StateIncoming {
		return c
	}
	if calls := InFront(s); len(calls) > 0 {
		return &calls[len(calls)-1]
	}
	return nil
}

// subject is the call a command acts on: the button's own, else the one in front.
func subject(v Invocation) *phone.Call {
	if c := v.Snapshot.Call(v.Call); c != nil {
		return c
	}
	return active(v.Snapshot)
}

// TransferRefusal is why a call cannot be handed over now, as a text key; empty when it can.
func TransferRefusal(s *phone.Snapshot, c *phone.Call) string {
	switch {
	case c == nil:
		return whyNoCall
	case c.State != phone.StateConnected:
		return whyNotYet
	case c.Conference:
		return whyInConference
	case Waits(*c):
		return whyHandedOver
	case !Can(s, c, phone.FeatureTransferDirect) && !Can(s, c, phone.FeatureTransferAnnounced):
		return whyNoTransfer
	}
	return ""
}

func canTransfer(s *phone.Snapshot) (bool, string) {
	why := TransferRefusal(s, active(s))
	return why == "", why
}

func runTransfer(v Invocation) {
	if c := subject(v); c != nil {
		v.Host.Ask(AskTransfer, c.ID)
	}
}

func hand(how Handing) func(Invocation) { return func(v Invocation) { v.Host.HandOver(how) } }

func ask(q Question) func(Invocation) { return func(v Invocation) { v.Host.Ask(q, v.Call) } }

// Consultation is a caller and the call with the one they may go to, found from either; nil when there is none.
func Consultation(s *phone.Snapshot, c *phone.Call) (caller, with *phone.Call) {
	if c == nil {
		return nil, nil
	}
	caller = c
	if c.Consults != 0 {
		caller = s.Call(c.Consults)
	}
	if caller == nil || caller.Transfer == nil || !caller.State.Live() {
		return nil, nil
	}
	if with = s.Call(caller.Transfer.Consult); with == nil || !with.State.Live() || caller.Transfer.State != phone.TransferConsulting && caller.Transfer.State != phone.TransferFailed {
		return nil, nil
	}
	return caller, with
}

func canComplete(s *phone.Snapshot) (bool, string) {
	why := CompleteRefusal(s, active(s))
	return why == "", why
}

// CompleteRefusal is why a caller cannot be connected with the consultation now, as a text key.
func CompleteRefusal(s *phone.Snapshot, c *phone.Call) string {
	caller, with := Consultation(s, c)
	switch {
	case caller == nil:
		return whyNoConsult
	case with.State == phone.StateConnected && !Can(s, caller, phone.FeatureTransferComplete):
		return whyNoJoin
	case with.State != phone.StateConnected && !Can(s, caller, phone.FeatureTransferRinging):
		return whyNoRinging2
	}
	return ""
}

func runComplete(v Invocation) {
	if caller, _ := Consultation(v.Snapshot, subject(v)); caller != nil {
		v.Host.Do(phone.Complete{Call: caller.ID})
	}
}

// Regret is the call that a regret takes back: the one in front when it is a consultation, else the one handed over last.
func Regret(s *phone.Snapshot) *phone.Call {
	if caller, _ := Consultation(s, active(s)); caller != nil {
		return caller
	}
	var newest *phone.Call
	for i := range s.Calls {
		c := &s.Calls[i]
		if c.Transfer != nil && c.Transfer.Undo && (newest == nil || c.Transfer.Since.After(newest.Transfer.Since)) {
			newest = c
		}
	}
	return newest
}

func canTakeBack(s *phone.Snapshot) (bool, string) { return Regret(s) != nil, whyNothingBack }

func runTakeBack(v Invocation) {
	c := v.Snapshot.Call(v.Call)
	if c == nil {
		c = Regret(v.Snapshot)
	}
	if c != nil {
		v.Host.Do(phone.TakeBack{Call: c.ID})
	}
}

func canSwap(s *phone.Snapshot) (bool, string) {
	held := slices.ContainsFunc(connected(s), func(c phone.Call) bool { return c.Hold.Local() && !Waits(c) && !Errand(s, c) })
	return held && len(InFront(s)) > 1, whyOneCall
}

// runSwap goes to the call whose button it was, or lets the phone choose.
func runSwap(v Invocation) {
	if c := v.Snapshot.Call(v.Call); c != nil && c.Hold.Local() && !c.Inside && !hasInside(v.Snapshot, c.ID) {
		v.Host.Do(phone.SetHold{Call: c.ID})
		return
	}
	v.Host.Do(phone.Swap{})
}

func hasInside(s *phone.Snapshot, id phone.CallID) bool {
	return slices.ContainsFunc(s.Calls, func(c phone.Call) bool { return c.Inside && c.Consults == id && c.State.Live() })
}

func fetched(s *phone.Snapshot) *phone.Call {
	for i := range s.Calls {
		if c := &s.Calls[i]; c.Camp != nil && c.Camp.Fetched && c.State == phone.StateConnected {
			return c
		}
	}
	return nil
}

func canPutBack(s *phone.Snapshot) (bool, string) { return fetched(s) != nil, whyNoCamp }

func runPutBack(v Invocation) {
	c := v.Snapshot.Call(v.Call)
	if c == nil {
		c = fetched(v.Snapshot)
	}
	if c != nil {
		v.Host.Do(phone.PutBack{Call: c.ID})
	}
}

func canNext(s *phone.Snapshot) (bool, string) {
	return s.Next != 0 && s.Active == 0 && s.Call(s.Next) != nil, whyNoNext
}

func runNext(v Invocation) { fetch(v, v.Snapshot.Call(v.Snapshot.Next)) }

// fetch goes to a call, whatever it takes: answer it, take it back, go on with it.
func fetch(v Invocation, c *phone.Call) {
	switch {
	case c == nil:
	case c.State == phone.StateIncoming:
		v.Host.Do(phone.Answer{Call: c.ID})
	case c.Transfer != nil && c.Transfer.State.Pending():
		v.Host.Do(phone.TakeBack{Call: c.ID})
	case c.State == phone.StateConnected && c.Hold.Local():
		v.Host.Do(phone.SetHold{Call: c.ID})
	}
}

// Card is what a number stands for: a call of this telephone, or one in a slot of the exchange.
type Card struct {
	Call    phone.CallID // 0: it is parked
	Account phone.AccountID
	Slot    string
}

// ParkedCard is the card of a parked call; the zero Card where its slot is not known.
func ParkedCard(p phone.Parked) Card {
	if p.Slot == "" {
		return Card{}
	}
	return Card{Account: p.Account, Slot: p.Slot}
}

func canFetch(s *phone.Snapshot) (bool, string) {
	return len(s.Calls)+len(s.Parked) > 0, whyNoNumbered
}

func runFetch(v Invocation) {
	n, err := strconv.Atoi(v.Chord.Key)
	if err != nil {
		return
	}
	switch card := v.Host.Numbered(n); {
	case card.Call != 0:
		fetch(v, v.Snapshot.Call(card.Call))
	case card.Slot != "":
		v.Host.Do(phone.Retrieve{Slot: card.Slot, Account: card.Account})
	}
}

// other is the call that one in front would be joined with: the one that has been held longest.
func other(s *phone.Snapshot, c *phone.Call) *phone.Call {
	if caller, with := Consultation(s, c); caller != nil {
		if caller.ID == c.ID {
			return with
		}
		return caller
	}
	var longest *phone.Call
	for _, k := range InFront(s) {
		if k.ID != c.ID && k.State == phone.StateConnected && k.Hold.Local() && (longest == nil || k.HeldSince.Before(longest.HeldSince)) {
			longest = &k
		}
	}
	return longest
}

func canJoin(s *phone.Snapshot) (bool, string) {
	c := active(s)
	switch {
	case c == nil:
		return false, whyNoCall
	case other(s, c) == nil || c.State != phone.StateConnected:
		return false, whyNoOther
	case !Can(s, c, phone.FeatureTransferComplete):
		return false, whyNoJoin
	}
	return true, ""
}

// runJoin connects the call in front with a held one and leaves them: a consultation is completed, two calls of their
// own become a conference that we leave.
func runJoin(v Invocation) {
	c := active(v.Snapshot)
	if c == nil {
		return
	}
	k := v.Snapshot.Call(v.Call)
	if k == nil || k.ID == c.ID {
		k = other(v.Snapshot, c)
	}
	if k == nil {
		return
	}
	if caller, with := Consultation(v.Snapshot, c); caller != nil && (caller.ID == k.ID || with.ID == k.ID) {
		v.Host.Do(phone.Complete{Call: caller.ID})
		return
	}
	v.Host.Do(phone.Merge{Calls: []phone.CallID{c.ID, k.ID}})
	v.Host.Do(phone.LeaveConference{})
}

func canMerge(s *phone.Snapshot) (bool, string) {
	n := len(slices.DeleteFunc(InFront(s), func(c phone.Call) bool { return c.State != phone.StateConnected || c.Inside || hasInside(s, c.ID) }))
	switch {
	case n < 2:
		return false, whyNoOther
	case s.Conference != nil && len(s.Conference.Calls) >= phone.MaxConference:
		return false, whyFull
	}
	return true, ""
}

// runMerge makes a conference of the call in front and the one whose button it was, or of all.
func runMerge(v Invocation) {
	c := active(v.Snapshot)
	if k := v.Snapshot.Call(v.Call); k != nil && c != nil && k.ID != c.ID {
		v.Host.Do(phone.Merge{Calls: []phone.CallID{c.ID, k.ID}})
		return
	}
	v.Host.Do(phone.Merge{})
}

func canAdd(s *phone.Snapshot) (bool, string) {
	if len(connected(s)) == 0 {
		return canHold(s)
	}
	if s.Conference != nil && len(s.Conference.Calls) >= phone.MaxConference {
		return false, whyFull
	}
	return canDial(s)
}
