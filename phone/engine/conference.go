package engine

import (
	"time"

	"svara/phone"
	"svara/phone/dialect"
)

// conference is the local conference: its members are the calls with the Conference flag.
type conference struct {
	since time.Time // zero: there is none
	aside bool      // we are away; the members talk on
}

func (c conference) on() bool { return !c.since.IsZero() }

// members counts those in the mix and those on their way into it.
func (s *state) members() (in, coming int) {
	for i := range s.calls {
		switch c := &s.calls[i]; {
		case !c.State.Live() || c.State == phone.StateEnding:
		case c.Conference:
			in++
		case c.join:
			coming++
		}
	}
	return in, coming
}

func (s *state) conferenceView() *phone.Conference {
	if !s.conference.on() {
		return nil
	}
	v := &phone.Conference{Started: s.conference.since, Aside: s.conference.aside}
	for i := range s.calls {
		if c := &s.calls[i]; c.Conference {
			v.Calls = append(v.Calls, c.ID)
		}
	}
	return v
}

func (t *turn) tellConference(state string, id phone.CallID) {
	t.tell(phone.Event{Kind: phone.EventConference, State: state, Call: id})
}

// roomToJoin refuses more parties than the mix takes.
func (t *turn) roomToJoin(more int) error {
	in, coming := t.s.members()
	if in+coming+more > phone.MaxConference {
		return phone.Refuse(phone.ReasonConferenceFull, "")
	}
	return nil
}

// mergeable are calls that can be in a conference.
func (t *turn) mergeable(c *call) bool {
	return c.State == phone.StateConnected && !c.auto && !c.Inside && !c.insideHold && !c.pending() && c.Camp == nil && t.insideOf(c.ID) == nil
}

// merge makes a conference of calls, or adds them to it.
func (t *turn) merge(cmd phone.Merge) (phone.CallID, error) {
	ids := cmd.Calls
	if len(ids) == 0 {
		for i := range t.s.calls {
			if c := &t.s.calls[i]; t.mergeable(c) {
				ids = append(ids, c.ID)
			}
		}
	}
	fresh := 0
	for _, id := range ids {
		c := t.s.call(id)
		switch {
		case c == nil || c.dismissed:
			return 0, phone.Refuse(phone.ReasonNoCall, "")
		case !t.mergeable(c):
			return 0, phone.Refuse(phone.ReasonWrongState, string(c.State))
		case !c.Conference:
			fresh++
		}
	}
	in, coming := t.s.members()
	if in+coming+fresh < 2 || fresh == 0 {
		return 0, phone.Refuse(phone.ReasonNoCall, "")
	}
	if err := t.roomToJoin(fresh); err != nil {
		return 0, err
	}
	for _, id := range ids {
		t.joinConference(id)
	}
	t.holdOthers(ids[0])
	return ids[0], nil
}

// joinConference puts a connected call into the mix.
func (t *turn) joinConference(id phone.CallID) {
	c := t.s.call(id)
	if c.Conference {
		return
	}
	if !t.s.conference.on() {
		t.s.conference = conference{since: t.now}
		t.tellConference("began", id)
	}
	if caller := t.s.call(c.Consults); caller != nil && caller.Transfer != nil {
		caller.Transfer = nil
	}
	if c.Transfer != nil {
		if k := t.s.call(c.Transfer.Consult); k != nil {
			k.Consults = 0
		}
	}
	c.Conference, c.Transfer, c.Consults, c.Recalled = true, nil, 0, false
	if c.holding {
		t.hold(c, false)
	}
	t.showHold(c)
	t.tellConference("joined", id)
}

// joinTalking brings those we talk with into the conference a new call is dialled for.
func (t *turn) joinTalking(except phone.CallID) {
	for i := range t.s.calls {
		c := &t.s.calls[i]
		if c.ID != except && t.mergeable(c) && !c.holding && !c.Conference {
			t.joinConference(c.ID)
		}
	}
	if t.s.conference.aside {
		t.stepAside(false)
	}
}

// startConference calls several at once.
func (t *turn) startConference(cmd phone.StartConference) (phone.CallID, error) {
	if len(cmd.Targets) == 0 {
		return 0, phone.Refuse(phone.ReasonBadTarget, "")
	}
	acc, err := t.callingAccount(cmd.Account)
	if err != nil {
		return 0, err
	}
	account := acc.ID
	if err := t.roomToJoin(len(cmd.Targets)); err != nil {
		return 0, err
	}
	if t.s.live()+len(cmd.Targets) > maxCalls {
		return 0, phone.Refuse(phone.ReasonTooManyCalls, "")
	}
	for _, target := range cmd.Targets { // all or none
		if _, err := cleanTarget(target); err != nil {
			return 0, err
		}
	}
	if !t.s.conference.on() {
		t.holdOthers(0)
	} else if t.s.conference.aside {
		t.stepAside(false)
	}
	var first phone.CallID
	for _, target := range cmd.Targets {
		c, err := t.place(placing{account: t.s.account(account), target: target, join: true})
		if err != nil {
			return first, err
		}
		if first == 0 {
			first = c.ID
		}
	}
	return first, nil
}

// stepAside leaves the members to themselves, or comes back to them.
func (t *turn) stepAside(away bool) {
	if !t.s.conference.on() || t.s.conference.aside == away {
		return
	}
	t.s.conference.aside = away
	var first phone.CallID
	for i := range t.s.calls {
		if c := &t.s.calls[i]; c.Conference {
			if first == 0 {
				first = c.ID
			}
			if c.HeldSince = t.now; !away {
				c.HeldSince = time.Time{}
			}
			t.showHold(c)
		}
	}
	if away {
		t.tellConference("aside", 0)
		return
	}
	t.tellConference("back", 0)
	t.holdOthers(first)
}

// splitOff takes a call out of the mix; it goes on as a call of its own.
func (t *turn) splitOff(c *call) {
	if !c.Conference {
		return
	}
	c.Conference = false
	t.showHold(c)
	t.tellConference("left", c.ID)
}

// split takes a call out of the conference and holds it.
func (t *turn) split(cmd phone.Split) (phone.CallID, error) {
	c, err := t.pick(cmd.Call, func(c *call) bool { return c.Conference && c.State == phone.StateConnected })
	if err != nil {
		return 0, err
	}
	t.hold(c, true)
	t.splitOff(c)
	return c.ID, nil
}

// leaveMix: a member has ended.
func (t *turn) leaveMix(id phone.CallID) {
	if c := t.s.call(id); c != nil && c.Conference {
		c.Conference = false
		t.tellConference("left", id)
	}
}

// dissolve ends a conference of fewer than two: the one who is left is a call like any.
func (t *turn) dissolve() {
	in, coming := t.s.members()
	if !t.s.conference.on() || in+coming >= 2 || in == 1 && coming > 0 {
		return
	}
	aside := t.s.conference.aside
	t.s.conference = conference{}
	for i := range t.s.calls {
		if c := &t.s.calls[i]; c.Conference {
			c.Conference, c.Silenced = false, false
			if aside && c.State == phone.StateConnected {
				t.hold(c, true)
			}
			t.showHold(c)
		}
	}
	t.tellConference("ended", 0)
}

// leaveConference lets the others go on: two by REFER with Replaces, more in the exchange's own room.
func (t *turn) leaveConference() (phone.CallID, error) {
	if !t.s.conference.on() {
		return 0, phone.Refuse(phone.ReasonNoConference, "")
	}
	var members []phone.CallID
	for i := range t.s.calls {
		if c := &t.s.calls[i]; c.Conference && c.State == phone.StateConnected {
			members = append(members, c.ID)
		}
	}
	if len(members) == 0 {
		return 0, phone.Refuse(phone.ReasonNoConference, "")
	}
	if steps, err := t.s.dialect(t.s.call(members[0]).Account).Plan(phone.FeatureBridge, dialect.Args{}); err == nil && len(members) > 2 && steps[0].Kind == dialect.Refer {
		for _, id := range members {
			c := t.s.call(id)
			t.beginTransfer(c, phone.TransferDirect, phone.TransferRequested, phone.Party{Number: steps[0].Text})
			t.editTransfer(c, func(x *phone.Transfer) { x.RecallAt = time.Time{} })
			t.refer(c, steps[0].Text, "")
		}
		return members[0], nil
	}
	if len(members) != 2 {
		return 0, phone.Refuse(phone.ReasonCannotLeave, "")
	}
	c, k := t.s.call(members[0]), t.s.call(members[1])
	if _, err := t.s.dialect(c.Account).Plan(phone.FeatureTransferComplete, dialect.Args{Number: k.Remote.Number}); err != nil {
		return 0, err
	}
	t.beginTransfer(c, phone.TransferAnnounced, phone.TransferRequested, k.Remote)
	t.editTransfer(c, func(x *phone.Transfer) { x.Consult, x.RecallAt = k.ID, t.now.Add(joinPatience) })
	t.refer(c, "", k.leg)
	return c.ID, nil
}

func (t *turn) endConference() (phone.CallID, error) {
	if !t.s.conference.on() {
		return 0, phone.Refuse(phone.ReasonNoConference, "")
	}
	var ids []phone.CallID
	for i := range t.s.calls {
		if c := &t.s.calls[i]; c.State.Live() && (c.Conference || c.join) {
			ids = append(ids, c.ID)
		}
	}
	for _, id := range ids {
		t.giveUp(t.s.call(id))
	}
	return 0, nil
}

func (t *turn) setLevel(cmd phone.SetLevel) (phone.CallID, error) {
	c, err := t.pick(cmd.Call, func(c *call) bool { return c.State.Live() && !c.Inside })
	if err != nil {
		return 0, err
	}
	if cmd.Percent < 0 || cmd.Percent > 200 {
		return 0, phone.Refuse(phone.ReasonBadCommand, "percent")
	}
	c.Level = cmd.Percent
	return c.ID, nil
}

func (t *turn) silence(cmd phone.Silence) (phone.CallID, error) {
	c, err := t.pick(cmd.Call, func(c *call) bool { return c.State == phone.StateConnected && !c.Inside })
	if err != nil {
		return 0, err
	}
	c.Silenced = cmd.On
	return c.ID, nil
}
