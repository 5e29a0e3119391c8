package media

import (
	"net/netip"
	"slices"
	"sync/atomic"
	"time"
)

const (
	steady      = 5               // blocks between two looks of the reporter: the audio loop comes by
	mostFetched = 64              // datagrams for one block
	mostStrays  = 16              // waiting to be sorted
	longestWait = time.Second / 4 // that is believed of a datagram: longer, and somebody has set the clock
)

// fetcher lets the audio loop take the packets of the RTP socket itself, while it comes by for each block anyway: a
// goroutine that is woken for each of them costs more than all that is done with them, and comes late on a machine that
// is busy. The system tells when each packet came. Where it cannot, the reading goroutine takes them as ever.
type fetcher struct {
	on     atomic.Bool  // stored by the reporter
	blocks atomic.Int32 // since the reporter's last look
	buf    []byte       // the audio loop's
	strays chan stray   // what is no sound, for readStrays
}

// stray is a datagram that something may have to wait for: of ICE, DTLS or RTCP.
type stray struct {
	data []byte
	from netip.AddrPort
}

func (f *fetcher) init() { f.buf, f.strays = make([]byte, packetSize), make(chan stray, mostStrays) }

// look is the reporter's: the audio loop takes packets while it comes by.
func (r *receiver) look() {
	f := &r.fetcher
	switch n := f.blocks.Swap(0); {
	case n >= steady:
		f.on.Store(true)
	case n == 0:
		f.on.Store(false)
	}
	r.s.rtp.heed(!f.on.Load())
}

// fetch takes what has come since the last block. For the audio loop: it waits for nobody, and what it cannot take now
// it finds with the next block.
func (r *receiver) fetch() {
	f := &r.fetcher
	f.blocks.Add(1)
	if !f.on.Load() || !r.turn.TryLock() {
		return
	}
	defer r.turn.Unlock()
	for range mostFetched {
		n, from, waited, ok := r.s.rtp.fetch(f.buf)
		if !ok {
			return
		}
		data := f.buf[:n]
		if isSound(data) {
			r.take(data, from, r.s.cfg.Now().Add(-waited))
			continue
		}
		select {
		case f.strays <- stray{slices.Clone(data), from}:
		default: // whoever sent it sends it again
		}
	}
}

// readStrays is the goroutine that sorts what the audio loop has found and must not wait for.
func (r *receiver) readStrays() {
	for {
		select {
		case d := <-r.fetcher.strays:
			r.sort(d.data, d.from)
		case <-r.s.stop:
			return
		}
	}
}

// isSound tells RTP from all else that comes to its socket (RFC 7983 7, RFC 5761 4).
func isSound(data []byte) bool {
	return len(data) >= 12 && data[0]>>6 == 2 && !(data[1] >= 192 && data[1] <= 223)
}
