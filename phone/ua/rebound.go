package ua

import (
	"github.com/emiago/sipgo/sip"
)

// rebound tells a leg that its account is registered by another connection than before, with another Contact.
type rebound struct{}

// tellLegs tells something to the legs of an account.
func (u *UA) tellLegs(a *account, what any) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, l := range u.legs {
		if l.acct == a {
			l.box.put(what)
		}
	}
}

// readdress tells the peer where we are now (RFC 3311: an UPDATE without an offer refreshes the target and no more). Nobody
// can connect to us over TLS: without it their BYE would go where the lost connection was. One that says that there is no
// such call any more ends it here too.
func (l *leg) readdress() {
	if l.dialog == nil || l.dialog.via.network != "TLS" || !l.dialog.updates || l.told {
		return
	}
	if flow := l.acct.currentFlow(); flow.network == "TLS" {
		l.dialog.via = flow
	}
	l.transact(l.dialog.request(l.u, sip.UPDATE), func(s *sending) {
		s.contact = l.contact
		s.patience = l.u.clock.giveUp / 4
	})
}
