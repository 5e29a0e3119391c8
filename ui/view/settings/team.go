package settings

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

// teamPart is an account's team server: where it is, how the link to it stands, and signing in and out.
type teamPart struct {
	deps     view.Deps
	id       phone.AccountID
	user     *widget.Field
	password *widget.Field
	sign     *widget.Icon
	note     *widget.Paragraph
	told     *fyne.Container // how the link stands
	signIn   *fyne.Container // what is needed to sign in
	signOut  *fyne.Container
	devices  *devices // nil where they cannot be asked for
	forgot   *widget.Link
	address  string // of forgot
}

func newTeamPart(deps view.Deps, id phone.AccountID, grown func()) *teamPart {
	p := &teamPart{deps: deps, id: id}
	p.user = widget.NewField(widget.FieldSpec{Label: text.T("signin.user"), Icon: "user"})
	p.password = widget.NewPasswordField(widget.FieldSpec{Label: text.T("signin.password"), Icon: "key-round"}, text.T("signin.show_password"), text.T("signin.hide_password"))
	for _, f := range []*widget.Field{p.user, p.password} {
		f.Entry().OnSubmit = func(string) { p.enter() }
	}
	p.sign = widget.NewIcon("", theme.Text2, theme.IconSmall)
	p.note = widget.NewParagraph("", widget.Style{Size: theme.DetailSize})
	p.told = lay.RowTop(6, p.sign, lay.Fill(p.note))
	p.forgot = widget.NewLink(text.T("account.team_forgot"), func() { deps.Open(p.address) })
	p.signIn = lay.Col(14, p.user, p.password, p.forgot,
		lay.Row(0, widget.NewButton(widget.ButtonSpec{Icon: "log-in", Text: text.T("signin.sign_in"), Size: widget.Small}, p.enter)))
	p.signOut = lay.Lines(theme.Grid, widget.NewButton(widget.ButtonSpec{Icon: "key-round", Text: text.T("command.team.password"), Size: widget.Small}, func() {
		deps.Show(command.ViewPassword)
	}), widget.NewButton(widget.ButtonSpec{Icon: "log-out", Text: text.T("account.team_sign_out"), Size: widget.Small}, func() {
		p.do(phone.SignOutTeam{Account: p.id})
	}))
	if deps.TeamDevices != nil {
		p.devices = newDevices(deps, grown)
	}
	return p
}

func (p *teamPart) objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{p.told, p.signIn, p.signOut}
	if p.devices != nil {
		out = append(out, p.devices.object)
	}
	return out
}

func (p *teamPart) enter() {
	if p.user.Text() == "" || p.password.Text() == "" {
		return
	}
	if p.do(phone.SignInTeam{Account: p.id, User: p.user.Text(), Password: phone.Secret(p.password.Text())}) {
		p.password.SetText("")
	}
}

func (p *teamPart) do(c phone.Command) bool {
	if err := p.deps.Do(c); err != nil {
		p.deps.Say(text.Refusal(err))
		return false
	}
	return true
}

// update shows how the link stands, and reports whether what is shown became more or less.
func (p *teamPart) update(s present.Scene) (changed bool) {
	l := present.TeamLinkOf(s, p.id)
	_, ink, _ := view.Colors(l.Tone)
	p.sign.Set(l.Icon, ink)
	p.note.Set(l.Words)
	p.note.SetToken(ink)
	p.address = l.Forgot
	widget.SetVisible(p.forgot, l.Forgot != "")
	parts := map[*fyne.Container]bool{p.told: l.Words != "", p.signIn: l.SignIn, p.signOut: l.SignOut}
	if p.devices != nil {
		parts[p.devices.object] = l.Live
		p.devices.update(s)
	}
	for o, on := range parts {
		changed = changed || o.Visible() != on
		widget.SetVisible(o, on)
	}
	return changed
}
