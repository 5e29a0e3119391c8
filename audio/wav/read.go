// Package wav reads and writes WAV files of the house's sound. The reader believes no length it is told; the writer keeps
// the file valid after every write, so that a kill loses nothing.
package wav

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"svara/audio"
	"svara/audio/dsp"
)

// maxFile is the largest file taken in, in bytes: a quarter of an hour of CD sound.
const maxFile = 160 << 20

// ErrFormat is what a file that is no WAV, or of an encoding not known, wraps.
var ErrFormat = errors.New("not a WAV file that can be played")

// Load reads a whole file as house sound: 48 kHz mono.
func Load(path string) ([]int16, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read sound: %w", err)
	}
	defer f.Close()
	pcm, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("read sound %s: %w", path, err)
	}
	return pcm, nil
}

// Read reads a WAV file to its end as house sound. It takes PCM of 8 to 32 bits and 32 bit float, any number of channels
// (mixed to one) and the rates of dsp.Rates.
func Read(r io.Reader) ([]int16, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile))
	if err != nil {
		return nil, err
	}
	f, start, length, err := locate(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	return f.convert(data[start : start+length])
}

// format is what the fmt chunk says.
type format struct {
	float    bool
	channels int
	rate     int
	bytes    int // of one sample of one channel
}

func parseFormat(b []byte) (*format, error) {
	if len(b) < 16 {
		return nil, fmt.Errorf("%w: format too short", ErrFormat)
	}
	tag := binary.LittleEndian.Uint16(b)
	if tag == 0xfffe && len(b) >= 26 { // extensible: the real tag starts the sub-format
		tag = binary.LittleEndian.Uint16(b[24:])
	}
	bits := int(binary.LittleEndian.Uint16(b[14:]))
	f := &format{
		float:    tag == 3,
		channels: int(binary.LittleEndian.Uint16(b[2:])),
		rate:     int(binary.LittleEndian.Uint32(b[4:])),
		bytes:    bits / 8,
	}
	switch {
	case tag == 1 && slices.Contains([]int{8, 16, 24, 32}, bits):
	case tag == 3 && bits == 32:
	default:
		return nil, fmt.Errorf("%w: encoding %d with %d bits", ErrFormat, tag, bits)
	}
	if f.channels < 1 || f.channels > 32 {
		return nil, fmt.Errorf("%w: %d channels", ErrFormat, f.channels)
	}
	if !slices.Contains(dsp.Rates, f.rate) {
		return nil, fmt.Errorf("%w: %d Hz", ErrFormat, f.rate)
	}
	return f, nil
}

func (f *format) convert(body []byte) ([]int16, error) {
	frame := f.bytes * f.channels
	mono := make([]int16, len(body)/frame)
	for i := range mono {
		sum := 0.0
		for c := range f.channels {
			sum += f.sample(body[i*frame+c*f.bytes:])
		}
		mono[i] = int16(min(max(sum/float64(f.channels)*32768, -32768), 32767))
	}
	if f.rate == audio.Rate {
		return mono, nil
	}
	r, err := dsp.NewResampler(f.rate, audio.Rate)
	if err != nil {
		return nil, err
	}
	out := make([]int16, r.Bound(len(mono)))
	return out[:r.Process(out, mono)], nil
}

// sample is one sample as -1..1.
func (f *format) sample(b []byte) float64 {
	if f.float {
		v := float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
		if math.IsNaN(v) {
			return 0
		}
		return v
	}
	switch f.bytes {
	case 1: // the only unsigned one
		return (float64(b[0]) - 128) / 128
	case 2:
		return float64(int16(binary.LittleEndian.Uint16(b))) / (1 << 15)
	case 3:
		return float64(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24)) / (1 << 31)
	}
	return float64(int32(binary.LittleEndian.Uint32(b))) / (1 << 31)
}
