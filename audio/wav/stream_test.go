package wav_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/wav"
)

func TestStreamReadsWhatThereIs(t *testing.T) {
	for _, c := range []struct{ tag, channels, rate, bits int }{
		{1, 1, 48000, 16}, {1, 2, 44100, 16}, {1, 1, 8000, 8}, {1, 2, 16000, 24}, {3, 1, 48000, 32},
	} {
		data := samples(audiotest.Sine(c.rate, c.rate, 440, 16000), c.channels, c.bits)
		for _, size := range []uint32{uint32(len(data)), 0, 0xffffffff, 1 << 31} { // true, and three lies
			whole := file(c.tag, c.channels, c.rate, c.bits, size, data)
			s, err := wav.NewStream(bytes.NewReader(whole), int64(len(whole)))
			if err != nil {
				t.Fatalf("%+v, size %x: %v", c, size, err)
			}
			if s.Channels() != c.channels || s.Rate() != c.rate || s.Frames() != int64(c.rate) {
				t.Errorf("%+v, size %x: %d channels, %d Hz, %d frames", c, size, s.Channels(), s.Rate(), s.Frames())
			}
			for _, from := range []int64{0, 1000, s.Frames() - 5, s.Frames(), -7, 1 << 60} {
				s.SeekFrame(from)
				frames, first := int64(0), make([]int16, 0, c.rate)
				block := make([]int16, 333*c.channels)
				for {
					n, err := s.Read(block)
					if err == io.EOF {
						break
					}
					if err != nil || n == 0 {
						t.Fatal(n, err)
					}
					frames += int64(n)
					for i := range n {
						for ch := 1; ch < c.channels; ch++ {
							if block[i*c.channels+ch] != block[i*c.channels] {
								t.Fatalf("%+v: the channels are not the same", c)
							}
						}
						first = append(first, block[i*c.channels])
					}
				}
				if want := s.Frames() - min(max(from, 0), s.Frames()); frames != want {
					t.Errorf("%+v from %d: %d frames, should be %d", c, from, frames, want)
				}
				if from == 0 {
					if snr := audiotest.SNR(first, c.rate, 440); snr < 35 {
						t.Errorf("%+v: the tone is %.0f dB above the rest", c, snr)
					}
				}
			}
		}
	}
}

func TestStreamRefusesWhatReadRefuses(t *testing.T) {
	good := file(1, 1, 48000, 16, 4, []byte{1, 2, 3, 4})
	for name, data := range map[string][]byte{
		"empty": nil, "text": []byte("hello, this is not a sound"), "cut": good[:30],
		"sound first": append([]byte("RIFF\x00\x00\x00\x00WAVEdata\x04\x00\x00\x00abcd"), good[12:]...),
		"chunks":      append([]byte("RIFF\x00\x00\x00\x00WAVE"), bytes.Repeat([]byte("junk\x00\x00\x00\x00"), 5000)...),
	} {
		if _, err := wav.NewStream(bytes.NewReader(data), int64(len(data))); !errors.Is(err, wav.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzStream(f *testing.F) {
	f.Add(file(1, 2, 44100, 16, 8, make([]byte, 8)), int64(1))
	f.Fuzz(func(t *testing.T, data []byte, at int64) {
		s, err := wav.NewStream(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		s.SeekFrame(at)
		pcm := make([]int16, 32)
		for read := 0; read <= len(data); {
			n, err := s.Read(pcm)
			if err != nil {
				return
			}
			read += n
		}
		t.Errorf("%d bytes have no end", len(data))
	})
}

// A writer takes what a WAV file can hold, to the last byte, and not more.
func TestWriterKnowsItsLimit(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "a.wav"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := wav.NewWriter(f, 2)
	if err != nil {
		t.Fatal(err)
	}
	if w.Limit != 0xffffffff-44 {
		t.Errorf("a WAV file takes %d bytes", w.Limit)
	}
	w.Limit = 4000
	pcm := make([]int16, 1000)
	if err := errors.Join(w.Write(pcm), w.Write(pcm)); err != nil {
		t.Error(err)
	}
	if err := w.Write(pcm[:2]); !errors.Is(err, wav.ErrFull) {
		t.Errorf("one more: %v", err)
	}
	if info, _ := f.Stat(); w.Frames() != 1000 || info.Size() != 4044 {
		t.Errorf("%d frames in %d bytes", w.Frames(), info.Size())
	}
}

// A header that counts less than there is, as a kill leaves it, is made to count all; others' files are left alone.
func TestRepair(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := wav.NewWriter(f, 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(make([]int16, 2*audio.Rate)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		size, frames, mended int64
	}{
		{44 + 4*audio.Rate, audio.Rate, 44 + 4*audio.Rate},
		{44 + 4*audio.Rate - 1, audio.Rate - 1, 44 + 4*audio.Rate - 4},
		{44 + 5*audio.Rate + 3, 5 * audio.Rate / 4, 44 + 5*audio.Rate},
		{46, 0, 44},
		{44, 0, 44},
	} {
		if err := f.Truncate(c.size); err != nil {
			t.Fatal(err)
		}
		frames, err := wav.Repair(f)
		data, _ := os.ReadFile(path)
		if err != nil || frames != c.frames || int64(len(data)) != c.mended {
			t.Errorf("%+v: %d frames, %d bytes, %v", c, frames, len(data), err)
		}
		s, err := wav.NewStream(bytes.NewReader(data), int64(len(data)))
		if err != nil || s.Frames() != c.frames || s.Channels() != 2 {
			t.Errorf("%+v: afterwards %v", c, err)
		}
	}

	theirs := append(file(1, 1, 8000, 16, 4, []byte{1, 2, 3, 4}), "LIST\x04\x00\x00\x00abcd"...)
	if err := errors.Join(f.Truncate(0), os.WriteFile(path, theirs, 0o600)); err != nil {
		t.Fatal(err)
	}
	frames, err := wav.Repair(f)
	if after, _ := os.ReadFile(path); err != nil || frames != 2 || !bytes.Equal(after, theirs) {
		t.Errorf("another's file: %d frames, %v; % x", frames, err, after)
	}
}
