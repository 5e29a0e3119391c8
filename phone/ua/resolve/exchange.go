package resolve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// perTry is how long one nameserver gets for one question before it is repeated or the next is asked.
const perTry = 1500 * time.Millisecond

// errNoNameserver says that the system has no /etc/resolv.conf or nothing in it.
var errNoNameserver = errors.New("no nameserver configured")

// exchange asks the nameservers in turn, two rounds, until one knows whether the record is there.
func (r *Resolver) exchange(ctx context.Context, q question) (entry, error) {
	servers := r.nameservers()
	if len(servers) == 0 {
		return r.exchangeSystem(ctx, q)
	}
	var failed error
	for range 2 {
		for _, server := range servers {
			if ctx.Err() != nil {
				return entry{}, errors.Join(failed, ctx.Err())
			}
			msg, err := query(ctx, server, q)
			if err != nil {
				failed = errors.Join(failed, fmt.Errorf("ask %s: %w", server, err))
				continue
			}
			r.mu.Lock()
			r.good = server
			r.mu.Unlock()
			return read(msg, q, r.config.now()), nil
		}
	}
	return entry{}, failed
}

// query asks one nameserver once: by UDP, and by TCP when the answer does not fit.
func query(ctx context.Context, server string, q question) (*dns.Msg, error) {
	m := new(dns.Msg)
	m.SetQuestion(q.name, q.kind)
	m.SetEdns0(1232, false)
	for _, network := range []string{"udp", "tcp"} {
		try, cancel := context.WithTimeout(ctx, perTry)
		in, _, err := (&dns.Client{Net: network, Timeout: perTry, UDPSize: 1232}).ExchangeContext(try, m, server)
		cancel()
		switch {
		case err != nil:
			return nil, err
		case in.Rcode == dns.RcodeFormatError && len(m.Extra) > 0: // an old server without EDNS (RFC 6891 section 7)
			m.Extra = nil
			try, cancel := context.WithTimeout(ctx, perTry)
			in, _, err = (&dns.Client{Net: network, Timeout: perTry}).ExchangeContext(try, m, server)
			cancel()
			if err != nil {
				return nil, err
			}
		}
		if in.Truncated && network == "udp" {
			continue
		}
		if in.Rcode != dns.RcodeSuccess && in.Rcode != dns.RcodeNameError {
			return nil, fmt.Errorf("%s says %s", q.name, dns.RcodeToString[in.Rcode])
		}
		return in, nil
	}
	return nil, errors.New("truncated over TCP")
}

// read takes from an answer what belongs to the question, following CNAMEs inside it.
func read(m *dns.Msg, q question, now time.Time) entry {
	answers := m.Answer[:min(len(m.Answer), 16*maxRecords)]
	e, name, ttl := entry{}, q.name, maxTTL
	for range maxChain {
		next := ""
		for _, rr := range answers {
			h := rr.Header()
			if !strings.EqualFold(h.Name, name) {
				continue
			}
			switch {
			case h.Rrtype == q.kind && len(e.records) < maxRecords:
				e.records = append(e.records, rr)
				ttl = min(ttl, time.Duration(h.Ttl)*time.Second)
			case h.Rrtype == dns.TypeCNAME && next == "":
				next = rr.(*dns.CNAME).Target
				ttl = min(ttl, time.Duration(h.Ttl)*time.Second)
			}
		}
		if len(e.records) > 0 || next == "" {
			break
		}
		name = strings.ToLower(next)
	}
	if len(e.records) == 0 && name != q.name {
		e.alias = name
	}
	if len(e.records) == 0 && (e.alias == "" || m.Rcode == dns.RcodeNameError) {
		e.alias, ttl = "", negative(m)
	}
	e.expires = now.Add(ttl)
	return e
}

// negative is how long to believe that there is nothing (RFC 2308 section 5).
func negative(m *dns.Msg) time.Duration {
	ttl := minNegative
	for _, rr := range m.Ns {
		if soa, ok := rr.(*dns.SOA); ok {
			ttl = time.Duration(min(soa.Minttl, soa.Hdr.Ttl)) * time.Second
		}
	}
	return min(max(ttl, minNegative), maxNegative)
}

// exchangeSystem asks through the operating system where we do not know its nameservers (Windows). It knows no NAPTR.
func (r *Resolver) exchangeSystem(ctx context.Context, q question) (entry, error) {
	e := entry{expires: r.config.now().Add(maxNegative)}
	if q.kind != dns.TypeSRV {
		return e, nil // addresses are then asked of the system by the caller
	}
	_, found, err := net.DefaultResolver.LookupSRV(ctx, "", "", q.name)
	var none *net.DNSError
	if err != nil && !(errors.As(err, &none) && none.IsNotFound) {
		return entry{}, errors.Join(errNoNameserver, err)
	}
	for _, s := range found[:min(len(found), maxRecords)] {
		e.records = append(e.records, &dns.SRV{Target: dns.Fqdn(s.Target), Port: s.Port, Priority: s.Priority, Weight: s.Weight})
	}
	return e, nil
}

// systemServers is what /etc/resolv.conf said when it was last changed: a laptop moves between networks.
type systemServers struct {
	changed time.Time
	servers []string
}

// nameservers is whom to ask, the one that answered last first.
func (r *Resolver) nameservers() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	servers := r.config.Nameservers
	if len(servers) == 0 {
		const file = "/etc/resolv.conf"
		if info, err := os.Stat(file); err == nil && !info.ModTime().Equal(r.system.changed) {
			if c, err := dns.ClientConfigFromFile(file); err == nil {
				r.system = systemServers{info.ModTime(), c.Servers}
			}
		}
		servers = r.system.servers
	}
	out := make([]string, 0, len(servers))
	for _, s := range servers {
		if _, _, err := net.SplitHostPort(s); err != nil {
			s = net.JoinHostPort(strings.Trim(s, "[]"), "53")
		}
		out = append(out, s)
	}
	if i := slices.Index(out, r.good); i > 0 {
		out[0], out[i] = out[i], out[0]
	}
	return out
}
