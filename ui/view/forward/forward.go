// Package forward is the forwardings and profiles of the exchanges: what is on, and turning it on and off. What an
// exchange has not confirmed is never shown as done.
package forward

import (
	"slices"

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

// View is the forwardings of every account.
type View struct {
	deps     view.Deps
	scene    present.Scene
	accounts []*account
	column   *fyne.Container
	rules    *rules
	none     fyne.CanvasObject
	object   fyne.CanvasObject
}

// account is the forwardings of one exchange.
type account struct {
	id      phone.AccountID
	title   *widget.Text
	rows    []*line
	profile *profile
	object  fyne.CanvasObject
}

// New makes the view.
func New(deps view.Deps, s present.Scene) *View {
	v := &View{deps: deps, column: lay.Col(theme.WindowPadding)}
	v.rules = newRules()
	v.none = widget.NewParagraph(text.T("forward.none"), widget.Style{Size: theme.BodySize, Token: theme.Text2})
	top := widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Bottom: true},
		lay.Pad(16, 12, 16, 12, widget.NewText(text.T("forward.title"), widget.Style{Size: theme.TitleSize, Bold: true})))
	v.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Bg}, lay.Col(0, top, lay.Fill(container.NewVScroll(lay.PadAll(16, v.column)))))
	v.Update(s)
	return v
}

// Object is what is shown.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Update follows the phone. What somebody is typing stays.
func (v *View) Update(s present.Scene) {
	v.scene = s
	models := present.ForwardingOf(s)
	ids := func() (out []phone.AccountID) {
		for _, a := range v.accounts {
			out = append(out, a.id)
		}
		return out
	}()
	want := func() (out []phone.AccountID) {
		for _, m := range models {
			out = append(out, m.Account)
		}
		return out
	}()
	if !slices.Equal(ids, want) || len(v.column.Objects) == 0 {
		v.accounts, v.column.Objects = nil, nil
		v.column.Add(v.rules.object)
		for _, m := range models {
			a := v.account(m)
			v.accounts = append(v.accounts, a)
			v.column.Add(a.object)
		}
		if len(models) == 0 {
			v.column.Add(v.none)
		}
	}
	v.rules.update(present.RulesOf(s))
	for i, m := range models {
		a := v.accounts[i]
		a.title.Set(m.Title)
		visible(a.title, m.Title != "")
		for j, row := range m.Rows {
			a.rows[j].update(row)
		}
		a.profile.update(s, m.Profile)
	}
	v.object.Refresh()
}

func (v *View) account(m present.Forwarding) *account {
	a := &account{id: m.Account, title: widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Cut: true})}
	objects := []fyne.CanvasObject{a.title}
	for _, row := range m.Rows {
		l := newLine(v, m.Account, row)
		a.rows = append(a.rows, l)
		objects = append(objects, l.object)
	}
	a.profile = newProfile(v, m.Account)
	a.object = lay.Col(10, append(objects, a.profile.object)...)
	return a
}

// do sends a command; a refusal is told under the field that is given.
func (v *View) do(c phone.Command, field *widget.Field) {
	if err := v.deps.Do(c); err != nil {
		complain(field, text.Refusal(err))
		return
	}
	complain(field, "")
}

// complain shows what is wrong under a field, or takes it away.
func complain(f *widget.Field, wrong string) {
	spec := f.Spec()
	if spec.Error == wrong {
		return
	}
	spec.Error = wrong
	f.Set(spec)
	if c := fyne.CurrentApp().Driver().CanvasForObject(f); c != nil && c.Content() != nil {
		c.Content().Refresh()
	}
}

// state is how something stands: an icon and words.
type state struct {
	icon   *widget.Icon
	words  *widget.Paragraph
	object *fyne.Container
}

func newState() *state {
	s := &state{icon: widget.NewIcon("", theme.Text3, theme.IconMedium), words: widget.NewParagraph("", widget.Style{Size: theme.BodySize})}
	s.object = lay.RowTop(theme.Grid, lay.Pad(0, 1, 0, 0, s.icon), lay.Fill(s.words))
	return s
}

func (s *state) set(icon, words string, tone present.Tone) {
	_, ink, _ := view.Colors(tone)
	if tone == present.TonePlain {
		ink = theme.Text2
	}
	s.icon.Set(icon, ink)
	s.words.Set(words)
	s.words.SetToken(ink)
	visible(s.object, words != "")
}

// line is one forwarding: its state, its number, on and off.
type line struct {
	v       *View
	account phone.AccountID
	model   present.ForwardRow
	name    *widget.Text
	state   *state
	number  *widget.Field
	filled  string // what the phone said last
	on, off *widget.Button
	object  fyne.CanvasObject
}

func newLine(v *View, id phone.AccountID, m present.ForwardRow) *line {
	l := &line{v: v, account: id, state: newState()}
	l.name = widget.NewText(m.Name, widget.Style{Size: theme.NameSize, Bold: true, Cut: true})
	l.number = widget.NewField(widget.FieldSpec{Icon: "phone", Placeholder: text.T("forward.to")})
	l.number.Entry().OnChanged = func(string) { complain(l.number, "") }
	l.number.Entry().OnSubmit = func(string) { l.turnOn() }
	l.on = widget.NewButton(widget.ButtonSpec{}, l.turnOn)
	l.off = widget.NewButton(widget.ButtonSpec{}, l.turnOff)
	head := lay.Row(10, widget.NewIcon(m.Icon, theme.Text2, theme.IconLarge), lay.Fill(l.name))
	l.object = card(head, l.state.object, lay.Aside(theme.Grid, 200, l.number, lay.Row(theme.Grid, l.on, l.off)))
	return l
}

func card(rows ...fyne.CanvasObject) fyne.CanvasObject {
	return widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Radius: theme.RadiusCard}, lay.PadAll(14, lay.Col(10, rows...)))
}

func (l *line) update(m present.ForwardRow) {
	l.model = m
	l.state.set(m.Mark, m.State, m.Tone)
	if m.Number != l.filled && l.number.Text() == l.filled {
		l.number.SetText(m.Number)
	}
	l.filled = m.Number
	on := widget.ButtonSpec{Text: text.T("forward.turn_on"), Look: widget.Primary, Disabled: m.Wrong}
	off := widget.ButtonSpec{Text: text.T("forward.turn_off"), Disabled: m.NoOff}
	if m.On {
		on.Look, on.Text = widget.Plain, text.T("forward.change")
	}
	if m.Asking {
		on.Disabled, off.Disabled = m.State, m.State
	}
	l.on.Set(on)
	l.off.Set(off)
	visible(l.off, m.Wrong == "")
	if m.Wrong != "" {
		l.state.set("lock", m.Wrong, present.ToneQuiet)
	}
	visible(l.number, m.Wrong == "")
}

func (l *line) turnOn() {
	c, wrong := present.ForwardCommand(l.account, l.model.Kind, l.number.Text())
	if wrong != "" {
		complain(l.number, wrong)
		return
	}
	l.v.do(c, l.number)
}

func (l *line) turnOff() {
	l.v.do(phone.SetForward{Account: l.account, Kind: l.model.Kind}, l.number)
}

func visible(o fyne.CanvasObject, on bool) {
	if o.Visible() == on {
		return
	}
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}
