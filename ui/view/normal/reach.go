package normal

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/widget"
)

// Reach calls the one who is typed or highlighted in a way of the exchange, or picks up the call that rings there.
func (v *View) Reach(f phone.Feature) {
	if v.asking.On() {
		v.deps.Say(text.T("disabled.not_now")) // the field asks for somebody else
		return
	}
	v.front().Settled(func() {
		target, _ := v.chosen()
		switch _, row := v.highlighted(); {
		case target == "" && row:
			v.DialFailed(text.T("history.no_number"))
		case target == "" && v.field.Text() == "":
			v.DialFailed(text.T("dial.nothing"))
		case target == "":
			v.DialFailed(text.T("dial.not_a_number"))
		default:
			v.reach(f, target)
		}
	})
}

func (v *View) reach(f phone.Feature, target string) {
	if err := v.deps.Do(command.Reach(f, target)); err != nil {
		v.DialFailed(text.Refusal(err))
	}
}

// ways is the menu of what can be dialled: a plain call under its own words, and while the field asks for nobody the
// ways of the exchange.
func (v *View) ways(words, target string) []widget.MenuItem {
	call := widget.MenuItem{Text: words, Icon: "phone", Run: func() { v.call(target) }}
	if target == "" {
		call.Disabled = text.T("history.no_number")
	}
	items := []widget.MenuItem{call}
	if v.asking.On() || target == "" {
		return items
	}
	for _, w := range present.Ways(v.scene) {
		item := widget.MenuItem{Text: w.Text, Icon: w.Icon, Key: w.Key, Run: func() { v.reach(w.Feature, target) }}
		if !w.Enabled {
			item.Disabled = w.Reason
		}
		items = append(items, item)
	}
	return items
}

// typedMenu is the menu of the number in the field.
func (v *View) typedMenu(at fyne.Position) {
	c := fyne.CurrentApp().Driver().CanvasForObject(v.object)
	if typed := v.field.Text(); c != nil && !v.asking.On() && present.Dialable(typed) {
		widget.ShowMenu(c, at, v.ways(text.T("dial.call"), present.DialText(typed)))
	}
}

// below is the place under the field.
func (v *View) below() fyne.Position {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(v.field)
	return at.AddXY(0, v.field.Size().Height+theme.Px(theme.Half))
}
