package settings

import (
	"slices"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// devices is what the user is signed in to the team server with. It is asked for when it is opened, and again when
// something in it has been signed out.
type devices struct {
	deps   view.Deps
	grown  func() // became higher or lower
	scene  present.Scene
	more   *widget.Link
	list   *fyne.Container
	all    []phone.TeamDevice
	rows   []present.DeviceRow // as drawn
	told   bool                // there is an answer
	wrong  string              // why there is none
	turn   int                 // of asking: only the newest answer counts
	object *fyne.Container
}

func newDevices(deps view.Deps, grown func()) *devices {
	d := &devices{deps: deps, grown: grown, list: lay.Col(theme.Grid)}
	d.more = widget.NewLink("", func() { d.show(!d.list.Visible()) })
	d.object = lay.Col(theme.Grid, lay.Row(0, d.more), d.list)
	d.show(false)
	return d
}

func (d *devices) show(on bool) {
	d.more.Set(text.T("device.show"))
	widget.SetVisible(d.list, on)
	if on {
		d.more.Set(text.T("device.hide"))
		d.told, d.all = false, nil
		d.ask()
	}
	d.grown()
	reflow(d.object)
}

func (d *devices) ask() {
	d.turn++
	turn := d.turn
	d.draw()
	d.deps.TeamDevices(func(all []phone.TeamDevice, err error) {
		if turn != d.turn {
			return
		}
		d.told, d.wrong = true, ""
		if err != nil {
			d.wrong = text.Refusal(err)
		} else {
			d.all = all
		}
		d.draw()
		d.grown()
		reflow(d.object)
	})
}

// update follows the phone.
func (d *devices) update(s present.Scene) {
	d.scene = s
	if !d.list.Visible() || !d.told {
		return
	}
	rows := present.DeviceRows(s, d.all)
	if slices.Equal(rows, d.rows) {
		return
	}
	for i, r := range rows {
		if i < len(d.rows) && d.rows[i].Asking && !r.Asking && r.Wrong == "" { // it is gone
			d.ask()
			return
		}
	}
	d.draw()
	d.grown()
}

func (d *devices) draw() {
	line := func(words string, ink theme.Token) fyne.CanvasObject {
		return widget.NewParagraph(words, widget.Style{Size: theme.DetailSize, Token: ink})
	}
	d.rows = nil
	d.list.Objects = nil
	switch {
	case d.wrong != "":
		d.list.Objects = []fyne.CanvasObject{line(d.wrong, theme.DangerText)}
	case !d.told && len(d.all) == 0:
		d.list.Objects = []fyne.CanvasObject{line(text.T("device.loading"), theme.Text2)}
	default:
		d.rows = present.DeviceRows(d.scene, d.all)
		for _, r := range d.rows {
			d.list.Objects = append(d.list.Objects, d.row(r))
		}
	}
	d.list.Refresh()
}

func (d *devices) row(r present.DeviceRow) fyne.CanvasObject {
	words := lay.Col(2, widget.NewText(r.Name, widget.Style{Size: theme.BodySize, Bold: true, Cut: true}),
		widget.NewParagraph(r.Detail, widget.Style{Size: theme.DetailSize, Token: theme.Text2}))
	if r.Wrong != "" {
		words.Add(widget.NewParagraph(r.Wrong, widget.Style{Size: theme.DetailSize, Token: theme.DangerText}))
	}
	parts := []fyne.CanvasObject{lay.Pad(0, 2, 0, 0, widget.NewIcon(r.Icon, theme.Text2, theme.IconMedium)), lay.Fill(words)}
	if !r.This {
		spec := widget.ButtonSpec{Icon: "log-out", Text: text.T("device.out"), Size: widget.Small, Look: widget.Decline}
		if r.Asking {
			spec.Disabled = text.T("device.asking")
		}
		parts = append(parts, widget.NewButton(spec, func() { d.out(r.ID) }))
	}
	return lay.RowTop(theme.Grid, parts...)
}

func (d *devices) out(id string) {
	if err := d.deps.Do(phone.SignOutTeamDevice{ID: id}); err != nil {
		d.deps.Say(text.Refusal(err))
		return
	}
	d.scene.Snap = d.deps.Snapshot()
	d.draw()
}
