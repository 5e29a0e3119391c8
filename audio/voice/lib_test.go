//go:build cgo && !novoice

package voice

import (
	"math"
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

// While the other side says nothing the canceller rests. Nobody hears it: what is said here is as if it had worked all the
// time, when it lies down, while it rests and when it gets up; and then it still knows the room, whoever speaks first.
func TestCancellerRestsUnheard(t *testing.T) {
	const gap, n = 4 * second, 14 * second // far is silent from 5 s on
	room := audiotest.Room{Delay: 40, Tail: 150, Loss: 6, Seed: 3}
	murmur := audiotest.Noise(n, 15, 5) // of the line of somebody who listens
	far := audiotest.Mixed(audiotest.Scaled(audiotest.Talk(n, 7), -20), murmur)
	clear(far[5*second : 5*second+gap])
	talk, fan := audiotest.Scaled(audiotest.Talk(n, 8), -22), audiotest.Noise(n, 2600, 9)
	for _, c := range []struct {
		name     string
		near     []int16
		from, to int // when it is there
	}{
		{"nobody here", talk, n, n},
		{"speech in the pause, and a second of both after it", talk, 6 * second, 10 * second},
		{"speech across its beginning", talk, 4 * second, 10 * second},
		{"a loud fan", fan, 2 * second, 10 * second},
	} {
		t.Run(c.name, func(t *testing.T) {
			near := make([]int16, n)
			copy(near[c.from:c.to], c.near[c.from:])
			mic := audiotest.Mixed(room.Echo(far), near, quiet(n))
			var out [2][]int16
			rested := 0
			for i := range out {
				p := processor(t, Settings{Echo: true})
				said := append([]int16(nil), far...)
				if i == 1 { // what keeps it awake comes back to no microphone
					copy(said[5*second:5*second+gap], murmur)
				}
				for at := 0; at < n; at += audio.BlockSize {
					block := append([]int16(nil), mic[at:at+audio.BlockSize]...)
					if _, err := p.Process(said[at:at+audio.BlockSize], block, 40); err != nil {
						t.Fatal(err)
					}
					if p.(*cleaner).left < 0 {
						rested++
						if i == 1 || at < 5*second || at > 5*second+gap+farthest {
							t.Fatalf("rests at %d ms", at*1000/second)
						}
					}
					out[i] = append(out[i], block...)
				}
			}
			if most := gap / audio.BlockSize; rested < most*3/4 {
				t.Errorf("%d blocks of %d were left alone", rested, most)
			}
			after := returnLoss(mic, out[0], 11, 14)
			t.Logf("rested for %d blocks; the echo after it %.1f dB down", rested, after)
			if after < 40 {
				t.Errorf("the echo after it is %.1f dB down", after)
			}
			rest, work := out[0][5*second:5*second+gap+second], out[1][5*second:]
			worst, least := 0.0, 20+0.05*audiotest.RMS(work[:gap])
			for at := range gap/audio.BlockSize + 3 { // from there on the other knows the room less: murmur was no echo
				var apart [audio.BlockSize]int16
				for i := range apart {
					apart[i] = rest[at*audio.BlockSize+i] - work[at*audio.BlockSize+i]
				}
				if rms := audiotest.RMS(apart[:]); rms > worst {
					worst = rms
					if worst > least {
						t.Errorf("%d ms after far has ended it is %.0f apart from what works all the time, RMS", at*10, worst)
					}
				}
			}
			t.Logf("never more than an RMS of %.1f apart from what works all the time, %.0f allowed", worst, least)
		})
	}
}

// In a room that has become another one while the canceller rested, it learns that as soon as one that worked.
func TestRoomThatChangesInARest(t *testing.T) {
	const n, from, to = 12 * second, 5 * second, 9 * second // far is silent in between
	far := audiotest.Scaled(audiotest.Talk(n, 7), -20)
	clear(far[from:to])
	before, after := audiotest.Room{Delay: 40, Tail: 150, Loss: 6, Seed: 3}, audiotest.Room{Delay: 40, Tail: 150, Loss: 6, Seed: 9}
	mic := append(append([]int16(nil), before.Echo(far)[:(from+to)/2]...), after.Echo(far)[(from+to)/2:]...)
	mic = audiotest.Mixed(mic, quiet(n))
	out := clean(t, processor(t, Settings{Echo: true}), far, mic, 40)
	soon, then := audiotest.Decibel(audiotest.RMS(mic[to:to+second/2]))-audiotest.Decibel(audiotest.RMS(out[to:to+second/2])), returnLoss(mic, out, 10, 12)
	t.Logf("the echo in the other room %.1f dB down in the first half second, %.1f from a second on", soon, then)
	if soon < 4.5 || then < 22 {
		t.Errorf("the echo in the other room is %.1f dB down in the first half second, %.1f from a second on", soon, then)
	}
}

// A fan that begins while the canceller rests is heard after it as before: what is left of an echo is made no quieter than
// the room.
func TestNoiseIsFollowedInARest(t *testing.T) {
	const n, from, to = 12 * second, 4 * second, 10 * second // far is silent in between
	far := audiotest.Scaled(audiotest.Talk(n, 7), -20)
	clear(far[from:to])
	room := audiotest.Room{Delay: 40, Tail: 150, Loss: 6, Seed: 3}
	fan := audiotest.Noise(n, 100, 9)
	clear(fan[:from+second])
	out := clean(t, processor(t, Settings{Echo: true}), far, audiotest.Mixed(room.Echo(far), quiet(n), fan), 40)
	before, after := audiotest.Decibel(audiotest.RMS(out[to-second:to])), audiotest.Decibel(audiotest.RMS(out[to+second/10:to+second]))
	t.Logf("the fan has %.1f dBFS while far is silent, then %.1f", before, after)
	if after < before-4 {
		t.Errorf("the fan has %.1f dBFS while far is silent, then %.1f", before, after)
	}
}

// Faint and loud talkers come out alike, whoever they are and in a room with a fan too, and once their level is known it
// does not swing with their words. First words that are as loud as they should be are not made louder.
func TestLevelFollowsTheVoice(t *testing.T) {
	const n, known = 14 * second, 7 * second
	for _, fan := range []float64{4, 60} { // -77 and -54 dBFS
		for _, seed := range []uint64{8, 31} {
			least, most := 0.0, -100.0
			for _, level := range []float64{-45, -40, -30, -20, -12, -6} {
				p := processor(t, everything)
				leveller := p.(*cleaner).level
				far, out := make([]int16, audio.BlockSize), audiotest.Mixed(audiotest.Scaled(audiotest.Talk(n, seed), level), audiotest.Noise(n, fan, 5))
				low, high := 100.0, -100.0
				for at := 0; at < n; at += audio.BlockSize {
					if _, err := p.Process(far, out[at:at+audio.BlockSize], 0); err != nil {
						t.Fatal(err)
					}
					if gain := leveller.Gain(); level == -20 && math.Abs(gain) > 5 {
						t.Fatalf("who talks as they should is raised by %.1f dB after %d ms", gain, at*1000/second)
					}
					if at >= known {
						low, high = min(low, leveller.Gain()), max(high, leveller.Gain())
					}
				}
				comes := audiotest.Active(out[known:])
				least, most = min(least, comes), max(most, comes)
				if high-low > 4 {
					t.Errorf("who talks at %.0f dBFS is raised by %.1f to %.1f dB in turn", level, low, high)
				}
			}
			t.Logf("fan %.0f, voice %d: -45 to -6 dBFS come out at %.1f to %.1f", fan, seed, least, most)
			if most-least > 4 || least < -24 || most > -16 {
				t.Errorf("fan %.0f, voice %d: -45 to -6 dBFS come out at %.1f to %.1f", fan, seed, least, most)
			}
		}
	}
}
