package device

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/jfreymuth/pulse/proto"

	"svara/audio"
)

// How often a sound server is looked for: after one has gone, while it may be starting again, and else.
const (
	serverAwaited = 250 * time.Millisecond
	serverUnknown = 15 * time.Second
	awaitedFor    = 10 * time.Second
	settles       = 100 * time.Millisecond // after the first change of a device it is looked at: changes come in flocks
)

// pulse is the devices of a sound server: PulseAudio, or PipeWire speaking its protocol. One connection lists them and
// hears of changes; each stream has one of its own.
type pulse struct {
	log     *slog.Logger
	changed func() // the list may say something new; must not block
	cancel  context.CancelFunc
	group   sync.WaitGroup
	tried   chan struct{} // closed when a server has been looked for
	habits  habits

	mu     sync.Mutex // guards what is below
	served bool       // there is a server
	gone   time.Time  // when one was there last; zero: never
	list   []pulseDevice
}

func newPulse(log *slog.Logger, changed func()) *pulse {
	ctx, cancel := context.WithCancel(context.Background())
	p := &pulse{log: log, changed: changed, cancel: cancel, tried: make(chan struct{})}
	p.group.Go(func() { p.watch(ctx) })
	return p
}

// watch follows the sound server, and notices when one goes or comes.
func (p *pulse) watch(ctx context.Context) {
	first := sync.OnceFunc(func() { close(p.tried) })
	defer first()
	for ctx.Err() == nil {
		if err := p.follow(ctx, first); err != nil {
			p.log.Debug("no sound server", "err", err)
		}
		p.mu.Lock()
		if p.served {
			p.gone = time.Now()
		}
		told := p.served || !p.gone.IsZero() // others may be used in its place after a while
		p.served, p.list = false, nil
		pause := serverUnknown
		if time.Since(p.gone) < awaitedFor {
			pause = serverAwaited
		}
		p.mu.Unlock()
		first()
		if told {
			p.changed()
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// follow keeps the list up to date until the server goes or ctx is done.
func (p *pulse) follow(ctx context.Context, listed func()) error {
	now, soon := make(chan struct{}, 1), make(chan struct{}, 1)
	l, err := dialServer(nil, nil, func(m any) {
		e, ok := m.(*proto.SubscribeEvent)
		if !ok {
			return
		}
		to := soon
		if e.Event.GetType() != proto.EventChange || e.Event.GetFacility() == proto.EventServer {
			to = now
		}
		select {
		case to <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return err
	}
	defer l.close()
	if err := l.Request(&proto.Subscribe{Mask: proto.SubscriptionMaskSink | proto.SubscriptionMaskSource | proto.SubscriptionMaskServer | proto.SubscriptionMaskCard}, nil); err != nil {
		return fmt.Errorf("ask for news of sound devices: %w", err)
	}
	settled := time.NewTimer(time.Hour)
	settled.Stop()
	defer settled.Stop()
	for waiting := false; ; {
		list, err := readDevices(l)
		if err != nil {
			return err
		}
		p.mu.Lock()
		same := p.served && slices.Equal(p.list, list)
		p.served, p.list = true, list
		p.mu.Unlock()
		listed()
		if !same {
			p.changed()
		}
		for listen := true; listen; {
			select {
			case <-ctx.Done():
				return nil
			case <-l.gone:
				return errNoServer
			case <-now:
				listen = false
			case <-soon:
				if !waiting {
					waiting = true
					settled.Reset(settles)
				}
			case <-settled.C:
				listen = false
			}
		}
		waiting = false
		settled.Stop()
	}
}

// readDevices asks the server for what there is.
func readDevices(l *serverLink) ([]pulseDevice, error) {
	var info proto.GetServerInfoReply
	var sinks proto.GetSinkInfoListReply
	var sources proto.GetSourceInfoListReply
	for _, ask := range []struct {
		what proto.RequestArgs
		into proto.Reply
	}{{&proto.GetServerInfo{}, &info}, {&proto.GetSinkInfoList{}, &sinks}, {&proto.GetSourceInfoList{}, &sources}} {
		// An empty list is no reply that the library can read into, but it reads nothing then.
		if err := l.Request(ask.what, ask.into); err != nil {
			return nil, fmt.Errorf("ask the sound server for its devices: %w", err)
		}
	}
	return pulseDevices(info.DefaultSinkName, info.DefaultSourceName, sinks, sources), nil
}

// Devices is what there is, and whether there is a server at all. The first call waits until one has been looked for.
func (p *pulse) Devices() (list []audio.Device, served bool) {
	<-p.tried
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.list {
		list = append(list, d.Device)
	}
	return list, p.served
}

// awaited reports whether a server has gone so lately that it may be starting again. Whoever opened the machine's own
// devices meanwhile would keep them from it.
func (p *pulse) awaited() bool {
	<-p.tried
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.served && !p.gone.IsZero() && time.Since(p.gone) < awaitedFor
}

// find is the device for an ID, the system's choice for an empty one.
func (p *pulse) find(id string, input bool) (pulseDevice, error) {
	<-p.tried
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.served {
		return pulseDevice{}, errNoServer
	}
	right := func(d pulseDevice) bool { return d.Input == input && (d.ID == id || id == "" && d.Default) }
	i := slices.IndexFunc(p.list, right)
	if i < 0 && id == "" {
		i = slices.IndexFunc(p.list, func(d pulseDevice) bool { return d.Input == input })
	}
	if i < 0 {
		return pulseDevice{}, ErrMissing
	}
	return p.list[i], nil
}

// named is the device with a name of the server's.
func (p *pulse) named(name string, input bool) (audio.Device, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.list {
		if d.name == name && d.Input == input {
			return d.Device, true
		}
	}
	return audio.Device{}, false
}

func (p *pulse) Close() {
	p.cancel()
	p.group.Wait()
}

// chosenBy is a device that the user chose for this program alone, as PulseAudio's own library has it.
func chosenBy(variable, otherwise string) string {
	if name := os.Getenv(variable); name != "" {
		return name
	}
	return otherwise
}
