package media

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/audio/codec/opus"
	"svara/phone/media/jitter"
	"svara/phone/phonetest/network"
	"svara/phone/phonetest/speech"
	"svara/phone/sdp"
)

// passage is what a bad network made of speech.
type passage struct {
	speech.Likeness
	stats   jitter.Stats
	deepest time.Duration // the longest delay that a packet was played with
}

// transport is how speech is sent in a simulation.
type transport struct {
	codec audio.Codec
	loss  int // percent, that the encoder is told
}

const packetLength = 20 * audio.Rate / 1000

// coded is speech as packets of 20 ms.
func (how transport) coded(t *testing.T, in []int16) (payloads [][]byte) {
	t.Helper()
	enc, err := how.codec.NewEncoder()
	if err != nil {
		t.Fatal(err)
	}
	enc.SetLoss(how.loss)
	buf := make([]byte, 1500)
	for ; len(in) >= packetLength; in = in[packetLength:] {
		n, err := enc.Encode(buf, in[:packetLength])
		if err != nil {
			t.Fatal(err)
		}
		payloads = append(payloads, slices.Clone(buf[:n]))
	}
	return payloads
}

// decoded is what the codec makes of its packets when there is all the time in the world: of those that the network lost,
// the next one's error correction where that came and has any, and a guess where not. With a perfect network it is what
// can arrive at all, and what else arrives is compared with.
func (how transport) decoded(t *testing.T, payloads [][]byte, line *network.Line) []int16 {
	t.Helper()
	dec, err := how.codec.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	came := make([]bool, len(payloads)+1)
	for i := range payloads {
		came[i] = len(line.Decide(time.Unix(0, 0).Add(time.Duration(i)*20*time.Millisecond))) > 0
	}
	out := make([]int16, packetLength*len(payloads))
	for i := range payloads {
		frame := out[i*packetLength : (i+1)*packetLength]
		switch {
		case came[i]:
			if _, err := dec.Decode(frame, payloads[i]); err != nil {
				t.Fatal(err)
			}
		case !came[i+1] || !dec.Recover(frame, payloads[i+1]):
			dec.Conceal(frame)
		}
	}
	return out
}

// pass sends packets over a network to a stream, which plays them, all in virtual time: packet by packet from the encoder
// over the network into the stream's own reader, and block by block out of its Read. What is heard is compared with best,
// in which a frame begins the moment that it begins to be said.
func pass(t *testing.T, how transport, payloads [][]byte, line *network.Line, best []int16) passage {
	t.Helper()
	c := newClock()
	s := newPartyAt(t, c, tempo{tick: time.Hour, silent: time.Hour, dead: time.Hour, report: time.Hour}, how.codec)
	friend := newPeer(t)
	offer := sdp.Offer(sdp.Capabilities{Addr: loopback, Port: friend.addr().Port(), Direction: sdp.SendRecv,
		Codecs: []sdp.Codec{{PT: 96, Name: how.codec.Name(), Clock: how.codec.ClockRate(), Channels: how.codec.Channels()}}})
	if _, err := s.Answer(offer.Bytes(), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	type flight struct {
		at   time.Time
		data []byte
	}
	var air []flight
	begun := c.now()
	for i, payload := range payloads {
		pkt := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: uint16(65000 + i), SSRC: 3,
			Timestamp: uint32(i * packetLength * how.codec.ClockRate() / audio.Rate)}, Payload: payload}
		data, err := pkt.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		now := begun.Add(time.Duration(i+1) * 20 * time.Millisecond) // a frame is sent when all of it has been said
		delays := line.Decide(now)
		line.Rewrite(data, now)
		for _, d := range delays {
			air = append(air, flight{now.Add(d), data})
		}
	}
	slices.SortStableFunc(air, func(a, b flight) int { return a.at.Compare(b.at) })
	var p passage
	out := make([]int16, len(best))
	for at := 0; at < len(out); at += audio.BlockSize {
		for now := c.now().Add(3 * time.Millisecond); len(air) > 0 && !air[0].at.After(now); air = air[1:] {
			s.net.take(air[0].data, friend.addr(), air[0].at)
		}
		s.Read(out[at : at+audio.BlockSize])
		p.deepest = max(p.deepest, s.buffer.Stats().Delay)
		c.advance(10 * time.Millisecond)
	}
	p.stats = s.buffer.Stats()
	p.Likeness = speech.Compare(best, out)
	return p
}

// lines are what has to be reached over each network: at most so much delay in ms beyond the network's own (20 ms of it
// are the packet, 6.5 ms Opus itself), at most so many gaps, and the least likeness (STOI) to what the codec gives without
// a network, with Opus and with G.711.
var lines = map[string]struct {
	delay, gaps int
	opus, g711  float64
}{
	"clean":            {40, 0, .9995, .9995},
	"loss 1 %":         {60, 0, .998, .996},
	"loss 3 %":         {60, 0, .996, .985},
	"loss 5 %":         {60, 1, .995, .98},
	"loss 10 %":        {60, 1, .989, .96},
	"loss 20 %":        {60, 2, .981, .935},
	"bursts 1 %":       {60, 1, .995, .996},
	"bursts 3 %":       {60, 1, .99, .985},
	"bursts 5 %":       {60, 2, .987, .98},
	"bursts 10 %":      {60, 6, .95, .94},
	"bursts 20 %":      {60, 20, .81, .79},
	"jitter N(0,10)":   {65, 0, .998, .998},
	"jitter N(0,30)":   {120, 1, .997, .997},
	"spikes of 150 ms": {50, 4, .975, .975},
	"step of 60 ms":    {60, 1, .999, .999},
	"duplicates 5 %":   {40, 0, .9995, .9995},
	"reordering 5 %":   {75, 0, .999, .999},
	"blackout of 1 s":  {60, 3, .89, .89},
	"drift +100 ppm":   {50, 0, .998, .998}, // beyond what the network's own delay has become
	"drift -100 ppm":   {50, 0, .999, .999},
	"new source":       {50, 0, .999, .999},
	"new timestamps":   {50, 0, .999, .999},
}

func TestSoundOverBadNetworks(t *testing.T) {
	in := speech.Sample(20 * time.Second)
	for _, codec := range []audio.Codec{opus.Codec(), g711.PCMA()} {
		for i, n := range network.Profiles() {
			if raced && (i%11 != 0 || codec != opus.Codec()) {
				continue // the arithmetic of measuring takes minutes then, and has no goroutines
			}
			t.Run(codec.Name()+" "+n.Name, func(t *testing.T) {
				how := transport{codec: codec, loss: int(n.Loss * 100)}
				payloads := how.coded(t, in)
				best := how.decoded(t, payloads, network.New(network.Impairment{}))
				p := pass(t, how, payloads, network.New(n.Impairment), best)
				line, ok := lines[n.Name]
				if !ok {
					t.Fatal("no line to reach")
				}
				added, least := p.Delay-n.Delay-n.Head, line.opus
				if codec != opus.Codec() {
					least = line.g711
				}
				t.Logf("added %.0f ms; %v; of %d played, %d lost: %d recovered, %d concealed; %d late, %d dropped", added.Seconds()*1000, p.Likeness,
					p.stats.Played, p.stats.Lost, p.stats.Recovered, p.stats.Concealed, p.stats.Late, p.stats.Dropped)
				if added > time.Duration(line.delay)*time.Millisecond || p.Gaps > line.gaps || p.STOI < least {
					t.Errorf("added %v of %d ms, %d of %d gaps, STOI %.4f of %.4f", added, line.delay, p.Gaps, line.gaps, p.STOI, least)
				}
				if p.deepest > jitter.DefaultMax {
					t.Errorf("a packet was played with a delay of %v", p.deepest)
				}
				if n.Loss > 0 {
					// All the time in the world would have helped no more than this.
					ideal := speech.Compare(best, how.decoded(t, payloads, network.New(n.Impairment)))
					if p.STOI < ideal.STOI-.02*n.Loss/.1-.002 || p.Gaps > ideal.Gaps+2 {
						t.Errorf("STOI %.4f and %d gaps; with all packets there in time %.4f and %d", p.STOI, p.Gaps, ideal.STOI, ideal.Gaps)
					}
				}
				p.returns(t, n)
			})
		}
	}
}

// returns checks that what came and went leaves no delay behind: two seconds after a spike, four after a step back down,
// of which two are needed to see that it was no pause between two bursts.
func (p *passage) returns(t *testing.T, n network.Profile) {
	t.Helper()
	const near, spare = 10 * time.Millisecond, 20 * time.Millisecond // what there is too much of before is not taken away at once
	before := p.Percentile(.5, 0, 4*time.Second)
	if n.Spike > 0 {
		for at := n.SpikeEvery; at+n.SpikeEvery <= 20*time.Second; at += n.SpikeEvery {
			if after := p.Percentile(.5, at+2*time.Second, at+n.SpikeEvery-100*time.Millisecond); after > before+near {
				t.Errorf("delay %v before a spike, %v two seconds after one", before, after)
			}
		}
	}
	if n.Step > 0 {
		up, after := p.Percentile(.5, n.StepFrom+time.Second, n.StepUntil), p.Percentile(.5, n.StepUntil+4*time.Second, 20*time.Second)
		if up < before+n.Step-near-spare || up > before+n.Step+near || after > before+near {
			t.Errorf("delay %v before a step of %v, %v while it lasts, %v after it", before, n.Step, up, after)
		}
	}
}

// What is expected to be lost is believed at once and forgotten slowly.
func TestExpectedLoss(t *testing.T) {
	var at int32
	for i, c := range []struct{ report, want int32 }{{0, 0}, {12, 12}, {0, 9}, {4, 6}, {30, 30}, {30, 30}, {0, 22}, {0, 16}, {0, 12}} {
		if at = expect(c.report, at); at != c.want {
			t.Errorf("report %d of %d %%: guarded against %d %%, want %d", i, c.report, at, c.want)
		}
	}
}

// The encoder is told of loss in the middle of talk; what is said then is heard as if it had not been.
func TestSpeechIsNotCutWhenTheRateFollowsLoss(t *testing.T) {
	in := speech.Sample(20 * time.Second)
	enc, err := opus.Codec().NewEncoder()
	if err != nil {
		t.Fatal(err)
	}
	dec, err := opus.Codec().NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	buf, out := make([]byte, 1500), make([]int16, len(in))
	for i := range len(in) / packetLength {
		if i%25 == 0 {
			enc.SetLoss([]int{0, 30, 10, 15, 0, 26}[i/25%6])
		}
		at := i * packetLength
		n, err := enc.Encode(buf, in[at:at+packetLength])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dec.Decode(out[at:at+packetLength], buf[:n]); err != nil {
			t.Fatal(err)
		}
	}
	l := speech.Compare(in, out)
	t.Log(l)
	if l.STOI < .97 || l.Gaps > 0 || l.Lost > .01 {
		t.Errorf("the rate changed every half second: %v", l)
	}
}

// From the packet to the sound nothing is allocated, whatever the network does: repair, guesses, stretches, restarts.
func TestABadNetworkAllocatesNothing(t *testing.T) {
	for _, codec := range []audio.Codec{opus.Codec(), g711.PCMA()} {
		c := newClock()
		s := newPartyAt(t, c, tempo{tick: time.Hour, silent: time.Hour, dead: time.Hour, report: time.Hour}, codec)
		friend := newPeer(t)
		if _, err := s.Answer(sdp.Offer(sdp.Capabilities{Addr: loopback, Port: friend.addr().Port(), Direction: sdp.SendRecv,
			Codecs: []sdp.Codec{{PT: 96, Name: codec.Name(), Clock: codec.ClockRate(), Channels: codec.Channels()}}}).Bytes(), sdp.SendRecv); err != nil {
			t.Fatal(err)
		}
		from := friend.addr()
		how := transport{codec: codec, loss: 10}
		line := network.New(network.Impairment{Seed: 1, Loss: .1, Reorder: .05, NewSource: 8 * time.Second})
		var packets [][]byte // nil where one is lost; a held up one comes after the next
		for i, payload := range how.coded(t, speech.Sample(20*time.Second)) {
			pkt := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: uint16(i), SSRC: 3,
				Timestamp: uint32(i * packetLength * codec.ClockRate() / audio.Rate)}, Payload: payload}
			data, err := pkt.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			now := time.Unix(0, 0).Add(time.Duration(i) * 20 * time.Millisecond)
			delays := line.Decide(now)
			line.Rewrite(data, now)
			switch {
			case len(delays) == 0:
				packets = append(packets, nil)
			case delays[0] > 0 && i > 0:
				packets = append(packets[:i-1], data, packets[i-1])
			default:
				packets = append(packets, data)
			}
		}
		block := make([]int16, audio.BlockSize)
		at := 0
		turn := func() {
			if data := packets[at%len(packets)]; data != nil {
				s.net.take(data, from, c.now())
			}
			at++
			for range 2 {
				s.Read(block)
				c.advance(audio.BlockTime)
			}
		}
		for range 100 {
			turn()
		}
		if a := testing.AllocsPerRun(800, turn); a != 0 {
			t.Errorf("%s: %.2f allocations a packet", codec.Name(), a)
		}
		stats := s.buffer.Stats()
		if stats.Concealed == 0 || stats.Restarts == 0 || codec == opus.Codec() && stats.Recovered == 0 {
			t.Errorf("%s: nothing happened: %+v", codec.Name(), stats)
		}
	}
}
