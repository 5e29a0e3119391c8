package control

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"svara/phone"
)

const (
	waitDefault = 10 * time.Second
	waitMax     = 24 * time.Hour
)

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
