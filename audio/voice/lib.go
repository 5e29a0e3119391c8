//go:build cgo && !novoice

package voice

// #cgo CFLAGS: -std=gnu11 -O3
// #cgo LDFLAGS: -lm
// #include "block.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"svara/audio"
	"svara/audio/dsp"
	"svara/audio/errand"
)

// cleaner is a Processor: our canceller, with far aligned for it, and the library behind shim.h.
type cleaner struct {
	lib   *C.svara_voice
	split *C.svara_split
	echo  *C.svara_echo
	align *aligner
	level *dsp.Leveller
	set   Settings
	held  [audio.BlockSize]int16 // far as it is taken out
	loss  float64                // dB by which echo has been brought down lately
	still int                    // blocks of silence in a row, no more than restAfter
	left  int                    // what svara_echo_process said of the last block
}

// New makes a processor in which everything is off.
func New() (Processor, error) {
	c := &cleaner{
		lib: C.svara_voice_new(), split: C.svara_split_new(), echo: C.svara_echo_new(),
		align: newAligner(), level: dsp.NewLeveller(),
	}
	if c.lib == nil || c.split == nil || c.echo == nil {
		c.Close()
		return nil, errors.New("make microphone processing: " + Library + " refused")
	}
	return c, nil
}

func (c *cleaner) Set(s Settings) error {
	if s.Echo && !c.set.Echo {
		c.forget()
	}
	c.set = s
	if rc := C.svara_voice_set(c.lib, C.int(s.Noise), flag(s.HighPass)); rc != 0 {
		return fmt.Errorf("switch microphone processing: %s says %d", Library, rc)
	}
	return nil
}

// errBlock is a block that was not taken, as one of another length is.
var errBlock = errors.New("process microphone: block refused")

func (c *cleaner) Process(far, mic []int16, delay int) (Stats, error) {
	stats := Stats{Delay: -1}
	if len(far) != audio.BlockSize || len(mic) != audio.BlockSize {
		return stats, errBlock
	}
	b := C.svara_block{voice: c.lib, split: c.split, mic: (*C.int16_t)(&mic[0])}
	if c.set.Echo {
		if moved, blocks := c.align.push(c.held[:], far, mic, delay, c.loss); moved {
			c.move(blocks)
		}
		b.echo, b.far = c.echo, (*C.int16_t)(&c.held[0])
		stats.ERLE, stats.Delay = c.loss, c.align.delay()
	}
	if c.rests(mic) {
		clear(mic)
		return stats, nil
	}
	errand.Run(unsafe.Pointer(C.svara_block_clean), unsafe.Pointer(&b))
	if c.set.Echo {
		c.loss, c.left = float64(b.loss), int(b.mostly)
		stats.ERLE = c.loss
	}
	if b.speech < 0 {
		return stats, errBlock
	}
	stats.Voice = b.speech > 0 && b.mostly <= 0 // what is left of an echo sounds like speech, too
	if c.set.AutoLevel {
		c.level.Process(mic, stats.Voice, float64(b.heard))
	}
	return stats, nil
}

// move tells the canceller that far is held back by so many blocks more. It keeps what it has learnt where that is about
// an echo at the time that was found; else that is about another time.
func (c *cleaner) move(blocks int) {
	learnt := int(C.svara_echo_begins(c.echo)) * audio.BlockSize
	if begins := c.align.begins(blocks * audio.BlockSize); blocks == 0 || learnt < 0 || begins < learnt-agree || begins >= learnt+audio.BlockSize+agree {
		C.svara_echo_reset(c.echo)
		c.loss = 0
		return
	}
	C.svara_echo_move(c.echo, C.int(blocks))
	for n := C.svara_echo_blocks; n > 0; n-- {
		c.align.ago(c.held[:], n)
		C.svara_echo_hear(c.echo, (*C.int16_t)(&c.held[0]))
	}
	c.align.ago(c.held[:], 0)
}

// A microphone that gives nothing, as one that is switched off, is cleaned so many blocks more: longer than a room answers
// and all filters sound on. Then there is nothing to clean, unless the speaker plays.
const restAfter = 30

// rests reports whether there is nothing to clean.
func (c *cleaner) rests(mic []int16) bool {
	c.still = min(c.still+1, restAfter)
	if !silent(mic) || c.set.Echo && !silent(c.held[:]) {
		c.still = 0
	}
	return c.still == restAfter
}

// silent reports whether a block is nothing but a converter's last bits: -84 dBFS.
func silent(block []int16) bool {
	for _, v := range block {
		if v > 2 || v < -2 {
			return false
		}
	}
	return true
}

func (c *cleaner) Reset() {
	c.forget()
	c.level.Reset()
	C.svara_voice_reset(c.lib)
	C.svara_split_reset(c.split)
}

// forget forgets the room.
func (c *cleaner) forget() {
	c.align.reset()
	C.svara_echo_reset(c.echo)
	c.loss = 0
}

func (c *cleaner) Close() {
	C.svara_voice_free(c.lib)
	C.svara_split_free(c.split)
	C.svara_echo_free(c.echo)
	c.lib, c.split, c.echo = nil, nil, nil
}

func flag(on bool) C.int {
	if on {
		return 1
	}
	return 0
}
