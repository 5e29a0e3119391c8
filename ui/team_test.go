package ui

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/view/form"
	"svara/ui/view/grouplog"
	"svara/ui/view/queue"
	"svara/ui/widget"
)

// openShared opens a list of what the team shares in its window, with the keyboard in it.
func openShared(t *testing.T, v command.View, prepare func(*App), change ...func(*phone.Snapshot)) (*App, *fakePhone, *panelWindow, func(keys ...any)) {
	t.Helper()
	a, p := open(t, registered())
	prepare(a)
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		inTeam(s)
		for _, f := range change {
			if f != nil {
				f(s)
			}
		}
	}))
	a.show(v)
	w := a.panels[v]
	if w == nil {
		t.Fatalf("%s has no window", v)
	}
	w.window.Resize(fyne.NewSize(1000, 640))
	press := func(keys ...any) {
		t.Helper()
		for _, k := range keys {
			f := w.window.Canvas().Focused()
			if f == nil {
				t.Fatal("nothing has the keyboard")
			}
			switch k := k.(type) {
			case fyne.KeyName:
				f.TypedKey(&fyne.KeyEvent{Name: k})
			case rune:
				f.TypedRune(k)
			}
		}
	}
	return a, p, w, press
}

func openLog(t *testing.T, change func(*phone.Snapshot), log *fakeLog) (*App, *fakePhone, *grouplog.View, func(keys ...any)) {
	t.Helper()
	a, p, w, press := openShared(t, command.ViewGroupLog, func(a *App) { a.opts.GroupLog = log }, change)
	return a, p, w.view.(*grouplog.View), press
}

// TestMenuKeyInAWindow opens the menu of the highlighted row in a window of its own: what it has besides is not for the
// mouse alone.
func TestMenuKeyInAWindow(t *testing.T) {
	_, _, w, press := openShared(t, command.ViewGroupLog, func(a *App) { a.opts.GroupLog = groupCalls() }, nil)
	press(fyne.KeyDown, desktop.KeyMenu)
	menu, ok := w.window.Canvas().Focused().(*widget.Menu)
	if !ok {
		t.Fatalf("the keyboard is in %T", w.window.Canvas().Focused())
	}
	menu.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if _, ok := w.window.Canvas().Focused().(*widget.KeyList); !ok {
		t.Errorf("after Escape the keyboard is in %T", w.window.Canvas().Focused())
	}
}

func TestGroupLogByKeys(t *testing.T) {
	log := groupCalls()
	a, p, v, press := openLog(t, nil, log)
	if q := log.asked[0]; !q.OpenFirst || len(q.Outcomes) != 0 {
		t.Fatalf("asked %+v", q)
	}
	press('1')
	if q := log.asked[len(log.asked)-1]; len(q.Outcomes) != 1 || q.Outcomes[0] != phone.GroupMissed {
		t.Fatalf("1 asks for %+v", q)
	}
	press('1', fyne.KeyDown, 'm')
	first := log.calls[0]
	if c, ok := p.last().(phone.CareForCall); !ok || c.ID != first.ID || c.Seq != first.Seq || *c.Handler != "elin" || c.Handled != nil || c.Note != nil {
		t.Fatalf("m tells %+v", p.last())
	}
	press('d')
	if c, ok := p.last().(phone.CareForCall); !ok || !*c.Handled || c.Handler != nil {
		t.Fatalf("d tells %+v", p.last())
	}
	press(fyne.KeyReturn)
	if c, ok := p.last().(phone.Dial); !ok || c.Target != "08-46500431" {
		t.Fatalf("Enter tells %+v", p.last())
	}
	press('n')
	note := a.panels[viewGroupNote].window
	e, ok := note.Canvas().Focused().(*widget.KeyEntry)
	if !ok {
		t.Fatal("n opens no note")
	}
	e.SetText("Ringer igen i morgon")
	form.Save(note.Canvas())
	if c, ok := p.last().(phone.CareForCall); !ok || c.ID != first.ID || *c.Note != "Ringer igen i morgon" || c.Handled != nil {
		t.Fatalf("the note tells %+v", p.last())
	}
	if m, ok := v.Chosen(); !ok || m.ID != first.ID {
		t.Error("the highlight has left the call")
	}
}

// Whoever works in the group log's window takes calls there: what has Ctrl, Alt or an F-key goes on working, letters are its own.
func TestCallsFromTheGroupLogsWindow(t *testing.T) {
	a, p, _, _ := openLog(t, func(s *phone.Snapshot) { s.Calls, s.Active = []phone.Call{connected(7)}, 7 }, groupCalls())
	w := a.windows[a.panels[command.ViewGroupLog].window.Canvas()]
	pressed := func(s string) bool {
		c, err := command.ParseChord(s)
		if err != nil {
			t.Fatal(err)
		}
		return w.KeyPressed(c, command.FocusNone)
	}
	if pressed("k"); len(p.told) != 0 {
		t.Errorf("k tells %+v", p.last())
	}
	pressed("F7")
	if c, ok := p.last().(phone.SetHold); !ok || c.Call != 7 || !c.On {
		t.Errorf("F7 tells %+v", p.last())
	}
	if pressed("Alt+2"); a.face().At() != command.ViewHistory {
		t.Errorf("Alt+2 shows %s", a.face().At())
	}
	if pressed("Alt+9"); !a.panels.shown(command.ViewMeetings) {
		t.Error("Alt+9 opens no meetings")
	}
}

func TestGroupLogFollowsWhatChanges(t *testing.T) {
	log := groupCalls()
	a, p, v, press := openLog(t, nil, log)
	press(fyne.KeyDown, fyne.KeyDown)
	before := len(log.asked)
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Calls = nil }))
	if len(log.asked) != before {
		t.Error("it is asked again though nothing has changed")
	}
	at, _ := v.Chosen()
	newer := log.calls[0]
	newer.ID = "g10"
	log.calls = append([]phone.GroupCall{newer}, log.calls...)
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Team.Log.Revision++ }))
	if m, _ := v.Chosen(); m.ID != at.ID {
		t.Errorf("the highlight went from %s to %s", at.ID, m.ID)
	}
}

func TestGroupLogComesByPages(t *testing.T) {
	log := groupCalls()
	one := log.calls[0]
	log.calls = nil
	for i := range 120 {
		one.ID = fmt.Sprintf("p%d", i)
		log.calls = append(log.calls, one)
	}
	_, _, _, press := openLog(t, nil, log)
	if n := len(log.asked); n != 1 {
		t.Fatalf("asked %d times before anybody scrolled", n)
	}
	for range 140 {
		press(fyne.KeyDown)
	}
	last := log.asked[len(log.asked)-1]
	if len(log.asked) != 3 || last.After != "100" {
		t.Errorf("%d questions, the last after %q", len(log.asked), last.After)
	}
}

func TestAConflictIsToldAndDismissed(t *testing.T) {
	a, p, _, _ := openLog(t, teamAway, groupCalls())
	told := false
	for _, b := range find[*widget.Button](a.panels[command.ViewGroupLog].window.Canvas()) {
		if b.Visible() && b.Spec().Icon == "x" {
			told = true
			test.Tap(b)
		}
	}
	if !told {
		t.Fatal("nothing tells that somebody was faster")
	}
	if c, ok := p.last().(phone.Dismiss); !ok || c.Change != "t2" {
		t.Errorf("told %+v", p.last())
	}
}

func TestQueuePageByKeys(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, with(p.snap, inTeam))
	a.queuePage("710")
	w := a.panels[command.ViewQueueStats]
	v := w.view.(*queue.Page)
	list := w.window.Canvas().Focused().(*widget.KeyList)
	logs := func() []*widget.Button {
		var out []*widget.Button
		for _, r := range list.VisibleRows() {
			if b := r.Actions()[1]; b.Visible() {
				out = append(out, b)
			}
		}
		return out
	}
	w.window.Resize(fyne.NewSize(720, 700))
	if n := len(logs()); n != 4 {
		t.Fatalf("%d members can be logged in and out", n)
	}
	test.Tap(logs()[2])
	if c, ok := p.last().(phone.SetQueueMember); !ok || c.Queue != "710" || c.Phone != "PJSIP/salma" || *c.LoggedIn {
		t.Errorf("told %+v", p.last())
	}
	test.Tap(logs()[0])
	if c, ok := p.last().(phone.LogIn); !ok || c.On || c.Queues[0] != "710" {
		t.Errorf("of oneself told %+v", p.last())
	}
	v.Open("700")
	if n := len(logs()); n != 2 {
		t.Errorf("the other queue has %d members", n)
	}
	// All who answer, in each of their queues: the button is for the queue of its row.
	v.Open(present.AllAgents)
	w.window.Resize(fyne.NewSize(720, 1100))
	if n := len(logs()); n != 6 {
		t.Fatalf("%d rows of all who answer", n)
	}
	p.told = nil
	for _, b := range logs() {
		if b.Spec().Disabled == "" {
			test.Tap(b)
		}
	}
	queues := map[phone.QueueID]int{}
	for _, c := range p.told {
		switch c := c.(type) {
		case phone.SetQueueMember:
			queues[c.Queue]++
		case phone.LogIn:
			queues[c.Queues[0]]++
		}
	}
	if queues["710"] != 4 || queues["700"]+queues["710"] != len(p.told) {
		t.Errorf("told %+v", p.told)
	}
}
