package forward

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// profile is the profiles of an exchange: which one, for how long, on and off.
type profile struct {
	v       *View
	account phone.AccountID
	state   *state
	which   *widget.Select
	time    *widget.Select
	digits  *widget.Field
	means   *widget.Paragraph
	on, off *widget.Button
	inputs  *fyne.Container
	chosen  string // the profile
	length  string // the digits, or present.ProfileOther
	none    fyne.CanvasObject
	object  fyne.CanvasObject
}

func newProfile(v *View, id phone.AccountID) *profile {
	p := &profile{v: v, account: id, state: newState()}
	p.which = widget.NewSelect("phone-forwarded", func(n string) { p.chosen = n })
	p.which.SetName(text.T("profile.profile"))
	p.time = widget.NewSelect("hourglass", p.setLength)
	p.time.SetName(text.T("profile.length"))
	p.digits = widget.NewField(widget.FieldSpec{Label: text.T("profile.digits"), Icon: "grip", Help: text.T("profile.digits_help")})
	p.digits.Entry().OnChanged = func(string) { p.explain() }
	p.digits.Entry().OnSubmit = func(string) { p.turnOn() }
	p.means = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	p.on = widget.NewButton(widget.ButtonSpec{}, p.turnOn)
	p.off = widget.NewButton(widget.ButtonSpec{}, p.turnOff)
	manage := widget.NewButton(widget.ButtonSpec{Text: text.T("profile.manage"), Look: widget.Quiet}, func() { v.deps.Show("settings/forwarding") })
	label := func(key string) fyne.CanvasObject {
		return widget.NewText(text.T(key), widget.Style{Size: theme.DetailSize, Token: theme.Text2, Bold: true})
	}
	p.inputs = lay.Col(10, lay.Col(theme.Half, label("profile.profile"), p.which), lay.Col(theme.Half, label("profile.length"), p.time), p.digits, p.means)
	p.none = widget.NewParagraph(text.T("profile.none"), widget.Style{Size: theme.BodySize, Token: theme.Text2})
	head := lay.Row(10, widget.NewIcon("list-checks", theme.Text2, theme.IconLarge), lay.Fill(widget.NewText(text.T("forward.profiles"), widget.Style{Size: theme.NameSize, Bold: true, Cut: true})))
	p.object = card(head, widget.NewParagraph(text.T("forward.profiles_help"), widget.Style{Size: theme.DetailSize, Token: theme.Text3}), p.state.object, p.none, p.inputs,
		lay.Lines(theme.Grid, p.on, p.off, manage))
	return p
}

func (p *profile) setLength(digits string) {
	p.length = digits
	p.explain()
}

// typed is the digits of the time.
func (p *profile) typed() string {
	if p.length == present.ProfileOther {
		return p.digits.Text()
	}
	return p.length
}

// explain says what the time means, or what is wrong with it.
func (p *profile) explain() {
	visible(p.digits, p.length == present.ProfileOther)
	means, wrong := present.ProfileEnd(p.v.scene, p.typed())
	p.means.Set(means)
	visible(p.means, means != "")
	if p.typed() == "" {
		wrong = ""
	}
	complain(p.digits, wrong)
	if c := fyne.CurrentApp().Driver().CanvasForObject(p.object); c != nil && c.Content() != nil {
		c.Content().Refresh()
	}
}

func (p *profile) update(s present.Scene, m present.ProfileRow) {
	options := present.ProfileOptions(s)
	if p.chosen == "" && len(options) > 0 {
		p.chosen = options[0].Value
	}
	p.which.Set(widgetOptions(options), p.chosen)
	p.time.Set(widgetOptions(present.ProfileTimes()), p.length)
	p.state.set(m.Mark, m.State, m.Tone)
	on := widget.ButtonSpec{Text: text.T("forward.turn_on"), Look: widget.Primary, Disabled: m.Wrong}
	off := widget.ButtonSpec{Text: text.T("forward.turn_off"), Disabled: m.NoOff}
	switch {
	case m.Wrong != "":
		p.state.set("lock", m.Wrong, present.ToneQuiet)
	case len(options) == 0:
		on.Disabled = text.T("profile.none")
	case m.Asking:
		on.Disabled, off.Disabled = m.State, m.State
	}
	p.on.Set(on)
	p.off.Set(off)
	visible(p.off, m.Wrong == "")
	visible(p.inputs, m.Wrong == "" && len(options) > 0)
	visible(p.none, m.Wrong == "" && len(options) == 0)
	visible(p.digits, p.length == present.ProfileOther)
	means, _ := present.ProfileEnd(s, p.typed())
	p.means.Set(means)
	visible(p.means, means != "")
}

func widgetOptions(in []present.Choice) []widget.Option {
	var out []widget.Option
	for _, c := range in {
		out = append(out, widget.Option{ID: c.Value, Text: c.Text})
	}
	return out
}

func (p *profile) turnOn() {
	c, wrong := present.ProfileCommand(p.v.scene, p.account, p.chosen, p.typed())
	if wrong != "" {
		complain(p.digits, wrong)
		return
	}
	p.v.do(c, p.digits)
}

func (p *profile) turnOff() { p.v.do(phone.SetProfile{Account: p.account}, p.digits) }
