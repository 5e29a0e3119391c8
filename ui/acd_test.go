package ui

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/widget"
)

// fakeTeller remembers what the desktop was told.
type fakeTeller struct{ told, gone []string }

func (f *fakeTeller) tell(n present.Note) { f.told = append(f.told, n.Key) }
func (f *fakeTeller) withdraw(key string) { f.gone = append(f.gone, key) }

func ringsHere(s *phone.Snapshot) *phone.Snapshot {
	return with(s, func(s *phone.Snapshot) { s.Calls = []phone.Call{incoming(7)} })
}

func TestNoticesFollowTheRing(t *testing.T) {
	a, p := open(t, registered())
	desk := &fakeTeller{}
	a.notices.teller = desk
	quiet := p.snap
	p.show(a, ringsHere(p.snap))
	if len(desk.told) != 1 || desk.told[0] != "ring7" {
		t.Fatalf("told %v", desk.told)
	}
	note := present.Note{Kind: present.NoteRing, Call: 7}
	a.notices.pressed(note, command.Answer)
	if p.last() != (phone.Answer{Call: 7}) {
		t.Errorf("the note's button did %v", p.last())
	}
	told := len(p.told)
	p.show(a, with(quiet, func(s *phone.Snapshot) { s.Seq = p.snap.Seq + 1 }))
	if len(desk.gone) == 0 || desk.gone[0] != "ring7" {
		t.Errorf("taken back: %v", desk.gone)
	}
	if a.notices.pressed(note, command.Answer); len(p.told) != told {
		t.Errorf("a late press did %v", p.last())
	}
	a.focused = true
	p.show(a, ringsHere(p.snap))
	if len(desk.told) != 1 {
		t.Errorf("told although the user is here: %v", desk.told)
	}
}

func TestNoticeOfARefusedMessage(t *testing.T) {
	a, _ := open(t, registered())
	desk := &fakeTeller{}
	a.notices.teller = desk
	a.notices.event(phone.Event{Kind: phone.EventMessage, Value: "2101", State: "sent"})
	if len(desk.told) != 0 {
		t.Errorf("told of a message that was sent: %v", desk.told)
	}
	e := phone.Event{Kind: phone.EventMessage, Value: "2101", State: "failed", Reason: &phone.Reason{ID: phone.ReasonNotSupported}}
	a.notices.event(e)
	if len(desk.told) != 1 || !strings.Contains(a.root.ToastText(), "2101") {
		t.Errorf("told %v, the window says %q", desk.told, a.root.ToastText())
	}
	a.focused = true
	if a.notices.event(e); len(desk.told) != 1 {
		t.Errorf("told outside although the user is here: %v", desk.told)
	}
}

func TestCloseToTray(t *testing.T) {
	a, p := open(t, registered())
	if a.closeToTray() {
		t.Error("closing hides the window although nobody asked for it")
	}
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Settings[phone.KeyCloseToTray] = "true" }))
	if a.closeToTray() {
		t.Error("closing hides the window although there is no tray to get it back from")
	}
	a.tray.there, a.tray.end = true, func() {}
	if !a.closeToTray() {
		t.Error("closing ends the program although it is to stay in the tray")
	}
}

// A slip of the hand must not end calls: closing asks first, and whoever closes again means it.
func TestClosingAsksForTheCallsInProgress(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, with(talking(), func(s *phone.Snapshot) { s.Calls = append(s.Calls, phone.Call{ID: 9, State: phone.StateEnded}) }))
	a.close()
	if want := text.T("quit.calls", "n", 1); a.quitting || a.root.ToastText() != want {
		t.Fatalf("it ends: %t, says %q, want %q", a.quitting, a.root.ToastText(), want)
	}
	a.now = func() time.Time { return noon.Add(widget.ToastTime) }
	if a.host.Quit(); a.quitting {
		t.Fatal("the question of long ago counts")
	}
	if a.host.Quit(); !a.quitting {
		t.Fatal("closed twice, and it stays")
	}
}

func TestClosingWithoutCallsEnds(t *testing.T) {
	a, _ := open(t, registered())
	if a.close(); !a.quitting {
		t.Error("it asks for nothing")
	}
}

func TestTrayLines(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, ringsHere(p.snap))
	for _, line := range present.TrayOf(a.scene()).Calls {
		a.tray.use(line)
	}
	if n := len(p.told); n < 2 || p.told[n-2] != (phone.Answer{Call: 7}) || p.told[n-1] != (phone.Decline{Call: 7}) {
		t.Errorf("the lines did %v", p.told)
	}
	a.tray.use(present.TrayItem{Do: phone.SetActivity{Kind: phone.ActivityLunch}})
	if p.last() != (phone.SetActivity{Kind: phone.ActivityLunch}) {
		t.Errorf("an activity did %v", p.last())
	}
	if a.tray.use(present.TrayItem{View: command.ViewHistory}); a.page != command.ViewHistory {
		t.Errorf("missed calls went to %s", a.page)
	}
}

// TestWindowFlashes: the edge is lit for half of each second while it rings, and then no more.
func TestWindowFlashes(t *testing.T) {
	a, p := open(t, with(registered(), func(s *phone.Snapshot) { s.Settings[phone.KeyVisualRing] = "true" }))
	quiet := p.snap
	p.show(a, ringsHere(p.snap))
	if !a.root.Flashing() {
		t.Error("it rings and the edge is dark")
	}
	a.now = func() time.Time { return noon.Add(700 * time.Millisecond) }
	if !a.flash.beat() || a.root.Flashing() {
		t.Error("the edge does not go out in between")
	}
	a.now = func() time.Time { return noon.Add(time.Second) }
	if a.flash.beat(); !a.root.Flashing() {
		t.Error("the edge is lit only once")
	}
	p.show(a, with(quiet, func(s *phone.Snapshot) { s.Seq = p.snap.Seq + 1 }))
	if a.root.Flashing() || a.flash.beat() {
		t.Error("it flashes on after the ring")
	}
}

func TestUntilHalf(t *testing.T) {
	for after, want := range map[time.Duration]time.Duration{0: 500 * time.Millisecond, 100 * time.Millisecond: 400 * time.Millisecond, 750 * time.Millisecond: 250 * time.Millisecond} {
		if got := untilHalf(noon.Add(after)); got != want {
			t.Errorf("%v after the second: %v, wanted %v", after, got, want)
		}
	}
}
