package ua

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// allowed is what we understand; sent as Allow.
const allowed = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY, SUBSCRIBE, MESSAGE"

// allowedServer is the same of a server.
const allowedServer = allowed + ", REGISTER, PUBLISH"

// dialog is one dialog of a leg (RFC 3261 12). The leg's goroutine owns it.
type dialog struct {
	callID              string
	localTag, remoteTag string
	localName, peerName string // display names as between quotes
	local, peer         sip.Uri
	way
	last          *turn      // of the request asked for last; the leg's goroutine
	order         sync.Mutex // held from numbering a request until it is out: their order is that of their numbers
	cseq          uint32     // of our last request; order
	peerCSeq      uint32     // of the peer's last request
	peerCSeqKnown bool
	updates       bool   // the peer understands UPDATE (RFC 3311 4)
	reliable      uint32 // RSeq of their last reliable provisional response; 0: none
}

// way is where a dialog's requests go. Its slice is never changed in place, so a copy may leave the leg's goroutine.
type way struct {
	target sip.Uri  // remote target: the peer's Contact
	routes []string // route set, each "<uri>"
	via    hop      // where the message that made the dialog came from or went to
	reuse  bool     // requests go back that way whatever the target says (see reuses)
}

// newRequest makes a request without Via and Contact. Names are as between quotes, that is escaped.
func (u *UA) newRequest(method sip.RequestMethod, target, from sip.Uri, fromName, fromTag string, to sip.Uri, toName, toTag, callID string) *sip.Request {
	req := sip.NewRequest(method, target)
	maxForwards := sip.MaxForwardsHeader(70)
	req.AppendHeader(&maxForwards)
	f := &sip.FromHeader{DisplayName: fromName, Address: from}
	f.Params.Add("tag", fromTag)
	req.AppendHeader(f)
	t := &sip.ToHeader{DisplayName: toName, Address: to}
	if toTag != "" {
		t.Params.Add("tag", toTag)
	}
	req.AppendHeader(t)
	id := sip.CallIDHeader(callID)
	req.AppendHeader(&id)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: method})
	req.AppendHeader(sip.NewHeader("User-Agent", u.cfg.UserAgent))
	req.SetBody(nil)
	return req
}

// setBody gives a message a body.
func setBody(m sip.Message, contentType string, body []byte) {
	if len(body) == 0 {
		return
	}
	ct := sip.ContentTypeHeader(contentType)
	m.AppendHeader(&ct)
	m.SetBody(body)
}

// request makes a request inside the dialog (RFC 3261 12.2.1.1), without Via and Contact.
func (d *dialog) request(u *UA, method sip.RequestMethod) *sip.Request {
	target, routes := d.target, d.routes
	if len(routes) > 0 {
		if first, ok := strictRouter(routes[0]); ok {
			// A strict router wants to be the Request-URI; the target travels last in the route.
			routes = append(append([]string{}, routes[1:]...), "<"+target.String()+">")
			target = first
		}
	}
	req := u.newRequest(method, target, d.local, d.localName, d.localTag, d.peer, d.peerName, d.remoteTag, d.callID)
	for _, r := range routes {
		req.AppendHeader(sip.NewHeader("Route", r))
	}
	return req
}

// strictRouter reports whether a route is one of RFC 2543 (no lr parameter), and its URI.
func strictRouter(route string) (sip.Uri, bool) {
	a, err := parseNameAddr(route)
	if err != nil {
		return sip.Uri{}, false
	}
	uri, err := parseURI(a.uri)
	if err != nil || uri.UriParams.Has("lr") {
		return sip.Uri{}, false
	}
	return uri, true
}

// nextCSeq is the number of our next request. d.order is held.
func (d *dialog) nextCSeq() uint32 {
	d.cseq++
	return d.cseq
}

// inOrder reports whether a request of the peer is a new one (RFC 3261 12.2.2), and remembers its number.
func (d *dialog) inOrder(req *sip.Request) bool {
	n := req.CSeq().SeqNo
	if d.peerCSeqKnown && n <= d.peerCSeq {
		return false
	}
	d.peerCSeq, d.peerCSeqKnown = n, true
	return true
}

// refresh takes a new remote target from a target refresh request or its 2xx (RFC 3261 12.2).
func (d *dialog) refresh(m sip.Message) {
	if uri, err := contactOf(m); err == nil {
		d.target = uri
	}
}

// contactOf is the URI of the first Contact.
func contactOf(m sip.Message) (sip.Uri, error) {
	for _, v := range headerValues(m, "Contact") {
		a, err := parseNameAddr(v)
		if err != nil {
			continue
		}
		if uri, err := parseURI(a.uri); err == nil && (uri.Scheme == "sip" || uri.Scheme == "sips") {
			return uri, nil
		}
	}
	return sip.Uri{}, errors.New("no usable Contact")
}

// recordRoutes is the Record-Route of a message as "<uri>", top first.
func recordRoutes(m sip.Message) []string {
	var out []string
	for _, v := range headerValues(m, "Record-Route") {
		if a, err := parseNameAddr(v); err == nil {
			if _, err := parseURI(a.uri); err == nil {
				out = append(out, "<"+a.uri+">")
			}
		}
	}
	return out
}

// dialogFromResponse is the dialog that a response to our INVITE makes (RFC 3261 12.1.2).
func dialogFromResponse(req *sip.Request, res *sip.Response, via hop) (*dialog, error) {
	tag, _ := res.To().Params.Get("tag")
	fromTag, _ := req.From().Params.Get("tag")
	d := &dialog{
		callID: req.CallID().Value(), localTag: fromTag, remoteTag: tag,
		localName: req.From().DisplayName, local: req.From().Address,
		peerName: req.To().DisplayName, peer: req.To().Address,
		cseq: req.CSeq().SeqNo, way: way{via: via, target: req.Recipient},
	}
	d.updates = allowsUpdate(res)
	target, err := contactOf(res)
	if err == nil {
		d.target = target
	}
	routes := recordRoutes(res)
	for i := len(routes) - 1; i >= 0; i-- {
		d.routes = append(d.routes, routes[i])
	}
	return d, err
}

// dialogFromRequest is the dialog that an INVITE to us makes (RFC 3261 12.1.1).
func dialogFromRequest(req *sip.Request, localTag string, via hop) (*dialog, error) {
	tag, _ := req.From().Params.Get("tag")
	d := &dialog{
		callID: req.CallID().Value(), localTag: localTag, remoteTag: tag,
		localName: req.To().DisplayName, local: req.To().Address,
		peerName: req.From().DisplayName, peer: req.From().Address,
		peerCSeq: req.CSeq().SeqNo, peerCSeqKnown: true,
		way: way{routes: recordRoutes(req), via: via},
	}
	d.updates = allowsUpdate(req)
	target, err := contactOf(req)
	d.target = target
	return d, err
}

func allowsUpdate(m sip.Message) bool {
	return slices.ContainsFunc(headerValues(m, "Allow"), func(s string) bool { return strings.EqualFold(s, "UPDATE") })
}

// hopsFor finds where a dialog's next request goes (RFC 3261 8.1.2): to the first route, else to the target. The way
// the dialog came about stands behind as a reserve, and in front when the peer is behind a NAT we talk through.
func (u *UA) hopsFor(ctx context.Context, d way, a *account) ([]hop, error) {
	uri := d.target
	if len(d.routes) > 0 {
		if addr, err := parseNameAddr(d.routes[0]); err == nil {
			if r, err := parseURI(addr.uri); err == nil {
				uri = r
			}
		}
	}
	var hops []hop
	if d.reuse && len(d.routes) == 0 && d.via.addr.IsValid() {
		hops = append(hops, d.via)
	}
	found, err := u.hopsForURI(ctx, a, uri)
	if err == nil {
		hops = append(hops, found...)
	}
	if d.via.addr.IsValid() && (len(d.routes) == 0 || d.via.network == "TLS") {
		hops = append(hops, d.via)
	}
	if a.secure() {
		if flow := a.currentFlow(); flow.addr.IsValid() { // what else the exchange listens at, when nothing better is left
			hops = append(hops, flow)
		}
	}
	secure := a.transportFor(uri) == phone.TransportTLS
	seen := map[netip.AddrPort]bool{}
	out := hops[:0]
	for _, h := range hops {
		switch {
		case h.network == "TLS" && d.via.network == "TLS" && h.addr.Addr() == d.via.addr.Addr():
			h = d.via // the machine has shown its certificate, by whatever name and port it is told of
		case h.addr == d.via.addr && !uri.UriParams.Has("transport") && !secure:
			h = d.via // a Contact that names no transport is reached as it spoke to us
		}
		if seen[h.addr] || secure && h.network != "TLS" {
			continue
		}
		seen[h.addr] = true
		h.own = a.owns(h.addr)
		out = append(out, h)
	}
	if len(out) == 0 {
		if err == nil {
			err = phone.Refuse(phone.ReasonNoNetwork, uri.Host)
		}
		return nil, err
	}
	return out, nil
}

// hopsForURI resolves a SIP URI (RFC 3263 4), on behalf of an account or nobody.
func (u *UA) hopsForURI(ctx context.Context, a *account, uri sip.Uri) ([]hop, error) {
	if uri.Scheme != "sip" && uri.Scheme != "sips" {
		return nil, phone.Refuse(phone.ReasonBadTarget, uri.String())
	}
	host := uri.Host
	if m, ok := uri.UriParams.Get("maddr"); ok && m != "" {
		host = m
	}
	return u.resolve(ctx, a, host, uri.Port, a.transportFor(uri))
}

// destination is an outgoing call's first request: its Request-URI, its way, and whether the account vouches for it.
type destination struct {
	uri    sip.Uri
	routes []string
	hops   []hop
	own    bool
}

// targetURI makes a Request-URI from what the user dialled: a number, a tel: or a sip: URI.
func targetURI(target, domain string) (sip.Uri, error) {
	s := strings.TrimSpace(target)
	refuse := func() (sip.Uri, error) { return sip.Uri{}, phone.Refuse(phone.ReasonBadTarget, cleanText(target)) }
	if s == "" || len(s) > 512 || strings.ContainsAny(s, "\r\n\x00<>\"") {
		return refuse()
	}
	lower := strings.ToLower(s)
	switch {
	case strings.HasPrefix(lower, "sip:"), strings.HasPrefix(lower, "sips:"):
		uri, err := parseURI(s)
		if err != nil {
			return refuse()
		}
		if uri.Scheme == "sip" && uri.User == "" && !strings.Contains(uri.Host, ".") && !strings.Contains(uri.Host, ":") && domain != "" && uri.Port == 0 && uri.Host != "localhost" {
			s = uri.Host // "sip:2101": a number written as a URI
			break
		}
		return uri, nil
	case strings.HasPrefix(lower, "tel:"):
		s, _, _ = strings.Cut(s[4:], ";")
	case strings.Contains(s, "@"):
		uri, err := parseURI("sip:" + s)
		if err != nil {
			return refuse()
		}
		return uri, nil
	}
	if domain == "" {
		uri, err := parseURI("sip:" + s) // without an account only a host can be called
		if err != nil {
			return refuse()
		}
		return uri, nil
	}
	number := dialable(s)
	if number == "" {
		return refuse()
	}
	uri, err := parseURI("sip:" + escapeUser(number) + "@" + domain)
	if err != nil {
		return refuse()
	}
	return uri, nil
}

// dialable takes the visual separators out of a number (RFC 3966 5.1.1). Text that is no number stays as it is: many
// PBXs have names for extensions.
func dialable(s string) string {
	if strings.HasPrefix(strings.TrimSpace(s), "+") {
		s = strings.Replace(s, "(0)", "", 1) // +46 (0)8: the 0 is for callers within the country
	}
	stripped := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.()/\u00a0", r) {
			return -1
		}
		return r
	}, s)
	if strings.Trim(stripped, "+0123456789*#ABCDabcd") == "" {
		return stripped
	}
	return strings.ReplaceAll(s, " ", "")
}

// destine finds out how to call a target. to is a contact URI to send to instead, as a server does.
func (u *UA) destine(ctx context.Context, a *account, target, to string) (destination, error) {
	if to != "" {
		uri, err := parseURI(to)
		if err != nil {
			return destination{}, phone.Refuse(phone.ReasonBadTarget, cleanText(to))
		}
		if u.server != nil {
			if network, addr, ok := u.server.flow(to); ok {
				return destination{uri: uri, hops: []hop{{network: network, addr: addr}}}, nil
			}
		}
		hops, err := u.hopsForURI(ctx, a, uri)
		return destination{uri: uri, hops: hops}, err
	}
	domain := ""
	var conf phone.Account
	if a != nil {
		conf = a.account()
		domain = conf.Domain
	}
	uri, err := targetURI(target, domain)
	if err != nil {
		return destination{}, err
	}
	d := destination{uri: uri}
	if a == nil || conf.Proxy == "" && !sameHost(uri, conf) {
		d.hops, err = u.hopsForURI(ctx, a, uri)
		for i := range d.hops { // the account's PBX by another name is still no reason to hand out its password
			d.hops[i].own = false
		}
		return d, err
	}
	d.own = true
	a.mu.Lock()
	d.routes = append([]string{}, a.routes...)
	a.mu.Unlock()
	if route := proxyRoute(conf); route != "" {
		d.routes = append([]string{route}, d.routes...)
	}
	d.hops, err = a.hops(ctx)
	if uri.Scheme == "sips" && !a.secure() { // RFC 3261 26.2.2: over TLS on every hop
		d.hops = slices.DeleteFunc(d.hops, func(h hop) bool { return h.network != "TLS" })
		if err == nil && len(d.hops) == 0 {
			err = phone.Refuse(phone.ReasonNoNetwork, "sips")
		}
	}
	return d, err
}

// sameHost reports whether a URI is in the account's domain.
func sameHost(uri sip.Uri, conf phone.Account) bool {
	if !strings.EqualFold(uri.Host, conf.Host()) {
		return false
	}
	_, port, err := splitHostPort(conf.Domain)
	return err == nil && (uri.Port == port || uri.Port == 0 || port == 0 && (uri.Port == 5060 || uri.Port == 5061))
}

// hopsForCall is the way of a call, for LocalAddr.
func (u *UA) hopsForCall(ctx context.Context, a *account, target, to string) ([]hop, error) {
	if target == "" && a != nil {
		return a.hops(ctx)
	}
	d, err := u.destine(ctx, a, target, to)
	if err != nil {
		return nil, fmt.Errorf("find the way to the target: %w", err)
	}
	return d.hops, nil
}
