package groupmessages

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/conversation"
	"svara/ui/view/lay"
	"svara/ui/view/warning"
	"svara/ui/widget"
)

// latest is how many messages of a thread are shown.
const latest = 100

// Thread is the window in which one writes with somebody for a group.
type Thread struct {
	deps     view.Deps
	scene    present.Scene
	with     present.GroupThread
	revision uint64
	link     phone.TeamLink
	turn     int
	sender   string

	bars      *warning.Bars
	talk      *conversation.View
	as        *widget.Select
	templates *widget.Button
	object    fyne.CanvasObject
}

// NewThread makes the window's content.
func NewThread(deps view.Deps, s present.Scene, with present.GroupThread) *Thread {
	v := &Thread{deps: deps, scene: s, with: with, bars: warning.New(deps, nil)}
	v.as = widget.NewSelect("send", func(id string) { v.sender = id; v.ready() })
	v.as.SetName(text.T("groupmessage.from"))
	v.templates = widget.NewButton(widget.ButtonSpec{Icon: "file-text", Text: text.T("groupmessage.template")}, v.choose)
	v.talk = conversation.New(deps, nil, lay.Row(theme.Grid, lay.Fill(v.as), v.templates), v.write, v.ready)
	v.talk.With(with.Name, with.Peer)
	v.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Bg}, container.NewBorder(lay.Col(0, v.bars.Object(), v.talk.Head), v.talk.Foot, nil, nil, v.talk.Middle))
	v.ready()
	v.ask()
	return v
}

// Object is the window's content.
func (v *Thread) Object() fyne.CanvasObject { return v.object }

// Focus puts the caret where one writes.
func (v *Thread) Focus(c fyne.Canvas) { c.Focus(v.talk.Entry.Entry()) }

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
			v.talk.Show(present.GroupBubbles(v.scene, p.Messages))
		}
	})
}

// choose begins with one of the group's ready texts.
func (v *Thread) choose() {
	var items []widget.MenuItem
	for _, t := range present.GroupTemplates(v.scene, v.with.Group) {
		items = append(items, widget.MenuItem{Text: present.Clean(t.Name, 60), Icon: "file-text", Run: func() { v.talk.Entry.SetText(t.Text) }})
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
	v.as.Set(options, v.sender)
	widget.SetVisible(v.templates, len(present.GroupTemplates(v.scene, v.with.Group)) > 0)
	v.talk.Ready(v.scene, present.GroupTextFault(v.scene, senders, v.talk.Entry.Text()))
}

// write sends for the group.
func (v *Thread) write(words string) bool {
	return v.talk.Tell(present.GroupText(v.sender, []string{v.with.Peer}, words))
}
