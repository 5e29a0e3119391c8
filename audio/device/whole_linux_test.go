package device_test

import (
	"math"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/mix"
)

// hisser is a party whose every moment is unlike every other.
type hisser struct {
	singer
	hiss []int16
	at   int
}

func (h *hisser) Read(block []int16) bool {
	if h.at+len(block) > len(h.hiss) {
		clear(block)
		return false
	}
	h.at += copy(block, h.hiss[h.at:])
	return true
}

// What goes to the speaker comes out whole and in order, however busy the machine is: it may have to wait, in silence that
// is counted, and is bent by a sample or two; nothing is lost or played twice.
func TestNothingIsLostOrPlayedTwice(t *testing.T) {
	pulse(t)
	const seconds = 8
	h := &hisser{hiss: hiss(seconds * audio.Rate)}
	heard := listen(t, "headset")
	c := newConsole(t)
	tone := &singer{freq: 1000}
	c.SetGraph(mix.Graph{Parties: []mix.Party{{Stream: tone, Gain: 1, Listen: true}}})
	until(t, "begun", func() bool { return heard.hears(1000) > 6000 })
	until(t, "steady", func() bool { // it has found its cushion
		before := c.Counters()
		time.Sleep(time.Second)
		return c.Counters().Underruns == before.Underruns
	})
	before := c.Counters()
	c.SetGraph(mix.Graph{Parties: []mix.Party{{Stream: h, Gain: 1, Listen: true}}})
	heard.mu.Lock()
	from := len(heard.pcm)
	heard.mu.Unlock()
	until(t, "played", func() bool {
		heard.mu.Lock()
		defer heard.mu.Unlock()
		return len(heard.pcm) > from+(seconds+1)*audio.Rate
	})
	after := c.Counters()
	heard.mu.Lock()
	out := heard.pcm[from:]
	heard.mu.Unlock()

	// Follow the hiss through the recording, 10 ms at a time. It is faded in at first.
	begin := 20 * piece
	at, like := place(out, h.hiss[begin:begin+piece], 0, len(out)-piece)
	if like < .9 {
		t.Fatal("it does not begin")
	}
	same, moved, shift, lost := 0, 0, 0, 0
	for p := begin + piece; p+piece <= len(h.hiss); p += piece {
		due := at + piece
		q, like := place(out, h.hiss[p:p+piece], due-4, due+4)
		if like < .9 { // it has waited, or what was far too much has been played faster
			if q, like = place(out, h.hiss[p:p+piece], due-audio.Rate/4, due+audio.Rate/2); like < .9 {
				lost++
				at = due
				continue
			}
			moved++
		}
		if q == due {
			same++
		}
		shift += q - due
		at = q
	}
	underruns, overruns := int(after.Underruns-before.Underruns), int(after.Overruns-before.Overruns)
	t.Logf("%d pieces of 10 ms: %d where they are due to the sample, %d elsewhere, %d lost; %+d samples in all; %d underruns, %d overruns",
		len(h.hiss)/piece-21, same, moved, lost, shift, underruns, overruns)
	// Each time that something came too late may tear one piece, and each time that the server stood still be followed by
	// half a second that is played faster.
	if overruns == 0 && lost > underruns*50+1 || underruns+overruns == 0 && moved > 0 {
		t.Errorf("sound is lost")
	}
}

const piece = audio.BlockSize

// place is where in out, from..to, something is most like piece, and how like, up to 1.
func place(out, piece []int16, from, to int) (at int, like float64) {
	var own float64
	for _, v := range piece {
		own += float64(v) * float64(v)
	}
	for i := max(0, from); i <= min(to, len(out)-len(piece)); i++ {
		var product, power float64
		for j, v := range piece {
			o := float64(out[i+j])
			product, power = product+o*float64(v), power+o*o
		}
		if c := product / math.Sqrt(max(1, own*power)); c > like {
			at, like = i, c
		}
	}
	return at, like
}

// hiss is noise without its highest part, which half a sample's shift would change.
func hiss(n int) []int16 {
	white := audiotest.Noise(n+4, 4000, 7)
	out := make([]int16, n)
	for i := range out {
		out[i] = int16((int(white[i]) + 2*int(white[i+1]) + 3*int(white[i+2]) + 2*int(white[i+3]) + int(white[i+4])) / 5)
	}
	return out
}
