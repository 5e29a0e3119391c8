package device

import (
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"svara/audio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a machine whose devices the test plugs, unplugs, blocks and stops.
type fake struct {
	changes chan struct{}

	mu        sync.Mutex
	devices   []audio.Device
	busy      map[string]bool
	slow      map[string]chan struct{} // opens only when closed
	dead      map[string]bool          // opens, and nothing comes of it
	unlisted  map[string]bool          // there, but to be seen only after a Refresh
	refreshes int
	open      int
	streams   []*fakeStream
}

func newFake(devices ...audio.Device) *fake {
	return &fake{changes: make(chan struct{}, 1), devices: devices, busy: map[string]bool{}, slow: map[string]chan struct{}{}, dead: map[string]bool{}, unlisted: map[string]bool{}}
}

func mic(id string, standard bool) audio.Device {
	return audio.Device{ID: id, Name: "the " + id, Input: true, Default: standard}
}

func speaker(id string, standard bool) audio.Device {
	return audio.Device{ID: id, Name: "the " + id, Output: true, Default: standard}
}

func (f *fake) change(how func()) {
	f.mu.Lock()
	how()
	f.mu.Unlock()
	f.changes <- struct{}{}
}

func (f *fake) unplug(id string) {
	f.change(func() {
		f.devices = slices.DeleteFunc(slices.Clone(f.devices), func(d audio.Device) bool { return d.ID == id })
	})
}

func (f *fake) plug(d audio.Device) {
	f.change(func() { f.devices = append(slices.Clone(f.devices), d) })
}

// stop makes the open streams of a device stand still.
func (f *fake) stop(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.streams {
		if s.device.ID == id {
			s.once.Do(func() { close(s.stopped) })
		}
	}
}

func (f *fake) Devices() []audio.Device {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.devices), func(d audio.Device) bool { return f.unlisted[d.ID] })
}

func (f *fake) Stale() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.unlisted) > 0
}

func (f *fake) Changes() <-chan struct{} { return f.changes }

func (f *fake) Refresh() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open > 0 {
		return errors.New("streams are open")
	}
	f.refreshes++
	clear(f.unlisted)
	return nil
}

func (f *fake) take(id string, right func(audio.Device) bool) (*fakeStream, error) {
	f.mu.Lock()
	slow := f.slow[id]
	f.mu.Unlock()
	if slow != nil {
		<-slow
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range f.devices {
		if !right(d) || d.ID != id && (id != "" || !d.Default) {
			continue
		}
		if f.busy[d.ID] {
			return nil, ErrBusy
		}
		if f.unlisted[d.ID] {
			return nil, ErrMissing
		}
		s := &fakeStream{fake: f, device: d, stopped: make(chan struct{})}
		if f.dead[d.ID] {
			s.once.Do(func() { close(s.stopped) })
		}
		f.open++
		f.streams = append(f.streams, s)
		return s, nil
	}
	return nil, ErrMissing
}

func (f *fake) Input(id string) (Input, error) {
	s, err := f.take(id, func(d audio.Device) bool { return d.Input })
	if err != nil {
		return nil, err
	}
	s.in = newClockedInput(s.device, func(pcm []int16) { clear(pcm) })
	return s, nil
}

func (f *fake) Output(id string, _ bool) (Output, error) {
	s, err := f.take(id, func(d audio.Device) bool { return d.Output })
	if err != nil {
		return nil, err
	}
	s.out = newClockedOutput(s.device, func([]int16) error { return nil })
	return s, nil
}

func (f *fake) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open != 0 {
		return errors.New("closed with open streams")
	}
	return nil
}

type fakeStream struct {
	fake    *fake
	device  audio.Device
	in      *clockedInput
	out     *clockedOutput
	once    sync.Once
	stopped chan struct{}
}

func (s *fakeStream) still() bool {
	select {
	case <-s.stopped:
		return true
	default:
		return false
	}
}

func (s *fakeStream) Read(pcm []int16) error {
	if s.still() {
		time.Sleep(5 * time.Millisecond) // as a driver that waits, and wakes for nothing
		return errNothingYet
	}
	return s.in.Read(pcm)
}

func (s *fakeStream) Write(pcm []int16) error { return s.out.Write(pcm) }

func (s *fakeStream) Queued() int {
	if s.still() {
		return audio.Rate
	}
	return s.out.Queued()
}

func (s *fakeStream) Depth() int                                   { return audio.BlockSize }
func (s *fakeStream) Feed(p *Port) error                           { return feed(s, p) }
func (s *fakeStream) Play(p *Port) error                           { _, err := play(s, p, 0); return err }
func (s *fakeStream) Pull(p *Port, fill func(block []int16)) error { return pull(s, p, fill) }
func (s *fakeStream) Device() audio.Device                         { return s.device }

func (s *fakeStream) Close() error {
	s.fake.mu.Lock()
	defer s.fake.mu.Unlock()
	s.fake.open--
	return nil
}

// keeper starts a Keeper on a fake and gathers its events.
type kept struct {
	*Keeper
	t      *testing.T
	events chan Event
}

func keep(t *testing.T, b Backend) *kept {
	t.Helper()
	k := &kept{t: t, events: make(chan Event, 1000)}
	var err error
	if k.Keeper, err = NewKeeper(b, slog.New(slog.DiscardHandler), func(e Event) { k.events <- e }, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

// next is the next trouble or recovery of a kind.
func (k *kept) next(kind Kind) Event {
	k.t.Helper()
	deadline := time.After(time.Minute)
	for {
		select {
		case e := <-k.events:
			switch e := e.(type) {
			case Trouble:
				if e.Kind == kind {
					return e
				}
			case Recovered:
				if e.Kind == kind {
					return e
				}
			}
		case <-deadline:
			k.t.Fatalf("nothing told of the %s; state %+v", kind, k.State())
		}
	}
}

// until waits for a state.
func (k *kept) until(what string, ok func(State) bool) {
	k.t.Helper()
	deadline := time.After(time.Minute)
	for !ok(k.State()) {
		select {
		case <-deadline:
			k.t.Fatalf("never %s; state %+v", what, k.State())
		case <-time.After(5 * time.Millisecond):
		}
	}
}
