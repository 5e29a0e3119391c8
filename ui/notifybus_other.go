//go:build !linux

package ui

import (
	"context"
	"log/slog"

	"fyne.io/fyne/v2"

	"svara/ui/command"
	"svara/ui/present"
)

// newTeller shows notifications as Fyne does on this system.
func newTeller(g *group, _ *slog.Logger, _ func(present.Note, command.ID)) teller {
	return plainTeller{g}
}

// plainTeller shows notifications by Fyne: a title and a text.
type plainTeller struct{ group *group }

// tell implements teller. Fyne may wait for the desktop, so that is done beside the UI goroutine.
func (t plainTeller) tell(n present.Note) {
	t.group.run(func(context.Context) {
		fyne.CurrentApp().SendNotification(fyne.NewNotification(n.Title, n.Text))
	})
}

// withdraw implements teller: Fyne cannot take a notification back.
func (plainTeller) withdraw(string) {}
