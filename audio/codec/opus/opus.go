// Package opus is the Opus codec (RFC 6716, RTP payload RFC 7587) on libopus: 48 kHz mono speech with in-band error
// correction. It is the only room that knows libopus.
package opus

import (
	"fmt"

	"svara/audio"
	"svara/audio/dsp"
)

const (
	// Bits a second for speech over the whole band with the error correction of the frame before. Bits are what a line
	// has, effort is what a machine lacks: with these bits and the least effort at which there is correction, speech is as
	// like what was said as with what libopus chooses by itself, 51 kbit/s and nine tenths of its effort without
	// correction, for a third of the work.
	bitrate = 80000

	// Where much is lost it may be us who fill the line, so less is sent: from a loss in percent on, until it is below
	// another. At that loss libopus keeps the correction at these rates too.
	thin, thinFrom, thinUntil      = 44000, 15, 10
	thinner, worseFrom, worseUntil = 36000, 30, 20

	leastRate, greatestRate = 6000, 510000 // of a limit (RFC 7587 section 6.1)

	// libopus' effort, 0..10, at the rate above, and at those at which few bits have to tell much.
	complexity, complexityThin = 1, 5

	// Nothing is heard of the effort that is spent on silence, as of a microphone that is muted; so none is. Nor is the
	// part of libopus that is made for voices asked, without which silence is a quarter of the work and a tenth of the
	// bits. The frame before has to be silent too, the end of which is coded with this one.
	complexitySilent, silentAfter = 0, 2

	// The encoder spends bits on repairing lost frames only when it expects loss. The first lost frame comes before the
	// first report of it, so it always expects some.
	minLoss, maxLoss = 5, 30
)

// Codec is Opus as this phone offers it. RFC 7587 wants two channels in the rtpmap whatever is sent.
func Codec() audio.Codec { return codec{} }

type codec struct{}

func (codec) Name() string       { return "opus" }
func (codec) ClockRate() int     { return 48000 }
func (codec) Channels() int      { return 2 }
func (codec) PayloadType() uint8 { return 96 }
func (codec) Fmtp() string       { return "minptime=10;useinbandfec=1" }

func (codec) NewEncoder() (audio.Encoder, error) {
	e, err := newLibEncoder()
	if err != nil {
		return nil, fmt.Errorf("make opus encoder: %w", err)
	}
	for _, set := range []error{
		e.setBitrate(bitrate),
		e.setComplexity(complexity),
		e.setRedundancy(true),
		e.setLoss(minLoss),
	} {
		if set != nil {
			return nil, fmt.Errorf("set up opus encoder: %w", set)
		}
	}
	return &encoder{lib: e, loss: minLoss, rate: bitrate, effort: complexity}, nil
}

func (codec) NewDecoder() (audio.Decoder, error) {
	// A mono decoder mixes a stereo payload down inside libopus, as RFC 6716 lets it.
	d, err := newLibDecoder()
	if err != nil {
		return nil, fmt.Errorf("make opus decoder: %w", err)
	}
	return &decoder{lib: d, fade: dsp.NewFade(audio.Rate)}, nil
}

type encoder struct {
	lib    libEncoder
	loss   int
	rate   int // by the loss, bits a second
	most   int // as much as the peer takes; 0: it does not say
	effort int
	silent int // frames of silence in a row, no more than silentAfter
}

// Encode codes 10, 20, 40 or 60 ms.
func (e *encoder) Encode(dst []byte, pcm []int16) (int, error) {
	e.spare(pcm)
	n, err := e.lib.encode(dst, pcm)
	if err != nil {
		return 0, fmt.Errorf("encode opus: %w", err)
	}
	return n, nil
}

// spare sets the effort for a frame.
func (e *encoder) spare(pcm []int16) {
	e.silent = min(e.silent+1, silentAfter)
	for _, v := range pcm {
		if v != 0 {
			e.silent = 0
			break
		}
	}
	want := effortAt(e.sent(e.rate))
	if e.silent == silentAfter {
		want = complexitySilent
	}
	if want != e.effort && e.lib.setMusic(want == complexitySilent) == nil && e.lib.setComplexity(want) == nil {
		e.effort = want // one that cannot goes on as before
	}
}

func (e *encoder) SetLoss(percent int) {
	if rate := rateAt(percent, e.rate); rate != e.rate && e.lib.setBitrate(e.sent(rate)) == nil {
		e.rate = rate
	}
	percent = min(max(percent, minLoss), maxLoss)
	if percent != e.loss && e.lib.setLoss(percent) == nil {
		e.loss = percent
	}
}

// Limit implements audio.Limiter: RFC 7587 section 6.1, maxaveragebitrate.
func (e *encoder) Limit(bits int) {
	if bits != 0 {
		bits = min(max(bits, leastRate), greatestRate)
	}
	before := e.most
	if e.most = bits; e.lib.setBitrate(e.sent(e.rate)) != nil {
		e.most = before
	}
}

// sent is the rate at which is sent when the loss asks for another.
func (e *encoder) sent(rate int) int {
	if e.most == 0 {
		return rate
	}
	return min(rate, e.most)
}

// rateAt is the bit rate at a loss in percent, after another rate.
func rateAt(loss, before int) int {
	switch {
	case loss >= worseFrom || before == thinner && loss >= worseUntil:
		return thinner
	case loss >= thinFrom || before <= thin && loss >= thinUntil:
		return thin
	}
	return bitrate
}

// effortAt is the effort at a bit rate.
func effortAt(rate int) int {
	if rate < bitrate {
		return complexityThin
	}
	return complexity
}

type decoder struct {
	lib     libDecoder
	fade    *dsp.Fade
	resting bool // the sender has said that it is silent, and sends no more until it speaks
}

func (d *decoder) Decode(pcm []int16, payload []byte) (int, error) {
	if len(payload) == 0 {
		return 0, errPacket
	}
	n, err := d.lib.decode(pcm, payload, false)
	if err != nil {
		return 0, fmt.Errorf("decode opus: %w", err)
	}
	d.resting = len(payload) <= resting
	d.fade.In(pcm[:n])
	return n, nil
}

// resting is the length of a payload without sound in it: discontinuous transmission (RFC 6716 section 2.1.9).
const resting = 2

// Comfort goes on with the noise of the sender's room while it sends nothing, as libopus has learned it. It reports false
// when the sender has not said that it is silent.
func (d *decoder) Comfort(pcm []int16, _ []byte) bool {
	return d.resting && d.guess(pcm)
}

func (d *decoder) Recover(pcm []int16, next []byte) bool {
	if !hasRedundancy(next) {
		return false
	}
	if _, err := d.lib.decode(pcm, next, true); err != nil {
		return false
	}
	d.resting = false
	d.fade.In(pcm)
	return true
}

// Conceal lets libopus guess and takes the guess down by the common fade, which is faster than libopus' own.
func (d *decoder) Conceal(pcm []int16) {
	if d.fade.Silent() || !d.guess(pcm) {
		clear(pcm)
	}
	d.fade.Out(pcm)
}

// guess lets libopus guess what has not come.
func (d *decoder) guess(pcm []int16) bool {
	_, err := d.lib.decode(pcm, nil, false)
	return err == nil
}
