package wav_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/wav"
)

// file makes a WAV file by hand.
func file(tag, channels, rate, bits int, dataSize uint32, data []byte) []byte {
	var b bytes.Buffer
	le := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) }
	b.WriteString("RIFF")
	le(uint32(36 + len(data)))
	b.WriteString("WAVEfmt ")
	le(uint32(16))
	le(uint16(tag))
	le(uint16(channels))
	le(uint32(rate))
	le(uint32(rate * channels * bits / 8))
	le(uint16(channels * bits / 8))
	le(uint16(bits))
	b.WriteString("LIST")
	le(uint32(3))
	b.WriteString("abc\x00") // padded to even
	b.WriteString("data")
	le(dataSize)
	b.Write(data)
	return b.Bytes()
}

func samples(pcm []int16, channels, bits int) []byte {
	var b []byte
	for _, v := range pcm {
		for range channels {
			switch bits {
			case 8:
				b = append(b, byte(v>>8)+128)
			case 16:
				b = binary.LittleEndian.AppendUint16(b, uint16(v))
			case 24:
				b = append(b, 0, byte(v), byte(v>>8))
			case 32:
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)/32768))
			}
		}
	}
	return b
}

func TestReadsWhatThereIs(t *testing.T) {
	for _, c := range []struct{ tag, channels, rate, bits int }{
		{1, 1, 48000, 16}, {1, 2, 44100, 16}, {1, 1, 8000, 8}, {1, 2, 16000, 24}, {3, 1, 48000, 32},
	} {
		data := samples(audiotest.Sine(c.rate, c.rate, 440, 16000), c.channels, c.bits)
		for _, size := range []uint32{uint32(len(data)), 0, 0xffffffff, 1 << 31} { // true, and three lies
			pcm, err := wav.Read(bytes.NewReader(file(c.tag, c.channels, c.rate, c.bits, size, data)))
			if err != nil {
				t.Fatalf("%+v, size %x: %v", c, size, err)
			}
			if len(pcm) != audio.Rate {
				t.Errorf("%+v, size %x: %d samples", c, size, len(pcm))
			}
			if a := audiotest.Amplitude(pcm[4800:], 440); math.Abs(a-16000) > 400 {
				t.Errorf("%+v, size %x: tone of %.0f", c, size, a)
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	good := file(1, 1, 48000, 16, 4, []byte{1, 2, 3, 4})
	for name, data := range map[string][]byte{
		"empty": nil, "text": []byte("hello, this is not a sound"), "cut": good[:30],
		"no channels": file(1, 0, 48000, 16, 4, []byte{1, 2, 3, 4}), "odd rate": file(1, 1, 123, 16, 4, []byte{1, 2, 3, 4}),
		"compressed": file(17, 1, 8000, 4, 4, []byte{1, 2, 3, 4}),
	} {
		if _, err := wav.Read(bytes.NewReader(data)); !errors.Is(err, wav.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(1, 2, 44100, 16, 8, make([]byte, 8)))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = wav.Read(bytes.NewReader(data))
	})
}

// The file must be whole after every write, as if the program had been killed there.
func TestWriterIsAlwaysValid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.wav")
	w, err := wav.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	tone := audiotest.Tone(audio.Rate, 1000)
	for at := 0; at < len(tone); at += audio.BlockSize {
		if err := w.Write(tone[at : at+audio.BlockSize]); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if riff, size := binary.LittleEndian.Uint32(data[4:]), binary.LittleEndian.Uint32(data[40:]); int(riff) != len(data)-8 || int(size) != len(data)-44 {
			t.Fatalf("header says %d and %d of %d bytes", riff, size, len(data))
		}
	}
	pcm, err := wav.Load(path)
	if err != nil || len(pcm) != len(tone) {
		t.Fatal(len(pcm), err)
	}
	if snr := audiotest.SNR(pcm, audio.Rate, 1000); snr < 60 {
		t.Errorf("tone is %.0f dB above the rest", snr)
	}
}
