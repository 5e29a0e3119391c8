package ua

import (
	"net/netip"
	"time"

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
		// Replaces is the leg of ours whose dialog the caller wants to take over (RFC 3891), or empty. The header has been
		// checked: an unknown dialog, or one that may not be replaced, has been refused without a value.
		Replaces  LegID
		Own       bool // it came from the account's own proxy or registrar
		CallID    string
		Contact   string          // where the caller can be reached, a URI
		Transport phone.Transport // how its SIP travels; Travels tells of changes
		// Diverted is the call's way here, first diversion first (RFC 5806 Diversion, else RFC 7044 History-Info). Told only
		// by the account's own proxy. Who wants to stay unknown is left out.
		Diverted []phone.Diversion
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
		CallID string
	}
	// Answered is the 2xx to our INVITE. The ACK has been sent, except when our INVITE had no offer: then SDP is theirs
	// and the ACK goes out with AnswerOffer.
	Answered struct {
		Leg    LegID
		Tag    string // the early dialog that won
		SDP    []byte
		Remote phone.Party // who answered: P-Asserted-Identity if there is one, else zero
		CallID string
	}
	// Travels says how the SIP of a leg travels, when that is known and when it changes: [phone.TransportUDP], TCP or TLS.
	// A leg that has once been told of in clear is never told of as TLS.
	Travels struct {
		Leg       LegID
		Transport phone.Transport
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
	// OfferNeeded says that the peer has to be told of us by an offer, which an [Offer] brings: we are at another address
	// (Moved), or somewhere or still there for one that does not know UPDATE. Before an outgoing call is answered it is placed
	// anew with that offer. An Offer that was on its way has been given up and gets no other word.
	OfferNeeded struct {
		Leg   LegID
		Moved bool
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
	// Ended is the last value of a leg and comes exactly once, also for an INVITE that could not be sent. Only what a REFER
	// left behind may follow: ReferNotified until Over, ReferStopped (RFC 5057 4.2).
	Ended struct {
		Leg      LegID
		Reason   phone.Reason
		ByRemote bool
		// Cause is the Q.850 cause that came with their BYE (RFC 3326), 0 for none: an exchange that plays an announcement
		// says so what became of what was asked for.
		Cause int
		// Contact is, on a server, where a phone sends the call instead (3xx), a URI, and Why the reason of its Diversion
		// (RFC 5806), or empty. A phone follows by itself.
		Contact, Why string
	}
)

// The values of transfers and events.
type (
	// ReferAccepted is the 2xx to our [Refer].
	ReferAccepted struct{ Leg LegID }
	// ReferRefused is any other end of it; the leg goes on.
	ReferRefused struct {
		Leg    LegID
		Reason phone.Reason
	}
	// ReferNotified is the progress of what we asked for (message/sipfrag in a NOTIFY). Over: no more will come; Code 0
	// then means that the subscription ended without a final word.
	ReferNotified struct {
		Leg  LegID
		Code int // 100..699
		Text string
		Over bool
	}
	// ReferAsked is a REFER in the dialog of a leg: the peer wants us to call somebody. AnswerRefer is awaited. Of strangers
	// and outside dialogs it is refused without a value.
	ReferAsked struct {
		Leg      LegID
		ID       string
		Target   string      // Refer-To without headers: what to invite
		Party    phone.Party // the same for people
		By       phone.Party // Referred-By, else the peer
		Replaces *Replaces   // from Refer-To's headers, for Invite.Replaces
		// ReplacesLeg is the leg of this user agent that Replaces names, for a server that bridges them itself; or empty.
		ReplacesLeg LegID
	}
	// ReferStopped says that the peer does not want to know any more (it undoes what it asked for): it has ended the
	// subscription, or says during the call that there is none.
	ReferStopped struct {
		Leg LegID
		ID  string
	}
	// Notified is a NOTIFY of a subscription of ours; it has been answered. The first one may have no body.
	Notified struct {
		ID          SubID
		ContentType string
		Body        []byte
	}
	// SubscriptionLost says that a subscription could not be made, or was ended by the other side. When Retry is not 0 the
	// user agent tries again by itself after so long and Notified follows when it succeeds; else it is over.
	SubscriptionLost struct {
		ID     SubID
		Reason phone.Reason
		Retry  time.Duration
	}
	// SubscribeAsked is a SUBSCRIBE to a server. AcceptSubscription or RejectSubscription is awaited.
	SubscribeAsked struct {
		ID      SubID
		User    string // the authenticated user
		Target  string // user part of the Request-URI
		Event   string
		Accept  string
		Expires int
		List    bool // the subscriber understands lists (RFC 4662): the body may be multipart/related
	}
	// NotifyTaken says that the subscriber of a list has been told all there was to be told: the next change may go out. A
	// [Notify] before that replaces what waits, which lists cannot bear.
	NotifyTaken struct{ ID SubID }
	// SubscriptionRefreshed says that the subscriber of a list wants the whole list again (RFC 4662 4.5).
	SubscriptionRefreshed struct{ ID SubID }
	// SubscriptionEnded says that a subscriber of a server is gone.
	SubscriptionEnded struct{ ID SubID }
)

// The values of publications and messages.
type (
	// PublishDone says how a publication stands: taken when Reason is nil. When Retry is not 0 the user agent tries again by
	// itself after so long.
	PublishDone struct {
		ID     PubID
		Reason *phone.Reason
		Retry  time.Duration
	}
	// MessageDone says how a SendMessage went: taken when Reason is nil.
	MessageDone struct {
		ID     string
		Reason *phone.Reason
	}
	// PublishAsked is a PUBLISH to a server, of a user who has proved to be it. AcceptPublication or RejectPublication is
	// awaited, except for Expired: then what was published is over. ID stays the same as long as the publication lives: a
	// change or a refresh has that of the first.
	PublishAsked struct {
		ID          string
		User        string
		Event       string
		ContentType string
		Body        []byte // empty on a refresh: what was told before still holds
		Expired     bool   // taken back, or not refreshed in time
	}
	// TextReceived is a text message to a phone (RFC 3428), by an account's own exchange. AnswerText is awaited.
	TextReceived struct {
		ID       string
		Account  phone.AccountID
		From     phone.Party
		Asserted *phone.Party // P-Asserted-Identity (RFC 3325)
		Text     string       // valid UTF-8, lines end with \n; never empty, at most 20 kB
	}
	// MessageReceived is a MESSAGE to a server; it has been answered 202.
	MessageReceived struct {
		User, Target string // the authenticated user; user part of the Request-URI
		ContentType  string
		Body         []byte
	}
)

func (PublishDone) value()     {}
func (MessageDone) value()     {}
func (PublishAsked) value()    {}
func (MessageReceived) value() {}
func (TextReceived) value()    {}

func (ReferAccepted) value()     {}
func (ReferRefused) value()      {}
func (ReferNotified) value()     {}
func (ReferAsked) value()        {}
func (ReferStopped) value()      {}
func (Notified) value()          {}
func (SubscriptionLost) value()  {}
func (SubscribeAsked) value()    {}
func (SubscriptionEnded) value() {}

func (NotifyTaken) value()           {}
func (SubscriptionRefreshed) value() {}

func (RegistrationChanged) value() {}
func (Incoming) value()            {}
func (Progress) value()            {}
func (Answered) value()            {}
func (Travels) value()             {}
func (Confirmed) value()           {}
func (Offered) value()             {}
func (OfferAnswered) value()       {}
func (OfferNeeded) value()         {}
func (OfferFailed) value()         {}
func (InfoReceived) value()        {}
func (Ended) value()               {}
