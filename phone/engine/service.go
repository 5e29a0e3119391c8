package engine

import (
	"time"

	"svara/phone"
	"svara/phone/dialect"
)

// A service of the exchange (a forwarding, a queue login) is a call to its code. It goes on behind what the user does:
// nobody talks on it, it is in no list and no history, but its announcement is heard. What it brings about is true when
// the exchange has answered and then ended the call as usual, and not before.

const (
	serviceAnswer = 20 * time.Second // for an answer
	serviceHear   = 8 * time.Second  // an announcement, when the exchange does not hang up by itself
)

// causeNormal is ITU-T Q.850's "normal call clearing".
const causeNormal = 16

// service is what a call to a code is for. The zero value is no service.
type service struct {
	feature phone.Feature
	on      bool
	queue   phone.QueueID
	forward phone.ForwardKind
	number  string // forwarding: where to; profile: its number
	time    string // profile
}

func (s service) any() bool { return s.feature != "" }

// ask calls the code of a feature.
func (t *turn) ask(account phone.AccountID, s service, args dialect.Args) error {
	a, err := t.callingAccount(account)
	if err != nil {
		return err
	}
	args.Extension = a.User
	steps, err := t.s.dialect(a.ID).Plan(s.feature, args)
	if err != nil {
		return err
	}
	if len(steps) != 1 || steps[0].Kind != dialect.Dial {
		return phone.Refuse(phone.ReasonNotSupported, string(s.feature))
	}
	_, err = t.place(placing{account: a, target: steps[0].Text, code: steps[0].Text, auto: true, service: s})
	return err
}

// can reports whether an account's exchange has a feature.
func (s *state) can(id phone.AccountID, f phone.Feature) bool {
	_, err := s.dialect(id).Plan(f, dialect.Args{Number: "0", Queue: "0", Profile: "0", Slot: "0", Extension: "0"})
	return err == nil
}

// serviceClock gives up on an exchange that does not answer, and hangs up on one that says all it has to say twice.
func (t *turn) serviceClock(c *call) {
	if !c.service.any() || c.serviceAt.IsZero() || c.serviceAt.After(t.now) || !c.State.Live() {
		return
	}
	c.serviceAt = time.Time{}
	if c.Started.IsZero() {
		t.end(c, phone.Reason{ID: phone.ReasonNotConfirmed})
		return
	}
	t.end(c, phone.Reason{ID: phone.ReasonHangup})
}

// serviceEnded: the exchange has done it, or not.
func (t *turn) serviceEnded(c *call, why phone.Reason) {
	s := c.service
	if !s.any() || why.ID == phone.ReasonShutdown {
		return
	}
	var refused *phone.Reason
	if c.Started.IsZero() || why.Code >= 300 || c.cause != 0 && c.cause != causeNormal {
		refused = &why
	}
	switch s.feature {
	case phone.FeatureQueueLogin, phone.FeatureQueueLogout:
		t.loginDone(c.Account, s, refused)
	case phone.FeatureProfileOn, phone.FeatureProfileOff:
		t.profileDone(c.Account, s, refused)
	default:
		t.forwardDone(c.Account, s, refused)
	}
}

// asking reports whether a service of a kind is under way.
func (s *state) asking(fits func(service) bool) bool {
	for i := range s.calls {
		if c := &s.calls[i]; c.service.any() && c.State.Live() && fits(c.service) {
			return true
		}
	}
	return false
}
