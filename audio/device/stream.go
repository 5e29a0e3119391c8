package device

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/gordonklaus/portaudio"

	"svara/audio"
	"svara/audio/dsp"
)

const (
	// depth is the cushion a speaker begins with.
	depth = shortPeriod

	// room is the speaker's whole buffer. It is not delay: what waits in it is the cushion's decision.
	room = 200 * time.Millisecond

	// The ring's buffer need not be thin.
	patientDepth = 80 * audio.Rate / 1000
)

// paInput is a PortAudio microphone.
type paInput struct {
	backend *portAudio
	device  audio.Device
	stream  *portaudio.Stream
	buf     []int16 // PortAudio reads into it; its address is known to the stream
}

func (p *portAudio) Input(id string) (Input, error) {
	in := &paInput{backend: p, buf: make([]int16, audio.BlockSize)}
	err := p.open(id, true, func(d audio.Device, info *portaudio.DeviceInfo) error {
		in.device = d
		var err error
		in.stream, err = openStarted(portaudio.StreamParameters{
			Input:           portaudio.StreamDeviceParameters{Device: info, Channels: 1, Latency: room},
			SampleRate:      audio.Rate,
			FramesPerBuffer: shortPeriod,
			Flags:           portaudio.ClipOff,
		}, in.buf)
		return err
	})
	if err != nil {
		return nil, err
	}
	return in, nil
}

func openStarted(params portaudio.StreamParameters, buf any) (*portaudio.Stream, error) {
	s, err := portaudio.OpenStream(params, buf)
	if err != nil {
		return nil, err
	}
	if err := s.Start(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Feed implements Input. It keeps to one thread, which ends with it and so takes along what the system's sound ties to a
// thread.
func (in *paInput) Feed(p *Port) error {
	runtime.LockOSThread()
	return feed(in, p)
}

// Read implements reader.
//
// The waiting is done here and not inside PortAudio. A thread that waits in C keeps Go's scheduler awake, which costs
// more than all our mixing; it could not be stopped; and ALSA's pulse plug-in calls a source that has said nothing so far
// ready, so that PortAudio would ask it without end.
func (in *paInput) Read(pcm []int16) error {
	for tries := 0; ; tries++ {
		n, err := in.stream.AvailableToRead()
		if err != nil {
			return fmt.Errorf("read from %q: %w", in.device.Name, err)
		}
		if n >= len(pcm) {
			break
		}
		if tries == 10 {
			return errNothingYet
		}
		time.Sleep(max(span(len(pcm)-n), time.Millisecond)) // the device's own time
	}
	if err := in.stream.Read(); err != nil && !errors.Is(err, portaudio.InputOverflowed) {
		return fmt.Errorf("read from %q: %w", in.device.Name, err)
	}
	copy(pcm, in.buf)
	return nil
}

func (in *paInput) Device() audio.Device { return in.device }

func (in *paInput) Close() error {
	defer in.backend.ended()
	return closeStream(in.stream, in.device)
}

func closeStream(s *portaudio.Stream, d audio.Device) error {
	_ = s.Abort() // fails on a stream whose device has gone
	if err := s.Close(); err != nil {
		return fmt.Errorf("close %q: %w", d.Name, err)
	}
	return nil
}

// paOutput is a PortAudio speaker.
type paOutput struct {
	backend *portAudio
	device  audio.Device
	stream  *portaudio.Stream
	buf     []int16 // PortAudio writes from it; the stream knows this slice's header, so its length can change
	whole   int     // the most room seen: the size of the buffer
	depth   int
	learned int // what it has needed before
}

func (p *portAudio) Output(id string, patient bool) (Output, error) {
	out := &paOutput{backend: p, buf: make([]int16, audio.BlockSize+dsp.MaxBend), depth: depth}
	if patient {
		out.depth = patientDepth
	}
	err := p.open(id, false, func(d audio.Device, info *portaudio.DeviceInfo) error {
		out.device = d
		var period int
		out.learned, period = p.habits.of(d.ID)
		var err error
		out.stream, err = openStarted(portaudio.StreamParameters{
			Output:          portaudio.StreamDeviceParameters{Device: info, Channels: 1, Latency: room},
			SampleRate:      audio.Rate,
			FramesPerBuffer: period,
			Flags:           portaudio.ClipOff,
		}, &out.buf)
		return err
	})
	if err != nil {
		return nil, err
	}
	out.Queued()
	return out, nil
}

// Write implements writer.
func (out *paOutput) Write(pcm []int16) error {
	for len(pcm) > 0 {
		out.buf = out.buf[:cap(out.buf)]
		n := copy(out.buf, pcm)
		out.buf, pcm = out.buf[:n], pcm[n:]
		if err := out.stream.Write(); err != nil && !errors.Is(err, portaudio.OutputUnderflowed) {
			return fmt.Errorf("write to %q: %w", out.device.Name, err)
		}
	}
	return nil
}

// Queued implements writer.
func (out *paOutput) Queued() int {
	free, err := out.stream.AvailableToWrite()
	if err != nil { // the next Write tells
		return 0
	}
	out.whole = max(out.whole, free)
	return out.whole - free
}

func (out *paOutput) Depth() int { return out.depth }

// Play implements Output, on a thread of its own as Feed does.
func (out *paOutput) Play(p *Port) error {
	runtime.LockOSThread()
	needs, err := play(out, p, out.learned)
	out.backend.habits.learn(out.device.ID, needs)
	return err
}

// Pull implements Output, likewise.
func (out *paOutput) Pull(p *Port, fill func([]int16)) error {
	runtime.LockOSThread()
	return pull(out, p, fill)
}

func (out *paOutput) Device() audio.Device { return out.device }

func (out *paOutput) Close() error {
	defer out.backend.ended()
	return closeStream(out.stream, out.device)
}
