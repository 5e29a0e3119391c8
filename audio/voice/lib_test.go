//go:build cgo && !novoice

package voice

import (
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
)

// A microphone that gives nothing is left alone, not while the speaker plays; what comes after sounds as if it had been
// cleaned all the time.
func TestSilenceIsLeftAlone(t *testing.T) {
	talk := audiotest.Mixed(audiotest.Scaled(audiotest.Talk(3*second, 8), -20), quiet(3*second))
	far := audiotest.Scaled(audiotest.Talk(3*second, 5), -20)
	room := audiotest.Room{Delay: 40, Tail: 100, Loss: 6, Seed: 3}
	gap := make([]int16, second)
	speaker := append(append(append([]int16(nil), far...), gap...), far...)
	echo := room.Echo(append(append([]int16(nil), far...), gap...))
	clear(echo[3*second:])
	mic := append(echo, audiotest.Mixed(room.Echo(far), talk)...)

	var out [2][]int16
	rested := 0
	for i := range out {
		p := processor(t, everything)
		c := p.(*cleaner)
		for at := 0; at+audio.BlockSize <= len(mic); at += audio.BlockSize {
			if i == 1 {
				c.still = 0
			}
			block := append([]int16(nil), mic[at:at+audio.BlockSize]...)
			if _, err := p.Process(speaker[at:at+audio.BlockSize], block, 40); err != nil {
				t.Fatal(err)
			}
			if i == 0 && c.still == restAfter {
				rested++
				if at < 3*second || at >= 4*second {
					t.Fatalf("left alone at %d ms", at*1000/audio.Rate)
				}
			}
			out[i] = append(out[i], block...)
		}
	}
	if rested < 40 {
		t.Errorf("%d blocks of a silence of 100 were left alone", rested)
	}
	if peak := audiotest.RMS(out[1][3*second+second/2 : 4*second]); peak > 1 {
		t.Errorf("silence that is cleaned has an RMS of %.1f", peak)
	}
	if snr := audiotest.SegmentalSNR(out[1][4*second:], out[0][4*second:]); snr < 20 {
		t.Errorf("what comes after a silence is %.1f dB like what was cleaned all the time", snr)
	} else {
		t.Logf("what comes after a silence is %.1f dB like what was cleaned all the time", snr)
	}
}
