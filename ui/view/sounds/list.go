// Package sounds is what the lists of recordings and of voice messages share: a head with a search, rows of which one
// opens to a player, and what the keyboard does there.
package sounds

import (
	"maps"
	"reflect"
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
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// Limit is how many are listed; the search finds older ones.
const Limit = 1000

// Kind says what a list is of: K names one of them, M is one as a row shows it.
type Kind[K comparable, M any] struct {
	Caption, Search, Failed string // text keys
	// Head is the row over the list, made of the list's own parts, and Over what stands between it and the rows; nil for
	// nothing.
	Head func(title, search, find fyne.CanvasObject) fyne.CanvasObject
	Over fyne.CanvasObject
	// Searching is told when the search takes the title's place; nil tells nobody.
	Searching func(on bool)

	ID       func(M) K
	Revision func(*phone.Snapshot) uint64
	// Ask asks for what is searched; answer is told how it went when the answer is there to make models of. It reports
	// false when there is nobody to ask: there are none then.
	Ask    func(query string, answer func(error)) bool
	There  func() []K // those of the last answer
	Models func(s present.Scene, query string, gone map[K]bool) []M
	Count  func(present.Scene) string // behind the title
	Empty  func(s present.Scene, query string) present.Empty

	Sound  func(K) present.Sound
	Above  func(M) float32 // dp over a row: a day's head; nil for none
	Bind   func(m M, row *widget.Row)
	Draw   func(M) // what stands in the player
	Menu   func(m M, c fyne.Canvas, at fyne.Position)
	Delete func(M)             // the key
	Remove func(phone K) error // out of the phone
}

// List is such a list. What it holds is what the user is about to do: the words searched for, the one that is open,
// those being deleted. Zero of K names none.
type List[K comparable, M any] struct {
	Scene  present.Scene
	Now    func() time.Time
	Query  string
	Rows   *widget.KeyList
	Player *Player
	Field  *widget.Field  // the search
	Find   *widget.Button // opens the search, and closes it
	Bin    *bin.Bin[K]
	Items  []M
	Opened K

	deps   view.Deps
	kind   Kind[K, M]
	title  fyne.CanvasObject
	count  *widget.Text
	icon   *widget.Icon
	head   *widget.Text
	help   *widget.Paragraph
	empty  *fyne.Container
	object *fyne.Container

	compact bool
	asked   question
	turn    int // number of the newest question
	failed  bool
}

// question is what the list shows an answer to. The same question is not asked twice.
type question struct {
	asked    bool
	revision uint64
	text     string
}

// New makes a list. It asks with the first scene.
func New[K comparable, M any](deps view.Deps, kind Kind[K, M], player func(*List[K, M]) *Player) *List[K, M] {
	l := &List[K, M]{deps: deps, kind: kind, Now: time.Now}
	l.Bin = bin.New(func(id K) bool {
		if err := kind.Remove(id); err != nil {
			deps.Say(text.Refusal(err))
			return false
		}
		return true
	}, func() { l.draw(true) })
	l.Bin.Brought = func(id K) { l.Rows.SetCursor(l.Index(id)) }
	l.Field = widget.NewField(widget.FieldSpec{Icon: "search", Placeholder: text.T(kind.Search)})
	l.Field.Entry().OnChanged = func(s string) {
		if l.Query = s; l.Scene.Snap != nil {
			l.refresh()
		}
	}
	l.Field.Entry().OnKey = l.searchKey
	l.Field.Hide()
	l.Find = widget.NewButton(widget.ButtonSpec{}, func() { l.OpenSearch(!l.Field.Visible()) })
	l.count = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	l.title = lay.Row(theme.Grid, lay.Shrink(widget.NewText(text.T(kind.Caption), widget.Style{Size: theme.DetailSize, Token: theme.Text2, Bold: true, Cut: true})), l.count)
	l.Rows = widget.NewKeyList(func() int { return len(l.Items) }, create, l.bind)
	l.Rows.Height = l.height
	l.Rows.OnKey = l.key
	l.Rows.OnActivate = l.press
	l.Rows.OnMenu = l.menu
	l.Player = player(l)
	l.icon = widget.NewIcon("circle-dot", theme.BorderStrong, 32)
	l.head = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Align: fyne.TextAlignCenter, Cut: true})
	l.help = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2, Align: fyne.TextAlignCenter})
	l.empty = lay.Pad(32, 40, 32, 16, lay.Col(theme.Grid, l.icon, l.head, l.help))
	l.empty.Hide()
	l.OpenSearch(false)
	rows := []fyne.CanvasObject{lay.Least(0, 46, lay.Pad(16, 4, 12, 4, kind.Head(l.title, l.Field, l.Find))), widget.NewLine(false)}
	if kind.Over != nil {
		rows = append(rows, kind.Over)
	}
	l.object = container.NewStack(widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, container.NewWithoutLayout()),
		lay.Col(0, append(rows, lay.Fill(container.NewStack(l.Rows, l.empty)))...))
	return l
}

func create() *widget.Row {
	return widget.NewRow(widget.NewButton(widget.ButtonSpec{Icon: "play", Tip: text.T("recordings.play")}, nil))
}

// Object is the list, as large as it is given room.
func (l *List[K, M]) Object() fyne.CanvasObject { return l.object }

// Update draws a scene. What has changed is asked for anew.
func (l *List[K, M]) Update(s present.Scene) {
	l.Scene = s
	if compact := s.Snap.Settings.Bool(phone.KeyCompact); compact != l.compact {
		l.compact = compact
		l.Rows.Reload()
	}
	l.refresh()
	l.drawPlayer()
}

// refresh asks for what is searched, unless that is what is shown, and draws the rows.
func (l *List[K, M]) refresh() {
	if q := (question{true, l.kind.Revision(l.Scene.Snap), l.Query}); q != l.asked {
		l.asked = q
		l.turn++
		turn := l.turn
		asked := l.kind.Ask(l.Query, func(err error) {
			if turn != l.turn {
				return // something else was asked meanwhile
			}
			l.failed = err != nil
			if !l.failed && l.Query == "" { // else it may just not fit the words
				there := map[K]bool{}
				for _, id := range l.kind.There() {
					there[id] = true
				}
				l.Bin.Forget(func(id K) bool { return there[id] })
			}
			l.draw(true)
		})
		if !asked {
			l.failed = false
		}
	}
	l.draw(false)
}

// draw makes the rows anew; none is drawn when they are the same.
func (l *List[K, M]) draw(answered bool) {
	models := l.kind.Models(l.Scene, l.Query, l.Bin.Gone)
	words := l.kind.Count(l.Scene)
	l.count.Set(words)
	widget.SetVisible(l.count, words != "")
	empty := l.kind.Empty(l.Scene, l.Query)
	if l.failed {
		empty = present.Empty{Icon: "triangle-alert", Title: text.T(l.kind.Failed)}
	}
	l.icon.Set(empty.Icon, theme.BorderStrong)
	l.head.Set(empty.Title)
	l.help.Set(empty.Text)
	widget.SetVisible(l.help, empty.Text != "")
	widget.SetVisible(l.empty, len(models) == 0)
	widget.SetVisible(l.Rows, len(models) > 0)
	if !answered && reflect.DeepEqual(models, l.Items) {
		return
	}
	l.keepCursor(models)
	l.Items = models
	if l.Index(l.Opened) < 0 {
		l.Opened = *new(K)
	}
	l.drawPlayer()
	l.Rows.Reload()
	l.object.Refresh()
}

// keepCursor leaves the cursor on what it is at when others came or went.
func (l *List[K, M]) keepCursor(next []M) {
	at := l.Rows.Cursor()
	if at < 0 || at >= len(l.Items) {
		return
	}
	for i, m := range next {
		if l.kind.ID(m) == l.kind.ID(l.Items[at]) && i != at {
			l.Items = next
			l.Rows.SetCursor(i)
			return
		}
	}
}

// Index is the place of one in the list, or -1.
func (l *List[K, M]) Index(id K) int {
	for i, m := range l.Items {
		if l.kind.ID(m) == id {
			return i
		}
	}
	return -1
}

// WithOpen does something with the one that is open.
func (l *List[K, M]) WithOpen(f func(M)) {
	if i := l.Index(l.Opened); i >= 0 {
		f(l.Items[i])
	}
}

func (l *List[K, M]) drawPlayer() { l.WithOpen(l.kind.Draw) }

// height is how high a row is: more for the one that is open.
func (l *List[K, M]) height(i int) float32 {
	if i >= len(l.Items) {
		return 0
	}
	h := widget.RowHeight(l.compact)
	if l.kind.Above != nil {
		h += l.kind.Above(l.Items[i])
	}
	if l.kind.ID(l.Items[i]) == l.Opened {
		h += l.Player.Height(l.Rows.Size().Width)
	}
	return h
}

func (l *List[K, M]) bind(i int, row *widget.Row) {
	if i >= len(l.Items) {
		return
	}
	l.kind.Bind(l.Items[i], row)
	if l.kind.ID(l.Items[i]) == l.Opened {
		row.SetBelow(l.Player.Object())
	} else {
		row.SetBelow(nil)
	}
}

// Emptiness is what an empty list says.
func (l *List[K, M]) Emptiness() string { return l.head.Text() }

// Compact reports whether rows have one line.
func (l *List[K, M]) Compact() bool { return l.compact }

// IsOpen reports whether one is open.
func (l *List[K, M]) IsOpen(id K) bool { return id == l.Opened }

// Play sets a button to play one.
func (l *List[K, M]) Play(b *widget.Button, id K, locked string) {
	p := present.PlayerOf(l.Scene, l.kind.Sound(id), 0)
	b.Set(widget.ButtonSpec{Icon: p.Toggle.Icon, Tip: p.Toggle.Text, Disabled: locked})
	b.OnTap(func() { l.playAt(l.Index(id)) })
}

// PlayItem is the menu's line that plays one.
func (l *List[K, M]) PlayItem(id K, locked string) widget.MenuItem {
	p := present.PlayerOf(l.Scene, l.kind.Sound(id), 0)
	return widget.MenuItem{Text: p.Toggle.Text, Icon: p.Toggle.Icon, Disabled: locked, Run: func() { l.playAt(l.Index(id)) }}
}

// Spans is words in pieces as a row draws them.
func Spans(in []present.Span) []widget.Span {
	out := make([]widget.Span, 0, len(in))
	for _, s := range in {
		out = append(out, widget.Span{Text: s.Text, Mark: s.Mark})
	}
	return out
}

// CannotCall is why a target cannot be called back.
func (l *List[K, M]) CannotCall(target string) string {
	if target == "" {
		return text.T("history.no_number")
	}
	if ok, why := present.CanDial(l.Scene); !ok {
		return why
	}
	return ""
}

// Tell does something with the phone and shows why not.
func (l *List[K, M]) Tell(c phone.Command) bool {
	if err := l.deps.Do(c); err != nil {
		l.deps.Say(text.Refusal(err))
		return false
	}
	return true
}

// Throw deletes one, with a way back. What plays is stopped first.
func (l *List[K, M]) Throw(id K, playing bool, words string) {
	if playing {
		l.Tell(phone.StopPlaying{})
	}
	l.Bin.Put(l.object, id, words)
}

// Copy shows what another list shows.
func (l *List[K, M]) Copy(from *List[K, M]) {
	l.Opened, l.Bin.Gone = from.Opened, maps.Clone(from.Bin.Gone)
	if from.Field.Visible() {
		l.OpenSearch(true)
		l.Field.SetText(from.Query)
	}
}

// Levels moves the position of what is being played and reports whether there is any on screen.
func (l *List[K, M]) Levels(phone.Levels) bool {
	return l.Scene.Snap != nil && l.object.Visible() && l.Opened != *new(K) && l.Player.Tick(l.Scene, l.Now())
}

// searchKey lets the arrows move in the list while the caret is in the search.
func (l *List[K, M]) searchKey(c command.Chord) bool {
	if c.Mod != 0 {
		return false
	}
	switch c.Key {
	case command.KeyUp:
		l.Rows.MoveCursor(-1)
	case command.KeyDown:
		l.Rows.MoveCursor(1)
	case command.KeyEnter, command.KeyNumEnter:
		if l.Query == "" && l.Rows.Cursor() < 0 {
			return false
		}
		if at := max(0, l.Rows.Cursor()); at < len(l.Items) {
			l.Rows.SetCursor(at)
			l.playAt(at)
		}
	case command.KeyEscape:
		return l.Back()
	default:
		return false
	}
	return true
}
