package engine

import (
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/dialoginfo"
	"svara/phone/pidf"
	"svara/phone/ua"
)

// What exchanges tell of lines: how they stand, and what that means for what waits for it.

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
	return a.Activity == b.Activity && a.Name == b.Name && a.Note == b.Note && a.Open == b.Open && a.Divert == b.Divert && a.Until.Equal(b.Until)
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
