package ui

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"

	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
)

// The names of the Desktop Notifications Specification 1.2.
const (
	notifierName = "org.freedesktop.Notifications"
	notifierPath = "/org/freedesktop/Notifications"
	// pressedNote is the action of a press on the note itself.
	pressedNote = "default"
)

// notifyPatience is how long the desktop may take to show a note. The end of the program waits for it too: a note that is
// being shown then must be taken back.
const notifyPatience = time.Second

// busTeller shows notifications with buttons by the session's message bus, from a goroutine of its own.
type busTeller struct {
	log     *slog.Logger
	pressed func(present.Note, command.ID)
	work    chan func(*busState)
}

// busState is what the goroutine knows.
type busState struct {
	ctx     context.Context
	conn    *dbus.Conn
	signals chan *dbus.Signal
	shown   map[string]uint32 // by key
	notes   map[uint32]present.Note
}

// newTeller starts the goroutine. pressed is told of a press, with the button's command or none; it returns at once.
func newTeller(g *group, log *slog.Logger, pressed func(present.Note, command.ID)) teller {
	t := &busTeller{log: log, pressed: pressed, work: make(chan func(*busState), 32)}
	g.run(t.run)
	return t
}

// tell implements teller.
func (t *busTeller) tell(n present.Note) { t.do(func(b *busState) { t.show(b, n) }) }

// withdraw implements teller.
func (t *busTeller) withdraw(key string) { t.do(func(b *busState) { b.withdraw(key) }) }

// do hands work over. A desktop that is so slow that the work heaps up loses it: notes are no record.
func (t *busTeller) do(f func(*busState)) {
	select {
	case t.work <- f:
	default:
	}
}

func (t *busTeller) run(ctx context.Context) {
	b := &busState{ctx: ctx, shown: map[string]uint32{}, notes: map[uint32]present.Note{}}
	defer func() {
		for key, id := range b.shown {
			if b.notes[id].Kind == present.NoteRing { // nobody can answer it any more
				b.withdraw(key)
			}
		}
		if b.conn != nil {
			b.conn.Close()
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-t.work:
			f(b)
		case s, ok := <-b.signals:
			if !ok {
				b.conn, b.signals = nil, nil
				continue
			}
			t.heard(b, s)
		}
	}
}

// connect finds the bus, again after it was lost.
func (b *busState) connect() error {
	if b.conn != nil && b.conn.Connected() {
		return nil
	}
	conn, err := sessionBus(context.WithoutCancel(b.ctx)) // the notes are taken back after the end
	if err != nil {
		return err
	}
	if err := conn.AddMatchSignalContext(b.ctx, dbus.WithMatchInterface(notifierName), dbus.WithMatchObjectPath(notifierPath)); err != nil {
		conn.Close()
		return err
	}
	b.conn, b.signals = conn, make(chan *dbus.Signal, 16)
	clear(b.shown)
	clear(b.notes)
	conn.Signal(b.signals)
	return nil
}

func (t *busTeller) show(b *busState, n present.Note) {
	if err := b.connect(); err != nil {
		t.log.Debug("no notification", "kind", n.Kind, "error", err)
		return
	}
	actions := []string{pressedNote, text.T("tray.show")}
	for _, a := range n.Acts {
		actions = append(actions, string(a.Command), a.Text)
	}
	hints := map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant(AppID), "category": dbus.MakeVariant(category[n.Kind])}
	if n.Kind == present.NoteRing {
		hints["urgency"] = dbus.MakeVariant(byte(2)) // critical: it stays until it has stopped ringing
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.ctx), notifyPatience)
	defer cancel()
	var id uint32
	call := b.conn.Object(notifierName, notifierPath).CallWithContext(ctx, notifierName+".Notify", 0,
		text.T("app.name"), b.shown[n.Key], AppID, n.Title, escape(n.Text), actions, hints, int32(-1))
	if err := call.Store(&id); err != nil {
		t.log.Debug("no notification", "kind", n.Kind, "error", err)
		return
	}
	b.shown[n.Key], b.notes[id] = id, n
}

// category is the specification's word for a kind.
var category = map[present.NoteKind]string{
	present.NoteRing: "call.incoming", present.NoteMissed: "call.unanswered", present.NoteMessage: "im.error",
	present.NoteVoicemail: "im.received", present.NoteConnection: "network",
}

// escape makes a text that desktops which read markup show as it is.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// withdraw takes a note back; one that is gone already does not mind.
func (b *busState) withdraw(key string) {
	id, ok := b.shown[key]
	if !ok || b.conn == nil {
		return
	}
	delete(b.shown, key)
	delete(b.notes, id)
	b.conn.Object(notifierName, notifierPath).Call(notifierName+".CloseNotification", dbus.FlagNoReplyExpected, id)
}

// heard is told what became of the notes: one was pressed, or is gone.
func (t *busTeller) heard(b *busState, s *dbus.Signal) {
	if len(s.Body) < 2 {
		return
	}
	id, _ := s.Body[0].(uint32)
	note, ours := b.notes[id]
	if !ours {
		return
	}
	switch s.Name {
	case notifierName + ".ActionInvoked":
		key, _ := s.Body[1].(string)
		if key == pressedNote {
			key = ""
		}
		t.pressed(note, command.ID(key))
		b.withdraw(note.Key)
	case notifierName + ".NotificationClosed":
		delete(b.notes, id)
		delete(b.shown, note.Key)
	}
}
