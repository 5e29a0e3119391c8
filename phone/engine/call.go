package engine

import (
	"time"

	"svara/phone"
	"svara/phone/dialect"
	"svara/phone/ua"
)

// call is what the engine knows of a call beyond what the user sees.
type call struct {
	phone.Call
	leg        ua.LegID
	target     string // outgoing: what to send the INVITE to
	local      []byte // incoming: our answer, ready while it rings
	opened     bool   // the stream exists
	preparing  bool   // incoming: local is still being made; it rings meanwhile
	invited    bool   // ua knows the leg
	legEnded   bool   // ua has said its last word about the leg
	live       bool   // the stream has agreed on something: sound can flow
	holding    bool   // we want it held
	heldSent   bool   // what our last offer said of it
	offering   bool   // an offer of ours is out
	offer      []byte // incoming: theirs, while it rings
	untold     bool   // the peer has to be offered something, whatever it knows of holding
	moved      bool   // as we are at another address
	refusals   int    // of what our offers said of encryption
	inClear    bool   // an early answer was in clear although it must not be
	lateOffer  bool   // our offer went out in an answer; theirs comes in the ACK
	remoteHold bool
	rtpDigits  bool // telephone-event was agreed
	digits     string
	digitAt    time.Time // when the next of digits goes out
	agreedAt   time.Time // when the stream last agreed on something
	heard      bool      // RTP has come
	measured   measured  // how it has sounded
	silent     bool      // the stream says that RTP should come and does not
	endReason  phone.Reason
	removeAt   time.Time // ended: when the card goes
	dismissed  bool
	rang       bool // a 180 has come

	// How the INVITE goes out (place.go).
	callID     string // of the SIP dialog; empty until known
	replaces   *ua.Replaces
	referredBy string

	// Two parties of one line, and calls that nobody of us talks on (consult.go, inside.go).
	auto       bool // nobody talks on it: placed to hand another call over when it is answered
	insideHold bool // the exchange holds it: its line is with an Inside call
	swapped    bool // Inside: we have talked to both, so it has been answered

	// Done when it is answered.
	onAnswer string // digits to send when it is answered
	handTo   string // where it is transferred when it is answered
	join     bool   // becomes a member of the conference when it is answered

	// Handing it over and taking it back (transfer.go, takeback.go, program.go).
	program    []dialect.Step // what is to be done in the exchange, in order
	programAt  time.Time      // not before
	referred   bool           // our REFER is with the peer
	referHeard bool           // a NOTIFY about it has come
	referAt    time.Time      // when it was taken up
	returning  bool           // it is being taken back: the next agreement makes it ours
	returnAt   time.Time      // when that began
	recalled   bool           // by itself, so that it stays held
	returns    phone.CallID   // fetches this call back from where it was transferred

	// An incoming REFER or Replaces (asked.go), and answering by itself (answer.go).
	askID    string       // of Asked
	asked    askedTarget  // what it names
	askedFor phone.CallID // placed because this call's peer asked for it
	askedID  string       // of the request that made it
	tookOver phone.CallID // takes the place of this call (RFC 3891)
	answerAt time.Time    // when it answers itself

	// Slots, lines, other devices (parked.go, lines.go, pickup.go, elsewhere.go, camp.go).
	parkedTo  string // the slot it is transferred to
	pickLine  string // waits for this line's dialog to take it over
	pickUntil time.Time
	retrieve  string    // the slot it fetches
	campTried time.Time // when the target was last called for it

	// Who it is (caller.go), and the number shown to them (role.go).
	looked    bool          // the books have said what they know
	through   phone.QueueID // the queue it came through, as the team server told
	lookedFor string        // the number that was asked for
	lookUntil time.Time     // ringing waits for the books until then
	rings     bool          // it has been let in: guests see it
	wears     *phone.Role
	withhold  dialect.Identity // how the number is withheld; empty: it is not
	historyID int64            // of a finished call, when it has been written down

	// A call to a code (service.go).
	service   service
	cause     int       // Q.850, of their BYE; 0 none
	serviceAt time.Time // when it is given up, or has been heard enough

	// Its file (recording.go).
	recording recording
}
