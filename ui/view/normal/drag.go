package normal

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/widget"
)

// picked is what a call's card that is dragged says, and where it may be dropped: another call, the conference, somebody
// in the list. Everything that a drop does has a key and a button as well (ui.md section 7).
func (v *View) picked(id phone.CallID) (words string, targets []widget.Target) {
	c := v.scene.Snap.Call(id)
	if c == nil || !present.Movable(v.scene, *c) {
		return "", nil
	}
	say := func(words string) func(bool) string { return func(bool) string { return words } }
	onto := func(o fyne.CanvasObject, other phone.CallID) {
		if acts := present.Together(v.scene, id, other); len(acts) > 0 {
			targets = append(targets, widget.Target{Object: o, Words: say(text.T("drop.call")), Drop: func(_ bool, at fyne.Position) { v.choose(acts, at) }})
		}
	}
	if m := v.calls.last.Main; m != nil && m.ID != id && v.scroll.Visible() {
		onto(v.calls.main, m.ID)
	}
	for i, s := range v.calls.small {
		if d := v.calls.drags[i]; d.Visible() && s.ID() != 0 && s.ID() != id && v.scroll.Visible() {
			onto(d, s.ID())
		}
	}
	if there, front := v.conf.There(); there {
		area := v.conf.Small()
		if front {
			area = v.conf.Object()
		}
		targets = append(targets, widget.Target{Object: area, Words: say(text.T("drop.conference")), Drop: func(bool, fyne.Position) {
			v.tell(phone.Merge{Calls: []phone.CallID{id}})
		}})
	}
	v.front().Rows(func(row *widget.Row, m present.HistoryRow) {
		if v.listed() && m.Dial != "" {
			targets = append(targets, v.ontoRow(id, row, m))
		}
	})
	return v.scene.WhoOf(c.Remote).Name, targets
}

// ontoRow hands a call over to somebody in the list: directly, or announced while Ctrl is held.
func (v *View) ontoRow(id phone.CallID, row *widget.Row, m present.HistoryRow) widget.Target {
	return widget.Target{
		Object: row,
		Words: func(ctrl bool) string {
			if ctrl {
				return text.T("drop.announced", "name", m.Who.Name)
			}
			return text.T("drop.direct", "name", m.Who.Name)
		},
		Drop: func(ctrl bool, _ fyne.Position) {
			if ctrl {
				v.tell(phone.Consult{Call: id, Target: m.Dial})
				return
			}
			v.tell(phone.TransferTo{Call: id, Target: m.Dial, Kind: phone.TransferDirect})
		},
	}
}

// choose opens what can be done with two calls where one was dropped on the other.
func (v *View) choose(acts []present.Act, at fyne.Position) {
	c := fyne.CurrentApp().Driver().CanvasForObject(v.object)
	if c == nil {
		return
	}
	var items []widget.MenuItem
	for _, a := range acts {
		item := widget.MenuItem{Text: a.Text, Icon: a.Icon, Run: func() {
			for _, c := range a.Do {
				if !v.tell(c) {
					return
				}
			}
		}}
		if !a.Enabled {
			item.Disabled = a.Reason
		}
		items = append(items, item)
	}
	widget.ShowMenu(c, at, items)
}

func (v *View) tell(c phone.Command) bool {
	if err := v.deps.Do(c); err != nil {
		v.deps.Say(text.Refusal(err))
		return false
	}
	return true
}
