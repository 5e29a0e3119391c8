package g722

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
)

// The coder and the player must be those of the recommendation, bit by bit: SVARA_G722_VECTORS names a folder with the
// test data of the ITU-T software tool library (G.191, src/g722/test_data), whose licence keeps it out of this one.
func TestVectors(t *testing.T) {
	dir := os.Getenv("SVARA_G722_VECTORS")
	if dir == "" {
		t.Skip("SVARA_G722_VECTORS is not set")
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	input, code, sound := samples(read("inpsp.bin")), read("codsp.cod"), samples(read("outsp1.bin"))
	for i := 0; i < len(code); i += 2 { // written as words of 16 bits
		code[i], code[i+1] = code[i+1], code[i]
	}
	got := make([]byte, len(input)/2)
	c := coder{bands: newBands()}
	c.code(got, input)
	if at := firstOther(got, code); at >= 0 {
		t.Errorf("the code differs from byte %d of %d on", at, len(code))
	}
	heard := make([]int16, 2*len(code))
	p := player{bands: newBands()}
	p.play(heard, code)
	if at := firstOther(heard[:len(sound)], sound); at >= 0 {
		t.Errorf("the sound differs from sample %d of %d on", at, len(sound))
	}
}

func samples(b []byte) []int16 {
	out := make([]int16, len(b)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return out
}

func firstOther[T comparable](a, b []T) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) != len(b) {
		return min(len(a), len(b))
	}
	return -1
}

// The same for sound of our own, by its checksum: taken when TestVectors passed.
func TestSame(t *testing.T) {
	pcm := audiotest.Speech(2 * rate)
	for i, seed := 0, uint32(1); i < 16*rate; i++ { // and noise that leaps in loudness, for every level of the quantizers
		seed = seed*1664525 + 1013904223
		pcm = append(pcm, int16(seed>>16)>>(i/100*7%13))
	}
	code := make([]byte, len(pcm)/2)
	c := coder{bands: newBands()}
	c.code(code, pcm)
	heard := make([]int16, len(pcm))
	p := player{bands: newBands()}
	p.play(heard, code)
	raw := new(bytes.Buffer)
	if err := binary.Write(raw, binary.LittleEndian, heard); err != nil {
		t.Fatal(err)
	}
	if in, out := crc32.ChecksumIEEE(code), crc32.ChecksumIEEE(raw.Bytes()); in != 0x67ed5928 || out != 0x3442afea {
		t.Errorf("code %08x, sound %08x", in, out)
	}
}

func coders(t testing.TB) (audio.Encoder, audio.Decoder) {
	t.Helper()
	e, err := Codec().NewEncoder()
	if err != nil {
		t.Fatal(err)
	}
	d, err := Codec().NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	return e, d
}

const frame = audio.Rate / 50

// through sends sound through both coders; a frame that lost names is concealed.
func through(t *testing.T, pcm []int16, lost func(int) bool) []int16 {
	t.Helper()
	e, d := coders(t)
	var heard []int16
	for i := range len(pcm) / frame {
		buf, out := make([]byte, 160), make([]int16, frame)
		if n, err := e.Encode(buf, pcm[i*frame:][:frame]); err != nil || n != 160 {
			t.Fatal(n, err)
		}
		if lost(i) {
			d.Conceal(out)
		} else if n, err := d.Decode(out, buf); err != nil || n != frame {
			t.Fatal(n, err)
		}
		heard = append(heard, out...)
	}
	return heard
}

func never(int) bool { return false }

// Twice the band of a telephone comes through, and nothing above it as anything else.
func TestToneComesThrough(t *testing.T) {
	for _, freq := range []float64{100, 300, 1000, 3400, 5000, 6000, 7000} {
		heard := through(t, audiotest.Tone(audio.Rate, freq), never)[audio.Rate/4:]
		if a := audiotest.Amplitude(heard, freq); a < 12000 || a > 18500 {
			t.Errorf("%.0f Hz of 16384 comes back as %.0f", freq, a)
		}
		// The upper band has two bits a sample.
		if snr, want := audiotest.SNR(heard, audio.Rate, freq), map[bool]float64{true: 30, false: 10}[freq < 3800]; snr < want {
			t.Errorf("%.0f Hz comes back %.1f dB above the rest, want %.0f", freq, snr, want)
		}
	}
	if r := audiotest.RMS(through(t, audiotest.Tone(audio.Rate, 9500), never)[frame:]); r > 60 {
		t.Errorf("9.5 kHz leaves %.0f", r)
	}
}

func TestConcealment(t *testing.T) {
	heard := through(t, audiotest.Sine(audio.Rate, audio.Rate, 200, 10000), func(i int) bool { return i == 20 || i >= 30 && i < 34 })
	ms := audio.Rate / 1000
	if a := audiotest.Amplitude(heard[404*ms:419*ms], 200); a < 8000 {
		t.Errorf("a lost frame of a 200 Hz tone is %.0f of 10000", a)
	}
	if r := audiotest.RMS(heard[664*ms : 680*ms]); r > 2 {
		t.Errorf("64 ms into a loss there is still %.0f", r)
	}
	steepest := audiotest.Jump(heard[200*ms : 380*ms])
	if j := audiotest.Jump(heard[380*ms:]); j > 3*steepest {
		t.Errorf("concealment clicks: step of %d where the tone's own are %d", j, steepest)
	}
	if a := audiotest.Amplitude(heard[740*ms:], 200); a < 9000 {
		t.Errorf("after the loss the tone is %.0f", a)
	}
}

func TestRoom(t *testing.T) {
	e, d := coders(t)
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

// No code word may take the state out of its range: what comes from the network is anything.
func TestAnyBytes(t *testing.T) {
	_, d := coders(t)
	out, buf := make([]int16, frame), make([]byte, 160)
	seed := uint32(1)
	for i := range 2000 {
		for j := range buf {
			seed = seed*1664525 + 1013904223
			buf[j] = byte(seed >> 24)
			if i%3 == 0 {
				buf[j] = byte(i)
			}
		}
		if n, err := d.Decode(out, buf); n != frame || err != nil {
			t.Fatal(n, err)
		}
	}
	for _, b := range d.(*decoder).bands {
		if b.step < 8 || b.step > 1<<15 || b.guess != saturate(b.guess) {
			t.Errorf("state %+v", b)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	e, d := coders(t)
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
	e, d := coders(b)
	pcm, buf := audiotest.Speech(frame), make([]byte, 160)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = e.Encode(buf, pcm)
		_, _ = d.Decode(pcm, buf)
	}
}
