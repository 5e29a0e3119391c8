package settings

import (
	"slices"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// codecs is the codecs in the order in which they are offered.
type codecs struct {
	deps  view.Deps
	shown []present.CodecRow
	list  *fyne.Container
	all   fyne.CanvasObject
}

func newCodecs(deps view.Deps) *codecs {
	c := &codecs{deps: deps, list: lay.Col(theme.Grid)}
	c.all = lay.Col(theme.Grid, widget.NewParagraph(text.T("settings.codecs_help"), widget.Style{Size: theme.DetailSize, Token: theme.Text3}), c.list)
	return c
}

func (c *codecs) object() fyne.CanvasObject { return c.all }

func (c *codecs) update(s present.Scene) {
	rows := present.CodecRows(s)
	if slices.Equal(rows, c.shown) {
		return
	}
	c.shown, c.list.Objects = rows, nil
	for i, r := range rows {
		if i > 0 {
			c.list.Add(widget.NewLine(false))
		}
		c.list.Add(c.row(r))
	}
	c.list.Refresh()
}

func (c *codecs) row(r present.CodecRow) fyne.CanvasObject {
	change := func(value string) { set(c.deps, phone.KeyCodecs, value) }
	now := func() present.Scene { return present.Scene{Snap: c.deps.Snapshot()} }
	tail := []fyne.CanvasObject{}
	if r.Up {
		tail = append(tail, widget.NewIconButton("chevron-up", text.T("codec.up", "name", r.Name), func() { change(present.MoveCodec(now(), r.ID, -1)) }))
	}
	if r.Down {
		tail = append(tail, widget.NewIconButton("chevron-down", text.T("codec.down", "name", r.Name), func() { change(present.MoveCodec(now(), r.ID, +1)) }))
	}
	if !r.Locked {
		sw := widget.NewSwitch(text.T("codec.use", "name", r.Name), func(on bool) { change(present.SwitchCodec(now(), r.ID, on)) })
		sw.Set(r.On)
		tail = append(tail, sw)
	}
	words := lay.Col(0, widget.NewText(r.Name, widget.Style{Size: theme.BodySize, Bold: r.On, Cut: true}), widget.NewParagraph(r.Detail, widget.Style{Size: theme.DetailSize, Token: theme.Text3}))
	return lay.Row(theme.Grid, append([]fyne.CanvasObject{lay.Fill(words)}, tail...)...)
}

// note is a sentence that stands among settings and follows the phone.
type note struct {
	words func(present.Scene) string
	line  *widget.Paragraph
	all   fyne.CanvasObject
}

func newNote(icon string, token, fill theme.Token, words func(present.Scene) string) *note {
	n := &note{words: words, line: widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: token})}
	n.all = widget.NewPanel(widget.PanelSpec{Fill: fill, Radius: theme.RadiusField}, lay.Pad(12, 8, 12, 8,
		lay.RowTop(theme.Grid, widget.NewIcon(icon, token, theme.IconMedium), lay.Fill(n.line))))
	return n
}

func (n *note) object() fyne.CanvasObject { return n.all }
func (n *note) update(s present.Scene)    { n.line.Set(n.words(s)) }
