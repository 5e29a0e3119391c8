package media

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/logging"
	"github.com/pion/srtp/v3"

	"svara/phone"
	"svara/phone/sdp"
)

// dtlsSuites are the protection profiles of a handshake (RFC 5764 4.1.2, RFC 7714 14.2), by preference, and their names.
var dtlsSuites = []struct {
	profile dtls.SRTPProtectionProfile
	suite   sdp.Suite
}{
	{dtls.SRTP_AEAD_AES_128_GCM, sdp.GCM128},
	{dtls.SRTP_AES128_CM_HMAC_SHA1_80, sdp.AES128Tag80},
	{dtls.SRTP_AEAD_AES_256_GCM, sdp.GCM256},
	{dtls.SRTP_AES128_CM_HMAC_SHA1_32, sdp.AES128Tag32},
}

// certificate is what we prove ourselves with: our own for each stream, so that two calls cannot be told to be of one
// phone.
type certificate struct {
	tls.Certificate
	fingerprint sdp.Fingerprint
}

// make makes it, once.
func (c *certificate) make() error {
	if c.PrivateKey != nil {
		return nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make DTLS key: %w", err)
	}
	now := time.Now()
	about := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(random(16)),
		NotBefore:    now.Add(-24 * time.Hour), NotAfter: now.Add(30 * 24 * time.Hour), // clocks differ; calls end
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		return fmt.Errorf("make DTLS certificate: %w", err)
	}
	c.Certificate = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	c.fingerprint = sdp.FingerprintOf(der)
	return nil
}

// association is one DTLS handshake of a flow and what follows it (RFC 5764). Its goroutine waits until sound is
// wanted or the peer begins, because an answer may be ready long before the call is answered; tries until it succeeds or
// the time is over, because a forged packet or a peer that has not read our answer yet can spoil one try; and keeps the
// connection open then, for a peer that repeats its last flight.
type association struct {
	s    *Stream
	flow *flow
	g    *guard
	stop context.CancelFunc

	inbox  atomic.Pointer[inbox]     // of the try under way, or of the next
	conn   atomic.Pointer[dtls.Conn] // of the last try
	anew   chan struct{}             // filled when the peer has begun anew
	source atomic.Pointer[route]     // where the handshake comes from, if not from where it should. Stored by the flow's reader
	heard  bool                      // the agreed address has spoken. The flow's reader
	given  [][32]byte                // hellos of handshakes that the peer has given up. The flow's reader
}

// associate begins an association. Called under control.
func (f *flow) associate(g *guard) {
	ctx, cancel := context.WithCancel(context.Background())
	a := &association{s: f.s, flow: f, g: g, stop: cancel, anew: make(chan struct{}, 1)}
	a.inbox.Store(newInbox(a))
	for _, d := range f.begun.take() {
		a.deliver(d.data, d.from)
	}
	f.association.Store(a)
	f.s.work.Go(func() { a.run(ctx) })
}

// close ends the association; its goroutine ends soon after.
func (a *association) close() {
	a.stop()
	if c := a.conn.Load(); c != nil {
		c.Close()
	}
}

// begin wakes the goroutine. For any goroutine, the audio loop included.
func (g *guard) begin() {
	if g.wake == nil || g.done.Load() {
		return
	}
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

// begin wakes the goroutines of a plan's guards. For any goroutine, the audio loop included.
func (p *plan) begin() {
	if p.guard != nil {
		p.guard.begin()
	}
	if p.apart != nil {
		p.apart.begin()
	}
}

// deliver takes a datagram from the peer: from the agreed address, or from another one for as long as that is silent, as
// behind a NAT. Who it is is proved by the handshake, and only what makes one is taken from another address: anybody can
// write an alert before there are keys. For the flow's reader.
func (a *association) deliver(data []byte, from netip.AddrPort) {
	p := a.s.plan.Load()
	if p == nil {
		return
	}
	switch r := a.source.Load(); {
	case a.flow.known(p, from):
		a.heard = true
		a.source.Store(nil)
	case data[0] != recordHandshake && data[0] != recordChangeCipher:
		return
	case p.checked && a.flow.path().Route() != nil:
		return
	case p.checked: // a peer that is sure of the pair before we are
	case a.heard:
		return
	case r == nil || r.agreed != a.flow.agreed(p) || r.source != from:
		a.source.Store(&route{agreed: a.flow.agreed(p), source: from})
	}
	if a.early(data) {
		a.flow.begun.keep(data, from)
		return
	}
	if in := a.open(data); in != nil {
		a.g.begin()
		_, _ = in.Write(data, nil) // what is too much is lost like what the network loses
	}
}

// send sends our side of the handshake: to the agreed address, and where the other side seems to come from instead, which
// may be a stranger that wants to be taken for it.
func (a *association) send(data []byte) error {
	p := a.s.plan.Load()
	if p == nil {
		return nil
	}
	to := []netip.AddrPort{a.flow.destination(p)}
	if r := a.source.Load(); r != nil && r.agreed == a.flow.agreed(p) {
		to = append(to, r.source)
	}
	for _, t := range to {
		if !t.IsValid() || t.Port() == 0 {
			continue
		}
		// What cannot be sent is as lost as one in the network: it is repeated.
		if err := a.flow.send(data, t); errors.Is(err, net.ErrClosed) {
			return err
		}
	}
	return nil
}

var errFingerprint = errors.New("media: the certificate is not the one that was announced")

// run is the association's goroutine.
func (a *association) run(ctx context.Context) {
	select {
	case <-a.g.wake:
	case <-ctx.Done():
		return
	}
	keyed := false // in this association; a handshake that the peer begins after that may fail, and nothing changes
	for a.agree(ctx, &keyed) {
	}
}

// agree tries until there are keys or the time for it is over, and reports whether the peer has begun anew after that.
func (a *association) agree(ctx context.Context, keyed *bool) bool {
	limit, cancel := context.WithTimeout(ctx, a.s.tempo.handshake)
	defer cancel()
	for {
		select {
		case <-a.anew: // it is in the inbox
		default:
		}
		in := a.inbox.Load()
		err := a.try(ctx, limit, in)
		*keyed = *keyed || err == nil
		begun := !a.inbox.CompareAndSwap(in, newInbox(a))
		switch {
		case ctx.Err() != nil:
			return false
		case begun && !*keyed: // the same limit: it is no reason to wait longer for the first keys
		case begun:
			return true
		case *keyed, limit.Err() != nil && a.g.Renewed && a.g.keys.Load() != nil:
			// It is done, or the peer has not begun anew after all: what was agreed before holds, until it does.
			select {
			case <-a.anew:
				return true
			case <-ctx.Done():
				return false
			}
		case errors.Is(err, errFingerprint):
			a.fail("fingerprint", err)
			return false
		case limit.Err() != nil:
			a.fail("timeout", err)
			return false
		default:
			a.s.log.Debug("DTLS handshake", "err", err)
			select {
			case <-limit.Done():
			case <-a.anew:
			case <-time.After(a.s.tempo.flight):
			}
		}
	}
}

// fail tells that there are no keys. Without those of its own RTCP is not sent, and the sound goes on.
func (a *association) fail(why string, err error) {
	if a.flow.apart {
		a.s.log.Info("DTLS handshake for RTCP failed: no reports are sent", "why", why, "err", err)
		return
	}
	a.s.log.Warn("DTLS handshake failed", "why", why, "err", err)
	a.s.cfg.Notify(Insecure{phone.Reason{ID: phone.ReasonNotEncrypted, Text: why}})
}

// try does one handshake, and when it has succeeded serves the connection until it ends. After half of the time it begins
// again: the other side may have given up a handshake that this one still waits for.
func (a *association) try(ctx, limit context.Context, in *inbox) error {
	defer in.Close()
	limit, cancel := context.WithTimeout(limit, a.s.tempo.handshake/2)
	defer cancel()
	conn, forged, err := a.connect(in)
	if err != nil {
		return err
	}
	defer conn.Close()
	a.conn.Store(conn)
	if err := conn.HandshakeContext(limit); err != nil {
		if forged.Load() {
			return errFingerprint
		}
		return err
	}
	if err := a.keyed(conn); err != nil {
		return err
	}
	buf := make([]byte, packetSize)
	for ctx.Err() == nil {
		if _, err := conn.Read(buf); errors.Is(err, io.EOF) || errors.Is(err, dtls.ErrConnClosed) || errors.Is(err, net.ErrClosed) {
			break
		}
	}
	return nil
}

// connect makes the connection; forged tells whether another certificate was shown than was announced.
func (a *association) connect(in *inbox) (conn *dtls.Conn, forged *atomic.Bool, err error) {
	forged = new(atomic.Bool)
	var suites []dtls.SRTPProtectionProfile
	for _, s := range dtlsSuites {
		suites = append(suites, s.profile)
	}
	both := []dtls.Option{
		dtls.WithCertificates(a.s.secrets.proof.Certificate),
		dtls.WithSRTPProtectionProfiles(suites...),
		dtls.WithExtendedMasterSecret(dtls.RequestExtendedMasterSecret),
		dtls.WithFlightInterval(a.s.tempo.flight),
		dtls.WithInsecureSkipVerify(true), // no authority vouches: the fingerprint does (RFC 5763 5)
		dtls.WithLoggerFactory(&logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled}),
		dtls.WithVerifyPeerCertificate(func(shown [][]byte, _ [][]*x509.Certificate) error {
			for _, f := range a.g.Fingerprints {
				if len(shown) > 0 && f.Matches(shown[0]) {
					return nil
				}
			}
			forged.Store(true)
			return errFingerprint
		}),
	}
	if a.g.Active {
		var opts []dtls.ClientOption
		for _, o := range both {
			opts = append(opts, o)
		}
		conn, err = dtls.ClientWithOptions(in, nowhere, opts...)
	} else {
		// Without a cookie, which would cost a round trip: we answer only where the call itself has led us.
		opts := []dtls.ServerOption{dtls.WithClientAuth(dtls.RequireAnyClientCert), dtls.WithInsecureSkipVerifyHello(true)}
		for _, o := range both {
			opts = append(opts, o)
		}
		conn, err = dtls.ServerWithOptions(in, nowhere, opts...)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("begin DTLS: %w", err)
	}
	return conn, forged, nil
}

// keyed takes the keys of a finished handshake (RFC 5764 4.2).
func (a *association) keyed(conn *dtls.Conn) error {
	profile, ok := conn.SelectedSRTPProtectionProfile()
	at := slices.IndexFunc(dtlsSuites, func(s struct {
		profile dtls.SRTPProtectionProfile
		suite   sdp.Suite
	}) bool {
		return s.profile == profile
	})
	if !ok || at < 0 {
		return errors.New("media: DTLS without an SRTP profile in common")
	}
	state, ok := conn.ConnectionState()
	if !ok {
		return errors.New("media: DTLS without a state")
	}
	suite := dtlsSuites[at].suite
	material := srtp.Config{Profile: profiles[suite]}
	if err := material.ExtractSessionKeysFromDTLS(&state, a.g.Active); err != nil {
		return fmt.Errorf("derive SRTP keys: %w", err)
	}
	pair := func(key, salt []byte) sdp.Crypto {
		return sdp.Crypto{Suite: suite, Key: sdp.Key(slices.Concat(key, salt))}
	}
	out, err := newSealer(pair(material.Keys.LocalMasterKey, material.Keys.LocalMasterSalt))
	if err != nil {
		return err
	}
	in, err := newOpener(pair(material.Keys.RemoteMasterKey, material.Keys.RemoteMasterSalt))
	if err != nil {
		return err
	}
	k := &keys{suite: suite, out: out, in: in}
	if old := a.g.keys.Load(); old != nil {
		k.before, k.until = old.in, a.s.cfg.Now().Add(rekeying)
	}
	a.g.keys.Store(k)
	a.g.done.Store(true)
	if r, p := a.source.Load(), a.s.plan.Load(); r != nil && p != nil && r.agreed == a.flow.agreed(p) {
		source := a.flow.source()
		if t := source.Load(); t == nil || t.agreed != r.agreed {
			source.CompareAndSwap(t, r) // proved to be the peer: ours goes there before its own has come
		}
	}
	a.s.log.Debug("DTLS handshake done", "suite", suite, "active", a.g.Active, "rtcp", a.flow.apart)
	if a.flow.apart {
		return nil
	}
	a.s.cfg.Notify(Secured{phone.KeyingDTLS, string(suite)})
	return nil
}
