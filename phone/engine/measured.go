package engine

import (
	"net/netip"
	"slices"

	"svara/phone"
)

// measured is how a call has sounded so far: sums over the seconds it was talked in.
type measured struct {
	seconds                             float64
	lossIn, lossOut, jitter, concealing float64
	trip, in, out                       mean
	cause                               phone.SoundCause // the last that was wrong
	network                             string
	sound                               int64 // ms, of theirs, as the stream last told
	spoken                              int64 // ms, of theirs, that were no silence since the first second after the answer
}

// mean is a figure that is not known all the time.
type mean struct{ sum, times float64 }

func (m *mean) add(v float64) {
	if v > 0 {
		m.sum, m.times = m.sum+v, m.times+1
	}
}

func (m mean) value() float64 {
	if m.times == 0 {
		return 0
	}
	return m.sum / m.times
}

// add takes a second's figures.
func (m *measured) add(q phone.Quality) {
	sound := q.Facts.SoundIn
	switch {
	case m.seconds == 0: // what was heard before the answer does not count
	case sound >= m.sound:
		m.spoken += sound - m.sound
	default: // another stream
		m.spoken += sound
	}
	m.sound = sound
	m.seconds++
	m.lossIn += q.LossIn
	m.lossOut += q.LossOut
	m.jitter += q.JitterMS
	m.concealing += q.Concealing
	m.trip.add(q.RTTMS)
	m.in.add(q.MOS)
	m.out.add(q.MOSOut)
}

// quality is how a call sounded, for the history; nil when nothing was measured.
func (s *state) quality(c *call) *phone.CallQuality {
	m := &c.measured
	if m.seconds == 0 {
		return nil
	}
	return &phone.CallQuality{
		Codec: c.Codec, Device: s.deviceNames(), Network: m.network,
		LossIn: m.lossIn / m.seconds, LossOut: m.lossOut / m.seconds, JitterMS: m.jitter / m.seconds, Concealed: m.concealing / m.seconds,
		RTTMS: m.trip.value(), MOS: m.in.value(), MOSOut: m.out.value(), Cause: m.cause,
	}
}

// deviceNames is the microphone in use and, where it is another, the speaker.
func (s *state) deviceNames() string {
	name := func(id string, fits func(phone.Device) bool) string {
		at := slices.IndexFunc(s.audio.Devices, func(d phone.Device) bool { return d.ID == id && fits(d) })
		if at < 0 {
			return id
		}
		return s.audio.Devices[at].Name
	}
	input := name(s.audio.Input, func(d phone.Device) bool { return d.Input })
	output := name(s.audio.Output, func(d phone.Device) bool { return d.Output })
	switch {
	case input == "" || input == output:
		return output
	case output == "":
		return input
	}
	return input + " / " + output
}

// networkOf is the kind and name of the network interface that has an address: "wifi wlan0"; empty when none has. What
// the network calls itself is not asked for: it would tell where the user has been.
func networkOf(local netip.Addr) string {
	name, kind := interfaceOf(local)
	if name == "" {
		return ""
	}
	return kind + " " + name
}
