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

func TestWaitForAnAspect(t *testing.T) {
	reason := func(id phone.ReasonID) *phone.Reason { return &phone.Reason{ID: id, Text: "why"} }
	live := phone.Call{ID: 1, State: phone.StateConnected, Hold: phone.HoldNone}
	over := func(id phone.ReasonID) phone.Call {
		return phone.Call{ID: 1, State: phone.StateEnded, Hold: phone.HoldLocal, End: reason(id), Recording: phone.Recorder{On: true},
			Transfer: &phone.Transfer{State: phone.TransferRinging}}
	}
	with := func(edit func(*phone.Call)) phone.Call { c := live; edit(&c); return c }
	transfer := func(state phone.TransferState) phone.Call {
		return with(func(c *phone.Call) {
			c.Transfer = &phone.Transfer{State: state}
			if state == phone.TransferFailed {
				c.Transfer.Reason = reason(phone.ReasonBusy)
			}
		})
	}
	camp := func(camp phone.Camp) phone.Call { return with(func(c *phone.Call) { c.Camp = &camp }) }
	const met, waits = phone.ReasonID("met"), phone.ReasonID("waits")
	for name, c := range map[string]struct {
		condition string
		call      phone.Call
		want      phone.ReasonID // met, waits, or why it is refused
	}{
		"no transfer":                 {"1:transfer=done", live, waits},
		"on the way":                  {"1:transfer=done", transfer(phone.TransferRinging), waits},
		"so it is":                    {"1:transfer=ringing", transfer(phone.TransferRinging), met},
		"consulting":                  {"1:transfer=consulting", transfer(phone.TransferConsulting), met},
		"done":                        {"1:transfer=done", transfer(phone.TransferDone), met},
		"failed":                      {"1:transfer=failed", transfer(phone.TransferFailed), met},
		"failed is not done":          {"1:transfer=done", transfer(phone.TransferFailed), phone.ReasonBusy},
		"failed can be tried again":   {"1:transfer=ringing", transfer(phone.TransferFailed), waits},
		"another's failure":           {"any:transfer=done", transfer(phone.TransferFailed), waits},
		"handed over":                 {"1:transfer=done", over(phone.ReasonTransferred), met},
		"moved":                       {"1:transfer=done", over(phone.ReasonMoved), met},
		"parked":                      {"1:transfer=done", over(phone.ReasonParked), met},
		"handed over, any":            {"any:transfer=done", over(phone.ReasonTransferred), met},
		"handed over without ringing": {"1:transfer=ringing", over(phone.ReasonTransferred), phone.ReasonTransferred},
		"hung up":                     {"1:transfer=done", over(phone.ReasonRemoteHangup), phone.ReasonRemoteHangup},
		"hung up, any":                {"any:transfer=done", over(phone.ReasonRemoteHangup), waits},
		"not held":                    {"1:hold=none", live, met},
		"not said":                    {"1:hold=none", with(func(c *phone.Call) { c.Hold = "" }), met},
		"not yet held":                {"1:hold=local", live, waits},
		"held":                        {"1:hold=local", with(func(c *phone.Call) { c.Hold = phone.HoldLocal }), met},
		"held by both":                {"1:hold=local", with(func(c *phone.Call) { c.Hold = phone.HoldBoth }), waits},
		"held to the end":             {"1:hold=local", over(phone.ReasonHangup), phone.ReasonHangup},
		"camps":                       {"1:camp=waiting", camp(phone.Camp{Reminder: true}), met},
		"is offered":                  {"1:camp=offering", camp(phone.Camp{Offering: true}), met},
		"fetched":                     {"1:camp=fetched", camp(phone.Camp{Fetched: true}), met},
		"camps still":                 {"1:camp=over", camp(phone.Camp{}), waits},
		"camps no more":               {"1:camp=over", live, met},
		"camped to the end":           {"1:camp=over", over(phone.ReasonTransferred), met},
		"camps never":                 {"1:camp=offering", over(phone.ReasonTransferred), phone.ReasonTransferred},
		"not recorded":                {"1:recording=off", live, met},
		"not yet recorded":            {"1:recording=on", live, waits},
		"recorded":                    {"1:recording=on", with(func(c *phone.Call) { c.Recording.On = true }), met},
		"recorded to the end":         {"1:recording=off", over(phone.ReasonHangup), met},
		"recorded never":              {"1:recording=on", over(phone.ReasonHangup), phone.ReasonHangup},
		"another call":                {"2:hold=none", live, waits},
	} {
		t.Run(name, func(t *testing.T) {
			condition, err := ParseCondition(c.condition)
			if err != nil {
				t.Fatal(err)
			}
			check := func(from string, u phone.Update, l *ledger) {
				t.Helper()
				done, err := condition.met(u, l)
				got := waits
				if err != nil {
					got = phone.ReasonOf(err).ID
				} else if done != nil {
					if got = met; done.Call != 1 {
						t.Errorf("%s: call %d", from, done.Call)
					}
				}
				if got != c.want {
					t.Errorf("%s: %s, want %s", from, got, c.want)
				}
			}
			check("snapshot", phone.Update{Snapshot: &phone.Snapshot{Calls: []phone.Call{c.call}}}, &ledger{})
			if c.call.State == phone.StateEnded {
				check("event", phone.Update{Events: []phone.Event{{Kind: phone.EventCallEnded, Call: 1, Reason: c.call.End}}}, &ledger{})
			}
			if c.call.State == phone.StateEnded && condition.call == 1 { // its card is gone too
				gone := &ledger{}
				gone.made(1)
				gone.ended(1, c.call.End)
				check("ledger", phone.Update{Snapshot: &phone.Snapshot{}}, gone)
			}
		})
	}
}

func TestWhatLastsAMomentIsSeen(t *testing.T) {
	r := run(t, nil)
	r.SetCall(phone.Call{ID: 1, State: phone.StateConnected})
	for condition, moment := range map[string]phone.Event{
		"1:transfer=trying":   {Kind: phone.EventTransfer, Call: 1, State: "trying"},
		"any:transfer=failed": {Kind: phone.EventTransfer, Call: 1, State: "failed"},
		"1:hold=both":         {Kind: phone.EventCallHold, Call: 1, State: "both"},
		"1:camp=offering":     {Kind: phone.EventCamp, Call: 1, State: "offering"},
		"1:recording=on":      {Kind: phone.EventRecording, Call: 1, State: "on"},
		"line:2101=ringing":   {Kind: phone.EventLine, Account: "a", Value: "2101", State: "ringing"},
	} {
		w := waiting(t, r, condition)
		r.Change(nil, phone.Event{Kind: moment.Kind, Call: 2, Value: "2102", State: moment.State}) // another's
		if !strings.HasPrefix(condition, "any") {
			stillWaiting(t, w)
		}
		r.Change(nil, moment)
		if err := outcome(t, w); err != nil {
			t.Errorf("%s: %v", condition, err)
		}
	}
	failed := waiting(t, r, "1:transfer=done")
	r.Change(nil, phone.Event{Kind: phone.EventTransfer, Call: 1, State: "failed", Reason: &phone.Reason{ID: phone.ReasonTransferRefused, Code: 603, Text: "Decline"}})
	wantReason(t, outcome(t, failed), phone.ReasonTransferRefused)
	failed = waiting(t, r, "1:transfer=done")
	r.Change(nil, phone.Event{Kind: phone.EventTransfer, Call: 1, State: "failed"})
	wantReason(t, outcome(t, failed), phone.ReasonWrongState)
}

func TestWaitForWhatIsNoCall(t *testing.T) {
	r := run(t, nil)
	for condition, c := range map[string]struct {
		change   func(*phone.Snapshot)
		standing string // after the change, for one that is not so
	}{
		"conference:3":   {func(s *phone.Snapshot) { s.Conference = &phone.Conference{Calls: []phone.CallID{1, 2, 3}} }, "conference:4: 3 in the conference"},
		"conference:0":   {func(s *phone.Snapshot) { s.Conference = nil }, "conference:1: 0 in the conference"},
		"elsewhere:1":    {func(s *phone.Snapshot) { s.Elsewhere = []phone.RemoteCall{{ID: "e"}} }, "elsewhere:4: 1 on other devices"},
		"elsewhere:0":    {func(s *phone.Snapshot) { s.Elsewhere = nil }, "elsewhere:1: 0 on other devices"},
		"line:2101=busy": {func(s *phone.Snapshot) { s.Lines = []phone.Line{{Number: "2101", State: phone.LineBusy}} }, "line:2102=idle: not watched"},
		"line:2101=unknown": {func(s *phone.Snapshot) {
			s.Lines = []phone.Line{{Number: "2101", State: phone.LineUnknown, Reason: &phone.Reason{ID: phone.ReasonNotTold}}}
		}, "line:2101=idle: 2101 is unknown (not-told)"},
	} {
		r.Change(func(s *phone.Snapshot) { // so that none is so
			s.Conference, s.Elsewhere, s.Lines = &phone.Conference{Calls: []phone.CallID{1, 2}}, make([]phone.RemoteCall, 2), nil
		})
		w := waiting(t, r, condition)
		stillWaiting(t, w)
		r.Change(c.change)
		if err := outcome(t, w); err != nil {
			t.Errorf("%s: %v", condition, err)
		}
		if err := outcome(t, waiting(t, r, condition)); err != nil {
			t.Errorf("%s, already so: %v", condition, err)
		}
		other, _, _ := strings.Cut(c.standing, ": ")
		_, err := r.dial(t).Wait(t.Context(), other, 20*time.Millisecond)
		wantReason(t, err, ReasonTimedOut)
		if err == nil || !strings.Contains(err.Error(), c.standing) {
			t.Errorf("%s: %v, want %s", other, err, c.standing)
		}
	}
	r.SetCall(phone.Call{ID: 7, State: phone.StateConnected, Transfer: &phone.Transfer{State: phone.TransferUnknown, Reason: &phone.Reason{ID: phone.ReasonTransferUnknown}}})
	for condition, standing := range map[string]string{
		"7:transfer=done":    "call 7 is connected, transfer unknown (transfer-unknown)",
		"7:hold=local":       "call 7 is connected, hold none",
		"any:camp=waiting":   "call 7 is connected, camp over",
		"7:recording=on":     "call 7 is connected, recording off",
		"8:transfer=ringing": "no such call",
	} {
		_, err := r.dial(t).Wait(t.Context(), condition, 20*time.Millisecond)
		wantReason(t, err, ReasonTimedOut)
		if err == nil || !strings.Contains(err.Error(), condition+": "+standing) {
			t.Errorf("%s: %v", condition, err)
		}
	}
}

func TestParseCondition(t *testing.T) {
	for _, good := range []string{"registered", "registered:alice", "registered:a:b", "7:connected", "any:ended", "18446744073709551615:ringing",
		"7:transfer=done", "7:transfer=consulting", "7:transfer=unknown", "any:transfer=failed", "7:hold=none", "7:hold=both", "7:camp=offering", "7:camp=over",
		"7:recording=on", "7:recording=off", "conference:0", "conference:10", "elsewhere:1", "line:2101=busy", "line:sip:a=b@pbx:5060=idle"} {
		if c, err := ParseCondition(good); err != nil || c.String() != good {
			t.Errorf("%q: %+v, %v", good, c, err)
		}
	}
	for _, bad := range []string{"", "registered:", "7", "7:", ":connected", "0:connected", "-1:connected", "x:connected", "7:flying", "any:", "any", "7:connected:x", " 7:connected",
		"7:transfer", "7:transfer=", "7:transfer=gone", "7:hold=on", "7:camp=reminder", "7:recording=", "7:state=connected", "7:colour=red", "0:hold=none", "7:=done",
		"conference", "conference:", "conference:-1", "conference:+1", "conference:01", "conference:many", "elsewhere:x", "line:2101", "line:=busy", "line:2101=connected", "line"} {
		if c, err := ParseCondition(bad); phone.ReasonOf(err).ID != phone.ReasonBadCommand {
			t.Errorf("%q is %+v, %v", bad, c, err)
		}
	}
}
