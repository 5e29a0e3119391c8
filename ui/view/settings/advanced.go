package settings

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/view/signin"
	"svara/ui/widget"
)

// advanced is how an account's calls are encrypted, find their way and are coded. It is folded away at first; what is
// changed counts at once.
type advanced struct {
	deps   view.Deps
	id     phone.AccountID
	grown  func() // became higher or lower
	follow []func(phone.Account)
	more   *widget.Link
	page   *fyne.Container
	proof  *signin.Certificate
	tls    *fyne.Container // what belongs to TLS alone
	keys   *fyne.Container // what belongs to encrypted sound alone
	ways   *fyne.Container // what belongs to ICE alone
	turn   *fyne.Container // what belongs to a TURN server alone
	codecs *codecs
	team   *teamPart
	sign   *widget.Icon
	note   *widget.Paragraph
	object fyne.CanvasObject
}

func newAdvanced(deps view.Deps, id phone.AccountID, grown func()) *advanced {
	a := &advanced{deps: deps, id: id, grown: grown}
	a.more = widget.NewLink("", func() { a.show(!a.page.Visible()) })
	a.sign = widget.NewIcon("", theme.Text2, theme.IconSmall)
	a.note = widget.NewParagraph("", widget.Style{Size: theme.DetailSize})
	a.page = lay.Col(14,
		heading("account.signalling"), a.signalling(),
		heading("account.sound"), a.sound(),
		heading("account.network"), a.network(),
		heading("settings.codecs"), a.coding(),
		heading("account.team_heading"), a.together(),
	)
	a.object = lay.Col(14, lay.Row(0, a.more), a.page)
	a.show(false)
	return a
}

func heading(key string) fyne.CanvasObject {
	return widget.NewText(text.T(key), widget.Style{Size: theme.BodySize, Bold: true})
}

func help(key string) fyne.CanvasObject {
	return widget.NewParagraph(text.T(key), widget.Style{Size: theme.DetailSize, Token: theme.Text3})
}

func (a *advanced) account() phone.Account {
	for _, s := range a.deps.Snapshot().Accounts {
		if s.ID == a.id {
			return s.Account
		}
	}
	return phone.Account{}
}

// put changes something of the account. Its passwords stay, but for a new one of its TURN server.
func (a *advanced) put(turn phone.Secret, change func(*phone.Account)) {
	now := a.account()
	if now.ID == "" {
		return // signed out meanwhile
	}
	change(&now)
	if err := a.deps.Do(phone.PutAccount{Account: now, TURNSecret: turn}); err != nil {
		a.deps.Say(text.Refusal(err))
	}
}

// choice is a labelled select of something of the account.
func (a *advanced) choice(icon, title, words string, of func(phone.Account) []present.Choice, set func(*phone.Account, string)) fyne.CanvasObject {
	sel := widget.NewSelect(icon, func(id string) { a.put("", func(x *phone.Account) { set(x, id) }) })
	sel.SetName(text.T(title))
	a.follow = append(a.follow, func(x phone.Account) { sel.Set(options(of(x))) })
	lines := []fyne.CanvasObject{label(text.T(title)), sel}
	if words != "" {
		lines = append(lines, help(words))
	}
	return lay.Col(theme.Half, lines...)
}

// line is a line of text of the account.
func (a *advanced) line(icon, title, words string, check func(string) (string, string), of func(phone.Account) string, set func(*phone.Account, string)) fyne.CanvasObject {
	spec := widget.FieldSpec{Label: text.T(title), Icon: icon}
	if words != "" {
		spec.Help = text.T(words)
	}
	l := newLater(a.deps, spec, check, func() string { return of(a.account()) }, func(value string) { a.put("", func(x *phone.Account) { set(x, value) }) })
	a.follow = append(a.follow, func(x phone.Account) { l.show(of(x)) })
	return l.object()
}

// toggle is something of the account that is on or off.
func (a *advanced) toggle(title, words string, of func(phone.Account) bool, set func(bool)) fyne.CanvasObject {
	sw := widget.NewSwitch(text.T(title), set)
	a.follow = append(a.follow, func(x phone.Account) { sw.Set(of(x)) })
	return lay.Row(theme.WindowPadding, lay.Fill(lay.Col(0, widget.NewParagraph(text.T(title), widget.Style{Size: theme.BodySize}), help(words))), sw)
}

func (a *advanced) signalling() fyne.CanvasObject {
	a.proof = signin.NewCertificate(a.deps, func(path string) { a.put("", func(x *phone.Account) { x.CAFile = path }) })
	a.follow = append(a.follow, func(x phone.Account) { a.proof.Set(x.CAFile) })
	a.tls = lay.Col(14, a.proof.Object(),
		a.line("key-round", "account.pin", "account.pin_help", present.Pin, func(x phone.Account) string { return x.Pin }, func(x *phone.Account, v string) { x.Pin = v }))
	return lay.Col(14,
		a.choice("waypoints", "signin.transport", "account.transport_help", func(x phone.Account) []present.Choice { return present.TransportChoices(x.Transport) }, func(x *phone.Account, v string) { x.Transport = phone.Transport(v) }),
		a.tls)
}

func (a *advanced) sound() fyne.CanvasObject {
	a.keys = lay.Col(14, a.choice("key-round", "account.keying", "account.keying_help", func(x phone.Account) []present.Choice { return present.KeyingChoices(x.Keying) }, func(x *phone.Account, v string) { x.Keying = phone.Keying(v) }))
	return lay.Col(14,
		a.choice("lock", "account.srtp", "", func(x phone.Account) []present.Choice { return present.SRTPChoices(x.SRTP) }, func(x *phone.Account, v string) { x.SRTP = phone.SRTPMode(v) }),
		a.keys,
		lay.RowTop(6, a.sign, lay.Fill(a.note)),
		a.choice("grip", "account.dtmf", "account.dtmf_help", func(x phone.Account) []present.Choice { return present.DTMFChoices(x.DTMF) }, func(x *phone.Account, v string) { x.DTMF = phone.DTMFMethod(v) }),
	)
}

func (a *advanced) network() fyne.CanvasObject {
	password := widget.NewPasswordField(widget.FieldSpec{Label: text.T("account.turn_password"), Icon: "key-round", Placeholder: text.T("account.turn_kept")}, text.T("signin.show_password"), text.T("signin.hide_password"))
	told := ""
	secret := laterIn(a.deps, password, func(typed string) (string, string) { return typed, "" }, func() string { return told }, func(typed string) {
		if told = typed; typed != "" {
			a.put(phone.Secret(typed), func(*phone.Account) {})
		}
	})
	a.turn = lay.Col(14,
		a.line("user", "account.turn_user", "", present.MediaUser, func(x phone.Account) string { return x.TURNUser }, func(x *phone.Account, v string) { x.TURNUser = v }),
		secret.object())
	a.ways = lay.Col(14,
		a.line("server", "account.stun", "account.stun_help", present.MediaServer, func(x phone.Account) string { return x.STUN }, func(x *phone.Account, v string) { x.STUN = v }),
		a.line("server", "account.turn", "account.turn_help", present.MediaServer, func(x phone.Account) string { return x.TURN }, func(x *phone.Account, v string) { x.TURN = v }),
		a.turn)
	return lay.Col(14,
		a.toggle("account.ice", "account.ice_help", func(x phone.Account) bool { return x.ICE }, func(on bool) { a.put("", func(x *phone.Account) { x.ICE = on }) }),
		a.ways)
}

func (a *advanced) coding() fyne.CanvasObject {
	a.codecs = codecsOf(func() []string { return present.CodecsOf(a.deps.Snapshot(), a.account()) }, func(value string) { a.put("", func(x *phone.Account) { x.Codecs = value }) })
	own := a.toggle("account.own_codecs", "account.own_codecs_help", func(x phone.Account) bool { return x.Codecs != "" }, func(on bool) {
		a.put("", func(x *phone.Account) {
			x.Codecs = ""
			if on {
				x.Codecs = a.deps.Snapshot().Settings.Get(phone.KeyCodecs)
			}
		})
	})
	return lay.Col(14, own, a.codecs.all)
}

// together is the account's team server.
func (a *advanced) together() fyne.CanvasObject {
	a.team = newTeamPart(a.deps, a.id, a.grown)
	at := a.line("server", "account.team", "account.team_help", present.TeamServer, func(x phone.Account) string { return x.Team }, func(x *phone.Account, v string) { x.Team = v })
	return lay.Col(14, append([]fyne.CanvasObject{at}, a.team.objects()...)...)
}

func (a *advanced) show(on bool) {
	a.more.Set(text.T("account.advanced"))
	if on {
		a.more.Set(text.T("account.advanced_less"))
	}
	widget.SetVisible(a.page, on)
	a.grown()
	reflow(a.page)
}

func (a *advanced) update(s present.Scene, now phone.AccountStatus) {
	for _, f := range a.follow {
		f(now.Account)
	}
	icon, words, tone := present.SecurityOf(now.Account)
	_, ink, _ := view.Colors(tone)
	a.sign.Set(icon, ink)
	a.note.Set(words)
	a.note.SetToken(ink)
	a.codecs.update(s)
	grew := a.team.update(s)
	for o, on := range map[*fyne.Container]bool{
		a.tls: now.OverTLS(), a.keys: now.SRTP != phone.SRTPOff, a.ways: now.ICE, a.turn: now.TURN != "", a.codecs.all: now.Codecs != "",
	} {
		grew = grew || o.Visible() != on
		widget.SetVisible(o, on)
	}
	if grew && a.page.Visible() {
		a.grown()
		reflow(a.page)
	}
}
