package normal

import (
	"strings"
	"time"

	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/history"
	"svara/ui/view/person"
	"svara/ui/widget"
)

// What a row of the list shows: a call, a number, what goes on, or somebody.

func (l *list) create() *widget.Row {
	call := widget.NewButton(widget.ButtonSpec{Icon: "phone", Look: widget.Go, Tip: text.T("call.back")}, nil)
	write := widget.NewButton(widget.ButtonSpec{Icon: "message-square", Tip: text.T("person.text")}, nil)
	row := widget.NewRow(call, write)
	row.OnMove = func() { l.moved = time.Now() }
	return row
}

func (l *list) bind(i int, row *widget.Row) {
	if i >= len(l.models) {
		return
	}
	m := l.models[i]
	spec := l.callSpec(m)
	if m.Person != nil {
		spec = l.personSpec(m)
	}
	spec.Compact = l.compact
	row.Set(spec)
	call, write := row.Actions()[0], row.Actions()[1]
	words := text.T("call.back")
	if m.Person != nil {
		words = text.T("person.call")
	}
	call.Set(history.CallSpec(l.scene, m.Dial, words, l.view.question()))
	call.OnTap(func() { l.view.call(m.Dial) })
	if m.Person != nil {
		write.OnTap(func() { person.Texts(l.deps, write, person.To(*m.Person)) })
	}
}

// callSpec is the row of a call, of a number, or of what goes on.
func (l *list) callSpec(m present.HistoryRow) widget.RowSpec {
	spec := history.RowSpec(m, false)
	if l.answered.recent && !m.More {
		spec.Icon = ""
	}
	return spec
}

// personSpec is the row of somebody: the lamp, the state in words, then title and company.
func (l *list) personSpec(m present.HistoryRow) widget.RowSpec {
	lamp := present.LampOf(l.scene, *m.Person)
	spec := widget.RowSpec{Name: m.Who.Face(), Title: history.Spans(m.Name), Strong: true, Status: widget.Status(lamp.Status), EndToken: theme.Text2}
	icon, mark, tone := present.MarkLook(m.Person.Mark)
	extension := m.Person.Line() != "" && present.DialText(m.Person.Line()) == m.Dial
	add := func(more ...widget.Span) {
		if len(spec.Detail) > 0 && len(more) > 0 {
			spec.Detail = append(spec.Detail, widget.Span{Text: " · "})
		}
		spec.Detail = append(spec.Detail, more...)
	}
	if lamp.Text != "" {
		_, ink, _ := view.Colors(lamp.Tone)
		add(widget.Span{Text: lamp.Text, Token: ink, Bold: true, Brief: strings.Join(lamp.Brief, "\n")})
	}
	if lamp.Note != "" {
		add(widget.Span{Text: "”" + lamp.Note + "”"})
	}
	switch {
	case extension && mark == "" && !m.Found:
		spec.End = m.Who.Number
	case m.Dial != "" && m.Who.Number != m.Who.Name:
		add(history.Spans(m.Number)...)
	}
	if mark != "" {
		_, spec.EndToken, _ = view.Colors(tone)
		spec.End, spec.EndIcon = mark, icon
	}
	if len(m.Detail) > 0 {
		add(history.Spans(m.Detail)...)
	}
	return spec
}
