// Package queue is the buttons of the user's queues: log in and out, and how they stand.
package queue

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// View is the queues' buttons with what is done to all of them.
type View struct {
	deps    view.Deps
	buttons []*widget.QueueButton
	tiles   *fyne.Container
	head    *widget.Text
	in, out *widget.Button
	log     *widget.Button // to the group log
	mail    *widget.Button // to the messages of the groups
	stats   *widget.Button // to how the queues stand
	empty   fyne.CanvasObject
	object  fyne.CanvasObject
	since   map[phone.QueueID]time.Time // when a refusal was seen first
	whys    map[phone.QueueID]string
	shown   []Shown
	low     bool
}

// Shown is a queue whose button is shown.
type Shown = present.QueueButton

// SetLow makes the buttons lower, with one line, or as high as they are.
func (v *View) SetLow(low bool) { v.low = low }

// New makes the view.
func New(deps view.Deps) *View {
	v := &View{deps: deps, since: map[phone.QueueID]time.Time{}, whys: map[phone.QueueID]string{}, tiles: lay.Tiles(3, theme.Grid)}
	v.head = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	v.in = widget.NewButton(widget.ButtonSpec{Text: text.T("queue.all_in"), Icon: "headset", Size: widget.Small}, func() { deps.Run(command.QueuesIn, 0) })
	v.out = widget.NewButton(widget.ButtonSpec{Text: text.T("queue.all_out"), Icon: "log-out", Size: widget.Small}, func() { deps.Run(command.QueuesOut, 0) })
	v.log = widget.NewButton(widget.ButtonSpec{}, func() { deps.Run(command.GoGroupLog, 0) })
	v.mail = widget.NewButton(widget.ButtonSpec{}, func() { deps.Run(command.GoGroupMail, 0) })
	v.stats = widget.NewButton(widget.ButtonSpec{Text: text.T("queue.stats"), Icon: "chart-no-axes-column", Size: widget.Small}, func() { deps.Run(command.GoQueueStats, 0) })
	edit := widget.NewButton(widget.ButtonSpec{Icon: "settings", Tip: text.T("queue.edit"), Look: widget.Quiet, Size: widget.Small}, func() { deps.Show("settings/queues") })
	v.empty = lay.Col(12, widget.NewParagraph(text.T("queue.none"), widget.Style{Size: theme.BodySize, Token: theme.Text2}),
		lay.Row(0, widget.NewButton(widget.ButtonSpec{Text: text.T("queue.new"), Icon: "plus"}, func() { deps.Show("settings/queues") })))
	v.object = container.NewVScroll(lay.PadAll(16, lay.Col(10, lay.Row(theme.Grid, lay.Fill(v.head), edit), v.tiles, v.empty, lay.Lines(theme.Grid, v.in, v.out, v.log, v.mail, v.stats))))
	return v
}

// Object is what is shown.
func (v *View) Object() fyne.CanvasObject { return v.object }

// follow remembers since when a refusal is shown. The same refusal is shown once; another one anew.
func (v *View) follow(s present.Scene) {
	for _, q := range s.Snap.Queues {
		if q.Login != phone.ConfirmRefused {
			delete(v.since, q.ID)
			continue
		}
		why := ""
		if q.Reason != nil {
			why = string(q.Reason.ID) + q.Reason.Text
		}
		if _, known := v.since[q.ID]; !known || v.whys[q.ID] != why {
			v.since[q.ID], v.whys[q.ID] = s.Now, why
		}
	}
}

// Update draws the queues.
func (v *View) Update(s present.Scene) {
	v.follow(s)
	models := present.QueueButtons(s, func(id phone.QueueID) time.Time { return v.since[id] })
	v.shown = models
	v.head.Set(text.T("queue.head"))
	for len(v.buttons) < len(models) {
		v.buttons = append(v.buttons, widget.NewQueueButton(widget.QueueSpec{}, nil))
	}
	v.buttons = v.buttons[:len(models)]
	var objects []fyne.CanvasObject
	for i, m := range models {
		b := v.buttons[i]
		b.Set(widget.QueueSpec{Name: m.Name, Detail: m.Detail, Count: m.Count, Icon: m.Icon, In: m.In, Night: m.Night, Nobody: m.Nobody, Refused: m.Refused, Tip: m.Tip, Disabled: m.Wrong, Low: v.low})
		b.OnTap(func() { v.press(m) })
		b.OnMenu = func(at fyne.Position) { v.menu(b, m, at) }
		objects = append(objects, b)
	}
	if !slices.Equal(objects, v.tiles.Objects) {
		v.tiles.Objects = objects
		v.tiles.Refresh()
	}
	v.log.Set(widget.ButtonSpec{Text: present.GroupLogWords(s), Icon: "list-checks", Size: widget.Small})
	widget.SetVisible(v.log, present.TeamShown(s))
	v.mail.Set(widget.ButtonSpec{Text: present.GroupMessagesWords(s), Icon: "messages-square", Size: widget.Small})
	widget.SetVisible(v.mail, present.TeamShown(s))
	widget.SetVisible(v.stats, present.TeamShown(s))
	shown := len(models) > 0
	for _, o := range []fyne.CanvasObject{v.head, v.tiles, v.in, v.out} {
		widget.SetVisible(o, shown)
	}
	widget.SetVisible(v.empty, !shown)
}

// Ticking reports whether something on screen changes with the second: a waiting time, a refusal that is to go.
func (v *View) Ticking(s present.Scene) bool {
	if !v.object.Visible() {
		return false
	}
	for _, since := range v.since {
		if s.Now.Sub(since) <= present.RefusedFor+time.Second {
			return true
		}
	}
	return present.QueuesTicking(s)
}

// menu is what can be done with a queue beside logging in.
func (v *View) menu(b *widget.QueueButton, m present.QueueButton, at fyne.Position) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(b); c != nil {
		widget.ShowMenu(c, at, Menu(v.deps, m))
	}
}

// Menu is what can be done with a queue: log in or out, see how it stands, change its settings.
func Menu(deps view.Deps, m present.QueueButton) []widget.MenuItem {
	words, icon := text.T("queue.log_in"), "log-in"
	if m.In {
		words, icon = text.T("queue.log_out"), "log-out"
	}
	items := []widget.MenuItem{{Text: words, Icon: icon, Disabled: m.Wrong, Run: func() {
		if m.Command == nil {
			return
		}
		if err := deps.Do(m.Command); err != nil {
			deps.Say(text.Refusal(err))
		}
	}}}
	if m.Team {
		items = append(items, widget.MenuItem{Text: text.T("queue.open"), Icon: "chart-no-axes-column", Run: func() { deps.QueuePage(m.ID) }},
			widget.MenuItem{Text: text.T("queue.settings"), Icon: "settings", Disabled: m.NoSettings, Run: func() { deps.QueueSettings(m.ID, m.Name) }})
	}
	return items
}

func (v *View) press(m present.QueueButton) {
	if m.Command == nil {
		return
	}
	if err := v.deps.Do(m.Command); err != nil {
		v.deps.Say(text.Refusal(err))
	}
}
