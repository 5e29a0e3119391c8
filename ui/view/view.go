// Package view is what the screens in its folders share: how they act, and the colours of tones.
package view

import (
	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/theme"
)

// Deps is what a screen acts through. A screen holds no state of the phone: it is given scenes to draw, and what the
// user does leaves by these functions. All are called on the UI goroutine.
type Deps struct {
	Run       func(command.ID, phone.CallID)                              // a command, as its key would do it
	Do        func(phone.Command) error                                   // straight to the phone; the screen shows the error
	Snapshot  func() *phone.Snapshot                                      // the phone's newest
	Query     func(phone.HistoryQuery, func([]phone.HistoryEntry, error)) // the answer comes on the UI goroutine
	Show      func(command.View)                                          // another screen
	Edit      func(phone.AccountID)                                       // the form of an account; empty adds one
	Say       func(words string)                                          // a toast
	Undo      func(call phone.CallID, words, link string, undo func())    // a toast with a way back, while the call is handed over
	Meters    func()                                                      // level meters have come on screen
	Namesakes func(typed string) []phone.Party                            // who has a name, quickly; a few
	Demo      func(done func(error))                                      // nil when there is no demo
	Keys      func() *command.Keymap                                      // which keys mean what, now; the user can change it

	Contacts *Contacts                            // nil when there are none
	Write    func(present.Message)                // the form of a text message
	Note     func(phone.CallID)                   // the form of a note on a call
	Open     func(address string)                 // in the user's browser or mail program
	Offer    func(words, link string, act func()) // a toast with a link

	Recordings func(phone.RecordingQuery, func([]phone.Recording, error))       // the answer comes on the UI goroutine; nil when there is no inbox
	Voicemail  func(phone.VoiceMessageQuery, func([]phone.VoiceMessage, error)) // likewise; nil when no mail server can be asked
	// SaveVoicemail writes a message's sound into the user's folder for downloads; nil as Voicemail.
	SaveVoicemail func(id string, done func(path string, err error))
	// Texts asks for text messages, Threads for all threads; nil where none are kept.
	Texts   func(phone.TextQuery, func([]phone.Text, error))
	Threads func(func([]phone.TextThread, error))
	// GroupLog asks for calls to the groups' queues, the answer comes on the UI goroutine; GroupNote is the form of a note on
	// one. Both are nil where no team server can be asked.
	GroupLog  func(phone.GroupLogQuery, func(phone.GroupLogPage, error))
	GroupNote func(c phone.GroupCall, name string)
	// GroupMessages asks for the messages of the groups, likewise; GroupThread is the window in which one writes with somebody
	// for a group, GroupText the form of a text to many, begun with the user's favourites or
	// nobody. All are nil as GroupLog.
	GroupMessages func(phone.GroupMessageQuery, func(phone.GroupMessagePage, error))
	GroupThread   func(present.GroupThread)
	GroupText     func(favourites bool)
	// TeamDevices asks what the user is signed in to the team server with, the answer comes on the UI goroutine; nil as GroupLog.
	TeamDevices func(func([]phone.TeamDevice, error))
	// QueueSettings is the form of a queue's settings, QueuePage shows a queue of the team server's.
	QueueSettings func(id phone.QueueID, name string)
	QueuePage     func(id phone.QueueID)
	HistoryNote   func(id int64, name, before string) // the form of a note on a finished call
	// PickFile asks for a file or folder that exists, SaveFile for one to be written, in a window of its own. Nothing is
	// answered when the user gives up. Both are nil where there is no such window.
	PickFile, SaveFile func(f File, answer func(path string))
	Collector          phone.Collector                     // of what happens, for who helps; nil where nothing can be collected
	SaveCollected      func(path string, done func(error)) // beside the window: the answer comes on the UI goroutine
	LogFile            string                              // what is logged to; empty for none
	Folder             string                              // where recordings go when the setting names no folder; empty when not known
}

// File is a file or folder that the user is asked for.
type File struct {
	Title  string
	Folder bool     // a folder that exists, in place of a file
	Types  []string // endings with their dot, such as ".vcf"; nil takes every file
	Name   string   // proposed for a file that is to be written
	At     string   // the folder to begin in; empty is the last one, or the user's own
}

// Contacts is how a screen asks about people and opens what is about one. It is nil where there are no people. All answers
// come on the UI goroutine.
type Contacts struct {
	// Search looks people up. While somebody types, it waits for the setting search.delay, and only the newest question
	// is answered.
	Search func(q phone.SearchQuery, typing bool, answer func(phone.SearchResult, error))
	Person func(phone.PersonID, func(phone.Person, error))
	Match  func(number string, answer func([]phone.Person))
	Photo  func(phone.PersonID, func([]byte)) // nil for none
	Show   func(phone.PersonID)               // the card
	Edit   func(p phone.Person, fresh bool)   // the form
	Image  func(p phone.Person)               // the form for a photo from a file
	// Activity is the form of a colleague's activity, who is called so at the team server.
	Activity func(who phone.TeamPersonID, p phone.Person)
	// Planning is the window of their future activities, Plans asks for these; both are nil where no team server can be asked.
	Planning func(who phone.TeamPersonID, p phone.Person)
	Plans    func(who phone.TeamPersonID, answer func(phone.ColleaguePlans, error))
	Import   func(path string, answer func(phone.ImportResult, error))
	Export   func(path string, answer func(int, error))
}

// Colors is the tokens of a tone: what stands out, text of it, a tint behind text of it.
func Colors(t present.Tone) (fill, text, soft theme.Token) {
	switch t {
	case present.ToneAccent:
		return theme.Accent, theme.AccentText, theme.AccentSoft
	case present.ToneGreen:
		return theme.Green, theme.GreenText, theme.GreenSoft
	case present.ToneRed:
		return theme.Red, theme.RedText, theme.RedSoft
	case present.ToneAmber:
		return theme.Amber, theme.AmberText, theme.AmberSoft
	case present.ToneViolet:
		return theme.Violet, theme.VioletText, theme.VioletSoft
	case present.ToneTeal:
		return theme.Teal, theme.TealText, theme.TealSoft
	case present.ToneSlate, present.ToneUnknown:
		return theme.Slate, theme.SlateText, theme.SlateSoft
	case present.ToneQuiet:
		return theme.BorderStrong, theme.Text3, theme.Raised
	}
	return theme.Text2, theme.Text, theme.Raised
}
