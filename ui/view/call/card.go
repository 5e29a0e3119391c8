// Package call draws calls: the large card of the call in front, the small ones of the others, and the incoming card.
package call

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// Card is the large card.
type Card struct {
	deps view.Deps
	id   phone.CallID
	last present.CallCard
	open bool // quality figures are shown

	ground  *widget.Panel
	lamp    *widget.StatusShape
	state   *widget.Text
	quality *widget.Button
	avatar  *widget.Avatar
	name    *widget.Text
	number  *widget.Text
	timer   *widget.Text
	badge   *widget.Chip
	caller  *caller
	way     *way
	written *widget.NoteLine
	note    *widget.Button // where nothing is noted yet
	lock    *widget.Chip
	figures *Figures
	warning *widget.Paragraph
	why     *widget.Paragraph
	warnRow fyne.CanvasObject
	notices *notices
	consult *consult
	grid    *fyne.Container
	buttons []*widget.Button
	pad     *Keypad
	hangup  *widget.Button
	again   *widget.Button
	close   *widget.Button
	endRow  fyne.CanvasObject
}

// The tiles: so many, so many of them side by side where there is room.
const (
	gridTiles   = 8
	gridColumns = 4
)

// NewCard makes the card; Update fills it.
func NewCard(deps view.Deps) *Card {
	c := &Card{deps: deps}
	c.lamp = widget.NewStatusShape(widget.StatusCall, 22)
	c.state = widget.NewText("", widget.Style{Size: theme.BodySize, Bold: true, Cut: true})
	c.quality = widget.NewButton(widget.ButtonSpec{Look: widget.Quiet, Size: widget.Small}, c.ToggleFigures)
	c.avatar = widget.NewAvatar("", widget.StatusNone, theme.AvatarCard)
	c.name = widget.NewText("", widget.Style{Size: theme.HeadingSize, Bold: true, Cut: true})
	c.number = widget.NewText("", widget.Style{Size: theme.BodySize, Token: theme.Text2, Cut: true})
	c.badge = widget.NewChip(widget.ChipSpec{}, nil)
	c.caller = newCaller(deps)
	c.way = newWay()
	c.written = widget.NewNoteLine("sticky-note", func() { deps.Note(c.id) })
	c.note = widget.NewButton(widget.ButtonSpec{}, func() { deps.Note(c.id) })
	c.timer = widget.NewText("", widget.Style{Size: theme.TimerSize, Figures: true})
	c.lock = widget.NewChip(widget.ChipSpec{}, c.ToggleFigures)
	c.lock.Hide()
	c.figures = NewFigures()
	c.figures.Object().Hide()
	c.warning = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.WarnText})
	c.warnRow = widget.NewPanel(widget.PanelSpec{Fill: theme.WarnSoft, Radius: theme.RadiusField},
		lay.Pad(10, 6, 10, 6, lay.RowTop(theme.Grid, widget.NewIcon("triangle-alert", theme.WarnText, theme.IconMedium), lay.Fill(c.warning))))
	c.warnRow.Hide()
	c.why = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2})
	c.why.Hide()
	c.notices, c.consult = newNotices(deps), newConsult(deps)
	c.grid = lay.Tiles(gridColumns, theme.Grid)
	for range gridTiles {
		b := widget.NewTileButton("", "", nil)
		c.buttons = append(c.buttons, b)
		c.grid.Add(b)
	}
	c.pad = NewKeypad(func(digit string) { c.Digit(digit, true) }, func() { c.ShowKeypad(false) })
	c.pad.Object().Hide()
	c.hangup = widget.NewButton(widget.ButtonSpec{}, func() { deps.Run(command.Hangup, c.id) })
	c.again = widget.NewButton(widget.ButtonSpec{}, c.callBack)
	c.close = widget.NewButton(widget.ButtonSpec{}, func() { c.dismiss() })
	c.endRow = lay.Row(theme.Grid, lay.Fill(c.again), c.close)
	c.ground = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Radius: theme.RadiusCard}, lay.Margin(350, 14, 13, 10, 9, lay.Col(10,
		lay.Aside(theme.Grid, 110, lay.Least(0, theme.SmallButtonHeight, lay.Row(theme.Grid, c.lamp, lay.Fill(c.state))), c.quality),
		lay.AsideWords(14, 150, c.name, lay.Row(14, c.avatar, lay.Fill(lay.Col(0, c.name, c.number))), c.timer),
		lay.Aside(theme.Grid, 100, lay.Lines(theme.Grid, c.lock, c.badge), c.note), c.figures.Object(), c.way.object, c.written,
		c.warnRow, c.why, c.notices.column, c.consult.ground, c.grid, c.pad.Object(), c.hangup, c.endRow, c.caller.column,
	)))
	return c
}

// Object is the card.
func (c *Card) Object() fyne.CanvasObject { return c.ground }

// Update draws the call.
func (c *Card) Update(m present.CallCard) {
	if c.id != m.ID {
		c.id = m.ID
		c.pad.Clear()
		c.ShowKeypad(false)
	}
	c.last = m
	_, ink, _ := view.Colors(m.Tone)
	border := theme.Border
	width := float32(theme.HairLine)
	switch m.Tone {
	case present.ToneGreen:
		border, width = theme.Answer, theme.StateBorder
	case present.ToneAmber:
		border, width = theme.Amber, theme.StateBorder
	}
	c.ground.Set(widget.PanelSpec{Fill: theme.Surface, Radius: theme.RadiusCard, Border: border, Width: width})
	c.lamp.Set(widget.Status(m.Status))
	c.state.Set(m.State)
	c.state.SetToken(ink)
	c.updateQuality(m.Quality)
	lockChip(c.lock, m.Lock)
	c.avatar.Set(m.Who.Face(), widget.StatusNone)
	c.name.Set(m.Who.Name)
	line := joined(numberLine(m.Who, m.Account), m.Caller.Work)
	badge(c.badge, m.Caller)
	c.way.set(m.Caller)
	c.caller.update(m.ID, m.Caller)
	c.written.Set(m.NoteText, theme.Text2)
	notes := !m.Ended && c.deps.Note != nil
	widget.SetVisible(c.written, notes && m.NoteText != "")
	c.note.Set(widget.ButtonSpec{Icon: "notebook-pen", Text: text.T("callnote.note"), Tip: text.T("callnote.add"), Look: widget.Quiet, Size: widget.Small})
	widget.SetVisible(c.note, notes && m.NoteText == "")
	c.number.Set(line)
	widget.SetVisible(c.number, line != "")
	c.timer.Set(m.Timer)
	widget.SetVisible(c.timer, m.Timer != "")
	c.warning.Set(m.Warning)
	widget.SetVisible(c.warnRow, m.Warning != "")
	c.why.Set(m.Why)
	widget.SetVisible(c.why, m.Why != "")
	c.notices.update(m.Notices, m.ID)
	c.consult.update(m.Consult, m.ID)
	c.updateButtons(m)
	lay.Again(c.ground)
}

// numberLine is the number, when the name is not it already, and the account.
func numberLine(w present.Who, account string) string {
	line := ""
	if w.Known {
		line = w.Number
	}
	if account != "" {
		if line != "" {
			line += " · "
		}
		line += text.T("call.via", "account", account)
	}
	return line
}

func (c *Card) updateButtons(m present.CallCard) {
	for i, b := range c.buttons {
		if i >= len(m.Buttons) {
			b.Hide()
			continue
		}
		model := m.Buttons[i]
		b.Show()
		if model.Command == string(command.Keypad) {
			model.On = c.pad.Object().Visible()
			b.OnTap(func() { c.ShowKeypad(!c.pad.Object().Visible()) })
		} else if model.Command == moreCommand {
			b.OnTap(func() { c.openMore(b) })
		} else {
			b.OnTap(func() { c.deps.Run(command.ID(model.Command), c.id) })
		}
		spec := Spec(model)
		spec.Size, spec.Key = widget.Tile, ""
		spec.Tip = model.Key
		b.Set(spec)
	}
	if !m.Ended && len(m.Buttons) > 1 && !m.Buttons[1].Enabled && c.pad.Object().Visible() {
		c.ShowKeypad(false)
	}
	widget.SetVisible(c.grid, !m.Ended && !c.pad.Object().Visible())
	if m.Ended {
		c.pad.Object().Hide()
	}
	widget.SetVisible(c.hangup, !m.Ended)
	widget.SetVisible(c.endRow, m.Ended)
	if m.Ended {
		spec := Spec(m.CallBack)
		spec.Look, spec.Size = widget.Go, widget.Hangup
		c.again.Set(spec)
		c.close.Set(widget.ButtonSpec{Icon: "x", Tip: text.T("call.close_card"), Size: widget.Hangup})
		return
	}
	spec := Spec(m.Hangup)
	spec.Look, spec.Size = widget.Stop, widget.Hangup
	c.hangup.Set(spec)
}

// moreCommand is the tile that opens what has no tile of its own.
const moreCommand = "call.more"

func (c *Card) openMore(under fyne.CanvasObject) {
	var items []widget.MenuItem
	for _, a := range c.last.More {
		item := widget.MenuItem{Text: a.Text, Icon: a.Icon, Key: a.Key, Chosen: a.On, Run: func() { press(c.deps, a, c.id) }}
		if !a.Enabled {
			item.Disabled = a.Reason
		}
		items = append(items, item)
	}
	widget.ShowMenuUnder(under, items)
}

// Spec is a model button as widget draws it.
func Spec(b present.Button) widget.ButtonSpec {
	spec := widget.ButtonSpec{Text: b.Text, Icon: b.Icon, Key: b.Key, Room: b.Room, Chosen: b.On}
	if !b.Enabled {
		spec.Disabled = b.Reason
		if spec.Disabled == "" {
			spec.Disabled = text.T("disabled.not_now")
		}
	}
	return spec
}

// CanMeasure reports whether there are figures of the call.
func (c *Card) CanMeasure() bool { return !c.last.Ended && c.last.Quality.Codec != "" }

// ToggleFigures opens or closes how the call sounds, in figures.
func (c *Card) ToggleFigures() {
	c.open = !c.open
	if c.open {
		c.deps.Meters()
	}
	c.Update(c.last)
}

func (c *Card) updateQuality(q present.Quality) {
	widget.SetVisible(c.quality, q.Codec != "" || q.Word != "")
	widget.SetVisible(c.figures.Object(), c.open && c.quality.Visible())
	_, ink, _ := view.Colors(q.Tone)
	words := q.Codec
	if q.Word != "" {
		words = q.Word + "  " + q.Codec
	}
	tip := text.T("quality.open")
	if c.open {
		tip = text.T("quality.close")
	}
	c.quality.Set(widget.ButtonSpec{Text: words, Icon: q.Icon, Tint: ink, Look: widget.Quiet, Size: widget.Small, Chosen: c.open, Menu: true, Tip: tip})
	if c.figures.Object().Visible() {
		c.figures.Update(q)
	}
}

// Levels draws the meters and reports whether they are on screen.
func (c *Card) Levels(l phone.Levels) bool {
	if !c.open || !c.figures.Object().Visible() || !c.ground.Visible() {
		return false
	}
	c.figures.Levels(l)
	return true
}

// ShowKeypad opens or closes the keypad over the buttons.
func (c *Card) ShowKeypad(on bool) {
	widget.SetVisible(c.pad.Object(), on)
	widget.SetVisible(c.grid, !on)
	lay.Again(c.ground)
}

// KeypadOpen reports whether the keypad is open.
func (c *Card) KeypadOpen() bool { return c.pad.Object().Visible() }

// CanKeypad reports whether digits can be sent now.
func (c *Card) CanKeypad() bool {
	return !c.last.Ended && len(c.last.Buttons) > 1 && c.last.Buttons[1].Enabled
}

// Digit shows a digit that was sent; send sends it too.
func (c *Card) Digit(digit string, send bool) {
	if send {
		if err := c.deps.Do(phone.SendDTMF{Call: c.id, Digits: digit}); err != nil {
			c.deps.Say(text.Refusal(err))
			return
		}
	}
	if !c.KeypadOpen() {
		c.ShowKeypad(true)
	}
	c.pad.Pressed(digit)
}

func (c *Card) callBack() {
	if err := c.deps.Do(phone.Dial{Target: c.last.Dial}); err != nil {
		c.deps.Say(text.Refusal(err))
		return
	}
	c.dismiss()
}

func (c *Card) dismiss() {
	if err := c.deps.Do(phone.Dismiss{Call: c.id}); err != nil && phone.ReasonOf(err).ID != phone.ReasonNoCall {
		c.deps.Say(text.Refusal(err))
	}
}
