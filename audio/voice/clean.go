//go:build cgo && (!novoice || speexdsp)

package voice

import "svara/audio"

// cleaner is a Processor: the library with far aligned for it.
type cleaner struct {
	lib   *lib
	align *aligner
	echo  bool
	held  [audio.BlockSize]int16 // far as it is taken out
}

// New makes a processor in which everything is off.
func New() (Processor, error) {
	l, err := newLib()
	if err != nil {
		return nil, err
	}
	return &cleaner{lib: l, align: newAligner()}, nil
}

func (c *cleaner) Set(s Settings) error {
	if s.Echo && !c.echo {
		c.align.reset()
	}
	c.echo = s.Echo
	return c.lib.set(s)
}

func (c *cleaner) Process(far, mic []int16, delay int) (Stats, error) {
	if len(far) != audio.BlockSize || len(mic) != audio.BlockSize {
		return Stats{}, errBlock
	}
	if !c.echo {
		return c.lib.process(far, mic)
	}
	c.align.push(c.held[:], far, mic, delay)
	stats, err := c.lib.process(c.held[:], mic)
	stats.Delay = c.align.delay()
	return stats, err
}

func (c *cleaner) Reset() {
	c.align.reset()
	c.lib.reset()
}

func (c *cleaner) Close() { c.lib.close() }
