// Package command is the registry of everything the user can do: one entry a command. Buttons, menus, the help page, the
// tray and the keyboard are made from it, and every command that is a phone.Command has a verb in svaractl.
//
// A key press becomes a Chord, the Keymap finds the command that the chord means in the present Situation, and its Run
// does it through a Host. Nothing here knows Fyne; ui/widget turns Fyne's keys into chords.
package command

import (
	"strconv"
	"strings"

	"svara/phone"
)

// ID is a command's stable name. Its title is the text "command.<id>".
type ID string

// Context is where a command's chords count. When several are active at once the higher one gets the chord.
type Context uint8

// The contexts, lowest first.
const (
	Global   Context = iota // always active
	List                    // a list or the search field with hits
	Call                    // there is a call that is not ringing here
	Ringing                 // an incoming call rings
	Transfer                // a call is being handed over: the field asks to whom
	Dialog                  // a dialog, menu or form is open
)

// String is the context's name in keys.json and logs.
func (c Context) String() string {
	return [...]string{"global", "list", "call", "ringing", "transfer", "dialog"}[c]
}

// View is something the window can show.
type View string

// The views that commands switch to. They are also the names that svaractl's screenshot knows.
const (
	ViewHistory    View = "history"
	ViewContacts   View = "contacts"
	ViewVoicemail  View = "voicemail"
	ViewQueues     View = "queues"
	ViewRecordings View = "recordings"
	ViewGroupLog   View = "grouplog"
	ViewMeetings   View = "meetings"
	// ViewGroupMessages is the messages of the groups.
	ViewGroupMessages View = "group-messages"
	ViewPassword      View = "team-password" // a new password at the team server
	ViewQueueStats    View = "queue-stats"   // a queue of the team server's: who waits, who answers, how it went
	ViewCall          View = "call"
	ViewSettings      View = "settings"
	ViewShortcuts     View = "shortcuts"
	ViewStart         View = "onboarding"
	ViewActivity      View = "activity"        // the menu under the activity chip
	ViewCustom        View = "custom-activity" // an activity for now, with its end
	ViewSchedule      View = "schedule"        // future activities
	ViewQuick         View = "shortcuts-edit"  // the shortcuts of the activity menu
	ViewForwarding    View = "forwarding"
	ViewRole          View = "role"     // the menu of numbers to show
	ViewPalette       View = "palette"  // every command, searched by its words
	ViewMessages      View = "messages" // text messages
	ViewQuality       View = "quality"  // how the call in front sounds, in figures
)

// Face is a whole telephone: what the main window is.
type Face string

// The faces, as the setting ui.view has them.
const (
	FaceNormal    Face = "normal"
	FaceAttendant Face = "attendant"
	FaceACD       Face = "acd"
)

// Host is what commands act through: the phone, and the window they were given in.
type Host interface {
	// Do sends a command to the phone and tells the user in words when it is refused.
	Do(phone.Command)
	// Show switches to a view.
	Show(View)
	// FocusSearch puts the caret in the search field and selects its text.
	FocusSearch()
	// DialTyped dials what the search field says or the highlighted hit; an empty field gets the last number (B2).
	DialTyped()
	// Reach calls the one who is typed or highlighted in a way of the exchange, or picks up the call that rings there.
	Reach(phone.Feature)
	// ToggleKeypad opens or closes the keypad.
	ToggleKeypad()
	// ReportSound copies what is known of a call's sound, to be sent to who helps; 0 is the call in front.
	ReportSound(phone.CallID)
	// MoveCursor moves the highlight of the list in front by rows; ±1000 means first and last.
	MoveCursor(rows int)
	// MoveAcross moves the highlight sideways where there are columns.
	MoveAcross(columns int)
	// OpenMenu opens the context menu of the highlighted row.
	OpenMenu()
	// TextHits opens a text to all whom the list in front shows.
	TextHits()
	// MailHits begins a letter to them in the user's mail program.
	MailHits()
	// Save takes what is filled in the form in front.
	Save()
	// Back undoes one step: closes what was opened last, empties the field. It never hangs up.
	Back()
	// Ask opens the field for what a command needs to know: whom to transfer a call to, whom to add, where to pick up.
	Ask(Question, phone.CallID)
	// HandOver does with the call being transferred what was chosen, to the one who is typed or highlighted.
	HandOver(Handing)
	// Numbered is what has that number on its card, 1 to 9; the zero Card where there is none.
	Numbered(n int) Card
	// Quit ends the program.
	Quit()
}

// Question is what the field asks for when a command needs somebody or something more.
type Question string

// The questions.
const (
	AskTransfer Question = "transfer" // whom to hand a call over to
	AskAdd      Question = "add"      // whom to call into the conference
	AskPickup   Question = "pickup"   // at whom a call rings
	AskSlot     Question = "slot"     // which slot a parked call is in
	AskDeflect  Question = "deflect"  // whom a ringing call is to go to instead of us
	AskEnd      Question = "end"      // whether all of the conference are to be hung up; the conference asks it, not the field
)

// Handing is a way to hand a call over.
type Handing string

// The ways. HandStandard is the one of the settings.
const (
	HandStandard  Handing = "standard"
	HandDirect    Handing = "direct"
	HandAnnounced Handing = "announced"
	HandVoicemail Handing = "voicemail"
	HandCamp      Handing = "camp"
	HandMessage   Handing = "message" // nobody gets the call: who is meant is written to
	HandPark      Handing = "park"    // what is typed is the slot; nothing lets the exchange choose
)

// HandAlternative is the standard way, to the nth of those who could take the call instead of the one who is highlighted.
func HandAlternative(n int) Handing { return Handing("alternative." + strconv.Itoa(n)) }

// Alternative is the number of the alternative that is meant, 0 for none.
func (h Handing) Alternative() int {
	number, _ := strings.CutPrefix(string(h), "alternative.")
	n, _ := strconv.Atoi(number) // a way without a number is none
	return n
}

// Invocation is one use of a command.
type Invocation struct {
	Host     Host
	Snapshot *phone.Snapshot
	Chord    Chord        // the key that was pressed; zero for a button or menu
	Call     phone.CallID // the call whose button was pressed; 0 means the one the command finds itself
}

// Command is one thing the user can do.
type Command struct {
	ID      ID
	Title   string    // text key, "command.<id>"
	Icon    string    // Lucide name, for theme.Icon
	Default []Chord   // from assets/keys.json
	When    []Context // where its chords count
	// Enabled tells whether the command can be done now, and if not, the text key of the sentence that says why
	// ("disabled.…" or "reason.…"). A nil snapshot never comes here.
	Enabled func(*phone.Snapshot) (ok bool, why string)
	Run     func(Invocation)
	Hidden  bool // not in menus and palette: cursor keys and the like
	Fixed   bool // its keys cannot be changed
	Nth     bool // its chords end in a digit that says which one is meant
	Field   bool // while it can be done, its * - + or / is no text in an empty search field
}
