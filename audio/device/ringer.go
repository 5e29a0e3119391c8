package device

import "svara/audio/dsp"

// ring plays the ring source on a speaker of its own until the port is closed. Nothing drives it but the speaker.
func (k *Keeper) ring(p *Port, out Output) error {
	volume := dsp.NewGain(float64(k.ringVolume.Load()) / 1000)
	return out.Pull(p, func(block []int16) {
		clear(block)
		if s := k.ringSource.Load(); s != nil {
			s.source.Read(block)
		}
		volume.Apply(block, float64(k.ringVolume.Load())/1000)
	})
}
