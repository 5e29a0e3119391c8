package device

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jfreymuth/pulse/proto"

	"svara/audio"
)

const (
	spare = 2 * audio.Rate / 1000 // begun with, above the piece that the sink takes

	// The server says that it wants more after this much. We do not wait for that: it is only long so that it says so
	// seldom.
	seldom = audio.Rate / 2

	askEvery = 10              // blocks between two questions of how much is queued
	hung     = 5               // questions without an answer: the server hangs
	respite  = audio.Rate / 10 // without a block for so long, there was nothing to be late
	ringRoom = audio.Rate / 10 // of a ring's stream,
	ringStep = audio.Rate / 50 // which is filled in pieces of this
)

// pulseOutput is a sound server's speaker. The audio loop's own goroutine writes each block to the connection; nothing
// else runs for it. The server is asked now and then when what was just written will be heard, and the cushion makes of
// that how the next blocks are bent. When a block comes too late, the server waits for it in silence and says so: nothing
// is lost.
type pulseOutput struct {
	pulseEnd
	begin  int // the cushion to begin with
	frames []byte

	// The loop's, which calls step.
	cushion  *cushion
	block    [audio.BlockSize]int16
	bent     []int16
	blocks   int // since the last question
	asked    uint32
	seen     uint32 // answers
	late     uint32 // underflows
	jammed   bool   // nothing is written
	came     time.Time
	stepping bool

	// Written by the goroutine that reads, read by the loop.
	answers, underflows atomic.Uint32
	level               atomic.Int64 // samples between a block that comes and its sounding, at the last answer

	read int64 // the server's place in the sound at the last answer; reading goroutine

	needs  atomic.Int64 // the cushion that it has turned out to need; stored by the loop, 0 while it has made do
	credit atomic.Int64 // bytes that the server wants; a ring's
}

func (p *pulse) Output(id string, patient bool) (Output, error) {
	d, err := p.find(id, false)
	if err != nil {
		return nil, err
	}
	learned, period := p.habits.of(d.ID)
	// The sink's part of the delay is half of what is left of the target after two requests.
	target, request, name := 2*seldom+2*period, seldom, "Call"
	if patient {
		target, request, name = ringRoom, ringStep, "Ringing"
	}
	out := &pulseOutput{pulseEnd: pulseEnd{backend: p, device: d, failed: make(chan error, 1)}}
	out.bent = make([]int16, maxBlock)
	out.frames = make([]byte, 0, 2*frameHead+2*maxBlock+64)
	if out.link, err = dialServer(nil, out.told, out.event); err != nil {
		return nil, fmt.Errorf("open %q: %w", d.Name, err)
	}
	var made proto.CreatePlaybackStreamReply
	err = out.link.Request(&proto.CreatePlaybackStream{
		SampleSpec: house, ChannelMap: proto.ChannelMap{proto.ChannelMono}, SinkIndex: proto.Undefined, SinkName: d.name,
		BufferMaxLength: 2 * 4 * audio.Rate, BufferTargetLength: uint32(2 * target), BufferMinimumRequest: uint32(2 * request),
		BufferPrebufferLength: 2, AdjustLatency: true, // begins with the first sample, also after it ran dry
		Properties: properties(name), ChannelVolumes: proto.ChannelVolumes{uint32(proto.VolumeNorm)},
	}, &made)
	if err != nil {
		out.link.close()
		return nil, fmt.Errorf("open %q: %w", d.Name, verdictOf(err))
	}
	out.index = made.StreamIndex
	out.credit.Add(int64(made.Missing))
	out.begin = max(int(made.SinkLatency)*audio.Rate/1e6+spare, shortPeriod+spare)
	out.cushion = newCushion(out.begin, askEvery)
	out.cushion.expect(learned)
	return out, nil
}

// Play implements Output.
func (o *pulseOutput) Play(p *Port) error {
	o.port.Store(p)
	step := o.step
	p.direct.Store(&step)
	err := o.run(p)
	p.direct.Store(nil)
	o.backend.habits.learn(o.device.ID, int(o.needs.Load()))
	return err
}

// step sends what the loop has put into the ring. The loop calls it.
func (o *pulseOutput) step() {
	p := o.port.Load()
	now := time.Now()
	if !o.stepping {
		o.stepping = true
		p.Ring.Discard(max(0, p.Ring.Len()-audio.BlockSize)) // what was said while it was opened
		o.silence(o.cushion.start())
	}
	if n := o.underflows.Load(); n != o.late {
		o.late = n
		if !o.jammed && now.Sub(o.came) < span(respite) && o.cushion.starved() {
			p.flow.underruns.Add(1)
			o.needs.Store(int64(o.cushion.want))
			o.silence(o.cushion.grow) // else the next block would come just in time, or just not
		}
	}
	o.came = now
	if n := o.answers.Load(); n != o.seen {
		o.seen = n
		o.measured(int(o.level.Load()))
		p.waiting.Store(o.level.Load())
	}
	for p.Ring.Len() > 0 {
		block := o.block[:p.Ring.Read(o.block[:])]
		if o.jammed || o.asked-o.seen >= hung { // what is written now would be heard far too late, if ever
			if o.asked == o.seen {
				o.ask(o.frames[:0])
			}
			continue
		}
		o.send(o.cushion.play(o.bent, block))
	}
}

// measured takes an answer. A server may have filled its own buffer with silence before it found a stream to play, or its
// device stands still: then nothing is written until that has passed, so that it is not heard late ever after.
func (o *pulseOutput) measured(level int) {
	switch {
	case !o.jammed && level > o.begin+jam:
		o.jammed = true
		o.port.Load().flow.overruns.Add(1)
	case o.jammed && level <= o.cushion.want+audio.BlockSize:
		o.jammed = false
		o.cushion.again()
	case !o.jammed:
		o.cushion.level(level)
	}
}

// send writes a block to the connection, and now and then the question when it will be heard behind it.
func (o *pulseOutput) send(pcm []int16) {
	o.frames = o.frames[:0]
	if len(pcm) > 0 {
		o.frames = o.frames[:frameHead+2*len(pcm)]
		putHead(o.frames, 2*len(pcm), o.index)
		for i, s := range pcm {
			binary.LittleEndian.PutUint16(o.frames[frameHead+2*i:], uint16(s))
		}
	}
	if o.blocks++; o.blocks >= askEvery {
		o.blocks = 0
		o.ask(o.frames)
		return
	}
	o.write()
}

func (o *pulseOutput) ask(frames []byte) {
	at := time.Now()
	o.asked++
	f := append(frames, make([]byte, frameHead)...)
	head := f[len(frames):]
	f = append(f, 'L')
	f = binary.BigEndian.AppendUint32(f, opLatency)
	f = append(f, 'L')
	f = binary.BigEndian.AppendUint32(f, ownTags|o.asked)
	f = append(f, 'L')
	f = binary.BigEndian.AppendUint32(f, o.index)
	f = append(f, 'T')
	f = binary.BigEndian.AppendUint32(f, uint32(at.Unix()))
	f = binary.BigEndian.AppendUint32(f, uint32(at.Nanosecond()/1000))
	putHead(head, len(f)-len(frames)-frameHead, controlFrame)
	o.frames = f
	o.write()
}

func (o *pulseOutput) write() {
	if err := o.link.wire.send(o.frames); err != nil {
		o.fail(err)
	}
}

func (o *pulseOutput) silence(n int) {
	clear(o.bent)
	for ; n > 0; n -= len(o.bent) {
		o.send(o.bent[:min(n, len(o.bent))])
	}
}

// told takes the messages that come while sound flows, in the goroutine that reads.
func (o *pulseOutput) told(op uint32, body []byte) {
	switch op {
	case opRequest:
		if len(body) >= 10 {
			o.credit.Add(int64(binary.BigEndian.Uint32(body[6:])))
			if p := o.port.Load(); p != nil {
				p.wake()
			}
		}
	case opUnderflow:
		o.underflows.Add(1)
	case opReply:
		o.answered(body)
	}
}

// latencyReply is how long the server's answer is: latency, what is always 0, whether it runs, when it was asked and when
// it answers, and where it writes and reads.
const latencyReply = 9 + 9 + 1 + 9 + 9 + 9 + 9

func (o *pulseOutput) answered(body []byte) {
	if len(body) < latencyReply {
		return
	}
	stamp := func(at int) int64 {
		return int64(binary.BigEndian.Uint32(body[at+1:]))*1e6 + int64(binary.BigEndian.Uint32(body[at+5:]))
	}
	word := func(at int) int64 { return int64(binary.BigEndian.Uint64(body[at+1:])) }
	took := stamp(28) - stamp(19)
	if took < 0 || took > 1e6 { // somebody has set the clock
		took = 0
	}
	written, read := word(37), word(46)
	o.level.Store((word(0)+took)*audio.Rate/1e6 + (written-read)/2 - audio.BlockSize)
	o.answers.Add(1)
	if read != o.read {
		if p := o.port.Load(); p != nil {
			p.progress.Add(uint64(max(read-o.read, 2)) / 2)
		}
		o.read = read
	}
}

// Pull implements Output.
func (o *pulseOutput) Pull(p *Port, fill func([]int16)) error {
	o.port.Store(p)
	for {
		for o.credit.Load() >= 2*audio.BlockSize {
			fill(o.block[:])
			o.credit.Add(-2 * audio.BlockSize)
			o.blocks = 0
			o.send(o.block[:])
			p.progress.Add(audio.BlockSize)
		}
		select {
		case <-p.Wake:
		case <-p.closing:
			return nil
		case err := <-o.failed:
			return fmt.Errorf("%q: %w", o.device.Name, err)
		case <-o.link.gone:
			return fmt.Errorf("%q: %w", o.device.Name, errNoServer)
		}
	}
}
