package normal

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view/history"
	"svara/ui/view/person"
	"svara/ui/widget"
)

// The menu of a row of the list.

func (l *list) menu(i int, at fyne.Position) {
	if i < 0 || i >= len(l.models) || l.models[i].More {
		return
	}
	m := l.models[i]
	c := fyne.CurrentApp().Driver().CanvasForObject(l.rows)
	if c == nil {
		return
	}
	show := func(p *phone.Person) { widget.ShowMenu(c, at, l.items(m, p)) }
	if m.Person != nil || l.deps.Contacts == nil || m.Dial == "" {
		show(m.Person)
		return
	}
	l.deps.Contacts.Match(m.Dial, func(people []phone.Person) {
		if len(people) > 0 {
			show(&people[0])
			return
		}
		show(nil)
	})
}

// items is the menu of a row, and of the person it is of or whose number it has.
func (l *list) items(m present.HistoryRow, p *phone.Person) []widget.MenuItem {
	words := text.T("call.back")
	if m.Person != nil {
		words = text.T("person.call")
	}
	items := l.view.ways(words, m.Dial)
	if m.Person != nil && len(p.Numbers) > 1 {
		for _, item := range person.Numbers(l.view.scene, *p, l.view.call)[1:] {
			item.Text = text.T("person.call_number", "number", item.Text)
			items = append(items, item)
		}
	}
	items = append(items, history.Number(m, l.view.edit)...)
	if l.deps.Contacts == nil || p == nil && m.Dial == "" {
		return items
	}
	return append(append(items, widget.MenuItem{}), history.Contact(l.deps, m, p, l.title)...)
}
