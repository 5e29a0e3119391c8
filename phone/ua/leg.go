package ua

import (
	"context"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// leg is the SIP side of one call: one INVITE and the dialogs it makes. Its goroutine runs the FSM of leg_out.go and
// leg_in.go, which meet in leg_talk.go, and alone touches what is not said to be shared.
type leg struct {
	id     LegID // never changes
	u      *UA
	acct   *account      // nil: a direct call, or a server's
	box    *mailbox[any] // actions and what is below
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{} // closed when the goroutine has ended
	invite inviteKey     // of an incoming leg; never changes

	outgoing *outgoing // one of the two is set
	incoming *incoming
	dialog   *dialog // of an incoming leg from the start, of an outgoing one from the 2xx on
	told     bool    // Ended has been told

	transport phone.Transport             // how its messages travel, as told; see travels
	confirmed bool                        // the INVITE has had its 2xx
	facts     atomic.Pointer[dialogFacts] // shared: what other goroutines may know of its dialogs

	offer         offering       // the offer under way, see offer.go
	session       session        // see sessiontimer.go
	because       []sip.Header   // why we hang up, told in BYE
	sent2xx       *sent2xx       // a 2xx of ours that waits for its ACK
	heldBack      *requestIn     // a re-INVITE that overtook the ACK before it
	infos         []*sip.Request // INFOs waiting for the one before: digits keep their order
	infoBusy      bool
	leaving       bool   // BYE goes out as soon as the ACK has come (RFC 3261 15)
	cause         int    // Q.850, told in BYE and CANCEL; 0 none
	by            string // who has answered instead, told in CANCEL
	theirCause    int    // the same of the peer's BYE
	sent, sentWhy string // server: where a 3xx sent the call, and why
	closing       bool   // the user agent closes: nothing is waited for

	referrals []*referral // REFERs of ours, the newest last
	referNext *referral   // one that waits until our offer has been answered
	referred  *referred   // theirs

	timers map[timerKind]*legClock
}

// What a leg is told besides actions.
type (
	requestIn struct {
		req *sip.Request
		tx  *sip.ServerTx
	}
	ackIn     struct{ req *sip.Request }
	cancelled struct{ req *sip.Request }
	shutdown  struct{}
	legTimer  struct {
		kind timerKind
		gen  int
	}
	// replied is the end of a request inside the dialog.
	replied struct {
		method sip.RequestMethod
		result
	}
)

// timerKind names a timer of a leg.
type timerKind int

const (
	timerRing       timerKind = iota // repeat the provisional (RFC 3261 13.3.1.1)
	timerRetransmit                  // repeat the 2xx (RFC 3261 13.3.1.4)
	timerNoAck                       // 64*T1 without ACK
	timerGlare                       // offer again after 491 (RFC 3261 14.1)
	timerHeldBack                    // the overtaken ACK does not come
	timerCancel                      // 64*T1 after CANCEL without a final response (RFC 3261 9.1)
	timerRefer                       // REFER again after 491
	timerReferAsked                  // nobody has answered their REFER
	timerAfterwards                  // the call is over, what was referred goes on
	timerRefresh                     // the session is to be refreshed by us (RFC 4028)
	timerSession                     // it is over
	timerReliable                    // repeat a reliable provisional (RFC 3262 3)
	timerNoPRACK                     // 64*T1 without PRACK
	timerAdrift                      // the connection of the INVITE is lost, and no other one comes
	timerCarry                       // try again to send a response by another connection
	timerProbe                       // ask whether anybody still calls
)

type legClock struct {
	timer *time.Timer
	gen   int
}

// state is a state of the leg: it deals with one input and names the next state; nil is the end.
type state func(*leg, any) state

// newLeg makes a leg that does not run yet. u.mu need not be held.
func (u *UA) newLeg(id LegID, acct *account) *leg {
	ctx, cancel := context.WithCancel(context.Background())
	return &leg{
		id: id, u: u, acct: acct, box: newMailbox[any](), ctx: ctx, cancel: cancel, done: make(chan struct{}),
		timers: map[timerKind]*legClock{},
	}
}

// start runs the leg from a first state.
func (l *leg) start(begin func() state) {
	if !l.u.group.Go(func() { l.run(begin) }) {
		l.cancel()
		close(l.done)
	}
}

func (l *leg) run(begin func() state) {
	defer close(l.done)
	defer l.cancel()
	st := begin()
	l.publish()
	for st != nil {
		item, ok, _ := l.box.take()
		if ok {
			if t, isTimer := item.(legTimer); isTimer && (l.timers[t.kind] == nil || l.timers[t.kind].gen != t.gen) {
				continue // stopped after it had fired
			}
			st = st(l, item)
			l.settle()
			continue
		}
		select {
		case <-l.box.wake:
		case <-l.ctx.Done():
			st = nil
		}
	}
	for kind := range l.timers {
		l.stop(kind)
	}
	l.u.forget(l)
	l.end(phone.Reason{ID: phone.ReasonShutdown}, false)
	l.box.close()
	for { // requests that came too late for the leg
		item, ok, _ := l.box.take()
		if !ok {
			return
		}
		switch in := item.(type) {
		case requestIn:
			l.afterEnd(in)
		case inviteAgain:
			l.reply(in.requestIn, 482, "")
		}
	}
}

// settle is done after every input.
func (l *leg) settle() {
	l.publish()
	if r := l.referNext; r != nil && l.offer.phase != offerSent && l.offer.next == nil && !l.told {
		l.referNext = nil
		l.sendRefer(r)
	}
}

// afterEnd answers a request to a dialog that is over. A BYE that crossed ours has got what it wants.
func (l *leg) afterEnd(in requestIn) {
	code := 481
	if in.req.Method == sip.BYE {
		code = 200
	}
	l.reply(in, code, "")
}

// end tells Ended, once.
func (l *leg) end(why phone.Reason, byRemote bool) {
	if l.told {
		return
	}
	l.told = true
	l.publish()
	l.u.emit(Ended{Leg: l.id, Reason: why, ByRemote: byRemote, Cause: l.theirCause, Contact: l.sent, Why: l.sentWhy})
}

// emit tells a value of the leg, unless its end has been told.
func (l *leg) emit(v Value) {
	if !l.told {
		l.u.emit(v)
	}
}

// travels tells how a message of the leg has travelled, where that is news. What once went in clear has been overheard for
// good.
func (l *leg) travels(network string) {
	t := transportOf(network)
	if t == l.transport || t == "" || l.transport != "" && t == phone.TransportTLS {
		return
	}
	l.transport = t
	l.emit(Travels{Leg: l.id, Transport: t})
}

// after starts a timer of the leg anew.
func (l *leg) after(kind timerKind, d time.Duration) {
	l.stop(kind)
	c := l.timers[kind]
	gen := c.gen
	c.timer = time.AfterFunc(d, func() { l.box.put(legTimer{kind, gen}) })
}

func (l *leg) stop(kind timerKind) {
	c := l.timers[kind]
	if c == nil {
		c = &legClock{}
		l.timers[kind] = c
	}
	c.gen++
	if c.timer != nil {
		c.timer.Stop()
	}
}

// reply answers a request of the peer.
func (l *leg) reply(in requestIn, code int, phrase string, headers ...sip.Header) {
	if err := l.u.respond(in.tx, in.req, code, phrase, headers...); err != nil {
		l.u.log.Debug("response not sent", "leg", l.id, "method", in.req.Method, "code", code, "err", err)
	}
}

// contact is our Contact towards a hop, in angle brackets. Any goroutine may ask.
func (l *leg) contact(h hop) string {
	if l.acct != nil {
		return "<" + l.scheme(l.acct.contactURI(h)) + ">"
	}
	user := "svara"
	switch {
	case l.incoming != nil:
		user = l.incoming.asked.User
	case l.outgoing.a.From != nil && l.outgoing.a.From.Number != "":
		user = l.outgoing.a.From.Number
	}
	return "<" + l.scheme(l.u.contactURI(unescapeURI(user), h, netip.AddrPort{})) + ">"
}

// scheme makes our Contact a sips: URI where the call was asked for with one (RFC 3261 8.1.1.8, 12.1.1).
func (l *leg) scheme(contact string) string {
	if l.incoming != nil && l.incoming.asked.Scheme == "sips" || l.outgoing != nil && l.outgoing.sips.Load() {
		contact, _ = strings.CutSuffix(contact, ";transport=tls")
		return "sips" + strings.TrimPrefix(contact, "sip")
	}
	return contact
}

// transact sends a request inside the dialog and reports its end as replied.
func (l *leg) transact(req *sip.Request, more func(*sending)) {
	l.transactIn(l.dialog, req, more)
}

// transactIn is transact in an early dialog.
func (l *leg) transactIn(d *dialog, req *sip.Request, more func(*sending)) {
	way, u := d.way, l.u
	method, turn := req.Method, d.nextTurn()
	started := u.group.Go(func() {
		defer turn.done()
		hops, err := u.hopsFor(l.ctx, way, l.acct)
		if err != nil {
			l.box.put(replied{method, result{err: err}})
			return
		}
		s := sending{hops: hops, account: l.acct, cseq: d.nextCSeq, turn: turn, order: &d.order, outlives: method != sip.OPTIONS}
		if more != nil {
			more(&s)
		}
		l.box.put(replied{method, u.send(l.ctx, req, s)})
	})
	if !started {
		l.cancel()
	}
}

// bye sends BYE (RFC 3261 15.1.1) and ends up over when it is answered, in whatever way.
func (l *leg) bye() state {
	l.stop(timerGlare)
	l.stop(timerRefer)
	req := l.dialog.request(l.u, sip.BYE)
	appendAll(req, causeHeader(l.cause, ""))
	appendAll(req, l.because)
	l.stop(timerRefresh)
	l.stop(timerSession)
	l.transact(req, func(s *sending) { s.patience = l.u.clock.giveUp / 4 })
	return stateLeaving
}

// stateLeaving waits for the answer to our BYE. 401 and 407 have been dealt with; anything else ends the leg, also 481,
// 408 and silence (RFC 3261 15.1.1).
func stateLeaving(l *leg, in any) state {
	switch in := in.(type) {
	case replied:
		if in.method == sip.BYE {
			return l.afterwards()
		}
		l.referring(in)
	case requestIn:
		l.lateRequest(in)
	case shutdown:
		l.closing = true
	default:
		l.referring(in)
	}
	return stateLeaving
}
