// Package ui is Svara's window: the app, its windows, the one pump that brings snapshots to the screen, and the adapter
// from keys to commands. What is shown is made by ui/present, drawn by ui/view and ui/widget; what is done goes through
// ui/command.
//
//	phone.Subscription -> pump goroutine -> loop.Do(render) -> present -> views
//	key, button, menu -> command -> Host (this package) -> phone.Do
package ui

import (
	"log/slog"

	"fyne.io/fyne/v2"

	"svara/phone"
)

// AppID is the program's name to the desktop, the same as in FyneApp.toml.
const AppID = "se.svara.Svara"

// Options is what the window needs. Phone, History and Meter must be set.
type Options struct {
	Phone      phone.Phone
	History    phone.History
	Meter      phone.Meter
	Inbox      phone.Inbox     // recordings; nil when there are none
	Voicemail  phone.Voicemail // messages of mail servers; nil when there are none
	Texts      phone.Texts     // text messages; nil when they are not kept
	GroupLog   phone.GroupLog  // calls to the groups' queues; nil when no team server can be asked
	Folder     string          // where recordings go when the setting names no folder
	Version    string
	FirstFrame func()             // called once, after the first drawn frame; may be nil
	Demo       func() error       // starts the practice exchange and adds its account; nil hides the choice
	People     phone.People       // contacts and address books; nil when there are none
	Books      phone.AddressBooks // import and export of contacts; nil when there is none
	Collector  phone.Collector    // of what happens, for who helps; nil when nothing can be collected
	Typed      func()             // told when a letter is typed that people are looked for with; nil for none
	Released   func()             // told when the memory of a window has been let go of; nil for none
	Log        *slog.Logger       // nil discards
	LogFile    string             // what Log writes to; empty when that is no file
	Args       []string           // what the program was started with: numbers, sip: and tel: links

	GroupMessages phone.GroupMessages // nil as GroupLog

	Colleagues phone.Colleagues // what colleagues plan; nil as GroupLog

	TeamDevices phone.TeamDevices // what the user is signed in to the team server with; nil as GroupLog

	quiet   func()                 // called before the first window that must not take the focus is made; nil on a test's driver
	meek    func(fyne.Window) bool // tells the system that a window that is made and not yet shown takes no focus; nil as quiet
	screens screens                // nil on a test's driver
	sync    bool                   // history is answered before the question returns: tests, where no loop runs
}
