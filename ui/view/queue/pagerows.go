package queue

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/widget"
)

// The widths of a member's columns and of the room for the actions after them, in dp.
const (
	todayColumn = 112
	talkColumn  = 84
	skillColumn = 104
	actionsRoom = 164
)

// skills are the levels there are.
const skills = 10

// callers is how many rows who waits has: one that says that nobody does where that is so.
func (p *Page) callers() int {
	if p.model.Agents {
		return 0
	}
	return max(1, len(p.model.Callers))
}

// count is how many rows there are: who waits, then who answers.
func (p *Page) count() int { return p.callers() + max(1, len(p.model.Members)) }

func (p *Page) height(i int) float32 {
	n := i - p.callers()
	if i == 0 || n == 0 || n > 0 && n < len(p.model.Members) && p.model.Members[n].Head != "" {
		return theme.RowHeight + widget.HeadHeight
	}
	return theme.RowHeight
}

func (p *Page) create() *widget.Row {
	more := widget.NewButton(widget.ButtonSpec{Icon: "ellipsis", Tip: text.T("person.more"), Size: widget.Small}, nil)
	log := widget.NewButton(widget.ButtonSpec{}, nil)
	return widget.NewRow(more, log)
}

func (p *Page) bind(i int, row *widget.Row) {
	n := i - p.callers()
	switch {
	case n < 0 && len(p.model.Callers) == 0:
		row.Set(widget.RowSpec{Head: text.T("queue.callers"), Title: []widget.Span{{Text: text.T("queue.callers_none"), Token: theme.Text2}}, Icon: "check", Bare: true})
	case n < 0:
		row.Set(callerSpec(p.model.Callers[i], i == 0))
	case len(p.model.Members) == 0:
		row.Set(widget.RowSpec{Head: text.T("queue.members"), Title: []widget.Span{{Text: text.T("queue.members_none"), Token: theme.Text2}}, Icon: "users", Bare: true})
	case n < len(p.model.Members):
		p.member(n, row)
	}
}

func callerSpec(m present.CallerRow, first bool) widget.RowSpec {
	_, ink, _ := view.Colors(m.Tone)
	if m.Tone == present.TonePlain {
		ink = theme.Text
	}
	spec := widget.RowSpec{
		Title: []widget.Span{{Text: m.Place + ".  ", Token: theme.Text2}, {Text: m.Who.Name, Bold: true}}, Icon: "hourglass", End: m.Waited, EndToken: ink, Bare: true,
	}
	if first {
		spec.Head = text.T("queue.callers")
	}
	add := func(s widget.Span) {
		if s.Text == "" {
			return
		}
		if len(spec.Detail) > 0 {
			spec.Detail = append(spec.Detail, widget.Span{Text: " · "})
		}
		spec.Detail = append(spec.Detail, s)
	}
	add(widget.Span{Text: m.Before, Token: theme.RedText, Bold: true})
	add(widget.Span{Text: m.Rings})
	if m.Who.Known {
		add(widget.Span{Text: m.Who.Number})
	}
	return spec
}

func (p *Page) member(n int, row *widget.Row) {
	m := p.model.Members[n]
	spec := widget.RowSpec{Name: m.Name, Status: widget.Status(m.Status), Detail: []widget.Span{{Text: m.State}}, Always: true}
	if spec.Head = m.Head; n == 0 && spec.Head == "" {
		spec.Head = text.T("queue.members")
	}
	if m.Title != "" {
		spec.Title, spec.Strong = []widget.Span{{Text: m.Title}}, true
	}
	skill := text.T("queue.skill_level", "n", m.Skill)
	if p.wide() {
		spec.Tail = actionsRoom
		spec.Columns = []widget.Column{{Text: text.T("queue.calls", "n", m.Handled), Width: todayColumn}, {Text: m.Talk, Width: talkColumn}, {Text: skill, Width: skillColumn}}
	} else {
		spec.Detail = append(spec.Detail, widget.Span{Text: " · " + text.T("queue.calls", "n", m.Handled) + " · " + skill})
	}
	row.Set(spec)
	more, log := row.Actions()[0], row.Actions()[1]
	more.OnTap(func() { widget.ShowMenuUnder(more, p.items(m, more)) })
	words, icon := text.T("queue.log_in"), "log-in"
	if m.LoggedIn {
		words, icon = text.T("queue.log_out"), "log-out"
	}
	b := widget.ButtonSpec{Text: words, Icon: icon, Size: widget.Small, Disabled: m.Locked}
	if !p.wide() {
		b.Text, b.Tip = "", words
	}
	if m.Asking {
		b.Icon = "loader"
	}
	log.Set(b)
	log.OnTap(func() { p.tell(m.LogMember(m.Queue, !m.LoggedIn)) })
}

func (p *Page) menu(i int, at fyne.Position) {
	n := i - p.callers()
	c := fyne.CurrentApp().Driver().CanvasForObject(p.rows)
	if n < 0 || n >= len(p.model.Members) || c == nil {
		return
	}
	widget.ShowMenu(c, at, p.items(p.model.Members[n], p.rows))
}

// items is what can be done with a member. under is where a menu that follows opens.
func (p *Page) items(m present.MemberRow, under fyne.CanvasObject) []widget.MenuItem {
	item := func(words, icon string, c phone.Command) widget.MenuItem {
		return widget.MenuItem{Text: words, Icon: icon, Disabled: m.Locked, Run: func() { p.tell(c) }}
	}
	items := []widget.MenuItem{item(text.T("queue.log_in"), "log-in", m.LogMember(m.Queue, true))}
	if m.LoggedIn {
		items = []widget.MenuItem{item(text.T("queue.log_out"), "log-out", m.LogMember(m.Queue, false))}
	}
	switch {
	case m.Paused:
		items = append(items, item(text.T("queue.resume"), "play", m.Pause(m.Queue, false, "")))
	case m.LoggedIn:
		items = append(items, item(text.T("queue.pause"), "pause", m.Pause(m.Queue, true, "")),
			item(text.T("queue.pause_break"), "coffee", m.Pause(m.Queue, true, text.T("queue.why_break"))),
			item(text.T("queue.pause_lunch"), "utensils", m.Pause(m.Queue, true, text.T("queue.why_lunch"))),
			item(text.T("queue.pause_meeting"), "users", m.Pause(m.Queue, true, text.T("queue.why_meeting"))))
	}
	if m.MaySkill {
		items = append(items, widget.MenuItem{}, widget.MenuItem{Text: text.T("queue.skill_set"), Icon: "chart-no-axes-column", Run: func() { widget.ShowMenuUnder(under, p.skills(m)) }})
	}
	if m.Dial != "" && !m.Me {
		items = append(items, widget.MenuItem{}, widget.MenuItem{Text: text.T("dial.call"), Icon: "phone", Run: func() { p.call(phone.Dial{Target: m.Dial}) }})
	}
	return items
}

// skills is the menu of levels.
func (p *Page) skills(m present.MemberRow) []widget.MenuItem {
	var items []widget.MenuItem
	for level := skills; level > 0; level-- {
		items = append(items, widget.MenuItem{Text: text.T("queue.skill_level", "n", text.Number(int64(level))), Chosen: level == m.Level, Run: func() { p.tell(m.SetSkill(m.Queue, level)) }})
	}
	return items
}
