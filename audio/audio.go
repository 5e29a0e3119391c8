// Package audio is the vocabulary of sound inside the house: 48 kHz, mono, signed 16 bit, in blocks of 10 ms.
//
//	microphone -> device -> mix -> Sink.Write  (a call's encoder)
//	speaker    <- device <- mix <- Source.Read (a call's decoder, a tone, a file)
//
// A codec resamples at its own door, a device at its own. Nothing here acts; the loop is audio/mix.
package audio

import "time"

// The one format inside the house.
const (
	Rate      = 48000                 // samples a second
	BlockSize = 480                   // samples in a block
	BlockTime = 10 * time.Millisecond // duration of a block
)

// Source hands out sound. Read fills the whole block, with silence where it has nothing, and reports whether any of it
// is sound. It is called by the audio loop only: it must not allocate, log or wait.
type Source interface {
	Read(block []int16) bool
}

// Sink takes sound, one block at a time, under the same rules as Source.
type Sink interface {
	Write(block []int16)
}

// Stream is both directions of one party.
type Stream interface {
	Source
	Sink
}

// Codec describes a codec in SDP terms and makes coders. A Codec is a value without state.
type Codec interface {
	Name() string       // RTP encoding name: "opus", "PCMA", "PCMU"
	ClockRate() int     // RTP clock in Hz, RFC 3551
	Channels() int      // as in a=rtpmap; 1 is left out there
	PayloadType() uint8 // static number, or the dynamic one to offer
	Fmtp() string       // a=fmtp to offer, or empty
	NewEncoder() (Encoder, error)
	NewDecoder() (Decoder, error)
}

// Encoder turns house sound into payload. Not safe for concurrent use; Encode must not allocate.
type Encoder interface {
	// Encode codes pcm (a whole number of blocks, 10..60 ms) into dst and returns the payload's length.
	Encode(dst []byte, pcm []int16) (int, error)
	// SetLoss tells the encoder the packet loss, in percent, that the peer reports, for its error correction.
	SetLoss(percent int)
}

// Limiter is an Encoder whose bit rate can be limited.
type Limiter interface {
	// Limit tells the encoder how many bits a second the peer takes on average; 0: it does not say.
	Limit(bits int)
}

// Decoder turns payload into house sound. Not safe for concurrent use; none of it may allocate.
type Decoder interface {
	// Decode fills pcm from a payload and returns the samples written.
	Decode(pcm []int16, payload []byte) (int, error)
	// Recover fills pcm with the frame lost before next, from the error correction inside next. It reports false when
	// the codec has none and nothing was written.
	Recover(pcm []int16, next []byte) bool
	// Conceal fills pcm with a guess at a lost frame, fading to silence over 60 ms of successive calls.
	Conceal(pcm []int16)
}

// Device is a place sound comes from or goes to, as a person knows it. Its ID is stable over restarts where the system
// makes that possible, and is what a setting keeps; an empty ID everywhere means "the system's choice".
type Device struct {
	ID      string
	Name    string // for people, as the system itself calls it
	Input   bool   // a microphone
	Output  bool   // a speaker; also a possible ring device
	Default bool   // the system's choice now, for its direction
	Muted   bool   // a microphone that is turned off in the system itself, where that can be known
}
