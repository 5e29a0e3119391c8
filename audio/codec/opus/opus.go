// Package opus is the Opus codec (RFC 6716, RTP payload RFC 7587) on libopus: 48 kHz mono speech with in-band error
// correction. It is the only room that knows libopus.
package opus

import (
	"fmt"

	libopus "github.com/hraban/opus"

	"svara/audio"
	"svara/audio/dsp"
)

const (
	// Bits a second for speech over the whole band with the error correction of the frame before. Below some 34 kbit/s
	// libopus leaves the correction out at the loss that is always expected.
	bitrate = 48000

	// Where much is lost it may be us who fill the line, so less is sent: from a loss in percent on, until it is below
	// another. At that loss libopus keeps the correction at these rates too.
	thin, thinFrom, thinUntil      = 44000, 15, 10
	thinner, worseFrom, worseUntil = 36000, 30, 20

	// libopus' effort, 0..10. At 3 it takes about half the time it does at 5, and lost frames are
	// repaired as well; below 2 there is no repair at this bit rate.
	complexity = 3

	// Nothing is heard of the effort that is spent on silence, as of a microphone that is muted; so none is. The frame
	// before has to be silent too, the end of which is coded with this one.
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
	e, err := libopus.NewEncoder(audio.Rate, 1, libopus.AppVoIP)
	if err != nil {
		return nil, fmt.Errorf("make opus encoder: %w", err)
	}
	for _, set := range []error{
		e.SetBitrate(bitrate),
		e.SetComplexity(complexity),
		e.SetInBandFEC(true),
		e.SetPacketLossPerc(minLoss),
	} {
		if set != nil {
			return nil, fmt.Errorf("set up opus encoder: %w", set)
		}
	}
	return &encoder{lib: e, loss: minLoss, rate: bitrate}, nil
}

func (codec) NewDecoder() (audio.Decoder, error) {
	// A mono decoder mixes a stereo payload down inside libopus, as RFC 6716 lets it.
	d, err := libopus.NewDecoder(audio.Rate, 1)
	if err != nil {
		return nil, fmt.Errorf("make opus decoder: %w", err)
	}
	return &decoder{lib: d, fade: dsp.NewFade(audio.Rate)}, nil
}

type encoder struct {
	lib    *libopus.Encoder
	loss   int
	rate   int
	silent int // frames of silence in a row, no more than silentAfter
}

// Encode codes 10, 20, 40 or 60 ms.
func (e *encoder) Encode(dst []byte, pcm []int16) (int, error) {
	e.spare(pcm)
	// The binding looks at capacities, not lengths.
	n, err := e.lib.Encode(pcm, dst[:len(dst):len(dst)])
	if err != nil {
		return 0, fmt.Errorf("encode opus: %w", err)
	}
	return n, nil
}

// spare sets the effort for a frame.
func (e *encoder) spare(pcm []int16) {
	before := e.silent
	e.silent = min(before+1, silentAfter)
	for _, v := range pcm {
		if v != 0 {
			e.silent = 0
			break
		}
	}
	switch {
	case e.silent == silentAfter && before < silentAfter:
		_ = e.lib.SetComplexity(complexitySilent) // one that cannot goes on as before
	case e.silent == 0 && before == silentAfter:
		_ = e.lib.SetComplexity(complexity)
	}
}

func (e *encoder) SetLoss(percent int) {
	if rate := rateAt(percent, e.rate); rate != e.rate && e.lib.SetBitrate(rate) == nil {
		e.rate = rate
	}
	percent = min(max(percent, minLoss), maxLoss)
	if percent != e.loss && e.lib.SetPacketLossPerc(percent) == nil {
		e.loss = percent
	}
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

type decoder struct {
	lib     *libopus.Decoder
	fade    *dsp.Fade
	resting bool // the sender has said that it is silent, and sends no more until it speaks
}

func (d *decoder) Decode(pcm []int16, payload []byte) (int, error) {
	n, err := d.lib.Decode(payload, pcm[:len(pcm):len(pcm)])
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
	return d.resting && d.lib.DecodePLC(pcm[:len(pcm):len(pcm)]) == nil
}

func (d *decoder) Recover(pcm []int16, next []byte) bool {
	if !hasRedundancy(next) || d.lib.DecodeFEC(next, pcm[:len(pcm):len(pcm)]) != nil {
		return false
	}
	d.resting = false
	d.fade.In(pcm)
	return true
}

// Conceal lets libopus guess and takes the guess down by the common fade, which is faster than libopus' own.
func (d *decoder) Conceal(pcm []int16) {
	if d.fade.Silent() || d.lib.DecodePLC(pcm[:len(pcm):len(pcm)]) != nil {
		clear(pcm)
	}
	d.fade.Out(pcm)
}
