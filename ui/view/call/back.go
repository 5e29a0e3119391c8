package call

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// back is what can be done with a call that came back: how the one stands who did not take it, the ways to try, and who
// else can take it.
type back struct {
	deps   view.Deps
	model  present.Comeback
	call   phone.CallID
	now    *widget.Text
	ways   *acts
	others []*otherRow
	list   *fyne.Container
	column *fyne.Container
}

func newBack(deps view.Deps) *back {
	b := &back{deps: deps, ways: newActs(deps, widget.Small, lay.Flow(4)), list: lay.Col(4)}
	b.now = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Figures: true, Cut: true})
	b.column = lay.Col(6, b.now, b.ways.row, b.list)
	b.column.Hide()
	return b
}

// update draws what came of a call; nil hides it. In a low window, whose strip is narrower, every way has its words: the last
// one has a line of its own there.
func (b *back) update(m *present.Comeback, id phone.CallID, low bool) {
	widget.SetVisible(b.column, m != nil)
	if m == nil {
		return
	}
	b.model, b.call = *m, id
	b.now.Set(m.Now)
	widget.SetVisible(b.now, m.Now != "")
	if b.ways.brief = command.Message; low {
		b.ways.brief = ""
	}
	b.ways.update(m.Ways, id, widget.Plain)
	for len(b.others) < len(m.Others) {
		i := len(b.others)
		o := newOtherRow(func() { press(b.deps, b.model.Others[i].Act, b.call) })
		b.others = append(b.others, o)
		b.list.Add(o.object)
	}
	for i, o := range b.others {
		widget.SetVisible(o.object, i < len(m.Others))
		if i < len(m.Others) {
			o.set(m.Others[i])
		}
	}
	widget.SetVisible(b.list, len(m.Others) > 0)
	lay.Again(b.column)
}

// height is what it takes in a width.
func (b *back) height(width float32) float32 {
	if !b.column.Visible() {
		return 0
	}
	b.column.Resize(fyne.NewSize(width, b.column.Size().Height)) // what wraps knows its height only then
	return b.column.MinSize().Height
}

// otherRow is somebody else who can take the call: how they stand, why they are named, and the key.
type otherRow struct {
	lamp   *widget.StatusShape
	icon   *widget.Icon
	words  *widget.Text
	key    *widget.KeyCap
	button *widget.Button
	object *fyne.Container
}

func newOtherRow(press func()) *otherRow {
	o := &otherRow{lamp: widget.NewStatusShape(widget.StatusAvailable, theme.IconMedium), icon: widget.NewIcon("", theme.Text2, theme.IconMedium), key: widget.NewKeyCap("")}
	o.words = widget.NewText("", widget.Style{Size: theme.BodySize, Cut: true})
	o.button = widget.NewButton(widget.ButtonSpec{Size: widget.Small}, press)
	o.object = container.NewStack(o.button, lay.Pad(8, 0, 8, 0, lay.Row(theme.Grid, o.lamp, o.icon, lay.Fill(o.words), o.key)))
	return o
}

func (o *otherRow) set(m present.ComebackOther) {
	o.lamp.Set(widget.Status(m.Status))
	o.icon.Set(m.Icon, theme.Text2)
	widget.SetVisible(o.lamp, m.Status != "")
	widget.SetVisible(o.icon, m.Status == "")
	o.words.SetSpans(widget.Span{Text: m.Title, Bold: true}, widget.Span{Text: "  " + m.Why(), Token: theme.Text2})
	o.key.Set(m.Act.Key)
	widget.SetVisible(o.key, m.Act.Key != "")
	spec := widget.ButtonSpec{Tip: m.Tip(), Size: widget.Small}
	if !m.Act.Enabled {
		spec.Disabled = m.Act.Reason
	}
	o.button.Set(spec)
}
