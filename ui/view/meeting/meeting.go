// Package meeting is the meetings to come and the form of one (features.md J2).
package meeting

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/view"
	"svara/ui/view/form"
	"svara/ui/view/lay"
	"svara/ui/view/warning"
)

// View is the window's content.
type View struct {
	bars   *warning.Bars
	editor *form.Editor
	object fyne.CanvasObject
}

// New makes it. closed is told when the user is done.
func New(deps view.Deps, s present.Scene, closed func()) *View {
	v := &View{bars: warning.New(deps, nil), editor: form.NewWindow(deps, s, present.MeetingEditor(), closed)}
	v.object = lay.Col(0, v.bars.Object(), lay.Fill(v.editor.Object()))
	v.Update(s)
	return v
}

// Object is what is shown.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Editor is the list and the form, for tests.
func (v *View) Editor() *form.Editor { return v.editor }

// Cancel leaves the form, or the window.
func (v *View) Cancel() { v.editor.Cancel() }

// Update follows the phone.
func (v *View) Update(s present.Scene) {
	v.bars.Update(present.TeamBars(s, phone.PutMeeting{}.Verb(), phone.CancelMeeting{}.Verb()))
	v.editor.Update(s)
}

// Focus puts the keyboard in the form's first field.
func (v *View) Focus(fyne.Canvas) { v.editor.Focus() }
