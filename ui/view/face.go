package view

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/widget"
)

// Face is a whole telephone: the normal view, the attendant's, the ACD strip. The main window shows one at a time and
// all keys go to it. A face that has no list, field or tab of a kind does nothing when asked for it. All methods are
// called on the UI goroutine.
type Face interface {
	Object() fyne.CanvasObject
	Update(present.Scene)
	// Show goes to a tab. A face without it answers false: the window then goes to the normal view.
	Show(tab command.View) bool
	// At is the tab in front.
	At() command.View

	// Field and Entry are what is typed and where, Wrong the red line under it. Entry is nil where there is no field.
	Field() string
	SetField(string)
	Entry() *widget.KeyEntry
	Wrong() string
	FocusSearch(fyne.Canvas)
	// Focus is what the keyboard is in.
	Focus(fyne.Canvas) command.Focus
	// Idle reports whether nothing is typed and no row is highlighted.
	Idle() bool

	// DialTyped dials the highlighted row or what is typed, DialFailed says why nothing was dialled, Dialled is told that
	// a call has begun.
	DialTyped()
	DialFailed(why string)
	Dialled()
	// Reach calls the one who is typed or highlighted in a way of the exchange.
	Reach(phone.Feature)

	// Ask opens a question in the field, Asking is the one that is open, HandOver answers it, Failed opens it again after
	// a transfer that came to nothing.
	Ask(command.Question, phone.CallID, fyne.Canvas)
	Asking() (command.Question, phone.CallID)
	HandOver(command.Handing, fyne.Canvas)
	Failed(present.Fell, fyne.Canvas)

	ToggleKeypad()
	Digit(string) // a digit that was sent in the call in front
	MoveCursor(rows int)
	MoveAcross(columns int)
	OpenRowMenu()
	OpenActivity()
	OpenRole()
	// Back closes what was opened last, and then empties the field. It reports whether there was anything.
	Back() bool

	// Levels draws the meters and Ticking reports whether what is on screen changes with time; both report whether there
	// is any.
	Levels(phone.Levels) bool
	Ticking() bool
	// Copy shows what another face of the same kind shows; of another kind, what is typed and asked.
	Copy(from Face)
}

// Measuring is a face that has room for how the call in front sounds, in figures. ToggleFigures shows or hides them and
// reports whether it did: else they get a window of their own.
type Measuring interface{ ToggleFigures() bool }

// Situated is a face that knows more of what keys mean than what is typed and asked.
type Situated interface {
	// Situate adds to the situation in which a key was pressed.
	Situate(*command.Situation)
}

// Roomy is a face with room for the card of a call that rings. Room is the part of its object that the card may cover, dp;
// nothing when there is none.
type Roomy interface {
	Room() (fyne.Position, fyne.Size)
}

// Sifting is a face that can leave people out of its list by other than what is typed. Sifted answers those who are left,
// when the hits for what is typed are there; it reports false when nobody is left out.
type Sifting interface {
	Sifted(answer func([]phone.Hit)) bool
}
