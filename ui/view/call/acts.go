package call

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// press does what a button means: what the phone is told, else its command for the call.
func press(deps view.Deps, a present.Act, id phone.CallID) {
	if len(a.Do) == 0 {
		deps.Run(command.ID(a.Command), id)
		return
	}
	for _, c := range a.Do {
		if err := deps.Do(c); err != nil {
			deps.Say(text.Refusal(err))
			return
		}
	}
}

// acts is a row of buttons that follows a model.
type acts struct {
	deps    view.Deps
	size    widget.ButtonSize
	brief   command.ID // the one that shows its icon only
	buttons []*widget.Button
	row     *fyne.Container
}

func newActs(deps view.Deps, size widget.ButtonSize, row *fyne.Container) *acts {
	a := &acts{deps: deps, size: size, row: row}
	a.row.Hide()
	return a
}

// update draws the buttons; the first one is filled where primary says so.
func (a *acts) update(models []present.Act, id phone.CallID, primary widget.Look) {
	for len(a.buttons) < len(models) {
		b := widget.NewButton(widget.ButtonSpec{}, nil)
		a.buttons = append(a.buttons, b)
		a.row.Add(b)
	}
	for i, b := range a.buttons {
		widget.SetVisible(b, i < len(models))
		if i >= len(models) {
			continue
		}
		spec := Spec(models[i].Button)
		spec.Size = a.size
		if a.brief != "" && models[i].Command == string(a.brief) {
			spec.Tip, spec.Text = spec.Text, ""
		}
		if i == 0 && spec.Disabled == "" {
			spec.Look = primary
		}
		b.Set(spec)
		b.OnTap(func() { press(a.deps, models[i], id) })
	}
	widget.SetVisible(a.row, len(models) > 0)
}

// notice is a sentence on a card with what can be done about it.
type notice struct {
	icon   *widget.Icon
	words  *widget.Paragraph
	acts   *acts
	ground *widget.Panel
}

func newNotice(deps view.Deps) *notice {
	n := &notice{icon: widget.NewIcon("", theme.Text, theme.IconMedium), acts: newActs(deps, widget.Small, lay.Row(theme.Grid))}
	n.words = widget.NewParagraph("", widget.Style{Size: theme.BodySize})
	n.ground = widget.NewPanel(widget.PanelSpec{Radius: theme.RadiusField}, lay.Pad(10, 6, 6, 6, lay.Aside(theme.Grid, 230,
		lay.RowTop(theme.Grid, n.icon, lay.Fill(n.words)), n.acts.row)))
	return n
}

func (n *notice) update(m present.Notice, id phone.CallID) {
	_, ink, soft := view.Colors(m.Tone)
	n.icon.Set(m.Icon, ink)
	n.words.Set(m.Text)
	n.words.SetToken(ink)
	n.acts.update(m.Acts, id, widget.Plain)
	n.ground.Set(widget.PanelSpec{Fill: soft, Radius: theme.RadiusField})
	lay.Again(n.ground)
}

// notices is a card's notices, under each other.
type notices struct {
	deps   view.Deps
	shown  []*notice
	column *fyne.Container
}

func newNotices(deps view.Deps) *notices {
	n := &notices{deps: deps, column: lay.Col(6)}
	n.column.Hide()
	return n
}

func (n *notices) update(models []present.Notice, id phone.CallID) {
	for len(n.shown) < len(models) {
		one := newNotice(n.deps)
		n.shown = append(n.shown, one)
		n.column.Add(one.ground)
	}
	for i, one := range n.shown {
		widget.SetVisible(one.ground, i < len(models))
		if i < len(models) {
			one.update(models[i], id)
		}
	}
	widget.SetVisible(n.column, len(models) > 0)
}

// consult is the panel of a consultation.
type consult struct {
	title  *widget.Text
	waits  *widget.Text
	note   *widget.Paragraph
	acts   *acts
	ground *widget.Panel
}

func newConsult(deps view.Deps) *consult {
	c := &consult{acts: newActs(deps, widget.Medium, lay.Flow(6))}
	c.title = widget.NewText("", widget.Style{Size: theme.BodySize, Bold: true, Cut: true})
	c.waits = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.AmberText, Bold: true, Figures: true, Cut: true})
	c.note = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	c.ground = widget.NewPanel(widget.PanelSpec{Fill: theme.Raised, Border: theme.Border, Radius: theme.RadiusField}, lay.Pad(6, 8, 6, 6, lay.Col(theme.Grid,
		lay.RowTop(theme.Grid, widget.NewIcon("messages-square", theme.Text2, theme.IconMedium), lay.Fill(lay.Col(0, c.title, c.waits))),
		c.note, c.acts.row)))
	c.ground.Hide()
	return c
}

func (c *consult) update(m *present.Consult, id phone.CallID) {
	widget.SetVisible(c.ground, m != nil)
	if m == nil {
		return
	}
	c.title.Set(m.Title)
	c.waits.Set(m.Waits)
	c.note.Set(m.Note)
	widget.SetVisible(c.note, m.Note != "")
	c.acts.update(m.Acts, id, widget.Primary)
	lay.Again(c.ground)
}
