package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
)

// The size of the first-start window; the normal view's is the theme's.
const (
	startWidth  = 900
	startHeight = 600
)

// render draws a snapshot.
func (a *App) render(s *phone.Snapshot) {
	before := a.snap
	if s.Seq < before.Seq || a.quitting {
		return
	}
	a.snap = s
	a.numbers.follow(s)
	a.lines.follow(s)
	a.traces.Follow(s, a.now())
	if a.setLook() {
		a.build()
		a.card.rebuild()
		a.settings.rebuild()
		a.keys.rebuild()
		a.panels.rebuild()
		a.focus()
	}
	a.followFace()
	a.choosePage()
	a.followKeys()
	a.followDialling(before)
	a.draw()
	a.card.update()
	a.followCalls(before)
	a.followTransfers(before)
	a.keepOnTop()
	a.notices.follow(before)
	a.flash.follow()
	a.tray.update()
}

// followDialling takes away why nothing was dialled when the exchange is back: it is true no more.
func (a *App) followDialling(before *phone.Snapshot) {
	was, _ := present.CanDial(present.Scene{Snap: before})
	if can, _ := present.CanDial(a.scene()); can && !was && a.page != command.ViewStart && !a.asking() && a.face().Wrong() != "" {
		a.face().DialFailed("")
	}
}

// second repaints what counts time.
func (a *App) second() {
	if !a.quitting {
		a.followSize()
		a.followPlace()
		a.giveBack()
	}
	if a.quitting || !a.counting() {
		return
	}
	a.draw()
	a.card.update()
	a.tray.update()
}

// counting reports whether anything on screen changes with time: a call's clock, the next try's seconds, the day.
func (a *App) counting() bool {
	day := a.now().YearDay()
	if day != a.day {
		a.day = day
		return true
	}
	if a.page != command.ViewStart && a.face().Ticking() {
		return true
	}
	if a.opts.Collector != nil && a.settings.shown && a.opts.Collector.Collecting().On {
		return true
	}
	return len(a.snap.Calls)+len(a.snap.Parked)+len(a.snap.Elsewhere) > 0 || a.snap.Playing != nil || slices.ContainsFunc(a.snap.Accounts, func(s phone.AccountStatus) bool { return !s.RetryAt.IsZero() })
}

func (a *App) draw() {
	scene := a.scene()
	if a.page == command.ViewStart {
		a.start.Update(scene)
	} else {
		a.face().Update(scene)
	}
	a.settings.update(scene)
	a.panels.update(scene)
	if title := present.WindowTitle(scene); title != a.main.Title() {
		a.main.SetTitle(title)
	}
}

// setLook follows the settings of language, theme and text size. It reports whether the language changed, so that the
// views must be made anew; a change of theme or size they follow by themselves.
func (a *App) setLook() bool {
	now := look{
		language: a.snap.Settings.Get(phone.KeyLanguage),
		theme:    a.snap.Settings.Get(phone.KeyTheme),
		size:     a.snap.Settings.Int(phone.KeyTextSize),
	}
	if now == a.look {
		return false
	}
	before := text.Language()
	if now.language != a.look.language {
		text.SetLanguage(now.language)
		setFyneWords()
	}
	first := a.look == look{}
	resized := !first && now.size != a.look.size
	if resized {
		a.rememberSize() // by the text it was made for
	}
	if now.theme != a.look.theme || now.size != a.look.size {
		theme.Apply(a.fy, theme.Mode(now.theme), now.size)
	}
	a.look = now
	switch {
	case resized && (a.page == command.ViewStart || a.low > 0):
		a.tellLeast()
	case resized:
		a.sizeFace()
	}
	return !first && text.Language() != before
}

// The largest window that a larger text makes by itself.
const (
	widestGrown  = 760
	highestGrown = 900
)

// choosePage shows the first start while there is no account, or one is being signed in there.
func (a *App) choosePage() {
	before := a.page
	switch {
	case a.page == command.ViewStart && a.start.Busy():
	case len(a.snap.Accounts) == 0:
		a.setPage(command.ViewStart)
	case a.page == "":
		a.setPage(command.ViewCall)
	case a.page == command.ViewStart && !a.start.Trying():
		a.setPage(command.ViewCall)
	}
	if before != "" && before != a.page { // the account came, or went, by another way than this window
		a.focus()
	}
}

// signedIn is told by the first start when its account is registered.
func (a *App) signedIn() {
	a.snap = a.opts.Phone.Snapshot()
	if a.snap.Settings.Bool(phone.KeyFirstStart) {
		a.host.Do(phone.Set{Key: phone.KeyFirstStart, Value: "false"})
	}
	a.setPage(command.ViewCall)
	a.focus()
}

// setPage changes what the main window shows, and its size when it goes between the first start and the telephone.
func (a *App) setPage(p command.View) {
	wide := p == command.ViewStart
	resize := a.page == "" || wide != (a.page == command.ViewStart)
	a.page = p
	if wide {
		a.root.SetContent(a.start.Object())
	} else {
		if !a.face().Show(p) {
			a.goFace(command.FaceNormal)
			a.face().Show(p)
		}
		a.root.SetContent(a.face().Object())
	}
	if resize {
		if wide {
			a.main.Resize(fyne.NewSize(theme.Px(startWidth), min(highestGrown, theme.Px(startHeight))))
		} else {
			a.sizeFace()
		}
	}
}

// show is what commands and buttons call to go to a view.
func (a *App) show(v command.View) {
	if page, ok := settingsPage(string(v)); ok {
		a.settings.open(page)
		return
	}
	if v == command.ViewQuality {
		a.showQuality()
		return
	}
	if (v == command.ViewGroupLog || v == command.ViewGroupMessages || v == command.ViewQueueStats) && a.faces.front == command.FaceAttendant && a.page != command.ViewStart {
		a.setPage(v) // the other faces have no room for it: it gets a window
		a.draw()
		a.focus()
		return
	}
	if a.panels.open(a, v) {
		return
	}
	switch v {
	case command.ViewMessages:
		a.showMessages()
	case command.ViewShortcuts:
		a.keys.open()
	case command.ViewPalette:
		a.openPalette()
	case command.ViewActivity, command.ViewRole:
		if a.page == command.ViewStart {
			return
		}
		if v == command.ViewRole {
			a.face().OpenRole()
		} else {
			a.face().OpenActivity()
		}
	case command.ViewCall, command.ViewHistory, command.ViewContacts, command.ViewVoicemail, command.ViewRecordings, command.ViewQueues:
		if a.page == command.ViewStart {
			return
		}
		a.setPage(v)
		a.draw()
		a.focus()
	}
}

func (a *App) editAccount(id phone.AccountID) { a.settings.openAccount(id) }

// focus puts the keyboard where it belongs: in the search field, so that the next key is a name or a number; while
// somebody is on the line nowhere, so that digits go out as tones and letters are commands.
func (a *App) focus() {
	c := a.main.Canvas()
	switch {
	case a.page == command.ViewStart:
		a.start.Focus(c)
	case a.talking && !a.asking() && a.faces.front == command.FaceNormal: // the attendant's caret stays (ui.md section 6)
		c.Unfocus()
	default:
		a.face().FocusSearch(c)
	}
}

// followCalls moves the keyboard and the view when calls come and go.
func (a *App) followCalls(before *phone.Snapshot) {
	front := command.InFront(a.snap)
	changed := a.talking != (len(front) > 0)
	a.talking = len(front) > 0
	for _, c := range front {
		if old := before.Call(c.ID); a.page != command.ViewStart && (old == nil || old.State == phone.StateIncoming) {
			a.setPage(command.ViewCall) // a call was dialled or answered: its card comes to the front
			a.face().Dialled()
			a.focus()
			a.draw() // with the keys that work now
		}
	}
	// The last call has ended, or one that was handed over is ours again: its keys work.
	if changed && a.page != command.ViewStart && !a.asking() && (!a.talking || a.face().Field() == "") {
		a.focus()
	}
	if len(a.snap.Ringing()) > len(before.Ringing()) && a.snap.Settings.Bool(phone.KeyRaiseOnRing) {
		a.showMain()
	}
}

// back undoes one step: closes what was opened last, then empties the field. It never hangs up.
func (a *App) back() {
	if a.page == command.ViewStart {
		return
	}
	asked := a.asking()
	if !a.face().Back() && !a.stepBack() || asked {
		a.focus()
	}
}

// asking reports whether the field asks whom a call is to go to, or the like.
func (a *App) asking() bool {
	q, _ := a.face().Asking()
	return q != ""
}

func (a *App) wakeMeter() {
	select {
	case a.metering <- struct{}{}:
	default:
	}
}

// drawLevels draws the meters on screen and reports whether there are any.
func (a *App) drawLevels(l phone.Levels) bool {
	if a.quitting {
		return false
	}
	inCall := a.page != command.ViewStart && a.face().Levels(l)
	inSettings := a.settings.levels(l)
	return a.panels.levels(l) || inCall || inSettings
}
