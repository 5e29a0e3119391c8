// Package acd is the strip of those who answer in queues: one call, the activity and the queues in two rows, small
// enough to stay on top of what they work in (ui.md 5.6).
package acd

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

// The strip's size in dp, and how high the window is while a menu of it is open.
const (
	Width  = 520
	Height = 120
	opened = 560
)

var _ view.Face = (*View)(nil)

// View is the strip. It holds nothing but what is open.
type View struct {
	deps  view.Deps
	scene present.Scene
	upper *upper
	lower *lower
	room  func(height float32)
	full  func()

	object *fyne.Container
}

// New makes the strip.
func New(deps view.Deps, s present.Scene) *View {
	v := &View{deps: deps, scene: s, full: func() { deps.Run(command.NormalView, 0) }}
	v.upper = newUpper(deps, func() { v.full() })
	v.lower = newLower(deps, v)
	v.object = lay.Col(0, lay.Least(0, 69, v.upper.ground), lay.Least(0, 51, v.lower.ground))
	v.object.Layout = &rows{v}
	v.Update(s)
	return v
}

// OnFull sets what the arrow button does: go to the view with a search field that was used last.
func (v *View) OnFull(f func()) { v.full = f }

// OnRoom sets who gives the strip's menus room: it is told how high the window must be in dp while one is open, and 0
// when it may be as it was.
func (v *View) OnRoom(f func(height float32)) { v.room = f }

// make room, or give it back.
func (v *View) makeRoom(on bool) {
	switch {
	case v.room == nil:
	case on:
		v.room(opened)
	default:
		v.room(0)
	}
}

// rows lays the two rows under each other; a higher window, such as one with an open menu, leaves the rest empty.
type rows struct{ v *View }

// The least that the strip is drawn in.
const leastWidth = 400

func (r *rows) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var h float32
	for _, o := range objects {
		h += o.MinSize().Height
	}
	return fyne.NewSize(theme.Px(leastWidth), h)
}

func (r *rows) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	at := float32(0)
	for _, o := range objects {
		h := o.MinSize().Height
		o.Move(fyne.NewPos(0, at))
		o.Resize(fyne.NewSize(size.Width, h))
		at += h
	}
}

// Object implements view.Face.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Update implements view.Face.
func (v *View) Update(s present.Scene) {
	v.scene = s
	m := present.ACDOf(s)
	v.upper.update(m)
	v.lower.update(s, m)
	lay.Again(v.object)
}

// Show implements view.Face: the strip has the call in front, and no tabs.
func (v *View) Show(tab command.View) bool { return tab == command.ViewCall }

// At implements view.Face.
func (v *View) At() command.View { return command.ViewCall }

// Ticking implements view.Face.
func (v *View) Ticking() bool {
	return v.upper.model.Seconds || v.lower.menu.Shown() || v.lower.ticking(v.scene)
}

// OpenActivity implements view.Face.
func (v *View) OpenActivity() { v.lower.openActivity() }

// OpenRole implements view.Face: the number shown is chosen in the full view.
func (v *View) OpenRole() {
	v.full()
	v.deps.Run(command.RoleMenu, 0)
}

// DialFailed implements view.Face.
func (v *View) DialFailed(why string) {
	if why != "" {
		v.deps.Say(why)
	}
}

// Failed implements view.Face.
func (v *View) Failed(f present.Fell, _ fyne.Canvas) { v.deps.Say(f.Why) }

// The strip has no field, no list and no question: what needs one is asked in the full view.

// Field implements view.Face.
func (v *View) Field() string { return "" }

// SetField implements view.Face.
func (v *View) SetField(string) {}

// Entry implements view.Face.
func (v *View) Entry() *widget.KeyEntry { return nil }

// Wrong implements view.Face.
func (v *View) Wrong() string { return "" }

// FocusSearch implements view.Face: nothing has the keyboard, so that letters are commands.
func (v *View) FocusSearch(c fyne.Canvas) { c.Unfocus() }

// Focus implements view.Face.
func (v *View) Focus(c fyne.Canvas) command.Focus {
	if e, ok := c.Focused().(*widget.KeyEntry); ok { // the note in the activity menu
		return e.Focus()
	}
	return command.FocusNone
}

// Idle implements view.Face.
func (v *View) Idle() bool { return true }

// DialTyped implements view.Face.
func (v *View) DialTyped() {}

// Dialled implements view.Face.
func (v *View) Dialled() {}

// Reach implements view.Face.
func (v *View) Reach(phone.Feature) {}

// Ask implements view.Face.
func (v *View) Ask(command.Question, phone.CallID, fyne.Canvas) {}

// Asking implements view.Face.
func (v *View) Asking() (command.Question, phone.CallID) { return "", 0 }

// HandOver implements view.Face.
func (v *View) HandOver(command.Handing, fyne.Canvas) {}

// ToggleKeypad implements view.Face.
func (v *View) ToggleKeypad() {}

// Digit implements view.Face.
func (v *View) Digit(string) {}

// MoveCursor implements view.Face.
func (v *View) MoveCursor(int) {}

// MoveAcross implements view.Face.
func (v *View) MoveAcross(int) {}

// OpenRowMenu implements view.Face.
func (v *View) OpenRowMenu() {}

// Back implements view.Face.
func (v *View) Back() bool { return false }

// Levels implements view.Face.
func (v *View) Levels(phone.Levels) bool { return false }

// Copy implements view.Face.
func (v *View) Copy(view.Face) {}

func (v *View) do(c phone.Command) {
	if err := v.deps.Do(c); err != nil {
		v.deps.Say(text.Refusal(err))
	}
}
