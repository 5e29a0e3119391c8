package ua

import (
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// timers are the RFC 3261 timers and our own patience, all in relation to T1 so that tests can run fast.
type timers struct {
	t1, t2    time.Duration
	giveUp    time.Duration // 64*T1: timers B, F, H, L
	failover  time.Duration // a target that says nothing for so long is passed over when there is another
	probe     time.Duration // after so long without a word a UDP target is asked whether anybody listens
	register  time.Duration // patience with a registrar that says nothing
	connect   time.Duration // TCP connection set-up
	adrift    time.Duration // a call rings so long at most without the connection it came by (RFC 3261 16.6: timer C)
	outage    time.Duration // pause between looks at a registrar that is down
	keepalive time.Duration // CRLF towards the proxy (RFC 5626 4.4.1: 95-120 s TCP, 24-29 s UDP)
}

// timersFromSIP takes T1 and T2 from the SIP stack, where tests set them, and derives the rest.
func timersFromSIP() timers {
	t1 := sip.T1
	return timers{
		t1: t1, t2: sip.T2,
		giveUp:    64 * t1,
		failover:  6 * t1, // 3 s
		probe:     t1 + t1/2,
		register:  8 * t1,   // 4 s: four tries of a UDP request
		connect:   6 * t1,   // 3 s
		adrift:    360 * t1, // 3 min
		outage:    5 * t1,   // 2.5 s
		keepalive: 50 * t1,  // 25 s
	}
}

// jitter spreads a duration by up to a tenth each way, so that many phones do not come back at once.
func jitter(d time.Duration) time.Duration {
	return d + time.Duration((rand.Float64()-0.5)*0.2*float64(d))
}

var sipLimits sync.Once

// setSIPLimits sets sipgo's process-wide limits, once and before its first use. The UDP limit is ours to keep: requests
// above 1300 bytes go over TCP where that is possible (RFC 3261 18.1.1) and as fragments where it is not; responses must
// go back the way the request came. The automatic 100 is ours too: we send it before we touch the request.
func setSIPLimits() {
	sipLimits.Do(func() {
		sip.SetDefaultLogger(slog.New(slog.DiscardHandler)) // it would log whole messages, digests included
		sip.UDPMTUSize = maxMessage + 200
		sip.Timer_1xx = 24 * time.Hour
	})
}
