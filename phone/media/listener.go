package media

import (
	"sync"
	"time"

	"github.com/pion/rtcp"
)

const (
	absurd = 10 * time.Second // no jitter and no round trip of a telephone call is as long
	enough = 25               // packets of ours between two reports of theirs that must have left a trace
	plenty = 100              // so many that one report without a trace is believed
)

// listener is what the peer says of what it gets from us. Both readers write, everybody reads, for moments.
type listener struct {
	mutex   sync.Mutex
	reports uint64        // sender and receiver reports
	deaf    int           // of them in a row, those that say that nothing of ours has come
	sure    bool          // one of those had plenty to go by
	known   bool          // one of them spoke of us
	high    uint32        // highest sequence number they have, extended
	sent    uint64        // packets of ours when they said so
	lost    float64       // percent, since their report before
	jitter  time.Duration // RFC 3550 6.4.1

	metrics   rtcp.VoIPMetricsReportBlock // as they measure it (RFC 3611 4.7)
	measured  time.Time                   // when that came; zero: never
	reference uint32                      // middle of the NTP time in their last receiver reference time; 0 none
	asked     time.Time                   // when that came
}

// report takes a report of theirs; block is the part about us, nil when there is none. sent counts our packets so far,
// clock is that of our codec.
func (l *listener) report(block *rtcp.ReceptionReport, sent uint64, clock int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.reports++
	fresh := sent - l.sent
	heard := false
	if block != nil {
		heard = (!l.known || block.LastSequenceNumber != l.high) && block.FractionLost < 250
		l.known, l.high = true, block.LastSequenceNumber
		l.lost = float64(block.FractionLost) * 100 / 256
		if clock > 0 {
			if j := time.Duration(block.Jitter) * time.Second / time.Duration(clock); j < absurd {
				l.jitter = j
			}
		}
	}
	switch {
	case heard:
		l.deaf, l.sure = 0, false
	case sent >= l.sent && fresh >= enough:
		l.deaf++
		l.sure = l.sure || fresh >= plenty
	default:
		return // we have hardly sent anything they could speak of
	}
	l.sent = sent
}

// extended takes a block of an extended report about us.
func (l *listener) extended(b rtcp.VoIPMetricsReportBlock, now time.Time) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.metrics, l.measured = b, now
}

// ask notes a receiver reference time of theirs.
func (l *listener) ask(ntp uint64, now time.Time) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.reference, l.asked = uint32(ntp>>16), now
}

// told is how many reports there were, and whether they say that nothing of ours arrives.
func (l *listener) told() (reports uint64, unheard bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.reports, l.deaf >= 2 || l.deaf == 1 && l.sure
}

// heard is how they get us.
type heard struct {
	known  bool          // there is a report with figures
	lost   float64       // percent, discarded packets included where they tell
	jitter time.Duration // by their reports
	delay  time.Duration // from the network to their ear, where they tell; else guessed from the jitter
	rating float64       // R by their own measure; 0: they do not tell
}

// figures sums up what they said.
func (l *listener) figures(now time.Time) heard {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	h := heard{known: l.known, lost: l.lost, jitter: l.jitter, delay: min(max(2*l.jitter, 20*time.Millisecond), 200*time.Millisecond)}
	if l.measured.IsZero() || now.Sub(l.measured) > 3*usual.report {
		return h
	}
	m := &l.metrics
	h.known = true
	h.lost = max(h.lost, min(float64(m.LossRate)+float64(m.DiscardRate), 255)*100/256)
	if d := time.Duration(m.EndSystemDelay) * time.Millisecond; d > 0 && d < 2*time.Second {
		h.delay = d
	}
	switch { // 127 is unavailable (RFC 3611 4.7.5)
	case m.RFactor > 0 && m.RFactor <= 100:
		h.rating = float64(m.RFactor)
	case m.MOSCQ >= 10 && m.MOSCQ <= 50:
		h.rating = ratingOf(float64(m.MOSCQ) / 10)
	}
	return h
}

// ratingOf is the rating of a mean opinion score: mos the other way round.
func ratingOf(score float64) float64 {
	low, high := 6.5, 100.0 // below, mos does not rise
	for range 30 {
		if middle := (low + high) / 2; mos(middle) < score {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}
