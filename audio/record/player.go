package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"svara/audio"
	"svara/audio/dsp"
)

const (
	ahead = 50 // blocks a Player reads before they are played

	// Where a Player is, is one value, so that it can change while it is being read: how many times Seek has been
	// called, and a sample.
	placeBits = 44
	placeMask = 1<<placeBits - 1
)

// chunk is some sound on its way from the file.
type chunk struct {
	turn uint64 // how many times Seek had been called
	at   int64  // sample it begins with
	n    int    // samples in pcm
	last bool   // nothing comes after it
	pcm  [audio.BlockSize]int16
}

// Player plays a recording, both sides of it in one, as an audio.Source. A goroutine of its own reads the file. All
// methods but Read may be called from any goroutine.
type Player struct {
	file    io.Closer
	decoder decoder // of the reading goroutine
	length  int64   // samples
	queue   *queue[chunk]
	place   atomic.Uint64 // turn and sample
	ended   atomic.Uint64 // turn whose end has been played, plus one
	closed  atomic.Bool

	speed   atomic.Uint64 // bits of a float64
	used    int           // of the first chunk in the queue; of Read only
	stretch dsp.Stretch   // has sound in it while the speed is not 1; of Read only
	turn    uint64        // whose sound stretch has; of Read only
	put     int64         // place of the end of what was put into stretch; of Read only
	last    bool          // nothing comes after that; of Read only

	wake  chan struct{} // there is room in the queue, or Seek was called
	stop  chan struct{} // closed by Close
	once  sync.Once
	group sync.WaitGroup
	err   atomic.Pointer[error]
}

// Open opens a WAV file (PCM, float, A-law or u-law, of any rate), or an Ogg Opus file of one or two channels; it goes by
// what is in the file, not by its name. Of what is damaged it plays what is there. What cannot be played is ErrFormat.
func Open(path string) (*Player, error) {
	f, size, kind, err := open(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	d, err := newDecoder(f, size, kind)
	if err != nil {
		return nil, fmt.Errorf("open recording %s: %w", path, errors.Join(err, f.Close()))
	}
	return newPlayer(f, d), nil
}

// OpenBytes is Open of what a file would have in it.
func OpenBytes(data []byte) (*Player, error) {
	src := bytes.NewReader(data)
	kind := string(data[:min(len(magic), len(data))])
	if !known(kind) {
		return nil, fmt.Errorf("open sound: %w", ErrFormat)
	}
	d, err := newDecoder(src, src.Size(), kind)
	if err != nil {
		return nil, fmt.Errorf("open sound: %w", err)
	}
	return newPlayer(io.NopCloser(src), d), nil
}

func newDecoder(src io.ReaderAt, size int64, kind string) (decoder, error) {
	if kind == magic {
		return newOggDecoder(src, size)
	}
	return newWavDecoder(src, size)
}

func newPlayer(f io.Closer, d decoder) *Player {
	p := &Player{
		file:    f,
		decoder: d,
		length:  min(d.length(), placeMask),
		queue:   newQueue[chunk](ahead),
		wake:    make(chan struct{}, 1),
		stop:    make(chan struct{}),
	}
	p.SetSpeed(1)
	p.group.Go(p.fill)
	return p
}

// SetSpeed makes it play faster or slower from now on, 0.5..2 times as recorded, at the same pitch. Times in the file,
// Position among them, stay what they are.
func (p *Player) SetSpeed(speed float64) {
	if math.IsNaN(speed) {
		speed = 1
	}
	p.speed.Store(math.Float64bits(min(max(speed, dsp.MinSpeed), dsp.MaxSpeed)))
}

// Speed is how fast it plays.
func (p *Player) Speed() float64 { return math.Float64frombits(p.speed.Load()) }

// Duration is how long the recording is.
func (p *Player) Duration() time.Duration { return span(p.length) }

// Position is how much has been played, 0..Duration.
func (p *Player) Position() time.Duration { return span(int64(p.place.Load() & placeMask)) }

// Seek goes to a place, at most to the end. What is played next comes from there, also when it was Done.
func (p *Player) Seek(to time.Duration) {
	to = min(max(to, 0), p.Duration())
	sample := int64(to/time.Second)*audio.Rate + int64(to%time.Second)*audio.Rate/int64(time.Second)
	for {
		was := p.place.Load()
		if p.place.CompareAndSwap(was, (was>>placeBits+1)<<placeBits|uint64(sample)) {
			break
		}
	}
	signal(p.wake)
}

// Done reports whether all has been played.
func (p *Player) Done() bool { return p.ended.Load() == p.place.Load()>>placeBits+1 }

// Err is what kept the file from being read to its end, nil when nothing did.
func (p *Player) Err() error {
	if err := p.err.Load(); err != nil {
		return *err
	}
	return nil
}

// Close closes the file and returns when nothing reads it any more. Read gives silence from then on.
func (p *Player) Close() error {
	var err error
	p.once.Do(func() {
		p.closed.Store(true)
		close(p.stop)
		p.group.Wait()
		err = p.file.Close()
	})
	return err
}

// Read implements audio.Source. While the file is too slow, and when all has been played, it is silent.
func (p *Player) Read(block []int16) bool {
	sound := false
	was := p.place.Load()
	if p.turn != was>>placeBits {
		p.turn, p.last = was>>placeBits, false
		p.stretch.Reset()
	}
	if speed := p.Speed(); speed != 1 || !p.stretch.Empty() {
		n := p.stretched(block, speed)
		block, sound = block[n:], n > 0
		if speed != 1 || !p.stretch.Empty() {
			clear(block)
			return sound
		}
	}
	for len(block) > 0 {
		c := p.front()
		if c == nil {
			break
		}
		n := copy(block, c.pcm[p.used:c.n])
		block = block[n:]
		if p.used += n; n > 0 {
			sound = true
			p.reached(c.at + int64(p.used))
		}
		if p.used < c.n {
			break
		}
		if p.pop(c); p.last {
			p.ended.Store(p.turn + 1)
		}
	}
	clear(block)
	return sound
}

// stretched fills block at a speed and returns how much of it there is sound for.
func (p *Player) stretched(block []int16, speed float64) int {
	done := 0
	for {
		done += p.stretch.Take(block[done:], speed, p.last)
		need := p.stretch.Need(len(block)-done, speed)
		if done == len(block) || need == 0 || speed == 1 { // at speed 1 the rest is read as it is
			break
		}
		c := p.front()
		if c == nil {
			break
		}
		n := p.stretch.Put(c.pcm[p.used:c.n])
		p.put = c.at + int64(p.used+n)
		if p.used += n; p.used == c.n {
			p.pop(c)
		}
	}
	if done > 0 {
		p.reached(p.put - int64(p.stretch.Pending()))
	}
	if p.last && p.stretch.Empty() {
		p.ended.Store(p.turn + 1)
	}
	return done
}

// front is the sound to play next, nil when there is none yet.
func (p *Player) front() *chunk {
	for {
		c := p.queue.front()
		if c == nil || p.closed.Load() {
			return nil
		}
		if c.turn == p.turn {
			return c
		}
		p.pop(c)
	}
}

// pop lets go of the first chunk of the queue.
func (p *Player) pop(c *chunk) {
	if c.turn == p.turn {
		p.last = c.last
	}
	p.used = 0
	p.queue.pop()
	if p.queue.len() < ahead/2 {
		signal(p.wake)
	}
}

// reached tells how far it has been played, unless somebody has gone elsewhere meanwhile.
func (p *Player) reached(place int64) {
	if was := p.place.Load(); was>>placeBits == p.turn {
		p.place.CompareAndSwap(was, p.turn<<placeBits|uint64(min(max(place, 0), p.length)))
	}
}

// fill is the reading goroutine.
func (p *Player) fill() {
	turn := uint64(0)
	var err error          // why there is nothing more to read
	for told := false; ; { // told: the last chunk is in the queue
		if place := p.place.Load(); place>>placeBits != turn {
			turn, told = place>>placeBits, false
			err = p.decoder.seek(int64(place & placeMask))
		}
		c := p.queue.back()
		if c == nil || told {
			select {
			case <-p.wake:
				continue
			case <-p.stop:
				return
			}
		}
		if p.closed.Load() {
			return
		}
		c.turn, c.n = turn, 0
		if err == nil {
			c.n, c.at, err = p.decoder.read(c.pcm[:])
		}
		c.last, told = err != nil, err != nil
		if err != nil && !errors.Is(err, io.EOF) {
			p.err.Store(&err)
		}
		p.queue.push()
	}
}
