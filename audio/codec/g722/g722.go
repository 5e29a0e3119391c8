// Package g722 is the wideband codec of telephone exchanges, ITU-T G.722 at 64 kbit/s (mode 1): two bands of 8 kHz each,
// coded in six and two bits by adaptive differences. The 16 kHz never leave this room. Its RTP clock is 8000 all the same
// (RFC 3551 section 4.5.2), one tick a byte.
package g722

import (
	"errors"

	"svara/audio"
	"svara/audio/dsp"
)

const (
	rate     = 16000
	ratio    = audio.Rate / rate
	maxBytes = 8000 * 120 / 1000 // of the longest payload taken at once; two samples each
)

var errRoom = errors.New("g722: no room for the result")

// Codec is G.722 as this phone offers it.
func Codec() audio.Codec { return codec{} }

type codec struct{}

func (codec) Name() string       { return "G722" }
func (codec) ClockRate() int     { return 8000 }
func (codec) Channels() int      { return 1 }
func (codec) PayloadType() uint8 { return 9 }
func (codec) Fmtp() string       { return "" }

func (codec) NewEncoder() (audio.Encoder, error) {
	down, err := dsp.NewResampler(audio.Rate, rate)
	if err != nil {
		return nil, err
	}
	return &encoder{coder: coder{bands: newBands()}, down: down, wide: make([]int16, 2*maxBytes)}, nil
}

func (codec) NewDecoder() (audio.Decoder, error) {
	up, err := dsp.NewResampler(rate, audio.Rate)
	if err != nil {
		return nil, err
	}
	return &decoder{player: player{bands: newBands()}, up: up, wide: make([]int16, 2*maxBytes), conceal: dsp.NewConcealer(rate)}, nil
}

// coder makes bytes of sound of 16 kHz.
type coder struct {
	bands  [2]band
	filter mirror
}

func (c *coder) code(dst []byte, wide []int16) int {
	n := len(wide) / 2
	for i := range n {
		low, high := c.filter.split(wide[2*i], wide[2*i+1])
		l, h := c.bands[0].codeLow(low), c.bands[1].codeHigh(high)
		c.bands[0].followLow(l)
		c.bands[1].followHigh(h)
		dst[i] = h<<6 | l
	}
	return n
}

// player makes sound of 16 kHz of bytes.
type player struct {
	bands  [2]band
	filter mirror
}

func (p *player) play(wide []int16, payload []byte) {
	for i, b := range payload {
		l, h := b&0x3f, b>>6
		wide[2*i], wide[2*i+1] = p.filter.join(p.bands[0].low(l), p.bands[1].high(h))
		p.bands[0].followLow(l)
		p.bands[1].followHigh(h)
	}
}

type encoder struct {
	coder
	down *dsp.Resampler
	wide []int16
}

func (e *encoder) Encode(dst []byte, pcm []int16) (int, error) {
	if len(pcm) > 2*maxBytes*ratio || len(dst) < len(pcm)/ratio/2 {
		return 0, errRoom
	}
	n := e.down.Process(e.wide, pcm)
	return e.code(dst, e.wide[:n]), nil
}

// SetLoss does nothing: G.722 has no error correction.
func (e *encoder) SetLoss(int) {}

// decoder keeps its predictors as they were while packets are missing. Coding the made-up sound again, so that they follow
// the other end's (ITU-T G.722 Appendix III), was measured to gain 0.1 dB in the 40 ms after a loss.
type decoder struct {
	player
	up      *dsp.Resampler
	wide    []int16
	conceal *dsp.Concealer
}

func (d *decoder) Decode(pcm []int16, payload []byte) (int, error) {
	n := 2 * len(payload)
	if n > len(d.wide) || len(pcm) < n*ratio {
		return 0, errRoom
	}
	wide := d.wide[:n]
	d.play(wide, payload)
	d.conceal.Good(wide)
	return d.up.Process(pcm, wide), nil
}

func (d *decoder) Recover([]int16, []byte) bool { return false }

func (d *decoder) Conceal(pcm []int16) {
	for len(pcm) >= ratio {
		wide := d.wide[:min(len(pcm)/ratio, len(d.wide))]
		d.conceal.Lost(wide)
		pcm = pcm[d.up.Process(pcm, wide):]
	}
	clear(pcm)
}
