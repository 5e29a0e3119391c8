// Package messages is the window of text messages: the threads, and the conversation with one number.
package messages

import (
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

// View is the window's content.
type View struct {
	deps     view.Deps
	scene    present.Scene
	with     present.Message // whom the conversation is with; without a number the threads are shown
	revision uint64          // of what was asked for last
	asked    bool
	threads  []present.TextRow
	bubbles  []present.Bubble

	back    *widget.Button
	title   *widget.Text
	number  *widget.Text
	call    *widget.Button
	list    *widget.KeyList
	none    *widget.Paragraph
	column  *fyne.Container
	scroll  *container.Scroll
	entry   *widget.Field
	send    *widget.Button
	foot    *widget.Panel
	object  fyne.CanvasObject
	canWhy  string
	threadO fyne.CanvasObject
}

// writeLines is how high the field for an answer is.
const writeLines = 2

// New makes the conversation with somebody, with a text to begin with; with nobody it makes the list of threads.
func New(deps view.Deps, s present.Scene, with present.Message) *View {
	v := &View{deps: deps, scene: s}
	v.back = widget.NewIconButton("chevron-left", text.T("message.all"), func() { v.open(present.Message{}) })
	v.title = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Cut: true})
	v.number = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Figures: true, Cut: true})
	v.call = widget.NewButton(widget.ButtonSpec{Icon: "phone", Look: widget.Go, Tip: text.T("dial.call")}, v.dial)
	v.list = widget.NewKeyList(func() int { return len(v.threads) }, func() *widget.Row { return widget.NewRow() }, v.bind)
	v.list.OnActivate = func(i int) { v.open(v.threads[i].Message) }
	v.none = widget.NewParagraph(text.T("message.none"), widget.Style{Size: theme.BodySize, Token: theme.Text2})
	v.column = lay.Col(theme.Half)
	v.scroll = container.NewVScroll(lay.PadAll(theme.WindowPadding, v.column))
	v.entry = widget.NewAreaField(widget.FieldSpec{Placeholder: text.T("message.text")}, writeLines)
	v.entry.Entry().OnChanged = func(string) { v.ready() }
	v.entry.Entry().OnKey = v.key
	v.send = widget.NewButton(widget.ButtonSpec{}, v.write)
	v.foot = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Top: true},
		lay.Pad(12, 10, 12, 10, lay.Row(theme.Grid, lay.Fill(v.entry), v.send)))
	head := widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Bottom: true},
		lay.Pad(12, 10, 12, 10, lay.Row(theme.Grid, v.back, lay.Fill(lay.Col(0, v.title, v.number)), v.call)))
	v.threadO = container.NewStack(v.list, lay.PadAll(theme.WindowPadding, v.none))
	v.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Bg}, container.NewBorder(head, v.foot, nil, nil, container.NewStack(v.threadO, v.scroll)))
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
		c.Focus(v.entry.Entry())
		return
	}
	c.Focus(v.list)
}

// open shows the conversation with somebody, or the threads.
func (v *View) open(with present.Message) {
	v.with = with
	talk := with.To != ""
	v.title.Set(text.T("message.threads"))
	v.number.Set("")
	if talk {
		v.title.Set(with.Name)
		v.number.Set(present.Clean(with.To, 60))
	}
	v.entry.SetText(with.Text)
	widget.SetVisible(v.back, talk)
	widget.SetVisible(v.number, talk && with.Name != with.To)
	widget.SetVisible(v.call, talk)
	widget.SetVisible(v.foot, talk)
	widget.SetVisible(v.scroll, talk)
	widget.SetVisible(v.threadO, !talk)
	v.column.Objects = nil
	v.bubbles = nil
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
			v.tell(phone.ReadTexts{With: v.with.To})
			break
		}
	}
	bubbles := present.Bubbles(v.scene, texts)
	more := len(bubbles) > 0 && (len(v.bubbles) == 0 || v.bubbles[len(v.bubbles)-1].ID != bubbles[len(bubbles)-1].ID)
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

// draw adds a message to the conversation: theirs at the left, ours at the right.
func (v *View) draw(b present.Bubble) {
	if b.Day != "" {
		v.column.Add(lay.Pad(0, theme.Grid, 0, 0, widget.NewText(b.Day, widget.Style{Size: theme.DetailSize, Bold: true, Token: theme.Text2})))
	}
	fill, ink := theme.Surface, theme.Text
	if b.Mine {
		fill = theme.AccentSoft
	}
	words := lay.Col(2, widget.NewParagraph(b.Text, widget.Style{Size: theme.BodySize, Token: ink}))
	under := b.When
	if b.State != "" && !b.Failed {
		under += " · " + b.State
	}
	words.Add(widget.NewText(under, widget.Style{Size: theme.DetailSize, Token: theme.Text2, Figures: true}))
	if b.Failed {
		words.Add(lay.RowTop(6, widget.NewIcon("triangle-alert", theme.DangerText, theme.IconSmall),
			lay.Fill(widget.NewParagraph(b.State, widget.Style{Size: theme.DetailSize, Token: theme.DangerText}))))
	}
	panel := widget.NewPanel(widget.PanelSpec{Fill: fill, Border: theme.Border, Radius: theme.RadiusCard}, lay.Pad(12, theme.Grid, 12, theme.Grid, words))
	left, right := float32(0), float32(aside)
	if b.Mine {
		left, right = right, left
	}
	v.column.Add(lay.Pad(left, 0, right, 0, panel))
}

// aside is the room at the side of a message, in dp, by which ours are told from theirs beside their colour.
const aside = 56

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
		{Text: text.T("dial.call"), Icon: "phone", Run: func() { v.tell(phone.Dial{Target: t.To}) }},
		{Text: text.T("message.delete"), Icon: "trash-2", Run: func() { v.tell(phone.DeleteTexts{With: t.To}) }},
	})
}

// ready draws the buttons as they can be pressed now.
func (v *View) ready() {
	ok, why := present.CanDial(v.scene)
	if ok {
		why = ""
	}
	call := v.call.Spec()
	call.Disabled = why
	v.call.Set(call)
	spec := widget.ButtonSpec{Icon: "send", Text: text.T("message.send"), Look: widget.Primary, Disabled: why}
	if f := present.MessageFault(v.entry.Text()); f != "" && why == "" {
		spec.Disabled = f
	}
	v.canWhy = spec.Disabled
	v.send.Set(spec)
}

// key sends by Enter.
func (v *View) key(k command.Chord) bool {
	if k.Mod != 0 || k.Key != command.KeyEnter && k.Key != command.KeyNumEnter {
		return false
	}
	v.write()
	return true
}

// write sends what is written. It is shown when it has been kept, with how it goes.
func (v *View) write() {
	if v.canWhy != "" {
		v.deps.Say(v.canWhy)
		return
	}
	if v.tell(phone.SendText{Target: v.with.To, Text: present.Written(v.entry.Text())}) {
		v.entry.SetText("")
	}
}

func (v *View) dial() { v.tell(phone.Dial{Target: v.with.To}) }

func (v *View) tell(c phone.Command) bool {
	if err := v.deps.Do(c); err != nil {
		v.deps.Say(text.Refusal(err))
		return false
	}
	return true
}
