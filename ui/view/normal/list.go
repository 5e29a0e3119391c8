package normal

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// How many the lists show: of the history, and of those last spoken with on the calls tab.
const (
	historyLimit = 500
	recentLimit  = 12
	recentLook   = 100 // entries looked through for them
)

// doublePress is how soon the second press of a double press comes.
const doublePress = 400 * time.Millisecond

// list is the history, those last spoken with, or the hits for what is typed.
type list struct {
	deps   view.Deps
	view   *View
	title  *widget.Text
	filter *widget.Segmented
	rows   *widget.KeyList
	empty  *fyne.Container
	icon   *widget.Icon
	head   *widget.Text
	help   *widget.Paragraph
	object *fyne.Container

	scene    present.Scene
	asked    question
	answered question
	turn     int    // number of the newest question
	then     func() // waits for the answer to it
	models   []present.HistoryRow
	pressed  int
	at       time.Time
	missed   bool
	nobody   bool // the calls tab has nobody last spoken with
}

// question is what the list shows an answer to. The same question is not asked twice.
type question struct {
	revision uint64
	recent   bool
	missed   bool
	text     string
	language string
	day      string
	people   int
	asking   command.Question
}

func newList(deps view.Deps, v *View) *list {
	l := &list{deps: deps, view: v, pressed: -1}
	l.title = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Bold: true, Cut: true})
	l.filter = widget.NewSegmented(func(id string) {
		l.missed = id == "missed"
		v.Update(v.scene)
	})
	l.rows = widget.NewKeyList(func() int { return len(l.models) }, l.create, l.bind)
	l.rows.OnActivate = l.press
	l.rows.OnMenu = l.menu
	l.icon = widget.NewIcon("history", theme.BorderStrong, 32)
	l.head = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Align: fyne.TextAlignCenter, Cut: true})
	l.help = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2, Align: fyne.TextAlignCenter})
	l.empty = lay.Pad(32, 48, 32, 16, lay.Col(theme.Grid, l.icon, l.head, l.help))
	l.empty.Hide()
	header := lay.Least(0, 40, lay.Pad(16, 4, 12, 4, lay.Row(theme.Grid, lay.Fill(l.title), l.filter)))
	l.object = container.NewStack(widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, container.NewWithoutLayout()), lay.Col(0, header, lay.Fill(container.NewStack(l.rows, l.empty))))
	return l
}

func (l *list) create() *widget.Row {
	call := widget.NewButton(widget.ButtonSpec{Icon: "phone", Look: widget.Go, Tip: text.T("call.back")}, nil)
	return widget.NewRow(call)
}

func (l *list) bind(i int, row *widget.Row) {
	if i >= len(l.models) {
		return
	}
	m := l.models[i]
	_, ink, _ := view.Colors(m.Tone)
	spec := widget.RowSpec{Name: m.Who.Face(), Title: spans(m.Name), Strong: true, End: m.When}
	if !l.answered.recent && m.Icon != "" {
		tint, _, _ := view.Colors(m.Tone)
		spec.Icon, spec.IconTint = m.Icon, tint
	}
	spec.Detail = []widget.Span{{Text: m.Outcome, Token: ink, Bold: m.Unseen}}
	if m.Length != "" {
		spec.Detail = append(spec.Detail, widget.Span{Text: " · " + m.Length})
	}
	if m.Who.Known {
		spec.Detail = append(spec.Detail, widget.Span{Text: " · "})
		spec.Detail = append(spec.Detail, spans(m.Number)...)
	}
	row.Set(spec)
	call := row.Actions()[0]
	s := widget.ButtonSpec{Icon: "phone", Look: widget.Go, Tip: text.T("call.back")}
	if l.view.asking.question == command.AskTransfer {
		s = widget.ButtonSpec{Icon: "arrow-right-left", Look: widget.Primary, Tip: text.T("call.transfer")}
	}
	if m.Dial == "" {
		s.Disabled = text.T("history.no_number")
	} else if ok, why := present.CanDial(l.scene); !ok {
		s.Disabled = why
	}
	call.Set(s)
	call.OnTap(func() { l.view.call(m.Dial) })
}

func spans(in []present.Span) []widget.Span {
	out := make([]widget.Span, 0, len(in))
	for _, s := range in {
		out = append(out, widget.Span{Text: s.Text, Mark: s.Mark})
	}
	return out
}

// update asks for what the tab and the field want, unless that is what is shown.
func (l *list) update(s present.Scene, tab command.View, query string) {
	l.scene = s
	recent := tab == command.ViewCall && query == ""
	missed := l.missed && tab == command.ViewHistory
	q := question{s.Snap.History.Revision, recent, missed, query, text.Language(), s.Now.Format(time.DateOnly), len(l.deps.People()), l.view.asking.question}
	title := text.T("history.title")
	switch {
	case query != "":
		title = text.T("list.hits")
	case recent && l.nobody && q.people > 0:
		title = text.T("people.title")
	case recent:
		title = text.T("calls.recent")
	}
	l.title.Set(title)
	l.filter.Set([]widget.Option{{ID: "all", Text: text.T("history.all")}, {ID: "missed", Text: text.T("history.only_missed")}}, map[bool]string{false: "all", true: "missed"}[l.missed])
	setVisible(l.filter, tab == command.ViewHistory)
	if q == l.asked {
		return
	}
	l.asked = q
	l.turn++
	turn := l.turn
	limit := historyLimit
	if recent {
		limit = recentLook
	}
	l.deps.Query(phone.HistoryQuery{Missed: missed, Text: searchText(query), Limit: limit}, func(entries []phone.HistoryEntry, err error) {
		if turn != l.turn {
			return // something else was asked meanwhile
		}
		l.show(q, entries, err)
	})
}

// searchText is what the history is asked for: a number without what people put between its digits.
func searchText(typed string) string {
	if present.Dialable(typed) {
		return present.DialText(typed)
	}
	return typed
}

func (l *list) show(q question, entries []phone.HistoryEntry, err error) {
	moved := q.recent != l.answered.recent || q.missed != l.answered.missed || q.text != l.answered.text
	l.answered = q
	if q.recent {
		l.models = present.RecentRows(l.scene, entries, recentLimit)
		if l.nobody = len(l.models) == 0; l.nobody && q.people > 0 {
			l.title.Set(text.T("people.title"))
		}
		l.models = append(l.models, present.PeopleRows(l.deps.People(), "", l.models)...)
	} else {
		l.models = present.HistoryRows(l.scene, entries, q.text)
		if q.text != "" && !q.missed {
			l.models = append(present.PeopleRows(l.deps.People(), q.text, nil), l.models...)
		}
	}
	if moved {
		l.rows.SetCursor(-1)
		if q.text != "" && len(l.models) > 0 && !present.Dialable(q.text) {
			l.rows.SetCursor(0) // a name: Enter dials the best hit
		}
	}
	l.rows.Reload()
	empty := present.HistoryEmpty(q.missed, q.text)
	switch {
	case err != nil:
		empty = present.Empty{Icon: "triangle-alert", Title: text.T("history.failed")}
	case q.recent:
		empty = present.CallsEmpty()
	case q.text != "" && present.Dialable(q.text):
		empty = present.Empty{Icon: "phone", Title: text.T("dial.press_enter", "number", present.Clean(q.text, 40))}
		if l.view.asking.question == command.AskTransfer {
			empty = present.Empty{Icon: "arrow-right-left", Title: text.T("transfer.to", "number", present.Clean(q.text, 40))}
		}
	}
	l.icon.Set(empty.Icon, theme.BorderStrong)
	l.head.Set(empty.Title)
	l.help.Set(empty.Text)
	setVisible(l.help, empty.Text != "")
	setVisible(l.empty, len(l.models) == 0)
	setVisible(l.rows, len(l.models) > 0)
	l.object.Refresh()
	if then := l.then; then != nil {
		l.then = nil
		then()
	}
}

// settled runs f when the list shows the hits for what is typed: now, or as soon as they come. Who types a name and at
// once the key that dials must not get the hit of before.
func (l *list) settled(f func()) {
	if l.asked == l.answered {
		f()
		return
	}
	l.then = f
}

// press is a press on a row; the second one in a moment dials.
func (l *list) press(i int) {
	now := time.Now()
	twice := i == l.pressed && now.Sub(l.at) < doublePress
	l.pressed, l.at = i, now
	if twice && i < len(l.models) {
		l.pressed = -1
		l.view.call(l.models[i].Dial)
	}
}

func (l *list) menu(i int, at fyne.Position) {
	if i < 0 || i >= len(l.models) {
		return
	}
	m := l.models[i]
	c := fyne.CurrentApp().Driver().CanvasForObject(l.rows)
	if c == nil {
		return
	}
	number := m.Who.Number
	if m.Dial != "" {
		number = present.Clean(m.Dial, 200) // whole, also where a group id is shown apart
	}
	items := append(l.view.ways(text.T("call.back"), m.Dial), widget.MenuItem{Text: text.T("list.edit_number"), Icon: "pencil", Run: func() {
		l.view.SetField(m.Dial)
		l.view.FocusSearch(c)
	}}, widget.MenuItem{Text: text.T("list.copy_number"), Icon: "copy", Run: func() { fyne.CurrentApp().Clipboard().SetContent(number) }})
	widget.ShowMenu(c, at, items)
}

// see marks the missed calls as looked at.
func (l *list) see() {
	if err := l.deps.Do(phone.SeeMissed{}); err != nil {
		l.deps.Say(text.Refusal(err))
	}
}

// chosen is the highlighted row.
func (l *list) chosen() (present.HistoryRow, bool) {
	if i := l.rows.Cursor(); i >= 0 && i < len(l.models) && l.rows.Visible() {
		return l.models[i], true
	}
	return present.HistoryRow{}, false
}

// only is the row when there is just one hit.
func (l *list) only() (present.HistoryRow, bool) {
	if len(l.models) == 1 {
		return l.models[0], true
	}
	return present.HistoryRow{}, false
}

func (l *list) cursor() int { return l.rows.Cursor() }

func (l *list) setCursor(i int) { l.rows.SetCursor(i) }

func (l *list) move(rows int) {
	if rows < 0 && l.rows.Cursor() <= 0 {
		l.rows.SetCursor(-1) // over the first row is the field
		return
	}
	l.rows.MoveCursor(rows)
}

func (l *list) openMenu() { l.rows.OpenMenu() }
