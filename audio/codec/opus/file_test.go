package opus

import (
	"math"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
)

// through codes interleaved sound for a file and decodes it again.
func through(t *testing.T, channels int, pcm []int16) (back []int16, bytes int) {
	t.Helper()
	e, err := NewFileEncoder(channels)
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewFileDecoder(channels)
	if err != nil {
		t.Fatal(err)
	}
	buf, out := make([]byte, 4000), make([]int16, channels*MaxPacket)
	for step := channels * FileFrame; len(pcm) >= step; pcm = pcm[step:] {
		n, err := e.Encode(buf, pcm[:step])
		if err != nil {
			t.Fatal(err)
		}
		if got := Duration(buf[:n]); got != FileFrame {
			t.Fatalf("a packet of 20 ms says it is %d samples", got)
		}
		bytes += n
		if n, err = d.Decode(out, buf[:n]); err != nil || n != FileFrame {
			t.Fatal(n, err)
		}
		back = append(back, out[:channels*n]...)
	}
	return back, bytes
}

// What is put at the head of a file must be the delay that libopus really has.
func TestPreSkipIsTheDelay(t *testing.T) {
	for _, channels := range []int{1, 2} {
		speech := audiotest.Speech(2 * audio.Rate)
		var pcm []int16
		for _, v := range speech {
			for range channels {
				pcm = append(pcm, v)
			}
		}
		back, bytes := through(t, channels, pcm)
		best, delay := 0.0, 0
		for d := range 2000 {
			sum := 0.0
			for i := audio.Rate / 2; i < audio.Rate*3/2; i++ {
				sum += float64(speech[i]) * float64(back[(i+d)*channels])
			}
			if sum > best {
				best, delay = sum, d
			}
		}
		if delay < PreSkip-2 || delay > PreSkip+2 {
			t.Errorf("%d channels: the sound comes out %d samples later, told %d", channels, delay, PreSkip)
		}
		if rate := bytes * 8 / 2 / channels; rate < 28000 || rate > 52000 {
			t.Errorf("%d channels: %d bit/s for each", channels, rate)
		}
	}
}

func TestFileKeepsTheSidesApart(t *testing.T) {
	left, right := audiotest.Sine(2*audio.Rate, audio.Rate, 700, 8000), audiotest.Sine(2*audio.Rate, audio.Rate, 1900, 8000)
	var pcm []int16
	for i := range left {
		pcm = append(pcm, left[i], right[i])
	}
	back, _ := through(t, 2, pcm)
	var l, r []int16
	for i := audio.Rate; i < len(back); i += 2 {
		l, r = append(l, back[i]), append(r, back[i+1])
	}
	for _, c := range []struct {
		name       string
		pcm        []int16
		own, other float64
	}{{"left", l, 700, 1900}, {"right", r, 1900, 700}} {
		own, other := audiotest.Amplitude(c.pcm, c.own), audiotest.Amplitude(c.pcm, c.other)
		if db := 20 * math.Log10(own/8000); math.Abs(db) > 1 {
			t.Errorf("%s: %.1f dB", c.name, db)
		}
		if db := 20 * math.Log10(own/max(other, 1)); db < 30 {
			t.Errorf("%s: the other side is only %.1f dB below", c.name, db)
		}
	}
}

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		packet []byte
		want   int
	}{
		{nil, 0}, {[]byte{0}, 480}, {[]byte{3 << 3}, 2880}, {[]byte{12<<3 | 1}, 960}, {[]byte{13 << 3}, 960},
		{[]byte{16 << 3}, 120}, {[]byte{31<<3 | 2}, 1920}, {[]byte{31<<3 | 3}, 0}, {[]byte{31<<3 | 3, 6}, 5760},
		{[]byte{31<<3 | 3, 7}, 0}, {[]byte{31<<3 | 3, 0}, 0},
	} {
		if got := Duration(c.packet); got != c.want {
			t.Errorf("%x: %d samples, want %d", c.packet, got, c.want)
		}
	}
}

func FuzzFileDecoder(f *testing.F) {
	f.Add([]byte{0x78, 0x40, 1, 2, 3}, []byte{0xff, 0x46, 2, 1})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		d, err := NewFileDecoder(2)
		if err != nil {
			t.Fatal(err)
		}
		pcm := make([]int16, 2*MaxPacket)
		for _, p := range [][]byte{a, b} {
			if n, err := d.Decode(pcm, p); err == nil && n != Duration(p) {
				t.Errorf("%d samples of a packet that says %d", n, Duration(p))
			}
		}
	})
}
