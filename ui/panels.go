package ui

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/call"
	"svara/ui/view/form"
	"svara/ui/view/forward"
	"svara/ui/view/grouplog"
	"svara/ui/view/groupmessages"
	"svara/ui/view/meeting"
	"svara/ui/view/queue"
	"svara/ui/widget"
)

// panel is what a window over the main one shows.
type panel interface {
	Object() fyne.CanvasObject
	Update(present.Scene)
}

// panelKind is a sort of window over the main one: how it is made and how large it is.
type panelKind struct {
	title         string // text key
	width, height float32
	make          func(deps view.Deps, s present.Scene, closed func()) panel
}

// editor makes an editor's window.
func editor(spec func() present.Editor) func(view.Deps, present.Scene, func()) panel {
	return func(deps view.Deps, s present.Scene, closed func()) panel {
		return form.NewWindow(deps, s, spec(), closed)
	}
}

var panelKinds = map[command.View]panelKind{
	command.ViewCustom:   {"me.custom", 480, 460, editor(present.CustomActivity)},
	command.ViewSchedule: {"me.schedule", 860, 640, editor(present.PlanEditor)},
	command.ViewQuick:    {"me.edit_shortcuts", 760, 560, editor(present.ShortcutEditor)},
	command.ViewQuality:  {"quality.title", 380, 460, func(deps view.Deps, s present.Scene, _ func()) panel { return call.NewWindow(deps, s) }},
	command.ViewGroupLog: {"grouplog.title", 900, 640, func(deps view.Deps, s present.Scene, _ func()) panel {
		return grouplog.New(deps, dialling(deps))
	}},
	command.ViewGroupMessages: {"groupmessage.title", 1000, 640, func(deps view.Deps, _ present.Scene, _ func()) panel {
		return groupmessages.New(deps, dialling(deps))
	}},
	command.ViewQueueStats: {"queue.stats", 720, 600, func(deps view.Deps, s present.Scene, _ func()) panel {
		return queue.NewPage(deps, dialling(deps))
	}},
	command.ViewMeetings: {"meeting.title", 860, 700, func(deps view.Deps, s present.Scene, closed func()) panel {
		return meeting.New(deps, s, closed)
	}},
	command.ViewPassword: {"password.title", 480, 480, editor(present.PasswordForm)},
	command.ViewForwarding: {"forward.title", 480, 680, func(deps view.Deps, s present.Scene, _ func()) panel {
		return forward.New(deps, s)
	}},
}

// dialling dials from a window over the main one and tells there why not.
func dialling(deps view.Deps) func(phone.Dial) {
	return func(c phone.Dial) {
		if err := deps.Do(c); err != nil {
			deps.Say(text.Refusal(err))
		}
	}
}

// panelWindow is one of those windows. Its content is made anew each time it is opened, so that an edit that was left
// does not come back.
type panelWindow struct {
	a      *App
	kind   panelKind
	window fyne.Window // nil before it is opened, and when it has been given back
	size   fyne.Size   // which it is made in
	view   panel
	shown  bool
}

// panels are the windows that have been opened, by what they show.
type panels map[command.View]*panelWindow

// open shows a window. It reports whether there is such a one.
func (p panels) open(a *App, v command.View) bool {
	kind, ok := panelKinds[v]
	if ok {
		p.show(a, v, kind, false)
	}
	return ok
}

// show shows a window of a kind. Fresh makes its content anew also when it is on screen.
func (p panels) show(a *App, v command.View, kind panelKind, fresh bool) {
	w := p[v]
	if w == nil {
		w = &panelWindow{a: a, size: fyne.NewSize(theme.Px(kind.width), theme.Px(kind.height))}
		p[v] = w
	}
	w.kind = kind
	if w.window == nil {
		w.window = a.fy.NewWindow("")
		w.window.SetPadded(false)
		w.window.SetCloseIntercept(w.close)
		w.window.Resize(w.size)
	}
	a.unhide(w.window)
	if !w.shown || fresh {
		w.build()
	}
	w.shown = true
	w.window.Show()
	w.window.RequestFocus()
	switch v := w.view.(type) {
	case *form.Editor:
		v.Focus()
	case interface{ Focus(fyne.Canvas) }:
		v.Focus(w.window.Canvas())
	}
}

// shown reports whether a window is on screen.
func (p panels) shown(v command.View) bool { return p[v] != nil && p[v].shown }

func (w *panelWindow) build() {
	deps := w.a.deps()
	var root *widget.Root
	deps.Say = func(words string) { root.Toast("info", words, "", nil) } // where the user looks
	w.view = w.kind.make(deps, w.a.scene(), w.close)
	w.view.Update(w.a.scene())
	root = widget.NewRoot(w.view.Object())
	w.window.SetTitle(text.T(w.kind.title) + " – " + text.T("app.name"))
	w.window.SetContent(root)
	w.a.attachDialog(w.window.Canvas(), w.escape)
}

// escape puts the form away where it hides its list, else the window.
func (w *panelWindow) escape() {
	if e, ok := w.view.(interface{ Cancel() }); ok {
		e.Cancel()
		return
	}
	w.close()
}

func (w *panelWindow) close() {
	if !w.shown {
		return // an answer came that would have closed it
	}
	w.shown = false
	w.a.hide(w.window, func() {
		w.size = w.window.Canvas().Size()
		w.window, w.view = nil, nil
	})
}

// rebuild makes the windows' contents anew, in another language.
func (p panels) rebuild() {
	for _, w := range p {
		if w.shown {
			w.build()
		}
	}
}

// toggle opens a window, or closes the one that is open.
func (p panels) toggle(a *App, v command.View) {
	if w := p[v]; w != nil && w.shown {
		w.close()
		return
	}
	p.open(a, v)
}

// levels draws the meters of the windows and reports whether there are any.
func (p panels) levels(l phone.Levels) bool {
	drawn := false
	for _, w := range p {
		if m, ok := w.view.(interface{ Levels(phone.Levels) bool }); ok && w.shown && m.Levels(l) {
			drawn = true
		}
	}
	return drawn
}

func (p panels) update(s present.Scene) {
	for _, w := range p {
		if w.shown {
			w.view.Update(s)
		}
	}
}
