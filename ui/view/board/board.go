// Package board is the people of the attendant's window: everybody or the hits for what is typed, how they stand, and
// the one who is highlighted.
package board

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/view"
	"svara/ui/widget"
)

// View is the board: filters, people as tiles or rows, and the details of the highlighted one.
type View struct {
	deps     view.Deps
	scene    present.Scene
	object   *fyne.Container
	query    string
	transfer bool
	acts     func(phone.Person, present.Lamp) []present.Act
	menu     func(phone.Person, fyne.Position)
	activate func(phone.Person)
}

// New makes a board.
func New(deps view.Deps, s present.Scene) *View {
	return &View{deps: deps, scene: s, object: container.NewStack()}
}

// Object is the whole board.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Update draws a scene.
func (v *View) Update(s present.Scene) { v.scene = s }

// SetQuery is what is typed: hits take the place of everybody. Empty shows everybody.
func (v *View) SetQuery(typed string) { v.query = typed }

// SetMode shows rows with what can be done instead of tiles while a call is handed over. acts is what can be done with
// somebody, the standard first; nil calls and writes.
func (v *View) SetMode(transfer bool, acts func(phone.Person, present.Lamp) []present.Act) {
	v.transfer, v.acts = transfer, acts
}

// Chosen is the number and the name of the highlighted one.
func (v *View) Chosen() (target, name string, ok bool) { return "", "", false }

// Person is the highlighted one.
func (v *View) Person() (phone.Person, bool) { return phone.Person{}, false }

// Only is the only hit.
func (v *View) Only() (target, name string, ok bool) { return "", "", false }

// Settled runs then when the hits for what is typed are here: now, or as soon as they come.
func (v *View) Settled(then func()) { then() }

// MoveCursor moves the highlight by rows; over the first row it goes away.
func (v *View) MoveCursor(rows int) {}

// MoveAcross moves the highlight by columns.
func (v *View) MoveAcross(columns int) {}

// ClearCursor takes the highlight away.
func (v *View) ClearCursor() {}

// Highlighted reports whether somebody is highlighted.
func (v *View) Highlighted() bool { return false }

// Highlight puts the cursor on who has a number, once they are on the board.
func (v *View) Highlight(number string) {}

// Under is the place under the highlighted one, absolute, for menus.
func (v *View) Under() fyne.Position { return fyne.Position{} }

// Targets makes drop targets of the people in sight: onto says what a drop on somebody does, false that nothing can be
// dropped there.
func (v *View) Targets(onto func(phone.Person, present.Lamp) (widget.Target, bool)) []widget.Target {
	return nil
}

// Count is how many are on the board.
func (v *View) Count() int { return 0 }

// Alternatives is who else can take a call for somebody, best first.
func (v *View) Alternatives(p phone.Person) []present.Alternative { return nil }

// Ticking reports whether somebody in sight counts.
func (v *View) Ticking() bool { return false }

// OnMenu sets what a right press on somebody opens, at an absolute place.
func (v *View) OnMenu(f func(phone.Person, fyne.Position)) { v.menu = f }

// OnActivate sets what a press on somebody does.
func (v *View) OnActivate(f func(phone.Person)) { v.activate = f }
