package record

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// Ogg pages, RFC 3533 section 6.
const (
	pageHead = 27                       // bytes before the lacing values
	maxPage  = pageHead + 255 + 255*255 // the longest page
	pageBuf  = 2 * maxPage              // how much is read at a time
	noPlace  = -1                       // granule position of a page on which no packet ends
	maxWaste = 16 << 20                 // bytes of checksums over what is no page before a file is given up
	magic    = "OggS"
)

// Flags of a page.
const (
	pageContinued = 1 // its first packet began on the page before
	pageFirst     = 2
	pageLast      = 4
)

// page is a page as it was read. Its slices are good until the next one is read.
type page struct {
	flags    byte
	granule  int64 // place in the sound at the end of the last packet that ends here
	serial   uint32
	sequence uint32
	lacing   []byte // lengths; a packet goes on while they are 255
	body     []byte

	at     int64 // in the file
	length int   // bytes in the file
}

// appendPage makes a page. Packets longer than a page do not occur.
func appendPage(dst []byte, flags byte, granule int64, serial, sequence uint32, lacing, body []byte) []byte {
	start := len(dst)
	dst = append(dst, magic...)
	dst = append(dst, 0, flags)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(granule))
	dst = binary.LittleEndian.AppendUint32(dst, serial)
	dst = binary.LittleEndian.AppendUint32(dst, sequence)
	dst = append(dst, 0, 0, 0, 0, byte(len(lacing)))
	dst = append(dst, lacing...)
	dst = append(dst, body...)
	seal(dst[start:])
	return dst
}

// appendLacing adds a packet's length to the lacing values.
func appendLacing(lacing []byte, n int) []byte {
	for ; n >= 255; n -= 255 {
		lacing = append(lacing, 255)
	}
	return append(lacing, byte(n))
}

// seal puts the checksum into a page.
func seal(page []byte) {
	binary.LittleEndian.PutUint32(page[22:], 0)
	binary.LittleEndian.PutUint32(page[22:], checksum(0, page))
}

// parsePage reads the page that b begins with. cost is how many bytes it has looked at.
func parsePage(b []byte) (p page, cost int, ok bool) {
	if len(b) < pageHead || string(b[:4]) != magic || b[4] != 0 {
		return page{}, 0, false
	}
	segments := int(b[26])
	p.length = pageHead + segments
	if len(b) < p.length {
		return page{}, 0, false
	}
	p.lacing = b[pageHead:p.length]
	for _, n := range p.lacing {
		p.length += int(n)
	}
	if len(b) < p.length {
		return page{}, 0, false
	}
	p.body = b[pageHead+segments : p.length]
	p.flags = b[5]
	p.granule = int64(binary.LittleEndian.Uint64(b[6:]))
	p.serial = binary.LittleEndian.Uint32(b[14:])
	p.sequence = binary.LittleEndian.Uint32(b[18:])
	sum := checksum(checksum(checksum(0, b[:22]), []byte{0, 0, 0, 0}), b[26:p.length])
	return p, p.length, sum == binary.LittleEndian.Uint32(b[22:])
}

// pages reads the pages of a file one after the other and passes over what is none. It needs the same memory for any
// file, and gives up on one that is made to keep it busy.
type pages struct {
	src   io.ReaderAt
	size  int64
	at    int64  // where to look for the next page
	buf   []byte // what was read from src at bufAt
	bufAt int64
	waste int
}

func newPages(src io.ReaderAt, size int64) *pages {
	return &pages{src: src, size: size, buf: make([]byte, 0, pageBuf)}
}

// peek is the next maxPage bytes, or what there is before the end.
func (p *pages) peek() ([]byte, error) {
	want := min(maxPage, p.size-p.at)
	if p.at < p.bufAt || p.at+want > p.bufAt+int64(len(p.buf)) {
		if err := p.load(p.at); err != nil {
			return nil, err
		}
		want = min(want, int64(len(p.buf)))
	}
	return p.buf[p.at-p.bufAt:][:want], nil
}

// load fills the buffer from a place in the file.
func (p *pages) load(at int64) error {
	n, err := p.src.ReadAt(p.buf[:min(pageBuf, p.size-at)], at)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	p.buf, p.bufAt = p.buf[:n], at
	return nil
}

// next is the next page. The error is io.EOF when there is none.
func (p *pages) next() (page, error) {
	for p.at < p.size && p.waste < maxWaste {
		b, err := p.peek()
		if err != nil {
			return page{}, err
		}
		if i := bytes.Index(b, []byte(magic)); i != 0 {
			if i < 0 {
				i = max(1, len(b)-len(magic)+1) // it may begin at the very end
			}
			p.at += int64(i)
			continue
		}
		found, cost, ok := parsePage(b)
		if ok {
			found.at = p.at
			p.at += int64(found.length)
			return found, nil
		}
		p.waste += cost
		p.at++
	}
	return page{}, io.EOF
}

// last is the last page of a stream on which a packet ends.
func (p *pages) last(serial uint32) (page, bool, error) {
	for end := p.size; end > 0 && p.waste < maxWaste; {
		start := max(0, end-maxPage)
		if err := p.load(start); err != nil {
			return page{}, false, err
		}
		for within := min(int(end-start)+len(magic)-1, len(p.buf)); p.waste < maxWaste; {
			i := bytes.LastIndex(p.buf[:within], []byte(magic))
			if i < 0 {
				break
			}
			found, cost, ok := parsePage(p.buf[i:])
			if ok && found.serial == serial && found.granule != noPlace {
				found.at = start + int64(i)
				return found, true, nil
			}
			p.waste += cost
			within = i + len(magic) - 1
		}
		end = start
	}
	return page{}, false, nil
}

// checksums of one byte: the polynomial 0x04c11db7, highest bit first.
var checksums = func() (t [256]uint32) {
	for i := range t {
		r := uint32(i) << 24
		for range 8 {
			if r&(1<<31) != 0 {
				r = r<<1 ^ 0x04c11db7
			} else {
				r <<= 1
			}
		}
		t[i] = r
	}
	return t
}()

// checksum goes on with a checksum over more bytes.
func checksum(sum uint32, b []byte) uint32 {
	for _, c := range b {
		sum = sum<<8 ^ checksums[byte(sum>>24)^c]
	}
	return sum
}
