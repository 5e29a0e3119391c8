package control

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"svara/phone"
)

// Condition is what the verb wait waits for. It is true at once if it is already so.
//
//	registered                every account is registered, and there is one
//	registered:ACCOUNT        this account is
//	CALL:STATE                the call is in the state; a call that is over and gone is ended
//	CALL:transfer=STATE       its transfer stands so (phone.TransferState); done also when the call ended for having been handed over
//	CALL:hold=HOLD            none, local, remote or both
//	CALL:camp=STATE           waiting, offering or fetched; over when it does not wait for anybody
//	CALL:recording=on|off     it is being recorded, or not
//	any:…                     the same of some call
//	conference:N              so many calls are in the conference; 0 when there is none
//	line:NUMBER=STATE         a watched line stands so (phone.LineState)
//	elsewhere:N               so many calls of ours are on other devices
//	queue:ID=STATE            our login stands so (phone.ConfirmState)
//	forward:KIND=STATE        all, noanswer or busy: the forwarding of some account stands so, likewise
//	profile=STATE             the profile of some account, likewise
//	published=STATE           some exchange has taken what we told of ourselves, likewise
//	activity:KIND             it is what the user does now (phone.ActivityKind)
//	book:ID=STATE             an address book stands so (phone.BookState)
//	voicemail:N               so many voice messages have not been heard
//	messages:N                so many text messages have not been read
//	group:N                   so many calls of the group log are missed and not handled
//	group-message:N           so many messages of the groups are not handled
//
// What lasts only a moment counts. A call that has ended can come to nothing new: waiting for it is refused with the
// reason the call ended for. A transfer that failed rules out that it is done. A queue, forwarding or profile that the
// exchange refused is refused with its reason. A call that has not been seen yet is waited for.
type Condition struct {
	about   string          // registered, or a key of counts, things or aspects
	account phone.AccountID // registered; empty for all
	call    phone.CallID    // of an aspect; 0 for any
	name    string          // of a thing that has one
	value   string          // of a thing or an aspect
	count   int             // of a count
}

// ParseCondition reads a condition as it is written on the command line.
func ParseCondition(text string) (Condition, error) {
	bad := phone.Refuse(phone.ReasonBadCommand, "condition "+strconv.Quote(text))
	subject, rest, two := strings.Cut(text, ":")
	switch subject {
	case "registered":
		if two && rest == "" {
			return Condition{}, bad
		}
		return Condition{about: subject, account: phone.AccountID(rest)}, nil
	}
	if _, ok := counts[subject]; ok {
		n, err := strconv.Atoi(rest)
		if err != nil || n < 0 || strconv.Itoa(n) != rest {
			return Condition{}, bad
		}
		return Condition{about: subject, count: n}, nil
	}
	if c, ok := parseThing(text); ok {
		return c, nil
	}
	c := Condition{about: aspectState, value: rest}
	if about, value, named := strings.Cut(rest, "="); named {
		if about == aspectState { // is written without its name
			return Condition{}, bad
		}
		c.about, c.value = about, value
	}
	if !slices.Contains(aspects[c.about].values, c.value) {
		return Condition{}, bad
	}
	if subject == "any" {
		return c, nil
	}
	id, err := strconv.ParseUint(subject, 10, 64)
	if err != nil || id == 0 {
		return Condition{}, bad
	}
	c.call = phone.CallID(id)
	return c, nil
}

func (c Condition) String() string {
	switch c.about {
	case "registered":
		if c.account == "" {
			return c.about
		}
		return c.about + ":" + string(c.account)
	}
	if _, ok := counts[c.about]; ok {
		return c.about + ":" + strconv.Itoa(c.count)
	}
	if t, ok := things[c.about]; ok {
		return t.write(c)
	}
	subject, value := "any", c.value
	if c.call != 0 {
		subject = callText(c.call)
	}
	if c.about != aspectState {
		value = c.about + "=" + c.value
	}
	return subject + ":" + value
}

// met tells whether an update fulfils the condition (a result), rules it out (a refusal), or neither.
func (c Condition) met(u phone.Update, l *ledger) (*Waited, error) {
	if a, ok := aspects[c.about]; ok {
		return c.metByCall(a, u, l)
	}
	if t, ok := things[c.about]; ok {
		return c.metByThing(t, u)
	}
	for _, e := range u.Events {
		if c.about == aboutConference && c.count == 0 && e.Kind == phone.EventConference && e.State == "ended" {
			return &Waited{Account: e.Account}, nil
		}
	}
	switch n, ok := counts[c.about]; {
	case u.Snapshot == nil:
	case !ok:
		return c.registered(u.Snapshot), nil
	case n.of(u.Snapshot) == c.count:
		return &Waited{}, nil
	}
	return nil, nil
}

func (c Condition) registered(now *phone.Snapshot) *Waited {
	found := false
	for _, a := range now.Accounts {
		if c.account != "" && a.ID != c.account {
			continue
		}
		if a.State != phone.RegistrationRegistered {
			return nil
		}
		found = true
	}
	if !found {
		return nil
	}
	return &Waited{Account: c.account}
}

// standing tells how things are for a condition that did not come true.
func (c Condition) standing(s *phone.Snapshot) string {
	if n, ok := counts[c.about]; ok {
		return fmt.Sprintf("%s: %d %s", c, n.of(s), n.words)
	}
	if t, ok := things[c.about]; ok {
		return c.String() + ": " + c.standingOfThing(t, s)
	}
	var parts []string
	none := "no such call"
	switch c.about {
	case "registered":
		none = "no such account"
		for _, a := range s.Accounts {
			if c.account == "" || a.ID == c.account {
				parts = append(parts, withReason(string(a.ID)+" is "+string(a.State), a.Reason))
			}
		}
	default:
		for _, call := range s.Calls {
			if c.call == 0 || call.ID == c.call {
				parts = append(parts, c.standingOf(call))
			}
		}
	}
	if len(parts) == 0 {
		parts = append(parts, none)
	}
	return c.String() + ": " + strings.Join(parts, ", ")
}

func (c Condition) standingOf(call phone.Call) string {
	out := fmt.Sprintf("call %d is %s", call.ID, call.State)
	if c.about == aspectState || call.State == phone.StateEnded {
		return out
	}
	value := aspects[c.about].now(call)
	if value == "" {
		value = "none"
	}
	out += ", " + c.about + " " + value
	if t := call.Transfer; c.about == aspectTransfer && t != nil {
		out = withReason(out, t.Reason)
	}
	return out
}

func withReason(text string, why *phone.Reason) string {
	if why == nil {
		return text
	}
	return text + " (" + (&phone.Error{Reason: *why}).Error() + ")"
}

func callText(id phone.CallID) string { return strconv.FormatUint(uint64(id), 10) }
