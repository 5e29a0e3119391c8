package ui

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
)

// teller shows notifications on the desktop. Its methods return at once; what it cannot show it forgets.
type teller interface {
	tell(present.Note)
	withdraw(key string)
}

// notices tells of what happens while the user works elsewhere (features.md C1, K3).
//
//	newApp: a.notices = newNotices(a)
//	Run:    a.notices.start(), before Fyne's loop
//	render: a.notices.follow(before), after a.snap is the new snapshot
//	pump:   fyne.Do(func() { a.notices.event(e) }), for each phone.EventMessage
//
// All methods are called on the UI goroutine.
type notices struct {
	a      *App
	notes  present.Notes
	teller teller // nil until started
}

func newNotices(a *App) *notices { return &notices{a: a} }

// start opens the way to the desktop.
func (n *notices) start() {
	n.teller = newTeller(n.a.group, n.a.log, func(note present.Note, pressed command.ID) {
		fyne.Do(func() { n.pressed(note, pressed) })
	})
}

// follow tells what is new since a snapshot.
func (n *notices) follow(before *phone.Snapshot) {
	if n.teller == nil {
		return
	}
	fresh, gone := n.notes.Follow(before, n.a.scene(), n.a.focused)
	for _, key := range gone {
		n.teller.withdraw(key)
	}
	for _, note := range fresh {
		n.teller.tell(note)
	}
}

// event tells of a text message that was not sent: in the window, and outside of it when the user works elsewhere.
func (n *notices) event(e phone.Event) {
	s := n.a.scene()
	note, ok := present.MessageNote(s, e)
	if !ok || n.a.quitting {
		return
	}
	words := note.Title
	if note.Text != "" {
		words += ". " + note.Text
	}
	n.a.say(words)
	if !n.a.focused && n.teller != nil && note.Wanted(s) {
		n.teller.tell(note)
	}
}

// pressed does what a notification's button says; without one it shows what the note is about.
func (n *notices) pressed(note present.Note, id command.ID) {
	a := n.a
	if a.quitting {
		return
	}
	if id != "" {
		if c := a.snap.Call(note.Call); c != nil && c.State == phone.StateIncoming { // not another that rings now
			a.run(id, note.Call)
		}
		return
	}
	a.showMain()
	if note.Show != "" {
		a.show(note.Show)
	}
}
