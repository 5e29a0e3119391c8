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

// Read reads a WAV file to its end as house sound. It takes PCM of 8 to 32 bits, 32 bit float, A-law and u-law, any
// number of channels (mixed to one) and any rate that dsp.FileRate takes.
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
	tag      uint16
	channels int
	rate     int // as dsp.FileRate gives it
	bytes    int // of one sample of one channel
}

// What a format's tag says, RFC 2361 appendix A.
const (
	tagPCM        = 1
	tagFloat      = 3
	tagALaw       = 6
	tagMuLaw      = 7
	tagExtensible = 0xfffe // the real tag begins the sub-format
)

func parseFormat(b []byte) (*format, error) {
	if len(b) < 16 {
		return nil, fmt.Errorf("%w: format too short", ErrFormat)
	}
	tag := binary.LittleEndian.Uint16(b)
	if tag == tagExtensible && len(b) >= 26 {
		tag = binary.LittleEndian.Uint16(b[24:])
	}
	bits := int(binary.LittleEndian.Uint16(b[14:]))
	f := &format{tag: tag, channels: int(binary.LittleEndian.Uint16(b[2:])), bytes: bits / 8}
	switch {
	case tag == tagPCM && slices.Contains([]int{8, 16, 24, 32}, bits):
	case tag == tagFloat && bits == 32:
	case tag == tagALaw || tag == tagMuLaw:
		f.bytes = 1 // whatever bits says: some writers put the 16 of what it stands for there
	default:
		return nil, fmt.Errorf("%w: encoding %d with %d bits", ErrFormat, tag, bits)
	}
	if f.channels < 1 || f.channels > 32 {
		return nil, fmt.Errorf("%w: %d channels", ErrFormat, f.channels)
	}
	told := binary.LittleEndian.Uint32(b[4:])
	var ok bool
	if f.rate, ok = dsp.FileRate(int(min(told, math.MaxInt32))); !ok {
		return nil, fmt.Errorf("%w: %d Hz", ErrFormat, told)
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
	r, err := dsp.NewFileResampler(f.rate, audio.Rate)
	if err != nil {
		return nil, err
	}
	out := make([]int16, r.Bound(len(mono)))
	return out[:r.Process(out, mono)], nil
}

// sample is one sample as -1..1.
func (f *format) sample(b []byte) float64 {
	switch f.tag {
	case tagALaw:
		return float64(aLaw[b[0]]) / (1 << 15)
	case tagMuLaw:
		return float64(muLaw[b[0]]) / (1 << 15)
	case tagFloat:
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
