package engine

import (
	"cmp"
	"maps"
	"slices"

	"svara/phone"
	"svara/phone/team"
)

// teamParked takes in a call that the team server tells is parked, or is no more: also one of ours whose slot's line does
// not tell.
func (t *turn) teamParked(i team.Item) error {
	x := &t.s.team
	was, known := x.parked[i.ID]
	next, err := kept(maps.Clone(x.parked), i.ID, i)
	if err != nil {
		return err
	}
	x.parked = next
	if i.Gone && known {
		t.unpark(x.at.account, was.Slot, "gone")
	}
	return nil
}

// parkedView is the calls that are parked: ours, and those that the team server tells of besides.
func (s *state) parkedView() []phone.Parked {
	out := slices.Clone(s.parked)
	x := &s.team
	var more []phone.Parked
	for _, p := range x.parked {
		if !slices.ContainsFunc(out, func(o phone.Parked) bool { return o.Account == x.at.account && o.Slot == p.Slot }) {
			more = append(more, phone.Parked{Account: x.at.account, Slot: p.Slot, Remote: p.From, Since: p.Since, Told: true})
		}
	}
	slices.SortFunc(more, func(a, b phone.Parked) int { return cmp.Compare(a.Slot, b.Slot) })
	return append(out, more...)
}
