package me

import (
	"fyne.io/fyne/v2"

	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view"
	"svara/ui/widget"
)

// OpenRoles opens which number is shown, under an object: until changed, or for the next call.
func OpenRoles(deps view.Deps, under fyne.CanvasObject) {
	var items []widget.MenuItem
	for _, c := range present.RoleMenu(present.Scene{Snap: deps.Snapshot()}) {
		item := widget.MenuItem{Text: c.Text, Detail: c.Detail, Icon: c.Icon, Chosen: c.Chosen, Disabled: c.Wrong}
		item.Run = func() {
			if c.Command == nil {
				deps.Show("settings/roles")
				return
			}
			if err := deps.Do(c.Command); err != nil {
				deps.Say(text.Refusal(err))
			}
		}
		items = append(items, item)
	}
	widget.ShowMenuUnder(under, items)
}
