package engine

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// Where our calls go, shared with the team server (features.md F5, F6, F10, F11).
//
//	plans, links ◄──► team.Routing    the server's hold; what was changed here since goes before them, until it is there
//	forwardings  ◄─── team.Routed     set in the exchange by the server, while it says that it applies them
//
// Who applies an activity's forwarding is decided in one place, the server: while Routed.Applies for our extension, and as
// long as we know nothing newer, this phone does not.

// handed is what of our plans and links the server has.
type handed struct {
	Account phone.AccountID `json:"account,omitempty"` // whose team server has been given them; empty: none
	Edits   []string        `json:"edits,omitempty"`   // what was changed here since: "plan:ID", "link:KIND", "role:ID", shownEdit
	Roles   bool            `json:"roles,omitempty"`   // the roles among them
	// Applies is the extension whose forwardings the server said last that it sets; empty: it does not.
	Applies string `json:"applies,omitempty"`
}

// changeRouting is a change that is the phone's own doing: nobody is shown it.
const changeRouting = "routing"

// askAgain is how long after a fault the server is asked again.
const askAgain = 5 * time.Second

// teamMine is what the server has of us. Maps are replaced, never changed in place.
type teamMine struct {
	fresh   bool // something came, or everything has been told
	routing team.Routing
	seq     team.Seq // of routing; 0: there is none
	routed  team.Routed
	applies phone.AccountID // as guests see it

	asking bool                         // the server has not answered yet
	sent   []string                     // with it
	wait   time.Time                    // not before that
	want   map[phone.ForwardKind]string // forwardings asked for; empty: none
	refuse map[phone.ForwardKind]phone.Reason
}

// again is when everything is told anew.
func (m teamMine) again() teamMine {
	return teamMine{asking: m.asking, sent: m.sent, want: m.want, routed: m.routed, applies: m.applies}
}

func (m teamMine) apply(i team.Item, me team.PersonID) (teamMine, error) {
	m.fresh = true
	var err error
	switch i.Kind {
	case team.KindRouting:
		if team.PersonID(i.ID) != me || i.Seq < m.seq {
			return m, nil
		}
		m.routing, m.seq = team.Routing{}, 0
		if !i.Gone {
			if err = decodeItem(i, &m.routing); err == nil {
				m.seq = i.Seq
			}
		}
	case team.KindRouted:
		if team.PersonID(i.ID) == me {
			m.routed = team.Routed{}
			if !i.Gone {
				err = decodeItem(i, &m.routed)
			}
		}
	}
	return m, err
}

// teamApplies reports whether the server sees to the forwarding of our activities. What it said holds while it is away, and
// until it has told everything after a start.
func (s *state) teamApplies() bool {
	x, h := &s.team, &s.me.handed
	if x.link == phone.TeamOff || x.link == phone.TeamSignedOut || h.Applies == "" || h.Account != x.at.account {
		return false
	}
	a := s.account(h.Account)
	return a != nil && a.User == h.Applies
}

// teamForwards reports whether an account's forwardings are the server's to set.
func (s *state) teamForwards(id phone.AccountID) bool {
	return s.team.at.account == id && s.teamApplies()
}

// features is what an account's exchange can do, with the team server's help.
func (s *state) features(id phone.AccountID) []phone.Feature {
	out := s.dialect(id).Features()
	if s.teamForwards(id) {
		for _, k := range forwardKinds {
			for _, f := range []phone.Feature{k.on, k.off} {
				if !slices.Contains(out, f) {
					out = append(out, f)
				}
			}
		}
		slices.Sort(out)
	}
	return out
}

// forwards is how the forwardings stand that the server sets.
func (m teamMine) forwards(id phone.AccountID) []phone.Forward {
	var out []phone.Forward
	for _, k := range forwardKinds {
		f := phone.Forward{Account: id, Kind: k.kind, State: phone.ConfirmOff}
		if m.routed.Person == "" { // not told yet
			f.State = phone.ConfirmUnknown
		}
		i := slices.IndexFunc(m.routed.Forwards, func(r team.RoutedForward) bool { return r.Kind == k.kind })
		if i >= 0 {
			r := m.routed.Forwards[i]
			if f.Number, f.Since = r.Number, r.Since; r.Number != "" {
				f.State = phone.ConfirmOn
			}
			switch {
			case r.Wanted == r.Number:
			case r.Reason != nil:
				f.State, f.Asked, f.Reason = phone.ConfirmRefused, r.Wanted, r.Reason
			default:
				f.State, f.Asked = phone.ConfirmAsking, r.Wanted
			}
		}
		if number, asked := m.want[k.kind]; asked {
			f.State, f.Asked = phone.ConfirmAsking, number
		} else if why, refused := m.refuse[k.kind]; refused {
			f.State, f.Reason = phone.ConfirmRefused, &why
		}
		out = append(out, f)
	}
	return out
}

// forwardByTeam has the server set a forwarding.
func (t *turn) forwardByTeam(kind phone.ForwardKind, number string) error {
	x, err := t.liveTeam()
	if err != nil {
		return err
	}
	m := &x.mine
	if _, asked := m.want[kind]; asked {
		return phone.Refuse(phone.ReasonWrongState, string(phone.ConfirmAsking))
	}
	m.want, m.refuse = maps.Clone(m.want), maps.Clone(m.refuse)
	if m.want == nil {
		m.want = map[phone.ForwardKind]string{}
	}
	m.want[kind] = number
	delete(m.refuse, kind)
	return nil
}

// editRouting notes that a plan or link was changed here.
func (t *turn) editRouting(kind phone.ItemKind, key string) {
	if kind == phone.ItemPlan || kind == phone.ItemLink || kind == phone.ItemRole {
		t.edited(string(kind) + ":" + key)
	}
}

// edited notes what the server is to be told.
func (t *turn) edited(edit string) {
	h := &t.s.me.handed
	if h.Account == "" {
		return
	}
	if !slices.Contains(h.Edits, edit) {
		h.Edits = append(slices.Clone(h.Edits), edit)
		t.remember()
	}
	// What is on its way is not what it is now.
	t.s.team.mine.sent = slices.DeleteFunc(slices.Clone(t.s.team.mine.sent), func(s string) bool { return s == edit })
}

// settleMine brings what is ours and what the server has of it together.
func (t *turn) settleMine() {
	x := &t.s.team
	m := &x.mine
	applies := phone.AccountID("")
	if t.s.teamApplies() {
		applies = x.at.account
	}
	if m.applies != applies {
		m.applies, x.dirty = applies, true
	}
	if x.link != phone.TeamLive || t.s.closing {
		return
	}
	if m.fresh {
		m.fresh = false
		t.firstHandOver()
		if t.handOverRoles(); m.seq != 0 {
			t.takeRouting()
		}
		t.takeRouted()
	}
	if !m.asking && !m.wait.After(t.now) && (len(t.s.me.handed.Edits) > 0 || len(m.want) > 0) {
		t.sendRouting()
	}
}

// firstHandOver: the server of this account knows nothing of us yet. What it does not have and we do is new to it.
func (t *turn) firstHandOver() {
	x, h := &t.s.team, &t.s.me.handed
	if h.Account == x.at.account {
		return
	}
	*h = handed{Account: x.at.account}
	for _, p := range t.s.set.plans {
		h.Edits = append(h.Edits, string(phone.ItemPlan)+":"+p.ID)
	}
	for _, l := range t.s.set.links {
		h.Edits = append(h.Edits, string(phone.ItemLink)+":"+string(l.Kind))
	}
	t.remember()
}

// takeRouting makes our plans and links those of the server, apart from what was changed here since.
func (t *turn) takeRouting() {
	theirs := map[string]phone.Item{}
	for _, p := range t.s.team.mine.routing.Plans {
		theirs[string(phone.ItemPlan)+":"+p.ID] = p
	}
	for _, l := range t.s.team.mine.routing.Links {
		theirs[string(phone.ItemLink)+":"+string(l.Kind)] = l
	}
	for _, r := range t.s.team.mine.routing.Roles {
		theirs[string(phone.ItemRole)+":"+string(r.ID)] = r
	}
	changed := false
	for _, kind := range []phone.ItemKind{phone.ItemPlan, phone.ItemLink, phone.ItemRole} {
		for key, item := range t.s.set.items[kind] {
			name := string(kind) + ":" + key
			if _, there := theirs[name]; there || !t.s.shares(item) || slices.Contains(t.s.me.handed.Edits, name) {
				continue
			}
			t.s.set = t.s.set.without(kind, key)
			t.do(fxRemoveItem{kind, key})
			changed = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		item := theirs[name]
		if slices.Contains(t.s.me.handed.Edits, name) || item.Validate() != nil || sameItem(t.s.set.items[item.ItemKind()][item.Key()], item) {
			continue
		}
		t.s.set = t.s.set.with(item)
		t.do(fxPutItem{item})
		changed = true
	}
	t.takeShown() // before the items: a role that has gone is no choice of the user's
	if changed {
		t.itemsChanged()
		t.settleActivity()
	}
}

// sameItem compares plans and links as the server has them.
func sameItem(ours, theirs phone.Item) bool {
	switch ours := ours.(type) {
	case phone.Plan:
		p, ok := theirs.(phone.Plan)
		return ok && samePlan(handedOver(ours), handedOver(p))
	case phone.Link:
		l, ok := theirs.(phone.Link)
		return ok && l == ours
	case phone.Role:
		r, ok := theirs.(phone.Role)
		ours.Account = r.Account
		return ok && r == ours
	}
	return false
}

// handedOver is a plan as the server is given it: the computer's zone has no name.
func handedOver(p phone.Plan) phone.Plan {
	if p.Zone == "Local" {
		p.Zone = ""
	}
	return p
}

func samePlan(a, b phone.Plan) bool {
	days := slices.Equal(a.Days, b.Days)
	rings := (a.Rings == nil) == (b.Rings == nil) && (a.Rings == nil || *a.Rings == *b.Rings)
	bare := func(p phone.Plan) phone.Plan { p.Days, p.Rings = nil, nil; return p }
	return days && rings && samePlain(bare(a), bare(b))
}

func samePlain(a, b phone.Plan) bool {
	return a.ID == b.ID && a.Name == b.Name && a.Kind == b.Kind && a.Role == b.Role && a.Note == b.Note && a.Divert == b.Divert && a.Number == b.Number &&
		a.From == b.From && a.To == b.To && a.Zone == b.Zone && a.Repeat == b.Repeat && a.Until == b.Until && a.Off == b.Off
}

// sendRouting hands over what was changed here, with all that was not.
func (t *turn) sendRouting() {
	x := &t.s.team
	m := &x.mine
	r := team.Routing{Person: x.me, Zone: t.s.local.String(), Forwards: maps.Clone(m.routing.Forwards)}
	if r.Zone == "Local" {
		r.Zone = m.routing.Zone
	}
	for _, p := range t.s.set.plans {
		r.Plans = append(r.Plans, handedOver(p))
	}
	r.Links = slices.Clone(t.s.set.links)
	r.Roles, r.Role = t.s.sharedRoles()
	if r.Forwards == nil {
		r.Forwards = map[phone.ForwardKind]string{}
	}
	for kind, number := range m.want {
		if r.Forwards[kind] = number; number == "" {
			delete(r.Forwards, kind)
		}
	}
	m.asking, m.sent = true, slices.Clone(t.s.me.handed.Edits)
	t.do(fxTeamAsk{x.at, changeRouting, http.MethodPut, "people/" + url.PathEscape(string(x.me)) + "/routing", team.RoutingChange{Seq: m.seq, Routing: r}})
}

// routingDone: the server has what was changed, or somebody else was faster and it is put together anew, or it does not
// take it: then what it has is ours.
func (t *turn) routingDone(err error) {
	m := &t.s.team.mine
	sent := m.sent
	m.asking, m.sent = false, nil
	var f *team.Fault
	switch {
	case err == nil:
	case errors.As(err, &f) && f.Code == team.CodeConflict && f.Item != nil:
		next, wrong := m.apply(*f.Item, t.s.team.me)
		if *m = next; wrong != nil {
			m.wait = t.now.Add(askAgain)
		}
		return
	case !errors.As(err, &f) || f.Code == team.CodeUnavailable || f.Code == team.CodeTooMany:
		m.wait = t.now.Add(askAgain)
		return
	default:
		why := teamReason(err)
		if len(sent) > 0 {
			t.fault(why)
		}
		m.refuse = map[phone.ForwardKind]phone.Reason{}
		for kind := range m.want {
			m.refuse[kind] = why
		}
		m.fresh = true
	}
	m.want = nil
	t.s.me.handed.Edits = slices.DeleteFunc(slices.Clone(t.s.me.handed.Edits), func(e string) bool { return slices.Contains(sent, e) })
	t.remember()
}

// takeRouted takes in who applies our forwardings.
func (t *turn) takeRouted() {
	h, r := &t.s.me.handed, t.s.team.mine.routed
	applies := ""
	if r.Applies {
		applies = r.Extension
	}
	if r.Person == "" || h.Applies == applies {
		return
	}
	h.Applies = applies
	t.remember()
	t.divertCalls()
}

// permitted is whose activity the user may set besides their own (features.md F10).
func (x *teaming) permitted() []phone.TeamPersonID {
	var out []phone.TeamPersonID
	me := x.people[x.me]
	for id, p := range x.people {
		if id != x.me && !p.Disabled && supervises(me, p) {
			out = append(out, phone.TeamPersonID(id))
		}
	}
	slices.Sort(out)
	return out
}

func (x *teaming) permittedLines(who []phone.TeamPersonID) map[string]phone.TeamPersonID {
	if len(who) == 0 {
		return nil
	}
	out := make(map[string]phone.TeamPersonID, len(who))
	for number, id := range x.numbers {
		if _, may := slices.BinarySearch(who, phone.TeamPersonID(id)); may {
			out[number] = phone.TeamPersonID(id)
		}
	}
	return out
}

func supervises(me, other team.Person) bool {
	if me.In(team.Everyone).Reaches(team.RightsSupervisor) {
		return true
	}
	for g, r := range other.Groups {
		if r.Reaches(team.RightsUser) && me.In(g).Reaches(team.RightsSupervisor) {
			return true
		}
	}
	return false
}

// setColleague sets somebody else's activity.
func (t *turn) setColleague(cmd phone.SetColleague) error {
	x, err := t.liveTeam()
	if err != nil {
		return err
	}
	who := team.PersonID(cmd.Person)
	other, known := x.people[who]
	switch {
	case !known:
		return phone.Refuse(phone.ReasonNoPerson, string(cmd.Person))
	case who != x.me && !supervises(x.people[x.me], other):
		return phone.Refuse(phone.ReasonTeamNoRight, string(cmd.Person))
	case !slices.Contains(phone.ActivityKinds, cmd.Kind) && cmd.Kind != phone.ActivityOther:
		return phone.Refuse(phone.ReasonBadCommand, string(cmd.Kind))
	case !cmd.Until.IsZero() && !cmd.Until.After(t.now):
		return phone.Refuse(phone.ReasonPast, "")
	}
	in := team.PresenceChange{Activity: phone.Activity{Kind: cmd.Kind, Rings: cmd.Kind.Rings(), Since: t.now, Until: cmd.Until}, Note: x.presence[who].Value.Note}
	if cmd.Note != nil {
		in.Note = *cmd.Note
	}
	t.askTeam(cmd.Verb(), string(who), other.Name, http.MethodPut, "people/"+url.PathEscape(string(who))+"/presence", in)
	return nil
}
