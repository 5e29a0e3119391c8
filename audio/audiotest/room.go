package audiotest

import (
	"math"
	"math/rand/v2"

	"svara/audio"
)

// Talk is n samples of house sound of somebody who talks as people do: voiced syllables and hissing ones in words of
// different length, with pauses between. Each seed is another person who says something else.
//
//go:norace
func Talk(n int, seed uint64) []int16 {
	r := rand.New(rand.NewPCG(seed, 1))
	pcm := make([]int16, n)
	var y1, y2, z1, z2, hiss, phase float64
	voice := 95 + 110*r.Float64()
	for at := 0; at < n; {
		if r.IntN(5) == 0 { // between words, and now and then longer
			at += audio.Rate * (120 + r.IntN(350)) / 1000
			y1, y2, z1, z2 = 0, 0, 0, 0
			continue
		}
		length := audio.Rate * (90 + r.IntN(160)) / 1000
		f1, f2 := 300+500*r.Float64(), 1000+1400*r.Float64()
		g1, g2 := 300+500*r.Float64(), 1000+1400*r.Float64()
		loud, rough := 0.4+0.6*r.Float64(), r.IntN(4) == 0
		for i := 0; i < length && at < n; i, at = i+1, at+1 {
			part := float64(i) / float64(length)
			phase = math.Mod(phase+voice*(1.1-0.2*part)/audio.Rate, 1)
			x := math.Exp(-phase*12) - 0.083
			white := r.NormFloat64()
			x += 0.02 * white
			if rough {
				x = 0.12 * (white - hiss)
				hiss = white
			}
			y := x + 1.94*math.Cos(2*math.Pi*(f1+(g1-f1)*part)/audio.Rate)*y1 - 0.97*0.97*y2
			y2, y1 = y1, y
			z := y + 1.94*math.Cos(2*math.Pi*(f2+(g2-f2)*part)/audio.Rate)*z1 - 0.97*0.97*z2
			z2, z1 = z1, z
			pcm[at] = int16(max(-20000, min(20000, z*14*loud*math.Sin(math.Pi*part))))
		}
	}
	return pcm
}

// Noise is n samples of steady noise of an RMS in sample steps, with the falling spectrum of a fan.
//
//go:norace
func Noise(n int, rms float64, seed uint64) []int16 {
	r := rand.New(rand.NewPCG(seed, 2))
	raw, low, sum := make([]float64, n), 0.0, 0.0
	for i := range raw {
		white := r.NormFloat64()
		low = 0.9*low + 0.1*white
		raw[i] = low + 0.1*white
		sum += raw[i] * raw[i]
	}
	gain := rms / math.Sqrt(sum/float64(max(1, n)))
	pcm := make([]int16, n)
	for i, v := range raw {
		pcm[i] = int16(math.Round(v * gain))
	}
	return pcm
}

// Scaled is pcm at an RMS in dBFS over what of it is louder than the pauses.
//
//go:norace
func Scaled(pcm []int16, dbfs float64) []int16 {
	gain := math.Pow(10, (dbfs-Active(pcm))/20)
	out := make([]int16, len(pcm))
	for i, v := range pcm {
		out[i] = int16(math.Round(max(-32768, min(32767, float64(v)*gain))))
	}
	return out
}

// Active is the level of speech in dBFS without its pauses: of the blocks that are at most 25 dB below the loudest.
//
//go:norace
func Active(pcm []int16) float64 {
	most := 0.0
	for at := 0; at+audio.BlockSize <= len(pcm); at += audio.BlockSize {
		most = max(most, RMS(pcm[at:at+audio.BlockSize]))
	}
	sum, blocks := 0.0, 0
	for at := 0; at+audio.BlockSize <= len(pcm); at += audio.BlockSize {
		if v := RMS(pcm[at : at+audio.BlockSize]); v > most/18 {
			sum, blocks = sum+v*v, blocks+1
		}
	}
	return Decibel(math.Sqrt(sum / float64(max(1, blocks))))
}

// Decibel is an RMS in sample steps as dBFS.
func Decibel(rms float64) float64 { return 20 * math.Log10(max(rms, 1e-3)/32768) }

// Room is the way from a speaker to a microphone.
type Room struct {
	Delay  float64 // ms until the first sound
	Tail   float64 // ms until the echo has fallen 60 dB
	Loss   float64 // dB by which the echo is softer than what is played
	Drift  float64 // ppm by which the speaker's clock is faster than the microphone's
	Clip   float64 // dBFS at which the speaker's cone stands still; 0: it does not
	Seed   uint64
	impuls []float64
}

// response is the room's impulse response at 16 kHz steps of the house rate: a direct sound, then a tail of noise that
// falls evenly.
func (r *Room) response() []float64 {
	if r.impuls != nil {
		return r.impuls
	}
	rnd := rand.New(rand.NewPCG(r.Seed, 3))
	n := int(r.Tail * audio.Rate / 1000)
	h := make([]float64, max(1, n))
	h[0] = 1
	// Reflections arrive one by one: a sparse response is as good as a full one, and much quicker to work out.
	for i := audio.Rate / 1000; i < n; i += 8 + rnd.IntN(32) {
		h[i] = 0.5 * rnd.NormFloat64() * math.Pow(10, -3*float64(i)/float64(n))
	}
	sum := 0.0
	for _, v := range h {
		sum += v * v
	}
	gain := math.Pow(10, -r.Loss/20) / math.Sqrt(sum)
	for i := range h {
		h[i] *= gain
	}
	r.impuls = h
	return h
}

// Echo is what the microphone hears of what the speaker plays, from first to last sample of it.
//
//go:norace
func (r *Room) Echo(played []int16) []int16 {
	type tap struct {
		at   int
		gain float64
	}
	var taps []tap
	for i, v := range r.response() {
		if v != 0 {
			taps = append(taps, tap{i, v})
		}
	}
	heard := make([]float64, len(played))
	clip := 32768 * math.Pow(10, r.Clip/20)
	step, delay := 1+r.Drift/1e6, r.Delay*audio.Rate/1000
	for i := range heard { // the cone moves on its own clock
		at := (float64(i) - delay) * step
		if r.Drift == 0 {
			at = float64(i) - math.Round(delay)
		}
		j := int(math.Floor(at))
		if j < 0 || j+1 >= len(played) {
			continue
		}
		part := at - float64(j)
		v := float64(played[j])*(1-part) + float64(played[j+1])*part
		if r.Clip < 0 {
			v = clip * math.Tanh(v/clip)
		}
		heard[i] = v
	}
	sums := make([]float64, len(played))
	for k := range taps {
		at, gain := taps[k].at, taps[k].gain
		if at >= len(sums) {
			break
		}
		late := sums[at:]
		for i := range late {
			late[i] += heard[i] * gain
		}
	}
	out := make([]int16, len(played))
	for i := range out {
		out[i] = int16(math.Round(max(-32768, min(32767, sums[i]))))
	}
	return out
}

// Mixed is the sum of sounds of one length.
//
//go:norace
func Mixed(sounds ...[]int16) []int16 {
	out := make([]int16, len(sounds[0]))
	for i := range out {
		sum := 0
		for _, s := range sounds {
			sum += int(s[i])
		}
		out[i] = int16(max(-32768, min(32767, sum)))
	}
	return out
}
