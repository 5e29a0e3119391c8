package audiotest

import (
	"math"

	"svara/audio"
	"svara/audio/dsp"
)

// The measure's frames, as its authors chose them, at the rate of the house.
const (
	stoiFrame  = audio.Rate * 256 / 10000 // 25.6 ms
	stoiHop    = stoiFrame / 2
	stoiFFT    = 2048
	stoiBands  = 15 // thirds of an octave from 150 Hz
	stoiLength = 30 // frames that are compared at a time: 384 ms
)

// STOI is how much of speech can be understood of what has become of it, 0..1 (Taal, Hendriks, Heusdens and Jensen,
// "An algorithm for intelligibility prediction of time-frequency weighted noisy speech", 2011). The two are of one length
// and begin together: see Aligned.
//
//go:norace
func STOI(speech, heard []int16) float64 {
	x, y := thirds(speech), thirds(heard)
	loudest := 0.0
	for _, f := range x {
		loudest = max(loudest, f.power)
	}
	var kept []int // frames within 40 dB of the loudest: pauses tell nothing
	for i, f := range x {
		if f.power > loudest*1e-4 {
			kept = append(kept, i)
		}
	}
	sum, n := 0.0, 0
	limit := 1 + math.Pow(10, 15.0/20) // a band may be 15 dB off, no more
	for at := stoiLength; at <= len(kept); at++ {
		frames := kept[at-stoiLength : at]
		for b := range stoiBands {
			var xx, yy float64
			for _, i := range frames {
				xx, yy = xx+x[i].band[b]*x[i].band[b], yy+y[i].band[b]*y[i].band[b]
			}
			if xx == 0 {
				continue
			}
			gain := math.Sqrt(xx / max(yy, 1e-9))
			var mx, my float64
			var clipped [stoiLength]float64
			for k, i := range frames {
				clipped[k] = min(y[i].band[b]*gain, x[i].band[b]*limit)
				mx, my = mx+x[i].band[b]/stoiLength, my+clipped[k]/stoiLength
			}
			var num, dx, dy float64
			for k, i := range frames {
				u, v := x[i].band[b]-mx, clipped[k]-my
				num, dx, dy = num+u*v, dx+u*u, dy+v*v
			}
			sum, n = sum+num/math.Sqrt(max(dx*dy, 1e-9)), n+1
		}
	}
	return sum / float64(max(1, n))
}

type thirdsFrame struct {
	power float64
	band  [stoiBands]float64 // amplitudes
}

//go:norace
func thirds(pcm []int16) []thirdsFrame {
	fft, work := dsp.NewFFT(stoiFFT), make([]complex64, stoiFFT)
	var out []thirdsFrame
	for at := 0; at+stoiFrame <= len(pcm); at += stoiHop {
		clear(work)
		for i := range stoiFrame {
			w := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/stoiFrame)
			work[i] = complex(float32(float64(pcm[at+i])*w), 0)
		}
		fft.Forward(work)
		var f thirdsFrame
		for b := range stoiBands {
			centre := 150 * math.Pow(2, float64(b)/3)
			from, to := bin(centre*math.Pow(2, -1.0/6)), bin(centre*math.Pow(2, 1.0/6))
			for k := from; k < to; k++ {
				re, im := float64(real(work[k])), float64(imag(work[k]))
				f.band[b] += re*re + im*im
			}
			f.power += f.band[b]
			f.band[b] = math.Sqrt(f.band[b])
		}
		out = append(out, f)
	}
	return out
}

func bin(freq float64) int { return int(math.Round(freq * stoiFFT / audio.Rate)) }

// Aligned cuts heard so that it begins with pcm, which it holds up to 60 ms late, and both to one length. late is by how
// many samples.
//
//go:norace
func Aligned(pcm, heard []int16) (a, b []int16, late int) {
	best := math.Inf(-1)
	for lag := range audio.Rate * 60 / 1000 {
		sum := 0.0
		for i := lag; i < len(heard); i += 7 {
			sum += float64(heard[i]) * float64(pcm[i-lag])
		}
		if sum > best {
			best, late = sum, lag
		}
	}
	return pcm[:len(heard)-late], heard[late:], late
}

// SegmentalSNR is the mean over 20 ms segments in which something is said of how far what heard differs from pcm lies
// below it, in dB, -10..35 each. A level that differs as a whole is no difference.
//
//go:norace
func SegmentalSNR(pcm, heard []int16) float64 {
	const segment = audio.Rate / 50
	var pp, ph float64
	for i := range pcm {
		pp, ph = pp+float64(pcm[i])*float64(pcm[i]), ph+float64(pcm[i])*float64(heard[i])
	}
	gain := ph / max(pp, 1)
	floor := math.Pow(10, (Active(pcm)-25)/20) * 32768
	sum, n := 0.0, 0
	for at := 0; at+segment <= len(pcm); at += segment {
		var s, e float64
		for i := at; i < at+segment; i++ {
			v := gain * float64(pcm[i])
			s, e = s+v*v, e+(float64(heard[i])-v)*(float64(heard[i])-v)
		}
		if RMS(pcm[at:at+segment]) < floor {
			continue
		}
		sum, n = sum+min(35, max(-10, 10*math.Log10(s/max(e, 1e-9)))), n+1
	}
	return sum / float64(max(1, n))
}
