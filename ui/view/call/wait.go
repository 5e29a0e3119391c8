package call

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// Wait is a card of the attendant's strip: a call that is not in front, with its number, how long it has waited and the
// one thing to do with it.
type Wait struct {
	deps  view.Deps
	model present.WaitCard
	low   bool

	number *widget.KeyCap
	lamp   *widget.StatusShape
	name   *widget.Text
	line   *widget.Text
	after  *widget.Text
	alarm  *widget.Icon
	timer  *widget.Text
	act    *widget.Button
	note   *widget.Paragraph
	back   *back
	bar    *widget.Panel
	track  *widget.Panel
	inner  *fyne.Container
	object *widget.Panel
}

// The heights of a card in dp, in a window with room and in a low one.
const (
	waitHeight    = 68
	waitLowHeight = 52
	waitButton    = 100 // the button's width
	barHeight     = 4
)

// NewWait makes a card.
func NewWait(deps view.Deps) *Wait {
	w := &Wait{deps: deps}
	w.number = widget.NewKeyCap("")
	w.lamp = widget.NewStatusShape(widget.StatusCallHeld, 28)
	w.name = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Cut: true})
	w.line = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	w.after = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Figures: true})
	w.alarm = widget.NewIcon("", theme.Text, theme.IconMedium)
	w.timer = widget.NewText("", widget.Style{Size: theme.TitleSize, Bold: true, Figures: true, Align: fyne.TextAlignTrailing})
	w.act = widget.NewButton(widget.ButtonSpec{}, func() { press(deps, w.model.Act, w.model.ID) })
	w.note = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	w.back = newBack(deps)
	w.track = widget.NewPanel(widget.PanelSpec{Fill: theme.Sunken, Radius: 2}, container.NewWithoutLayout())
	w.bar = widget.NewPanel(widget.PanelSpec{Fill: theme.Violet, Radius: 2}, container.NewWithoutLayout())
	w.inner = container.New(&waitLayout{w}, w.number, w.lamp, w.name, w.line, w.after, w.alarm, w.timer, w.act, w.note, w.track, w.bar, w.back.column)
	w.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Radius: theme.RadiusStrip, Drawn: true}, w.inner)
	return w
}

// Object is the card.
func (w *Wait) Object() fyne.CanvasObject { return w.object }

// ID is the call the card is of, 0 for none of this telephone.
func (w *Wait) ID() phone.CallID { return w.model.ID }

// Rings reports whether the call rings here.
func (w *Wait) Rings() bool { return w.model.Rings }

// Update draws the call; low is the card for a window without much height.
func (w *Wait) Update(m present.WaitCard, low bool) {
	w.model, w.low = m, low
	fill, ink, _ := view.Colors(m.Tone)
	panel := widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Radius: theme.RadiusStrip, Drawn: true}
	switch {
	case m.Alarm && m.Dim:
		panel.Border, panel.Width = theme.Danger, theme.StateBorder
	case m.Alarm:
		panel.Fill, panel.Border, panel.Width = theme.DangerSoft, theme.Danger, theme.StateBorder
	case m.Rings, m.Next:
		panel.Fill, panel.Border, panel.Width = theme.Selected, theme.Accent, theme.StateBorder
	}
	w.object.Set(panel)
	number := ""
	if m.Number > 0 {
		number = text.Number(int64(m.Number))
	}
	w.number.Set(number)
	widget.SetVisible(w.number, number != "")
	w.lamp.Set(widget.Status(m.Status))
	w.name.Set(m.Who.Name)
	token := theme.Text2
	if m.Alarm {
		token = ink
	}
	w.line.SetSpans(widget.Span{Text: m.Line, Token: token})
	after := ""
	if m.After != "" {
		after = " · " + m.After
	}
	w.after.Set(after)
	widget.SetVisible(w.after, after != "")
	_, late, _ := view.Colors(m.TimerTone)
	w.alarm.Set(m.TimerIcon, late)
	widget.SetVisible(w.alarm, m.TimerIcon != "")
	w.timer.Set(m.Timer)
	w.timer.SetToken(late)
	widget.SetVisible(w.timer, m.Timer != "")
	spec := Spec(m.Act.Button)
	spec.Size = widget.Small
	if m.Rings && spec.Disabled == "" {
		spec.Look = widget.Go
	}
	if low {
		spec.Tip, spec.Text, spec.Size = spec.Text, "", widget.Medium
	}
	w.act.Set(spec)
	widget.SetVisible(w.act, m.Act.Text != "")
	w.note.Set(m.Note)
	widget.SetVisible(w.note, m.Note != "")
	w.back.update(m.Back, m.ID, low)
	widget.SetVisible(w.track, m.Left > 0)
	widget.SetVisible(w.bar, m.Left > 0)
	w.bar.Set(widget.PanelSpec{Fill: fill, Radius: 2})
	lay.Again(w.inner)
}

// OpenMenu opens what else can be done with the call, at a place of the canvas.
func (w *Wait) OpenMenu(at fyne.Position) {
	c := fyne.CurrentApp().Driver().CanvasForObject(w.object)
	acts := w.model.More
	if w.model.Act.Text != "" {
		acts = append([]present.Act{w.model.Act}, acts...)
	}
	if c != nil && len(acts) > 0 {
		widget.ShowMenu(c, at, Items(w.deps, acts, w.model.ID))
	}
}

// waitLayout is the card's: number and lamp, name over what it waits for, time over the button; side by side in a low
// card.
type waitLayout struct{ w *Wait }

// MinSize implements fyne.Layout.
func (l *waitLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	w := l.w
	h := theme.Px(waitHeight)
	if w.low {
		h = theme.Px(waitLowHeight)
	}
	if w.note.Visible() {
		h += w.note.MinSize().Height + theme.Px(theme.Half)
	}
	if w.back.column.Visible() {
		h += w.back.column.MinSize().Height + theme.Px(theme.Grid)
	}
	return fyne.NewSize(theme.Px(200), h)
}

// Layout implements fyne.Layout.
func (l *waitLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	w := l.w
	put := func(o fyne.CanvasObject, x, y, width, height float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(width, height))
	}
	pad, gap, lamp := theme.Px(10), theme.Px(10), theme.Px(28)
	card := theme.Px(waitHeight)
	if w.low {
		card = theme.Px(waitLowHeight)
	}
	x := pad
	box := w.number.MinSize()
	if w.number.Visible() {
		put(w.number, x, (card-box.Height)/2, box.Width, box.Height)
	}
	x += box.Width + gap // cards without a number stand in line with the others
	put(w.lamp, x, (card-lamp)/2, lamp, lamp)
	x += lamp + gap
	right := size.Width - pad
	timer, button := w.timer.MinSize(), w.act.MinSize()
	if !w.timer.Visible() {
		timer = fyne.Size{}
	}
	alarm := theme.Px(theme.IconMedium)
	name, line := w.name.MinSize().Height, w.line.MinSize().Height
	top := (card - name - line) / 2
	textRight, lineRight := right, right
	if w.low {
		if w.act.Visible() {
			put(w.act, right-button.Width, (card-button.Height)/2, button.Width, button.Height)
			right -= button.Width + gap
		}
		put(w.timer, right-timer.Width, (card-timer.Height)/2, timer.Width, timer.Height)
		textRight = right - timer.Width - gap
		if w.alarm.Visible() {
			put(w.alarm, right-timer.Width-alarm-theme.Px(6), (card-alarm)/2, alarm, alarm)
			textRight -= alarm + theme.Px(6)
		}
		lineRight = textRight
	} else {
		upper := theme.Px(8)
		put(w.timer, right-timer.Width, upper, timer.Width, timer.Height)
		textRight = right - timer.Width - gap
		if w.alarm.Visible() {
			put(w.alarm, right-timer.Width-alarm-theme.Px(6), upper+(timer.Height-alarm)/2, alarm, alarm)
			textRight -= alarm + theme.Px(6)
		}
		if w.act.Visible() {
			width := max(theme.Px(waitButton), button.Width)
			put(w.act, right-width, card-button.Height-theme.Px(6), width, button.Height)
			lineRight = right - width - gap
		}
	}
	put(w.name, x, top, max(0, textRight-x), name)
	room, tail := max(0, lineRight-x), float32(0)
	if w.after.Visible() {
		tail = min(room, w.after.MinSize().Width)
	}
	wide := min(room-tail, w.line.Natural()+1)
	put(w.line, x, top+name, wide, line)
	put(w.after, x+wide, top+name, tail, line)
	if w.note.Visible() {
		w.note.Resize(fyne.NewSize(size.Width-2*pad, w.note.Size().Height))
		put(w.note, pad, card-theme.Px(2), size.Width-2*pad, w.note.MinSize().Height)
		card += w.note.MinSize().Height + theme.Px(theme.Half)
	}
	if h := w.back.height(size.Width - 2*pad); h > 0 {
		put(w.back.column, pad, card-theme.Px(2), size.Width-2*pad, h)
	}
	if w.bar.Visible() {
		h, edge := theme.Px(barHeight), theme.Px(2)
		put(w.track, edge, size.Height-h-1, size.Width-2*edge, h)
		put(w.bar, edge, size.Height-h-1, (size.Width-2*edge)*w.model.Left, h)
	}
}
