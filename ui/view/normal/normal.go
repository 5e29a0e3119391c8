// Package normal is the telephone: who I am, the search and dial field, the calls, the history, tabs and footer.
package normal

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
	"svara/ui/view/call"
	"svara/ui/view/conference"
	"svara/ui/view/history"
	"svara/ui/view/inbox"
	"svara/ui/view/lay"
	"svara/ui/view/person"
	"svara/ui/view/queue"
	"svara/ui/view/voicemail"
	"svara/ui/view/warning"
	"svara/ui/widget"
)

var _ view.Face = (*View)(nil)

// View is the telephone's screen. What it holds is what the user is about to do: the text in the field, the tab, what
// is open. Everything else comes with the scene.
type View struct {
	deps  view.Deps
	scene present.Scene
	tab   command.View

	bars   *warning.Bars
	head   *header
	field  *widget.SearchField
	dial   *widget.Button
	erase  *widget.Button
	wrong  *widget.Paragraph
	keypad fyne.CanvasObject
	list   *list
	calls  *calls
	asking *asking.Asking
	conf   *conference.View
	hist   *history.View
	inbox  *inbox.View
	mail   *voicemail.View
	queues *queue.View
	ring   *ringing
	line   *callLine
	tabs   *widget.TabBar
	foot   *footer
	body   *fyne.Container
	top    *fyne.Container
	object *fyne.Container

	scroll  *container.Scroll
	query   string  // what the list is filtered by
	onCalls bool    // the cards are on screen
	height  float32 // between field and tabs: for cards, list and the call line
}

// New makes the screen.
func New(deps view.Deps, s present.Scene) *View {
	v := &View{deps: deps, scene: s, tab: command.ViewCall}
	v.bars = warning.New(deps, func() { lay.Again(v.object) })
	v.head = newHeader(deps, func() present.Scene { return v.scene })
	grip := widget.NewButton(widget.ButtonSpec{Icon: "grip", Tip: text.T("dial.keypad"), Look: widget.Quiet}, v.ToggleKeypad)
	v.erase = widget.NewButton(widget.ButtonSpec{Icon: "delete", Tip: text.T("keypad.delete"), Look: widget.Quiet}, v.eraseLast)
	v.erase.Hide()
	v.field = widget.NewSearchField(v.erase, grip)
	v.field.OnChanged(v.typed)
	v.field.Entry().Operators = true
	v.asking = asking.New(deps, searcher{v}, func() { deps.Run(command.Back, 0) })
	v.conf, v.inbox, v.mail, v.queues = conference.New(deps), inbox.New(deps), voicemail.New(deps), queue.New(deps)
	v.hist = history.New(deps, history.Host{Call: v.call, Ways: v.ways, Edit: v.edit, Asking: v.question})
	v.dial = widget.NewButton(widget.ButtonSpec{Icon: "phone", Look: widget.Go, Size: widget.Dial}, func() { deps.Run(command.DialTyped, 0) })
	v.dial.OnMenu = v.typedMenu
	v.wrong = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.DangerText})
	v.wrong.Hide()
	v.keypad = lay.Pad(48, 12, 48, 12, call.Keys(v.press))
	v.keypad.Hide()
	v.list = newList(deps, v)
	v.calls = newCalls(deps, v.conf.Small())
	v.calls.picked = v.picked
	v.ring = newRinging(deps)
	v.line = newCallLine(deps)
	v.tabs = widget.NewTabBar(func(id string) { deps.Show(command.View(id)) })
	v.foot = newFooter(deps)

	v.top = lay.Col(0,
		v.bars.Object(),
		widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Bottom: true}, lay.Margin(narrowBelow, 16, 12, 8, 8, lay.Col(10,
			v.head.object,
			v.asking.Head(),
			lay.Row(theme.Grid, lay.Fill(v.field), v.dial),
			v.wrong,
			v.asking.Ways(),
		))),
	)
	v.scroll = container.NewVScroll(v.calls.object)
	v.body = container.New(&body{v}, v.scroll, v.list.object, v.hist.Object(), v.conf.Object(), v.inbox.Object(), v.mail.Object(), v.queues.Object())
	v.object = container.New(&frame{v}, v.top, v.body, v.keypad, v.ring.object, v.line.object, v.tabs, v.foot.object)
	v.Update(s)
	return v
}

// OpenActivity opens the activity menu under the chip, or closes it.
func (v *View) OpenActivity() { v.head.menu.Open(v.head.chip, false) }

// OpenRole opens the menu of numbers to show.
func (v *View) OpenRole() { v.foot.roleMenu() }

// Ticking reports whether something about the user or a colleague on screen changes with time.
func (v *View) Ticking() bool {
	return v.list.later || v.list.ticking() || v.hist.Ticking() || v.head.menu.Shown() || v.queues.Ticking(v.scene)
}

// Object is what the window shows.
func (v *View) Object() fyne.CanvasObject { return v.object }

// At implements view.Face.
func (v *View) At() command.View { return v.tab }

// Show implements view.Face: all tabs are here but those of the team.
func (v *View) Show(tab command.View) bool {
	if tab == command.ViewGroupLog || tab == command.ViewGroupMessages || tab == command.ViewQueueStats { // they have windows of their own
		return false
	}
	if tab == command.ViewHistory && v.scene.Snap.History.Missed > 0 {
		v.hist.See()
	}
	if v.tab != tab {
		v.tab = tab
		v.Update(v.scene)
	}
	return true
}

// Update draws a scene.
func (v *View) Update(s present.Scene) {
	v.scene = s
	if v.tab == command.ViewQueues && !present.QueuesShown(s) {
		v.tab = command.ViewCall
	}
	cards := present.CallsOf(s)
	v.bars.Update(present.Bars(s))
	v.head.update(present.HeaderOf(s))
	v.updateField(s, cards)
	v.calls.update(cards)
	v.ring.update(cards.Ringing)
	v.asking.Update(s)
	widget.SetVisible(v.head.object, !v.asking.On())
	v.conf.Update(s)
	there, front := v.conf.There()
	widget.SetVisible(v.conf.Small(), there && !front)
	onTab := v.tab == command.ViewCall && v.query == "" && !v.asking.On()
	there = there && front && onTab
	cardsOn := onTab && !there && (cards.Main != nil || len(cards.Others) > 0)
	onCalls := cardsOn && cards.Main != nil || there
	on := func(tab command.View) bool { return v.tab == tab && v.query == "" && !v.asking.On() }
	onHistory := v.tab == command.ViewHistory && !v.asking.On() // which what is typed is looked for in
	onInbox, onMail, onQueues := on(command.ViewRecordings), on(command.ViewVoicemail), on(command.ViewQueues)
	widget.SetVisible(v.conf.Object(), there)
	widget.SetVisible(v.scroll, cardsOn)
	widget.SetVisible(v.hist.Object(), onHistory)
	widget.SetVisible(v.inbox.Object(), onInbox)
	widget.SetVisible(v.mail.Object(), onMail)
	widget.SetVisible(v.queues.Object(), onQueues)
	widget.SetVisible(v.list.object, !onCalls && !onHistory && !onInbox && !onMail && !onQueues)
	v.queues.Update(s)
	if onInbox {
		v.inbox.Update(s)
	}
	if onMail {
		v.mail.Update(s)
	}
	if onHistory {
		v.hist.SetQuery(v.query)
		v.hist.Update(s)
	}
	tab := v.tab
	if v.asking.On() {
		tab = command.ViewCall
	}
	if v.list.object.Visible() || !onHistory {
		v.list.update(s, tab, v.query)
	}
	v.onCalls = onCalls
	v.drawLine()
	tabs := []widget.Tab{
		{ID: string(command.ViewCall), Icon: "star", Text: text.T("tab.favourites")},
		{ID: string(command.ViewHistory), Icon: "history", Text: text.T("tab.history"), Count: s.Snap.History.Missed},
		{ID: string(command.ViewContacts), Icon: "book-user", Text: text.T("tab.contacts")},
		{ID: string(command.ViewVoicemail), Icon: "voicemail", Text: text.T("tab.voicemail"), Count: s.Snap.Voicemail.New()},
		{ID: string(command.ViewRecordings), Icon: "circle-dot", Text: text.T("tab.recordings"), Count: s.Snap.Inbox.Unseen},
	}
	if present.QueuesShown(s) {
		tabs = append(tabs, widget.Tab{ID: string(command.ViewQueues), Icon: "headset", Text: text.T("tab.queues"), Count: s.Snap.Team.Log.Open})
	}
	v.tabs.Set(tabs, string(v.tab))
	v.foot.update(present.FooterOf(s), present.ShownRoleOf(s))
	lay.Again(v.object)
}

func (v *View) updateField(s present.Scene, cards present.Calls) {
	holder := text.T("dial.placeholder")
	if cards.Main != nil && !cards.Main.Ended && v.object != nil && v.object.Size().Width > theme.Px(theme.NormalWidth-10) {
		holder = text.T("dial.placeholder_new")
	}
	if q, id := v.asking.Asked(); q != "" {
		if m := present.AskingOf(s, q, id); m != nil {
			holder = m.Holder
		}
	}
	v.field.SetPlaceHolder(holder)
	widget.SetVisible(v.dial, !v.asking.On())
	spec := widget.ButtonSpec{Icon: "phone", Look: widget.Go, Size: widget.Dial, Tip: text.T("dial.call")}
	if ok, why := present.CanDial(s); !ok {
		spec = widget.ButtonSpec{Icon: "phone-off", Size: widget.Dial, Disabled: why}
	}
	v.dial.Set(spec)
}

// typed follows the field: it filters the list and takes the error of the last try away.
func (v *View) typed(s string) {
	v.DialFailed("")
	v.query, v.list.then = s, nil
	widget.SetVisible(v.erase, s != "")
	v.field.Refresh()
	v.Update(v.scene)
}

// eraseLast takes the last character away, for those who type on the screen.
func (v *View) eraseLast() {
	if r := []rune(v.field.Text()); len(r) > 0 {
		v.field.SetText(string(r[:len(r)-1]))
	}
}

// press is a key of the keypad on screen: its digit goes in the field.
func (v *View) press(digit string) { v.field.SetText(v.field.Text() + digit) }

// Field is what is typed.
func (v *View) Field() string { return v.field.Text() }

// SetField replaces what is typed.
func (v *View) SetField(s string) { v.field.SetText(s) }

// FocusSearch puts the caret in the field and selects its text.
func (v *View) FocusSearch(c fyne.Canvas) {
	c.Focus(v.field.Entry())
	if v.field.Text() != "" {
		v.field.Entry().SelectAll()
	}
}

// Focus is what the keyboard is in.
func (v *View) Focus(c fyne.Canvas) command.Focus {
	if e, ok := c.Focused().(*widget.KeyEntry); ok {
		return e.Focus()
	}
	return command.FocusNone
}

// DialTyped dials the highlighted row, or what is typed when it is a number. An empty field gets the last number, which
// the next press dials (B2).
func (v *View) DialTyped() { v.front().Settled(v.dialTyped) }

func (v *View) dialTyped() {
	typed := v.field.Text()
	switch row, ok := v.highlighted(); {
	case ok:
		v.callRow(row)
	case typed == "" && v.page() != nil && v.page().Activate():
	case typed == "":
		if last := v.scene.Snap.History.Last; last != "" {
			v.field.SetText(last)
			return
		}
		v.DialFailed(text.T("dial.nothing"))
	case present.Dialable(typed):
		v.call(present.DialText(typed))
	default:
		if row, ok := v.front().Only(); ok {
			v.callRow(row)
			return
		}
		v.DialFailed(text.T("dial.not_a_number"))
	}
}

// callRow dials a row. Of somebody with several numbers, none of which was searched for, one is chosen first; a favourite
// is dialled at once.
func (v *View) callRow(row present.HistoryRow) {
	p := row.Person
	c := fyne.CurrentApp().Driver().CanvasForObject(v.object)
	switch {
	case row.More:
		v.front().More()
	case p == nil || len(p.Numbers) < 2 || row.Found || p.Mark == phone.MarkFavourite || v.asking.On() || c == nil:
		v.call(row.Dial)
	default:
		widget.ShowMenu(c, v.front().Under(), person.Numbers(v.scene, *p, v.call))
	}
}

// call dials; what cannot be dialled is told under the field, which keeps its text.
func (v *View) call(target string) {
	if target == "" {
		v.DialFailed(text.T("history.no_number"))
		return
	}
	if v.asking.On() {
		v.front().SetCursor(-1)
		v.field.SetText(target)
		v.deps.Run(command.HandOver, 0)
		return
	}
	if err := v.deps.Do(phone.Dial{Target: target}); err != nil {
		v.DialFailed(text.Refusal(err))
	}
}

// DialFailed says in red under the field why nothing was dialled; empty takes it away.
func (v *View) DialFailed(why string) {
	v.field.SetFaulty(why != "")
	v.wrong.Set(why)
	if v.wrong.Visible() != (why != "") {
		widget.SetVisible(v.wrong, why != "")
	}
	lay.Again(v.object)
}

// Dialled is told when a call has begun: what was typed has done its work.
func (v *View) Dialled() {
	v.asking.Forget()
	widget.SetVisible(v.keypad, false)
	v.front().SetCursor(-1)
	if v.field.Text() != "" {
		v.field.SetText("")
	}
	v.DialFailed("")
}

// ToggleKeypad opens or closes the keypad: that of the call in front, or the one that fills the field.
func (v *View) ToggleKeypad() {
	if v.tab == command.ViewCall && v.scroll.Visible() && v.calls.card.CanKeypad() {
		v.calls.card.ShowKeypad(!v.calls.card.KeypadOpen())
		lay.Again(v.object)
		return
	}
	widget.SetVisible(v.keypad, !v.keypad.Visible())
	lay.Again(v.object)
}

// ToggleFigures implements view.Measuring.
func (v *View) ToggleFigures() bool {
	if v.tab != command.ViewCall || !v.scroll.Visible() || !v.calls.card.CanMeasure() {
		return false
	}
	v.calls.card.ToggleFigures()
	v.object.Refresh()
	return true
}

// Digit shows a digit that was sent in the call in front.
func (v *View) Digit(d string) {
	v.calls.card.Digit(d, false)
	lay.Again(v.object)
}

// MoveCursor moves the highlight of the list.
func (v *View) MoveCursor(rows int) {
	switch {
	case v.page() != nil:
		v.page().Move(rows)
	case v.listed():
		v.front().Move(rows)
	}
}

// MoveAcross does nothing: the lists here have one column.
func (v *View) MoveAcross(int) {}

// OpenRowMenu opens the menu of the highlighted row.
func (v *View) OpenRowMenu() {
	if v.page() != nil {
		v.page().OpenMenu()
		return
	}
	if v.front().Cursor() >= 0 && v.listed() {
		v.front().OpenMenu()
		return
	}
	v.typedMenu(v.below())
}

// Back closes what was opened last, and then empties the field. It reports whether there was anything.
func (v *View) Back() bool {
	switch {
	case v.asking.On():
		v.asking.Leave(true)
	case v.conf.Object().Visible() && v.conf.Back(), v.page() != nil && v.page().Back():
	case v.calls.card.KeypadOpen():
		v.calls.card.ShowKeypad(false)
	case v.keypad.Visible():
		v.keypad.Hide()
	case v.front().Cursor() >= 0 && v.listed():
		v.front().SetCursor(-1)
	case v.field.Text() != "":
		v.field.SetText("")
	default:
		return false
	}
	lay.Again(v.object)
	return true
}

// Levels draws the meters and reports whether there are any on screen.
func (v *View) Levels(l phone.Levels) bool {
	drawn := v.scroll.Visible() && v.calls.card.Levels(l)
	drawn = v.conf.Object().Visible() && v.conf.Levels(l) || drawn
	return v.page() != nil && v.page().Levels(l) || drawn
}

// Wrong is what the line under the field says, empty when it is not there.
func (v *View) Wrong() string {
	if !v.wrong.Visible() {
		return ""
	}
	return v.wrong.Text()
}

// Entry is the text of the field, for the keyboard.
func (v *View) Entry() *widget.KeyEntry { return v.field.Entry() }

// Copy implements view.Face.
func (v *View) Copy(from view.Face) {
	if f, ok := from.(*View); ok {
		v.tab = f.tab
		v.hist.Copy(f.hist)
		v.inbox.Copy(f.inbox)
		v.mail.Copy(f.mail)
		widget.SetVisible(v.keypad, f.keypad.Visible())
		if f.calls.card.KeypadOpen() {
			v.calls.card.ShowKeypad(true)
		}
	}
	v.asking.Set(from.Asking())
	v.field.SetText(from.Field())
	v.DialFailed(from.Wrong())
	v.Update(v.scene)
}

// Idle reports whether nothing is typed and no row is highlighted.
func (v *View) Idle() bool {
	_, chosen := v.highlighted()
	return v.field.Text() == "" && !chosen
}
