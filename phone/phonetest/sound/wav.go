package sound

import (
	"bytes"
	"encoding/binary"
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
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, fmt.Errorf("%s is no WAV file", file)
	}
	format := false
	for at := 12; at+8 <= len(b); {
		size := int(binary.LittleEndian.Uint32(b[at+4:]))
		body := b[at+8:]
		switch string(b[at : at+4]) {
		case "fmt ":
			if len(body) < 16 {
				return nil, fmt.Errorf("%s: short format", file)
			}
			channels, rate, bits := binary.LittleEndian.Uint16(body[2:]), binary.LittleEndian.Uint32(body[4:]), binary.LittleEndian.Uint16(body[14:])
			if channels != 1 || rate != Rate || bits != 16 {
				return nil, fmt.Errorf("%s is %d channels, %d Hz, %d bits; want 1, %d, 16", file, channels, rate, bits, Rate)
			}
			format = true
		case "data":
			if !format {
				return nil, fmt.Errorf("%s: sound before its format", file)
			}
			return Samples16(body[:min(size, len(body))]), nil
		}
		at += 8 + size + size&1
	}
	return nil, fmt.Errorf("%s has no sound", file)
}

// Samples16 reads raw little-endian 16-bit samples.
func Samples16(raw []byte) []int16 {
	out := make([]int16, len(raw)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return out
}
