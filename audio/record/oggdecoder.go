package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"svara/audio/codec/opus"
	"svara/audio/dsp"
)

const (
	// preroll is how long a decoder runs before what it gives is used. RFC 7845 section 4.6 wants 80 ms; after twice that
	// speech is the same to a hundredth.
	preroll = 2 * 3840

	// biggest is the longest packet that is put together from pieces: no packet of sound comes near it.
	biggest = 1 << 16
)

// oggDecoder reads the first Opus stream of an Ogg file (RFC 7845), one or two channels. It passes over what is damaged.
type oggDecoder struct {
	pages    *pages
	opus     *opus.FileDecoder
	channels int
	skip     int64   // samples before the sound
	gain     float32 // of the whole stream
	serial   uint32
	start    int64 // of the first page with sound in the file
	base     int64 // place of its first sample
	samples  int64

	packets  [][]byte // of the page being read
	part     []byte   // the beginning of a packet that goes on
	within   bool     // there is one
	whole    []byte   // such a packet when it has been put together
	sequence uint32   // of the page being read
	running  bool     // place is known from the page before
	place    int64    // of the next packet's first sample
	from     int64    // place before which nothing is handed out
	until    int64    // place at which the sound ends, on the last page

	pcm  []int16 // of one packet, as many channels as there are
	mono []int16 // the same in one
	left []int16 // of mono, not handed out yet
	at   int64   // sample that left begins with
}

func newOggDecoder(src io.ReaderAt, size int64) (*oggDecoder, error) {
	d := &oggDecoder{
		pages: newPages(src, size),
		pcm:   make([]int16, 2*opus.MaxPacket),
		mono:  make([]int16, opus.MaxPacket),
	}
	if err := d.head(); err != nil {
		return nil, err
	}
	if err := d.tags(); err != nil {
		return nil, err
	}
	d.start = d.pages.at
	if err := d.measure(); err != nil {
		return nil, err
	}
	return d, d.seek(0)
}

func broken(what string) error { return fmt.Errorf("%w: %s", ErrFormat, what) }

// head reads the first page, RFC 7845 section 5.1.
func (d *oggDecoder) head() error {
	p, err := d.pages.next()
	if errors.Is(err, io.EOF) {
		return broken("no Ogg page")
	} else if err != nil {
		return err
	}
	b := p.body
	if p.flags&pageFirst == 0 || len(b) < 19 || string(b[:8]) != "OpusHead" || b[8]>>4 != 0 {
		return broken("no Opus stream")
	}
	if channels, family := b[9], b[18]; family != 0 || channels != 1 && channels != 2 {
		return broken(fmt.Sprintf("%d channels of kind %d", channels, family))
	}
	d.serial, d.sequence = p.serial, p.sequence
	d.channels = int(b[9])
	d.skip = int64(binary.LittleEndian.Uint16(b[10:]))
	d.gain = float32(math.Pow(10, float64(int16(binary.LittleEndian.Uint16(b[16:])))/256/20))
	return nil
}

// tags passes the second packet, which may be long: people put pictures there.
func (d *oggDecoder) tags() error {
	for {
		if _, err := d.turn(); errors.Is(err, io.EOF) {
			return broken("it ends before its sound")
		} else if err != nil {
			return err
		}
		if len(d.packets) == 0 {
			continue
		}
		if p := d.packets[0]; len(p) < 8 || string(p[:8]) != "OpusTags" {
			return broken("no tags")
		}
		return nil
	}
}

// measure finds out where the sound begins and how long it is.
func (d *oggDecoder) measure() error {
	d.running = false
	p, err := d.turn()
	if errors.Is(err, io.EOF) {
		return nil // no sound in it yet
	} else if err != nil {
		return err
	}
	d.base = d.place
	last, ok, err := d.pages.last(d.serial)
	if err != nil || !ok || last.at < p.at {
		return err
	}
	d.samples = max(0, last.granule-d.base-d.skip)
	// A packet takes two bytes at least.
	if last.granule < d.base || d.samples/opus.MaxPacket > d.pages.size {
		return broken("it says it is longer than it can be")
	}
	return nil
}

// more reports whether there is a page of any stream from a place in the file on.
func (d *oggDecoder) more(at int64) bool {
	d.pages.at = at
	_, err := d.pages.next()
	return err == nil
}

// turn goes to the next page of the stream and takes it apart.
func (d *oggDecoder) turn() (page, error) {
	p, err := d.pages.next()
	for err == nil && p.serial != d.serial {
		p, err = d.pages.next()
	}
	if err != nil {
		return page{}, err
	}
	if p.sequence != d.sequence+1 {
		d.running, d.within = false, false
	}
	d.sequence = p.sequence
	d.split(p)
	length := int64(0)
	for _, packet := range d.packets {
		length += int64(opus.Duration(packet))
	}
	if !d.running && p.granule != noPlace {
		// Where a stream ends in its first page, it is the end that was cut, not the beginning (section 4.4 and 4.5).
		d.place = max(0, p.granule-length)
		d.running = true
	}
	d.until = math.MaxInt64
	if p.flags&pageLast != 0 && p.granule != noPlace {
		d.until = p.granule
	}
	return p, nil
}

// split cuts a page into the packets that end on it.
func (d *oggDecoder) split(p page) {
	d.packets = d.packets[:0]
	goesOn := p.flags&pageContinued != 0 // the first piece belongs to a packet that began before
	known := d.within
	d.within = false
	body, size := p.body, 0
	for i, n := range p.lacing {
		size += int(n)
		ends := n < 255
		if !ends && i < len(p.lacing)-1 {
			continue
		}
		piece := body[:size]
		body, size = body[size:], 0
		switch {
		case goesOn && !known:
		case goesOn:
			if len(d.part)+len(piece) <= biggest { // otherwise it is of no use, and its beginning will do
				d.part = append(d.part, piece...)
			}
			if d.within = !ends; ends {
				d.whole, d.part = d.part, d.whole
				d.packets = append(d.packets, d.whole)
			}
		case ends:
			d.packets = append(d.packets, piece)
		default:
			d.part, d.within = append(d.part[:0], piece...), true
		}
		goesOn = false
	}
}

func (d *oggDecoder) length() int64 { return d.samples }

// seek goes to the page that sounds preroll before the sample, and decodes from there.
func (d *oggDecoder) seek(sample int64) error {
	d.from = d.base + d.skip + sample
	from, err := d.bisect(d.from - preroll)
	if err != nil {
		return err
	}
	d.pages.at = from
	d.running, d.within, d.packets, d.left, d.at = false, false, d.packets[:0], nil, sample
	d.opus, err = opus.NewFileDecoder(d.channels)
	return err
}

// bisect finds the last page that ends before a place, or the first one with sound.
func (d *oggDecoder) bisect(place int64) (int64, error) {
	low, high := d.start, d.pages.size
	for high-low > 2*maxPage {
		middle := low + (high-low)/2
		p, err := d.placed(middle, high)
		switch {
		case errors.Is(err, io.EOF) || err == nil && p.granule >= place:
			high = middle
		case err != nil:
			return 0, err
		default:
			low = p.at
		}
	}
	for at := low; ; {
		p, err := d.placed(at, d.pages.size)
		if errors.Is(err, io.EOF) || err == nil && p.granule >= place {
			return low, nil
		} else if err != nil {
			return 0, err
		}
		low, at = p.at, p.at+int64(p.length)
	}
}

// placed is the first page of the stream from one place in the file to another on which a packet ends.
func (d *oggDecoder) placed(at, end int64) (page, error) {
	d.pages.at = at
	for {
		p, err := d.pages.next()
		if err != nil {
			return page{}, err
		}
		if p.at >= end {
			return page{}, io.EOF
		}
		if p.serial == d.serial && p.granule != noPlace {
			return p, nil
		}
	}
}

func (d *oggDecoder) read(pcm []int16) (n int, at int64, err error) {
	for n < len(pcm) {
		for len(d.left) == 0 {
			for len(d.packets) == 0 {
				if _, err := d.turn(); err != nil {
					return ends(n, at, err)
				}
			}
			packet := d.packets[0]
			d.packets = d.packets[1:]
			d.decode(packet)
		}
		if n == 0 {
			at = d.at
		} else if d.at != at+int64(n) { // something is missing in between
			break
		}
		got := copy(pcm[n:], d.left)
		d.left = d.left[got:]
		d.at += int64(got)
		n += got
	}
	return n, at, nil
}

// decode makes left of a packet.
func (d *oggDecoder) decode(packet []byte) {
	n, err := d.opus.Decode(d.pcm, packet)
	if err != nil {
		n = opus.Duration(packet)
		clear(d.pcm[:n*d.channels])
	}
	for i := range n {
		sum := float32(0)
		for _, v := range d.pcm[i*d.channels:][:d.channels] {
			sum += float32(v)
		}
		d.mono[i] = dsp.SoftClip(sum * d.gain)
	}
	first, end := d.place, d.place+int64(n)
	d.place = end
	cut := min(max(0, d.from-first), int64(n))
	keep := max(cut, min(end, d.until)-first)
	d.left = d.mono[cut:min(keep, int64(n))]
	d.at = first + cut - d.base - d.skip
}
