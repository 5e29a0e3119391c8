package teamlist

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/filter"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// labelsFrom is the width, in dp, from which the kinds have words.
const labelsFrom = 440

// Head says what is over a list: how many are open, the search, the filters.
type Head[C comparable] struct {
	Caption, Search string // text keys
	// Open is how many nobody has taken care of, in words; what is pressed then shows OnlyOpen.
	Open     func(present.Scene) string
	OnlyOpen C
	Circles  func(C) []present.Circle
	Toggle   func(c C, kind string) C
	Switches []Switch[C]
	Selects  []Select[C]
	// Tail stands after the filters and Draw draws it; both optional.
	Tail fyne.CanvasObject
	Draw func(present.Scene)
}

// Switch is a filter that is on or off.
type Switch[C any] struct {
	Icon, Words string         // Words is a text key
	At          func(*C) *bool // where the choice has it
}

// Select is a filter of many values.
type Select[C any] struct {
	Icon, Name string  // Name is a text key
	Least      float32 // how wide it is at least, in dp
	Options    func(present.Scene) []present.Choice
	Get        func(C) string
	Set        func(*C, string)
}

// head draws it.
type head[C comparable, T any, M Row[M]] struct {
	l        *List[C, T, M]
	open     *widget.Chip
	search   *widget.Field
	circles  *filter.Circles
	switches []*widget.Button
	selects  []*widget.Select
	top, bar *fyne.Container // the title beside the bar; the search with its buttons
	more     *widget.Button  // opens the filters in a low window
	least    *fyne.Container // of the search
	refresh  *widget.Button
	filters  *fyne.Container
	column   *fyne.Container
	sheet    *container.Scroll // the filters of a low window, in place of the rows
	labels   bool
	low      bool
	object   *widget.Panel
}

func newHead[C comparable, T any, M Row[M]](l *List[C, T, M]) *head[C, T, M] {
	h := &head[C, T, M]{l: l}
	k := l.kind.Head
	title := widget.NewText(text.T(k.Caption), widget.Style{Size: theme.TitleSize, Bold: true, Cut: true})
	h.open = widget.NewChip(widget.ChipSpec{}, func() { l.Choose(k.OnlyOpen) })
	h.search = widget.NewField(widget.FieldSpec{Icon: "search", Placeholder: text.T(k.Search)})
	h.search.Entry().OnChanged = l.search
	h.search.Entry().OnKey = h.key
	h.refresh = widget.NewIconButton("refresh-cw", text.T("grouplog.refresh"), l.Refresh)
	h.circles = filter.NewCircles(k.Circles(l.choice), widget.ButtonSpec{}, func(kind string) { l.Choose(k.Toggle(l.choice, kind)) })
	buttons := lay.Row(theme.Half)
	for _, b := range h.circles.Buttons {
		buttons.Add(b)
	}
	for _, s := range k.Switches {
		b := widget.NewButton(widget.ButtonSpec{}, func() {
			c := l.choice
			*s.At(&c) = !*s.At(&c)
			l.Choose(c)
		})
		h.switches = append(h.switches, b)
		buttons.Add(b)
	}
	filters := []fyne.CanvasObject{buttons}
	for _, s := range k.Selects {
		sel := widget.NewSelect(s.Icon, func(value string) {
			c := l.choice
			s.Set(&c, value)
			l.Choose(c)
		})
		sel.SetName(text.T(s.Name))
		h.selects = append(h.selects, sel)
		filters = append(filters, lay.Least(s.Least, 0, sel))
	}
	if k.Tail != nil {
		filters = append(filters, k.Tail)
	}
	h.more = widget.NewButton(widget.ButtonSpec{Icon: "filter", Tip: text.T("teamlist.filters")}, h.toggle)
	h.more.Hide()
	h.least = lay.Least(searchLeast, 0, h.search)
	h.bar = lay.Row(theme.Grid, lay.Fill(h.least), h.refresh, h.more)
	h.top = lay.Aside(theme.Grid, 220, lay.Row(12, lay.Shrink(title), lay.Shrink(h.open)), h.bar)
	h.filters = lay.Lines(theme.Grid, filters...)
	h.column = lay.Col(10, h.top, h.filters)
	h.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Bottom: true}, lay.Pad(16, 10, 16, 10, h.column))
	h.sheet = container.NewVScroll(container.NewWithoutLayout())
	h.sheet.Hide()
	return h
}

// setLow is the head of a window without much height: the search alone, with the filters behind a button.
func (h *head[C, T, M]) setLow(low bool) {
	if low == h.low {
		return
	}
	h.low = low
	widget.SetVisible(h.refresh, !low)
	widget.SetVisible(h.more, low)
	if low {
		h.column.Objects = []fyne.CanvasObject{h.bar}
		h.sheet.Content = lay.Pad(16, 10, 16, 10, h.filters)
	} else {
		h.sheet.Content = container.NewWithoutLayout()
		h.column.Objects = []fyne.CanvasObject{h.top, h.filters}
	}
	h.column.Refresh()
	h.show(false)
}

// toggle opens and closes the filters of a low window.
func (h *head[C, T, M]) toggle() { h.show(!h.sheet.Visible()) }

func (h *head[C, T, M]) show(on bool) {
	widget.SetVisible(h.sheet, on)
	h.drawMore()
	if h.l.Scene.Snap != nil {
		h.l.drawEmpty()
	}
}

// drawMore marks the button of the filters while they are open, and while not everything is shown.
func (h *head[C, T, M]) drawMore() {
	var everything C
	h.more.Set(widget.ButtonSpec{Icon: "filter", Tip: text.T("teamlist.filters"), Chosen: h.sheet.Visible() || h.l.choice != everything})
}

// draw draws what is chosen.
func (h *head[C, T, M]) draw() {
	s, k, c := h.l.Scene, h.l.kind.Head, h.l.choice
	words := k.Open(s)
	_, ink, fill := view.Colors(present.ToneRed)
	open, _, _ := strings.Cut(words, ", ") // without how many are one's own
	h.open.Set(widget.ChipSpec{Text: words, Brief: open, Icon: "triangle-alert", Fill: fill, Ink: ink, Tip: text.T("grouplog.only_open"), Cut: true})
	widget.SetVisible(h.open, words != "")
	h.drawMore()
	h.circles.Set(k.Circles(c), h.labels)
	for i, w := range k.Switches {
		h.switches[i].Set(widget.ButtonSpec{Icon: w.Icon, Tip: text.T(w.Words), Chosen: *w.At(&c)})
	}
	for i, w := range k.Selects {
		var options []widget.Option
		for _, o := range w.Options(s) {
			options = append(options, widget.Option{ID: o.Value, Text: o.Text})
		}
		h.selects[i].Set(options, w.Get(c))
	}
	if k.Draw != nil {
		k.Draw(s)
	}
}

// The least width of the search, and its width where the list is as wide as searchFrom, in dp. In a list narrower than
// searchBelow it has a line of its own.
const (
	searchLeast = 200
	searchWidth = 240
	searchFrom  = 720
	searchBelow = 500
)

// fit follows the width.
func (h *head[C, T, M]) fit() {
	least := float32(searchLeast)
	switch dp := h.l.width / theme.Scale(); {
	case dp >= searchFrom:
		least = searchWidth
	case dp < searchBelow: // all of a line but for the padding and the button after it
		least = dp - 2*theme.WindowPadding - theme.Grid - theme.ButtonHeight
	}
	h.least.Layout = lay.Least(least, 0, h.search).Layout
	if labels := h.l.width >= theme.Px(labelsFrom); labels != h.labels {
		h.labels = labels
		if h.l.Scene.Snap != nil {
			h.draw()
		}
	}
}

// key lets the arrows move in the list while the caret is in the search.
func (h *head[C, T, M]) key(c command.Chord) bool {
	if c.Mod != 0 {
		return false
	}
	switch c.Key {
	case command.KeyUp:
		h.l.Move(-1)
	case command.KeyDown:
		h.l.Move(1)
	case command.KeyEnter, command.KeyNumEnter:
		return h.l.Activate()
	case command.KeyEscape:
		return h.l.Back()
	default:
		return false
	}
	return true
}

// hints is the line under the rows: how many are shown, and the keys.
type hints[C comparable, T any, M Row[M]] struct {
	l      *List[C, T, M]
	count  *widget.Text
	object *widget.Panel
}

func newHints[C comparable, T any, M Row[M]](l *List[C, T, M]) *hints[C, T, M] {
	h := &hints[C, T, M]{l: l}
	h.count = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	keys := lay.Row(14)
	for _, k := range l.kind.Rows.Keys {
		keys.Add(lay.Row(6, widget.NewKeyCap(k.Key), widget.NewText(text.T(k.Words), widget.Style{Size: theme.DetailSize, Token: theme.Text2})))
	}
	h.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Raised, Border: theme.Border, Top: true}, lay.Pad(16, 6, 16, 6, lay.Row(theme.Grid, lay.Fill(h.count), keys)))
	return h
}

func (h *hints[C, T, M]) draw() {
	words, n := h.l.kind.Rows.Shown, len(h.l.models)
	if h.l.next != "" {
		words, n = h.l.kind.Rows.ShownMore, n-1 // the last row is the way to them
	}
	h.count.Set(text.T(words, "n", n))
}
