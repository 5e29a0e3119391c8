package board

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// bar is over the people: whom the board shows, in which order, and how.
type bar struct {
	v          *View
	everyone   *widget.Button
	free       *widget.Button
	department *widget.Button
	skill      *widget.Button
	sorted     *widget.Button
	tiles      *widget.Button
	list       *widget.Button
	write      *widget.Button // a text to all who are shown
	object     *fyne.Container
	turn       int // the answer whose departments and skills these are

	departments, skills []string
}

func newBar(v *View) *bar {
	b := &bar{v: v}
	b.everyone = widget.NewButton(widget.ButtonSpec{Size: widget.Small}, func() { v.setFilter(present.Filter{}) })
	b.free = widget.NewButton(widget.ButtonSpec{Size: widget.Small}, func() {
		f := v.filter
		f.Free = !f.Free
		v.setFilter(f)
	})
	b.department = widget.NewButton(widget.ButtonSpec{Size: widget.Small}, func() {
		b.open(b.department, text.T("board.any_department"), b.departments, v.filter.Department, func(value string) {
			f := v.filter
			f.Department = value
			v.setFilter(f)
		})
	})
	b.skill = widget.NewButton(widget.ButtonSpec{Size: widget.Small}, func() {
		b.open(b.skill, text.T("board.any_skill"), b.skills, v.filter.Skill, func(value string) {
			f := v.filter
			f.Skill = value
			v.setFilter(f)
		})
	})
	b.sorted = widget.NewButton(widget.ButtonSpec{Size: widget.Small}, b.openOrder)
	b.tiles = widget.NewButton(widget.ButtonSpec{}, func() { b.set(phone.KeyBoardLayout, "tiles") })
	b.list = widget.NewButton(widget.ButtonSpec{}, func() { b.set(phone.KeyBoardLayout, "list") })
	b.write = widget.NewButton(widget.ButtonSpec{Icon: "send", Tip: text.T("command.message.hits"), Look: widget.Quiet, Size: widget.Small}, func() { b.v.deps.Run(command.TextHits, 0) })
	label := widget.NewText(text.T("board.sorted"), widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	b.object = lay.Col(0, lay.Aside(theme.Grid, 360,
		lay.Lines(6, b.everyone, b.free, b.department, b.skill),
		lay.Row(2, label, b.sorted, b.tiles, b.list, b.write)))
	return b
}

// open opens the menu of a filter: everybody, or those of a value.
func (b *bar) open(under fyne.CanvasObject, all string, values []string, now string, choose func(string)) {
	items := []widget.MenuItem{{Text: all, Chosen: now == "", Run: func() { choose("") }}}
	for _, value := range values {
		items = append(items, widget.MenuItem{Text: present.Clean(value, 48), Chosen: value == now, Run: func() { choose(value) }})
	}
	widget.ShowMenuUnder(under, items)
}

func (b *bar) openOrder() {
	byName := b.v.byName()
	widget.ShowMenuUnder(b.sorted, []widget.MenuItem{
		{Text: text.T("board.by_reach"), Chosen: !byName, Run: func() { b.set(phone.KeyBoardSort, "reach") }},
		{Text: text.T("board.by_name"), Chosen: byName, Run: func() { b.set(phone.KeyBoardSort, "name") }},
	})
}

// set changes a setting of the board; what was pressed is done at once, whatever moves.
func (b *bar) set(key, value string) {
	if b.v.tell(phone.Set{Key: key, Value: value}) {
		b.v.scene.Snap = b.v.deps.Snapshot()
		b.v.draw(true)
	}
}

// setFilter changes whom the board shows.
func (v *View) setFilter(f present.Filter) {
	v.filter = f
	v.draw(true)
}

// update draws the counts and what is chosen.
func (b *bar) update() {
	v := b.v
	if b.turn != v.asking.shown {
		b.turn, b.departments, b.skills = v.asking.shown, v.roster.Departments(), v.roster.Skills()
	}
	f := v.filter
	words := "board.everyone_n"
	if v.asking.contacts && v.roster.Query == "" {
		words = "board.contacts_n"
	}
	b.everyone.Set(widget.ButtonSpec{Text: text.T(words, "n", v.arranged.Everyone), Size: widget.Small, Chosen: !f.On()})
	b.free.Set(widget.ButtonSpec{Text: text.T("board.free", "n", v.arranged.Free), Icon: "own-disc", Tint: theme.Green, Size: widget.Small, Chosen: f.Free})
	b.drop(b.department, text.T("person.department"), f.Department, b.departments)
	b.drop(b.skill, text.T("board.skill"), f.Skill, b.skills)
	order := text.T("board.by_reach")
	if v.byName() {
		order = text.T("board.by_name")
	}
	b.sorted.Set(widget.ButtonSpec{Text: order, Look: widget.Quiet, Size: widget.Small, Menu: true})
	list := v.scene.Snap.Settings.Get(phone.KeyBoardLayout) == "list"
	b.tiles.Set(widget.ButtonSpec{Icon: "layout-grid", Tip: text.T("board.tiles"), Look: widget.Quiet, Size: widget.Small, Chosen: !list})
	b.list.Set(widget.ButtonSpec{Icon: "rows-3", Tip: text.T("board.list"), Look: widget.Quiet, Size: widget.Small, Chosen: list})
	widget.SetVisible(b.write, present.CannotGroupText(v.scene) == "")
	lay.Again(b.object)
}

// drop draws a filter's button; one that has nothing to choose is away.
func (b *bar) drop(button *widget.Button, title, chosen string, values []string) {
	widget.SetVisible(button, len(values) > 0 || chosen != "")
	if chosen != "" {
		title = present.Clean(chosen, 24)
	}
	button.Set(widget.ButtonSpec{Text: title, Size: widget.Small, Menu: true, Chosen: chosen != ""})
}
