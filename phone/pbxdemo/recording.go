package pbxdemo

import (
	"time"

	"svara/audio"
	"svara/audio/codec/g711"
)

// recording is what somebody says to a mailbox. It is put into a voice's queue as the pause in which they speak, and ends
// when it is full. It is kept as A-law at 8 kHz, 480 kB a minute. The mixer has it until the voice's port has left its
// circle, then the loop.
type recording struct {
	encoder audio.Encoder // nil: nothing is kept
	bytes   []byte
	heard   int // blocks
}

const (
	recordLimit = int(time.Minute / audio.BlockTime) // blocks
	recordBytes = 8000 / 100                         // of a block
)

func newRecording() *recording {
	r := &recording{}
	if encoder, err := g711.PCMA().NewEncoder(); err == nil { // fails for codecs with state only
		r.encoder = encoder
	}
	return r
}

// Done reports whether it is full.
func (r *recording) Done() bool { return r.heard >= recordLimit }

// Read implements audio.Source: nothing is said while somebody speaks.
func (r *recording) Read(block []int16) bool {
	clear(block)
	return false
}

// hear keeps a block.
func (r *recording) hear(block []int16) {
	r.heard++
	if r.encoder == nil {
		return
	}
	at := len(r.bytes)
	r.bytes = append(r.bytes, make([]byte, recordBytes)...)
	n, err := r.encoder.Encode(r.bytes[at:], block)
	if err != nil {
		n = 0
	}
	r.bytes = r.bytes[:at+n]
}

// replay is a recording as a source that ends.
type replay struct {
	decoder audio.Decoder
	left    []byte
}

// source plays it from the beginning.
func (r *recording) source() ending {
	decoder, err := g711.PCMA().NewDecoder()
	if err != nil {
		return pause(lead)
	}
	return &replay{decoder, r.bytes}
}

// Done reports whether it is over.
func (r *replay) Done() bool { return len(r.left) < recordBytes }

// Read implements audio.Source.
func (r *replay) Read(block []int16) bool {
	if r.Done() {
		clear(block)
		return false
	}
	n, err := r.decoder.Decode(block, r.left[:recordBytes])
	r.left = r.left[recordBytes:]
	if err != nil {
		n = 0
	}
	clear(block[n:])
	return n > 0
}
