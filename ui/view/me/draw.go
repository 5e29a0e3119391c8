package me

import (
	"fyne.io/fyne/v2"

	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// draw makes the rows of the scene. Those that are there already are kept, so that nothing moves under the pointer.
func (m *Menu) draw() {
	s := m.scene()
	m.model = present.ActivityMenuOf(s)
	d := &drawing{menu: m, old: m.rows}
	d.column = append(d.column, lay.Pad(16, 14, 16, 10, lay.Col(theme.Half,
		widget.NewText(text.T("me.note"), widget.Style{Size: theme.DetailSize, Token: theme.Text2, Bold: true, Cut: true}), m.note)))
	if m.model.Warn != "" {
		m.warnIs.Set(m.model.Warn)
		d.column = append(d.column, lay.Pad(16, 0, 16, 10, m.warn))
	}
	for _, r := range m.model.Quick {
		d.activity(r)
	}
	if m.model.Hours {
		d.plain("clock", text.T("hours.set"), "", m.show("settings/activity"))
	}
	d.plain("ellipsis", text.T("me.kinds_menu"), "", m.kinds)
	if len(m.model.Own) > 0 {
		d.column = append(d.column, widget.NewLine(false), lay.Pad(16, 8, 16, 4, widget.NewText(text.T("me.own_shortcuts"), widget.Style{Size: theme.DetailSize, Token: theme.Text2, Bold: true})))
		for _, r := range m.model.Own {
			d.activity(r)
		}
	}
	d.column = append(d.column, widget.NewLine(false))
	d.plain("sliders-horizontal", text.T("me.custom_menu"), "", m.show(command.ViewCustom))
	d.plain("calendar-clock", text.T("me.schedule_menu"), m.model.Next, m.show(command.ViewSchedule))
	d.plain("phone-forwarded", text.T("me.forwarding_menu"), m.model.Forward, m.show(command.ViewForwarding))
	d.plain("id-card", text.T("me.role_menu"), present.ShownRoleOf(s).Text, m.show(command.ViewRole))
	d.plain("pencil", text.T("me.edit_shortcuts_menu"), "", m.show(command.ViewQuick))
	m.rows = d.rows
	if m.at >= len(m.rows) {
		m.at = len(m.rows) - 1
	}
	m.column.Objects = d.column
	m.column.Refresh()
	m.point(m.at, m.ring)
}

// drawing collects the rows of a menu.
type drawing struct {
	menu   *Menu
	old    []row
	rows   []row
	column []fyne.CanvasObject
}

// take is the row at the next place with as many rings: an old one where there is one.
func (d *drawing) take(rings int) row {
	if i := len(d.rows); i < len(d.old) && len(d.old[i].rings) == rings {
		return d.old[i]
	}
	var r row
	var tail []fyne.CanvasObject
	for range rings {
		ring := widget.NewDurationRing(widget.RingSpec{}, nil)
		ring.PassFocus(d.menu.popup.Focus)
		r.rings = append(r.rings, ring)
		tail = append(tail, ring)
	}
	r.widget = widget.NewOptionRow(widget.OptionSpec{}, nil, tail...)
	r.widget.PassFocus(d.menu.popup.Focus)
	return r
}

func (d *drawing) add(r row, spec widget.OptionSpec) {
	r.widget.Set(spec)
	r.widget.OnTap(r.run)
	d.rows = append(d.rows, r)
	d.column = append(d.column, r.widget)
}

// activity is a line of a kind or of a shortcut.
func (d *drawing) activity(a present.ActivityRow) {
	r := d.take(len(a.Rings))
	r.run, r.runs = d.menu.use(a.Command), nil
	spec := widget.OptionSpec{Status: widget.Status(a.Status), Title: a.Name, Detail: a.Detail, Chosen: a.Chosen && len(a.Rings) == 0}
	if a.Icon != "" {
		spec.Status, spec.Icon = widget.StatusNone, a.Icon
	}
	if a.Chosen {
		_, _, spec.Fill = view.Colors(a.Tone)
	}
	for i, ring := range a.Rings {
		run := d.menu.use(ring.Command)
		if ring.Wrong != "" {
			run = nil
		}
		r.runs = append(r.runs, run)
		r.rings[i].Set(widget.RingSpec{Text: ring.Text, Icon: ring.Icon, Part: ring.Part, Running: ring.Running, Tip: ring.Tip, Disabled: ring.Wrong})
		r.rings[i].OnTap(run)
	}
	d.add(r, spec)
}

// plain is a line that opens something.
func (d *drawing) plain(icon, title, detail string, run func()) {
	r := d.take(0)
	r.run, r.runs = run, nil
	d.add(r, widget.OptionSpec{Icon: icon, Title: title, Detail: detail, More: true, Compact: detail == ""})
}

// kinds opens the menu of every activity, until changed.
func (m *Menu) kinds() {
	var items []widget.MenuItem
	for _, k := range present.KindMenu(m.scene()) {
		items = append(items, widget.MenuItem{Text: k.Text, Icon: k.Icon, Chosen: k.Chosen, Run: m.use(k.Command)})
	}
	for _, r := range m.rows {
		if r.widget.Spec().Title == text.T("me.kinds_menu") {
			widget.ShowMenuUnder(r.widget, items)
			return
		}
	}
}
