package normal

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/widget"
)

// rows is a list that the keyboard moves in from the field, and whose highlighted row Enter dials: the people, or the
// history.
type rows interface {
	Chosen() (present.HistoryRow, bool)
	Only() (present.HistoryRow, bool)
	Settled(func())
	Cursor() int
	SetCursor(int)
	Move(rows int)
	OpenMenu()
	Under() fyne.Position
	More()
	Rows(func(*widget.Row, present.HistoryRow))
}

// page is a list of sounds.
type page interface {
	Object() fyne.CanvasObject
	Move(rows int)
	Activate() bool
	OpenMenu()
	Back() bool
	Levels(phone.Levels) bool
}

// front is the list in front, or the one behind what is.
func (v *View) front() rows {
	if v.hist.Object().Visible() {
		return v.hist
	}
	return v.list
}

// listed reports whether a list of people or calls is on screen.
func (v *View) listed() bool { return v.hist.Object().Visible() || v.list.object.Visible() }

// highlighted is the highlighted row of the list on screen.
func (v *View) highlighted() (present.HistoryRow, bool) {
	row, ok := v.front().Chosen()
	return row, ok && v.listed()
}

// page is the sounds on screen, nil when something else is.
func (v *View) page() page {
	for _, p := range []page{v.inbox, v.mail} {
		if p.Object().Visible() {
			return p
		}
	}
	return nil
}

// edit puts a number in the field, to be changed before it is dialled.
func (v *View) edit(number string) {
	v.SetField(number)
	if c := fyne.CurrentApp().Driver().CanvasForObject(v.object); c != nil {
		v.FocusSearch(c)
	}
}
