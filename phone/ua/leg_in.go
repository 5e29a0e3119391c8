package ua

import (
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// incoming is what an incoming leg knows before it is answered.
type incoming struct {
	req     *sip.Request
	tx      *sip.ServerTx
	offered bool    // the INVITE had an offer; else ours goes in the 2xx
	asked   sip.Uri // the Request-URI; never changes
	via     hop     // what it came by
	user    string
	ring    Ring // the last provisional
	rung    bool

	reliable reliably
	adrift   adrift
}

// inviteDead: the INVITE's transaction has ended.
type inviteDead struct{ tx *sip.ServerTx }

// ringAgain repeats a provisional so that proxies do not give up (RFC 3261 13.3.1.1).
const ringAgain = time.Minute

// startIncoming begins an incoming leg: tell it and wait for what our user does.
func (u *UA) startIncoming(l *leg, user string, source netip.AddrPort, replaces LegID) {
	in := l.incoming
	in.user = user
	l.watchInvite(in.req, in.tx)
	l.start(func() state {
		v := Incoming{
			Leg: l.id, User: user, Target: unescapeURI(in.req.Recipient.User), SDP: sdpOf(in.req), Source: source,
			Headers: passedHeaders(in.req), CallID: in.req.CallID().Value(), Own: l.acct != nil, Replaces: replaces,
			Contact: l.dialog.target.String(), Transport: l.transport,
		}
		if l.acct != nil {
			v.Account = l.acct.id
			v.Diverted = diverted(in.req)
		}
		v.From, v.Asserted = whoCalls(in.req, l.acct != nil)
		to := in.req.To()
		v.To = nameAddr{name: unescape(to.DisplayName), uri: to.Address.String()}.party()
		v.Local, _ = u.net.localAddr(source.Addr())
		l.emit(v)
		return stateRinging
	})
}

// watchInvite tells the leg what its INVITE's transaction hears.
func (l *leg) watchInvite(req *sip.Request, tx *sip.ServerTx) {
	if !tx.OnCancel(func(req *sip.Request) { l.box.put(cancelled{req}) }) {
		l.box.put(cancelled{req})
	}
	// An ACK for our 2xx that repeats the INVITE's branch comes by way of its transaction (RFC 2543 habits).
	l.u.group.Go(func() {
		for {
			select {
			case ack := <-tx.Acks():
				l.box.put(ackIn{ack})
			case <-tx.Done():
				l.box.put(inviteDead{tx})
				return
			}
		}
	})
}

// stateRinging: an INVITE waits for our answer (RFC 3261 13.3.1).
func stateRinging(l *leg, in any) state {
	inc := l.incoming
	switch in := in.(type) {
	case Ring:
		inc.ring, inc.rung = in, true
		l.ring()
	case legTimer:
		switch in.kind {
		case timerRing:
			l.ring()
		case timerReliable:
			l.repeatProvisional()
		case timerNoPRACK:
			return l.noPRACK()
		case timerAdrift: // whoever called has found another way by now, or has given up
			return l.lost(phone.Reason{ID: phone.ReasonLost})
		default:
			l.driftTimer(in.kind)
		}
	case Answer:
		return l.accept(in.SDP, in.Identity)
	case Reject:
		code := in.Code
		if code < 300 || code > 699 {
			code = 603
		}
		l.refuseInvite(code, in.Reason, l.elsewhere(code, in.Contact, in.Why)...)
		l.end(phone.Reason{ID: phone.ReasonDeclined, Code: code}, false)
		return nil
	case Hangup:
		l.refuseInvite(603, "", causeHeader(in.Cause, "")...)
		l.end(phone.Reason{ID: phone.ReasonDeclined, Code: 603}, false)
		return nil
	case shutdown:
		l.refuseInvite(480, "")
		l.end(phone.Reason{ID: phone.ReasonShutdown}, false)
		return nil
	case inviteDead:
		if in.tx != inc.tx {
			return stateRinging
		}
		if !inc.lost() {
			return l.lost(phone.Reason{ID: phone.ReasonLost})
		}
		l.goAdrift()
	case inviteAgain:
		if l.adopt(in) && inc.rung {
			l.ring()
		}
	case carried:
		l.hasCarried(in)
	case cancelled: // sipgo has answered it and the INVITE
		l.end(l.cancelReason(in.req), true)
		return nil
	case Info:
		l.info(in)
	case replied:
		if in.method == sip.OPTIONS && code(in.result) == 481 { // of probe: the caller has given up, which did not reach us
			return l.lost(phone.Reason{ID: phone.ReasonMissed, Code: 481})
		}
		l.infoDone(in)
	case Offer:
		l.offer.next = in.SDP
	case requestIn:
		return l.ringingRequest(in)
	case rebound:
		if inc.rung {
			l.ring() // says where we are
		}
		if in.moved {
			l.emit(OfferNeeded{Leg: l.id, Moved: true}) // what will be answered has to say so too
		}
	case referTo:
		l.referRefused(phone.Reason{ID: phone.ReasonWrongState})
	}
	return stateRinging
}

// cancelReason is why a caller took back an INVITE: somebody else answered (RFC 3326), or they gave up. Who answered is
// the exchange's to say, not a stranger's.
func (l *leg) cancelReason(req *sip.Request) phone.Reason {
	sipCause, text, q850 := reasonHeader(req)
	if sipCause == 200 || sipCause == 0 && q850 == 26 { // Q.850 26: non-selected user clearing
		by := ""
		if m := elsewhereBy.FindStringSubmatch(cleanText(text)); m != nil && l.acct != nil {
			by = strings.TrimSpace(m[1])
		}
		return phone.Reason{ID: phone.ReasonElsewhere, Text: by}
	}
	return phone.Reason{ID: phone.ReasonMissed, Code: 487}
}

// ring sends 180, or 183 with a session description.
func (l *leg) ring() {
	inc := l.incoming
	code := 180
	if len(inc.ring.SDP) > 0 {
		code = 183
	}
	l.after(timerRing, ringAgain)
	if inc.reliable.required && !inc.offered { // RFC 3261 13.2.1: it would have to carry the offer that the answer is to have
		return
	}
	l.provide(l.u.response(inc.req, code, "", inc.ring.SDP, append(l.inviteHeaders(), identity(inc.ring.Identity)...)...))
}

func (l *leg) inviteHeaders() []sip.Header {
	return append([]sip.Header{sip.NewHeader("Contact", l.contact(l.dialog.via))}, abilities()...)
}

// elsewhere is where a 3xx sends the caller, at the account's domain when it is a number, and who does it and why.
func (l *leg) elsewhere(code int, target, why string) []sip.Header {
	if code >= 400 || target == "" {
		return nil
	}
	domain := l.dialog.local.Host
	if l.acct != nil {
		domain = l.acct.account().Domain
	}
	uri, err := targetURI(target, domain)
	if err != nil {
		l.u.log.Info("no address to send the caller to", "leg", l.id, "err", err)
		return nil
	}
	headers := []sip.Header{sip.NewHeader("Contact", "<"+uri.String()+">")}
	if l.acct != nil && why != "" && validHeader(Header{"Diversion", why}) {
		headers = append(headers, sip.NewHeader("Diversion", "<"+l.acct.account().AddressOfRecord()+">;reason="+why))
	}
	return headers
}

func (l *leg) refuseInvite(code int, phrase string, headers ...sip.Header) {
	l.stop(timerRing)
	if err := l.respondInvite(l.u.response(l.incoming.req, code, cleanText(phrase), nil, headers...)); err != nil {
		l.u.log.Debug("refusal not sent", "leg", l.id, "err", err)
	}
}

// accept sends the 2xx (RFC 3261 13.3.1.4).
func (l *leg) accept(sdp []byte, who *phone.Party) state {
	l.stop(timerRing)
	inc := l.incoming
	if r := &inc.reliable; r.waiting != nil && len(r.waiting.Body()) > 0 { // RFC 3262 3
		r.answer = func(l *leg) state { return l.accept(sdp, who) }
		return stateRinging
	}
	l.stop(timerReliable)
	l.stop(timerNoPRACK)
	l.stop(timerAdrift)
	l.stop(timerProbe)
	l.stop(timerCarry)
	headers := append(append(l.inviteHeaders(), identity(who)...), l.sessionAnswer(inc.req, true)...)
	res := l.u.response(inc.req, 200, "", sdp, headers...)
	l.confirmed = true
	l.publish()
	if err := l.respondInvite(res); err != nil {
		// A CANCEL was quicker.
		for {
			item, ok, _ := l.box.take()
			if !ok {
				break
			}
			if c, isCancel := item.(cancelled); isCancel {
				l.end(l.cancelReason(c.req), true)
				return nil
			}
		}
		l.u.log.Info("call not answered", "leg", l.id, "err", err)
		l.end(phone.Reason{ID: phone.ReasonLost, Text: err.Error()}, true)
		return nil
	}
	l.send2xx(&sent2xx{
		req: inc.req, tx: inc.tx, res: res, lateOffer: !inc.offered, first: true,
		anew: func() *sip.Response { return l.u.response(inc.req, 200, "", sdp, headers...) },
	})
	return stateTalking
}

// ringingRequest deals with a request inside the early dialog.
func (l *leg) ringingRequest(in requestIn) state {
	if in.req.Method == sip.CANCEL {
		return l.cancelAdrift(in)
	}
	if !l.peers(in) {
		return stateRinging
	}
	switch in.req.Method {
	case sip.BYE: // the caller may end its early dialog so (RFC 3261 15)
		l.reply(in, 200, "")
		l.refuseInvite(487, "")
		l.end(phone.Reason{ID: phone.ReasonMissed, Code: 487}, true)
		return nil
	case sip.UPDATE:
		l.earlyUpdate(in, 500)
	case sip.PRACK:
		if l.pracked(in) {
			return l.afterPRACK()
		}
	default:
		l.plainRequest(in)
	}
	return stateRinging
}
