package phone

import (
	"errors"
	"fmt"
)

// ReasonID is why something ended, failed or was refused, as a stable word. The user's words for it are the text
// "reason.<id>" of assets/text.
type ReasonID string

// Why a call ended or a registration failed. The SIP codes named are RFC 3261 section 21 unless said otherwise.
const (
	ReasonNone           ReasonID = ""
	ReasonHangup         ReasonID = "hangup"             // we ended it
	ReasonRemoteHangup   ReasonID = "remote-hangup"      // they ended it
	ReasonCancelled      ReasonID = "cancelled"          // we gave up before an answer
	ReasonMissed         ReasonID = "missed"             // they gave up before our answer
	ReasonElsewhere      ReasonID = "answered-elsewhere" // RFC 3326 Reason: SIP;cause=200; Text is by whom, where that is told
	ReasonDeclined       ReasonID = "declined"           // we declined
	ReasonRemoteDeclined ReasonID = "remote-declined"    // 603, 403 to a call
	ReasonBusy           ReasonID = "busy"               // 486, 600
	ReasonNoAnswer       ReasonID = "no-answer"          // 408, 480 after ringing, 487 from a PBX
	ReasonUnavailable    ReasonID = "unavailable"        // 480, 404 for a known but absent party
	ReasonUnknownNumber  ReasonID = "unknown-number"     // 404, 410, 484, 604
	ReasonNotPermitted   ReasonID = "not-permitted"      // 403, 405, 606
	ReasonNoCodec        ReasonID = "no-codec"           // 415, 488
	ReasonServerError    ReasonID = "server-error"       // 5xx
	ReasonNoAck          ReasonID = "no-ack"             // RFC 3261 13.3.1.4: no ACK in 64*T1
	ReasonLost           ReasonID = "connection-lost"    // 481 or silence inside a dialog
	ReasonSessionExpired ReasonID = "session-expired"    // nobody has refreshed it (RFC 4028)
	ReasonNoMedia        ReasonID = "no-media"           // no address or port for sound
	ReasonShutdown       ReasonID = "shutdown"           // the phone was closed
	ReasonWrongPassword  ReasonID = "wrong-password"     // 401/407 again, or 403 to REGISTER
	ReasonNoSuchAccount  ReasonID = "no-such-account"    // 404 to REGISTER
	ReasonUnknownHost    ReasonID = "unknown-host"       // the name does not resolve
	ReasonNoNetwork      ReasonID = "no-network"         // no route, network unreachable
	ReasonNoReply        ReasonID = "no-reply"           // the server answers nothing
	ReasonRefused        ReasonID = "connection-refused" // nobody listens there
	ReasonTooBrief       ReasonID = "interval-too-brief" // 423 the phone cannot satisfy
	ReasonTransferred    ReasonID = "transferred"        // we handed the call over; Text is the target's number
	ReasonDeflected      ReasonID = "deflected"          // we sent the call on unanswered; Text is the target's number
	ReasonMoved          ReasonID = "moved"              // the call goes on at another device of ours
	ReasonParked         ReasonID = "parked"             // the call is parked; Text is the slot
	ReasonReplaced       ReasonID = "replaced"           // another call took its place (RFC 3891)
	ReasonTakenBack      ReasonID = "taken-back"         // a transfer or consultation was undone by us
	ReasonSIP            ReasonID = "sip"                // another final response; Code and Text tell
)

// Why a command was refused, and standing faults the user should know of.
const (
	ReasonNoCall         ReasonID = "no-call"         // no such call, or none the command fits
	ReasonWrongState     ReasonID = "wrong-state"     // the call is not in a state for it
	ReasonBadTarget      ReasonID = "bad-target"      // empty or impossible number or address
	ReasonNoAccount      ReasonID = "no-account"      // no such account, or none at all
	ReasonNotRegistered  ReasonID = "not-registered"  // the account cannot place calls now
	ReasonBadAccount     ReasonID = "bad-account"     // Text names the field
	ReasonBadSetting     ReasonID = "bad-setting"     // unknown key or impossible value; Text names it
	ReasonBadDigits      ReasonID = "bad-digits"      // something that is no DTMF digit
	ReasonBadCommand     ReasonID = "bad-command"     // unknown verb or malformed arguments
	ReasonNotNow         ReasonID = "not-now"         // the window cannot do the command as things stand; Text says why
	ReasonInternal       ReasonID = "internal"        // a fault of ours; Text tells
	ReasonNoMicrophone   ReasonID = "no-microphone"   // none found, or it could not be opened
	ReasonNoSpeaker      ReasonID = "no-speaker"      // likewise
	ReasonDeviceMissing  ReasonID = "device-missing"  // the chosen device is gone; Text names it
	ReasonDeviceDead     ReasonID = "device-dead"     // the chosen device is connected and does not respond; Text names it
	ReasonDeviceBusy     ReasonID = "device-busy"     // another program holds it; Text names it
	ReasonNoSound        ReasonID = "no-sound"        // no RTP arrives in a connected call
	ReasonStoreDamaged   ReasonID = "store-damaged"   // the settings file was damaged; Text is the kept copy
	ReasonStoreFailed    ReasonID = "store-failed"    // the settings file cannot be written
	ReasonNoKeyring      ReasonID = "no-keyring"      // passwords are kept in an encrypted file
	ReasonSecretLost     ReasonID = "secret-lost"     // the password could not be read; Text names the account
	ReasonAlreadyRunning ReasonID = "already-running" // another phone runs with this profile
	ReasonNotEncrypted   ReasonID = "not-encrypted"   // SRTP is required and the other side will not have it; Text may be fingerprint, timeout (of a DTLS handshake), or kept: an offer to go on in clear was refused
	ReasonCertificate    ReasonID = "certificate"     // the exchange's TLS certificate is refused; Text is expired, not-yet, name, authority, pin, or protocol
	ReasonMicSilent      ReasonID = "mic-silent"      // the microphone is open and gives nothing at all; Text names it
	ReasonMicQuiet       ReasonID = "mic-quiet"       // the user speaks and hardly anything comes; Text names it
	ReasonMicClipping    ReasonID = "mic-clipping"    // the microphone is too loud; Text names it
	ReasonMicMuted       ReasonID = "mic-muted"       // the system has muted the microphone; Text names it
	ReasonTooManyCalls   ReasonID = "too-many-calls"  // the limit of simultaneous calls

	ReasonNotSupported    ReasonID = "not-supported"    // the exchange has no way for it, or none is known; Text is the Feature
	ReasonTransferRefused ReasonID = "transfer-refused" // the exchange refused the REFER; Code and Text tell
	ReasonTransferUnknown ReasonID = "transfer-unknown" // the exchange took it and does not tell how it went
	ReasonNotFollowed     ReasonID = "not-followed"     // the exchange did not send a deflected call on; Text is the target's number
	ReasonTooLate         ReasonID = "too-late"         // it has been answered: nothing to take back
	ReasonOwnNumber       ReasonID = "own-number"       // the target is ourselves
	ReasonOnlyIncoming    ReasonID = "only-incoming"    // the exchange transfers incoming calls only
	ReasonNotTold         ReasonID = "not-told"         // the exchange does not tell how that line stands
	ReasonNothingThere    ReasonID = "nothing-there"    // no call to pick up, retrieve, pull or record there
	ReasonConferenceFull  ReasonID = "conference-full"  // MaxConference
	ReasonNoConference    ReasonID = "no-conference"    // there is none
	ReasonCannotLeave     ReasonID = "cannot-leave"     // more parties than can be joined without us
	ReasonRecordFailed    ReasonID = "record-failed"    // the file cannot be written; Text tells
	ReasonDiskFull        ReasonID = "disk-full"        // no room for the recording
	ReasonBadDialect      ReasonID = "bad-dialect"      // a dialect file has a mistake; Text is file:line and what
	ReasonNoRecording     ReasonID = "no-recording"     // no such recording, or its file is gone
	ReasonNoMobile        ReasonID = "no-mobile"        // no number of another device is set

	ReasonNoPerson     ReasonID = "no-person"      // there is no such person
	ReasonBadPerson    ReasonID = "bad-person"     // a contact needs a name, company or number; Text names the field
	ReasonNotOwn       ReasonID = "not-own"        // only contacts of one's own can be changed
	ReasonBadFile      ReasonID = "bad-file"       // a file cannot be read or is not what it should be; Text tells
	ReasonNoBook       ReasonID = "no-book"        // there is no such address book
	ReasonBadBook      ReasonID = "bad-book"       // Text names the field
	ReasonBookFailed   ReasonID = "book-failed"    // the address book answers with a fault; Text tells
	ReasonBookEmpty    ReasonID = "book-empty"     // the address book suddenly says that it is empty; what was read is kept until it says so again
	ReasonConsent      ReasonID = "consent"        // the user has not allowed the reading, or it has run out
	ReasonUntrusted    ReasonID = "untrusted"      // the server's certificate is not trusted; Text tells
	ReasonBadItem      ReasonID = "bad-item"       // Text names the field
	ReasonNoItem       ReasonID = "no-item"        // there is none with that key
	ReasonNoHours      ReasonID = "no-hours"       // working hours are not set
	ReasonPast         ReasonID = "past"           // the time has passed
	ReasonBadTime      ReasonID = "bad-time"       // a time that cannot be understood
	ReasonBadTemplate  ReasonID = "bad-template"   // an unknown placeholder or an address that may not be opened; Text names it
	ReasonNoMailbox    ReasonID = "no-mailbox"     // no mailbox is connected, or there is none of that name
	ReasonNoMessage    ReasonID = "no-message"     // there is no such message any more
	ReasonBadSound     ReasonID = "bad-sound"      // a sound that cannot be played here; Text is its type
	ReasonMailFailed   ReasonID = "mail-failed"    // the mail server answers with a fault; Text tells
	ReasonMailPassword ReasonID = "mail-password"  // the mail server does not accept user name or password; Text tells
	ReasonNoMailServer ReasonID = "no-mail-server" // none is connected that a recording could be mailed to
	ReasonTextRefused  ReasonID = "text-refused"   // the text gateway did not take a message; Text is the code it answered with
	ReasonNotMailed    ReasonID = "not-mailed"     // a recording could not be mailed; Text is what the server said
	ReasonTooLarge     ReasonID = "too-large"      // a recording is too large to be mailed; Text is the limit: "50 MB"
	ReasonMailboxFull  ReasonID = "mailbox-full"   // the mail server has no room for it (RFC 5530 OVERQUOTA)
	ReasonBlocked      ReasonID = "blocked"        // the caller is blocked: they heard busy
	ReasonNotDisturbed ReasonID = "not-disturbed"  // the activity does not ring: they heard busy or were sent on; Text is the number
	ReasonNotMember    ReasonID = "not-member"     // the exchange does not let us into that queue
	ReasonNotConfirmed ReasonID = "not-confirmed"  // the exchange did not answer in time
	ReasonEmergency    ReasonID = "emergency"      // an emergency number is never altered, transferred, queued or withheld

	ReasonTeamAway      ReasonID = "team-away"       // the team server is not reached and this cannot wait
	ReasonTeamSignedOut ReasonID = "team-signed-out" // the team server does not know who asks, or any more
	ReasonTeamConflict  ReasonID = "team-conflict"   // somebody changed it first; Text is who
	ReasonTeamNoRight   ReasonID = "team-no-right"   // the user's rights in the group do not reach that far
	ReasonTeamPassword  ReasonID = "team-password"   // the team server does not accept user name and password
	ReasonTeamLocked    ReasonID = "team-locked"     // too many wrong attempts; Text is for how many minutes
	ReasonTeamWeak      ReasonID = "team-weak"       // a new password is not as the server's rule asks
	ReasonTeamCode      ReasonID = "team-code"       // an activation code is wrong, used or has run out
	ReasonTeamNobody    ReasonID = "team-nobody"     // no colleague is called so, or more than one; Text is how
	ReasonTeamNoSender  ReasonID = "team-no-sender"  // the group has nothing, or not Text, to send texts from
	ReasonNoTeam        ReasonID = "no-team"         // no account has a team server
	ReasonTeamGone      ReasonID = "team-gone"       // what was to be changed is not there any more
)

// The text of a [ReasonNotSupported] that names no feature of a dialect.
const (
	TextConsultFirst = "consult-first" // there is no call with the target yet
)

// Reason is why, with what the other side said in its own words.
type Reason struct {
	ID   ReasonID `json:"id"`
	Code int      `json:"code,omitempty"` // SIP status code, where one was received
	Text string   `json:"text,omitempty"` // the peer's reason phrase, or the detail the ID's comment names
}

// Error is a refused command. It carries its own verdict; the words are chosen at the edge.
type Error struct{ Reason Reason }

// Error is for logs; users see the translated reason.
func (e *Error) Error() string {
	if e.Reason.Text == "" {
		return string(e.Reason.ID)
	}
	return fmt.Sprintf("%s: %s", e.Reason.ID, e.Reason.Text)
}

// Refuse makes a refusal. Text may be empty.
func Refuse(id ReasonID, text string) error { return &Error{Reason{ID: id, Text: text}} }

// ReasonOf is the reason an error carries, or ReasonInternal with the error's text.
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return Reason{ID: ReasonInternal, Text: err.Error()}
}

// ErrClosed is what a Subscription returns when the phone has stopped.
var ErrClosed = errors.New("phone: closed")
