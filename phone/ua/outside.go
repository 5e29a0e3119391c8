package ua

import (
	"context"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// aorOf is who sends requests for an account, or for nobody.
func aorOf(acct *account) string {
	if acct != nil {
		return acct.aor()
	}
	return "sip:svara@anonymous.invalid"
}

// outside makes a request outside a dialog without Via and Contact, and finds its way. as is an [aorOf].
func (u *UA) outside(ctx context.Context, method sip.RequestMethod, acct *account, target, as, callID, tag string) (*sip.Request, []hop, error) {
	where, err := u.destine(ctx, acct, target, "")
	if err != nil {
		return nil, nil, err
	}
	if len(where.hops) == 0 {
		return nil, nil, phone.Refuse(phone.ReasonUnknownHost, where.uri.Host)
	}
	from, err := parseURI(as)
	if err != nil {
		return nil, nil, phone.Refuse(phone.ReasonBadAccount, "user")
	}
	name := ""
	if acct != nil {
		name = quoteName(acct.account().DisplayName)
	}
	to := where.uri
	to.UriParams, to.Headers = nil, nil
	req := u.newRequest(method, where.uri, from, name, tag, to, "", "", callID)
	for _, r := range where.routes {
		req.AppendHeader(sip.NewHeader("Route", r))
	}
	return req, where.hops, nil
}

// backoff is the pause after so many failures in a row, in units that follow T1 (500 ms): 2 s, then twice as long up to 5
// minutes, with jitter.
func backoff(t1 time.Duration, failures int) time.Duration {
	d := 600 * t1
	if failures <= 8 {
		d = min(d, 4*t1<<max(failures-1, 0))
	}
	return jitter(d)
}
