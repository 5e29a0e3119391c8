package device

import (
	"time"

	"svara/audio"
	"svara/audio/dsp"
)

// ring plays the ring source on a speaker of its own until the port is closed. Nothing drives it but the speaker: it
// writes whenever there is room for another block.
func (k *Keeper) ring(p *Port, out Output) error {
	var block [audio.BlockSize]int16
	volume := dsp.NewGain(float64(k.ringVolume.Load()) / 1000)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for !p.stop.Load() {
		if queued := out.Queued(); queued >= out.Depth() {
			timer.Reset(span(max(audio.BlockSize/2, queued-out.Depth()+audio.BlockSize)))
			select {
			case <-p.Wake:
			case <-timer.C:
			}
			continue
		}
		clear(block[:])
		if s := k.ringSource.Load(); s != nil {
			s.source.Read(block[:])
		}
		volume.Apply(block[:], float64(k.ringVolume.Load())/1000)
		if err := out.Write(block[:]); err != nil {
			return err
		}
		p.progress.Add(uint64(len(block)))
	}
	return nil
}
