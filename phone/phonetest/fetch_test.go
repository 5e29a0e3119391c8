package phonetest_test

import (
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"svara/phone"
)

// A call whose headers point at pages and ask to be answered by itself: it rings like another one, nothing is fetched, and the
// microphone stays closed (quality.md, hostile input 20). It does not come by way of the exchange.
func TestURLsInACallAreNotFetched(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var fetched atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			fetched.Add(1)
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	f := startFlow(t)
	f.s.Must("set", phone.KeyAutoAnswer, "pbx")
	page := "http://" + l.Addr().String()
	headers := fmt.Sprintf("Alert-Info: <%s/ring.wav>;info=alert-autoanswer\nCall-Info: <%s/face.png>;purpose=icon, <%s/card>;purpose=card;answer-after=0\n"+
		"Error-Info: <%s/error.wav>\nAnswer-Mode: Auto;require\nSubject: %s\n", page, page, page, page, page)
	peer, call := f.callUs(t, scenario(ours("INVITE", "1", "", headers+sdp("1", "sendrecv")), provisional, expect(`response="603" timeout="30000"`), ours("ACK", "1", peerTag, noBody)))
	f.s.Must("wait", call+":incoming")
	if c := f.s.Call(call); c.State != phone.StateIncoming || !c.Started.IsZero() {
		t.Errorf("%+v", c)
	}
	f.s.Must("decline", call)
	f.s.Ended(call)
	peer.Wait(20 * time.Second)
	if m := peer.Messages(); strings.Contains(m, "SIP/2.0 200") {
		t.Errorf("it was answered:\n%s", m)
	}
	if n := fetched.Load(); n > 0 {
		t.Errorf("%d connections to what the headers name", n)
	}
}
