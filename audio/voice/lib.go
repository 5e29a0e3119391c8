//go:build cgo && (!novoice || speexdsp)

package voice

// #include "shim.h"
// #cgo noescape svara_voice_process
// #cgo nocallback svara_voice_process
import "C"

import (
	"errors"
	"fmt"
)

// lib is the library behind shim.h.
type lib struct {
	c     *C.svara_voice
	stats C.svara_voice_stats // of the last block
}

func newLib() (*lib, error) {
	c := C.svara_voice_new()
	if c == nil {
		return nil, errors.New("make microphone processing: " + Library + " refused")
	}
	return &lib{c: c}, nil
}

func (l *lib) set(s Settings) error {
	set := C.svara_voice_settings{echo: flag(s.Echo), level: flag(s.AutoLevel), high_pass: flag(s.HighPass), noise: C.int32_t(s.Noise)}
	if rc := C.svara_voice_set(l.c, &set); rc != 0 {
		return fmt.Errorf("switch microphone processing: %s says %d", Library, rc)
	}
	return nil
}

// errBlock is a block that the library did not take, which is one of another length.
var errBlock = errors.New("process microphone: block refused")

// process takes whole blocks.
func (l *lib) process(far, mic []int16) (Stats, error) {
	rc := C.svara_voice_process(l.c, (*C.int16_t)(&far[0]), (*C.int16_t)(&mic[0]), &l.stats)
	if rc != 0 {
		return Stats{}, errBlock
	}
	return Stats{Voice: l.stats.voice != 0, Echo: l.stats.echo != 0, Delay: -1, ERLE: float64(l.stats.erle)}, nil
}

func (l *lib) reset() { C.svara_voice_reset(l.c) }

func (l *lib) close() {
	C.svara_voice_free(l.c)
	l.c = nil
}

func flag(on bool) C.int32_t {
	if on {
		return 1
	}
	return 0
}
