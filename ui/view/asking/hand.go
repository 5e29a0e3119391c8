package asking

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
)

// Ask opens a question. For a transfer the caller is held at once: they must not hear who is looked for (users.md A11).
func (a *Asking) Ask(q command.Question, id phone.CallID, c fyne.Canvas) {
	again := a.question == q && a.call == id
	a.question, a.call = q, id
	if q == command.AskTransfer && !again {
		on := a.deps.Snapshot().Call(id)
		a.resume = on != nil && !on.Hold.Local()
		if a.resume {
			if err := a.deps.Do(phone.SetHold{Call: id, On: true}); err != nil {
				a.deps.Say(text.Refusal(err))
			}
		}
	}
	if !again {
		a.screen.SetField("")
	}
	a.screen.DialFailed("")
	a.screen.Changed()
	a.screen.FocusSearch(c)
}

// Leave ends the question; back goes on with the call that was to be transferred.
func (a *Asking) Leave(back bool) {
	if !a.On() {
		return
	}
	id, resume := a.call, a.resume && a.question == command.AskTransfer
	a.question, a.resume = "", false
	a.screen.SetField("")
	a.screen.DialFailed("")
	a.screen.Changed()
	if back && resume {
		if err := a.deps.Do(phone.SetHold{Call: id}); err != nil && phone.ReasonOf(err).ID != phone.ReasonNoCall {
			a.deps.Say(text.Refusal(err))
		}
	}
}

// Failed opens the question again after a transfer that came to nothing: what was tried is in the field, selected, and
// under it why.
func (a *Asking) Failed(f present.Fell, c fyne.Canvas) {
	a.Ask(command.AskTransfer, f.Call, c)
	a.resume = true
	a.screen.SetField(f.Target)
	a.fell = a.screen.Field()
	a.screen.DialFailed(f.Why)
	a.screen.FocusSearch(c)
}

// HandOver does what was chosen with the one who is meant. What is refused keeps the field as it is, selected, with the
// reason under it.
func (a *Asking) HandOver(how command.Handing, c fyne.Canvas) {
	a.screen.Settled(func() {
		if a.On() {
			target, name := a.screen.Chosen()
			a.hand(how, target, name, c)
		}
	})
}

// To hands a call over to somebody, also without a question having been asked first.
func (a *Asking) To(id phone.CallID, how command.Handing, target, name string, c fyne.Canvas) {
	if a.question != command.AskTransfer || a.call != id {
		a.question, a.call, a.resume = command.AskTransfer, id, false
		a.model = present.AskingOf(a.scene, a.question, id)
		defer func() {
			if a.question != "" { // refused: nothing has been asked
				a.question, a.model = "", nil
			}
		}()
	}
	a.hand(how, target, name, c)
}

func (a *Asking) hand(how command.Handing, target, name string, c fyne.Canvas) {
	snap := a.deps.Snapshot()
	if how == command.HandStandard && a.question == command.AskTransfer {
		switch phone.TransferKind(snap.Settings.Get(phone.KeyTransferKind)) {
		case phone.TransferAnnounced:
			how = command.HandAnnounced
		case phone.TransferDirect:
			how = command.HandDirect
		default:
			a.refuse(text.T("transfer.choose"), c)
			return
		}
	}
	if why := a.locked(how); why != "" {
		a.refuse(why, c)
		return
	}
	if how == command.HandPark || a.question == command.AskSlot {
		typed := a.screen.Field()
		if target = present.DialText(typed); target != "" && !present.Dialable(target) {
			a.refuse(text.T("transfer.slot"), c)
			return
		}
	}
	if target == "" && how != command.HandPark {
		a.refuse(text.T("transfer.nobody"), c)
		return
	}
	if err := a.deps.Do(a.handing(how, target)); err != nil {
		a.refuse(text.Refusal(err), c)
		return
	}
	id, who := a.call, ""
	if k := a.scene.Snap.Call(id); k != nil {
		who = a.scene.WhoOf(k.Remote).Name
	}
	a.Leave(false)
	if how == command.HandDirect || how == command.HandVoicemail {
		undo := func() { a.deps.Run(command.TakeBack, id) }
		a.deps.Undo(id, text.T("transfer.toast", "name", who, "to", name), text.T("call.take_back"), undo)
	}
}

// locked is why a way cannot be taken here, in words.
func (a *Asking) locked(how command.Handing) string {
	id := map[command.Handing]command.ID{
		command.HandDirect: command.Direct, command.HandAnnounced: command.Announced, command.HandVoicemail: command.Voicemail,
		command.HandCamp: command.CampOn, command.HandPark: command.ParkSlot,
	}[how]
	if a.model == nil {
		return ""
	}
	for _, act := range a.model.Acts {
		if act.Command == string(id) && !act.Enabled {
			return act.Reason
		}
	}
	return ""
}

func (a *Asking) handing(how command.Handing, target string) phone.Command {
	switch a.question {
	case command.AskAdd:
		return phone.Dial{Target: target, Join: true}
	case command.AskPickup:
		return phone.Pickup{Target: target}
	case command.AskSlot:
		return phone.Retrieve{Slot: target}
	case command.AskDeflect:
		return phone.Deflect{Call: a.call, Target: target}
	}
	switch how {
	case command.HandDirect:
		return phone.TransferTo{Call: a.call, Target: target, Kind: phone.TransferDirect}
	case command.HandVoicemail:
		return phone.TransferTo{Call: a.call, Target: target, Kind: phone.TransferVoicemail}
	case command.HandCamp:
		return phone.CampOn{Call: a.call, Target: target}
	case command.HandPark:
		return phone.Park{Call: a.call, Slot: target}
	}
	return phone.Consult{Call: a.call, Target: target}
}

func (a *Asking) refuse(why string, c fyne.Canvas) {
	a.screen.DialFailed(why)
	a.screen.FocusSearch(c)
}
