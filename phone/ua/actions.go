package ua

import "svara/phone"

// LegID names one SIP leg. For an outgoing leg the caller of [Invite] chooses it; for an incoming one it is "in-<n>".
type LegID string

// Header is a SIP header as a name and a value without line breaks.
type Header struct{ Name, Value string }

// Action is something the user agent is told to do. One struct a verb.
type Action interface{ action() }

// The actions. Failures come back as values, never as errors. An action for a leg that is unknown or over is ignored: its
// [Ended] has been sent.
type (
	// PutAccount adds an account or replaces the one with the same ID, and registers it.
	PutAccount struct {
		Account  phone.Account
		Password phone.Secret
	}
	// DropAccount un-registers an account and forgets it.
	DropAccount struct{ ID phone.AccountID }
	// RegisterNow registers at once instead of at the next refresh or retry. An empty ID means all accounts.
	RegisterNow struct{ ID phone.AccountID }
	// SetAllowDirect turns on or off that INVITEs are accepted from others than the registrars.
	SetAllowDirect struct{ On bool }

	// Invite starts an outgoing leg. Without SDP the INVITE asks the other side for an offer (RFC 3261 13.2.1), and
	// [Answered] carries it: AnswerOffer answers it in the ACK.
	Invite struct {
		Leg     LegID
		Account phone.AccountID
		Target  string // a number, a sip: or tel: URI
		SDP     []byte
		From    *phone.Party // server: the caller's identity instead of the account's
		To      string       // server: contact URI to send to, as in the binding
		Headers []Header     // further headers; names and values are checked
		// Replaces is the dialog that the new one takes the place of (RFC 3891), or nil.
		Replaces *Replaces
		// Identity is the number to be shown instead of the account's own, told as P-Preferred-Identity (RFC 3325); From
		// says the same when FromIdentity is set. Zero: the account's own.
		Identity     *phone.Party
		FromIdentity bool
		// Private asks the exchange not to show any number: Privacy: id (RFC 3323, 3325). With FromIdentity, From is
		// anonymous too.
		Private bool
		// ReferredBy is who asked for the call (RFC 3892), a URI, or empty.
		ReferredBy string
	}
	// Ring answers 180, or 183 when there is SDP.
	Ring struct {
		Leg      LegID
		SDP      []byte
		Identity *phone.Party // server: who it rings at, told as P-Asserted-Identity (RFC 3325)
	}
	// Answer answers 200 with SDP: the answer, or our offer when the INVITE had none.
	Answer struct {
		Leg      LegID
		SDP      []byte
		Identity *phone.Party // server: who answers, told as P-Asserted-Identity (RFC 3325)
	}
	// Reject refuses an incoming leg with a final code 300..699. Reason is the phrase, empty for the usual one.
	Reject struct {
		Leg    LegID
		Code   int
		Reason string
		// Contact is where a 3xx sends the caller: a number, a sip: or tel: URI (RFC 3261 8.3). Why is the reason told with it
		// (RFC 5806 Diversion): "away", "do-not-disturb", …; empty tells none.
		Contact, Why string
	}
	// Hangup ends a leg in whatever way its state needs: CANCEL, 480/603, or BYE. Cause, when not 0, is told as
	// Reason: Q.850 (RFC 3326, ITU-T Q.850), such as 17 for busy. By is who has answered instead, told to a phone that rings:
	// Reason: SIP;cause=200.
	Hangup struct {
		Leg   LegID
		Cause int
		By    string
	}
	// Offer sends a new offer: a re-INVITE, or UPDATE before the leg is connected. OfferAnswered or OfferFailed follows.
	Offer struct {
		Leg LegID
		SDP []byte
	}
	// AnswerOffer answers an [Offered], or the offer that came in an [Answered].
	AnswerOffer struct {
		Leg LegID
		SDP []byte
	}
	// RejectOffer refuses an [Offered], usually 488. The session goes on as before (RFC 3261 14.2).
	RejectOffer struct {
		Leg  LegID
		Code int
	}
	// Info sends a SIP INFO in the dialog (RFC 6086, and the older use for digits).
	Info struct {
		Leg         LegID
		ContentType string
		Body        []byte
	}
)

// Replaces names a dialog as a Replaces header does (RFC 3891 6.1): tags as seen by the one who gets the INVITE.
type Replaces struct {
	CallID, ToTag, FromTag string
	EarlyOnly              bool
}

// SubID names a subscription. One of ours is chosen by the caller of [Subscribe]; a server's is "sub-<n>".
type SubID string

// The actions for transfers (RFC 3515, 5589) and events (RFC 6665).
type (
	// Refer asks the peer of a leg to call somebody. ReferAccepted or ReferRefused follows, then ReferNotified.
	Refer struct {
		Leg LegID
		// Target is a number, a sip: or tel: URI. Empty with With set: the remote target (Contact) of that leg.
		Target string
		// With is another leg of ours with a confirmed dialog: the call to the target replaces it (Refer-To: <contact?Replaces=...>).
		With LegID
	}
	// StopRefer ends the subscription that a Refer made (SUBSCRIBE with Expires 0, RFC 3515 2.4.4): an exchange or a
	// phone that honours it stops calling the target. The leg itself stays.
	StopRefer struct{ Leg LegID }
	// AnswerRefer answers a [ReferAsked]: 202 takes it up, 3xx..6xx refuses. There is time: a REFER that waits for longer than
	// a transaction may last is taken up as pending, and a refusal then goes out as the result.
	AnswerRefer struct {
		Leg  LegID
		ID   string // of the ReferAsked
		Code int
	}
	// TellRefer reports the progress of a taken-up ReferAsked as message/sipfrag. A final code ends it.
	TellRefer struct {
		Leg  LegID
		ID   string
		Code int // 100..699
		Text string
	}
	// Subscribe asks to be told of events, and keeps the subscription alive until Unsubscribe. Notified and, when it cannot
	// be had, SubscriptionLost follow.
	Subscribe struct {
		ID      SubID
		Account phone.AccountID
		Target  string // a number, a sip: or tel: URI
		Event   string // "dialog", "presence", "message-summary", ...
		Accept  string // media type of the bodies
		Expires int    // seconds asked for; 0 means 600
		List    bool   // the target may be a list (RFC 4662): Supported: eventlist, and Accept takes its media types too
	}
	// Unsubscribe ends a subscription of ours, or, on a server, one of theirs (NOTIFY terminated;reason=noresource).
	Unsubscribe struct{ ID SubID }
	// AcceptSubscription answers a [SubscribeAsked] on a server: 200 with Expires, then a NOTIFY with Body at once.
	AcceptSubscription struct {
		ID          SubID
		ContentType string
		Body        []byte
	}
	// RejectSubscription refuses a SubscribeAsked.
	RejectSubscription struct {
		ID   SubID
		Code int
	}
	// Notify tells a subscriber of a server what is new. Newer bodies replace older ones that wait.
	Notify struct {
		ID          SubID
		ContentType string
		Body        []byte
	}
)

// PubID names a publication; chosen by the caller of [Publish].
type PubID string

// The actions for publications (RFC 3903) and messages (RFC 3428).
type (
	// Publish tells the account's exchange a state of ours, and keeps it alive until Unpublish. The same ID again replaces
	// what was told (RFC 3903 4.1.3). PublishDone follows each.
	Publish struct {
		ID          PubID
		Account     phone.AccountID
		Event       string // "presence"
		ContentType string
		Body        []byte
		Expires     int // seconds asked for; 0 means 3600
	}
	// Unpublish takes it back.
	Unpublish struct{ ID PubID }
	// SendMessage sends a MESSAGE outside any dialog. MessageDone follows.
	SendMessage struct {
		ID          string
		Account     phone.AccountID
		Target      string // a number, a sip: or tel: URI
		ContentType string // empty means text/plain;charset=utf-8
		Body        []byte
		From        *phone.Party // server: who sends it, instead of the account
		To          string       // server: contact URI to send to, as in the binding
	}
	// AnswerText answers a [TextReceived]: with 200 it is delivered.
	AnswerText struct {
		ID   string
		Code int
	}
	// AcceptPublication answers a [PublishAsked] on a server with 200, an entity tag and Expires.
	AcceptPublication struct{ ID string }
	// RejectPublication refuses it.
	RejectPublication struct {
		ID   string
		Code int
	}
)

func (Publish) action()           {}
func (Unpublish) action()         {}
func (SendMessage) action()       {}
func (AnswerText) action()        {}
func (AcceptPublication) action() {}
func (RejectPublication) action() {}

func (Refer) action()              {}
func (StopRefer) action()          {}
func (AnswerRefer) action()        {}
func (TellRefer) action()          {}
func (Subscribe) action()          {}
func (Unsubscribe) action()        {}
func (AcceptSubscription) action() {}
func (RejectSubscription) action() {}
func (Notify) action()             {}

func (a Refer) leg() LegID       { return a.Leg }
func (a StopRefer) leg() LegID   { return a.Leg }
func (a AnswerRefer) leg() LegID { return a.Leg }
func (a TellRefer) leg() LegID   { return a.Leg }

func (PutAccount) action()     {}
func (DropAccount) action()    {}
func (RegisterNow) action()    {}
func (SetAllowDirect) action() {}
func (Invite) action()         {}
func (Ring) action()           {}
func (Answer) action()         {}
func (Reject) action()         {}
func (Hangup) action()         {}
func (Offer) action()          {}
func (AnswerOffer) action()    {}
func (RejectOffer) action()    {}
func (Info) action()           {}

// legAction is an action for one leg.
type legAction interface {
	Action
	leg() LegID
}

func (a Ring) leg() LegID        { return a.Leg }
func (a Answer) leg() LegID      { return a.Leg }
func (a Reject) leg() LegID      { return a.Leg }
func (a Hangup) leg() LegID      { return a.Leg }
func (a Offer) leg() LegID       { return a.Leg }
func (a AnswerOffer) leg() LegID { return a.Leg }
func (a RejectOffer) leg() LegID { return a.Leg }
func (a Info) leg() LegID        { return a.Leg }
