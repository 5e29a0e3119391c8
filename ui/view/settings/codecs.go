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

// codecs is codecs in the order in which they are offered.
type codecs struct {
	used   func() []string
	change func(string)
	shown  []present.CodecRow
	list   *fyne.Container
	all    *fyne.Container
}

// newCodecs is those of the settings.
func newCodecs(deps view.Deps) *codecs {
	return codecsOf(func() []string { return deps.Snapshot().Settings.List(phone.KeyCodecs) }, func(value string) { set(deps, phone.KeyCodecs, value) })
}

// codecsOf is codecs that are in use somewhere, and what changes them.
func codecsOf(used func() []string, change func(string)) *codecs {
	c := &codecs{used: used, change: change, list: lay.Col(theme.Grid)}
	c.all = lay.Col(theme.Grid, widget.NewParagraph(text.T("settings.codecs_help"), widget.Style{Size: theme.DetailSize, Token: theme.Text3}), c.list)
	return c
}

func (c *codecs) object() fyne.CanvasObject { return c.all }

func (c *codecs) update(present.Scene) {
	rows := present.CodecRows(c.used())
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
	tail := []fyne.CanvasObject{}
	if r.Up {
		tail = append(tail, widget.NewIconButton("chevron-up", text.T("codec.up", "name", r.Name), func() { c.change(present.MoveCodec(c.used(), r.ID, -1)) }))
	}
	if r.Down {
		tail = append(tail, widget.NewIconButton("chevron-down", text.T("codec.down", "name", r.Name), func() { c.change(present.MoveCodec(c.used(), r.ID, +1)) }))
	}
	if !r.Locked {
		sw := widget.NewSwitch(text.T("codec.use", "name", r.Name), func(on bool) { c.change(present.SwitchCodec(c.used(), r.ID, on)) })
		sw.Set(r.On)
		tail = append(tail, sw)
	}
	words := lay.Col(0, widget.NewText(r.Name, widget.Style{Size: theme.BodySize, Bold: r.On, Cut: true}), widget.NewParagraph(r.Detail, widget.Style{Size: theme.DetailSize, Token: theme.Text3}))
	return lay.Aside(theme.Grid, 110, words, lay.Row(theme.Grid, tail...))
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
