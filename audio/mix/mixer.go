package mix

import (
	"math"
	"sync/atomic"

	"svara/audio"
	"svara/audio/dsp"
)

// mixer is the work of the loop without its clock: mixOnce turns one block of microphone into one block of speaker and
// one block for each party. The graph, the tone and the volumes are set by others through atomics; everything else is
// touched by the goroutine that calls mixOnce only.
type mixer struct {
	desk atomic.Pointer[desk]     // set under Console.mu, read by the loop
	tone atomic.Pointer[toneSlot] // set under Console.mu, dropped by the loop when it is done

	micVolume, speakerVolume level // set by anybody, read by the loop

	micMeter, speakerMeter *dsp.Meter // fed by the loop, read by anybody

	blocks, late, overruns atomic.Uint64 // counted by the loop, read by anybody

	micGain, speakerGain dsp.Gain                 // loop
	mic                  [audio.BlockSize]int16   // loop: the microphone after its gain
	out                  [audio.BlockSize]int16   // loop: what one party is sent
	beep                 [audio.BlockSize]int16   // loop: the tone
	heard                [audio.BlockSize]float32 // loop: sum for the speaker
}

// desk is a Graph with everything the loop needs to mix it, made beforehand.
type desk struct {
	channels []*channel
	groups   [][audio.BlockSize]int32 // sum of each conference; loop
}

// channel is one party's strip. It lives as long as its stream is in the graph, so that its faders glide.
type channel struct {
	stream audio.Stream // never changes

	gain  atomic.Uint64 // float64 bits, 0 when we do not listen: set under Console.mu, read by the loop
	send  atomic.Bool   // our microphone goes to it: set under Console.mu, read by the loop
	group atomic.Int32  // index into desk.groups, -1 for none: set under Console.mu, read by the loop

	fader dsp.Gain               // loop: how loud we hear it
	mute  dsp.Gain               // loop: how much of our microphone it gets
	block [audio.BlockSize]int16 // loop: what it said
	sound bool                   // loop: block is not silence
}

type toneSlot struct{ source audio.Source }

// ender is a Source that ends by itself.
type ender interface{ Done() bool }

func newMixer() *mixer {
	m := &mixer{
		micMeter:     dsp.NewMeter(audio.Rate / audio.BlockSize),
		speakerMeter: dsp.NewMeter(audio.Rate / audio.BlockSize),
		micGain:      dsp.NewGain(1),
		speakerGain:  dsp.NewGain(1),
	}
	m.micVolume.store(1)
	m.speakerVolume.store(1)
	m.desk.Store(&desk{})
	return m
}

// setGraph puts a graph in force, keeping the channels of streams that stay, and returns its channels.
func (m *mixer) setGraph(g Graph, old []*channel) []*channel {
	d := &desk{}
	places := map[int]int32{0: -1}
	for _, p := range g.Parties {
		if _, ok := places[p.Group]; !ok {
			places[p.Group] = int32(len(places) - 1)
		}
		ch := find(old, p.Stream)
		if ch == nil {
			ch = &channel{stream: p.Stream}
		}
		gain := 0.0
		if p.Listen {
			gain = limit(p.Gain)
		}
		ch.gain.Store(math.Float64bits(gain))
		ch.send.Store(!p.MicOff)
		ch.group.Store(places[p.Group])
		d.channels = append(d.channels, ch)
	}
	d.groups = make([][audio.BlockSize]int32, len(places)-1)
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

func (m *mixer) setTone(s audio.Source) {
	if s == nil {
		m.tone.Store(nil)
		return
	}
	m.tone.Store(&toneSlot{s})
}

// mixOnce is one turn of the loop: mic is what the microphone said (silence when there is none), speaker is filled with
// what is to be heard. It allocates nothing and waits for nothing.
func (m *mixer) mixOnce(mic, speaker []int16) {
	d := m.desk.Load()
	clear(m.heard[:])
	for i := range d.groups {
		clear(d.groups[i][:])
	}
	for _, ch := range d.channels {
		m.listen(d, ch)
	}
	m.playTone()
	m.speak(speaker)

	copy(m.mic[:], mic)
	m.micGain.Apply(m.mic[:], m.micVolume.load())
	m.micMeter.Feed(m.mic[:])
	for _, ch := range d.channels {
		m.send(d, ch)
	}
	m.blocks.Add(1)
}

// listen takes in what a party says.
func (m *mixer) listen(d *desk, ch *channel) {
	ch.sound = ch.stream.Read(ch.block[:])
	target := float32(math.Float64frombits(ch.gain.Load()))
	if !ch.sound {
		ch.fader = dsp.NewGain(float64(target)) // nothing to hear, nothing to glide
		return
	}
	if at := float32(ch.fader.Now()); at == target {
		if target != 0 {
			for i, s := range ch.block {
				m.heard[i] += float32(s) * target
			}
		}
	} else {
		for i, s := range ch.block {
			m.heard[i] += float32(s) * ch.fader.Next(target)
		}
	}
	if g := ch.group.Load(); g >= 0 && int(g) < len(d.groups) {
		sum := &d.groups[g]
		for i, s := range ch.block {
			sum[i] += int32(s)
		}
	}
}

func (m *mixer) playTone() {
	slot := m.tone.Load()
	if slot == nil {
		return
	}
	if slot.source.Read(m.beep[:]) {
		for i, s := range m.beep {
			m.heard[i] += float32(s)
		}
	}
	if e, ok := slot.source.(ender); ok && e.Done() {
		m.tone.CompareAndSwap(slot, nil)
	}
}

// speak turns the sum into the speaker's block.
func (m *mixer) speak(speaker []int16) {
	volume := float32(m.speakerVolume.load())
	for i, v := range m.heard {
		speaker[i] = dsp.SoftClip(v * m.speakerGain.Next(volume))
	}
	m.speakerMeter.Feed(speaker)
}

// send gives a party our microphone and the rest of its conference, but never itself.
func (m *mixer) send(d *desk, ch *channel) {
	open := float32(0)
	if ch.send.Load() {
		open = 1
	}
	g := ch.group.Load()
	conference := g >= 0 && int(g) < len(d.groups)
	if at := float32(ch.mute.Now()); at == open && !conference {
		if open == 1 {
			copy(m.out[:], m.mic[:])
		} else {
			clear(m.out[:])
		}
		ch.stream.Write(m.out[:])
		return
	}
	for i, s := range m.mic {
		v := int32(float32(s) * ch.mute.Next(open))
		if conference {
			v += d.groups[g][i]
			if ch.sound {
				v -= int32(ch.block[i])
			}
		}
		m.out[i] = int16(min(max(v, math.MinInt16), math.MaxInt16))
	}
	ch.stream.Write(m.out[:])
}
