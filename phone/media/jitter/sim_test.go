package jitter

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"
)

const ms = time.Millisecond

// epoch is where virtual time starts.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// arrival is a packet and when it comes.
type arrival struct {
	at time.Duration
	p  rtp.Packet
}

// network makes the arrivals of a stream: packet i of frame duration, delayed by delay, lost where lost says so.
type network struct {
	frame time.Duration
	clock int
	delay func(i int, r *rand.Rand) time.Duration
	lost  func(i int, r *rand.Rand) bool
	ppm   float64 // the sender's clock is faster by this

	// By how much later than evenly the listener's machine asks for its block at a time.
	tardy func(at time.Duration) time.Duration
}

func (n network) packets(count int, seed uint64) []arrival {
	r := rand.New(rand.NewPCG(seed, 1))
	var out []arrival
	for i := range count {
		sent := time.Duration(float64(i) * float64(n.frame) / (1 + n.ppm*1e-6))
		d := 40 * ms // of the way itself, so that jitter can be early too
		if n.delay != nil {
			d += n.delay(i, r)
		}
		gone := n.lost != nil && n.lost(i, r)
		if gone {
			continue
		}
		units := uint32(n.frame * time.Duration(n.clock) / time.Second)
		out = append(out, arrival{sent + max(0, d), rtp.Packet{
			Header:  rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: uint16(65500 + i), Timestamp: uint32(4294900000 + uint32(i)*units), SSRC: 7},
			Payload: []byte{byte(i >> 8), byte(i)},
		}})
	}
	slices.SortStableFunc(out, func(a, b arrival) int { return int(a.at - b.at) })
	return out
}

// heard is what a listener got.
type heard struct {
	order     []int           // packets played, in order
	delay     []time.Duration // of each: from sending to sounding, without the 40 ms way
	when      []time.Duration // when each was asked for
	recovered int
	concealed time.Duration
	gaps      int           // stretches of more than 20 ms guessed or silent after the first sound
	stretched time.Duration // sum of all changes, both ways
	stats     Stats
}

// listen plays arrivals through b as a stream would: blocks of 10 ms, decoded sound in a queue between.
func listen(t *testing.T, b *Buffer, n network, in []arrival, until time.Duration) heard {
	t.Helper()
	var h heard
	var queue, hole time.Duration
	r := rand.New(rand.NewPCG(99, 2))
	fill := func(d time.Duration) {
		if len(h.order) == 0 {
			return
		}
		if hole <= 20*ms && hole+d > 20*ms {
			h.gaps++
		}
		hole += d
	}
	for now := 3700 * time.Microsecond; now < until; now += 10 * ms {
		asked := now
		if n.tardy != nil {
			asked += n.tardy(now)
		}
		for len(in) > 0 && in[0].at <= asked {
			b.Put(&in[0].p, n.clock, epoch.Add(in[0].at))
			in = in[1:]
		}
		for queue < 10*ms {
			a := b.Get(epoch.Add(asked), queue)
			switch a.Kind {
			case Silence:
				fill(a.Duration)
				queue = 10 * ms
			case Conceal:
				h.concealed += a.Duration
				fill(a.Duration)
				queue += a.Duration
			case Recover:
				h.recovered++
				hole = 0
				queue += a.Duration - a.Skip
			case Play:
				hole = 0
				i := int(a.Payload[0])<<8 | int(a.Payload[1])
				h.order = append(h.order, i)
				h.when = append(h.when, now)
				sent := time.Duration(float64(i) * float64(n.frame) / (1 + n.ppm*1e-6))
				h.delay = append(h.delay, now+queue-sent-40*ms)
				if d := b.Stats().Delay; d > b.cfg.Max || d < 0 {
					t.Fatalf("packet %d played with a delay of %v, bounds 0 and %v", i, d, b.cfg.Max)
				}
				// A stretch changes sound by a pitch period of its own choosing, at most what was asked for. Every other
				// second somebody draws breath.
				by, most := time.Duration(2500+r.IntN(7500))*time.Microsecond, a.Stretch
				if now%(2*time.Second) > 1700*ms {
					most = a.Ease
				}
				switch {
				case most >= by:
				case most <= -by:
					by = -by
				default:
					by = 0
				}
				b.Report(n.frame, n.frame+by)
				h.stretched += max(by, -by)
				queue += n.frame + by
			}
		}
		queue -= 10 * ms
	}
	h.stats = b.Stats()
	return h
}

func normal(sigma time.Duration) func(int, *rand.Rand) time.Duration {
	return func(_ int, r *rand.Rand) time.Duration { return time.Duration(r.NormFloat64() * float64(sigma)) }
}

func median(d []time.Duration) time.Duration {
	s := slices.Sorted(slices.Values(d))
	return s[len(s)/2]
}

// between is the delays of the packets asked for in a time span.
func (h heard) between(from, to time.Duration) []time.Duration {
	var out []time.Duration
	for i, w := range h.when {
		if w >= from && w < to {
			out = append(out, h.delay[i])
		}
	}
	return out
}

func inOrder(t *testing.T, h heard) {
	t.Helper()
	for i := 1; i < len(h.order); i++ {
		if h.order[i] <= h.order[i-1] {
			t.Fatalf("packet %d played after %d", h.order[i], h.order[i-1])
		}
	}
}

func TestCleanNetworkIsPlayedWholeAndSoon(t *testing.T) {
	n := network{frame: 20 * ms, clock: 48000, delay: normal(300 * time.Microsecond)}
	h := listen(t, New(Config{}), n, n.packets(1500, 1), 30*time.Second)
	inOrder(t, h)
	if len(h.order) < 1495 || h.stats.Lost != 0 || h.concealed != 0 {
		t.Errorf("played %d of 1500, lost %d, concealed %v", len(h.order), h.stats.Lost, h.concealed)
	}
	if h.delay[0] > 40*ms {
		t.Errorf("starts with a delay of %v", h.delay[0])
	}
	late := median(h.between(3*time.Second, 30*time.Second))
	t.Logf("first %v, median after 3 s %v, stretched %v", h.delay[0], late, h.stretched)
	if late > 20*ms {
		t.Errorf("median delay on a clean network %v", late)
	}
	if h.stretched > 30*ms {
		t.Errorf("stretched by %v on a clean network", h.stretched)
	}
}

// A microphone on a busy machine falls behind and catches up, and the loop that it drives asks for sound as unevenly, while the
// speaker plays on from its cushion. The delay does not follow that to and fro.
func TestUnevenMicrophoneDoesNotMoveTheDelay(t *testing.T) {
	wanders := func(most, every time.Duration) func(time.Duration) time.Duration {
		r := rand.New(rand.NewPCG(4, 4))
		var from, length, height time.Duration
		return func(at time.Duration) time.Duration {
			if at > from+length {
				from = at + every/2 + time.Duration(r.Float64()*float64(every))
				height = most/3 + time.Duration(r.Float64()*float64(most)*2/3)
				length = height * time.Duration(2+r.IntN(30))
			}
			return time.Duration(r.Float64()*float64(ms)) + max(0, at-from)*height/max(1, length)
		}
	}
	for _, test := range []struct {
		name        string
		most, every time.Duration
	}{
		{"10 ms, often", 10 * ms, 500 * ms},
		{"15 ms, often", 15 * ms, time.Second},
		{"40 ms, now and then", 40 * ms, 5 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := network{frame: 20 * ms, clock: 48000, tardy: wanders(test.most, test.every),
				delay: func(_ int, r *rand.Rand) time.Duration { return time.Duration(r.ExpFloat64() * float64(ms)) }}
			h := listen(t, New(Config{}), n, n.packets(3000, 1), time.Minute)
			inOrder(t, h)
			late := median(h.between(5*time.Second, time.Minute))
			t.Logf("median delay %v, stretched %v, concealed %v, gaps %d", late, h.stretched, h.concealed, h.gaps)
			if late > 30*ms || h.stretched > 60*ms || h.concealed > 0 {
				t.Errorf("median delay %v, stretched %v, concealed %v", late, h.stretched, h.concealed)
			}
		})
	}
}

func TestImpairedNetworks(t *testing.T) {
	burst := func() func(int, *rand.Rand) bool { // Gilbert-Elliott, mean burst 3, 5 % loss
		bad := false
		return func(_ int, r *rand.Rand) bool {
			if bad {
				bad = r.Float64() > 1.0/3
			} else {
				bad = r.Float64() < 0.05/0.95/3
			}
			return bad
		}
	}
	random := func(p float64) func(int, *rand.Rand) bool {
		return func(_ int, r *rand.Rand) bool { return r.Float64() < p }
	}
	tests := []struct {
		name      string
		n         network
		fec       bool
		played    float64       // least share of packets sent that is played
		repaired  float64       // least share of the lost that is recovered
		delay     time.Duration // most median delay
		concealed float64       // most concealed time, share of the whole
		stretched time.Duration // most changes of length in a minute
	}{
		{"N(0,10)", network{delay: normal(10 * ms)}, false, 0.985, 0, 75 * ms, 0.02, 100 * ms},
		{"N(0,30)", network{delay: normal(30 * ms)}, false, 0.97, 0, 180 * ms, 0.04, 500 * ms},
		{"loss 5", network{lost: random(0.05)}, true, 0.94, 0.85, 60 * ms, 0.02, 30 * ms},
		{"loss 10", network{lost: random(0.1)}, true, 0.88, 0.8, 60 * ms, 0.03, 30 * ms},
		{"loss 20", network{lost: random(0.2)}, true, 0.77, 0.7, 60 * ms, 0.07, 30 * ms},
		{"burst 5", network{lost: burst()}, true, 0.93, 0.25, 60 * ms, 0.06, 80 * ms},
		{"loss 5, no FEC", network{lost: random(0.05)}, false, 0.94, 0, 30 * ms, 0.07, 30 * ms},
		{"N(0,10) loss 5", network{delay: normal(10 * ms), lost: random(0.05)}, true, 0.92, 0.6, 90 * ms, 0.04, 120 * ms},
	}
	for _, test := range tests {
		for _, frame := range []time.Duration{10 * ms, 20 * ms, 40 * ms} {
			t.Run(test.name+" "+frame.String(), func(t *testing.T) {
				n := test.n
				n.frame, n.clock = frame, 48000
				count := int(60 * time.Second / frame)
				sent := n.packets(count, 5)
				b := New(Config{})
				b.SetRecover(test.fec)
				h := listen(t, b, n, sent, 60*time.Second)
				inOrder(t, h)
				played := float64(len(h.order)) / float64(count)
				lost := count - len(sent)
				share := h.concealed.Seconds() / 60
				delay := median(h.between(5*time.Second, time.Minute))
				t.Logf("played %.3f repaired %d/%d delay %v concealed %.3f gaps %d stretched %v late %d dropped %d",
					played, h.recovered, lost, delay, share, h.gaps, h.stretched, h.stats.Late, h.stats.Dropped)
				if played < test.played {
					t.Errorf("played %.3f", played)
				}
				if lost > 0 && float64(h.recovered) < test.repaired*float64(lost) {
					t.Errorf("repaired %d of %d", h.recovered, lost)
				}
				if delay > test.delay+max(0, frame-20*ms)*2 {
					t.Errorf("median delay %v", delay)
				}
				if h.stretched > test.stretched {
					t.Errorf("stretched by %v: to and fro", h.stretched)
				}
				if share > test.concealed+0.01*math.Max(0, float64(frame/(20*ms)-1)) {
					t.Errorf("concealed %.3f of the time", share)
				}
			})
		}
	}
}

func TestBackWithinTwoSecondsOfASpike(t *testing.T) {
	// Every five seconds the network holds everything up for 150 ms and then lets it all go.
	n := network{frame: 20 * ms, clock: 48000, delay: func(i int, r *rand.Rand) time.Duration {
		into := time.Duration((i+125)%250) * 20 * ms
		return max(0, 150*ms-into) + time.Duration(r.Float64()*float64(ms))
	}}
	h := listen(t, New(Config{}), n, n.packets(1500, 3), 30*time.Second)
	inOrder(t, h)
	for k := range 5 {
		spike := time.Duration(2*k+1) * 2500 * ms
		before, after := median(h.between(spike-time.Second, spike)), median(h.between(spike+2*time.Second, spike+2500*ms))
		t.Logf("spike %d: %v before, %v two seconds after", k, before, after)
		if after > before+10*ms || after > 30*ms {
			t.Errorf("spike %d: delay %v before, %v two seconds after", k, before, after)
		}
	}
	if h.stats.Dropped > 0 || len(h.order) < 1490 {
		t.Errorf("dropped %d, played %d", h.stats.Dropped, len(h.order))
	}
}

func TestFollowsAStepUpAndDown(t *testing.T) {
	n := network{frame: 20 * ms, clock: 48000, delay: func(i int, r *rand.Rand) time.Duration {
		d := time.Duration(r.Float64() * 2 * float64(ms))
		if i >= 500 && i < 1000 {
			d += 60 * ms
		}
		return d
	}}
	h := listen(t, New(Config{}), n, n.packets(2000, 3), 40*time.Second)
	inOrder(t, h)
	low, high, again := median(h.between(5*time.Second, 10*time.Second)), median(h.between(16*time.Second, 20*time.Second)), median(h.between(27*time.Second, 40*time.Second))
	t.Logf("delay %v, after the step up %v, after the step down %v; concealed %v gaps %d", low, high, again, h.concealed, h.gaps)
	if high < 60*ms || high > 60*ms+low+15*ms || again > low+5*ms {
		t.Errorf("delay %v, after the step up %v, after the step down %v", low, high, again)
	}
	if h.concealed > 120*ms {
		t.Errorf("concealed %v", h.concealed)
	}
}

func TestDriftIsAbsorbed(t *testing.T) {
	for _, ppm := range []float64{-100, 100} {
		n := network{frame: 20 * ms, clock: 8000, ppm: ppm, delay: normal(ms / 2)}
		h := listen(t, New(Config{}), n, n.packets(15000, 3), 5*time.Minute-time.Second)
		inOrder(t, h)
		early, late := median(h.between(5*time.Second, 15*time.Second)), median(h.between(280*time.Second, 299*time.Second))
		t.Logf("%+.0f ppm: delay %v then %v, concealed %v, stretched %v", ppm, early, late, h.concealed, h.stretched)
		if late > 30*ms || late < 2*ms || h.concealed > 20*ms {
			t.Errorf("%+.0f ppm: delay %v then %v, concealed %v", ppm, early, late, h.concealed)
		}
	}
}

func TestBlackout(t *testing.T) {
	for name, lose := range map[string]bool{"lost": true, "held up": false} {
		t.Run(name, func(t *testing.T) {
			n := network{frame: 20 * ms, clock: 48000, delay: func(i int, _ *rand.Rand) time.Duration {
				if !lose && i >= 250 && i < 300 {
					return time.Duration(300-i) * 20 * ms
				}
				return 0
			}, lost: func(i int, _ *rand.Rand) bool { return lose && i >= 250 && i < 300 }}
			h := listen(t, New(Config{}), n, n.packets(1000, 3), 20*time.Second)
			inOrder(t, h)
			after := median(h.between(8*time.Second, 9*time.Second))
			t.Logf("delay two seconds after %v, played %d, dropped %d", after, len(h.order), h.stats.Dropped)
			if after > 30*ms || len(h.order) < 940 {
				t.Errorf("delay two seconds after %v, played %d", after, len(h.order))
			}
		})
	}
}

// A network that becomes faster than it has ever been is followed when two seconds of it have been seen: what was before does not
// count then.
func TestFollowsANetworkThatIsFasterThanEver(t *testing.T) {
	n := network{frame: 20 * ms, clock: 48000, delay: func(i int, r *rand.Rand) time.Duration {
		d := time.Duration(r.Float64() * 4 * float64(ms))
		if i < 500 {
			d += 80 * ms
		}
		return d
	}}
	h := listen(t, New(Config{}), n, n.packets(1000, 3), 20*time.Second)
	inOrder(t, h)
	before, after := median(h.between(5*time.Second, 10*time.Second)), median(h.between(12700*ms, 13500*ms))
	t.Logf("delay %v before, %v after; concealed %v, stretched %v", before, after, h.concealed, h.stretched)
	if before < 80*ms || after > 30*ms || h.concealed > 20*ms || h.stats.Dropped > 0 {
		t.Errorf("delay %v before, %v after, concealed %v, dropped %d", before, after, h.concealed, h.stats.Dropped)
	}
}

// A sender that is not let run pauses after every few packets and is further behind its own time line with each: no packet
// of it is ever in time for long, nor do they come evenly. It is heard all the same.
func TestASenderThatFallsBehindIsHeard(t *testing.T) {
	for _, pause := range []time.Duration{5 * ms, 10 * ms, 20 * ms, 30 * ms, 50 * ms, 100 * ms} {
		n := network{frame: 20 * ms, clock: 8000, delay: func(i int, _ *rand.Rand) time.Duration { return time.Duration(i/5) * pause }}
		h := listen(t, New(Config{}), n, n.packets(1000, 3), 45*time.Second)
		inOrder(t, h)
		t.Logf("%v after every 100 ms: played %d, dropped %d, restarts %d", pause, len(h.order), h.stats.Dropped, h.stats.Restarts)
		longest := time.Duration(0)
		for i := range h.when[1:] {
			longest = max(longest, h.when[i+1]-h.when[i])
		}
		if len(h.order) < 600 || longest > 800*ms {
			t.Errorf("%v after every 100 ms: played %d, not for as long as %v", pause, len(h.order), longest)
		}
	}
}

// However long the network holds everything up, nothing is played with more delay than the maximum (listen checks that),
// and what could only be played later is left out.
func TestNeverLaterThanTheMaximum(t *testing.T) {
	for _, most := range []time.Duration{60 * ms, 120 * ms, DefaultMax} {
		for _, held := range []time.Duration{100 * ms, 250 * ms, 400 * ms, 700 * ms, 1500 * ms} {
			n := network{frame: 20 * ms, clock: 48000, delay: func(i int, r *rand.Rand) time.Duration {
				into := time.Duration(i%250) * 20 * ms
				return max(0, held-into) + time.Duration(r.Float64()*float64(ms))
			}}
			h := listen(t, New(Config{Max: most}), n, n.packets(1000, 3), 20*time.Second)
			inOrder(t, h)
			// Of each hold-up, what was held up can be lost and little more.
			lost := 4 * (held/(20*ms) + 3)
			if played := len(h.order); played < 1000-int(lost) {
				t.Errorf("at most %v, held up for %v: played %d, dropped %d", most, held, played, h.stats.Dropped)
			}
		}
	}
}
