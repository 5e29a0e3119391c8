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
	short  bool           // it shows its icon only
	texts  *widget.Button // text messages that are not read
	menu   *me.Menu
	words  *fyne.Container // name and note beside the avatar
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
	t.words = lay.Col(0, t.name, t.note)
	t.who = lay.Row(10, t.avatar, lay.Fill(t.words))
	t.texts = widget.NewButton(widget.ButtonSpec{}, func() { v.deps.Show(command.ViewMessages) })
	t.tail = lay.Row(12, t.texts, t.chip, lay.Least(1, 24, widget.NewLine(true)), t.view, settings)
	t.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Bottom: true, Drawn: true}, container.New(&topLayout{t}, t.brand, t.tabs, t.who, t.tail))
	return t
}

func (t *top) update() {
	s := t.v.scene
	m := present.HeaderOf(s)
	tabs := []widget.Tab{{ID: string(command.ViewCall), Icon: "users", Text: text.T("tab.people")}}
	tabs = append(tabs, widget.Tab{ID: string(command.ViewHistory), Icon: "history", Text: text.T("tab.history"), Count: s.Snap.History.Missed})
	if present.TeamShown(s) {
		tabs = append(tabs, widget.Tab{ID: string(command.ViewGroupLog), Icon: "list-checks", Text: text.T("grouplog.title"), Count: s.Snap.Team.Log.Open})
		tabs = append(tabs, widget.Tab{ID: string(command.ViewGroupMessages), Icon: "messages-square", Text: text.T("groupmessage.title"), Count: s.Snap.Team.Messages.Open})
	}
	if t.v.deps.Voicemail != nil {
		tabs = append(tabs, widget.Tab{ID: string(command.ViewVoicemail), Icon: "voicemail", Text: text.T("tab.voicemail"), Count: s.Snap.Voicemail.New()})
	}
	if t.v.deps.Recordings != nil {
		tabs = append(tabs, widget.Tab{ID: string(command.ViewRecordings), Icon: "circle-dot", Text: text.T("tab.recordings"), Count: s.Snap.Inbox.Unseen})
	}
	if present.TeamShown(s) {
		tabs = append(tabs, widget.Tab{ID: string(command.ViewQueueStats), Icon: "chart-no-axes-column", Text: text.T("queue.stats")})
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
	t.chip.Set(widget.ChipSpec{Text: m.Chip, Tail: m.ChipTail, Fill: fill, Ink: ink, Chevron: true, Tip: text.T("me.activity")})
	t.view.Set(viewSpec(t.short))
	t.texts.Set(widget.ButtonSpec{Icon: "message-square", Text: m.Texts, Tint: theme.AccentText, Size: widget.Small, Tip: m.TextsTip})
	widget.SetVisible(t.texts, m.Texts != "")
	t.menu.Update()
	lay.Again(t.object)
}

// viewSpec is the button that says which view this is, or its icon.
func viewSpec(short bool) widget.ButtonSpec {
	s := widget.ButtonSpec{Icon: "layout-dashboard", Text: text.T("face.attendant"), Menu: true, Size: widget.Small, Tip: text.T("attendant.view")}
	if short {
		s.Text, s.Menu = "", false
	}
	return s
}

// views is the menu of what the main window can be.
func (t *top) views() {
	var items []widget.MenuItem
	for _, c := range present.FaceChoices(t.v.scene) {
		items = append(items, widget.MenuItem{Text: c.Text, Icon: c.Icon, Key: c.Key, Chosen: c.Now, Run: func() { t.v.deps.Run(command.ID(c.Command), 0) }})
	}
	widget.ShowMenuUnder(t.view, items)
}

// topLayout gives the tail what it needs, then the tabs, then who I am; where that is not enough the program loses its
// name, then the tabs their words, then the program its name again, then the avatar its words, then it goes itself, and
// last the view's button loses its words.
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
	words := viewSpec(false).Width() - viewSpec(true).Width() // of the view's button
	tail := t.tail.MinSize()
	if t.short {
		tail.Width += words
	}
	need, all := t.tabs.MinSize().Width, t.tabs.Natural()
	whole := min(theme.Px(190), theme.Px(48)+max(t.name.Natural(), min(t.note.Natural(), theme.Px(140))))
	var brand fyne.Size
	var who, room float32
	short := false
	for _, way := range []struct {
		word, words bool
		who         float32
		short       bool
		tabs        float32
	}{
		{true, true, whole, false, all}, {false, true, whole, false, all}, {true, true, whole, false, need}, {false, true, whole, false, need},
		{false, false, t.avatar.MinSize().Width, false, need}, {false, false, 0, false, need}, {false, false, 0, true, need},
	} {
		widget.SetVisible(t.word, way.word)
		widget.SetVisible(t.words, way.words)
		widget.SetVisible(t.who, way.who > 0)
		if brand, who, short = t.brand.MinSize(), way.who, way.short; short {
			tail.Width -= words
		}
		if room = right - tail.Width - gap - pad - brand.Width - 2*gap - who; room >= way.tabs {
			break
		}
	}
	if t.short != short {
		t.short = short
		t.view.Set(viewSpec(short))
	}
	put(t.tail, right-tail.Width, (size.Height-tail.Height)/2, tail.Width, tail.Height)
	right -= tail.Width + gap
	put(t.brand, pad, (size.Height-brand.Height)/2, brand.Width, brand.Height)
	tabs := max(0, min(t.tabs.Natural(), room))
	put(t.tabs, pad+brand.Width+gap, 0, tabs, size.Height-1)
	h := t.who.MinSize().Height
	put(t.who, right-who, (size.Height-h)/2, who, h)
}
