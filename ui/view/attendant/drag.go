package attendant

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view/call"
	"svara/ui/view/person"
	"svara/ui/widget"
)

// targets is where a call may be dropped: other calls, the conference, queues, people in sight.
func (v *View) targets(id phone.CallID) []widget.Target {
	var out []widget.Target
	say := func(words string) func(bool) string { return func(bool) string { return words } }
	s := v.side
	onto := func(o fyne.CanvasObject, other phone.CallID) {
		if acts := present.Together(v.scene, id, other); other != 0 && other != id && len(acts) > 0 {
			out = append(out, widget.Target{Object: o, Words: say(text.T("drop.call")), Drop: func(_ bool, at fyne.Position) {
				if c := v.canvas(); c != nil {
					widget.ShowMenu(c, at, call.Items(v.deps, acts, id))
				}
			}})
		}
	}
	if s.drag.Visible() {
		onto(s.drag, s.front.ID())
	}
	for i, c := range s.cards {
		if s.drags[i].Visible() {
			onto(s.drags[i], c.ID())
		}
	}
	if there, front := s.conf.There(); there {
		area := s.conf.Small()
		if front {
			area = s.conf.Object()
		}
		out = append(out, widget.Target{Object: area, Words: say(text.T("drop.conference")), Drop: func(bool, fyne.Position) {
			v.tell(phone.Merge{Calls: []phone.CallID{id}})
		}})
	}
	c := v.scene.Snap.Call(id)
	if command.ParkRefusal(v.scene.Snap, c) == "" && command.Can(v.scene.Snap, c, phone.FeaturePark) {
		out = append(out, widget.Target{Object: s.head, Words: say(text.T("drop.park")), Drop: func(bool, fyne.Position) {
			v.tell(phone.Park{Call: id})
		}})
	}
	if c == nil || !command.Can(v.scene.Snap, c, phone.FeatureTransferDirect) {
		return out
	}
	s.queues.Each(func(b *widget.QueueButton, q present.QueueButton) {
		if q.Night {
			return
		}
		out = append(out, widget.Target{Object: b, Words: say(text.T("drop.queue", "name", q.Name)), Drop: func(bool, fyne.Position) {
			v.asking.To(id, command.HandDirect, string(q.ID), q.Name, v.canvas())
		}})
	})
	if v.board.Object().Visible() {
		out = append(out, v.board.Targets(func(p phone.Person, lamp present.Lamp) (widget.Target, bool) { return v.ontoPerson(id, p, lamp) })...)
	}
	return out
}

// ontoPerson is what a call dropped on somebody does: one who is free gets it, for one in a call it waits, and of one
// who does not ring is chosen what happens.
func (v *View) ontoPerson(id phone.CallID, p phone.Person, lamp present.Lamp) (widget.Target, bool) {
	if len(p.Numbers) == 0 {
		return widget.Target{}, false
	}
	number, name := p.Line(), present.Clean(p.Label(), 40)
	if number == "" {
		number = p.Numbers[0].Number
	}
	number = present.DialText(number)
	if c := v.scene.Snap.Call(id); c == nil || present.DialText(c.Remote.Number) == number {
		return widget.Target{}, false // it is theirs
	}
	hand := func(how command.Handing) { v.asking.To(id, how, number, name, v.canvas()) }
	standard, words := command.HandDirect, "drop.direct"
	switch {
	case lamp.Status == present.StatusInCall:
		standard, words = command.HandCamp, "drop.camp"
	case present.Silent(lamp):
		return widget.Target{
			Words: func(bool) string { return text.T("drop.choose", "name", name) },
			Drop:  func(_ bool, at fyne.Position) { v.silent(p, name, number, at, hand) },
		}, true
	}
	return widget.Target{
		Words: func(ctrl bool) string {
			if ctrl {
				return text.T("drop.announced", "name", name)
			}
			return text.T(words, "name", name)
		},
		Drop: func(ctrl bool, _ fyne.Position) {
			if ctrl {
				hand(command.HandAnnounced)
				return
			}
			hand(standard)
		},
	}, true
}

// silent is the chooser for somebody who does not ring.
func (v *View) silent(p phone.Person, name, number string, at fyne.Position, hand func(command.Handing)) {
	c := v.canvas()
	if c == nil {
		return
	}
	to := person.To(p)
	sms := widget.MenuItem{Text: text.T("person.text"), Icon: "message-square", Run: func() { person.Texts(v.deps, v.field.search, to) }}
	if to.Number == "" {
		sms.Disabled = text.T("person.no_number")
	}
	there := present.Onward(v.scene, p, name, number)
	widget.ShowMenu(c, at, []widget.MenuItem{
		{Text: text.T("transfer.voicemail"), Icon: "voicemail", Run: func() { hand(command.HandVoicemail) }},
		{Text: there.Text, Icon: there.Icon, Disabled: there.Reason, Run: func() { hand(command.HandDirect) }},
		sms,
		{Text: text.T("ask.cancel"), Icon: "x"},
	})
}
