package ua

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
)

// tracer keeps what it is shown.
type tracer struct {
	mu  sync.Mutex
	all []string // "> UDP first line" of what was sent, "<" of what was received
}

func (r *tracer) trace(out bool, network string, local, remote netip.AddrPort, message []byte) {
	way := "<"
	if out {
		way = ">"
	}
	first, _, _ := bytes.Cut(message, []byte("\r\n"))
	if !local.IsValid() || !remote.IsValid() || remote.Port() == 0 {
		way = "no address " + way
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, way+" "+network+" "+string(first))
}

// lines are what has been traced so far: a late repetition may still come.
func (r *tracer) lines() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}

// TestTrace: what goes out and what comes in is shown, whole messages only, by either transport.
func TestTrace(t *testing.T) {
	for network, parameter := range map[string]string{"UDP": ";transport=udp", "TCP": ";transport=tcp"} {
		var ta, tb tracer
		a, ra := newUA(t, Config{Trace: ta.trace})
		b, rb := newUA(t, Config{AllowDirect: true, Trace: tb.trace})
		a.Do(Invite{Leg: "1", Target: b.uri("bob") + parameter, SDP: []byte(sdpA)})
		in := next[Incoming](t, rb, nil)
		b.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
		next[Answered](t, ra, nil)
		next[Confirmed](t, rb, nil)
		a.Do(Hangup{Leg: "1"})
		next[Ended](t, rb, nil)
		next[Ended](t, ra, nil)
		for _, c := range []struct {
			of   *tracer
			want string
		}{{&ta, "> " + network + " INVITE "}, {&tb, "< " + network + " INVITE "}, {&tb, "> " + network + " SIP/2.0 200"}, {&ta, "< " + network + " SIP/2.0 200"}, {&tb, "< " + network + " ACK "}, {&ta, "> " + network + " BYE "}} {
			lines := c.of.lines()
			if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, c.want) }) {
				t.Errorf("%s: no %q among %q", network, c.want, lines)
			}
		}
		for _, line := range slices.Concat(ta.lines(), tb.lines()) {
			if !strings.Contains(line, "SIP/2.0") || strings.HasPrefix(line, "no address") {
				t.Errorf("%s: %q", network, line)
			}
		}
	}
}
