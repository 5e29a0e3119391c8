// Package attendant is the window of those who answer for others: people at the left, calls and queues at the right, the
// caret always in the search field (ui.md 5.4 to 7).
package attendant

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/asking"
	"svara/ui/view/board"
	"svara/ui/view/grouplog"
	"svara/ui/view/groupmessages"
	"svara/ui/view/history"
	"svara/ui/view/inbox"
	"svara/ui/view/lay"
	"svara/ui/view/queue"
	"svara/ui/view/voicemail"
	"svara/ui/view/warning"
	"svara/ui/widget"
)

// The window's sizes in dp.
const (
	Width     = 1440
	Height    = 900
	MinWidth  = 1100
	MinHeight = 640

	// The least size with the largest text.
	largeWidth  = 1280
	largeHeight = 800
)

var (
	_ view.Face    = (*View)(nil)
	_ view.Sifting = (*View)(nil)
	_ view.Roomy   = (*View)(nil)
)

// View is the attendant's window. What it holds is what the user is about to do: what is typed, the tab, what is open.
// Everything else comes with the scene.
type View struct {
	deps  view.Deps
	scene present.Scene
	tab   command.View

	bars   *warning.Bars
	top    *top
	field  *field
	asking *asking.Asking
	ask    *widget.Panel // the question, over the field
	board  *board.View
	others *others
	inbox  *inbox.View
	voice  *voicemail.View
	past   *history.View
	log    *grouplog.View
	mail   *groupmessages.View
	stats  *queue.Page
	pages  map[command.View]shown // all of these by their tabs
	team   map[command.View]page  // log, mail and stats by theirs
	side   *side
	hints  *hints
	drawer bool // the strip is shown where it comes and goes
	narrow bool // there it does
	over   bool // it stands in the people's place

	left   *fyne.Container
	object *fyne.Container
}

// New makes the window's content.
func New(deps view.Deps, s present.Scene) *View {
	v := &View{deps: deps, scene: s, tab: command.ViewCall}
	v.bars = warning.New(deps, v.arrange)
	v.top = newTop(v)
	v.asking = asking.New(deps, searcher{v}, func() { deps.Run(command.Back, 0) })
	v.ask = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Radius: theme.RadiusCard}, lay.Pad(14, 10, 14, 10, v.asking.Head()))
	v.ask.Hide()
	v.field = newField(v)
	to := deps
	to.Do = v.doOnBoard
	v.board = board.New(to, s)
	v.board.OnMenu(v.menuOf)
	v.board.OnActivate(v.pressed)
	v.others = newOthers(v)
	v.inbox, v.voice = inbox.New(deps), voicemail.New(deps)
	v.past = history.New(deps, v.historyHost())
	v.log, v.mail, v.stats = grouplog.New(deps, v.place), groupmessages.New(deps, v.place), queue.NewPage(deps, v.place)
	v.pages = map[command.View]shown{command.ViewRecordings: v.inbox, command.ViewVoicemail: v.voice, command.ViewHistory: v.past, command.ViewGroupLog: v.log, command.ViewGroupMessages: v.mail, command.ViewQueueStats: v.stats}
	v.team = map[command.View]page{command.ViewGroupLog: v.log, command.ViewGroupMessages: v.mail, command.ViewQueueStats: v.stats}
	v.side = newSide(v)
	v.hints = newHints(v)
	v.left = container.New(&leftLayout{v}, v.ask, v.field.object, v.board.Object(), v.others.object, v.inbox.Object(), v.voice.Object(), v.past.Object(), v.log.Object(), v.mail.Object(), v.stats.Object(), v.field.pad)
	v.object = container.New(&frame{v}, v.bars.Object(), v.top.object, v.left, v.hints.object, v.side.object)
	v.Update(s)
	return v
}

// Object is what the window shows.
func (v *View) Object() fyne.CanvasObject { return v.object }

// people reports whether the people are in front: whatever tab is chosen, they are while something is typed or asked.
func (v *View) people() bool {
	return v.tab == command.ViewCall || v.asking.On() || v.field.text() != ""
}

// Update draws a scene.
func (v *View) Update(s present.Scene) {
	before := v.scene.Snap
	v.scene = s
	v.asking.Update(s)
	v.follow(before)
	widget.SetVisible(v.ask, v.asking.On())
	v.bars.Update(present.Bars(s))
	v.top.update()
	people := v.people()
	transfer := v.asking.On() && v.question() != command.AskSlot
	v.board.SetMode(transfer, v.ways())
	if people {
		v.board.Update(s)
	}
	v.others.update(people)
	v.showPages()
	v.field.update()
	v.side.update()
	v.hints.update()
	v.arrange()
}

// arrange lays the window out again where something may have come, gone or changed its size. It redraws nothing that is as
// it was.
func (v *View) arrange() { lay.Again(v.object) }

// showPages shows the people or the list of the tab as they are now, and neither where the strip stands in their place.
func (v *View) showPages() {
	people := v.people()
	widget.SetVisible(v.board.Object(), people && !v.over)
	for tab, p := range v.pages {
		on := !people && !v.over && v.tab == tab
		widget.SetVisible(p.Object(), on)
		if on {
			p.Update(v.scene)
		}
	}
}

// question is what the field asks, empty for nothing.
func (v *View) question() command.Question {
	q, _ := v.asking.Asked()
	return q
}

// follow keeps the field with the calls: a call that was answered brings an empty field with the person sought
// highlighted, one that has ended leaves an empty field.
func (v *View) follow(before *phone.Snapshot) {
	s := v.scene.Snap
	if before == nil || before == s {
		return
	}
	if q, id := v.asking.Asked(); q == command.AskTransfer { // it was handed over by another way than the field
		if c := s.Call(id); c != nil && (command.Waits(*c) || c.Transfer != nil && c.Transfer.State == phone.TransferConsulting) {
			v.asking.Leave(false)
		}
	}
	if old := before.Call(before.Active); old != nil && !over(old) && over(s.Call(old.ID)) && !v.asking.On() {
		v.clear()
	}
	for _, c := range s.Calls {
		if old := before.Call(c.ID); old != nil && old.State == phone.StateIncoming && c.State.Live() && c.State != phone.StateIncoming {
			v.clear()
			v.seek(c)
		}
	}
}

// over reports whether a call has ended or is about to: what is typed after a hang-up is for the next call.
func over(c *phone.Call) bool { return c == nil || c.State == phone.StateEnding || !c.State.Live() }

// clear empties the field and takes the highlight away.
func (v *View) clear() {
	v.board.ClearCursor()
	if v.field.text() != "" {
		v.field.set("")
	}
	v.DialFailed("")
}

// seek highlights the person a call was meant for.
func (v *View) seek(c phone.Call) {
	if c.Origin != nil && c.Origin.Sought != nil && c.Origin.Sought.Number != "" {
		v.board.Highlight(c.Origin.Sought.Number)
	}
}

// At implements view.Face.
func (v *View) At() command.View { return v.tab }

// Show implements view.Face.
func (v *View) Show(tab command.View) bool {
	switch tab {
	case command.ViewContacts, command.ViewQueues, command.ViewCall:
		v.drawer = v.narrow && tab != command.ViewContacts && v.side.busy()
		tab = command.ViewCall
	case command.ViewHistory:
		if v.scene.Snap.History.Missed > 0 {
			v.past.See()
		}
	case command.ViewRecordings:
	case command.ViewGroupLog, command.ViewGroupMessages, command.ViewQueueStats:
		if !present.TeamShown(v.scene) {
			return false
		}
	case command.ViewVoicemail:
		if v.deps.Voicemail == nil {
			return false
		}
	default:
		return false
	}
	if (tab != v.tab || tab != command.ViewCall) && v.field.text() != "" && !v.asking.On() { // people would be in front of it
		v.field.set("")
	}
	v.tab = tab
	v.Update(v.scene)
	return true
}

// Sifted implements view.Sifting: the board has filters.
func (v *View) Sifted(answer func([]phone.Hit)) bool { return v.people() && v.board.Sifted(answer) }

// OpenQueue shows a queue on the page of queues.
func (v *View) OpenQueue(id phone.QueueID) { v.stats.Open(id) }

// OpenActivity opens the activity menu under the chip, or closes it.
func (v *View) OpenActivity() { v.top.menu.Open(v.top.chip, false) }

// OpenRole opens the menu of numbers to show.
func (v *View) OpenRole() { v.hints.roleMenu() }

// Ticking implements view.Face.
func (v *View) Ticking() bool {
	return v.board.Object().Visible() && v.board.Ticking() || v.side.queues.Ticking(v.scene) || v.past.Object().Visible() && v.past.Ticking() || v.teamTicking() || v.top.menu.Shown()
}

// Levels implements view.Face: the microphone's meter is drawn while somebody is on the line.
func (v *View) Levels(l phone.Levels) bool {
	drawn := v.hints.levels(l)
	drawn = v.side.conf.Object().Visible() && v.side.conf.Levels(l) || drawn
	drawn = v.mail.Object().Visible() && v.mail.Levels(l) || drawn
	return v.inbox.Object().Visible() && v.inbox.Levels(l) || drawn
}

// Copy implements view.Face.
func (v *View) Copy(from view.Face) {
	if f, ok := from.(*View); ok {
		v.tab, v.drawer = f.tab, f.drawer
		v.past.Copy(f.past)
		v.log.Copy(f.log)
		v.mail.Copy(f.mail)
		v.stats.Copy(f.stats)
	}
	v.asking.Set(from.Asking())
	v.field.set(from.Field())
	v.DialFailed(from.Wrong())
	v.Update(v.scene)
}

// historyHost is what the history does things through.
func (v *View) historyHost() history.Host {
	return history.Host{
		Call: v.dial, Edit: func(number string) {
			v.deps.Show(command.ViewCall)
			v.field.set(number)
			if c := v.canvas(); c != nil {
				v.FocusSearch(c)
			}
		},
		Ways:   func(words, target string) []widget.MenuItem { return v.callWays(words, target) },
		Asking: v.question, Search: true,
	}
}

// tell tells the phone something; what it refuses is said.
func (v *View) tell(c phone.Command) bool {
	if err := v.deps.Do(c); err != nil {
		v.deps.Say(text.Refusal(err))
		return false
	}
	return true
}

func (v *View) canvas() fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(v.object)
}
