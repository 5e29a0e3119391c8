package present

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// Rank is who can take a call first, as the board is sorted (ui.md 5.4).
type Rank uint8

// The ranks, best first.
const (
	RankFree    Rank = iota // a green disc
	RankRings               // another disc: it rings there now, or would ring all the same
	RankTalking             // a square
	RankAway                // a ring
	RankOffline             // not signed in
	RankUnknown             // not known, or nobody that the exchange tells of
)

// Standing is where somebody stands in the order of who can take a call first.
type Standing struct {
	Rank Rank
	At   time.Time // Talking: since when; Away: back when; zero when not told
}

// Compare is how two standings follow each other: the shortest call first, the soonest back first.
func (a Standing) Compare(b Standing) int {
	switch {
	case a.Rank != b.Rank:
		return cmp.Compare(a.Rank, b.Rank)
	case a.At.IsZero() || b.At.IsZero():
		return cmp.Compare(told(b.At), told(a.At))
	case a.Rank == RankTalking:
		return b.At.Compare(a.At)
	}
	return a.At.Compare(b.At)
}

// told is 1 for a time that is known.
func told(t time.Time) int {
	if t.IsZero() {
		return 0
	}
	return 1
}

// StandingOf is somebody's standing. It says the same as the shape of LampOf, without the words.
func StandingOf(s Scene, p *phone.Person) Standing {
	l := s.LineOf(p.Line())
	switch {
	case l == nil || l.Stale || !s.connected(l.Account):
		return Standing{Rank: RankUnknown}
	case l.State == phone.LineRinging:
		return Standing{Rank: RankRings}
	case l.State == phone.LineBusy:
		return Standing{Rank: RankTalking, At: l.Since}
	case l.State == phone.LineOffline:
		return Standing{Rank: RankOffline}
	case l.Presence == nil && l.State == phone.LineIdle, l.Presence != nil && l.Presence.Activity == phone.ActivityAvailable:
		return Standing{Rank: RankFree}
	case l.Presence == nil:
		return Standing{Rank: RankUnknown}
	case l.Presence.Open:
		return Standing{Rank: RankRings}
	case l.Presence.Until.After(s.Now):
		return Standing{Rank: RankAway, At: l.Presence.Until}
	}
	return Standing{Rank: RankAway}
}

// Roster is people as an answer gave them, made ready to be arranged again and again.
type Roster struct {
	Hits   []phone.Hit
	Query  string // what was typed; empty for everybody
	names  []string
	places map[string]int
}

// NewRoster makes a roster; those that are there twice count once.
func NewRoster(hits []phone.Hit, query string) Roster {
	r := Roster{Query: query, places: make(map[string]int, len(hits)), Hits: make([]phone.Hit, 0, len(hits))}
	names := make([]string, 0, len(hits))
	for _, h := range hits {
		key := HitKey(h)
		if _, twice := r.places[key]; twice {
			continue
		}
		r.places[key] = len(r.Hits)
		r.Hits = append(r.Hits, h)
		names = append(names, Clean(h.Person.Label(), nameLimit))
	}
	r.names = text.Keys(names)
	return r
}

// HitKey names somebody found as long as the entry exists; a number of the history goes by itself.
func HitKey(h phone.Hit) string {
	if h.Person.ID != "" {
		return string(h.Person.ID)
	}
	return "number:" + h.Person.Label()
}

// Place is where in the roster somebody is, or -1.
func (r Roster) Place(key string) int {
	if i, ok := r.places[key]; ok {
		return i
	}
	return -1
}

// Standings is how everybody stands now, in the roster's order, in the room of into.
func (r Roster) Standings(s Scene, into []Standing) []Standing {
	into = into[:0]
	for i := range r.Hits {
		into = append(into, StandingOf(s, &r.Hits[i].Person))
	}
	return into
}

// Filter is whom the board shows. The zero value is everybody.
type Filter struct {
	Free              bool // who can take a call now
	Department, Skill string
}

// On reports whether it leaves anybody out.
func (f Filter) On() bool { return f != Filter{} }

func (f Filter) takes(p *phone.Person, s Standing) bool {
	return (!f.Free || s.Rank == RankFree) && (f.Department == "" || p.Department == f.Department) && (f.Skill == "" || slices.Contains(p.Skills, f.Skill))
}

// Arranged is who is on the board, as places in the roster: first the favourites, then the others.
type Arranged struct {
	Order      []int
	Favourites int // how many of Order
	Everyone   int // without the filter of who is free
	Free       int // of them, who can take a call now
}

// Arrange filters and sorts. By name is by name; else who can take the call first is first, and those who stand the same
// follow each other by name, hits as the search ranked them. Who is hit by name comes before who is hit by a department or
// inside a word, also before a favourite: what stands first is what Enter calls.
func (r Roster) Arrange(standings []Standing, f Filter, byName bool) Arranged {
	a := Arranged{Order: make([]int, 0, len(r.Hits))}
	named := slices.ContainsFunc(r.Hits, func(h phone.Hit) bool { return !h.Aside && !h.Typo })
	aside := func(i int) int { // the hits that others were meant by
		if named && (r.Hits[i].Aside || r.Hits[i].Typo) {
			return 1
		}
		return 0
	}
	for i := range r.Hits {
		p := &r.Hits[i].Person
		wide := f
		wide.Free = false
		if !wide.takes(p, standings[i]) {
			continue
		}
		a.Everyone++
		if standings[i].Rank == RankFree {
			a.Free++
		}
		if f.takes(p, standings[i]) {
			a.Order = append(a.Order, i)
			if p.Mark == phone.MarkFavourite && aside(i) == 0 {
				a.Favourites++
			}
		}
	}
	favourite := func(i int) int {
		if r.Hits[i].Person.Mark == phone.MarkFavourite && aside(i) == 0 {
			return 0
		}
		return 1
	}
	slices.SortFunc(a.Order, func(x, y int) int {
		by := cmp.Or(cmp.Compare(favourite(x), favourite(y)), cmp.Compare(aside(x), aside(y)))
		if by == 0 && !byName {
			by = standings[x].Compare(standings[y])
		}
		if by == 0 && (byName || r.Query == "") {
			by = strings.Compare(r.names[x], r.names[y])
		}
		if by == 0 {
			by = cmp.Compare(x, y)
		}
		return by
	})
	return a
}

// Departments is the departments of the people, in order.
func (r Roster) Departments() []string {
	return r.values(func(p *phone.Person) []string { return []string{p.Department} })
}

// Skills is what the people know, in order.
func (r Roster) Skills() []string {
	return r.values(func(p *phone.Person) []string { return p.Skills })
}

func (r Roster) values(of func(*phone.Person) []string) []string {
	seen := map[string]bool{"": true}
	var out []string
	for i := range r.Hits {
		for _, v := range of(&r.Hits[i].Person) {
			if !seen[v] {
				seen[v] = true
				out = append(out, v)
			}
		}
	}
	slices.SortFunc(out, text.Compare)
	return out
}

// BoardNotice is the line over a board that the exchange tells nothing of, or empty.
func BoardNotice(s Scene, r Roster, standings []Standing) string {
	colleagues := 0
	for i, st := range standings {
		if !r.Hits[i].Person.Colleague || r.Hits[i].Person.Line() == "" {
			continue
		}
		if colleagues++; st.Rank != RankUnknown {
			return ""
		}
	}
	switch {
	case colleagues == 0:
		return ""
	case s.Snap.Settings.Get(phone.KeyWatchPeople) == "none":
		return text.T("board.lamps_off")
	case !slices.ContainsFunc(s.Snap.Accounts, func(a phone.AccountStatus) bool { return a.State == phone.RegistrationRegistered }):
		return text.T("board.not_connected")
	}
	for i := range s.Snap.Lines {
		if why := s.Snap.Lines[i].Reason; why != nil {
			return text.T("board.no_status") + " " + text.Reason(*why)
		}
	}
	return text.T("board.no_status")
}

// BoardEmpty is what the board says when nobody is on it.
func BoardEmpty(query string, f Filter, failed bool) Empty {
	switch {
	case failed:
		return Empty{Icon: "triangle-alert", Title: text.T("people.failed")}
	case f.On() && query == "" && f.Free:
		return Empty{Icon: "users", Title: text.T("board.nobody_free")}
	case f.On():
		return Empty{Icon: "filter", Title: text.T("board.filtered")}
	case query != "":
		return Empty{Icon: "search", Title: text.T("list.no_hits", "text", Clean(query, 40))}
	}
	return PeopleEmpty()
}
