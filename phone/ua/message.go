package ua

import (
	"cmp"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// message sends a MESSAGE (RFC 3428 4). u.mu is held.
func (u *UA) message(a SendMessage) {
	acct := u.accounts[a.Account]
	kind := cmp.Or(a.ContentType, "text/plain;charset=utf-8")
	done := func(err error) {
		v := MessageDone{ID: a.ID}
		if err != nil {
			why := phone.ReasonOf(err)
			v.Reason = &why
		}
		u.emit(v)
	}
	switch {
	case a.Account != "" && acct == nil:
		done(phone.Refuse(phone.ReasonNoAccount, string(a.Account)))
		return
	case !isMediaType(kind):
		done(phone.Refuse(phone.ReasonInternal, "bad media type"))
		return
	}
	started := u.group.Go(func() {
		var req *sip.Request
		var hops []hop
		var err error
		if a.To != "" {
			req, hops, err = u.relayed(a)
		} else {
			req, hops, err = u.outside(u.life, sip.MESSAGE, acct, a.Target, aorOf(acct), newCallID(), newTag())
		}
		if err != nil {
			done(err)
			return
		}
		setBody(req, kind, a.Body)
		cseq := uint32(0)
		r := u.send(u.life, req, sending{hops: hops, account: acct, cseq: func() uint32 { cseq++; return cseq }})
		switch {
		case r.err != nil:
			done(r.err)
		case !r.res.IsSuccess():
			done(&phone.Error{Reason: messageReason(r.res)})
		default:
			done(nil)
		}
	})
	if !started {
		done(phone.Refuse(phone.ReasonShutdown, ""))
	}
}

// relayed makes a MESSAGE that a server sends to a phone on somebody's behalf.
func (u *UA) relayed(a SendMessage) (*sip.Request, []hop, error) {
	where, err := u.destine(u.life, nil, "", a.To)
	if err != nil {
		return nil, nil, err
	}
	if len(where.hops) == 0 || a.From == nil {
		return nil, nil, phone.Refuse(phone.ReasonBadTarget, cleanText(a.To))
	}
	host := "anonymous.invalid"
	if local, err := u.net.localAddr(where.hops[0].addr.Addr()); err == nil {
		host = local.WithZone("").String()
	}
	from := sip.Uri{Scheme: "sip", User: escapeUser(a.From.Number), Host: host}
	to := where.uri
	to.UriParams, to.Headers = nil, nil
	return u.newRequest(sip.MESSAGE, where.uri, from, quoteName(a.From.Name), newTag(), to, "", "", newCallID()), where.hops, nil
}

// messageReason is why a MESSAGE was refused.
func messageReason(res *sip.Response) phone.Reason {
	r := callReason(res, false)
	switch c := res.StatusCode; {
	case c == 405 || c == 406 || c == 415 || c == 420 || c == 488 || c == 501:
		r.ID = phone.ReasonNotSupported
	case c == 403 || c == 603:
		r.ID = phone.ReasonNotPermitted
	}
	return r
}
