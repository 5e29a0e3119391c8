package ua

import (
	"strings"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// referTarget is what a Refer-To asks for.
type referTarget struct {
	uri      string // without headers
	party    phone.Party
	replaces *Replaces
}

// readReferTo reads the Refer-To of a REFER (RFC 3515 2.1). Of the headers in its URI only Replaces is kept; anything
// that could smuggle in more is refused. code is 0, 400, 416 or 501.
func readReferTo(req *sip.Request) (t referTarget, code int) {
	all := req.GetHeaders("Refer-To")
	if len(all) != 1 || len(splitList(all[0].Value())) != 1 {
		return t, 400
	}
	a, err := parseNameAddr(all[0].Value())
	if err != nil || len(a.uri) > 2048 {
		return t, 400
	}
	plain, headers, _ := strings.Cut(a.uri, "?")
	if hasControl(plain) {
		return t, 400
	}
	scheme, rest, found := strings.Cut(plain, ":")
	switch scheme = strings.ToLower(scheme); {
	case !found || rest == "" || !isToken(scheme):
		return t, 400
	case scheme != "sip" && scheme != "sips" && scheme != "tel":
		return t, 416
	}
	uri, err := parseURI(scheme + ":" + rest)
	if err != nil {
		return t, 400
	}
	if m, ok := methodOf(rest); ok && !strings.EqualFold(m, "INVITE") {
		return t, 501
	}
	t.uri = uri.String()
	if t.replaces, err = readReferHeaders(headers); err != nil {
		return t, 400
	}
	a.uri = t.uri
	t.party = a.party()
	return t, 0
}

// methodOf is the method parameter of a URI, which parseURI leaves out.
func methodOf(uri string) (string, bool) {
	_, params, _ := strings.Cut(uri[strings.LastIndexByte(uri, '@')+1:], ";")
	return parseParams(";" + params).Get("method")
}

// readReferHeaders reads the headers of a Refer-To URI as far as they mean something to us.
func readReferHeaders(headers string) (*Replaces, error) {
	var found *Replaces
	for _, h := range strings.Split(headers, "&") {
		name, value, _ := strings.Cut(h, "=")
		if hasControl(name) || hasControl(value) {
			return nil, errNameAddr
		}
		if !strings.EqualFold(unescapeURI(name), "Replaces") {
			continue
		}
		r, err := parseReplaces(unescapeURI(value))
		if err != nil || found != nil {
			return nil, errNameAddr
		}
		found = &r
	}
	return found, nil
}

// hasControl reports whether text has control characters, plain or %-escaped.
func hasControl(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return true
		}
		if s[i] == '%' && i+2 < len(s) && (s[i+1] == '0' || s[i+1] == '1' || s[i+1] == '7' && (s[i+2] == 'f' || s[i+2] == 'F')) && isHex(s[i+2]) {
			return true
		}
	}
	return false
}

// referredBy is who asks, from Referred-By (RFC 3892) when there is exactly one that makes sense.
func referredBy(req *sip.Request) *phone.Party {
	all := req.GetHeaders("Referred-By")
	if len(all) != 1 {
		return nil
	}
	a, err := parseNameAddr(all[0].Value())
	if err != nil {
		return nil
	}
	if uri, err := parseURI(a.uri); err != nil || uri.Scheme != "sip" && uri.Scheme != "sips" && uri.Scheme != "tel" {
		return nil
	}
	p := a.party()
	return &p
}

// receiveRefer answers a REFER outside a dialog: nobody may make us call without a call (quality.md, hostile input 19).
func (u *UA) receiveRefer(req *sip.Request, tx *sip.ServerTx) {
	if u.server == nil && !u.known(req) {
		u.refuse(tx, req, 403, "")
		return
	}
	u.notAllowed(req, tx)
}
