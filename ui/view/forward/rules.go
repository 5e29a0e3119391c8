package forward

import (
	"slices"

	"fyne.io/fyne/v2"

	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// rules is what happens to a call now, line by line in the order in which it is decided.
type rules struct {
	shown  []present.RuleLine
	column *fyne.Container
	object fyne.CanvasObject
}

func newRules() *rules {
	r := &rules{column: lay.Col(theme.Grid)}
	r.object = card(widget.NewParagraph(text.T("rules.title"), widget.Style{Size: theme.NameSize, Bold: true}), r.column)
	return r
}

func (r *rules) update(lines []present.RuleLine) {
	if slices.Equal(lines, r.shown) {
		return
	}
	r.shown, r.column.Objects = lines, nil
	for _, l := range lines {
		s := newState()
		s.set(l.Icon, l.Text, l.Tone)
		r.column.Add(s.object)
	}
	visible(r.object, len(lines) > 0)
}
