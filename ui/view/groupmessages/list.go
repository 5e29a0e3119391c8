// Package groupmessages draws the messages of the user's groups: voice messages, numbers to call back and texts in one list,
// played, pinned, handled and answered, and the window in which one writes with somebody for a group (features.md H3, H4).
package groupmessages

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
	"svara/ui/view/sounds"
	"svara/ui/view/warning"
	"svara/ui/widget"
)

// page is how many messages are asked for at a time.
const page = 50

// settle is how long after the pointer moved in the list its rows keep their places (ui.md 1.7).
const settle = 1500 * time.Millisecond

// View is the messages. What it holds is what the user is about to do: the filters, what is searched for, the highlighted
// message, the sound in the player.
type View struct {
	deps  view.Deps
	scene present.Scene

	bars    *warning.Bars
	head    *head
	told    *widget.Paragraph
	rows    *widget.KeyList
	icon    *widget.Icon
	nothing *widget.Text
	help    *widget.Paragraph
	empty   *fyne.Container
	player  *sounds.Player
	heard   *widget.Text  // whose message is in the player
	sound   *widget.Panel // the player and what is over it
	hints   *fyne.Container
	object  *fyne.Container

	choice   present.GroupMessageChoice
	text     string // what is searched for
	asked    question
	answered question
	turn     int // number of the newest question
	next     string
	more     bool // older ones are being asked for
	failed   bool
	messages []phone.GroupMessage
	models   []present.GroupMessageRow
	as       time.Time // when the server told it; zero for now
	playing  string    // the message in the player
	width    float32   // px
	moved    time.Time
}

// question is what the list shows an answer to. The same question is not asked twice.
type question struct {
	revision uint64
	choice   present.GroupMessageChoice
	text     string
	link     phone.TeamLink
}

// New makes the view. It asks for the messages with the first scene.
func New(deps view.Deps) *View {
	v := &View{deps: deps, bars: warning.New(deps)}
	v.head = newHead(v)
	v.told = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.WarnText})
	v.told.Hide()
	v.rows = widget.NewKeyList(func() int { return len(v.models) }, v.create, v.bind)
	v.rows.OnActivate = v.press
	v.rows.OnMenu = v.menu
	v.rows.OnCursor = func(int) { v.moved = time.Now() }
	v.rows.OnKey = v.key
	v.rows.OnRune = v.rune
	v.rows.OnEnd = v.older
	v.icon = widget.NewIcon("messages-square", theme.BorderStrong, 32)
	v.nothing = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Align: fyne.TextAlignCenter, Cut: true})
	v.help = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2, Align: fyne.TextAlignCenter})
	v.empty = lay.Pad(32, 48, 32, 16, lay.Col(theme.Grid, v.icon, v.nothing, v.help))
	v.empty.Hide()
	v.player = sounds.NewPlayer(v.tell, deps.Meters, deps.Say, text.T("voicemail.position"), 120, nil, nil)
	v.heard = widget.NewText("", widget.Style{Size: theme.BodySize, Bold: true, Cut: true})
	v.sound = widget.NewPanel(widget.PanelSpec{Fill: theme.Raised, Border: theme.Border, Top: true}, lay.Col(0,
		lay.Pad(16, 8, 8, 4, lay.Row(theme.Grid, lay.Fill(v.heard), widget.NewIconButton("x", text.T("groupmessage.close_player"), v.unload))), v.player.Object()))
	v.sound.Hide()
	v.hints = newHints()
	column := lay.Col(0, v.bars.Object(), v.head.object, lay.Pad(16, 2, 16, 2, v.told), lay.Fill(container.NewStack(v.rows, v.empty)), v.sound, v.hints)
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
	before := v.wide()
	v.width = size.Width
	if v.wide() != before {
		v.rows.Reload()
	}
	v.head.fit()
	widget.SetVisible(v.hints, v.wide())
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

// wide reports whether there is room for columns.
func (v *View) wide() bool { return v.width >= theme.Px(wideFrom) }

// Object is the view, as large as it is given room.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Update draws a scene. Changed messages are asked for anew.
func (v *View) Update(s present.Scene) {
	v.scene = s
	if v.choice.Group != "" && !slices.ContainsFunc(s.Snap.Team.Groups, func(g phone.TeamGroup) bool { return g.ID == v.choice.Group }) {
		v.choice.Group = "" // one is in that group no more
	}
	v.bars.Update(present.GroupMessageBars(s))
	v.head.draw()
	v.ask()
	v.model()
	v.drawPlayer()
	lay.Again(v.object)
}

// Choice is which messages are shown; Choose changes it.
func (v *View) Choice() present.GroupMessageChoice { return v.choice }

// Choose shows only some messages.
func (v *View) Choose(c present.GroupMessageChoice) {
	v.choice = c
	if v.scene.Snap != nil {
		v.head.draw()
		v.ask()
		lay.Again(v.object)
	}
}

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

// ask asks for what is chosen, unless that is what is shown. What has changed by itself waits for the pointer to rest: rows
// keep their places under it.
func (v *View) ask() {
	if v.deps.GroupMessages == nil {
		v.drawEmpty()
		return
	}
	s := v.scene.Snap
	q := question{revision: s.Team.Messages.Revision, choice: v.choice, text: v.text, link: s.Team.Link}
	itself := v.asked
	itself.revision, itself.link = q.revision, q.link
	if q == v.asked || itself == q && time.Since(v.moved) < settle && v.rows.Pointed() {
		return
	}
	v.asked, v.more = q, false
	v.turn++
	turn := v.turn
	limit := page
	if same := v.answered; same.choice == q.choice && same.text == q.text {
		limit = min(200, max(page, len(v.messages))) // as many as are shown: the list does not shrink under the reader
	}
	v.deps.GroupMessages(q.choice.Query(q.text, "", limit), func(p phone.GroupMessagePage, err error) {
		if turn != v.turn { // something else was asked meanwhile
			return
		}
		moved := v.answered.choice != q.choice || v.answered.text != q.text
		v.answered, v.messages, v.next, v.as, v.failed = q, p.Messages, p.Next, p.Told, err != nil
		v.draw(moved)
	})
}

// older asks for the next page, when there is one.
func (v *View) older() {
	if v.next == "" || v.more || v.deps.GroupMessages == nil {
		return
	}
	v.more = true
	turn, q := v.turn, v.answered
	v.deps.GroupMessages(q.choice.Query(q.text, v.next, page), func(p phone.GroupMessagePage, err error) {
		if turn != v.turn {
			return
		}
		v.more = false
		if err != nil {
			v.deps.Say(text.T("groupmessage.unread"))
			return
		}
		v.messages, v.next = append(v.messages, p.Messages...), p.Next
		v.draw(false)
	})
}

// model makes the rows anew where they would look different.
func (v *View) model() {
	models := present.GroupMessageRows(v.scene, v.messages, v.answered.text)
	if v.next != "" {
		models = append(models, present.MoreGroupMessageRow())
	}
	if !slices.EqualFunc(models, v.models, same) {
		v.models = models
		v.rows.Reload()
	}
}

func same(a, b present.GroupMessageRow) bool {
	return a.ID == b.ID && a.Message == b.Message && a.When == b.When && a.Who == b.Who && a.Asking == b.Asking && a.Group == b.Group && a.Care == b.Care && a.Plays == b.Plays && slices.Equal(a.Name, b.Name)
}

// draw shows an answer. The highlight stays with the message it is at, unless the list is another.
func (v *View) draw(moved bool) {
	at := ""
	if m, ok := v.Chosen(); ok {
		at = m.ID
	}
	v.model()
	switch i := slices.IndexFunc(v.models, func(m present.GroupMessageRow) bool { return m.ID == at }); {
	case moved:
		v.rows.SetCursor(-1)
	case at != "":
		v.rows.SetCursor(i)
	}
	old := !v.as.IsZero() && v.scene.Snap.Team.Link == phone.TeamLive // else the bar over it says so
	v.told.Set("")
	if old {
		v.told.Set(text.T("grouplog.told", "when", text.When(v.as.Local(), v.scene.Now)))
	}
	widget.SetVisible(v.told, old)
	v.drawPlayer()
	v.drawEmpty()
}

// drawEmpty says in place of the rows why there are none.
func (v *View) drawEmpty() {
	empty := present.GroupMessagesEmpty(v.scene, v.choice, v.answered.text)
	if v.failed {
		empty = present.Empty{Icon: "triangle-alert", Title: text.T("groupmessage.unread")}
	}
	v.icon.Set(empty.Icon, theme.BorderStrong)
	v.nothing.Set(empty.Title)
	v.help.Set(empty.Text)
	widget.SetVisible(v.help, empty.Text != "")
	none := len(v.models) == 0 && (v.asked == v.answered || v.deps.GroupMessages == nil)
	widget.SetVisible(v.empty, none)
	widget.SetVisible(v.rows, !none)
	lay.Again(v.object)
}

// drawPlayer draws the message that was chosen to be heard; one that is gone leaves.
func (v *View) drawPlayer() {
	if v.playing == "" || v.scene.Snap == nil {
		return
	}
	i := slices.IndexFunc(v.models, func(m present.GroupMessageRow) bool { return m.ID == v.playing })
	on := v.scene.Snap.Playing
	if i < 0 && (on == nil || on.Group != v.playing) {
		v.unload()
		return
	}
	if i >= 0 {
		m := v.models[i]
		v.heard.Set(m.Who.Name)
		away := ""
		if v.scene.Snap.Team.Link != phone.TeamLive {
			away = text.T("team.away")
		}
		v.player.Update(v.scene, m.Sound(), sounds.Facts{Locked: away})
	}
	widget.SetVisible(v.sound, true)
}

// play plays a message, or pauses it.
func (v *View) play(m present.GroupMessageRow) {
	if v.playing != m.ID {
		v.playing = m.ID
		v.drawPlayer()
		lay.Again(v.object)
	}
	v.player.Press()
}

// unload puts the player away.
func (v *View) unload() {
	if p := v.scene.Snap.Playing; p != nil && p.Group == v.playing && v.playing != "" {
		v.tell(phone.StopPlaying{})
	}
	v.playing = ""
	widget.SetVisible(v.sound, false)
	lay.Again(v.object)
}

// Levels moves the position of what is played. It reports whether that is on screen.
func (v *View) Levels(phone.Levels) bool {
	return v.playing != "" && v.player.Tick(v.scene, time.Now())
}

// Chosen is the highlighted message.
func (v *View) Chosen() (present.GroupMessageRow, bool) {
	if i := v.rows.Cursor(); i >= 0 && i < len(v.models) {
		return v.models[i], true
	}
	return present.GroupMessageRow{}, false
}

// Focus puts the keyboard in the list.
func (v *View) Focus(c fyne.Canvas) { c.Focus(v.rows) }

// tell does something with the phone and shows why not.
func (v *View) tell(c phone.Command) bool {
	if err := v.deps.Do(c); err != nil {
		v.deps.Say(text.Refusal(err))
		return false
	}
	return true
}
