package acd

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
	"svara/ui/view/call"
	"svara/ui/view/lay"
	"svara/ui/view/me"
	"svara/ui/view/queue"
	"svara/ui/widget"
)

// lower is the row of what the user does, their queues and help.
type lower struct {
	deps   view.Deps
	v      *View
	chip   *widget.Chip
	menu   *me.Menu
	queues []*widget.Button
	more   *widget.Button
	help   *widget.Button
	models []present.QueueButton
	shown  int // queues that fit
	since  map[phone.QueueID]time.Time
	line   *fyne.Container
	ground *widget.Panel
}

func newLower(deps view.Deps, v *View) *lower {
	l := &lower{deps: deps, v: v, since: map[phone.QueueID]time.Time{}}
	l.menu = me.New(deps, func() present.Scene { return v.scene })
	l.menu.OnClose(func() { v.makeRoom(false) })
	l.chip = widget.NewChip(widget.ChipSpec{}, l.openActivity)
	l.more = widget.NewButton(widget.ButtonSpec{}, l.openMore)
	l.help = widget.NewButton(widget.ButtonSpec{}, func() { deps.Run(command.Help, 0) })
	l.line = container.New(&fitted{l})
	l.ground = widget.NewPanel(widget.PanelSpec{Fill: theme.Raised, Border: theme.Border, Top: true}, lay.Pad(10, 11, 10, 11, l.line))
	return l
}

func (l *lower) update(s present.Scene, m present.ACD) {
	h := m.Header
	_, ink, fill := view.Colors(h.ChipTone)
	l.chip.Set(widget.ChipSpec{Text: h.Chip, Tail: h.ChipTail, Icon: h.ChipIcon, Fill: fill, Ink: ink, Chevron: true, Cut: true, Tip: text.T("me.activity")})
	help := call.Spec(m.Help)
	help.Size, help.Chosen, help.Key = widget.Small, help.Disabled == "", ""
	help.Tip = text.T("acd.help_calls", "number", s.Snap.Settings.Get(phone.KeyHelpNumber))
	if m.Help.Key != "" {
		help.Tip += " (" + m.Help.Key + ")"
	}
	l.help.Set(help)
	l.updateQueues(s)
	l.menu.Update()
}

func (l *lower) updateQueues(s present.Scene) {
	for _, q := range s.Snap.Queues {
		if q.Login != phone.ConfirmRefused {
			delete(l.since, q.ID)
		} else if _, known := l.since[q.ID]; !known {
			l.since[q.ID] = s.Now
		}
	}
	l.models = present.QueueButtons(s, func(id phone.QueueID) time.Time { return l.since[id] })
	for len(l.queues) < len(l.models) {
		l.queues = append(l.queues, widget.NewButton(widget.ButtonSpec{}, nil))
	}
	l.queues = l.queues[:len(l.models)]
	objects := []fyne.CanvasObject{l.chip}
	for i, m := range l.models {
		b := l.queues[i]
		b.Set(queueSpec(m))
		b.OnTap(func() { l.press(m) })
		b.OnMenu = func(at fyne.Position) { l.menuOf(b, m, at) }
		objects = append(objects, b)
	}
	if objects = append(objects, l.more, l.help); !slices.Equal(objects, l.line.Objects) {
		l.line.Objects = objects
	}
	lay.Again(l.line)
}

// queueSpec is a queue's button: one line of the same words and signs as its larger twin.
func queueSpec(m present.QueueButton) widget.ButtonSpec {
	words := m.Name
	switch {
	case m.Refused, m.Night:
		words += "  " + m.Detail
	case m.Count != "":
		words += "  " + m.Count
	}
	spec := widget.ButtonSpec{Text: words, Icon: m.Icon, Size: widget.Small, Chosen: m.In && !m.Night && !m.Refused, Tip: joined(m.Name+": "+m.Detail, m.Tip), Disabled: m.Wrong, Tint: theme.Text2}
	switch {
	case m.Nobody:
		spec.Icon, spec.Tint = "triangle-alert", theme.RedText
	case m.Night, m.Refused:
		spec.Look, spec.Tint = widget.Decline, ""
	}
	return spec
}

func joined(a, b string) string {
	if b == "" {
		return a
	}
	return a + "\n" + b
}

func (l *lower) press(m present.QueueButton) {
	if m.Command != nil {
		l.v.do(m.Command)
	}
}

// ticking reports whether a refusal is shown that is to go.
func (l *lower) ticking(s present.Scene) bool {
	for _, since := range l.since {
		if s.Now.Sub(since) <= present.RefusedFor+time.Second {
			return true
		}
	}
	return false
}

// openActivity opens the activity menu under the chip, or closes it.
func (l *lower) openActivity() {
	if !l.menu.Shown() {
		l.v.makeRoom(true)
	}
	l.menu.Open(l.chip, false)
}

// menuOf is the menu of a queue.
func (l *lower) menuOf(b *widget.Button, m present.QueueButton, at fyne.Position) {
	c := fyne.CurrentApp().Driver().CanvasForObject(b)
	if c == nil {
		return
	}
	l.v.makeRoom(true)
	widget.ShowMenu(c, at, queue.Menu(l.deps, m)).OnClose(func() { l.v.makeRoom(false) })
}

// openMore is the queues that do not fit.
func (l *lower) openMore() {
	var items []widget.MenuItem
	for _, m := range l.models[min(l.shown, len(l.models)):] {
		detail := m.Detail
		if m.Count != "" {
			detail = m.Count + " · " + detail
		}
		items = append(items, widget.MenuItem{Text: m.Name, Detail: detail, Icon: m.Icon, Chosen: m.In, Disabled: m.Wrong, Run: func() { l.press(m) }})
	}
	if len(items) == 0 {
		return
	}
	l.v.makeRoom(true)
	if menu := widget.ShowMenuUnder(l.more, items); menu != nil {
		menu.OnClose(func() { l.v.makeRoom(false) })
		return
	}
	l.v.makeRoom(false)
}

// fitted is the layout of the row: the chip, as many queues as fit, how many more there are, and help at the right.
type fitted struct{ l *lower }

func (f *fitted) MinSize([]fyne.CanvasObject) fyne.Size {
	chip, help := f.l.chip.MinSize(), f.l.help.MinSize()
	return fyne.NewSize(chip.Width+theme.Px(theme.Grid)+help.Width, max(chip.Height, help.Height))
}

func (f *fitted) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l := f.l
	gap := theme.Px(6)
	put := func(o fyne.CanvasObject, x, w float32) {
		h := o.MinSize().Height
		o.Move(fyne.NewPos(x, (size.Height-h)/2))
		o.Resize(fyne.NewSize(w, h))
	}
	help := l.help.MinSize().Width
	put(l.help, size.Width-help, help)
	room := size.Width - help - gap
	// The chip is cut when it would leave the first queue no room.
	chip := min(l.chip.Natural(), room)
	if len(l.queues) > 0 {
		chip = max(min(chip, room-gap-l.queues[0].MinSize().Width-l.moreWidth(len(l.queues)-1)), min(chip, l.chip.MinSize().Width))
	}
	put(l.chip, 0, chip)
	l.shown = l.fit(room - chip)
	x := chip + gap
	for i, q := range l.queues {
		widget.SetVisible(q, i < l.shown)
		if i < l.shown {
			w := q.MinSize().Width
			put(q, x, w)
			x += w + gap
		}
	}
	left := len(l.queues) - l.shown
	widget.SetVisible(l.more, left > 0)
	if left > 0 {
		l.more.Set(l.moreSpec(left))
		put(l.more, x, l.more.MinSize().Width)
	}
}

// fit is how many queues fit in a width, with the button for the rest.
func (l *lower) fit(room float32) int {
	gap := theme.Px(6)
	for n := len(l.queues); n > 0; n-- {
		need := l.moreWidth(len(l.queues) - n)
		for _, q := range l.queues[:n] {
			need += gap + q.MinSize().Width
		}
		if need <= room+0.5 {
			return n
		}
	}
	return 0
}

func (l *lower) moreSpec(left int) widget.ButtonSpec {
	spec := widget.ButtonSpec{Text: "+" + text.Number(int64(left)), Size: widget.Small, Tip: text.T("acd.more_queues", "n", left)}
	for _, m := range l.models[len(l.models)-left:] { // what is out of sight must not be overlooked
		if m.Nobody {
			spec.Icon, spec.Tint = "triangle-alert", theme.RedText
		}
	}
	return spec
}

// moreWidth is the room that the button for so many queues takes.
func (l *lower) moreWidth(left int) float32 {
	if left <= 0 {
		return 0
	}
	return theme.Px(6) + l.moreSpec(left).Width()
}
