package present

import (
	"strconv"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

// NoteKind is what a notification is about; each has a setting of its own (features.md K3).
type NoteKind string

// The kinds.
const (
	NoteRing       NoteKind = "ring"
	NoteMissed     NoteKind = "missed"
	NoteMessage    NoteKind = "message"
	NoteVoicemail  NoteKind = "voicemail"
	NoteConnection NoteKind = "connection"
)

// wantedBy is the setting of each kind.
var wantedBy = map[NoteKind]string{
	NoteRing: phone.KeyNotifyRing, NoteMissed: phone.KeyNotifyMissed, NoteMessage: phone.KeyNotifyMessage,
	NoteVoicemail: phone.KeyNotifyMail, NoteConnection: phone.KeyNotifyLost,
}

// Note is a notification of the desktop.
type Note struct {
	Key   string // one with the same key takes the place of the one before
	Kind  NoteKind
	Title string
	Text  string
	Call  phone.CallID // a ring's
	Acts  []NoteAct    // where the desktop has buttons for it; a press on the note itself shows the window
	Show  command.View // what the window goes to then; empty for as it is
}

// NoteAct is a button of a notification.
type NoteAct struct {
	Command command.ID
	Text    string
}

// Notes finds what has happened that is to be told outside of the window. It remembers which accounts were told of, so
// that an exchange that is gone is not told of at each try.
type Notes struct {
	lost map[phone.AccountID]bool
}

// Follow compares two snapshots: what is new to tell, and the keys of notes that are no longer true. focused says that the
// user works in one of our windows and sees for themselves that it rings.
func (n *Notes) Follow(before *phone.Snapshot, s Scene, focused bool) (fresh []Note, gone []string) {
	for _, c := range s.Snap.Calls {
		old := before.Call(c.ID)
		rang := old != nil && old.State == phone.StateIncoming
		switch {
		case c.State == phone.StateIncoming && !rang && !focused:
			fresh = append(fresh, ringNote(s, c))
		case c.State != phone.StateIncoming && rang:
			gone = append(gone, ringKey(c.ID))
			if c.End != nil && c.End.ID == phone.ReasonMissed {
				fresh = append(fresh, missedNote(s, c))
			}
		}
	}
	for _, c := range before.Calls {
		if c.State == phone.StateIncoming && s.Snap.Call(c.ID) == nil {
			gone = append(gone, ringKey(c.ID))
		}
	}
	if was, is := before.Voicemail.New(), s.Snap.Voicemail.New(); is > was && before.Voicemail.Revision != 0 {
		fresh = append(fresh, Note{Key: "voicemail", Kind: NoteVoicemail, Title: text.T("notify.voicemail", "n", is-was), Text: text.T("notify.voicemail_all", "n", is), Show: command.ViewVoicemail})
	} else if is == 0 && was > 0 {
		gone = append(gone, "voicemail")
	}
	fresh = append(fresh, n.accounts(s)...)
	return allowed(s, fresh), gone
}

// allowed leaves out the kinds the user does not want.
func allowed(s Scene, notes []Note) []Note {
	var out []Note
	for _, n := range notes {
		if s.Snap.Settings.Bool(wantedBy[n.Kind]) {
			out = append(out, n)
		}
	}
	return out
}

func ringKey(id phone.CallID) string { return "ring" + strconv.FormatUint(uint64(id), 10) }

func ringNote(s Scene, c phone.Call) Note {
	in := incomingOf(s, c, false)
	return Note{
		Key: ringKey(c.ID), Kind: NoteRing, Call: c.ID, Title: in.Who.Name,
		Text: joinWords(in.Title, in.Caller.Work, numberOf(in.Who), in.Caller.Route),
		Acts: []NoteAct{{command.Answer, text.T("call.answer")}, {command.Decline, text.T("call.decline")}},
	}
}

func missedNote(s Scene, c phone.Call) Note {
	who := s.whoOfCall(c)
	return Note{
		Key: "missed" + strconv.FormatUint(uint64(c.ID), 10), Kind: NoteMissed, Title: text.T("notify.missed", "name", who.Name),
		Text: joinWords(callerOf(s, c).Work, numberOf(who), text.Clock(c.Created)), Show: command.ViewHistory,
	}
}

// accounts tells when an account lost its exchange, and when it has it again. The tries in between are not told of.
func (n *Notes) accounts(s Scene) []Note {
	if n.lost == nil {
		n.lost = map[phone.AccountID]bool{}
	}
	var out []Note
	there := map[phone.AccountID]bool{}
	for _, a := range s.Snap.Accounts {
		there[a.ID] = true
		note := Note{Key: "account." + string(a.ID), Kind: NoteConnection}
		switch {
		case a.State == phone.RegistrationFailed && !n.lost[a.ID]:
			n.lost[a.ID] = true
			bar := registrationBar(s, a)
			note.Title = bar.Title
			if a.Reason != nil {
				note.Text = text.RegistrationReason(*a.Reason)
			}
		case a.State == phone.RegistrationRegistered && n.lost[a.ID]:
			delete(n.lost, a.ID)
			note.Title, note.Text = text.T("notify.connected"), AccountName(a.Account)
		default:
			continue
		}
		out = append(out, note)
	}
	for id := range n.lost {
		if !there[id] {
			delete(n.lost, id)
		}
	}
	if s.Snap.Settings.Bool(phone.KeyFirstStart) { // the form that signs in tells why it did not work
		return nil
	}
	return out
}

// MessageNote tells of a text message that has come, or that was not sent, of which it is not told what it said; ok is
// false for all other events.
func MessageNote(s Scene, e phone.Event) (note Note, ok bool) {
	switch {
	case e.Kind == phone.EventMessage && e.State == string(phone.TextReceived):
		return textNote(s, e), true
	case e.Kind != phone.EventMessage || e.State != string(phone.TextFailed):
		return Note{}, false
	}
	note = Note{Key: "message." + e.Value, Kind: NoteMessage, Title: text.T("notify.message_failed", "name", s.WhoOf(phone.Party{Number: e.Value}).Name)}
	if e.Reason != nil {
		note.Text = unsent(*e.Reason)
	}
	return note, true
}

// Wanted reports whether the user wants to be told of a note outside of the window.
func (n Note) Wanted(s Scene) bool { return s.Snap.Settings.Bool(wantedBy[n.Kind]) }
