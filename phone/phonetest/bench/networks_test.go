package bench

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"svara/audio"
	"svara/audio/codec/opus"
	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/network"
	"svara/phone/phonetest/sound"
	"svara/phone/phonetest/speech"
)

const (
	passageTime = 12 * time.Second        // of speech over each network
	leadIn      = 1500 * time.Millisecond // of it before what is measured: a sound card that was just opened settles
	tailTime    = 600 * time.Millisecond  // and after it: what still waits in a phone that hears no more is not lost
	packetTime  = 20 * time.Millisecond
)

// networks measures what both phones make of the same packets over the same bad networks, both at the same time: speech,
// coded once, goes through two relays with one seed, into two calls, out of two speakers, which are the two channels of one
// recording.
//
//	speech -> Opus -> RTP --+--> relay, seed n --> Svara   --> left  --+
//	                        +--> relay, seed n --> baresip --> right --+--> one recording
func networks(b *testing.B, t *table) {
	p := phonetest.StartPulse(b)
	p.Control("load-module", "module-remap-sink", "sink_name=ours", "master=rig", "channels=1", "channel_map=mono", "master_channel_map=front-left", "remix=no")
	p.Control("load-module", "module-null-source", "source_name=quiet")
	a, other := newAnswerer(b), newAnswerer(b)
	env := func(sink string) []string { return append(p.Env(), "PULSE_SINK="+sink, "PULSE_SOURCE=quiet") }
	ours := phonetest.StartSvara(b, phonetest.SvaraConfig{Audio: "portaudio", Env: env("ours")})
	ours.AddAccount("1001", "pw", a.addr())
	theirs := phonetest.StartBaresip(b, phonetest.BaresipConfig{User: "1002", Domain: other.addr(), Env: env("spk")})
	r := newClockedRecording(b, p)
	steal := stolen()
	for _, n := range network.Profiles() {
		in := speech.Sample(passageTime + tailTime + 20*time.Second)[20*audio.Rate:]
		payloads, best := code(b, in, int(n.Loss*100))
		call := ours.Dial("1000")
		theirs.Command("dial", "sip:1000@"+other.addr())
		var lines [2]*rtpLine
		for i, who := range []*answerer{a, other} {
			lines[i] = answerOver(b, who.next(), n.Impairment)
		}
		ours.Wait(call, phone.StateConnected)
		begun := send(payloads, lines)
		ours.Must("hangup", call)
		theirs.Command("hangup", "")
		left, right := r.since(begun, passageTime)
		skip, end := sound.Samples(leadIn), sound.Samples(passageTime)
		us, them := speech.Compare(best[skip:end], left[skip:]), speech.Compare(best[skip:end], right[skip:])
		own := n.Delay + n.Head
		t.add("speech over "+n.Name, heard(us, own), heard(them, own), "better", better(us, them))
		b.Logf("%s: Svara %v; baresip %v", n.Name, us, them)
	}
	b.Logf("the host took %.0f %% of the machine's time meanwhile", 100*(stolen()-steal)/time.Since(r.begun).Seconds())
	theirs.End(5 * time.Second)
	ours.Quit()
}

func heard(l speech.Likeness, network time.Duration) string {
	return fmt.Sprintf("+%.0f ms, %d gaps, %.1f %% lost, STOI %.3f, %.1f dB", (l.Delay-network).Seconds()*1000, l.Gaps, 100*l.Lost, l.STOI, l.SegSNR)
}

// same is by how much two STOI may differ that say the same: the same sound, cut a sample sooner or later, differs by as much.
const same = .0005

// better reports whether one phone did better than the other: sooner, no less alike, and with no more holes.
func better(us, them speech.Likeness) bool {
	return us.Delay < them.Delay && us.STOI > them.STOI-same && us.Gaps <= them.Gaps
}

// code codes speech into packets of 20 ms and gives what they are when all of them arrive.
func code(b *testing.B, in []int16, loss int) (payloads [][]byte, best []int16) {
	b.Helper()
	enc, err := opus.Codec().NewEncoder()
	if err != nil {
		b.Fatal(err)
	}
	dec, err := opus.Codec().NewDecoder()
	if err != nil {
		b.Fatal(err)
	}
	enc.SetLoss(loss)
	const frame = audio.Rate / 50
	buf, pcm := make([]byte, 1500), make([]int16, frame)
	for ; len(in) >= frame; in = in[frame:] {
		n, err := enc.Encode(buf, in[:frame])
		if err != nil {
			b.Fatal(err)
		}
		payloads = append(payloads, slices.Clone(buf[:n]))
		if _, err := dec.Decode(pcm, buf[:n]); err != nil {
			b.Fatal(err)
		}
		best = append(best, pcm...)
	}
	return payloads, best
}

// rtpLine is a way to one phone's ear.
type rtpLine struct {
	conn  *net.UDPConn
	relay *phonetest.Relay
	pt    uint8
}

// answerOver answers a call so that its sound comes over a relay.
func answerOver(b *testing.B, i invitation, how network.Impairment) *rtpLine {
	b.Helper()
	relay := phonetest.StartRelay(b, i.rtp, how, network.Impairment{})
	conn, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(relay.Addr))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	i.answer(relay.Far())
	return &rtpLine{conn, relay, i.opus}
}

// send sends packets over both lines, one every 20 ms, and returns when the first frame began to be said.
func send(payloads [][]byte, lines [2]*rtpLine) (begun time.Time) {
	begun = time.Now()
	pace := time.NewTimer(0)
	defer pace.Stop()
	for i, payload := range payloads {
		pace.Reset(time.Until(begun.Add(time.Duration(i+1) * packetTime)))
		<-pace.C
		for _, l := range lines {
			pkt := rtp.Packet{Header: rtp.Header{Version: 2, Marker: i == 0, PayloadType: l.pt, SequenceNumber: uint16(1000 + i), Timestamp: uint32(i * 960), SSRC: 0x5356},
				Payload: payload}
			if data, err := pkt.Marshal(); err == nil {
				_, _ = l.conn.Write(data) // a phone that does not listen is heard to be silent
			}
		}
	}
	return begun
}

// clockedRecording is a recording of which one knows when each sample sounded, but for what the recording takes itself,
// which is the same for both channels.
type clockedRecording struct {
	b     *testing.B
	r     *phonetest.Recording
	begun time.Time
	mutex sync.Mutex
	seen  []struct { // how long the recording was, and when that was found
		at     time.Time
		length time.Duration
	}
}

func newClockedRecording(b *testing.B, p *phonetest.Pulse) *clockedRecording {
	c := &clockedRecording{b: b, r: p.Record(), begun: time.Now()}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			c.mutex.Lock()
			if l := c.r.Length(); len(c.seen) == 0 || l != c.seen[len(c.seen)-1].length {
				c.seen = append(c.seen, struct {
					at     time.Time
					length time.Duration
				}{time.Now(), l})
			}
			c.mutex.Unlock()
		}
	}()
	b.Cleanup(func() {
		close(stop)
		<-done
	})
	return c
}

// since is both channels from a moment on.
func (c *clockedRecording) since(begun time.Time, length time.Duration) (left, right []int16) {
	c.b.Helper()
	var offset time.Duration // recording time minus wall time
	place := func() time.Duration {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		offset = -1 << 62
		for _, s := range c.seen {
			if s.at.After(begun) {
				offset = max(offset, s.length-s.at.Sub(c.begun))
			}
		}
		return begun.Sub(c.begun) + offset
	}
	phonetest.Until(c.b, 20*time.Second, "the end of the recording", func() bool { return c.r.Length() >= place()+length+tailTime })
	from := place()
	return c.r.Part(from, from+length+tailTime)
}

// stolen is how many seconds of processor time the host has kept from this machine, of all processors together.
func stolen() float64 {
	data, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(data), "\n")
	var name string
	var ticks [8]float64
	if _, err := fmt.Sscan(line, &name, &ticks[0], &ticks[1], &ticks[2], &ticks[3], &ticks[4], &ticks[5], &ticks[6], &ticks[7]); err != nil {
		return 0
	}
	return ticks[7] / 100
}
