package attendant

import (
	"fyne.io/fyne/v2"

	"svara/ui/present"
)

// shown is what a tab shows.
type shown interface {
	Object() fyne.CanvasObject
	Update(present.Scene)
}

// page is a tab's list of what the team shares.
type page interface {
	shown
	Move(rows int)
	OpenMenu()
	Back() bool
	Ticking() bool
}

// teamPage is the page on screen, nil for none.
func (v *View) teamPage() page {
	if p := v.team[v.tab]; p != nil && p.Object().Visible() {
		return p
	}
	return nil
}

// teamTicking reports whether what is on the page on screen changes with time.
func (v *View) teamTicking() bool {
	p := v.teamPage()
	return p != nil && p.Ticking()
}

// backInTeam undoes one step on the page on screen. It reports whether there was anything.
func (v *View) backInTeam() bool {
	p := v.teamPage()
	return p != nil && p.Back()
}
