package record

import (
	"io"

	"svara/audio"
	"svara/audio/dsp"
	"svara/audio/wav"
)

// decoder reads a file as house sound, both sides of it in one.
type decoder interface {
	length() int64           // samples
	seek(sample int64) error // 0..length
	// read fills pcm with what comes next, and tells the place of the first sample. It gives less before a part that is
	// missing and at the end; the error is io.EOF after that.
	read(pcm []int16) (n int, at int64, err error)
}

// wavDecoder reads a WAV file of any rate.
type wavDecoder struct {
	wav       *wav.Stream
	resampler *dsp.Resampler
	frames    []int16 // as they are in the file
	mono      []int16 // the same in one channel
	house     []int16 // the same at the house's rate
	left      []int16 // of house, not handed out yet
	at        int64   // place of left
}

func newWavDecoder(src io.ReaderAt, size int64) (*wavDecoder, error) {
	w, err := wav.NewStream(src, size)
	if err != nil {
		return nil, unplayable(err)
	}
	r, err := dsp.NewFileResampler(w.Rate(), audio.Rate)
	if err != nil {
		return nil, err
	}
	n := w.Rate() / 50
	return &wavDecoder{
		wav:       w,
		resampler: r,
		frames:    make([]int16, n*w.Channels()),
		mono:      make([]int16, n),
		house:     make([]int16, r.Bound(n)),
	}, nil
}

func (d *wavDecoder) length() int64 {
	rate := int64(d.wav.Rate())
	return d.wav.Frames()/rate*audio.Rate + d.wav.Frames()%rate*audio.Rate/rate
}

func (d *wavDecoder) seek(sample int64) error {
	rate := int64(d.wav.Rate())
	d.wav.SeekFrame(sample/audio.Rate*rate + sample%audio.Rate*rate/audio.Rate)
	d.resampler.Reset()
	d.left, d.at = nil, sample
	return nil
}

func (d *wavDecoder) read(pcm []int16) (n int, at int64, err error) {
	for at = d.at; n < len(pcm); {
		if len(d.left) == 0 {
			if err := d.more(); err != nil {
				return ends(n, at, err)
			}
		}
		got := copy(pcm[n:], d.left)
		d.left = d.left[got:]
		d.at += int64(got)
		n += got
	}
	return n, at, nil
}

// more makes left of what comes next in the file.
func (d *wavDecoder) more() error {
	frames, err := d.wav.Read(d.frames)
	if err != nil {
		return err
	}
	for i := range frames {
		sum := float32(0)
		for _, v := range d.frames[i*d.wav.Channels():][:d.wav.Channels()] {
			sum += float32(v)
		}
		d.mono[i] = dsp.SoftClip(sum)
	}
	d.left = d.house[:d.resampler.Process(d.house, d.mono[:frames])]
	return nil
}

// ends is what read returns at the end: first what there is, and the error when it is asked again.
func ends(n int, at int64, err error) (int, int64, error) {
	if n > 0 {
		return n, at, nil
	}
	return 0, at, err
}
