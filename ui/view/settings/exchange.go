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

// exchange is what an account's exchange is like, and the number of the user's other telephone.
type exchange struct {
	deps   view.Deps
	id     phone.AccountID
	grown  func() // became higher or lower
	sel    *widget.Select
	mobile *later
	more   *widget.Link
	list   *fyne.Container
	can    []string // as listed
	cannot []string
	object fyne.CanvasObject
}

func newExchange(deps view.Deps, id phone.AccountID, grown func()) *exchange {
	e := &exchange{deps: deps, id: id, grown: grown, list: lay.Col(2)}
	e.sel = widget.NewSelect("server", func(dialect string) { e.put(func(a *phone.Account) { a.Dialect = dialect }) })
	e.sel.SetName(text.T("settings.exchange"))
	e.mobile = newLater(deps, widget.FieldSpec{Label: text.T("settings.mobile"), Icon: "smartphone", Help: text.T("settings.mobile_help")}, present.Mobile,
		func() string { return e.account().Mobile }, func(number string) { e.put(func(a *phone.Account) { a.Mobile = number }) })
	e.more = widget.NewLink("", func() { e.show(!e.list.Visible()) })
	help := widget.NewParagraph(text.T("settings.exchange_help"), widget.Style{Size: theme.DetailSize, Token: theme.Text3})
	e.object = lay.Col(12, lay.Col(theme.Half, label(text.T("settings.exchange")), e.sel, help, lay.Row(0, e.more), e.list), e.mobile.object())
	e.show(false)
	return e
}

func (e *exchange) account() phone.Account {
	for _, a := range e.deps.Snapshot().Accounts {
		if a.ID == e.id {
			return a.Account
		}
	}
	return phone.Account{}
}

// put changes something of the account. Its password stays.
func (e *exchange) put(change func(*phone.Account)) {
	a := e.account()
	if a.ID == "" {
		return // signed out meanwhile
	}
	change(&a)
	if err := e.deps.Do(phone.PutAccount{Account: a}); err != nil {
		e.deps.Say(text.Refusal(err))
	}
}

func (e *exchange) show(on bool) {
	e.more.Set(text.T("settings.exchange_more"))
	if on {
		e.more.Set(text.T("settings.exchange_less"))
		e.list.Show()
	} else {
		e.list.Hide()
	}
	e.grown()
	reflow(e.list)
}

func (e *exchange) update(s present.Scene, a phone.AccountStatus) {
	e.sel.Set(options(present.DialectChoices(s, a.Account)))
	e.mobile.show(a.Mobile)
	can, cannot := present.Abilities(a)
	if len(e.list.Objects) > 0 && slices.Equal(can, e.can) && slices.Equal(cannot, e.cannot) {
		return
	}
	e.can, e.cannot = can, cannot
	e.list.Objects = nil
	part := func(title, icon string, ink, words theme.Token, lines []string) {
		if len(lines) == 0 {
			return
		}
		e.list.Add(lay.Pad(0, 6, 0, 2, label(text.T(title))))
		for _, l := range lines {
			e.list.Add(lay.RowTop(theme.Grid, lay.Pad(0, 2, 0, 0, widget.NewIcon(icon, ink, theme.IconSmall)), lay.Fill(widget.NewParagraph(l, widget.Style{Size: theme.BodySize, Token: words}))))
		}
	}
	part("settings.exchange_can", "check", theme.GreenText, theme.Text, can)
	part("settings.exchange_cannot", "x", theme.Text3, theme.Text3, cannot)
	e.list.Refresh()
}
