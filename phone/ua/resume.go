package ua

import (
	"context"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// A call of ours that rings outlives the connection its INVITE went by: the same INVITE goes out again by another one. To who
// still has its transaction it is a repetition, and the answer to it is the call's (RFC 3261 17.2.1); to who has forgotten it
// a call like any other. Who says nothing to it, or wants to know first who calls, gets a new call instead.

// maxResumes ends the patience with an exchange that closes the connection under every INVITE.
const maxResumes = 3

// connectionLost reports whether the connection that the INVITE went by has ended under it.
func (l *leg) connectionLost(r result) bool {
	return r.err != nil && phone.ReasonOf(r.err).ID == phone.ReasonNoNetwork && l.u.net.streams(l.outgoing.sent) != nil
}

// resume sends the INVITE again; inviteDone comes back. It reports whether it does.
func (l *leg) resume(lost inviteDone) bool {
	o := l.outgoing
	if o.current == nil || o.giveUp.Load() || o.resumed >= maxResumes {
		return false
	}
	o.resumed++
	l.u.log.Info("the connection of a call on its way is gone", "leg", l.id)
	ctx, abandon := l.cancellable()
	o.abandon = abandon
	again := repetition{invite: o.current, way: o.sent, target: o.target, to: o.to}
	return l.u.group.Go(func() {
		defer abandon()
		l.box.put(l.repeat(ctx, again, lost))
	})
}

// repetition is an INVITE that goes out again, and its way.
type repetition struct {
	invite     *sip.Request
	way        hop
	target, to string // of dial
}

// repeat tries until there is a connection, or patience ends. It runs on the INVITE's goroutine.
func (l *leg) repeat(ctx context.Context, again repetition, lost inviteDone) inviteDone {
	u := l.u
	patience, done := context.WithTimeout(ctx, u.clock.giveUp/2)
	defer done()
	for wait := u.clock.t1; patience.Err() == nil && !l.outgoing.giveUp.Load(); wait = min(2*wait, u.clock.t2) {
		if r, sent := l.repeatOnce(ctx, patience, again); sent {
			out := inviteDone{result: r, resumed: true}
			if r.err == nil && r.res.IsSuccess() {
				out.dialog = l.won(r)
			}
			return out
		}
		select {
		case <-time.After(wait):
		case <-patience.Done():
		}
	}
	lost.adrift = true
	return lost
}

// repeatOnce sends the INVITE as it was, if there is a connection, and waits for its end.
func (l *leg) repeatOnce(ctx, patience context.Context, again repetition) (result, bool) {
	u, hops := l.u, []hop{again.way}
	if u.server != nil { // a phone comes back by a connection of its own
		where, err := u.destine(patience, l.acct, again.target, again.to)
		if err != nil {
			return result{}, false
		}
		hops = where.hops
	}
	for _, h := range hops {
		streams := u.net.streams(h)
		if streams == nil {
			continue
		}
		c, err := streams.connect(patience, h, u.clock.connect)
		if err != nil {
			continue
		}
		req := again.invite.Clone()
		req.SetTransport(h.network)
		req.SetDestination(h.addr.String())
		if h.network == "TLS" {
			req.Laddr = c.laddr()
		}
		tx, err := u.net.begin(ctx, req, func(tx *sip.ClientTx) { tx.OnRetransmission(l.again2xx) })
		if err != nil {
			continue
		}
		r := result{req: req, hop: h}
		r.res, r.err = u.await(ctx, tx, h, sending{
			patience: 2 * u.clock.t1, // who has had it says so at once, as who hears it for the first time does
			on1xx:    func(res *sip.Response) { r.heard = true; l.box.put(provisional{res}) },
		}, true)
		if r.err == nil || r.heard || phone.ReasonOf(r.err).ID != phone.ReasonNoNetwork {
			return r, true
		}
	}
	return result{}, false
}

// placeAnew places a call anew that could not be resumed, and reports whether it does. Where it may have been answered or
// declined meanwhile the new one asks to take its place (RFC 3891): it then gets the call, or hears that it is over. Only what
// still rings is taken back.
func (l *leg) placeAnew(in inviteDone) bool {
	o := l.outgoing
	switch {
	case !in.resumed || o.giveUp.Load():
		return false
	case in.err != nil:
		if phone.ReasonOf(in.err).ID != phone.ReasonNoReply {
			return false
		}
	case in.res.StatusCode != 401 && in.res.StatusCode != 407 && in.res.StatusCode != 481 && in.res.StatusCode != 482:
		return false
	}
	d := o.anyEarly()
	if d == nil || o.a.Replaces != nil || o.before != nil {
		o.lost = &in
		l.again(o.a.SDP)
		return true
	}
	o.before = &Replaces{CallID: o.callID, ToTag: d.remoteTag, FromTag: o.tag}
	o.former = &repetition{invite: o.current, way: o.sent}
	l.redial()
	return true
}

// placed is the call as it is placed now.
func (l *leg) placed() Invite {
	a := l.outgoing.a
	if a.Replaces == nil {
		a.Replaces = l.outgoing.before
	}
	return a
}

// withoutBefore reports whether a call has to be placed without a word of the one before, which has not been answered. A 603
// says that that one is over (RFC 3891 3), and why is told by it.
func (l *leg) withoutBefore(res *sip.Response) bool {
	o := l.outgoing
	if o.before == nil || len(o.early) > 0 || res.StatusCode < 400 || res.StatusCode == 603 {
		return false
	}
	l.cancelBefore()
	o.before = nil
	return true
}

// cancelBefore takes back the call as it was placed first.
func (l *leg) cancelBefore() {
	if f := l.outgoing.former; f != nil {
		l.outgoing.former = nil
		l.cancelInvite(f.invite, f.way)
	}
}
