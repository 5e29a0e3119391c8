package g711

import (
	"math"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
)

// Decoder output values from ITU-T G.711 tables 1 and 2, on their own scales (A: 12 bits, mu: 13 bits, both without
// sign), first and last interval of every segment. Code words as sent, first bit leftmost, positive half.
func TestITUValues(t *testing.T) {
	a := []struct {
		code  byte // before the inversion of even bits
		value int  // on the scale to 4096
	}{
		{0x80, 1}, {0x8f, 31}, {0x90, 33}, {0x9f, 63}, {0xa0, 66}, {0xaf, 126}, {0xb0, 132}, {0xbf, 252},
		{0xc0, 264}, {0xcf, 504}, {0xd0, 528}, {0xdf, 1008}, {0xe0, 1056}, {0xef, 2016}, {0xf0, 2112}, {0xff, 4032},
	}
	for _, v := range a {
		for _, sign := range []int{1, -1} {
			code := v.code
			if sign < 0 {
				code &= 0x7f
			}
			if got := int(aLaw.expand[code^0x55]); got != sign*v.value*8 {
				t.Errorf("A law %02x is %d, want %d", code, got, sign*v.value*8)
			}
		}
	}
	mu := []struct {
		code  byte
		value int // on the scale to 8159
	}{
		{0xff, 0}, {0xf0, 30}, {0xef, 33}, {0xe0, 93}, {0xdf, 99}, {0xd0, 219}, {0xcf, 231}, {0xc0, 471},
		{0xbf, 495}, {0xb0, 975}, {0xaf, 1023}, {0xa0, 1983}, {0x9f, 2079}, {0x90, 3999}, {0x8f, 4191}, {0x80, 8031},
	}
	for _, v := range mu {
		for _, sign := range []int{1, -1} {
			code := v.code
			if sign < 0 {
				code &= 0x7f
			}
			if got := int(muLaw.expand[code]); got != sign*v.value*4 {
				t.Errorf("mu law %02x is %d, want %d", code, got, sign*v.value*4)
			}
		}
	}
}

// Every code word must come back as itself, and every value as the nearest the law has, within half an interval.
func TestCompressInvertsExpand(t *testing.T) {
	for name, l := range map[string]*law{"A": aLaw, "mu": muLaw} {
		for code := range 256 {
			v := l.expand[code]
			back := l.compress(v)
			if l.expand[back] != v { // the mu law has two zeros
				t.Errorf("%s law: %02x is %d, which is %02x", name, code, v, back)
			}
		}
		for v := -32768; v <= 32767; v++ {
			got := int(l.expand[l.compress(int16(v))])
			if off, most := abs(got-v), max(16, abs(v)/30+8); off > most && abs(v) < 32000 {
				t.Fatalf("%s law: %d becomes %d", name, v, got)
			}
		}
	}
	if aLaw.silence != 0xd5 || muLaw.silence != 0xff {
		t.Errorf("silence is %02x and %02x", aLaw.silence, muLaw.silence)
	}
}

func abs(v int) int { return max(v, -v) }

func coders(t testing.TB, c audio.Codec) (audio.Encoder, audio.Decoder) {
	t.Helper()
	e, err := c.NewEncoder()
	if err != nil {
		t.Fatal(err)
	}
	d, err := c.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	return e, d
}

const frame = audio.Rate / 50

func TestToneComesThrough(t *testing.T) {
	for _, c := range []audio.Codec{PCMA(), PCMU()} {
		for _, freq := range []float64{300, 1000, 3000, 3400} {
			e, d := coders(t, c)
			pcm := audiotest.Tone(audio.Rate, freq)
			var heard []int16
			for at := 0; at < len(pcm); at += frame {
				buf, out := make([]byte, 160), make([]int16, frame)
				n, err := e.Encode(buf, pcm[at:at+frame])
				if err != nil || n != 160 {
					t.Fatal(n, err)
				}
				if n, err = d.Decode(out, buf); err != nil || n != frame {
					t.Fatal(n, err)
				}
				heard = append(heard, out...)
			}
			heard = heard[audio.Rate/4:]
			if snr := audiotest.SNR(heard, audio.Rate, freq); snr < 33 { // 38 dB is the law's own limit
				t.Errorf("%s: %.0f Hz comes back %.1f dB above the rest", c.Name(), freq, snr)
			}
			if a := audiotest.Amplitude(heard, freq); a < 14000 || a > 18000 {
				t.Errorf("%s: %.0f Hz of 16384 comes back as %.0f", c.Name(), freq, a)
			}
		}
	}
}

// What telephone sound has no room for must vanish, not come back as another tone.
func TestNoAliases(t *testing.T) {
	e, d := coders(t, PCMA())
	pcm := audiotest.Tone(audio.Rate, 5500)
	buf, out := make([]byte, 160), make([]int16, frame)
	var heard []int16
	for at := 0; at < len(pcm); at += frame {
		if _, err := e.Encode(buf, pcm[at:at+frame]); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Decode(out, buf); err != nil {
			t.Fatal(err)
		}
		heard = append(heard, out...)
	}
	if r := audiotest.RMS(heard[frame:]); r > 40 {
		t.Errorf("5.5 kHz leaves %.0f", r)
	}
}

func TestConcealment(t *testing.T) {
	e, d := coders(t, PCMU())
	pcm := audiotest.Sine(audio.Rate, audio.Rate, 200, 10000)
	frames := make([][]byte, 0, 50)
	for at := 0; at < len(pcm); at += frame {
		buf := make([]byte, 160)
		if _, err := e.Encode(buf, pcm[at:at+frame]); err != nil {
			t.Fatal(err)
		}
		frames = append(frames, buf)
	}
	out := make([]int16, frame)
	var heard []int16
	play := func(f []byte) {
		if f == nil {
			d.Conceal(out)
		} else if _, err := d.Decode(out, f); err != nil {
			t.Fatal(err)
		}
		heard = append(heard, out...)
	}
	for i, f := range frames {
		switch {
		case i == 20: // one frame lost
			play(nil)
		case i >= 30 && i < 34: // 80 ms lost
			play(nil)
		default:
			play(f)
		}
	}
	ms := audio.Rate / 1000
	if a := audiotest.Amplitude(heard[402*ms:418*ms], 200); a < 8000 {
		t.Errorf("a lost frame of a 200 Hz tone is %.0f of 10000", a)
	}
	if r := audiotest.RMS(heard[664*ms : 680*ms]); r > 2 {
		t.Errorf("64 ms into a loss there is still %.0f", r)
	}
	steepest := audiotest.Jump(heard[200*ms : 380*ms])
	if j := audiotest.Jump(heard[380*ms:]); j > 3*steepest {
		t.Errorf("concealment clicks: step of %d where the tone's own are %d", j, steepest)
	}
	if a := audiotest.Amplitude(heard[720*ms:], 200); a < 9000 {
		t.Errorf("after the loss the tone is %.0f", a)
	}
}

// Comfort noise is as loud as the packet says, coloured as it says, begins and ends without a click, and is there only when
// it was asked for (RFC 3389).
func TestComfortNoise(t *testing.T) {
	_, d := coders(t, PCMA())
	c := d.(*decoder)
	pcm := make([]int16, audio.Rate)
	if c.Comfort(pcm, nil) {
		t.Error("noise that nobody asked for")
	}
	for _, sid := range [][]byte{{40}, {30, 127}, {30, 60, 140}, {30, 0}} {
		want := 32768 * math.Pow(10, -float64(sid[0])/20)
		if !c.Comfort(pcm, sid) {
			t.Fatal("no noise")
		}
		got := audiotest.RMS(pcm[audio.Rate/4:])
		if got < want*.7 || got > want*1.2 { // the band between 3.4 and 4 kHz does not come through
			t.Errorf("%v: %.0f, want %.0f", sid, got, want)
		}
		if j := audiotest.Jump(pcm[:480]); float64(j) > want*2.5 {
			t.Errorf("%v begins with a step of %d", sid, j)
		}
	}
	if c.Comfort(pcm, []byte{30, 254, 254}); audiotest.RMS(pcm) > 32768*math.Pow(10, -1.5) {
		t.Errorf("coefficients at their end make it louder: %.0f", audiotest.RMS(pcm))
	}
	hiss := func(sid byte) float64 {
		c.Comfort(pcm, []byte{30, sid})
		steps := 0.0
		for i := audio.Rate / 2; i < audio.Rate; i++ {
			steps += math.Pow(float64(pcm[i])-float64(pcm[i-6]), 2)
		}
		return math.Sqrt(steps) / audiotest.RMS(pcm[audio.Rate/2:])
	}
	if dark, light := hiss(40), hiss(210); dark > light*.7 {
		t.Errorf("coefficients of both signs sound alike: %.0f and %.0f", dark, light)
	}
	if _, err := d.Decode(pcm[:frame], make([]byte, 160)); err != nil || c.Comfort(pcm, nil) {
		t.Error("the noise goes on after speech has come")
	}
	if a := testing.AllocsPerRun(100, func() { c.Comfort(pcm[:480], []byte{40, 100}) }); a != 0 {
		t.Errorf("Comfort allocates %.0f times", a)
	}
}

func TestRoom(t *testing.T) {
	e, d := coders(t, PCMA())
	if _, err := e.Encode(make([]byte, 10), make([]int16, frame)); err == nil {
		t.Error("160 bytes went into 10")
	}
	if _, err := d.Decode(make([]int16, 10), make([]byte, 160)); err == nil {
		t.Error("960 samples went into 10")
	}
	if _, err := d.Decode(make([]int16, 1<<16), make([]byte, 5000)); err == nil {
		t.Error("a payload of 625 ms was taken")
	}
	if n, err := d.Decode(make([]int16, frame), nil); n != 0 || err != nil {
		t.Error("an empty payload:", n, err)
	}
}

func TestNoAllocation(t *testing.T) {
	e, d := coders(t, PCMA())
	pcm, buf := audiotest.Speech(frame), make([]byte, 160)
	for name, f := range map[string]func(){
		"Encode":  func() { _, _ = e.Encode(buf, pcm) },
		"Decode":  func() { _, _ = d.Decode(pcm, buf) },
		"Conceal": func() { d.Conceal(pcm) },
	} {
		if a := testing.AllocsPerRun(100, f); a != 0 {
			t.Errorf("%s allocates %.0f times", name, a)
		}
	}
}

func BenchmarkRoundTrip20ms(b *testing.B) {
	e, d := coders(b, PCMA())
	pcm, buf := audiotest.Speech(frame), make([]byte, 160)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = e.Encode(buf, pcm)
		_, _ = d.Decode(pcm, buf)
	}
}
