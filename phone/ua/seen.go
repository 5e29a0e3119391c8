package ua

import (
	"net/netip"

	"svara/phone"
)

// PublicAddr is the address an account's registrar sees us at (RFC 3581), where that helps a peer without ICE: our own is
// of a private network, and the registrar is outside of it and sees another. Not valid otherwise: a registrar within the
// network, or at the other end of a tunnel, reaches us where we are.
func (u *UA) PublicAddr(id phone.AccountID) netip.Addr {
	u.mu.Lock()
	acct := u.accounts[id]
	u.mu.Unlock()
	if acct == nil {
		return netip.Addr{}
	}
	acct.mu.Lock()
	seen, registrar := acct.public.Addr(), acct.flow.addr.Addr()
	acct.mu.Unlock()
	if !seen.IsValid() || !registrar.IsValid() {
		return netip.Addr{}
	}
	own, err := u.net.localAddr(registrar)
	if err != nil {
		return netip.Addr{}
	}
	return seenOutside(own, seen.Unmap(), registrar.Unmap())
}

func seenOutside(own, seen, registrar netip.Addr) netip.Addr {
	inside := func(a netip.Addr) bool { return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() }
	if own == seen || !inside(own) || inside(seen) || inside(registrar) || own.Is4() != seen.Is4() {
		return netip.Addr{}
	}
	return seen
}
