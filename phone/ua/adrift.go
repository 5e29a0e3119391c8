package ua

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// A call that rings here outlives the connection its INVITE came by. sipgo's transaction ends with the connection; the leg
// goes on without one: its responses go by the connection that takes the place of the lost one (RFC 3261 18.2.2), a CANCEL
// that comes by another one is matched here, and the caller's INVITE, should it come once more, becomes the leg's new
// transaction. A call that nobody makes any more is found out by asking within the early dialog.

// adrift is what an incoming leg knows while its INVITE has no connection. The leg's goroutine owns it.
type adrift struct {
	out     *sip.Response // the newest response that has not been sent; nil: none
	busy    bool          // one is on its way
	wait    time.Duration // before the next try
	reached bool          // one has been sent
}

// What an incoming leg is told besides.
type (
	// inviteAgain is its INVITE once more, in another transaction.
	inviteAgain struct {
		requestIn
		via hop
	}
	// carried is the end of an attempt to send a response by another connection.
	carried struct {
		res *sip.Response
		err error
	}
)

// keyOf names an INVITE, or the one that a CANCEL is for.
func keyOf(req *sip.Request) inviteKey {
	tag, _ := req.From().Params.Get("tag")
	return inviteKey{callID: req.CallID().Value(), fromTag: tag, cseq: req.CSeq().SeqNo}
}

func branchOf(req *sip.Request) string { return req.Via().Params.GetOr("branch", "") }

// receiveCancel passes on a CANCEL that no transaction has been found for: that of its INVITE may have ended with its
// connection (RFC 3261 9.2).
func (u *UA) receiveCancel(req *sip.Request, tx *sip.ServerTx) {
	u.mu.Lock()
	l := u.invites[keyOf(req)]
	u.mu.Unlock()
	if l == nil || l.acct.clear(req) || !l.box.put(requestIn{req, tx}) {
		u.refuse(tx, req, 481, "")
	}
}

// inviteAgain passes an INVITE that has come before to the leg it began, and reports whether that deals with it. Only the leg
// knows whether its transaction is still there. What was refused meanwhile is refused again.
func (u *UA) inviteAgain(req *sip.Request, tx *sip.ServerTx, via hop) bool {
	key := keyOf(req)
	u.mu.Lock()
	l, code := u.invites[key], u.refused[key]
	u.mu.Unlock()
	if code != 0 {
		u.refuse(tx, req, code, "")
		return true
	}
	if l == nil || !via.addr.IsValid() {
		return false
	}
	if u.server == nil && (u.accountFor(req, via) != l.acct || l.acct == nil && !u.direct.Load()) {
		return false
	}
	req.To().Params.Add("tag", l.dialog.localTag) // before anybody else sees the request; never changes
	if tx.Respond(sip.NewResponseFromRequest(req, 100, statusText(100), nil)) == nil && !l.box.put(inviteAgain{requestIn{req, tx}, via}) {
		u.refuse(tx, req, 482, "")
	}
	return true
}

// lost reports whether the INVITE's transaction has ended with its connection.
func (in *incoming) lost() bool {
	select {
	case <-in.tx.Done():
		return in.via.network != "UDP" && errors.Is(in.tx.Err(), sip.ErrTransactionTransport)
	default:
		return false
	}
}

// respondInvite answers the INVITE that began the leg, in its transaction or without.
func (l *leg) respondInvite(res *sip.Response) error {
	inc := l.incoming
	if !inc.lost() {
		if err := inc.tx.Respond(res); err == nil || !inc.lost() {
			return err
		}
	}
	if res.StatusCode >= 300 {
		l.refuseAdrift(res)
		return nil
	}
	inc.adrift.out = res
	l.carry()
	return nil
}

// goAdrift goes on without the connection.
func (l *leg) goAdrift() {
	l.u.log.Info("the connection of a call that rings is gone", "leg", l.id)
	l.after(timerAdrift, l.u.clock.giveUp)
	if l.incoming.rung {
		l.ring()
	}
}

// driftTimer deals with the timers of a leg without a connection.
func (l *leg) driftTimer(kind timerKind) {
	switch kind {
	case timerCarry:
		l.carry()
	case timerProbe:
		l.probe()
	}
}

// carry sends the newest response by another connection; carried comes back.
func (l *leg) carry() {
	a := &l.incoming.adrift
	if a.out == nil || a.busy {
		return
	}
	a.busy = true
	res, back := a.out, l.back()
	mine := res.Clone() // the leg may write another Contact into it
	l.u.group.Go(func() { l.box.put(carried{res, back(l.ctx, mine)}) })
}

// hasCarried goes on after an attempt to send a response.
func (l *leg) hasCarried(in carried) {
	inc := l.incoming
	a := &inc.adrift
	a.busy = false
	switch {
	case !inc.lost(): // there is a transaction again
		a.out = nil
	case a.out != in.res:
		l.carry()
	case in.err != nil:
		l.u.log.Debug("response not sent", "leg", l.id, "err", in.err)
		a.wait = min(max(2*a.wait, l.u.clock.t1), l.u.clock.t2)
		if !l.confirmed { // a 2xx is repeated anyway
			l.after(timerCarry, a.wait)
		}
	default:
		a.out, a.wait = nil, 0
		if l.confirmed {
			return
		}
		if !a.reached {
			a.reached = true
			l.after(timerAdrift, l.u.clock.adrift)
		}
		l.probe()
	}
}

// probe asks within the early dialog whether there is still a call (RFC 3261 12.2.1.2): replied comes back. The way back may
// lead to an exchange that has forgotten it.
func (l *leg) probe() {
	if !l.incoming.lost() {
		return
	}
	l.transact(l.dialog.request(l.u, sip.OPTIONS), func(s *sending) { s.patience = l.u.clock.giveUp / 4 })
	l.after(timerProbe, 16*l.u.clock.t1)
}

// lost ends a call that rings for nobody.
func (l *leg) lost(why phone.Reason) state {
	l.refuseInvite(480, "")
	l.end(why, true)
	return nil
}

// refuseAdrift refuses an INVITE that has no connection, and goes on trying when the leg is over.
func (l *leg) refuseAdrift(res *sip.Response) {
	u, key, back := l.u, l.invite, l.back()
	u.mu.Lock()
	u.refused[key] = res.StatusCode
	u.mu.Unlock()
	u.group.Go(func() {
		ctx, cancel := context.WithTimeout(u.life, u.clock.giveUp)
		defer cancel()
		for wait := u.clock.t1; back(ctx, res) != nil && ctx.Err() == nil; wait = min(2*wait, u.clock.t2) {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
			}
		}
		<-ctx.Done() // the INVITE may come again
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.refused, key)
	})
}

// back is how a response to the INVITE gets back without the connection it came by: by the one that has taken its place, else
// to where the sender takes connections. It may wait, and outlive the leg; any goroutine may use it.
func (l *leg) back() func(context.Context, *sip.Response) error {
	u, acct, via, user := l.u, l.acct, l.incoming.via, l.incoming.user
	sentBy := l.incoming.req.Via().Port
	if sentBy == 0 {
		sentBy = sip.DefaultPort(via.network)
	}
	return func(ctx context.Context, res *sip.Response) error {
		err := errNoConnection
		for _, h := range u.waysBack(acct, user, via, uint16(sentBy)) {
			var s *stream
			if s, err = u.net.streams(h).connect(ctx, h, u.clock.connect); err != nil {
				continue
			}
			if res.StatusCode < 300 && res.GetHeader("Contact") != nil { // where they find us is the connection's to say
				res = res.Clone()
				res.RemoveHeader("Contact")
				res.AppendHeader(sip.NewHeader("Contact", l.contact(h)))
			}
			if _, err = s.Write([]byte(res.String())); err == nil {
				return nil
			}
		}
		return err
	}
}

// waysBack is where the connections are that may take the place of a lost one (RFC 3261 18.2.2, RFC 5626 5.3).
func (u *UA) waysBack(acct *account, user string, via hop, sentBy uint16) []hop {
	var out []hop
	if acct != nil {
		if f := acct.currentFlow(); f.network == via.network && f.addr.Addr() == via.addr.Addr() {
			out = append(out, f.flow())
		}
	}
	if user != "" {
		for _, b := range u.Bindings(user) {
			if h := (hop{network: b.network, addr: b.Source}); b.network == "TCP" && u.net.tcp.has(h) {
				out = append(out, h)
			}
		}
	}
	if via.network == "TCP" {
		out = append(out, hop{network: "TCP", addr: netip.AddrPortFrom(via.addr.Addr(), sentBy)})
	}
	return append(out, via.flow()) // where it was we who had connected
}

// adopt makes an INVITE that has come again the one the leg answers, when the one before has lost its connection; else it
// is a merged request (RFC 3261 8.2.2.2). A server has asked only the first one who calls.
func (l *leg) adopt(in inviteAgain) bool {
	inc := l.incoming
	if inc == nil || !inc.lost() || l.u.server != nil && branchOf(in.req) != branchOf(inc.req) {
		l.reply(in.requestIn, 482, "")
		return false
	}
	l.u.log.Info("a call that rings has a connection again", "leg", l.id)
	inc.req, inc.tx, inc.via, inc.adrift = in.req, in.tx, in.via, adrift{busy: inc.adrift.busy}
	l.dialog.way.via, l.dialog.way.routes = in.via, recordRoutes(in.req)
	l.dialog.refresh(in.req)
	l.stop(timerAdrift)
	l.stop(timerCarry)
	l.stop(timerProbe)
	l.watchInvite(in.req, in.tx)
	return true
}

// adoptAnswered is adopt for a call that has been answered, and nobody has heard it.
func (l *leg) adoptAnswered(in inviteAgain) {
	s := l.sent2xx
	if s == nil || s.anew == nil {
		l.reply(in.requestIn, 482, "")
		return
	}
	if !l.adopt(in) {
		return
	}
	s.req, s.tx, s.res = in.req, in.tx, s.anew()
	s.res.RemoveHeader("Contact")
	s.res.AppendHeader(sip.NewHeader("Contact", l.contact(l.dialog.via)))
	if err := l.repeat2xx(s); err != nil {
		l.u.log.Debug("2xx not repeated", "leg", l.id, "err", err)
	}
}

// repeat2xx sends a 2xx once more.
func (l *leg) repeat2xx(s *sent2xx) error {
	if s.first {
		return l.respondInvite(s.res)
	}
	return s.tx.Respond(s.res)
}

// cancelAdrift deals with a CANCEL that came by another connection than its INVITE.
func (l *leg) cancelAdrift(in requestIn) state {
	if inc := l.incoming; !inc.lost() || branchOf(in.req) != branchOf(inc.req) {
		l.reply(in, 481, "")
		return stateRinging
	}
	l.reply(in, 200, "")
	l.refuseInvite(487, "")
	l.end(l.cancelReason(in.req), true)
	return nil
}
