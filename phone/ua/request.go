package ua

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// hop is where a request goes next.
type hop struct {
	network string // "UDP", "TCP" or "TLS"
	addr    netip.AddrPort
	own     bool // belongs to the account: its proxy, its domain, or the flow it registered by. Only these get credentials

	// Of TLS: the host that was asked for, which the certificate has to name, and the account on whose behalf, whose demands
	// it has to meet. Others do not share the connection.
	name  string
	owner phone.AccountID
}

// flow is what tells the connection to a hop from others.
func (h hop) flow() hop {
	h.own = false
	if h.network != "TLS" {
		h.name, h.owner = "", ""
	}
	return h
}

// sending is how a request is sent. Only hops and cseq are mandatory.
type sending struct {
	hops     []hop
	account  *account
	cseq     func() uint32       // called with order held
	turn     *turn               // its place among the dialog's requests; may be nil
	order    sync.Locker         // held from cseq until the request is out; may be nil
	contact  func(hop) string    // Contact for a hop; nil: none
	onSent   func(*sip.Request)  // each time it goes out anew: for CANCEL and ACK
	on1xx    func(*sip.Response) // provisional responses, 100 included
	on2xx    func(*sip.Response) // further 2xx to an INVITE: retransmissions and forks
	undo     func(result)        // takes back an INVITE that may have been heard, and whose answer we cannot hear. May be nil
	ready    func() bool         // waits until a try may go out; false: it is not wanted any more. May be nil
	stopped  func() bool         // no more tries: the next final response is the result
	patience time.Duration       // with a target that says nothing; 0 means 64*T1
	outlives bool                // the connection it goes by, see again.go: for requests within a dialog
}

// result is what became of a request.
type result struct {
	res *sip.Response // the final response; nil with an error
	req *sip.Request  // as it was last sent
	hop hop           // where to
	err error         // *phone.Error

	sent  bool // it went out
	heard bool // there was a provisional response
}

// maxChallenges ends a loop of challenges.
const maxChallenges = 3

// send sends a request through challenges and targets until there is a final response (RFC 3261 8.1.3, 22.2; RFC 3263
// 4.3). template has no Via and no Contact; it is not changed.
func (u *UA) send(ctx context.Context, template *sip.Request, s sending) result {
	hops := u.aliveFirst(s.hops)
	creds := newCredentials(s.account)
	for round := 0; ; round++ {
		r := u.tryHops(ctx, template, hops, s, creds)
		if r.err != nil || r.res.StatusCode != 401 && r.res.StatusCode != 407 {
			if r.err == nil && r.res.IsSuccess() {
				creds.accepted()
			}
			return r
		}
		if round >= maxChallenges || s.stopped != nil && s.stopped() || !r.hop.own || !creds.take(r.res) {
			return r
		}
		// The one who asked gets the answer (its nonce is good there only); the others stay as a reserve.
		hops = append([]hop{r.hop}, slices.DeleteFunc(slices.Clone(hops), func(h hop) bool { return h == r.hop })...)
	}
}

// aliveFirst moves targets that did not answer lately to the end.
func (u *UA) aliveFirst(hops []hop) []hop {
	out := make([]hop, 0, len(hops))
	var dead []hop
	for _, h := range hops {
		if u.net.isDead(h.addr) {
			dead = append(dead, h)
		} else {
			out = append(out, h)
		}
	}
	return append(out, dead...)
}

// tryHops tries one target after the other. A 503 is a reason to try the next as silence is (RFC 3263 4.3).
func (u *UA) tryHops(ctx context.Context, template *sip.Request, hops []hop, s sending, creds *credentials) result {
	r := result{err: phone.Refuse(phone.ReasonUnknownHost, "")}
	var refused error // a target's certificate was: that says more than the silence of those after it
	for i, h := range hops {
		last := i == len(hops)-1
		streams := u.net.streams(h)
		reused := streams != nil && streams.has(h)
		r = u.attempt(ctx, template, h, s, creds, last)
		if s.outlives {
			r = u.again(ctx, template, h, s, creds, last, r)
		} else if template.Method == sip.INVITE && unanswered(r) {
			r = u.callAgain(ctx, template, h, s, creds, last, r)
		} else if r.err != nil && reused && !r.heard && ctx.Err() == nil && phone.ReasonOf(r.err).ID == phone.ReasonNoNetwork {
			r = u.attempt(ctx, template, h, s, creds, last) // the connection had died unnoticed
		}
		if r.err == nil {
			u.net.markAlive(h.addr)
			if r.res.StatusCode != 503 || last {
				return r
			}
			u.net.markDead(h.addr)
			continue
		}
		if ctx.Err() != nil || s.stopped != nil && s.stopped() || phone.ReasonOf(r.err).ID == phone.ReasonCancelled {
			return r
		}
		u.net.markDead(h.addr)
		if why := phone.ReasonOf(r.err); why.ID == phone.ReasonCertificate {
			refused = r.err
		}
		u.log.Info("target does not answer", "method", template.Method, "target", h.addr, "transport", h.network, "why", r.err)
	}
	if r.err != nil && refused != nil {
		r.err = refused
	}
	return r
}

// attempt sends the request to one target.
func (u *UA) attempt(ctx context.Context, template *sip.Request, h hop, s sending, creds *credentials, last bool) result {
	r, tx := u.depart(ctx, template, h, s, creds)
	if errors.Is(r.err, errNoConnection) && ctx.Err() == nil { // it has ended since it was found: there will be another
		r, tx = u.depart(ctx, template, h, s, creds)
	}
	if r.err != nil {
		r.err = sendError(r.err)
		return r
	}
	r.sent = true
	told := s.on1xx
	s.on1xx = func(res *sip.Response) {
		r.heard = true
		if told != nil {
			told(res)
		}
	}
	r.res, r.err = u.await(ctx, tx, r.hop, s, last)
	return r
}

// depart addresses a request to a target and sends it.
func (u *UA) depart(ctx context.Context, template *sip.Request, h hop, s sending, creds *credentials) (result, *sip.ClientTx) {
	req := template.Clone()
	req.SetSource("")
	if s.ready != nil && !s.ready() {
		return result{req: req, hop: h, err: phone.Refuse(phone.ReasonCancelled, "")}, nil
	}
	if h.own {
		for _, a := range creds.headers(req) {
			req.AppendHeader(a)
		}
	}
	if err := u.address(ctx, req, &h, s); err != nil {
		return result{req: req, hop: h, err: err}, nil
	}
	tx, err := u.begin(ctx, req, s)
	return result{req: req, hop: h, err: err}, tx
}

// begin numbers the request and puts it on the wire.
func (u *UA) begin(ctx context.Context, req *sip.Request, s sending) (*sip.ClientTx, error) {
	s.turn.wait(ctx, 2*u.clock.t1)
	defer s.turn.done()
	if s.order != nil {
		s.order.Lock()
		defer s.order.Unlock()
	}
	if s.stopped != nil && s.stopped() {
		return nil, phone.Refuse(phone.ReasonCancelled, "")
	}
	req.CSeq().SeqNo = s.cseq()
	return u.net.begin(ctx, req, func(tx *sip.ClientTx) {
		if s.on2xx != nil {
			tx.OnRetransmission(s.on2xx)
		}
		if s.onSent != nil {
			s.onSent(req)
		}
	})
}

// address writes Via and Contact for a target, connects where needed, and moves large requests to TCP (RFC 3261 18.1.1).
func (u *UA) address(ctx context.Context, req *sip.Request, h *hop, s sending) error {
	if h.network == "TLS" {
		return u.addressTLS(ctx, req, *h, s)
	}
	if s.account.secure() {
		return inClear(*h)
	}
	local, err := u.net.localAddr(h.addr.Addr())
	if err != nil {
		return sendError(err)
	}
	via := newVia(h.network, local, u.net.port)
	req.PrependHeader(via)
	const contactRoom = 100
	forced := s.account != nil && s.account.account().Transport == phone.TransportUDP
	if h.network == "UDP" && !forced && len(req.String())+contactRoom > 1300 && u.net.speaksTCP(ctx, h.addr, u.clock.connect/2) {
		h.network, via.Transport = "TCP", "TCP"
	} // else it goes as fragments: better than not at all
	if s.contact != nil {
		req.AppendHeader(sip.NewHeader("Contact", s.contact(*h)))
	}
	req.SetTransport(h.network)
	req.SetDestination(h.addr.String())
	if h.network == "TCP" {
		if _, err := u.net.tcp.connect(ctx, *h, u.clock.connect); err != nil {
			return sendError(err)
		}
		return nil
	}
	socket := u.net.udpFor(h.addr.Addr())
	if socket == nil {
		return phone.Refuse(phone.ReasonNoNetwork, h.addr.String())
	}
	req.Laddr = socket.key
	return nil
}

// addressTLS is address for TLS. The connection comes first: our address in Via and Contact is our end of it, where a
// server that wants to reach us finds it, as nobody can connect to us.
func (u *UA) addressTLS(ctx context.Context, req *sip.Request, h hop, s sending) error {
	c, err := u.net.tls.connect(ctx, h, u.clock.connect)
	if err != nil {
		return sendError(err)
	}
	req.PrependHeader(newVia("TLS", c.local.Addr(), int(c.local.Port())))
	if s.contact != nil {
		req.AppendHeader(sip.NewHeader("Contact", s.contact(h)))
	}
	req.SetTransport("TLS")
	req.SetDestination(h.addr.String())
	req.Laddr = c.laddr()
	return nil
}

func newVia(network string, local netip.Addr, port int) *sip.ViaHeader {
	via := &sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: network, Host: local.WithZone("").String(), Port: port}
	via.Params.Add("branch", sip.RFC3261BranchMagicCookie+rand.Text())
	via.Params.Add("rport", "")
	return via
}

// await reads a transaction to its final response. A target that says nothing for too long is given up: at once when
// its machine says that nobody listens, soon when there is another target, else after s.patience or 64*T1.
func (u *UA) await(ctx context.Context, tx *sip.ClientTx, h hop, s sending, last bool) (*sip.Response, error) {
	patience := s.patience
	if patience == 0 {
		patience = u.clock.giveUp
	}
	if !last {
		patience = min(patience, u.clock.failover)
	}
	silence := time.NewTimer(patience)
	defer silence.Stop()
	probeAt := time.NewTimer(u.clock.probe)
	defer probeAt.Stop()
	if h.network != "UDP" {
		probeAt.Stop()
	}
	probed := make(chan error, 1)
	probing, stopProbing := context.WithCancel(ctx)
	defer stopProbing()
	for {
		select {
		case res := <-tx.Responses():
			silence.Stop()
			probeAt.Stop()
			stopProbing()
			if !res.IsProvisional() {
				return res, nil
			}
			if s.on1xx != nil {
				s.on1xx(res)
			}
			if tx.Origin().Method != sip.INVITE { // RFC 3261 17.1.2: timer F runs on after a provisional
				silence.Reset(u.clock.giveUp)
			}
		case <-tx.Done():
			return nil, sendError(cmp.Or(tx.Err(), sip.ErrTransactionTerminated)) // who terminates it says why a moment later
		case <-silence.C:
			tx.Terminate()
			return nil, phone.Refuse(phone.ReasonNoReply, h.addr.String())
		case <-probeAt.C:
			u.group.Go(func() {
				if err := u.net.probe(probing, h.addr, u.clock.t1*2); err != nil {
					probed <- err
				}
			})
		case err := <-probed:
			tx.Terminate()
			return nil, sendError(err)
		case <-ctx.Done():
			tx.Terminate()
			return nil, phone.Refuse(phone.ReasonShutdown, "")
		}
	}
}

// write sends a message outside any transaction: an ACK for a 2xx (RFC 3261 13.2.2.4), again and again if need be.
func (u *UA) write(req *sip.Request) error {
	return sendError(u.net.layer.WriteMsg(req))
}

// sendError makes a reason from what the network said. It keeps an error that has one.
func sendError(err error) error {
	if err == nil {
		return nil
	}
	var pe *phone.Error
	var ne net.Error
	switch {
	case errors.As(err, &pe):
		return pe
	case isRefused(err):
		return phone.Refuse(phone.ReasonRefused, err.Error())
	case errors.Is(err, sip.ErrTransactionTimeout), errors.Is(err, context.DeadlineExceeded):
		return phone.Refuse(phone.ReasonNoReply, err.Error())
	case errors.Is(err, context.Canceled), errors.Is(err, sip.ErrTransactionTerminated), errors.Is(err, sip.ErrTransactionCanceled):
		return phone.Refuse(phone.ReasonShutdown, err.Error())
	case errors.As(err, &ne) && ne.Timeout():
		return phone.Refuse(phone.ReasonNoReply, err.Error())
	}
	return phone.Refuse(phone.ReasonNoNetwork, err.Error())
}
