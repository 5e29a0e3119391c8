package media

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/audio/codec/opus"
	"svara/phone/sdp"
)

// speech is twenty seconds that move like speech: a gliding pitch with harmonics, syllables a quarter of a second long.
var speech = sync.OnceValue(func() []int16 {
	at, phase := 0, 0.0
	block := make([]int16, 20*audio.Rate)
	for i := range block {
		s := float64(at) / audio.Rate
		phase += 2 * math.Pi * (125 + 30*math.Sin(2*math.Pi*0.7*s)) / audio.Rate
		var v float64
		for h := 1.0; h <= 20; h++ {
			v += math.Sin(h*phase+h*h) / math.Sqrt(h) * (1.1 + math.Sin(h/3+2*math.Pi*3.1*s))
		}
		block[i] = int16(1500 * v * (0.6 + 0.4*math.Sin(2*math.Pi*4*s)))
		at++
	}
	return block
})

// passage is what a bad network made of a sound.
type passage struct {
	in, out   []int16
	delay     time.Duration // median, from Write to Read
	gaps      int           // stretches of more than 20 ms that are silent though speech was sent
	likeness  float64       // how alike the sounds are in time and pitch, 0..1: see likeness
	recovered uint64
	concealed uint64
}

// pass sends speech through a codec and a network of which delay tells a packet's lateness, negative for lost.
func pass(t *testing.T, codec audio.Codec, delay func(i int, r *rand.Rand) time.Duration) passage {
	t.Helper()
	c := newClock()
	s := newPartyAt(t, c, tempo{tick: time.Hour, silent: time.Hour, dead: time.Hour, report: time.Hour}, codec)
	friend := newPeer(t)
	offer := sdp.Offer(sdp.Capabilities{Addr: loopback, Port: friend.addr().Port(), Direction: sdp.SendRecv,
		Codecs: []sdp.Codec{{PT: 96, Name: codec.Name(), Clock: codec.ClockRate(), Channels: codec.Channels()}}})
	if _, err := s.Answer(offer.Bytes(), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	enc, err := codec.NewEncoder()
	if err != nil {
		t.Fatal(err)
	}
	enc.SetLoss(10)
	type flight struct {
		at   time.Time
		data []byte
	}
	var air []flight
	var p passage
	r := rand.New(rand.NewPCG(11, 12))
	payload := make([]byte, 1500)
	p.in = speech()
	for i := range len(p.in) / 960 {
		frame := p.in[i*960 : (i+1)*960]
		c.advance(10 * time.Millisecond)
		n, err := enc.Encode(payload, frame)
		if err != nil {
			t.Fatal(err)
		}
		pkt := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: uint16(i), Timestamp: uint32(i * codec.ClockRate() / 50), SSRC: 3}, Payload: payload[:n]}
		if d := delay(i, r); d >= 0 {
			data, err := pkt.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			air = append(air, flight{c.now().Add(d), data})
		}
		slices.SortStableFunc(air, func(a, b flight) int { return a.at.Compare(b.at) })
		for half := range 2 {
			if half == 1 {
				c.advance(10 * time.Millisecond)
			}
			for len(air) > 0 && !air[0].at.After(c.now()) {
				s.net.take(air[0].data, friend.addr(), air[0].at)
				air = air[1:]
			}
			block := make([]int16, audio.BlockSize)
			s.Read(block)
			p.out = append(p.out, block...)
		}
	}
	stats := s.buffer.Stats()
	p.recovered, p.concealed = stats.Recovered, stats.Concealed
	p.compare()
	return p
}

// envelope is the level of pcm in four bands, every 10 ms.
func envelope(pcm []int16) [][4]float64 {
	var low [4]float64
	cut := [4]float64{0.02, 0.06, 0.15, 0.4}
	out := make([][4]float64, len(pcm)/480)
	for i := range out {
		for _, v := range pcm[i*480 : (i+1)*480] {
			x, before := float64(v), 0.0
			for b := range low {
				low[b] += cut[b] * (x - low[b])
				d := low[b] - before
				out[i][b] += d * d
				before = low[b]
			}
		}
		for b := range out[i] {
			out[i][b] = math.Sqrt(out[i][b] / 480)
		}
	}
	return out
}

// compare measures what came out against what went in: for each stretch of 400 ms the delay at which the envelopes agree
// best, and how well, as correlation over the four bands (the idea of STOI).
func (p *passage) compare() {
	in, out := envelope(p.in), envelope(p.out)
	const span = 40
	var delays []time.Duration
	var sum float64
	n := 0
	for at := 200; at+span+40 < len(in); at += span {
		best, where := -1.0, 0
		for lag := range 35 {
			var c float64
			for b := range 4 {
				c += correlate(in[at:at+span], out[at+lag:at+lag+span], b) / 4
			}
			if c > best {
				best, where = c, lag
			}
		}
		delays = append(delays, time.Duration(where)*10*time.Millisecond)
		sum += best
		n++
	}
	slices.Sort(delays)
	p.delay, p.likeness = delays[len(delays)/2], sum/float64(n)
	quiet := 0
	for at := 200; at < len(out); at++ {
		if level := out[at][1] + out[at][2] + out[at][3]; level < 60 {
			if quiet++; quiet == 3 {
				p.gaps++
			}
		} else {
			quiet = 0
		}
	}
}

func correlate(a, b [][4]float64, band int) float64 {
	var ma, mb float64
	for i := range a {
		ma += a[i][band] / float64(len(a))
		mb += b[i][band] / float64(len(a))
	}
	var ab, aa, bb float64
	for i := range a {
		x, y := a[i][band]-ma, b[i][band]-mb
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

func TestSoundOverBadNetworks(t *testing.T) {
	lose := func(share float64) func(int, *rand.Rand) time.Duration {
		return func(_ int, r *rand.Rand) time.Duration {
			if r.Float64() < share {
				return -1
			}
			return 0
		}
	}
	bad := false
	burst := func(_ int, r *rand.Rand) time.Duration { // Gilbert-Elliott, mean burst 3, 5 %
		if bad {
			bad = r.Float64() > 1.0/3
		} else {
			bad = r.Float64() < 0.05/0.95/3
		}
		if bad {
			return -1
		}
		return 0
	}
	normal := func(ms float64) func(int, *rand.Rand) time.Duration {
		return func(_ int, r *rand.Rand) time.Duration {
			return time.Duration(max(0, 4*ms+r.NormFloat64()*ms) * float64(time.Millisecond))
		}
	}
	spike := func(i int, _ *rand.Rand) time.Duration {
		return max(0, 150*time.Millisecond-time.Duration((i+125)%250)*20*time.Millisecond)
	}
	for _, x := range []struct {
		name  string
		codec audio.Codec
		delay func(int, *rand.Rand) time.Duration
		like  float64
		most  time.Duration
		gaps  int
	}{
		{"clean", opus.Codec(), lose(0), 0.975, 60 * time.Millisecond, 0},
		{"loss 1", opus.Codec(), lose(0.01), 0.975, 70 * time.Millisecond, 0},
		{"loss 5", opus.Codec(), lose(0.05), 0.97, 70 * time.Millisecond, 0},
		{"loss 10", opus.Codec(), lose(0.10), 0.955, 70 * time.Millisecond, 2},
		{"loss 20", opus.Codec(), lose(0.20), 0.92, 70 * time.Millisecond, 8},
		{"bursts", opus.Codec(), burst, 0.94, 70 * time.Millisecond, 12},
		{"N(0,10)", opus.Codec(), normal(10), 0.97, 130 * time.Millisecond, 0},
		{"N(0,30)", opus.Codec(), normal(30), 0.96, 290 * time.Millisecond, 4},
		{"spikes", opus.Codec(), spike, 0.9, 70 * time.Millisecond, 8},
		{"clean PCMA", g711.PCMA(), lose(0), 0.99, 60 * time.Millisecond, 0},
		{"loss 5 PCMA", g711.PCMA(), lose(0.05), 0.97, 70 * time.Millisecond, 1},
	} {
		t.Run(x.name, func(t *testing.T) {
			p := pass(t, x.codec, x.delay)
			t.Logf("delay %v, likeness %.3f, gaps %d, recovered %d, concealed %d", p.delay, p.likeness, p.gaps, p.recovered, p.concealed)
			if p.delay > x.most || p.likeness < x.like || p.gaps > x.gaps {
				t.Errorf("delay %v of %v, likeness %.3f of %.3f, gaps %d of %d", p.delay, x.most, p.likeness, x.like, p.gaps, x.gaps)
			}
		})
	}
}
