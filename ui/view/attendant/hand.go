package attendant

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view/asking"
	"svara/ui/view/person"
	"svara/ui/widget"
)

// searcher is the view as the one whose field asks.
type searcher struct{ *View }

var _ asking.Screen = searcher{}

// Chosen implements asking.Screen: the highlighted one, what is typed when it can be dialled, or the only hit.
func (s searcher) Chosen() (target, name string) {
	if !s.people() {
		return "", ""
	}
	if target, name, ok := s.board.Chosen(); ok {
		return target, name
	}
	if target, name := s.typedNumber(); target != "" {
		return target, name
	}
	if target, name, ok := s.board.Only(); ok && s.field.text() != "" {
		return target, name
	}
	return "", ""
}

// Settled implements asking.Screen.
func (s searcher) Settled(then func()) { s.board.Settled(then) }

// Changed implements asking.Screen.
func (s searcher) Changed() {
	if !s.asking.On() {
		s.board.ClearCursor()
	}
	s.Update(s.scene)
}

// Ask implements view.Face.
func (v *View) Ask(q command.Question, id phone.CallID, c fyne.Canvas) {
	if q == command.AskEnd {
		v.side.conf.AskEnd()
		return
	}
	v.field.pad.Hide()
	v.drawer = false
	typed := v.field.text()
	v.asking.Ask(q, id, c)
	if q == command.AskTransfer && typed != "" { // somebody was looked for already
		v.field.set(typed)
		v.FocusSearch(c)
	}
}

// Asking implements view.Face.
func (v *View) Asking() (command.Question, phone.CallID) { return v.asking.Asked() }

// Failed implements view.Face.
func (v *View) Failed(f present.Fell, c fyne.Canvas) {
	v.asking.Failed(f, c)
	v.board.Refuse(f.Target, f.Why)
}

// Handing is the call that the keys of a transfer are about: the one that the field asks about, or the one in front while
// somebody is typed or highlighted. 0 for none.
func (v *View) Handing() phone.CallID {
	if q, id := v.asking.Asked(); q != "" {
		if q == command.AskTransfer {
			return id
		}
		return 0
	}
	if !v.people() {
		return 0
	}
	if v.nobodyMeant() {
		return v.returned()
	}
	return v.movable()
}

// movable is the call in front when it can be handed over, or while there is none the one that came back, else 0.
func (v *View) movable() phone.CallID {
	s := v.scene.Snap
	if s.Active == 0 {
		return present.Returned(s)
	}
	c := s.Call(s.Active)
	if c == nil || command.TransferRefusal(s, c) != "" || c.Hold.Local() {
		return 0
	}
	if caller, _ := command.Consultation(s, c); caller != nil {
		return 0
	}
	return c.ID
}

// Situate implements view.Situated: the caret never leaves the field, so a call in front is handed over from there without
// a question.
func (v *View) Situate(s *command.Situation) {
	if v.Handing() != 0 && !v.asking.On() {
		s.Contexts = append(s.Contexts, command.Transfer)
	}
	c := s.Snapshot.Call(s.Snapshot.Active)
	s.CallFirst = c != nil && c.State.Live() && c.State != phone.StateIncoming
	s.Returned = v.nobodyMeant() && v.returned() != 0
	s.Chosen = v.people() && v.board.Highlighted() || s.Returned
}

// ways is what the board offers with somebody: the ways to hand the call over, or nil to call and write.
func (v *View) ways() func(phone.Person, present.Lamp) []present.Act {
	id := v.movable()
	q, asked := v.asking.Asked()
	switch q {
	case command.AskTransfer:
		id = asked
	case "":
	default:
		return v.answers(q)
	}
	if id == 0 {
		return nil
	}
	return func(p phone.Person, lamp present.Lamp) []present.Act {
		return present.HandingActs(v.scene, id, p, lamp)
	}
}

// answers is the one way of the other questions.
func (v *View) answers(command.Question) func(phone.Person, present.Lamp) []present.Act {
	m := v.asking.Model()
	if m == nil {
		return nil
	}
	return func(p phone.Person, _ present.Lamp) []present.Act {
		return m.Acts
	}
}

// HandOver implements view.Face.
func (v *View) HandOver(how command.Handing, c fyne.Canvas) {
	if n := how.Alternative(); n > 0 {
		v.board.Settled(func() { v.toOther(n, c) })
		return
	}
	if how == command.HandMessage {
		v.board.Settled(v.write)
		return
	}
	if q, _ := v.asking.Asked(); q != "" && q != command.AskTransfer {
		v.asking.HandOver(how, c)
		return
	}
	id := v.Handing()
	if id == 0 {
		return
	}
	if v.nobodyMeant() {
		v.again(id, how, c)
		return
	}
	v.board.Settled(func() {
		if how == command.HandStandard {
			how = present.StandardWay(v.scene, id, v.lamp())
		}
		target, name := searcher{v}.Chosen()
		v.asking.To(id, how, target, name, c)
		if v.field.wrong.Visible() {
			return
		}
		v.clear() // ready for the next
		v.FocusSearch(c)
	})
}

// lamp is how the one who is meant stands.
func (v *View) lamp() present.Lamp {
	if p, ok := v.board.Person(); ok {
		return present.LampOf(v.scene, p)
	}
	target, _ := searcher{v}.Chosen()
	if v.scene.LineOf(target) == nil {
		return present.Lamp{}
	}
	return present.LampOf(v.scene, phone.Person{Numbers: []phone.Number{{Number: target, Kind: phone.NumberExtension}}})
}

// doOnBoard does what a button on the board means. A call that is handed over there is so in the same way as by its key:
// the question is over and there is a way back.
func (v *View) doOnBoard(c phone.Command) error {
	to := func(id phone.CallID, how command.Handing, target string) {
		name := v.scene.WhoOf(phone.Party{Number: target}).Name
		c := v.canvas()
		v.asking.To(id, how, target, name, c)
		if v.field.wrong.Visible() {
			return
		}
		v.clear()
		if c != nil {
			v.FocusSearch(c)
		}
	}
	switch c := c.(type) {
	case phone.TransferTo:
		how := command.HandDirect
		if c.Kind == phone.TransferVoicemail {
			how = command.HandVoicemail
		}
		to(c.Call, how, c.Target)
	case phone.Consult:
		to(c.Call, command.HandAnnounced, c.Target)
	case phone.CampOn:
		to(c.Call, command.HandCamp, c.Target)
	default:
		return v.deps.Do(c)
	}
	return nil
}

// pressed is a press on somebody: it does what Enter does.
func (v *View) pressed(p phone.Person) {
	if len(p.Numbers) > 1 && v.Handing() == 0 && !v.asking.On() {
		if c := v.canvas(); c != nil {
			widget.ShowMenu(c, v.board.Under(), person.Numbers(v.scene, p, v.dial))
			return
		}
	}
	if v.asking.On() || v.Handing() != 0 {
		v.deps.Run(command.HandOver, 0)
		return
	}
	v.deps.Run(command.DialTyped, 0)
}

// menuOf opens what can be done with somebody: the ways to hand a call over, or to call, then the messages and the card.
func (v *View) menuOf(p phone.Person, at fyne.Position) {
	c := v.canvas()
	if c == nil {
		return
	}
	var items []widget.MenuItem
	if acts := v.ways(); acts != nil {
		for _, a := range acts(p, present.LampOf(v.scene, p)) {
			item := widget.MenuItem{Text: a.Text, Icon: a.Icon, Run: func() {
				for _, c := range a.Do {
					if err := v.doOnBoard(c); err != nil {
						v.deps.Say(text.Refusal(err))
						return
					}
				}
				if len(a.Do) == 0 {
					v.deps.Run(command.ID(a.Command), 0)
				}
			}}
			if !a.Enabled {
				item.Disabled = a.Reason
			}
			items = append(items, item)
		}
		items = append(items, widget.MenuItem{})
	}
	for i, item := range person.Numbers(v.scene, p, v.dial) {
		item.Text = text.T("person.call_number", "number", item.Text)
		if i == 0 {
			item.Icon = "phone"
		}
		items = append(items, item)
	}
	if v.movable() == 0 && !v.asking.On() && len(p.Numbers) > 0 {
		items = append(items, v.callWays("", present.DialText(p.Numbers[0].Number))...)
	}
	items = append(items, widget.MenuItem{})
	to := person.To(p)
	if len(to.Emails) > 0 {
		items = append(items, widget.MenuItem{Text: text.T("person.mail"), Icon: "mail", Run: func() { person.Mails(v.deps, v.field.search, to) }})
	}
	if to.Number != "" {
		items = append(items, widget.MenuItem{Text: text.T("person.text"), Icon: "message-square", Run: func() { person.Texts(v.deps, v.field.search, to) }})
	}
	if p.ID != "" && v.deps.Contacts != nil {
		items = append(items, widget.MenuItem{Text: text.T("person.details"), Icon: "book-user", Run: func() { v.deps.Contacts.Show(p.ID) }})
		items = append(items, person.Marks(v.deps, p)...)
	}
	widget.ShowMenu(c, at, items)
}

// callWays is the menu of what can be dialled: a plain call under its own words, where there are any, and the ways of the
// exchange.
func (v *View) callWays(words, target string) []widget.MenuItem {
	var items []widget.MenuItem
	if words != "" {
		plain := widget.MenuItem{Text: words, Icon: "phone", Run: func() { v.dial(target) }}
		if target == "" {
			plain.Disabled = text.T("history.no_number")
		}
		items = append(items, plain)
	}
	if target == "" || v.asking.On() {
		return items
	}
	for _, w := range present.Ways(v.scene) {
		item := widget.MenuItem{Text: w.Text, Icon: w.Icon, Key: w.Key, Run: func() {
			if err := v.deps.Do(command.Reach(w.Feature, target)); err != nil {
				v.DialFailed(text.Refusal(err))
			}
		}}
		if !w.Enabled {
			item.Disabled = w.Reason
		}
		items = append(items, item)
	}
	return items
}
