package main

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"svara/phone"
)

func TestDialWait(t *testing.T) {
	id := phone.CallID(0)
	b := start(t, func(b *bench) {
		b.OnDo = func(c phone.Command) (phone.CallID, error) {
			id++
			switch c.(phone.Dial).Target {
			case "answers":
				b.SetCall(phone.Call{ID: id, State: phone.StateConnected})
			case "busy":
				b.SetCall(phone.Call{ID: id, State: phone.StateEnded, End: &phone.Reason{ID: phone.ReasonBusy, Code: 486, Text: "Busy Here"}})
				b.RemoveCall(id)
			default:
				b.SetCall(phone.Call{ID: id, State: phone.StateRinging})
			}
			return id, nil
		}
	})
	if out := b.must("dial", "answers", "--wait"); out != "call 1\n" {
		t.Errorf("%q", out)
	}
	b.wantCode(exitRefused, "busy: Busy Here\n", "dial", "busy", "--wait")
	b.wantCode(exitTimeout, "timed-out: 3:connected: call 3 is ringing\n", "dial", "rings", "--wait", "--timeout", "20ms")
	if out := b.must("wait", "1:connected"); out != "call 1\n" {
		t.Errorf("%q", out)
	}
	b.must("wait", "2:ended") // gone already
	if out := b.must("wait", "any:ringing", "--json"); out != "{\"condition\":\"any:ringing\",\"call\":3}\n" {
		t.Errorf("%q", out)
	}
}

func TestWaitIsWokenByTheEvent(t *testing.T) {
	b := start(t, nil)
	c := b.command("wait", "5:connected", "--timeout", "1m")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for b.Subscribers() < 2 { // its own, beside the server's
		if time.Now().After(deadline) {
			t.Fatal("svaractl does not wait")
		}
		time.Sleep(time.Millisecond) //nolint:forbidigo // polls another process
	}
	b.SetCall(phone.Call{ID: 5, State: phone.StateConnected})
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
}

func TestEvents(t *testing.T) {
	b := start(t, nil)
	c := b.command("events")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	in := json.NewDecoder(out)
	read := func() (line struct {
		Event, State string
		Seq          uint64
		Accounts     []any
	}) {
		t.Helper()
		if err := in.Decode(&line); err != nil {
			t.Fatal(err)
		}
		return line
	}
	if first := read(); first.Event != "snapshot" || first.Seq == 0 {
		t.Errorf("%+v", first)
	}
	b.SetCall(phone.Call{ID: 1, State: phone.StateDialing})
	if got := read(); got.Event != "call.added" || got.State != "dialing" {
		t.Errorf("%+v", got)
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("stopped: %v", err)
	}

	// The phone ends while somebody listens.
	c = b.command("events")
	if out, err = c.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	in = json.NewDecoder(out)
	read()
	b.must("quit")
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != exitNoPhone {
		t.Errorf("exit %d", code)
	}
	b.wantCode(exitNoPhone, "not-running", "status")
}
