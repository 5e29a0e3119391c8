package resolve

import (
	"cmp"
	"context"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"

	"svara/phone"
)

// naptrRecord is one way in, by preference (RFC 3263 section 4.1).
type naptrRecord struct {
	transport phone.Transport
	name      string // of the SRV records
}

// naptr is the ways in that we can take, best first.
func (r *Resolver) naptr(ctx context.Context, host string) ([]naptrRecord, error) {
	rrs, err := r.records(ctx, host, dns.TypeNAPTR)
	var usable []*dns.NAPTR
	for _, rr := range rrs {
		if n, ok := rr.(*dns.NAPTR); ok && strings.EqualFold(n.Flags, "s") && services[strings.ToUpper(n.Service)] != "" {
			usable = append(usable, n)
		}
	}
	slices.SortStableFunc(usable, func(a, b *dns.NAPTR) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Preference, b.Preference))
	})
	var out []naptrRecord
	for _, n := range usable[:min(len(usable), 8)] {
		out = append(out, naptrRecord{services[strings.ToUpper(n.Service)], strings.TrimSuffix(n.Replacement, ".")})
	}
	return out, err
}

// services are the NAPTR service fields we can serve.
var services = map[string]phone.Transport{"SIP+D2U": phone.TransportUDP, "SIP+D2T": phone.TransportTCP, "SIPS+D2T": phone.TransportTLS}

// serviceNames are the beginnings of the names that SRV records stand under (RFC 3263 section 4.1).
var serviceNames = map[phone.Transport]string{phone.TransportUDP: "_sip._udp.", phone.TransportTCP: "_sip._tcp.", phone.TransportTLS: "_sips._tcp."}

// srvRecord is one server.
type srvRecord struct {
	host string
	port uint16
}

// srv is the servers under a service name in the order to try.
func (r *Resolver) srv(ctx context.Context, name string) ([]srvRecord, error) {
	rrs, err := r.records(ctx, name, dns.TypeSRV)
	var usable []*dns.SRV
	for _, rr := range rrs {
		// A target of "." says that the service is decidedly not there (RFC 2782).
		if s, ok := rr.(*dns.SRV); ok && s.Target != "." && s.Port != 0 && hostname(strings.TrimSuffix(s.Target, ".")) {
			usable = append(usable, s)
		}
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	var out []srvRecord
	for _, s := range weigh(usable, rand.New(rand.NewPCG(r.config.seed, h.Sum64()))) {
		out = append(out, srvRecord{strings.TrimSuffix(s.Target, "."), s.Port})
	}
	return out, err
}

// weigh orders servers by priority, and within one priority draws them by weight (RFC 2782).
func weigh(records []*dns.SRV, random *rand.Rand) []*dns.SRV {
	rest := slices.Clone(records)
	slices.SortStableFunc(rest, func(a, b *dns.SRV) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Weight, b.Weight), cmp.Compare(a.Target, b.Target), cmp.Compare(a.Port, b.Port))
	})
	var out []*dns.SRV
	for len(rest) > 0 {
		n, sum := 0, 0
		for n < len(rest) && rest[n].Priority == rest[0].Priority {
			sum += int(rest[n].Weight)
			n++
		}
		// Weightless records stand first, so that they have a small chance: when the draw is 0.
		draw, i := random.IntN(sum+1), 0
		for run := int(rest[0].Weight); run < draw; run += int(rest[i].Weight) {
			i++
		}
		out = append(out, rest[i])
		rest = slices.Delete(rest, i, i+1)
	}
	return out
}

// addresses is a host's addresses, IPv6 first (RFC 6724; what has no route is moved last by the caller). Names without
// dots, and names DNS does not have, are left to the system, which knows /etc/hosts and the neighbourhood.
func (r *Resolver) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil { // an SRV record should not, but does
		return []netip.Addr{addr.Unmap()}, nil
	}
	var out []netip.Addr
	var failed error
	if strings.Contains(host, ".") && !strings.HasSuffix(strings.ToLower(host), ".localhost") {
		var six, four []dns.RR
		var sixErr, fourErr error
		var wg sync.WaitGroup
		wg.Go(func() { six, sixErr = r.records(ctx, host, dns.TypeAAAA) })
		wg.Go(func() { four, fourErr = r.records(ctx, host, dns.TypeA) })
		wg.Wait()
		for _, rr := range slices.Concat(six, four) {
			var ip net.IP
			switch rr := rr.(type) {
			case *dns.AAAA:
				ip = rr.AAAA
			case *dns.A:
				ip = rr.A
			}
			if a, ok := netip.AddrFromSlice(ip); ok && !slices.Contains(out, a.Unmap()) {
				out = append(out, a.Unmap())
			}
		}
		if failed = errors.Join(sixErr, fourErr); len(out) > 0 {
			return out, nil
		}
	}
	return r.fromSystem(ctx, host, failed)
}

// fromSystem asks the system's resolver. It is given little time when DNS has just failed: then only /etc/hosts can know.
func (r *Resolver) fromSystem(ctx context.Context, host string, failed error) ([]netip.Addr, error) {
	if failed != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), 500*time.Millisecond)
		defer cancel()
	}
	addrs, err := r.config.hosts(ctx, host)
	var none *net.DNSError
	if err != nil && !(errors.As(err, &none) && none.IsNotFound) {
		failed = errors.Join(failed, err)
	}
	var out []netip.Addr
	for _, a := range addrs[:min(len(addrs), maxRecords)] {
		if a = a.Unmap(); !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	return nil, failed
}

// records is a name's records of one type, through CNAMEs.
func (r *Resolver) records(ctx context.Context, name string, kind uint16) ([]dns.RR, error) {
	for range maxChain {
		e, err := r.ask(ctx, question{strings.ToLower(dns.Fqdn(name)), kind})
		if err != nil || len(e.records) > 0 || e.alias == "" {
			return e.records, err
		}
		name = e.alias
	}
	return nil, nil // a loop: the name leads nowhere
}
