package engine

import (
	"slices"
	"time"

	"svara/phone"
	"svara/phone/dialect"
	"svara/phone/eventlist"
	"svara/phone/pidf"
	"svara/phone/ua"
)

// An exchange may tell of all colleagues by one subscription (RFC 4662). Who is not in its list is asked for alone.

// Which of a line's two sides a list tells.
const (
	listDialog = iota
	listPresence
)

// How long single subscriptions wait for a list.
const (
	listPatience     = 3 * time.Second
	listPartPatience = time.Second // and for its next part
)

// list is a subscription to a list.
type list struct {
	account phone.AccountID
	side    int // listDialog or listPresence
	sub     ua.SubID
	refused bool
	until   time.Time // not told yet: single subscriptions wait until then
}

// followLists subscribes to the list of the exchange that knows our colleagues.
func (t *turn) followLists() {
	a, target := t.s.lampAccount(), ""
	if a != nil && !t.s.closing && len(t.s.people.lines) > 0 {
		steps, err := t.s.dialect(a.ID).Plan(phone.FeatureLampList, dialect.Args{Extension: a.User})
		if err == nil && steps[0].Kind == dialect.Watch {
			target = steps[0].Text
		}
	}
	t.s.lists = slices.DeleteFunc(t.s.lists, func(l list) bool {
		if target != "" && l.account == a.ID {
			return false
		}
		if l.sub != "" {
			t.do(fxSIP{ua.Unsubscribe{ID: l.sub}})
		}
		t.unlist(l)
		return true
	})
	if target == "" || a.State != phone.RegistrationRegistered || len(t.s.lists) > 0 {
		return
	}
	for side, event := range []string{eventDialog, eventPresence} {
		accept := "application/dialog-info+xml"
		if side == listPresence {
			accept = pidf.ContentType
		}
		l := list{account: a.ID, side: side, sub: ua.SubID("list-" + event + "-" + string(a.ID)), until: t.now.Add(listPatience)}
		t.s.lists = append(t.s.lists, l)
		t.do(fxSIP{ua.Subscribe{ID: l.sub, Account: a.ID, Target: target, Event: event, Accept: accept, List: true}})
	}
}

// listTells reports whether a list may yet tell of a line, so that it need not be asked for alone.
func (t *turn) listTells(l *line) bool {
	return slices.ContainsFunc(t.s.lists, func(o list) bool {
		return o.account == l.Account && !o.refused && o.until.After(t.now)
	}) && slices.Contains(t.s.people.lines, l.Number)
}

// onList takes a list's NOTIFY. It reports false for one that is no list's.
func (t *turn) onList(v ua.Notified) bool {
	i := slices.IndexFunc(t.s.lists, func(l list) bool { return l.sub == v.ID })
	if i < 0 {
		return false
	}
	l := &t.s.lists[i]
	if len(v.Body) == 0 {
		return true
	}
	doc, err := eventlist.Parse(v.ContentType, v.Body)
	if err != nil || len(doc.Resources) == 0 && !doc.Full {
		t.refuseList(l) // it is no list, or not one we can read
		return true
	}
	if l.side == listPresence {
		t.presenceAnswered(l.account)
	}
	if !l.until.IsZero() { // a long list comes in parts
		l.until = t.now.Add(listPartPatience)
	}
	for _, r := range doc.Resources {
		line := t.s.line(lineKey{l.account, userOf("<" + r.URI + ">")})
		if line == nil {
			continue
		}
		if r.State == "terminated" || r.State == "" {
			if line.listed[l.side] {
				line.listed[l.side], t.s.linesDirty = false, true
			}
			continue
		}
		line.listed[l.side] = true
		line.Told, line.Stale, line.staleAt = t.now, false, time.Time{}
		if l.side == listPresence {
			t.onPresence(line, r.Body)
		} else {
			t.onDialogs(line, r.Body)
		}
	}
	return true
}

func (t *turn) refuseList(l *list) {
	if l.sub != "" {
		t.do(fxSIP{ua.Unsubscribe{ID: l.sub}})
	}
	t.unlist(*l)
	l.sub, l.refused, l.until = "", true, time.Time{}
}

// unlist: what a list told must be asked for alone.
func (t *turn) unlist(l list) {
	for i := range t.s.lines {
		if k := &t.s.lines[i]; k.Account == l.account && k.listed[l.side] {
			k.listed[l.side] = false
			if l.side == listDialog {
				k.told, k.anew = false, true
			}
		}
	}
	t.s.linesDirty = true
}

// onListLost notes that a list is told no more, for now or for good. It reports false for a subscription that is no list's.
func (t *turn) onListLost(v ua.SubscriptionLost) bool {
	i := slices.IndexFunc(t.s.lists, func(l list) bool { return l.sub == v.ID })
	if i < 0 {
		return false
	}
	l := &t.s.lists[i]
	if v.Retry == 0 {
		l.sub = ""
		t.refuseList(l)
		return true
	}
	why := phone.Reason{ID: phone.ReasonNotTold, Code: v.Reason.Code, Text: v.Reason.Text}
	for i := range t.s.lines {
		k := &t.s.lines[i]
		if k.Account != l.account || !k.listed[l.side] {
			continue
		}
		if k.staleAt.IsZero() && !k.Stale {
			k.staleAt = t.now.Add(staleAfter)
		}
		if l.side == listDialog {
			k.Reason, k.told, k.anew = &why, false, true
			t.lineUntold(k.key())
		}
	}
	t.linesChanged = true
	return true
}

// listClock stops waiting for a list that does not answer.
func (t *turn) listClock() {
	for i := range t.s.lists {
		if l := &t.s.lists[i]; !l.until.IsZero() && !l.until.After(t.now) {
			l.until, t.s.linesDirty = time.Time{}, true
		}
	}
}
