// Package teamlist is the list of what a team shares, of any kind: the calls to its queues, the messages to its groups. It
// is asked for a page at a time, filtered and searched, and taken care of by a press or a key.
package teamlist

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/view/warning"
	"svara/ui/widget"
)

// How many are asked for at a time, and at most at once.
const (
	page = 50
	most = 200
)

// settle is how long after the pointer moved in the list its rows keep their places (ui.md 1.7).
const settle = 1500 * time.Millisecond

// Row is one of a list as a row shows it.
type Row[M any] interface {
	Shared() present.TeamRow
	Same(M) bool
	Take(me phone.TeamPersonID, on bool) phone.Command
	Handle(on bool) phone.Command
}

// Page is a part of a list, as the server gives it.
type Page[T any] struct {
	Items []T
	Next  string    // the way to the next ones, empty when there are none
	Told  time.Time // when the server told it; zero for now
}

// Question is what a page answers.
type Question[C any] struct {
	Choice C
	Words  string
	After  string
	Limit  int
}

// Kind says what a list is of: C chooses what is shown, T is an entry, M one as a row shows it. What is not called
// optional is set.
type Kind[C comparable, T any, M Row[M]] struct {
	Failed   string // text key
	Bars     func(present.Scene) []present.Bar
	Revision func(*phone.Snapshot) uint64
	// Ask asks the server; nil when there is none to ask.
	Ask    func(s present.Scene, q Question[C], answer func(Page[T], error))
	Models func(s present.Scene, entries []T, query string) []M
	More   func() M // the row that asks for older ones
	Empty  func(s present.Scene, c C, query string) present.Empty
	// There is the choice without what is not there any more to be chosen.
	There func(present.Scene, C) C
	Head  Head[C]
	Rows  Rows[M]
	Foot  fyne.CanvasObject // under the rows; optional
	// Drawn is told after every change of the rows; optional.
	Drawn func()
}

// List is such a list. What it holds is what the user is about to do: the filters, what is searched for, the highlighted
// row.
type List[C comparable, T any, M Row[M]] struct {
	Scene present.Scene
	Items []T

	deps view.Deps
	kind Kind[C, T, M]
	call func(phone.Dial)

	bars    *warning.Bars
	head    *head[C, T, M]
	told    *widget.Paragraph
	titles  *captions[C, T, M]
	rows    *widget.KeyList
	icon    *widget.Icon
	nothing *widget.Text
	help    *widget.Paragraph
	empty   *fyne.Container
	list    *fyne.Container
	hints   *hints[C, T, M]
	object  *fyne.Container

	choice   C
	text     string // what is searched for
	asked    question[C]
	answered question[C]
	turn     int // number of the newest question
	next     string
	more     bool // older ones are being asked for
	failed   bool
	models   []M
	as       time.Time // when the server told it; zero for now
	width    float32   // px
	moved    time.Time
	later    bool // a new order waits for the pointer to rest
	pressed  int
	at       time.Time
}

// question is what the list shows an answer to. The same question is not asked twice.
type question[C comparable] struct {
	revision uint64
	choice   C
	text     string
	day      string
	link     phone.TeamLink
}

// New makes a list. It asks with the first scene. call dials, or answers what the face's field asks.
func New[C comparable, T any, M Row[M]](deps view.Deps, kind Kind[C, T, M], call func(phone.Dial)) *List[C, T, M] {
	l := &List[C, T, M]{deps: deps, kind: kind, call: call, pressed: -1}
	l.bars = warning.New(deps, func() { lay.Again(l.object) })
	l.head = newHead(l)
	l.told = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.WarnText})
	l.told.Hide()
	l.titles = newCaptions(l)
	l.rows = widget.NewKeyList(func() int { return len(l.models) }, l.create, l.bind)
	l.rows.OnActivate = l.press
	l.rows.OnMenu = l.menu
	l.rows.OnCursor = func(int) { l.moved = time.Now() }
	l.rows.OnKey = l.key
	l.rows.OnRune = l.rune
	l.rows.OnEnd = l.older
	l.icon = widget.NewIcon("", theme.BorderStrong, 32)
	l.nothing = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Align: fyne.TextAlignCenter, Cut: true})
	l.help = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2, Align: fyne.TextAlignCenter})
	l.empty = lay.Pad(32, 48, 32, 16, lay.Col(theme.Grid, l.icon, l.nothing, l.help))
	l.empty.Hide()
	l.hints = newHints(l)
	l.list = lay.Col(0, l.titles.object, lay.Fill(l.rows))
	parts := []fyne.CanvasObject{l.bars.Object(), l.head.object, lay.Pad(16, 2, 16, 2, l.told), lay.Fill(container.NewStack(l.list, l.empty, l.head.sheet))}
	if kind.Foot != nil {
		parts = append(parts, kind.Foot)
	}
	column := lay.Col(0, append(parts, l.hints.object)...)
	l.object = container.New(&frame[C, T, M]{l}, widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, container.NewWithoutLayout()), column)
	return l
}

// barsShare is how much of the height warnings have, unless they are opened; lowBelow is the height, in dp, under which the
// filters have no room over the rows.
const (
	barsShare = 0.3
	lowBelow  = 330
)

// frame gives everything the whole room and follows its width.
type frame[C comparable, T any, M Row[M]] struct{ l *List[C, T, M] }

// MinSize implements fyne.Layout.
func (f *frame[C, T, M]) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(theme.Px(260), theme.Px(240))
}

// Layout implements fyne.Layout.
func (f *frame[C, T, M]) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l := f.l
	before := l.columns()
	l.width = size.Width
	if l.columns() != before {
		l.rows.Reload()
	}
	l.head.fit()
	l.titles.update()
	l.bars.Fit(size.Width, size.Height*barsShare)
	l.head.setLow(size.Height < theme.Px(lowBelow))
	widget.SetVisible(l.hints.object, l.columns() > 0)
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

// Object is the list, as large as it is given room.
func (l *List[C, T, M]) Object() fyne.CanvasObject { return l.object }

// Update draws a scene. What has changed is asked for anew.
func (l *List[C, T, M]) Update(s present.Scene) {
	l.Scene = s
	l.choice = l.kind.There(s, l.choice)
	l.bars.Update(l.kind.Bars(s))
	l.head.draw()
	l.ask()
	l.Redraw() // a change of the user's own may have begun, a colleague's name changed
	lay.Again(l.object)
}

// Choice is what is shown; Choose changes it.
func (l *List[C, T, M]) Choice() C { return l.choice }

// Choose shows only some.
func (l *List[C, T, M]) Choose(c C) {
	l.choice = c
	if l.Scene.Snap != nil {
		l.head.draw()
		l.ask()
		lay.Again(l.object)
	}
}

// search looks for words or a number.
func (l *List[C, T, M]) search(words string) {
	l.text = words
	if l.Scene.Snap != nil {
		l.ask()
	}
}

// Refresh asks again for what is shown.
func (l *List[C, T, M]) Refresh() {
	l.asked = question[C]{}
	l.ask()
}

// ask asks for what is chosen, unless that is what is shown.
func (l *List[C, T, M]) ask() {
	if l.kind.Ask == nil {
		l.drawEmpty()
		return
	}
	s := l.Scene.Snap
	q := question[C]{revision: l.kind.Revision(s), choice: l.choice, text: l.text, day: l.Scene.Now.Format(time.DateOnly), link: s.Team.Link}
	if q == l.asked || l.rests(q) {
		return
	}
	l.asked, l.more = q, false
	l.turn++
	turn := l.turn
	limit := page
	if same := l.answered; same.choice == q.choice && same.text == q.text {
		limit = min(most, max(page, len(l.Items))) // as many as are shown: the list does not shrink under the reader
	}
	l.kind.Ask(l.Scene, Question[C]{q.choice, words(q.text), "", limit}, func(p Page[T], err error) {
		if turn != l.turn { // something else was asked meanwhile
			return
		}
		moved := l.answered.choice != q.choice || l.answered.text != q.text
		l.answered, l.Items, l.next, l.as, l.failed = q, p.Items, p.Next, p.Told, err != nil
		l.draw(moved)
	})
}

// older asks for the next page, when there is one.
func (l *List[C, T, M]) older() {
	if l.next == "" || l.more || l.kind.Ask == nil {
		return
	}
	l.more = true
	turn, q := l.turn, l.answered
	l.kind.Ask(l.Scene, Question[C]{q.choice, words(q.text), l.next, page}, func(p Page[T], err error) {
		if turn != l.turn {
			return
		}
		l.more = false
		if err != nil {
			l.deps.Say(text.T(l.kind.Failed))
			return
		}
		l.Items, l.next = append(l.Items, p.Items...), p.Next
		l.draw(false)
	})
}

// words is what is searched for: a number without what people put between its digits.
func words(typed string) string {
	if present.Dialable(typed) {
		return present.DialText(typed)
	}
	return typed
}

// rests reports whether what has changed by itself waits for the pointer to rest: rows keep their places under it. It is
// tried again every second.
func (l *List[C, T, M]) rests(q question[C]) bool {
	same := l.asked
	same.revision, same.day, same.link = q.revision, q.day, q.link
	l.later = same == q && time.Since(l.moved) < settle && l.rows.Pointed()
	return l.later
}

// Redraw makes the rows anew where they would look different.
func (l *List[C, T, M]) Redraw() {
	models := l.kind.Models(l.Scene, l.Items, l.answered.text)
	if l.next != "" {
		models = append(models, l.kind.More())
	}
	if !slices.EqualFunc(models, l.models, M.Same) {
		l.models = models
		l.rows.Reload()
		l.hints.draw()
		l.drawEmpty()
	}
	if l.kind.Drawn != nil {
		l.kind.Drawn()
	}
}

// draw shows an answer. The highlight stays with what it is at, unless the list is another.
func (l *List[C, T, M]) draw(moved bool) {
	at := ""
	if m, ok := l.Chosen(); ok {
		at = m.Shared().ID
	}
	l.Redraw()
	switch {
	case moved:
		l.rows.SetCursor(-1)
	case at != "":
		l.rows.SetCursor(slices.IndexFunc(l.models, func(m M) bool { return m.Shared().ID == at }))
	}
	l.told.Set("")
	old := !l.as.IsZero() && l.Scene.Snap.Team.Link == phone.TeamLive // else the bar over it says so
	if old {
		l.told.Set(text.T("grouplog.told", "when", text.WhenWithin(l.as.Local(), l.Scene.Now)))
	}
	widget.SetVisible(l.told, old)
	l.drawEmpty()
}

// drawEmpty says in place of the rows why there are none.
func (l *List[C, T, M]) drawEmpty() {
	empty := l.kind.Empty(l.Scene, l.choice, l.answered.text)
	if l.failed {
		empty = present.Empty{Icon: "triangle-alert", Title: text.T(l.kind.Failed)}
	}
	l.icon.Set(empty.Icon, theme.BorderStrong)
	l.nothing.Set(empty.Title)
	l.help.Set(empty.Text)
	widget.SetVisible(l.help, empty.Text != "")
	none := len(l.models) == 0 && (l.asked == l.answered || l.kind.Ask == nil)
	widget.SetVisible(l.empty, none && !l.head.sheet.Visible())
	widget.SetVisible(l.list, !none && !l.head.sheet.Visible())
	lay.Again(l.object)
}

// Models are the rows.
func (l *List[C, T, M]) Models() []M { return l.models }

// Chosen is the highlighted row.
func (l *List[C, T, M]) Chosen() (M, bool) {
	if i := l.rows.Cursor(); i >= 0 && i < len(l.models) {
		return l.models[i], true
	}
	var none M
	return none, false
}

// Point puts the highlight, and the keyboard, on a row.
func (l *List[C, T, M]) Point(id string) {
	l.rows.SetCursor(slices.IndexFunc(l.models, func(m M) bool { return m.Shared().ID == id }))
	if c := fyne.CurrentApp().Driver().CanvasForObject(l.rows); c != nil {
		c.Focus(l.rows)
	}
}

// Move moves the highlight; over the first row is what the face has there.
func (l *List[C, T, M]) Move(rows int) {
	l.moved = time.Now()
	if rows < 0 && l.rows.Cursor() <= 0 {
		l.rows.SetCursor(-1)
		return
	}
	l.rows.MoveCursor(rows)
}

// Activate does what Enter means for the highlighted row. It reports whether there is one.
func (l *List[C, T, M]) Activate() bool {
	m, ok := l.Chosen()
	if ok {
		l.enter(m)
	}
	return ok
}

// OpenMenu opens the menu of the highlighted row.
func (l *List[C, T, M]) OpenMenu() { l.rows.OpenMenu() }

// Focus puts the keyboard in the list.
func (l *List[C, T, M]) Focus(c fyne.Canvas) { c.Focus(l.rows) }

// Ticking reports whether a new order waits.
func (l *List[C, T, M]) Ticking() bool { return l.later }

// Back takes the highlight away, and then what is searched for. It reports whether there was anything.
func (l *List[C, T, M]) Back() bool {
	switch {
	case l.head.sheet.Visible():
		l.head.toggle()
	case l.rows.Cursor() >= 0:
		l.rows.SetCursor(-1)
	case l.text != "":
		l.head.search.SetText("")
	default:
		return false
	}
	return true
}

// Copy shows what another list shows.
func (l *List[C, T, M]) Copy(from *List[C, T, M]) {
	l.choice = from.choice
	if from.text != "" {
		l.head.search.SetText(from.text)
	}
}

// Tell does something with the phone and shows why not.
func (l *List[C, T, M]) Tell(c phone.Command) bool {
	if err := l.deps.Do(c); err != nil {
		l.deps.Say(text.Refusal(err))
		return false
	}
	return true
}
