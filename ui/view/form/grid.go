package form

import (
	"fyne.io/fyne/v2"

	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// wholeLine is the share of a cell that has a line to itself.
const wholeLine = 12

// grid is the layout of fields in lines of twelve parts. Where there is little width every share is doubled, so that
// halves get a line each. Its height follows its width.
type grid struct {
	gap   float32 // dp
	wide  float32 // dp from which shares are what they say
	width float32
}

func (g *grid) share(o fyne.CanvasObject) int {
	c, ok := o.(*fyne.Container)
	if !ok {
		return wholeLine
	}
	l, ok := c.Layout.(*cellLayout)
	if !ok {
		return wholeLine
	}
	if g.width < theme.Px(g.wide) {
		return min(wholeLine, 2*l.share)
	}
	return l.share
}

// lines is which cells stand beside each other.
func (g *grid) lines(objects []fyne.CanvasObject) [][]fyne.CanvasObject {
	var out [][]fyne.CanvasObject
	used := wholeLine
	for _, o := range objects {
		if used+g.share(o) > wholeLine {
			out = append(out, nil)
			used = 0
		}
		out[len(out)-1] = append(out[len(out)-1], o)
		used += g.share(o)
	}
	return out
}

// MinSize implements fyne.Layout.
func (g *grid) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for i, line := range g.lines(objects) {
		if i > 0 {
			m.Height += theme.Px(g.gap)
		}
		h := float32(0)
		for _, o := range line {
			h = max(h, o.MinSize().Height)
		}
		m.Height += h
	}
	for _, o := range objects {
		m.Width = max(m.Width, min(o.MinSize().Width, theme.Px(140)))
	}
	return m
}

// Layout implements fyne.Layout.
func (g *grid) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	g.width = size.Width
	gap := theme.Px(g.gap)
	part := (size.Width + gap) / wholeLine
	y := float32(0)
	for _, line := range g.lines(objects) {
		x, h := float32(0), float32(0)
		for _, o := range line {
			w := part*float32(g.share(o)) - gap
			o.Move(fyne.NewPos(x, y))
			o.Resize(fyne.NewSize(w, o.Size().Height)) // what wraps knows its height only then
			o.Resize(fyne.NewSize(w, o.MinSize().Height))
			h = max(h, o.MinSize().Height)
			x += w + gap
		}
		y += h + gap
	}
}

// summary is what a form comes to, in words, under its fields.
type summary struct {
	what, more *widget.Paragraph
	warn       *widget.Paragraph
	told       *fyne.Container
	warned     *fyne.Container
	object     *fyne.Container
}

func newSummary() *summary {
	s := &summary{
		what: widget.NewParagraph("", widget.Style{Size: theme.BodySize, Bold: true}),
		more: widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2}),
		warn: widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.WarnText}),
	}
	box := func(fill, border theme.Token, icon string, ink theme.Token, o fyne.CanvasObject) *fyne.Container {
		return lay.Col(0, widget.NewPanel(widget.PanelSpec{Fill: fill, Border: border, Radius: theme.RadiusField},
			lay.PadAll(12, lay.RowTop(10, lay.Pad(0, 1, 0, 0, widget.NewIcon(icon, ink, theme.IconMedium)), lay.Fill(o)))))
	}
	s.told = box(theme.Raised, theme.Border, "info", theme.Text2, lay.Col(2, s.what, s.more))
	s.warned = box(theme.WarnSoft, theme.Warn, "triangle-alert", theme.WarnText, s.warn)
	s.object = lay.Col(theme.Grid, s.told, s.warned)
	return s
}

func (s *summary) set(what, more, warn string) {
	s.what.Set(what)
	s.more.Set(more)
	s.warn.Set(warn)
	visible(s.more, more != "")
	visible(s.told, what != "")
	visible(s.warned, warn != "")
	visible(s.object, what != "" || warn != "")
}

func visible(o fyne.CanvasObject, on bool) {
	if o.Visible() == on {
		return
	}
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}
