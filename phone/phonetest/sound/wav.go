package sound

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// WriteWAV writes s as a 16-bit mono WAV file at 48 kHz.
func WriteWAV(file string, s []int16) error {
	var b bytes.Buffer
	size := uint32(len(s) * 2)
	b.WriteString("RIFF")
	for _, v := range []any{
		36 + size, [4]byte([]byte("WAVE")), [4]byte([]byte("fmt ")), uint32(16), uint16(1), uint16(1), uint32(Rate), uint32(Rate * 2), uint16(2), uint16(16),
		[4]byte([]byte("data")), size, s,
	} {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			return fmt.Errorf("write %s: %w", file, err)
		}
	}
	return os.WriteFile(file, b.Bytes(), 0o600)
}

// ReadWAV reads a 16-bit mono WAV file at 48 kHz. A file that is still being written is read up to its present end,
// whatever its header says.
func ReadWAV(file string) ([]int16, error) {
	length, err := Length(file)
	if err != nil {
		return nil, err
	}
	return ReadPart(file, 0, length)
}

// Length is how many samples a WAV file has now.
func Length(file string) (int, error) {
	f, _, length, err := open(file)
	if err != nil {
		return 0, err
	}
	return length, f.Close()
}

// ReadPart reads the samples from..to-1 of a WAV file.
func ReadPart(file string, from, to int) ([]int16, error) {
	f, data, length, err := open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if from < 0 || to < from || to > length {
		return nil, fmt.Errorf("%s has %d samples, not %d to %d", file, length, from, to)
	}
	raw := make([]byte, 2*(to-from))
	if _, err := f.ReadAt(raw, int64(data+2*from)); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return Samples16(raw), nil
}

// open opens a WAV file and finds where its samples begin and how many there are.
func open(file string) (f *os.File, data, length int, err error) {
	f, err = os.Open(file)
	if err != nil {
		return nil, 0, 0, err
	}
	defer func() {
		if err != nil {
			f.Close()
			err = fmt.Errorf("%s: %w", file, err)
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, 0, err
	}
	head := make([]byte, 12)
	if _, err := f.ReadAt(head, 0); err != nil || string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return nil, 0, 0, errors.New("no WAV file")
	}
	chunk, format := make([]byte, 8+16), false
	for at := int64(12); ; {
		n, err := f.ReadAt(chunk, at)
		if n < 8 {
			return nil, 0, 0, fmt.Errorf("no sound: %w", err)
		}
		size, body := int64(binary.LittleEndian.Uint32(chunk[4:])), chunk[8:n]
		switch string(chunk[:4]) {
		case "fmt ":
			if len(body) < 16 {
				return nil, 0, 0, errors.New("short format")
			}
			channels, rate, bits := binary.LittleEndian.Uint16(body[2:]), binary.LittleEndian.Uint32(body[4:]), binary.LittleEndian.Uint16(body[14:])
			if channels != 1 || rate != Rate || bits != 16 {
				return nil, 0, 0, fmt.Errorf("%d channels, %d Hz, %d bits; want 1, %d, 16", channels, rate, bits, Rate)
			}
			format = true
		case "data":
			if !format {
				return nil, 0, 0, errors.New("sound before its format")
			}
			return f, int(at) + 8, int(min(size, info.Size()-at-8) / 2), nil
		}
		at += 8 + size + size&1
	}
}

// Samples16 reads raw little-endian 16-bit samples.
func Samples16(raw []byte) []int16 {
	out := make([]int16, len(raw)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return out
}
