package history

import (
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/person"
	"svara/ui/widget"
)

func (v *View) create() *widget.Row {
	call := widget.NewButton(widget.ButtonSpec{Icon: "phone", Look: widget.Go, Tip: text.T("call.back")}, nil)
	more := widget.NewButton(widget.ButtonSpec{Icon: "ellipsis", Tip: text.T("person.more")}, nil)
	row := widget.NewRow(more, call)
	row.OnMove = func() { v.moved = time.Now() }
	return row
}

// Columns of a wide history, in dp.
const (
	queueColumn  = 140
	lengthColumn = 64
	noteColumn   = 200
)

func (v *View) bind(i int, row *widget.Row) {
	if i >= len(v.models) {
		return
	}
	m := v.models[i]
	spec := RowSpec(m, v.wide() && !m.More)
	spec.Compact = v.compact
	if !spec.Bare {
		spec.Actions = 0
	}
	if v.wide() && !m.More {
		if len(v.scene.Snap.Queues) > 0 {
			spec.Columns = append(spec.Columns, widget.Column{Text: m.Queue, Width: queueColumn})
		}
		spec.Columns = append(spec.Columns, widget.Column{Text: m.Length, Width: lengthColumn}, widget.Column{Text: m.Note, Token: theme.Text, Width: noteColumn})
	}
	row.Set(spec)
	more, call := row.Actions()[0], row.Actions()[1]
	call.Set(CallSpec(v.scene, m.Dial, text.T("call.back"), v.host.Asking()))
	call.OnTap(func() { v.host.Call(m.Dial) })
	more.OnTap(func() { v.items(m, more, func(items []widget.MenuItem) { widget.ShowMenuUnder(more, items) }) })
}

// CallSpec is the button of a row that dials, or hands the call over to the one of the row.
func CallSpec(s present.Scene, dial, words string, asking command.Question) widget.ButtonSpec {
	spec := widget.ButtonSpec{Icon: "phone", Look: widget.Go, Tip: words}
	if asking == command.AskTransfer {
		spec = widget.ButtonSpec{Icon: "arrow-right-left", Look: widget.Primary, Tip: text.T("call.transfer")}
	}
	if dial == "" {
		spec.Disabled = text.T("history.no_number")
	} else if ok, why := present.CanDial(s); !ok {
		spec.Disabled = why
	}
	return spec
}

// RowSpec is the row of a call. Where there are columns for them, queue, length and note are not in the second line.
func RowSpec(m present.HistoryRow, columns bool) widget.RowSpec {
	_, ink, _ := view.Colors(m.Tone)
	spec := widget.RowSpec{Name: m.Who.Face(), Title: Spans(m.Name), Strong: true, End: m.When, Actions: 1, Bare: m.More}
	if m.Icon != "" {
		tint, _, _ := view.Colors(m.Tone)
		spec.Icon, spec.IconTint = m.Icon, tint
	}
	spec.Detail = []widget.Span{{Text: m.Outcome, Token: ink, Bold: m.Unseen}}
	add := func(words ...widget.Span) {
		if len(words) > 0 && words[0].Text != "" {
			spec.Detail = append(append(spec.Detail, widget.Span{Text: " · "}), words...)
		}
	}
	if m.Note != "" && !columns {
		add(widget.Span{Text: "”" + m.Note + "”", Token: theme.Text})
	}
	if !columns {
		add(widget.Span{Text: m.Length})
	}
	if m.Who.Known && !m.More {
		add(Spans(m.Number)...)
	}
	if m.Sought != "" {
		add(widget.Span{Text: text.T("history.sought", "name", m.Sought)})
	}
	if len(m.Recordings) > 0 {
		add(widget.Span{Text: text.T("history.recorded")})
	}
	if !columns {
		add(widget.Span{Text: m.Queue})
	}
	return spec
}

// Spans is a model's pieces of text as a row draws them.
func Spans(in []present.Span) []widget.Span {
	out := make([]widget.Span, 0, len(in))
	for _, s := range in {
		out = append(out, widget.Span{Text: s.Text, Mark: s.Mark})
	}
	return out
}

// press is a press on a row; the second one in a moment dials.
func (v *View) press(i int) {
	now := time.Now()
	twice := i == v.pressed && now.Sub(v.at) < doublePress
	v.pressed, v.at = i, now
	switch {
	case i >= len(v.models):
	case v.models[i].More:
		v.More()
	case twice:
		v.pressed = -1
		v.host.Call(v.models[i].Dial)
	}
}

func (v *View) menu(i int, at fyne.Position) {
	if i < 0 || i >= len(v.models) || v.models[i].More {
		return
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(v.rows)
	if c == nil {
		return
	}
	v.items(v.models[i], v.title, func(items []widget.MenuItem) { widget.ShowMenu(c, at, items) })
}

// items is the menu of a call and of the person who has its number. under is where a menu that follows opens.
func (v *View) items(m present.HistoryRow, under fyne.CanvasObject, show func([]widget.MenuItem)) {
	items := v.host.Ways(text.T("call.back"), m.Dial)
	items = append(items, Number(m, v.host.Edit)...)
	for i, id := range m.Recordings {
		words := text.T("history.play")
		if len(m.Recordings) > 1 {
			words = text.T("history.play_one", "n", i+1)
		}
		items = append(items, widget.MenuItem{Text: words, Icon: "play", Run: func() { v.tell(phone.PlayRecording{ID: id}) }})
	}
	items = append(items, widget.MenuItem{Text: text.T("history.note"), Icon: "notebook-pen", Run: func() { v.note(m) }})
	remove := []widget.MenuItem{{}, {Text: text.T("recordings.delete"), Icon: "trash-2", Run: func() { v.remove(m) }}}
	if v.deps.Contacts == nil || m.Dial == "" {
		show(append(items, remove...))
		return
	}
	v.deps.Contacts.Match(m.Dial, func(people []phone.Person) {
		var p *phone.Person
		if len(people) > 0 {
			p = &people[0]
		}
		items = append(items, widget.MenuItem{})
		items = append(items, Contact(v.deps, m, p, under)...)
		show(append(items, remove...))
	})
}

// Number is the menu of a row's number: put in the field, copied.
func Number(m present.HistoryRow, edit func(number string)) []widget.MenuItem {
	number := m.Who.Number
	if m.Dial != "" {
		number = present.Clean(m.Dial, 200) // whole, also where a group id is shown apart
	}
	return []widget.MenuItem{
		{Text: text.T("list.edit_number"), Icon: "pencil", Run: func() { edit(m.Dial) }},
		{Text: text.T("list.copy_number"), Icon: "copy", Run: func() { fyne.CurrentApp().Clipboard().SetContent(number) }},
	}
}

// Contact is the menu of the person a row is of or whose number it has, nil when nobody is known.
func Contact(deps view.Deps, m present.HistoryRow, p *phone.Person, under fyne.CanvasObject) []widget.MenuItem {
	if p == nil {
		name := ""
		if m.Who.Known {
			name = m.Who.Name
		}
		write := widget.MenuItem{Text: text.T("person.text"), Icon: "message-square", Run: func() { person.Texts(deps, under, person.Addressee{Name: name, Number: m.Dial}) }}
		return append([]widget.MenuItem{write}, person.Unknown(deps, name, m.Dial)...)
	}
	items := []widget.MenuItem{{Text: text.T("person.details"), Icon: "book-user", Run: func() { deps.Contacts.Show(p.ID) }}}
	if len(p.Emails) > 0 {
		items = append(items, widget.MenuItem{Text: text.T("person.mail"), Icon: "mail", Run: func() { person.Mails(deps, under, person.To(*p)) }})
	}
	if person.To(*p).Number != "" {
		items = append(items, widget.MenuItem{Text: text.T("person.text"), Icon: "message-square", Run: func() { person.Texts(deps, under, person.To(*p)) }})
	}
	return append(items, person.Marks(deps, *p)...)
}

// note opens the form of a note on a call.
func (v *View) note(m present.HistoryRow) {
	if v.deps.HistoryNote != nil && !m.More {
		v.deps.HistoryNote(m.ID, m.Who.Name, m.Note)
	}
}
