package engine

import (
	"slices"
	"strings"

	"svara/phone"
	"svara/phone/dialect"
	"svara/phone/schedule"
)

// forwardKinds in the order of menus, with their features.
var forwardKinds = []struct {
	kind    phone.ForwardKind
	on, off phone.Feature
}{
	{phone.ForwardAll, phone.FeatureForwardAllOn, phone.FeatureForwardAllOff},
	{phone.ForwardNoAnswer, phone.FeatureForwardNoAnswerOn, phone.FeatureForwardNoAnswerOff},
	{phone.ForwardBusy, phone.FeatureForwardBusyOn, phone.FeatureForwardBusyOff},
}

// forwardings is what guests see: what is known, and of the rest what the exchange has a way for.
func (s *state) forwardings() []phone.Forward {
	var out []phone.Forward
	for i := range s.accounts {
		a := &s.accounts[i]
		if s.teamForwards(a.ID) {
			out = append(out, s.team.mine.forwards(a.ID)...)
			continue
		}
		for _, k := range forwardKinds {
			if f := s.forward(a.ID, k.kind); f != nil {
				out = append(out, *f)
			} else if s.can(a.ID, k.on) {
				out = append(out, phone.Forward{Account: a.ID, Kind: k.kind, State: phone.ConfirmUnknown})
			}
		}
	}
	return out
}

func (s *state) forward(id phone.AccountID, kind phone.ForwardKind) *phone.Forward {
	for i := range s.forwards {
		if f := &s.forwards[i]; f.Account == id && f.Kind == kind {
			return f
		}
	}
	return nil
}

// forwardNumber is where calls go now, as confirmed.
func (s *state) forwardNumber(id phone.AccountID, kind phone.ForwardKind) string {
	if f := s.forward(id, kind); f != nil {
		return f.Number
	}
	return ""
}

func (t *turn) setForward(cmd phone.SetForward) error {
	i := slices.IndexFunc(forwardKinds, func(k struct {
		kind    phone.ForwardKind
		on, off phone.Feature
	}) bool {
		return k.kind == cmd.Kind
	})
	if i < 0 {
		return phone.Refuse(phone.ReasonBadCommand, string(cmd.Kind))
	}
	a, err := t.callingAccount(cmd.Account)
	if err != nil {
		return err
	}
	s := service{feature: forwardKinds[i].off, forward: cmd.Kind}
	if cmd.Number != "" {
		if s.number, err = t.divertTarget(cmd.Number); err != nil {
			return err
		}
		if s.number == a.User {
			return phone.Refuse(phone.ReasonOwnNumber, "")
		}
		s.feature, s.on = forwardKinds[i].on, true
	}
	if t.s.teamForwards(a.ID) {
		return t.forwardByTeam(cmd.Kind, s.number)
	}
	if t.s.asking(func(o service) bool { return o.forward == cmd.Kind }) {
		return phone.Refuse(phone.ReasonWrongState, string(phone.ConfirmAsking))
	}
	if err := t.ask(a.ID, s, dialect.Args{Number: t.s.dialect(a.ID).Outgoing(s.number)}); err != nil {
		return err
	}
	f := t.s.forward(a.ID, cmd.Kind)
	if f == nil {
		t.s.forwards = append(t.s.forwards, phone.Forward{Account: a.ID, Kind: cmd.Kind, State: phone.ConfirmUnknown})
		f = &t.s.forwards[len(t.s.forwards)-1]
	}
	f.State, f.Asked, f.Reason, f.Unconfirmed = phone.ConfirmAsking, s.number, nil, false
	t.tellForward(f)
	return nil
}

func (t *turn) forwardDone(id phone.AccountID, s service, refused *phone.Reason) {
	f := t.s.forward(id, s.forward)
	if f == nil {
		return
	}
	f.State, f.Reason = phone.ConfirmRefused, refused
	if refused == nil {
		f.State, f.Asked, f.Number, f.Since = phone.ConfirmOff, "", s.number, t.now
		f.Unconfirmed = !t.s.dialect(id).Refuses
		if s.on {
			f.State = phone.ConfirmOn
		}
	}
	t.tellForward(f)
}

func (t *turn) tellForward(f *phone.Forward) {
	t.tell(phone.Event{Kind: phone.EventForward, Account: f.Account, Value: string(f.Kind), State: string(f.State), Reason: f.Reason})
}

// profile is the account's, or nil.
func (s *state) profile(id phone.AccountID) *phone.ProfileStatus {
	for i := range s.profiles {
		if p := &s.profiles[i]; p.Account == id {
			return p
		}
	}
	return nil
}

func (t *turn) setProfile(cmd phone.SetProfile) error {
	a, err := t.callingAccount(cmd.Account)
	if err != nil {
		return err
	}
	s := service{feature: phone.FeatureProfileOff, number: cmd.Number, time: cmd.Time}
	if cmd.Number != "" {
		s.feature, s.on = phone.FeatureProfileOn, true
		if strings.Trim(cmd.Number, "0123456789") != "" {
			return phone.Refuse(phone.ReasonBadDigits, "")
		}
	}
	if cmd.Time != "" {
		if _, err := schedule.ProfileUntil(cmd.Time, t.now.In(t.s.local)); err != nil {
			return err
		}
	}
	if t.s.asking(func(o service) bool {
		return o.feature == phone.FeatureProfileOn || o.feature == phone.FeatureProfileOff
	}) {
		return phone.Refuse(phone.ReasonWrongState, string(phone.ConfirmAsking))
	}
	if err := t.ask(a.ID, s, dialect.Args{Profile: cmd.Number, Time: cmd.Time}); err != nil {
		return err
	}
	p := t.s.profile(a.ID)
	if p == nil {
		t.s.profiles = append(t.s.profiles, phone.ProfileStatus{Account: a.ID, State: phone.ConfirmUnknown})
		p = &t.s.profiles[len(t.s.profiles)-1]
	}
	p.State, p.Asked, p.Reason, p.Unconfirmed = phone.ConfirmAsking, cmd.Number, nil, false
	t.tellProfile(p)
	return nil
}

func (t *turn) profileDone(id phone.AccountID, s service, refused *phone.Reason) {
	p := t.s.profile(id)
	if p == nil {
		return
	}
	p.State, p.Reason = phone.ConfirmRefused, refused
	if refused == nil {
		*p = phone.ProfileStatus{Account: id, State: phone.ConfirmOff, Since: t.now, Unconfirmed: !t.s.dialect(id).Refuses}
		if s.on {
			p.State, p.Number = phone.ConfirmOn, s.number
			if s.time != "" {
				p.Until, _ = schedule.ProfileUntil(s.time, t.now.In(t.s.local)) // it was understood when asked
			}
		}
	}
	t.tellProfile(p)
}

// profileClock: a profile that has run out is off.
func (t *turn) profileClock() {
	for i := range t.s.profiles {
		if p := &t.s.profiles[i]; p.State == phone.ConfirmOn && !p.Until.IsZero() && !p.Until.After(t.now) {
			*p = phone.ProfileStatus{Account: p.Account, State: phone.ConfirmOff, Since: p.Until}
			t.tellProfile(p)
		}
	}
}

func (t *turn) tellProfile(p *phone.ProfileStatus) {
	t.tell(phone.Event{Kind: phone.EventProfile, Account: p.Account, Value: p.Number, State: string(p.State), Reason: p.Reason})
}
