package ua

import (
	"net/netip"

	"github.com/emiago/sipgo/sip"
)

// serverSide is what the user agent asks when it is a server too. server.go implements it; a phone has none.
// Its methods are called from many goroutines at once and may not block on the network.
type serverSide interface {
	// register answers a REGISTER in full.
	register(req *sip.Request, tx *sip.ServerTx)
	// authenticate says who sent a request outside a dialog (INVITE, SUBSCRIBE), or a SUBSCRIBE inside one. When it returns ok false it has
	// answered the request itself: a challenge, 403 or 404.
	authenticate(req *sip.Request, tx *sip.ServerTx) (user string, ok bool)
	// flow finds the way to a contact from the binding table: the transport ("UDP" or "TCP") and the address the
	// REGISTER came from. ok is false for contacts that are not bound.
	flow(contact string) (network string, addr netip.AddrPort, ok bool)
	// close stops what the server side has running.
	close()
}
