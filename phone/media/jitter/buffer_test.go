package jitter

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// stream is packets of 20 ms at 8 kHz for tests that set each by hand.
func packet(seq uint16, stamp uint32, ssrc uint32) *rtp.Packet {
	return &rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 8, SequenceNumber: seq, Timestamp: stamp, SSRC: ssrc}, Payload: []byte{byte(seq)}}
}

// player asks a buffer for sound every 20 ms, with packets of 20 ms.
type player struct {
	b   *Buffer
	now time.Duration
}

func (p *player) put(pkt *rtp.Packet) bool { return p.b.Put(pkt, 8000, epoch.Add(p.now)) }

// next passes 20 ms and tells in a word what is played: the packet's number, "-" for a guess, "." for silence.
func (p *player) next() string {
	p.now += 20 * ms
	out := ""
	for left := 20 * ms; left > 0; {
		a := p.b.Get(epoch.Add(p.now), 0)
		switch a.Kind {
		case Play:
			p.b.Report(20*ms, 20*ms)
			return fmt.Sprint(a.Payload[0])
		case Recover:
			return fmt.Sprintf("r%d", a.Payload[0])
		case Conceal:
			out = "-"
		default:
			out = "."
		}
		left -= a.Duration
	}
	return out
}

// feed puts a packet each 20 ms and plays.
func (p *player) feed(t *testing.T, ssrc uint32, seq uint16, stamp uint32, n int) (heard []string) {
	t.Helper()
	for i := range n {
		p.put(packet(seq+uint16(i), stamp+uint32(i)*160, ssrc))
		heard = append(heard, p.next())
	}
	return heard
}

func count(heard []string, word string) (n int) {
	for _, h := range heard {
		if h == word {
			n++
		}
	}
	return n
}

func TestSequenceAndTimestampWrap(t *testing.T) {
	p := player{b: New(Config{})}
	heard := p.feed(t, 1, 65530, 0xffffffff-700, 40)
	if n := count(heard, "-"); n != 0 || p.b.Stats().Restarts != 0 || p.b.Stats().Played < 37 {
		t.Errorf("%v, %+v", heard, p.b.Stats())
	}
}

func TestDuplicatesAndReordering(t *testing.T) {
	p := player{b: New(Config{Start: 40 * ms})}
	var heard []string
	for i := 0; i < 40; i += 2 { // each pair comes in the wrong order, and each packet twice
		for _, j := range []int{i + 1, i} {
			p.put(packet(uint16(j), uint32(j)*160, 1))
			p.put(packet(uint16(j), uint32(j)*160, 1))
		}
		heard = append(heard, p.next(), p.next())
	}
	s := p.b.Stats()
	if s.Duplicates != 40 || s.Lost != 0 || count(heard, "-") != 0 {
		t.Errorf("%v, %+v", heard, s)
	}
	last := -1
	for _, h := range heard {
		var n int
		if _, err := fmt.Sscan(h, &n); err == nil {
			if n <= last {
				t.Fatalf("%d after %d", n, last)
			}
			last = n
		}
	}
}

func TestNewSourceIsPlayedAtOnce(t *testing.T) {
	p := player{b: New(Config{})}
	p.feed(t, 1, 100, 16000, 30)
	heard := p.feed(t, 2, 50000, 99, 30)
	if n := count(heard, "-") + count(heard, "."); n > 3 || p.b.Stats().Restarts != 1 {
		t.Errorf("%v, %+v", heard, p.b.Stats())
	}
}

func TestRestarts(t *testing.T) {
	for _, x := range []struct {
		name   string
		seq    uint16
		stamp  uint32
		silent int // most 20 ms without sound
	}{
		{"sequence leaps", 30000, 16000 + 30*160, 5},
		{"timestamp leaps ahead", 130, 1 << 30, 4},
		{"timestamp leaps back", 130, 77, 4},
		{"timestamp leaps by a second", 130, 16000 + 80*160, 20},
		{"timestamp leaps back by a second", 130, 16000 - 20*160, 20},
		{"both", 30000, 1 << 30, 5},
	} {
		t.Run(x.name, func(t *testing.T) {
			p := player{b: New(Config{})}
			p.feed(t, 1, 100, 16000, 30)
			heard := p.feed(t, 1, x.seq, x.stamp, 60)
			silent := count(heard, "-") + count(heard, ".")
			t.Logf("%d without sound, %+v", silent, p.b.Stats())
			if silent > x.silent {
				t.Errorf("%v", heard)
			}
		})
	}
}

func TestStrayPacketsDoNotUpset(t *testing.T) {
	p := player{b: New(Config{})}
	p.feed(t, 1, 100, 16000, 30)
	r := rand.New(rand.NewPCG(1, 1))
	var heard []string
	for i := range 50 {
		p.put(packet(uint16(20000+r.IntN(20000)), r.Uint32(), 1)) // one at a time, never two in order
		heard = append(heard, p.feed(t, 1, uint16(130+i), 16000+uint32(30+i)*160, 1)...)
	}
	if p.b.Stats().Restarts != 0 || count(heard, "-") != 0 {
		t.Errorf("%v, %+v", heard, p.b.Stats())
	}
}

// A sender with silence suppression stops sending and goes on with a marker; the numbers go on, time has passed.
func TestTalkspurts(t *testing.T) {
	for _, gap := range []int{3, 10, 100, 1500} { // packets not sent
		p := player{b: New(Config{})}
		p.feed(t, 1, 100, 16000, 50)
		for range gap {
			p.next()
		}
		first := packet(150, 16000+uint32(50+gap)*160, 1)
		first.Marker = true
		p.put(first)
		heard := []string{p.next()}
		heard = append(heard, p.feed(t, 1, 151, 16000+uint32(51+gap)*160, 40)...)
		s := p.b.Stats()
		if s.Lost != 0 || s.Restarts != 0 || s.Played < 85 || count(heard[4:], "-")+count(heard[4:], ".") != 0 {
			t.Errorf("gap of %d: %v, %+v", gap, heard, s)
		}
	}
}

func TestFillersAreNoLoss(t *testing.T) {
	p := player{b: New(Config{})}
	p.feed(t, 1, 100, 16000, 50)
	for i := range 10 { // a digit: numbers pass, the timestamp stands
		e := packet(uint16(150+i), 16000+50*160, 1)
		p.b.Pass(e, 8000, epoch.Add(p.now))
		p.next()
	}
	heard := p.feed(t, 1, 160, 16000+60*160, 40)
	s := p.b.Stats()
	if s.Lost != 0 || s.Restarts != 0 || s.Recovered != 0 || count(heard[3:], "-") != 0 {
		t.Errorf("%v, %+v", heard, s)
	}
	if p.b.frame != 20*ms {
		t.Errorf("frame %v", p.b.frame)
	}
}

func TestRecoverAsksForThePacketAfterTheLost(t *testing.T) {
	b := New(Config{Start: 40 * ms, Min: 40 * ms})
	b.SetRecover(true)
	p := player{b: b}
	p.feed(t, 1, 100, 16000, 30)
	p.next() // 130 is lost; two packets are waiting
	heard := p.feed(t, 1, 131, 16000+31*160, 20)
	if count(heard, "r131") != 1 || b.Stats().Recovered != 1 || b.Stats().Lost != 1 {
		t.Errorf("%v, %+v", heard, b.Stats())
	}
}

func TestNobodyPlays(t *testing.T) {
	b := New(Config{})
	p := player{b: b}
	p.feed(t, 1, 100, 16000, 30)
	for i := range 3000 { // a minute
		p.put(packet(uint16(130+i), 16000+uint32(30+i)*160, 1))
		p.now += 20 * ms
	}
	if held := b.Stats().Held; held > slotCount {
		t.Errorf("%d packets held", held)
	}
	heard := p.feed(t, 1, 3130, 16000+3030*160, 30)
	if b.Stats().Delay > 60*ms || count(heard[2:], "-")+count(heard[2:], ".") > 0 {
		t.Errorf("%v, %+v", heard, b.Stats())
	}
}

func TestPutAndGetDoNotAllocate(t *testing.T) {
	b := New(Config{})
	p := packet(0, 0, 1)
	p.Payload = make([]byte, 160)
	now := epoch
	turn := func() {
		b.Put(p, 8000, now)
		p.SequenceNumber++
		p.Timestamp += 160
		if b.Get(now, 0).Kind == Play {
			b.Report(20*ms, 20*ms)
		}
		now = now.Add(20 * ms)
	}
	for range 200 {
		turn()
	}
	if n := testing.AllocsPerRun(1000, turn); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

func BenchmarkPutGet(b *testing.B) {
	buf := New(Config{})
	p := packet(0, 0, 1)
	p.Payload = make([]byte, 160)
	now := epoch
	b.ReportAllocs()
	for b.Loop() {
		buf.Put(p, 8000, now)
		p.SequenceNumber++
		p.Timestamp += 160
		if buf.Get(now, 0).Kind == Play {
			buf.Report(20*ms, 20*ms)
		}
		now = now.Add(20 * ms)
	}
}

// Whatever comes, the delay stays below its maximum, no packet is played twice or out of order, and nothing panics.
func FuzzBuffer(f *testing.F) {
	f.Add([]byte{1, 0, 0, 20, 1, 1, 160, 20, 2, 3, 4, 5})
	f.Add([]byte{255, 255, 255, 255, 0, 0, 0, 0, 128, 127, 3, 90})
	f.Fuzz(func(t *testing.T, data []byte) {
		b := New(Config{})
		b.SetRecover(len(data)%2 == 0)
		now := epoch
		var seq uint16
		var stamp uint32
		for len(data) >= 4 {
			op, a, c, d := data[0], data[1], data[2], data[3]
			data = data[4:]
			seq += uint16(int8(a))
			stamp += uint32(int32(int8(c))) * 160
			if op&0x80 != 0 {
				seq, stamp = seq+uint16(a)*251, stamp+uint32(c)*16777259
			}
			p := packet(seq, stamp, uint32(op>>5&1))
			p.Marker = op&0x40 != 0
			switch op & 7 {
			case 0:
				b.Pass(p, 8000, now)
			case 1:
				b.Put(p, 48000, now)
			default:
				b.Put(p, 8000, now)
			}
			for range op >> 3 & 3 {
				a := b.Get(now, time.Duration(d&7)*ms)
				switch a.Kind {
				case Play:
					if s := b.Stats(); s.Delay > b.cfg.Max {
						t.Fatalf("delay %v", s.Delay)
					}
					b.Report(time.Duration(d)*ms, time.Duration(d)*ms+a.Stretch)
				default:
					if a.Duration <= 0 || a.Duration > maxFrame || a.Skip < 0 || a.Skip > a.Duration {
						t.Fatalf("%+v", a)
					}
				}
			}
			if h := b.Stats().Held; h < 0 || h > slotCount {
				t.Fatalf("%d held", h)
			}
			now = now.Add(time.Duration(d) * ms)
		}
	})
}

// A codec of another clock in the middle of speech: what is held of the old one is played, and then the new one at once.
func TestChangeOfClockInSpeech(t *testing.T) {
	b := New(Config{})
	now := time.Unix(1000, 0)
	put := func(i int, stamp uint32, clock int) {
		p := &rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(i), Timestamp: stamp, SSRC: 1, Marker: i == 0}, Payload: []byte{byte(i)}}
		b.Put(p, clock, now)
	}
	var played []byte
	for i := range 200 {
		if i < 100 {
			put(i, uint32(i*960), 48000)
		} else {
			put(i, uint32(7000+i*160), 8000)
		}
		now = now.Add(20 * time.Millisecond)
		if a := b.Get(now, 0); a.Kind == Play {
			played = append(played, a.Payload[0])
			b.Report(20*time.Millisecond, 20*time.Millisecond)
		}
	}
	for i := 1; i < len(played); i++ {
		if played[i] != played[i-1]+1 {
			t.Errorf("packet %d follows %d", played[i], played[i-1])
		}
	}
	if len(played) < 195 {
		t.Errorf("%d of 200 played", len(played))
	}
	if s := b.Stats(); s.Lost != 0 || s.Restarts != 0 || s.Late != 0 {
		t.Errorf("%+v", s)
	}
}
