package resolve

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"svara/phone"
)

// zone is a nameserver on loopback, UDP and TCP on one port.
type zone struct {
	addr string

	mu    sync.Mutex
	rrs   map[string][]dns.RR // guarded by mu; by lower-case owner name
	asked map[string]int      // guarded by mu; "name TYPE"
	down  bool                // guarded by mu; says nothing
	rcode int                 // guarded by mu; for every question
	big   bool                // guarded by mu; UDP answers are truncated
}

func newZone(t *testing.T, lines ...string) *zone {
	t.Helper()
	z := &zone{rrs: map[string][]dns.RR{}, asked: map[string]int{}}
	z.set(t, lines...)
	var pc net.PacketConn
	var l net.Listener
	for range 20 { // the same port has to be free for both
		var err error
		if pc, err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		if l, err = net.Listen("tcp", pc.LocalAddr().String()); err == nil {
			break
		}
		pc.Close()
	}
	z.addr = pc.LocalAddr().String()
	var wg sync.WaitGroup
	t.Cleanup(wg.Wait) // after the shutdowns: cleanups run backwards
	for _, s := range []*dns.Server{{PacketConn: pc, Handler: z}, {Listener: l, Handler: z}} {
		up := make(chan struct{})
		s.NotifyStartedFunc = func() { close(up) }
		wg.Go(func() { s.ActivateAndServe() })
		<-up
		t.Cleanup(func() { s.Shutdown() })
	}
	return z
}

func (z *zone) set(t *testing.T, lines ...string) {
	t.Helper()
	z.mu.Lock()
	defer z.mu.Unlock()
	clear(z.rrs)
	for _, line := range lines {
		rr, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.ToLower(rr.Header().Name)
		z.rrs[name] = append(z.rrs[name], rr)
	}
}

func (z *zone) with(f func()) { z.mu.Lock(); defer z.mu.Unlock(); f() }

func (z *zone) count(q string) (n int) { z.with(func() { n = z.asked[q] }); return n }

func (z *zone) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	z.mu.Lock()
	defer z.mu.Unlock()
	name, kind := strings.ToLower(q.Question[0].Name), q.Question[0].Qtype
	z.asked[name+" "+dns.TypeToString[kind]]++
	if z.down {
		return
	}
	m := new(dns.Msg)
	m.SetReply(q)
	m.Rcode = z.rcode
	if _, ok := z.rrs[name]; !ok && m.Rcode == 0 {
		m.Rcode = dns.RcodeNameError
	}
	if _, udp := w.RemoteAddr().(*net.UDPAddr); udp && z.big {
		m.Truncated = true
		w.WriteMsg(m)
		return
	}
	for range 20 { // CNAMEs within one answer, as a recursive server gives them
		next := ""
		for _, rr := range z.rrs[name] {
			if rr.Header().Rrtype == kind || rr.Header().Rrtype == dns.TypeCNAME {
				m.Answer = append(m.Answer, rr)
				if c, ok := rr.(*dns.CNAME); ok {
					next = strings.ToLower(c.Target)
				}
			}
		}
		if next == "" {
			break
		}
		name = next
	}
	m.Compress = true
	w.WriteMsg(m)
}

// noHosts is a system that knows no names.
func noHosts(context.Context, string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
}

func newResolver(z *zone) *Resolver {
	return New(Config{Nameservers: []string{z.addr}, hosts: noHosts, route: func(netip.Addr) bool { return true }, seed: 1})
}

// list is targets as "udp 192.0.2.1:5060".
func list(targets []Target) (out []string) {
	for _, t := range targets {
		out = append(out, string(t.Transport)+" "+t.Addr.String())
	}
	return out
}

func TestLookup(t *testing.T) {
	z := newZone(t,
		`plain.example. 60 IN A 192.0.2.1`,
		`both.example. 60 IN A 192.0.2.2`, `both.example. 60 IN AAAA 2001:db8::2`,
		`srv.example. 60 IN A 192.0.2.99`,
		`_sip._udp.srv.example. 60 IN SRV 20 0 5070 b.srv.example.`, `_sip._udp.srv.example. 60 IN SRV 10 0 5080 a.srv.example.`,
		`_sip._tcp.srv.example. 60 IN SRV 10 0 5090 a.srv.example.`,
		`a.srv.example. 60 IN A 192.0.2.3`, `b.srv.example. 60 IN A 192.0.2.4`,
		`naptr.example. 60 IN NAPTR 20 10 "s" "SIP+D2U" "" u.naptr.example.`,
		`naptr.example. 60 IN NAPTR 10 20 "S" "sip+d2t" "" t.naptr.example.`,
		`naptr.example. 60 IN NAPTR 5 10 "s" "SIPS+D2T" "" _sips._tcp.naptr.example.`,
		`naptr.example. 60 IN NAPTR 1 10 "u" "E2U+sip" "!^.*$!sip:x@y!" .`,
		`u.naptr.example. 60 IN SRV 1 1 5061 a.srv.example.`, `t.naptr.example. 60 IN SRV 1 1 5062 b.srv.example.`,
		`_sip._udp.tls.example. 60 IN SRV 1 1 5070 b.srv.example.`,
		`_sips._tcp.tls.example. 60 IN SRV 1 1 5071 a.srv.example.`, `_sips._tcp.tls.example. 60 IN SRV 2 1 5072 b.srv.example.`,
		`pointed.example. 60 IN NAPTR 1 1 "s" "SIP+D2U" "" u.naptr.example.`, `pointed.example. 60 IN NAPTR 2 1 "s" "SIPS+D2T" "" s.pointed.example.`,
		`s.pointed.example. 60 IN SRV 1 1 5443 b.srv.example.`, `_sips._tcp.pointed.example. 60 IN SRV 1 1 5061 a.srv.example.`,
		`empty.example. 60 IN NAPTR 1 1 "s" "SIP+D2U" "" nothing.example.`, `empty.example. 60 IN A 192.0.2.5`,
		`gone.example. 60 IN A 192.0.2.6`, `_sip._udp.gone.example. 60 IN SRV 0 0 0 .`,
		`alias.example. 60 IN CNAME middle.example.`, `middle.example. 60 IN CNAME plain.example.`,
		`loop1.example. 60 IN CNAME loop2.example.`, `loop2.example. 60 IN CNAME loop1.example.`,
		`xn--fretag-wxa.example. 60 IN A 192.0.2.7`,
		`literal.example. 60 IN SRV 1 1 5060 192.0.2.8.`, `_sip._udp.literal.example. 60 IN SRV 1 1 5066 192.0.2.8.`,
		`double.example. 60 IN A 192.0.2.9`, `double.example. 60 IN A 192.0.2.9`,
	)
	r := newResolver(z)
	for _, c := range []struct {
		host      string
		port      int
		transport phone.Transport
		want      []string
		reason    phone.ReasonID
	}{
		{"192.0.2.77", 0, "", []string{"udp 192.0.2.77:5060"}, ""},
		{"192.0.2.77", 5099, "tcp", []string{"tcp 192.0.2.77:5099"}, ""},
		{"[2001:db8::7]", 0, "", []string{"udp [2001:db8::7]:5060"}, ""},
		{"2001:db8::7", 99, "", []string{"udp [2001:db8::7]:99"}, ""},
		{"::ffff:192.0.2.1", 0, "", []string{"udp 192.0.2.1:5060"}, ""},
		{"plain.example", 0, "", []string{"udp 192.0.2.1:5060"}, ""},
		{"PLAIN.example.", 0, "tcp", []string{"tcp 192.0.2.1:5060"}, ""},
		{"both.example", 0, "", []string{"udp [2001:db8::2]:5060", "udp 192.0.2.2:5060"}, ""},
		{"srv.example", 5060, "", []string{"udp 192.0.2.99:5060"}, ""}, // an explicit port means no SRV
		{"srv.example", 0, "udp", []string{"udp 192.0.2.3:5080", "udp 192.0.2.4:5070"}, ""},
		{"srv.example", 0, "tcp", []string{"tcp 192.0.2.3:5090"}, ""},
		{"srv.example", 0, "", []string{"udp 192.0.2.3:5080", "udp 192.0.2.4:5070", "tcp 192.0.2.3:5090"}, ""},
		{"naptr.example", 0, "", []string{"tcp 192.0.2.4:5062", "udp 192.0.2.3:5061"}, ""},
		{"empty.example", 0, "", []string{"udp 192.0.2.5:5060"}, ""},
		{"192.0.2.77", 0, "tls", []string{"tls 192.0.2.77:5061"}, ""},
		{"plain.example", 0, "tls", []string{"tls 192.0.2.1:5061"}, ""},
		{"plain.example", 5060, "tls", []string{"tls 192.0.2.1:5060"}, ""},
		{"srv.example", 0, "tls", []string{"tls 192.0.2.99:5061"}, ""}, // what is offered in clear is of no use
		{"naptr.example", 0, "tls", nil, phone.ReasonUnknownHost},      // SIPS+D2T leads nowhere, and nowhere else is gone
		{"tls.example", 0, "tls", []string{"tls 192.0.2.3:5071", "tls 192.0.2.4:5072"}, ""},
		{"tls.example", 0, "", []string{"udp 192.0.2.4:5070", "tls 192.0.2.3:5071", "tls 192.0.2.4:5072"}, ""},
		{"pointed.example", 0, "tls", []string{"tls 192.0.2.4:5443"}, ""},
		{"pointed.example", 0, "", []string{"udp 192.0.2.3:5061", "tls 192.0.2.4:5443"}, ""},
		{"gone.example", 0, "udp", []string{"udp 192.0.2.6:5060"}, ""},
		{"alias.example", 0, "", []string{"udp 192.0.2.1:5060"}, ""},
		{"företag.example", 0, "", []string{"udp 192.0.2.7:5060"}, ""},
		{"literal.example", 0, "udp", []string{"udp 192.0.2.8:5066"}, ""},
		{"double.example", 0, "", []string{"udp 192.0.2.9:5060"}, ""},
		{"loop1.example", 0, "", nil, phone.ReasonUnknownHost},
		{"missing.example", 0, "", nil, phone.ReasonUnknownHost},
		{"bad host.example", 0, "", nil, phone.ReasonUnknownHost},
		{"", 0, "", nil, phone.ReasonUnknownHost},
		{strings.Repeat("a", 70) + ".example", 0, "", nil, phone.ReasonUnknownHost},
		{"plain.example", 70000, "", nil, phone.ReasonUnknownHost},
	} {
		got, err := r.Lookup(t.Context(), c.host, c.port, c.transport)
		if c.reason == "" && err != nil || c.reason != "" && (err == nil || phone.ReasonOf(err).ID != c.reason) || !slices.Equal(list(got), c.want) {
			t.Errorf("%s port %d %q: %q, %v; want %q %s", c.host, c.port, c.transport, list(got), err, c.want, c.reason)
		}
	}
}

func TestSystemNames(t *testing.T) {
	z := newZone(t, `host.example. 60 IN TXT "no address"`)
	r := newResolver(z)
	r.config.hosts = func(_ context.Context, host string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.9"), netip.MustParseAddr("::ffff:127.0.0.9")}, nil
	}
	for _, host := range []string{"localhost", "pbx", "host.example", "a.localhost"} {
		got, err := r.Lookup(t.Context(), host, 0, "")
		if err != nil || !slices.Equal(list(got), []string{"udp 127.0.0.9:5060"}) {
			t.Errorf("%s: %q %v", host, list(got), err)
		}
	}
	if n := z.count("localhost. A") + z.count("pbx. A") + z.count("_sip._udp.pbx. SRV") + z.count("a.localhost. A"); n != 0 {
		t.Errorf("%d questions about names without dots", n)
	}
	// The real system knows localhost.
	got, err := New(Config{}).Lookup(t.Context(), "localhost", 5060, "")
	if err != nil || len(got) == 0 || !got[0].Addr.Addr().IsLoopback() {
		t.Errorf("localhost: %v %v", got, err)
	}
}

func TestUnroutableLast(t *testing.T) {
	r := newResolver(newZone(t, `both.example. 60 IN A 192.0.2.2`, `both.example. 60 IN AAAA 2001:db8::2`))
	r.config.route = func(a netip.Addr) bool { return a.Is4() }
	got, err := r.Lookup(t.Context(), "both.example", 0, "")
	if want := []string{"udp 192.0.2.2:5060", "udp [2001:db8::2]:5060"}; err != nil || !slices.Equal(list(got), want) {
		t.Errorf("%q %v, want %q", list(got), err, want)
	}
}

func TestCacheAndStale(t *testing.T) {
	z := newZone(t, `pbx.example. 100 IN A 192.0.2.1`)
	r := newResolver(z)
	now := time.Unix(1_800_000_000, 0)
	r.config.now = func() time.Time { return now }
	ask := func(want ...string) {
		t.Helper()
		got, err := r.Lookup(t.Context(), "pbx.example", 5060, "")
		if err != nil || !slices.Equal(list(got), want) {
			t.Fatalf("%q %v, want %q", list(got), err, want)
		}
	}
	ask("udp 192.0.2.1:5060")
	now = now.Add(99 * time.Second)
	ask("udp 192.0.2.1:5060")
	if n := z.count("pbx.example. A"); n != 1 {
		t.Errorf("asked %d times within the TTL", n)
	}
	z.set(t, `pbx.example. 100 IN A 192.0.2.2`)
	now = now.Add(2 * time.Second)
	ask("udp 192.0.2.2:5060")

	now = now.Add(time.Hour)
	z.with(func() { z.rcode = dns.RcodeServerFailure })
	ask("udp 192.0.2.2:5060")
	z.with(func() { z.rcode, z.down = 0, true })
	start := time.Now()
	ask("udp 192.0.2.2:5060")
	if d := time.Since(start); d > 2*staleAfter {
		t.Errorf("an expired answer was at hand and came after %v", d)
	}
	now = now.Add(25 * time.Hour)
	z.with(func() { z.down, z.rcode = false, dns.RcodeServerFailure })
	if got, err := r.Lookup(t.Context(), "pbx.example", 5060, ""); phone.ReasonOf(orNil(err)).ID != phone.ReasonNoNetwork {
		t.Errorf("a day-old answer: %q %v", list(got), err)
	}
	// A name that goes away is gone, not stale.
	z.with(func() { z.rcode = 0 })
	z.set(t)
	if _, err := r.Lookup(t.Context(), "pbx.example", 5060, ""); phone.ReasonOf(orNil(err)).ID != phone.ReasonUnknownHost {
		t.Errorf("removed name: %v", err)
	}
}

func orNil(err error) error {
	if err == nil {
		return errors.New("no error")
	}
	return err
}

func TestNameserversDown(t *testing.T) {
	z := newZone(t, `pbx.example. 100 IN A 192.0.2.1`)
	closed, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close() // nobody listens there now
	r := newResolver(z)
	r.config.Nameservers = []string{closed.LocalAddr().String(), z.addr}
	got, err := r.Lookup(t.Context(), "pbx.example", 0, "")
	if err != nil || len(got) != 1 {
		t.Errorf("second nameserver: %v %v", got, err)
	}
	if s := r.nameservers(); s[0] != z.addr {
		t.Errorf("the dead nameserver is still asked first: %v", s)
	}
	r = newResolver(z)
	r.config.Nameservers = []string{closed.LocalAddr().String()}
	if _, err := r.Lookup(t.Context(), "pbx.example", 0, ""); phone.ReasonOf(orNil(err)).ID != phone.ReasonNoNetwork {
		t.Errorf("no nameserver: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Lookup(ctx, "pbx.example", 0, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Answers that are hostile or absurd are bounded.
func TestBounds(t *testing.T) {
	var lines []string
	for i := range 1000 {
		lines = append(lines, fmt.Sprintf("many.example. 60 IN A 10.0.%d.%d", i/250, i%250),
			fmt.Sprintf("_sip._udp.srvs.example. 60 IN SRV 1 %d 5060 many.example.", i))
	}
	for i := range 50 {
		lines = append(lines, fmt.Sprintf("long%d.example. 60 IN CNAME long%d.example.", i, i+1))
	}
	z := newZone(t, append(lines, "long50.example. 60 IN A 192.0.2.1")...)
	z.with(func() { z.big = true }) // such answers come by TCP
	r := newResolver(z)
	for _, host := range []string{"many.example", "srvs.example"} {
		got, err := r.Lookup(t.Context(), host, 0, "")
		if err != nil || len(got) != maxTargets {
			t.Errorf("%s: %d targets, %v", host, len(got), err)
		}
	}
	for i := range 2 * maxEntries {
		r.cache.put(question{fmt.Sprint(i), 1}, entry{expires: time.Unix(int64(i), 0)})
	}
	if len(r.cache.entries) != maxEntries {
		t.Errorf("%d entries cached", len(r.cache.entries))
	}
	if _, ok := r.cache.get(question{fmt.Sprint(2*maxEntries - 1), 1}); !ok {
		t.Error("the newest entry was dropped")
	}
}

// Records that point at themselves and at each other lead nowhere, in a few questions (quality.md, hostile input 12).
func TestLoops(t *testing.T) {
	z := newZone(t,
		`naptr1.example. 60 IN NAPTR 1 1 "" "SIP+D2U" "" naptr2.example.`, `naptr2.example. 60 IN NAPTR 1 1 "" "SIP+D2U" "" naptr1.example.`,
		`itself.example. 60 IN NAPTR 1 1 "s" "SIP+D2U" "" itself.example.`,
		`_sip._udp.srv1.example. 60 IN SRV 1 1 5060 _sip._udp.srv1.example.`,
		`_sip._udp.srv2.example. 60 IN SRV 1 1 5060 alias1.example.`, `alias1.example. 60 IN CNAME alias2.example.`, `alias2.example. 60 IN CNAME alias1.example.`,
		`dname.example. 60 IN CNAME a.dname.example.`, `a.dname.example. 60 IN CNAME dname.example.`,
	)
	r := newResolver(z)
	for _, host := range []string{"naptr1.example", "itself.example", "srv1.example", "srv2.example", "dname.example"} {
		if got, err := r.Lookup(t.Context(), host, 0, ""); err == nil || phone.ReasonOf(err).ID != phone.ReasonUnknownHost {
			t.Errorf("%s: %q, %v", host, list(got), err)
		}
	}
	asked := 0
	z.with(func() {
		for _, n := range z.asked {
			asked += n
		}
	})
	if asked > 100 {
		t.Errorf("%d questions", asked)
	}
	t.Logf("%d questions", asked)
}

func TestWeights(t *testing.T) {
	records := []*dns.SRV{{Priority: 1, Weight: 0, Target: "zero"}, {Priority: 1, Weight: 30, Target: "light"}, {Priority: 1, Weight: 70, Target: "heavy"}, {Priority: 0, Weight: 0, Target: "first"}}
	random := rand.New(rand.NewPCG(1, 2))
	second := map[string]int{}
	for range 10000 {
		got := weigh(records, random)
		if len(got) != 4 || got[0].Target != "first" {
			t.Fatalf("order %v", got)
		}
		second[got[1].Target]++
	}
	if h := second["heavy"]; h < 6600 || h > 7300 || second["light"] < 2600 || second["zero"] > 250 || second["zero"] == 0 {
		t.Errorf("drawn second: %v", second)
	}
	if !reflect.DeepEqual(weigh(records, rand.New(rand.NewPCG(7, 7))), weigh(records, rand.New(rand.NewPCG(7, 7)))) {
		t.Error("the order is not stable for one seed")
	}
}

// Whatever a nameserver sends, reading it ends, is bounded, and gives records of the type asked for.
func FuzzRead(f *testing.F) {
	m := new(dns.Msg)
	m.SetQuestion("a.example.", dns.TypeA)
	for _, line := range []string{"a.example. 60 IN CNAME b.example.", "b.example. 60 IN A 192.0.2.1"} {
		rr, err := dns.NewRR(line)
		if err != nil {
			f.Fatal(err)
		}
		m.Answer = append(m.Answer, rr)
	}
	seed, err := m.Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed, "a.example.", uint16(dns.TypeA))
	f.Fuzz(func(t *testing.T, data []byte, name string, kind uint16) {
		var m dns.Msg
		if m.Unpack(data) != nil {
			return
		}
		now := time.Unix(1_800_000_000, 0)
		e := read(&m, question{name, kind}, now)
		if len(e.records) > maxRecords || e.expires.Before(now) || e.expires.Sub(now) > maxTTL {
			t.Fatalf("%d records until %v", len(e.records), e.expires)
		}
		for _, rr := range e.records {
			if rr.Header().Rrtype != kind {
				t.Fatalf("%v to a question for type %d", rr, kind)
			}
		}
	})
}
