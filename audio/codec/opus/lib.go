package opus

// #cgo pkg-config: opus
// #include "lib.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"svara/audio"
	"svara/audio/errand"
)

// libEncoder and libDecoder are libopus' coders of a call: mono, for speech. Their calls are errands. What libopus knows is
// in Go's memory, so nothing has to be closed.
type (
	libEncoder struct{ memory []byte }
	libDecoder struct{ memory []byte }
)

func newLibEncoder() (libEncoder, error) {
	e := libEncoder{make([]byte, C.opus_encoder_get_size(1))}
	return e, failure(C.opus_encoder_init(e.state(), audio.Rate, 1, C.OPUS_APPLICATION_VOIP))
}

func newLibDecoder() (libDecoder, error) {
	d := libDecoder{make([]byte, C.opus_decoder_get_size(1))}
	return d, failure(C.opus_decoder_init(d.state(), audio.Rate, 1))
}

func (e libEncoder) state() *C.OpusEncoder {
	return (*C.OpusEncoder)(unsafe.Pointer(unsafe.SliceData(e.memory)))
}

func (d libDecoder) state() *C.OpusDecoder {
	return (*C.OpusDecoder)(unsafe.Pointer(unsafe.SliceData(d.memory)))
}

// failure is what a number of libopus' means.
func failure(number C.int) error {
	if number >= 0 {
		return nil
	}
	return errors.New(C.GoString(C.opus_strerror(number)))
}

func (e libEncoder) setBitrate(bits int) error {
	return failure(C.svara_opus_bitrate(e.state(), C.opus_int32(bits)))
}

func (e libEncoder) setComplexity(effort int) error {
	return failure(C.svara_opus_complexity(e.state(), C.opus_int32(effort)))
}

func (e libEncoder) setLoss(percent int) error {
	return failure(C.svara_opus_loss(e.state(), C.opus_int32(percent)))
}

func (e libEncoder) setRedundancy(on bool) error {
	return failure(C.svara_opus_redundancy(e.state(), flag(on)))
}

// setMusic says what the sound is: music, or what libopus takes it for.
func (e libEncoder) setMusic(on bool) error { return failure(C.svara_opus_music(e.state(), flag(on))) }

func flag(on bool) C.opus_int32 {
	if on {
		return 1
	}
	return 0
}

var errEmpty = fmt.Errorf("nothing to code, or no room")

// encode codes pcm into dst and gives the payload's length.
func (e libEncoder) encode(dst []byte, pcm []int16) (int, error) {
	if len(dst) == 0 || len(pcm) == 0 {
		return 0, errEmpty
	}
	c := C.svara_opus_coding{
		encoder: e.state(), pcm: (*C.opus_int16)(unsafe.SliceData(pcm)), samples: C.opus_int32(len(pcm)),
		data: (*C.uchar)(unsafe.SliceData(dst)), room: C.opus_int32(len(dst)),
	}
	errand.Run(unsafe.Pointer(C.svara_opus_encode), unsafe.Pointer(&c))
	return max(0, int(c.done)), failure(C.int(c.done))
}

// decode fills pcm from a payload and gives how many samples it was; without one it guesses, and if the payload is the next
// one, it takes the copy of the one before out of that.
func (d libDecoder) decode(pcm []int16, payload []byte, next bool) (int, error) {
	if len(pcm) == 0 {
		return 0, errEmpty
	}
	c := C.svara_opus_decoding{
		decoder: d.state(), pcm: (*C.opus_int16)(unsafe.SliceData(pcm)), room: C.opus_int32(len(pcm)),
		data: (*C.uchar)(unsafe.SliceData(payload)), length: C.opus_int32(len(payload)), redundant: flag(next),
	}
	errand.Run(unsafe.Pointer(C.svara_opus_decode), unsafe.Pointer(&c))
	return max(0, int(c.done)), failure(C.int(c.done))
}
