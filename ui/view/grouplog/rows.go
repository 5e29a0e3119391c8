package grouplog

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/history"
	"svara/ui/view/person"
	"svara/ui/widget"
)

// doublePress is how soon the second press of a double press comes.
const doublePress = 400 * time.Millisecond

// The widths, in dp, from which there are columns, and from which the note has one.
const (
	wideFrom = 760
	noteFrom = 1080
)

// The widths of the columns and of the room for the actions after them, in dp.
const (
	timeColumn    = 92
	queueColumn   = 122
	waitColumn    = 68
	handlerColumn = 148
	noteColumn    = 150
	actionsRoom   = 212
)

// column is one of the table's: its caption and width.
type column struct {
	caption string // text key
	width   float32
}

// columns are those that there is room for, none where the rows have two lines.
func (v *View) columns() int {
	switch dp := v.width / theme.Scale(); {
	case dp >= noteFrom:
		return 5
	case dp >= wideFrom:
		return 4
	}
	return 0
}

var table = []column{
	{"grouplog.column_time", timeColumn}, {"grouplog.column_queue", queueColumn}, {"grouplog.column_waited", waitColumn},
	{"grouplog.column_handler", handlerColumn}, {"grouplog.column_note", noteColumn},
}

func (v *View) create() *widget.Row {
	call := widget.NewButton(widget.ButtonSpec{Icon: "phone", Look: widget.Go}, nil)
	more := widget.NewButton(widget.ButtonSpec{Icon: "ellipsis", Tip: text.T("person.more")}, nil)
	care := widget.NewButton(widget.ButtonSpec{}, nil)
	row := widget.NewRow(more, call, care)
	row.OnMove = func() { v.moved = time.Now() }
	return row
}

func (v *View) bind(i int, row *widget.Row) {
	if i >= len(v.models) {
		return
	}
	m := v.models[i]
	spec := rowSpec(m, v.columns())
	more, call, care := row.Actions()[0], row.Actions()[1], row.Actions()[2]
	call.Set(history.CallSpec(v.scene, m.Dial, text.T("call.back"), ""))
	call.OnTap(func() { v.back(m) })
	more.OnTap(func() { v.items(m, more, func(items []widget.MenuItem) { widget.ShowMenuUnder(more, items) }) })
	if act := v.careOf(m); act != nil {
		spec.Actions = 3
		b := widget.ButtonSpec{Icon: act.icon, Text: act.words, Disabled: m.Locked}
		if v.columns() == 0 {
			b.Text, b.Tip = "", act.words
		}
		if m.Asking {
			b.Icon = "loader"
		}
		care.Set(b)
		care.OnTap(act.run)
	} else {
		spec.Actions = 2
	}
	row.Set(spec)
}

// act is what is to be done about a call next.
type act struct {
	icon, words string
	run         func()
}

// careOf is the next step with an open call: to take it, or to say that it is done.
func (v *View) careOf(m present.GroupRow) *act {
	switch {
	case m.More || !m.Open:
		return nil
	case m.Mine:
		return &act{"check", text.T("grouplog.done"), func() { v.tell(m.Handle(true)) }}
	case m.Call.Handler.ID == "":
		return &act{"hand", text.T("grouplog.take"), func() { v.tell(m.Take(v.scene.Snap.Team.Me, true)) }}
	}
	return nil
}

// rowSpec is the row of a call. Where there are columns for them, queue, handler and note are not in the second line.
func rowSpec(m present.GroupRow, columns int) widget.RowSpec {
	if m.More {
		return widget.RowSpec{Title: history.Spans(m.Name), Icon: m.Icon, Bare: true}
	}
	tint, ink, _ := view.Colors(m.Tone)
	_, care, _ := view.Colors(m.Care)
	spec := widget.RowSpec{Name: m.Who.Face(), Title: history.Spans(m.Name), Strong: true, Icon: m.Icon, IconTint: tint}
	spec.Detail = []widget.Span{{Text: m.Outcome, Token: ink, Bold: m.Open}}
	add := func(words ...widget.Span) {
		if len(words) > 0 && words[0].Text != "" {
			spec.Detail = append(append(spec.Detail, widget.Span{Text: " · "}), words...)
		}
	}
	note := widget.Span{Text: m.Note, Token: theme.Text}
	if m.Note != "" {
		note.Text = "”" + m.Note + "”"
	}
	if columns == 0 {
		spec.End = m.When
		add(widget.Span{Text: m.Handler, Token: care})
		add(note)
		add(widget.Span{Text: m.Queue})
		add(history.Spans(m.Number)...)
		return spec
	}
	add(history.Spans(m.Number)...)
	if columns < len(table) {
		add(note)
	}
	for i, words := range []string{m.When, m.Queue, m.Waited, m.Handler, m.Note}[:columns] {
		c := widget.Column{Text: words, Width: table[i].width}
		switch i {
		case 3:
			c.Token = care
		case 4:
			c.Token = theme.Text
		}
		spec.Columns = append(spec.Columns, c)
	}
	spec.Always, spec.Tail = true, actionsRoom
	return spec
}

// back calls back.
func (v *View) back(m present.GroupRow) {
	switch {
	case m.More:
		v.older()
	case m.Dial == "":
		v.deps.Say(text.T("history.no_number"))
	default:
		v.call(m.Dial)
	}
}

// press is a press on a row; the second one in a moment dials.
func (v *View) press(i int) {
	now := time.Now()
	twice := i == v.pressed && now.Sub(v.at) < doublePress
	v.pressed, v.at = i, now
	switch {
	case i >= len(v.models):
	case v.models[i].More:
		v.older()
	case twice:
		v.pressed = -1
		v.back(v.models[i])
	}
}

func (v *View) menu(i int, at fyne.Position) {
	if i < 0 || i >= len(v.models) || v.models[i].More {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(v.rows); c != nil {
		v.items(v.models[i], v.rows, func(items []widget.MenuItem) { widget.ShowMenu(c, at, items) })
	}
}

// items is the menu of a call and of the person who has its number. under is where a menu that follows opens.
func (v *View) items(m present.GroupRow, under fyne.CanvasObject, show func([]widget.MenuItem)) {
	dial := widget.MenuItem{Text: text.T("call.back"), Icon: "phone", Run: func() { v.back(m) }}
	if m.Dial == "" {
		dial.Disabled = text.T("history.no_number")
	}
	items := []widget.MenuItem{dial}
	if m.Call.Outcome == phone.GroupMissed {
		me := v.scene.Snap.Team.Me
		items = append(items, widget.MenuItem{})
		if m.Mine {
			items = append(items, widget.MenuItem{Text: text.T("grouplog.leave"), Icon: "undo-2", Disabled: m.Locked, Run: func() { v.tell(m.Take(me, false)) }})
		} else if me != "" {
			items = append(items, widget.MenuItem{Text: text.T("grouplog.take"), Icon: "hand", Disabled: m.Locked, Run: func() { v.tell(m.Take(me, true)) }})
		}
		items = append(items, widget.MenuItem{Text: text.T("grouplog.assign"), Icon: "users", Disabled: m.Locked, Run: func() { v.assign(m, under) }})
		if m.Call.Handled {
			items = append(items, widget.MenuItem{Text: text.T("grouplog.unhandled"), Icon: "undo-2", Disabled: m.Locked, Run: func() { v.tell(m.Handle(false)) }})
		} else {
			items = append(items, widget.MenuItem{Text: text.T("grouplog.handled"), Icon: "check", Disabled: m.Locked, Run: func() { v.tell(m.Handle(true)) }})
		}
	}
	items = append(items, widget.MenuItem{Text: text.T("history.note"), Icon: "notebook-pen", Disabled: m.Locked, Run: func() { v.note(m) }})
	if m.Dial != "" {
		items = append(items, widget.MenuItem{}, widget.MenuItem{Text: text.T("list.copy_number"), Icon: "copy", Run: func() { fyne.CurrentApp().Clipboard().SetContent(m.Dial) }})
	}
	if v.deps.Contacts == nil || m.Dial == "" {
		show(items)
		return
	}
	v.deps.Contacts.Match(m.Dial, func(people []phone.Person) {
		if len(people) > 0 {
			p := people[0]
			items = append(items, widget.MenuItem{Text: text.T("person.details"), Icon: "book-user", Run: func() { v.deps.Contacts.Show(p.ID) }})
		} else {
			name := ""
			if m.Who.Known {
				name = m.Who.Name
			}
			items = append(items, person.Unknown(v.deps, name, m.Dial)...)
		}
		show(items)
	})
}

// assign is the menu of who is to take care of a call.
func (v *View) assign(m present.GroupRow, under fyne.CanvasObject) {
	var items []widget.MenuItem
	for _, c := range present.GroupAssignees(v.scene, m.Call) {
		to := phone.TeamPersonID(c.Value)
		items = append(items, widget.MenuItem{Text: c.Text, Icon: "users", Chosen: to == m.Call.Handler.ID, Run: func() { v.tell(m.Assign(to)) }})
	}
	items = append(items, widget.MenuItem{}, widget.MenuItem{Text: text.T("grouplog.nobody"), Icon: "minus", Chosen: m.Call.Handler.ID == "", Run: func() { v.tell(m.Assign("")) }})
	widget.ShowMenuUnder(under, items)
}

// note opens the form of a note on a call.
func (v *View) note(m present.GroupRow) {
	if v.deps.GroupNote != nil && !m.More && m.Locked == "" {
		v.deps.GroupNote(m.Call, m.Who.Name)
	}
}

// rune does what the keys under the list say. During a call digits are tones.
func (v *View) rune(r rune) bool {
	if v.scene.Snap == nil {
		return false
	}
	m, ok := v.Chosen()
	switch {
	case len(v.scene.Snap.Calls) > 0 && r >= '0' && r <= '9':
		return false
	case ok && !m.More && m.Locked == "" && r == 'm' && m.Call.Outcome == phone.GroupMissed:
		v.tell(m.Take(v.scene.Snap.Team.Me, !m.Mine))
		return true
	case ok && !m.More && m.Locked == "" && r == 'd' && m.Call.Outcome == phone.GroupMissed:
		v.tell(m.Handle(!m.Call.Handled))
		return true
	case ok && r == 'n':
		v.note(m)
		return true
	}
	for _, c := range present.GroupCircles(v.choice) {
		if c.Key == string(r) {
			v.Choose(v.choice.Toggle(c.Outcome))
			return true
		}
	}
	return false
}

// key is what the keyboard does in the list beyond moving.
func (v *View) key(e *fyne.KeyEvent) bool {
	if m, ok := v.Chosen(); ok && (e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter) {
		v.back(m)
		return true
	}
	return false
}

// captions are the words over the columns.
type captions struct {
	v      *View
	caller *widget.Text
	texts  []*widget.Text
	object *widget.Panel
}

func newCaptions(v *View) *captions {
	c := &captions{v: v}
	style := widget.Style{Size: theme.DetailSize, Bold: true, Token: theme.Text2, Cut: true}
	c.caller = widget.NewText(text.T("grouplog.column_caller"), style)
	objects := []fyne.CanvasObject{c.caller}
	for _, t := range table {
		w := widget.NewText(text.T(t.caption), style)
		c.texts = append(c.texts, w)
		objects = append(objects, w)
	}
	c.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Raised, Border: theme.Border, Bottom: true}, container.New(&captionLayout{c}, objects...))
	return c
}

func (c *captions) update() {
	widget.SetVisible(c.object, c.v.columns() > 0)
	for i, w := range c.texts {
		widget.SetVisible(w, i < c.v.columns())
	}
}

// captionLayout puts them where widget.Row has its columns.
type captionLayout struct{ c *captions }

// MinSize implements fyne.Layout.
func (l *captionLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, theme.Px(32))
}

// Layout implements fyne.Layout.
func (l *captionLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	right := size.Width - theme.Px(12+actionsRoom)
	place := func(o fyne.CanvasObject, x, w float32) {
		h := o.MinSize().Height
		o.Move(fyne.NewPos(x, (size.Height-h)/2))
		o.Resize(fyne.NewSize(max(0, w), h))
	}
	for i := l.c.v.columns() - 1; i >= 0; i-- {
		w := theme.Px(table[i].width)
		right -= w
		place(l.c.texts[i], right, w-theme.Px(theme.Grid))
	}
	x := theme.Px(theme.WindowPadding + theme.AvatarSmall + 14)
	place(l.c.caller, x, right-x)
}
