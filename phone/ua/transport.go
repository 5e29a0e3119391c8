package ua

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/emiago/sipgo/sip"
)

type networkConfig struct {
	bind       netip.Addr
	port       int
	log        *slog.Logger
	trusted    func(from hop) bool
	unlimited  bool // no rate limit for strangers
	onRequest  func(*sip.Request, *sip.ServerTx)
	onStray    func(*sip.Response) // a response that belongs to no transaction
	onFlowLost func(hop)           // a connection has ended
	trace      func(out bool, network string, local, remote netip.AddrPort, message []byte)
	demands    func(hop) (demands, error) // what the certificate at the other end of a TLS connection has to show
}

// network is our sockets and sipgo's layers on top of them.
//
//	UDP sockets ── udpSocket.ReadFrom: keep-alives, limits, normalise ───────┐
//	TCP accepted ──────┐                                                     ├─► sip.TransportLayer ─► sip.TransactionLayer
//	TCP, TLS dialled ──┴─ streams.Accept ── stream.Read: framing, normalise ─┘
type network struct {
	cfg    networkConfig
	port   int
	layer  *sip.TransportLayer
	tx     *sip.TransactionLayer
	guard  *guard
	udp    []*udpSocket
	listen []*net.TCPListener
	tcp    *streams
	tls    *streams // dialled only: a phone has no certificate to show to those who would connect to it
	group  group
	halted chan struct{} // closed by halt: stop waiting for anybody
	once   sync.Once

	mu      sync.Mutex
	dead    map[netip.AddrPort]time.Time // targets that did not answer, until when they are tried last
	udpOnly map[netip.AddrPort]time.Time // targets that took no TCP connection, until when that is believed
}

// openNetwork opens a UDP and a TCP socket on the same port, for IPv4 and IPv6.
func openNetwork(cfg networkConfig) (*network, error) {
	if cfg.trace == nil {
		cfg.trace = func(bool, string, netip.AddrPort, netip.AddrPort, []byte) {}
	}
	n := &network{
		cfg: cfg, halted: make(chan struct{}), dead: map[netip.AddrPort]time.Time{}, udpOnly: map[netip.AddrPort]time.Time{},
		guard: newGuard(cfg.trusted, cfg.unlimited),
	}
	var err error
	for range 20 { // an any-port that is free for UDP may be taken for TCP
		if err = n.open(); err == nil || cfg.port != 0 {
			break
		}
		n.closeSockets()
	}
	if err != nil {
		n.closeSockets()
		return nil, fmt.Errorf("listen for SIP: %w", err)
	}
	quiet := slog.New(slog.DiscardHandler) // sipgo logs whole messages, passwords' digests included
	parser := sip.NewParser(sip.WithHeadersParsers(headerParsers()))
	parser.MaxMessageLength = 2 * maxMessage // its names are written out
	n.layer = sip.NewTransportLayer(net.DefaultResolver, parser, nil,
		sip.WithTransportLayerLogger(quiet),
		sip.WithTransportLayerTransports(sip.TransportsConfig{
			TCP: &sip.TransportTCP{DialerCreate: dialNothing},
			TLS: &sip.TransportTLS{TransportTCP: &sip.TransportTCP{DialerCreate: dialNothing}},
		}))
	n.layer.OnMessage(n.keepPeer) // before the transactions see it
	n.tx = sip.NewTransactionLayer(n.layer,
		sip.WithTransactionLayerLogger(quiet),
		sip.WithTransactionLayerTerminateOnConnClose(),
		sip.WithTransactionLayerUnhandledResponseHandler(cfg.onStray))
	n.tx.OnRequest(cfg.onRequest)
	n.tcp, n.tls = newStreams(n, "TCP"), newStreams(n, "TLS")
	return n, nil
}

func (n *network) open() error {
	binds := []netip.Addr{n.cfg.bind}
	if !n.cfg.bind.IsValid() || n.cfg.bind.IsUnspecified() {
		binds = []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}
	}
	n.port = n.cfg.port
	var errs []error
	for _, ip := range binds {
		family := "4"
		if ip.Is6() {
			family = "6"
		}
		udp, err := net.ListenUDP("udp"+family, net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, uint16(n.port))))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		mark(udp, ip)
		n.udp = append(n.udp, newUDPSocket(n, udp))
		n.port = udp.LocalAddr().(*net.UDPAddr).Port
		tcp, err := net.ListenTCP("tcp"+family, net.TCPAddrFromAddrPort(netip.AddrPortFrom(ip, uint16(n.port))))
		if err != nil {
			return err
		}
		n.listen = append(n.listen, tcp)
	}
	if len(n.udp) == 0 {
		return errors.Join(errs...)
	}
	return nil // a machine without IPv6, or without IPv4, is served on the other
}

func (n *network) closeSockets() {
	for _, s := range n.udp {
		s.conn.Close()
	}
	for _, l := range n.listen {
		l.Close()
	}
	n.udp, n.listen = nil, nil
}

// dialNothing keeps sipgo from opening connections of its own: they would pass by our framing.
func dialNothing(net.Addr) net.Dialer {
	return net.Dialer{Control: func(string, string, syscall.RawConn) error { return errNoConnection }}
}

func (n *network) start() {
	for _, s := range n.udp {
		s.pool()
		n.group.Go(s.serve)
	}
	for _, l := range n.listen {
		n.group.Go(func() { n.tcp.serve(l) })
	}
	n.group.Go(func() { n.layer.ServeTCP(n.tcp) })
	n.group.Go(func() { n.layer.ServeTLS(n.tls) })
}

func (n *network) halt() { n.once.Do(func() { close(n.halted) }) }

// close stops everything and waits for it.
func (n *network) close() {
	n.tx.Close()
	for _, s := range n.udp {
		s.closed.Store(true)
		s.conn.Close()
	}
	for _, l := range n.listen {
		l.Close()
	}
	n.tcp.close()
	n.tls.close()
	// sipgo's layer has nothing of its own to close. Its pool stays: an answer on its way may still look there.
	n.group.Close()
}

// keepPeer runs for every message that was read, on its reader's goroutine.
func (n *network) keepPeer(msg sip.Message) {
	if msg.Transport() != "UDP" {
		return
	}
	if from, err := netip.ParseAddrPort(msg.Source()); err == nil {
		if s := n.udpFor(from.Addr()); s != nil {
			s.keep(msg.Source())
		}
	}
}

// localAddr is the address the system would send from to reach remote: what a connected UDP socket gets. Nothing is sent.
func (n *network) localAddr(remote netip.Addr) (netip.Addr, error) {
	if n.cfg.bind.IsValid() && !n.cfg.bind.IsUnspecified() {
		return n.cfg.bind, nil
	}
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(remote, 9)))
	if err != nil {
		return netip.Addr{}, fmt.Errorf("find our address towards %s: %w", remote, err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap(), nil
}

// streams is the connections of a hop's kind, or nil for UDP.
func (n *network) streams(h hop) *streams {
	switch h.network {
	case "TCP":
		return n.tcp
	case "TLS":
		return n.tls
	}
	return nil
}

// begin begins a client transaction. sipgo knows it before it can take the end of its connection, so that has to wait: by then
// the transaction has begun, or finds no connection. made may be nil.
func (n *network) begin(ctx context.Context, req *sip.Request, made func(*sip.ClientTx)) (*sip.ClientTx, error) {
	if t := n.streams(hop{network: req.Transport()}); t != nil {
		s := t.of(req)
		if s == nil {
			return nil, errNoConnection
		}
		if err := s.ready(ctx); err != nil {
			return nil, err
		}
		s.beginning.RLock()
		defer s.beginning.RUnlock()
		if t.of(req) != s {
			return nil, errNoConnection
		}
	}
	tx, err := n.tx.NewClientTransaction(ctx, req)
	if err != nil {
		return nil, err
	}
	if made != nil {
		made(tx)
	}
	if err := tx.Init(); err != nil {
		tx.Terminate()
		return nil, err
	}
	return tx, nil
}

// ourEnd is our address on the connection to a hop; not valid for UDP, and where there is none.
func (n *network) ourEnd(h hop) netip.AddrPort {
	if t := n.streams(h); t != nil {
		if s := t.find(h); s != nil {
			return s.local
		}
	}
	return netip.AddrPort{}
}

// udpFor is the socket for an address family, or nil.
func (n *network) udpFor(remote netip.Addr) *udpSocket {
	for _, s := range n.udp {
		if s.local.Addr().Is4() == remote.Is4() {
			return s
		}
	}
	return nil
}

// keepAlive sends a CRLF so that NATs and firewalls keep the way open (RFC 5626 3.5.1; over UDP it is common custom).
func (n *network) keepAlive(h hop) error {
	if t := n.streams(h); t != nil {
		return t.ping(h)
	}
	s := n.udpFor(h.addr.Addr())
	if s == nil {
		return errors.New("no socket of that address family")
	}
	_, err := s.conn.WriteToUDPAddrPort([]byte("\r\n\r\n"), h.addr)
	return err
}

// probe asks a UDP address whether anybody listens there: a connected socket hears the ICMP refusal that our own socket
// does not. A nil error only means that nobody said no.
func (n *network) probe(ctx context.Context, addr netip.AddrPort, patience time.Duration) error {
	d := net.Dialer{}
	c, err := d.DialContext(ctx, "udp", addr.String())
	if err != nil {
		return err
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write([]byte("\r\n\r\n")); err != nil {
		return err
	}
	_, err = c.Read(make([]byte, 16))
	if ne := net.Error(nil); err == nil || errors.As(err, &ne) && ne.Timeout() || ctx.Err() != nil {
		return nil
	}
	return err
}

// speaksTCP reports whether a target that is named for UDP takes a TCP connection as well. A refusal is believed for a
// while, so that large messages do not wait for it again and again.
func (n *network) speaksTCP(ctx context.Context, addr netip.AddrPort, patience time.Duration) bool {
	n.mu.Lock()
	not := time.Now().Before(n.udpOnly[addr])
	n.mu.Unlock()
	if not {
		return false
	}
	if _, err := n.tcp.connect(ctx, hop{network: "TCP", addr: addr}, patience); err == nil {
		return true
	}
	n.mu.Lock()
	n.udpOnly[addr] = time.Now().Add(10 * time.Minute)
	n.mu.Unlock()
	return false
}

// markDead remembers that a target does not answer; markAlive forgets it.
func (n *network) markDead(addr netip.AddrPort) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.dead[addr] = time.Now().Add(time.Minute)
}

func (n *network) markAlive(addr netip.AddrPort) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.dead, addr)
}

func (n *network) isDead(addr netip.AddrPort) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	until, ok := n.dead[addr]
	if ok && time.Now().After(until) {
		delete(n.dead, addr)
		ok = false
	}
	return ok
}
