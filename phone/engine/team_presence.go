package engine

import (
	"cmp"
	"slices"
	"strings"

	"svara/phone"
	"svara/phone/team"
)

// What colleagues do, as the team server has it: shown at their lines where the exchange tells nothing of them (features.md
// I6).

// teamPresence is somebody's presence, and how guests are shown it.
type teamPresence struct {
	team.Versioned[team.Presence]
	shown *phone.Presence // nil: they have said nothing
}

// presenceTold takes in a presence, into a copy.
func presenceTold(m map[team.PersonID]teamPresence, i team.Item) (map[team.PersonID]teamPresence, error) {
	id := team.PersonID(i.ID)
	if i.Gone {
		delete(m, id)
		return m, nil
	}
	p := teamPresence{Versioned: team.Versioned[team.Presence]{Seq: i.Seq}}
	if err := decodeItem(i, &p.Value); err != nil {
		return m, err
	}
	if a := p.Value.Activity; a.Kind != "" || p.Value.Note != "" {
		p.shown = &phone.Presence{
			Activity: knownActivity(a.Kind), Name: a.Name, Note: p.Value.Note, Open: a.Rings, Until: a.Until, Since: a.Since, Divert: a.Divert,
		}
	}
	if m == nil {
		m = map[team.PersonID]teamPresence{}
	}
	m[id] = p
	return m, nil
}

func knownActivity(k phone.ActivityKind) phone.ActivityKind {
	if k == "" || slices.Contains(phone.ActivityKinds, k) {
		return k
	}
	return phone.ActivityOther
}

// lineNumbers is whose extension a number is; of two people with one, the first by ID.
func lineNumbers(people map[team.PersonID]team.Person) map[string]team.PersonID {
	out := make(map[string]team.PersonID, len(people))
	for id, p := range people {
		if was, taken := out[p.Extension]; p.Extension != "" && (!taken || id < was) {
			out[p.Extension] = id
		}
	}
	return out
}

// bare reports whether an exchange tells no more of somebody than that they can be reached: Asterisk makes that of the line
// alone, and knows of no activity.
func bare(p phone.Presence) bool {
	return p.Activity == phone.ActivityAvailable && p.Name == "" && p.Note == "" && p.Divert == "" && p.Until.IsZero()
}

// withTeam is a line with what the team tells of its person, where the exchange does not.
func (x *teaming) withTeam(l phone.Line) phone.Line {
	if l.Account != x.at.account {
		return l
	}
	p, ok := x.presence[x.numbers[l.Number]]
	if !ok {
		return l
	}
	if is := l.Presence; is == nil {
		l.Presence = p.shown
	} else if bare(*is) && p.shown != nil {
		both := *p.shown
		both.Agents = is.Agents
		l.Presence = &both
	}
	if line := p.Value.Line; l.State == phone.LineUnknown && line != "" {
		l.State, l.Since, l.Reason, l.Stale = line, p.Value.Since, nil, x.link != phone.TeamLive
		if l.Stale {
			l.Told = x.since
		}
	}
	return l
}

// teamLines is the lines with those of colleagues whom only the team tells of, in order.
func (s *state) teamLines(lines []phone.Line) []phone.Line {
	x := &s.team
	if len(x.presence) == 0 || s.settings.Get(phone.KeyWatchPeople) == "none" {
		return lines
	}
	a := s.account(x.at.account)
	before := len(lines)
	for number, id := range x.numbers {
		if _, told := x.presence[id]; !told || a == nil || number == a.User || len(lines) >= before+maxLamps {
			continue
		}
		if _, there := s.find(lineKey{a.ID, number}); !there {
			lines = append(lines, x.withTeam(phone.Line{Account: a.ID, Number: number, State: phone.LineUnknown}))
		}
	}
	if len(lines) > before {
		slices.SortFunc(lines, func(a, b phone.Line) int {
			return cmp.Or(cmp.Compare(a.Account, b.Account), strings.Compare(a.Number, b.Number))
		})
	}
	return lines
}

// tellPresences tells what is new of colleagues.
func (t *turn) tellPresences(before, now map[team.PersonID]teamPresence) {
	t.linesChanged = true
	x := &t.s.team
	if x.link != phone.TeamLive {
		return // all of it comes: the link tells
	}
	for id, p := range now {
		was, person := before[id], x.people[id]
		if was.Seq == p.Seq || person.Extension == "" || was.Value.Line == p.Value.Line && samePresence(was.shown, p.shown) {
			continue
		}
		l := x.withTeam(phone.Line{Account: x.at.account, Number: person.Extension, State: phone.LineUnknown})
		if there := t.s.line(lineKey{x.at.account, person.Extension}); there != nil {
			l = x.withTeam(there.Line)
		}
		t.tell(phone.Event{Kind: phone.EventLine, Account: l.Account, Value: l.Number, State: string(l.State)})
	}
}
