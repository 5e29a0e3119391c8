package normal

import (
	"slices"
	"strconv"
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

	peoplePage  = 100 // people shown before somebody asks for more
	favourites  = 200 // at most, on the first tab
	peopleLimit = 2000
)

// settle is how long after the pointer moved in a list its rows keep their places (ui.md 1.7).
const settle = 1500 * time.Millisecond

// doublePress is how soon the second press of a double press comes.
const doublePress = 400 * time.Millisecond

// list is the history, those last spoken with, or the hits for what is typed.
type list struct {
	deps   view.Deps
	view   *View
	title  *widget.Text
	add    *widget.Button
	write  *widget.Button // a text to all who are shown
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
	limit    int          // how many people are asked for
	moved    time.Time    // when the pointer or the cursor moved in the list
	later    bool         // a new order waits for the pointer to rest
	lines    []phone.Line // whose lamps are drawn
	starred  int          // favourites shown
	compact  bool         // one line a row
	tab      command.View
	goOn     *widget.Button
}

// question is what the list shows an answer to. The same question is not asked twice.
type question struct {
	revision uint64
	contacts uint64 // revision of the people
	recent   bool
	limit    int
	text     string
	language string
	day      string
	asking   command.Question
}

func newList(deps view.Deps, v *View) *list {
	l := &list{deps: deps, view: v, pressed: -1}
	l.title = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	l.rows = widget.NewKeyList(func() int { return len(l.models) }, l.create, l.bind)
	l.rows.OnActivate = l.press
	l.rows.OnMenu = l.menu
	l.rows.OnCursor = func(int) { l.moved = time.Now() }
	l.limit = peoplePage
	l.add = widget.NewButton(widget.ButtonSpec{Icon: "user-plus", Tip: text.T("people.new"), Look: widget.Quiet, Size: widget.Small}, func() {
		deps.Contacts.Edit(present.NewContact("", ""), true)
	})
	l.write = widget.NewButton(widget.ButtonSpec{Icon: "send", Tip: text.T("command.message.hits"), Look: widget.Quiet, Size: widget.Small}, func() { deps.Run(command.TextHits, 0) })
	l.goOn = widget.NewButton(widget.ButtonSpec{Icon: "book-user", Text: text.T("favourites.find")}, func() { deps.Show(command.ViewContacts) })
	l.icon = widget.NewIcon("history", theme.BorderStrong, 32)
	l.head = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Align: fyne.TextAlignCenter, Cut: true})
	l.help = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2, Align: fyne.TextAlignCenter})
	l.empty = lay.Pad(32, 48, 32, 16, lay.Col(theme.Grid, l.icon, l.head, l.help, container.NewCenter(l.goOn)))
	l.empty.Hide()
	header := lay.Least(0, 34, lay.Pad(16, 3, 12, 3, lay.Row(theme.Grid, lay.Fill(l.title), l.write, l.add)))
	l.object = container.NewStack(widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, container.NewWithoutLayout()), lay.Col(0, header, lay.Fill(container.NewStack(l.rows, l.empty))))
	return l
}

// update asks for what the tab and the field want, unless that is what is shown, and follows the lamps of the rows in
// sight.
func (l *list) update(s present.Scene, tab command.View, query string) {
	l.scene = s
	if compact := s.Snap.Settings.Bool(phone.KeyCompact); compact != l.compact {
		l.compact = compact
		l.rows.SetRowHeight(widget.RowHeight(compact))
		l.rows.Reload()
	}
	recent := tab == command.ViewCall && query == ""
	if query != l.asked.text || l.tab != tab {
		l.limit = peoplePage
	}
	l.tab = tab
	q := question{
		revision: s.Snap.History.Revision, contacts: s.Snap.People.Revision, recent: recent, limit: l.limit, text: query,
		language: text.Language(), day: s.Now.Format(time.DateOnly), asking: l.view.question(),
	}
	title, count := text.T("calls.recent"), ""
	switch {
	case query != "":
		title = text.T("list.hits")
	case tab == command.ViewContacts:
		title = text.T("people.contacts")
		if n := s.Snap.People.Count; n > 0 {
			count = text.T("people.everybody", "n", n)
		}
	case recent && l.starred > 0:
		title, count = text.T("favourites.title"), text.Number(int64(l.starred))
	}
	l.entitle(title, count)
	widget.SetVisible(l.add, tab == command.ViewContacts && l.deps.Contacts != nil)
	widget.SetVisible(l.write, (query != "" || recent && l.starred > 0) && l.deps.Contacts != nil && present.CannotGroupText(s) == "")
	l.follow()
	if q == l.asked || l.rests(q) {
		return
	}
	l.asked = q
	l.turn++
	l.ask(q, l.turn)
}

// rests reports whether what has changed by itself waits for the pointer to rest: rows keep their places under it. It is
// tried again every second.
func (l *list) rests(q question) bool {
	same := l.asked
	same.revision, same.contacts, same.day = q.revision, q.contacts, q.day
	l.later = same == q && time.Since(l.moved) < settle && l.rows.Pointed()
	return l.later
}

// follow draws the lamps of the rows in sight anew: when lines have changed, and while one counts.
func (l *list) follow() {
	now := l.scene.Snap.Lines
	same := len(now) == len(l.lines) && (len(now) == 0 || &now[0] == &l.lines[0])
	if same && !l.ticking() {
		return
	}
	l.lines = now
	l.rows.Rebind()
}

// ticking reports whether a row in sight counts.
func (l *list) ticking() bool {
	if !l.object.Visible() {
		return false
	}
	for _, row := range l.rows.VisibleRows() {
		if i := l.rows.IndexOf(row); i >= 0 && i < len(l.models) && l.models[i].Person != nil && present.LampOf(l.scene, *l.models[i].Person).Ticks {
			return true
		}
	}
	return false
}

func (l *list) show(q question, hits []phone.Hit, more bool, entries []phone.HistoryEntry, err error) {
	moved := q.recent != l.answered.recent || q.text != l.answered.text
	before := l.key(l.rows.Cursor())
	l.answered = q
	people := present.PersonRows(l.scene, hits, q.text)
	switch {
	case q.recent:
		slices.SortStableFunc(people, func(a, b present.HistoryRow) int { return text.Compare(a.Who.Name, b.Who.Name) })
		calls := present.Without(present.RecentRows(l.scene, entries, recentLimit), people)
		l.starred = len(people)
		l.models = append(people, calls...)
		l.titles(q)
	case l.deps.Contacts == nil:
		l.models = present.HistoryRows(l.scene, entries, q.text)
	default:
		l.models = people
		if more && q.limit < peopleLimit {
			l.models = append(l.models, present.MoreRow(len(people)))
		}
	}
	if moved {
		l.rows.SetCursor(-1)
		if q.text != "" && len(l.models) > 0 && !present.Dialable(q.text) {
			l.rows.SetCursor(0) // a name: Enter dials the best hit
		}
	} else if before != "" { // the highlight stays with whom it was at
		l.rows.SetCursor(slices.IndexFunc(l.models, func(m present.HistoryRow) bool { return keyOf(m) == before }))
	}
	l.rows.Reload()
	l.drawEmpty(q, err)
	if then := l.then; then != nil {
		l.then = nil
		then()
	}
}

// titles is what stands over the first tab's list, which is known when it has been answered.
func (l *list) titles(q question) {
	switch {
	case l.starred > 0:
		l.entitle(text.T("favourites.title"), text.Number(int64(l.starred)))
	default:
		l.entitle(text.T("calls.recent"), "")
	}
}

// entitle writes the heading of the list, and how many it has where that is said.
func (l *list) entitle(title, count string) {
	spans := []widget.Span{{Text: title, Bold: true}}
	if count != "" {
		spans = append(spans, widget.Span{Text: "  " + count, Token: theme.Text3})
	}
	l.title.SetSpans(spans...)
}

// key is who or what a row is of, empty for none.
func (l *list) key(i int) string {
	if i < 0 || i >= len(l.models) {
		return ""
	}
	return keyOf(l.models[i])
}

func keyOf(m present.HistoryRow) string {
	switch {
	case m.Person != nil:
		return string(m.Person.ID)
	case m.ID != 0:
		return strconv.FormatInt(m.ID, 10)
	}
	return m.Dial
}

// Settled runs f when the list shows the hits for what is typed: now, or as soon as they come. Who types a name and at
// once the key that dials must not get the hit of before.
func (l *list) Settled(f func()) {
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
	switch {
	case i >= len(l.models):
	case l.models[i].More:
		l.More()
	case twice:
		l.pressed = -1
		l.view.callRow(l.models[i])
	}
}

// Rows gives every row in sight with what it shows.
func (l *list) Rows(each func(row *widget.Row, m present.HistoryRow)) {
	for _, row := range l.rows.VisibleRows() {
		if i := l.rows.IndexOf(row); i >= 0 && i < len(l.models) {
			each(row, l.models[i])
		}
	}
}

// More asks for the next people.
func (l *list) More() {
	l.limit = min(peopleLimit, 4*l.limit)
	l.view.Update(l.view.scene)
}

// Chosen is the highlighted row.
func (l *list) Chosen() (present.HistoryRow, bool) {
	if i := l.rows.Cursor(); i >= 0 && i < len(l.models) && l.rows.Visible() {
		return l.models[i], true
	}
	return present.HistoryRow{}, false
}

// Only is the row when there is just one hit.
func (l *list) Only() (present.HistoryRow, bool) {
	if len(l.models) == 1 {
		return l.models[0], true
	}
	return present.HistoryRow{}, false
}

func (l *list) Cursor() int { return l.rows.Cursor() }

func (l *list) SetCursor(i int) { l.rows.SetCursor(i) }

func (l *list) Move(rows int) {
	l.moved = time.Now()
	if rows < 0 && l.rows.Cursor() <= 0 {
		l.rows.SetCursor(-1) // over the first row is the field
		return
	}
	l.rows.MoveCursor(rows)
}

func (l *list) OpenMenu() { l.rows.OpenMenu() }

// Under is the place under the highlighted row, for a menu.
func (l *list) Under() fyne.Position {
	return l.rows.Under()
}
