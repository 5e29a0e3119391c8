package conference

import (
	"fyne.io/fyne/v2"

	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// head is the line over the conference: what it is, how many, how long.
type head struct {
	count  *widget.Paragraph // wraps: how safe the line is must not be cut
	timer  *widget.Text
	lock   *widget.Button
	record *widget.Button
	object fyne.CanvasObject
}

func newHead(v *View) *head {
	h := &head{}
	h.count = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	h.timer = widget.NewText("", widget.Style{Size: theme.HeadingSize, Figures: true})
	words := lay.Col(0, widget.NewText(text.T("conference.title"), widget.Style{Size: theme.TitleSize, Bold: true, Cut: true}), h.count)
	h.record = widget.NewButton(widget.ButtonSpec{}, func() { v.do(v.model.Record) })
	h.lock = widget.NewButton(widget.ButtonSpec{}, func() { v.deps.Run(command.Quality, 0) })
	h.lock.Hide()
	h.object = lay.Aside(12, 130, lay.Row(12, mark(32), lay.Fill(words)), lay.Row(theme.Grid, h.lock, h.timer, h.record))
	return h
}

// mark is the conference's sign: a green square, as for a call in progress.
func mark(side float32) fyne.CanvasObject {
	return widget.NewPanel(widget.PanelSpec{Fill: theme.Answer, Radius: theme.RadiusField},
		lay.Least(side, side, lay.PadAll(6, widget.NewIcon("users", theme.OnAnswer, side-12))))
}

func (h *head) update(m *present.Conference) {
	words := m.Count
	if m.Lock.Word != "" {
		words += " · " + m.Lock.Word
	}
	h.count.Set(words)
	h.timer.Set(m.Timer)
	widget.SetVisible(h.lock, m.Lock.Lock != "")
	if m.Lock.Lock != "" {
		_, sign, _ := view.Colors(m.Lock.Tone)
		h.lock.Set(widget.ButtonSpec{Icon: m.Lock.Icon, Tint: sign, Look: widget.Quiet, Tip: m.Lock.Word + ". " + m.Lock.Why})
	}
	h.record.Set(icon(m.Record.Button, widget.Quiet))
	widget.SetVisible(h.record, m.Recording == "") // the bar below stops it
}

// actions is what is done with all of them, or the question before they are hung up.
type actions struct {
	v       *View
	asking  bool
	narrow  bool // no room for buttons of the usual size
	muteMe  *widget.Button
	muteAll *widget.Button
	step    *widget.Button
	leave   *widget.Button
	end     *widget.Button
	ask1    *widget.Paragraph
	yes, no *widget.Button
	buttons fyne.CanvasObject
	query   fyne.CanvasObject
	object  fyne.CanvasObject
}

func newActions(v *View) *actions {
	a := &actions{v: v}
	button := func(f func()) *widget.Button { return widget.NewButton(widget.ButtonSpec{}, f) }
	a.muteMe = button(func() { v.do(v.model.MuteMe) })
	a.muteAll = button(func() { v.do(v.model.MuteAll) })
	a.step = button(func() { v.do(v.model.Step) })
	a.leave = button(func() { v.do(v.model.Leave) })
	a.end = button(func() { a.ask(true) })
	a.buttons = lay.Col(theme.Grid, lay.Flow(theme.Grid, a.muteMe, a.muteAll, a.step), lay.Flow(theme.Grid, a.leave, a.end))
	a.ask1 = widget.NewParagraph("", widget.Style{Size: theme.NameSize, Bold: true})
	a.yes = button(func() {
		a.ask(false)
		v.do(v.model.End)
	})
	a.no = button(func() { a.ask(false) })
	a.query = lay.Col(10, a.ask1, lay.Flow(theme.Grid, a.no, a.yes))
	a.query.Hide()
	a.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Top: true}, lay.Pad(16, 12, 16, 12, lay.Col(0, a.buttons, a.query)))
	return a
}

// fit makes the buttons smaller where there is little room.
func (a *actions) fit(narrow bool) {
	if a.narrow == narrow || a.v.model == nil {
		return
	}
	a.narrow = narrow
	a.update(a.v.model)
}

func (a *actions) update(m *present.Conference) {
	size := widget.Medium
	if a.narrow {
		size = widget.Small
	}
	a.muteMe.Set(spec(m.MuteMe.Button, widget.Plain, size))
	a.muteAll.Set(spec(m.MuteAll.Button, widget.Plain, size))
	a.step.Set(spec(m.Step.Button, widget.Plain, size))
	widget.SetVisible(a.step, m.Away == "") // the bar above leads back
	a.leave.Set(spec(m.Leave.Button, widget.Plain, size))
	a.end.Set(spec(m.End.Button, widget.Stop, size))
	a.ask1.Set(m.Ask)
	a.yes.Set(widget.ButtonSpec{Text: text.T("conference.end_yes"), Icon: "phone-off", Look: widget.Stop, Size: size})
	a.no.Set(widget.ButtonSpec{Text: text.T("button.no"), Key: text.T("key.enter"), Size: size})
}

// ask shows the question, with the keyboard on No, or takes it away.
func (a *actions) ask(on bool) {
	if a.asking == on {
		return
	}
	a.asking = on
	widget.SetVisible(a.query, on)
	widget.SetVisible(a.buttons, !on)
	lay.Again(a.v.object)
	c := fyne.CurrentApp().Driver().CanvasForObject(a.object)
	if c == nil {
		return
	}
	if on {
		c.Focus(a.no)
	} else if f := c.Focused(); f == fyne.Focusable(a.no) || f == fyne.Focusable(a.yes) {
		c.Unfocus()
	}
}

// small is the card that stands for the conference while another call is in front.
type small struct {
	count  *widget.Text
	timer  *widget.Text
	away   *widget.Paragraph
	back   *widget.Button
	object fyne.CanvasObject
}

func newSmall(v *View) *small {
	s := &small{}
	s.count = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	s.timer = widget.NewText("", widget.Style{Size: theme.TitleSize, Figures: true})
	s.away = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	s.back = widget.NewButton(widget.ButtonSpec{}, func() { v.do(v.model.Back) })
	s.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Radius: theme.RadiusCard}, lay.PadAll(12, lay.Col(10,
		lay.Row(10, mark(28), lay.Fill(lay.Col(0, widget.NewText(text.T("conference.title"), widget.Style{Size: theme.NameSize, Bold: true, Cut: true}), s.count)), s.timer),
		s.away, s.back)))
	return s
}

func (s *small) update(m *present.Conference) {
	s.count.Set(m.Count)
	s.timer.Set(m.Timer)
	s.away.Set(m.Away)
	s.back.Set(spec(m.Back.Button, widget.Plain, widget.Small))
}
