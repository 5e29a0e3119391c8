package call

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// Incoming is the card of a ringing call, in its own window and over the main one's list.
type Incoming struct {
	Whole   bool // every button has its words: the card is narrower than its own window
	id      phone.CallID
	bell    *widget.StatusShape
	title   *widget.Text
	waited  *widget.Text
	timer   *widget.Text
	avatar  *widget.Avatar
	name    *widget.Text
	number  *widget.Text
	badge   *widget.Chip
	caller  *caller
	notice  *widget.Paragraph
	answer  *widget.Button
	decline *widget.Button
	deflect *widget.Button
	acts    *fyne.Container
	head    *widget.Panel
	object  *widget.Panel
}

// NewIncoming makes the card.
func NewIncoming(deps view.Deps) *Incoming {
	c := &Incoming{}
	c.bell = widget.NewStatusShape(widget.StatusCallRinging, 24)
	c.title = widget.NewText("", widget.Style{Size: theme.BodySize, Cut: true})
	c.waited = widget.NewText("", widget.Style{Size: theme.BodySize, Token: theme.Text2, Figures: true})
	c.timer = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Figures: true})
	c.avatar = widget.NewAvatar("", widget.StatusNone, theme.AvatarHeader)
	c.name = widget.NewText("", widget.Style{Size: theme.HeadingSize, Bold: true, Cut: true})
	c.number = widget.NewText("", widget.Style{Size: theme.NameSize, Token: theme.Text2, Cut: true})
	c.badge = widget.NewChip(widget.ChipSpec{}, nil)
	c.caller = newCaller(deps)
	c.notice = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	c.answer = widget.NewButton(widget.ButtonSpec{Look: widget.Go, Size: widget.Large}, func() { deps.Run(command.Answer, c.id) })
	c.decline = widget.NewButton(widget.ButtonSpec{Look: widget.Decline, Size: widget.Large}, func() { deps.Run(command.Decline, c.id) })
	c.deflect = widget.NewButton(widget.ButtonSpec{Size: widget.Large}, func() { deps.Run(command.Deflect, c.id) })
	c.acts = lay.Snug(theme.Grid, theme.Grid, c.answer, c.decline, c.deflect)
	c.head = widget.NewPanel(widget.PanelSpec{Fill: theme.Selected, Radius: theme.RadiusCard - 2},
		lay.Pad(14, 7, 14, 7, lay.Row(theme.Grid, c.bell, lay.Fill(c.title), c.waited, c.timer)))
	c.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Accent, Width: theme.StateBorder, Radius: theme.RadiusCard},
		lay.PadAll(theme.StateBorder, lay.Col(0, c.head, lay.Pad(14, 12, 14, 14, lay.Col(12,
			lay.Row(12, c.avatar, lay.Fill(lay.Col(0, c.name, c.number)), c.badge),
			c.caller.column,
			c.notice,
			c.acts,
		)))))
	return c
}

// Object is the card.
func (c *Incoming) Object() fyne.CanvasObject { return c.object }

// Update draws the call.
func (c *Incoming) Update(m present.Incoming) {
	c.id = m.ID
	ink, ground, edge := theme.AccentText, theme.Selected, theme.Accent
	if m.Over != "" {
		ink, ground, edge = theme.SlateText, theme.SlateSoft, theme.Slate
	}
	c.head.Set(widget.PanelSpec{Fill: ground, Radius: theme.RadiusCard - 2})
	c.object.Set(widget.PanelSpec{Fill: theme.Surface, Border: edge, Width: theme.StateBorder, Radius: theme.RadiusCard})
	c.bell.Set(widget.Status(m.Status))
	spans := []widget.Span{{Text: m.Title, Token: ink, Bold: true}}
	if m.Account != "" {
		spans = append(spans, widget.Span{Text: " · " + m.Account, Token: theme.Text2})
	}
	if m.Caller.Route != "" {
		spans = append(spans, widget.Span{Text: " · " + m.Caller.Route, Token: theme.Text2})
	}
	c.title.SetSpans(spans...)
	c.waited.Set(m.Waited)
	widget.SetVisible(c.waited, m.Waited != "")
	c.timer.Set(m.Timer)
	widget.SetVisible(c.timer, m.Timer != "")
	c.avatar.Set(m.Who.Face(), widget.StatusNone)
	c.name.Set(m.Who.Name)
	number := ""
	if m.Who.Known {
		number = m.Who.Number
	}
	number = joined(m.Caller.Work, number, m.Caller.Others)
	c.number.Set(number)
	widget.SetVisible(c.number, number != "")
	badge(c.badge, m.Caller)
	c.caller.update(m.ID, m.Caller)
	c.notice.Set(m.Notice)
	widget.SetVisible(c.notice, m.Notice != "")
	answer, decline := Spec(m.Answer), Spec(m.Decline)
	answer.Look, answer.Size = widget.Go, widget.Large
	decline.Look, decline.Size = widget.Decline, widget.Large
	c.answer.Set(answer)
	c.decline.Set(decline)
	deflect := Spec(m.Deflect)
	deflect.Size = widget.Large
	if !c.Whole { // its icon and its key say enough beside the two words
		deflect.Tip, deflect.Text = deflect.Text, ""
	}
	c.deflect.Set(deflect)
	widget.SetVisible(c.acts, m.Over == "")
	lay.Again(c.object)
}
