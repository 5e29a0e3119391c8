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

// Small is the card of a call that is not in front: held, or just ended.
type Small struct {
	deps   view.Deps
	id     phone.CallID
	last   present.CallCard
	does   command.ID // what the first button does while the call lives
	lamp   *widget.StatusShape
	name   *widget.Text
	detail *widget.Text
	timer  *widget.Text
	first  *widget.Button // swap, resume, call back
	last2  *widget.Button // hang up, close
	object *widget.Panel
}

// NewSmall makes a small card.
func NewSmall(deps view.Deps) *Small {
	s := &Small{deps: deps}
	s.lamp = widget.NewStatusShape(widget.StatusCallHeld, 28)
	s.name = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Cut: true})
	s.detail = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	s.timer = widget.NewText("", widget.Style{Size: theme.TitleSize, Figures: true})
	s.first = widget.NewButton(widget.ButtonSpec{}, s.act)
	s.last2 = widget.NewButton(widget.ButtonSpec{}, s.leave)
	s.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Radius: theme.RadiusCard}, lay.PadAll(12, lay.Col(10,
		lay.Row(10, s.lamp, lay.Fill(lay.Col(0, s.name, s.detail)), s.timer),
		lay.Row(theme.Grid, lay.Fill(s.first), s.last2),
	)))
	return s
}

// Object is the card.
func (s *Small) Object() fyne.CanvasObject { return s.object }

// Update draws the call.
func (s *Small) Update(m present.CallCard) {
	s.id, s.last = m.ID, m
	_, ink, _ := view.Colors(m.Tone)
	s.lamp.Set(widget.Status(m.Status))
	s.name.Set(m.Who.Name)
	spans := []widget.Span{{Text: m.State, Token: ink, Bold: true}}
	if line := numberLine(m.Who, m.Account); line != "" {
		spans = append(spans, widget.Span{Text: " · " + line})
	}
	s.detail.SetSpans(spans...)
	s.timer.Set(m.Timer)
	if m.Ended {
		spec := Spec(m.CallBack)
		spec.Size = widget.Small
		s.first.Set(spec)
		s.last2.Set(widget.ButtonSpec{Icon: "x", Tip: text.T("call.close_card"), Size: widget.Small})
		s.object.Refresh()
		return
	}
	spec := widget.ButtonSpec{}
	for _, b := range m.Buttons {
		if b.On && (b.Command == string(command.Hold) || b.Command == string(command.Swap)) {
			spec, s.does = Spec(b), command.ID(b.Command)
		}
	}
	spec.Chosen, spec.Size, spec.Key = false, widget.Small, ""
	s.first.Set(spec)
	setVisible(s.first, spec.Text != "")
	s.last2.Set(widget.ButtonSpec{Icon: "phone-off", Tip: m.Hangup.Text, Look: widget.Decline, Size: widget.Small})
	s.object.Refresh()
}

func (s *Small) act() {
	if s.last.Ended {
		if err := s.deps.Do(phone.Dial{Target: s.last.Dial}); err != nil {
			s.deps.Say(text.Refusal(err))
		}
		return
	}
	s.deps.Run(s.does, s.id)
}

func (s *Small) leave() {
	if !s.last.Ended {
		s.deps.Run(command.Hangup, s.id)
		return
	}
	if err := s.deps.Do(phone.Dismiss{Call: s.id}); err != nil {
		s.deps.Say(text.Refusal(err))
	}
}
