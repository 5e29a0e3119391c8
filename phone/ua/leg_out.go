package ua

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// maxRedirects ends a chain of 3xx.
const maxRedirects = 5

// maxAhead bounds the requests kept for an answer that is on its way.
const maxAhead = 8

// outgoing is what an outgoing leg knows before it is answered.
type outgoing struct {
	a          Invite
	callID     string
	tag        string             // our From tag
	cseq       uint32             // of the last INVITE; by its goroutine, of which there is one at a time
	current    *sip.Request       // the INVITE under way
	sent       hop                // where current went
	heard      bool               // current has had a provisional response: it may be cancelled
	rang       bool               // 180 was among them
	early      map[string]*dialog // by remote tag
	target, to string             // of dial
	redirects  int
	tried      map[string]bool // Request-URIs
	sips       atomic.Bool     // the target is a sips: URI; shared with contact
	giveUp     atomic.Bool     // hung up: no more challenges and redirections; shared with send
	acks       acks            // shared with the INVITE's transaction
	ahead      []requestIn     // of who answered, and quicker than the word that they did

	// Another address or connection of ours before it is answered, see rebound.go and resume.go.
	abandon context.CancelFunc // gives up the INVITE under way
	adrift  bool               // the next offer places it anew
	anew    bool               // it is to be placed anew when the INVITE under way has ended
	lost    *inviteDone        // what became of that, while we wait for another address
	resumed int                // how often it has gone out again after its connection was lost
	before  *Replaces          // the call as it was placed first, whose answer we may have missed
	former  *repetition        // its INVITE, when it is still to be taken back
	rebound bool               // we are at the other end of another connection than the INVITE says
	cancels bool               // a CANCEL is on its way
	over    bool               // and the INVITE has ended without a word
}

// What an outgoing leg is told.
type (
	inviteSent struct {
		req *sip.Request
		hop hop
	}
	provisional struct{ res *sip.Response }
	inviteDone  struct {
		result
		dialog  *dialog // of a 2xx
		resumed bool    // it had gone out again, see resume.go
		adrift  bool    // there is no connection to be had
	}
	cancelDone struct{}
)

// startOutgoing begins an outgoing leg. u.mu is held.
func (u *UA) startOutgoing(a Invite, acct *account) *leg {
	l := u.newLeg(a.Leg, acct)
	l.outgoing = &outgoing{
		a: a, callID: newCallID(), tag: newTag(), early: map[string]*dialog{}, tried: map[string]bool{},
		acks: acks{byTag: map[string]*sip.Request{}},
	}
	u.dialogs[dialogKey{l.outgoing.callID, l.outgoing.tag}] = l
	l.start(func() state {
		if r := a.Replaces; r != nil && !r.valid() {
			l.end(phone.Reason{ID: phone.ReasonBadTarget, Text: "Replaces"}, false)
			return nil
		}
		if a.Account != "" && acct == nil {
			l.end(phone.Reason{ID: phone.ReasonNoAccount, Text: string(a.Account)}, false)
			return nil
		}
		if a.Identity != nil {
			if _, err := a.identityURI(l.domain()); err != nil { // better no call than one from the wrong number
				l.end(phone.Reason{ID: phone.ReasonBadTarget, Text: "identity"}, false)
				return nil
			}
		}
		l.dial(a.Target, a.To)
		return stateCalling
	})
	return l
}

// dial finds the way to a target and sends the INVITE; inviteDone comes back.
func (l *leg) dial(target, to string) {
	l.outgoing.current, l.outgoing.heard = nil, false
	l.outgoing.target, l.outgoing.to = target, to
	ctx, abandon := l.cancellable()
	l.outgoing.abandon = abandon
	started := l.u.group.Go(func() {
		defer abandon()
		where, err := l.u.destine(ctx, l.acct, target, to)
		if err == nil && len(where.hops) == 0 {
			err = phone.Refuse(phone.ReasonUnknownHost, where.uri.Host)
		}
		l.box.put(l.call(ctx, where, err))
	})
	if !started {
		l.cancel()
	}
}

// call sends the INVITE and waits for its end. It runs on the INVITE's goroutine.
func (l *leg) call(ctx context.Context, where destination, err error) inviteDone {
	if err != nil {
		return inviteDone{result: result{err: err}}
	}
	o := l.outgoing
	o.sips.Store(where.uri.Scheme == "sips")
	var way hop
	done := inviteDone{result: l.u.send(ctx, l.inviteRequest(where), sending{
		hops: where.hops, account: l.acct,
		cseq:    func() uint32 { o.cseq++; return o.cseq },
		contact: func(h hop) string { way = h; return l.contact(h) },
		onSent:  func(req *sip.Request) { l.box.put(inviteSent{req, way}) },
		on1xx:   func(res *sip.Response) { l.box.put(provisional{res}) },
		on2xx:   l.again2xx,
		undo:    l.undo,
		stopped: o.giveUp.Load,
	})}
	if done.err == nil && done.res.IsSuccess() {
		done.dialog = l.won(done.result)
	}
	return done
}

// inviteRequest makes the INVITE (RFC 3261 13.2.1).
func (l *leg) inviteRequest(where destination) *sip.Request {
	o := l.outgoing
	from, name := l.identity(where)
	to := where.uri
	to.UriParams, to.Headers = nil, nil
	req := l.u.newRequest(sip.INVITE, where.uri, from, name, o.tag, to, "", "", o.callID)
	for _, r := range where.routes {
		req.AppendHeader(sip.NewHeader("Route", r))
	}
	for _, h := range abilities() {
		if len(o.a.SDP) == 0 && h.Name() == "Supported" { // a reliable response would bring an offer that the PRACK had to answer
			h = sip.NewHeader("Supported", strings.Replace(supported, "100rel, ", "", 1))
		}
		req.AppendHeader(h)
	}
	appendAll(req, l.session.request(l.u.cfg.Session, true))
	appendAll(req, l.placed().replacing())
	appendAll(req, o.a.shown(where, l.domain()))
	for _, h := range o.a.Headers {
		if validHeader(h) {
			req.AppendHeader(sip.NewHeader(h.Name, h.Value))
		}
	}
	setBody(req, "application/sdp", o.a.SDP)
	return req
}

// identity is the From address: the caller a server names, nobody or another number where that is asked for, the
// account, or for a direct call nobody in particular.
func (l *leg) identity(where destination) (sip.Uri, string) {
	if a := l.outgoing.a; a.FromIdentity && a.Private {
		return sip.Uri{Scheme: "sip", User: "anonymous", Host: "anonymous.invalid"}, "Anonymous" // RFC 3323 4.1.1.3
	} else if a.FromIdentity && a.Identity != nil {
		if uri, err := a.identityURI(l.domain()); err == nil {
			return uri, quoteName(a.Identity.Name)
		}
	}
	if p := l.outgoing.a.From; p != nil {
		uri, err := parseURI(p.URI)
		if err == nil {
			uri.UriParams = nil
			return uri, quoteName(p.Name)
		}
		if p.Number != "" {
			return sip.Uri{Scheme: "sip", User: escapeUser(p.Number), Host: l.localHost(where)}, quoteName(p.Name)
		}
	}
	if l.acct != nil {
		conf := l.acct.account()
		if uri, err := parseURI("sip:" + conf.Domain); err == nil {
			uri.User = escapeUser(conf.User)
			return uri, quoteName(conf.DisplayName)
		}
	}
	return sip.Uri{Scheme: "sip", User: "svara", Host: l.localHost(where)}, ""
}

func (l *leg) localHost(where destination) string {
	if local, err := l.u.net.localAddr(where.hops[0].addr.Addr()); err == nil {
		return local.WithZone("").String()
	}
	return "anonymous.invalid"
}

// stateCalling: the INVITE is out (RFC 3261 13.2.2).
func stateCalling(l *leg, in any) state {
	o := l.outgoing
	switch in := in.(type) {
	case inviteSent:
		o.current, o.sent, o.heard = in.req, in.hop, false
		l.travels(in.hop.network)
	case provisional:
		l.heard(in.res)
	case inviteDone:
		if answered := in.err == nil && in.res.IsSuccess(); !answered && o.anew {
			l.redial()
			return stateCalling
		} else if !answered && (l.outlives(in) || l.placeAnew(in)) {
			return stateCalling
		} else if answered && o.anew { // it was quicker
			l.offer.next = o.a.SDP
		}
		return l.outcome(in)
	case Hangup:
		l.cause, l.by = in.Cause, in.By
		return l.giveUp(phone.ReasonCancelled)
	case shutdown:
		return l.giveUp(phone.ReasonShutdown)
	case Info:
		l.info(in)
	case rebound:
		if o.rebound = true; in.moved {
			l.moved()
		}
	case legTimer:
		if in.kind == timerAdrift && o.lost != nil {
			return l.outcome(*o.lost)
		}
	case Offer:
		if o.adrift {
			l.again(in.SDP)
			return stateCalling
		}
		l.offer.next = in.SDP // sent when the call is answered: an UPDATE needs a reliable answer first (RFC 3311 5.1)
	case replied:
		l.infoDone(in)
	case requestIn:
		// The ACK is sent on the INVITE's goroutine: what the peer sends next may be here before inviteDone.
		if tag, _ := in.req.From().Params.Get("tag"); o.acks.isWinner(tag) && len(o.ahead) < maxAhead {
			o.ahead = append(o.ahead, in)
			return stateCalling
		}
		l.earlyRequest(in, o.early)
	case referTo:
		l.referRefused(phone.Reason{ID: phone.ReasonWrongState})
	}
	return stateCalling
}

// heard deals with a provisional response (RFC 3261 13.2.2.1).
func (l *leg) heard(res *sip.Response) {
	o := l.outgoing
	o.heard = true
	if res.StatusCode == 100 {
		return
	}
	l.cancelBefore()
	o.rang = o.rang || res.StatusCode == 180
	tag, _ := res.To().Params.Get("tag")
	if tag != "" && o.early[tag] == nil && o.current != nil && len(o.early) < 50 {
		if d, err := dialogFromResponse(o.current, res, o.sent); err == nil {
			d.reuse = l.u.reuses(d)
			o.early[tag] = d
			l.publish()
		}
	}
	if !l.acknowledge(res, o.early[tag]) {
		return
	}
	v := Progress{Leg: l.id, Code: res.StatusCode, Text: cleanText(res.Reason), Tag: tag, SDP: sdpOf(res), CallID: o.callID}
	if l.acct == nil || o.sent.own { // asserted by nobody we trust otherwise (RFC 3325 5)
		if p := partyOf(res, "P-Asserted-Identity"); p != nil {
			v.Remote = *p
		}
	}
	l.emit(v)
}

// anyEarly is the early dialog to send to, when there is no doubt.
func (o *outgoing) anyEarly() *dialog {
	if len(o.early) != 1 {
		return nil
	}
	for _, d := range o.early {
		return d
	}
	return nil
}

// outcome deals with the final response (RFC 3261 13.2.2.2 to 13.2.2.4).
func (l *leg) outcome(in inviteDone) state {
	o := l.outgoing
	switch {
	case in.err != nil:
		l.end(phone.ReasonOf(in.err), false)
		return nil
	case in.res.IsSuccess():
		return l.answered(in)
	case l.session.raise(in.res), l.withoutBefore(in.res):
		l.dial(o.target, o.to)
		return stateCalling
	case in.res.IsRedirection():
		if uri := l.redirection(in.res); uri != "" {
			if l.u.server != nil { // who is called is the exchange's to say
				l.sentOn(uri, in.res)
				break
			}
			o.redirects++
			l.dial(uri, "")
			return stateCalling
		}
	}
	l.end(callReason(in.res, o.rang), true)
	return nil
}

// sentOn notes where a 3xx sends the call, and why.
func (l *leg) sentOn(uri string, res *sip.Response) {
	l.sent = uri
	if way := diversions(bounded(headerValues(res, "Diversion"))); len(way) > 0 {
		l.sentWhy = way[len(way)-1].Reason
	}
}

// redirection is the best Contact of a 3xx that has not been tried (RFC 3261 8.1.3.4), or empty.
func (l *leg) redirection(res *sip.Response) string {
	o := l.outgoing
	if o.redirects >= maxRedirects || res.StatusCode == 305 || res.StatusCode == 380 {
		return ""
	}
	if o.current != nil {
		o.tried[o.current.Recipient.String()] = true
	}
	type choice struct {
		uri string
		q   float64
	}
	var all []choice
	for _, v := range headerValues(res, "Contact") {
		a, err := parseNameAddr(v)
		if err != nil {
			continue
		}
		uri, err := parseURI(a.uri)
		if err != nil || uri.Scheme != "sip" && uri.Scheme != "sips" && uri.Scheme != "tel" || o.tried[uri.String()] {
			continue
		}
		q, err := strconv.ParseFloat(a.params.GetOr("q", "1"), 64)
		if err != nil {
			q = 1
		}
		all = append(all, choice{a.uri, q})
	}
	slices.SortStableFunc(all, func(a, b choice) int { return cmp.Compare(b.q, a.q) })
	if len(all) == 0 {
		return ""
	}
	return all[0].uri
}

// answered enters the dialog of the 2xx. Other early dialogs end (RFC 3261 13.2.2.4: a 2xx of theirs is refused).
func (l *leg) answered(in inviteDone) state {
	l.dialog, l.confirmed = in.dialog, true
	if e := l.outgoing.early[in.dialog.remoteTag]; e != nil { // numbering goes on (RFC 3261 12.1)
		e.order.Lock()
		l.dialog.cseq = max(l.dialog.cseq, e.cseq)
		e.order.Unlock()
		l.dialog.peerCSeq, l.dialog.peerCSeqKnown = e.peerCSeq, e.peerCSeqKnown
	}
	sdp := sdpOf(in.res)
	if len(l.outgoing.a.SDP) == 0 && len(sdp) > 0 {
		l.offer.phase = offerInAnswer
		l.offer.invite = in.req
	}
	l.session.answered(in.res)
	l.keepTime()
	l.publish()
	v := Answered{Leg: l.id, Tag: in.dialog.remoteTag, SDP: sdp, CallID: in.dialog.callID}
	if l.acct == nil || in.hop.own {
		if p := partyOf(in.res, "P-Asserted-Identity"); p != nil {
			v.Remote = *p
		}
	}
	l.emit(v)
	if len(l.outgoing.a.SDP) == 0 && len(sdp) == 0 { // neither had an offer: there is nothing to talk with
		l.end(phone.Reason{ID: phone.ReasonNoMedia}, false)
		return l.bye()
	}
	if l.outgoing.rebound {
		l.readdress(rebound{})
	}
	next := l.nextOffer(stateTalking)
	for _, in := range l.outgoing.ahead {
		if next == nil {
			l.reply(in, 481, "")
			continue
		}
		next = next(l, in)
	}
	l.outgoing.ahead = nil
	return next
}
