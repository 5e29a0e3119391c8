package ua

import (
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// supportedExtensions are what a request may require of us: RFC 3262, 3891, 4028, 4488 and 4662. Bodies we read and methods we know are
// said in Accept and Allow.
var supportedExtensions = map[string]bool{"replaces": true, "norefersub": true, "100rel": true, "timer": true, eventList: true}

// supported is the same as a Supported header's value.
const supported = "replaces, norefersub, 100rel, timer"

// respond answers a request. An empty phrase is the usual one; the body is SDP. The Via, Record-Route and tag rules of
// RFC 3261 8.2.6 are sipgo's; the To tag is set on the request when it comes in.
func (u *UA) respond(tx *sip.ServerTx, req *sip.Request, code int, phrase string, headers ...sip.Header) error {
	return tx.Respond(u.response(req, code, phrase, nil, headers...))
}

func (u *UA) response(req *sip.Request, code int, phrase string, sdp []byte, headers ...sip.Header) *sip.Response {
	if phrase == "" {
		phrase = statusText(code)
	}
	res := sip.NewResponseFromRequest(req, code, phrase, nil)
	for _, h := range headers {
		res.AppendHeader(h)
	}
	res.AppendHeader(sip.NewHeader("Server", u.cfg.UserAgent))
	setBody(res, "application/sdp", sdp)
	return res
}

// abilities are the headers that say what we can do (RFC 3261 11.2, 13.3.1).
func abilities() []sip.Header {
	return []sip.Header{
		sip.NewHeader("Allow", allowed),
		sip.NewHeader("Accept", "application/sdp"),
		sip.NewHeader("Accept-Language", "sv, en"),
		sip.NewHeader("Supported", supported),
		sip.NewHeader("Allow-Events", "refer"),
	}
}

// receive is where every request comes in, on a goroutine of sipgo's. The filter has seen to it that Via, From, To,
// Call-ID and CSeq are there and make sense.
func (u *UA) receive(req *sip.Request, tx *sip.ServerTx) {
	if tag, ok := req.From().Params.Get("tag"); !ok || tag == "" {
		u.refuse(tx, req, 400, "From tag missing")
		return
	}
	toTag, inside := req.To().Params.Get("tag")
	switch {
	case req.Method == sip.ACK:
		u.receiveACK(req, tx, toTag)
		return
	case req.Method == sip.CANCEL: // one that matches the transaction of an INVITE never comes here
		u.receiveCancel(req, tx)
		return
	case req.Recipient.Scheme != "sip" && req.Recipient.Scheme != "tel" && (req.Recipient.Scheme != "sips" || req.Transport() != "TLS"):
		u.refuse(tx, req, 416, "")
		return
	}
	if missing := unsupported(req); missing != "" {
		u.respondTagged(tx, req, 420, "", sip.NewHeader("Unsupported", missing))
		return
	}
	if inside {
		u.receiveInside(req, tx, toTag)
		return
	}
	switch req.Method {
	case sip.INVITE:
		u.receiveInvite(req, tx)
	case sip.OPTIONS:
		u.receiveOptions(req, tx)
	case sip.REGISTER:
		if u.server != nil {
			req.To().Params.Add("tag", newTag())
			u.server.register(req, tx)
			return
		}
		u.notAllowed(req, tx)
	case sip.SUBSCRIBE:
		u.receiveSubscribe(req, tx)
	case sip.REFER:
		u.receiveRefer(req, tx)
	case sip.PUBLISH:
		u.receivePublish(req, tx)
	case sip.MESSAGE:
		u.receiveMessage(req, tx)
	case sip.BYE, sip.INFO, sip.UPDATE, sip.PRACK, sip.NOTIFY: // a NOTIFY that nobody subscribed to (RFC 6665 4.1.3)
		u.refuse(tx, req, 481, "")
	default:
		u.notAllowed(req, tx)
	}
}

// notAllowed answers methods we do not have: 405 for the known ones, 501 for others (RFC 3261 8.2.1, 21.5.2).
func (u *UA) notAllowed(req *sip.Request, tx *sip.ServerTx) {
	code := 501
	switch req.Method {
	case sip.REGISTER, sip.SUBSCRIBE, sip.NOTIFY, sip.REFER, sip.MESSAGE, sip.PRACK, sip.PUBLISH:
		code = 405
	}
	methods := allowed
	if u.server != nil {
		methods = allowedServer
	}
	u.respondTagged(tx, req, code, "", sip.NewHeader("Allow", methods))
}

func (u *UA) refuse(tx *sip.ServerTx, req *sip.Request, code int, phrase string) {
	u.respondTagged(tx, req, code, phrase)
}

// respondTagged answers a request outside a dialog.
func (u *UA) respondTagged(tx *sip.ServerTx, req *sip.Request, code int, phrase string, headers ...sip.Header) {
	if !req.To().Params.Has("tag") {
		req.To().Params.Add("tag", newTag())
	}
	if err := u.respond(tx, req, code, phrase, headers...); err != nil {
		u.log.Debug("response not sent", "method", req.Method, "code", code, "err", err)
	}
}

// unsupported lists what a request requires and we do not have (RFC 3261 8.2.2.3). ACK and CANCEL are exempt.
func unsupported(req *sip.Request) string {
	var missing []string
	for _, name := range []string{"Require", "Proxy-Require"} {
		for _, v := range headerValues(req, name) {
			if !supportedExtensions[strings.ToLower(v)] {
				missing = append(missing, v)
			}
		}
	}
	return strings.Join(missing, ", ")
}

// receiveACK passes the ACK for a 2xx on. It is a request of its own that nobody answers.
func (u *UA) receiveACK(req *sip.Request, tx *sip.ServerTx, toTag string) {
	tx.Terminate()
	if l := u.legOf(req, toTag); l != nil && !l.acct.clear(req) {
		l.box.put(ackIn{req})
	}
}

func (u *UA) legOf(req *sip.Request, toTag string) *leg {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.dialogs[dialogKey{req.CallID().Value(), toTag}]
}

// receiveInside passes a request inside a dialog to its leg, which checks the rest of the dialog's ID.
func (u *UA) receiveInside(req *sip.Request, tx *sip.ServerTx, toTag string) {
	l, s := u.legOf(req, toTag), u.usageOf(req, toTag)
	if l != nil && l.acct.clear(req) || s != nil && s.acct.clear(req) {
		u.log.Info("request in clear to a TLS account refused", "method", req.Method, "from", req.Source())
		u.refuse(tx, req, 403, "")
		return
	}
	if l != nil && l.box.put(requestIn{req, tx}) || s != nil && s.box.put(requestIn{req, tx}) {
		return
	}
	u.refuse(tx, req, 481, "")
}

func (u *UA) receiveOptions(req *sip.Request, tx *sip.ServerTx) {
	headers := abilities()
	if u.server != nil {
		headers[0] = sip.NewHeader("Allow", allowedServer)
	}
	u.respondTagged(tx, req, 200, "", headers...)
}

// receiveInvite begins an incoming leg (RFC 3261 8.2, 13.3).
func (u *UA) receiveInvite(req *sip.Request, tx *sip.ServerTx) {
	via := u.net.cameBy(req)
	if u.inviteAgain(req, tx, via) {
		return
	}
	// Every response of the transaction, also the 487 that sipgo makes for a CANCEL, carries this tag.
	localTag := newTag()
	req.To().Params.Add("tag", localTag)
	// 100 at once: the other side stops retransmitting.
	if err := tx.Respond(sip.NewResponseFromRequest(req, 100, statusText(100), nil)); err != nil {
		return
	}
	if !via.addr.IsValid() {
		u.refuse(tx, req, 400, "")
		return
	}
	source := via.addr
	if body := req.Body(); len(body) > 0 && !isSDP(req) {
		u.refuse415(req, tx)
		return
	}
	var user string
	acct := u.accountFor(req, via)
	switch {
	case u.server != nil:
		var ok bool
		if user, ok = u.server.authenticate(req, tx); !ok {
			return
		}
	case acct == nil && !u.direct.Load():
		// A ghost call: nobody we know (quality.md, hostile input 18).
		u.log.Info("INVITE from a stranger refused", "from", source)
		u.refuse(tx, req, 403, "")
		return
	}
	replaces, code := u.replaced(req, u.server != nil || acct != nil)
	if code != 0 {
		u.log.Info("INVITE with Replaces refused", "from", source, "code", code)
		u.refuse(tx, req, code, "")
		return
	}
	d, err := dialogFromRequest(req, localTag, via)
	if err != nil {
		u.refuse(tx, req, 400, "Contact missing")
		return
	}
	d.reuse = u.reuses(d)
	if u.cfg.Session.tooBrief(req) {
		u.respondTagged(tx, req, 422, "", u.cfg.Session.leastHeader())
		return
	}
	key := keyOf(req)

	u.mu.Lock()
	if u.closing {
		u.mu.Unlock()
		u.refuse(tx, req, 480, "")
		return
	}
	if u.invites[key] != nil {
		u.mu.Unlock()
		u.refuse(tx, req, 482, "") // the same call by another way (RFC 3261 8.2.2.2)
		return
	}
	l := u.newLeg(u.nextIncoming(), acct)
	l.invite = key
	l.dialog, l.transport = d, transportOf(via.network)
	l.incoming = &incoming{req: req, asked: req.Recipient, tx: tx, via: via, offered: len(req.Body()) > 0}
	l.incoming.reliable.required = tokens(req, "Require", "100rel")
	u.legs[l.id] = l
	u.invites[key] = l
	u.dialogs[dialogKey{d.callID, localTag}] = l
	u.mu.Unlock()
	u.startIncoming(l, user, source, replaces)
}

// reuses reports whether requests of a dialog go back the way it came: always on a server, whose phones sit behind NATs,
// and on a phone where a public proxy names a private Contact.
func (u *UA) reuses(d *dialog) bool {
	if u.server != nil {
		return true
	}
	target, err := netip.ParseAddr(d.target.Host)
	from := d.via.addr.Addr()
	return err == nil && target.IsPrivate() && from.IsValid() && !from.IsPrivate() && !from.IsLoopback()
}

// accountFor finds the account that an INVITE is for: one whose proxy sent it, by preference the one that is dialled.
func (u *UA) accountFor(req *sip.Request, from hop) *account {
	if u.server != nil {
		return nil
	}
	var first, byTo *account
	for _, a := range u.sortedAccounts() {
		if !a.sends(from) {
			continue
		}
		user := escapeUser(a.account().User)
		if strings.EqualFold(req.Recipient.User, user) {
			return a
		}
		if byTo == nil && strings.EqualFold(req.To().Address.User, user) {
			byTo = a
		}
		if first == nil {
			first = a
		}
	}
	if byTo != nil {
		return byTo
	}
	return first
}

func (u *UA) refuse415(req *sip.Request, tx *sip.ServerTx) {
	u.respondTagged(tx, req, 415, "", sip.NewHeader("Accept", "application/sdp"))
}

// isSDP reports whether the body is a plain session description.
func isSDP(m sip.Message) bool {
	ct, _, _ := strings.Cut(headerValue(m, "Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(ct), "application/sdp") && headerValue(m, "Content-Encoding") == ""
}

// sdpOf is the session description of a message, or nil.
func sdpOf(m sip.Message) []byte {
	if len(m.Body()) == 0 || !isSDP(m) {
		return nil
	}
	return m.Body()
}

// eventHeaders are the headers of an INVITE that mean something to the layers above.
var eventHeaders = []string{
	"Alert-Info", "Call-Info", "Diversion", "History-Info", "Replaces", "Referred-By", "Subject", "Answer-Mode", "Priority",
	"X-Auto-Answer", "Privacy", "P-Preferred-Identity", "P-Called-Party-ID", "X-Queue",
}

func passedHeaders(req *sip.Request) []Header {
	var out []Header
	for _, name := range eventHeaders {
		for _, h := range req.GetHeaders(name) {
			out = append(out, Header{name, h.Value()})
		}
	}
	return out
}

// whoCalls is the caller: From, and P-Asserted-Identity where the proxy is trusted to have set it (RFC 3325 5).
func whoCalls(req *sip.Request, trusted bool) (from phone.Party, asserted *phone.Party) {
	f := req.From()
	from = nameAddr{name: unescape(f.DisplayName), uri: f.Address.String()}.party()
	if trusted {
		asserted = partyOf(req, "P-Asserted-Identity")
	}
	return from, asserted
}
