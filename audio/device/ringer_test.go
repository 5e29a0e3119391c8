package device

import (
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
)

// steady is a ring of one tone.
type steady struct{ tone []int16 }

func (s steady) Read(block []int16) bool { copy(block, s.tone); return true }

// once is a speaker that takes so many blocks.
type once struct {
	Output
	blocks int
	heard  []int16
}

func (o *once) Pull(_ *Port, fill func(block []int16)) error {
	for range o.blocks {
		block := make([]int16, audio.BlockSize)
		fill(block)
		o.heard = append(o.heard, block...)
	}
	return nil
}

// It rings as loud as it is set, and nothing is left of the sound when it stops.
func TestRingIsAsLoudAsSet(t *testing.T) {
	k := &Keeper{}
	k.ringSource.Store(&ringSource{steady{audiotest.Tone(audio.BlockSize, 1000)}})
	for _, volume := range []float64{1, 0.5, 0.1, 0} {
		k.SetRingVolume(volume)
		o := &once{blocks: 20}
		if err := k.ring(nil, o); err != nil {
			t.Fatal(err)
		}
		if got, want := audiotest.Amplitude(o.heard[10*audio.BlockSize:], 1000), 16384*volume; got < want*0.95-2 || got > want*1.05+2 {
			t.Errorf("at %.0f %% it rings with an amplitude of %.0f, want %.0f", volume*100, got, want)
		}
	}
	k.SetRingVolume(1)
	k.ringSource.Store(nil)
	o := &once{blocks: 3}
	if err := k.ring(nil, o); err != nil || audiotest.RMS(o.heard) != 0 {
		t.Errorf("it rings without a ring: %.0f, %v", audiotest.RMS(o.heard), err)
	}
}
