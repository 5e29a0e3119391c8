package attendant

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/view/me"
	"svara/ui/widget"
)

// top is the bar at the top: the program, the tabs, who I am and what I do, which view this is, the settings.
type top struct {
	v      *View
	brand  *fyne.Container
	word   *widget.Text
	tabs   *widget.TopTabs
	avatar *widget.Avatar
	name   *widget.Text
	note   *widget.Text
	chip   *widget.Chip
	view   *widget.Button
	menu   *me.Menu
	who    *fyne.Container
	tail   *fyne.Container
	object *widget.Panel
}

func newTop(v *View) *top {
	t := &top{v: v, menu: me.New(v.deps, func() present.Scene { return v.scene })}
	t.word = widget.NewText(text.T("app.name"), widget.Style{Size: theme.TitleSize, Bold: true})
	t.brand = lay.Row(theme.Grid, widget.NewLogo(26), t.word)
	t.tabs = widget.NewTopTabs(func(id string) { v.deps.Show(command.View(id)) })
	t.avatar = widget.NewAvatar("", widget.StatusNone, 32)
	t.name = widget.NewText("", widget.Style{Size: theme.BodySize, Bold: true, Cut: true})
	t.note = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	t.chip = widget.NewChip(widget.ChipSpec{}, func() { t.menu.Open(t.chip, false) })
	t.view = widget.NewButton(widget.ButtonSpec{}, t.views)
	settings := widget.NewIconButton("settings", text.T("menu.settings"), func() { v.deps.Run(command.GoSettings, 0) })
	t.who = lay.Row(10, t.avatar, lay.Fill(lay.Col(0, t.name, t.note)))
	t.tail = lay.Row(12, t.chip, lay.Least(1, 24, widget.NewLine(true)), t.view, settings)
	t.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Bottom: true, Drawn: true}, container.New(&topLayout{t}, t.brand, t.tabs, t.who, t.tail))
	return t
}

func (t *top) update() {
	s := t.v.scene
	m := present.HeaderOf(s)
	tabs := []widget.Tab{{ID: string(command.ViewCall), Icon: "users", Text: text.T("tab.people")}}
	tabs = append(tabs, widget.Tab{ID: string(command.ViewHistory), Icon: "history", Text: text.T("tab.history"), Count: s.Snap.History.Missed})
	if t.v.deps.Voicemail != nil {
		tabs = append(tabs, widget.Tab{ID: string(command.ViewVoicemail), Icon: "voicemail", Text: text.T("tab.voicemail"), Count: s.Snap.Voicemail.New()})
	}
	if t.v.deps.Recordings != nil {
		tabs = append(tabs, widget.Tab{ID: string(command.ViewRecordings), Icon: "circle-dot", Text: text.T("tab.recordings"), Count: s.Snap.Inbox.Unseen})
	}
	t.tabs.Set(tabs, string(t.v.tab))
	t.avatar.Set(m.Name, widget.Status(m.Status))
	t.name.Set(m.Name)
	note := m.Note
	if m.Warn != "" {
		note = m.Warn
	}
	if note == "" {
		note = m.Address
	}
	t.note.Set(note)
	_, ink, fill := view.Colors(m.ChipTone)
	t.chip.Set(widget.ChipSpec{Text: m.Chip, Tail: m.ChipTail, Icon: m.ChipIcon, Fill: fill, Ink: ink, Chevron: true, Tip: text.T("me.activity")})
	t.view.Set(widget.ButtonSpec{Icon: "layout-dashboard", Text: text.T("face.attendant"), Menu: true, Tip: text.T("attendant.view")})
	t.menu.Update()
	lay.Again(t.object)
}

// views is the menu of what the main window can be.
func (t *top) views() {
	var items []widget.MenuItem
	for _, c := range present.FaceChoices(t.v.scene) {
		items = append(items, widget.MenuItem{Text: c.Text, Icon: c.Icon, Key: c.Key, Chosen: c.Now, Run: func() { t.v.deps.Run(command.ID(c.Command), 0) }})
	}
	widget.ShowMenuUnder(t.view, items)
}

// topLayout gives the tail what it needs, then the tabs, then who I am; where that is not enough the tabs lose their
// words, then the program its name.
type topLayout struct{ t *top }

// MinSize implements fyne.Layout.
func (l *topLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, theme.Px(52))
}

// Layout implements fyne.Layout.
func (l *topLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	t := l.t
	pad, gap := theme.Px(theme.WindowPadding), theme.Px(12)
	right := size.Width - pad + theme.Px(4)
	m := t.tail.MinSize()
	put(t.tail, right-m.Width, (size.Height-m.Height)/2, m.Width, m.Height)
	right -= m.Width + gap
	brand, who := t.brand.MinSize(), min(theme.Px(190), theme.Px(48)+max(t.name.Natural(), min(t.note.Natural(), theme.Px(140))))
	room := right - pad - brand.Width - 2*gap - who
	if fit := room >= t.tabs.MinSize().Width; fit != t.word.Visible() {
		widget.SetVisible(t.word, fit)
		brand = t.brand.MinSize()
		room = right - pad - brand.Width - 2*gap - who
	}
	put(t.brand, pad, (size.Height-brand.Height)/2, brand.Width, brand.Height)
	tabs := max(0, min(t.tabs.Natural(), room))
	put(t.tabs, pad+brand.Width+gap, 0, tabs, size.Height-1)
	h := t.who.MinSize().Height
	put(t.who, right-who, (size.Height-h)/2, who, h)
}
