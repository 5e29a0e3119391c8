package media

import (
	"errors"
	"net/netip"

	"svara/phone"
	"svara/phone/sdp"
)

// Event is something that happened in a stream; Config.Notify gets it.
type Event interface{ mediaEvent() }

type (
	// DigitReceived is one DTMF digit sent by the peer as an RFC 4733 event: 0-9 * # A-D. It is told once, at the digit's
	// beginning.
	DigitReceived struct{ Digit rune }
	// Silent tells that no RTP has come for five seconds although it should.
	Silent struct{}
	// Flowing tells that RTP comes: for the first time, or again after Silent.
	Flowing struct{}
	// Dead tells that neither RTP nor RTCP has come for thirty seconds although it should, and the call is not held.
	Dead struct{}
	// Secured tells that the keys of an encrypted stream have been agreed on the media path, and what they came to.
	Secured struct {
		Keying phone.Keying
		Suite  string
	}
	// Insecure tells that they could not be, and why. Nothing is sent or taken in clear instead.
	Insecure struct{ Reason phone.Reason }
)

func (DigitReceived) mediaEvent() {}
func (Silent) mediaEvent()        {}
func (Flowing) mediaEvent()       {}
func (Dead) mediaEvent()          {}
func (Secured) mediaEvent()       {}
func (Insecure) mediaEvent()      {}

// ErrNoTelephoneEvent is returned by SendDigits when the peer takes no RFC 4733 events; SIP INFO is the way then.
var ErrNoTelephoneEvent = errors.New("media: peer takes no telephone-event")

// Agreed is what the last offer and answer came to, for the engine.
type Agreed struct {
	Codec           string         // codec we send, as Codec.Name; empty before the first agreement
	Direction       sdp.Direction  // what we do
	RemoteDirection sdp.Direction  // what the peer wrote
	RemoteHold      bool           // the peer does not listen to us: it holds the call
	Remote          netip.AddrPort // where the peer wants its RTP
	DTMF            bool           // SendDigits works
	Ptime           int            // milliseconds in a packet we send
	Keying          phone.Keying   // how the keys are agreed; empty in clear
	Suite           string         // SRTP suite as RFC 4568 names it; empty in clear and until the keys are there
}
