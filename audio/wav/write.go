package wav

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"svara/audio"
)

const headerSize = 44

// MaxSound is how much sound a WAV file can hold, in bytes: its lengths are of 32 bits.
const MaxSound = 0xffffffff - headerSize

// ErrFull is what Write wraps when the sound would not fit into a WAV file any more. Nothing of it was written.
var ErrFull = errors.New("no WAV file can be longer")

// Writer writes house sound to a file as 16 bit PCM. The header is right after every Write, also after one that failed:
// the file then ends with what went in before. Not safe for concurrent use.
type Writer struct {
	Limit int64 // bytes of sound to take, MaxSound at most

	file     *os.File
	channels int
	size     int64 // bytes of sound written
	buf      []byte
}

// Create makes a file for one channel, replacing one that is there.
func Create(path string) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("write sound: %w", err)
	}
	w, err := NewWriter(f, 1)
	if err != nil {
		f.Close()
		return nil, err
	}
	return w, nil
}

// NewWriter begins an empty file of one or more channels, which belongs to the Writer from here unless there is an error.
func NewWriter(f *os.File, channels int) (*Writer, error) {
	w := &Writer{Limit: MaxSound, file: f, channels: channels}
	if err := w.header(); err != nil {
		return nil, err
	}
	return w, nil
}

// Write appends sound, a sample of each channel at a time.
func (w *Writer) Write(pcm []int16) error {
	w.buf = w.buf[:0]
	for _, s := range pcm {
		w.buf = binary.LittleEndian.AppendUint16(w.buf, uint16(s))
	}
	if w.size+int64(len(w.buf)) > min(w.Limit, MaxSound) {
		return fmt.Errorf("write sound to %s: %w", w.file.Name(), ErrFull)
	}
	// First the sound, then the header that counts it: between the two the file only looks a little shorter.
	if _, err := w.file.WriteAt(w.buf, headerSize+w.size); err != nil {
		return fmt.Errorf("write sound: %w", errors.Join(err, w.keep()))
	}
	w.size += int64(len(w.buf))
	return w.header()
}

// keep brings the file in order after a write that failed: what went in counts, but for a frame that was torn. WriteAt
// does not tell how much went in; the file does.
func (w *Writer) keep() error {
	info, err := w.file.Stat()
	if err != nil {
		return err
	}
	frame := int64(2 * w.channels)
	more := min(info.Size()-headerSize-w.size, int64(len(w.buf)))
	w.size += max(0, more) / frame * frame
	return errors.Join(w.file.Truncate(headerSize+w.size), w.header())
}

// Frames is how much sound has been written, in samples of each channel.
func (w *Writer) Frames() int64 { return w.size / int64(2*w.channels) }

func (w *Writer) header() error {
	var h [headerSize]byte
	if _, err := w.file.WriteAt(appendHeader(h[:0], w.channels, w.size), 0); err != nil {
		return fmt.Errorf("write sound: %w", err)
	}
	return nil
}

// appendHeader makes the header of a file of house sound with size bytes of it.
func appendHeader(b []byte, channels int, size int64) []byte {
	b = append(b, "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(headerSize-8+size))
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 1) // PCM
	b = binary.LittleEndian.AppendUint16(b, uint16(channels))
	b = binary.LittleEndian.AppendUint32(b, audio.Rate)
	b = binary.LittleEndian.AppendUint32(b, uint32(audio.Rate*2*channels))
	b = binary.LittleEndian.AppendUint16(b, uint16(2*channels))
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	return binary.LittleEndian.AppendUint32(b, uint32(size))
}

// Close closes the file.
func (w *Writer) Close() error { return w.file.Close() }
