// Package messages is the window of text messages: the threads, and the conversation with one number.
package messages

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/conversation"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// View is the window's content.
type View struct {
	deps     view.Deps
	scene    present.Scene
	with     present.Message // whom the conversation is with; without a number the threads are shown
	revision uint64          // of what was asked for last
	asked    bool
	threads  []present.TextRow

	back   *widget.Button
	talk   *conversation.View
	list   *widget.KeyList
	none   *widget.Paragraph
	all    *fyne.Container // the threads
	object fyne.CanvasObject
}

// New makes the conversation with somebody, with a text to begin with; with nobody it makes the list of threads.
func New(deps view.Deps, s present.Scene, with present.Message) *View {
	v := &View{deps: deps, scene: s}
	v.back = widget.NewIconButton("chevron-left", text.T("message.all"), func() { v.open(present.Message{}) })
	v.talk = conversation.New(deps, v.back, nil, v.write, v.ready)
	v.list = widget.NewKeyList(func() int { return len(v.threads) }, func() *widget.Row { return widget.NewRow() }, v.bind)
	v.list.OnActivate = func(i int) { v.open(v.threads[i].Message) }
	v.none = widget.NewParagraph(text.T("message.none"), widget.Style{Size: theme.BodySize, Token: theme.Text2})
	v.all = container.NewStack(v.list, lay.PadAll(theme.WindowPadding, v.none))
	v.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Bg}, container.NewBorder(v.talk.Head, v.talk.Foot, nil, nil, container.NewStack(v.all, v.talk.Middle)))
	v.open(with)
	return v
}

// Object is the window's content.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Update follows the phone.
func (v *View) Update(s present.Scene) {
	day := v.scene.Now.YearDay() != s.Now.YearDay()
	v.scene = s
	v.ready()
	if day || s.Snap.Texts.Revision != v.revision {
		v.ask()
	}
}

// Focus puts the caret where one writes.
func (v *View) Focus(c fyne.Canvas) {
	if v.with.To != "" {
		c.Focus(v.talk.Entry.Entry())
		return
	}
	c.Focus(v.list)
}

// open shows the conversation with somebody, or the threads.
func (v *View) open(with present.Message) {
	v.with = with
	talk := with.To != ""
	if !talk {
		with.Name = text.T("message.threads")
	}
	v.talk.With(with.Name, with.To)
	v.talk.Entry.SetText(with.Text)
	widget.SetVisible(v.back, talk)
	widget.SetVisible(v.talk.Foot, talk)
	widget.SetVisible(v.talk.Middle, talk)
	widget.SetVisible(v.all, !talk)
	v.ready()
	v.ask()
	if c := fyne.CurrentApp().Driver().CanvasForObject(v.object); c != nil {
		v.Focus(c)
	}
	lay.Again(v.object)
}

// ask asks for what is shown; an answer that comes after another question is nobody's.
func (v *View) ask() {
	v.revision, v.asked = v.scene.Snap.Texts.Revision, true
	revision, with := v.revision, v.with.To
	late := func() bool { return revision != v.revision || with != v.with.To }
	if with == "" {
		v.deps.Threads(func(threads []phone.TextThread, err error) {
			if !late() && v.told(err) {
				v.threads = present.TextRows(v.scene, threads)
				widget.SetVisible(v.none, len(threads) == 0)
				v.list.Reload()
			}
		})
		return
	}
	v.deps.Texts(phone.TextQuery{With: with}, func(texts []phone.Text, err error) {
		if !late() && v.told(err) {
			v.show(texts)
		}
	})
}

func (v *View) told(err error) bool {
	if err != nil {
		v.deps.Say(text.Refusal(err))
	}
	return err == nil
}

// show draws a conversation: what is seen has been read.
func (v *View) show(texts []phone.Text) {
	for _, m := range texts {
		if !m.Read {
			v.talk.Tell(phone.ReadTexts{With: v.with.To})
			break
		}
	}
	v.talk.Show(present.Bubbles(v.scene, texts))
}

func (v *View) bind(i int, row *widget.Row) {
	t := v.threads[i]
	spec := widget.RowSpec{Name: t.Name, End: t.When, Strong: t.Unread > 0, Detail: []widget.Span{{Text: t.Last}}}
	if t.Unread > 0 { // the dot is told by a word in the second line as well
		spec.Title = []widget.Span{{Text: "● ", Token: theme.Accent}, {Text: t.Name}}
		spec.Detail = []widget.Span{{Text: text.T("message.new", "n", t.Unread), Token: theme.AccentText, Bold: true}, {Text: " · " + t.Last}}
	}
	row.Set(spec)
	row.OnMenu = func(at fyne.Position) { v.menu(t, at) }
}

// menu is what can be done with a thread.
func (v *View) menu(t present.TextRow, at fyne.Position) {
	c := fyne.CurrentApp().Driver().CanvasForObject(v.object)
	if c == nil {
		return
	}
	widget.ShowMenu(c, at, []widget.MenuItem{
		{Text: text.T("dial.call"), Icon: "phone", Run: func() { v.talk.Tell(phone.Dial{Target: t.To}) }},
		{Text: text.T("message.delete"), Icon: "trash-2", Run: func() { v.talk.Tell(phone.DeleteTexts{With: t.To}) }},
	})
}

// ready draws the buttons as they can be pressed now.
func (v *View) ready() {
	why := present.MessageFault(v.talk.Entry.Text())
	if ok, cannot := present.CanDial(v.scene); !ok {
		why = cannot
	}
	v.talk.Ready(v.scene, why)
}

// write sends to whom the conversation is with.
func (v *View) write(words string) bool {
	return v.talk.Tell(phone.SendText{Target: v.with.To, Text: present.Written(words)})
}
