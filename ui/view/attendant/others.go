package attendant

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// mostOthers is how many others are offered: as many as have a key.
const mostOthers = 4

// leastOther is how wide a tile of theirs is at least, in dp.
const leastOther = 150

// others is who else can take the call while the one who is highlighted cannot (ui.md 5.5).
type others struct {
	v      *View
	models []present.Alternative
	title  *widget.Text
	cards  []*other
	tiles  *fyne.Container
	object *fyne.Container
}

func newOthers(v *View) *others {
	o := &others{v: v, title: widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})}
	o.tiles = lay.Even(mostOthers, theme.Grid)
	for i := range mostOthers {
		c := newOther(func() { v.HandOver(command.HandAlternative(i+1), v.canvas()) })
		o.cards = append(o.cards, c)
		o.tiles.Add(c.object)
	}
	o.object = lay.Col(theme.Grid, lay.Row(theme.Grid, widget.NewIcon("users", theme.Text2, theme.IconMedium), lay.Fill(o.title)), o.tiles)
	o.object.Hide()
	return o
}

// update shows the others while a call is handed over and the highlighted one is busy or away.
func (o *others) update(people bool) {
	v := o.v
	o.models = nil
	title := ""
	if id := v.Handing(); people && id != 0 {
		if p, ok := v.board.Person(); ok {
			name := present.FirstName(present.Clean(p.Label(), 40))
			lamp := present.LampOf(v.scene, p)
			switch {
			case lamp.Status == present.StatusInCall || lamp.Status == present.StatusRinging, v.board.Refused(p):
				title = text.T("attendant.else", "name", name)
			case lamp.Status == present.StatusAvailable || lamp.Status == "":
			default:
				title = text.T("attendant.else_away", "name", name, "state", lamp.Text)
			}
			if title != "" {
				o.models = v.board.Alternatives(p, v.scene.Snap.Call(id))
			}
		}
	}
	o.models = o.models[:min(len(o.models), mostOthers)]
	o.title.SetSpans(widget.Span{Text: title, Bold: true}, widget.Span{Text: "  " + text.T("attendant.else_best")})
	for i, c := range o.cards {
		widget.SetVisible(c.object, i < len(o.models))
		if i < len(o.models) {
			key := ""
			if v.scene.Key != nil {
				key = numbered(v.scene.Key(string(command.Alternative)), i+1)
			}
			c.set(o.models[i], key, v.side.low)
		}
	}
	if o.object.Visible() != (len(o.models) > 0) {
		v.left.Layout.Layout(nil, v.left.Size()) // shows them where there is room
	}
}

// fit gives the tiles as many columns as there is room for in a width.
func (o *others) fit(width float32) {
	columns, gap := max(mostOthers-1, len(o.models)), theme.Px(theme.Grid)
	for columns > 1 && (width+gap)/float32(columns)-gap < theme.Px(leastOther) {
		columns--
	}
	o.tiles.Layout = lay.Even(columns, theme.Grid).Layout
}

// numbered is the key of the nth of those whose first key ends in 1.
func numbered(first string, n int) string {
	if first == "" || first[len(first)-1] != '1' {
		return ""
	}
	return first[:len(first)-1] + string(rune('0'+n))
}

// other is the tile of somebody else.
type other struct {
	lamp   *widget.StatusShape
	icon   *widget.Icon
	name   *widget.Text
	number *widget.Text
	lines  [2]*widget.Text
	key    *widget.KeyCap
	button *widget.Button
	object *fyne.Container
}

func newOther(press func()) *other {
	c := &other{lamp: widget.NewStatusShape(widget.StatusAvailable, 22), icon: widget.NewIcon("", theme.Text2, theme.IconLarge), key: widget.NewKeyCap("")}
	c.name = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Cut: true})
	c.number = widget.NewText("", widget.Style{Size: theme.NameSize, Token: theme.Text2, Figures: true})
	c.lines[0] = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	c.lines[1] = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Bold: true, Cut: true})
	c.button = widget.NewButton(widget.ButtonSpec{}, press)
	body := lay.Pad(10, 6, 10, 6, lay.Row(10, c.lamp, c.icon, lay.Fill(lay.Col(0,
		lay.Row(6, lay.Fill(c.name), c.number), c.lines[0], lay.Row(6, lay.Fill(c.lines[1]), c.key)))))
	c.object = container.NewStack(c.button, body)
	return c
}

func (c *other) set(m present.Alternative, key string, low bool) {
	c.lamp.Set(widget.Status(m.Status))
	c.icon.Set(m.Icon, theme.Text2)
	widget.SetVisible(c.lamp, m.Status != "")
	widget.SetVisible(c.icon, m.Status == "")
	c.name.Set(m.Title)
	c.number.Set(m.Number)
	for i, line := range c.lines {
		words := ""
		if i < len(m.Lines) {
			words = m.Lines[i]
		}
		line.Set(words)
		widget.SetVisible(line, !low || i == len(m.Lines)-1)
	}
	c.key.Set(key)
	widget.SetVisible(c.key, key != "")
	c.button.Set(widget.ButtonSpec{Tip: m.Title})
	lay.Again(c.object)
}
