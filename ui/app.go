package ui

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/loop"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/start"
	"svara/ui/widget"
)

// App is the window and everything about it. New and Run are called on the main goroutine; Screenshot, Raise and Quit
// from any. All fields below the line belong to the UI goroutine.
type App struct {
	opts     Options
	log      *slog.Logger
	group    *group
	host     *host
	waiting  atomic.Pointer[phone.Snapshot] // newest snapshot not yet drawn
	metering chan struct{}                  // wakes the meter goroutine
	now      func() time.Time

	// ---

	bindings

	fy       fyne.App
	snap     *phone.Snapshot
	look     look
	main     fyne.Window
	root     *widget.Root
	page     command.View // start or one of the telephone's
	start    *start.View
	faces    faces
	card     *cardWindow
	settings *settingsWindow
	keys     *keysWindow
	panels   panels
	hidden   hidden
	numbers  numbers
	lines    lines
	traces   present.Traces     // how the calls in progress have sounded
	typing   context.CancelFunc // ends the search for what was typed before; nil for none
	folder   string             // where a file was chosen last
	offer    offer
	left     phone.CallID // the caller whom a colleague did not take; see followLeft
	talking  bool         // a call was in front when the last snapshot was drawn
	focused  bool         // one of our windows has the keyboard
	day      int          // of the year, as drawn
	quitting bool
	warned   time.Time                   // when the user was told that calls end with the program
	later    func(time.Duration, func()) // does something on the UI goroutine after a while
	awake    func()                      // ends the loop's sleep; nil before the window is on screen

	tray    *tray
	notices *notices
	flash   *flash
	onTop   bool    // the main window stays above others
	low     float32 // the window's height before a menu of the strip made it higher; 0 for as it is
}

// look is what a change of makes every view new or drawn anew.
type look struct {
	language string
	theme    string
	size     int
}

// New makes the app and its main window without showing it.
func New(opts Options) *App {
	opts.quiet, opts.meek, opts.screens = keepFocus, takesNoFocus, glfwScreens{}
	fy := fyneapp.NewWithID(AppID)
	theme.Still(fy)
	return newApp(fy, opts)
}

func newApp(fy fyne.App, opts Options) *App {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	a := &App{
		opts: opts, log: opts.Log, fy: fy, group: newGroup(), metering: make(chan struct{}, 1), numbers: numbers{}, panels: panels{}, traces: present.Traces{},
		now: time.Now, snap: opts.Phone.Snapshot(),
	}
	a.later = func(after time.Duration, do func()) { time.AfterFunc(after, func() { loop.Do(do) }) }
	if opts.sync {
		a.later = func(time.Duration, func()) {}
	}
	a.host = &host{a}
	a.card, a.settings, a.keys = &cardWindow{a: a}, &settingsWindow{a: a}, &keysWindow{a: a}
	a.tray, a.notices, a.flash = newTray(a), newNotices(a), newFlash(a)
	a.registry = registry(opts.Log)
	a.bind()
	a.fy.SetIcon(theme.AppIcon())
	a.fy.Settings().AddListener(forgetFaces)
	a.setLook()
	a.main = a.fy.NewWindow(text.T("app.name"))
	a.main.SetMaster()
	a.main.SetPadded(false)
	a.main.SetCloseIntercept(a.close)
	a.build()
	a.choosePage()
	a.tellUnusable()
	return a
}

// Run shows the window and returns when it was closed.
func (a *App) Run() {
	a.askPlace()
	a.main.Show()
	if a.opts.FirstFrame != nil {
		a.opts.FirstFrame() // Show has drawn and shown the first frame
	}
	a.watchPlace()
	a.group.run(a.pump)
	a.group.run(a.tick)
	a.group.run(a.meter)
	a.group.run(a.flash.run)
	a.notices.start()
	a.tray.start()
	a.keepOnTop()
	a.fy.Lifecycle().SetOnEnteredForeground(func() { a.focused = true })
	a.fy.Lifecycle().SetOnExitedForeground(func() { a.focused = false })
	a.fy.Lifecycle().SetOnStarted(func() {
		a.awake = loop.Rest()
		widget.Next = loop.Next
		a.focus()
		a.handOver(a.opts.Args)
	})
	a.fy.Run()
	a.group.stop()
}

// Quit closes the window; Run returns soon after.
func (a *App) Quit() { loop.Do(a.quit) }

func (a *App) quit() {
	if a.quitting {
		return
	}
	a.quitting = true
	a.group.stop() // before Fyne's loop ends: nothing may be sent to it then
	if a.awake != nil {
		a.awake()
		widget.Next = nil
	}
	a.tray.stop()
	a.stopped()
	a.fy.Quit()
}

// stopped does what Fyne does when its loop has ended. Fyne 2.8.1 does it from a goroutine, by the queue that it closes at
// the same time: a panic once in some hundred times (internal/driver/glfw/loop.go, runGL).
func (a *App) stopped() {
	l, ok := a.fy.Lifecycle().(interface {
		OnStopped() func()
		SetOnStoppedHookExecuted(func())
	})
	if !ok {
		return
	}
	if f := l.OnStopped(); f != nil {
		f()
	}
	a.fy.Lifecycle().SetOnStopped(nil)
	l.SetOnStoppedHookExecuted(nil)
}

// Raise brings the window to the front and does what a second start was asked to: dial its number or link.
func (a *App) Raise(args []string) {
	loop.Do(func() {
		a.showMain()
		a.handOver(args)
	})
}

// handOver puts the first number or link of the arguments in the field; the user dials it.
func (a *App) handOver(args []string) {
	for _, arg := range args {
		if present.Dialable(arg) {
			a.show(command.ViewCall)
			a.showFull()
			a.face().SetField(present.DialText(arg))
			return
		}
	}
}

// do sends a command to the phone.
func (a *App) do(c phone.Command) error {
	_, err := a.opts.Phone.Do(c)
	if err != nil {
		a.log.Debug("command refused", "verb", c.Verb(), "error", err)
	}
	return err
}

// say tells the user something that passes.
func (a *App) say(words string) { a.root.Toast("info", words, "", nil) }

// run does a command as a button or menu asks for it.
func (a *App) run(id command.ID, call phone.CallID) {
	c, ok := a.keymap.Command(id)
	if !ok {
		return
	}
	if enabled, why := a.keymap.State(id, a.snap); !enabled {
		a.say(text.T(why))
		return
	}
	c.Run(command.Invocation{Host: a.host, Snapshot: a.snap, Call: call})
}

// query asks the history off the UI goroutine.
func (a *App) query(q phone.HistoryQuery, answer func([]phone.HistoryEntry, error)) {
	if a.opts.History == nil {
		return
	}
	if a.opts.sync {
		a.queryNow(q, answer)
		return
	}
	a.group.run(func(ctx context.Context) {
		entries, err := a.opts.History.History(ctx, q)
		if err != nil && !errors.Is(err, context.Canceled) {
			a.log.Error("history", "error", err)
		}
		loop.Do(func() { answer(entries, err) })
	})
}

// queryNow asks the history and waits for the answer: for pictures that nobody looks at while they are made.
func (a *App) queryNow(q phone.HistoryQuery, answer func([]phone.HistoryEntry, error)) {
	if a.opts.History != nil {
		answer(a.opts.History.History(a.group.ctx, q))
	}
}

// recordings asks the inbox off the UI goroutine.
func (a *App) recordings(q phone.RecordingQuery, answer func([]phone.Recording, error)) {
	if a.opts.sync {
		answer(a.opts.Inbox.Recordings(a.group.ctx, q))
		return
	}
	a.group.run(func(ctx context.Context) {
		found, err := a.opts.Inbox.Recordings(ctx, q)
		if err != nil && !errors.Is(err, context.Canceled) {
			a.log.Error("recordings", "error", err)
		}
		loop.Do(func() { answer(found, err) })
	})
}

func (a *App) deps() view.Deps {
	d := view.Deps{
		Run: a.run, Do: a.do, Snapshot: a.opts.Phone.Snapshot, Query: a.query, Show: a.show, Edit: a.editAccount, Say: a.say, Meters: a.wakeMeter,
		Namesakes: a.namesakes, Keys: a.keyTable, Folder: a.opts.Folder,
		Undo: a.offerUndo,
	}
	d.Contacts, d.Write, d.Note, d.Open, d.Offer = a.contacts(), a.writeMessage, a.noteCall, a.open, a.offerLink
	if a.opts.Inbox != nil {
		d.Recordings = a.recordings
	}
	if a.opts.Voicemail != nil {
		d.Voicemail, d.SaveVoicemail = a.voiceMessages, a.saveVoiceMessage
	}
	if a.opts.Texts != nil {
		d.Texts, d.Threads = a.texts, a.threads
	}
	d.HistoryNote = a.noteHistory
	d.QueueSettings, d.QueuePage = a.queueSettings, a.queuePage
	if a.opts.GroupLog != nil {
		d.GroupLog, d.GroupNote = a.groupLog, a.noteGroupCall
	}
	if a.opts.GroupMessages != nil {
		d.GroupMessages, d.GroupThread, d.GroupText = a.groupMessages, a.groupThread, a.groupText
	}
	if a.opts.TeamDevices != nil {
		d.TeamDevices = a.teamDevices
	}
	d.PickFile, d.SaveFile = a.pickFile, a.saveFile
	d.LogFile, d.Collector = a.opts.LogFile, a.opts.Collector
	d.SaveCollected = a.saveCollected
	if a.opts.Demo != nil {
		d.Demo = a.demo
	}
	return d
}

// peoplePatience is how long the window may stand still for a name.
const peoplePatience = 200 * time.Millisecond

// namesakes is who has a name that somebody typed to add them to a conference, with the number to call first. The index is
// quick; one that is not is not waited for.
func (a *App) namesakes(typed string) []phone.Party {
	if a.opts.People == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(a.group.ctx, peoplePatience)
	defer cancel()
	found, err := a.opts.People.Search(ctx, phone.SearchQuery{Text: typed, Limit: 10})
	if err != nil {
		a.log.Error("people", "error", err)
		return nil
	}
	var out []phone.Party
	for _, h := range found.Hits {
		if len(h.Person.Numbers) > 0 && !h.Typo {
			out = append(out, phone.Party{Number: h.Person.Numbers[0].Number, Name: h.Person.Label()})
		}
	}
	return out
}

// demo starts the practice exchange off the UI goroutine: it opens ports.
func (a *App) demo(done func(error)) {
	if a.opts.sync {
		done(a.opts.Demo())
		return
	}
	a.group.run(func(context.Context) {
		err := a.opts.Demo()
		if err != nil {
			a.log.Error("demo", "error", err)
		}
		loop.Do(func() { done(err) })
	})
}

// scene is what the views draw now.
func (a *App) scene() present.Scene {
	return present.Scene{Snap: a.snap, Now: a.now(), Key: a.keyCap, Number: a.numbers.of, Known: a.known, Line: a.lines.of, Heard: a.traces}
}

// build makes the views anew, in the language of now.
func (a *App) build() {
	a.makeFaces()
	a.start = start.New(a.deps(), a.scene(), a.signedIn, a.start.State())
	if a.root == nil {
		a.root = widget.NewRoot(a.face().Object())
		a.main.SetContent(a.root)
		a.attach(a.main.Canvas())
	}
	if a.page != "" {
		a.setPage(a.page)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
