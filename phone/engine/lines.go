package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/dialoginfo"
	"svara/phone/pidf"
	"svara/phone/ua"
)

// line is a line of the exchange that we are told of: its calls by dialog events (RFC 4235), its person by presence
// (RFC 3856). Which lines are watched follows from what is going on: see wantedLines.
type line struct {
	phone.Line
	sub, presenceSub ua.SubID
	told             bool    // the dialogs have been told, and nothing has been lost since
	user             bool    // the user asked for it
	hidden           bool    // nobody's: it tells of a queue
	listed           [2]bool // the dialogs, the presence: told by a list (lists.go), not by a subscription of its own
	tracker          dialoginfo.Tracker
	noPresence       bool      // refused for this line
	anew             bool      // the next document begins a new subscription
	until            time.Time // not told yet: how long a pick-up waits for the first word
	staleAt          time.Time // lost: until when the last word is believed
}

// staleAfter is how long the last word about a line is believed when no other comes (ui.md 4).
const staleAfter = 90 * time.Second

// lineKey names a line.
type lineKey struct {
	account phone.AccountID
	number  string
}

func (k lineKey) compare(o lineKey) int {
	return cmp.Or(strings.Compare(string(k.account), string(o.account)), strings.Compare(k.number, o.number))
}

func (l *line) key() lineKey { return lineKey{l.Account, l.Number} }

// find is where a line is, or belongs; the lines are in the order of their keys.
func (s *state) find(k lineKey) (int, bool) {
	return slices.BinarySearchFunc(s.lines, k, func(l line, k lineKey) int { return l.key().compare(k) })
}

func (s *state) line(k lineKey) *line {
	if i, ok := s.find(k); ok {
		return &s.lines[i]
	}
	return nil
}

// addLine makes a line, unless it is there. Lines move by it.
func (t *turn) addLine(k lineKey) *line {
	i, ok := t.s.find(k)
	if !ok {
		t.s.lines = slices.Insert(t.s.lines, i, line{Line: phone.Line{Account: k.account, Number: k.number, State: phone.LineUnknown, Since: t.now}})
		t.linesChanged = true
	}
	return &t.s.lines[i]
}

// watched is the lines as guests see them: all but our own address of record and those of queues.
func (s *state) watched() []phone.Line {
	out := make([]phone.Line, 0, len(s.lines))
	for i := range s.lines {
		l := &s.lines[i]
		if a := s.account(l.Account); (l.hidden || a != nil && a.User == l.Number) && !l.user {
			continue
		}
		out = append(out, s.team.withTeam(l.Line))
	}
	return s.teamLines(out)
}

// wanted is what is wanted of a line.
type wanted struct {
	presence bool // also what its person says
	shown    bool // guests see it
}

// wantedLines is every line somebody wants to know of now.
func (s *state) wantedLines() map[lineKey]wanted {
	want := map[lineKey]wanted{}
	add := func(k lineKey, presence, shown bool) {
		if k.number != "" {
			w := want[k]
			want[k] = wanted{w.presence || presence, w.shown || shown}
		}
	}
	for i := range s.accounts {
		if a := &s.accounts[i]; a.State == phone.RegistrationRegistered && s.settings.Bool(phone.KeyWatchOwn) {
			add(lineKey{a.ID, a.User}, false, true)
		}
	}
	for i := range s.calls {
		c := &s.calls[i]
		if c.Camp != nil {
			add(lineKey{c.Account, c.Camp.Target.Number}, false, true)
		}
		if c.Transfer != nil && c.Transfer.State.Pending() && (c.referred || c.State == phone.StateEnded) && c.Transfer.Consult == 0 {
			add(lineKey{c.Account, c.Transfer.Target.Number}, false, true)
		}
		if c.pickLine != "" {
			add(lineKey{c.Account, c.pickLine}, false, true)
		}
		if c.Origin != nil && c.Origin.Sought != nil && c.State.Live() {
			add(lineKey{c.Account, c.Origin.Sought.Number}, true, true)
		}
	}
	for _, p := range s.parked {
		add(lineKey{p.Account, p.Slot}, false, true)
	}
	for i := range s.lines {
		if l := &s.lines[i]; l.user {
			add(l.key(), true, true)
		}
	}
	for i := range s.queues {
		q := &s.queues[i]
		add(q.hint, true, false)
		add(q.login, false, false)
		add(q.night, false, false)
	}
	if a := s.lampAccount(); a != nil {
		for _, number := range s.people.lines {
			add(lineKey{a.ID, number}, true, true)
		}
	}
	return want
}

// lampAccount is the account whose exchange knows our colleagues: the default one.
func (s *state) lampAccount() *account {
	if s.settings.Get(phone.KeyWatchPeople) == "none" {
		return nil
	}
	for i := range s.accounts {
		if a := &s.accounts[i]; a.Default {
			return a
		}
	}
	return nil
}

// untold is an event package that an account's exchange does not have: asking for it once is enough.
type untold struct {
	account phone.AccountID
	event   string
}

const (
	eventDialog   = "dialog"
	eventPresence = "presence"
)

// followLines subscribes to what is wanted and lets the rest go.
func (t *turn) followLines() {
	t.s.linesDirty = false
	want := t.s.wantedLines()
	if t.s.closing {
		want = nil
	}
	t.s.lines = slices.DeleteFunc(t.s.lines, func(l line) bool {
		if _, ok := want[l.key()]; ok && t.s.account(l.Account) != nil {
			return false
		}
		for _, sub := range []ua.SubID{l.sub, l.presenceSub} {
			if sub != "" {
				t.do(fxSIP{ua.Unsubscribe{ID: sub}})
			}
		}
		t.linesChanged = true
		return true
	})
	for _, k := range sortedKeys(want) {
		a := t.s.account(k.account)
		if a == nil {
			continue
		}
		l := t.addLine(k)
		if hidden := !want[k].shown; l.hidden != hidden {
			l.hidden, t.linesChanged = hidden, true
		}
		if !want[k].presence && l.presenceSub != "" {
			t.do(fxSIP{ua.Unsubscribe{ID: l.presenceSub}})
			l.presenceSub, l.Presence, t.linesChanged = "", nil, true
		}
		if a.State != phone.RegistrationRegistered {
			continue
		}
		if t.listTells(l) {
			continue
		}
		if l.sub == "" && !l.listed[listDialog] && l.Reason == nil && !slices.Contains(t.s.untold, untold{k.account, eventDialog}) {
			l.sub, l.until = t.subscribe(k, eventDialog, "application/dialog-info+xml"), t.now.Add(lookPatience)
		}
		if want[k].presence && l.presenceSub == "" && !l.listed[listPresence] && !l.noPresence && t.mayAskPresence(k.account) {
			l.presenceSub = t.subscribe(k, eventPresence, pidf.ContentType)
		}
	}
}

// mayAskPresence reports whether an exchange may be asked for somebody's presence: not when it has none, and for one only
// until it has answered that: many have none, and need not be asked five hundred times.
func (t *turn) mayAskPresence(id phone.AccountID) bool {
	asked := untold{id, eventPresence}
	if slices.Contains(t.s.untold, asked) {
		return false
	}
	return slices.Contains(t.s.answered, id) || !slices.ContainsFunc(t.s.lines, func(l line) bool { return l.Account == id && l.presenceSub != "" })
}

// presenceAnswered: the exchange has said something about somebody's presence.
func (t *turn) presenceAnswered(id phone.AccountID) {
	if !slices.Contains(t.s.answered, id) {
		t.s.answered, t.s.linesDirty = append(slices.Clip(t.s.answered), id), true
	}
}

func (t *turn) subscribe(k lineKey, event, accept string) ua.SubID {
	t.s.lastLine++
	id := ua.SubID(fmt.Sprintf("line-%d", t.s.lastLine))
	t.do(fxSIP{ua.Subscribe{ID: id, Account: k.account, Target: k.number, Event: event, Accept: accept}})
	return id
}

func sortedKeys(m map[lineKey]wanted) []lineKey {
	return slices.SortedFunc(maps.Keys(m), lineKey.compare)
}

func (t *turn) lineBySub(id ua.SubID) *line {
	for i := range t.s.lines {
		if l := &t.s.lines[i]; l.sub == id || l.presenceSub == id {
			return l
		}
	}
	return nil
}

func (t *turn) linesEnded(id phone.CallID, _ phone.Reason) {
	if c := t.s.call(id); c != nil {
		c.pickLine, c.pickUntil, c.Camp = "", time.Time{}, nil
		t.numberCamps()
	}
}

// watchLine asks for a line, or lets it go.
func (t *turn) watchLine(cmd phone.WatchLine) error {
	number, err := cleanTarget(cmd.Number)
	if err != nil {
		return err
	}
	acc, err := t.callingAccount(cmd.Account)
	if err != nil {
		return err
	}
	l := t.s.line(lineKey{acc.ID, number})
	if l == nil {
		if !cmd.On {
			return nil
		}
		l = t.addLine(lineKey{acc.ID, number})
	}
	l.user, t.linesChanged = cmd.On, true
	return nil
}
