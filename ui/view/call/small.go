package call

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// Small is the card of a call that is not in front.
type Small struct {
	deps   view.Deps
	model  present.SmallCard
	lamp   *widget.StatusShape
	name   *widget.Text
	detail *widget.Text
	note   *widget.Paragraph
	alarm  *widget.Icon
	timer  *widget.Text
	cap    *widget.KeyCap
	next   *widget.Text
	acts   *acts
	end    *widget.Button
	lone   *widget.Button // end, where there is nothing beside it
	foot   *fyne.Container
	left   *left
	object *widget.Panel
}

// NewSmall makes a small card.
func NewSmall(deps view.Deps) *Small {
	s := &Small{deps: deps, acts: newActs(deps, widget.Small, lay.Flow(theme.Grid)), left: newLeft()}
	s.lamp = widget.NewStatusShape(widget.StatusCallHeld, 28)
	s.name = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Cut: true})
	s.detail = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	s.note = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	s.alarm = widget.NewIcon("", theme.Text, theme.IconMedium)
	s.timer = widget.NewText("", widget.Style{Size: theme.TitleSize, Figures: true, Bold: true})
	s.cap = widget.NewKeyCap("")
	s.next = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.AccentText, Bold: true, Cut: true})
	s.end = widget.NewButton(widget.ButtonSpec{}, func() { press(deps, s.model.End, s.model.ID) })
	s.lone = widget.NewButton(widget.ButtonSpec{}, func() { press(deps, s.model.End, s.model.ID) })
	s.foot = lay.RowTop(theme.Grid, lay.Fill(s.acts.row), s.end)
	s.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Radius: theme.RadiusCard}, lay.Col(0, lay.Margin(350, 12, 12, 10, 10, lay.Col(theme.Grid,
		lay.Row(10, s.lamp, lay.Fill(lay.Col(0, lay.Row(theme.Grid, lay.Shrink(s.name), s.cap), s.detail)), lay.Row(4, s.alarm, s.timer), s.lone),
		s.note, s.next,
		s.foot,
	)), s.left.object))
	return s
}

// Object is the card.
func (s *Small) Object() fyne.CanvasObject { return s.object }

// Update draws the call.
func (s *Small) Update(m present.SmallCard) {
	s.model = m
	fill, ink, soft := view.Colors(m.Tone)
	panel := widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Radius: theme.RadiusCard}
	switch {
	case m.Alarm && m.Dim:
		panel.Border, panel.Width = theme.Danger, theme.StateBorder
	case m.Alarm:
		panel.Fill, panel.Border, panel.Width = soft, theme.Danger, theme.StateBorder
	case m.Next:
		panel.Fill, panel.Border, panel.Width = theme.Selected, theme.Accent, theme.StateBorder
	}
	s.object.Set(panel)
	s.lamp.Set(widget.Status(m.Status))
	s.name.Set(m.Who.Name)
	var spans []widget.Span
	for i, words := range []string{m.State, m.Detail, accountLine(m.Account)} {
		if words == "" {
			continue
		}
		if len(spans) > 0 {
			words = " · " + words
		}
		span := widget.Span{Text: words}
		if i == 0 {
			span.Token, span.Bold = ink, true
		}
		spans = append(spans, span)
	}
	s.detail.SetSpans(spans...)
	widget.SetVisible(s.detail, len(spans) > 0)
	s.note.Set(m.Note)
	widget.SetVisible(s.note, m.Note != "")
	_, late, _ := view.Colors(m.TimerTone)
	s.alarm.Set(m.TimerIcon, late)
	widget.SetVisible(s.alarm, m.TimerIcon != "")
	s.timer.Set(m.Timer)
	s.timer.SetToken(late)
	widget.SetVisible(s.timer, m.Timer != "")
	number := ""
	if m.Number > 0 {
		number = text.Number(int64(m.Number))
	}
	s.cap.Set(number)
	widget.SetVisible(s.cap, number != "")
	s.next.Set(text.T("card.enter_resumes"))
	widget.SetVisible(s.next, m.Next)
	s.acts.update(m.Acts, m.ID, widget.Plain)
	end := Spec(m.End.Button)
	end.Tip, end.Text, end.Size = end.Text, "", widget.Small
	if m.End.Icon == "phone-off" {
		end.Look = widget.Decline
	}
	s.end.Set(end)
	s.lone.Set(end)
	widget.SetVisible(s.end, m.End.Icon != "" && len(m.Acts) > 0)
	widget.SetVisible(s.lone, m.End.Icon != "" && len(m.Acts) == 0)
	widget.SetVisible(s.foot, len(m.Acts) > 0)
	s.left.set(m.Left, fill)
	lay.Again(s.object)
}

func accountLine(account string) string {
	if account == "" {
		return ""
	}
	return text.T("call.via", "account", account)
}

// left is the bar that shortens while an unanswered transfer comes closer to coming back.
type left struct {
	share  float32
	bar    *widget.Panel
	object *fyne.Container
}

func newLeft() *left {
	l := &left{bar: widget.NewPanel(widget.PanelSpec{Fill: theme.Violet, Radius: 2}, container.NewWithoutLayout())}
	l.object = lay.Pad(12, 0, 12, 6, container.New(l, l.bar))
	l.object.Hide()
	return l
}

func (l *left) set(share float32, token theme.Token) {
	l.share = share
	widget.SetVisible(l.object, share > 0)
	l.bar.Set(widget.PanelSpec{Fill: token, Radius: 2})
	lay.Again(l.object)
}

// MinSize implements fyne.Layout.
func (l *left) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, theme.Px(4)) }

// Layout implements fyne.Layout.
func (l *left) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(0, 0))
	objects[0].Resize(fyne.NewSize(size.Width*l.share, size.Height))
}

// ID is the call the card is of, 0 for none of this telephone.
func (s *Small) ID() phone.CallID { return s.model.ID }
