package record

import (
	"os"

	"svara/audio"
	"svara/audio/dsp"
	"svara/audio/wav"
)

// wavSink writes a WAV file. What is committed is whole in the file.
type wavSink struct {
	wav    *wav.Writer
	stereo bool
	pcm    []int16 // added and not committed
}

// atOnce is how many samples a wavSink keeps at most before it commits by itself: a second.
const atOnce = 2 * audio.Rate

func newWavSink(f *os.File, stereo bool) (*wavSink, error) {
	w, err := wav.NewWriter(f, channels(stereo))
	if err != nil {
		return nil, err
	}
	return &wavSink{wav: w, stereo: stereo, pcm: make([]int16, 0, atOnce)}, nil
}

func (s *wavSink) add(sent, heard *[audio.BlockSize]int16) error {
	s.pcm = weave(s.pcm, sent, heard, s.stereo)
	if len(s.pcm) >= atOnce {
		return s.commit()
	}
	return nil
}

func (s *wavSink) commit() error {
	if len(s.pcm) == 0 {
		return nil
	}
	err := s.wav.Write(s.pcm)
	s.pcm = s.pcm[:0]
	return err
}

func (s *wavSink) finish() error { return s.commit() }

func (s *wavSink) samples() int64 { return s.wav.Frames() }

func channels(stereo bool) int {
	if stereo {
		return 2
	}
	return 1
}

// weave appends a block as it is in the file: side by side, or both in one.
func weave(pcm []int16, sent, heard *[audio.BlockSize]int16, stereo bool) []int16 {
	for i, s := range sent {
		if stereo {
			pcm = append(pcm, s, heard[i])
		} else {
			pcm = append(pcm, both(s, heard[i]))
		}
	}
	return pcm
}

// both is two samples in one.
func both(a, b int16) int16 {
	return dsp.SoftClip(float32(a) + float32(b))
}
