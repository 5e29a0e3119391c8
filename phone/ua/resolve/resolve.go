// Package resolve finds where a SIP request goes: RFC 3263, over our own DNS questions, because a phone must be able to
// try the second server when the first is down and to go on when DNS itself is.
//
//	Lookup -> plan (this file) -> records, addresses (dns.go) -> cache (cache.go) -> nameservers (exchange.go)
package resolve

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/net/idna"

	"svara/phone"
)

// Target is one place to try.
type Target struct {
	Transport phone.Transport // TransportUDP, TransportTCP or TransportTLS
	Addr      netip.AddrPort
	Host      string // the name Addr was found under (an SRV target), for logs; the literal for an IP
}

// Config is how a Resolver asks. The zero value asks the system's nameservers.
type Config struct {
	Nameservers []string      // host:port or host; empty means those of /etc/resolv.conf, read again when it changes
	Timeout     time.Duration // for a whole Lookup; default 6 s
	Log         *slog.Logger  // default: nothing

	// Set by tests.

	hosts func(ctx context.Context, host string) ([]netip.Addr, error) // default: net.Resolver, which knows /etc/hosts
	route func(netip.Addr) bool                                        // default: the kernel has a route
	now   func() time.Time
	seed  uint64 // of the weighted choice; default random
}

// Resolver looks names up and remembers the answers. It starts no goroutine that outlives a Lookup; it is safe for
// concurrent use.
type Resolver struct {
	config Config
	cache  cache

	mu     sync.Mutex
	system systemServers // guarded by mu
	good   string        // guarded by mu; the nameserver that answered last is asked first
}

const (
	defaultPort = 5060
	securePort  = 5061 // of TLS (RFC 3261 19.1.2)
	maxTargets  = 32   // of one Lookup; a longer list only delays the verdict
	maxRecords  = 64   // used of one answer
	maxChain    = 8    // CNAMEs followed
	// staleAfter is how long we wait for a nameserver when an expired answer is at hand (RFC 8767 section 5).
	staleAfter = 1800 * time.Millisecond
)

// New makes a Resolver.
func New(c Config) *Resolver {
	if c.Timeout <= 0 {
		c.Timeout = 6 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.hosts == nil {
		c.hosts = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	if c.route == nil {
		c.route = routable
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.seed == 0 {
		c.seed = rand.Uint64()
	}
	return &Resolver{config: c, cache: cache{entries: map[question]entry{}}}
}

// Lookup finds where to send a request for host, in the order to try. port 0 means none was given; TransportAuto leaves
// the choice to DNS (RFC 3263 section 4.1) and falls back to UDP; TransportTLS gets TLS or nothing. The order of equal SRV records is stable for the life
// of the Resolver, so that the requests of one call meet the same server. Errors are *phone.Error with
// ReasonUnknownHost (no such name) or ReasonNoNetwork (nobody to ask), or ctx's.
func (r *Resolver) Lookup(ctx context.Context, host string, port int, transport phone.Transport) ([]Target, error) {
	name := unbracketed(host)
	if port < 0 || port > 65535 {
		return nil, phone.Refuse(phone.ReasonUnknownHost, host)
	}
	if addr, err := netip.ParseAddr(name); err == nil {
		return []Target{{orUDP(transport), netip.AddrPortFrom(addr.Unmap(), portOr(port, transport)), name}}, nil
	}
	ascii, ok := Name(host)
	if !ok {
		return nil, phone.Refuse(phone.ReasonUnknownHost, host)
	}
	within, cancel := context.WithTimeout(ctx, r.config.Timeout)
	defer cancel()
	targets, err := r.plan(within, ascii, port, transport)
	switch {
	case len(targets) > 0:
		return targets, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		r.config.Log.Warn("DNS does not answer", "host", ascii, "err", err)
		return nil, phone.Refuse(phone.ReasonNoNetwork, host)
	}
	return nil, phone.Refuse(phone.ReasonUnknownHost, host)
}

// Name is a host as names are compared: ASCII (RFC 5891) in lower case without a final dot, an IP address as the
// standard writes it. ok is false for what can be no host.
func Name(host string) (name string, ok bool) {
	name = unbracketed(host)
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.Unmap().String(), true
	}
	ascii, err := idna.New(idna.MapForLookup()).ToASCII(name)
	if err != nil || !hostname(ascii) {
		return "", false
	}
	return strings.ToLower(ascii), true
}

func unbracketed(host string) string { return strings.TrimSuffix(strings.Trim(host, "[]"), ".") }

// plan is RFC 3263 sections 4.1 and 4.2. The error is set when DNS failed to answer something.
func (r *Resolver) plan(ctx context.Context, host string, port int, transport phone.Transport) ([]Target, error) {
	var services []service
	var failed error
	if port == 0 && strings.Contains(host, ".") { // a bare name is this machine's or a neighbour's: no SRV there
		services, failed = r.services(ctx, host, transport)
	}
	var targets []Target
	for _, s := range services {
		for _, srv := range s.records {
			if len(targets) >= maxTargets {
				break
			}
			addrs, err := r.addresses(ctx, srv.host)
			failed = errors.Join(failed, err)
			for _, a := range addrs {
				targets = append(targets, Target{s.transport, netip.AddrPortFrom(a, srv.port), srv.host})
			}
		}
	}
	if len(targets) == 0 {
		addrs, err := r.addresses(ctx, host)
		failed = errors.Join(failed, err)
		for _, a := range addrs {
			targets = append(targets, Target{orUDP(transport), netip.AddrPortFrom(a, portOr(port, transport)), host})
		}
	}
	return r.order(targets), failed
}

// service is the servers of a domain for one transport.
type service struct {
	transport phone.Transport
	records   []srvRecord // in the order to try
}

// services asks NAPTR and SRV. Both are asked at once: most domains have no NAPTR, and a call should not wait for that
// to be known.
func (r *Resolver) services(ctx context.Context, host string, transport phone.Transport) ([]service, error) {
	transports := []phone.Transport{transport}
	if transport == phone.TransportAuto {
		transports = []phone.Transport{phone.TransportUDP, phone.TransportTCP, phone.TransportTLS}
	}
	found := make([]service, len(transports))
	errs := make([]error, len(transports)+1)
	var pointers []naptrRecord
	var wg sync.WaitGroup
	for i, t := range transports {
		wg.Go(func() {
			var records []srvRecord
			records, errs[i] = r.srv(ctx, serviceNames[t]+host)
			found[i] = service{t, records}
		})
	}
	if transport == phone.TransportAuto || transport == phone.TransportTLS {
		wg.Go(func() { pointers, errs[len(transports)] = r.naptr(ctx, host) })
	}
	wg.Wait()

	// NAPTR, where there is one, says which transports there are and in what order.
	var pointed []service
	for _, p := range pointers {
		if transport != phone.TransportAuto && p.transport != transport {
			continue
		}
		records, err := r.srv(ctx, p.name)
		errs = append(errs, err)
		if len(records) > 0 {
			pointed = append(pointed, service{p.transport, records})
		}
	}
	if len(pointed) > 0 {
		found = pointed
	}
	return slices.DeleteFunc(found, func(s service) bool { return len(s.records) == 0 }), errors.Join(errs...)
}

// order removes doubles and moves what we have no route to behind what we can reach: a host without IPv6 should not
// wait for IPv6 to fail.
func (r *Resolver) order(targets []Target) []Target {
	var near, far []Target
	routes := map[netip.Addr]bool{}
	seen := map[Target]bool{}
	for _, t := range targets {
		key := Target{Transport: t.Transport, Addr: t.Addr}
		if seen[key] {
			continue
		}
		seen[key] = true
		ok, known := routes[t.Addr.Addr()]
		if !known {
			ok = r.config.route(t.Addr.Addr())
			routes[t.Addr.Addr()] = ok
		}
		if ok {
			near = append(near, t)
		} else {
			far = append(far, t)
		}
	}
	all := append(near, far...)
	return all[:min(len(all), maxTargets)]
}

// routable asks the kernel by connecting a UDP socket, which sends nothing.
func routable(a netip.Addr) bool {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, defaultPort)))
	if err != nil {
		return false
	}
	c.Close()
	return true
}

// hostname refuses what cannot be a host, so that no odd input reaches a nameserver.
func hostname(s string) bool {
	_, ok := dns.IsDomainName(s)
	return ok && s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r == '-' || r == '_' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
}

func orUDP(t phone.Transport) phone.Transport {
	if t == phone.TransportAuto {
		return phone.TransportUDP
	}
	return t
}

// portOr is the port given, or the transport's own.
func portOr(port int, t phone.Transport) uint16 {
	switch {
	case port != 0:
		return uint16(port)
	case t == phone.TransportTLS:
		return securePort
	}
	return defaultPort
}
