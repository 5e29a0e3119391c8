package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// SearchField is the search and dial field: icon, text, and buttons at its end. It has the keyboard whenever the window
// is in front.
type SearchField struct {
	frame
}

// NewSearchField makes a search field with buttons at its end (keypad toggle).
func NewSearchField(trailing ...fyne.CanvasObject) *SearchField {
	f := &SearchField{}
	f.frame = frame{icon: "search", height: theme.SearchHeight, trailing: trailing}
	f.init(f)
	return f
}

// Entry is the text inside, for focus, OnChanged and OnSubmit.
func (f *SearchField) Entry() *KeyEntry { return f.entry }

// Text is what is typed.
func (f *SearchField) Text() string { return f.entry.Text }

// SetText replaces what is typed and puts the caret at the end. OnChanged is called when it differs.
func (f *SearchField) SetText(s string) {
	f.entry.SetText(s)
	f.entry.SetCursorEnd()
}

// SetPlaceHolder is what an empty field says.
func (f *SearchField) SetPlaceHolder(s string) {
	if f.holder != s {
		f.holder = s
		f.Refresh()
	}
}

// OnChanged is called with every change of the text.
func (f *SearchField) OnChanged(fn func(string)) { f.entry.OnChanged = fn }

// SetFaulty draws the border in red or not; the words stand below the field.
func (f *SearchField) SetFaulty(on bool) {
	if f.faulty != on {
		f.faulty = on
		f.Refresh()
	}
}

// FieldSpec is what a field shows apart from its text.
type FieldSpec struct {
	Label       string
	Icon        string
	Placeholder string
	Error       string      // sentence under the field; empty for none
	Help        string      // sentence under the field when there is no error
	Note        string      // few words at its end: "found, encrypted"
	NoteIcon    string      // beside the note
	NoteToken   theme.Token // of the note; "" is Text3
}

// Field is a labelled line of input with an error line under it.
type Field struct {
	fynewidget.BaseWidget
	spec   FieldSpec
	frame  *frame
	label  *Text
	note   *Text
	noteIc *Icon
	below  *Paragraph
	eye    *Button
}

// NewField makes a field.
func NewField(spec FieldSpec) *Field { return newField(spec, nil) }

// NewAreaField makes a field of several lines.
func NewAreaField(spec FieldSpec, lines int) *Field {
	f := newField(spec, nil)
	f.frame.height = float32(lines)*theme.NameSize.LineHeight() + 2*theme.Grid
	f.frame.entry.MultiLine = true
	f.frame.entry.Wrapping = fyne.TextWrapWord
	f.frame.entry.Scroll = fyne.ScrollVerticalOnly
	return f
}

// NewPasswordField makes a field whose text is hidden until the eye is pressed. show and hide are the names of the
// eye's two states, as tips.
func NewPasswordField(spec FieldSpec, show, hide string) *Field {
	eye := NewIconButton("eye", show, nil)
	f := newField(spec, eye)
	f.frame.entry.Password = true
	f.frame.entry.past = true                                                      // the next field is written at once, as everywhere, and Enter there does not show the password
	f.frame.entry.ActionItem = canvas.NewRectangle(theme.Color(theme.Transparent)) // in place of Fyne's own eye
	eye.OnTap(func() {
		hidden := !f.frame.entry.Password
		f.frame.entry.Password = hidden
		f.frame.entry.Refresh()
		if hidden {
			eye.Set(ButtonSpec{Icon: "eye", Tip: show, Look: Quiet, Size: Small})
		} else {
			eye.Set(ButtonSpec{Icon: "eye-off", Tip: hide, Look: Quiet, Size: Small})
		}
	})
	eye.Set(ButtonSpec{Icon: "eye", Tip: show, Look: Quiet, Size: Small})
	return f
}

func newField(spec FieldSpec, eye *Button) *Field {
	f := &Field{spec: spec, eye: eye}
	f.label = NewText("", Style{Size: theme.DetailSize, Token: theme.Text2, Bold: true, Cut: true})
	f.note = NewText("", Style{Size: theme.DetailSize})
	f.noteIc = NewIcon("", theme.Text3, theme.IconSmall)
	f.below = NewParagraph("", Style{Size: theme.DetailSize})
	trailing := []fyne.CanvasObject{f.noteIc, f.note}
	if eye != nil {
		trailing = append(trailing, eye)
	}
	f.frame = newFrame(spec.Icon, theme.FieldHeight, trailing...)
	f.apply()
	f.ExtendBaseWidget(f)
	return f
}

// Entry is the text inside, for focus, OnChanged and OnSubmit.
func (f *Field) Entry() *KeyEntry { return f.frame.entry }

// Text is what is typed.
func (f *Field) Text() string { return f.frame.entry.Text }

// SetText replaces what is typed.
func (f *Field) SetText(s string) { f.frame.entry.SetText(s) }

// Set changes what stands around the text.
func (f *Field) Set(spec FieldSpec) {
	if f.spec == spec {
		return
	}
	f.spec = spec
	f.apply()
	f.frame.Refresh()
	f.Refresh()
}

// Spec is what stands around the text.
func (f *Field) Spec() FieldSpec { return f.spec }

func (f *Field) apply() {
	s := f.spec
	f.label.Set(s.Label)
	f.frame.icon = s.Icon
	f.frame.faulty = s.Error != ""
	f.frame.holder = s.Placeholder
	token := s.NoteToken
	if token == "" {
		token = theme.Text3
	}
	f.note.Set(s.Note)
	f.note.SetToken(token)
	f.noteIc.Set(s.NoteIcon, token)
	SetVisible(f.note, s.Note != "")
	SetVisible(f.noteIc, s.NoteIcon != "")
	f.below.Set(s.Help)
	f.below.SetToken(theme.Text3)
	if s.Error != "" {
		f.below.Set(s.Error)
		f.below.SetToken(theme.DangerText)
	}
	SetVisible(f.below, s.Error != "" || s.Help != "")
}

// Resize wraps the line below to the width.
func (f *Field) Resize(s fyne.Size) {
	f.below.Resize(fyne.NewSize(s.Width, f.below.Size().Height))
	f.BaseWidget.Resize(s)
}

// CreateRenderer implements fyne.Widget.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	d := &drawing{owner: f, objects: []fyne.CanvasObject{f.label, f.frame, f.below}}
	gap := func() float32 { return theme.Px(4) }
	d.min = func() fyne.Size {
		m := f.frame.MinSize()
		w := max(m.Width, f.label.MinSize().Width)
		if f.spec.Label != "" {
			m.Height += f.label.MinSize().Height + gap()
		}
		if f.below.Visible() {
			m.Height += f.below.MinSize().Height + gap()
		}
		return fyne.NewSize(w, m.Height)
	}
	d.layout = func(s fyne.Size) {
		y := float32(0)
		SetVisible(f.label, f.spec.Label != "")
		if f.spec.Label != "" {
			h := f.label.MinSize().Height
			place(f.label, 0, y, s.Width, h)
			y += h + gap()
		}
		h := f.frame.MinSize().Height
		place(f.frame, 0, y, s.Width, h)
		y += h + gap()
		place(f.below, 0, y, s.Width, f.below.HeightFor(s.Width))
	}
	return d
}
