package mix

import (
	"math"
	"sync/atomic"

	"svara/audio"
	"svara/audio/dsp"
	"svara/audio/tone"
)

// channel is one party's strip. It lives as long as its stream is in the graph, so that its faders glide.
//
//	Stream.Read > block > gain > said --+--> ear > the speaker's sum
//	                                    +--> member > the group's sum
//	microphone > mute --+--> limiter > Tap > + beep > Stream.Write
//	the group's sum - itself > member
type channel struct {
	stream audio.Stream // never changes
	meter  *dsp.Meter   // what it says while it is in a conference; fed by the loop, read by anybody
	key    any          // the caller's own mark, under Console.mu

	// Set under Console.mu, read by the loop.
	gain   atomic.Uint64 // float64 bits, 0 when nobody is to hear it
	listen atomic.Bool   // we hear it
	send   atomic.Bool   // our microphone goes to it
	beep   atomic.Bool   // it hears of the recording
	group  atomic.Int64  // number of its conference, 0 for none
	tap    atomic.Pointer[tapSlot]

	// Of the loop only.
	fader   dsp.Gain                  // how loud it is
	ear     dsp.Gain                  // how much of that we hear
	mute    dsp.Gain                  // how much of our microphone it gets
	member  dsp.Gain                  // how far it is in its conference, and how much it gets of it
	seated  int64                     // number of that conference: the one before, until it has left that
	sum     *[audio.BlockSize]float32 // of that conference in this block, nil for none
	block   [audio.BlockSize]int16    // what it said
	said    [audio.BlockSize]float32  // the same after fader; holds nothing when there is no sound
	sound   bool                      // block is not silence
	limiter limiter                   // of what it is sent
	beepAt  int                       // blocks since the last beep began
}

type tapSlot struct{ tap Tap }

// set takes over what a graph says of a party.
func (ch *channel) set(p Party) {
	ch.key = p.Key
	gain := limit(p.Gain)
	if p.Silent {
		gain = 0
	}
	ch.gain.Store(math.Float64bits(gain))
	ch.listen.Store(p.Listen)
	ch.send.Store(!p.MicOff)
	ch.beep.Store(p.Beep)
	ch.group.Store(int64(p.Group))
	switch old := ch.tap.Load(); {
	case p.Tap == nil:
		ch.tap.Store(nil)
	case old == nil || old.tap != p.Tap:
		ch.tap.Store(&tapSlot{p.Tap})
	}
}

// sit finds the party's conference in a block, and changes it when it has faded out of the one before.
func (ch *channel) sit(d *desk) {
	want := ch.group.Load()
	ch.sum = d.sum(ch.seated)
	if ch.seated != want && (ch.sum == nil || ch.member.Now() == 0) {
		ch.seated, ch.sum = want, d.sum(want)
		ch.member = dsp.NewGain(0)
	}
}

// belongs is where member glides to.
func (ch *channel) belongs() float32 { return share(ch.sum != nil && ch.seated == ch.group.Load()) }

// take takes in what the party says: into its conference and, as far as we listen, into heard.
func (ch *channel) take(d *desk, heard *[audio.BlockSize]float32) {
	ch.sit(d)
	ch.sound = ch.stream.Read(ch.block[:])
	switch {
	case ch.sum == nil:
	case ch.sound:
		ch.meter.Feed(ch.block[:])
	default:
		ch.meter.Rest()
	}
	gain, ear := float32(math.Float64frombits(ch.gain.Load())), share(ch.listen.Load())
	if !ch.sound { // nothing to hear, nothing to glide
		ch.fader, ch.ear = dsp.NewGain(float64(gain)), dsp.NewGain(float64(ear))
		return
	}
	if stands(&ch.fader, gain) {
		for i, s := range ch.block {
			ch.said[i] = float32(s) * gain
		}
	} else {
		for i, s := range ch.block {
			ch.said[i] = float32(s) * ch.fader.Next(gain)
		}
	}
	add(heard, &ch.said, &ch.ear, ear)
	if ch.sum != nil {
		member := ch.member // give glides the same way once more
		add(ch.sum, &ch.said, &member, ch.belongs())
	}
}

// add adds a voice to a sum at a gain that glides to a target.
func add(sum, voice *[audio.BlockSize]float32, gain *dsp.Gain, target float32) {
	switch {
	case !stands(gain, target):
		for i, v := range voice {
			sum[i] += float32(v * gain.Next(target))
		}
	case target == 1:
		for i, v := range voice {
			sum[i] += v
		}
	}
}

// give fills out with what the party is to hear: our microphone and its conference, but never itself. mixed is room to
// work in.
func (ch *channel) give(mic, out *[audio.BlockSize]int16, mixed *[audio.BlockSize]float32) {
	open := share(ch.send.Load())
	steady := stands(&ch.mute, open)
	if ch.sum == nil && steady && ch.limiter.cut == 0 {
		if open == 1 {
			copy(out[:], mic[:])
		} else {
			clear(out[:])
		}
		return
	}
	if steady {
		for i, s := range mic {
			mixed[i] = float32(s) * open
		}
	} else {
		for i, s := range mic {
			mixed[i] = float32(s) * ch.mute.Next(open)
		}
	}
	if ch.sum != nil {
		ch.rest(mixed)
	}
	ch.limiter.process(out[:], mixed[:])
}

// rest adds the conference without the party. What it gave to the sum is worked out in the same steps as it was in take,
// so that nothing of it is left.
func (ch *channel) rest(mixed *[audio.BlockSize]float32) {
	target := ch.belongs()
	switch {
	case !stands(&ch.member, target):
		for i, v := range ch.sum {
			m := ch.member.Next(target)
			if ch.sound {
				v -= float32(ch.said[i] * m)
			}
			mixed[i] += v * m
		}
	case target == 1 && ch.sound:
		for i, v := range ch.sum {
			mixed[i] += v - ch.said[i]
		}
	case target == 1:
		for i, v := range ch.sum {
			mixed[i] += v
		}
	}
}

// The beep of a recording comes at once and then every 15 s.
const beepEvery = 15 * audio.Rate / audio.BlockSize

// recordingBeep is shared by all. Nobody writes to it.
var recordingBeep = tone.Recording()

// tell adds the recording's beep. One that has begun is played to its end.
func (ch *channel) tell(out *[audio.BlockSize]int16) {
	at := ch.beepAt * audio.BlockSize
	if !ch.beep.Load() && (at == 0 || at >= len(recordingBeep)) {
		ch.beepAt = 0
		return
	}
	if at < len(recordingBeep) {
		for i, s := range recordingBeep[at : at+audio.BlockSize] {
			out[i] = dsp.SoftClip(float32(out[i]) + float32(s))
		}
	}
	ch.beepAt = (ch.beepAt + 1) % beepEvery
}

// stands reports whether a gain has reached a target.
func stands(g *dsp.Gain, target float32) bool { return float32(g.Now()) == target }

// share is all or nothing.
func share(all bool) float32 {
	if all {
		return 1
	}
	return 0
}
