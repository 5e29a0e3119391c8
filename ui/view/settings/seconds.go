package settings

import (
	"fyne.io/fyne/v2"

	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// seconds is a setting that is a number of seconds. It is looked at as it is typed, and counts as soon as it is possible.
type seconds struct {
	deps    view.Deps
	model   present.Setting
	filling bool // the text comes from the phone
	field   *widget.Field
	all     fyne.CanvasObject
}

func newSeconds(deps view.Deps, r present.Setting) *seconds {
	n := &seconds{deps: deps, model: r, field: widget.NewField(widget.FieldSpec{Label: text.T(r.TitleKey()), Icon: r.Icon, Help: helpOf(r), Note: text.T(r.Unit)})}
	n.field.Entry().OnChanged = n.typed
	n.all = lay.Most(220, n.field) // not wider than what is written in it deserves
	return n
}

func (n *seconds) object() fyne.CanvasObject { return n.all }

func (n *seconds) typed(s string) {
	if n.filling {
		return
	}
	value, wrong := n.model.Check(present.Scene{Snap: n.deps.Snapshot()}, s)
	complain(n.field, wrong)
	if wrong == "" && value != n.deps.Snapshot().Settings.Get(n.model.ID) {
		set(n.deps, n.model.ID, value)
	}
}

// update follows the phone, unless somebody is typing.
func (n *seconds) update(s present.Scene) {
	if now := s.Snap.Settings.Get(n.model.ID); !typing(n.field) && n.field.Text() != now {
		n.filling = true
		n.field.SetText(now)
		n.filling = false
		complain(n.field, "")
	}
}

// typing reports whether the keyboard is in a field.
func typing(f *widget.Field) bool {
	c := fyne.CurrentApp().Driver().CanvasForObject(f)
	return c != nil && c.Focused() == fyne.Focusable(f.Entry())
}

// complain shows what is wrong under a field, or takes it away.
func complain(f *widget.Field, wrong string) {
	spec := f.Spec()
	if spec.Error == wrong {
		return
	}
	spec.Error = wrong
	f.Set(spec)
	reflow(f)
}

// reflow lays out the window after something became higher.
func reflow(o fyne.CanvasObject) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.Content() != nil {
		c.Content().Refresh()
	}
}
