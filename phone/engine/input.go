package engine

import (
	"time"

	"svara/audio/mix"
	"svara/phone"
	"svara/phone/media"
	"svara/phone/ua"
)

// input is one thing that happened. The fields of a concrete input are all reduce may know of it.
type input interface{ isInput() }

type (
	// inCommand is a guest's command.
	inCommand struct{ cmd phone.Command }
	// inSIP is a value from the SIP user agent.
	inSIP struct{ value ua.Value }
	// inTold is some NOTIFYs, in order.
	inTold struct{ values []ua.Notified }
	// inClock is a deadline of the state that has come.
	inClock struct{}

	// inOpened is the stream of a call: sdp is our offer (outgoing), or our answer or late offer (incoming).
	inOpened struct {
		call    phone.CallID
		sdp     []byte
		agreed  *media.Agreed
		network string // it goes through, see networkOf
		early   bool   // it can ring; the answer is still being made
		err     error
	}
	// inAgreed is the result of giving the stream the peer's answer.
	inAgreed struct {
		call   phone.CallID
		agreed media.Agreed
		err    error
	}
	// inOffer is an offer of ours that the stream made; hold is what it says. reply: it answers the peer's empty re-INVITE.
	inOffer struct {
		call  phone.CallID
		sdp   []byte
		hold  bool
		reply bool
		err   error
	}
	// inMoved is the answer, or late offer, of a call that rings, for where we are now.
	inMoved struct {
		call phone.CallID
		sdp  []byte
		err  error
	}
	// inReply is our answer to an offer within the call.
	inReply struct {
		call   phone.CallID
		sdp    []byte
		agreed media.Agreed
		err    error
	}
	// inStream is an event of a call's stream.
	inStream struct {
		call  phone.CallID
		event media.Event
	}
	// inQuality is what the streams measured, by call.
	inQuality struct {
		by map[phone.CallID]phone.Quality
	}
	// inDigitsFailed is a digit that could not be sent as RTP.
	inDigitsFailed struct {
		call phone.CallID
		err  error
	}
	// inSound is the state of the sound devices.
	inSound struct {
		audio    phone.AudioStatus
		trouble  trouble
		cleaning mix.Cleaning
	}
	// inSaved is the result of writing something down.
	inSaved struct {
		what saved
		err  error
	}
	// inCredentials is the password for an account that is to be registered.
	inCredentials struct {
		account  phone.Account
		password phone.Secret
		err      error
	}
	// inPlace is where passwords are kept on this computer.
	inPlace struct{ place string }
	// inFault is something wrong outside the engine that the user should know of.
	inFault struct{ reason phone.Reason }
	// inRecording is a recording that has begun, or could not.
	inRecording struct {
		call phone.CallID
		id   int64
		err  error
	}
	// inRecordingFailed is a recording whose file can be written no more.
	inRecordingFailed struct {
		call phone.CallID
		err  error
	}
	// inPlaying is a sound that has begun to play, or could not.
	inPlaying struct {
		sound  sound
		from   time.Duration
		length time.Duration
		err    error
	}
	// inInbox is how the inbox stands.
	inInbox struct {
		state phone.InboxState
		err   error
	}
	// inHistory is the place of a finished call in the history.
	inHistory struct {
		call phone.CallID
		id   int64
	}
	// inPeople is how people stand, and whose lines are to be watched.
	inPeople struct {
		state phone.PeopleState
		lines []string
		err   error
	}
	// inBooks is how the address books stand, all of them.
	inBooks struct{ books []phone.BookStatus }
	// inFound is what is known of a call's other side.
	inFound struct {
		call  phone.CallID
		found found
	}
	// inMail is how the mail servers' boxes stand, all of them.
	inMail struct {
		boxes    []phone.Mailbox
		revision uint64
	}
	// inMailed is a recording that has been mailed, or could not be.
	inMailed struct {
		id     int64
		server string
		err    error
	}
	// inShutdown ends everything.
	inShutdown struct{}
)

func (inCommand) isInput()         {}
func (inSIP) isInput()             {}
func (inTold) isInput()            {}
func (inClock) isInput()           {}
func (inOpened) isInput()          {}
func (inAgreed) isInput()          {}
func (inOffer) isInput()           {}
func (inMoved) isInput()           {}
func (inReply) isInput()           {}
func (inStream) isInput()          {}
func (inQuality) isInput()         {}
func (inDigitsFailed) isInput()    {}
func (inSound) isInput()           {}
func (inSaved) isInput()           {}
func (inCredentials) isInput()     {}
func (inPlace) isInput()           {}
func (inFault) isInput()           {}
func (inRecording) isInput()       {}
func (inRecordingFailed) isInput() {}
func (inPlaying) isInput()         {}
func (inInbox) isInput()           {}
func (inHistory) isInput()         {}
func (inPeople) isInput()          {}
func (inBooks) isInput()           {}
func (inFound) isInput()           {}
func (inMail) isInput()            {}
func (inMailed) isInput()          {}
func (inShutdown) isInput()        {}

// saved is what was written.
type saved int

const (
	savedSetting saved = iota
	savedAccount
	savedHistory
	savedSeen
	savedItem
)
