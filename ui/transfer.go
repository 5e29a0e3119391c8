package ui

import (
	"context"
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
	a.showFull()
	a.setPage(command.ViewCall)
	a.face().Ask(q, id, a.main.Canvas())
	a.draw()
}

// stepBack undoes what was done with a call last: the consultation, or a transfer made a moment ago; when that has come to
// nothing by itself it goes on with the caller. It never ends a call but the consultation.
func (a *App) stepBack() bool {
	c := command.Regret(a.snap)
	if c == nil || c.Transfer == nil {
		if left := a.snap.Call(a.left); left != nil {
			a.host.Do(phone.SetHold{Call: left.ID})
		}
		return a.left != 0
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

// offer is the toast that tells of a transfer and offers to take it back.
type offer struct {
	call  phone.CallID
	words string
	since uint64 // the snapshot that has the transfer; older ones may still be on their way to the window
}

func (a *App) offerUndo(call phone.CallID, words, link string, undo func()) {
	a.offer = offer{call, words, a.opts.Phone.Snapshot().Seq}
	a.root.Toast("arrow-right", words, link, undo)
}

// followOffer takes the offer away when there is nothing to take back any more: the transfer has failed, was answered or
// taken back already.
func (a *App) followOffer(before *phone.Snapshot) {
	o := a.offer
	if o.call == 0 || a.snap.Seq < o.since {
		return
	}
	c, old := a.snap.Call(o.call), before.Call(o.call)
	over := c == nil || !c.State.Live() || c.Transfer == nil || !c.Transfer.State.Pending()
	late := !over && old != nil && old.Transfer != nil && old.Transfer.Undo && !c.Transfer.Undo
	if !over && !late {
		return
	}
	a.offer = offer{}
	if a.root.ToastText() == o.words { // and not something newer
		a.root.HideToast()
	}
}

// followLeft remembers the caller who was left on hold when the colleague they were to go to said no, hung up or was hung
// up on: until the user goes on with them or with somebody else.
func (a *App) followLeft(before *phone.Snapshot) {
	held := func(c *phone.Call) bool {
		return c != nil && c.State == phone.StateConnected && c.Hold.Local() && !command.Waits(*c)
	}
	if a.snap.Active != 0 || !held(a.snap.Call(a.left)) {
		a.left = 0
	}
	for i := range a.snap.Calls {
		c := &a.snap.Calls[i]
		old := before.Call(c.ID)
		if a.snap.Active != 0 || !held(c) || old == nil || old.Transfer == nil || old.Transfer.State == phone.TransferFailed {
			continue
		}
		if c.Transfer == nil || c.Transfer.State == phone.TransferFailed && !c.Transfer.Recalled {
			a.left = c.ID
		}
	}
}

// followTransfers brings a transfer that came to nothing back to the field, unless the user is busy with something else.
func (a *App) followTransfers(before *phone.Snapshot) {
	a.followOffer(before)
	a.followLeft(before)
	fell := present.FellSince(before, a.scene())
	if fell == nil || a.page == command.ViewStart || len(a.snap.Ringing()) > 0 {
		return
	}
	q, _ := a.face().Asking()
	if active := a.snap.Call(a.snap.Active); q != "" || active != nil && active.ID != fell.Call || a.face().Field() != "" {
		return
	}
	a.showFull()
	a.setPage(command.ViewCall)
	a.face().Failed(*fell, a.main.Canvas())
	a.draw()
}

// known is the name of somebody by their number.
func (a *App) known(number string) string {
	if a.opts.People == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(a.group.ctx, peoplePatience)
	defer cancel()
	if people, err := a.opts.People.Match(ctx, number); err == nil && len(people) > 0 {
		return people[0].Label()
	}
	return ""
}
