// Package ua is the SIP user agent: transports, registration, INVITE legs with their offers and answers, digest and
// RFC 3263 targets. SIP becomes values on one channel and actions become SIP; session descriptions pass through unread.
//
//	Do(Action) ──► account goroutine (registration.go)      ──► send (request.go) ──► sipgo transactions ──► sockets
//	           ├─► leg goroutine (leg*.go, offer.go,        ──► send              ──►        "
//	           │   refer.go, referred.go)
//	           └─► subscription goroutine (subscribe*.go,   ──► pace.go, send     ──►        "
//	               notifier.go), publication (publish.go)
//	sockets ──► filter.go (normalise, limit) ──► sipgo parser, transactions ──► receive.go ──► mailbox of a leg or
//	                                                                                  a subscription
//	legs, accounts, subscriptions ──► mailbox of values ──► Values()
//
// TLS connections are an account's own (secure.go) and are checked by its demands (certificate.go); a TLS account has no
// other way out or in.
//
// A leg, an account and a subscription have one goroutine each, which alone touches their state; everything reaches them
// through a mailbox that never blocks the sender. sipgo gives parser, transports and transactions; dialogs are ours.
package ua
