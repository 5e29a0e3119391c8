package normal

import (
	"cmp"
	"reflect"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/call"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// calls is the cards of the calls that do not ring here, and the conference's small card among them.
type calls struct {
	deps   view.Deps
	card   *call.Card
	main   *widget.Drag
	small  []*call.Small
	drags  []*widget.Drag // of the small cards
	picked func(phone.CallID) (words string, targets []widget.Target)
	column *fyne.Container
	object fyne.CanvasObject
	last   present.Calls
}

func newCalls(deps view.Deps, conference fyne.CanvasObject) *calls {
	c := &calls{deps: deps, card: call.NewCard(deps)}
	c.main = widget.NewDrag(c.card.Object(), func() (string, []widget.Target) {
		if c.last.Main == nil {
			return "", nil
		}
		return c.picked(c.last.Main.ID)
	})
	c.main.Hide()
	c.column = lay.Col(theme.Grid, c.main, conference)
	c.object = lay.Margin(370, 12, 12, 8, 8, c.column)
	return c
}

func (c *calls) update(m present.Calls) {
	if reflect.DeepEqual(m, c.last) {
		return
	}
	c.last = m
	widget.SetVisible(c.main, m.Main != nil)
	if m.Main != nil {
		c.card.Update(*m.Main)
	}
	for len(c.small) < len(m.Others) {
		s := call.NewSmall(c.deps)
		d := widget.NewDrag(s.Object(), func() (string, []widget.Target) { return c.picked(s.ID()) })
		c.small, c.drags = append(c.small, s), append(c.drags, d)
		c.column.Add(d)
	}
	for i, s := range c.small {
		widget.SetVisible(c.drags[i], i < len(m.Others))
		if i < len(m.Others) {
			s.Update(m.Others[i])
		}
	}
	lay.Again(c.column)
}

// ringing is the incoming cards laid over the list.
type ringing struct {
	deps   view.Deps
	cards  []*call.Incoming
	column *fyne.Container
	object fyne.CanvasObject
}

func newRinging(deps view.Deps) *ringing {
	r := &ringing{deps: deps, column: lay.Col(theme.Grid)}
	r.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Bg, Border: theme.Border, Bottom: true}, lay.Pad(12, 12, 12, 12, r.column))
	r.object.Hide()
	return r
}

func (r *ringing) update(models []present.Incoming) {
	for len(r.cards) < len(models) {
		c := call.NewIncoming(r.deps)
		c.Whole = true
		r.cards = append(r.cards, c)
		r.column.Add(c.Object())
	}
	for i, c := range r.cards {
		widget.SetVisible(c.Object(), i < len(models))
		if i < len(models) {
			c.Update(models[i])
		}
	}
	widget.SetVisible(r.object, len(models) > 0)
}

// callLine keeps the call in front within reach on other tabs.
type callLine struct {
	deps   view.Deps
	model  present.CallCard
	lamp   *widget.StatusShape
	name   *widget.Text
	timer  *widget.Text
	state  *widget.Text // instead of the timer
	open   *widget.Button
	hangup *widget.Button
	object fyne.CanvasObject
}

func newCallLine(deps view.Deps) *callLine {
	l := &callLine{deps: deps}
	l.lamp = widget.NewStatusShape(widget.StatusCall, 24)
	l.name = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Cut: true})
	l.timer = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Figures: true})
	l.state = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Cut: true, Align: fyne.TextAlignTrailing})
	l.open = widget.NewButton(widget.ButtonSpec{Icon: "chevron-up", Size: widget.Small, Look: widget.Quiet}, func() { deps.Show(command.ViewCall) })
	l.hangup = widget.NewButton(widget.ButtonSpec{}, func() { deps.Run(command.Hangup, l.model.ID) })
	l.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Selected, Border: theme.Border, Top: true},
		lay.Least(0, theme.CallBarHeight, lay.Margin(narrowBelow, 12, 4, 8, 4, dropFirst(lay.Row(theme.Grid, l.lamp, lay.Shrink(l.name), lay.Fill(l.state), l.timer, l.open, l.hangup)))))
	l.object.Hide()
	return l
}

func (l *callLine) update(m present.Calls, onCalls bool) {
	on := m.Main != nil && !m.Main.Ended && !onCalls
	widget.SetVisible(l.object, on)
	if !on {
		return
	}
	l.model = *m.Main
	l.lamp.Set(widget.Status(l.model.Status))
	l.name.Set(l.model.Who.Name)
	l.timer.Set(l.model.Timer)
	widget.SetVisible(l.timer, l.model.Timer != "")
	l.state.Set("")
	if l.model.Timer == "" {
		l.state.Set(cmp.Or(l.model.Brief, l.model.State))
	}
	open := widget.ButtonSpec{Icon: "chevron-up", Size: widget.Small, Look: widget.Quiet}
	if l.model.Warning != "" {
		open.Icon, open.Tint, open.Tip = "triangle-alert", theme.WarnText, l.model.Warning
	} else if len(l.model.Sound) > 0 {
		open.Icon, open.Tint, open.Tip = l.model.Sound[0].Icon, theme.WarnText, l.model.Sound[0].Text
	}
	l.open.Set(open)
	l.hangup.Set(widget.ButtonSpec{Icon: "phone-off", Tip: l.model.Hangup.Text, Look: widget.Stop, Size: widget.Small})
	lay.Again(l.object)
}
