package device

import (
	"errors"
	"log/slog"
	"sync"

	"svara/audio"
)

// Options are what System is made of.
type Options struct {
	Log *slog.Logger // nil: none
}

// System is the backend for the machine's own devices: the sound server's where one runs, else those that PortAudio
// lists. Which of the two it is may change while it runs. There should be one in a process.
func System(o Options) Backend {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s := &system{log: log, changes: make(chan struct{}, 1), plain: newPortAudio(log)}
	s.server = newServer(log, s.changed)
	s.unwatch = watchDevices(log, func() {
		s.plain.suspect()
		s.changed()
	})
	return s
}

// server is a sound server's devices, as far as a system has such a thing.
type server interface {
	// Devices lists them, and says whether there is a server.
	Devices() (list []audio.Device, served bool)
	// awaited reports whether a server has gone and may soon be back: nobody may take its devices meanwhile.
	awaited() bool
	Input(id string) (Input, error)
	Output(id string, patient bool) (Output, error)
	Close()
}

type system struct {
	log     *slog.Logger
	changes chan struct{}
	server  server // nil: this system has none
	plain   *portAudio
	unwatch func() // ends the watching for plugs
	closing sync.Once

	mu      sync.Mutex
	without bool // it has been told that there is no server
}

var errNoServer = errors.New("no sound server runs")

func (s *system) changed() {
	select {
	case s.changes <- struct{}{}:
	default:
	}
}

// InRoom says that the devices are real.
func (s *system) InRoom() bool { return true }

func (s *system) Changes() <-chan struct{} { return s.changes }

func (s *system) Devices() []audio.Device {
	if s.server != nil {
		if list, served := s.server.Devices(); served {
			s.tell(false)
			return list
		}
		if s.server.awaited() {
			return nil
		}
	}
	s.tell(true)
	return s.plain.Devices()
}

// tell logs which of the two is in use, when it is another than before.
func (s *system) tell(without bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil || s.without == without {
		return
	}
	if s.without = without; without {
		s.log.Warn("no sound server answers: the machine's own sound devices are used")
	} else {
		s.log.Info("the sound server is back")
	}
}

// Stale implements refresher.
func (s *system) Stale() bool { return s.plain.Stale() }

// Refresh implements refresher.
func (s *system) Refresh() error { return s.plain.Refresh() }

func (s *system) Input(id string) (Input, error) {
	if s.server != nil {
		in, err := s.server.Input(id)
		if !errors.Is(err, errNoServer) || s.server.awaited() {
			return in, err
		}
	}
	return s.plain.Input(id)
}

func (s *system) Output(id string, patient bool) (Output, error) {
	if s.server != nil {
		out, err := s.server.Output(id, patient)
		if !errors.Is(err, errNoServer) || s.server.awaited() {
			return out, err
		}
	}
	return s.plain.Output(id, patient)
}

func (s *system) Close() error {
	var err error
	s.closing.Do(func() {
		s.unwatch()
		if s.server != nil {
			s.server.Close()
		}
		err = s.plain.Close()
		close(s.changes)
	})
	return err
}
