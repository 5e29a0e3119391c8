package present

import (
	"slices"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// TeamRow is what the rows of what a team shares have in common: a call of the group log, a message of a group.
type TeamRow struct {
	ID      string
	Icon    string
	Tone    Tone
	Kind    string // in words: missed, answered, voice message
	When    string // 12:14, yesterday 12:14, 18 Nov
	Who     Who
	Name    []Span // the name in pieces, what was searched for marked
	Number  []Span // likewise, empty when the name is the number
	Place   string // the queue or group it came to
	Care    string // who takes care of it, who has handled it, where it went, how one's own was sent
	Caring  Tone   // of Care: red where nobody cares, green when it is done
	Dial    string // what calling back dials, empty when it cannot be done
	Cares   bool   // it is something to take care of
	Open    bool   // somebody should still do something
	Mine    bool
	Held    bool // somebody has it as theirs
	Handled bool
	Asking  bool   // a change of the user's own is under way
	Locked  string // why it cannot be taken care of, empty when it can
	More    bool   // no row but a way to the next ones
}

// Shared is the row without what its kind adds.
func (r TeamRow) Shared() TeamRow { return r }

// Call calls whom the row is of, by the name that it tells.
func (r TeamRow) Call() phone.Dial {
	c := phone.Dial{Target: r.Dial}
	if r.Who.Known {
		c.Name = r.Who.Name
	}
	return c
}

// same reports whether two rows look alike; what a row is made of is compared by its kind.
func (r TeamRow) same(o TeamRow) bool {
	return r.ID == o.ID && r.When == o.When && r.Who == o.Who && r.Asking == o.Asking && r.Place == o.Place && r.Kind == o.Kind && r.Care == o.Care &&
		slices.Equal(r.Name, o.Name)
}

// teamRow is a row of somebody; query is what was searched for.
func teamRow(s Scene, from phone.Party, at time.Time, query string) TeamRow {
	who := s.WhoOf(from)
	r := TeamRow{When: text.When(at.Local(), s.Now), Who: who, Name: Mark(who.Name, query), Dial: dialTarget(from)}
	if who.Known {
		r.Number = Mark(who.Number, query)
	}
	return r
}

// moreTeamRow is the row that asks for older ones.
func moreTeamRow(words string) TeamRow {
	return TeamRow{More: true, Icon: "chevron-down", Name: []Span{{Text: words}}}
}

// teamNameOf is a colleague, also one without a name.
func teamNameOf(n phone.TeamName) string {
	if who := Clean(n.Name, nameLimit); who != "" {
		return who
	}
	return Clean(string(n.ID), nameLimit)
}

// careWords is who has handled something, or has it as theirs; none of both is told by nobody.
func careWords(s Scene, handled bool, by string, at time.Time, has, nobody string) (words string, tone Tone) {
	switch {
	case handled && by != "":
		return text.T("grouplog.done_by", "name", by, "when", text.WhenWithin(at.Local(), s.Now)), ToneGreen
	case handled:
		return text.T("grouplog.done"), ToneGreen
	case has != "":
		return has, TonePlain
	}
	return nobody, ToneRed
}

// teamEmpty is what a list of what a team shares says when there is nothing to show. open and filtered are said where
// only open ones are shown, or only some.
func teamEmpty(s Scene, query string, onlyOpen, only bool, open, filtered, none Empty) Empty {
	switch {
	case s.Snap.Team.Link == phone.TeamOff:
		r := phone.Reason{ID: phone.ReasonNoTeam}
		return Empty{Icon: none.Icon, Title: text.ReasonTitle(r), Text: text.Reason(r)}
	case query != "":
		return Empty{Icon: "search", Title: text.T("list.no_hits", "text", Clean(query, 30)), Text: text.T("list.no_hits_less")}
	case onlyOpen:
		return open
	case only:
		return filtered
	}
	return none
}

// withCount is the way to a list, with how many in it are open.
func withCount(title string, open int) string {
	if open > 0 {
		return title + " (" + text.Number(int64(open)) + ")"
	}
	return title
}
