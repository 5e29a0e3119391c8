package control

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"svara/phone"
)

func TestHostileLines(t *testing.T) {
	r := run(t, nil)
	c := r.raw(t)
	for _, line := range []string{
		"hello", "{", "[]", "null", "7", `"status"`, "{}", `{"verb":7}`, `{"verb":""}`, `{"verb":"status"`, "\x00\xff\xfe", `{"verb":"fly"}`,
		`{"verb":"dial","args":[1]}`, `{"verb":"dial","args":{"target":5}}`, `{"verb":"call","args":{"call":-1}}`, `{"verb":"call","args":{"call":1e30}}`,
		`{"verb":"account-put","args":{"account":{"id":5},"password":"hunter2"}}`, `{"verb":"account-put","args":{"password":123454321}}`,
		`{"verb":"wait","args":{"condition":"` + strings.Repeat("x", 1000) + `"}}`, `{"id":-1,"verb":"status"}`,
		strings.Repeat(`{"verb":`, 5000), `{"verb":"set","args":` + strings.Repeat("[", 20000),
	} {
		c.say(line + "\n")
		got := c.hear()
		if got.OK || got.Error == nil || got.Error.ID != phone.ReasonBadCommand {
			t.Errorf("%.60q: %+v", line, got)
		}
		if answer, _ := json.Marshal(got); strings.Contains(string(answer), "hunter2") || strings.Contains(string(answer), "123454321") {
			t.Errorf("%.60q: the answer quotes a password: %s", line, answer)
		}
	}
	if did := r.Did(); len(did) != 0 {
		t.Errorf("the phone did %v", did)
	}
	c.say("\r\n\n  \n{\"id\":5,\"verb\":\"version\"}\r\n") // still alive, and empty lines are nothing
	if got := c.hear(); !got.OK || got.ID != 5 {
		t.Errorf("after all that: %+v", got)
	}
	if log := r.log.String(); strings.Contains(log, "hunter2") {
		t.Errorf("the log has a password:\n%s", log)
	}
}

func TestOversizeLine(t *testing.T) {
	r := run(t, nil)
	c := r.raw(t)
	c.say(`{"verb":"dial","args":{"target":"` + strings.Repeat("1", 20*MaxLine) + "\"}}\n{\"id\":2,\"verb\":\"version\"}\n")
	if got := c.hear(); got.OK || got.Error.ID != phone.ReasonBadCommand {
		t.Errorf("oversize: %+v", got)
	}
	if got := c.hear(); !got.OK || got.ID != 2 {
		t.Errorf("after it: %+v", got)
	}
	fits := `{"verb":"version","pad":"`
	fits += strings.Repeat("x", MaxLine-len(fits)-len("\"}\n")) + "\"}\n"
	c.say(fits)
	if got := c.hear(); !got.OK {
		t.Errorf("a line of exactly MaxLine: %+v", got)
	}
}

func TestPipelinedAndHalfClosed(t *testing.T) {
	r := run(t, nil)
	c := r.raw(t)
	var all strings.Builder
	for i := range 50 {
		fmt.Fprintf(&all, "{\"id\":%d,\"verb\":\"seen\"}\n", i+1)
	}
	c.say(all.String() + `{"id":51,"verb":"version"}`) // the last without its line break
	if err := c.conn.(*net.UnixConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	for i := range 51 {
		if got := c.hear(); !got.OK || got.ID != uint64(i+1) {
			t.Fatalf("answer %d: %+v", i+1, got)
		}
	}
	if _, err := c.in.ReadByte(); err != io.EOF {
		t.Errorf("after the last answer: %v", err)
	}
	if n := len(r.Did()); n != 50 {
		t.Errorf("%d commands", n)
	}
}

func TestTooManyClients(t *testing.T) {
	r := run(t, nil)
	var held []*raw
	for range maxClients {
		c := r.raw(t)
		c.say("{\"verb\":\"version\"}\n") // answered: it has its slot
		c.hear()
		held = append(held, c)
	}
	c := r.raw(t)
	if got := c.hear(); got.OK || got.Error.ID != ReasonTooManyClients {
		t.Errorf("one too many: %+v", got)
	}
	if _, err := c.in.ReadByte(); err != io.EOF {
		t.Errorf("one too many is kept: %v", err)
	}
	_ = held[0].conn.Close()
	// The slot comes back as soon as the server has seen the end.
	deadline := time.Now().Add(10 * time.Second)
	for {
		c := r.raw(t)
		_, _ = c.conn.Write([]byte("{\"verb\":\"version\"}\n"))
		if c.hear().OK {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the slot did not come back")
		}
	}
}

// lines gives what a client of events reads.
func lines(t *testing.T, r *running, ctx context.Context) <-chan map[string]any {
	t.Helper()
	c := r.dial(t)
	out := make(chan map[string]any)
	done := make(chan struct{})
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer close(done)
		defer close(out)
		_ = c.Events(ctx, func(line []byte) error {
			var v map[string]any
			if err := json.Unmarshal(line, &v); err != nil {
				t.Errorf("%v in %s", err, line)
			}
			select {
			case out <- v:
			case <-ctx.Done():
			}
			return nil
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	return out
}

func next(t *testing.T, in <-chan map[string]any) map[string]any {
	t.Helper()
	select {
	case v, ok := <-in:
		if !ok {
			t.Fatal("the events ended")
		}
		return v
	case <-time.After(10 * time.Second):
		t.Fatal("no event")
	}
	return nil
}

func TestEventsForTwo(t *testing.T) {
	r := run(t, nil)
	a, b := lines(t, r, t.Context()), lines(t, r, t.Context())
	for _, in := range []<-chan map[string]any{a, b} {
		if first := next(t, in); first["event"] != "snapshot" || first["seq"] == nil {
			t.Fatalf("first line %v", first)
		}
	}
	r.SetCall(phone.Call{ID: 1, State: phone.StateDialing})
	r.SetCall(phone.Call{ID: 1, State: phone.StateConnected})
	r.SetCall(phone.Call{ID: 1, State: phone.StateEnded, End: &phone.Reason{ID: phone.ReasonBusy, Code: 486}})
	for _, in := range []<-chan map[string]any{a, b} {
		for i, want := range []string{"call.added dialing", "call.state connected", "call.ended <nil>"} {
			got := next(t, in)
			if fmt.Sprint(got["event"], " ", got["state"]) != want || got["seq"] != float64(i+1) {
				t.Errorf("event %d: %v, want %s", i, got, want)
			}
		}
	}
	r.stop()
	if _, open := <-a; open {
		t.Error("more after the end")
	}
}

func TestSlowClientDoesNotStopThePhone(t *testing.T) {
	r := run(t, nil)
	slow := r.raw(t)
	slow.say("{\"id\":1,\"verb\":\"events\"}\n")
	if !slow.hear().OK {
		t.Fatal("no events")
	}
	// Nobody reads. Far more than fits into the socket and the subscription.
	const n = 40_000
	text := strings.Repeat("x", 200)
	begun := time.Now()
	for i := range n {
		r.Change(nil, phone.Event{Kind: phone.EventSetting, Key: text, Value: fmt.Sprint(i)})
	}
	if took := time.Since(begun); took > writePatience/2 {
		t.Errorf("the phone was held up %v", took)
	}
	if _, err := r.dial(t).Do(t.Context(), phone.SeeMissed{}); err != nil {
		t.Errorf("another client: %v", err)
	}
	// When it reads again it learns how much it missed, gets a whole snapshot, and then the newest events in order.
	in := bufio.NewScanner(slow.in)
	in.Buffer(nil, 1<<20)
	lost, snapshots, last := 0.0, 0, -1
	for in.Scan() {
		var v map[string]any
		if err := json.Unmarshal(in.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		switch v["event"] {
		case "lost":
			lost += v["count"].(float64)
		case "snapshot":
			snapshots++
		default:
			var value int
			if _, err := fmt.Sscan(v["value"].(string), &value); err != nil || value <= last {
				t.Fatalf("event %v after %d", v["value"], last)
			}
			last = value
		}
		if last == n-1 {
			break
		}
	}
	if last != n-1 || lost == 0 || snapshots < 2 {
		t.Errorf("last %d, lost %v, %d snapshots, %v", last, lost, snapshots, in.Err())
	}
}

func TestClientsThatLeaveAreForgotten(t *testing.T) {
	r := run(t, nil)
	for _, verb := range []string{`{"verb":"events"}`, `{"verb":"wait","args":{"condition":"any:ringing","timeout_ms":3600000}}`} {
		var open []*raw
		for range 5 {
			c := r.raw(t)
			c.say(verb + "\n")
			open = append(open, c)
		}
		until(t, "subscriptions", func() bool { return r.Subscribers() == 1+5 }) // the server's own is one
		for _, c := range open {
			_ = c.conn.Close()
		}
		until(t, "no subscriptions", func() bool { return r.Subscribers() == 1 })
	}
}

// until polls a condition that nothing announces.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("no %s", what)
		}
		<-tick.C
	}
}

func TestManyAtOnce(t *testing.T) {
	r := run(t, nil)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			c, err := Dial(r.profile)
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = c.Close() }()
			for range 20 {
				if _, err := c.Do(t.Context(), phone.SeeMissed{}); err != nil {
					t.Error(err)
				}
				if err := c.Call(t.Context(), "status", nil, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(r.Did()); n != 400 {
		t.Errorf("%d commands", n)
	}
}

func FuzzLine(f *testing.F) {
	for _, seed := range []string{`{"verb":"status"}`, `{"verb":"wait","args":{"condition":"1:ended","timeout_ms":1}}`, `{"verb":"account-put","args":{}}`, "{", ""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		var request Request
		if json.Unmarshal(line, &request) != nil {
			return
		}
		if query, ok := queries[request.Verb]; ok {
			_ = ok
			_, _ = decodeArgs[callArgs](request.Args)
			_ = query
			return
		}
		_, _ = decodeCommand(request)
		if args, err := decodeArgs[waitArgs](request.Args); err == nil {
			if c, err := ParseCondition(args.Condition); err == nil {
				if again, err := ParseCondition(c.String()); err != nil || again != c {
					t.Errorf("%q reads back as %+v, %v", c, again, err)
				}
			}
		}
	})
}
