package mix

import (
	"math"
	"os"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/device"
	"svara/audio/ring"
	"svara/audio/voice"
)

const aSecond = audio.Rate

// inRoom is a mixer whose microphone is cleaned.
func inRoom(t *testing.T, s voice.Settings) *mixer {
	t.Helper()
	if voice.Library == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("this build cleans no microphone")
		}
		t.Skip("this build cleans no microphone")
	}
	proc, err := voice.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proc.Close)
	m := newMixer()
	m.capture.wish.Store(&s)
	m.capture.stage.Store(&stage{proc: proc})
	return m
}

// teller is a party that says something and remembers what it hears.
type teller struct {
	says  []int16
	heard []int16
}

func (p *teller) Read(block []int16) bool {
	n := copy(block, p.says)
	clear(block[n:])
	p.says = p.says[n:]
	return true
}

func (p *teller) Write(block []int16) { p.heard = append(p.heard, block...) }

// echoing mixes as if the speaker were heard in the microphone some ms later, and adds near to that. Its result is what the
// microphone gave.
func echoing(m *mixer, on func(block int) ports, n, late int, loss float64, near []int16) (mic []int16) {
	played := make([]int16, n)
	block, speaker := make([]int16, audio.BlockSize), make([]int16, audio.BlockSize)
	for at := 0; at < n; at += audio.BlockSize {
		for i := range block {
			v := float64(near[at+i])
			if j := at + i - late*aSecond/1000; j >= 0 {
				v += float64(played[j]) * math.Pow(10, -loss/20)
			}
			block[i] = int16(v)
		}
		mic = append(mic, block...)
		m.mixOnce(block, speaker, on(at/audio.BlockSize))
		copy(played[at:], speaker)
	}
	return mic
}

// What we hear of a party does not go back to it, nor to a recording, whatever the volume; and a change of devices is
// survived.
func TestThePartyDoesNotHearItself(t *testing.T) {
	m := inRoom(t, voice.Settings{Echo: true, Noise: voice.NoiseMedium, HighPass: true})
	m.speakerVolume.store(1.7) // loud enough for the limiter
	n := 12 * aSecond
	party := &teller{says: audiotest.Scaled(audiotest.Talk(n, 7), -20)}
	tap := &tapped{}
	m.setGraph(Graph{Parties: []Party{{Stream: party, Gain: 1, Listen: true, Tap: tap}}}, nil)
	first, second := ports{newPort(), newPort()}, ports{newPort(), newPort()}
	mic := echoing(m, func(block int) ports {
		if block < 600 {
			return first
		}
		return second // the headset is unplugged
	}, n, 70, 6, audiotest.Noise(n, 5, 4))
	for _, span := range [][2]int{{3, 6}, {9, 12}} {
		from, to := span[0]*aSecond, span[1]*aSecond
		down := audiotest.Decibel(audiotest.RMS(mic[from:to])) - audiotest.Decibel(audiotest.RMS(party.heard[from:to]))
		t.Logf("from second %d: %.1f dB down", span[0], down)
		if down < 35 { // audio/voice measures how much it is; here it is whether all is joined up rightly
			t.Errorf("from second %d the party hears itself only %.1f dB softer", span[0], down)
		}
		if recorded := audiotest.RMS(tap.sent[from:to]); recorded > 2*audiotest.RMS(party.heard[from:to])+1 {
			t.Errorf("the recording has the echo: %.1f", recorded)
		}
	}
}

// newPort is a stream with nothing on its way.
func newPort() *device.Port { return &device.Port{Ring: ring.New(audio.BlockSize)} }

type tapped struct{ sent []int16 }

func (r *tapped) Tap(sent, _ []int16) { r.sent = append(r.sent, sent...) }

// Switching in the middle of a tone makes no click.
func TestSwitchingDoesNotClick(t *testing.T) {
	m := inRoom(t, voice.Settings{})
	party := &teller{}
	m.setGraph(Graph{Parties: []Party{{Stream: party, Gain: 1}}}, nil)
	tone := audiotest.Sine(audio.BlockSize, audio.Rate, 400, 8000)
	speaker := make([]int16, audio.BlockSize)
	settings := []voice.Settings{{}, {Echo: true}, {Echo: true, HighPass: true}, {HighPass: true}, {}, {Noise: voice.NoiseLow}}
	for i := range 600 {
		s := settings[i/100]
		m.capture.wish.Store(&s)
		m.mixOnce(tone, speaker, ports{})
	}
	steady := audiotest.Jump(tone)
	if j := audiotest.Jump(party.heard); j > steady*13/10 {
		t.Errorf("a step of %d; the tone's own are %d", j, steady)
	}
	for i := range settings {
		if a := audiotest.Amplitude(party.heard[(i*100+50)*audio.BlockSize:(i*100+90)*audio.BlockSize], 400); i < 5 && (a < 7000 || a > 9000) {
			t.Errorf("%+v: the tone of 8000 comes with %.0f", settings[i], a)
		}
	}
}

// A microphone is watched, and what is wrong with it passes.
func TestMicrophoneIsWatched(t *testing.T) {
	m := inRoom(t, voice.Settings{Noise: voice.NoiseMedium})
	m.setGraph(Graph{Parties: []Party{{Stream: &teller{}, Gain: 1}}}, nil)
	speaker := make([]int16, audio.BlockSize)
	say := func(pcm []int16) Health {
		for at := 0; at+audio.BlockSize <= len(pcm); at += audio.BlockSize {
			m.mixOnce(pcm[at:at+audio.BlockSize], speaker, ports{})
		}
		return Health(m.capture.watch.health.Load())
	}
	silence := make([]int16, aSecond)
	talk := audiotest.Talk(12*aSecond, 8)
	hiss := audiotest.Noise(12*aSecond, 5, 4)
	shout := append([]int16(nil), talk...)
	for i, v := range shout {
		shout[i] = int16(max(-32768, min(32767, 12*int(v))))
	}
	for _, step := range []struct {
		what string
		pcm  []int16
		want Health
	}{
		{"nothing, for two seconds", audiotest.Noise(2*aSecond, 0.4, 1), MicWell},
		{"nothing, for longer", append(silence, silence...), MicSilent},
		{"a room", hiss[:3*aSecond], MicWell},
		{"speech", audiotest.Mixed(audiotest.Scaled(talk, -25), hiss), MicWell},
		{"nothing between words", append(append(silence, silence...), append(silence, silence...)...), MicWell},
		{"faint speech", audiotest.Mixed(audiotest.Scaled(talk, -56), hiss), MicQuiet},
		{"speech again", audiotest.Mixed(audiotest.Scaled(talk, -25), hiss), MicWell},
		{"shouting", shout, MicClipping},
		{"speech after that", audiotest.Mixed(audiotest.Scaled(talk, -25), hiss), MicWell},
	} {
		if got := say(step.pcm); got != step.want {
			t.Errorf("%s: %d, want %d", step.what, got, step.want)
		}
	}
}

// Files say what they say: nothing is done to them, and nothing is made that could. In a room the processor lives as long
// as there is somebody to hear.
func TestOnlyARealMicrophoneIsCleaned(t *testing.T) {
	all := voice.Settings{Echo: true, Noise: voice.NoiseHigh, AutoLevel: true, HighPass: true}
	for _, b := range []device.Backend{device.Null(), device.Files("", "")} {
		c := console(t, b)
		c.Clean(all)
		party := newWatcher(20)
		c.SetGraph(Graph{Parties: []Party{{Stream: party, Gain: 1}}})
		wait(t, "20 blocks", party.done)
		if s := c.Cleaning(); s.Room || s.Running || c.mixer.capture.stage.Load() != nil {
			t.Errorf("%+v", s)
		}
	}
	if voice.Library == "" {
		return
	}
	c := console(t, device.Room("", ""))
	c.Clean(all)
	if c.mixer.capture.stage.Load() != nil {
		t.Error("a processor without a call")
	}
	party := newWatcher(20)
	c.SetGraph(Graph{Parties: []Party{{Stream: party, Gain: 1}}})
	wait(t, "20 blocks", party.done)
	if s := c.Cleaning(); !s.Room || !s.Running || s.Library != voice.Library || s.Set != all || s.Failed != 0 {
		t.Errorf("%+v", s)
	}
	c.SetGraph(Graph{})
	until(t, "freed", func() bool { return c.mixer.capture.stage.Load() == nil })
	if s := c.Cleaning(); s.Running {
		t.Errorf("after the call: %+v", s)
	}
	c.SetGraph(Graph{Parties: []Party{{Stream: newWatcher(1), Gain: 1}}})
	until(t, "made again", func() bool { return c.Cleaning().Running })
}

func TestCleaningAllocatesNothing(t *testing.T) {
	m := inRoom(t, voice.Settings{Echo: true, Noise: voice.NoiseMedium, AutoLevel: true, HighPass: true})
	m.setGraph(Graph{Parties: []Party{{Stream: &silent{}, Gain: 1, Listen: true}}}, nil)
	mic, speaker := audiotest.Talk(audio.BlockSize, 1), make([]int16, audio.BlockSize)
	if n := testing.AllocsPerRun(300, func() { m.mixOnce(mic, speaker, ports{}) }); n != 0 {
		t.Errorf("%v allocations a block", n)
	}
}

type silent struct{}

func (*silent) Read([]int16) bool { return false }
func (*silent) Write([]int16)     {}
