package ua

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
	"svara/phone/ua/digest"
	"svara/phone/ua/resolve"
)

// account is one account: what its goroutine (registration.go) and the legs share of it.
type account struct {
	id     phone.AccountID // never changes
	u      *UA
	box    *mailbox[any] // accountReplace, accountStop, accountNow, and what registration.go sends itself
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{} // closed when the goroutine has ended
	auth   digest.Client // safe by itself
	callID string        // of its REGISTERs: one for the life of the account (RFC 3261 10.2)
	turns  turns         // of its subscriptions
	pace   *pace         // of its subscriptions

	mu      sync.Mutex
	conf    phone.Account           // changed by accountReplace
	secret  phone.Secret            // likewise
	realms  map[string]bool         // realms that let us in: only these are answered from then on
	trust   map[netip.AddrPort]bool // where its calls may come from: resolved targets and the flow
	flow    hop                     // what it is registered by; zero when it is not
	binding int                     // counts the times it has registered after it was not, or from another address
	public  netip.AddrPort          // our address as the registrar saw it, where it differs (RFC 3581)
	routes  []string                // Service-Route of the registrar (RFC 3608)
	regCSeq uint32                  // of its REGISTERs
	toward  netip.AddrPort          // where the last REGISTER went
	from    netip.Addr              // and from which address of ours; not valid: there was no way
}

func (a *account) account() phone.Account {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.conf
}

// aor is the account's address, as a SIP URI.
func (a *account) aor() string {
	conf := a.account()
	return "sip:" + escapeUser(conf.User) + "@" + conf.Domain
}

// nextHop is the host that requests of the account go to first: its outbound proxy, or its domain.
func nextHop(conf phone.Account) (host string, port int, transport phone.Transport) {
	s := conf.Domain
	transport = conf.Transport
	if conf.Proxy != "" {
		s = conf.Proxy
		bracketed := s
		if !strings.Contains(s, "<") { // else parameters were a header's, not the address's (RFC 3261 20)
			bracketed = "<" + s + ">"
		}
		if a, err := parseNameAddr(bracketed); err == nil {
			if uri, err := parseURI(a.uri); err == nil && (uri.Scheme == "sip" || uri.Scheme == "sips") {
				if t, ok := uri.UriParams.Get("transport"); ok && transport == phone.TransportAuto {
					transport = phone.Transport(strings.ToLower(t))
				}
				if uri.Scheme == "sips" {
					transport = phone.TransportTLS
				}
				return uri.Host, uri.Port, transport
			}
		}
	}
	host, port, err := splitHostPort(s)
	if err != nil {
		host, port = s, 0
	}
	return host, port, transport
}

// proxyRoute is the preloaded Route of an outbound proxy (RFC 3261 8.1.2), or empty.
func proxyRoute(conf phone.Account) string {
	if conf.Proxy == "" {
		return ""
	}
	host, port, transport := nextHop(conf)
	uri := sip.Uri{Scheme: "sip", Host: host, Port: port}
	if transport != phone.TransportAuto {
		uri.UriParams.Add("transport", string(transport))
	}
	uri.UriParams.Add("lr", "")
	return "<" + uri.String() + ">"
}

// hops resolves where the account's requests go, the flow it is registered by first.
func (a *account) hops(ctx context.Context) ([]hop, error) {
	host, port, transport := nextHop(a.account())
	hops, err := a.u.resolve(ctx, a, host, port, transport)
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range hops {
		hops[i].own = true
		a.trust[hops[i].addr] = true
	}
	if a.flow.addr.IsValid() {
		same := func(h hop) bool { return h.addr == a.flow.addr && (h.network == "TLS") == (a.flow.network == "TLS") }
		i := slices.IndexFunc(hops, same)
		if i >= 0 || err != nil { // DNS is down: the way we are registered by still works
			hops, err = append([]hop{a.flow}, slices.DeleteFunc(hops, same)...), nil
		}
	}
	return hops, err
}

// registered reports whether there is a binding: without one the exchange would not know whom it has before it.
func (a *account) registered() bool { return a.currentFlow().addr.IsValid() }

// bindings is which binding there is, by its number, the last one if there is none.
func (a *account) bindings() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.binding
}

// owns reports whether an address is the account's: requests to it may carry its credentials.
func (a *account) owns(addr netip.AddrPort) bool {
	if a == nil {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.trust[addr]
}

// sends reports whether a message that came some way can be the account's proxy's. A PBX may open a TCP connection to us
// from any port, and behind one address it may use several UDP ports; on this very machine only the port tells it from
// other programs. Over TLS it is who has shown the certificate.
func (a *account) sends(from hop) bool {
	return a.knows(from) && (from.network == "TLS" || !a.secure())
}

func (a *account) knows(from hop) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if from.network == "TLS" {
		return from.owner == a.id && a.trust[from.addr]
	}
	if a.trust[from.addr] {
		return true
	}
	if from.network != "TCP" && from.addr.Addr().IsLoopback() {
		return false
	}
	for t := range a.trust {
		if t.Addr() == from.addr.Addr() {
			return true
		}
	}
	return false
}

// trusted reports whether messages that come some way are read without limit. Over TCP a message that is dropped does not
// come again, and a PBX connects from any port.
func (u *UA) trusted(from hop) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, a := range u.accounts {
		if a.sends(from) {
			return true
		}
	}
	return false
}

// contact is our Contact towards a hop, without angle brackets. The public address replaces our own where the registrar
// saw another.
func (a *account) contactURI(h hop) string {
	a.mu.Lock()
	user, public := a.conf.User, a.public
	if a.flow.addr != h.addr {
		public = netip.AddrPort{}
	}
	a.mu.Unlock()
	return a.u.contactURI(user, h, public)
}

func (u *UA) contactURI(user string, h hop, public netip.AddrPort) string {
	uri := sip.Uri{Scheme: "sip", User: escapeUser(user), Port: u.net.port}
	if local, err := u.net.localAddr(h.addr.Addr()); err == nil {
		uri.Host = local.WithZone("").String()
	}
	if h.network == "TLS" {
		if c := u.net.tls.find(h); c != nil {
			uri.Host, uri.Port = c.local.Addr().WithZone("").String(), int(c.local.Port())
		}
	}
	if public.IsValid() {
		uri.Host, uri.Port = public.Addr().String(), int(public.Port())
	}
	if h.network != "UDP" {
		uri.UriParams.Add("transport", strings.ToLower(h.network))
	}
	return uri.String()
}

// resolve finds the targets for a host (RFC 3263), on behalf of an account or nobody.
func (u *UA) resolve(ctx context.Context, a *account, host string, port int, transport phone.Transport) ([]hop, error) {
	switch transport {
	case phone.TransportAuto, phone.TransportUDP, phone.TransportTCP, phone.TransportTLS:
	default:
		return nil, phone.Refuse(phone.ReasonNoNetwork, "transport "+string(transport))
	}
	targets, err := u.resolver.Lookup(ctx, host, port, transport)
	if err != nil {
		return nil, sendError(err)
	}
	var hops []hop
	for _, t := range targets {
		h := hop{network: strings.ToUpper(string(t.Transport)), addr: t.Addr}
		if t.Transport == phone.TransportTLS {
			h.name, _ = resolve.Name(host)
			if a != nil {
				h.owner = a.id
			}
		}
		if u.net.udpFor(t.Addr.Addr()) == nil {
			continue // an address family this machine does not have
		}
		hops = append(hops, h)
	}
	if len(hops) == 0 {
		return nil, phone.Refuse(phone.ReasonNoNetwork, host)
	}
	return hops, nil
}

// credentials answers the challenges to one request (RFC 3261 22). A nil account answers none.
type credentials struct {
	a          *account
	challenges map[challengeKey]digest.Challenge // to answer in the next try
	fresh      map[challengeKey]bool             // answered with a nonce given for this very request
	wrong      bool                              // such an answer was refused
}

type challengeKey struct {
	realm string
	proxy bool
}

func newCredentials(a *account) *credentials {
	c := &credentials{a: a, challenges: map[challengeKey]digest.Challenge{}, fresh: map[challengeKey]bool{}}
	if a != nil {
		for _, ch := range a.auth.Known() { // a nonce we have saves a round trip
			c.challenges[challengeKey{ch.Realm, ch.Proxy}] = ch
		}
	}
	return c
}

// headers answers the challenges for a request as it is about to be sent. The digest covers its Request-URI.
func (c *credentials) headers(req *sip.Request) []sip.Header {
	if c.a == nil {
		return nil
	}
	c.a.mu.Lock()
	user, secret := c.a.conf.Username(), c.a.secret.Reveal()
	c.a.mu.Unlock()
	var out []sip.Header
	for _, ch := range c.challenges {
		value, err := c.a.auth.Authorize(ch, user, secret, string(req.Method), req.Recipient.String(), req.Body())
		if err != nil {
			c.a.u.log.Warn("challenge not answered", "account", c.a.id, "realm", ch.Realm, "why", err)
			continue
		}
		out = append(out, sip.NewHeader(ch.Header(), value))
	}
	return out
}

// take reads the challenges of a 401 or 407 and reports whether there is one worth answering. Of several in one realm
// the strongest counts; a realm that is not ours gets nothing; the same challenge again means that the password is wrong,
// unless the nonce was only stale.
func (c *credentials) take(res *sip.Response) bool {
	if c.a == nil {
		return false
	}
	name, proxy := "WWW-Authenticate", false
	if res.StatusCode == 407 {
		name, proxy = "Proxy-Authenticate", true
	}
	byRealm := map[challengeKey][]digest.Challenge{}
	for _, h := range res.GetHeaders(name) {
		all, err := digest.ParseAll(h.Value())
		if err != nil {
			continue
		}
		for _, ch := range all {
			ch.Proxy = proxy
			key := challengeKey{ch.Realm, proxy}
			byRealm[key] = append(byRealm[key], ch)
		}
	}
	found := false
	for key, all := range byRealm {
		ch, ok := digest.Strongest(all)
		if !ok || !c.a.accepts(ch.Realm) {
			continue
		}
		if c.fresh[key] && !ch.Stale {
			c.wrong = true
			return false
		}
		c.fresh[key] = true
		c.challenges[key] = ch
		found = true
	}
	return found
}

// accepted remembers the realms whose challenges were answered rightly.
func (c *credentials) accepted() {
	if c.a == nil {
		return
	}
	c.a.mu.Lock()
	defer c.a.mu.Unlock()
	for key := range c.fresh {
		c.a.realms[key.realm] = true
	}
}

// accepts reports whether a realm is the account's own: one that let us in before, its domain or its proxy; before
// the first success any that the account's own proxy asks for.
func (a *account) accepts(realm string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.realms) == 0 || a.realms[realm] {
		return true
	}
	proxy, _, _ := nextHop(a.conf)
	for _, own := range []string{a.conf.Domain, a.conf.Host(), proxy} {
		if strings.EqualFold(realm, own) {
			return true
		}
	}
	return false
}
