package ua

import (
	"net/netip"

	"svara/phone"
)

// Value is something that happened, told to the one who drains [UA.Values]. Values of one leg come in order.
type Value interface{ value() }

// The values.
type (
	// RegistrationChanged says how an account now stands with its registrar.
	RegistrationChanged struct {
		Account      phone.AccountID
		Registration phone.Registration
	}
	// Incoming is a new incoming leg. 100 has been sent; Ring, Answer or Reject is awaited.
	Incoming struct {
		Leg      LegID
		Account  phone.AccountID // whose flow it came by; empty for a direct call or on a server
		From     phone.Party
		To       phone.Party
		Asserted *phone.Party   // P-Asserted-Identity, only from the account's own proxy (RFC 3325)
		Target   string         // user part of the Request-URI
		User     string         // server: the authenticated user
		SDP      []byte         // nil: the caller wants our offer
		Headers  []Header       // Alert-Info, Call-Info, Diversion, History-Info, Replaces, ... as received
		Local    netip.Addr     // our address towards the caller
		Source   netip.AddrPort // where the INVITE came from
	}
	// Progress is a provisional response above 100 to our INVITE.
	Progress struct {
		Leg  LegID
		Code int
		Text string
		Tag  string // the early dialog it belongs to
		SDP  []byte
		// Remote is whom it rings at, from P-Asserted-Identity if there is one, else zero.
		Remote phone.Party
	}
	// Answered is the 2xx to our INVITE. The ACK has been sent, except when our INVITE had no offer: then SDP is theirs
	// and the ACK goes out with AnswerOffer.
	Answered struct {
		Leg    LegID
		Tag    string // the early dialog that won
		SDP    []byte
		Remote phone.Party // who answered: P-Asserted-Identity if there is one, else zero
	}
	// Confirmed says that the ACK to our 2xx came. SDP is the answer it carried when the offer was ours.
	Confirmed struct {
		Leg LegID
		SDP []byte
	}
	// Offered is a new offer by re-INVITE or UPDATE. With nil SDP the peer wants our offer: AnswerOffer carries it, and
	// Confirmed brings their answer.
	Offered struct {
		Leg LegID
		SDP []byte
	}
	// OfferAnswered is the answer to our [Offer].
	OfferAnswered struct {
		Leg LegID
		SDP []byte
	}
	// OfferFailed says that our [Offer] was refused; the session goes on as it was (RFC 3261 14.1).
	OfferFailed struct {
		Leg    LegID
		Reason phone.Reason
	}
	// InfoReceived is a SIP INFO from the peer; it has been answered 200.
	InfoReceived struct {
		Leg         LegID
		ContentType string
		Body        []byte
	}
	// Ended is the last value of a leg and comes exactly once, also for an INVITE that could not be sent.
	Ended struct {
		Leg      LegID
		Reason   phone.Reason
		ByRemote bool
	}
)

func (RegistrationChanged) value() {}
func (Incoming) value()            {}
func (Progress) value()            {}
func (Answered) value()            {}
func (Confirmed) value()           {}
func (Offered) value()             {}
func (OfferAnswered) value()       {}
func (OfferFailed) value()         {}
func (InfoReceived) value()        {}
func (Ended) value()               {}
