package acd

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

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

// upper is the row of the call, or of who waits.
type upper struct {
	deps    view.Deps
	model   present.ACD
	bar     *widget.Panel // the call's colour along the left edge
	lamp    *widget.StatusShape
	title   *widget.Text
	detail  *widget.Text
	clock   *widget.Text // large, of a call
	waits   *widget.Icon
	lock    *widget.Icon
	repair  *widget.Button
	buttons []*widget.Button
	row     *fyne.Container
	full    *widget.Button
	ground  *widget.Panel
}

func newUpper(deps view.Deps, full func()) *upper {
	u := &upper{deps: deps}
	u.bar = widget.NewPanel(widget.PanelSpec{}, container.NewWithoutLayout())
	u.lamp = widget.NewStatusShape(widget.StatusUnknown, 28)
	u.title = widget.NewText("", widget.Style{Size: theme.NameSize, Figures: true, Cut: true})
	u.detail = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Figures: true, Cut: true})
	u.clock = widget.NewText("", widget.Style{Size: theme.HeadingSize, Figures: true})
	u.waits = widget.NewIcon("", theme.Text, theme.IconMedium)
	u.lock = widget.NewIcon("", theme.Text2, theme.IconSmall)
	u.lock.Hide()
	u.repair = widget.NewButton(widget.ButtonSpec{}, u.mend)
	u.row = lay.Row(6)
	u.full = widget.NewButton(widget.ButtonSpec{Icon: "maximize-2", Look: widget.Quiet, Tip: text.T("acd.full")}, full)
	u.ground = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, lay.Pad(12, 12, 10, 12, lay.Row(10,
		lay.Least(4, 44, u.bar), u.lamp, lay.Fill(lay.Col(0, lay.Row(6, lay.Shrink(u.title), u.waits, u.lock), u.detail)), u.clock, u.repair, u.row, u.full)))
	return u
}

func (u *upper) update(m present.ACD) {
	u.model = m
	fill, ink, _ := view.Colors(m.Tone)
	ground := theme.Surface
	if m.Ringing {
		ground = theme.Selected
	}
	u.ground.Set(widget.PanelSpec{Fill: ground})
	u.bar.Set(widget.PanelSpec{Fill: fill, Radius: 2})
	widget.SetVisible(u.bar, !m.Ready)
	u.lamp.Set(widget.Status(m.Status))
	spans := []widget.Span{{Text: m.Title, Bold: true}}
	if m.After != "" {
		token, sep := theme.Text2, " · "
		if m.Ready {
			_, token, _ = view.Colors(m.Waits)
			if m.Waits == present.TonePlain {
				token = theme.Text2
			}
			sep = ", "
		}
		spans = append(spans, widget.Span{Text: sep + m.After, Token: token, Bold: m.Ready && m.Waits != present.TonePlain})
	}
	u.title.SetSpans(spans...)
	token := theme.Text2
	if m.Alert != "" {
		_, token, _ = view.Colors(m.Alert)
	} else if m.Tone == present.ToneAmber && !m.Ready {
		token = ink
	}
	u.detail.SetSpans(widget.Span{Text: m.Detail, Token: token, Bold: m.Alert == present.ToneAccent})
	widget.SetVisible(u.detail, m.Detail != "")
	u.clock.Set(m.Timer)
	_, late, _ := view.Colors(m.Waits)
	u.clock.SetToken(late)
	widget.SetVisible(u.clock, m.Timer != "")
	u.waits.Set(waitIcon(m.Waits), late)
	widget.SetVisible(u.waits, m.Waits != present.TonePlain)
	widget.SetVisible(u.lock, m.Lock.Lock != "")
	if m.Lock.Lock != "" {
		_, sign, _ := view.Colors(m.Lock.Tone)
		u.lock.Set(m.Lock.Icon, sign)
	}
	u.updateRepair(m.Repair)
	u.updateActs(m)
	lay.Again(u.ground)
}

// waitIcon says by its shape what the colour of a waiting time says.
func waitIcon(t present.Tone) string {
	if t == present.ToneRed {
		return "alarm-clock"
	}
	return "clock-alert"
}

func (u *upper) updateRepair(m *present.Act) {
	widget.SetVisible(u.repair, m != nil)
	if m != nil {
		u.repair.Set(call.Spec(m.Button))
	}
}

// mend does what is offered about what is wrong.
func (u *upper) mend() {
	m := u.model
	if m.Repair == nil {
		return
	}
	if m.Fix != "" {
		u.deps.Edit(m.Fix)
		return
	}
	for _, c := range m.Repair.Do {
		if err := u.deps.Do(c); err != nil {
			u.deps.Say(text.Refusal(err))
			return
		}
	}
}

// updateActs draws the buttons: to answer with its word, the others with their icons.
func (u *upper) updateActs(m present.ACD) {
	for len(u.buttons) < len(m.Acts) {
		b := widget.NewButton(widget.ButtonSpec{}, nil)
		u.buttons = append(u.buttons, b)
		u.row.Add(b)
	}
	for i, b := range u.buttons {
		widget.SetVisible(b, i < len(m.Acts))
		if i >= len(m.Acts) {
			continue
		}
		act := m.Acts[i]
		spec := call.Spec(act)
		id := m.Call
		switch {
		case act.Command == string(command.Answer) && m.Second != 0:
			spec.Look, id = widget.Go, m.Second
			spec.Tip, spec.Text, spec.Key = spec.Text, "", ""
		case act.Command == string(command.Answer):
			spec.Look = widget.Go
		case act.Dials():
		default:
			spec.Tip = spec.Text
			if spec.Key != "" {
				spec.Tip += " (" + spec.Key + ")"
			}
			spec.Text, spec.Key = "", ""
			switch command.ID(act.Command) {
			case command.Hangup:
				spec.Look = widget.Stop
			case command.Decline:
				spec.Look = widget.Decline
			}
		}
		b.Set(spec)
		b.OnTap(func() { u.press(act, id) })
	}
	widget.SetVisible(u.row, len(m.Acts) > 0)
}

func (u *upper) press(act present.Button, id phone.CallID) {
	if act.Dials() {
		if err := u.deps.Do(phone.Dial{Target: u.model.Dial}); err != nil {
			u.deps.Say(text.Refusal(err))
		}
		return
	}
	u.deps.Run(command.ID(act.Command), id)
}
