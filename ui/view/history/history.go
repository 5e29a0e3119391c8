// Package history draws the calls that are over: filtered by kind, queue and day, searched, with notes; and what can be
// done with each. A face that has a list of calls hosts it.
package history

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/bin"
	"svara/ui/view/filter"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// How many calls are shown at first, and at most.
const (
	page  = 500
	limit = 8000
)

// settle is how long after the pointer moved in the list its rows keep their places (ui.md 1.7).
const settle = 1500 * time.Millisecond

// doublePress is how soon the second press of a double press comes.
const doublePress = 400 * time.Millisecond

// wideFrom is the width, in dp, from which a call's length and note have columns, and with the queue's column as much more;
// labelsFrom that from which the filters have words.
const (
	wideFrom   = 700
	labelsFrom = 560
)

// Host is the face around the history. All are set.
type Host struct {
	Call   func(target string)                          // dials, or answers what the face's field asks
	Ways   func(words, target string) []widget.MenuItem // of the menu of a number
	Edit   func(number string)                          // puts it in the field
	Asking func() command.Question                      // what the face's field asks
	Search bool                                         // the history has a search field of its own
}

// View is the history. What it holds is what the user is about to do: the filters, the highlighted call, those being
// deleted.
type View struct {
	deps  view.Deps
	host  Host
	scene present.Scene

	title  *widget.Text
	kinds  *filter.Circles
	filter *widget.Button
	search *widget.Field
	find   *widget.Button // opens the search, and closes it
	rows   *widget.KeyList
	icon   *widget.Icon
	head   *widget.Text
	help   *widget.Paragraph
	empty  *fyne.Container
	object *fyne.Container

	choice   present.HistoryChoice
	text     string // what is searched for
	limit    int
	asked    question
	answered question
	turn     int    // number of the newest question
	then     func() // waits for the answer to it
	failed   bool
	found    []phone.HistoryEntry
	models   []present.HistoryRow
	compact  bool
	width    float32 // px
	moved    time.Time
	later    bool // a new order waits for the pointer to rest
	pressed  int
	at       time.Time
	bin      *bin.Bin[int64]
}

// question is what the list shows an answer to. The same question is not asked twice.
type question struct {
	revision uint64
	choice   present.HistoryChoice
	text     string
	limit    int
	language string
	day      string
}

// New makes the view. It asks for the calls with the first scene.
func New(deps view.Deps, host Host) *View {
	v := &View{deps: deps, host: host, limit: page, pressed: -1}
	v.bin = bin.New(func(id int64) bool { return v.tell(phone.DeleteHistory{ID: id}) }, func() { v.draw(false) })
	v.title = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Bold: true, Cut: true})
	v.kinds = filter.NewCircles(v.choice.Circles(), widget.ButtonSpec{Look: widget.Quiet, Size: widget.Small}, v.toggle)
	v.filter = widget.NewButton(widget.ButtonSpec{}, func() { widget.ShowMenuUnder(v.filter, v.filters()) })
	v.search = widget.NewField(widget.FieldSpec{Icon: "search", Placeholder: text.T("history.search")})
	v.search.Entry().OnChanged = v.SetQuery
	v.search.Entry().OnKey = v.searchKey
	v.search.Hide()
	v.find = widget.NewButton(widget.ButtonSpec{}, func() { v.openSearch(!v.search.Visible()) })
	widget.SetVisible(v.find, host.Search)
	v.rows = widget.NewKeyList(func() int { return len(v.models) }, v.create, v.bind)
	v.rows.OnActivate = v.press
	v.rows.OnMenu = v.menu
	v.rows.OnCursor = func(int) { v.moved = time.Now() }
	v.rows.OnKey = v.key
	v.rows.OnRune = v.rune
	v.icon = widget.NewIcon("history", theme.BorderStrong, 32)
	v.head = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Align: fyne.TextAlignCenter, Cut: true})
	v.help = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2, Align: fyne.TextAlignCenter})
	v.empty = lay.Pad(32, 48, 32, 16, lay.Col(theme.Grid, v.icon, v.head, v.help))
	v.empty.Hide()
	tail := lay.Row(2)
	for _, b := range v.kinds.Buttons {
		tail.Add(b)
	}
	tail.Add(v.filter)
	tail.Add(v.find)
	header := lay.Least(0, 40, lay.Pad(12, 4, 8, 4, lay.Row(theme.Half, lay.Fill(container.NewStack(v.title, v.search)), tail)))
	column := lay.Col(0, header, lay.Fill(container.NewStack(v.rows, v.empty)))
	v.object = container.New(&frame{v}, widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, container.NewWithoutLayout()), column)
	v.openSearch(false)
	return v
}

// frame gives everything the whole room and follows its width.
type frame struct{ v *View }

// MinSize implements fyne.Layout.
func (f *frame) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[1].MinSize() }

// Layout implements fyne.Layout.
func (f *frame) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	v := f.v
	wide, labels := v.wide(), v.labels()
	v.width = size.Width
	if v.labels() != labels {
		v.drawHead()
	}
	if v.wide() != wide {
		v.rows.Reload()
	}
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

// wide reports whether there is room for columns beside the name and number.
func (v *View) wide() bool {
	need := float32(wideFrom)
	if v.scene.Snap != nil && len(v.scene.Snap.Queues) > 0 {
		need += queueColumn
	}
	return v.width >= theme.Px(need)
}

func (v *View) labels() bool { return v.width >= theme.Px(labelsFrom) }

// Object is the view, as large as it is given room.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Update draws a scene. A changed history is asked for anew.
func (v *View) Update(s present.Scene) {
	v.scene = s
	if v.choice.Queue != "" && !slices.ContainsFunc(s.Snap.Queues, func(q phone.QueueStatus) bool { return q.ID == v.choice.Queue }) {
		v.choice.Queue = "" // there is no such queue any more
	}
	if compact := s.Snap.Settings.Bool(phone.KeyCompact); compact != v.compact {
		v.compact = compact
		v.rows.SetRowHeight(widget.RowHeight(compact))
		v.rows.Reload()
	}
	v.drawHead()
	v.ask()
}

// SetQuery searches for words, or for a number.
func (v *View) SetQuery(words string) {
	if v.text == words {
		return
	}
	v.text, v.limit, v.then = words, page, nil
	if v.scene.Snap != nil {
		v.drawHead()
		v.ask()
	}
}

// Choice is which calls are shown; Choose changes it.
func (v *View) Choice() present.HistoryChoice { return v.choice }

// Choose shows only some calls.
func (v *View) Choose(c present.HistoryChoice) {
	v.choice, v.limit = c, page
	if v.scene.Snap != nil {
		v.drawHead()
		v.ask()
	}
}

// ask asks for what is searched, unless that is what is shown.
func (v *View) ask() {
	q := question{
		revision: v.scene.Snap.History.Revision, choice: v.choice, text: v.text, limit: v.limit, language: text.Language(), day: v.scene.Now.Format(time.DateOnly),
	}
	if q == v.asked || v.rests(q) {
		return
	}
	v.asked = q
	v.turn++
	turn := v.turn
	words := q.text
	if present.Dialable(words) {
		words = present.DialText(words) // a number without what people put between its digits
	}
	v.deps.Query(q.choice.Query(v.scene.Now, words, q.limit), func(found []phone.HistoryEntry, err error) {
		if turn == v.turn { // else something else was asked meanwhile
			v.show(q, found, err)
		}
	})
}

// rests reports whether what has changed by itself waits for the pointer to rest: rows keep their places under it. It is
// tried again every second.
func (v *View) rests(q question) bool {
	same := v.asked
	same.revision, same.day = q.revision, q.day
	v.later = same == q && time.Since(v.moved) < settle && v.rows.Pointed()
	return v.later
}

func (v *View) show(q question, found []phone.HistoryEntry, err error) {
	before := q
	before.revision, before.limit, before.day = v.answered.revision, v.answered.limit, v.answered.day
	moved := before != v.answered
	v.answered, v.found, v.failed = q, found, err != nil
	v.bin.Forget(func(id int64) bool {
		return slices.ContainsFunc(found, func(e phone.HistoryEntry) bool { return e.ID == id })
	})
	v.draw(moved)
	if then := v.then; then != nil {
		v.then = nil
		then()
	}
}

// draw makes the rows anew. The highlight stays with the call it is at, unless the list is another.
func (v *View) draw(moved bool) {
	at := int64(0)
	if m, ok := v.Chosen(); ok {
		at = m.ID
	}
	kept := slices.DeleteFunc(slices.Clone(v.found), func(e phone.HistoryEntry) bool { return v.bin.Gone[e.ID] })
	v.models = present.HistoryRows(v.scene, kept, v.answered.text)
	if len(v.found) == v.answered.limit && v.answered.limit < limit {
		v.models = append(v.models, present.MoreRow(len(kept)))
	}
	if moved {
		v.rows.SetCursor(-1)
		if words := v.answered.text; words != "" && len(v.models) > 0 && !present.Dialable(words) {
			v.rows.SetCursor(0) // a name: Enter dials the best hit
		}
	} else if at != 0 {
		v.rows.SetCursor(slices.IndexFunc(v.models, func(m present.HistoryRow) bool { return m.ID == at }))
	}
	v.rows.Reload()
	v.drawEmpty()
}

// drawEmpty says in place of the rows why there are none.
func (v *View) drawEmpty() {
	q := v.answered
	empty := present.HistoryEmpty(q.choice, q.text)
	switch {
	case v.failed:
		empty = present.Empty{Icon: "triangle-alert", Title: text.T("history.failed")}
	case q.text != "" && present.Dialable(q.text) && !v.host.Search:
		empty = present.Empty{Icon: "phone", Title: text.T("dial.press_enter", "number", present.Clean(q.text, 40))}
	}
	v.icon.Set(empty.Icon, theme.BorderStrong)
	v.head.Set(empty.Title)
	v.help.Set(empty.Text)
	widget.SetVisible(v.help, empty.Text != "")
	widget.SetVisible(v.empty, len(v.models) == 0)
	widget.SetVisible(v.rows, len(v.models) > 0)
	lay.Again(v.object)
}

// See marks the missed calls as looked at.
func (v *View) See() { v.tell(phone.SeeMissed{}) }

// Settled runs f when the list shows the calls for what is typed: now, or as soon as they come.
func (v *View) Settled(f func()) {
	if v.asked == v.answered {
		f()
		return
	}
	v.then = f
}

// Chosen is the highlighted call.
func (v *View) Chosen() (present.HistoryRow, bool) {
	if i := v.rows.Cursor(); i >= 0 && i < len(v.models) && v.rows.Visible() {
		return v.models[i], true
	}
	return present.HistoryRow{}, false
}

// Only is the call when there is just one.
func (v *View) Only() (present.HistoryRow, bool) {
	if len(v.models) == 1 {
		return v.models[0], true
	}
	return present.HistoryRow{}, false
}

// Cursor is the index of the highlighted call, -1 for none.
func (v *View) Cursor() int { return v.rows.Cursor() }

// SetCursor highlights a call, none with -1.
func (v *View) SetCursor(i int) { v.rows.SetCursor(i) }

// Move moves the highlight; over the first row is the field.
func (v *View) Move(rows int) {
	v.moved = time.Now()
	if rows < 0 && v.rows.Cursor() <= 0 {
		v.rows.SetCursor(-1)
		return
	}
	v.rows.MoveCursor(rows)
}

// OpenMenu opens the menu of the highlighted call.
func (v *View) OpenMenu() { v.rows.OpenMenu() }

// Under is the place under the highlighted call, for a menu.
func (v *View) Under() fyne.Position { return v.rows.Under() }

// Rows gives every call in sight with its row, for what can be dropped there.
func (v *View) Rows(each func(row *widget.Row, m present.HistoryRow)) {
	for _, row := range v.rows.VisibleRows() {
		if i := v.rows.IndexOf(row); i >= 0 && i < len(v.models) {
			each(row, v.models[i])
		}
	}
}

// Ticking reports whether a new order waits.
func (v *View) Ticking() bool { return v.later }

// Back takes the highlight away, and then what is searched for in the history's own field. It reports whether there was
// anything.
func (v *View) Back() bool {
	switch {
	case v.rows.Cursor() >= 0:
		v.rows.SetCursor(-1)
	case v.search.Visible():
		v.openSearch(false)
	default:
		return false
	}
	return true
}

// Copy shows what another view shows.
func (v *View) Copy(from *View) {
	v.choice, v.limit = from.choice, from.limit
	v.text = from.text
}

// More asks for older calls.
func (v *View) More() {
	v.limit = min(limit, 4*v.limit)
	v.ask()
}

// tell does something with the phone and shows why not.
func (v *View) tell(c phone.Command) bool {
	if err := v.deps.Do(c); err != nil {
		v.deps.Say(text.Refusal(err))
		return false
	}
	return true
}

// heading is the words over the list.
func (v *View) heading() string {
	words := []string{text.T("history.title")}
	if v.text != "" {
		words[0] = text.T("list.hits")
	}
	if c := v.choice.Words(v.scene); c != "" {
		words = append(words, c)
	}
	return strings.Join(words, " · ")
}
