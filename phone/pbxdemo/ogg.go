package pbxdemo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"svara/audio"
	"svara/audio/codec/opus"
)

var errOgg = errors.New("not an Ogg Opus file")

// readOgg takes the Opus packets out of an Ogg file (RFC 3533, RFC 7845): one logical stream, no seeking. total is the
// length in samples at 48 kHz, skip the samples at the start that only warm the decoder up.
func readOgg(data []byte) (packets [][]byte, skip, total int, err error) {
	var part []byte
	var all [][]byte
	granule := uint64(0)
	for len(data) > 0 {
		if len(data) < 27 || string(data[:4]) != "OggS" || data[4] != 0 {
			return nil, 0, 0, fmt.Errorf("page %d bytes before the end: %w", len(data), errOgg)
		}
		segments := int(data[26])
		if g := binary.LittleEndian.Uint64(data[6:]); g != 1<<64-1 {
			granule = g
		}
		body := data[27:]
		if len(body) < segments {
			return nil, 0, 0, fmt.Errorf("segment table: %w", errOgg)
		}
		table := body[:segments]
		body = body[segments:]
		for _, n := range table {
			if len(body) < int(n) {
				return nil, 0, 0, fmt.Errorf("segment: %w", errOgg)
			}
			part = append(part, body[:n]...)
			body = body[n:]
			if n < 255 { // the packet ends here
				all = append(all, part)
				part = nil
			}
		}
		data = body
	}
	if len(all) < 3 || len(all[0]) < 19 || !bytes.HasPrefix(all[0], []byte("OpusHead")) || !bytes.HasPrefix(all[1], []byte("OpusTags")) {
		return nil, 0, 0, fmt.Errorf("headers: %w", errOgg)
	}
	skip = int(binary.LittleEndian.Uint16(all[0][10:]))
	if granule > 1<<32 || int(granule) <= skip {
		return nil, 0, 0, fmt.Errorf("length: %w", errOgg)
	}
	return all[2:], skip, int(granule) - skip, nil
}

const (
	packetSize = audio.Rate / 50 // samples in a packet of our files: 20 ms
	preroll    = 4               // packets decoded before a cut, so that the decoder has found its feet (RFC 7845 4.6)
)

// clip is a piece of one of our sounds as a source that ends.
type clip struct {
	packets [][]byte
	decoder audio.Decoder
	skip    int // samples to drop
	left    int // samples to play after those
	buffer  [6 * packetSize]int16
	ready   []int16
}

// newClip is the part of a sound between two times; to 0 is its end.
func newClip(data []byte, from, to time.Duration) (*clip, error) {
	packets, skip, total, err := readOgg(data)
	if err != nil {
		return nil, err
	}
	decoder, err := opus.Codec().NewDecoder()
	if err != nil {
		return nil, err
	}
	begin, end := samples(from), total
	if to > 0 {
		end = min(end, samples(to))
	}
	first := min(max((begin+skip)/packetSize-preroll, 0), len(packets))
	return &clip{packets: packets[first:], decoder: decoder, skip: begin + skip - first*packetSize, left: max(end-begin, 0)}, nil
}

func samples(d time.Duration) int { return int(d * audio.Rate / time.Second) }

// Done reports whether it is over.
func (c *clip) Done() bool { return c.left == 0 || len(c.packets) == 0 && len(c.ready) == 0 }

// Read implements audio.Source.
func (c *clip) Read(block []int16) bool {
	sound := false
	for len(block) > 0 && c.left > 0 {
		if len(c.ready) == 0 {
			if len(c.packets) == 0 {
				break
			}
			n, err := c.decoder.Decode(c.buffer[:], c.packets[0])
			c.packets = c.packets[1:]
			if err != nil {
				continue // a damaged packet is a gap of 20 ms
			}
			c.ready = c.buffer[:n]
			drop := min(c.skip, n)
			c.skip -= drop
			c.ready = c.ready[drop:]
			continue
		}
		n := copy(block, c.ready[:min(len(c.ready), c.left)])
		c.ready, c.left, block, sound = c.ready[n:], c.left-n, block[n:], true
	}
	clear(block)
	return sound
}
