package groupmessages

import (
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/history"
	"svara/ui/view/person"
	"svara/ui/widget"
)

// wideFrom is the width, in dp, from which there are columns.
const wideFrom = 820

// The widths of the columns and of the room for the actions after them, in dp.
const (
	timeColumn  = 108
	groupColumn = 100
	careColumn  = 150
	actionsRoom = 246
)

func (v *View) create() *widget.Row {
	more := widget.NewButton(widget.ButtonSpec{Icon: "ellipsis", Tip: text.T("person.more")}, nil)
	call := widget.NewButton(widget.ButtonSpec{Icon: "phone", Look: widget.Go}, nil)
	open := widget.NewButton(widget.ButtonSpec{}, nil)
	care := widget.NewButton(widget.ButtonSpec{}, nil)
	row := widget.NewRow(more, call, open, care)
	row.OnMove = func() { v.moved = time.Now() }
	return row
}

func (v *View) bind(i int, row *widget.Row) {
	if i >= len(v.models) {
		return
	}
	m := v.models[i]
	spec := rowSpec(m, v.wide())
	more, call, open, care := row.Actions()[0], row.Actions()[1], row.Actions()[2], row.Actions()[3]
	more.OnTap(func() { v.items(m, func(items []widget.MenuItem) { widget.ShowMenuUnder(more, items) }) })
	call.Set(history.CallSpec(v.scene, m.Dial, text.T("call.back"), ""))
	call.OnTap(func() { v.back(m) })
	o := widget.ButtonSpec{Icon: "message-square", Tip: text.T("groupmessage.answer")}
	if m.Voice() {
		o = widget.ButtonSpec{Icon: "play", Tip: text.T("recordings.play")}
		if m.Plays {
			o.Icon, o.Tip = "pause", text.T("recordings.pause")
		}
	} else if !m.Thread {
		o.Disabled = text.T("history.no_number")
	}
	open.Set(o)
	open.OnTap(func() { v.open(m) })
	spec.Actions = 3
	if icon, words, run := v.careOf(m); run != nil {
		spec.Actions = 4
		b := widget.ButtonSpec{Icon: icon, Text: words, Disabled: m.Locked}
		if !v.wide() {
			b.Text, b.Tip = "", words
		}
		if m.Asking {
			b.Icon = "loader"
		}
		care.Set(b)
		care.OnTap(run)
	}
	row.Set(spec)
}

// careOf is the next step with an open message: to take it, or to say that it is done.
func (v *View) careOf(m present.GroupMessageRow) (icon, words string, run func()) {
	switch {
	case m.More || !m.Open:
		return "", "", nil
	case m.Mine:
		return "check", text.T("grouplog.done"), func() { v.tell(m.Handle(true)) }
	case m.Message.Pinned.ID == "":
		return "hand", text.T("grouplog.take"), func() { v.tell(m.Pin(v.scene.Snap.Team.Me, true)) }
	}
	return "", "", nil
}

// rowSpec is the row of a message. Where there are columns for them, group and who cares are not in the second line.
func rowSpec(m present.GroupMessageRow, wide bool) widget.RowSpec {
	if m.More {
		return widget.RowSpec{Title: history.Spans(m.Name), Icon: m.Icon, Bare: true}
	}
	tint, ink, _ := view.Colors(m.Tone)
	_, care, _ := view.Colors(m.Caring)
	spec := widget.RowSpec{Name: m.Who.Face(), Title: history.Spans(m.Name), Strong: m.Open, Icon: m.Icon, IconTint: tint}
	spec.Detail = []widget.Span{{Text: m.Kind, Token: ink, Bold: m.Open}}
	add := func(words ...widget.Span) {
		if len(words) > 0 && words[0].Text != "" {
			spec.Detail = append(append(spec.Detail, widget.Span{Text: " · "}), words...)
		}
	}
	add(widget.Span{Text: m.Length})
	if !wide {
		spec.End = m.When
		add(widget.Span{Text: m.Care, Token: care})
	}
	add(widget.Span{Text: m.Text, Token: theme.Text})
	if !wide {
		add(widget.Span{Text: m.Group})
	}
	add(history.Spans(m.Number)...)
	if wide {
		spec.Columns = []widget.Column{{Text: m.When, Width: timeColumn}, {Text: m.Group, Width: groupColumn}, {Text: m.Care, Token: care, Width: careColumn}}
		spec.Always, spec.Tail = true, actionsRoom
	}
	return spec
}

// open does what Enter means: a voice message is played or paused, the others are answered.
func (v *View) open(m present.GroupMessageRow) {
	switch {
	case m.More:
		v.older()
	case m.Voice():
		v.play(m)
	case !m.Thread:
		v.deps.Say(text.T("history.no_number"))
	default:
		v.answer(m)
	}
}

// answer opens the thread that a message is in.
func (v *View) answer(m present.GroupMessageRow) {
	if v.deps.GroupThread != nil && m.Thread {
		v.deps.GroupThread(present.ThreadOf(m))
	}
}

// back calls back.
func (v *View) back(m present.GroupMessageRow) {
	if m.Dial == "" {
		v.deps.Say(text.T("history.no_number"))
		return
	}
	v.tell(phone.Dial{Target: m.Dial})
}

// press is a press on a row: what is under it follows the highlight; more are asked for.
func (v *View) press(i int) {
	if i < len(v.models) && v.models[i].More {
		v.older()
	}
}

func (v *View) menu(i int, at fyne.Position) {
	if i < 0 || i >= len(v.models) || v.models[i].More {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(v.rows); c != nil {
		v.items(v.models[i], func(items []widget.MenuItem) { widget.ShowMenu(c, at, items) })
	}
}

// items is the menu of a message and of the person who has its number.
func (v *View) items(m present.GroupMessageRow, show func([]widget.MenuItem)) {
	none := ""
	if m.Dial == "" {
		none = text.T("history.no_number")
	}
	var items []widget.MenuItem
	if m.Voice() {
		items = append(items, widget.MenuItem{Text: text.T("recordings.play"), Icon: "play", Run: func() { v.play(m) }})
	}
	items = append(items,
		widget.MenuItem{Text: text.T("call.back"), Icon: "phone", Disabled: none, Run: func() { v.back(m) }},
		widget.MenuItem{Text: text.T("groupmessage.answer"), Icon: "message-square", Disabled: none, Run: func() { v.answer(m) }},
		widget.MenuItem{})
	if m.Message.Direction == phone.Incoming {
		me := v.scene.Snap.Team.Me
		if m.Mine {
			items = append(items, widget.MenuItem{Text: text.T("grouplog.leave"), Icon: "undo-2", Disabled: m.Locked, Run: func() { v.tell(m.Pin(me, false)) }})
		} else {
			items = append(items, widget.MenuItem{Text: text.T("grouplog.take"), Icon: "hand", Disabled: m.Locked, Run: func() { v.tell(m.Pin(me, true)) }})
		}
		if m.Message.Handled {
			items = append(items, widget.MenuItem{Text: text.T("grouplog.unhandled"), Icon: "undo-2", Disabled: m.Locked, Run: func() { v.tell(m.Handle(false)) }})
		} else {
			items = append(items, widget.MenuItem{Text: text.T("grouplog.handled"), Icon: "check", Disabled: m.Locked, Run: func() { v.tell(m.Handle(true)) }})
		}
	}
	items = append(items, widget.MenuItem{Text: text.T("recordings.delete"), Icon: "trash-2", Disabled: m.Keep, Run: func() { v.tell(m.Delete()) }})
	if m.Dial == "" {
		show(items)
		return
	}
	items = append(items, widget.MenuItem{}, widget.MenuItem{Text: text.T("list.copy_number"), Icon: "copy", Run: func() { fyne.CurrentApp().Clipboard().SetContent(m.Dial) }})
	if v.deps.Contacts == nil {
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

// rune does what the keys under the list say. During a call digits are tones.
func (v *View) rune(r rune) bool {
	if v.scene.Snap == nil || len(v.scene.Snap.Calls) > 0 && r >= '0' && r <= '9' {
		return false
	}
	if m, ok := v.Chosen(); ok && !m.More {
		cares := m.Locked == "" && m.Message.Direction == phone.Incoming
		switch {
		case r == 'm' && cares:
			v.tell(m.Pin(v.scene.Snap.Team.Me, !m.Mine))
			return true
		case r == 'd' && cares:
			v.tell(m.Handle(!m.Message.Handled))
			return true
		case r == 'r':
			v.back(m)
			return true
		case r == ' ' && m.Voice():
			v.play(m)
			return true
		}
	}
	for _, k := range present.MessageKinds(v.choice) {
		if k.Key == string(r) {
			v.Choose(v.choice.Toggle(k.Kind))
			return true
		}
	}
	return false
}

// key is what the keyboard does in the list beyond moving.
func (v *View) key(e *fyne.KeyEvent) bool {
	m, ok := v.Chosen()
	if !ok {
		return false
	}
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		v.open(m)
	case fyne.KeyLeft, fyne.KeyRight:
		if m.ID != v.playing || !m.Voice() {
			return false
		}
		v.player.Step(map[fyne.KeyName]int{fyne.KeyLeft: -1, fyne.KeyRight: 1}[e.Name])
	default:
		return false
	}
	return true
}
