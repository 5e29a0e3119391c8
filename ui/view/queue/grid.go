package queue

import (
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// NewGrid makes the queues' buttons as the attendant's window has them: two beside each other where there is room, with a
// heading, no scroll of their own.
func NewGrid(deps view.Deps) *View {
	v := New(deps)
	v.tiles = lay.Tiles(2, 6)
	title := widget.NewText(text.T("tab.queues"), widget.Style{Size: theme.DetailSize, Bold: true})
	edit := widget.NewButton(widget.ButtonSpec{Icon: "sliders-horizontal", Tip: text.T("queue.edit"), Look: widget.Quiet, Size: widget.Small}, func() { deps.Show("settings/queues") })
	v.empty = widget.NewParagraph(text.T("queue.none"), widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	v.object = lay.Col(2, lay.Row(theme.Grid, title, lay.Fill(v.head), edit), v.tiles, v.empty)
	return v
}

// Each gives the queues' buttons in sight with what they are of.
func (v *View) Each(f func(b *widget.QueueButton, m Shown)) {
	for i, b := range v.buttons {
		if i < len(v.shown) {
			f(b, v.shown[i])
		}
	}
}
