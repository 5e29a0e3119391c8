package engine

import (
	"net/netip"
	"time"

	"svara/phone"
	"svara/phone/media"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// effect is one thing to be done. Effects are data; the runner (run.go) does them.
type effect interface{ isEffect() }

type (
	// fxSIP is given to the user agent at once, in order.
	fxSIP struct{ action ua.Action }
	// fxOpen opens a call's stream. An outgoing call gets an offer; an incoming one the answer to offer, or, when they
	// made none, our late offer.
	fxOpen struct {
		call     phone.CallID
		account  phone.AccountID
		target   string
		local    netip.Addr // incoming: where the INVITE came in; zero: ask the user agent
		incoming bool
		offer    []byte
		codecs   []string
		security media.Security
		path     media.ICE // its password is read in the call's lane
	}
	// fxAccept gives the stream the peer's answer.
	fxAccept struct {
		call phone.CallID
		sdp  []byte
	}
	// fxOffer makes an offer within the call.
	fxOffer struct {
		call  phone.CallID
		dir   sdp.Direction
		hold  bool
		reply bool
		seek  bool // look for another way (RFC 8445 9)
		move  *way // where we are now; nil: where we were
	}
	// fxPropose makes the offer of a call that is to be placed once more; what comes back is inOpened.
	fxPropose struct {
		call     phone.CallID
		proposal media.Proposal
	}
	// fxMoved makes the answer that rings once more, for the address we are at now; what comes back is inMoved.
	fxMoved struct {
		call  phone.CallID
		offer []byte // theirs; empty: ours is made anew
		move  way
	}
	// fxReply answers an offer within the call.
	fxReply struct {
		call  phone.CallID
		offer []byte
		dir   sdp.Direction
	}
	// fxDigit sends one digit as an RTP event, or as a tone in the sound.
	fxDigit struct {
		call  phone.CallID
		digit byte
		tone  bool
	}
	// fxCloseMedia closes the stream, if there is one, and the call's lane.
	fxCloseMedia struct{ call phone.CallID }
	// fxMeasure asks all streams for their quality.
	fxMeasure struct{}
	// fxSound tells the basement what to play.
	fxSound struct{ plan soundPlan }
	// fxHistory writes a finished call down.
	fxHistory struct {
		entry phone.HistoryEntry
		call  phone.CallID
	}
	// fxSeen marks missed calls as looked at.
	fxSeen struct{}
	// fxRecord begins a recording in a folder (empty: the profile's); what comes back is inRecording.
	fxRecord struct {
		call   phone.CallID
		folder string
		entry  phone.Recording
	}
	// fxStopRecording ends it; why is nil unless it ends before the user wanted.
	fxStopRecording struct {
		call phone.CallID
		why  *phone.Reason
	}
	// fxPlay plays a sound, on the ring device or in the ear; what comes back is inPlaying.
	fxPlay struct {
		sound sound
		from  time.Duration
		speed float64
		ring  bool
	}
	// fxPutItem and fxRemoveItem write what the user has set up.
	fxPutItem    struct{ item phone.Item }
	fxRemoveItem struct {
		kind phone.ItemKind
		key  string
	}
	// fxRemember writes something that is to be known at the next start.
	fxRemember struct{ key, value string }
	// fxPerson changes contacts, in one of these ways; what comes back is inSaved and inPeople.
	fxPerson struct {
		put    *phone.Person
		remove phone.PersonID
		mark   *phone.MarkPerson
		photo  *phone.SetPhoto
	}
	// fxPeople asks how people stand; what comes back is inPeople.
	fxPeople struct{ favourites bool }
	// fxNumbers tells the store where national numbers are meant.
	fxNumbers struct{ region, area string }
	// fxBook connects, disconnects or reads an address book.
	fxBook struct {
		put      *phone.Book
		password phone.Secret
		remove   phone.BookID
		read     bool
		id       phone.BookID // of read
	}
	// fxLookUp asks the books and the history for a number, and for that of whom a diverted call was meant for; what
	// comes back is inFound.
	fxLookUp struct {
		call           phone.CallID
		number, sought string
	}
	fxHistoryNote struct {
		id   int64
		text string
	}
	fxDeleteHistory struct{ id int64 }
	// fxMail connects, disconnects or checks a mail server.
	fxMail struct {
		put      *phone.MailServer
		password phone.Secret
		remove   string
		check    bool
	}
	// fxMessage marks a voice message as played or not, or deletes it.
	fxMessage struct {
		id           string
		mark, played bool
	}
	// fxMailRecording puts a recording into a mail server's inbox; what comes back is inMailed.
	fxMailRecording struct {
		id     int64
		server string
	}
	fxStopPlaying     struct{}
	fxDeleteRecording struct{ id int64 }
	// fxSetting writes a setting.
	fxSetting struct{ key, value string }
	// fxKeepAccount writes an account and its password down; what comes back is inCredentials.
	fxKeepAccount struct {
		account     phone.Account
		password    phone.Secret // empty: the stored one
		turnSecret  phone.Secret // likewise
		sessionOnly bool
	}
	// fxCredentials reads an account's password at the start; what comes back is inCredentials.
	fxCredentials struct{ account phone.Account }
	// fxWriteAccount writes an account down whose registration is not touched.
	fxWriteAccount struct{ account phone.Account }
	// fxForgetAccount removes an account and its password.
	fxForgetAccount struct{ account phone.AccountID }
)

func (fxSIP) isEffect()             {}
func (fxOpen) isEffect()            {}
func (fxAccept) isEffect()          {}
func (fxOffer) isEffect()           {}
func (fxMoved) isEffect()           {}
func (fxPropose) isEffect()         {}
func (fxReply) isEffect()           {}
func (fxDigit) isEffect()           {}
func (fxCloseMedia) isEffect()      {}
func (fxMeasure) isEffect()         {}
func (fxSound) isEffect()           {}
func (fxHistory) isEffect()         {}
func (fxSeen) isEffect()            {}
func (fxRecord) isEffect()          {}
func (fxStopRecording) isEffect()   {}
func (fxPlay) isEffect()            {}
func (fxStopPlaying) isEffect()     {}
func (fxDeleteRecording) isEffect() {}
func (fxPutItem) isEffect()         {}
func (fxRemoveItem) isEffect()      {}
func (fxRemember) isEffect()        {}
func (fxPerson) isEffect()          {}
func (fxPeople) isEffect()          {}
func (fxNumbers) isEffect()         {}
func (fxBook) isEffect()            {}
func (fxLookUp) isEffect()          {}
func (fxHistoryNote) isEffect()     {}
func (fxDeleteHistory) isEffect()   {}
func (fxMail) isEffect()            {}
func (fxMessage) isEffect()         {}
func (fxMailRecording) isEffect()   {}
func (fxSetting) isEffect()         {}
func (fxKeepAccount) isEffect()     {}
func (fxCredentials) isEffect()     {}
func (fxWriteAccount) isEffect()    {}
func (fxForgetAccount) isEffect()   {}
