package engine

import (
	"net/http"
	"slices"

	"svara/phone"
	"svara/phone/team"
)

// dialByTeam has the exchange ring another telephone of ours and then the target, by way of the team server (features.md B5):
// no call of this phone is needed. false: the server cannot, or not so; then the phone does it itself, see placeVia.
func (t *turn) dialByTeam(a *account, cmd phone.Dial, wears *phone.Role) (bool, error) {
	x := &t.s.team
	if x.link != phone.TeamLive || a.ID != x.at.account || x.noCalls || cmd.How != "" || cmd.Join || cmd.Digits != "" {
		return false, nil
	}
	device, err := t.device(a, cmd.Via)
	if err != nil {
		return false, err
	}
	target, err := cleanTarget(cmd.Target)
	if err != nil {
		return false, err
	}
	in := team.NewCall{Phone: t.ownTelephone(device), Number: target}
	if in.Phone == "" || !looksLikeNumber(target) {
		return false, nil
	}
	if wears != nil {
		if in.Shown = wears.Number; wears.Withheld || !t.mayShow(in.Shown) {
			return false, nil
		}
		cmd.As = wears.ID
	}
	t.askTeam(cmd.Verb(), target, "", http.MethodPost, "calls", in)
	x.calls = append(slices.Clip(x.calls), teamCall{x.changes[len(x.changes)-1].ID, cmd})
	return true, nil
}

// teamCall is a call that the exchange was asked for by way of the team server.
type teamCall struct {
	change string
	cmd    phone.Dial
}

// ownTelephone is a number as the team server has it among ours; empty: it is not there.
func (t *turn) ownTelephone(number string) string {
	me, plan := t.s.team.people[t.s.team.me], numberPlan(t.s.settings)
	own := []string{me.Extension, me.Mobile}
	for _, n := range me.Numbers {
		own = append(own, n.Number)
	}
	for _, n := range own {
		if n != "" && (n == number || plan.Same(n, number)) {
			return n
		}
	}
	return ""
}

// mayShow reports whether the server lets us show a number: one of ours, or of a group of ours.
func (t *turn) mayShow(number string) bool {
	x := &t.s.team
	for id, g := range x.groups {
		if g.Number == number && x.people[x.me].In(id).Reaches(team.RightsUser) {
			return true
		}
	}
	return t.ownTelephone(number) == number
}

// teamCalled ends a call that was asked for. It reports whether the phone does it itself now, because the exchange cannot.
func (t *turn) teamCalled(change string, err error) bool {
	x := &t.s.team
	i := slices.IndexFunc(x.calls, func(c teamCall) bool { return c.change == change })
	if i < 0 {
		return false
	}
	cmd := x.calls[i].cmd
	x.calls = slices.Delete(slices.Clone(x.calls), i, i+1)
	if err == nil || teamReason(err).ID != phone.ReasonNotSupported {
		return false
	}
	x.noCalls = true
	_, err = t.dial(cmd)
	return err == nil
}
