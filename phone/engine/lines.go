package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/dialect"
	"svara/phone/dialoginfo"
	"svara/phone/ua"
)

// line is a line of the exchange that we are told of by dialog events (RFC 4235). Which lines are watched follows from
// what is going on: see wantedLines.
type line struct {
	phone.Line
	sub     ua.SubID
	told    bool // something has come
	user    bool // the user asked for it
	tracker dialoginfo.Tracker
	until   time.Time // not told yet: how long a pick-up waits for the first word
}

// lineKey names a line.
type lineKey struct {
	account phone.AccountID
	number  string
}

func (s *state) line(k lineKey) *line {
	for i := range s.lines {
		if l := &s.lines[i]; l.Account == k.account && l.Number == k.number {
			return l
		}
	}
	return nil
}

// watched is the lines as guests see them: all but our own address of record.
func (s *state) watched() []phone.Line {
	var out []phone.Line
	for i := range s.lines {
		l := &s.lines[i]
		if a := s.account(l.Account); a != nil && a.User == l.Number && !l.user {
			continue
		}
		out = append(out, l.Line)
	}
	slices.SortFunc(out, func(a, b phone.Line) int {
		if c := strings.Compare(string(a.Account), string(b.Account)); c != 0 {
			return c
		}
		return strings.Compare(a.Number, b.Number)
	})
	return out
}

// wantedLines is every line somebody wants to know of now.
func (s *state) wantedLines() map[lineKey]bool {
	want := map[lineKey]bool{}
	for i := range s.accounts {
		if a := &s.accounts[i]; a.State == phone.RegistrationRegistered && s.settings.Bool(phone.KeyWatchOwn) {
			want[lineKey{a.ID, a.User}] = true
		}
	}
	for i := range s.calls {
		c := &s.calls[i]
		if c.Camp != nil {
			want[lineKey{c.Account, c.Camp.Target.Number}] = true
		}
		if c.Transfer != nil && c.Transfer.State.Pending() && (c.referred || c.State == phone.StateEnded) && c.Transfer.Consult == 0 {
			want[lineKey{c.Account, c.Transfer.Target.Number}] = true
		}
		if c.pickLine != "" {
			want[lineKey{c.Account, c.pickLine}] = true
		}
	}
	for _, p := range s.parked {
		if p.Slot != "" {
			want[lineKey{p.Account, p.Slot}] = true
		}
	}
	for i := range s.lines {
		if l := &s.lines[i]; l.user {
			want[lineKey{l.Account, l.Number}] = true
		}
	}
	return want
}

// followLines subscribes to what is wanted and lets the rest go.
func (t *turn) followLines() {
	want := t.s.wantedLines()
	if t.s.closing {
		want = nil
	}
	t.s.lines = slices.DeleteFunc(t.s.lines, func(l line) bool {
		a := t.s.account(l.Account)
		if want[lineKey{l.Account, l.Number}] && a != nil {
			return false
		}
		if l.sub != "" {
			t.do(fxSIP{ua.Unsubscribe{ID: l.sub}})
		}
		return true
	})
	for _, k := range sortedKeys(want) {
		l := t.s.line(k)
		if l == nil {
			t.s.lines = append(t.s.lines, line{Line: phone.Line{Account: k.account, Number: k.number, State: phone.LineUnknown, Since: t.now}})
			l = &t.s.lines[len(t.s.lines)-1]
		}
		a := t.s.account(k.account)
		if l.sub != "" || l.Reason != nil || a == nil || a.State != phone.RegistrationRegistered {
			continue
		}
		t.s.lastLine++
		l.sub = ua.SubID(fmt.Sprintf("line-%d", t.s.lastLine))
		l.until = t.now.Add(lookPatience)
		t.do(fxSIP{ua.Subscribe{ID: l.sub, Account: k.account, Target: k.number, Event: "dialog", Accept: "application/dialog-info+xml"}})
	}
}

func sortedKeys(m map[lineKey]bool) []lineKey {
	out := make([]lineKey, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b lineKey) int {
		if c := strings.Compare(string(a.account), string(b.account)); c != 0 {
			return c
		}
		return strings.Compare(a.number, b.number)
	})
	return out
}

func (t *turn) lineBySub(id ua.SubID) *line {
	for i := range t.s.lines {
		if l := &t.s.lines[i]; l.sub == id {
			return l
		}
	}
	return nil
}

func (t *turn) onNotified(v ua.Notified) {
	l := t.lineBySub(v.ID)
	if l == nil {
		return
	}
	l.Reason = nil
	if len(v.Body) == 0 {
		return
	}
	doc, err := dialoginfo.Parse(v.Body)
	if err != nil {
		l.Reason = &phone.Reason{ID: phone.ReasonNotTold, Text: err.Error()}
		return
	}
	gap := l.tracker.Gap()
	l.tracker.Apply(doc)
	if l.tracker.Gap() && !gap { // a change was missed: a new subscription brings the whole (RFC 4235 4.3)
		t.do(fxSIP{ua.Unsubscribe{ID: l.sub}})
		l.sub = ""
	}
	l.told, l.until = true, time.Time{}
	t.showLine(l)
}

func (t *turn) onSubscriptionLost(v ua.SubscriptionLost) {
	l := t.lineBySub(v.ID)
	if l == nil {
		return
	}
	why := phone.Reason{ID: phone.ReasonNotTold, Code: v.Reason.Code, Text: v.Reason.Text}
	l.Reason, l.told, l.until = &why, false, time.Time{}
	l.tracker = dialoginfo.Tracker{}
	if v.Retry == 0 {
		l.sub = ""
	}
	t.showLine(l)
	t.lineUntold(lineKey{l.Account, l.Number})
}

// showLine works the line's state out of its dialogs (RFC 4235 3.7.1), and acts on a change.
func (t *turn) showLine(l *line) {
	before := l.Line
	l.State, l.With, l.Pickup = phone.LineUnknown, phone.Party{}, false
	if l.told {
		l.State = phone.LineIdle
	}
	for _, d := range l.tracker.Dialogs() {
		switch {
		case d.State == "confirmed":
			l.State, l.With = phone.LineBusy, partyOf(d.Remote)
		case d.State == "terminated" || l.State == phone.LineBusy:
		case d.Direction == "recipient" || d.State == "early" && d.Direction == "":
			l.State, l.With = phone.LineRinging, partyOf(d.Remote)
			l.Pickup = t.s.hasDialCode(l.Account, phone.FeaturePickup) || d.CallID != "" && d.LocalTag != "" && d.RemoteTag != ""
		default:
			l.State, l.With = phone.LineBusy, partyOf(d.Remote) // dialling out
		}
	}
	if l.State != before.State || l.With != before.With {
		if l.State != before.State {
			l.Since = t.now
		}
		t.tell(phone.Event{Kind: phone.EventLine, Account: l.Account, Value: l.Number, State: string(l.State)})
	}
	key, now := lineKey{l.Account, l.Number}, l.Line
	t.campLine(key, before.State, now.State)
	t.transferLine(key, before.State, now.State)
	t.parkedLine(key, now.State)
	t.pickReady(key)
	if a := t.s.account(key.account); a != nil && a.User == key.number {
		t.tell(phone.Event{Kind: phone.EventElsewhere, Account: key.account})
	}
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
		t.s.lines = append(t.s.lines, line{Line: phone.Line{Account: acc.ID, Number: number, State: phone.LineUnknown, Since: t.now}})
		l = &t.s.lines[len(t.s.lines)-1]
	}
	l.user = cmd.On
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
