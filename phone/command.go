package phone

import "time"

// Command is something a guest wants done. One struct a verb; the verb is svaractl's word for it.
type Command interface{ Verb() string }

// The commands. A zero Call means the only call, or the active one, that the command fits.
type (
	// Dial places a call. Target is a number, a sip: or tel: URI. What follows a number's first comma are Digits:
	// "600,,1234#" calls 600 and enters a meeting's PIN.
	Dial struct {
		Target  string    `json:"target"`
		Account AccountID `json:"account,omitempty"`
		// How is a service of the exchange on the way to the target: FeatureBypass, FeatureVoicemail, FeatureIntrude or
		// FeatureWithheld; or FeatureMailbox for our own mailbox, with no target. Empty is a plain call.
		How Feature `json:"how,omitempty"`
		// Digits are sent as DTMF when the call is answered, such as a meeting's PIN. See SendDTMF for their form.
		Digits string `json:"digits,omitempty"`
		// Via is the number of another telephone of ours, or "mobile" for the account's: it is called first and then
		// handed over to Target.
		Via string `json:"via,omitempty"`
		// As is the role of this call, before any other choice; empty: the role shown, see Roles.
		As RoleID `json:"as,omitempty"`
		// Join makes the call a member of the conference when it is answered, together with the calls in progress.
		Join bool `json:"join,omitempty"`
		// Name is who it is where that is known from elsewhere than the books, such as a message; the books and the other side
		// know better.
		Name string `json:"name,omitempty"`
	}
	// Answer answers a ringing call, by default the one that has waited longest. Other calls in progress are held.
	Answer struct {
		Call CallID `json:"call,omitempty"`
	}
	// Decline refuses a ringing call: the caller hears busy or is passed on by the PBX.
	Decline struct {
		Call CallID `json:"call,omitempty"`
	}
	// Deflect sends a call that rings here on to another number, unanswered (302 Moved Temporarily, RFC 3261 13.3.1.2).
	Deflect struct {
		Call   CallID `json:"call,omitempty"`
		Target string `json:"target"`
	}
	// Hangup ends a call in any state; All ends every call.
	Hangup struct {
		Call CallID `json:"call,omitempty"`
		All  bool   `json:"all,omitempty"`
	}
	// SetHold holds or resumes a call. Resuming one holds the others.
	SetHold struct {
		Call CallID `json:"call,omitempty"`
		On   bool   `json:"on"`
	}
	// SetMute turns the microphone off or on for a call.
	SetMute struct {
		Call CallID `json:"call,omitempty"`
		On   bool   `json:"on"`
	}
	// SendDTMF sends digits 0-9 * # A-D; a comma is a pause of two seconds.
	SendDTMF struct {
		Call   CallID `json:"call,omitempty"`
		Digits string `json:"digits"`
	}
	// Swap goes from the active call to the one held longest.
	Swap struct{}
	// TransferTo hands a call over without talking to the target first. Kind is direct (the default), voicemail or move.
	TransferTo struct {
		Call   CallID       `json:"call,omitempty"`
		Target string       `json:"target"`
		Kind   TransferKind `json:"kind,omitempty"`
	}
	// Consult holds a call and calls the one it may go to. The call it returns is that consultation.
	Consult struct {
		Call   CallID `json:"call,omitempty"`
		Target string `json:"target"`
	}
	// Complete connects a held call with its consultation, also while that still rings. Call is either of the two.
	Complete struct {
		Call CallID `json:"call,omitempty"`
	}
	// TakeBack returns to the caller from any stage of a transfer: the consultation is ended, or the handing over undone.
	TakeBack struct {
		Call CallID `json:"call,omitempty"`
	}
	// AllowTransfer does what the other side asked for by Call.Asked, or refuses it.
	AllowTransfer struct {
		Call CallID `json:"call,omitempty"`
		On   bool   `json:"on"`
	}
	// Merge makes a conference of calls, or adds them to it. None named means all connected calls.
	Merge struct {
		Calls []CallID `json:"calls,omitempty"`
	}
	// StartConference calls several at once; each is in the conference as soon as it has answered.
	StartConference struct {
		Targets []string  `json:"targets"`
		Account AccountID `json:"account,omitempty"`
	}
	// Split takes a call out of the conference; it is held.
	Split struct {
		Call CallID `json:"call"`
	}
	// LeaveConference lets the others go on without us: two parties by REFER with Replaces, more by the exchange's bridge.
	LeaveConference struct{}
	// EndConference hangs up all its members.
	EndConference struct{}
	// SetLevel sets how loud a party is, percent 0..200, for us and for the conference.
	SetLevel struct {
		Call    CallID `json:"call"`
		Percent int    `json:"percent"`
	}
	// Silence lets nobody hear a party, or everybody again.
	Silence struct {
		Call CallID `json:"call"`
		On   bool   `json:"on"`
	}
	// Record starts or stops the recording of a call.
	Record struct {
		Call CallID `json:"call,omitempty"`
		On   bool   `json:"on"`
	}
	// Park parks a call in a slot of the exchange; an empty slot lets the exchange choose.
	Park struct {
		Call CallID `json:"call,omitempty"`
		Slot string `json:"slot,omitempty"`
	}
	// Retrieve fetches a parked call.
	Retrieve struct {
		Slot    string    `json:"slot"`
		Account AccountID `json:"account,omitempty"`
	}
	// Pickup answers a call that rings at somebody else.
	Pickup struct {
		Target  string    `json:"target"`
		Account AccountID `json:"account,omitempty"`
	}
	// CampOn lets a call wait until a busy target is free; it goes through by itself then.
	CampOn struct {
		Call   CallID `json:"call,omitempty"`
		Target string `json:"target"`
	}
	// PutBack returns a fetched call to its place in the line it camped in.
	PutBack struct {
		Call CallID `json:"call,omitempty"`
	}
	// Move hands a call to another device of ours: a number, or "mobile" for the account's.
	Move struct {
		Call   CallID `json:"call,omitempty"`
		Device string `json:"device"`
	}
	// Pull moves a call of ours from another device here; an empty ID means the only one.
	Pull struct {
		ID string `json:"id,omitempty"`
	}
	// WatchLine asks the exchange to tell how a line stands, or no more.
	WatchLine struct {
		Number  string    `json:"number"`
		Account AccountID `json:"account,omitempty"`
		On      bool      `json:"on"`
	}
	// DeleteRecording removes a recording and its file.
	DeleteRecording struct {
		ID int64 `json:"id"`
	}
	// MailRecording puts a recording as a letter with the sound attached into the inbox of one of our mail servers; empty
	// is the first.
	MailRecording struct {
		ID     int64  `json:"id"`
		Server string `json:"server,omitempty"`
	}
	// PlayRecording plays a recording from a position, or goes on with the one that is paused. The device is the setting
	// play.device.
	PlayRecording struct {
		ID    int64         `json:"id"`
		From  time.Duration `json:"from,omitempty"`  // nanoseconds in JSON
		Speed float64       `json:"speed,omitempty"` // 0.5 to 2; 0 means 1
	}
	// StopPlaying ends the playing, or keeps its place when Pause is set.
	StopPlaying struct {
		Pause bool `json:"pause,omitempty"`
	}
	// PutPerson makes or changes a contact of the user's own. The guest chooses a new one's ID with NewPersonID. Its Mark
	// is taken too.
	PutPerson struct {
		Person Person `json:"person"`
	}
	// RemovePerson forgets a contact of the user's own.
	RemovePerson struct {
		ID PersonID `json:"id"`
	}
	// MarkPerson makes somebody of any book a favourite, VIP or blocked, or none of it.
	MarkPerson struct {
		ID   PersonID `json:"id"`
		Mark Mark     `json:"mark"`
	}
	// SetPhoto gives a contact of the user's own a picture from a file, or takes it away.
	SetPhoto struct {
		ID   PersonID `json:"id"`
		Path string   `json:"path,omitempty"`
	}
	// PutBook connects an address book or changes it. An empty password keeps the stored one.
	PutBook struct {
		Book     Book   `json:"book"`
		Password Secret `json:"password"`
	}
	// RemoveBook disconnects an address book and forgets what was read from it.
	RemoveBook struct {
		ID BookID `json:"id"`
	}
	// ReadBook reads an address book now. An empty ID means all.
	ReadBook struct {
		ID BookID `json:"id,omitempty"`
	}
	// PutItem makes or changes something the user has set up; see Item. SessionOnly does not keep it after the phone is
	// closed.
	PutItem struct {
		Item        Item `json:"item"`
		SessionOnly bool `json:"session_only,omitempty"`
	}
	// RemoveItem removes it.
	RemoveItem struct {
		Kind ItemKind `json:"kind"`
		Key  string   `json:"key"`
	}
	// SetActivity says what the user does now. Until goes before Length; both zero is until changed.
	SetActivity struct {
		Kind   ActivityKind `json:"kind"`
		Name   string       `json:"name,omitempty"`
		Rings  *bool        `json:"rings,omitempty"` // nil: as the kind does
		Length Length       `json:"length,omitzero"`
		Until  time.Time    `json:"until,omitzero"`
		Divert DivertChoice `json:"divert,omitempty"`
		Number string       `json:"number,omitempty"` // of DivertNumber
	}
	// UseShortcut sets the activity of a shortcut.
	UseShortcut struct {
		ID string `json:"id"`
	}
	// SetNote sets the note that colleagues see.
	SetNote struct {
		Text string `json:"text"`
	}
	// SetForward turns a forwarding in the exchange on, or with an empty number off.
	SetForward struct {
		Kind    ForwardKind `json:"kind"`
		Number  string      `json:"number,omitempty"`
		Account AccountID   `json:"account,omitempty"`
	}
	// SetProfile turns a profile in the exchange on, or with an empty number off. Time is as in features.md F8: 1 digit
	// days (0 until changed), 2 hours, 3 minutes, 4 clock time, 6 date; empty is the profile's own.
	SetProfile struct {
		Number  string    `json:"number,omitempty"`
		Time    string    `json:"time,omitempty"`
		Account AccountID `json:"account,omitempty"`
	}
	// SetRole chooses the number to be shown until changed, or for the next call only. An empty role is the account's own.
	SetRole struct {
		Role RoleID `json:"role,omitempty"`
		Next bool   `json:"next,omitempty"`
	}
	// LogIn logs in to queues or out of them. None named means all.
	LogIn struct {
		Queues []QueueID `json:"queues,omitempty"`
		On     bool      `json:"on"`
	}
	// SetCallNote writes a note on a call, kept with it in the history.
	SetCallNote struct {
		Call CallID `json:"call,omitempty"`
		Text string `json:"text"`
	}
	// SetHistoryNote writes a note on a finished call.
	SetHistoryNote struct {
		ID   int64  `json:"id"`
		Text string `json:"text"`
	}
	// DeleteHistory forgets a finished call.
	DeleteHistory struct {
		ID int64 `json:"id"`
	}
	// SendText sends a text message (RFC 3428). EventMessage tells how it went.
	SendText struct {
		Target  string    `json:"target"`
		Text    string    `json:"text"`
		Account AccountID `json:"account,omitempty"`
	}
	// ReadTexts marks the text messages of a thread as read; an empty With all of them.
	ReadTexts struct {
		With string `json:"with,omitempty"` // a number, however it is written, or a TextThread's Peer
	}
	// DeleteTexts forgets a thread.
	DeleteTexts struct {
		With string `json:"with"`
	}
	// PutMailServer connects an IMAP mailbox. An empty password keeps the stored one.
	PutMailServer struct {
		Server   MailServer `json:"server"`
		Password Secret     `json:"password"`
	}
	// RemoveMailServer disconnects it; nothing is deleted there.
	RemoveMailServer struct {
		ID string `json:"id"`
	}
	// CheckVoicemail asks mail servers and exchanges for what is new.
	CheckVoicemail struct{}
	// PlayVoicemail plays a message as PlayRecording does a recording, and marks it as played when it has begun.
	PlayVoicemail struct {
		ID    string        `json:"id"`
		From  time.Duration `json:"from,omitempty"` // nanoseconds in JSON
		Speed float64       `json:"speed,omitempty"`
	}
	// MarkVoicemail marks a message as played or not (IMAP \Seen).
	MarkVoicemail struct {
		ID     string `json:"id"`
		Played bool   `json:"played"`
	}
	// DeleteVoicemail deletes a message from its mailbox.
	DeleteVoicemail struct {
		ID string `json:"id"`
	}
	// PutAccount adds an account or replaces the one with the same ID. An empty password keeps the stored one; so does
	// an empty TURNSecret, the password of its TURN server.
	// SessionOnly keeps neither account nor password after the phone is closed.
	PutAccount struct {
		Account     Account `json:"account"`
		Password    Secret  `json:"password"`
		TURNSecret  Secret  `json:"turn_secret"`
		SessionOnly bool    `json:"session_only,omitempty"`
	}
	// RemoveAccount un-registers and forgets an account and its password.
	RemoveAccount struct {
		Account AccountID `json:"account"`
	}
	// Register tries to register at once instead of at the next retry. An empty account means all.
	Register struct {
		Account AccountID `json:"account,omitempty"`
	}
	// TestSound tests this computer's sound without a call; an empty Kind ends the test. It is refused during a call.
	TestSound struct {
		Kind SoundTestKind `json:"kind,omitempty"`
	}
	// Set changes a setting; see Settings for keys and values.
	Set struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	// SeeMissed marks all missed calls as looked at.
	SeeMissed struct{}
	// Dismiss removes an ended call's card, a fault, a failed transfer's notice, a camp's reminder or a parked call's note
	// before its time.
	Dismiss struct {
		Call  CallID   `json:"call,omitempty"`
		Fault ReasonID `json:"fault,omitempty"`
		Slot  string   `json:"slot,omitempty"`
		// Change is the ID of a refused TeamChange.
		Change string `json:"change,omitempty"`
	}
)

// Verb is svaractl's word.
func (Dial) Verb() string             { return "dial" }
func (Answer) Verb() string           { return "answer" }
func (Decline) Verb() string          { return "decline" }
func (Deflect) Verb() string          { return "deflect" }
func (Hangup) Verb() string           { return "hangup" }
func (c SetHold) Verb() string        { return onOff(c.On, "hold", "resume") }
func (c SetMute) Verb() string        { return onOff(c.On, "mute", "unmute") }
func (SendDTMF) Verb() string         { return "dtmf" }
func (Swap) Verb() string             { return "swap" }
func (TransferTo) Verb() string       { return "transfer" }
func (Consult) Verb() string          { return "consult" }
func (Complete) Verb() string         { return "complete" }
func (TakeBack) Verb() string         { return "takeback" }
func (c AllowTransfer) Verb() string  { return onOff(c.On, "transfer-allow", "transfer-refuse") }
func (Merge) Verb() string            { return "conference" }
func (StartConference) Verb() string  { return "conference-start" }
func (Split) Verb() string            { return "split" }
func (LeaveConference) Verb() string  { return "conference-leave" }
func (EndConference) Verb() string    { return "conference-end" }
func (SetLevel) Verb() string         { return "level" }
func (c Silence) Verb() string        { return onOff(c.On, "silence", "unsilence") }
func (c Record) Verb() string         { return onOff(c.On, "record-start", "record-stop") }
func (Park) Verb() string             { return "park" }
func (Retrieve) Verb() string         { return "retrieve" }
func (Pickup) Verb() string           { return "pickup" }
func (CampOn) Verb() string           { return "campon" }
func (PutBack) Verb() string          { return "putback" }
func (Move) Verb() string             { return "move" }
func (Pull) Verb() string             { return "pull" }
func (c WatchLine) Verb() string      { return onOff(c.On, "watch", "unwatch") }
func (DeleteRecording) Verb() string  { return "recording-delete" }
func (MailRecording) Verb() string    { return "recording-mail" }
func (PlayRecording) Verb() string    { return "recording-play" }
func (StopPlaying) Verb() string      { return "recording-stop" }
func (PutPerson) Verb() string        { return "person-put" }
func (RemovePerson) Verb() string     { return "person-remove" }
func (MarkPerson) Verb() string       { return "person-mark" }
func (SetPhoto) Verb() string         { return "person-photo" }
func (PutBook) Verb() string          { return "book-put" }
func (RemoveBook) Verb() string       { return "book-remove" }
func (ReadBook) Verb() string         { return "book-read" }
func (PutItem) Verb() string          { return "item-put" }
func (RemoveItem) Verb() string       { return "item-remove" }
func (SetActivity) Verb() string      { return "activity" }
func (UseShortcut) Verb() string      { return "shortcut" }
func (SetNote) Verb() string          { return "note" }
func (SetForward) Verb() string       { return "forward" }
func (SetProfile) Verb() string       { return "profile" }
func (SetRole) Verb() string          { return "role" }
func (c LogIn) Verb() string          { return onOff(c.On, "queue-login", "queue-logout") }
func (SetCallNote) Verb() string      { return "call-note" }
func (SetHistoryNote) Verb() string   { return "history-note" }
func (DeleteHistory) Verb() string    { return "history-delete" }
func (SendText) Verb() string         { return "text" }
func (ReadTexts) Verb() string        { return "texts-read" }
func (DeleteTexts) Verb() string      { return "texts-delete" }
func (PutMailServer) Verb() string    { return "mail-put" }
func (RemoveMailServer) Verb() string { return "mail-remove" }
func (CheckVoicemail) Verb() string   { return "voicemail-check" }
func (PlayVoicemail) Verb() string    { return "voicemail-play" }
func (MarkVoicemail) Verb() string    { return "voicemail-mark" }
func (DeleteVoicemail) Verb() string  { return "voicemail-delete" }
func (PutAccount) Verb() string       { return "account-put" }
func (RemoveAccount) Verb() string    { return "account-remove" }
func (Register) Verb() string         { return "register" }
func (TestSound) Verb() string        { return "sound-test" }
func (Set) Verb() string              { return "set" }
func (SeeMissed) Verb() string        { return "seen" }
func (Dismiss) Verb() string          { return "dismiss" }

func onOff(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}
