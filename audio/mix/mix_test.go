package mix

import (
	"fmt"
	"math"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/tone"
)

// singer is a party that says a tone and remembers what it hears.
type singer struct {
	says  []int16 // one block, over again: tones here are whole numbers of periods in 10 ms
	heard []int16
	keep  bool
}

func newVoice(freq float64) *singer {
	v := &singer{keep: true}
	if freq > 0 {
		v.says = audiotest.Sine(audio.BlockSize, audio.Rate, freq, 4000)
	}
	return v
}

func (v *singer) Read(block []int16) bool {
	if v.says == nil {
		clear(block)
		return false
	}
	copy(block, v.says)
	return true
}

func (v *singer) Write(block []int16) {
	if v.keep {
		v.heard = append(v.heard, block...)
	}
}

// hears asserts that exactly these of the frequencies (and nothing else of them) are in pcm, at about 4000.
func hears(t *testing.T, who string, pcm []int16, want ...float64) {
	t.Helper()
	for _, f := range []float64{500, 700, 900, 1100} {
		a := audiotest.Amplitude(pcm, f)
		should := false
		for _, w := range want {
			should = should || w == f
		}
		if should && math.Abs(a-4000) > 100 {
			t.Errorf("%s: %.0f Hz is %.0f, should be 4000", who, f, a)
		} else if !should && a > 20 {
			t.Errorf("%s: %.0f Hz is %.0f, should not be there", who, f, a)
		}
	}
}

// turns mixes n blocks with a microphone that says 500 Hz and returns what the speaker says in the last half of them.
func turns(m *mixer, n int) []int16 {
	mic := audiotest.Sine(audio.BlockSize, audio.Rate, 500, 4000)
	var out []int16
	for i := range n {
		speaker := make([]int16, audio.BlockSize)
		m.mixOnce(mic, speaker, ports{})
		if i >= n/2 {
			out = append(out, speaker...)
		}
	}
	return out
}

func TestWhoHearsWhom(t *testing.T) {
	alone, b, c, held := newVoice(700), newVoice(900), newVoice(1100), newVoice(700)
	m := newMixer()
	m.setGraph(Graph{Parties: []Party{
		{Stream: alone, Gain: 1, Listen: true},
		{Stream: b, Gain: 1, Listen: true, Group: 5},
		{Stream: c, Gain: 1, Listen: true, Group: 5},
		{Stream: held, Gain: 1, MicOff: true},
	}}, nil)
	speaker := turns(m, 20)
	hears(t, "we", speaker, 700, 900, 1100)
	tail := func(v *singer) []int16 { return v.heard[len(v.heard)/2:] }
	hears(t, "the one alone", tail(alone), 500)
	hears(t, "b of the conference", tail(b), 500, 1100)
	hears(t, "c of the conference", tail(c), 500, 900)
	hears(t, "the one on hold", tail(held))
	if len(held.heard) != 20*audio.BlockSize {
		t.Error("the one on hold gets no silence to send")
	}
}

func TestTwoConferences(t *testing.T) {
	a, b, c, d := newVoice(500), newVoice(700), newVoice(900), newVoice(1100)
	m := newMixer()
	m.setGraph(Graph{Parties: []Party{
		{Stream: a, Gain: 1, MicOff: true, Group: 1}, {Stream: b, Gain: 1, MicOff: true, Group: 1},
		{Stream: c, Gain: 1, MicOff: true, Group: 2}, {Stream: d, Gain: 1, MicOff: true, Group: 2},
	}}, nil)
	speaker := turns(m, 10)
	hears(t, "we", speaker)
	tail := func(v *singer) []int16 { return v.heard[len(v.heard)/2:] }
	hears(t, "a", tail(a), 700)
	hears(t, "b", tail(b), 500)
	hears(t, "c", tail(c), 1100)
	hears(t, "d", tail(d), 900)
}

func TestChangesDoNotClick(t *testing.T) {
	v := newVoice(700)
	m := newMixer()
	graph := func(p Party, old []*channel) []*channel {
		p.Stream = v
		return m.setGraph(Graph{Parties: []Party{p}}, old)
	}
	mic := audiotest.Sine(audio.BlockSize, audio.Rate, 500, 4000)
	var speaker []int16
	run := func() {
		for range 4 {
			block := make([]int16, audio.BlockSize)
			m.mixOnce(mic, block, ports{})
			speaker = append(speaker, block...)
		}
	}
	ch := graph(Party{Gain: 1, Listen: true}, nil)
	run()
	ch = graph(Party{Gain: 1, Listen: true, MicOff: true}, ch)
	run()
	ch = graph(Party{Gain: 0.2, Listen: true}, ch)
	run()
	ch = graph(Party{Gain: 1}, ch)
	m.micVolume.store(0.1)
	run()
	graph(Party{Gain: 1, Listen: true}, ch)
	m.speakerVolume.store(0)
	run()
	own := 367 // 4000 x 2 pi x 700 / 48000
	if j := audiotest.Jump(speaker[audio.BlockSize:]); j > own+40 {
		t.Errorf("the speaker clicks: %d, the tone's own steps are %d", j, own)
	}
	if j := audiotest.Jump(v.heard[audio.BlockSize:]); j > own+40 {
		t.Errorf("the party hears clicks: %d", j)
	}
	if r := audiotest.RMS(v.heard[7*audio.BlockSize : 8*audio.BlockSize]); r != 0 {
		t.Errorf("muted, it still hears %.0f", r)
	}
	if r := audiotest.RMS(speaker[len(speaker)-audio.BlockSize:]); r != 0 {
		t.Errorf("turned down, the speaker still says %.0f", r)
	}
}

// Ten who shout together must be turned down, not cut off: their tones stay tones.
func TestTenLoudVoicesStayClean(t *testing.T) {
	m := newMixer()
	var parties []Party
	for range 10 {
		v := &singer{says: audiotest.Sine(audio.BlockSize, audio.Rate, 700, 30000), keep: true}
		parties = append(parties, Party{Stream: v, Gain: 2, Listen: true, Group: 1})
	}
	m.setGraph(Graph{Parties: parties}, nil)
	m.micVolume.store(2)
	speaker := turns(m, 40)
	one := parties[0].Stream.(*singer).heard
	const own = 2252 // a 700 Hz tone at the ceiling
	if j := audiotest.Jump(speaker); j > own+300 {
		t.Errorf("the speaker wraps over or is cut: step of %d, the tone's own are %d", j, own)
	}
	if snr := audiotest.SNR(speaker, audio.Rate, 700); snr < 40 {
		t.Errorf("in the speaker the voices are %.0f dB above their distortion", snr)
	}
	if a := audiotest.Amplitude(speaker, 700); a < 20000 {
		t.Errorf("the speaker is turned down to %.0f", a)
	}
	one = one[len(one)/2:]
	if r, a, b := audiotest.RMS(one), audiotest.Amplitude(one, 700), audiotest.Amplitude(one, 500); a < 18000 || r > 1.05*math.Hypot(a, b)/math.Sqrt2 {
		t.Errorf("a member hears %.0f of the others and %.0f of us, and %.0f of all", a/math.Sqrt2, b/math.Sqrt2, r)
	}
	if _, s := m.micMeter.DB(), m.speakerMeter.DB(); s < -4 {
		t.Errorf("the meter says %.1f dBFS", s)
	}

	// When they are quiet again, it is as loud as it comes within a second.
	for _, p := range parties {
		v := p.Stream.(*singer)
		v.says = audiotest.Sine(audio.BlockSize, audio.Rate, 700, 100)
	}
	turns(m, 100)
	if a := audiotest.Amplitude(turns(m, 20), 700); math.Abs(a-2000) > 60 {
		t.Errorf("afterwards 2000 is %.0f", a)
	}
}

func TestTonePlaysOverAndEnds(t *testing.T) {
	m := newMixer()
	put(&m.tone, tone.DTMF('1'))
	speaker := turns(m, 10)
	if a := audiotest.Amplitude(speaker[:2*audio.BlockSize], 697); a < 2000 {
		t.Errorf("697 Hz is %.0f", a)
	}
	turns(m, 15)
	if m.tone.Load() != nil {
		t.Error("a tone that has ended is still there")
	}
}

func mixerOf(n int) *mixer {
	m := newMixer()
	var parties []Party
	for i := range n {
		v := newVoice(500 + 200*float64(i%4))
		v.keep = false
		group := 0
		if n > 1 {
			group = 1
		}
		parties = append(parties, Party{Stream: v, Gain: 1, Listen: true, Group: group})
	}
	m.setGraph(Graph{Parties: parties}, nil)
	return m
}

func TestMixingAllocatesNothing(t *testing.T) {
	mic, speaker := make([]int16, audio.BlockSize), make([]int16, audio.BlockSize)
	for _, n := range []int{0, 1, 10} {
		m := mixerOf(n)
		put(&m.tone, tone.Plan("se").Ringback())
		if a := testing.AllocsPerRun(100, func() { m.mixOnce(mic, speaker, ports{}) }); a != 0 {
			t.Errorf("%d parties: %.0f allocations a block", n, a)
		}
	}
}

func BenchmarkMixOnce(b *testing.B) {
	for _, n := range []int{1, 10} {
		b.Run(fmt.Sprintf("%dparties", n), func(b *testing.B) {
			m := mixerOf(n)
			mic, speaker := audiotest.Tone(audio.BlockSize, 500), make([]int16, audio.BlockSize)
			b.ReportAllocs()
			for b.Loop() {
				m.mixOnce(mic, speaker, ports{})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e5, "%core")
		})
	}
}
