package normal

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

// header is who I am and how I stand, with the account menu and the window's own menu.
type header struct {
	deps    view.Deps
	model   present.Header
	avatar  *widget.Avatar
	name    *widget.Text
	chip    *widget.Chip
	address *widget.Text
	more    *widget.Button
	object  fyne.CanvasObject
}

func newHeader(deps view.Deps) *header {
	h := &header{deps: deps}
	h.avatar = widget.NewAvatar("", widget.StatusNone, theme.AvatarHeader)
	h.name = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Cut: true})
	h.chip = widget.NewChip(widget.ChipSpec{}, h.accountMenu)
	h.address = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	h.more = widget.NewIconButton("ellipsis-vertical", text.T("menu.open"), h.mainMenu)
	h.object = lay.Row(12, h.avatar, lay.Fill(lay.Col(2, lay.Row(theme.Grid, lay.Shrink(h.name), h.chip), h.address)), h.more)
	return h
}

func (h *header) update(m present.Header) {
	h.model = m
	h.avatar.Set(m.Name, widget.Status(m.Status))
	h.name.Set(m.Name)
	fill := widget.StatusChip(widget.Status(m.Status), m.Chip)
	fill.Chevron, fill.Tip = true, text.T("menu.accounts")
	h.chip.Set(fill)
	h.address.Set(m.Address)
}

// accountMenu is the accounts: which one calls go out on, and how each stands.
func (h *header) accountMenu() {
	var items []widget.MenuItem
	for _, a := range h.model.Accounts {
		items = append(items, widget.MenuItem{Text: a.Name, Detail: a.State + " · " + a.Address, Icon: "user", Chosen: a.Default || len(h.model.Accounts) == 1, Run: func() { h.use(a.ID) }})
	}
	items = append(items, widget.MenuItem{},
		widget.MenuItem{Text: text.T("account.add"), Icon: "user-plus", Run: func() { h.deps.Edit("") }},
		widget.MenuItem{Text: text.T("account.manage"), Icon: "settings", Run: func() { h.deps.Show(command.ViewSettings) }},
	)
	widget.ShowMenuUnder(h.chip, items)
}

// use makes an account the one calls go out on.
func (h *header) use(id phone.AccountID) {
	for _, a := range h.deps.Snapshot().Accounts {
		if a.ID != id || a.Default {
			continue
		}
		account := a.Account
		account.Default = true
		if err := h.deps.Do(phone.PutAccount{Account: account}); err != nil {
			h.deps.Say(text.Refusal(err))
		}
	}
}

// mainMenu is the window's menu.
func (h *header) mainMenu() {
	run := func(id command.ID) func() { return func() { h.deps.Run(id, 0) } }
	chosen := func(choices func(present.Scene) []present.Choice) string {
		for _, c := range choices(present.Scene{Snap: h.deps.Snapshot()}) {
			if c.Chosen {
				return c.Text
			}
		}
		return ""
	}
	widget.ShowMenuUnder(h.more, []widget.MenuItem{
		{Text: text.T("menu.settings"), Icon: "settings", Run: run(command.GoSettings)},
		{Text: text.T("menu.accounts"), Icon: "user", Run: func() { h.deps.Show("settings/accounts") }},
		{Text: text.T("menu.sound"), Icon: "headphones", Run: func() { h.deps.Show("settings/sound") }},
		{},
		{Text: text.T("menu.language"), Icon: "globe", Detail: chosen(present.LanguageChoices), Run: func() { h.choose(phone.KeyLanguage, present.LanguageChoices) }},
		{Text: text.T("menu.theme"), Icon: "contrast", Detail: chosen(present.ThemeChoices), Run: func() { h.choose(phone.KeyTheme, present.ThemeChoices) }},
		{Text: text.T("settings.text_size"), Icon: "search", Detail: chosen(present.TextSizeChoices), Run: func() { h.choose(phone.KeyTextSize, present.TextSizeChoices) }},
		{},
		{Text: text.T("menu.shortcuts"), Icon: "keyboard", Run: run(command.GoShortcuts)},
		{Text: text.T("menu.about"), Icon: "info", Run: func() { h.deps.Show("settings/about") }},
		{Text: text.T("menu.quit"), Icon: "log-out", Run: run(command.Quit)},
	})
}

// choose opens the values of a setting.
func (h *header) choose(key string, choices func(present.Scene) []present.Choice) {
	var items []widget.MenuItem
	for _, c := range choices(present.Scene{Snap: h.deps.Snapshot()}) {
		items = append(items, widget.MenuItem{Text: c.Text, Chosen: c.Chosen, Run: func() {
			if err := h.deps.Do(phone.Set{Key: key, Value: c.Value}); err != nil {
				h.deps.Say(text.Refusal(err))
			}
		}})
	}
	widget.ShowMenuUnder(h.more, items)
}
