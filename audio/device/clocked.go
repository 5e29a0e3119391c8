package device

import (
	"time"

	"svara/audio"
)

// clockedInput is a microphone that is no device: it speaks on the machine's clock.
type clockedInput struct {
	device audio.Device
	fill   func(pcm []int16)
	next   time.Time // when the next samples are all there
}

func newClockedInput(d audio.Device, fill func([]int16)) *clockedInput {
	return &clockedInput{device: d, fill: fill, next: time.Now()}
}

func (c *clockedInput) Read(pcm []int16) error {
	c.next = c.next.Add(span(len(pcm)))
	wait := time.Until(c.next)
	if wait < -time.Second { // the machine slept: what was not recorded is not made up
		c.next = time.Now()
	}
	time.Sleep(wait) // the clock of this device
	c.fill(pcm)
	return nil
}

func (c *clockedInput) Feed(p *Port) error   { return feed(c, p) }
func (c *clockedInput) Device() audio.Device { return c.device }
func (c *clockedInput) Close() error         { return nil }

// clockedOutput is a speaker that is no device: it plays on the machine's clock.
type clockedOutput struct {
	device  audio.Device
	take    func(pcm []int16) error
	start   time.Time // when the first sample was played
	written int       // samples since then
}

func newClockedOutput(d audio.Device, take func([]int16) error) *clockedOutput {
	return &clockedOutput{device: d, take: take, start: time.Now()}
}

func (c *clockedOutput) Write(pcm []int16) error {
	c.Queued()
	c.written += len(pcm)
	return c.take(pcm)
}

// Queued also moves the start past gaps, in which nothing was played.
func (c *clockedOutput) Queued() int {
	played := int(time.Since(c.start) * audio.Rate / time.Second)
	if played > c.written {
		c.start, c.written, played = time.Now(), 0, 0
	}
	return c.written - played
}

func (c *clockedOutput) Play(p *Port) error {
	_, err := play(c, p, 0) // the machine's clock is always the same
	return err
}

func (c *clockedOutput) Depth() int                                   { return audio.BlockSize }
func (c *clockedOutput) Pull(p *Port, fill func(block []int16)) error { return pull(c, p, fill) }
func (c *clockedOutput) Device() audio.Device                         { return c.device }
func (c *clockedOutput) Close() error                                 { return nil }
