package board

import (
	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view/call"
	"svara/ui/view/person"
	"svara/ui/widget"
)

// deed is a button beside somebody, and what it does.
type deed struct {
	spec widget.ButtonSpec
	do   func(at *widget.Button)
}

// brief is what there is room for beside everybody, and how: with words, or an icon only.
var brief = map[command.ID]bool{command.CampOn: true, command.Direct: true, command.Announced: true, command.Voicemail: false}

// deeds is what can be done with somebody: all of it for an open row, else the ways that all have. The last one opens
// the menu.
func (v *View) deeds(h phone.Hit, open bool) []deed {
	var out []deed
	switch {
	case v.acts == nil:
		out = v.own(h)
	case open:
		for i, act := range v.acts(h.Person, present.LampOf(v.scene, h.Person)) {
			d := v.deed(act)
			if i == 0 && act.Enabled {
				d.spec.Look = widget.Primary
			}
			out = append(out, d)
		}
		return append(out, v.beside(h)...)
	default:
		out = v.ways(h, false)
	}
	return v.withMore(h, out)
}

// ways is the ways to hand a call over that all have; for the one who is highlighted with their keys, and also to wait for
// them while they talk.
func (v *View) ways(h phone.Hit, keys bool) []deed {
	var out []deed
	for _, act := range v.acts(h.Person, present.LampOf(v.scene, h.Person)) {
		words, ok := brief[command.ID(act.Command)]
		if !ok || act.Command == string(command.CampOn) && !keys {
			continue
		}
		d := v.deed(act)
		if !words {
			d.spec.Tip, d.spec.Text = act.Text, ""
		}
		if !keys {
			d.spec.Key = ""
		}
		out = append(out, d)
	}
	return out
}

func (v *View) deed(act present.Act) deed {
	spec := call.Spec(act.Button)
	spec.Size = widget.Small
	return deed{spec, func(*widget.Button) {
		if len(act.Do) == 0 {
			v.deps.Run(command.ID(act.Command), 0)
			return
		}
		for _, c := range act.Do {
			if !v.tell(c) {
				return
			}
		}
	}}
}

// own is what can be done with somebody while there is no call to hand over: call, write, see the card.
func (v *View) own(h phone.Hit) []deed {
	target, _ := v.reach(h)
	ring := widget.ButtonSpec{Icon: "phone", Text: text.T("person.call"), Size: widget.Small}
	if target == "" {
		ring.Disabled = text.T("history.no_number")
	} else if ok, why := present.CanDial(v.scene); !ok {
		ring.Disabled = why
	}
	out := []deed{{ring, func(*widget.Button) { v.tell(phone.Dial{Target: target}) }}}
	to := person.To(h.Person)
	if to.Number != "" {
		out = append(out, deed{widget.ButtonSpec{Icon: "message-square", Tip: text.T("person.text"), Size: widget.Small}, func(at *widget.Button) { person.Texts(v.deps, at, to) }})
	}
	if len(to.Emails) > 0 {
		out = append(out, deed{widget.ButtonSpec{Icon: "mail", Tip: text.T("person.mail"), Size: widget.Small}, func(at *widget.Button) { person.Mails(v.deps, at, to) }})
	}
	if id := h.Person.ID; id != "" {
		out = append(out, deed{widget.ButtonSpec{Icon: "book-user", Tip: text.T("person.details"), Size: widget.Small}, func(*widget.Button) { v.deps.Contacts.Show(id) }})
	}
	return out
}

// beside is what can be done about somebody while a call is handed over that is no way to hand it over: write to them, and
// break in on their call. What the exchange cannot do is locked.
func (v *View) beside(h phone.Hit) []deed {
	var out []deed
	if to := person.To(h.Person); to.Number != "" {
		spec := widget.ButtonSpec{Icon: "message-square", Text: text.T("person.text"), Size: widget.Small}
		if v.scene.Key != nil {
			spec.Key = v.scene.Key(string(command.Message))
		}
		out = append(out, deed{spec, func(at *widget.Button) { person.Texts(v.deps, at, to) }})
	}
	target, _ := v.reach(h)
	if target == "" || present.LampOf(v.scene, h.Person).Status != present.StatusInCall {
		return out
	}
	for _, w := range present.Ways(v.scene) {
		if w.Feature == phone.FeatureIntrude {
			spec := widget.ButtonSpec{Icon: w.Icon, Text: w.Text, Size: widget.Small}
			if !w.Enabled {
				spec.Disabled = w.Reason
			}
			out = append(out, deed{spec, func(*widget.Button) { v.tell(command.Reach(phone.FeatureIntrude, target)) }})
		}
	}
	return out
}

// withMore adds the button that opens the menu, where there is one.
func (v *View) withMore(h phone.Hit, deeds []deed) []deed {
	if v.menu == nil {
		return deeds
	}
	return append(deeds, deed{widget.ButtonSpec{Icon: "ellipsis", Tip: text.T("person.more"), Size: widget.Small}, func(at *widget.Button) {
		v.menu(h.Person, widget.Below(at))
	}})
}
