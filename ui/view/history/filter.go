package history

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// drawHead draws the line over the calls: what is shown, and the filters.
func (v *View) drawHead() {
	if v.scene.Snap == nil {
		return
	}
	v.title.Set(v.heading())
	v.kinds.Set(v.choice.Circles(), v.labels())
	on := v.choice.Queue != "" || v.choice.Period != present.AnyTime || v.choice.Noted
	v.filter.Set(widget.ButtonSpec{Icon: "filter", Tip: text.T("history.filter"), Look: widget.Quiet, Size: widget.Small, Chosen: on})
}

// toggle shows a kind of calls, or leaves it out.
func (v *View) toggle(kind string) { v.Choose(v.choice.Toggle(phone.HistoryFilter(kind))) }

// filters is the menu of queues and days.
func (v *View) filters() []widget.MenuItem {
	var items []widget.MenuItem
	add := func(words, icon string, chosen bool, c present.HistoryChoice) {
		items = append(items, widget.MenuItem{Text: words, Icon: icon, Chosen: chosen, Run: func() { v.Choose(c) }})
	}
	if !v.choice.All() {
		add(text.T("history.show_all"), "history", false, present.HistoryChoice{})
		items = append(items, widget.MenuItem{})
	}
	for _, p := range present.Periods {
		c := v.choice
		c.Period = p
		add(present.PeriodWords(p), "calendar", p == v.choice.Period, c)
	}
	if queues := present.QueueChoices(v.scene); len(queues) > 0 {
		items = append(items, widget.MenuItem{})
		c := v.choice
		c.Queue = ""
		add(text.T("history.all_queues"), "headset", v.choice.Queue == "", c)
		for _, q := range queues {
			c.Queue = q.ID
			add(q.Name, "headset", v.choice.Queue == q.ID, c)
		}
	}
	items = append(items, widget.MenuItem{})
	c := v.choice
	c.Noted = !c.Noted
	add(text.T("history.noted"), "sticky-note", v.choice.Noted, c)
	return items
}

// openSearch shows the search in place of the title, or takes it away with what was searched for.
func (v *View) openSearch(on bool) {
	widget.SetVisible(v.search, on)
	widget.SetVisible(v.title, !on)
	v.find.Set(widget.ButtonSpec{Icon: "search", Tip: text.T("history.search"), Look: widget.Quiet, Size: widget.Small})
	if on {
		v.find.Set(widget.ButtonSpec{Icon: "x", Tip: text.T("recordings.search_close"), Look: widget.Quiet, Size: widget.Small})
		if c := fyne.CurrentApp().Driver().CanvasForObject(v.object); c != nil {
			c.Focus(v.search.Entry())
		}
	} else if v.search.Text() != "" {
		v.search.SetText("")
	}
	lay.Again(v.object)
}

// searchKey lets the arrows move in the list while the caret is in the search.
func (v *View) searchKey(c command.Chord) bool {
	if c.Mod != 0 {
		return false
	}
	switch c.Key {
	case command.KeyUp:
		v.Move(-1)
	case command.KeyDown:
		v.Move(1)
	case command.KeyEnter, command.KeyNumEnter:
		m, ok := v.Chosen()
		if !ok {
			return false
		}
		v.host.Call(m.Dial)
	case command.KeyEscape:
		return v.Back()
	default:
		return false
	}
	return true
}

// rune toggles the filters by their keys. During a call digits are tones.
func (v *View) rune(r rune) bool {
	if v.scene.Snap == nil || len(v.scene.Snap.Calls) > 0 {
		return false
	}
	if kind, ok := v.kinds.Kind(r); ok {
		v.toggle(kind)
		return true
	}
	if m, ok := v.Chosen(); ok && r == 'n' {
		v.note(m)
		return true
	}
	return false
}

// key is what the keyboard does in the list beyond moving.
func (v *View) key(e *fyne.KeyEvent) bool {
	m, ok := v.Chosen()
	switch {
	case !ok || m.More:
		return false
	case e.Name == fyne.KeyReturn:
		v.host.Call(m.Dial)
	case e.Name == fyne.KeyDelete:
		v.remove(m)
	default:
		return false
	}
	return true
}

// remove takes a call out of the list at once and out of the history when the time for undoing is over.
func (v *View) remove(m present.HistoryRow) {
	v.bin.Put(v.object, m.ID, text.T("history.deleted", "name", m.Who.Name))
}
