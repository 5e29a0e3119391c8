package groupmessages

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/view/warning"
	"svara/ui/widget"
)

// latest is how many messages of a thread are shown.
const latest = 100

// writeLines is how high the field for an answer is.
const writeLines = 3

// aside is the room at the side of a message, in dp, by which ours are told from theirs beside their colour.
const aside = 56

// Thread is the window in which one writes with somebody for a group.
type Thread struct {
	deps     view.Deps
	scene    present.Scene
	with     present.GroupThread
	revision uint64
	link     phone.TeamLink
	turn     int
	bubbles  []present.Bubble
	senders  []present.Choice
	sender   string
	why      string // it cannot be sent

	bars      *warning.Bars
	call      *widget.Button
	column    *fyne.Container
	scroll    *container.Scroll
	as        *widget.Select
	templates *widget.Button
	entry     *widget.Field
	send      *widget.Button
	object    fyne.CanvasObject
}

// NewThread makes the window.
func NewThread(deps view.Deps, s present.Scene, with present.GroupThread) *Thread {
	v := &Thread{deps: deps, scene: s, with: with, bars: warning.New(deps)}
	title := widget.NewText(with.Name, widget.Style{Size: theme.NameSize, Bold: true, Cut: true})
	number := widget.NewText(present.Clean(with.Peer, 60), widget.Style{Size: theme.DetailSize, Token: theme.Text2, Figures: true, Cut: true})
	widget.SetVisible(number, with.Name != with.Peer)
	v.call = widget.NewButton(widget.ButtonSpec{Icon: "phone", Look: widget.Go, Tip: text.T("call.back")}, func() { v.tell(phone.Dial{Target: with.Peer}) })
	v.column = lay.Col(theme.Half)
	v.scroll = container.NewVScroll(lay.PadAll(theme.WindowPadding, v.column))
	v.as = widget.NewSelect("send", func(id string) { v.sender = id; v.ready() })
	v.as.SetName(text.T("groupmessage.from"))
	v.templates = widget.NewButton(widget.ButtonSpec{Icon: "file-text", Text: text.T("groupmessage.template")}, v.choose)
	v.entry = widget.NewAreaField(widget.FieldSpec{Placeholder: text.T("message.text")}, writeLines)
	v.entry.Entry().OnChanged = func(string) { v.ready() }
	v.entry.Entry().OnKey = v.key
	v.send = widget.NewButton(widget.ButtonSpec{}, v.write)
	foot := widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Top: true}, lay.Pad(12, 10, 12, 10,
		lay.Col(theme.Grid, lay.Row(theme.Grid, lay.Fill(v.as), v.templates), lay.Row(theme.Grid, lay.Fill(v.entry), v.send))))
	head := widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Bottom: true},
		lay.Pad(12, 10, 12, 10, lay.Row(theme.Grid, lay.Fill(lay.Col(0, title, number)), v.call)))
	v.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Bg}, container.NewBorder(lay.Col(0, v.bars.Object(), head), foot, nil, nil, v.scroll))
	v.ready()
	v.ask()
	return v
}

// Object is the window's content.
func (v *Thread) Object() fyne.CanvasObject { return v.object }

// Focus puts the caret where one writes.
func (v *Thread) Focus(c fyne.Canvas) { c.Focus(v.entry.Entry()) }

// Update follows the phone.
func (v *Thread) Update(s present.Scene) {
	v.scene = s
	v.ready()
	v.bars.Update(present.TeamBars(s, phone.SendGroupText{}.Verb()))
	if s.Snap.Team.Messages.Revision != v.revision || s.Snap.Team.Link != v.link {
		v.ask()
	}
	lay.Again(v.object)
}

// ask asks for the thread; an answer that comes after another question is nobody's.
func (v *Thread) ask() {
	if v.deps.GroupMessages == nil {
		return
	}
	v.revision, v.link = v.scene.Snap.Team.Messages.Revision, v.scene.Snap.Team.Link
	v.turn++
	turn := v.turn
	v.deps.GroupMessages(phone.GroupMessageQuery{Groups: []phone.TeamGroupID{v.with.Group}, Peer: v.with.Peer, Limit: latest}, func(p phone.GroupMessagePage, err error) {
		switch {
		case turn != v.turn:
		case err != nil:
			v.deps.Say(text.Refusal(err))
		default:
			v.show(present.GroupBubbles(v.scene, p.Messages))
		}
	})
}

// show draws the thread.
func (v *Thread) show(bubbles []present.Bubble) {
	if slices.Equal(bubbles, v.bubbles) {
		return
	}
	more := len(bubbles) > len(v.bubbles)
	v.bubbles = bubbles
	v.column.Objects = nil
	for _, b := range bubbles {
		v.draw(b)
	}
	lay.Again(v.object)
	if more {
		v.scroll.ScrollToBottom()
	}
}

// draw adds a message: theirs at the left, the group's at the right.
func (v *Thread) draw(b present.Bubble) {
	if b.Day != "" {
		v.column.Add(lay.Pad(0, theme.Grid, 0, 0, widget.NewText(b.Day, widget.Style{Size: theme.DetailSize, Bold: true, Token: theme.Text2})))
	}
	fill := theme.Surface
	left, right := float32(0), float32(aside)
	if b.Mine {
		fill, left, right = theme.AccentSoft, right, left
	}
	under := b.When
	if b.State != "" && !b.Failed {
		under += " · " + b.State
	}
	words := lay.Col(2, widget.NewParagraph(b.Text, widget.Style{Size: theme.BodySize, Token: theme.Text}), widget.NewText(under, widget.Style{Size: theme.DetailSize, Token: theme.Text2, Figures: true, Cut: true}))
	if b.Failed {
		words.Add(lay.RowTop(6, widget.NewIcon("triangle-alert", theme.DangerText, theme.IconSmall),
			lay.Fill(widget.NewParagraph(b.State, widget.Style{Size: theme.DetailSize, Token: theme.DangerText}))))
	}
	panel := widget.NewPanel(widget.PanelSpec{Fill: fill, Border: theme.Border, Radius: theme.RadiusCard}, lay.Pad(12, theme.Grid, 12, theme.Grid, words))
	v.column.Add(lay.Pad(left, 0, right, 0, panel))
}

// choose begins with one of the group's ready texts.
func (v *Thread) choose() {
	var items []widget.MenuItem
	for _, t := range present.GroupTemplates(v.scene, v.with.Group) {
		items = append(items, widget.MenuItem{Text: present.Clean(t.Name, 60), Icon: "file-text", Run: func() { v.entry.SetText(t.Text) }})
	}
	widget.ShowMenuUnder(v.templates, items)
}

// ready draws what can be chosen and pressed now.
func (v *Thread) ready() {
	senders := present.GroupSenders(v.scene, v.with.Group)
	if !slices.ContainsFunc(senders, func(c present.Choice) bool { return c.Value == v.sender }) {
		v.sender = ""
		if len(senders) > 0 {
			v.sender = senders[0].Value
		}
	}
	var options []widget.Option
	for _, c := range senders {
		options = append(options, widget.Option{ID: c.Value, Text: c.Text})
	}
	v.senders = senders
	v.as.Set(options, v.sender)
	widget.SetVisible(v.templates, len(present.GroupTemplates(v.scene, v.with.Group)) > 0)
	call := v.call.Spec()
	call.Disabled = ""
	if ok, why := present.CanDial(v.scene); !ok {
		call.Disabled = why
	}
	v.call.Set(call)
	v.why = present.GroupTextFault(v.scene, senders, v.entry.Text())
	v.send.Set(widget.ButtonSpec{Icon: "send", Text: text.T("message.send"), Look: widget.Primary, Disabled: v.why})
}

// key sends by Enter.
func (v *Thread) key(k command.Chord) bool {
	if k.Mod != 0 || k.Key != command.KeyEnter && k.Key != command.KeyNumEnter {
		return false
	}
	v.write()
	return true
}

// write sends what is written. It is shown when the server has it, with how it goes.
func (v *Thread) write() {
	if v.why != "" {
		v.deps.Say(v.why)
		return
	}
	if v.tell(present.GroupText(v.sender, []string{v.with.Peer}, v.entry.Text())) {
		v.entry.SetText("")
	}
}

func (v *Thread) tell(c phone.Command) bool {
	if err := v.deps.Do(c); err != nil {
		v.deps.Say(text.Refusal(err))
		return false
	}
	return true
}
