package phonetest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"svara/phone"
	"svara/phone/control"
)

// The verbs of a switchboard. Calls are named by their ID as svaractl prints it.

// CallOf runs a verb and returns the call it made or acted on.
func (s *Svara) CallOf(args ...string) string {
	s.t.Helper()
	var got control.Done
	s.Ask(&got, args...)
	return strconv.FormatUint(uint64(got.Call), 10)
}

// AnswerNext waits for an incoming call and answers it.
func (s *Svara) AnswerNext() string {
	s.t.Helper()
	call := s.Wait("any", phone.StateIncoming)
	s.Must("answer", call)
	s.Wait(call, phone.StateConnected)
	return call
}

// Transfer hands a call over directly.
func (s *Svara) Transfer(call, target string, args ...string) {
	s.t.Helper()
	s.Must(append([]string{"transfer", call, target}, args...)...)
}

// Consult calls the one a call may be handed to, and returns that call.
func (s *Svara) Consult(call, target string) string {
	s.t.Helper()
	return s.CallOf("consult", call, target)
}

// Complete connects a call with its consultation.
func (s *Svara) Complete(call string) { s.t.Helper(); s.Must("complete", call) }

// TakeBack returns to the caller.
func (s *Svara) TakeBack(call string) { s.t.Helper(); s.Must("takeback", call) }

// Swap goes to the call held longest.
func (s *Svara) Swap() { s.t.Helper(); s.Must("swap") }

// Hold holds a call and Resume resumes it.
func (s *Svara) Hold(call string) { s.t.Helper(); s.Must("hold", call) }

// Resume resumes a call.
func (s *Svara) Resume(call string) { s.t.Helper(); s.Must("resume", call) }

// HangUp ends a call and waits until it has ended.
func (s *Svara) HangUp(call string) phone.Reason {
	s.t.Helper()
	s.Must("hangup", call)
	return s.Ended(call)
}

// Merge makes a conference.
func (s *Svara) Merge(calls ...string) {
	s.t.Helper()
	s.Must(append([]string{"conference"}, calls...)...)
}

// Snapshot is everything that is true now.
func (s *Svara) Snapshot() phone.Snapshot {
	s.t.Helper()
	c, err := control.Dial(s.Profile)
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var snap phone.Snapshot
	if err := c.Call(ctx, "snapshot", nil, &snap); err != nil {
		s.t.Fatal(err)
	}
	return snap
}

// Live is the calls that hold a line.
func (s *Svara) Live() []phone.Call {
	s.t.Helper()
	calls := s.Snapshot().Calls
	return slices.DeleteFunc(calls, func(c phone.Call) bool { return !c.State.Live() })
}

// Is waits until a call is as told, as the snapshot shows it, and returns it. A call that has left the snapshot never is.
func (s *Svara) Is(call, what string, ok func(phone.Call) bool) phone.Call {
	s.t.Helper()
	id, err := strconv.ParseUint(call, 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	var last *phone.Call
	if !waits(time.Minute, func() bool {
		snap := s.Snapshot()
		last = snap.Call(phone.CallID(id))
		return last != nil && ok(*last)
	}) {
		s.t.Fatalf("call %s: %s: not within a minute: %s", call, what, shown(last))
	}
	return *last
}

// Held waits until a call is held by us, or not.
func (s *Svara) Held(call string, held bool) phone.Call {
	s.t.Helper()
	return s.Is(call, fmt.Sprintf("held %v", held), func(c phone.Call) bool { return c.State == phone.StateConnected && c.Hold.Local() == held })
}

// TransferIs waits until a call's transfer is in one of the states, and returns the call.
func (s *Svara) TransferIs(call string, states ...phone.TransferState) phone.Call {
	s.t.Helper()
	return s.Is(call, fmt.Sprintf("transfer %v", states), func(c phone.Call) bool { return c.Transfer != nil && slices.Contains(states, c.Transfer.State) })
}

func shown(c *phone.Call) string {
	if c == nil {
		return "not there"
	}
	text := fmt.Sprintf("%s, hold %s", c.State, c.Hold)
	if t := c.Transfer; t != nil {
		text += fmt.Sprintf(", transfer %s %s to %s", t.Kind, t.State, t.Target.Number)
		if t.Reason != nil {
			text += fmt.Sprintf(" (%+v)", *t.Reason)
		}
	}
	if c.End != nil {
		text += fmt.Sprintf(", ended %+v", *c.End)
	}
	return text
}
