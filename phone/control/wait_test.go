package control

import (
	"context"
	"strings"
	"testing"
	"time"

	"svara/phone"
)

// waiting starts a wait and gives its outcome when it has one.
func waiting(t *testing.T, r *running, condition string) <-chan error {
	t.Helper()
	c := r.dial(t)
	before := r.Subscribed()
	out := make(chan error, 1)
	go func() {
		_, err := c.Wait(context.Background(), condition, time.Minute)
		out <- err
	}()
	until(t, "wait", func() bool { return r.Subscribed() > before || len(out) > 0 })
	return out
}

func outcome(t *testing.T, in <-chan error) error {
	t.Helper()
	select {
	case err := <-in:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("still waiting")
	}
	return nil
}

func stillWaiting(t *testing.T, in <-chan error) {
	t.Helper()
	select {
	case err := <-in:
		t.Fatalf("did not wait: %v", err)
	default:
	}
}

func TestWaitForACall(t *testing.T) {
	r := run(t, nil)
	call := func(id phone.CallID, state phone.CallState) {
		c := phone.Call{ID: id, State: state}
		if state == phone.StateEnded {
			c.End = &phone.Reason{ID: phone.ReasonBusy, Code: 486, Text: "Busy Here"}
		}
		r.SetCall(c)
	}
	early := waiting(t, r, "1:ringing") // before there is such a call
	anyRinging := waiting(t, r, "any:ringing")
	call(1, phone.StateDialing)
	connected := waiting(t, r, "1:connected")
	stillWaiting(t, early)
	stillWaiting(t, anyRinging)
	// A state that lasts a moment: both are published before the waiting client wakes.
	call(1, phone.StateRinging)
	call(1, phone.StateEarly)
	for _, w := range []<-chan error{early, anyRinging} {
		if err := outcome(t, w); err != nil {
			t.Error(err)
		}
	}
	stillWaiting(t, connected)
	ended := waiting(t, r, "1:ended")
	call(1, phone.StateEnded)
	if err := outcome(t, ended); err != nil {
		t.Error(err)
	}
	wantReason(t, outcome(t, connected), phone.ReasonBusy) // it never will be

	// True at once, as long as it is in the snapshot and after.
	for _, gone := range []bool{false, true} {
		if gone {
			r.RemoveCall(1)
		}
		if err := outcome(t, waiting(t, r, "1:ended")); err != nil {
			t.Errorf("gone %v: %v", gone, err)
		}
		wantReason(t, outcome(t, waiting(t, r, "1:connected")), phone.ReasonBusy)
	}
	call(2, phone.StateConnected)
	c := r.dial(t)
	if got, err := c.Wait(t.Context(), "any:connected", time.Second); err != nil || got.Call != 2 || got.Condition != "any:connected" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWaitForACallThatWasOnlyDialled(t *testing.T) {
	r := run(t, func(r *running) { r.OnDo = func(phone.Command) (phone.CallID, error) { return 41, nil } })
	c := r.dial(t)
	if _, err := c.Do(t.Context(), phone.Dial{Target: "1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Wait(t.Context(), "41:ended", time.Minute); err != nil {
		t.Error(err)
	}
	_, err := c.Wait(t.Context(), "41:connected", time.Minute)
	wantReason(t, err, phone.ReasonWrongState)
}

func TestWaitForRegistration(t *testing.T) {
	r := run(t, nil)
	state := func(id phone.AccountID, state phone.RegistrationState, why *phone.Reason) {
		r.Change(func(s *phone.Snapshot) {
			for i := range s.Accounts {
				if s.Accounts[i].ID == id {
					s.Accounts[i].Registration = phone.Registration{State: state, Reason: why}
					return
				}
			}
			s.Accounts = append(s.Accounts, phone.AccountStatus{Account: phone.Account{ID: id}, Registration: phone.Registration{State: state, Reason: why}})
		}, phone.Event{Kind: phone.EventRegistration, Account: id, State: string(state)})
	}
	all := waiting(t, r, "registered")
	one := waiting(t, r, "registered:alice")
	stillWaiting(t, all)
	state("bob", phone.RegistrationRegistering, nil)
	state("alice", phone.RegistrationRegistering, nil)
	state("alice", phone.RegistrationRegistered, nil)
	if err := outcome(t, one); err != nil {
		t.Error(err)
	}
	stillWaiting(t, all)
	state("bob", phone.RegistrationFailed, &phone.Reason{ID: phone.ReasonWrongPassword, Code: 403, Text: "Forbidden"})
	_, err := r.dial(t).Wait(t.Context(), "registered", 50*time.Millisecond)
	wantReason(t, err, ReasonTimedOut)
	if err == nil || !strings.Contains(err.Error(), "bob is failed (wrong-password: Forbidden)") {
		t.Errorf("%v", err)
	}
	stillWaiting(t, all)
	state("bob", phone.RegistrationRegistered, nil)
	if err := outcome(t, all); err != nil {
		t.Error(err)
	}
	if _, err := r.dial(t).Wait(t.Context(), "registered", time.Minute); err != nil {
		t.Errorf("already so: %v", err)
	}
}

func TestWaitEnds(t *testing.T) {
	r := run(t, nil)
	c := r.dial(t)
	start := time.Now()
	_, err := c.Wait(t.Context(), "3:connected", 30*time.Millisecond)
	wantReason(t, err, ReasonTimedOut)
	if took := time.Since(start); took < 30*time.Millisecond {
		t.Errorf("after %v", took)
	}
	over := waiting(t, r, "3:connected")
	r.Close() // the phone, not the door
	wantReason(t, outcome(t, over), phone.ReasonShutdown)
}

func TestParseCondition(t *testing.T) {
	for _, good := range []string{"registered", "registered:alice", "registered:a:b", "7:connected", "any:ended", "18446744073709551615:ringing"} {
		if c, err := ParseCondition(good); err != nil || c.String() != good {
			t.Errorf("%q: %+v, %v", good, c, err)
		}
	}
	for _, bad := range []string{"", "registered:", "7", "7:", ":connected", "0:connected", "-1:connected", "x:connected", "7:flying", "any:", "any", "7:connected:x", " 7:connected"} {
		if c, err := ParseCondition(bad); phone.ReasonOf(err).ID != phone.ReasonBadCommand {
			t.Errorf("%q is %+v, %v", bad, c, err)
		}
	}
}
