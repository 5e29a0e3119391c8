package present

import (
	"slices"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// Status is a lamp: a shape, its tone and the icon in it (ui.md section 4).
type Status string

// The statuses of oneself and of calls that exist so far; widget.Status has the same words.
const (
	StatusAvailable   Status = "available"
	StatusRinging     Status = "ringing"
	StatusInCall      Status = "in-call"
	StatusNotSignedIn Status = "not-signed-in"
	StatusUnknown     Status = "unknown"
	StatusCallRinging Status = "call-ringing"
	StatusCall        Status = "call-in-progress"
	StatusCallOut     Status = "call-out"
	StatusCallHeld    Status = "call-held"
	StatusCallPassed  Status = "call-transferred"
	StatusCallCamped  Status = "call-camped"
	StatusCallEnded   Status = "call-ended"
)

// Header is the top of the window: who I am and how I stand.
type Header struct {
	Name     string
	Address  string // user@domain of the account calls go out on
	Status   Status
	Chip     string
	ChipTail string // until when, the end of the chip
	ChipTone Tone
	ChipIcon string // of the activity; empty while the telephone's own state is told
	Note     string // what colleagues see
	Warn     string // an exchange does not take what we tell of ourselves
	Accounts []AccountRow
	Texts    string // how many text messages are not read; empty for none
	TextsTip string // the same in words
}

// AccountRow is an account in the account menu and in settings.
type AccountRow struct {
	ID      phone.AccountID
	Name    string // what the user calls it
	Address string
	State   string // in words
	Tone    Tone
	Icon    string
	Default bool

	Lock     string // how signalling and sound are protected, in words, with their icon
	LockIcon string
	LockTone Tone
}

// AccountName is what an account is called on screen.
func AccountName(a phone.Account) string {
	if n := Clean(a.DisplayName, nameLimit); n != "" {
		return n
	}
	return Clean(a.User, nameLimit)
}

// HeaderOf makes the header.
func HeaderOf(s Scene) Header {
	h := Header{Status: StatusNotSignedIn, ChipTone: ToneSlate, Chip: text.T("status.not_signed_in")}
	h.Texts, h.TextsTip = UnreadTexts(s)
	for i := range s.Snap.Accounts {
		h.Accounts = append(h.Accounts, AccountRowOf(s, s.Snap.Accounts[i]))
	}
	a := s.Snap.DefaultAccount()
	if a == nil {
		h.Name = text.T("app.name")
		return h
	}
	h.Name = AccountName(a.Account)
	h.Address = Clean(a.User+"@"+a.Domain, numberLimit)
	h.Status, h.Chip, h.ChipTone = ownStatus(s, a)
	h.Note, h.Warn = Clean(s.Snap.Me.Note, 200), NotTaken(s)
	if a.State == phone.RegistrationRegistered {
		now := nowActivity(s)
		if h.Status == StatusAvailable {
			h.Status = ActivityStatus(now.Kind, now.Rings)
		}
		if now.Kind != phone.ActivityAvailable || h.Status == StatusAvailable { // in a call the activity stays in the text
			h.Chip, h.ChipTone, h.ChipIcon = ActivityWord(now.Kind, now.Name), ActivityTone(now.Kind), ActivityIcon(now.Kind)
			h.ChipTail = chipTail(s, now)
		}
	}
	return h
}

// ownStatus is the lamp of oneself: what the telephone does wins over how the account stands.
func ownStatus(s Scene, a *phone.AccountStatus) (Status, string, Tone) {
	ringing, busy := false, false
	for _, c := range s.Snap.Calls {
		switch c.State {
		case phone.StateIncoming:
			ringing = true
		case phone.StateEnded, phone.StateEnding:
		default:
			busy = true
		}
	}
	switch {
	case busy:
		return StatusInCall, text.T("status.in_call"), ToneRed
	case ringing:
		return StatusRinging, text.T("status.ringing"), ToneAccent
	}
	switch a.State {
	case phone.RegistrationRegistered:
		return StatusAvailable, text.T("status.available"), ToneGreen
	case phone.RegistrationRegistering:
		return StatusUnknown, text.T("status.connecting"), ToneSlate
	case phone.RegistrationFailed:
		return StatusNotSignedIn, text.T("status.offline"), ToneSlate
	}
	return StatusNotSignedIn, text.T("status.not_signed_in"), ToneSlate
}

// AccountRowOf makes an account's row.
func AccountRowOf(s Scene, a phone.AccountStatus) AccountRow {
	row := AccountRow{
		ID: a.ID, Name: AccountName(a.Account), Address: Clean(a.User+"@"+a.Domain, numberLimit), Default: a.Default,
		Icon: "circle-help", Tone: ToneSlate,
	}
	row.LockIcon, row.Lock, row.LockTone = signallingOf(a.Account)
	switch a.State {
	case phone.RegistrationRegistered:
		row.State, row.Tone, row.Icon = text.T("registration.registered"), ToneGreen, "check"
	case phone.RegistrationRegistering:
		row.State = text.T("registration.registering")
	case phone.RegistrationUnregistering:
		row.State = text.T("registration.unregistering")
	case phone.RegistrationFailed:
		row.State, row.Tone, row.Icon = text.T("registration.failed"), ToneRed, "x"
		if a.Reason != nil {
			row.State = text.RegistrationReason(*a.Reason)
		}
	default:
		row.State, row.Icon = text.T("registration.off"), "x"
	}
	return row
}

// Bar is a line over the window that says what is wrong and what can be done about it.
type Bar struct {
	ID      string // stable while the same thing is wrong
	Icon    string
	Title   string
	Text    string
	Tone    Tone
	Action  Button // Text empty: none
	Account phone.AccountID
	Fault   phone.ReasonID // a fault that can be dismissed
	Change  string         // the ID of a refused change at the team server that can be dismissed
}

// OutOfReach reports whether no exchange can be reached: nobody can ring.
func OutOfReach(s Scene) bool {
	return len(s.Snap.Accounts) > 0 && !slices.ContainsFunc(s.Snap.Accounts, func(a phone.AccountStatus) bool { return a.State != phone.RegistrationFailed })
}

// Bars are the warnings of the moment: one for every account that is not connected, then the standing faults.
func Bars(s Scene) []Bar {
	var bars []Bar
	for _, a := range s.Snap.Accounts {
		if a.State == phone.RegistrationFailed {
			bars = append(bars, registrationBar(s, a))
		}
	}
	for _, f := range s.Snap.Faults {
		bars = append(bars, Bar{ID: "fault." + string(f.ID), Icon: faultIcon(f.ID), Title: text.ReasonTitle(f), Text: text.Reason(f), Tone: ToneAmber, Fault: f.ID})
	}
	return bars
}

func registrationBar(s Scene, a phone.AccountStatus) Bar {
	b := Bar{ID: "account." + string(a.ID), Icon: "triangle-alert", Tone: ToneAmber, Account: a.ID, Title: text.T("offline.title")}
	why := phone.Reason{ID: phone.ReasonNoReply}
	if a.Reason != nil {
		why = *a.Reason
	}
	b.Text = text.RegistrationReason(why)
	switch why.ID {
	case phone.ReasonNoNetwork:
		b.Icon = "wifi-off"
	case phone.ReasonCertificate:
		b.Icon, b.Title = "shield-alert", text.ReasonTitle(why)
		b.Action = Button{Command: "account.edit", Text: text.T("account.edit"), Enabled: true}
	case phone.ReasonWrongPassword, phone.ReasonNoSuchAccount, phone.ReasonSecretLost:
		b.Title = text.T("offline.refused")
		b.Action = Button{Command: "account.edit", Text: text.T("account.edit"), Enabled: true}
	}
	if len(s.Snap.Accounts) > 1 {
		b.Title = AccountName(a.Account) + ": " + b.Title
	}
	if b.Action.Text == "" {
		b.Action = Button{Command: "account.register", Text: text.T("offline.try_now"), Enabled: true}
		if !a.RetryAt.IsZero() {
			b.Text += " " + retryWords(s, a.RetryAt.Sub(s.Now))
		}
	}
	return b
}

// retryWords says when the next try goes out, in a unit that fits.
func retryWords(s Scene, in time.Duration) string {
	sec := int((in + time.Second - 1) / time.Second)
	switch {
	case sec <= 0:
		return text.T("offline.retrying")
	case sec < 90:
		return text.T("offline.retry_seconds", "n", sec)
	}
	return text.T("offline.retry_minutes", "n", (sec+59)/60)
}

func faultIcon(id phone.ReasonID) string {
	if icon := micIcons[id]; icon != "" {
		return icon
	}
	switch id {
	case phone.ReasonNoSpeaker, phone.ReasonDeviceMissing, phone.ReasonDeviceDead, phone.ReasonDeviceBusy:
		return "headphones"
	case phone.ReasonNoNetwork:
		return "wifi-off"
	case phone.ReasonNoKeyring, phone.ReasonSecretLost:
		return "lock"
	}
	return "triangle-alert"
}

// CanDial reports whether a call can be placed, and if not why. An account that is not connected is still tried when
// the number may be an emergency number; the exchange decides.
func CanDial(s Scene) (bool, string) {
	if len(s.Snap.Accounts) == 0 {
		return false, text.T("reason.no-account")
	}
	for _, a := range s.Snap.Accounts {
		if a.State == phone.RegistrationRegistered {
			return true, ""
		}
	}
	return false, text.T("reason.not-registered")
}

// swings at the end of a ringing call's status is the bell's second picture.
const swings = "+swing"

// RingStatus is the lamp of a call that rings: its bell alternates between two pictures, two a second, unless motion is
// reduced (ui.md section 8).
func (s Scene) RingStatus() Status {
	if s.Now.Nanosecond() >= int(time.Second/2) && !s.Snap.Settings.Bool(phone.KeyReduceMotion) {
		return StatusCallRinging + swings
	}
	return StatusCallRinging
}

// Flashes reports whether the window's edge is lit now: once a second while it rings, where the user wants a ring that can
// be seen. Where motion is reduced it stays lit as long as it rings.
func (s Scene) Flashes() bool {
	if !s.Snap.Settings.Bool(phone.KeyVisualRing) || len(s.Snap.Ringing()) == 0 {
		return false
	}
	return s.Now.Nanosecond() < int(time.Second/2) || s.Snap.Settings.Bool(phone.KeyReduceMotion)
}

// WindowTitle is the main window's title: what a task bar should show of the phone.
func WindowTitle(s Scene) string {
	title := text.T("app.name")
	for _, c := range s.Snap.Calls {
		if c.State == phone.StateIncoming {
			return s.whoOfCall(c).Name + " – " + text.T("call.incoming") + " – " + title
		}
	}
	if w := micTrouble(s); w != nil && Talking(s) {
		title = text.ReasonTitle(*w) + " – " + title
	}
	if n := s.Snap.History.Missed; n > 0 {
		title = text.T("window.missed", "n", n) + " – " + title
	}
	if words := lostWords(s); words != "" {
		title = words + " – " + title
	}
	return title
}

// lostWords is that calls cannot come in: no account is connected, or one of several is not. Empty when all is well, and
// while that is being found out.
func lostWords(s Scene) string {
	failed, working := 0, 0
	for _, a := range s.Snap.Accounts {
		switch a.State {
		case phone.RegistrationFailed:
			failed++
		case phone.RegistrationRegistered, phone.RegistrationRegistering:
			working++
		}
	}
	switch {
	case failed > 0 && working == 0:
		return text.T("status.offline")
	case failed > 0:
		return text.T("window.account_lost", "n", failed)
	case len(s.Snap.Accounts) > 0 && working == 0:
		return text.T("status.not_signed_in")
	}
	return ""
}
