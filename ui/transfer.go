package ui

import (
	"time"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
)

// regret is how long Escape takes a transfer back after it was made (ui.md section 6).
const regret = 5 * time.Second

// ask opens the field for what a command needs to know.
func (a *App) ask(q command.Question, id phone.CallID) {
	if a.page == command.ViewStart {
		return
	}
	a.setPage(command.ViewCall)
	a.normal.Ask(q, id, a.main.Canvas())
	a.draw()
}

// stepBack undoes what was done with a call last: the consultation, or a transfer made a moment ago. It never ends a call
// but the consultation.
func (a *App) stepBack() bool {
	c := command.Regret(a.snap)
	if c == nil || c.Transfer == nil {
		return false
	}
	if c.Transfer.State == phone.TransferConsulting && c.ID == a.snap.Active {
		return false // back with the caller already
	}
	if c.Transfer.State != phone.TransferConsulting && a.now().Sub(c.Transfer.Since) > regret {
		return false
	}
	a.host.Do(phone.TakeBack{Call: c.ID})
	return true
}

// followTransfers brings a transfer that came to nothing back to the field, unless the user is busy with something else.
func (a *App) followTransfers(before *phone.Snapshot) {
	if command.Regret(before) != nil && command.Regret(a.snap) == nil {
		a.root.HideToast() // it offered to take the transfer back
	}
	fell := present.FellSince(before, a.scene())
	if fell == nil || a.page == command.ViewStart || len(a.snap.Ringing()) > 0 {
		return
	}
	q, _ := a.normal.Asking()
	if active := a.snap.Call(a.snap.Active); q != "" || active != nil && active.ID != fell.Call || a.normal.Field() != "" {
		return
	}
	a.setPage(command.ViewCall)
	a.normal.Failed(*fell, a.main.Canvas())
	a.draw()
}

// known is the name of somebody by their number.
func (a *App) known(number string) string {
	for _, p := range a.people() {
		if p.Number == number {
			return p.Name
		}
	}
	return ""
}
