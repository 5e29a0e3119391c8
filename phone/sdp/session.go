// Package sdp reads and writes session descriptions (RFC 8866) and works out offers and answers (RFC 3264) for one
// audio stream. Everything is a pure function of its arguments: nothing here opens a socket or knows a call.
//
// The reader takes what is sent in practice, not only what the grammar allows: missing s=, t= or v=, lone line feeds, no
// final line end, c= anywhere, spaces in the o= user name, lines that are no SDP at all. It is bounded: see MaxSize.
package sdp

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
)

// The reader's bounds. What is larger is refused whole.
const (
	MaxSize  = 64 << 10 // bytes in a description
	MaxMedia = 1000     // m-lines in it
)

const (
	maxFormats    = 128 // formats of an m-line that are looked at; there are no more payload types than that
	maxAttributes = 256 // unknown attributes kept for a section; the rest are passed over
)

// What can be wrong with a description as a whole.
var (
	ErrMalformed = errors.New("sdp: not a session description")
	ErrTooLarge  = errors.New("sdp: too large")
	ErrNoAudio   = errors.New("sdp: no audio stream that can be used")
	ErrNoAddress = errors.New("sdp: no address to send sound to")
	ErrNoCodec   = errors.New("sdp: no codec in common")
)

// Session is a description.
type Session struct {
	Origin     Origin
	Name       string
	Host       string     // session-level c=, as written: an address or a name; empty when there is none
	Conn       netip.Addr // Host as an address; zero when it is a name or missing
	Time       string     // t=, "start stop"
	Direction  Direction  // session-level, the default of the streams; empty when not given
	ICE        ICE        // session-level, the default of the streams
	Media      []Media
	Attributes []Attribute // session-level ones that have no field of their own

	Fingerprints []Fingerprint // session-level, the default of the streams
	Setup        Setup         // likewise
}

// Origin is the o= line: who wrote the description and which edition it is.
type Origin struct {
	User    string
	ID      string // decimal, but kept as written: peers send numbers beyond 64 bits
	Version string
	Host    string
}

// Media is an m-line and what belongs to it.
type Media struct {
	Kind       string // audio, video, image, …
	Port       int    // 0..65535; 0 means refused or switched off
	Proto      string // RTP/AVP, RTP/SAVP, …
	Formats    []string
	Host       string     // media-level c=, as written
	Conn       netip.Addr // Host as an address
	Direction  Direction  // media-level; empty when not given
	Ptime      int        // milliseconds, 1..MaxPtimeMS; 0 when not given or out of range
	MaxPtime   int        // likewise
	RTCPPort   int        // RFC 3605; 0 when not given
	RTCPConn   netip.Addr // RFC 3605; zero when not given
	RTCPMux    bool       // RFC 5761
	ICE        ICE        // RFC 8839
	Codecs     []Codec    // the formats that are payload types with a known encoding, in the m-line's order
	Attributes []Attribute

	Crypto       []Crypto      // the a=crypto lines that can be used, in their order
	Fingerprints []Fingerprint // media-level; empty when not given
	Setup        Setup         // media-level; empty when not given
	Renewed      bool          // a=connection:new (RFC 4145 5): what there was of DTLS is over
	Keyed        bool          // there is a=crypto or a=fingerprint, whether it can be used or not
}

// MaxPtimeMS is the longest packet time that is believed, in milliseconds.
const MaxPtimeMS = 1000

// Attribute is an a= line: a=Key or a=Key:Value.
type Attribute struct{ Key, Value string }

// Codec is a payload type with its encoding.
type Codec struct {
	PT       uint8  // 0..127
	Name     string // as written: "opus", "PCMA", "telephone-event"
	Clock    int    // Hz, 1..MaxClock
	Channels int    // at least 1
	Fmtp     string // a=fmtp without the number; empty when there is none
}

// averageBitRate is how many bits a second the codec's writer takes on average (maxaveragebitrate, RFC 7587 section 6.1); 0 when
// it does not say, or says what no such number is.
func (c Codec) averageBitRate() int {
	for part := range strings.SplitSeq(c.Fmtp, ";") {
		key, value, _ := strings.Cut(part, "=")
		if !strings.EqualFold(strings.TrimSpace(key), "maxaveragebitrate") {
			continue
		}
		if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && n > 0 {
			return n
		}
	}
	return 0
}

// MaxClock is the highest RTP clock that is believed, in Hz.
const MaxClock = 768000

// address is where the stream is received, as far as the description tells: media-level c= before session-level.
func (s *Session) address(m *Media) netip.Addr {
	if m.Host != "" {
		return m.Conn
	}
	return s.Conn
}

// direction is the stream's direction as its writer sees it. An address of all zeros is the old way to hold (RFC 2543
// B.5, RFC 3264 8.4): the writer does not want to be sent to.
func (s *Session) direction(m *Media) Direction {
	d := m.Direction
	if d == "" {
		d = s.Direction
	}
	if a := s.address(m); a.IsValid() && a.IsUnspecified() {
		return DirectionOf(d.Sends(), false)
	}
	return DirectionOf(d.Sends(), d.Receives())
}
