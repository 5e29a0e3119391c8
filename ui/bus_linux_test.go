package ui

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"svara/phone/phonetest"
	"svara/ui/command"
	"svara/ui/present"
)

// fakeDesktop is a session's message bus with a program on it that shows notes and icons.
type fakeDesktop struct {
	conn  *dbus.Conn
	notes chan shownNote
	gone  chan uint32
}

type shownNote struct {
	title, text string
	actions     []string
	replaces    uint32
}

// Notify is the method of org.freedesktop.Notifications.
func (d *fakeDesktop) Notify(_ string, replaces uint32, _, title, text string, actions []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	d.notes <- shownNote{title, text, actions, replaces}
	return 41, nil
}

// CloseNotification is the method of org.freedesktop.Notifications.
func (d *fakeDesktop) CloseNotification(id uint32) *dbus.Error {
	d.gone <- id
	return nil
}

// startDesktop starts the bus; what the test connects to is it.
func startDesktop(t *testing.T) *fakeDesktop {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", phonetest.StartBus(t))
	conn, err := sessionBus(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	d := &fakeDesktop{conn: conn, notes: make(chan shownNote, 8), gone: make(chan uint32, 8)}
	if err := conn.Export(d, notifierPath, notifierName); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(notifierName, 0); err != nil {
		t.Fatal(err)
	}
	return d
}

// within takes what comes, or fails the test.
func within[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(10 * time.Second):
		t.Fatalf("%s: not within ten seconds", what)
		panic("unreachable")
	}
}

func TestBusTeller(t *testing.T) {
	d := startDesktop(t)
	g := newGroup()
	t.Cleanup(g.stop)
	type press struct {
		note present.Note
		id   command.ID
	}
	pressed := make(chan press, 8)
	teller := newTeller(g, slog.New(slog.DiscardHandler), func(n present.Note, id command.ID) { pressed <- press{n, id} })
	ring := present.Note{Key: "ring7", Kind: present.NoteRing, Title: "Maria", Text: "Bygg & <Co>", Call: 7, Acts: []present.NoteAct{{Command: command.Answer, Text: "Answer"}}}

	teller.tell(ring)
	n := within(t, "the note", d.notes)
	if n.title != "Maria" || n.text != "Bygg &amp; &lt;Co&gt;" || len(n.actions) != 4 || n.actions[2] != string(command.Answer) || n.replaces != 0 {
		t.Errorf("shown: %+v", n)
	}
	teller.tell(ring)
	if n := within(t, "the note again", d.notes); n.replaces != 41 {
		t.Errorf("the same note stands twice: %+v", n)
	}
	if err := d.conn.Emit(notifierPath, notifierName+".ActionInvoked", uint32(12), string(command.Answer)); err != nil { // another program's
		t.Fatal(err)
	}
	if err := d.conn.Emit(notifierPath, notifierName+".ActionInvoked", uint32(41), string(command.Answer)); err != nil {
		t.Fatal(err)
	}
	if p := within(t, "the press", pressed); p.id != command.Answer || p.note.Call != 7 {
		t.Errorf("pressed: %+v", p)
	}
	if id := within(t, "taking it back", d.gone); id != 41 {
		t.Errorf("taken back: %d", id)
	}
	teller.tell(ring)
	within(t, "the next note", d.notes)
	teller.withdraw("ring7")
	within(t, "taking it back when it has stopped", d.gone)
	teller.tell(ring)
	within(t, "the last note", d.notes)
	g.stop()
	within(t, "taking it back at the end", d.gone)
}

func TestWatchTray(t *testing.T) {
	d := startDesktop(t)
	ctx, cancel := context.WithCancel(t.Context())
	told, ended := make(chan bool, 8), make(chan struct{})
	go func() {
		defer close(ended)
		watchTray(ctx, func(there bool) { told <- there })
	}()
	if within(t, "the first answer", told) {
		t.Error("there is a tray on an empty desktop")
	}
	if _, err := prop.Export(d.conn, watcherPath, prop.Map{watcherName: {"IsStatusNotifierHostRegistered": {Value: true}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.conn.RequestName(watcherName, 0); err != nil {
		t.Fatal(err)
	}
	if !within(t, "a tray that comes", told) {
		t.Error("the tray was not found")
	}
	if _, err := d.conn.ReleaseName(watcherName); err != nil {
		t.Fatal(err)
	}
	if within(t, "a tray that goes", told) {
		t.Error("the tray is there after it has gone")
	}
	cancel()
	within(t, "the end", ended)
}

// TestNoBus: without a session's bus nothing is told, and nothing fails.
func TestNoBus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	watchTray(t.Context(), func(bool) { t.Error("there is a tray without a bus") })
	g := newGroup()
	newTeller(g, slog.New(slog.DiscardHandler), func(present.Note, command.ID) {}).tell(present.Note{Key: "x", Kind: present.NoteMissed})
	g.stop()
}
