package settings

import (
	"time"

	"fyne.io/fyne/v2"

	"svara/ui/loop"
	"svara/ui/present"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// pause is how long nothing is typed until what was typed counts: half a path or number must not.
const pause = 900 * time.Millisecond

// later is a line of text that is looked at as it is typed and counts when the typing has paused, or with Enter.
type later struct {
	deps    view.Deps
	check   func(typed string) (value, wrong string)
	apply   func(value string)
	now     func() string // the value that counts
	filling bool
	turn    int
	after   func(time.Duration, func())
	field   *widget.Field
	key     string // of the setting it is; empty when it is something else
	all     *fyne.Container
}

func newLater(deps view.Deps, spec widget.FieldSpec, check func(string) (string, string), now func() string, apply func(string)) *later {
	return laterIn(deps, widget.NewField(spec), check, now, apply)
}

// laterIn is one in a field that is made already.
func laterIn(deps view.Deps, field *widget.Field, check func(string) (string, string), now func() string, apply func(string)) *later {
	l := &later{deps: deps, check: check, apply: apply, now: now, field: field}
	l.after = func(d time.Duration, f func()) { time.AfterFunc(d, func() { loop.Do(f) }) }
	l.all = lay.Col(0, l.field)
	l.field.Entry().OnChanged = l.typed
	l.field.Entry().OnSubmit = func(string) { l.settle() }
	return l
}

func (l *later) object() fyne.CanvasObject { return l.all }

func (l *later) typed(s string) {
	if l.filling {
		return
	}
	l.turn++
	turn := l.turn
	_, wrong := l.check(s)
	l.saved(false)
	complain(l.field, wrong)
	l.after(pause, func() {
		if turn == l.turn {
			l.settle()
		}
	})
}

// settle makes what is typed count.
func (l *later) settle() {
	l.turn++
	value, wrong := l.check(l.field.Text())
	complain(l.field, wrong)
	if wrong == "" && value != l.now() {
		l.apply(value)
		l.saved(true)
	}
}

// saved says at the end of the field that the text counts now.
func (l *later) saved(on bool) {
	spec := l.field.Spec()
	spec.NoteIcon = ""
	if on {
		spec.NoteIcon = "check"
	}
	l.field.Set(spec)
}

// update follows the setting.
func (l *later) update(s present.Scene) { l.show(s.Snap.Settings.Get(l.key)) }

// show shows the value that counts, unless somebody is typing.
func (l *later) show(value string) {
	if !typing(l.field) && l.field.Text() != value {
		l.filling = true
		l.field.SetText(value)
		l.filling = false
		complain(l.field, "")
	}
}
