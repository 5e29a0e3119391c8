package grouplog

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

// labelsFrom is the width, in dp, from which the circles have words.
const labelsFrom = 420

// head is what is over the calls: how many are open, the search, the circles and what else is chosen.
type head struct {
	v       *View
	title   *widget.Text
	open    *widget.Chip
	search  *widget.Field
	kinds   []*widget.Button
	only    *widget.Button
	queue   *widget.Select
	handler *widget.Select
	period  *widget.Select
	labels  bool
	object  *widget.Panel
}

func newHead(v *View) *head {
	h := &head{v: v}
	h.title = widget.NewText(text.T("grouplog.title"), widget.Style{Size: theme.TitleSize, Bold: true, Cut: true})
	h.open = widget.NewChip(widget.ChipSpec{}, func() {
		v.Choose(present.GroupChoice{Kinds: string(phone.GroupMissed), Open: true})
	})
	h.search = widget.NewField(widget.FieldSpec{Icon: "search", Placeholder: text.T("grouplog.search")})
	h.search.Entry().OnChanged = v.search
	h.search.Entry().OnKey = h.key
	refresh := widget.NewIconButton("refresh-cw", text.T("grouplog.refresh"), v.Refresh)
	for _, c := range present.GroupCircles(v.choice) {
		h.kinds = append(h.kinds, widget.NewButton(widget.ButtonSpec{}, func() { v.Choose(v.choice.Toggle(c.Outcome)) }))
	}
	h.only = widget.NewButton(widget.ButtonSpec{}, func() {
		c := v.choice
		c.Open = !c.Open
		v.Choose(c)
	})
	h.queue = widget.NewSelect("headset", func(id string) { v.change(func(c *present.GroupChoice) { c.Queue = phone.QueueID(id) }) })
	h.queue.SetName(text.T("grouplog.column_queue"))
	h.handler = widget.NewSelect("users", func(id string) { v.change(func(c *present.GroupChoice) { c.Handler = phone.TeamPersonID(id) }) })
	h.handler.SetName(text.T("grouplog.column_handler"))
	h.period = widget.NewSelect("calendar", func(id string) { v.change(func(c *present.GroupChoice) { c.Period = present.Period(id) }) })
	h.period.SetName(text.T("grouplog.column_time"))
	circles := lay.Row(theme.Half)
	for _, b := range h.kinds {
		circles.Add(b)
	}
	circles.Add(h.only)
	top := lay.Aside(theme.Grid, 220, lay.Row(12, lay.Shrink(h.title), lay.Shrink(h.open)), lay.Row(theme.Grid, lay.Least(240, 0, h.search), refresh))
	filters := lay.Lines(theme.Grid, circles, lay.Least(160, 0, h.queue), lay.Least(190, 0, h.handler), lay.Least(160, 0, h.period))
	h.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Bottom: true}, lay.Pad(16, 10, 16, 10, lay.Col(10, top, filters)))
	return h
}

func (v *View) change(f func(*present.GroupChoice)) {
	c := v.choice
	f(&c)
	v.Choose(c)
}

// draw draws what is chosen.
func (h *head) draw() {
	s := h.v.scene
	words, tone := present.GroupLogHead(s)
	_, ink, fill := view.Colors(tone)
	h.open.Set(widget.ChipSpec{Text: words, Icon: "triangle-alert", Fill: fill, Ink: ink, Tip: text.T("grouplog.only_open"), Cut: true})
	widget.SetVisible(h.open, words != "")
	c := h.v.choice
	for i, k := range present.GroupCircles(c) {
		tint, _, _ := view.Colors(k.Tone)
		spec := widget.ButtonSpec{Icon: k.Icon, Tint: tint, Tip: k.Text + " (" + k.Key + ")", Chosen: k.On}
		if h.labels {
			spec.Text = k.Text
		}
		h.kinds[i].Set(spec)
	}
	h.only.Set(widget.ButtonSpec{Icon: "list-checks", Tip: text.T("grouplog.only_open"), Chosen: c.Open})
	h.queue.Set(options(present.GroupQueues(s)), string(c.Queue))
	h.handler.Set(options(present.GroupHandlers(s)), string(c.Handler))
	h.period.Set(options(present.GroupPeriods()), string(c.Period))
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

func options(choices []present.Choice) []widget.Option {
	out := make([]widget.Option, 0, len(choices))
	for _, c := range choices {
		out = append(out, widget.Option{ID: c.Value, Text: c.Text})
	}
	return out
}

// key lets the arrows move in the list while the caret is in the search.
func (h *head) key(c command.Chord) bool {
	v := h.v
	if c.Mod != 0 {
		return false
	}
	switch c.Key {
	case command.KeyUp:
		v.Move(-1)
	case command.KeyDown:
		v.Move(1)
	case command.KeyEnter, command.KeyNumEnter:
		return v.Activate()
	case command.KeyEscape:
		return v.Back()
	default:
		return false
	}
	return true
}

// hints is the line under the calls: how many are shown, and the keys.
type hints struct {
	v      *View
	count  *widget.Text
	keys   *fyne.Container
	object *widget.Panel
}

func newHints(v *View) *hints {
	h := &hints{v: v, keys: lay.Row(14)}
	h.count = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	for _, k := range []struct{ key, words string }{
		{"Enter", "call.back"}, {"M", "grouplog.take"}, {"D", "grouplog.done"}, {"N", "history.note"},
	} {
		h.keys.Add(lay.Row(6, widget.NewKeyCap(k.key), widget.NewText(text.T(k.words), widget.Style{Size: theme.DetailSize, Token: theme.Text2})))
	}
	h.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Raised, Border: theme.Border, Top: true}, lay.Pad(16, 6, 16, 6, lay.Row(theme.Grid, lay.Fill(h.count), h.keys)))
	return h
}

func (h *hints) draw() {
	words := text.T("grouplog.shown", "n", len(h.v.calls))
	if h.v.next != "" {
		words = text.T("grouplog.shown_more", "n", len(h.v.calls))
	}
	h.count.Set(words)
}

// fit leaves the line out where there is no room for it.
func (h *hints) fit() { widget.SetVisible(h.object, h.v.width >= theme.Px(wideFrom)) }
