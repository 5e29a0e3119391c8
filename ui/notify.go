package ui

import (
	"svara/phone"
	"svara/ui/command"
	"svara/ui/loop"
	"svara/ui/present"
	"svara/ui/text"
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
//	pump:   loop.Do(func() { a.notices.event(e) }), for each phone.EventMessage
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
		loop.Do(func() { n.pressed(note, pressed) })
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

// event tells of a text message that has come or was not sent: in the window, and outside of it when the user works
// elsewhere. One that is read as it comes needs no word.
func (n *notices) event(e phone.Event) {
	n.a.catchUp()
	s := n.a.scene()
	note, ok := present.MessageNote(s, e)
	if !ok || n.a.quitting {
		return
	}
	words := note.Title
	if note.Text != "" {
		words += ". " + note.Text
	}
	switch {
	case e.State != string(phone.TextReceived):
		n.a.say(words)
	case !n.a.panels.shown(command.ViewMessages):
		n.a.offerLink(note.Title, text.T("message.show"), func() { n.a.show(command.ViewMessages) })
	}
	if !n.a.focused && n.teller != nil && note.Wanted(s) {
		n.teller.tell(note)
	}
}

// meeting tells of a meeting: that it is about to begin, or that others have changed it.
func (n *notices) meeting(e phone.Event) {
	n.a.catchUp()
	s := n.a.scene()
	note, ok := present.MeetingNote(s, e)
	if !ok || n.a.quitting {
		return
	}
	words := note.Title
	if note.Text != "" {
		words += ". " + note.Text
	}
	n.a.offerLink(words, text.T("message.show"), func() { n.a.show(command.ViewMeetings) })
	if !n.a.focused && n.teller != nil && note.Wanted(s) {
		n.teller.tell(note)
	}
}

// team tells how a change of the password went, where its window does not.
func (n *notices) team(e phone.Event) {
	if e.State != "done" && n.a.panels.shown(command.ViewPassword) {
		return
	}
	if words := present.PasswordTold(e); words != "" && !n.a.quitting {
		n.a.say(words)
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
