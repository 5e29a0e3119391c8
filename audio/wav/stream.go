package wav

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// maxChunks is how many chunks may come before the sound. Writers put a handful there.
const maxChunks = 1000

// piece is how many frames a Stream reads from the file at a time.
const piece = 4800

// Stream reads a WAV file piece by piece, with all its channels and at its own rate. It takes what Read takes, and is as
// distrustful of lengths. Not safe for concurrent use.
type Stream struct {
	src    io.ReaderAt
	format *format
	start  int64 // of the sound in the file
	frames int64
	at     int64 // next frame
	buf    []byte
}

// NewStream opens a file of so many bytes.
func NewStream(src io.ReaderAt, size int64) (*Stream, error) {
	f, start, length, err := locate(src, size)
	if err != nil {
		return nil, err
	}
	frame := int64(f.bytes * f.channels)
	return &Stream{src: src, format: f, start: start, frames: length / frame, buf: make([]byte, piece*frame)}, nil
}

// Channels is how many samples a frame has.
func (s *Stream) Channels() int { return s.format.channels }

// Rate is frames a second, as dsp.FileRate gives it.
func (s *Stream) Rate() int { return s.format.rate }

// Frames is how long the sound is.
func (s *Stream) Frames() int64 { return s.frames }

// SeekFrame goes to a frame, 0..Frames.
func (s *Stream) SeekFrame(frame int64) { s.at = min(max(frame, 0), s.frames) }

// Read reads frames as 16 bit samples and returns how many. At the end of the sound, or of the file when that has been
// made shorter, the error is io.EOF.
func (s *Stream) Read(pcm []int16) (int, error) {
	width := s.format.bytes
	frame := width * s.format.channels
	n := int(min(int64(len(pcm)/s.format.channels), piece, s.frames-s.at))
	if n == 0 {
		if s.at == s.frames {
			return 0, io.EOF
		}
		return 0, nil
	}
	got, err := s.src.ReadAt(s.buf[:n*frame], s.start+s.at*int64(frame))
	if got < n*frame && err != nil && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("read sound: %w", err)
	}
	if n = got / frame; n == 0 {
		return 0, io.EOF
	}
	for i := range n * s.format.channels {
		pcm[i] = int16(min(max(s.format.sample(s.buf[i*width:])*32768, -32768), 32767))
	}
	s.at += int64(n)
	return n, nil
}

// locate finds format and sound in a file of so many bytes. Lengths that lie are cut to what is there; sound that says it
// is empty or endless, as writers leave it when they are killed, goes to the end of the file.
func locate(src io.ReaderAt, size int64) (f *format, start, length int64, err error) {
	var head [12]byte
	if n, err := src.ReadAt(head[:], 0); n < len(head) && err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, 0, err
	}
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return nil, 0, 0, fmt.Errorf("%w: no RIFF header", ErrFormat)
	}
	at := int64(len(head))
	for range maxChunks {
		var chunk [8]byte
		n, err := src.ReadAt(chunk[:], at)
		if n < len(chunk) {
			if err != nil && !errors.Is(err, io.EOF) {
				return nil, 0, 0, err
			}
			break
		}
		at += int64(len(chunk))
		length := int64(binary.LittleEndian.Uint32(chunk[4:]))
		rest := max(0, size-at)
		switch string(chunk[:4]) {
		case "data":
			if f == nil {
				return nil, 0, 0, fmt.Errorf("%w: sound before its format", ErrFormat)
			}
			if length == 0 || length > rest {
				length = rest
			}
			return f, at, length, nil
		case "fmt ":
			body := make([]byte, min(length, rest, 64))
			n, err := src.ReadAt(body, at)
			if n < len(body) && err != nil && !errors.Is(err, io.EOF) {
				return nil, 0, 0, err
			}
			if f, err = parseFormat(body[:n]); err != nil {
				return nil, 0, 0, err
			}
		}
		at += min(length+length&1, rest) // chunks are padded to even lengths
	}
	return nil, 0, 0, fmt.Errorf("%w: no sound in it", ErrFormat)
}
