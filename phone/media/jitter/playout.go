package jitter

import "time"

const (
	tooShort  = 8 * time.Millisecond  // below the target by more than this, or an eighth of the spread: lengthen
	tooLong   = 25 * time.Millisecond // never less above it than this: shorten, and by less in a pause only
	farTooBig = 40 * time.Millisecond // not less above it than this for a while: the same, sooner
	scant     = time.Millisecond      // missing: not made up for even in a pause
	ample     = 4 * time.Millisecond  // that is left above the target when some is taken away in a pause
	calm      = 4                     // frames between two that are lengthened in speech,
	brisk     = 1                     // and two that are shortened

	smooth   = 1 * time.Second        // that the level of the playout is a mean over
	lasting  = 160 * time.Millisecond // a leap of it that is one
	earliest = 10 * time.Millisecond  // that a Get comes before its time: more is a leap

	// Spans that are looked back at, besides the present one.
	lately = 1
	while  = 2
	all    = spans - 1
)

// Get says what to play at now. It is called when less than a block of decoded sound is left; pending is how much that
// is, so what Get hands out will sound at now+pending. Report follows each Play.
func (b *Buffer) Get(now time.Time, pending time.Duration) Action {
	at := b.since(now)
	target := b.aim()
	s := b.first()
	if !b.playing {
		if s == nil || at-s.stamp-b.delays.base < target {
			return Action{Kind: Silence, Duration: step}
		}
		if lost := s.seq - b.played - 1 - b.passed; lost > 0 && !b.fresh {
			b.missed(lost)
		}
		b.playing, b.fresh, b.leveled = true, false, false
		b.played, b.passed, b.next, b.waited = s.seq-1, 0, s.stamp, 0
	}
	if s = b.limit(at, pending, target, s); s == nil {
		return b.wait()
	}
	// Stream time that is missing between the last sound and this packet, beyond what was concealed while waiting.
	missing := s.stamp - b.next - b.waited
	lost := max(0, s.seq-b.played-1-b.passed)
	switch {
	case missing < minFrame:
		return b.play(s, at, pending, target, missing, lost)
	case lost == 0 || missing > b.cfg.Max+giveUp:
		// No packet is missing: the sender was silent. The pause may end when it suits us. Likewise after a gap that is
		// too long to be worth filling in.
		if at-s.stamp-b.delays.base >= target {
			return b.play(s, at, pending, target, missing, lost)
		}
		b.waited += step
		return Action{Kind: Conceal, Duration: step}
	}
	if missing <= b.frame && b.fec {
		b.missed(lost - 1)
		b.stats.Lost++
		b.stats.Recovered++
		b.tried++
		b.lossRate += (1 - b.lossRate) / 100
		b.played, b.passed, b.next, b.waited = s.seq-1, 0, s.stamp, 0
		b.out = append(b.out[:0], s.payload...)
		return Action{Kind: Recover, PT: s.pt, Payload: b.out, Duration: b.frame, Skip: b.frame - missing}
	}
	d := min(b.frame, missing)
	if b.fec {
		d = max(minFrame, min(d, missing-b.frame)) // the last of them can be repaired whole
	}
	b.next += d
	return Action{Kind: Conceal, Duration: d}
}

// first is the packet that is to be played next, or nil. Fillers at the head are passed over.
func (b *Buffer) first() *slot {
	seq := max(b.played+1, b.high-slotCount+1)
	for ; b.held > 0 && seq <= b.high; seq++ {
		s := &b.slots[seq%slotCount]
		if !s.used || s.seq != seq {
			continue
		}
		if !s.filler {
			return s
		}
		b.drop(s)
		b.passed++
	}
	return nil
}

// drop frees a slot. Its sequence number stays, to know a duplicate by.
func (b *Buffer) drop(s *slot) {
	s.used = false
	b.held--
}

// limit keeps the delay below its maximum: packets that would sound later than that are thrown away, down to the
// target, as a gap is heard anyway. Where that would leave nothing to play for long, although packets come all along, the
// sender or the network is slower for good than the base line says: it is forgotten. It returns the packet to play next.
func (b *Buffer) limit(at, pending, target time.Duration, s *slot) *slot {
	if s == nil || at+pending-s.stamp-b.delays.base <= b.cfg.Max {
		return s
	}
	for s != nil {
		delay := at + pending - s.stamp - b.delays.base
		if b.held == 1 && delay > b.cfg.Max && b.hopeless(at) {
			b.delays.reset()
			b.delays.add(at - s.stamp)
			delay = pending
		}
		if delay <= target || delay <= b.cfg.Max && b.held == 1 {
			b.played, b.passed, b.next, b.waited, b.leveled = s.seq-1, 0, s.stamp, 0, false
			return s
		}
		b.stats.Dropped++
		b.played, b.passed = s.seq, 0
		b.drop(s)
		s = b.first()
	}
	return nil
}

// hopeless reports whether everything that came for a while came too late.
func (b *Buffer) hopeless(at time.Duration) bool {
	if !b.dropping {
		b.dropping, b.dropped = true, at
	}
	return at-b.dropped >= patience
}

// wait fills in for a packet that is not there: late, lost or never sent. Stream time stands still meanwhile, so that a
// late packet is played whole; the playout falls behind by as much and catches up by stretching.
func (b *Buffer) wait() Action {
	if b.waited >= b.cfg.Max+giveUp {
		b.playing = false
		return Action{Kind: Silence, Duration: step}
	}
	b.waited += step
	return Action{Kind: Conceal, Duration: step}
}

// play hands out a packet.
func (b *Buffer) play(s *slot, at, pending, target, missing time.Duration, lost int64) Action {
	if lost > 0 {
		b.missed(lost)
	} else {
		if b.waited > 0 && s.stamp-b.next < minFrame {
			b.stats.Concealed++ // it was late, and the wait was heard
		}
		b.lossRate -= b.lossRate / 100
	}
	b.level -= missing // the playout has fallen behind by what was waited in vain, or caught up a pause
	b.track(at + pending - s.stamp)
	b.stats.Played++
	b.dropping = false
	b.stats.Delay = at + pending - s.stamp - b.delays.base
	b.played, b.passed, b.next, b.waited = s.seq, 0, s.stamp+b.frame, 0
	b.out, s.payload = s.payload, b.out[:0]
	b.drop(s)
	a := Action{Kind: Play, PT: s.pt, Payload: b.out}
	a.Stretch, a.Ease = b.advise(at, b.level-b.delays.base-pending-target, pending)
	return a
}

// missed counts lost packets that were filled in by guessing.
func (b *Buffer) missed(n int64) {
	if n <= 0 {
		return
	}
	b.stats.Lost += uint64(n)
	b.stats.Concealed += uint64(n)
	for range min(n, 100) {
		b.lossRate += (1 - b.lossRate) / 100
	}
}

// track smooths the playout's transit. The loop that asks may fall behind its speaker for a while and catch up; the sound goes on
// evenly meanwhile, so level follows slowly, and a leap only when it lasts.
func (b *Buffer) track(transit time.Duration) {
	off := transit - b.level
	leaps := off > b.frame || off < -b.frame
	if b.leaps++; !leaps {
		b.leaps = 0
	}
	if !b.leveled || time.Duration(b.leaps)*b.frame >= lasting {
		b.level, b.leveled, b.leaps = transit, true, 0
		b.excess = excess{}
		return
	}
	if !leaps {
		b.level += off * b.frame / smooth
	}
	// A Get that comes early needs its packet early, so the target has room for that: quick to rise, slow to be forgotten.
	if early := min(-off, earliest); early > b.wobble {
		b.wobble += (early - b.wobble) / 4
	} else {
		b.wobble -= (b.wobble - max(0, early)) / 128
	}
}

// advise says by how much the next sound should be stretched, and by how much it may be where nothing is heard. off is how
// much later than the target packets are asked for. Delay that is missing is heard when the next packet is late, so it is
// made at once, but for the room for repairs. What there is too much of hurts nobody for a second, and an uneven network
// would have it back: it is taken away when it has not been needed for a while, and in a pause, if one comes in time.
//
// Sound moves from packet to speaker in blocks, so a stretch shows in off only when it makes up a whole one; what is pending
// until then is pure delay.
func (b *Buffer) advise(at, off, pending time.Duration) (by, ease time.Duration) {
	b.excess.add(at, off+pending)
	if b.rest > 0 {
		b.rest--
		return 0, 0
	}
	if off < 0 {
		b.shrink = false
		more := (-off+step-1)/step*step - pending
		if off+b.guard < -max(tooShort, b.stats.Spread/8) {
			b.rest = calm
			return more, more
		}
		if off > -scant {
			more = 0
		}
		return 0, max(0, more)
	}
	now, some := room(b.excess.since(lately), pending), room(b.excess.since(while)-ample, pending)
	// Once begun, all of it goes.
	b.shrink = some > farTooBig || room(b.excess.since(all), pending) > tooLong || b.shrink && now > step
	switch {
	case b.shrink:
		b.rest = brisk
		return -now, -now
	case now > tooLong:
		return 0, -now
	case some >= max(minFrame, b.stats.Spread/4):
		return 0, -some
	}
	return 0, 0
}

// Report tells what became of the last Play: the duration of the packet as decoded and as handed to playout.
func (b *Buffer) Report(decoded, sounded time.Duration) {
	if decoded >= minFrame && decoded <= maxFrame {
		b.next += decoded - b.frame
		b.frame = decoded
	}
	b.level += sounded - decoded
	b.excess.shift(sounded - decoded)
}

// Unrepaired tells that the last Recover had to be concealed after all: the packet held no error correction.
func (b *Buffer) Unrepaired() {
	b.stats.Recovered--
	b.stats.Concealed++
	b.vain++
}
