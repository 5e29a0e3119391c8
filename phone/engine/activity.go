package engine

import (
	"encoding/json"
	"slices"
	"time"

	"svara/phone"
	"svara/phone/pidf"
	"svara/phone/schedule"
	"svara/phone/ua"
)

// me is what the user says of themselves. What is in force follows from what was chosen by hand, the plans and the clock:
// see settleActivity.
type me struct {
	chosen phone.Activity // by hand; no Kind: nothing
	note   string         // by hand
	now    phone.Activity // in force
	plan   string         // the ID of the plan in force
	said   string         // the note in force: the plan's, else ours
	look   time.Time      // when to work it out again

	planned   []phone.Planned // for the snapshot; nil: to be worked out
	diverting diverting
	handed    handed
	version   uint64 // rises with what is published
	published []published
}

// published is what an account's exchange was told of us.
type published struct {
	phone.Published
	version uint64
}

// diverting is the forwarding that an activity has set in an exchange.
type diverting struct {
	Account phone.AccountID `json:"account,omitempty"`
	Number  string          `json:"number,omitempty"`
	Before  string          `json:"before,omitempty"` // what was set by hand before it
}

// remembered is what of it outlives the phone.
type remembered struct {
	Chosen    phone.Activity `json:"chosen,omitzero"`
	Note      string         `json:"note,omitempty"`
	Diverting diverting      `json:"diverting,omitzero"`
	Role      phone.RoleID   `json:"role,omitempty"`
	Handed    handed         `json:"handed,omitzero"`
}

// rememberKey is where the store keeps it.
const rememberKey = "me"

// lookAgain is how long the clock is trusted at most: it may be set, and a sleeping computer's timers stand still.
const lookAgain = time.Minute

// recall reads what an earlier start remembered. What cannot be read is forgotten.
func (s *state) recall(text string) {
	var r remembered
	if json.Unmarshal([]byte(text), &r) != nil {
		return
	}
	s.me.chosen, s.me.note, s.me.diverting, s.me.handed = r.Chosen, r.Note, r.Diverting, r.Handed
	if s.knownRole(r.Role) {
		s.roles.now = r.Role
	}
}

func (t *turn) remember() {
	text, err := json.Marshal(remembered{t.s.me.chosen, t.s.me.note, t.s.me.diverting, t.s.roles.now, t.s.me.handed})
	if err != nil {
		return // a struct of strings and times always marshals
	}
	t.do(fxRemember{rememberKey, string(text)})
}

func (t *turn) setActivity(cmd phone.SetActivity, from string) error {
	if !slices.Contains(phone.ActivityKinds, cmd.Kind) && cmd.Kind != phone.ActivityOther {
		return phone.Refuse(phone.ReasonBadCommand, string(cmd.Kind))
	}
	if err := (phone.Shortcut{ID: "x", Name: cmd.Name, Kind: cmd.Kind, Length: cmd.Length, Divert: cmd.Divert, Number: cmd.Number}).Validate(); err != nil {
		return err
	}
	until := cmd.Until
	switch {
	case until.IsZero():
		var err error
		if until, err = schedule.Until(cmd.Length, t.s.set.hours, t.now, t.s.local); err != nil {
			return err
		}
	case !until.After(t.now):
		return phone.Refuse(phone.ReasonPast, "")
	}
	number, err := t.divertNumber(cmd.Kind, cmd.Divert, cmd.Number)
	if err != nil {
		return err
	}
	t.s.me.chosen = phone.Activity{
		Kind: cmd.Kind, Name: cmd.Name, Rings: rings(cmd.Kind, cmd.Rings), Divert: number, Since: t.now, Until: until, From: from,
	}
	t.s.me.look = t.now
	t.settleActivity()
	t.remember()
	return nil
}

func rings(kind phone.ActivityKind, said *bool) bool {
	if said != nil {
		return *said
	}
	return kind.Rings()
}

// divertNumber is where calls go during an activity, or empty.
func (t *turn) divertNumber(kind phone.ActivityKind, choice phone.DivertChoice, number string) (string, error) {
	switch choice {
	case phone.DivertIgnore:
		return "", nil
	case phone.DivertNumber:
		return t.divertTarget(number)
	}
	for _, l := range t.s.set.links {
		if l.Kind == kind {
			return t.divertTarget(l.Number)
		}
	}
	return "", nil
}

func (t *turn) divertTarget(number string) (string, error) {
	if t.s.emergency(number) {
		return "", phone.Refuse(phone.ReasonEmergency, number)
	}
	return cleanTarget(number)
}

func (t *turn) useShortcut(cmd phone.UseShortcut) error {
	for _, s := range t.s.set.shortcuts {
		if s.ID == cmd.ID {
			return t.setActivity(phone.SetActivity{
				Kind: s.Kind, Name: s.Name, Rings: s.Rings, Length: s.Length, Divert: s.Divert, Number: s.Number,
			}, "shortcut:"+s.ID)
		}
	}
	return phone.Refuse(phone.ReasonNoItem, cmd.ID)
}

func (t *turn) setNote(cmd phone.SetNote) error {
	if len(cmd.Text) > 1000 {
		return phone.Refuse(phone.ReasonBadCommand, "note")
	}
	if t.s.me.note != cmd.Text {
		t.s.me.note = cmd.Text
		t.s.me.look = t.now
		t.remember()
	}
	return nil
}

// settleActivity works out what is in force: of what was chosen by hand and the plan that runs, the one that began later.
func (t *turn) settleActivity() {
	m := &t.s.me
	if m.look.IsZero() || m.look.After(t.now) {
		return
	}
	m.look = time.Time{}
	now := phone.Activity{Kind: phone.ActivityAvailable, Rings: true, Since: m.now.Since}
	how, note, role, plan := "ended", m.note, phone.RoleID(""), ""
	if c := m.chosen; c.Kind != "" {
		if !c.Until.IsZero() && !c.Until.After(t.now) {
			now.Since = c.Until
			m.chosen = phone.Activity{}
			t.remember()
		} else {
			now, how = c, "set"
		}
	}
	p, from, to, runs := schedule.Now(t.s.set.plans, t.now, t.s.local)
	if runs && (m.chosen.Kind == "" || from.After(m.chosen.Since)) {
		number, err := t.divertNumber(p.Kind, p.Divert, p.Number)
		if err != nil {
			t.fault(phone.ReasonOf(err))
		}
		now = phone.Activity{Kind: p.Kind, Name: p.Name, Rings: rings(p.Kind, p.Rings), Divert: number, Since: from, Until: to, From: "plan:" + p.ID}
		how, role, plan = "planned", p.Role, p.ID
		if p.Note != "" {
			note = p.Note
		}
	}
	if t.watchesClock() {
		m.look = t.now.Add(lookAgain)
		sooner := func(at time.Time) {
			if at.After(t.now) && at.Before(m.look) {
				m.look = at
			}
		}
		sooner(m.chosen.Until)
		sooner(to)
		m.planned = schedule.Planned(t.s.set.plans, t.now, t.s.local)
		for _, p := range m.planned {
			sooner(p.Next)
			sooner(p.Ends)
		}
	}
	if now.Since.IsZero() {
		now.Since = t.now
	}
	changed := !same(now, m.now)
	if changed || note != m.said {
		m.version++
	}
	m.now, m.plan, m.said = now, plan, note
	t.planRole(role)
	if changed {
		t.tell(phone.Event{Kind: phone.EventActivity, Value: string(now.Kind), State: how})
		t.divertCalls()
	}
}

// watchesClock reports whether time alone can change what is in force.
func (t *turn) watchesClock() bool {
	return len(t.s.set.plans) > 0 || !t.s.me.chosen.Until.IsZero()
}

// same compares activities; times by the instant.
func same(a, b phone.Activity) bool {
	since, until := a.Since.Equal(b.Since), a.Until.Equal(b.Until)
	a.Since, a.Until, b.Since, b.Until = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	return since && until && a == b
}

// divertCalls has the exchange send calls where the activity says. One that cannot be asked leaves it to us: see divertedTo.
func (t *turn) divertCalls() {
	m := &t.s.me
	want, d := m.now.Divert, m.diverting
	if t.s.teamApplies() {
		want = "" // the team server does it; what we did is taken back
	}
	if want == d.Number {
		return
	}
	account := d.Account
	if account == "" {
		a, err := t.callingAccount("")
		if err != nil {
			return
		}
		account = a.ID
	}
	if !t.s.can(account, phone.FeatureForwardAllOn) {
		return
	}
	if d.Number == "" {
		d.Before = t.s.forwardNumber(account, phone.ForwardAll)
	}
	number := want
	if want == "" {
		number = d.Before
	}
	if err := t.setForward(phone.SetForward{Kind: phone.ForwardAll, Number: number, Account: account}); err != nil {
		t.fault(phone.ReasonOf(err))
		return
	}
	if want == "" {
		m.diverting = diverting{}
	} else {
		m.diverting = diverting{Account: account, Number: want, Before: d.Before}
	}
	t.remember()
}

// divertedTo is where a call that has come is to be sent because of the activity, when its exchange does not do that.
func (s *state) divertedTo(id phone.AccountID) string {
	if s.me.now.Divert == "" || s.teamApplies() && s.team.at.account == id || s.me.diverting.Number != "" && s.me.diverting.Account == id {
		return ""
	}
	return s.me.now.Divert
}

// settlePublished tells every exchange what is new (RFC 3903).
func (t *turn) settlePublished() {
	m := &t.s.me
	wanted := t.s.settings.Bool(phone.KeyPublish) && !t.s.closing
	m.published = slices.DeleteFunc(m.published, func(p published) bool {
		gone := t.s.account(p.Account) == nil
		if gone || !wanted {
			t.do(fxSIP{ua.Unpublish{ID: publication(p.Account)}})
			return true
		}
		return false
	})
	if !wanted {
		return
	}
	for i := range t.s.accounts {
		a := &t.s.accounts[i]
		at := slices.IndexFunc(m.published, func(p published) bool { return p.Account == a.ID })
		if a.State != phone.RegistrationRegistered {
			continue
		}
		if at < 0 {
			m.published = append(m.published, published{Published: phone.Published{Account: a.ID, State: phone.ConfirmUnknown}})
			at = len(m.published) - 1
		}
		p := &m.published[at]
		if p.version == m.version && p.State != phone.ConfirmUnknown {
			continue
		}
		p.version, p.State = m.version, phone.ConfirmAsking
		t.do(fxSIP{ua.Publish{
			ID: publication(a.ID), Account: a.ID, Event: "presence", ContentType: pidf.ContentType,
			Body: pidf.Build(a.AddressOfRecord(), t.s.me.presence(), t.now),
		}})
	}
}

func publication(id phone.AccountID) ua.PubID { return ua.PubID("presence:" + string(id)) }

// presence is what others are told.
func (m *me) presence() phone.Presence {
	return phone.Presence{Activity: m.now.Kind, Name: m.now.Name, Note: m.said, Open: m.now.Rings, Since: m.now.Since, Until: m.now.Until}
}

func (t *turn) onPublishDone(v ua.PublishDone) {
	for i := range t.s.me.published {
		p := &t.s.me.published[i]
		if publication(p.Account) != v.ID {
			continue
		}
		p.State, p.Reason = phone.ConfirmOn, nil
		if v.Reason != nil {
			p.State, p.Reason = phone.ConfirmRefused, v.Reason
		}
		t.tell(phone.Event{Kind: phone.EventActivity, Account: p.Account, Value: string(t.s.me.now.Kind), State: "published", Reason: v.Reason})
	}
}

// meView is what guests see of it.
func (s *state) meView() phone.Me {
	out := phone.Me{
		Activity: s.me.now, Note: s.me.note, Shortcuts: s.set.shortcuts, Plans: s.me.planned, Hours: s.set.hours, Links: s.set.links,
	}
	for _, p := range s.me.published {
		out.Published = append(out.Published, p.Published)
	}
	return out
}
