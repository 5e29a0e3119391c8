package ua

import (
	"fmt"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// identityURI is the address of the number that is to be shown: its own, or the number in the account's domain.
func (a Invite) identityURI(domain string) (sip.Uri, error) {
	if a.Identity.URI != "" {
		uri, err := parseURI(a.Identity.URI)
		if err == nil && uri.Scheme != "sip" && uri.Scheme != "tel" {
			err = phone.Refuse(phone.ReasonBadTarget, "identity")
		}
		uri.UriParams = nil
		return uri, err
	}
	return targetURI(a.Identity.Number, domain)
}

// shown are the headers that say which number is to be shown, or that none is (RFC 3325 9.2, 9.3). A preferred identity is
// for the account's own exchange only: others could not check it.
func (a Invite) shown(where destination, domain string) []sip.Header {
	var out []sip.Header
	if a.Identity != nil && where.own {
		if uri, err := a.identityURI(domain); err == nil {
			value := "<" + uri.String() + ">"
			if name := quoteName(a.Identity.Name); name != "" {
				value = fmt.Sprintf("\"%s\" %s", name, value)
			}
			out = append(out, sip.NewHeader("P-Preferred-Identity", value))
		}
	}
	if a.Private {
		out = append(out, sip.NewHeader("Privacy", "id"))
	}
	return out
}

// domain is that of the leg's account, or empty.
func (l *leg) domain() string {
	if l.acct == nil {
		return ""
	}
	return l.acct.account().Domain
}
