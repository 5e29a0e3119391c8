// Package form draws forms from their models, and the lists of things the user has set up with the form of one of them.
package form

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

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

// form is the fields of one thing, as they are filled in. What is wrong with a field is said when the field has been
// touched, or when it was tried to save.
type form struct {
	model   func(present.Values) present.Form
	values  present.Values
	before  present.Values // as it was when the form was opened
	touched map[string]bool
	tried   bool
	filling bool
	refused map[string]string // what the phone did not take, by field; "" is the whole
	last    present.Form
	fields  map[string]*field
	grid    *fyne.Container
	summary *summary
	object  *fyne.Container
	changed func()                                          // something was filled in
	submit  func()                                          // Enter in a line
	grown   func()                                          // the form became higher or lower
	pick    func(view.File, func(string))                   // asks for a file; nil where there is no such window
	people  func(typed string, answer func([]phone.Person)) // finds people; nil where there are none
}

func newForm(changed func()) *form {
	f := &form{fields: map[string]*field{}, grid: container.New(&grid{gap: 14, wide: 420}), summary: newSummary(), changed: changed}
	f.object = lay.Col(14, f.grid)
	return f
}

// open begins with a thing.
func (f *form) open(values present.Values, model func(present.Values) present.Form) {
	f.model, f.values, f.before = model, values, maps.Clone(values)
	f.touched, f.tried, f.refused = map[string]bool{}, false, nil
	f.fields, f.grid.Objects = map[string]*field{}, nil
	f.draw()
}

// same reports whether nothing has been changed.
func (f *form) same() bool { return maps.Equal(f.values, f.before) }

// draw shows the form as it stands.
func (f *form) draw() {
	f.last = f.model(f.values)
	var objects []fyne.CanvasObject
	for _, m := range f.last.Fields {
		w, ok := f.fields[m.ID]
		if !ok {
			w = newField(m, func(v string) { f.set(m.ID, v) }, f)
			if w.line != nil {
				w.line.Entry().OnSubmit = func(string) { f.submit() }
			}
			f.fields[m.ID] = w
		}
		if why := f.refused[m.ID]; why != "" {
			m.Wrong = why
		} else if !f.tried && !f.touched[m.ID] {
			m.Wrong = ""
		}
		f.filling = true
		w.show(m, f.values[m.ID])
		f.filling = false
		objects = append(objects, w.cell)
	}
	if !slices.Equal(objects, f.grid.Objects) {
		f.grid.Objects = objects
	}
	warn := f.last.Warn
	if why := f.refused[""]; why != "" {
		warn = why
	}
	f.summary.set(f.last.Summary, f.last.More, warn)
	f.object.Refresh()
	f.summary.object.Refresh()
	if f.grown != nil {
		f.grown()
	}
}

// relay gives the fields their places: one became higher or lower.
func (f *form) relay() {
	f.object.Refresh()
	if f.grown != nil {
		f.grown()
	}
}

// set takes what was filled in.
func (f *form) set(id, value string) {
	if f.filling || f.values[id] == value {
		return
	}
	f.values[id] = value
	f.touched[id] = true
	f.refused = nil
	f.draw()
	f.changed()
}

// faulty is the first field that keeps the form from being saved; its fault is shown from now on.
func (f *form) faulty() string {
	f.tried = true
	f.draw()
	return f.last.Faulty()
}

// focus puts the keyboard in a field; an empty ID is the first.
func (f *form) focus(c fyne.Canvas, id string) {
	for _, m := range f.last.Fields {
		if w := f.fields[m.ID]; id == "" || m.ID == id {
			if target := w.focusable(); target != nil {
				c.Focus(target)
			}
			return
		}
	}
}

// cellLayout is the layout of a cell, with its share of a line in twelfths.
type cellLayout struct{ share int }

func (cellLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (cellLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	objects[0].Move(fyne.NewPos(0, 0))
	objects[0].Resize(s)
}

// field is one field on screen.
type field struct {
	model  present.FormField
	line   *widget.Field
	offers *offers // people who fit what is written; nil for none
	sel    *widget.Select
	on     *widget.Switch
	parts  []*widget.Button
	row    *fyne.Container
	label  *widget.Text
	below  *widget.Paragraph
	share  *cellLayout
	cell   *fyne.Container
	take   func(string)
	chosen string
}

// areaLines is how many lines a field of several lines shows.
const areaLines = 5

func newField(m present.FormField, take func(string), of *form) *field {
	pick := of.pick
	f := &field{model: m, take: take, share: &cellLayout{}}
	var o fyne.CanvasObject
	switch m.Kind {
	case present.FieldText, present.FieldLong, present.FieldSecret, present.FieldFile:
		f.line = widget.NewField(widget.FieldSpec{})
		switch m.Kind {
		case present.FieldLong:
			f.line = widget.NewAreaField(widget.FieldSpec{}, areaLines)
		case present.FieldSecret:
			f.line = widget.NewPasswordField(widget.FieldSpec{}, text.T("signin.show_password"), text.T("signin.hide_password"))
		}
		f.line.Entry().OnChanged = take
		o = f.line
		if m.People {
			f.offers = newOffers(f.line, of.people, of.relay)
			f.line.Entry().OnChanged = func(words string) {
				f.offers.write(words, !of.filling)
				take(words)
			}
			o = lay.Col(6, f.line, f.offers.row)
		}
		if m.Kind == present.FieldFile && pick != nil {
			choose := widget.NewButton(widget.ButtonSpec{Icon: "folder-open", Text: text.T("settings.choose_file"), Size: widget.Small}, func() {
				pick(view.File{Title: m.Label, Types: m.Types}, f.line.SetText)
			})
			o = lay.Col(theme.Half, f.line, lay.Row(0, choose))
		}
	case present.FieldSwitch:
		f.on = widget.NewSwitch(m.Label, func(on bool) { take(map[bool]string{true: "true", false: ""}[on]) })
		o = lay.Row(theme.WindowPadding, lay.Fill(widget.NewParagraph(m.Label, widget.Style{Size: theme.BodySize})), f.on)
	default:
		f.label = widget.NewText(m.Label, widget.Style{Size: theme.DetailSize, Token: theme.Text2, Bold: true})
		f.below = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.DangerText})
		f.below.Hide()
		var inner fyne.CanvasObject
		if m.Kind == present.FieldSelect {
			f.sel = widget.NewSelect(m.Icon, take)
			f.sel.SetName(m.Label)
			inner = f.sel
		} else {
			f.row = lay.Lines(6)
			inner = f.row
		}
		o = lay.Col(theme.Half, f.label, inner, f.below)
	}
	f.cell = container.New(f.share, o)
	return f
}

// show draws the field with a value.
func (f *field) show(m present.FormField, value string) {
	f.model = m
	f.share.share = wholeLine
	switch {
	case m.Share > 0:
		f.share.share = m.Share
	case m.Half:
		f.share.share = wholeLine / 2
	}
	switch {
	case f.line != nil:
		f.line.Set(widget.FieldSpec{Label: m.Label, Icon: m.Icon, Placeholder: m.Holder, Help: m.Help, Error: m.Wrong})
		if f.line.Text() != value {
			f.line.SetText(value)
		}
	case f.on != nil:
		f.on.Set(value == "true")
	case f.sel != nil:
		var options []widget.Option
		for _, c := range m.Options {
			options = append(options, widget.Option{ID: c.Value, Text: c.Text})
		}
		f.sel.SetIcon(m.Icon)
		f.sel.Set(options, value)
		f.wrong(m.Wrong)
	default:
		f.showParts(m, value)
		f.wrong(m.Wrong)
	}
}

func (f *field) wrong(why string) {
	f.below.Set(why)
	if f.below.Visible() != (why != "") {
		if why != "" {
			f.below.Show()
		} else {
			f.below.Hide()
		}
	}
}

// weekdays are in the order of a week here.
var weekdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// showParts draws the buttons of few choices, or of the days of the week.
func (f *field) showParts(m present.FormField, value string) {
	f.chosen = value
	options := m.Options
	if m.Kind == present.FieldDays {
		options = nil
		for _, d := range weekdays {
			n := strconv.Itoa(int(d))
			options = append(options, present.Choice{Value: n, Text: text.T("weekday.short." + n), Chosen: slices.Contains(strings.Split(value, ","), n)})
		}
	}
	for len(f.parts) < len(options) {
		b := widget.NewButton(widget.ButtonSpec{}, nil)
		f.parts = append(f.parts, b)
		f.row.Add(b)
	}
	for i, c := range options {
		on := c.Chosen || m.Kind != present.FieldDays && c.Value == value
		spec := widget.ButtonSpec{Text: c.Text, Chosen: on}
		if on {
			spec.Icon = "check"
		}
		f.parts[i].Set(spec)
		f.parts[i].OnTap(func() { f.press(c.Value) })
	}
}

// press chooses a part, or a day more or less.
func (f *field) press(part string) {
	if f.model.Kind != present.FieldDays {
		f.take(part)
		return
	}
	days := slices.DeleteFunc(strings.Split(f.chosen, ","), func(d string) bool { return d == "" })
	if i := slices.Index(days, part); i >= 0 {
		days = slices.Delete(days, i, i+1)
	} else {
		days = append(days, part)
	}
	f.take(strings.Join(days, ","))
}

func (f *field) focusable() fyne.Focusable {
	switch {
	case f.line != nil:
		return f.line.Entry()
	case f.sel != nil:
		return f.sel
	case f.on != nil:
		return f.on
	case len(f.parts) > 0:
		return f.parts[0]
	}
	return nil
}
