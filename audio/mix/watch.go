package mix

import (
	"math"
	"sync/atomic"
)

// Health is how a microphone is.
type Health int32

// The states.
const (
	MicWell     Health = iota
	MicSilent          // it is open and gives nothing at all
	MicQuiet           // somebody speaks and hardly anything comes
	MicClipping        // what is said is cut off at full scale
)

// When a microphone is called what, in blocks of 10 ms and sample steps.
const (
	floor       = 3     // peak of a microphone that is not connected, or switched off: -81 dBFS
	silentAfter = 300   // at that since it was opened: it is silent
	ceasedAfter = 1000  // the same for one that has given sound: some give nothing between words
	full        = 32700 // a sample at full scale,
	flat        = 3     // and so many side by side: what was there is cut off
	clipsAt     = 8     // blocks like that within clipsFor
	clipsFor    = 300   // and none within it: all is well again
	speech      = 200   // blocks of speech before it is judged,
	newest      = 100   // and how many of them weigh most
	faint       = -56.0 // dBFS of blocks of speech, in the mean, that are too faint,
	heard       = -52.0 // and that are not any more
)

// watch notices how the microphone is from what it gives. The loop feeds it; anybody may ask.
type watch struct {
	health atomic.Int32 // a Health

	silent  int     // blocks at the floor in a row
	alive   bool    // it has given sound since it was opened
	clips   int     // blocks cut off, each forgotten after a while
	unclip  int     // blocks since the last of them
	clipped bool    // too many
	power   float64 // of this block
	spoken  int     // blocks of speech so far, up to speech
	mean    float64 // level of speech, dBFS
	faint   bool
}

// rest begins anew, as with another microphone.
func (w *watch) rest() {
	w.silent, w.alive, w.clips, w.unclip, w.clipped = 0, false, 0, 0, false
	w.deaf()
	w.tell()
}

// deaf says that nobody tells speech from other sound.
func (w *watch) deaf() { w.spoken, w.mean, w.faint = 0, 0, false }

// feed takes what the microphone gave, before anything is done to it.
func (w *watch) feed(mic []int16) {
	peak, run, cut, sum := 0, 0, false, 0
	for _, s := range mic {
		v := int(s)
		sum += v * v
		v = max(v, -v)
		peak = max(peak, v)
		if run++; v < full {
			run = 0
		}
		cut = cut || run >= flat
	}
	w.power = float64(sum) / float64(len(mic))
	if w.silent++; peak > floor {
		w.silent, w.alive = 0, true
	}
	if w.unclip++; cut {
		w.unclip = 0
		w.clips = min(w.clips+1, 2*clipsAt)
	} else if w.unclip > clipsFor {
		w.clips = 0
	}
	w.clipped = w.clips >= clipsAt
	w.tell()
}

// voice says whether somebody spoke in the block that was fed last.
func (w *watch) voice(speaks bool) {
	if !speaks {
		return
	}
	w.spoken = min(w.spoken+1, speech)
	w.mean += (10*math.Log10(w.power/(32768*32768)+1e-10) - w.mean) / float64(min(w.spoken, newest))
	switch {
	case w.spoken < speech || w.mean > heard:
		w.faint = false
	case w.mean < faint:
		w.faint = true
	}
	w.tell()
}

func (w *watch) tell() {
	h := MicWell
	switch {
	case w.silent >= ceasedAfter || w.silent >= silentAfter && !w.alive:
		h = MicSilent
	case w.clipped:
		h = MicClipping
	case w.faint:
		h = MicQuiet
	}
	if Health(w.health.Load()) != h {
		w.health.Store(int32(h))
	}
}
