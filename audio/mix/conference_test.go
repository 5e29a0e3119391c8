package mix

import (
	"math"
	"path/filepath"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/record"
)

// tap remembers what it is handed.
type tap struct{ sent, heard []int16 }

func (t *tap) Tap(sent, heard []int16) {
	t.sent, t.heard = append(t.sent, sent...), append(t.heard, heard...)
}

// pitch is the tone of the n-th party: whole periods in a block, and not our 500 Hz.
func pitch(n int) float64 { return 600 + 100*float64(n) }

// crowd is n parties in one conference, each with its own tone of a loudness.
func crowd(n int, loud float64) ([]*singer, []Party) {
	var voices []*singer
	var parties []Party
	for i := range n {
		v := &singer{says: audiotest.Sine(audio.BlockSize, audio.Rate, pitch(i), loud), keep: true}
		voices = append(voices, v)
		parties = append(parties, Party{Stream: v, Gain: 1, Listen: true, Group: 1})
	}
	return voices, parties
}

// amplitude asserts how loud a frequency is.
func amplitude(t *testing.T, who string, pcm []int16, freq, want float64) {
	t.Helper()
	if a := audiotest.Amplitude(pcm, freq); math.Abs(a-want) > 10+want/50 {
		t.Errorf("%s: %.0f Hz is %.0f, should be %.0f", who, freq, a, want)
	}
}

// last is the end of what a singer has heard.
func (v *singer) last(blocks int) []int16 { return v.heard[len(v.heard)-blocks*audio.BlockSize:] }

// Each of ten hears the nine others and us, and never itself; and so when we are away.
func TestTenHearEachOther(t *testing.T) {
	const loud = 1500
	for _, away := range []bool{false, true} {
		voices, parties := crowd(10, loud)
		for i := range parties {
			parties[i].MicOff, parties[i].Listen = away, !away
		}
		m := newMixer()
		m.setGraph(Graph{Parties: parties}, nil)
		speaker := turns(m, 20)
		we, ours := float64(loud), 4000.0
		if away {
			we, ours = 0, 0
		}
		for i, v := range voices {
			amplitude(t, "we", speaker, pitch(i), we)
			amplitude(t, "a member", v.last(10), 500, ours)
			for j := range voices {
				want := float64(loud)
				if i == j {
					want = 0
				}
				amplitude(t, "a member", v.last(10), pitch(j), want)
			}
		}
	}
}

// What a party gives to its conference and what is taken out of it again must be the same also while faders move.
func TestNothingOfItselfComesBack(t *testing.T) {
	voices, parties := crowd(2, 9000)
	voices[1].says = nil // one talks, the other listens
	m := newMixer()
	var channels []*channel
	for _, gain := range []float64{1, 0.3, 2, 0, 1} {
		for _, group := range []int{1, 0, 2} {
			for i := range parties {
				parties[i].Gain, parties[i].Group, parties[i].MicOff = gain, group, true
			}
			channels = m.setGraph(Graph{Parties: parties}, channels)
			for range 3 {
				m.mixOnce(make([]int16, audio.BlockSize), make([]int16, audio.BlockSize), ports{})
			}
		}
	}
	if r := audiotest.RMS(voices[0].heard); r != 0 {
		t.Errorf("the one that talks hears %.2f of itself", r)
	}
	if r := audiotest.RMS(voices[1].heard); r < 1000 {
		t.Errorf("the other hears %.0f", r)
	}
}

func TestSilencedIsHeardByNobody(t *testing.T) {
	voices, parties := crowd(3, 4000)
	parties[1].Silent = true
	m := newMixer()
	channels := m.setGraph(Graph{Parties: parties}, nil)
	speaker := turns(m, 10)
	for i, want := range []float64{4000, 0, 4000} {
		amplitude(t, "we", speaker, pitch(i), want)
	}
	amplitude(t, "the first", voices[0].last(5), pitch(1), 0)
	amplitude(t, "the first", voices[0].last(5), pitch(2), 4000)
	for i, want := range []float64{4000, 0, 4000} { // it goes on hearing
		amplitude(t, "the silenced", voices[1].last(5), pitch(i), want)
	}
	parties[1].Silent = false
	m.setGraph(Graph{Parties: parties}, channels)
	speaker = turns(m, 10)
	amplitude(t, "we, afterwards", speaker, pitch(1), 4000)
	amplitude(t, "the first, afterwards", voices[0].last(5), pitch(1), 4000)
}

func TestGainIsForTheGroupToo(t *testing.T) {
	voices, parties := crowd(3, 4000)
	parties[0].Gain, parties[1].Gain = 0.25, 2
	m := newMixer()
	m.setGraph(Graph{Parties: parties}, nil)
	speaker := turns(m, 10)
	for i, want := range []float64{1000, 8000, 4000} {
		amplitude(t, "we", speaker, pitch(i), want)
		if i != 2 {
			amplitude(t, "the third", voices[2].last(5), pitch(i), want)
		}
	}
}

// Who comes, goes, is silenced or made louder does not click for anybody.
func TestConferenceChangesDoNotClick(t *testing.T) {
	voices, parties := crowd(3, 3000)
	for i, v := range voices { // at a block's edge, where things change, none of them is at zero
		at := audio.Rate / int(4*pitch(i))
		v.says = append(v.says[at:len(v.says):len(v.says)], v.says[:at]...)
	}
	m := newMixer()
	var channels []*channel
	var speaker []int16
	mic := audiotest.Sine(audio.BlockSize, audio.Rate, 500, 3000)
	step := func(change func(p []Party)) {
		change(parties)
		channels = m.setGraph(Graph{Parties: parties}, channels)
		for range 5 {
			block := make([]int16, audio.BlockSize)
			m.mixOnce(mic, block, ports{})
			speaker = append(speaker, block...)
		}
	}
	step(func(p []Party) {})
	step(func(p []Party) { p[0].Silent = true })
	step(func(p []Party) { p[0].Silent = false; p[1].Gain = 0.3 })
	step(func(p []Party) { p[1].Group = 0 })
	step(func(p []Party) { p[2].Group = 7; p[1].Group = 7 })
	step(func(p []Party) { p[0].Group = 7 })
	step(func(p []Party) { p[1].Gain = 1; p[2].Listen = false })
	step(func(p []Party) { p[0].Group, p[1].Group, p[2].Group = 1, 1, 1; p[2].MicOff = true })
	own := 0.0 // the steepest that all tones together are
	for _, f := range []float64{500, 600, 700, 800} {
		own += 3000 * 2 * math.Pi * f / audio.Rate
	}
	for who, pcm := range map[string][]int16{"we": speaker, "the first": voices[0].heard, "the second": voices[1].heard, "the third": voices[2].heard} {
		if j := audiotest.Jump(pcm[audio.BlockSize:]); float64(j) > own+60 {
			t.Errorf("%s: a click of %d, the tones' own steps are %.0f", who, j, own)
		}
	}
	for i, v := range voices {
		for j := range voices {
			want := 3000.0
			if i == j {
				want = 0
			}
			amplitude(t, "back together, a member", v.last(3), pitch(j), want)
		}
	}
}

// A limiter that turns down does not click either, even if what it has to bring down comes later in the block.
func TestLimiterGlides(t *testing.T) {
	var l limiter
	sum, out := make([]float32, 2*audio.BlockSize), make([]int16, 2*audio.BlockSize)
	for i := range sum {
		sum[i] = 20000
		if i > 3*audio.BlockSize/2 {
			sum[i] = 100000
		}
	}
	l.process(out[:audio.BlockSize], sum[:audio.BlockSize])
	l.process(out[audio.BlockSize:], sum[audio.BlockSize:])
	if j := audiotest.Jump(out[:3*audio.BlockSize/2]); j > 200 {
		t.Errorf("a step of %d", j)
	}
	if last := out[len(out)-1]; last < 24000 || last > 25000 {
		t.Errorf("100000 is brought down to %d", last)
	}
	for range 200 {
		l.process(out, sum[:audio.BlockSize])
	}
	if l.cut != 0 || out[0] != 20000 {
		t.Errorf("two seconds later it still takes away %f, and 20000 is %d", l.cut, out[0])
	}
}

// A tap gets both sides of the same instant, from the first block to the last.
func TestTap(t *testing.T) {
	voices, parties := crowd(2, 4000)
	quiet := &singer{keep: true}
	taps := []*tap{{}, {}}
	parties[0].Tap, parties[0].Gain, parties[0].Beep = taps[0], 0.5, true
	parties = append(parties, Party{Stream: quiet, Gain: 1, MicOff: true, Tap: taps[1]})
	m := newMixer()
	channels := m.setGraph(Graph{Parties: parties}, nil)
	turns(m, 30)
	if n := len(taps[0].sent); n != 30*audio.BlockSize || len(taps[0].heard) != n || len(taps[1].sent) != n || len(taps[1].heard) != n {
		t.Fatalf("%d, %d, %d and %d samples in 30 blocks", n, len(taps[0].heard), len(taps[1].sent), len(taps[1].heard))
	}
	sent := taps[0].sent[5*audio.BlockSize:]
	amplitude(t, "sent", sent, 500, 4000)
	amplitude(t, "sent", sent, pitch(1), 4000)
	amplitude(t, "sent", sent, pitch(0), 0)
	amplitude(t, "sent, the beep", sent, 1400, 0)
	amplitude(t, "the party, the beep", voices[0].heard[5*audio.BlockSize:15*audio.BlockSize], 1400, 2600)
	for i, v := range taps[0].heard { // as it said it, sample for sample
		if v != voices[0].says[i%audio.BlockSize] {
			t.Fatalf("sample %d of what was heard is %d, it said %d", i, v, voices[0].says[i%audio.BlockSize])
		}
	}
	if audiotest.RMS(taps[1].sent) != 0 || audiotest.RMS(taps[1].heard) != 0 {
		t.Error("silence on both sides is not silent in the tap")
	}
	for i, v := range quiet.heard[:audio.BlockSize] {
		if v != taps[1].sent[i] {
			t.Error("the tap got something else than the party")
		}
	}
	parties[0].Tap = nil
	m.setGraph(Graph{Parties: parties}, channels)
	turns(m, 5)
	if len(taps[0].sent) != 30*audio.BlockSize {
		t.Error("the tap is called after it has left")
	}
}

// The beep comes every 15 s, to the one who is to hear it and to nobody else.
func TestRecordingBeep(t *testing.T) {
	a, b := &singer{keep: true}, &singer{keep: true}
	m := newMixer()
	parties := []Party{{Stream: a, Gain: 1, Listen: true, MicOff: true, Group: 1, Beep: true}, {Stream: b, Gain: 1, Listen: true, MicOff: true, Group: 1}}
	channels := m.setGraph(Graph{Parties: parties}, nil)
	var speaker []int16
	run := func(blocks int) {
		for range blocks {
			block := make([]int16, audio.BlockSize)
			m.mixOnce(make([]int16, audio.BlockSize), block, ports{})
			speaker = append(speaker, block...)
		}
	}
	run(3100)
	ms := audio.Rate / 1000
	for _, at := range []int{0, 15000, 30000} {
		beep := a.heard[at*ms : (at+200)*ms]
		amplitude(t, "the beep", beep[10*ms:190*ms], 1400, 2600)
		if j := audiotest.Jump(beep); j > 490 { // 2600 x 2 pi x 1400 / 48000 is 476
			t.Errorf("the beep clicks: %d", j)
		}
		if r := audiotest.RMS(a.heard[(at+200)*ms : min((at+15000)*ms, len(a.heard))]); r != 0 {
			t.Errorf("between beeps it hears %.1f", r)
		}
	}
	if audiotest.RMS(b.heard) != 0 || audiotest.RMS(speaker) != 0 {
		t.Error("others hear the beep")
	}

	// It ends in the middle of a beep: that beep is played out, then no more. It starts anew with a beep.
	a.heard = nil
	run(1405) // 5 blocks into the fourth
	a.heard = nil
	parties[0].Beep = false
	channels = m.setGraph(Graph{Parties: parties}, channels)
	run(1600)
	amplitude(t, "the rest of the beep", a.heard[10*ms:140*ms], 1400, 2600)
	if j := audiotest.Jump(a.heard); j > 490 {
		t.Errorf("its end clicks: %d", j)
	}
	if r := audiotest.RMS(a.heard[160*ms:]); r != 0 {
		t.Errorf("the beep goes on with %.1f", r)
	}
	a.heard = nil
	parties[0].Beep = true
	m.setGraph(Graph{Parties: parties}, channels)
	run(20)
	amplitude(t, "a new recording's first beep", a.heard[10*ms:190*ms], 1400, 2600)
}

// once is a source that ends after some blocks.
type once struct{ blocks int }

func (o *once) Read(block []int16) bool {
	if o.blocks == 0 {
		clear(block)
		return false
	}
	o.blocks--
	copy(block, audiotest.Sine(audio.BlockSize, audio.Rate, 900, 4000))
	return true
}

func (o *once) Done() bool { return o.blocks == 0 }

func TestRecordingPlaysBesideTheTone(t *testing.T) {
	m := newMixer()
	v := newVoice(700)
	m.setGraph(Graph{Parties: []Party{{Stream: v, Gain: 1, Listen: true}}}, nil)
	put(&m.tone, newVoice(1100))
	put(&m.play, &once{blocks: 20})
	hears(t, "we", turns(m, 20), 700, 900, 1100)
	if m.play.Load() != nil {
		t.Error("a recording that has ended is still there")
	}
	hears(t, "we, afterwards", turns(m, 10), 700, 1100)
	hears(t, "the party", v.last(10), 500)
}

// A recorder hangs in the mixer as in a call: me left, them right.
func TestRecordAConference(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	r, err := record.Start(record.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	_, parties := crowd(2, 4000)
	parties[0].Tap = r
	m := newMixer()
	m.setGraph(Graph{Parties: parties}, nil)
	turns(m, 150)
	result, err := r.Stop()
	if err != nil || result.Duration != 1500*time.Millisecond || result.Lost != 0 {
		t.Errorf("%+v, %v", result, err)
	}
	p, err := record.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var pcm []int16
	for !p.Done() {
		block := make([]int16, audio.BlockSize)
		if p.Read(block) {
			pcm = append(pcm, block...)
		}
	}
	for _, f := range []float64{500, pitch(0), pitch(1)} {
		amplitude(t, "the recording", pcm[audio.Rate/2:], f, 4000)
	}
}

// drop is a tap that costs nothing.
type drop struct{ blocks int }

func (d *drop) Tap(_, _ []int16) { d.blocks++ }

// tappedTen is ten parties in a conference, each with another gain, tapped and told of it.
func tappedTen() *mixer {
	voices, parties := crowd(10, 4000)
	for i := range parties {
		voices[i].keep = false
		parties[i].Gain = 0.5 + float64(i)/10
		parties[i].Tap, parties[i].Beep = &drop{}, true
	}
	m := newMixer()
	m.setGraph(Graph{Parties: parties}, nil)
	return m
}

func TestConferenceAllocatesNothing(t *testing.T) {
	m := tappedTen()
	mic, speaker := audiotest.Tone(audio.BlockSize, 500), make([]int16, audio.BlockSize)
	if n := testing.AllocsPerRun(100, func() { m.mixOnce(mic, speaker, ports{}) }); n != 0 {
		t.Errorf("%.0f allocations a block", n)
	}
}

// BenchmarkConference10 is a block of ten who all talk, loud enough for the limiters, each tapped and told of it. It may
// take 3 % of a core: 300 microseconds.
func BenchmarkConference10(b *testing.B) {
	m := tappedTen()
	mic, speaker := audiotest.Tone(audio.BlockSize, 500), make([]int16, audio.BlockSize)
	b.ReportAllocs()
	for b.Loop() {
		m.mixOnce(mic, speaker, ports{})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e5, "%core")
}

// TestPartyLevels: who speaks in a conference can be seen, by the mark it was given; who is alone with us is not told of.
func TestPartyLevels(t *testing.T) {
	voices, parties := crowd(3, 8000)
	voices[1].says = nil
	for i := range parties {
		parties[i].Key = i
	}
	parties[0].Silent = true // not heard by anybody, but it can be seen that they speak
	parties[2].Group = 0
	c := &Console{mixer: newMixer()}
	c.channels = c.mixer.setGraph(Graph{Parties: parties}, nil)
	turns(c.mixer, 20)
	got := map[int]float64{}
	c.PartyLevels(func(key any, level float64) { got[key.(int)] = level })
	if len(got) != 2 || math.Abs(got[0]-20*math.Log10(8000.0/32768)) > 0.5 || got[1] != -90 {
		t.Errorf("%v", got)
	}
}
