package call

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// fairShare is the height of an estimate of 3.6 in a graph that goes from 1 to 4.5: below it people begin to complain.
const fairShare = (3.6 - 1) / 3.5

// Figures is how a call sounds, in figures and as a picture of its last minute, one part for each direction.
type Figures struct {
	in, out *direction
	names   []*widget.Text
	values  []*widget.Text
	facts   *fyne.Container
	sign    *widget.Icon
	lock    *widget.Paragraph
	lockRow fyne.CanvasObject
	column  *fyne.Container
}

// direction is what one of the two hears.
type direction struct {
	word  *widget.Text
	meter *widget.LevelMeter
	graph *widget.SweepGraph
	line  *widget.Paragraph
	all   fyne.CanvasObject
}

func newDirection(icon, title string) *direction {
	d := &direction{meter: widget.NewLevelMeter(16)}
	name := text.T(title)
	d.word = widget.NewText("", widget.Style{Size: theme.DetailSize, Bold: true, Figures: true, Align: fyne.TextAlignTrailing})
	d.graph = widget.NewSweepGraph(present.TraceLength, fairShare, name+": "+text.T("quality.minute"))
	d.line = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	d.all = lay.Col(theme.Half,
		lay.Row(theme.Grid, widget.NewIcon(icon, theme.Text2, theme.IconSmall), widget.NewText(name, widget.Style{Size: theme.DetailSize, Bold: true}), lay.Fill(d.meter), d.word),
		d.graph, d.line)
	return d
}

// NewFigures makes them; Update fills them.
func NewFigures() *Figures {
	f := &Figures{in: newDirection("headphones", "quality.in"), out: newDirection("mic", "quality.out"), facts: lay.Col(2)}
	f.sign = widget.NewIcon("", theme.Text2, theme.IconSmall)
	f.lock = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	f.lockRow = lay.RowTop(theme.Grid, f.sign, lay.Fill(f.lock))
	f.column = lay.Col(10, f.in.all, f.out.all, f.facts, f.lockRow)
	return f
}

// Object is what shows them.
func (f *Figures) Object() *fyne.Container { return f.column }

// Update draws a call's figures.
func (f *Figures) Update(q present.Quality) {
	var graph present.Graph
	if q.Graph != nil {
		graph = *q.Graph
	}
	f.in.update(&graph.In, graph.Next, q.Rows, func(r present.QualityRow) string { return r.In })
	f.out.update(&graph.Out, graph.Next, q.Rows, func(r present.QualityRow) string { return r.Out })
	facts := q.Facts
	if q.Codec != "" {
		facts = append([]present.Detail{{Name: text.T("quality.codec"), Value: q.Codec}}, facts...)
	}
	for len(f.values) < len(facts) {
		name := widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
		value := widget.NewText("", widget.Style{Size: theme.DetailSize, Bold: true, Figures: true, Align: fyne.TextAlignTrailing})
		f.names, f.values = append(f.names, name), append(f.values, value)
		f.facts.Add(lay.Row(theme.Grid, lay.Fill(name), value))
	}
	for i, line := range f.facts.Objects {
		widget.SetVisible(line, i < len(facts))
		if i < len(facts) {
			f.names[i].Set(facts[i].Name)
			f.values[i].Set(facts[i].Value)
		}
	}
	widget.SetVisible(f.lockRow, q.Lock.Lock != "")
	if q.Lock.Lock != "" {
		_, ink, _ := view.Colors(q.Lock.Tone)
		f.sign.Set(q.Lock.Icon, ink)
		f.lock.Set(q.Lock.Word + ". " + q.Lock.Why)
	}
	f.column.Refresh()
}

func (d *direction) update(bars *[present.TraceLength]present.TraceBar, next int, rows []present.QualityRow, side func(present.QualityRow) string) {
	d.graph.Set(func(i int) widget.SweepBar {
		fill, _, _ := view.Colors(bars[i].Tone)
		return widget.SweepBar{Share: bars[i].Share, Token: fill}
	}, next)
	line := ""
	for i, r := range rows {
		if i == 0 {
			d.word.Set(side(r))
			continue
		}
		line = joined(line, r.Name+" "+side(r))
	}
	d.line.Set(line)
}

// Levels draws the meters.
func (f *Figures) Levels(l phone.Levels) {
	f.out.meter.Set(present.LevelShare(l.Microphone), l.Microphone > -3)
	f.in.meter.Set(present.LevelShare(l.Speaker), l.Speaker > -3)
}

// Window is the figures of the call in front in a window of their own, for views that have no room for them.
type Window struct {
	deps    view.Deps
	figures *Figures
	name    *widget.Text
	none    *widget.Text
	object  fyne.CanvasObject
	ground  *fyne.Container
}

// NewWindow makes the content of the window.
func NewWindow(deps view.Deps, s present.Scene) *Window {
	w := &Window{deps: deps, figures: NewFigures()}
	w.name = widget.NewText("", widget.Style{Size: theme.TitleSize, Bold: true, Cut: true})
	w.none = widget.NewText(text.T("quality.nothing"), widget.Style{Size: theme.BodySize, Token: theme.Text2})
	w.ground = lay.Col(12, w.name, w.none, w.figures.Object())
	w.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, lay.PadAll(theme.WindowPadding, w.ground))
	w.Update(s)
	return w
}

// Object is the content of the window.
func (w *Window) Object() fyne.CanvasObject { return w.object }

// Update draws the call in front.
func (w *Window) Update(s present.Scene) {
	name, q, ok := present.QualityInFront(s)
	if ok && !w.name.Visible() {
		w.deps.Meters()
	}
	widget.SetVisible(w.name, ok)
	widget.SetVisible(w.none, !ok)
	widget.SetVisible(w.figures.Object(), ok)
	if ok {
		w.name.Set(name)
		w.figures.Update(q)
	}
	w.ground.Refresh()
}

// Levels draws the meters and reports whether there are any.
func (w *Window) Levels(l phone.Levels) bool {
	if !w.figures.Object().Visible() {
		return false
	}
	w.figures.Levels(l)
	return true
}

// lockChip shows a lock on a chip; the tip says what is open to whom.
func lockChip(c *widget.Chip, l present.LockSign) {
	widget.SetVisible(c, l.Lock != "")
	if l.Lock == "" {
		return
	}
	_, ink, soft := view.Colors(l.Tone)
	c.Set(widget.ChipSpec{Text: l.Word, Icon: l.Icon, Fill: soft, Ink: ink, Tip: l.Why})
}
