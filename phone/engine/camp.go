package engine

import (
	"slices"
	"time"

	"svara/phone"
	"svara/phone/dialect"
)

// A camped-on call is held and waits for a busy colleague. Their line is watched; when it is free, the first in line is
// offered: the colleague is called without us, and joined with the caller on answer.

// campOn lets a call wait for a target.
func (t *turn) campOn(cmd phone.CampOn) (phone.CallID, error) {
	c, err := t.transferable(cmd.Call)
	if err != nil {
		return 0, err
	}
	if c.Transfer != nil && c.Transfer.State == phone.TransferConsulting {
		return 0, phone.Refuse(phone.ReasonWrongState, string(c.Transfer.State))
	}
	target, party, err := t.targetOf(c, cmd.Target)
	if err != nil {
		return 0, err
	}
	if _, err := t.s.dialect(c.Account).Plan(phone.FeatureTransferComplete, dialect.Args{Number: target}); err != nil {
		return 0, err
	}
	l := t.s.line(lineKey{c.Account, target})
	if l != nil && l.Reason != nil && l.sub == "" {
		return 0, phone.Refuse(phone.ReasonNotTold, target)
	}
	t.splitOff(c)
	if !c.holding {
		t.hold(c, true)
	}
	c.Transfer, c.Recalled = nil, false
	c.Camp = &phone.Camp{Target: party, Since: t.now, Place: len(t.s.calls), Line: phone.LineUnknown, RemindAt: t.remindAt()}
	if l != nil {
		c.Camp.Line = l.State
	}
	c.campTried = time.Time{}
	t.numberCamps()
	t.campTold(c, "waiting")
	t.offerCamped(lineKey{c.Account, target})
	return c.ID, nil
}

func (t *turn) remindAt() time.Time {
	return t.now.Add(time.Duration(t.s.settings.Int(phone.KeyCampReminder)) * time.Second)
}

// editCamp changes what is shown of a camped-on call; snapshots keep the old one.
func editCamp(c *call, edit func(*phone.Camp)) {
	next := *c.Camp
	edit(&next)
	c.Camp = &next
}

func (t *turn) campTold(c *call, state string) {
	t.tell(phone.Event{Kind: phone.EventCamp, Call: c.ID, Account: c.Account, State: state, Remote: &c.Camp.Target})
}

// camped is the calls that wait for a line, first come first.
func (t *turn) camped(k lineKey) []*call {
	var out []*call
	for i := range t.s.calls {
		if c := &t.s.calls[i]; c.Camp != nil && c.Account == k.account && c.Camp.Target.Number == k.number && c.State == phone.StateConnected {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b *call) int { return a.Camp.Since.Compare(b.Camp.Since) })
	return out
}

// numberCamps tells everybody their place. One that is fetched keeps its place.
func (t *turn) numberCamps() {
	for i := range t.s.calls {
		c := &t.s.calls[i]
		if c.Camp == nil {
			continue
		}
		for place, k := range t.camped(lineKey{c.Account, c.Camp.Target.Number}) {
			if k.Camp.Place != place+1 && !k.Camp.Shared {
				editCamp(k, func(x *phone.Camp) { x.Place = place + 1 })
			}
		}
	}
}

// campLine follows the line somebody waits for.
func (t *turn) campLine(k lineKey, before, now phone.LineState) {
	for _, c := range t.camped(k) {
		if c.Camp.Line != now {
			editCamp(c, func(x *phone.Camp) { x.Line = now })
		}
		if before == phone.LineBusy && now == phone.LineIdle {
			c.campTried = time.Time{}
		}
	}
	if now == phone.LineIdle {
		t.offerCamped(k)
	}
}

// offerCamped calls the target for the first in line, when the target is free and nobody is being offered.
func (t *turn) offerCamped(k lineKey) {
	waiting := t.camped(k)
	for _, c := range waiting {
		if c.Camp.Offering {
			return
		}
	}
	for _, c := range waiting {
		if c.Camp.Line != phone.LineIdle || c.Camp.Fetched || !c.holding || c.Transfer != nil && c.Transfer.State != phone.TransferFailed {
			continue
		}
		if shared, first := t.sharedTurn(c); shared && !first {
			continue // somebody else's goes first, or the server has not said yet
		}
		if !c.campTried.IsZero() && c.campTried.Add(offerAgain).After(t.now) {
			return // refused a moment ago: their turn comes again
		}
		t.offer(c)
		return
	}
}

func (t *turn) offer(c *call) {
	id, target := c.ID, c.Camp.Target
	c.campTried = t.now
	if _, err := t.superviseTo(c, phone.TransferAnnounced, target, target.Number); err != nil {
		return
	}
	c = t.s.call(id)
	editCamp(c, func(x *phone.Camp) { x.Offering, x.Reminder, x.LastError = true, false, nil })
	t.campTold(c, "offering")
}

// campOffered: the target did not take the call; the caller keeps their place.
func (c *call) campOffered(why phone.Reason) {
	if c.Camp != nil {
		editCamp(c, func(x *phone.Camp) { x.Offering, x.LastError = false, &why })
	}
}

// campUntold: the exchange does not tell how the target stands, so nobody can wait for it. The caller stays held.
func (t *turn) campUntold(k lineKey) {
	l := t.s.line(k)
	if l == nil || l.sub != "" { // asked again by itself
		return
	}
	for _, c := range t.camped(k) {
		target := c.Camp.Target
		t.leaveCamp(c, "over")
		t.beginTransfer(c, phone.TransferAnnounced, phone.TransferTrying, target)
		t.failTransfer(c, phone.Reason{ID: phone.ReasonNotTold})
	}
}

// leaveCamp takes a call out of the line it waits in.
func (t *turn) leaveCamp(c *call, state string) {
	if c.Camp == nil {
		return
	}
	t.campTold(c, state)
	offering := c.Camp.Offering
	id := c.ID
	c.Camp = nil
	if k := t.autoFor(id); offering && k != nil {
		k.Consults = 0
		t.end(k, phone.Reason{ID: phone.ReasonTakenBack})
		t.s.call(id).Transfer = nil
	}
	t.numberCamps()
}

// campFetched: we talk to a camped-on caller; the place is kept.
func (t *turn) campFetched(c *call) {
	if c.Camp == nil || c.Camp.Fetched {
		return
	}
	editCamp(c, func(x *phone.Camp) { x.Fetched, x.Reminder, x.RemindAt = true, false, time.Time{} })
	t.campTold(c, "fetched")
}

// putBack returns a caller to the same place.
func (t *turn) putBack(cmd phone.PutBack) (phone.CallID, error) {
	c, err := t.pick(cmd.Call, func(c *call) bool { return c.Camp != nil && c.Camp.Fetched && c.State == phone.StateConnected })
	if err != nil {
		return 0, err
	}
	if !c.holding {
		t.hold(c, true)
	}
	editCamp(c, func(x *phone.Camp) { x.Fetched, x.RemindAt = false, t.remindAt() })
	t.campTold(c, "waiting")
	t.offerCamped(lineKey{c.Account, c.Camp.Target.Number})
	return c.ID, nil
}

// campClock reminds of a waiting caller, and offers again after a refusal.
func (t *turn) campClock(c *call) {
	if c.Camp == nil {
		return
	}
	if at := c.Camp.RemindAt; !at.IsZero() && !at.After(t.now) {
		editCamp(c, func(x *phone.Camp) { x.Reminder, x.RemindAt = true, t.remindAt() })
		t.campTold(c, "reminder")
	}
	if !c.campTried.IsZero() && !c.campTried.Add(offerAgain).After(t.now) {
		c.campTried = time.Time{}
		t.offerCamped(lineKey{c.Account, c.Camp.Target.Number})
	}
}
