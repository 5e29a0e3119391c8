package device

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/gordonklaus/portaudio"

	"svara/audio"
)

// Options are what PortAudio is made of.
type Options struct {
	Log *slog.Logger // nil: none
}

// PortAudio is the backend for the machine's own devices. On Linux with PulseAudio or PipeWire each sink and source is a
// device of its own; PortAudio reaches it through an ALSA configuration that is written for the purpose. Elsewhere, and
// without pactl, the devices are those that PortAudio lists. PortAudio starts with the first stream, not before.
//
// PortAudio's list is fixed from its start to its end, and its end closes every stream: hence Refresh and ErrRefresh.
// There should be one such backend in a process.
func PortAudio(o Options) Backend {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &portAudio{log: log, changes: make(chan struct{}, 1), cancel: cancel}
	p.group.Go(func() { p.watch(ctx) })
	return p
}

type portAudio struct {
	log     *slog.Logger
	changes chan struct{}
	cancel  context.CancelFunc // ends watch
	group   sync.WaitGroup

	mu      sync.Mutex    // guards what is below
	started bool          // between Pa_Initialize and Pa_Terminate
	pulse   []pulseDevice // the devices PortAudio was started with; nil without a sound server
	fresh   time.Time     // when pulse was read
	dir     string        // of the ALSA configuration files; made for us alone
	config  int           // number of the newest: ALSA reads a file anew only under another name
	streams int           // open
	closed  bool
}

// How often a sound server is looked for: after one has gone, while it may be starting again, and else.
const (
	serverAwaited = time.Second
	serverUnknown = 15 * time.Second
	awaitedFor    = 30 * time.Second
)

// watch follows the sound server, and notices when one goes or comes.
func (p *portAudio) watch(ctx context.Context) {
	changed := func() {
		select {
		case p.changes <- struct{}{}:
		default:
		}
	}
	var seen time.Time // when a server was there last
	for ctx.Err() == nil {
		if watchPulse(ctx, changed) {
			seen = time.Now()
			changed()
		}
		pause := serverUnknown
		if time.Since(seen) < awaitedFor {
			pause = serverAwaited
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// InRoom says that the devices are real.
func (p *portAudio) InRoom() bool { return true }

func (p *portAudio) Changes() <-chan struct{} { return p.changes }

func (p *portAudio) Devices() []audio.Device {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	if list, err := pulseDevices(context.Background()); err == nil {
		devices := make([]audio.Device, len(list))
		for i, d := range list {
			devices[i] = d.Device
		}
		return devices
	}
	if p.streams == 0 { // only a new start shows what is there now
		p.stop()
	}
	if err := p.start(); err != nil {
		p.log.Warn("no sound devices", "err", err)
		return nil
	}
	var devices []audio.Device
	for _, d := range p.listed() {
		devices = append(devices, d.Device)
	}
	return devices
}

func (p *portAudio) Refresh() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.streams > 0 {
		return fmt.Errorf("%d sound streams are still open", p.streams)
	}
	p.stop()
	return p.start()
}

// start initialises PortAudio, with the sound server's devices if there is one. p.mu is held.
func (p *portAudio) start() error {
	if p.closed {
		return errors.New("sound is closed")
	}
	if p.started {
		return nil
	}
	config := ""
	p.pulse = nil
	if list, err := pulseDevices(context.Background()); err == nil {
		if config, err = p.writeConfig(list); err != nil {
			return err
		}
		p.pulse, p.fresh = list, time.Now()
	}
	prepareALSA(config)
	if err := portaudio.Initialize(); err != nil {
		return fmt.Errorf("start PortAudio: %w", err)
	}
	p.started = true
	return nil
}

// stop ends PortAudio. No stream is open; p.mu is held.
func (p *portAudio) stop() {
	if !p.started {
		return
	}
	p.started = false
	if err := portaudio.Terminate(); err != nil {
		p.log.Warn("PortAudio does not end well", "err", err)
	}
}

func (p *portAudio) writeConfig(list []pulseDevice) (string, error) {
	if p.dir == "" {
		// Where there is a folder of the session's, what a killed program leaves behind goes with the session.
		dir, err := os.MkdirTemp(os.Getenv("XDG_RUNTIME_DIR"), "svara-sound-")
		if err != nil {
			return "", fmt.Errorf("write sound configuration: %w", err)
		}
		p.dir = dir
	}
	old := filepath.Join(p.dir, fmt.Sprintf("%d.conf", p.config))
	p.config++
	path := filepath.Join(p.dir, fmt.Sprintf("%d.conf", p.config))
	if err := os.WriteFile(path, []byte(alsaConfig(list)), 0o600); err != nil {
		return "", fmt.Errorf("write sound configuration: %w", err)
	}
	_ = os.Remove(old) // the first has no predecessor
	return path, nil
}

// listedDevice is one of PortAudio's own list.
type listedDevice struct {
	audio.Device
	info *portaudio.DeviceInfo
}

// listed is what PortAudio lists, for machines without a sound server. The same piece of hardware may be both input and
// output. IDs are interface and name, with a number from the second of the same name on.
func (p *portAudio) listed() []listedDevice {
	infos, err := portaudio.Devices()
	if err != nil {
		return nil
	}
	defaultIn, _ := portaudio.DefaultInputDevice()   // nil when there is none
	defaultOut, _ := portaudio.DefaultOutputDevice() // nil when there is none
	seen := map[string]int{}
	var list []listedDevice
	for _, info := range infos {
		if !usable(info) || info.MaxInputChannels+info.MaxOutputChannels == 0 {
			continue
		}
		id := info.HostApi.Name + ":" + info.Name
		if seen[id]++; seen[id] > 1 {
			id = fmt.Sprintf("%s#%d", id, seen[id])
		}
		list = append(list, listedDevice{info: info, Device: audio.Device{
			ID: id, Name: info.Name, Input: info.MaxInputChannels > 0, Output: info.MaxOutputChannels > 0,
			Default: info == defaultIn || info == defaultOut,
		}})
	}
	return list
}

// freshFor is how long the sound server's list is believed, so that opening everything for a call asks only once.
const freshFor = 300 * time.Millisecond

// find is the device for an ID, and how PortAudio knows it. p.mu is held and PortAudio is started.
func (p *portAudio) find(id string, input bool) (audio.Device, *portaudio.DeviceInfo, error) {
	right := func(d audio.Device) bool { return d.Input && input || d.Output && !input }
	list, served := p.pulse, p.pulse != nil
	if time.Since(p.fresh) > freshFor { // what is there now, not when PortAudio started
		var err error
		if list, err = pulseDevices(context.Background()); (err == nil) != served {
			return audio.Device{}, nil, ErrRefresh // the sound server has come or gone
		}
	}
	if !served {
		return p.findListed(id, right)
	}
	if id == "" {
		i := slices.IndexFunc(list, func(d pulseDevice) bool { return right(d.Device) && d.Default })
		if i < 0 {
			i = slices.IndexFunc(list, func(d pulseDevice) bool { return right(d.Device) })
		}
		if i < 0 {
			return audio.Device{}, nil, ErrMissing
		}
		if list[i].Default { // by a name that goes along when the server's choice becomes another
			info, err := infoNamed(defaultPCM)
			return list[i].Device, info, err
		}
		id = list[i].ID
	}
	if !slices.ContainsFunc(list, func(d pulseDevice) bool { return right(d.Device) && d.ID == id }) {
		return audio.Device{}, nil, ErrMissing
	}
	i := slices.IndexFunc(p.pulse, func(d pulseDevice) bool { return d.ID == id })
	if i < 0 {
		return audio.Device{}, nil, ErrRefresh
	}
	info, err := infoNamed(p.pulse[i].pcm)
	return p.pulse[i].Device, info, err
}

// findListed is find without a sound server.
func (p *portAudio) findListed(id string, right func(audio.Device) bool) (audio.Device, *portaudio.DeviceInfo, error) {
	list := p.listed()
	i := slices.IndexFunc(list, func(d listedDevice) bool {
		return right(d.Device) && (d.ID == id || id == "" && d.Default)
	})
	if i < 0 && id == "" {
		i = slices.IndexFunc(list, func(d listedDevice) bool { return right(d.Device) })
	}
	if i < 0 {
		return audio.Device{}, nil, ErrMissing
	}
	return list[i].Device, list[i].info, nil
}

func infoNamed(name string) (*portaudio.DeviceInfo, error) {
	infos, err := portaudio.Devices()
	if err != nil {
		return nil, fmt.Errorf("list sound devices: %w", err)
	}
	for _, info := range infos {
		if info.Name == name {
			return info, nil
		}
	}
	return nil, ErrRefresh // PortAudio could not reach the server when it started
}

// open starts PortAudio if need be and opens a stream, once more after a fresh start when that may help.
func (p *portAudio) open(id string, input bool, openStream func(audio.Device, *portaudio.DeviceInfo) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.start(); err != nil {
		return err
	}
	device, info, err := p.find(id, input)
	stale := errors.Is(err, ErrRefresh) || errors.Is(err, ErrMissing) && p.pulse == nil
	if stale && p.streams == 0 {
		p.stop()
		if err := p.start(); err != nil {
			return err
		}
		if device, info, err = p.find(id, input); errors.Is(err, ErrRefresh) {
			return fmt.Errorf("%w: %q cannot be reached", ErrMissing, id)
		}
	}
	if err != nil {
		return err
	}
	if err := openStream(device, info); err != nil {
		return fmt.Errorf("open %q: %w", device.Name, verdict(err))
	}
	p.streams++
	return nil
}

// verdict adds what the rest of the house wants to know about an error of PortAudio's.
func verdict(err error) error {
	var host portaudio.UnanticipatedHostError
	switch {
	case errors.Is(err, portaudio.DeviceUnavailable):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case errors.Is(err, portaudio.InvalidDevice):
		return fmt.Errorf("%w: %w", ErrMissing, err)
	case errors.As(err, &host) && hostBusy(host):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case errors.As(err, &host) && hostMissing(host):
		return fmt.Errorf("%w: %w", ErrMissing, err)
	}
	return err
}

func (p *portAudio) ended() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.streams--
}

func (p *portAudio) Close() error {
	p.cancel()
	p.group.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	if p.streams == 0 { // else a stream hangs in there, and PortAudio would pull the floor from under it
		p.stop()
	}
	p.closed = true
	close(p.changes)
	if p.dir != "" {
		return os.RemoveAll(p.dir)
	}
	return nil
}
