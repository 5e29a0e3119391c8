package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"svara/phone"
	"svara/phone/sdp"
)

const (
	// window is how far back a packet's number may lie without being taken for a repetition (RFC 3711 3.3.2: at least
	// 64): more than two seconds of sound.
	window = 128
	// rekeying is how long packets with the keys that the peer had before are still read: those on their way, and those it
	// sends until it has our answer.
	rekeying = 10 * time.Second
)

var profiles = map[sdp.Suite]srtp.ProtectionProfile{
	sdp.AES128Tag80: srtp.ProtectionProfileAes128CmHmacSha1_80,
	sdp.AES128Tag32: srtp.ProtectionProfileAes128CmHmacSha1_32,
	sdp.AES256Tag80: srtp.ProtectionProfileAes256CmHmacSha1_80,
	sdp.AES256Tag32: srtp.ProtectionProfileAes256CmHmacSha1_32,
	sdp.GCM128:      srtp.ProtectionProfileAeadAes128Gcm,
	sdp.GCM256:      srtp.ProtectionProfileAeadAes256Gcm,
}

// guard is how the packets of a plan are encrypted (RFC 3711); a plan without one is in clear.
type guard struct {
	sdp.Protection
	keys atomic.Pointer[keys] // nil: still being agreed. Nothing is sent or taken then
	wake chan struct{}        // DTLS: filled when sound is wanted or the peer has begun
	done atomic.Bool          // DTLS: the handshake is over, and the keys are those of it
	used atomic.Bool          // DTLS: the peer has sent with those keys, so for it the handshake is over too. Stored by the readers
}

// keys are contexts ready for use. The network readers, the reporter and the audio loop load them from a guard; each
// context belongs to one of them.
type keys struct {
	suite  sdp.Suite
	out    *sealer
	in     *opener
	before *opener   // what the peer sent with until these were agreed; nil when nothing
	until  time.Time // and how long that is read
}

// sealer is our key. It lives as long as the stream, through every plan: begun anew, it would use its key stream twice.
type sealer struct {
	rtp     *srtp.Context // the audio loop
	rtcp    *srtp.Context // the reporter
	wrapped atomic.Bool   // the sequence number has gone round: who comes late cannot know the rollover counter
}

// opener is the peer's key.
type opener struct {
	rtp    *srtp.Context // the RTP reader
	others *srtp.Context // the RTP reader, for what comes from where the peer is not
	lock   sync.Mutex
	rtcp   *srtp.Context // guarded by lock: both readers
}

// open decrypts an RTP packet. What somebody sends of the peer's from elsewhere does not make the peer's own a repetition.
func (o *opener) open(dst, data []byte, header *rtp.Header, own bool) ([]byte, error) {
	if own {
		return o.rtp.DecryptRTP(dst, data, header)
	}
	ssrc := binary.BigEndian.Uint32(data[8:])
	if rollovers, ok := o.rtp.ROC(ssrc); ok {
		o.others.SetROC(ssrc, rollovers)
	}
	return o.others.DecryptRTP(dst, data, header)
}

func newContext(c sdp.Crypto) (*srtp.Context, error) {
	key, salt := c.Suite.Lengths()
	if len(c.Key) != key+salt || key == 0 {
		return nil, fmt.Errorf("media: %s with a key of %d bytes", c.Suite, len(c.Key))
	}
	opts := []srtp.ContextOption{srtp.SRTPReplayProtection(window), srtp.SRTCPReplayProtection(window)}
	if c.MKI != "" {
		opts = append(opts, srtp.MasterKeyIndicator([]byte(c.MKI)))
	}
	secret := []byte(string(c.Key))
	context, err := srtp.CreateContext(secret[:key], secret[key:], profiles[c.Suite], opts...)
	if err != nil {
		return nil, fmt.Errorf("make %s context: %w", c.Suite, err)
	}
	return context, nil
}

func newSealer(c sdp.Crypto) (*sealer, error) {
	rtp, err := newContext(c)
	if err != nil {
		return nil, err
	}
	rtcp, err := newContext(c)
	return &sealer{rtp: rtp, rtcp: rtcp}, err
}

func newOpener(c sdp.Crypto) (*opener, error) {
	rtp, err := newContext(c)
	if err != nil {
		return nil, err
	}
	others, err := newContext(c)
	if err != nil {
		return nil, err
	}
	rtcp, err := newContext(c)
	return &opener{rtp: rtp, others: others, rtcp: rtcp}, err
}

// offered are the suites we offer: each a line of some hundred bytes, which a request by UDP has no room for many of
// (RFC 3261 18.1.1). The others are taken where they are offered.
var offered = []sdp.Suite{sdp.AES128Tag80, sdp.AES256Tag80, sdp.GCM128, sdp.AES128Tag32}

// freshKeys makes a key for every suite.
func freshKeys() []sdp.Crypto {
	list := make([]sdp.Crypto, 0, len(sdp.Suites))
	suites := slices.Clone(offered)
	for _, s := range sdp.Suites {
		if !slices.Contains(suites, s) {
			suites = append(suites, s)
		}
	}
	for i, s := range suites {
		key, salt := s.Lengths()
		list = append(list, sdp.Crypto{Tag: i + 1, Suite: s, Key: sdp.Key(random(key + salt))})
	}
	return list
}

// Proposal is what an offer says of encryption that is optional. The usual one, of RFC 8643, leaves the choice to the peer;
// the others are for exchanges that refuse it.
type Proposal string

// The proposals.
const (
	ProposeUsual Proposal = ""
	ProposeSDES  Proposal = Proposal(sdp.SDES) // in the profile of RFC 3711 and no other way
	ProposeDTLS  Proposal = Proposal(sdp.DTLS) // in that of RFC 5764
	ProposeClear Proposal = "clear"            // no word of it
)

// Propose sets what the next offers say. Where encryption is off or required it changes nothing: there is no choice.
func (s *Stream) Propose(p Proposal) {
	s.control.Lock()
	defer s.control.Unlock()
	s.secrets.proposal = p
}

// secrets are what a stream encrypts with. Guarded by Stream.control.
type secrets struct {
	keys    []sdp.Crypto        // SDES: ours, one a suite
	sealers map[sdp.Key]*sealer // by key, for as long as the stream lives
	proof   certificate         // DTLS: ours; made when first wanted

	proposal Proposal // what offers say, as long as nothing is in force
}

// security is what an offer or an answer may say of encryption.
func (s *Stream) security(offering bool) (sdp.Security, error) {
	want, have := s.cfg.Security, &s.secrets
	if want.Mode == phone.SRTPOff {
		return sdp.Security{}, nil
	}
	if have.keys == nil {
		have.keys, have.sealers = freshKeys(), map[sdp.Key]*sealer{}
	}
	if err := have.proof.make(); err != nil {
		return sdp.Security{}, err
	}
	sec := sdp.Security{
		Accept: true, Required: want.Mode == phone.SRTPRequired, Keying: sdp.Keying(want.Keying),
		Keys: have.keys, Fingerprints: []sdp.Fingerprint{have.proof.fingerprint},
	}
	if offering {
		sec.Keys = sec.Keys[:len(offered)]
	}
	if offering && s.sound.guard == nil && want.Mode == phone.SRTPOptional {
		switch p := have.proposal; p {
		case ProposeClear:
			return sdp.Security{}, nil
		case ProposeSDES, ProposeDTLS:
			sec.Required, sec.Keying = true, sdp.Keying(p)
		}
	}
	if g := s.sound.guard; g != nil {
		sec.Keying, sec.Profile = g.Keying, g.Profile
		if offering && g.Keying == sdp.SDES {
			sec.Keys = inForce(have.keys, g.Local.Suite)
		}
		if g.Keying == sdp.DTLS {
			sec.Role = sdp.SetupPassive
			if g.Active {
				sec.Role = sdp.SetupActive
			}
		}
	}
	return sec, nil
}

// inForce puts the suite in use before the others that are offered, so that a re-offer does not invite a change.
func inForce(keys []sdp.Crypto, suite sdp.Suite) []sdp.Crypto {
	at := slices.IndexFunc(keys, func(c sdp.Crypto) bool { return c.Suite == suite })
	list := []sdp.Crypto{keys[at]}
	for i, c := range keys[:len(offered)] {
		if i != at {
			list = append(list, c)
		}
	}
	return list
}

// stranger reports whether an offer comes from somebody who is not the one that we have sent to: with a key and an
// address of its own. Our rollover counter is nothing it could know, if that has moved (RFC 3711 3.3.1): it needs a key
// that begins at nought.
func (s *Stream) stranger(a sdp.Agreed) bool {
	g, p := s.sound.guard, s.plan.Load()
	if g == nil || p == nil || g.Keying != sdp.SDES || a.Protection.Keying != sdp.SDES {
		return false
	}
	k := g.keys.Load()
	return k.out.wrapped.Load() && a.Protection.Remote.Key != g.Remote.Key && a.Remote.IsValid() && a.Remote.Addr() != p.remote.Addr()
}

// guardOf makes the guard of an agreement, from what of the one in force still holds.
func (s *Stream) guardOf(p sdp.Protection) (*guard, error) {
	old := s.sound.guard
	g := &guard{Protection: p}
	switch p.Keying {
	case sdp.SDES:
		if old != nil && old.Keying == p.Keying && old.Local.Key == p.Local.Key && old.Remote == retag(p.Remote, old.Remote.Tag) {
			g.keys.Store(old.keys.Load())
			return g, nil
		}
		k, err := s.exchange(p, old)
		if err != nil {
			return nil, err
		}
		g.keys.Store(k)
		return g, nil
	case sdp.DTLS:
		again := p.Renewed && old != nil && old.done.Load() // some begin anew at every other offer, and say so
		if old != nil && old.Keying == p.Keying && old.Active == p.Active && slices.Equal(old.Fingerprints, p.Fingerprints) && !again {
			return old, nil // the association goes on (RFC 8842 4)
		}
		g.wake = make(chan struct{}, 1)
		if old != nil {
			g.keys.Store(old.keys.Load()) // until there are others
		}
		return g, nil
	}
	return nil, nil
}

// apartOf is the guard of RTCP where a handshake gives it keys of its own beside those of g (RFC 5764 4); else nil, as where
// g is all there is.
func (s *Stream) apartOf(g *guard, mux bool) *guard {
	if g == nil || g.Keying != sdp.DTLS || mux {
		return nil
	}
	old := s.reports.guard
	if old != nil && g == s.sound.guard {
		return old
	}
	fresh := &guard{Protection: g.Protection, wake: make(chan struct{}, 1)}
	if old != nil {
		fresh.keys.Store(old.keys.Load()) // until there are others
	}
	return fresh
}

func retag(c sdp.Crypto, tag int) sdp.Crypto {
	c.Tag = tag
	return c
}

// exchange makes the contexts of two keys.
func (s *Stream) exchange(p sdp.Protection, old *guard) (*keys, error) {
	out := s.secrets.sealers[p.Local.Key]
	if out == nil {
		var err error
		if out, err = newSealer(p.Local); err != nil {
			return nil, err
		}
		s.secrets.sealers[p.Local.Key] = out
	}
	k := &keys{suite: p.Local.Suite, out: out}
	if old != nil && old.keys.Load() != nil {
		if old.Keying == p.Keying && old.Remote == retag(p.Remote, old.Remote.Tag) {
			k.in = old.keys.Load().in
		} else {
			k.before, k.until = old.keys.Load().in, s.cfg.Now().Add(rekeying)
		}
	}
	if k.in == nil {
		var err error
		if k.in, err = newOpener(p.Remote); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// open decrypts an RTP packet into the receiver's buffer; own says that it comes from where the peer may be. One that is not
// authentic, or comes again, is an error.
func (r *receiver) open(g *guard, data []byte, own bool, now time.Time) ([]byte, error) {
	done := g.done.Load() // asked first: true, it tells of the keys that are loaded after it
	k := g.keys.Load()
	if k == nil {
		return nil, errUnkeyed
	}
	clear, err := k.in.open(r.clear[:0], data, &r.header, own)
	if err == nil && done && own {
		g.used.Store(true)
	}
	if err != nil && k.before != nil && now.Before(k.until) {
		clear, err = k.before.open(r.clear[:0], data, &r.header, own)
	}
	return clear, err
}

// openControl decrypts an RTCP packet; muxed says that it came to the RTP socket. Where RTCP has keys of its own, some peers
// have none, and use RTP's for both.
func (r *receiver) openControl(p *plan, data []byte, muxed bool, now time.Time) ([]byte, error) {
	if p.apart != nil && !muxed {
		if clear, err := r.openWith(p.apart, data, now); err == nil {
			return clear, nil
		}
	}
	return r.openWith(p.guard, data, now)
}

// openWith decrypts it with the keys of a guard.
func (r *receiver) openWith(g *guard, data []byte, now time.Time) ([]byte, error) {
	done := g.done.Load() // asked first, as in open
	k := g.keys.Load()
	if k == nil {
		return nil, errUnkeyed
	}
	open := func(o *opener) ([]byte, error) {
		o.lock.Lock()
		defer o.lock.Unlock()
		return o.rtcp.DecryptRTCP(nil, data, nil)
	}
	clear, err := open(k.in)
	if err == nil && done {
		g.used.Store(true)
	}
	if err != nil && k.before != nil && now.Before(k.until) {
		clear, err = open(k.before)
	}
	return clear, err
}

var errUnkeyed = errors.New("media: no keys yet")

// seal encrypts the RTP packet in the sender's buffer, in place. For the audio loop.
func (w *sender) seal(g *guard, n int) ([]byte, error) {
	k := g.keys.Load()
	if k == nil {
		return nil, errUnkeyed
	}
	if w.seq == 0 { // of the packet after this one
		k.out.wrapped.Store(true)
	}
	return k.out.rtp.EncryptRTP(w.buf[:0], w.buf[:n], &w.header)
}

// sealControl encrypts an RTCP packet. For the reporter.
func (r *reporter) seal(g *guard, data []byte) ([]byte, error) {
	k := g.keys.Load()
	if k == nil {
		return nil, errUnkeyed
	}
	return k.out.rtcp.EncryptRTCP(nil, data, nil)
}

// suite is the suite in force; empty in clear and while there are no keys.
func (g *guard) suite() string {
	if g == nil {
		return ""
	}
	if k := g.keys.Load(); k != nil {
		return string(k.suite)
	}
	return ""
}

// protect puts a plan's guards into force. Called under control, when the plan is.
func (s *Stream) protect(sound, reports *guard) {
	defer s.asking.Store(false)
	s.sound.protect(sound)
	s.reports.protect(reports)
}
