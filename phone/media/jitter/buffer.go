// Package jitter is the adaptive jitter buffer as a data structure. Packets go in with Put, what to play next comes out
// of Get; time is always passed in, and there is no goroutine, timer or clock here.
//
//	network reader: Put(packet, now) --> [ring of slots by sequence number] --> Get(now): playout
//	                     |                                                        ^
//	                     +--> [window of transit times] --> target delay ---------+ stretch advice
//
// Transit time is arrival minus timestamp; only its changes mean anything. The fastest packet of the last few seconds is
// the base line, and every delay here is counted from it: a packet's own (how late it came), the playout's (how long
// after the base line sound is played) and the target (how long after it sound should be played so that nearly all
// packets are there in time). The playout is moved towards the target by asking the caller to shorten or lengthen the
// decoded sound a little; it is moved at once only where nothing is heard, between talkspurts, or where it cannot be
// avoided, when packets are late or the delay would be above its maximum.
//
// Buffer is not safe for concurrent use; phone/media holds a mutex for the microsecond that Put and Get take.
package jitter

import (
	"time"

	"github.com/pion/rtp"
)

// Config sets the bounds. The zero value is usable.
type Config struct {
	Start time.Duration // delay before anything is known of the network; 0 means DefaultStart, at most 40 ms
	Min   time.Duration // least delay; 0 means DefaultMin
	Max   time.Duration // most delay; 0 means DefaultMax
}

// The defaults.
const (
	DefaultStart = 30 * time.Millisecond
	DefaultMin   = 6 * time.Millisecond
	DefaultMax   = 200 * time.Millisecond
)

const (
	slotCount    = 64   // packets held: 640 ms of 10 ms packets
	maxPayload   = 4096 // bytes; longer payloads are refused
	maxDropout   = 3000 // RFC 3550 A.1: a longer step in sequence numbers is a restart
	maxMisorder  = 100  // RFC 3550 A.1
	implausible  = 2 * time.Second
	step         = 10 * time.Millisecond  // what is concealed at a time while waiting for a late packet
	patience     = 200 * time.Millisecond // packets came, but each too late, for this long: the base line is wrong
	giveUp       = 60 * time.Millisecond  // waited beyond the maximum delay for this long: the talkspurt is over
	maxFrame     = 120 * time.Millisecond // longest packet (RFC 6716)
	minFrame     = 2500 * time.Microsecond
	sameSpurt    = 5                     // packets missing at a change of codec in the middle of speech
	assumedFrame = 20 * time.Millisecond // until the stream has shown its own
)

// Kind is what to play.
type Kind uint8

// The kinds.
const (
	Silence Kind = iota // nothing: no talkspurt is going on
	Play                // decode Payload
	Recover             // Payload is the packet after the lost one: decode its error correction, else conceal
	Conceal             // guess
)

// Action is what to play next.
type Action struct {
	Kind     Kind
	PT       uint8         // payload type of Payload
	Payload  []byte        // for Play and Recover; valid until the next Get
	Duration time.Duration // of what to fill in, except for Play; for Recover the whole lost frame
	Skip     time.Duration // Recover: this much of the frame's beginning was already concealed
	Stretch  time.Duration // Play: lengthen the sound by up to this much, or shorten it where it is negative
	Ease     time.Duration // Play: the same, where nothing is heard
}

// Buffer is a jitter buffer for one RTP source at a time.
type Buffer struct {
	cfg    Config
	fec    bool // the codec can recover a frame from the next packet
	slots  [slotCount]slot
	held   int    // slots in use
	out    []byte // payload last handed out; swapped with a slot's
	origin time.Time

	// Source: set by the first packet and by each restart.
	started  bool
	ssrc     uint32
	clock    int64         // RTP clock, Hz
	shift    time.Duration // from the time that the clock's timestamps tell to stream time
	high     int64         // highest sequence number so far, extended
	stamp    int64         // timestamp of the newest sound packet, extended
	stampSeq int64         // its sequence number
	restart  bool          // a packet beyond maxDropout was seen; the next in order after it confirms a restart
	restSeq  uint16

	delays window // transit times of the last packets
	late   spike  // run of late packets that arrive on each other's heels
	astray int    // packets in a row that all came too late to be of use, evenly spaced
	stray  time.Duration

	// Playout.
	playing  bool
	fresh    bool          // nothing of this source has been played yet
	played   int64         // sequence number last played or passed over, extended
	passed   int64         // fillers passed over beyond it
	next     time.Duration // stream time after the last sound played
	frame    time.Duration // duration of a packet
	waited   time.Duration // concealed for a packet that was not there; not yet known whether late, lost or silence
	level    time.Duration // transit of the playout (time of sounding minus stream time), smoothed
	leveled  bool          // level holds a value
	leaps    int           // packets in a row that were played at another level altogether
	wobble   time.Duration // by how much too early Get is called
	excess   excess        // of level over the target
	shrink   bool          // it is being taken away
	rest     int           // Gets until the next stretch may be asked for
	lossRate float64       // lost packets, smoothed over about 100
	guard    time.Duration // the target's room for FEC now
	dropping bool          // since dropped no packet was in time, and there were some
	dropped  time.Duration
	tried    int // repairs asked for, and those in vain, of the last few dozen
	vain     int

	stats Stats
}

// slot holds one packet.
type slot struct {
	used    bool
	seq     int64
	stamp   time.Duration // stream time
	filler  bool          // no sound: a DTMF event or comfort noise packet that only takes up a sequence number
	pt      uint8
	payload []byte
}

// Stats is what happened so far. Durations are the present ones.
type Stats struct {
	Played     uint64 // packets played
	Late       uint64 // packets that came after their time
	Duplicates uint64
	Lost       uint64        // packets that were not there when needed, late ones included
	Concealed  uint64        // lost packets filled in by guessing
	Recovered  uint64        // lost packets repaired; see Unrepaired
	Dropped    uint64        // packets thrown away because the delay would have been too long
	Restarts   uint64        // changes of source, sequence or time line
	Delay      time.Duration // of the packet last played: from the base line until it sounds
	Target     time.Duration // from the base line until a packet is asked for
	Spread     time.Duration // of the transit times in the window, all but the slowest 2 %
	Held       int           // packets waiting
}

// New makes a buffer.
func New(cfg Config) *Buffer {
	if cfg.Start <= 0 {
		cfg.Start = DefaultStart
	}
	if cfg.Min <= 0 {
		cfg.Min = DefaultMin
	}
	if cfg.Max <= 0 {
		cfg.Max = DefaultMax
	}
	b := &Buffer{cfg: cfg, frame: assumedFrame, out: make([]byte, 0, 256)}
	b.stats.Target = cfg.Start
	for i := range b.slots {
		b.slots[i].payload = make([]byte, 0, 256)
	}
	return b
}

// SetRecover tells whether the codec can repair a lost frame from the packet after it. When there is loss, the target
// then leaves room for that packet to arrive, as long as repairs succeed.
func (b *Buffer) SetRecover(on bool) { b.fec, b.tried, b.vain = on, 0, 0 }

// Reset forgets the stream: the next packet starts a new one.
func (b *Buffer) Reset() {
	b.flush()
	b.started, b.restart = false, false
}

// Stats is a copy of the counts.
func (b *Buffer) Stats() Stats {
	b.stats.Held = b.held
	return b.stats
}

// since is now as a duration since the first packet.
func (b *Buffer) since(now time.Time) time.Duration {
	if b.origin.IsZero() {
		b.origin = now
	}
	return now.Sub(b.origin)
}

// flush empties the buffer and ends the talkspurt.
func (b *Buffer) flush() {
	for i := range b.slots {
		b.slots[i].used = false
	}
	b.held, b.waited, b.passed, b.playing, b.leveled, b.dropping = 0, 0, 0, false, false, false
	b.delays.reset()
	b.late, b.astray = spike{}, 0
}

// Put takes a packet that arrived at now. clock is the RTP clock of its payload type in Hz. The packet is copied. It
// reports whether the packet was kept.
func (b *Buffer) Put(p *rtp.Packet, clock int, now time.Time) bool {
	return b.put(p, clock, false, now)
}

// Pass takes a packet of the same source that carries no sound (an RFC 4733 event, comfort noise), so that its sequence
// number is not taken for a loss.
func (b *Buffer) Pass(p *rtp.Packet, clock int, now time.Time) { b.put(p, clock, true, now) }

func (b *Buffer) put(p *rtp.Packet, clock int, filler bool, now time.Time) bool {
	if clock <= 0 || len(p.Payload) > maxPayload || (len(p.Payload) == 0 && !filler) {
		return false
	}
	at := b.since(now)
	seq, stamp, ok := b.locate(p, int64(clock), filler, at)
	if !ok {
		return false
	}
	if seq <= b.played {
		if b.slots[seq%slotCount].seq == seq {
			b.stats.Duplicates++
		} else if !filler {
			b.stats.Late++
			if b.high-seq < slotCount {
				b.observe(at, at-stamp)
			}
		}
		return false
	}
	s := &b.slots[seq%slotCount]
	if s.used && s.seq == seq {
		b.stats.Duplicates++
		return false
	}
	if s.used { // the ring is full: nobody plays, or not fast enough
		if s.seq > seq {
			return false
		}
		b.stats.Dropped++
		b.held--
	}
	*s = slot{used: true, seq: seq, stamp: stamp, filler: filler, pt: p.PayloadType, payload: append(s.payload[:0], p.Payload...)}
	b.held++
	if !filler {
		b.observe(at, at-stamp)
	}
	return true
}

// locate finds a packet's place in the source's sequence and time. A change of source or a leap in either starts anew.
func (b *Buffer) locate(p *rtp.Packet, clock int64, filler bool, at time.Duration) (seq int64, stamp time.Duration, ok bool) {
	switch {
	case !b.started || p.SSRC != b.ssrc:
		b.begin(p, clock)
	default:
		leap := int64(int16(p.SequenceNumber - uint16(b.high)))
		if leap > maxDropout || leap < -maxMisorder {
			// A single stray packet must not upset the stream: two in order are a restart (RFC 3550 A.1).
			if !b.restart || p.SequenceNumber != b.restSeq {
				b.restart, b.restSeq = true, p.SequenceNumber+1
				return 0, 0, false
			}
			b.begin(p, clock)
			break
		}
		b.restart = false
		if filler {
			// An event's timestamp is its beginning, so it says nothing about the stream's time.
			seq = b.high + leap
			if leap > 0 {
				b.high = seq
			}
			return seq, b.next, true
		}
		if clock != b.clock && leap > 0 && leap <= sameSpurt && b.playing {
			b.changeClock(p, clock, leap)
		}
		ext := b.stamp + int64(int32(p.Timestamp-uint32(b.stamp)))
		transit := at - b.stream(ext)
		off := transit - b.delays.base
		// Only a new packet can begin a new time line; an old one that comes again, by mistake or malice, cannot.
		if clock != b.clock && leap <= 0 {
			return 0, 0, false
		}
		if clock != b.clock || b.delays.n > 0 && leap > 0 && b.broken(p, transit, off) {
			b.begin(p, clock)
			break
		}
		seq = b.high + leap
		if seq == b.stampSeq+1 {
			b.learn(b.stream(ext) - b.stream(b.stamp))
		}
		if seq > b.stampSeq {
			b.stampSeq, b.stamp = seq, ext
		}
		b.high = max(b.high, seq)
		return seq, b.stream(ext), true
	}
	return b.high, b.stream(b.stamp), true
}

// broken reports whether a packet shows that the sender's time line has leapt: by a lot; or at the beginning of a
// talkspurt; or so that several packets in a row come evenly but too late to be played.
func (b *Buffer) broken(p *rtp.Packet, transit, off time.Duration) bool {
	far := off > b.cfg.Max || off < -b.cfg.Max
	if off > implausible || off < -implausible || far && p.Marker && !b.playing {
		return true
	}
	even := transit-b.stray < b.frame/2 && b.stray-transit < b.frame/2
	switch {
	case off <= b.cfg.Max:
		b.astray = 0
	case b.astray > 0 && !even:
		b.astray = 1 // a queue of the network running empty, not a new time line
	default:
		b.astray++
	}
	b.stray = transit
	return b.astray > 5
}

// begin starts a new source or time line with p.
func (b *Buffer) begin(p *rtp.Packet, clock int64) {
	if b.started {
		b.stats.Restarts++
	}
	b.flush()
	b.started, b.restart = true, false
	b.ssrc, b.clock, b.shift = p.SSRC, clock, 0
	// Well above zero, so that neither goes negative when packets of before it come.
	b.high = 1<<20 + int64(p.SequenceNumber)
	b.stamp, b.stampSeq = 1<<33+int64(p.Timestamp), b.high
	b.played, b.fresh = b.high-slotCount, true
	for i := range b.slots {
		b.slots[i].seq = -1
	}
}

// changeClock goes over to a codec of another clock in the middle of speech: its first packet follows the newest one of the
// old codec, which is still to be played, whatever its timestamp. The two time lines have nothing in common before the next
// sender report (RFC 7160 3).
func (b *Buffer) changeClock(p *rtp.Packet, clock, leap int64) {
	follows := b.stream(b.stamp) + time.Duration(b.high+leap-b.stampSeq)*b.frame
	b.clock, b.shift = clock, 0
	b.stamp, b.stampSeq = 1<<33+int64(p.Timestamp), b.high+leap
	b.shift = follows - b.stream(b.stamp)
}

// stream is an extended timestamp as time.
func (b *Buffer) stream(ext int64) time.Duration {
	return time.Duration(ext/b.clock)*time.Second + time.Duration(ext%b.clock)*time.Second/time.Duration(b.clock) + b.shift
}

// learn takes the distance of two neighbouring packets for the frame's duration, if it can be one.
func (b *Buffer) learn(d time.Duration) {
	if d >= minFrame && d <= maxFrame {
		b.frame = d
	}
}
