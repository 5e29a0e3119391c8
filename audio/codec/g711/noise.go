package g711

import "math"

// noise is the comfort noise of RFC 3389: as loud as the sender says, and coloured by the reflection coefficients that it
// may add.
type noise struct {
	on    bool
	want  float64             // RMS in sample steps
	gain  float64             // of the last sample; follows want, so that nothing clicks
	order int                 // coefficients in use
	k     [noiseOrder]float64 // reflection coefficients
	state [noiseOrder]float64 // of the lattice
	dice  uint32
}

const (
	noiseOrder  = 16
	noiseRise   = 1.0 / 160 // of the way that gain goes in a sample: 20 ms
	noiseLevel  = 32768     // RMS at 0 dBov
	noiseStable = 0.97      // a filter that rings is no comfort
)

// describe takes a packet's payload, if there is one, and reports whether there is to be noise.
func (n *noise) describe(sid []byte) bool {
	if len(sid) == 0 {
		return n.on
	}
	n.on = true
	n.want = noiseLevel * math.Pow(10, -float64(sid[0]&127)/20)
	n.order = min(len(sid)-1, noiseOrder)
	for i, c := range sid[1 : 1+n.order] {
		n.k[i] = min(max(258*(float64(c)-127)/32768, -noiseStable), noiseStable)
		n.want *= math.Sqrt(1 - n.k[i]*n.k[i]) // the filter makes it louder by as much
	}
	return true
}

// stop ends the noise: there is sound again.
func (n *noise) stop() { n.on, n.gain, n.state = false, 0, [noiseOrder]float64{} }

// make writes the next samples: white noise through an all-pole lattice.
func (n *noise) make(pcm []int16) {
	for i := range pcm {
		n.dice = n.dice*1664525 + 1013904223
		n.gain += (n.want - n.gain) * noiseRise
		forward := n.gain * math.Sqrt(3) * (float64(n.dice>>8)/(1<<23) - 1)
		for j := n.order - 1; j >= 0; j-- {
			forward -= n.k[j] * n.state[j]
			if j+1 < n.order {
				n.state[j+1] = n.state[j] + n.k[j]*forward
			}
		}
		n.state[0] = forward
		pcm[i] = int16(min(max(forward, -32768), 32767))
	}
}
