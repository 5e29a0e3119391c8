package groupmessages

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

// labelsFrom is the width, in dp, from which the kinds have words.
const labelsFrom = 460

// head is what is over the messages: how many are open, the search, the kinds and what else is chosen.
type head struct {
	v      *View
	open   *widget.Chip
	search *widget.Field
	kinds  []*widget.Button
	only   *widget.Button
	mine   *widget.Button
	group  *widget.Select
	write  *widget.Button
	labels bool
	object *widget.Panel
}

func newHead(v *View) *head {
	h := &head{v: v}
	title := widget.NewText(text.T("groupmessage.title"), widget.Style{Size: theme.TitleSize, Bold: true, Cut: true})
	h.open = widget.NewChip(widget.ChipSpec{}, func() { v.Choose(present.GroupMessageChoice{Open: true}) })
	h.search = widget.NewField(widget.FieldSpec{Icon: "search", Placeholder: text.T("groupmessage.search")})
	h.search.Entry().OnChanged = v.search
	h.search.Entry().OnKey = h.key
	refresh := widget.NewIconButton("refresh-cw", text.T("grouplog.refresh"), v.Refresh)
	filters := lay.Row(theme.Half)
	for _, k := range present.MessageKinds(v.choice) {
		b := widget.NewButton(widget.ButtonSpec{}, func() { v.Choose(v.choice.Toggle(k.Kind)) })
		h.kinds = append(h.kinds, b)
		filters.Add(b)
	}
	h.only = widget.NewButton(widget.ButtonSpec{}, func() { v.change(func(c *present.GroupMessageChoice) { c.Open = !c.Open }) })
	h.mine = widget.NewButton(widget.ButtonSpec{}, func() { v.change(func(c *present.GroupMessageChoice) { c.Mine = !c.Mine }) })
	filters.Add(h.only)
	filters.Add(h.mine)
	h.group = widget.NewSelect("users", func(id string) { v.change(func(c *present.GroupMessageChoice) { c.Group = phone.TeamGroupID(id) }) })
	h.group.SetName(text.T("groupmessage.group"))
	h.write = widget.NewButton(widget.ButtonSpec{}, h.whom)
	top := lay.Aside(theme.Grid, 220, lay.Row(12, lay.Shrink(title), lay.Shrink(h.open)), lay.Row(theme.Grid, lay.Least(240, 0, h.search), refresh))
	h.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Bottom: true},
		lay.Pad(16, 10, 16, 10, lay.Col(10, top, lay.Lines(theme.Grid, filters, lay.Least(170, 0, h.group), h.write))))
	return h
}

// whom asks whom a text is for.
func (h *head) whom() {
	to := func(favourites bool) func() {
		return func() {
			if h.v.deps.GroupText != nil {
				h.v.deps.GroupText(favourites)
			}
		}
	}
	widget.ShowMenuUnder(h.write, []widget.MenuItem{
		{Text: text.T("groupmessage.to_numbers"), Icon: "pencil", Run: to(false)}, {Text: text.T("groupmessage.to_favourites"), Icon: "star", Run: to(true)},
	})
}

func (v *View) change(f func(*present.GroupMessageChoice)) {
	c := v.choice
	f(&c)
	v.Choose(c)
}

// draw draws what is chosen.
func (h *head) draw() {
	s := h.v.scene
	words := present.GroupMessagesHead(s)
	_, ink, fill := view.Colors(present.ToneRed)
	h.open.Set(widget.ChipSpec{Text: words, Icon: "triangle-alert", Fill: fill, Ink: ink, Tip: text.T("grouplog.only_open"), Cut: true})
	widget.SetVisible(h.open, words != "")
	c := h.v.choice
	for i, k := range present.MessageKinds(c) {
		tint, _, _ := view.Colors(k.Tone)
		spec := widget.ButtonSpec{Icon: k.Icon, Tint: tint, Tip: k.Text + " (" + k.Key + ")", Chosen: k.On}
		if h.labels {
			spec.Text = k.Text
		}
		h.kinds[i].Set(spec)
	}
	h.only.Set(widget.ButtonSpec{Icon: "list-checks", Tip: text.T("grouplog.only_open"), Chosen: c.Open})
	h.mine.Set(widget.ButtonSpec{Icon: "hand", Tip: text.T("groupmessage.only_mine"), Chosen: c.Mine})
	var groups []widget.Option
	for _, g := range present.MessageGroups(s) {
		groups = append(groups, widget.Option{ID: g.Value, Text: g.Text})
	}
	h.group.Set(groups, string(c.Group))
	write := widget.ButtonSpec{Icon: "send", Text: text.T("groupmessage.new"), Menu: true}
	switch {
	case s.Snap.Team.Link != phone.TeamLive:
		write.Disabled = text.T("team.away")
	case len(present.GroupSenders(s, "")) == 0:
		write.Disabled = text.T("groupmessage.no_sender")
	}
	h.write.Set(write)
}

// fit follows the width.
func (h *head) fit() {
	if labels := h.v.width >= theme.Px(labelsFrom); labels != h.labels {
		h.labels = labels
		if h.v.scene.Snap != nil {
			h.draw()
		}
	}
}

// key lets the arrows move in the list while the caret is in the search.
func (h *head) key(c command.Chord) bool {
	v := h.v
	if c.Mod != 0 {
		return false
	}
	switch c.Key {
	case command.KeyUp:
		v.rows.MoveCursor(-1)
	case command.KeyDown:
		v.rows.MoveCursor(1)
	case command.KeyEnter, command.KeyNumEnter:
		m, ok := v.Chosen()
		if ok {
			v.open(m)
		}
		return ok
	case command.KeyEscape:
		if v.text == "" {
			return false
		}
		h.search.SetText("")
	default:
		return false
	}
	return true
}

// newHints is the line under the messages: the keys.
func newHints() *fyne.Container {
	keys := lay.Row(14)
	for _, k := range []struct{ key, words string }{
		{"Enter", "groupmessage.open_it"}, {"R", "call.back"}, {"M", "grouplog.take"}, {"D", "grouplog.done"},
	} {
		keys.Add(lay.Row(6, widget.NewKeyCap(k.key), widget.NewText(text.T(k.words), widget.Style{Size: theme.DetailSize, Token: theme.Text2})))
	}
	return lay.Col(0, widget.NewPanel(widget.PanelSpec{Fill: theme.Raised, Border: theme.Border, Top: true}, lay.Pad(16, 6, 16, 6, keys)))
}
