package tone

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
)

// listen reads ms of a source.
func listen(s audio.Source, ms int) []int16 {
	pcm := make([]int16, ms/10*audio.BlockSize)
	for at := 0; at < len(pcm); at += audio.BlockSize {
		s.Read(pcm[at : at+audio.BlockSize])
	}
	return pcm
}

// Every tone of every country must have the frequencies and the rhythm of its table, measured in what comes out.
func TestTonesSoundAsTheTableSays(t *testing.T) {
	for code, tones := range countries {
		for name, list := range map[string][]segment{
			"ringback": tones.ringback, "busy": tones.busy, "congestion": tones.congestion,
			"waiting": tones.waiting, "info": tones.info,
		} {
			cycle := 0
			for _, s := range list {
				cycle += s.duration
			}
			pcm := listen(newPlayer(true, list...), 2*cycle+20)
			at := 0
			for turn := range 2 {
				for i, s := range list {
					part := pcm[(at+8)*48 : (at+s.duration-8)*48]
					at += s.duration
					if len(s.freq) == 0 {
						if r := audiotest.RMS(part); r != 0 {
							t.Errorf("%s %s turn %d: pause %d is %.0f", code, name, turn, i, r)
						}
						continue
					}
					for _, f := range s.freq {
						want := level / float64(len(s.freq))
						if a := audiotest.Amplitude(part, f); math.Abs(a-want) > want/20 {
							t.Errorf("%s %s turn %d: %.0f Hz is %.0f, want %.0f", code, name, turn, f, a, want)
						}
					}
				}
			}
			steepest := 0.0 // the tone's own steps
			for _, s := range list {
				sum := 0.0
				for _, f := range s.freq {
					sum += 2 * math.Pi * f / audio.Rate * level / float64(len(s.freq))
				}
				steepest = max(steepest, sum)
			}
			if j := audiotest.Jump(pcm); float64(j) > 1.1*steepest {
				t.Errorf("%s %s clicks: %d, its own steps are %.0f", code, name, j, steepest)
			}
		}
	}
}

func TestSwedenIsTheDefault(t *testing.T) {
	for _, code := range []string{"", "xx", "se"} {
		pcm := listen(Plan(code).Busy(), 500)
		if a := audiotest.Amplitude(pcm[10*48:240*48], 425); a < 4900 {
			t.Errorf("%q: 425 Hz is %.0f", code, a)
		}
		if r := audiotest.RMS(pcm[252*48 : 498*48]); r != 0 {
			t.Errorf("%q: the pause is %.0f", code, r)
		}
	}
	if n := len(countries); n != 8 {
		t.Errorf("%d countries", n)
	}
}

func TestDTMF(t *testing.T) {
	for i, key := range keys {
		s := DTMF(key)
		pcm := listen(s, 250)
		for _, f := range []float64{rows[i/4], columns[i%4]} {
			if a := audiotest.Amplitude(pcm[10*48:90*48], f); a < 2400 {
				t.Errorf("key %c: %.0f Hz is %.0f", key, f, a)
			}
		}
		if r := audiotest.RMS(pcm[101*48:]); r != 0 {
			t.Errorf("key %c goes on", key)
		}
		if !s.(interface{ Done() bool }).Done() {
			t.Errorf("key %c does not end", key)
		}
	}
	if DTMF('x') != nil || DTMF(' ') != nil {
		t.Error("a tone for what is no key")
	}
	if DTMF('a') == nil {
		t.Error("no tone for a small letter")
	}
}

func TestRing(t *testing.T) {
	s := Plan("se").Ring()
	pcm := listen(s, 12000)
	peak := int16(0)
	for _, v := range pcm {
		peak = max(peak, v, -v)
	}
	if peak < 12000 || peak > 20000 {
		t.Errorf("peak %d", peak)
	}
	if r := audiotest.RMS(pcm[4500*48 : 5900*48]); r > 60 {
		t.Errorf("no pause between rings: %.0f", r)
	}
	if a, b := audiotest.RMS(pcm[:1500*48]), audiotest.RMS(pcm[6000*48:7500*48]); a < 2000 || math.Abs(a-b) > a/10 {
		t.Errorf("first ring %.0f, second %.0f", a, b)
	}
}

// TestRingIsMadeAsItIsPlayed: a call waits for its ring, so nothing of it is made ahead.
func TestRingIsMadeAsItIsPlayed(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s := Plan("se").Ring()
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 16<<10 {
		t.Errorf("%d bytes for a ring that has not begun", n)
	}
	whole, parts := listen(s, 6000), Plan("se").Ring()
	for at, n := 0, 1; at < len(whole); n = n%977 + 1 {
		piece := make([]int16, min(n, len(whole)-at))
		parts.Read(piece)
		if !slices.Equal(piece, whole[at:at+len(piece)]) {
			t.Fatalf("read in pieces it differs at %d", at)
		}
		at += len(piece)
	}
}

func TestNoAllocation(t *testing.T) {
	block := make([]int16, audio.BlockSize)
	for name, s := range map[string]audio.Source{"busy": Plan("gb").Busy(), "ring": Plan("se").Ring(), "key": DTMF('5')} {
		if n := testing.AllocsPerRun(100, func() { s.Read(block) }); n != 0 {
			t.Errorf("%s: %.0f allocations", name, n)
		}
	}
}

// The tones for the other side: both at their level, nothing beside them, 100 ms and as long a pause.
func TestDTMFLine(t *testing.T) {
	src := DTMFLine('5')
	pcm := make([]int16, audio.Rate/5)
	for at := 0; at < len(pcm); at += audio.BlockSize {
		src.Read(pcm[at : at+audio.BlockSize])
	}
	key := pcm[480 : audio.Rate/10-480]
	for freq, want := range map[float64]float64{770: lowLine, 1336: highLine} {
		if a := audiotest.Amplitude(key, freq); a < want*0.97 || a > want*1.03 {
			t.Errorf("%.0f Hz is %.0f, want %.0f", freq, a, want)
		}
	}
	if r := audiotest.RMS(pcm[audio.Rate/10:]); r != 0 {
		t.Errorf("the pause is %.0f", r)
	}
	if done, ok := src.(interface{ Done() bool }); !ok || !done.Done() {
		t.Error("it does not end after 200 ms")
	}
	if DTMFLine('x') != nil {
		t.Error("a key that is none")
	}
}
