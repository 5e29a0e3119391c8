package settings

import (
	"fyne.io/fyne/v2"

	"svara/ui/present"
	"svara/ui/view"
	"svara/ui/view/form"
)

// editor is a list of things the user has set up with the form of one of them.
type editor struct{ *form.Editor }

func newEditor(deps view.Deps, s present.Scene, spec present.Editor) editor {
	return editor{form.NewInline(deps, s, spec)}
}

func (e editor) object() fyne.CanvasObject { return e.Object() }
func (e editor) update(s present.Scene)    { e.Update(s) }
func (e editor) framed()                   {}
