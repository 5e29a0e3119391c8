package engine

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// Our own activity and note, told to the team and taken from it when they were set elsewhere: by a supervisor, or by us at
// another computer (features.md F1, F10).

// The longest name and note of an activity that the team server takes, in characters.
const (
	teamNameLimit = 60
	teamNoteLimit = 500
)

// changePresence is a change that is the phone's own doing, as changeRouting.
const changePresence = "presence"

// teamSaid is how our activity and note stand to what the team has of us.
type teamSaid struct {
	known   bool                // they have been compared
	asking  bool                // the server has not answered yet
	wait    time.Time           // not before that
	version uint64              // of me: what was said, or taken, last
	seq     team.Seq            // of the presence that was there then
	sent    team.PresenceChange // what was said last: it comes back as a presence, also when something newer is to be said by then
}

// settleSaid tells the team what we do when that is new, and takes it from the team when it was set elsewhere. When both are,
// the one that began later counts. A presence that says what we do, whoever set it, is no news: so nothing goes in circles.
func (t *turn) settleSaid() {
	x, m := &t.s.team, &t.s.me
	if x.link != phone.TeamLive || x.me == "" || x.said.asking || x.said.wait.After(t.now) || t.s.closing {
		return
	}
	p, told := x.presence[x.me]
	if told && saysSame(p.Value, m.tellable()) || !told && m.now.Kind == phone.ActivityAvailable && m.said == "" {
		x.said = teamSaid{known: true, version: m.version, seq: p.Seq}
		return
	}
	ours := !x.said.known || m.version != x.said.version
	theirs := told && p.Value.Activity.Kind != "" && p.Seq > x.said.seq && !saysSame(p.Value, x.said.sent)
	if ours && theirs {
		begun := m.now.Since
		if !x.said.known && m.chosen.Kind == "" && m.plan == "" {
			begun = time.Time{} // nothing was chosen here
		}
		ours = begun.After(p.Value.Activity.Since)
	}
	switch {
	case ours:
		x.said = teamSaid{known: true, asking: true, version: m.version, seq: p.Seq, sent: m.tellable()}
		t.do(fxTeamAsk{x.at, changePresence, http.MethodPut, "people/" + url.PathEscape(string(x.me)) + "/presence", x.said.sent})
	case theirs:
		t.takeActivity(p.Value)
		x.said = teamSaid{known: true, version: m.version, seq: p.Seq}
	}
}

// saysSame reports whether a presence says the same.
func saysSame(p team.Presence, c team.PresenceChange) bool {
	a, b := p.Activity, c.Activity
	return a.Kind == b.Kind && a.Name == b.Name && a.Rings == b.Rings && a.Divert == b.Divert && p.Note == c.Note &&
		a.Until.Truncate(time.Second).Equal(b.Until.Truncate(time.Second))
}

// tellable is our activity and note as the team is told them.
func (m *me) tellable() team.PresenceChange {
	a := m.now
	a.Name = clipped(a.Name, teamNameLimit)
	return team.PresenceChange{Activity: a, Note: clipped(m.said, teamNoteLimit)}
}

func clipped(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit])
	}
	return s
}

// presenceDone: the server has taken what we do, or refused it. Refused, it is not told again before it is another.
func (t *turn) presenceDone(err error) {
	s := &t.s.team.said
	s.asking = false
	var f *team.Fault
	if err != nil && (!errors.As(err, &f) || f.Code == team.CodeUnavailable || f.Code == team.CodeTooMany) {
		s.known, s.wait = false, t.now.Add(askAgain)
	}
}

// takeActivity makes an activity that was set elsewhere ours, as if it had been chosen here.
func (t *turn) takeActivity(p team.Presence) {
	m := &t.s.me
	m.chosen = p.Activity
	m.chosen.Kind = knownActivity(m.chosen.Kind)
	if !strings.HasPrefix(m.chosen.From, "plan:") { // a plan's note goes with it
		m.note = p.Note
	}
	m.look = t.now
	t.settleActivity()
	t.remember()
}
