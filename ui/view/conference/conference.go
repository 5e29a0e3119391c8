// Package conference draws the conference: who is in it, who is being called to it, who waits outside, and what is done
// with all of them.
package conference

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

// View is the conference, and its small card for when another call is in front. What it holds is what the user is about
// to do: a name typed, a row that is open, the question before all are hung up.
type View struct {
	deps  view.Deps
	scene present.Scene
	model *present.Conference // nil when there is none
	open  phone.CallID        // the member whose level is shown

	head    *head
	away    *widget.Paragraph
	awayBar fyne.CanvasObject
	back    *widget.Button
	rec     *widget.Text
	recBar  fyne.CanvasObject
	stop    *widget.Button
	add     *widget.Field
	you     *row
	members []*row
	waiting []*row
	rows    *fyne.Container
	actions *actions
	scroll  *container.Scroll
	page    *fyne.Container
	tail    *fyne.Container // the actions when there is no room for them at the bottom
	dock    *fyne.Container // the actions at the bottom
	object  *fyne.Container
	small   *small
}

// New makes the view. It shows nothing until a scene with a conference comes.
func New(deps view.Deps) *View {
	v := &View{deps: deps}
	v.head = newHead(v)
	v.away = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.WarnText})
	v.back = widget.NewButton(widget.ButtonSpec{}, func() { v.do(v.model.Back) })
	v.awayBar = bar(theme.WarnSoft, lay.Aside(theme.Grid, 120, v.away, v.back))
	v.rec = widget.NewText("", widget.Style{Size: theme.BodySize, Token: theme.RedText, Bold: true, Figures: true, Cut: true})
	v.stop = widget.NewButton(widget.ButtonSpec{}, func() { v.do(v.model.Stop) })
	v.recBar = bar(theme.RedSoft, lay.Aside(theme.Grid, 130, lay.Row(theme.Grid, widget.NewIcon("circle-dot", theme.RedText, theme.IconMedium), lay.Fill(v.rec)), v.stop))
	v.add = widget.NewField(widget.FieldSpec{})
	v.add.Entry().OnKey = v.key
	v.add.Entry().OnChanged = func(string) { v.addSpec("") }
	v.you = newRow(v, true)
	v.rows = lay.Col(0, v.you.object)
	v.actions = newActions(v)
	v.tail, v.dock = container.NewStack(), container.NewStack(v.actions.object)
	v.page = lay.Col(0,
		lay.Pad(16, 12, 16, 12, lay.Col(10, v.head.object, v.awayBar, v.recBar, v.add)),
		widget.NewLine(false),
		v.rows,
		v.tail,
	)
	v.scroll = container.NewVScroll(v.page)
	v.object = container.NewStack(widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, container.NewWithoutLayout()), container.New(&frame{v}, v.scroll, v.dock))
	v.small = newSmall(v)
	return v
}

func bar(fill theme.Token, o fyne.CanvasObject) fyne.CanvasObject {
	return widget.NewPanel(widget.PanelSpec{Fill: fill, Radius: theme.RadiusField}, lay.Pad(12, 4, 4, 4, o))
}

// frame lays out what scrolls and, under it, the actions. A window too low for both has the actions at the end of what
// scrolls.
type frame struct{ v *View }

// roomForRows is how much of the rows must be seen, in dp, for the actions to stay at the bottom.
const roomForRows = 110

// narrow is the width, in dp, under which buttons are small.
const narrow = 370

// MinSize implements fyne.Layout.
func (f *frame) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

// Layout implements fyne.Layout.
func (f *frame) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	v := f.v
	o := v.actions.object
	v.actions.fit(size.Width < theme.Px(narrow))
	o.Resize(fyne.NewSize(size.Width, o.Size().Height)) // it knows its height only then
	h := o.MinSize().Height
	docked := size.Height-h >= theme.Px(roomForRows)
	if docked != (len(v.dock.Objects) > 0) {
		v.dock.Objects, v.tail.Objects = nil, nil
		if docked {
			v.dock.Objects = []fyne.CanvasObject{o}
		} else {
			v.tail.Objects = []fyne.CanvasObject{o}
		}
	}
	if !docked {
		h = 0
	}
	v.dock.Move(fyne.NewPos(0, size.Height-h))
	v.dock.Resize(fyne.NewSize(size.Width, h))
	v.page.Resize(fyne.NewSize(size.Width, v.page.Size().Height))
	v.scroll.Move(fyne.NewPos(0, 0))
	v.scroll.Resize(fyne.NewSize(size.Width, size.Height-h))
	lay.Again(v.scroll)
}

// Object is the view, as large as it is given room.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Small is the card that stands for the conference while another call is in front.
func (v *View) Small() fyne.CanvasObject { return v.small.object }

// There reports whether there is a conference, and whether it is in front rather than a small card.
func (v *View) There() (there, front bool) { return v.model != nil, v.model != nil && v.model.Front }

// Update draws a scene.
func (v *View) Update(s present.Scene) {
	v.scene = s
	v.model = present.ConferenceOf(s)
	m := v.model
	if m == nil {
		v.open = 0
		v.actions.ask(false)
		return
	}
	v.head.update(m)
	v.away.Set(m.Away)
	widget.SetVisible(v.awayBar, m.Away != "")
	v.back.Set(spec(m.Back.Button, widget.Primary, widget.Small))
	v.rec.Set(m.Recording)
	widget.SetVisible(v.recBar, m.Recording != "")
	v.stop.Set(spec(m.Stop.Button, widget.Decline, widget.Small))
	v.addSpec(v.add.Spec().Error)
	v.you.update(m.You)
	v.members = v.fit(v.members, len(m.Members))
	for i, r := range v.members {
		r.update(m.Members[i])
	}
	v.waiting = v.fit(v.waiting, len(m.Waiting))
	for i, r := range v.waiting {
		r.update(m.Waiting[i])
	}
	v.rows.Objects = []fyne.CanvasObject{v.you.object}
	for _, r := range v.members {
		v.rows.Objects = append(v.rows.Objects, r.object)
	}
	for _, r := range v.waiting {
		v.rows.Objects = append(v.rows.Objects, r.object)
	}
	v.actions.update(m)
	v.small.update(m)
	lay.Again(v.object)
	lay.Again(v.small.object)
	if m.Front {
		v.deps.Meters()
	}
}

// fit gives a list so many rows.
func (v *View) fit(rows []*row, n int) []*row {
	for len(rows) < n {
		rows = append(rows, newRow(v, false))
	}
	return rows[:n]
}

// Levels draws the meters and reports whether there are any on screen.
func (v *View) Levels(l phone.Levels) bool {
	if v.model == nil || !v.object.Visible() || !v.model.Front {
		return false
	}
	v.you.meter.Set(present.LevelShare(l.Microphone), l.Microphone > -3)
	for _, r := range v.members {
		level, there := l.Parties[r.model.ID]
		if !there {
			level = -100
		}
		r.meter.Set(present.LevelShare(level), level > -3)
	}
	return true
}

// AskEnd asks whether all are to be hung up, with the keyboard on No.
func (v *View) AskEnd() {
	if v.model != nil {
		v.actions.ask(true)
	}
}

// Back closes what was opened last: the question, then an open row. It reports whether there was anything.
func (v *View) Back() bool {
	switch {
	case v.model == nil:
		return false
	case v.actions.asking:
		v.actions.ask(false)
	case v.open != 0:
		v.show(0)
	case v.add.Text() != "":
		v.add.SetText("")
	default:
		return false
	}
	return true
}

// show opens the level of a member; 0 closes it.
func (v *View) show(id phone.CallID) {
	v.open = id
	v.Update(v.scene)
}

// do tells the phone what a button means.
func (v *View) do(a present.Act) {
	for _, c := range a.Do {
		if err := v.deps.Do(c); err != nil {
			v.deps.Say(text.Refusal(err))
			return
		}
	}
}

// key takes Enter and Escape in the field while something is typed there.
func (v *View) key(chord command.Chord) bool {
	typed := v.add.Text()
	switch {
	case typed == "":
		return false
	case chord.Key == command.KeyEnter && chord.Mod == 0, chord.Key == command.KeyNumEnter && chord.Mod == 0:
		v.call(typed)
		return true
	case chord.Key == command.KeyEscape && chord.Mod == 0:
		v.add.SetText("")
		return true
	}
	return false
}

// call calls somebody to the conference: who is typed, a number or the name of somebody known.
func (v *View) call(typed string) {
	if v.model != nil && v.model.Full != "" {
		v.addSpec(v.model.Full)
		return
	}
	target, why := present.AddTarget(typed, v.deps.Namesakes)
	if why == "" {
		if err := v.deps.Do(phone.Dial{Target: target, Join: true}); err != nil {
			why = text.Refusal(err)
		}
	}
	if why == "" {
		v.add.SetText("")
	}
	v.addSpec(why)
}

// addSpec draws the field for one person more, with what is wrong with what was typed.
func (v *View) addSpec(wrong string) {
	s := widget.FieldSpec{Icon: "user-plus", Placeholder: text.T("conference.add"), Error: wrong}
	if v.model != nil && v.model.Full != "" && wrong == "" {
		s.Help = v.model.Full
	}
	if s != v.add.Spec() {
		v.add.Set(s)
		lay.Again(v.object)
	}
}

// spec is a model button as it is drawn.
func spec(b present.Button, look widget.Look, size widget.ButtonSize) widget.ButtonSpec {
	s := widget.ButtonSpec{Text: b.Text, Icon: b.Icon, Chosen: b.On, Look: look, Size: size}
	if !b.Enabled {
		s.Disabled = b.Reason
		if s.Disabled == "" {
			s.Disabled = text.T("disabled.not_now")
		}
	}
	return s
}

// icon is a model button drawn as an icon, its words as the tip.
func icon(b present.Button, look widget.Look) widget.ButtonSpec {
	s := spec(b, look, widget.Medium)
	s.Text, s.Tip = "", b.Text
	return s
}
