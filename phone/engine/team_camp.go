package engine

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"svara/phone"
	"svara/phone/team"
)

// campAgain is how often the team server is told that a camped-on call is still there. It lets go of those it has not heard
// of for 45 s.
const campAgain = 15 * time.Second

// changeCamp begins the names of changes that put a camped-on call into the team's order, or take it out.
const changeCamp = "camp/"

// teamCamps is the order of calls that wait for busy colleagues, as the team server holds it.
type teamCamps struct {
	run  string               // of this program, in the ids of our camps; empty: not known yet
	told map[string]team.Camp // everybody's that we may see
	ours []campShare          // never changed in place
	wait time.Time            // when the server is to be told again
}

// campShare is a camped-on call of ours in the team's order.
type campShare struct {
	id     string
	call   phone.CallID
	put    team.NewCamp // what the server was told last
	at     time.Time    // when; zero: it is to be told now
	asking bool
	alone  bool // it would not take it: the order is ours alone
	over   bool // the call waits no more, and the server has been told so
}

// take takes in a camp as it is now.
func (m *teamCamps) take(i team.Item) error {
	next, err := kept(maps.Clone(m.told), i.ID, i)
	if err == nil {
		m.told = next
	}
	return err
}

func (m *teamCamps) of(id phone.CallID) *campShare {
	i := slices.IndexFunc(m.ours, func(o campShare) bool { return o.call == id && !o.over })
	if i < 0 {
		return nil
	}
	return &m.ours[i]
}

// again has all of ours told anew: the server may have let go of them.
func (m *teamCamps) again() {
	m.ours = slices.Clone(m.ours)
	for i := range m.ours {
		m.ours[i].at = time.Time{}
	}
}

// campGroup is who sees our camped-on calls: the first of our groups where we may camp. Empty: none.
func (x *teaming) campGroup() team.GroupID {
	for _, g := range x.view.Groups {
		if g.Rights.Reaches(phone.TeamRightsAgent) {
			return team.GroupID(g.ID)
		}
	}
	return ""
}

// campOf is a camped-on call as the server is told it.
func campOf(c *call, id string, group team.GroupID, now time.Time) team.NewCamp {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, c.Remote.Name)
	if name := []rune(plain); len(name) > 100 {
		plain = string(name[:100])
	}
	in := team.NewCamp{ID: id, Group: group, Target: c.Camp.Target.Number, From: phone.Party{Name: plain}, State: team.CampWaiting}
	if len(c.Remote.Number) <= 60 {
		in.From.Number = c.Remote.Number
	}
	switch {
	case c.Camp.Offering:
		in.State = team.CampOffering
	case c.Camp.Fetched:
		in.State = team.CampFetched
	}
	in.WaitedS = int(min(max(0, now.Sub(c.Camp.Since)), 12*time.Hour) / time.Second)
	return in
}

// sharedTurn reports whether a call's turn is the team server's to say, and whether it is its turn then. While the server is
// away, or would not take the call, the order is ours alone.
func (t *turn) sharedTurn(c *call) (shared, first bool) {
	x := &t.s.team
	o := x.camps.of(c.ID)
	if o == nil || o.alone || x.link != phone.TeamLive {
		return false, false
	}
	told, known := x.camps.told[o.id]
	return true, known && told.Target == c.Camp.Target.Number && told.Turn
}

// settleCamps keeps the team's order and ours the same: it tells the server of our camped-on calls, and shows them their
// places in its order.
func (t *turn) settleCamps() {
	x := &t.s.team
	m := &x.camps
	if !t.s.camping() && len(m.ours) == 0 {
		return
	}
	m.ours, m.wait = slices.Clone(m.ours), time.Time{}
	group := x.campGroup()
	for _, id := range t.callIDs() {
		c := t.s.call(id)
		if c == nil || c.Camp == nil || c.State != phone.StateConnected {
			continue
		}
		if m.of(id) == nil && m.run != "" && group != "" && looksLikeNumber(c.Camp.Target.Number) {
			m.ours = append(m.ours, campShare{id: m.run + "-" + strconv.FormatUint(uint64(id), 10), call: id})
		}
		t.showCamp(c)
		// Also one that is not shared any more: its turn may have come while it was.
		if shared, first := t.sharedTurn(c); m.of(id) != nil && (first || !shared) && c.Camp.Line == phone.LineIdle {
			t.offerCamped(lineKey{c.Account, c.Camp.Target.Number})
		}
	}
	if x.link != phone.TeamLive {
		return
	}
	for i := range m.ours {
		o := &m.ours[i]
		c := t.s.call(o.call)
		switch {
		case o.asking:
		case !o.over && (c == nil || c.Camp == nil || c.State != phone.StateConnected):
			o.over = true
			if o.put.Group != "" {
				t.askCamp(o, http.MethodDelete, o.put, nil)
			}
		case o.over:
		default:
			in := campOf(c, o.id, cmp.Or(o.put.Group, group), t.now)
			same := in
			same.WaitedS = o.put.WaitedS
			if due := o.at.Add(campAgain); (same == o.put || o.alone) && due.After(t.now) || in.Group == "" {
				if m.wait.IsZero() || due.Before(m.wait) {
					m.wait = due
				}
				continue
			}
			o.put = in
			t.askCamp(o, http.MethodPut, in, in)
		}
	}
	m.ours = slices.DeleteFunc(m.ours, func(o campShare) bool { return o.over && !o.asking })
}

func (t *turn) askCamp(o *campShare, method string, of team.NewCamp, in any) {
	o.asking, o.at = true, t.now
	t.do(fxTeamAsk{t.s.team.at, changeCamp + o.id, method, "groups/" + url.PathEscape(string(of.Group)) + "/camps/" + url.PathEscape(o.id), in})
}

// campDone: the server has taken a camp, or would not.
func (t *turn) campDone(id string, err error) {
	m := &t.s.team.camps
	m.ours = slices.Clone(m.ours)
	for i := range m.ours {
		if o := &m.ours[i]; o.id == id {
			o.asking, o.alone = false, err != nil
			if err != nil && !o.over {
				o.put.Group = "" // rights may have changed: the group is chosen anew
			}
		}
	}
	if err != nil {
		t.numberCamps()
	}
}

// showCamp shows a call its place in the team's order, and whose turn it is before it.
func (t *turn) showCamp(c *call) {
	x := &t.s.team
	o := x.camps.of(c.ID)
	told, known := team.Camp{}, false
	if shared, _ := t.sharedTurn(c); shared {
		told, known = x.camps.told[o.id]
	}
	if !known {
		if c.Camp.Shared {
			editCamp(c, func(k *phone.Camp) { k.Shared, k.Of, k.Ahead = false, 0, "" })
			t.numberCamps()
		}
		return
	}
	ahead := ""
	if told.Ahead != "" && told.Ahead != x.me {
		ahead = x.people[told.Ahead].Name
	}
	if k := c.Camp; !k.Shared || k.Place != told.Place || k.Of != told.Of || k.Ahead != ahead {
		editCamp(c, func(k *phone.Camp) { k.Shared, k.Place, k.Of, k.Ahead = true, told.Place, told.Of, ahead })
	}
}

// camping reports whether somebody camps here.
func (s *state) camping() bool {
	return slices.ContainsFunc(s.calls, func(c call) bool { return c.Camp != nil })
}

// campedView is the calls that others have camped on somebody, who has waited longest first.
func (s *state) campedView() []phone.CampedCall {
	x := &s.team
	var out []phone.CampedCall
	for id, c := range x.camps.told {
		if x.camps.run != "" && strings.HasPrefix(id, x.camps.run+"-") {
			continue
		}
		target := phone.Party{Number: c.Target, Name: x.people[x.numbers[c.Target]].Name}
		out = append(out, phone.CampedCall{
			ID: id, Target: target, Remote: c.From, By: phone.TeamName{ID: phone.TeamPersonID(c.By), Name: x.people[c.By].Name, Initials: x.people[c.By].Initials},
			Since: c.Since, Place: c.Place, Of: c.Of, Turn: c.Turn, Fetched: c.State == team.CampFetched, Offering: c.State == team.CampOffering,
		})
	}
	slices.SortFunc(out, func(a, b phone.CampedCall) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
	return out
}
