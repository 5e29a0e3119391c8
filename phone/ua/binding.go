package ua

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// bound deals with a 2xx (RFC 3261 10.2.4).
func (r *registration) bound(m registerDone) {
	granted := grantedExpires(m)
	if granted <= 0 {
		r.failed(phone.Reason{ID: phone.ReasonSIP, Code: m.res.StatusCode, Text: "no binding"}, 0)
		return
	}
	a := r.a
	public := publicAddr(m.res, m.hop)
	var routes []string
	for _, v := range headerValues(m.res, "Service-Route") {
		if addr, err := parseNameAddr(v); err == nil {
			if _, err := parseURI(addr.uri); err == nil {
				routes = append(routes, "<"+addr.uri+">")
			}
		}
	}
	back := r.state != phone.RegistrationRegistered || r.contact != m.contact
	a.mu.Lock()
	if back {
		a.binding++
	}
	binding := a.binding
	changed := a.public != public
	a.flow = m.hop
	a.flow.own = true
	a.trust[m.hop.addr] = true
	a.public, a.routes = public, routes
	a.mu.Unlock()
	r.contact = m.contact
	r.local, _ = r.u.net.localAddr(m.hop.addr.Addr())
	r.succeeded, r.out = true, outage{}
	if changed && !r.moved && a.contactURI(m.hop) != m.contact {
		r.moved = true // once: behind some NATs the port changes with every look
		r.register()
		return
	}
	r.moved = false
	lifetime := time.Duration(granted) * time.Second
	by := r.u.net.ourEnd(m.hop)
	if known := r.known; known.contact != "" && (known.contact != m.contact || known.by != by) {
		r.u.tellLegs(a, rebound{moved: m.hop.network == "UDP" || r.local != known.local})
	}
	r.known.contact, r.known.local, r.known.by = m.contact, r.local, by
	if back { // before anybody hears of it: who subscribes then need not do so twice
		r.u.mu.Lock()
		r.u.tellSubscribers(a, accountBound{binding})
		r.u.mu.Unlock()
	}
	r.say(phone.Registration{State: phone.RegistrationRegistered, Until: time.Now().Add(lifetime)})
	refresh := lifetime / 2
	if lifetime > 2*time.Minute {
		refresh = lifetime * 4 / 5
	}
	r.after(jitter(refresh))
}

// grantedExpires is the lifetime the registrar gave our Contact, in seconds; 0 when it is not bound.
func grantedExpires(m registerDone) int {
	fallback := m.asked
	if n, err := strconv.Atoi(headerValue(m.res, "Expires")); err == nil && n > 0 {
		fallback = n
	}
	ours, err := parseURI(m.contact)
	if err != nil {
		return fallback
	}
	listed := false
	for _, v := range headerValues(m.res, "Contact") {
		addr, err := parseNameAddr(v)
		if err != nil {
			continue
		}
		uri, err := parseURI(addr.uri)
		if err != nil {
			continue
		}
		listed = true
		if uri.User != ours.User || !strings.EqualFold(uri.Host, ours.Host) || uri.Port != ours.Port {
			continue
		}
		if n, err := strconv.Atoi(addr.params.GetOr("expires", "")); err == nil {
			return min(max(n, 0), 1<<24)
		}
		return fallback
	}
	if listed { // a registrar behind a NAT helper shows our Contact rewritten: the shortest lifetime is safe
		for _, v := range headerValues(m.res, "Contact") {
			if addr, err := parseNameAddr(v); err == nil {
				if n, err := strconv.Atoi(addr.params.GetOr("expires", "")); err == nil && n > 0 {
					fallback = min(fallback, n)
				}
			}
		}
	}
	return fallback
}

// publicAddr is our address as the other side saw it, where it is not the one in our Via (RFC 3581, RFC 3261 18.2.1).
func publicAddr(res *sip.Response, h hop) netip.AddrPort {
	via := res.Via()
	if via == nil {
		return netip.AddrPort{}
	}
	ip, err := netip.ParseAddr(via.Params.GetOr("received", via.Host))
	if err != nil {
		return netip.AddrPort{}
	}
	port := via.Port
	if n, err := strconv.ParseUint(via.Params.GetOr("rport", ""), 10, 16); err == nil && n > 0 {
		port = int(n)
	}
	own, _ := netip.ParseAddr(via.Host)
	// Over TCP the port is that of the connection and always another.
	if ip.Unmap() == own && (h.network != "UDP" || port == via.Port) {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ip.Unmap(), uint16(port))
}

// leave un-registers where there is something to, then unregistered does the rest.
func (r *registration) leave() bool {
	r.stopTimer()
	if r.replace != nil && !r.stopping && !r.identityChanges() {
		return r.unregistered()
	}
	if r.contact == "" || r.state != phone.RegistrationRegistered && !r.a.currentFlow().addr.IsValid() || r.out.tries > 0 {
		return r.unregistered()
	}
	r.say(phone.Registration{State: phone.RegistrationUnregistering})
	r.exchange(0, r.u.clock.register/2, true)
	return false
}

// identityChanges reports whether the replacing account is bound elsewhere or as somebody else.
func (r *registration) identityChanges() bool {
	now, then := r.replace.Account, r.a.account()
	return now.User != then.User || now.Domain != then.Domain || now.Proxy != then.Proxy || now.Transport != then.Transport ||
		now.CAFile != then.CAFile || now.Pin != then.Pin
}

// unregistered goes on after an un-REGISTER: to the end, or with the replaced account. It reports whether it is the end.
func (r *registration) unregistered() bool {
	a := r.a
	if r.stopping {
		r.say(phone.Registration{State: phone.RegistrationOff})
		return true
	}
	if r.replace == nil {
		return false
	}
	changes := r.identityChanges()
	a.mu.Lock()
	p := *r.replace
	if changes {
		a.trust = map[netip.AddrPort]bool{}
		a.flow, a.public, a.routes = hop{}, netip.AddrPort{}, nil
		r.contact, r.known.contact = "", ""
	}
	if changes || p.Password != a.secret || p.Account.Username() != a.conf.Username() {
		a.realms = map[string]bool{}
		a.auth.Forget()
		r.succeeded = false
	}
	a.conf, a.secret = p.Account, p.Password
	a.mu.Unlock()
	if changes {
		r.u.net.dropOwned(a.id) // checked by demands that no longer hold
	}
	r.replace, r.out, r.sent, r.expires = nil, outage{}, nil, r.asked()
	r.state = phone.RegistrationOff
	r.register()
	return false
}
