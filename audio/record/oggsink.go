package record

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"

	"svara/audio"
	"svara/audio/codec/opus"
)

// packetsPerPage is how much sound a page holds: 0.4 s, of which a kill loses the page that is not yet written.
const packetsPerPage = 20

// oggSink writes an Ogg Opus file (RFC 7845), a whole page at a time. Places in it ("granule positions") count samples
// with the opus.PreSkip that come before the sound.
type oggSink struct {
	file    *os.File
	encoder *opus.FileEncoder
	stereo  bool

	frame  []int16 // added and not encoded yet: less than 20 ms of each channel
	packet []byte  // room for one
	lacing []byte  // of the page being made
	body   []byte
	count  int    // packets in it
	page   []byte // room for one

	serial, sequence uint32
	added            int64 // samples of sound added
	encoded          int64 // place at the end of the last packet
	size             int64 // bytes in the file that are whole pages
	last             int64 // where the last of them begins
	place            int64 // its place, or opus.PreSkip before there is one
	broken           bool  // a page could not be written
}

func newOggSink(f *os.File, stereo bool) (*oggSink, error) {
	encoder, err := opus.NewFileEncoder(channels(stereo))
	if err != nil {
		return nil, err
	}
	s := &oggSink{
		file:    f,
		encoder: encoder,
		stereo:  stereo,
		packet:  make([]byte, 2*1275), // RFC 6716 section 3.2.1, and room
		serial:  rand.Uint32(),
		place:   opus.PreSkip,
	}
	s.put(opusHead(channels(stereo)))
	if err := s.flush(pageFirst, 0); err != nil {
		return nil, err
	}
	s.put(opusTags())
	if err := s.flush(0, 0); err != nil {
		return nil, err
	}
	return s, nil
}

// opusHead is the first packet, RFC 7845 section 5.1.
func opusHead(channels int) []byte {
	b := append([]byte("OpusHead"), 1, byte(channels))
	b = binary.LittleEndian.AppendUint16(b, opus.PreSkip)
	b = binary.LittleEndian.AppendUint32(b, audio.Rate) // of what was recorded
	b = binary.LittleEndian.AppendUint16(b, 0)          // gain
	return append(b, 0)                                 // channels are mono or left and right
}

// opusTags is the second packet, section 5.2: who made it and no comments.
func opusTags() []byte {
	const vendor = "Svara"
	b := binary.LittleEndian.AppendUint32([]byte("OpusTags"), uint32(len(vendor)))
	b = append(b, vendor...)
	return binary.LittleEndian.AppendUint32(b, 0)
}

func (s *oggSink) add(sent, heard *[audio.BlockSize]int16) error {
	s.frame = weave(s.frame, sent, heard, s.stereo)
	s.added += audio.BlockSize
	if len(s.frame) < channels(s.stereo)*opus.FileFrame {
		return nil
	}
	if err := s.encode(); err != nil {
		return err
	}
	if s.count < packetsPerPage {
		return nil
	}
	return s.flush(0, s.encoded)
}

// commit has nothing to do: a page is written as soon as it is full.
func (s *oggSink) commit() error { return nil }

// encode makes a packet of the frame.
func (s *oggSink) encode() error {
	n, err := s.encoder.Encode(s.packet, s.frame)
	if err != nil {
		return err
	}
	s.frame = s.frame[:0]
	s.encoded += opus.FileFrame
	s.put(s.packet[:n])
	return nil
}

// put puts a packet on the page.
func (s *oggSink) put(packet []byte) {
	s.lacing = appendLacing(s.lacing, len(packet))
	s.body = append(s.body, packet...)
	s.count++
}

// flush writes the page.
func (s *oggSink) flush(flags byte, place int64) error {
	s.page = appendPage(s.page[:0], flags, place, s.serial, s.sequence, s.lacing, s.body)
	s.lacing, s.body, s.count = s.lacing[:0], s.body[:0], 0
	if _, err := s.file.WriteAt(s.page, s.size); err != nil {
		s.broken = true
		return errors.Join(err, s.file.Truncate(s.size)) // no torn page
	}
	s.last, s.place = s.size, max(place, opus.PreSkip)
	s.size += int64(len(s.page))
	s.sequence++
	return nil
}

// finish writes what is left and the end of the stream. The encoder is fed silence until all sound has come out of it; the
// place of the last page says where the sound ends (RFC 7845 section 4.4).
func (s *oggSink) finish() error {
	if s.broken {
		return markLast(s.file, s.last, int(s.size-s.last))
	}
	end := s.added + opus.PreSkip
	for s.encoded < end {
		for len(s.frame) < channels(s.stereo)*opus.FileFrame {
			s.frame = append(s.frame, 0)
		}
		if err := s.encode(); err != nil {
			return err
		}
	}
	if err := s.flush(pageLast, end); err != nil {
		return errors.Join(err, markLast(s.file, s.last, int(s.size-s.last)))
	}
	return nil
}

func (s *oggSink) samples() int64 { return s.place - opus.PreSkip }

// markLast makes a page that is in the file the last one of its stream.
func markLast(f readWriterAt, at int64, length int) error {
	b := make([]byte, length)
	if _, err := f.ReadAt(b, at); err != nil {
		return err
	}
	b[5] |= pageLast
	seal(b)
	_, err := f.WriteAt(b[:pageHead], at)
	return err
}
