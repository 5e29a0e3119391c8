package ice

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	pion "github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

// The shares of Patience. What is left of it is for the servers' answers.
const (
	resolving = 500 * time.Millisecond // to find a server's address
	probing   = 700 * time.Millisecond // to see whether the TURN server answers on UDP: a request and one more
)

// RFC 8489 14, RFC 8656 4.
const (
	stunPort  = "3478"
	turnsPort = "5349"
)

// overTLS is what a TURN server begins with that is reached by TLS only.
const overTLS = "turns:"

// servers is what the agent is to ask: the STUN server, and the TURN server over UDP, or over TCP where UDP does not get
// through (RFC 8656 3.1). Names are looked up here: the agent would wait for them without end.
func (r *round) servers(ctx context.Context) []*stun.URI {
	cfg := r.path.cfg
	var urls []*stun.URI
	if host, port, ok := r.locate(ctx, cfg.STUN, stunPort); ok {
		urls = append(urls, &stun.URI{Scheme: stun.SchemeTypeSTUN, Host: host, Port: port, Proto: stun.ProtoTypeUDP})
	}
	if cfg.User == "" || cfg.Password == "" {
		return urls
	}
	name, secure := strings.CutPrefix(cfg.TURN, overTLS)
	usual := stunPort
	if secure {
		usual = turnsPort
	}
	host, port, ok := r.locate(ctx, name, usual)
	if !ok {
		return urls
	}
	turn := &stun.URI{
		Scheme: stun.SchemeTypeTURN, Host: host, Port: port, Proto: stun.ProtoTypeUDP,
		Username: cfg.User, Password: cfg.Password.Reveal(),
	}
	if secure { // the dialler puts TLS beneath what the agent takes for TCP
		turn.Proto = stun.ProtoTypeTCP
		return append(urls, turn)
	}
	server := &net.UDPAddr{IP: net.ParseIP(host), Port: port}
	if _, err := r.mux.GetXORMappedAddrContext(ctx, server, probing); err != nil && ctx.Err() == nil {
		r.path.cfg.Log.Debug("the TURN server does not answer on UDP", "server", server, "err", err)
		turn.Proto = stun.ProtoTypeTCP
	}
	return append(urls, turn)
}

// locate finds the address of host[:port], of the family of our own.
func (r *round) locate(ctx context.Context, server, usual string) (host string, port int, ok bool) {
	if server == "" {
		return "", 0, false
	}
	host, service, err := net.SplitHostPort(server)
	if err != nil {
		host, service = server, usual
	}
	if len(host) > 1 && host[0] == '[' {
		host = host[1 : len(host)-1]
	}
	port, err = strconv.Atoi(service)
	if err != nil || port <= 0 || port > 65535 {
		return "", 0, false
	}
	family := "ip4"
	if r.local.Addr().Is6() {
		family = "ip6"
	}
	ctx, cancel := context.WithTimeout(ctx, resolving)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, family, host)
	if err != nil || len(found) == 0 {
		r.path.cfg.Log.Info("STUN or TURN server not found", "server", server, "err", err)
		return "", 0, false
	}
	return found[0].Unmap().String(), port, true
}

// dialler connects to the TURN server over TCP. The agent's own way has no end to its waiting.
type dialler struct {
	ctx   context.Context // of the round: a dial in progress ends with it
	local netip.Addr
	tls   *tls.Config // nil: in clear
	log   *slog.Logger
}

// dialler is the round's own.
func (r *round) dialler() dialler {
	cfg := r.path.cfg
	d := dialler{ctx: r.ctx, local: r.local.Addr(), log: cfg.Log}
	name, secure := strings.CutPrefix(cfg.TURN, overTLS)
	if !secure {
		return d
	}
	d.tls = &tls.Config{}
	if cfg.TLS != nil {
		d.tls = cfg.TLS.Clone()
	}
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	d.tls.ServerName, d.tls.MinVersion = strings.Trim(name, "[]"), tls.VersionTLS12
	return d
}

// Dial implements proxy.Dialer.
func (d dialler) Dial(network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(d.ctx, Patience)
	defer cancel()
	n := net.Dialer{LocalAddr: &net.TCPAddr{IP: d.local.AsSlice()}}
	conn, err := n.DialContext(ctx, network, addr)
	if err != nil || d.tls == nil {
		return conn, err
	}
	secure := tls.Client(conn, d.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		d.log.Warn("the TURN server's certificate or TLS does not do", "server", d.tls.ServerName, "err", err)
		return nil, err
	}
	return secure, nil
}

// gather makes the round's agent and looks for candidates. It is the round's goroutine; done is closed at the end.
func (r *round) gather(done chan<- struct{}) {
	defer close(done)
	begun := time.Now()
	urls := r.servers(r.ctx)
	if !r.build(urls) {
		return
	}
	over := make(chan struct{})
	err := r.agent.OnCandidate(func(c pion.Candidate) {
		if c == nil {
			close(over)
			return
		}
		if d, ok := described(c, r.path.cfg.Component); ok {
			r.add(d)
		}
	})
	if err == nil {
		err = r.agent.GatherCandidates()
	}
	if err != nil {
		r.path.cfg.Log.Warn("look for candidates", "err", err)
		return
	}
	wait := time.NewTimer(r.path.cfg.Patience - time.Since(begun))
	defer wait.Stop()
	select {
	case <-over:
	case <-wait.C:
		r.path.cfg.Log.Info("candidates took too long: the call goes on with what there is")
	case <-r.path.hurry:
	case <-r.ctx.Done():
	}
}

// build makes the agent.
func (r *round) build(urls []*stun.URI) bool {
	defer close(r.built)
	cfg := r.path.cfg
	local := r.local.Addr()
	network, turn := pion.NetworkTypeUDP4, pion.NetworkTypeTCP4
	if local.Is6() {
		network, turn = pion.NetworkTypeUDP6, pion.NetworkTypeTCP6
	}
	kinds := []pion.CandidateType{pion.CandidateTypeHost}
	if len(urls) > 0 {
		kinds = append(kinds, pion.CandidateTypeServerReflexive, pion.CandidateTypeRelay)
	}
	options := []pion.AgentOption{
		pion.WithUrls(urls), pion.WithCandidateTypes(kinds),
		pion.WithNetworkTypes([]pion.NetworkType{network}), pion.WithTURNTransportProtocols([]pion.NetworkType{network, turn}),
		pion.WithUDPMux(r.mux), pion.WithUDPMuxSrflx(r.mux), pion.WithLocalCredentials(r.words.Ufrag, r.words.Pwd),
		pion.WithMulticastDNSMode(pion.MulticastDNSModeDisabled), pion.WithLoggerFactory(quiet{cfg.Log}),
		pion.WithIPFilter(func(ip net.IP) bool { // the sockets towards TURN: on the address of the stream's
			a, ok := netip.AddrFromSlice(ip)
			return ok && a.Unmap() == local
		}),
		pion.WithMaxBindingRequests(25), // five seconds: an answer may be that much slower than the first check
		pion.WithDisableActiveTCP(), pion.WithProxyDialer(r.dialler()), pion.WithSTUNGatherTimeout(cfg.Patience),
		// A pair is taken when it has worked and there was a moment for a better one.
		pion.WithHostAcceptanceMinWait(0), pion.WithSrflxAcceptanceMinWait(100 * time.Millisecond),
		pion.WithPrflxAcceptanceMinWait(100 * time.Millisecond), pion.WithRelayAcceptanceMinWait(400 * time.Millisecond),
		// RFC 7675 5.1: consent is asked for every two seconds and ends thirty after the last answer.
		pion.WithKeepaliveInterval(2 * time.Second), pion.WithDisconnectedTimeout(5 * time.Second),
		pion.WithFailedTimeout(25 * time.Second),
	}
	if local.IsLoopback() {
		options = append(options, pion.WithIncludeLoopback())
	}
	agent, err := pion.NewAgentWithOptions(options...)
	if err != nil {
		cfg.Log.Warn("make ICE agent", "err", err)
		return false
	}
	r.agent = agent
	if err := agent.OnConnectionStateChange(func(s pion.ConnectionState) { r.path.turned(r, s) }); err != nil {
		return false
	}
	return agent.OnSelectedCandidatePairChange(func(local, remote pion.Candidate) { r.path.chosen(r, local, remote) }) == nil
}
