package ua

import (
	"cmp"
	"log/slog"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone/ua/digest"
)

// ServerConfig makes the user agent a registrar and an authenticating server as well. With the values Incoming (which
// then names its authenticated User), Bound, Unbound, SubscribeAsked, PublishAsked and MessageReceived, the actions
// Invite{From, To}, AcceptSubscription, Notify and AcceptPublication, and UA.Bindings and UA.Dialog, a PBX needs nothing of SIP.
type ServerConfig struct {
	Realm      string                           // of digest authentication; default Domain
	Domain     string                           // shown in Contact-less answers and as default realm; requests to any host are served
	Password   func(user string) (string, bool) // the user's password, false for an unknown user; any goroutine
	Takes      func(target string) bool         // whether a MESSAGE to a target is taken, else 404; nil takes all; any goroutine
	MinExpires int                              // seconds; shorter bindings and subscriptions are refused with 423; default 1
	MaxExpires int                              // seconds; longer ones are shortened; default 3600
	Algorithms []string                         // of digest, the preferred first; default SHA-256, MD5
}

// server is the registrar's and authenticator's side of a user agent.
type server struct {
	u         *UA
	cfg       ServerConfig
	auth      *digest.Server
	registrar *registrar
	published *compositor
	log       *slog.Logger
}

func newServer(u *UA, cfg ServerConfig) (serverSide, error) {
	cfg.Domain = cmp.Or(cfg.Domain, "svara.invalid")
	cfg.Realm = cmp.Or(cfg.Realm, cfg.Domain)
	cfg.MinExpires = cmp.Or(cfg.MinExpires, 1)
	cfg.MaxExpires = max(cmp.Or(cfg.MaxExpires, 3600), cfg.MinExpires)
	if cfg.Password == nil {
		cfg.Password = func(string) (string, bool) { return "", false }
	}
	s := &server{u: u, cfg: cfg, auth: digest.NewServer(cfg.Realm, cfg.Password), log: u.log.With("side", "server")}
	if len(cfg.Algorithms) > 0 {
		s.auth.Algorithms = cfg.Algorithms
	}
	// With auth only: a phone that can do no better than RFC 2617 demands should still get in.
	s.auth.QOP = []string{"auth"}
	s.registrar = newRegistrar(time.Now, func(v Value) { u.emit(v) })
	s.published = newCompositor(u, cfg)
	return s, nil
}

// authenticate implements serverSide (RFC 3261 22.2). Everybody has to say who he is.
func (s *server) authenticate(req *sip.Request, tx *sip.ServerTx) (string, bool) {
	user, result := s.verify(req)
	switch result {
	case digest.OK:
		return user, true
	case digest.Malformed:
		s.answer(tx, req, 400)
	case digest.Denied:
		s.log.Info("request denied", "method", req.Method, "user", cleanText(req.From().Address.User), "from", req.Source())
		s.answer(tx, req, 403)
	default:
		s.challenge(tx, req, result)
	}
	return "", false
}

// verify judges the request's Authorization headers: the first for our realm counts.
func (s *server) verify(req *sip.Request) (user string, result digest.Result) {
	result = digest.Missing
	for _, h := range req.GetHeaders("Authorization") {
		if user, result = s.auth.Verify(h.Value(), string(req.Method), req.Body()); result != digest.Missing {
			break
		}
	}
	return user, result
}

// challenge answers 401, with stale when only the nonce was not good: the phone then need not ask its user.
func (s *server) challenge(tx *sip.ServerTx, req *sip.Request, result digest.Result) {
	var headers []Header
	for _, c := range s.auth.Challenge(result == digest.Stale || result == digest.Replayed) {
		headers = append(headers, Header{"WWW-Authenticate", c})
	}
	s.answer(tx, req, 401, headers...)
}

// register implements serverSide: RFC 3261 10.3.
func (s *server) register(req *sip.Request, tx *sip.ServerTx) {
	aor := userOf(req.To().Address)
	user, result := s.verify(req)
	switch result {
	case digest.OK:
	case digest.Malformed:
		s.answer(tx, req, 400)
		return
	case digest.Denied:
		code := 403
		if _, known := s.cfg.Password(aor); !known {
			code = 404
		}
		s.log.Info("registration denied", "user", cleanText(aor), "code", code, "from", req.Source())
		s.answer(tx, req, code)
		return
	default:
		s.challenge(tx, req, result)
		return
	}
	if user != aor { // step 4: one may change one's own bindings only
		s.log.Info("registration for another user denied", "user", cleanText(aor), "by", cleanText(user))
		s.answer(tx, req, 403)
		return
	}
	source, _ := netip.ParseAddrPort(req.Source())
	asked, code := readBindings(req, s.cfg.MinExpires, s.cfg.MaxExpires)
	if code == 0 && !s.registrar.update(user, asked, strings.ToUpper(req.Transport()), netip.AddrPortFrom(source.Addr().Unmap(), source.Port())) {
		code = 400 // an older REGISTER overtaken by a newer one (step 7)
	}
	switch code {
	case 0:
	case 423:
		s.answer(tx, req, code, Header{"Min-Expires", strconv.Itoa(s.cfg.MinExpires)})
		return
	default:
		s.answer(tx, req, code)
		return
	}
	headers := []Header{{"Date", time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05") + " GMT"}}
	for _, b := range s.registrar.bindings(user) {
		left := int(time.Until(b.Expires).Round(time.Second) / time.Second)
		headers = append(headers, Header{"Contact", "<" + b.Contact + ">;expires=" + strconv.Itoa(max(left, 1))})
	}
	s.answer(tx, req, 200, headers...)
}

// answer sends a final response.
func (s *server) answer(tx *sip.ServerTx, req *sip.Request, code int, headers ...Header) {
	res := sip.NewResponseFromRequest(req, code, statusText(code), nil)
	res.AppendHeader(sip.NewHeader("Server", s.u.cfg.UserAgent))
	for _, h := range headers {
		res.AppendHeader(sip.NewHeader(h.Name, h.Value))
	}
	if err := tx.Respond(res); err != nil {
		s.log.Debug("response not sent", "method", req.Method, "code", code, "err", err)
	}
}

// flow implements serverSide: a bound contact is reached by the way its REGISTER came (RFC 5626 5.3), which passes NATs
// and reuses TCP connections. When such a connection is gone the contact itself is tried.
func (s *server) flow(contact string) (network string, addr netip.AddrPort, ok bool) {
	b, ok := s.registrar.find(contact)
	if !ok || b.network == "TCP" && !s.u.net.tcp.has(hop{network: "TCP", addr: b.Source}) {
		return "", netip.AddrPort{}, false
	}
	return b.network, b.Source, true
}

func (s *server) close() {
	s.registrar.close()
	s.published.close()
}

// Bindings is where a user of the server side is registered now, the newest first. A phone has none.
func (u *UA) Bindings(user string) []Binding {
	s, ok := u.server.(*server)
	if !ok {
		return nil
	}
	return s.registrar.bindings(user)
}

// userOf is the user part of a SIP URI as text.
func userOf(uri sip.Uri) string { return unescapeURI(uri.User) }
