package attendant

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view/person"
	"svara/ui/widget"
)

// A call that was handed over and came back: its card says who did not take it and why, and while nobody is typed or
// highlighted the keys of a transfer are for the same one again.

// nobodyMeant reports whether nobody is typed or highlighted.
func (v *View) nobodyMeant() bool {
	return !v.asking.On() && v.field.text() == "" && !v.board.Highlighted()
}

// returned is the call that came back whose keys work while nobody is typed or highlighted, 0 for none.
func (v *View) returned() phone.CallID {
	if v.asking.On() || !v.people() {
		return 0
	}
	return present.Returned(v.scene.Snap)
}

// comeback opens the card of the call that came back. While somebody else is typed or highlighted the keys are for them,
// and not printed on the card.
func (s *side) comeback() {
	v := s.v
	if v.asking.On() {
		return
	}
	c := v.scene.Snap.Call(present.Returned(v.scene.Snap))
	if c == nil {
		return
	}
	p := v.tried(*c)
	keys := v.nobodyMeant() && v.returned() == c.ID
	m := present.ComebackOf(v.scene, *c, p, keys)
	if m == nil {
		return
	}
	m.WithOthers(v.scene, v.board.Alternatives(p, c), func(n int) string {
		if !keys || v.scene.Key == nil {
			return ""
		}
		return numbered(v.scene.Key(string(command.Alternative)), n)
	})
	if s.model.Front != nil && s.model.Front.ID == c.ID {
		s.model.Front.Back = m
	}
	for i := range s.model.Cards {
		if s.model.Cards[i].ID == c.ID {
			s.model.Cards[i].Back, s.model.Cards[i].Note = m, ""
			if c.Transfer.Reason != nil && present.Unexplained(c.Transfer) {
				s.model.Cards[i].Note = text.Reason(*c.Transfer.Reason)
			}
		}
	}
}

// tried is who was to take a call, as the board has them, else by number and name.
func (v *View) tried(c phone.Call) phone.Person {
	if c.Transfer == nil {
		return phone.Person{}
	}
	target := c.Transfer.Target
	if p, ok := v.board.ByNumber(present.DialText(target.Number)); ok {
		return p
	}
	return phone.Person{Name: v.scene.WhoOf(target).Name, Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: target.Number}}}
}

// again hands a call that came back over to the same one again.
func (v *View) again(id phone.CallID, how command.Handing, c fyne.Canvas) {
	on := v.scene.Snap.Call(id)
	if on == nil || on.Transfer == nil {
		return
	}
	target := on.Transfer.Target
	v.asking.To(id, how, target.Number, v.scene.WhoOf(target).Name, c)
	if !v.field.wrong.Visible() {
		v.FocusSearch(c)
	}
}

// toOther hands the call over to the nth of those who can take it instead.
func (v *View) toOther(n int, c fyne.Canvas) {
	id := v.Handing()
	on := v.scene.Snap.Call(id)
	if on == nil {
		return
	}
	v.others.update(v.people()) // whoever is meant may be so only now
	models := v.others.models
	if v.nobodyMeant() {
		models = v.board.Alternatives(v.tried(*on), on)
	}
	if n > len(models) {
		return
	}
	a := models[n-1]
	v.asking.To(id, present.OtherWay(v.scene, id, a), a.Target, a.Title, c)
	if v.field.wrong.Visible() {
		return
	}
	v.clear()
	v.FocusSearch(c)
}

// write opens a message to the one who is highlighted, or who did not take the call that came back.
func (v *View) write() {
	if p, ok := v.board.Person(); ok && v.people() {
		v.writeTo(p)
		return
	}
	if v.nobodyMeant() {
		v.writeAbout(v.returned())
	}
}

// writeAbout opens a message to who did not take a call.
func (v *View) writeAbout(id phone.CallID) {
	if c := v.scene.Snap.Call(id); c != nil && c.Transfer != nil {
		v.writeTo(v.tried(*c))
	}
}

// writeTo opens a text message to somebody, or a letter, or asks which where both can be.
func (v *View) writeTo(p phone.Person) {
	to := person.To(p)
	if len(to.Emails) == 0 || to.Number == "" {
		if to.Number == "" {
			person.Mails(v.deps, v.field.search, to)
			return
		}
		person.Texts(v.deps, v.field.search, to)
		return
	}
	widget.ShowMenuUnder(v.field.search, []widget.MenuItem{
		{Text: text.T("person.text_to", "name", to.Name), Icon: "message-square", Run: func() { person.Texts(v.deps, v.field.search, to) }},
		{Text: text.T("person.mail_to", "name", to.Name), Icon: "mail", Run: func() { person.Mails(v.deps, v.field.search, to) }},
	})
}
