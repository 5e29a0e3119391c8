package normal

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/call"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// asking is the field asking for what a command needs: whom a call goes to, whom to add, where to pick up. It has the
// header's place over the field, and the ways under it.
type asking struct {
	deps     view.Deps
	question command.Question // empty: the field asks nothing
	call     phone.CallID
	resume   bool // going back goes on with the call: it was not on hold before
	model    *present.Asking

	lamp   *widget.Icon
	disc   *widget.Panel
	title  *widget.Text
	detail *widget.Text
	back   *widget.Button
	ways   []*widget.Button
	row    *fyne.Container
	head   fyne.CanvasObject
}

func newAsking(deps view.Deps, back func()) *asking {
	a := &asking{deps: deps, row: lay.Flow(6)}
	a.lamp = widget.NewIcon("pause", theme.OnStatus, theme.IconLarge)
	a.disc = widget.NewPanel(widget.PanelSpec{Fill: theme.Amber, Radius: theme.RadiusField}, lay.PadAll(8, a.lamp))
	a.title = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Cut: true})
	a.detail = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Figures: true, Cut: true})
	a.back = widget.NewButton(widget.ButtonSpec{}, back)
	a.head = lay.Aside(theme.Grid, 150, lay.Row(12, a.disc, lay.Fill(lay.Col(0, a.title, a.detail))), a.back)
	a.head.Hide()
	a.row.Hide()
	return a
}

func (a *asking) on() bool { return a.question != "" }

// update draws the question; one whose call has gone is over.
func (a *asking) update(s present.Scene) {
	a.model = nil
	if a.on() {
		if a.model = present.AskingOf(s, a.question, a.call); a.model == nil {
			a.question = ""
		}
	}
	setVisible(a.head, a.model != nil)
	setVisible(a.row, a.model != nil)
	m := a.model
	if m == nil {
		return
	}
	fill, _, _ := view.Colors(m.Tone)
	ink := theme.OnStatus
	if m.Tone == present.ToneAccent {
		ink = theme.OnAccent
	}
	a.disc.Set(widget.PanelSpec{Fill: fill, Radius: theme.RadiusField})
	a.lamp.Set(m.Icon, ink)
	a.title.Set(m.Title)
	a.detail.Set(m.Detail)
	a.back.Set(call.Spec(m.Back))
	for len(a.ways) < len(m.Acts) {
		b := widget.NewButton(widget.ButtonSpec{}, nil)
		a.ways = append(a.ways, b)
		a.row.Add(b)
	}
	for i, b := range a.ways {
		setVisible(b, i < len(m.Acts))
		if i >= len(m.Acts) {
			continue
		}
		act := m.Acts[i]
		spec := call.Spec(act.Button)
		spec.Size = widget.Small
		if act.Command == m.Enter && act.Enabled {
			spec.Look = widget.Primary
		}
		b.Set(spec)
		b.OnTap(func() { a.deps.Run(command.ID(act.Command), 0) })
	}
}

// Ask opens a question. For a transfer the caller is held at once: they must not hear who is looked for (users.md A11).
func (v *View) Ask(q command.Question, id phone.CallID, c fyne.Canvas) {
	a := v.asking
	again := a.question == q && a.call == id
	a.question, a.call = q, id
	if q == command.AskTransfer && !again {
		on := v.deps.Snapshot().Call(id)
		a.resume = on != nil && !on.Hold.Local()
		if a.resume {
			if err := v.deps.Do(phone.SetHold{Call: id, On: true}); err != nil {
				v.deps.Say(text.Refusal(err))
			}
		}
	}
	v.calls.card.ShowKeypad(false)
	if !again {
		v.field.SetText("")
	}
	v.DialFailed("")
	v.Update(v.scene)
	v.FocusSearch(c)
}

// Asking is what the field asks, empty when it asks nothing.
func (v *View) Asking() (command.Question, phone.CallID) { return v.asking.question, v.asking.call }

// leave ends the question; back goes on with the call that was to be transferred.
func (v *View) leave(back bool) {
	a := v.asking
	if !a.on() {
		return
	}
	id, resume := a.call, a.resume && a.question == command.AskTransfer
	a.question, a.resume = "", false
	v.field.SetText("")
	v.DialFailed("")
	v.list.setCursor(-1)
	v.Update(v.scene)
	if back && resume {
		if err := v.deps.Do(phone.SetHold{Call: id}); err != nil && phone.ReasonOf(err).ID != phone.ReasonNoCall {
			v.deps.Say(text.Refusal(err))
		}
	}
}

// Failed opens the question again after a transfer that came to nothing: what was tried is in the field, selected, and
// under it why.
func (v *View) Failed(f present.Fell, c fyne.Canvas) {
	v.Ask(command.AskTransfer, f.Call, c)
	v.asking.resume = true
	v.field.SetText(f.Target)
	v.DialFailed(f.Why)
	v.FocusSearch(c)
}

// chosen is who is meant: the highlighted row, what is typed when it can be dialled, or the only hit.
func (v *View) chosen() (target, name string) {
	typed := v.field.Text()
	if row, ok := v.list.chosen(); ok && v.list.object.Visible() {
		return row.Dial, row.Who.Name
	}
	if present.Dialable(typed) {
		t := present.DialText(typed)
		return t, v.scene.WhoOf(phone.Party{Number: t}).Name
	}
	if row, ok := v.list.only(); ok && typed != "" {
		return row.Dial, row.Who.Name
	}
	return "", ""
}

// HandOver does what was chosen with the one who is meant. What is refused keeps the field as it is, selected, with the
// reason under it.
func (v *View) HandOver(how command.Handing, c fyne.Canvas) {
	v.list.settled(func() { v.handOver(how, c) })
}

func (v *View) handOver(how command.Handing, c fyne.Canvas) {
	a := v.asking
	if !a.on() {
		return
	}
	if how == command.HandStandard && a.question == command.AskTransfer {
		switch phone.TransferKind(v.scene.Snap.Settings.Get(phone.KeyTransferKind)) {
		case phone.TransferAnnounced:
			how = command.HandAnnounced
		case phone.TransferDirect:
			how = command.HandDirect
		default:
			v.refuse(text.T("transfer.choose"), c)
			return
		}
	}
	if why := v.locked(how); why != "" {
		v.refuse(why, c)
		return
	}
	target, name := v.chosen()
	if how == command.HandPark || a.question == command.AskSlot {
		if target = present.DialText(v.field.Text()); target != "" && !present.Dialable(target) {
			v.refuse(text.T("transfer.slot"), c)
			return
		}
	}
	if target == "" && how != command.HandPark {
		v.refuse(text.T("transfer.nobody"), c)
		return
	}
	if err := v.deps.Do(v.handing(how, target)); err != nil {
		v.refuse(text.Refusal(err), c)
		return
	}
	id, who := a.call, ""
	if k := v.scene.Snap.Call(id); k != nil {
		who = v.scene.WhoOf(k.Remote).Name
	}
	v.leave(false)
	if how == command.HandDirect || how == command.HandVoicemail {
		undo := func() { v.deps.Run(command.TakeBack, id) }
		v.deps.Undo(id, text.T("transfer.toast", "name", who, "to", name), text.T("call.take_back"), undo)
	}
}

// locked is why a way cannot be taken here, in words.
func (v *View) locked(how command.Handing) string {
	id := map[command.Handing]command.ID{
		command.HandDirect: command.Direct, command.HandAnnounced: command.Announced, command.HandVoicemail: command.Voicemail,
		command.HandCamp: command.CampOn, command.HandPark: command.ParkSlot,
	}[how]
	if v.asking.model == nil {
		return ""
	}
	for _, act := range v.asking.model.Acts {
		if act.Command == string(id) && !act.Enabled {
			return act.Reason
		}
	}
	return ""
}

func (v *View) handing(how command.Handing, target string) phone.Command {
	id := v.asking.call
	switch v.asking.question {
	case command.AskAdd:
		return phone.Dial{Target: target, Join: true}
	case command.AskPickup:
		return phone.Pickup{Target: target}
	case command.AskSlot:
		return phone.Retrieve{Slot: target}
	case command.AskDeflect:
		return phone.Deflect{Call: id, Target: target}
	}
	switch how {
	case command.HandDirect:
		return phone.TransferTo{Call: id, Target: target, Kind: phone.TransferDirect}
	case command.HandVoicemail:
		return phone.TransferTo{Call: id, Target: target, Kind: phone.TransferVoicemail}
	case command.HandCamp:
		return phone.CampOn{Call: id, Target: target}
	case command.HandPark:
		return phone.Park{Call: id, Slot: target}
	}
	return phone.Consult{Call: id, Target: target}
}

func (v *View) refuse(why string, c fyne.Canvas) {
	v.DialFailed(why)
	v.FocusSearch(c)
}
