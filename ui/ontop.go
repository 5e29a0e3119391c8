package ui

import (
	"svara/phone"
	"svara/ui/command"
)

// keepOnTop makes the main window stay above others while it is the ACD strip and the user wants that, and lets it go
// when it is anything else. Where the system has no such thing nothing happens.
//
//	Run:    a.keepOnTop(), after the window was shown
//	render: a.keepOnTop(), after the face in front was shown
func (a *App) keepOnTop() {
	want := a.page != command.ViewStart && a.faces.front == command.FaceACD && a.snap.Settings.Bool(phone.KeyACDOnTop)
	if want != a.onTop && floating(a.main, want) {
		a.onTop = want
	}
}
