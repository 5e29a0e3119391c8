package present

import (
	"time"

	"svara/phone"
)

// TraceLength is how many seconds of a call are remembered to be drawn.
const TraceLength = 60

// heard is one second of a call.
type heard struct {
	known           bool
	mos, mosOut     float64 // ITU-T G.107, 0 while not known
	lossIn, lossOut float64 // percent
	filled          float64 // percent that was concealed
	jitter, trip    float64 // ms
	starved         uint64  // times the devices did not keep up, until then
}

// trace is how a call has sounded for its last minute. Second n stands in place n mod TraceLength, so that a picture of it
// changes in one place each second and nothing in it moves.
type trace struct {
	seconds [TraceLength]heard
	last    int64 // the newest second, Unix time
	hint    hint  // what is said of it; none while it sounds well
	since   int64 // the last second that was as bad
}

// Traces are how the calls in progress have sounded. They belong to the window, which lets them follow each snapshot.
type Traces map[phone.CallID]*trace

// Follow notes how the connected calls sound now, and forgets those that are gone.
func (t Traces) Follow(s *phone.Snapshot, now time.Time) {
	for id := range t {
		if c := s.Call(id); c == nil || !c.State.Live() {
			delete(t, id)
		}
	}
	for _, c := range s.Calls {
		if c.State != phone.StateConnected {
			continue
		}
		x := t[c.ID]
		if x == nil {
			x = &trace{}
			t[c.ID] = x
		}
		x.add(now.Unix(), c)
	}
}

// bridged is how many seconds without news count as being like the one before: reports come about once a second, not on it.
const bridged = 2

func (x *trace) add(second int64, c phone.Call) {
	q := c.Quality
	now := heard{
		known: !c.Hold.Local() && !c.Hold.Remote(), mos: q.MOS, mosOut: q.MOSOut, lossIn: q.LossIn, lossOut: q.LossOut, filled: q.Concealing, jitter: q.JitterMS, trip: q.RTTMS,
		starved: q.Underruns + q.Overruns,
	}
	if x.last == 0 || second-x.last >= TraceLength || second < x.last {
		x.seconds, x.last = [TraceLength]heard{}, second
	}
	for gap := second - x.last; x.last < second; x.last++ {
		fill := heard{}
		if gap <= bridged {
			fill = now
		}
		x.seconds[(x.last+1)%TraceLength] = fill
	}
	x.seconds[second%TraceLength] = now
	x.follow(second)
}

// at is the second that many before the newest.
func (x *trace) at(ago int) heard {
	return x.seconds[((x.last-int64(ago))%TraceLength+TraceLength)%TraceLength]
}

// Graph is how a call has sounded for its last minute in both directions: a bar a second. Bars stand still; the newest is
// written over the oldest.
type Graph struct {
	In, Out [TraceLength]TraceBar
	Next    int // the place of the next second: the oldest one is there
}

// TraceBar is a second of a graph. Its height says what its colour says.
type TraceBar struct {
	Share float32 // 0..1 of the best there is; 0 is not known
	Tone  Tone
}

// stillStep is how often a graph is drawn anew where motion is reduced, in seconds.
const stillStep = 5

// graphOf is the graph of a call, nil while nothing is known of it.
func graphOf(s Scene, id phone.CallID) *Graph {
	x := s.Heard[id]
	if x == nil {
		return nil
	}
	skip := 0
	if s.Snap.Settings.Bool(phone.KeyReduceMotion) {
		skip = int(x.last % stillStep)
	}
	g := &Graph{Next: int((x.last - int64(skip) + 1) % TraceLength)}
	for ago := skip; ago < TraceLength; ago++ {
		h, i := x.at(ago), int(((x.last-int64(ago))%TraceLength+TraceLength)%TraceLength)
		if h.known {
			g.In[i], g.Out[i] = barOf(h.mos), barOf(h.mosOut)
		}
	}
	return g
}

func barOf(mos float64) TraceBar {
	if mos <= 0 {
		return TraceBar{}
	}
	_, _, tone := soundStep(mos)
	if tone == TonePlain {
		tone = ToneGreen
	}
	return TraceBar{Share: float32(max(0.06, min(1, (mos-1)/3.5))), Tone: tone}
}

// hint is what makes a call sound bad, as far as its figures tell.
type hint string

const (
	hintNone   hint = ""
	hintOurs   hint = "ours"   // sound is lost both ways: what they share is our own network
	hintIn     hint = "in"     // what they say is lost on its way here
	hintOut    hint = "out"    // what we say is lost on its way there
	hintUneven hint = "uneven" // sound comes, at uneven times: a busy network
	hintDelay  hint = "delay"  // the way is long
	hintDevice hint = "device" // our headset or computer does not keep up
	hintOther  hint = "other"  // it sounds bad, and nothing of this is why
)

// It is said that a call sounds bad when it has for most of the last hintOver seconds, and no longer when it has sounded
// well for hintRest seconds: words that come and go with each packet would help nobody.
const (
	hintOver = 6
	hintRest = 10
)

// The figures from which on a direction is bad: percent lost, ms of jitter, ms of round trip (ITU-T G.114 has 400 one way
// as the most; talkers begin to interrupt each other before), and the estimate.
const (
	badLoss   = 3.0
	badJitter = 40.0
	badTrip   = 500.0
	badMOS    = 3.1
)

// follow makes up its mind about the last seconds.
func (x *trace) follow(second int64) {
	var in, out, filled, jitter, trip, mos, mosOut float64
	bad, n, measuredOut, measuredIn := 0, 0, 0, 0
	for ago := range hintOver {
		h := x.at(ago)
		if !h.known {
			continue
		}
		n++
		in, out, filled, jitter, trip = in+h.lossIn, out+h.lossOut, filled+h.filled, jitter+h.jitter, trip+h.trip
		if h.mos > 0 {
			mos, measuredIn = mos+h.mos, measuredIn+1
		}
		if h.mosOut > 0 {
			mosOut, measuredOut = mosOut+h.mosOut, measuredOut+1
		}
		if h.mos > 0 && h.mos < badMOS || h.mosOut > 0 && h.mosOut < badMOS || h.lossIn >= badLoss || h.lossOut >= badLoss || h.trip >= badTrip {
			bad++
		}
	}
	late := 0
	for ago := range hintOver - 1 {
		if now, before := x.at(ago), x.at(ago+1); now.known && before.known && now.starved > before.starved {
			late++
		}
	}
	starved := late == hintOver-1
	if n == hintOver && (bad >= hintOver-1 || starved) {
		mean := func(sum float64, of int) float64 { return sum / float64(max(1, of)) }
		x.hint, x.since = hintOf(mean(in, n), mean(out, n), mean(jitter, n), mean(trip, n), starved), second
		return
	}
	if x.hint != hintNone && (n == 0 || second-x.since >= hintRest) {
		x.hint = hintNone
	}
}

// hintOf tells the causes apart: percent lost in and out, ms of jitter and round trip.
func hintOf(in, out, jitter, trip float64, starved bool) hint {
	switch {
	case starved:
		return hintDevice
	case in >= badLoss && out >= badLoss:
		return hintOurs
	case in >= badLoss:
		return hintIn
	case out >= badLoss:
		return hintOut
	case jitter >= badJitter:
		return hintUneven
	case trip >= badTrip:
		return hintDelay
	}
	return hintOther
}
