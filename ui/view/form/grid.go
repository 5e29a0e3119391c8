package form

import (
	"fyne.io/fyne/v2"

	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// grid is the layout of fields: halves stand two and two while there is width for both. Its height follows its width.
type grid struct {
	gap   float32 // dp
	wide  float32 // dp from which two halves stand side by side
	width float32
}

func halfCell(o fyne.CanvasObject) bool {
	c, ok := o.(*fyne.Container)
	if !ok {
		return false
	}
	l, ok := c.Layout.(*cellLayout)
	return ok && l.half
}

// lines is which cells stand beside each other.
func (g *grid) lines(objects []fyne.CanvasObject) [][]fyne.CanvasObject {
	two := g.width >= theme.Px(g.wide)
	var out [][]fyne.CanvasObject
	open := false
	for _, o := range objects {
		half := two && halfCell(o)
		if half && open {
			out[len(out)-1] = append(out[len(out)-1], o)
			open = false
			continue
		}
		out = append(out, []fyne.CanvasObject{o})
		open = half
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
	y := float32(0)
	for _, line := range g.lines(objects) {
		w := size.Width
		if halfCell(line[0]) && size.Width >= theme.Px(g.wide) {
			w = (size.Width - gap) / 2
		}
		h := float32(0)
		for _, o := range line {
			o.Resize(fyne.NewSize(w, o.Size().Height)) // what wraps knows its height only then
			h = max(h, o.MinSize().Height)
		}
		for i, o := range line {
			o.Move(fyne.NewPos(float32(i)*(w+gap), y))
			o.Resize(fyne.NewSize(w, o.MinSize().Height))
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
