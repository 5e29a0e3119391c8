package wav

import (
	"encoding/binary"
	"fmt"
	"os"

	"svara/audio"
)

const headerSize = 44

// Writer writes house sound to a file as 16 bit PCM. The header is right after every Write. Not safe for concurrent use.
type Writer struct {
	file *os.File
	size int64 // bytes of sound written
	buf  []byte
}

// Create makes the file, replacing one that is there.
func Create(path string) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("write sound: %w", err)
	}
	w := &Writer{file: f}
	if err := w.header(); err != nil {
		f.Close()
		return nil, err
	}
	return w, nil
}

// Write appends sound.
func (w *Writer) Write(pcm []int16) error {
	w.buf = w.buf[:0]
	for _, s := range pcm {
		w.buf = binary.LittleEndian.AppendUint16(w.buf, uint16(s))
	}
	if w.size+int64(len(w.buf)) > 0xffffffff-headerSize {
		return fmt.Errorf("write sound: %s is full", w.file.Name())
	}
	// First the sound, then the header that counts it: between the two the file only looks a little shorter.
	if _, err := w.file.WriteAt(w.buf, headerSize+w.size); err != nil {
		return fmt.Errorf("write sound: %w", err)
	}
	w.size += int64(len(w.buf))
	return w.header()
}

func (w *Writer) header() error {
	var h [headerSize]byte
	b := append(h[:0], "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(headerSize-8+w.size))
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 1) // PCM
	b = binary.LittleEndian.AppendUint16(b, 1) // channel
	b = binary.LittleEndian.AppendUint32(b, audio.Rate)
	b = binary.LittleEndian.AppendUint32(b, audio.Rate*2)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(w.size))
	if _, err := w.file.WriteAt(b, 0); err != nil {
		return fmt.Errorf("write sound: %w", err)
	}
	return nil
}

// Close closes the file.
func (w *Writer) Close() error { return w.file.Close() }
