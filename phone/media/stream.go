// Package media is one RTP session: sockets, RTP and RTCP (RFC 3550), RFC 4733 digits, the jitter buffer and the codecs
// between it and the audio loop, described to the peer by phone/sdp.
package media

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"svara/audio"
	system "svara/audio/clock"
	"svara/phone"
	"svara/phone/media/ice"
	"svara/phone/media/jitter"
)

// Config is how a stream is opened.
type Config struct {
	Local            netip.Addr                    // our address: bound, and written into SDP; must be set
	PortMin, PortMax uint16                        // RTP ports to choose from; 0 means any even port
	Codecs           []audio.Codec                 // in order of preference; at least one
	Security         Security                      // whether and how packets are encrypted
	ICE              ICE                           // whether and how their way is looked for
	Public           netip.Addr                    // our address as the peer's side sees it, where a translator is between; else not valid
	Tone             func(digit rune) audio.Source // the sound of a digit for SendTones, ending by itself (Done() bool); nil: there is none
	CNAME            string                        // RTCP SDES CNAME; random when empty (RFC 7022)
	Log              *slog.Logger                  // nil: slog.Default
	Notify           func(Event)                   // nil: nobody; called from the stream's goroutines, must not block
	Now              func() time.Time              // nil: time.Now
}

// Security is what is wanted of a stream's encryption (RFC 3711).
type Security struct {
	Mode   phone.SRTPMode
	Keying phone.Keying // what is offered; empty means phone.KeyingSDES. Either is accepted
}

var errClosed = errors.New("media: stream is closed")

// Stream is one RTP session.
//
//	audio loop --Write--> encoder, digits ----------------------------> RTP socket --> peer
//	audio loop <--Read--- stretcher <- decoder <- jitter buffer <- reader <-- RTP socket <-- peer
//	                                                                 reports <-> RTCP socket (or the RTP one, RFC 5761)
//
// Four goroutines of its own: two readers, one for each socket, one for what is no sound while the audio loop reads the RTP
// socket itself, and the reporter, which sends RTCP, watches for silence and sums up the quality. Between them and the audio
// loop are atomics and one mutex around the jitter buffer, held for about a microsecond a packet on either side.
type Stream struct {
	cfg   Config       // never changes after Open
	log   *slog.Logger // likewise
	tempo tempo        // likewise
	ssrc  source       // ours
	rtp   socket
	rtcp  socket
	path  *ice.Path // nil: without ICE. Never changes after Open

	controlPath *ice.Path   // RTCP's, which rests where that shares RTP's port; nil when path is. Never changes after Open
	reached     atomic.Bool // it has led to the peer. Stored under control and by the paths

	control sync.Mutex  // Offer, Accept, Answer, Close
	talks   negotiation // guarded by control
	public  netip.Addr  // Config.Public, as it is now. Guarded by control
	secrets secrets     // guarded by control; a certificate once made never changes
	closed  bool        // guarded by control

	plan   atomic.Pointer[plan]  // stored under control; loaded by all
	target atomic.Pointer[route] // where the peer's RTP comes from. Stored by the RTP reader
	answer atomic.Pointer[route] // where its RTCP comes from, if not from where it should. Stored by the readers

	sound   flow        // RTP, and RTCP where that shares its port
	reports flow        // RTCP where it does not
	asking  atomic.Bool // an offer may lead to another association. Stored under control

	bufferLock sync.Mutex
	buffer     *jitter.Buffer // guarded by bufferLock
	sid        silence        // likewise

	out sender   // the audio loop; what others may touch is marked there
	in  player   // the audio loop
	net receiver // the RTP reader; what others may touch is marked there

	facts    facts    // of the path sound takes; who touches what is marked there
	listener listener // what the peer says of what it gets

	heard   atomic.Int64                  // when RTP last came, Unix ns; 0 never. Stored by the reader
	alive   atomic.Int64                  // the same for RTCP. Stored by the readers
	trip    atomic.Int64                  // round trip by RTCP, ns; 0 unknown. Stored by the readers
	quality atomic.Pointer[phone.Quality] // stored by the reporter

	beat *system.Clock // the reporter's; closed by Close
	stop chan struct{} // closed with it
	work sync.WaitGroup
}

// route is where the peer's packets really come from, and the agreed address that it stands in for: with another
// agreement it is out of force.
type route struct{ agreed, source netip.AddrPort }

// destination is where RTP goes under a plan: the other end of the checked pair, where ICE is spoken; else where the
// peer's comes from, else where it said. Not valid: nowhere.
func (s *Stream) destination(p *plan) netip.AddrPort {
	if p.checked {
		_, to, _ := s.pair(p)
		return to
	}
	if r := s.target.Load(); r != nil && r.agreed == p.remote {
		return r.source
	}
	return p.remote
}

// tempo is the times a stream lives by; tests have their own.
type tempo struct {
	tick   time.Duration // how often the reporter looks around
	silent time.Duration // no RTP for this long: Silent
	dead   time.Duration // neither RTP nor RTCP for this long: Dead
	report time.Duration // least RTCP interval, RFC 3550 6.2: 5 s

	flight    time.Duration // a DTLS flight is repeated after this long first, then twice that and so on (RFC 6347 4.2.4.1)
	handshake time.Duration // a DTLS handshake has failed after this long
}

var usual = tempo{
	tick: 200 * time.Millisecond, silent: 5 * time.Second, dead: 30 * time.Second, report: 5 * time.Second,
	flight: 200 * time.Millisecond, handshake: 12 * time.Second,
}

// Open binds the RTP and RTCP sockets. Nothing flows before an offer and an answer have met.
func Open(cfg Config) (*Stream, error) { return open(cfg, usual) }

func open(cfg Config, tempo tempo) (*Stream, error) {
	if len(cfg.Codecs) == 0 {
		return nil, phone.Refuse(phone.ReasonNoCodec, "no codecs")
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Notify == nil {
		cfg.Notify = func(Event) {}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.CNAME == "" {
		cfg.CNAME = hex.EncodeToString(random(12))
	}
	beat, err := system.New()
	if err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	rtp, rtcp, err := bind(cfg.Local, cfg.PortMin, cfg.PortMax)
	if err != nil {
		return nil, errors.Join(err, beat.Close())
	}
	s := &Stream{
		cfg: cfg, log: cfg.Log, tempo: tempo,
		public: cfg.Public,
		buffer: jitter.New(jitter.Config{}),
		beat:   beat,
		stop:   make(chan struct{}),
		talks: negotiation{
			id:      strconv.FormatUint(uint64(binary.BigEndian.Uint32(random(4))), 10),
			numbers: map[string]uint8{},
			coders:  codecs{},
		},
	}
	s.sound.init(s, false)
	s.reports.init(s, true)
	s.ssrc.Store(binary.BigEndian.Uint32(random(4)))
	if err := errors.Join(s.rtp.set(rtp), s.rtcp.set(rtcp)); err != nil {
		s.rtp.close()
		s.rtcp.close()
		return nil, errors.Join(err, beat.Close())
	}
	s.rtp.hearRefusals()
	s.out.init(s)
	s.in.init(s)
	s.net.init(s)
	s.openPath()
	s.work.Go(s.net.readRTP)
	s.work.Go(s.net.readRTCP)
	s.work.Go(s.net.readStrays)
	s.work.Go(newReporter(s).run)
	return s, nil
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return b
}

func (s *Stream) lockBuffer()   { s.bufferLock.Lock() }
func (s *Stream) unlockBuffer() { s.bufferLock.Unlock() }

// Read fills a block with the peer's sound and reports whether it is any. For the audio loop only.
func (s *Stream) Read(block []int16) bool {
	s.net.fetch()
	sound := s.in.read(block)
	s.facts.in.take(block, floorIn)
	return sound
}

// Write takes a block of our sound. For the audio loop only.
func (s *Stream) Write(block []int16) {
	s.facts.out.take(block, floorOut)
	s.out.write(s.out.toned(block))
}

// transmit sends a datagram to the peer: from the RTP socket, or over our TURN server if the pair is such. For any
// goroutine.
func (s *Stream) transmit(data []byte, to netip.AddrPort) error {
	if s.path != nil {
		if r := s.path.Route(); r != nil && r.ByRelay() && r.Remote == to {
			return s.path.Relay(r, data)
		}
	}
	return s.post(data, to)
}

// post sends a datagram from the RTP socket itself.
func (s *Stream) post(data []byte, to netip.AddrPort) error { return s.rtp.write(data, to) }

// report sends a datagram from the RTCP socket, or over our TURN server if the pair is such.
func (s *Stream) report(data []byte, to netip.AddrPort) error {
	if s.controlPath != nil {
		if r := s.controlPath.Route(); r != nil && r.ByRelay() && r.Remote == to {
			return s.controlPath.Relay(r, data)
		}
	}
	return s.rtcp.write(data, to)
}

// LocalAddr is where RTP is received.
func (s *Stream) LocalAddr() netip.AddrPort { return s.rtp.local() }

// Close says RTCP BYE, closes the sockets and returns when the stream's goroutines have ended. Read and Write may still
// be called: there is silence then.
func (s *Stream) Close() error {
	if s.path != nil {
		s.path.Hurry() // an offer that waits for candidates
		s.controlPath.Hurry()
	}
	s.control.Lock()
	defer s.control.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.protect(nil, nil)
	close(s.stop)
	err := s.beat.Close()
	s.plan.Store(nil)
	// The reporter says goodbye while the sockets are still open; then they are closed and the readers end.
	s.work.Wait()
	if s.path != nil {
		s.path.Close()
		s.controlPath.Close()
	}
	return err
}
