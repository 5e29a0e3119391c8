package device

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/jfreymuth/pulse/proto"

	"svara/audio"
)

var errServerEnded = errors.New("the sound server has ended the stream")

// fragment is how much a microphone hands over at a time: a block, because that is what the loop waits for. Less would
// wake us twice and be heard no sooner.
const fragment = audio.BlockSize

var house = proto.SampleSpec{Format: proto.FormatInt16LE, Channels: 1, Rate: audio.Rate}

// pulseEnd is what streams of both directions have.
type pulseEnd struct {
	backend *pulse
	device  pulseDevice
	link    *serverLink
	index   uint32
	port    atomic.Pointer[Port]
	failed  chan error // has a value when the server has ended the stream; one slot
}

func (e *pulseEnd) Device() audio.Device { return e.device.Device }

func (e *pulseEnd) Close() error {
	e.link.close()
	return nil
}

func (e *pulseEnd) fail(err error) {
	select {
	case e.failed <- err:
	default:
	}
}

// event takes what the server says of a stream, in the goroutine that reads.
func (e *pulseEnd) event(m any) {
	switch m := m.(type) {
	case *proto.PlaybackStreamKilled, *proto.RecordStreamKilled:
		e.fail(errServerEnded)
	case *proto.PlaybackStreamMoved:
		e.moved(m.DestName)
	case *proto.RecordStreamMoved:
		e.moved(m.DestName)
	}
}

// moved notes that the stream has another device, by a person's hand or because its own has gone.
func (e *pulseEnd) moved(name string) {
	p := e.port.Load()
	if p == nil {
		return
	}
	if d, ok := e.backend.named(name, e.device.Input); ok {
		p.moved.Store(&d)
	}
}

// run waits for the end of the stream.
func (e *pulseEnd) run(p *Port) error {
	select {
	case <-p.closing:
		return nil
	case err := <-e.failed:
		return fmt.Errorf("%q: %w", e.device.Name, err)
	case <-e.link.gone:
		return fmt.Errorf("%q: %w", e.device.Name, errNoServer)
	}
}

// properties say what the stream is for: a server keeps music down meanwhile and brings a Bluetooth headset's microphone
// up.
func properties(name string) proto.PropList {
	return proto.PropList{"media.name": proto.PropListString(name), "media.role": proto.PropListString("phone")}
}

func verdictOf(err error) error {
	switch {
	case errors.Is(err, proto.ErrNoSuchEntity):
		return fmt.Errorf("%w: %w", ErrMissing, err)
	case errors.Is(err, proto.ErrDeviceOrEesourceBusy):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return err
}

// pulseInput is a sound server's microphone. Nothing carries its sound but the goroutine that reads the connection.
type pulseInput struct {
	pulseEnd
	pcm [fragment]int16 // reading goroutine
}

func (p *pulse) Input(id string) (Input, error) {
	d, err := p.find(id, true)
	if err != nil {
		return nil, err
	}
	in := &pulseInput{pulseEnd: pulseEnd{backend: p, device: d, failed: make(chan error, 1)}}
	if in.link, err = dialServer(in.heard, nil, in.event); err != nil {
		return nil, fmt.Errorf("open %q: %w", d.Name, err)
	}
	var made proto.CreateRecordStreamReply
	err = in.link.Request(&proto.CreateRecordStream{
		SampleSpec: house, ChannelMap: proto.ChannelMap{proto.ChannelMono}, SourceIndex: proto.Undefined, SourceName: d.name,
		BufferMaxLength: 2 * audio.Rate / 5, BufferFragSize: 2 * fragment, AdjustLatency: true, DirectOnInputIndex: proto.Undefined,
		Properties: properties("Microphone"), ChannelVolumes: proto.ChannelVolumes{uint32(proto.VolumeNorm)},
	}, &made)
	if err != nil {
		in.link.close()
		return nil, fmt.Errorf("open %q: %w", d.Name, verdictOf(err))
	}
	in.index = made.StreamIndex
	return in, nil
}

// Feed implements Input.
func (in *pulseInput) Feed(p *Port) error {
	p.waiting.Store(fragment)
	in.port.Store(p)
	return in.run(p)
}

// heard takes sound from the wire.
func (in *pulseInput) heard(raw []byte) {
	p := in.port.Load()
	if p == nil {
		return
	}
	in.link.wire.pace.came += len(raw) / 2
	for len(raw) >= 2 {
		n := min(len(raw)/2, len(in.pcm))
		for i := range n {
			in.pcm[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
		}
		raw = raw[2*n:]
		p.take(in.pcm[:n])
	}
}
