package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/dialect"
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
		out = append(out, l.Line)
	}
	return out
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

func (t *turn) onNotified(v ua.Notified) {
	if w := t.mailboxBySub(v.ID); w != nil {
		t.onSummary(w, v.Body)
		return
	}
	if t.onList(v) {
		return
	}
	l := t.lineBySub(v.ID)
	if l == nil {
		return
	}
	l.Told, l.Stale, l.staleAt = t.now, false, time.Time{}
	if l.presenceSub == v.ID {
		t.presenceAnswered(l.Account)
		t.onPresence(l, v.Body)
		return
	}
	t.onDialogs(l, v.Body)
}

// onDialogs takes what the exchange tells of a line's calls.
func (t *turn) onDialogs(l *line, body []byte) {
	l.Reason = nil
	if l.anew {
		l.tracker, l.anew = dialoginfo.Tracker{}, false
	}
	if len(body) == 0 {
		return
	}
	doc, err := dialoginfo.Parse(body)
	if err != nil {
		l.Reason = &phone.Reason{ID: phone.ReasonNotTold, Text: err.Error()}
		return
	}
	gap := l.tracker.Gap()
	l.tracker.Apply(doc)
	if l.tracker.Gap() && !gap { // a change was missed: a new subscription brings the whole (RFC 4235 4.3)
		if l.sub != "" {
			t.do(fxSIP{ua.Unsubscribe{ID: l.sub}})
		}
		l.sub, l.listed[listDialog], t.s.linesDirty = "", false, true
	}
	l.told, l.until = true, time.Time{}
	t.showLine(l)
}

// onPresence takes what a line's person says.
func (t *turn) onPresence(l *line, body []byte) {
	if len(body) == 0 {
		return
	}
	p, err := pidf.Parse(body)
	if err != nil {
		return // what was told before is still the last word
	}
	l.Presence = &p
	t.showLine(l)
}

func (t *turn) onSubscriptionLost(v ua.SubscriptionLost) {
	if w := t.mailboxBySub(v.ID); w != nil {
		t.onSummaryLost(w, v)
		return
	}
	if t.onListLost(v) {
		return
	}
	l := t.lineBySub(v.ID)
	if l == nil {
		return
	}
	const badEvent = 489 // RFC 6665 8.3.2
	event := eventDialog
	if l.presenceSub == v.ID {
		event = eventPresence
	}
	if missing := (untold{l.Account, event}); v.Reason.Code == badEvent && !slices.Contains(t.s.untold, missing) {
		t.s.untold = append(slices.Clip(t.s.untold), missing)
	}
	if v.Retry > 0 && l.staleAt.IsZero() && !l.Stale {
		l.staleAt = t.now.Add(staleAfter)
	}
	if event == eventPresence {
		if v.Reason.Code >= 300 {
			t.presenceAnswered(l.Account)
		}
		if v.Retry == 0 {
			l.presenceSub, l.noPresence, l.Presence = "", true, nil
			t.showLine(l)
		}
		return
	}
	why := phone.Reason{ID: phone.ReasonNotTold, Code: v.Reason.Code, Text: v.Reason.Text}
	l.Reason, l.told, l.until, l.anew = &why, false, time.Time{}, true
	t.linesChanged = true
	if v.Retry == 0 {
		l.sub, l.tracker = "", dialoginfo.Tracker{}
		t.showLine(l)
	}
	t.lineUntold(l.key())
}

// staleClock stops believing the last word about lines that nobody has told of for too long.
func (t *turn) staleClock() {
	for i := range t.s.lines {
		l := &t.s.lines[i]
		if l.staleAt.IsZero() || l.staleAt.After(t.now) {
			continue
		}
		l.Stale, l.staleAt, l.tracker, t.linesChanged = true, time.Time{}, dialoginfo.Tracker{}, true
		t.tell(phone.Event{Kind: phone.EventLine, Account: l.Account, Value: l.Number, State: string(l.State), Reason: l.Reason})
		t.queueLine(l.key())
	}
}

// lineState works a line's state out of its dialogs (RFC 4235 3.7.1) and its presence.
func (t *turn) lineState(l *line) {
	l.State, l.With, l.Pickup, l.Direction = phone.LineUnknown, phone.Party{}, false, ""
	if l.told {
		l.State = phone.LineIdle
	}
	for _, d := range l.tracker.Dialogs() {
		switch {
		case d.State == "confirmed":
			l.State, l.With, l.Direction = phone.LineBusy, partyOf(d.Remote), directionOf(d)
		case d.State == "terminated" || l.State == phone.LineBusy:
		case d.Direction == "recipient" || d.State == "early" && d.Direction == "":
			l.State, l.With, l.Direction = phone.LineRinging, partyOf(d.Remote), phone.Incoming
			l.Pickup = t.s.hasDialCode(l.Account, phone.FeaturePickup) || d.CallID != "" && d.LocalTag != "" && d.RemoteTag != ""
		default:
			l.State, l.With, l.Direction = phone.LineBusy, partyOf(d.Remote), phone.Outgoing // dialling out
		}
	}
	p := l.Presence
	if p == nil || l.State != phone.LineIdle && l.State != phone.LineUnknown {
		return
	}
	switch {
	case !p.Open && (p.Activity == phone.ActivityAvailable || p.Activity == phone.ActivityOther || p.Activity == ""):
		l.State = phone.LineOffline
	case l.State == phone.LineUnknown && l.sub == "" && !l.listed[listDialog] && p.Open: // the exchange tells of people, not of calls
		l.State = phone.LineIdle
	}
}

func directionOf(d dialoginfo.Dialog) phone.Direction {
	if d.Direction == "initiator" {
		return phone.Outgoing
	}
	return phone.Incoming
}

// showLine works out how a line stands, and acts on a change.
func (t *turn) showLine(l *line) {
	before := l.Line
	t.lineState(l)
	t.linesChanged = true
	if l.State != before.State {
		l.Since = t.now
	}
	if l.State != before.State || l.With != before.With || !samePresence(l.Presence, before.Presence) {
		t.tell(phone.Event{Kind: phone.EventLine, Account: l.Account, Value: l.Number, State: string(l.State)})
	}
	key, now := l.key(), l.Line
	t.answeredHere(l)
	t.campLine(key, before.State, now.State)
	t.transferLine(key, before.State, now.State)
	t.parkedLine(key, now.State)
	t.pickReady(key)
	t.queueLine(key)
	if a := t.s.account(key.account); a != nil && a.User == key.number {
		t.tell(phone.Event{Kind: phone.EventElsewhere, Account: key.account})
	}
}

// samePresence compares what two documents say of a person. Agents are a queue's business.
func samePresence(a, b *phone.Presence) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Activity == b.Activity && a.Name == b.Name && a.Note == b.Note && a.Open == b.Open && a.Until.Equal(b.Until)
}

func partyOf(p dialoginfo.Participant) phone.Party {
	out := phone.Party{URI: p.URI, Name: p.Name}
	_, rest, ok := strings.Cut(p.URI, ":")
	if !ok {
		rest = p.URI
	}
	out.Number, _, _ = strings.Cut(rest, "@")
	out.Number, _, _ = strings.Cut(out.Number, ";")
	return out
}

// transferLine follows a handing over that the exchange tells nothing of.
func (t *turn) transferLine(k lineKey, before, now phone.LineState) {
	for i := range t.s.calls {
		c := &t.s.calls[i]
		if c.Account != k.account || c.Transfer == nil || c.Transfer.Target.Number != k.number || !c.pending() || c.Transfer.Consult != 0 {
			continue
		}
		ended := c.State == phone.StateEnded
		switch {
		case c.Transfer.State != phone.TransferUnknown && !ended:
		case now == phone.LineRinging:
			t.editTransfer(c, func(x *phone.Transfer) { x.State, x.Reason = phone.TransferRinging, nil })
			if ended {
				c.removeAt = t.now.Add(lingerHanded)
			}
		case now == phone.LineBusy && before == phone.LineRinging:
			if !ended {
				t.transferDone(c)
				continue
			}
			t.editTransfer(c, func(x *phone.Transfer) { x.State, x.Reason, x.RecallAt = phone.TransferDone, nil, time.Time{} })
			c.removeAt = t.now.Add(lingerEnded)
		case now == phone.LineIdle && before == phone.LineRinging && ended:
			t.editTransfer(c, func(x *phone.Transfer) {
				x.State, x.Reason, x.RecallAt = phone.TransferFailed, &phone.Reason{ID: phone.ReasonNoAnswer}, time.Time{}
			})
			c.removeAt = t.now.Add(lingerEnded)
		}
	}
}

// lineUntold: what waited for a line's word waits in vain.
func (t *turn) lineUntold(k lineKey) {
	for i := range t.s.calls {
		c := &t.s.calls[i]
		if c.Account != k.account {
			continue
		}
		if c.pickLine == k.number && c.State.Live() {
			t.end(c, phone.Reason{ID: phone.ReasonNotTold})
			return
		}
	}
	t.campUntold(k)
	t.parkedUntold(k)
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

// pickup answers a call that rings at somebody else: by the exchange's code, or by taking its dialog over.
func (t *turn) pickup(cmd phone.Pickup) (phone.CallID, error) {
	number, err := cleanTarget(cmd.Target)
	if err != nil {
		return 0, err
	}
	acc, err := t.callingAccount(cmd.Account)
	if err != nil {
		return 0, err
	}
	steps, err := t.s.dialect(acc.ID).Plan(phone.FeaturePickup, dialect.Args{Number: number})
	if err != nil {
		return 0, err
	}
	p := placing{account: acc, target: number}
	switch steps[0].Kind {
	case dialect.Dial:
		p.code = steps[0].Text
	case dialect.InviteReplaces:
		p.code, p.picking = number, true
	default:
		return 0, phone.Refuse(phone.ReasonNotSupported, string(phone.FeaturePickup))
	}
	c, err := t.place(p)
	if err != nil {
		return 0, err
	}
	t.holdOthers(c.ID)
	if p.picking {
		c.pickLine, c.pickUntil = number, t.now.Add(lookPatience)
		t.pickReady(lineKey{acc.ID, number})
	}
	return c.ID, nil
}

// pickReady sends a pick-up's INVITE once the line has told what rings there (RFC 3891, early-only).
func (t *turn) pickReady(k lineKey) {
	l := t.s.line(k)
	if l == nil || !l.told {
		return
	}
	for i := range t.s.calls {
		c := &t.s.calls[i]
		if c.Account != k.account || c.pickLine != k.number || c.State != phone.StateDialing {
			continue
		}
		for _, d := range l.tracker.Dialogs() {
			if d.State != "early" && d.State != "proceeding" || d.CallID == "" || d.LocalTag == "" || d.RemoteTag == "" {
				continue
			}
			c.replaces = replacesOf(d, true)
			c.pickLine, c.pickUntil = "", time.Time{}
			if who := partyOf(d.Remote); who.Number != "" {
				c.Remote = who
			}
			if uri := d.Remote.Target; uri != "" {
				if target, err := cleanTarget(uri); err == nil {
					c.target = target
				}
			}
			t.openOutgoing(c)
			break
		}
	}
}

// replacesOf names a dialog of a watched line to the party at its other end (RFC 5359 2.16): its own tag is the line's
// remote one.
func replacesOf(d dialoginfo.Dialog, early bool) *ua.Replaces {
	return &ua.Replaces{CallID: d.CallID, ToTag: d.RemoteTag, FromTag: d.LocalTag, EarlyOnly: early}
}

// pickClock gives a pick-up up when the line tells nothing, or nothing rings there.
func (t *turn) pickClock(c *call) {
	if c.pickUntil.IsZero() || c.pickUntil.After(t.now) {
		return
	}
	why := phone.Reason{ID: phone.ReasonNotTold}
	if l := t.s.line(lineKey{c.Account, c.pickLine}); l != nil && l.told {
		why.ID = phone.ReasonNothingThere
	}
	c.pickUntil = time.Time{}
	t.end(c, why)
}
