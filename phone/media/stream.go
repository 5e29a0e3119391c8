package media

import (
	"errors"
	"log/slog"
	"net/netip"
	"time"

	"svara/audio"
	"svara/phone"
	"svara/phone/sdp"
)

// Config is how a stream is opened.
type Config struct {
	Local            netip.Addr       // our address: bound, and written into SDP; must be set
	PortMin, PortMax uint16           // RTP ports to choose from; 0 means any even port
	Codecs           []audio.Codec    // in order of preference
	CNAME            string           // RTCP SDES CNAME; random when empty (RFC 7022)
	Log              *slog.Logger     // nil: slog.Default
	Notify           func(Event)      // nil: nobody; called from the stream's goroutines, must not block
	Now              func() time.Time // nil: time.Now
}

// Stream is one RTP session.
type Stream struct{}

// Open binds the RTP and RTCP sockets. Nothing flows before an offer and an answer have met.
func Open(cfg Config) (*Stream, error) { return nil, errors.New("media: not built yet") }

// Offer is a new offer of direction want: the first, or one for a re-INVITE.
func (s *Stream) Offer(want sdp.Direction) ([]byte, error) { return nil, nil }

// Accept takes the answer to the last offer. Sound flows after it. The same answer again changes nothing; another one
// (early media of another fork) replaces it.
func (s *Stream) Accept(answer []byte) error { return nil }

// Answer answers the peer's offer; want is what we would like to do. Sound flows after it.
func (s *Stream) Answer(offer []byte, want sdp.Direction) ([]byte, error) { return nil, nil }

// Read fills a block with the peer's sound; Write takes a block of ours. Both are for the audio loop only.
func (s *Stream) Read(block []int16) bool { return false }

// Write takes a block of our sound.
func (s *Stream) Write(block []int16) {}

// SendDigits queues digits 0-9 * # A-D to be sent as RFC 4733 events; a comma is a pause of two seconds.
func (s *Stream) SendDigits(digits string) error { return ErrNoTelephoneEvent }

// Agreed is what the last offer and answer came to.
func (s *Stream) Agreed() Agreed { return Agreed{} }

// Quality is how the stream does. Cheap; for any goroutine.
func (s *Stream) Quality() phone.Quality { return phone.Quality{} }

// LocalAddr is where RTP is received.
func (s *Stream) LocalAddr() netip.AddrPort { return netip.AddrPort{} }

// Close says RTCP BYE, closes the sockets and returns when the stream's goroutines have ended.
func (s *Stream) Close() error { return nil }
