package engine

import (
	"fmt"
	"strings"

	"svara/phone"
	"svara/phone/dialect"
	"svara/phone/ua"
)

// dial places a call. What is in progress is held first.
func (t *turn) dial(cmd phone.Dial) (phone.CallID, error) {
	if t.s.emergency(cmd.Target) {
		return t.dialEmergency(cmd.Target)
	}
	acc, err := t.callingAccount(cmd.Account)
	if err != nil {
		return 0, err
	}
	if number, digits, ok := strings.Cut(cmd.Target, ","); ok && cmd.Digits == "" && validDigits(digits) {
		cmd.Target, cmd.Digits = number, ","+digits
	}
	p := placing{account: acc, target: cmd.Target, digits: cmd.Digits, join: cmd.Join, name: cmd.Name}
	if cmd.Digits != "" && !validDigits(cmd.Digits) {
		return 0, phone.Refuse(phone.ReasonBadDigits, "")
	}
	switch cmd.How {
	case "":
	case phone.FeatureBypass, phone.FeatureVoicemail, phone.FeatureIntrude, phone.FeatureWithheld:
		p.how = cmd.How
	case phone.FeatureMailbox: // what is dialled follows from whose mailbox it is
		if p.code, err = t.s.dialCode(acc.ID, cmd.How, dialect.Args{Extension: acc.User}); err != nil {
			return 0, err
		}
		p.target = p.code
	default:
		return 0, phone.Refuse(phone.ReasonBadCommand, string(cmd.How))
	}
	if p.wears, err = t.wear(cmd.As, acc.ID); err != nil {
		return 0, err
	}
	if cmd.Via != "" {
		if taken, err := t.dialByTeam(acc, cmd, p.wears); taken || err != nil {
			if taken {
				t.spendRole()
			}
			return 0, err
		}
		if p, err = t.placeVia(p, cmd); err != nil {
			return 0, err
		}
	}
	if cmd.Join {
		if err := t.roomToJoin(1); err != nil {
			return 0, err
		}
	}
	c, err := t.place(p)
	if err != nil {
		return 0, err
	}
	t.spendRole()
	if cmd.Join {
		t.joinTalking(c.ID)
	} else {
		t.holdOthers(c.ID)
	}
	return c.ID, nil
}

// dialEmergency calls an emergency number as it is: no role, no code of the exchange, on any account there is.
func (t *turn) dialEmergency(target string) (phone.CallID, error) {
	acc, err := t.emergencyAccount()
	if err != nil {
		return 0, err
	}
	number, err := cleanTarget(target)
	if err != nil {
		return 0, err
	}
	if looksLikeNumber(number) {
		target = number
	} else if target = userOf("<" + number + ">"); target == "" {
		target = number
	}
	c, err := t.place(placing{account: acc, target: target, code: target})
	if err != nil {
		return 0, err
	}
	t.holdOthers(c.ID)
	return c.ID, nil
}

// placeVia calls another telephone of ours first; when it has answered, it is handed over to the target (features.md B5).
func (t *turn) placeVia(p placing, cmd phone.Dial) (placing, error) {
	device, err := t.device(p.account, cmd.Via)
	if err != nil {
		return p, err
	}
	to, err := cleanTarget(cmd.Target)
	if err != nil {
		return p, err
	}
	if cmd.How != "" || cmd.Join || cmd.Digits != "" {
		return p, phone.Refuse(phone.ReasonBadCommand, "via")
	}
	if _, err := t.s.dialect(p.account.ID).Plan(phone.FeatureTransferDirect, dialect.Args{Number: to}); err != nil {
		return p, err
	}
	p.target, p.handTo = device, to
	return p, nil
}

// placing is what an outgoing call begins with. Only account and target are mandatory.
type placing struct {
	account  *account
	target   string
	how      phone.Feature // a service of the exchange on the way there
	code     string        // what to dial instead of target, which is only shown
	digits   string        // sent when it is answered
	handTo   string        // transferred there when it is answered
	join     bool
	auto     bool
	consults phone.CallID
	replaces *ua.Replaces
	by       string // Referred-By
	name     string // who it is, as far as is known
	remote   *phone.Party
	service  service
	wears    *phone.Role // whose number is shown; nil: the account's
	picking  bool        // waits for the line's dialog before it is sent
}

// place makes an outgoing call. It holds nothing: the caller knows what else goes on.
func (t *turn) place(p placing) (*call, error) {
	target, err := cleanTarget(p.target)
	if err != nil {
		return nil, err
	}
	if t.s.live() >= maxCalls {
		return nil, phone.Refuse(phone.ReasonTooManyCalls, "")
	}
	send := p.code
	if p.how != "" {
		if send, err = t.s.dialCode(p.account.ID, p.how, dialect.Args{Number: target}); err != nil {
			return nil, err
		}
	}
	if send == "" {
		send = target
		if looksLikeNumber(target) {
			send = t.s.dialect(p.account.ID).Outgoing(target)
		}
	}
	withhold := dialect.Identity("")
	if p.wears != nil && p.wears.Withheld && p.how == "" && p.code == "" {
		if send, withhold, err = t.s.withhold(p.account.ID, target, send); err != nil {
			return nil, err
		}
	}
	remote := partyFor(target, p.account)
	remote.Name = p.name
	if p.remote != nil {
		remote = *p.remote
	}
	t.s.lastCall++
	c := call{
		Call: phone.Call{
			ID: t.s.lastCall, Account: p.account.ID, Direction: phone.Outgoing, State: phone.StateDialing,
			Hold: phone.HoldNone, Remote: remote, Created: t.now, Consults: p.consults, Level: 100,
		},
		leg: ua.LegID(fmt.Sprintf("out-%d", t.s.lastCall)), target: send, auto: p.auto, onAnswer: p.digits, handTo: p.handTo,
		join: p.join, replaces: p.replaces, referredBy: p.by, service: p.service, wears: p.wears, withhold: withhold,
	}
	if p.wears != nil {
		c.Role = p.wears.ID
	}
	if c.service.any() {
		c.serviceAt = t.now.Add(serviceAnswer)
	}
	t.s.calls = append(t.s.calls, c)
	if !p.auto && p.code == "" {
		t.s.history.Last = target
	}
	if !c.service.any() {
		t.tell(phone.Event{Kind: phone.EventCallAdded, Call: c.ID, Account: c.Account, State: string(c.State), Remote: &c.Remote})
	}
	if !p.picking {
		t.openOutgoing(&c)
	}
	t.lookUp(t.s.call(c.ID))
	return t.s.call(c.ID), nil
}

func (t *turn) openOutgoing(c *call) {
	t.do(fxOpen{call: c.ID, account: c.Account, target: c.target, codecs: t.s.codecs(c.Account), security: t.s.security(c.Account), path: t.s.path(c.Account)})
}

// callingAccount is the account a call goes out on: the named one, else the default, else one that is registered.
func (t *turn) callingAccount(id phone.AccountID) (*account, error) {
	usable := func(a *account) bool {
		return a.State == phone.RegistrationRegistered || a.State == phone.RegistrationRegistering
	}
	if id != "" {
		a := t.s.account(id)
		if a == nil {
			return nil, phone.Refuse(phone.ReasonNoAccount, string(id))
		}
		if !usable(a) {
			return nil, phone.Refuse(phone.ReasonNotRegistered, string(id))
		}
		return a, nil
	}
	var other *account
	for i := range t.s.accounts {
		a := &t.s.accounts[i]
		if a.Default && usable(a) {
			return a, nil
		}
		if other == nil && usable(a) {
			other = a
		}
	}
	switch {
	case other != nil:
		return other, nil
	case len(t.s.accounts) == 0:
		return nil, phone.Refuse(phone.ReasonNoAccount, "")
	}
	return nil, phone.Refuse(phone.ReasonNotRegistered, "")
}

// codecs are the names of those that are offered on an account, in order: its own, else the setting's.
func (s *state) codecs(id phone.AccountID) []string {
	if a := s.account(id); a != nil && a.Codecs != "" {
		return strings.Split(a.Codecs, ",")
	}
	return s.settings.List(phone.KeyCodecs)
}
