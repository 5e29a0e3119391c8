package settings

import (
	"slices"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// about is the program, the organisation's pages and its customer service.
type about struct {
	deps    view.Deps
	version string
	pages   *fyne.Container
	support *fyne.Container
	page    *fyne.Container
	shown   present.SupportCard
	links   []present.LinkButton
	drawn   bool
}

func newAbout(deps view.Deps, version string) *about {
	a := &about{deps: deps, version: version, pages: lay.Lines(theme.Grid), support: lay.Col(theme.Grid)}
	program := card(lay.Row(12, widget.NewLogo(48), lay.Fill(lay.Col(0,
		widget.NewText(text.T("app.name"), widget.Style{Size: theme.HeadingSize, Bold: true}),
		widget.NewText(text.T("settings.version", "version", version), widget.Style{Size: theme.BodySize, Token: theme.Text2})))),
		widget.NewParagraph(text.T("about.what"), widget.Style{Size: theme.BodySize}), a.pages)
	a.page = lay.Col(theme.WindowPadding, program, titled(text.T("about.support"), a.support))
	return a
}

func (a *about) object() fyne.CanvasObject { return a.page }

func (a *about) framed() {}

func (a *about) update(s present.Scene) {
	card, links := present.SupportOf(s, a.version), present.LinkButtons(s)
	card.Message = "" // made when it is written: it tells how the phone stands then
	if a.drawn && card == a.shown && slices.Equal(links, a.links) {
		return
	}
	a.shown, a.links, a.drawn = card, links, true
	a.pages.Objects = nil
	for _, l := range links {
		a.pages.Add(widget.NewButton(widget.ButtonSpec{Icon: l.Icon, Text: l.Text}, func() { a.deps.Open(l.URL) }))
	}
	a.support.Objects = nil
	fact := func(icon, words string) {
		if words != "" {
			a.support.Add(lay.Row(theme.Grid, widget.NewIcon(icon, theme.Text2, theme.IconMedium), lay.Fill(widget.NewParagraph(words, widget.Style{Size: theme.BodySize}))))
		}
	}
	fact("phone", card.Phone)
	fact("mail", card.Mail)
	fact("clock", card.Hours)
	var act []fyne.CanvasObject
	if card.Phone != "" {
		act = append(act, widget.NewButton(widget.ButtonSpec{Icon: "phone", Text: text.T("dial.call")}, a.call))
	}
	if card.Mail != "" {
		act = append(act, widget.NewButton(widget.ButtonSpec{Icon: "mail", Text: text.T("about.message")}, a.message))
	}
	if !card.Any() && len(links) == 0 {
		a.support.Add(widget.NewParagraph(text.T("about.no_links"), widget.Style{Size: theme.BodySize, Token: theme.Text2}))
	}
	if !card.Any() || len(links) == 0 {
		act = append(act, widget.NewButton(widget.ButtonSpec{Icon: "pencil", Text: text.T("about.edit_links"), Look: widget.Quiet}, func() { a.deps.Show("settings/links") }))
	}
	a.support.Add(lay.Lines(theme.Grid, act...))
	a.page.Refresh()
}

func (a *about) call() {
	if err := a.deps.Do(phone.Dial{Target: present.DialText(a.shown.Phone)}); err != nil {
		a.deps.Say(text.Refusal(err))
	}
}

func (a *about) message() {
	a.deps.Open(present.SupportOf(present.Scene{Snap: a.deps.Snapshot()}, a.version).Message)
}

// licences is what the program is made of.
type licences struct{ page fyne.CanvasObject }

func newLicences() *licences {
	rows := []fyne.CanvasObject{widget.NewParagraph(text.T("about.licence"), widget.Style{Size: theme.BodySize}), widget.NewLine(false)}
	for _, l := range present.Licences() {
		rows = append(rows, lay.Row(theme.Grid, lay.Fill(lay.Col(0, widget.NewText(l.Name, widget.Style{Size: theme.BodySize, Cut: true}),
			widget.NewText(l.For, widget.Style{Size: theme.DetailSize, Token: theme.Text3, Cut: true}))), widget.NewText(l.Terms, widget.Style{Size: theme.DetailSize, Token: theme.Text2})))
	}
	return &licences{titled(text.T("about.licences"), rows...)}
}

func (l *licences) object() fyne.CanvasObject { return l.page }
func (l *licences) update(present.Scene)      {}
func (l *licences) framed()                   {}
