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
//
// What lasts only a moment counts. A call that has ended can come to nothing new: waiting for it is refused with the
// reason the call ended for. A transfer that failed rules out that it is done. A call that has not been seen yet is
// waited for.
type Condition struct {
	about   string          // registered, conference, line, elsewhere, or a key of aspects
	account phone.AccountID // registered; empty for all
	call    phone.CallID    // of an aspect; 0 for any
	number  string          // line
	value   string          // line, and of an aspect
	count   int             // conference, elsewhere
}

var lineStates = []string{string(phone.LineUnknown), string(phone.LineIdle), string(phone.LineRinging), string(phone.LineBusy)}

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
	case "conference", "elsewhere":
		n, err := strconv.Atoi(rest)
		if err != nil || n < 0 || strconv.Itoa(n) != rest {
			return Condition{}, bad
		}
		return Condition{about: subject, count: n}, nil
	case "line":
		at := strings.LastIndex(rest, "=") // an address may have one too
		if at < 1 || !slices.Contains(lineStates, rest[at+1:]) {
			return Condition{}, bad
		}
		return Condition{about: subject, number: rest[:at], value: rest[at+1:]}, nil
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
	case "conference", "elsewhere":
		return c.about + ":" + strconv.Itoa(c.count)
	case "line":
		return c.about + ":" + c.number + "=" + c.value
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
	for _, e := range u.Events {
		switch {
		case c.about == "line" && e.Kind == phone.EventLine && e.Value == c.number && e.State == c.value,
			c.about == "conference" && c.count == 0 && e.Kind == phone.EventConference && e.State == "ended":
			return &Waited{Account: e.Account}, nil
		}
	}
	if u.Snapshot == nil {
		return nil, nil
	}
	now := u.Snapshot
	switch c.about {
	case "registered":
		return c.registered(now), nil
	case "conference":
		if len(conferenceOf(now).Calls) == c.count {
			return &Waited{}, nil
		}
	case "elsewhere":
		if len(now.Elsewhere) == c.count {
			return &Waited{}, nil
		}
	case "line":
		for _, l := range now.Lines {
			if l.Number == c.number && string(l.State) == c.value {
				return &Waited{Account: l.Account}, nil
			}
		}
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
	case "conference":
		none = fmt.Sprintf("%d in the conference", len(conferenceOf(s).Calls))
	case "elsewhere":
		none = fmt.Sprintf("%d on other devices", len(s.Elsewhere))
	case "line":
		none = "not watched"
		for _, l := range s.Lines {
			if l.Number == c.number {
				parts = append(parts, withReason(l.Number+" is "+string(l.State), l.Reason))
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
