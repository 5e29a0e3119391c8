package ua

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
	"svara/phone/ua/resolve"
)

// SIP over TLS. An account that asks for it has connections of its own, checked by its own demands, and sends and takes
// nothing in any other way, whatever DNS, a Record-Route or a redirection say.

// secure reports whether everything of the account goes over TLS. Nobody's requests go as they are addressed.
func (a *account) secure() bool {
	if a == nil {
		return false
	}
	_, _, transport := nextHop(a.account())
	return transport == phone.TransportTLS
}

// clear reports whether a message that came in some other way than TLS is none of the account's.
func (a *account) clear(m sip.Message) bool { return a.secure() && m.Transport() != "TLS" }

// transportFor is how a URI is reached on behalf of an account (RFC 3261 26.2.2, RFC 5630 3.1.3).
func (a *account) transportFor(uri sip.Uri) phone.Transport {
	if uri.Scheme == "sips" || a.secure() {
		return phone.TransportTLS
	}
	t, _ := uri.UriParams.Get("transport")
	return phone.Transport(strings.ToLower(t))
}

// inClear is the refusal to send something of a TLS account in clear.
func inClear(h hop) error { return phone.Refuse(phone.ReasonNoNetwork, "not over TLS: "+h.network) }

// demandsOf is what the server at a hop has to show before it hears anything.
func (u *UA) demandsOf(h hop) (demands, error) {
	d := demands{now: time.Now}
	add := func(host string) {
		if name, ok := resolve.Name(host); ok {
			d.names = append(d.names, name)
		}
	}
	add(h.name)
	u.mu.Lock()
	a := u.accounts[h.owner]
	u.mu.Unlock()
	switch {
	case h.owner == "":
		return d, d.trust("")
	case a == nil: // it has been dropped, and its demands with it
		return d, phone.Refuse(phone.ReasonNoAccount, string(h.owner))
	}
	conf := a.account()
	next, _, _ := nextHop(conf)
	add(next)
	add(conf.Host())
	if err := d.expect(conf.Pin); err != nil {
		return d, err
	}
	return d, d.trust(conf.CAFile)
}

// handshake makes a TLS connection of a TCP connection, which it closes when that fails.
func handshake(ctx context.Context, c net.Conn, d demands, patience time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	config := &tls.Config{
		MinVersion: tls.VersionTLS12,
		// The rules for SIP are others than those for the web (RFC 5922): VerifyConnection has them.
		InsecureSkipVerify: true,
		VerifyConnection:   func(s tls.ConnectionState) error { return d.judge(s.PeerCertificates) },
	}
	if len(d.names) > 0 {
		config.ServerName = d.names[0] // left out by crypto/tls when it is an address (RFC 6066 3)
	}
	t := tls.Client(c, config)
	if err := t.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, handshakeError(err)
	}
	return t, nil
}

// handshakeError is why there is no TLS connection. What is neither a verdict of ours nor the network's doing means that
// the two do not speak the same TLS, or the other side none at all.
func handshakeError(err error) error {
	var verdict *phone.Error
	var ne net.Error
	switch {
	case errors.As(err, &verdict):
		return verdict
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.As(err, &ne) && ne.Timeout():
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, net.ErrClosed):
		return phone.Refuse(phone.ReasonRefused, err.Error())
	}
	return phone.Refuse(phone.ReasonCertificate, refusedProtocol)
}

// slotIP is half the name under which sipgo's pool has our end of a TLS connection; the other half is the slot, as port.
// Two connections to one machine may differ in what was demanded of it, so neither is ever found by the machine's address.
var slotIP = net.IPv4bcast

// number gives a connection its slot. t.mu is held.
func (t *streams) number(s *stream) {
	for t.slot++; t.slot == 0 || t.slots[t.slot] != nil; t.slot++ {
	}
	s.slot = t.slot
	t.slots[s.slot] = s
}

// RemoteAddr is what sipgo knows the other end by: its machine, and for TLS the slot as port.
func (s *stream) RemoteAddr() net.Addr {
	if s.slot == 0 {
		return s.Conn.RemoteAddr()
	}
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(s.remote.Addr(), s.slot))
}

// LocalAddr is what sipgo knows our end by.
func (s *stream) LocalAddr() net.Addr {
	if s.slot == 0 {
		return s.Conn.LocalAddr()
	}
	return &net.TCPAddr{IP: slotIP, Port: int(s.slot)}
}

// laddr makes a request leave by this connection and no other.
func (s *stream) laddr() sip.Addr { return sip.Addr{IP: slotIP, Port: int(s.slot)} }

// arrived puts the real source into a request that came over TLS, and notes the connection where cameBy finds it.
func (n *network) arrived(req *sip.Request) {
	from, err := netip.ParseAddrPort(req.Source())
	if req.Transport() != "TLS" || err != nil {
		return
	}
	n.tls.mu.Lock()
	s := n.tls.slots[from.Port()]
	n.tls.mu.Unlock()
	if s != nil {
		req.Laddr = s.laddr()
		req.SetSource(s.remote.String())
	}
}

// cameBy is the way back to who sent a request. Its address is not valid when that cannot be known.
func (n *network) cameBy(req *sip.Request) hop {
	h := hop{network: req.Transport()}
	if h.network == "TLS" {
		n.tls.mu.Lock()
		defer n.tls.mu.Unlock()
		if s := n.tls.slots[uint16(req.Laddr.Port)]; s != nil && req.Laddr.IP.Equal(slotIP) {
			return s.to
		}
		return h
	}
	if from, err := netip.ParseAddrPort(req.Source()); err == nil {
		h.addr = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	}
	return h
}

// dropOwned closes the TLS connections of an account.
func (n *network) dropOwned(id phone.AccountID) {
	n.tls.mu.Lock()
	var owned []*stream
	for h, s := range n.tls.open {
		if h.owner == id {
			owned = append(owned, s)
		}
	}
	n.tls.mu.Unlock()
	for _, s := range owned {
		n.tls.forsake(s)
	}
}

// retire closes the connections of an account that has been dropped, when no leg of it is left. u.mu is held.
func (u *UA) retire(a *account) {
	if a == nil || u.accounts[a.id] != nil {
		return
	}
	for _, l := range u.legs {
		if l.acct == a {
			return
		}
	}
	u.group.Go(func() { u.net.dropOwned(a.id) }) // TLS says goodbye, which may take a while
}

// transportOf is the network of a hop or a message in the words of package phone.
func transportOf(network string) phone.Transport { return phone.Transport(strings.ToLower(network)) }
