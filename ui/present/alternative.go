package present

import (
	"slices"
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// Alternative is somebody else who can take a call, or another way to the same one.
type Alternative struct {
	Title  string
	Number string   // as shown
	Lines  []string // what they do, and why they are named
	Status Status   // empty: Icon stands in its place
	Icon   string
	Target string // to dial
}

// Why is why somebody is named: the last line.
func (a Alternative) Why() string {
	if len(a.Lines) == 0 {
		return ""
	}
	return a.Lines[len(a.Lines)-1]
}

// alternativesLimit is how many have a key.
const alternativesLimit = 4

// Alternatives is who else can take a call for somebody, best first: their stand-in, whom the caller was connected with
// before, the mobile number of one whose telephone does not ring, those of the same department who are free now, with the
// same skills first, and a queue where somebody is free. everybody is the board's people and how they stand, caller the
// call that is handed over, nil for none.
func Alternatives(s Scene, everybody Roster, standings []Standing, p phone.Person, caller *phone.Call) []Alternative {
	l := others{s: s, r: everybody, standings: standings, taken: map[string]bool{dialable(p.Line()): true}}
	for _, n := range p.Numbers {
		l.taken[dialable(n.Number)] = true
	}
	last := queueAlternative(s)
	room := alternativesLimit - len(last)
	l.standIn(p)
	if caller != nil {
		l.metBefore(*caller)
	}
	if a, ok := mobileOf(s, p); ok {
		l.out = append(l.out, a)
	}
	if p.Department != "" {
		for _, i := range sameDepartment(everybody, standings, p) {
			why := text.T("board.same_department")
			if shared := sharedSkill(everybody.Hits[i].Person, p); shared != "" {
				why = text.T("board.same_skill", "skill", Clean(shared, nameLimit))
			}
			if len(l.out) < room {
				l.add(i, why)
			}
		}
	}
	return append(l.out[:min(room, len(l.out))], last...)
}

// others collects alternatives; nobody is named twice.
type others struct {
	s         Scene
	r         Roster
	standings []Standing
	taken     map[string]bool // numbers
	out       []Alternative
}

// add names somebody of the board, unless they are named already or do not ring.
func (l *others) add(i int, why string) {
	h := l.r.Hits[i]
	line := h.Person.Line()
	target := dialable(line)
	if target == "" || l.taken[target] || l.standings[i].Rank == RankAway || l.standings[i].Rank == RankOffline {
		return
	}
	l.taken[target] = true
	a := Alternative{Title: Clean(h.Person.Label(), nameLimit), Number: Clean(line, numberLimit), Status: StatusAvailable, Target: target}
	does := Clean(h.Person.Title, nameLimit)
	if lamp := boardLamp(l.s, h); lamp.Status != StatusAvailable {
		a.Status = lamp.Status
		does = lamp.Text
	}
	if does != "" {
		a.Lines = append(a.Lines, does)
	}
	a.Lines = append(a.Lines, why)
	l.out = append(l.out, a)
}

// standIn names who takes somebody's calls while they cannot.
func (l *others) standIn(p phone.Person) {
	if p.StandIn == "" {
		return
	}
	why := text.T("board.stands_in", "name", FirstName(Clean(p.Label(), nameLimit)))
	if i := l.r.find(p.StandIn); i >= 0 {
		l.add(i, why)
		return
	}
	if target := DialText(p.StandIn); Dialable(p.StandIn) && !l.taken[target] { // of no book
		l.taken[target] = true
		who := l.s.WhoOf(phone.Party{Number: target})
		l.out = append(l.out, Alternative{Title: who.Name, Number: numberOf(who), Icon: "user", Lines: []string{why}, Target: target})
	}
}

// metBefore names the last one whom the caller was connected with from here.
func (l *others) metBefore(c phone.Call) {
	for _, e := range c.Caller.Last {
		if e.Reason.ID != phone.ReasonTransferred || e.Reason.Text == "" {
			continue
		}
		if i := l.r.find(e.Reason.Text); i >= 0 {
			l.add(i, text.T("board.met_before", "name", FirstName(l.s.whoOfCall(c).Name), "when", text.WhenWithin(e.Begun, l.s.Now)))
			return
		}
	}
}

// mobileOf is the mobile number of somebody whose telephone does not ring.
func mobileOf(s Scene, p phone.Person) (Alternative, bool) {
	if rank := StandingOf(s, &p).Rank; rank != RankAway && rank != RankOffline && rank != RankUnknown {
		return Alternative{}, false
	}
	for _, n := range p.Numbers {
		if target := dialable(n.Number); n.Kind == phone.NumberMobile && target != "" {
			name := FirstName(Clean(p.Label(), nameLimit))
			return Alternative{Title: text.T("board.mobile_of", "name", name), Number: Clean(n.Number, numberLimit), Icon: "smartphone", Target: target, Lines: []string{text.T("board.mobile_why")}}, true
		}
	}
	return Alternative{}, false
}

// queueAlternative is a queue where somebody is free.
func queueAlternative(s Scene) []Alternative {
	for _, q := range s.Snap.Queues {
		if !q.Counted || q.Available == 0 || q.Night {
			continue
		}
		return []Alternative{{
			Title: queueName(q.Queue), Number: Clean(string(q.ID), numberLimit), Status: StatusAvailable, Target: string(q.ID),
			Lines: []string{text.T("board.queue_free", "free", q.Available, "in", q.LoggedIn, "waiting", q.Waiting), text.T("board.queue")},
		}}
	}
	return nil
}

// find is the place of who has a number or is called so, or -1.
func (r Roster) find(who string) int {
	number := ""
	if Dialable(who) {
		number = DialText(who)
	}
	for i := range r.Hits {
		p := &r.Hits[i].Person
		if number == "" {
			if strings.EqualFold(strings.TrimSpace(p.Name), strings.TrimSpace(who)) {
				return i
			}
			continue
		}
		if slices.ContainsFunc(p.Numbers, func(n phone.Number) bool { return DialText(n.Number) == number }) {
			return i
		}
	}
	return -1
}

// ByNumber is somebody of the roster by their number.
func (r Roster) ByNumber(number string) (phone.Person, bool) {
	if i := r.find(number); number != "" && i >= 0 {
		return r.Hits[i].Person, true
	}
	return phone.Person{}, false
}

// StandInOf is who takes somebody's calls while they cannot, by name where it is known; empty for nobody.
func StandInOf(s Scene, p phone.Person) string {
	if Dialable(p.StandIn) {
		who := s.WhoOf(phone.Party{Number: DialText(p.StandIn)})
		if who.Known {
			return who.Name + " " + who.Number
		}
		return who.Name
	}
	return Clean(p.StandIn, nameLimit)
}

// sameDepartment is the places of the free ones of somebody's department, who share a skill first, then by name.
func sameDepartment(r Roster, standings []Standing, p phone.Person) []int {
	var out, rest []int
	for _, i := range r.Arrange(standings, Filter{Free: true, Department: p.Department}, true).Order {
		other := r.Hits[i].Person
		switch {
		case other.ID == p.ID || other.Line() == "":
		case sharedSkill(other, p) != "":
			out = append(out, i)
		default:
			rest = append(rest, i)
		}
	}
	return append(out, rest...)
}

func sharedSkill(a, b phone.Person) string {
	for _, x := range a.Skills {
		for _, y := range b.Skills {
			if x != "" && strings.EqualFold(x, y) {
				return x
			}
		}
	}
	return ""
}
