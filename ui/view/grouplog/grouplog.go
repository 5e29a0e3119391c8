// Package grouplog draws the calls to the queues of the user's groups: filtered by what became of them, by queue, handler
// and day, searched, and taken care of (features.md G6).
package grouplog

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

// page is how many calls are asked for at a time.
const page = 50

// settle is how long after the pointer moved in the list its rows keep their places (ui.md 1.7).
const settle = 1500 * time.Millisecond

// View is the group log. What it holds is what the user is about to do: the filters, what is searched for, the highlighted
// call.
type View struct {
	deps  view.Deps
	call  func(target string)
	scene present.Scene

	bars    *warning.Bars
	head    *head
	told    *widget.Paragraph
	titles  *captions
	rows    *widget.KeyList
	icon    *widget.Icon
	nothing *widget.Text
	help    *widget.Paragraph
	empty   *fyne.Container
	list    *fyne.Container
	hints   *hints
	object  *fyne.Container

	choice   present.GroupChoice
	text     string // what is searched for
	asked    question
	answered question
	turn     int // number of the newest question
	next     string
	more     bool // older ones are being asked for
	failed   bool
	calls    []phone.GroupCall
	models   []present.GroupRow
	as       time.Time // when the server told it; zero for now
	width    float32   // px
	moved    time.Time
	later    bool // a new order waits for the pointer to rest
	pressed  int
	at       time.Time
}

// question is what the list shows an answer to. The same question is not asked twice.
type question struct {
	revision uint64
	choice   present.GroupChoice
	text     string
	day      string
	link     phone.TeamLink
}

// New makes the view. It asks for the calls with the first scene. call dials, or answers what the face's field asks.
func New(deps view.Deps, call func(target string)) *View {
	v := &View{deps: deps, call: call, pressed: -1, bars: warning.New(deps)}
	v.head = newHead(v)
	v.told = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.WarnText})
	v.told.Hide()
	v.titles = newCaptions(v)
	v.rows = widget.NewKeyList(func() int { return len(v.models) }, v.create, v.bind)
	v.rows.OnActivate = v.press
	v.rows.OnMenu = v.menu
	v.rows.OnCursor = func(int) { v.moved = time.Now() }
	v.rows.OnKey = v.key
	v.rows.OnRune = v.rune
	v.rows.OnEnd = v.older
	v.icon = widget.NewIcon("list-checks", theme.BorderStrong, 32)
	v.nothing = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Align: fyne.TextAlignCenter, Cut: true})
	v.help = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2, Align: fyne.TextAlignCenter})
	v.empty = lay.Pad(32, 48, 32, 16, lay.Col(theme.Grid, v.icon, v.nothing, v.help))
	v.empty.Hide()
	v.hints = newHints(v)
	v.list = lay.Col(0, v.titles.object, lay.Fill(v.rows))
	column := lay.Col(0, v.bars.Object(), v.head.object, lay.Pad(16, 2, 16, 2, v.told), lay.Fill(container.NewStack(v.list, v.empty)), v.hints.object)
	v.object = container.New(&frame{v}, widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, container.NewWithoutLayout()), column)
	return v
}

// frame gives everything the whole room and follows its width.
type frame struct{ v *View }

// MinSize implements fyne.Layout.
func (f *frame) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(theme.Px(260), theme.Px(240))
}

// Layout implements fyne.Layout.
func (f *frame) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	v := f.v
	before := v.columns()
	v.width = size.Width
	if v.columns() != before {
		v.rows.Reload()
	}
	v.head.fit()
	v.titles.update()
	v.hints.fit()
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

// Object is the view, as large as it is given room.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Update draws a scene. A changed log is asked for anew.
func (v *View) Update(s present.Scene) {
	v.scene = s
	if v.choice.Queue != "" && !slices.ContainsFunc(s.Snap.Queues, func(q phone.QueueStatus) bool { return q.ID == v.choice.Queue && q.Team != nil }) {
		v.choice.Queue = "" // there is no such queue any more
	}
	v.bars.Update(present.TeamBars(s, phone.CareForCall{}.Verb()))
	v.head.draw()
	v.ask()
	v.model() // a change of the user's own may have begun, a handler's name changed
	lay.Again(v.object)
}

// Choice is which calls are shown; Choose changes it.
func (v *View) Choice() present.GroupChoice { return v.choice }

// Choose shows only some calls.
func (v *View) Choose(c present.GroupChoice) {
	v.choice = c
	if v.scene.Snap != nil {
		v.head.draw()
		v.ask()
		lay.Again(v.object)
	}
}

// search looks for words or a number.
func (v *View) search(words string) {
	v.text = words
	if v.scene.Snap != nil {
		v.ask()
	}
}

// Refresh asks again for what is shown.
func (v *View) Refresh() {
	v.asked = question{}
	v.ask()
}

// ask asks for what is chosen, unless that is what is shown.
func (v *View) ask() {
	if v.deps.GroupLog == nil {
		v.drawEmpty()
		return
	}
	s := v.scene.Snap
	q := question{revision: s.Team.Log.Revision, choice: v.choice, text: v.text, day: v.scene.Now.Format(time.DateOnly), link: s.Team.Link}
	if q == v.asked || v.rests(q) {
		return
	}
	v.asked, v.more = q, false
	v.turn++
	turn := v.turn
	limit := page
	if same := v.answered; same.choice == q.choice && same.text == q.text {
		limit = min(200, max(page, len(v.calls))) // as many as are shown: the list does not shrink under the reader
	}
	v.deps.GroupLog(q.choice.Query(v.scene.Now, words(q.text), "", limit), func(p phone.GroupLogPage, err error) {
		if turn != v.turn { // something else was asked meanwhile
			return
		}
		moved := v.answered.choice != q.choice || v.answered.text != q.text
		v.answered, v.calls, v.next, v.as, v.failed = q, p.Calls, p.Next, p.Told, err != nil
		v.draw(moved)
	})
}

// older asks for the next page, when there is one.
func (v *View) older() {
	if v.next == "" || v.more || v.deps.GroupLog == nil {
		return
	}
	v.more = true
	turn, q := v.turn, v.answered
	v.deps.GroupLog(q.choice.Query(v.scene.Now, words(q.text), v.next, page), func(p phone.GroupLogPage, err error) {
		if turn != v.turn {
			return
		}
		v.more = false
		if err != nil {
			v.deps.Say(text.T("grouplog.failed"))
			return
		}
		v.calls, v.next = append(v.calls, p.Calls...), p.Next
		v.draw(false)
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
func (v *View) rests(q question) bool {
	same := v.asked
	same.revision, same.day, same.link = q.revision, q.day, q.link
	v.later = same == q && time.Since(v.moved) < settle && v.rows.Pointed()
	return v.later
}

// model makes the rows anew where they would look different.
func (v *View) model() {
	models := present.GroupRows(v.scene, v.calls, v.answered.text)
	if v.next != "" {
		models = append(models, present.MoreGroupRow())
	}
	if !slices.EqualFunc(models, v.models, same) {
		v.models = models
		v.rows.Reload()
		v.hints.draw()
	}
}

func same(a, b present.GroupRow) bool {
	return a.ID == b.ID && a.Call == b.Call && a.When == b.When && a.Who == b.Who && a.Asking == b.Asking && a.Queue == b.Queue && a.Outcome == b.Outcome && a.Handler == b.Handler && slices.Equal(a.Name, b.Name)
}

// draw shows an answer. The highlight stays with the call it is at, unless the list is another.
func (v *View) draw(moved bool) {
	at := ""
	if m, ok := v.Chosen(); ok {
		at = m.ID
	}
	v.model()
	switch i := slices.IndexFunc(v.models, func(m present.GroupRow) bool { return m.ID == at }); {
	case moved:
		v.rows.SetCursor(-1)
	case at != "":
		v.rows.SetCursor(i)
	}
	v.told.Set("")
	old := !v.as.IsZero() && v.scene.Snap.Team.Link == phone.TeamLive // else the bar over it says so
	if old {
		v.told.Set(text.T("grouplog.told", "when", text.When(v.as.Local(), v.scene.Now)))
	}
	widget.SetVisible(v.told, old)
	v.drawEmpty()
}

// drawEmpty says in place of the rows why there are none.
func (v *View) drawEmpty() {
	empty := present.GroupLogEmpty(v.scene, v.choice, v.answered.text)
	if v.failed {
		empty = present.Empty{Icon: "triangle-alert", Title: text.T("grouplog.failed")}
	}
	v.icon.Set(empty.Icon, theme.BorderStrong)
	v.nothing.Set(empty.Title)
	v.help.Set(empty.Text)
	widget.SetVisible(v.help, empty.Text != "")
	none := len(v.models) == 0 && (v.asked == v.answered || v.deps.GroupLog == nil)
	widget.SetVisible(v.empty, none)
	widget.SetVisible(v.list, !none)
	lay.Again(v.object)
}

// Chosen is the highlighted call.
func (v *View) Chosen() (present.GroupRow, bool) {
	if i := v.rows.Cursor(); i >= 0 && i < len(v.models) {
		return v.models[i], true
	}
	return present.GroupRow{}, false
}

// Move moves the highlight; over the first row is what the face has there.
func (v *View) Move(rows int) {
	v.moved = time.Now()
	if rows < 0 && v.rows.Cursor() <= 0 {
		v.rows.SetCursor(-1)
		return
	}
	v.rows.MoveCursor(rows)
}

// Activate calls the highlighted caller back. It reports whether there is one.
func (v *View) Activate() bool {
	m, ok := v.Chosen()
	if ok {
		v.back(m)
	}
	return ok
}

// OpenMenu opens the menu of the highlighted call.
func (v *View) OpenMenu() { v.rows.OpenMenu() }

// Focus puts the keyboard in the list.
func (v *View) Focus(c fyne.Canvas) { c.Focus(v.rows) }

// Ticking reports whether a new order waits.
func (v *View) Ticking() bool { return v.later }

// Back takes the highlight away, and then what is searched for. It reports whether there was anything.
func (v *View) Back() bool {
	switch {
	case v.rows.Cursor() >= 0:
		v.rows.SetCursor(-1)
	case v.text != "":
		v.head.search.SetText("")
	default:
		return false
	}
	return true
}

// Levels is of the pages with sound: there is none here.
func (v *View) Levels(phone.Levels) bool { return false }

// Copy shows what another view shows.
func (v *View) Copy(from *View) {
	v.choice = from.choice
	if from.text != "" {
		v.head.search.SetText(from.text)
	}
}

// tell does something with the phone and shows why not.
func (v *View) tell(c phone.Command) {
	if err := v.deps.Do(c); err != nil {
		v.deps.Say(text.Refusal(err))
	}
}
