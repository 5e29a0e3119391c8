package media

import (
	"testing"
	"time"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/codec/g711"
	"svara/audio/codec/g722"
	"svara/audio/codec/opus"
)

// A frame of a call makes nothing anew, from one side's microphone to the other's speaker, in either direction.
func TestSoundAllocatesNothing(t *testing.T) {
	if raced {
		t.Skip("the race detector empties pools at random")
	}
	for _, codec := range []audio.Codec{opus.Codec(), g722.Codec(), g711.PCMA()} {
		c := newClock()
		still := tempo{tick: time.Hour, silent: time.Hour, dead: time.Hour, report: time.Hour} // a report a second is none of a frame's
		a, b := newPartyAt(t, c, still, codec), newPartyAt(t, c, still, codec)
		connect(t, a, b)
		run(t, c, a, b, time.Second, voiced(130), voiced(190)) // it has begun
		said, block := voiced(130), make([]int16, audio.BlockSize)
		frame := func() {
			for range 2 {
				c.advance(audio.BlockTime)
				said(block)
				a.Write(block)
				settle(t, a, b)
				b.Write(block)
				settle(t, b, a)
				a.Read(block)
				b.Read(block)
			}
		}
		sent := a.out.packets.Load()
		if n := testing.AllocsPerRun(50, frame); n != 0 {
			t.Errorf("%s: %v allocations a frame", codec.Name(), n)
		}
		if now := a.out.packets.Load(); now < sent+50 || audiotest.RMS(block) < 1000 {
			t.Errorf("%s: %d packets sent, the last heard with an RMS of %.0f", codec.Name(), now-sent, audiotest.RMS(block))
		}
	}
}
