//go:build cgo && !novoice

package voice

import (
	"math"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
)

// Far is held back by another span when the devices have told a wrong one. What was learnt of the room until then is kept:
// the echo stays away, and who speaks here meanwhile is not cut while it would be learnt anew.
func TestRoomIsKeptWhenFarMoves(t *testing.T) {
	const n, late = 3 * second, 240 // samples, see svara_echo_process
	far, talk := audiotest.Scaled(audiotest.Talk(n, 31), -20), audiotest.Scaled(audiotest.Talk(n, 32), -22)
	for _, c := range []struct {
		delay float64
		hint  int
	}{{40, 62}, {130, 60}} {
		room := audiotest.Room{Delay: c.delay, Tail: 100, Loss: 6, Seed: 5}
		echo, moved := audiotest.Mixed(room.Echo(far), quiet(n)), 0
		pass := func(mic []int16) []int16 {
			p, out := processor(t, Settings{Echo: true}), append([]int16(nil), mic...)
			for at := 0; at < n; at += audio.BlockSize {
				before := p.(*cleaner).align.held
				if _, err := p.Process(far[at:at+audio.BlockSize], out[at:at+audio.BlockSize], c.hint); err != nil {
					t.Fatal(err)
				}
				if now := p.(*cleaner).align.held; moved == 0 && at > 0 && now != before {
					moved = at
				}
			}
			return out
		}
		alone := pass(echo)
		if moved == 0 {
			t.Fatalf("%.0f ms, %d told: nothing moves", c.delay, c.hint)
		}
		near := append([]int16(nil), talk...)
		clear(near[:moved])
		both := pass(audiotest.Mixed(echo, near))
		from, to := moved, moved+second/4
		down := audiotest.Decibel(audiotest.RMS(echo[from:to])) - audiotest.Decibel(audiotest.RMS(alone[from:to]))
		var kept, whole float64
		for i := moved; i < moved+second; i++ {
			kept += float64(near[i]) * float64(both[i+late])
			whole += float64(near[i]) * float64(near[i])
		}
		said := 20 * math.Log10(max(kept, 1)/whole)
		t.Logf("%.0f ms, %d told, moved after %d ms: the echo %.1f dB down in the quarter second after it, speech %+.1f dB in the second", c.delay, c.hint, moved*1000/second, down, said)
		if down < 30 || said < -2 {
			t.Errorf("%.0f ms, %d told: the echo %.1f dB down in the quarter second after far was moved, speech %+.1f dB in the second", c.delay, c.hint, down, said)
		}
	}
}
