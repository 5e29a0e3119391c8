package mix

import (
	"sync/atomic"

	"svara/audio"
	"svara/audio/device"
	"svara/audio/dsp"
)

// mixer is the work of the loop without its clock: mixOnce turns one block of microphone into one block of speaker and
// one block for each party. The graph, the tones and the volumes are set by others through atomics; everything else is
// touched by the goroutine that calls mixOnce only.
type mixer struct {
	desk atomic.Pointer[desk]  // set under Console.mu, read by the loop
	tone atomic.Pointer[extra] // set under Console.mu, dropped by the loop when it is done
	play atomic.Pointer[extra] // likewise

	micVolume, speakerVolume level // set by anybody, read by the loop

	micMeter, speakerMeter *dsp.Meter // fed by the loop, read by anybody

	capture *capture // what is done to the microphone

	blocks, late, overruns atomic.Uint64 // counted by the loop, read by anybody

	micGain, speakerGain dsp.Gain                 // loop
	speakerLimiter       limiter                  // loop
	mic                  [audio.BlockSize]int16   // loop: the microphone, cleaned and after its gain
	out                  [audio.BlockSize]int16   // loop: what one party is sent, or an extra's block
	heard                [audio.BlockSize]float32 // loop: sum for the speaker
	mixed                [audio.BlockSize]float32 // loop: sum for one party
}

// desk is a Graph with everything the loop needs to mix it, made beforehand.
type desk struct {
	channels []*channel
	groups   []conference // loop
}

// conference is a group and the sum of what its members say.
type conference struct {
	number int64
	sum    [audio.BlockSize]float32
}

func (d *desk) sum(number int64) *[audio.BlockSize]float32 {
	for i := range d.groups {
		if d.groups[i].number == number {
			return &d.groups[i].sum
		}
	}
	return nil
}

// extra is a source that only we hear.
type extra struct{ source audio.Source }

// ender is a Source that ends by itself.
type ender interface{ Done() bool }

func newMixer() *mixer {
	m := &mixer{
		micMeter:     dsp.NewMeter(audio.Rate / audio.BlockSize),
		speakerMeter: dsp.NewMeter(audio.Rate / audio.BlockSize),
		micGain:      dsp.NewGain(1),
		speakerGain:  dsp.NewGain(1),
		capture:      newCapture(),
	}
	m.micVolume.store(1)
	m.speakerVolume.store(1)
	m.desk.Store(&desk{})
	return m
}

// setGraph puts a graph in force, keeping the channels of streams that stay, and returns its channels.
func (m *mixer) setGraph(g Graph, old []*channel) []*channel {
	d := &desk{}
	seat := func(number int64) {
		if number != 0 && d.sum(number) == nil {
			d.groups = append(d.groups, conference{number: number})
		}
	}
	for _, p := range g.Parties {
		ch := find(old, p.Stream)
		if ch == nil {
			ch = &channel{stream: p.Stream, meter: dsp.NewMeter(audio.Rate / audio.BlockSize)}
		}
		seat(ch.group.Load()) // the one it has been in has to be there while it leaves
		seat(int64(p.Group))
		ch.set(p)
		d.channels = append(d.channels, ch)
	}
	m.desk.Store(d)
	return d.channels
}

func find(channels []*channel, s audio.Stream) *channel {
	for _, ch := range channels {
		if ch.stream == s {
			return ch
		}
	}
	return nil
}

func put(slot *atomic.Pointer[extra], s audio.Source) {
	if s == nil {
		slot.Store(nil)
		return
	}
	slot.Store(&extra{s})
}

// ports are the devices of a turn; nil is none.
type ports struct{ mic, speaker *device.Port }

// mixOnce is one turn of the loop: mic is what the microphone said, nil when it said nothing, speaker is filled with what
// is to be heard. It allocates nothing and waits for nothing.
func (m *mixer) mixOnce(mic, speaker []int16, on ports) {
	d := m.desk.Load()
	clear(m.heard[:])
	for i := range d.groups {
		clear(d.groups[i].sum[:])
	}
	for _, ch := range d.channels {
		ch.take(d, &m.heard)
	}
	m.over(&m.tone)
	m.over(&m.play)
	m.speak(speaker)

	clear(m.mic[copy(m.mic[:], mic):])
	if len(d.channels) > 0 { // else nobody hears it
		m.capture.process(m.mic[:], speaker, on, mic != nil)
	}
	m.micGain.Apply(m.mic[:], m.micVolume.load())
	m.micMeter.Feed(m.mic[:])
	for _, ch := range d.channels {
		ch.give(&m.mic, &m.out, &m.mixed)
		if slot := ch.tap.Load(); slot != nil {
			slot.tap.Tap(m.out[:], ch.block[:])
		}
		ch.tell(&m.out)
		ch.stream.Write(m.out[:])
	}
	m.blocks.Add(1)
}

// over plays an extra in the speaker, over what the parties say.
func (m *mixer) over(slot *atomic.Pointer[extra]) {
	e := slot.Load()
	if e == nil {
		return
	}
	if e.source.Read(m.out[:]) {
		for i, s := range m.out {
			m.heard[i] += float32(s)
		}
	}
	if s, ok := e.source.(ender); ok && s.Done() {
		slot.CompareAndSwap(e, nil)
	}
}

// speak turns the sum into the speaker's block.
func (m *mixer) speak(speaker []int16) {
	volume := float32(m.speakerVolume.load())
	if stands(&m.speakerGain, volume) {
		for i, v := range m.heard {
			m.heard[i] = v * volume
		}
	} else {
		for i, v := range m.heard {
			m.heard[i] = v * m.speakerGain.Next(volume)
		}
	}
	m.speakerLimiter.process(speaker, m.heard[:])
	m.speakerMeter.Feed(speaker)
}
