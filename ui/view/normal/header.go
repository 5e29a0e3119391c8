package normal

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/view/me"
	"svara/ui/widget"
)

// header is who I am and what I do, with the activity menu, the note that colleagues see, and the window's own menu.
type header struct {
	deps   view.Deps
	model  present.Header
	avatar *widget.Avatar
	name   *widget.Text
	chip   *widget.Chip
	note   *widget.NoteLine
	warn   *widget.Paragraph
	warned *fyne.Container
	texts  *widget.Button // text messages that are not read
	more   *widget.Button
	menu   *me.Menu
	object fyne.CanvasObject
}

func newHeader(deps view.Deps, scene func() present.Scene) *header {
	h := &header{deps: deps, menu: me.New(deps, scene)}
	h.avatar = widget.NewAvatar("", widget.StatusNone, theme.AvatarHeader)
	h.name = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Cut: true})
	h.chip = widget.NewChip(widget.ChipSpec{}, func() { h.menu.Open(h.chip, false) })
	h.note = widget.NewNoteLine("pencil", func() { h.menu.Open(h.chip, true) })
	h.warn = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.WarnText})
	h.warned = lay.RowTop(6, lay.Pad(0, 1, 0, 0, widget.NewIcon("triangle-alert", theme.WarnText, theme.IconSmall)), lay.Fill(h.warn))
	h.more = widget.NewIconButton("ellipsis-vertical", text.T("menu.open"), h.mainMenu)
	h.texts = widget.NewButton(widget.ButtonSpec{}, func() { deps.Show(command.ViewMessages) })
	h.object = dropFirst(lay.Row(12, h.avatar, lay.Fill(lay.Col(2, container.New(&aboutMe{}, h.name, h.chip, h.note), h.warned)), h.texts, h.more))
	return h
}

// narrowBelow is the width in dp under which the window is narrow for its text: the smallest one with large text.
const narrowBelow = 260

// dropFirst makes a row do without its first object where the window is narrow.
func dropFirst(row *fyne.Container) *fyne.Container {
	row.Layout = &droppingFirst{row.Layout}
	return row
}

type droppingFirst struct{ row fyne.Layout }

// MinSize implements fyne.Layout.
func (d *droppingFirst) MinSize(objects []fyne.CanvasObject) fyne.Size { return d.row.MinSize(objects) }

// Layout implements fyne.Layout.
func (d *droppingFirst) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	widget.SetVisible(objects[0], size.Width >= theme.Px(narrowBelow-2*theme.WindowPadding))
	d.row.Layout(objects, size)
}

// aboutMe is the layout of the name, what I do and the note. The three stand in two lines where the name and what I do have
// room beside each other; else the name has the first line, and the note stands after what I do or under it. None of the
// words of the first two is cut while a line has room for them.
type aboutMe struct{ width float32 }

// leastNote is how much of a note is worth its room, in dp.
const leastNote = 72

// parts are the three with their sizes in a width.
func (l *aboutMe) parts(objects []fyne.CanvasObject) (name, chip, note fyne.Size, apart bool) {
	name, chip, note = objects[0].MinSize(), objects[1].MinSize(), objects[2].MinSize()
	if n, ok := objects[0].(*widget.Text); ok {
		name.Width = n.Natural() + 1
	}
	if c, ok := objects[1].(*widget.Chip); ok {
		chip.Width = c.Natural()
	}
	return name, chip, note, l.width > 0 && name.Width+theme.Px(theme.Grid)+chip.Width > l.width
}

// beside reports whether the note has room after what I do.
func (l *aboutMe) beside(chip fyne.Size) bool {
	return l.width-chip.Width-theme.Px(theme.Grid) >= theme.Px(leastNote)
}

// MinSize implements fyne.Layout.
func (l *aboutMe) MinSize(objects []fyne.CanvasObject) fyne.Size {
	name, chip, note, apart := l.parts(objects)
	wide, gap := theme.Px(leastNote), theme.Px(2)
	switch {
	case !apart:
		return fyne.NewSize(wide, max(name.Height, chip.Height)+gap+note.Height)
	case l.beside(chip):
		return fyne.NewSize(wide, name.Height+gap+max(chip.Height, note.Height))
	}
	return fyne.NewSize(wide, name.Height+gap+chip.Height+gap+note.Height)
}

// Layout implements fyne.Layout.
func (l *aboutMe) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	l.width = s.Width
	name, chip, note, apart := l.parts(objects)
	gap := theme.Px(2)
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(max(0, w), h))
	}
	if !apart {
		high := max(name.Height, chip.Height)
		put(objects[0], 0, 0, name.Width, high)
		put(objects[1], name.Width+theme.Px(theme.Grid), 0, chip.Width, high)
		put(objects[2], 0, high+gap, s.Width, note.Height)
		return
	}
	put(objects[0], 0, 0, min(name.Width, s.Width), name.Height)
	y, wide := name.Height+gap, min(chip.Width, s.Width)
	put(objects[1], 0, y, wide, chip.Height)
	if l.beside(chip) {
		x := wide + theme.Px(theme.Grid)
		put(objects[2], x, y+(chip.Height-note.Height)/2, s.Width-x, note.Height)
		return
	}
	put(objects[2], 0, y+chip.Height+gap, s.Width, note.Height)
}

func (h *header) update(m present.Header) {
	h.model = m
	h.avatar.Set(m.Name, widget.Status(m.Status))
	h.name.Set(m.Name)
	_, ink, fill := view.Colors(m.ChipTone)
	h.chip.Set(widget.ChipSpec{Text: m.Chip, Tail: m.ChipTail, Fill: fill, Ink: ink, Chevron: true, Cut: true, Tip: text.T("me.activity")})
	if m.Note == "" {
		h.note.Set(text.T("me.note_add"), theme.Text3)
	} else {
		h.note.Set(m.Note, theme.Text2)
	}
	h.warn.Set(m.Warn)
	widget.SetVisible(h.warned, m.Warn != "")
	h.menu.Update()
	h.texts.Set(widget.ButtonSpec{Icon: "message-square", Text: m.Texts, Tint: theme.AccentText, Size: widget.Small, Tip: m.TextsTip})
	widget.SetVisible(h.texts, m.Texts != "")
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
	widget.ShowMenuUnder(h.more, items)
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
	noTeam := ""
	if h.deps.Snapshot().Team.Link == phone.TeamOff {
		noTeam = text.T("disabled.no-team")
	}
	widget.ShowMenuUnder(h.more, []widget.MenuItem{
		{Text: text.T("command.view.attendant"), Icon: "layout-dashboard", Run: run(command.AttendantView)},
		{Text: text.T("command.view.acd"), Icon: "headset", Run: run(command.ACDView)},
		{},
		{Text: text.T("menu.settings"), Icon: "settings", Run: run(command.GoSettings)},
		{Text: text.T("menu.accounts"), Icon: "user", Detail: h.model.Address, Run: h.accountMenu},
		{Text: text.T("menu.sound"), Icon: "headphones", Run: func() { h.deps.Show("settings/sound") }},
		{Text: text.T("command.go.meetings"), Icon: "calendar", Disabled: noTeam, Run: run(command.GoMeetings)},
		{Text: text.T("me.forwarding_menu"), Icon: "phone-forwarded", Run: run(command.Forwarding)},
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
