package voicemail

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"time"

	"svara/phone"
)

// sound is what is in a file.
type sound struct {
	ending string // of a name for it, with the dot
	length time.Duration
	plays  bool
	kind   string // of one that cannot be played
}

// heardOf takes what a file with the message's sound tells of it.
func (m *message) heardOf(path string) {
	s, size := examine(path)
	if size == 0 {
		return
	}
	m.Size = int(size)
	if s.length > 0 {
		m.Duration = s.length
	}
	switch {
	case s.plays:
		m.Reason = nil
	case s.kind != "":
		m.Reason = &phone.Reason{ID: phone.ReasonBadSound, Text: s.kind}
	default:
		m.Reason = &phone.Reason{ID: phone.ReasonBadSound, Text: m.Type}
	}
}

// examine looks into a file; the size is 0 when it cannot be read.
func examine(path string) (sound, int64) {
	f, err := os.Open(path)
	if err != nil {
		return sound{}, 0
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return sound{}, 0
	}
	return look(f, info.Size()), info.Size()
}

// look tells a sound by its content.
func look(r io.ReaderAt, size int64) sound {
	head := make([]byte, 64)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return sound{ending: ".bin"}
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("RIFF")) && len(head) >= 12 && string(head[8:12]) == "WAVE":
		return lookWAV(r, size)
	case bytes.HasPrefix(head, []byte("OggS")):
		if !bytes.Contains(head, []byte("OpusHead")) {
			return sound{ending: ".ogg", kind: "ogg"}
		}
		return sound{ending: ".opus", plays: true, length: oggLength(r, size)}
	case bytes.HasPrefix(head, []byte("ID3")), len(head) > 1 && head[0] == 0xff && head[1]&0xe0 == 0xe0:
		return sound{ending: ".mp3", kind: "mp3"}
	case bytes.HasPrefix(head, []byte("#!AMR")):
		return sound{ending: ".amr", kind: "amr"}
	case len(head) > 8 && string(head[4:8]) == "ftyp":
		return sound{ending: ".m4a", kind: "m4a"}
	case len(head) > 33 && size%33 == 0 && head[0]>>4 == 0xd && head[33]>>4 == 0xd: // frames of 33 bytes, each with the same mark
		return sound{ending: ".gsm", kind: "gsm"}
	}
	return sound{ending: ".bin"}
}

// lookWAV goes through the chunks of a WAV file, as distrustful of their lengths as the player is.
func lookWAV(r io.ReaderAt, size int64) sound {
	s := sound{ending: ".wav", kind: "wav"}
	perSecond, plays := int64(0), false
	at := int64(12)
	for range 1000 {
		var chunk [8]byte
		if _, err := r.ReadAt(chunk[:], at); err != nil {
			return s
		}
		at += 8
		length := int64(binary.LittleEndian.Uint32(chunk[4:]))
		switch string(chunk[:4]) {
		case "fmt ":
			var f [26]byte
			n, _ := r.ReadAt(f[:min(len(f), int(max(0, min(length, size-at))))], at)
			if n < 16 {
				return s
			}
			tag := binary.LittleEndian.Uint16(f[0:])
			if tag == 0xfffe && n == len(f) { // extensible: the real tag begins the sub-format
				tag = binary.LittleEndian.Uint16(f[24:])
			}
			channels, rate, bits := int64(binary.LittleEndian.Uint16(f[2:])), int64(binary.LittleEndian.Uint32(f[4:])), int64(binary.LittleEndian.Uint16(f[14:]))
			switch tag {
			case 1, 3, 6, 7: // PCM, float, A-law, u-law
				if tag > 3 {
					bits = 8
				}
				plays = channels >= 1 && channels <= 32 && rate >= 4000 && rate <= 384000 &&
					(tag > 3 || tag == 3 && bits == 32 || tag == 1 && bits%8 == 0 && bits >= 8 && bits <= 32)
				if plays {
					perSecond = channels * rate * (bits / 8)
				}
			case 0x31:
				s.kind = "gsm"
				perSecond = int64(binary.LittleEndian.Uint32(f[8:]))
			}
		case "data":
			if length == 0 || length > size-at {
				length = size - at
			}
			if perSecond > 0 && length/perSecond < 24*3600 {
				s.length = time.Duration(float64(length) / float64(perSecond) * float64(time.Second)).Round(time.Millisecond)
			}
			s.plays = plays
			return s
		}
		at += length + length&1
	}
	return s
}

// oggLength is the length of an Opus file by the place of its last page, less what comes before the sound (RFC 7845 4).
func oggLength(r io.ReaderAt, size int64) time.Duration {
	const rate, most = 48000, 1 << 17 // two pages of the longest
	tail := make([]byte, min(size, most))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return 0
	}
	i := bytes.LastIndex(tail, []byte("OggS"))
	if i < 0 || len(tail) < i+14 {
		return 0
	}
	place := binary.LittleEndian.Uint64(tail[i+6:])
	if place > math.MaxInt32*rate {
		return 0
	}
	skip := make([]byte, 2)
	if _, err := r.ReadAt(skip, 28+10); err != nil {
		return 0
	}
	samples := int64(place) - int64(binary.LittleEndian.Uint16(skip))
	if samples < 0 || samples > 24*3600*rate {
		return 0
	}
	return time.Duration(samples) * time.Second / rate
}
