package media

import (
	"errors"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

const (
	packetSize   = 4096 // longest datagram looked at
	comfortNoise = 13   // RFC 3389
)

// receiver takes packets from the network. Fields are the RTP reader's unless they say otherwise: whoever is in sort.
type receiver struct {
	s      *Stream
	turn   sync.Mutex // held in sort
	latch  latch
	digits digitReader
	plan   *plan // the one last seen
	packet rtp.Packet
	header rtp.Header // of an encrypted packet
	clear  []byte     // what one decrypts to
	quiet  bool       // the RTP watch has told Silent; guarded by mutex

	fetcher fetcher

	unreadable atomic.Uint64 // packets that were not authentic; read by all

	mutex sync.Mutex
	count reception // guarded by mutex: the reporter reads it, the readers write it
}

func (r *receiver) init(s *Stream) {
	r.s, r.clear = s, make([]byte, packetSize)
	r.fetcher.init()
}

// readRTP is the RTP socket's goroutine.
func (r *receiver) readRTP() {
	buf := make([]byte, packetSize)
	for {
		n, from, err := r.s.rtp.read(buf)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			r.failed(err)
			continue
		}
		r.sort(buf[:n], from)
	}
}

// sort hands a datagram of the RTP socket to whom it is for (RFC 7983 7).
// What came over a TURN server is brought by another goroutine than what came to the socket, and what the audio loop has
// fetched by it or a third one.
func (r *receiver) sort(data []byte, from netip.AddrPort) {
	r.turn.Lock()
	defer r.turn.Unlock()
	if len(data) == 0 {
		return // a keep-alive
	}
	switch first := data[0]; {
	case first <= 3:
		if r.s.path != nil {
			r.s.path.Take(data, from)
		}
	case first >= 20 && first <= 63:
		r.s.sound.handshake(data, from)
	case isSound(data):
		r.take(data, from, r.s.cfg.Now())
	case first>>6 == 2 && len(data) >= 12: // RFC 5761 4
		r.control(data, from, true)
	}
}

// failed takes an error of the RTP socket: an ICMP error for what was sent is told here by some systems, once each.
func (r *receiver) failed(err error) {
	if runtime.GOOS == "windows" {
		r.s.facts.refused.Add(1) // it tells of nothing else here, and not for which address
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		r.rest()
	}
}

// rest keeps a socket that fails and fails from taking a whole core.
func (r *receiver) rest() {
	select {
	case <-r.s.stop:
	case <-time.After(5 * time.Millisecond):
	}
}

// take handles one RTP packet.
func (r *receiver) take(data []byte, from netip.AddrPort, now time.Time) {
	plan := r.s.plan.Load()
	if plan == nil {
		return
	}
	if plan != r.plan {
		r.plan = plan
		r.latch.agree(plan.remote)
	}
	if number := data[1] & 127; plan.receive[number] == nil && !plan.event[number] && number != comfortNoise {
		if from == r.latch.source || from == plan.remote {
			r.s.facts.undecoded.Add(1)
		}
		return
	}
	if plan.guard != nil { // nothing is believed of a packet that is not authentic
		var err error
		own := r.latch.may(from, now)
		if plan.checked {
			own = r.s.path.Admits(from)
		}
		if data, err = r.open(plan.guard, data, own, now); err != nil {
			if errors.Is(err, srtp.ErrFailedToVerifyAuthTag) {
				r.unreadable.Add(1)
			}
			return
		}
	}
	p := &r.packet
	p.Payload = nil
	if p.Unmarshal(data) != nil {
		return
	}
	coder, event := plan.receive[p.PayloadType&127], plan.event[p.PayloadType&127]
	ok, changed := false, false
	if plan.checked {
		ok = r.s.path.Admits(from)
	} else {
		ok, changed = r.latch.admits(from, p, now)
	}
	if !ok {
		r.s.facts.turnAway(from)
		return
	}
	r.s.ssrc.meets(p.SSRC, from)
	r.s.facts.arrived.Add(1)
	if coder != nil && r.s.facts.codec.Load() != coder {
		r.s.facts.codec.Store(coder)
	}
	if changed {
		r.s.target.Store(&route{agreed: r.latch.remote, source: from})
	}
	clock := 8000
	switch {
	case coder != nil:
		clock = coder.ClockRate()
	case plan.send != nil:
		clock = plan.send.ClockRate()
	}
	r.mutex.Lock()
	r.count.rtp(p, clock, coder != nil, now)
	r.mutex.Unlock()
	if r.s.heard.Swap(now.UnixNano()) == 0 || r.ended() {
		r.s.cfg.Notify(Flowing{})
	}
	if event {
		if digit, fresh := r.digits.read(p); fresh {
			r.s.cfg.Notify(DigitReceived{digit})
		}
	}
	if !plan.receives {
		return // we hold the call: not kept, so that nothing old is heard when it is resumed
	}
	r.s.lockBuffer()
	switch {
	case coder != nil:
		r.s.buffer.Put(p, clock, now)
		r.s.sid.put(nil)
	case !event:
		r.s.sid.put(p.Payload)
		fallthrough
	default:
		r.s.buffer.Pass(p, clock, now)
	}
	r.s.unlockBuffer()
}

// silence notes that no RTP comes, and reports whether that is new; ended notes that it comes again, and reports whether
// silence had been noted.
func (r *receiver) silence() (fresh bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	fresh = !r.quiet
	r.quiet = true
	return fresh
}

func (r *receiver) ended() bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	was := r.quiet
	r.quiet = false
	return was
}

// reception is what RFC 3550 A.1, A.3 and A.8 count of the source heard.
type reception struct {
	started  bool
	ssrc     uint32
	base     int64 // first sequence number, extended
	high     int64 // highest, extended
	received int64
	clock    int
	transit  int64   // of the last sound packet, in clock units
	timed    bool    // transit holds a value
	jitter   float64 // clock units

	priorExpected, priorReceived int64 // at the last report

	runs runs // how losses lie

	total uint64 // packets of all sources
	lost  int64  // of sources before this one

	senderReport uint32    // middle of the NTP time in the peer's last sender report; 0 none
	senderAt     time.Time // when that came
}

func (c *reception) rtp(p *rtp.Packet, clock int, sound bool, now time.Time) {
	c.total++
	leap := int64(int16(p.SequenceNumber - uint16(c.high)))
	switch {
	case !c.started || p.SSRC != c.ssrc || leap > 3000 || leap < -3000:
		lost := c.lost + c.missing()
		*c = reception{started: true, ssrc: p.SSRC, total: c.total, lost: lost, clock: clock}
		c.high = 1<<20 + int64(p.SequenceNumber)
		c.base, c.received = c.high, 1
	default:
		c.high += max(leap, 0)
		c.received++
		c.runs.step(leap)
	}
	if !sound {
		return
	}
	if clock != c.clock {
		c.clock, c.timed, c.jitter = clock, false, 0
	}
	arrival := now.UnixNano() / 1e3 * int64(clock) / 1e6
	transit := int64(int32(uint32(arrival) - p.Timestamp))
	if c.timed {
		d := int64(int32(uint32(transit) - uint32(c.transit)))
		// A talkspurt after a pause, or a new time line, says nothing about the network.
		if d = max(d, -d); d < int64(clock) {
			c.jitter += (float64(d) - c.jitter) / 16
		}
	}
	c.transit, c.timed = transit, true
}

// missing is how many of the source's packets have not come; duplicates count as having come (RFC 3550 A.3).
func (c *reception) missing() int64 {
	if !c.started {
		return 0
	}
	return c.high - c.base + 1 - c.received
}

// jitterMS is the interarrival jitter in milliseconds.
func (c *reception) jitterMS() float64 {
	if c.clock == 0 {
		return 0
	}
	return c.jitter * 1000 / float64(c.clock)
}
