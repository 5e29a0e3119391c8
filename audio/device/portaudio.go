package device

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"github.com/gordonklaus/portaudio"

	"svara/audio"
)

// portAudio is the machine's own devices as PortAudio lists them. It starts with the first stream or list, not before.
//
// PortAudio's list is fixed from its start to its end, and its end closes every stream: hence Stale and Refresh.
// There may be one in a process.
type portAudio struct {
	log    *slog.Logger
	habits habits

	mu      sync.Mutex // guards what is below
	started bool       // between Pa_Initialize and Pa_Terminate
	streams int        // open
	stale   bool       // the system has told of a change since it was started
	closed  bool
}

func newPortAudio(log *slog.Logger) *portAudio { return &portAudio{log: log} }

func (p *portAudio) Devices() []audio.Device {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
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

// suspect notes that the system has told of a change.
func (p *portAudio) suspect() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stale = p.started
}

// Stale reports whether a Refresh may show other devices.
func (p *portAudio) Stale() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stale
}

// Refresh reads the machine's devices anew.
func (p *portAudio) Refresh() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.streams > 0 {
		return fmt.Errorf("%d sound streams are still open", p.streams)
	}
	p.stop()
	return p.start()
}

// start initialises PortAudio. p.mu is held.
func (p *portAudio) start() error {
	if p.closed {
		return errors.New("sound is closed")
	}
	if p.started {
		return nil
	}
	if err := prepareALSA(); err != nil {
		return fmt.Errorf("start PortAudio: %w", err)
	}
	if err := portaudio.Initialize(); err != nil {
		return fmt.Errorf("start PortAudio: %w", err)
	}
	p.started, p.stale = true, false
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

// listedDevice is one of PortAudio's own list.
type listedDevice struct {
	audio.Device
	info *portaudio.DeviceInfo
}

// listed is what PortAudio lists. The same piece of hardware may be both input and
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

// find is the device for an ID, and how PortAudio knows it. p.mu is held and PortAudio is started.
func (p *portAudio) find(id string, input bool) (listedDevice, error) {
	right := func(d listedDevice) bool { return d.Input && input || d.Output && !input }
	list := p.listed()
	i := slices.IndexFunc(list, func(d listedDevice) bool { return right(d) && (d.ID == id || id == "" && d.Default) })
	if i < 0 && id == "" {
		i = slices.IndexFunc(list, right)
	}
	if i < 0 {
		return listedDevice{}, ErrMissing
	}
	return list[i], nil
}

// open starts PortAudio if need be and opens a stream, once more after a fresh start when that may help.
func (p *portAudio) open(id string, input bool, openStream func(audio.Device, *portaudio.DeviceInfo) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.start(); err != nil {
		return err
	}
	d, err := p.find(id, input)
	if errors.Is(err, ErrMissing) && p.streams == 0 {
		p.stop()
		if err := p.start(); err != nil {
			return err
		}
		d, err = p.find(id, input)
	}
	if err != nil {
		return err
	}
	if err := openStream(d.Device, d.info); err != nil {
		return fmt.Errorf("open %q: %w", d.Name, verdict(err))
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
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	if p.streams == 0 { // else a stream hangs in there, and PortAudio would pull the floor from under it
		p.stop()
	}
	p.closed = true
	return nil
}
