package form

import (
	"fyne.io/fyne/v2"

	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// redraw draws the list and the buttons, and on a page what stands in front.
func (e *Editor) redraw() {
	if e.spec.Rows != nil {
		e.rows = e.spec.Rows(e.scene)
		e.drawList()
	}
	e.drawFoot()
	if e.inline != nil {
		e.drawInline()
	}
	if e.object != nil {
		e.object.Refresh()
	}
	if e.inline != nil {
		reflow(e.inline)
	}
}

// reflow lays out the window after something became higher.
func reflow(o fyne.CanvasObject) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.Content() != nil {
		c.Content().Refresh()
	}
}

func (e *Editor) drawList() {
	for len(e.list.Objects) < len(e.rows) {
		e.list.Add(widget.NewOptionRow(widget.OptionSpec{}, nil))
	}
	e.list.Objects = e.list.Objects[:len(e.rows)]
	for i, r := range e.rows {
		row, ok := e.list.Objects[i].(*widget.OptionRow)
		if !ok { // the sentence for an empty list stood there
			row = widget.NewOptionRow(widget.OptionSpec{}, nil)
			e.list.Objects[i] = row
		}
		spec := widget.OptionSpec{Status: widget.Status(r.Status), Icon: r.Icon, Title: r.Title, Detail: r.Detail, Faded: r.Off,
			Framed: e.inline == nil && e.open && r.ID == e.at, More: e.inline != nil, Alert: r.Warn}
		row.Set(spec)
		row.OnTap(func() {
			e.Edit(r.ID)
			e.focus("")
		})
	}
	if len(e.rows) == 0 {
		side := float32(theme.Grid)
		if e.inline != nil { // in line with the button under it
			side = 0
		}
		e.list.Objects = []fyne.CanvasObject{lay.Pad(side, 6, side, 6, widget.NewParagraph(e.spec.Empty, widget.Style{Size: theme.BodySize, Token: theme.Text2}))}
	}
	e.list.Refresh()
	e.buttons.Objects = []fyne.CanvasObject{widget.NewButton(widget.ButtonSpec{Text: e.spec.New, Icon: "plus"}, func() {
		e.Edit("")
		e.focus("")
	})}
	if e.inline == nil && e.open && e.at != "" {
		e.buttons.Objects = append(e.buttons.Objects, e.tools()...)
	}
	e.buttons.Refresh()
}

// tools are what can be done with the thing in the form.
func (e *Editor) tools() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	if e.spec.Actions != nil {
		for _, a := range e.spec.Actions(e.scene, e.at) {
			out = append(out, widget.NewButton(widget.ButtonSpec{Icon: a.Icon, Text: a.Text, Disabled: a.Disabled, Look: widget.Go}, func() { e.act(a) }))
		}
	}
	if e.locked() != "" {
		return out
	}
	if e.spec.Move != nil {
		out = append(out, widget.NewIconButton("chevron-up", text.T("form.up"), func() { e.move(-1) }), widget.NewIconButton("chevron-down", text.T("form.down"), func() { e.move(+1) }))
	}
	words := text.T("form.delete")
	if e.spec.Delete != "" {
		words = e.spec.Delete
	}
	if e.ask {
		words = text.T("form.delete_ask", "name", e.name())
		if e.spec.Ask != nil {
			words = e.spec.Ask(e.name())
		}
	}
	out = append(out, widget.NewButton(widget.ButtonSpec{Text: words, Icon: "trash-2", Look: widget.Decline}, e.remove))
	if e.ask {
		out = append(out, widget.NewButton(widget.ButtonSpec{Text: text.T("button.no")}, func() {
			e.ask = false
			e.redraw()
		}))
	}
	return out
}

// locked is why the thing in the form cannot be changed.
func (e *Editor) locked() string {
	if e.spec.Locked == nil || e.at == "" {
		return ""
	}
	return e.spec.Locked(e.scene, e.at)
}

// act does something else with the thing in the form.
func (e *Editor) act(a present.EditorAction) {
	if err := e.deps.Do(a.Command); err != nil {
		e.refuse(err)
	} else if a.Said != "" {
		e.deps.Say(a.Said)
	}
}

func (e *Editor) name() string {
	for _, r := range e.rows {
		if r.ID == e.at {
			return r.Title
		}
	}
	return ""
}

// drawFoot draws Save and Cancel. Save waits only for a change.
func (e *Editor) drawFoot() {
	spec := widget.ButtonSpec{Text: e.spec.Save, Look: widget.Primary}
	if e.scene.Key != nil {
		spec.Key = e.scene.Key(string(command.SaveForm))
	}
	alone := e.spec.Rows == nil && e.inline == nil // a form to be used as it stands
	if e.form.values != nil && e.form.same() && !alone {
		spec.Disabled = text.T("form.same")
	}
	if e.sent.fate.Asking != "" {
		spec.Disabled = e.sent.fate.Asking
	}
	if why := e.locked(); why != "" {
		spec.Disabled = why
	}
	e.save.Set(spec)
	e.foot.Objects = []fyne.CanvasObject{e.cancel, e.save}
	e.foot.Refresh()
}

// drawInline draws the list or the form that stands in its place.
func (e *Editor) drawInline() {
	card := func(rows ...fyne.CanvasObject) fyne.CanvasObject {
		return widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Radius: theme.RadiusCard}, lay.PadAll(16, lay.Col(14, rows...)))
	}
	objects := []fyne.CanvasObject{widget.NewParagraph(e.spec.Title, widget.Style{Size: theme.NameSize, Bold: true})}
	if e.spec.Help != "" {
		objects = append(objects, widget.NewParagraph(e.spec.Help, widget.Style{Size: theme.DetailSize, Token: theme.Text3}))
	}
	switch {
	case e.open:
		parts := []fyne.CanvasObject{e.form.object, e.form.summary.object, e.foot}
		if e.at != "" {
			parts = append(parts, widget.NewLine(false), lay.Lines(theme.Grid, e.tools()...))
		}
		objects = append(objects, card(parts...))
	default:
		objects = append(objects, card(e.list, e.buttons))
	}
	e.inline.Objects = objects
	e.inline.Refresh()
}

// Rows is the list as shown, for tests.
func (e *Editor) Rows() []present.FormRow { return e.rows }

// windowFrame is a top, a bottom, and what is left between them. In a low window the help at the top goes; a list alone in
// front has nothing to save or leave.
type windowFrame struct {
	e    *Editor
	help fyne.CanvasObject // nil for none
}

// lowWindow is the height, in dp, under which the help goes.
const lowWindow = 320

func (f *windowFrame) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(theme.NormalMinWidth, theme.Px(200)) // what does not fit is scrolled to
}

func (f *windowFrame) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	if f.help != nil {
		visible(f.help, s.Height >= theme.Px(lowWindow))
	}
	visible(objects[2], f.e.spec.Rows == nil || f.e.front || s.Width >= theme.Px(bothNeeded))
	for _, o := range []fyne.CanvasObject{objects[0], objects[2]} {
		o.Resize(fyne.NewSize(s.Width, o.Size().Height)) // what wraps knows its height only then
	}
	top, bottom := objects[0].MinSize().Height, float32(0)
	if objects[2].Visible() {
		bottom = objects[2].MinSize().Height
	}
	put(objects[0], 0, 0, s.Width, top)
	put(objects[1], 0, top, s.Width, max(0, s.Height-top-bottom))
	put(objects[2], 0, s.Height-bottom, s.Width, bottom)
}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// The widths of the list beside the form, and from which both have room, in dp.
const (
	listWidth  = 240
	bothNeeded = 620
)

// panes is the list beside the form, or the one of them that is in front.
type panes struct{ e *Editor }

func (p *panes) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

func (p *panes) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	list, line, form := objects[0], objects[1], objects[2]
	both := s.Width >= theme.Px(bothNeeded)
	p.e.tight = !both
	visible(list, both || !p.e.front)
	visible(line, both)
	visible(form, both || p.e.front)
	if !both {
		put(list, 0, 0, s.Width, s.Height)
		put(form, 0, 0, s.Width, s.Height)
		return
	}
	w := theme.Px(listWidth)
	put(list, 0, 0, w, s.Height)
	put(line, w, 0, 1, s.Height)
	put(form, w+1, 0, s.Width-w-1, s.Height)
}
