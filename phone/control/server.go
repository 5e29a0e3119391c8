package control

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"svara/phone"
)

// maxClients bounds the connections; each costs two goroutines and a subscription at most.
const maxClients = 64

// Server answers for a phone. Phone is needed; what else is nil is refused in words.
type Server struct {
	Phone       phone.Phone
	History     phone.History
	Qualities   phone.Qualities
	Inbox       phone.Inbox
	People      phone.People
	Voicemail   phone.Voicemail
	Texts       phone.Texts
	GroupLog    phone.GroupLog
	Meetings    phone.Meetings    // nil: no team server can be asked
	TeamDevices phone.TeamDevices // likewise
	Colleagues  phone.Colleagues  // likewise
	// GroupMessages likewise.
	GroupMessages phone.GroupMessages
	Books         phone.AddressBooks
	Meter         phone.Meter
	Collector     phone.Collector
	Version       string
	Started       time.Time                     // of the process
	StartupMS     func() int64                  // see Status
	Words         func(phone.Reason) string     // a reason in the user's language
	Frames        func() phone.Frames           // nil without a window
	Screenshot    func(path, view string) error // nil without a window; returns also when the window goes away meanwhile
	// Command does a command of the window as its key would; nth, 1 to 9, says which one of a numbered command. Nil
	// without a window.
	Command func(ctx context.Context, id string, nth int) error
	Raise   func(args []string)         // another start of the program: show the window, take its links
	Quit    func()                      // begin to end; must not wait for Serve
	Saved   func(context.Context) error // waits until what was changed so far is on the disk; nil: not waited for
	Log     *slog.Logger                //
}

// serving is one run of Serve.
type serving struct {
	*Server
	log     *slog.Logger
	ledger  ledger
	clients sync.WaitGroup
	slots   chan struct{} // one element a connection
}

// Serve answers until ctx ends or the listener is closed. On its return the socket is gone, the profile is free for
// another start, every client is disconnected and every goroutine has ended. End it last of all, so that a client that
// waits for the connection to close (svaractl quit) knows that the phone is gone.
func (s *Server) Serve(ctx context.Context, l *Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sv := &serving{Server: s, log: s.Log, slots: make(chan struct{}, maxClients)}
	if sv.log == nil {
		sv.log = slog.New(slog.DiscardHandler)
	}
	sv.clients.Go(func() { sv.ledger.keep(ctx, s.Phone) })
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	err := sv.accept(ctx, l.ln)
	stop()
	_ = l.Close() // before the clients are let go: who sees the end can start another phone
	cancel()
	sv.clients.Wait()
	return err
}

func (sv *serving) accept(ctx context.Context, ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		switch {
		case err == nil:
			sv.admit(ctx, conn)
		case ctx.Err() != nil || errors.Is(err, net.ErrClosed):
			return nil
		default: // out of file descriptors; clients wait in the socket's queue
			sv.log.Warn("control: accept", "err", err)
			select {
			case <-time.After(100 * time.Millisecond):
			case <-ctx.Done():
				return nil
			}
		}
	}
}

// admit starts serving a connection, or tells the client that there are too many.
func (sv *serving) admit(ctx context.Context, conn net.Conn) {
	c := &client{sv: sv, conn: conn}
	select {
	case sv.slots <- struct{}{}:
		sv.clients.Go(func() {
			defer func() { <-sv.slots }()
			c.serve(ctx)
		})
	default:
		_ = c.refuse(0, phone.Refuse(ReasonTooManyClients, fmt.Sprint(maxClients)))
		_ = conn.Close()
	}
}
