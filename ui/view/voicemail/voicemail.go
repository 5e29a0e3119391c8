// Package voicemail draws the voice messages: those of all mailboxes in one list, the player of the one that is open,
// how the mailboxes stand, and calling a mailbox.
package voicemail

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
	"svara/ui/view/inbox"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// limit is how many messages are listed; the search finds older ones.
const limit = 1000

// View is the voice messages. What it holds is what the user is about to do: the words searched for, the message that is
// open, those being deleted.
type View struct {
	deps  view.Deps
	scene present.Scene
	now   func() time.Time
	after func(time.Duration, func()) (stop func() bool) // calls on the UI goroutine

	search *widget.Field
	find   *widget.Button // opens the search, and closes it
	call   *widget.Button // calls a mailbox
	title  fyne.CanvasObject
	count  *widget.Text
	boxes  *boxes
	rows   *widget.KeyList
	player *inbox.Player
	acts   acts
	icon   *widget.Icon
	head   *widget.Text
	help   *widget.Paragraph
	empty  *fyne.Container
	object *fyne.Container

	query    string
	asked    question
	turn     int // number of the newest question
	failed   bool
	found    []phone.VoiceMessage
	models   []present.VoiceRow
	open     string
	compact  bool
	gone     map[string]bool // deleted for the user, perhaps not yet for the phone
	deleting string          // can be undone
	cancel   func() bool     // of its time
}

// question is what the list shows an answer to. The same question is not asked twice.
type question struct {
	asked    bool
	revision uint64
	text     string
}

// New makes the view. It asks for the messages with the first scene.
func New(deps view.Deps) *View {
	v := &View{deps: deps, now: time.Now, after: afterOnUI, gone: map[string]bool{}}
	v.search = widget.NewField(widget.FieldSpec{Icon: "search", Placeholder: text.T("voicemail.search")})
	v.search.Entry().OnChanged = func(s string) {
		if v.query = s; v.scene.Snap != nil {
			v.refresh()
		}
	}
	v.search.Entry().OnKey = v.searchKey
	v.search.Hide()
	v.find = widget.NewButton(widget.ButtonSpec{}, func() { v.openSearch(!v.search.Visible()) })
	v.call = widget.NewButton(widget.ButtonSpec{}, v.callMailbox)
	v.count = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	v.title = lay.Row(theme.Grid, lay.Shrink(widget.NewText(text.T("tab.voicemail"), widget.Style{Size: theme.DetailSize, Token: theme.Text2, Bold: true, Cut: true})), v.count)
	v.boxes = newBoxes(deps)
	v.rows = widget.NewKeyList(func() int { return len(v.models) }, v.create, v.bind)
	v.rows.Height = v.height
	v.rows.OnKey = v.key
	v.rows.OnActivate = v.press
	v.rows.OnMenu = v.menu
	v.player = v.newPlayer()
	v.icon = widget.NewIcon("voicemail", theme.BorderStrong, 32)
	v.head = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Align: fyne.TextAlignCenter, Cut: true})
	v.help = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2, Align: fyne.TextAlignCenter})
	v.empty = lay.Pad(32, 40, 32, 16, lay.Col(theme.Grid, v.icon, v.head, v.help))
	v.empty.Hide()
	v.openSearch(false)
	top := lay.Least(0, 46, lay.Pad(16, 4, 12, 4, lay.Aside(theme.Half, 122, container.NewStack(v.title, v.search), lay.Row(theme.Half, v.call, v.find))))
	v.object = container.NewStack(widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, container.NewWithoutLayout()),
		lay.Col(0, top, widget.NewLine(false), v.boxes.object, lay.Fill(container.NewStack(v.rows, v.empty))))
	return v
}

// openSearch shows the search in place of the title, or takes it away with what was searched for.
func (v *View) openSearch(on bool) {
	setVisible(v.search, on)
	setVisible(v.title, !on)
	setVisible(v.call, !on)
	v.find.Set(widget.ButtonSpec{Icon: "search", Tip: text.T("voicemail.search"), Look: widget.Quiet})
	if on {
		v.find.Set(widget.ButtonSpec{Icon: "x", Tip: text.T("recordings.search_close"), Look: widget.Quiet})
		v.focus(v.search.Entry())
	} else if v.query != "" {
		v.search.SetText("")
	}
	if v.object != nil {
		v.object.Refresh()
	}
}

// focus gives something of the view the keyboard, when it is on screen.
func (v *View) focus(f fyne.Focusable) {
	if v.object == nil {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(v.object); c != nil {
		c.Focus(f)
	}
}

// afterOnUI calls f on the UI goroutine after a time, unless it is stopped before.
func afterOnUI(d time.Duration, f func()) (stop func() bool) {
	return time.AfterFunc(d, func() { fyne.Do(f) }).Stop
}

// Object is the view, as large as it is given room.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Update draws a scene. Changed mailboxes are asked for anew.
func (v *View) Update(s present.Scene) {
	v.scene = s
	call := present.CallMailbox(s)
	spec := widget.ButtonSpec{Icon: call.Icon, Text: call.Text, Look: widget.Quiet}
	if !call.Enabled {
		spec.Disabled = call.Reason
	}
	v.call.Set(spec)
	v.boxes.update(present.MailboxLines(s))
	if compact := s.Snap.Settings.Bool(phone.KeyCompact); compact != v.compact {
		v.compact = compact
		v.rows.Reload()
	}
	v.refresh()
	v.drawPlayer()
}

// refresh asks for what is searched, unless that is what is shown, and draws the rows.
func (v *View) refresh() {
	q := question{true, v.scene.Snap.Voicemail.Revision, v.query}
	if q != v.asked {
		v.asked = q
		v.turn++
		turn := v.turn
		if v.deps.Voicemail != nil && len(v.scene.Snap.Voicemail.Servers) > 0 {
			v.deps.Voicemail(phone.VoiceMessageQuery{Text: v.query, Limit: limit}, func(found []phone.VoiceMessage, err error) {
				if turn == v.turn { // else something else was asked meanwhile
					v.found, v.failed = found, err != nil
					v.forget()
					v.draw(true)
				}
			})
		} else {
			v.found, v.failed = nil, false
		}
	}
	v.draw(false)
}

// forget is told of an answer: what was deleted and is not in it need not be left out any more.
func (v *View) forget() {
	if v.query != "" || v.failed {
		return // it may just not fit the words
	}
	there := map[string]bool{}
	for _, m := range v.found {
		there[m.ID] = true
	}
	for id := range v.gone {
		if !there[id] && id != v.deleting {
			delete(v.gone, id)
		}
	}
}

// draw makes the rows anew; nothing is drawn when they are the same.
func (v *View) draw(answered bool) {
	models := present.VoiceRows(v.scene, v.found, v.query, v.gone)
	words := ""
	if n := v.scene.Snap.Voicemail.New(); n > 0 {
		words = text.T("voicemail.new", "n", n)
	}
	v.count.Set(words)
	setVisible(v.count, words != "")
	empty := present.VoicemailEmpty(v.scene, v.query)
	if v.failed {
		empty = present.Empty{Icon: "triangle-alert", Title: text.T("voicemail.failed")}
	}
	v.icon.Set(empty.Icon, theme.BorderStrong)
	v.head.Set(empty.Title)
	v.help.Set(empty.Text)
	setVisible(v.help, empty.Text != "")
	setVisible(v.empty, len(models) == 0)
	setVisible(v.rows, len(models) > 0)
	if !answered && reflect.DeepEqual(models, v.models) {
		return
	}
	v.keepCursor(models)
	v.models = models
	if v.open != "" && v.index(v.open) < 0 {
		v.open = ""
	}
	v.drawPlayer()
	v.rows.Reload()
	v.object.Refresh()
}

// keepCursor leaves the cursor on the message it is at when others came or went.
func (v *View) keepCursor(next []present.VoiceRow) {
	at := v.rows.Cursor()
	if at < 0 || at >= len(v.models) {
		return
	}
	for i, m := range next {
		if m.ID == v.models[at].ID && i != at {
			v.models = next
			v.rows.SetCursor(i)
			return
		}
	}
}

func (v *View) index(id string) int {
	for i, m := range v.models {
		if m.ID == id {
			return i
		}
	}
	return -1
}

// sound is a message as it is played.
func (v *View) sound(id string) present.Sound {
	for _, m := range v.found {
		if m.ID == id {
			return present.Sound{Message: id, Length: m.Duration}
		}
	}
	return present.Sound{Message: id}
}

// Levels moves the position of what is being played and reports whether there is any on screen.
func (v *View) Levels(phone.Levels) bool {
	return v.scene.Snap != nil && v.object.Visible() && v.open != "" && v.player.Tick(v.scene, v.now())
}

// Back closes what is open, and then empties the search. It reports whether there was anything.
func (v *View) Back() bool {
	switch {
	case v.open != "":
		v.show("")
	case v.search.Visible():
		v.openSearch(false)
	case v.rows.Cursor() >= 0:
		v.rows.SetCursor(-1)
	default:
		return false
	}
	return true
}

// Copy shows what another view shows.
func (v *View) Copy(from *View) {
	v.found, v.open, v.gone = from.found, from.open, maps.Clone(from.gone)
	if from.search.Visible() {
		v.openSearch(true)
		v.search.SetText(from.query)
	}
}

// Move moves the highlight.
func (v *View) Move(rows int) { v.rows.MoveCursor(rows) }

// Activate opens the highlighted message, or closes it. It reports whether there is one.
func (v *View) Activate() bool {
	i := v.rows.Cursor()
	v.press(i)
	return i >= 0
}

// OpenMenu opens the menu of the highlighted message.
func (v *View) OpenMenu() { v.rows.OpenMenu() }

// searchKey lets the arrows move in the list while the caret is in the search.
func (v *View) searchKey(c command.Chord) bool {
	if c.Mod != 0 {
		return false
	}
	switch c.Key {
	case command.KeyUp:
		v.rows.MoveCursor(-1)
	case command.KeyDown:
		v.rows.MoveCursor(1)
	case command.KeyEnter, command.KeyNumEnter:
		if v.query == "" && v.rows.Cursor() < 0 {
			return false
		}
		if at := max(0, v.rows.Cursor()); at < len(v.models) {
			v.rows.SetCursor(at)
			v.playAt(at)
		}
	case command.KeyEscape:
		return v.Back()
	default:
		return false
	}
	return true
}

// key is what the keyboard does in the list beyond moving.
func (v *View) key(e *fyne.KeyEvent) bool {
	at := v.rows.Cursor()
	if at < 0 || at >= len(v.models) {
		return false
	}
	open := v.models[at].ID == v.open
	switch {
	case e.Name == fyne.KeyReturn || e.Name == fyne.KeySpace:
		v.playAt(at)
	case e.Name == fyne.KeyLeft && open:
		v.player.Step(-1)
	case e.Name == fyne.KeyRight && open:
		v.player.Step(1)
	case e.Name == fyne.KeyDelete:
		v.remove(v.models[at])
	case e.Name == fyne.KeyEscape && v.open != "":
		v.show("")
	default:
		return false
	}
	return true
}

func setVisible(o fyne.CanvasObject, on bool) {
	if o.Visible() == on {
		return
	}
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}
