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
	}
	// Hangup ends a leg in whatever way its state needs: CANCEL, 480/603, or BYE.
	Hangup struct{ Leg LegID }
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
