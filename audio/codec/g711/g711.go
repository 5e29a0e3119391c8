// Package g711 is the telephone network's own codec, ITU-T G.711 (RTP payload RFC 3551 section 4.5.14): 8 kHz, one byte
// a sample, A-law in Europe and mu-law in North America and Japan. The 8 kHz never leave this room.
package g711

import (
	"errors"

	"svara/audio"
	"svara/audio/dsp"
)

const (
	rate     = 8000
	ratio    = audio.Rate / rate
	maxFrame = rate * 120 / 1000 // samples in the longest payload taken at once
)

var errRoom = errors.New("g711: no room for the result")

// PCMA is G.711 with the A law.
func PCMA() audio.Codec { return codec{name: "PCMA", payloadType: 8, law: aLaw} }

// PCMU is G.711 with the mu law.
func PCMU() audio.Codec { return codec{name: "PCMU", payloadType: 0, law: muLaw} }

type codec struct {
	name        string
	payloadType uint8
	law         *law
}

func (c codec) Name() string       { return c.name }
func (c codec) ClockRate() int     { return rate }
func (c codec) Channels() int      { return 1 }
func (c codec) PayloadType() uint8 { return c.payloadType }
func (c codec) Fmtp() string       { return "" }

func (c codec) NewEncoder() (audio.Encoder, error) {
	down, err := dsp.NewResampler(audio.Rate, rate)
	if err != nil {
		return nil, err
	}
	return &encoder{law: c.law, down: down, narrow: make([]int16, maxFrame)}, nil
}

func (c codec) NewDecoder() (audio.Decoder, error) {
	up, err := dsp.NewResampler(rate, audio.Rate)
	if err != nil {
		return nil, err
	}
	return &decoder{law: c.law, up: up, narrow: make([]int16, maxFrame), conceal: dsp.NewConcealer(rate)}, nil
}

type encoder struct {
	law    *law
	down   *dsp.Resampler
	narrow []int16
}

func (e *encoder) Encode(dst []byte, pcm []int16) (int, error) {
	if len(pcm) > maxFrame*ratio || len(dst) < len(pcm)/ratio {
		return 0, errRoom
	}
	n := e.down.Process(e.narrow, pcm)
	for i, s := range e.narrow[:n] {
		dst[i] = e.law.compress(s)
	}
	return n, nil
}

// SetLoss does nothing: G.711 has no error correction.
func (e *encoder) SetLoss(int) {}

type decoder struct {
	law     *law
	up      *dsp.Resampler
	narrow  []int16
	conceal *dsp.Concealer
	noise   noise
}

func (d *decoder) Decode(pcm []int16, payload []byte) (int, error) {
	n := len(payload)
	if n > maxFrame || len(pcm) < n*ratio {
		return 0, errRoom
	}
	narrow := d.narrow[:n]
	for i, b := range payload {
		narrow[i] = d.law.expand[b]
	}
	d.conceal.Good(narrow)
	d.noise.stop()
	return d.up.Process(pcm, narrow), nil
}

func (d *decoder) Recover([]int16, []byte) bool { return false }

func (d *decoder) Conceal(pcm []int16) {
	for len(pcm) >= ratio {
		n := min(len(pcm)/ratio, maxFrame)
		narrow := d.narrow[:n]
		d.conceal.Lost(narrow)
		written := d.up.Process(pcm, narrow)
		pcm = pcm[written:]
	}
	clear(pcm)
}

// Comfort fills a pause with noise like that of the sender's room: sid is the payload of a comfort noise packet (RFC
// 3389), or nil to go on. It reports false when the sender has not said that it is silent.
func (d *decoder) Comfort(pcm []int16, sid []byte) bool {
	if !d.noise.describe(sid) {
		return false
	}
	for len(pcm) >= ratio {
		narrow := d.narrow[:min(len(pcm)/ratio, maxFrame)]
		d.noise.make(narrow)
		written := d.up.Process(pcm, narrow)
		pcm = pcm[written:]
	}
	clear(pcm)
	return true
}
