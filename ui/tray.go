package ui

import (
	"context"

	"fyne.io/systray"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/loop"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/widget"
)

// tray is the icon among those of the system (features.md K7). It comes when there is a place for it, and is not missed
// where there is none. Fyne's own tray costs a hidden window, and a goroutine for every line each time a line changes; so
// the library below it is used, and a line that was made stays and is hidden while it is not needed.
//
//	newApp:         a.tray = newTray(a); the main window's SetCloseIntercept(a.close)
//	Run:            a.tray.start(), before Fyne's loop
//	render, second: a.tray.update(), after the snapshot was drawn
//	quit:           a.tray.stop(), after the group has stopped
//
// All methods are called on the UI goroutine.
type tray struct {
	a     *App
	there bool // there is a tray that shows the icon
	end   func()
	menu  *trayMenu // nil until it is made
	icon  present.TrayIcon
	title string
	drawn bool // icon and title have been drawn once
	alone bool // the window was closed: the phone is in the tray only
}

func newTray(a *App) *tray { return &tray{a: a} }

// start looks for a tray for as long as the window lives.
func (t *tray) start() {
	t.a.group.run(func(ctx context.Context) {
		watchTray(ctx, func(there bool) { loop.Do(func() { t.found(there) }) })
	})
}

// found is told that a tray has come or gone.
func (t *tray) found(there bool) {
	if t.a.quitting || t.there == there {
		return
	}
	t.there = there
	switch {
	case !there && t.alone:
		t.a.showMain() // there is no other way to get it back
	case !there:
	case t.end == nil:
		systray.SetOnTapped(func() { t.a.Raise(nil) })
		begin, end := systray.RunWithExternalLoop(func() { loop.Do(t.make) }, nil)
		t.end = end
		t.drawn = false
		t.drawIcon() // before it is told of, so that it is never without
		begin()
	}
	t.update()
}

func (t *tray) make() {
	if !t.a.quitting {
		t.menu = newTrayMenu(t)
		t.update()
	}
}

// update draws what has changed: the tray's icon and menu, and the window's own icon.
func (t *tray) update() {
	t.drawIcon()
	if t.menu != nil {
		t.menu.update(present.TrayOf(t.a.scene()))
	}
}

func (t *tray) drawIcon() {
	m := present.TrayOf(t.a.scene())
	if t.drawn && m.Icon == t.icon && m.Tip == t.title {
		return
	}
	fresh := !t.drawn || m.Icon != t.icon
	t.drawn, t.icon, t.title = true, m.Icon, m.Tip
	fill, _, _ := view.Colors(m.Icon.Tone)
	picture := theme.Badged(theme.Badge{Sign: m.Icon.Sign, Token: fill, Square: m.Icon.Square, Count: m.Icon.Count, Grey: m.Icon.Grey})
	if fresh {
		t.a.main.SetIcon(picture)
	}
	if t.end != nil {
		systray.SetIcon(trayPicture(picture.Content()))
		systray.SetTooltip(m.Tip)
		systray.SetTitle(text.T("app.name"))
	}
}

// stop takes the icon away.
func (t *tray) stop() {
	if t.end != nil {
		t.end()
	}
}

// use does what a line of the menu says.
func (t *tray) use(m present.TrayItem) {
	a := t.a
	switch {
	case a.quitting:
	case m.Raise:
		a.showMain()
	case m.View != "":
		a.showMain()
		a.show(m.View)
	case m.Do != nil:
		if err := a.do(m.Do); err != nil {
			a.say(text.Refusal(err))
		}
	case m.Command != "":
		if m.Call == 0 && m.Command != command.Quit { // what opens something is seen in the window
			a.showMain()
		}
		a.run(m.Command, m.Call)
	}
}

// close is what closing the main window does: the phone goes on in the tray where the user wants that and there is one,
// else the program ends, as leave does it.
//
//	newApp: a.main.SetCloseIntercept(a.close)
func (a *App) close() {
	if a.closeToTray() {
		a.tray.alone = true
		a.main.Hide()
		return
	}
	a.leave()
}

// leave ends the program at the user's wish. Calls would end with it, so it asks first while there are any; whoever wishes
// it again while the question stands means it.
//
//	host.Quit, and closing the main window
func (a *App) leave() {
	n := 0
	for _, c := range a.snap.Calls {
		if c.State.Live() {
			n++
		}
	}
	if n == 0 || a.now().Sub(a.warned) < widget.ToastTime {
		a.quit()
		return
	}
	a.warned = a.now()
	a.showMain()
	a.root.Toast("phone", text.T("quit.calls", "n", n), text.T("quit.anyway"), a.quit)
}

// showMain brings the main window to the front, also from the tray.
//
//	Raise, and wherever else the window is shown to the user
func (a *App) showMain() {
	a.main.Show()
	a.main.RequestFocus()
	if a.tray.alone { // a window that was away has forgotten where it stood
		a.tray.alone, a.onTop = false, false
		a.keepOnTop()
	}
}

// closeToTray reports whether closing the window leaves the phone in the tray.
func (a *App) closeToTray() bool {
	return a.tray.there && a.tray.end != nil && a.snap.Settings.Bool(phone.KeyCloseToTray)
}
