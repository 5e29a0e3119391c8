package media

import (
	"encoding/binary"
	"errors"
	"math"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"svara/audio"
	"svara/phone/sdp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var loopback = netip.MustParseAddr("127.0.0.1")

// plain is a codec that changes nothing: 16 bit samples at 48 kHz.
type plain struct{}

func (plain) Name() string                       { return "L16" }
func (plain) ClockRate() int                     { return 48000 }
func (plain) Channels() int                      { return 1 }
func (plain) PayloadType() uint8                 { return 97 }
func (plain) Fmtp() string                       { return "" }
func (plain) NewEncoder() (audio.Encoder, error) { return plainCoder{}, nil }
func (plain) NewDecoder() (audio.Decoder, error) { return plainCoder{}, nil }

type plainCoder struct{}

func (plainCoder) Encode(dst []byte, pcm []int16) (int, error) {
	for i, v := range pcm {
		binary.BigEndian.PutUint16(dst[2*i:], uint16(v))
	}
	return 2 * len(pcm), nil
}
func (plainCoder) SetLoss(int) {}
func (plainCoder) Decode(pcm []int16, payload []byte) (int, error) {
	n := len(payload) / 2
	if n > len(pcm) {
		return 0, errors.New("too long")
	}
	for i := range n {
		pcm[i] = int16(binary.BigEndian.Uint16(payload[2*i:]))
	}
	return n, nil
}
func (plainCoder) Recover([]int16, []byte) bool { return false }
func (plainCoder) Conceal(pcm []int16)          { clear(pcm) }

// clock is virtual time, shared by the streams of a test.
type clock struct{ ns atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ns.Store(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).UnixNano())
	return c
}
func (c *clock) now() time.Time          { return time.Unix(0, c.ns.Load()) }
func (c *clock) advance(d time.Duration) { c.ns.Add(int64(d)) }

// events collects what a stream tells.
type events struct {
	mutex sync.Mutex
	list  []Event
	fresh chan struct{}
}

// until waits for something that no event tells.
func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for limit := time.After(time.Minute); !is(); {
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("no %s", what)
		}
	}
}

func newEvents() *events { return &events{fresh: make(chan struct{}, 1)} }

func (e *events) add(v Event) {
	e.mutex.Lock()
	e.list = append(e.list, v)
	e.mutex.Unlock()
	select {
	case e.fresh <- struct{}{}:
	default:
	}
}

func (e *events) all() []Event {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return append([]Event(nil), e.list...)
}

// until waits for a wanted event.
func (e *events) until(t *testing.T, want Event) {
	t.Helper()
	limit := time.After(time.Minute)
	for {
		for _, v := range e.all() {
			if v == want {
				return
			}
		}
		select {
		case <-e.fresh:
		case <-limit:
			t.Fatalf("%T did not come; there were %v", want, e.all())
		}
	}
}

func (e *events) digits() string {
	var b strings.Builder
	for _, v := range e.all() {
		if d, ok := v.(DigitReceived); ok {
			b.WriteRune(d.Digit)
		}
	}
	return b.String()
}

// quick is a tempo for tests; silence is measured in virtual time.
var quick = tempo{tick: time.Millisecond, silent: 5 * time.Second, dead: 30 * time.Second, report: 5 * time.Second}

// party is a stream under test.
type party struct {
	*Stream
	events *events
}

func newParty(t testing.TB, c *clock, codecs ...audio.Codec) *party {
	t.Helper()
	return newPartyAt(t, c, quick, codecs...)
}

func newPartyAt(t testing.TB, c *clock, tempo tempo, codecs ...audio.Codec) *party {
	t.Helper()
	e := newEvents()
	s, err := open(Config{Local: loopback, Codecs: codecs, Notify: e.add, Now: c.now}, tempo)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &party{s, e}
}

// connect lets a call b.
func connect(t testing.TB, a, b *party) {
	t.Helper()
	negotiate(t, a, b, sdp.SendRecv, sdp.SendRecv)
}

func negotiate(t testing.TB, a, b *party, wantA, wantB sdp.Direction) {
	t.Helper()
	offer, err := a.Offer(wantA)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := b.Answer(offer, wantB)
	if err != nil {
		t.Fatalf("%v\n%s", err, offer)
	}
	if err := a.Accept(answer); err != nil {
		t.Fatalf("%v\n%s", err, answer)
	}
}

// settle waits until what a has sent has reached b.
func settle(t testing.TB, a, b *party) {
	t.Helper()
	for range 1_000_000 {
		b.net.fetch()
		b.net.turn.Lock() // what is counted is in the buffer too
		b.net.mutex.Lock()
		got := b.net.count.total
		b.net.mutex.Unlock()
		b.net.turn.Unlock()
		if got >= a.out.packets.Load() {
			return
		}
		runtime.Gosched()
	}
	t.Fatal("packets lost on loopback")
}

// run passes d of time: each side says what its source makes, and what each hears is returned.
func run(t testing.TB, c *clock, a, b *party, d time.Duration, fromA, fromB func(block []int16)) (atA, atB []int16) {
	t.Helper()
	block := make([]int16, audio.BlockSize)
	for range d / audio.BlockTime {
		c.advance(audio.BlockTime)
		for _, side := range []struct {
			from, to *party
			source   func([]int16)
		}{{a, b, fromA}, {b, a, fromB}} {
			clear(block)
			if side.source != nil {
				side.source(block)
			}
			side.from.Write(block)
			settle(t, side.from, side.to)
		}
		a.Read(block)
		atA = append(atA, block...)
		b.Read(block)
		atB = append(atB, block...)
	}
	return atA, atB
}

// sine is a tone that goes on from block to block.
func sine(hz, amplitude float64) func([]int16) {
	at := 0
	return func(block []int16) {
		for i := range block {
			block[i] = int16(amplitude * math.Sin(2*math.Pi*hz*float64(at)/audio.Rate))
			at++
		}
	}
}

// tone measures a frequency in pcm: its amplitude, and what is left when it is taken away, as RMS (Goertzel).
func tone(pcm []int16, hz float64) (amplitude, rest float64) {
	var re, im, energy float64
	for i, v := range pcm {
		w := 2 * math.Pi * hz * float64(i) / audio.Rate
		re += float64(v) * math.Cos(w)
		im += float64(v) * math.Sin(w)
		energy += float64(v) * float64(v)
	}
	n := float64(len(pcm))
	amplitude = 2 * math.Hypot(re, im) / n
	return amplitude, math.Sqrt(max(0, energy/n-amplitude*amplitude/2))
}

// onset is the first sample that is clearly sound.
func onset(pcm []int16, level int16) int {
	for i, v := range pcm {
		if v > level || v < -level {
			return i
		}
	}
	return -1
}

func TestToneBothWays(t *testing.T) {
	c := newClock()
	a, b := newParty(t, c, plain{}), newParty(t, c, plain{})
	connect(t, a, b)
	atA, atB := run(t, c, a, b, 3*time.Second, sine(1000, 8000), sine(440, 4000))
	for _, side := range []struct {
		name   string
		pcm    []int16
		hz, at float64
	}{{"a to b", atB, 1000, 8000}, {"b to a", atA, 440, 4000}} {
		start := onset(side.pcm, 100)
		amplitude, rest := tone(side.pcm[2*audio.Rate:2*audio.Rate+audio.Rate/2], side.hz)
		t.Logf("%s: begins after %v, amplitude %.0f, rest %.1f", side.name, span(start), amplitude, rest)
		if start < 0 || span(start) > 60*time.Millisecond {
			t.Errorf("%s: begins after %v", side.name, span(start))
		}
		if math.Abs(amplitude-side.at) > side.at/100 || rest > side.at/100 {
			t.Errorf("%s: amplitude %.0f of %.0f, rest %.1f", side.name, amplitude, side.at, rest)
		}
		for i := start + 480; i < len(side.pcm); i++ {
			// A click is a step larger than the tone itself can make.
			if step := math.Abs(float64(side.pcm[i]) - float64(side.pcm[i-1])); step > side.at*2*math.Pi*side.hz/audio.Rate*1.3 {
				t.Fatalf("%s: a step of %.0f after %v", side.name, step, span(i))
			}
		}
	}
	if got := a.Agreed(); got.Codec != "L16" || !got.DTMF || got.Ptime != 20 || got.Direction != sdp.SendRecv || got.RemoteHold || got.Remote != b.LocalAddr() {
		t.Errorf("agreed %+v", got)
	}
}
