package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"svara/phone"
)

const (
	waitDefault = 10 * time.Second
	waitMax     = 24 * time.Hour
)

// Condition is what the verb wait waits for. It is true at once if it is already so.
//
//	registered           every account is registered, and there is one
//	registered:ACCOUNT   this account is
//	CALL:STATE           the call is in the state; a call that is over and gone is ended
//	any:STATE            some call is
//
// A call that has ended can reach no other state: waiting for one is refused with the reason the call ended for. A call
// that has not been seen yet is waited for.
type Condition struct {
	Account phone.AccountID // registered:ACCOUNT
	Call    phone.CallID    // 0: registered, or any
	State   phone.CallState // empty: registered
}

var callStates = []phone.CallState{
	phone.StateDialing, phone.StateProceeding, phone.StateRinging, phone.StateEarly, phone.StateIncoming,
	phone.StateAnswering, phone.StateConnected, phone.StateEnding, phone.StateEnded,
}

// ParseCondition reads a condition as it is written on the command line.
func ParseCondition(text string) (Condition, error) {
	bad := phone.Refuse(phone.ReasonBadCommand, "condition "+strconv.Quote(text))
	subject, rest, two := strings.Cut(text, ":")
	if subject == "registered" {
		if two && rest == "" {
			return Condition{}, bad
		}
		return Condition{Account: phone.AccountID(rest)}, nil
	}
	state := phone.CallState(rest)
	if !slices.Contains(callStates, state) {
		return Condition{}, bad
	}
	if subject == "any" {
		return Condition{State: state}, nil
	}
	id, err := strconv.ParseUint(subject, 10, 64)
	if err != nil || id == 0 {
		return Condition{}, bad
	}
	return Condition{Call: phone.CallID(id), State: state}, nil
}

func (c Condition) String() string {
	switch {
	case c.State != "" && c.Call != 0:
		return fmt.Sprintf("%d:%s", c.Call, c.State)
	case c.State != "":
		return "any:" + string(c.State)
	case c.Account != "":
		return "registered:" + string(c.Account)
	}
	return "registered"
}

// wait answers when the condition is true, cannot become true, or time is up. It looks at every event, so that a state
// that lasts a moment is seen.
func (sv *serving) wait(ctx context.Context, raw json.RawMessage) (Waited, error) {
	args, err := decodeArgs[waitArgs](raw)
	if err != nil {
		return Waited{}, err
	}
	condition, err := ParseCondition(args.Condition)
	if err != nil {
		return Waited{}, err
	}
	patience := waitDefault
	if args.TimeoutMS > 0 {
		patience = min(time.Duration(min(args.TimeoutMS, waitMax.Milliseconds()))*time.Millisecond, waitMax)
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	sub := sv.Phone.Subscribe(limited)
	for {
		update, err := sub.Next(limited)
		if err != nil {
			if errors.Is(limited.Err(), context.DeadlineExceeded) {
				return Waited{}, phone.Refuse(ReasonTimedOut, condition.standing(sv.Phone.Snapshot()))
			}
			return Waited{}, phone.Refuse(phone.ReasonShutdown, "")
		}
		done, err := condition.met(update, &sv.ledger)
		if err != nil {
			return Waited{}, err
		}
		if done != nil {
			done.Condition = args.Condition
			return *done, nil
		}
	}
}

// met tells whether an update fulfils the condition (a result), rules it out (a refusal), or neither.
func (c Condition) met(u phone.Update, l *ledger) (*Waited, error) {
	if c.State == "" {
		return c.registered(u), nil
	}
	for _, e := range u.Events {
		if c.Call != 0 && e.Call != c.Call {
			continue
		}
		switch {
		case e.Kind == phone.EventCallState && e.State == string(c.State),
			e.Kind == phone.EventCallAdded && e.State == string(c.State),
			e.Kind == phone.EventCallEnded && c.State == phone.StateEnded:
			return &Waited{Call: e.Call}, nil
		case c.Call != 0 && e.Kind == phone.EventCallEnded:
			return nil, over(e.Reason)
		}
	}
	if u.Snapshot == nil {
		return nil, nil
	}
	for _, call := range u.Snapshot.Calls {
		if (c.Call == 0 || call.ID == c.Call) && call.State == c.State {
			return &Waited{Call: call.ID}, nil
		}
		if call.ID == c.Call && call.State == phone.StateEnded {
			return nil, over(call.End)
		}
	}
	if c.Call == 0 || u.Snapshot.Call(c.Call) != nil {
		return nil, nil
	}
	if gone, why := l.gone(c.Call); gone {
		if c.State == phone.StateEnded {
			return &Waited{Call: c.Call}, nil
		}
		return nil, over(why)
	}
	return nil, nil
}

// over is the refusal to wait for a call that has ended.
func over(why *phone.Reason) error {
	if why == nil || why.ID == phone.ReasonNone {
		return phone.Refuse(phone.ReasonWrongState, string(phone.StateEnded))
	}
	return &phone.Error{Reason: *why}
}

func (c Condition) registered(u phone.Update) *Waited {
	if u.Snapshot == nil {
		return nil
	}
	found := false
	for _, a := range u.Snapshot.Accounts {
		if c.Account != "" && a.ID != c.Account {
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
	return &Waited{Account: c.Account}
}

// standing tells how things are for a condition that did not come true.
func (c Condition) standing(s *phone.Snapshot) string {
	var parts []string
	if c.State == "" {
		for _, a := range s.Accounts {
			if c.Account != "" && a.ID != c.Account {
				continue
			}
			part := string(a.ID) + " is " + string(a.State)
			if a.Reason != nil {
				part += " (" + (&phone.Error{Reason: *a.Reason}).Error() + ")"
			}
			parts = append(parts, part)
		}
		if len(parts) == 0 {
			parts = append(parts, "no such account")
		}
	} else {
		for _, call := range s.Calls {
			if c.Call == 0 || call.ID == c.Call {
				parts = append(parts, fmt.Sprintf("call %d is %s", call.ID, call.State))
			}
		}
		if len(parts) == 0 {
			parts = append(parts, "no such call")
		}
	}
	return c.String() + ": " + strings.Join(parts, ", ")
}

func callText(id phone.CallID) string { return strconv.FormatUint(uint64(id), 10) }

// ledgerSize is how many ended calls' reasons are remembered.
const ledgerSize = 256

// ledger remembers which calls there have been, since ended ones leave the snapshot after some seconds.
type ledger struct {
	mu      sync.Mutex
	highest phone.CallID                   // mu
	why     map[phone.CallID]*phone.Reason // mu; the newest ledgerSize
}

// keep follows the phone until ctx ends or the phone stops.
func (l *ledger) keep(ctx context.Context, p phone.Phone) {
	sub := p.Subscribe(ctx)
	for {
		update, err := sub.Next(ctx)
		if err != nil {
			return
		}
		for _, e := range update.Events {
			l.made(e.Call)
			if e.Kind == phone.EventCallEnded {
				l.ended(e.Call, e.Reason)
			}
		}
		if update.Snapshot != nil {
			for _, call := range update.Snapshot.Calls {
				l.made(call.ID)
				if call.State == phone.StateEnded {
					l.ended(call.ID, call.End)
				}
			}
		}
	}
}

// made notes that a call exists or has existed. IDs rise, so all lower ones have.
func (l *ledger) made(id phone.CallID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.highest = max(l.highest, id)
}

func (l *ledger) ended(id phone.CallID, why *phone.Reason) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.why == nil {
		l.why = map[phone.CallID]*phone.Reason{}
	}
	if why != nil {
		l.why[id] = why
	}
	if len(l.why) > ledgerSize {
		for old := range l.why {
			if old+ledgerSize <= l.highest {
				delete(l.why, old)
			}
		}
	}
}

// gone reports whether a call that is not in the snapshot has been there, and why it ended if that is remembered.
func (l *ledger) gone(id phone.CallID) (bool, *phone.Reason) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return id <= l.highest, l.why[id]
}
