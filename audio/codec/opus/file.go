package opus

import (
	"errors"
	"fmt"

	libopus "github.com/hraban/opus"

	"svara/audio"
)

const (
	// FileFrame is how many samples of each channel a FileEncoder codes at a time: 20 ms.
	FileFrame = audio.Rate / 50

	// PreSkip is how many samples a decoder hands out before the sound begins (RFC 7845 section 4.2): the delay of
	// libopus for everything but its low-delay mode, 2.5 ms of overlap and 4 ms in which its two layers are aligned.
	PreSkip = 312

	// MaxPacket is the longest packet in samples of each channel, 120 ms (RFC 6716 section 3.2.5).
	MaxPacket = audio.Rate * 120 / 1000

	fileBitrate    = 40000 // bits a second for each channel
	fileComplexity = 5     // half of libopus' own; nobody waits for a file
)

// errPacket is what a payload is that cannot be decoded.
var errPacket = errors.New("not an opus packet")

// FileEncoder codes house sound of one or two channels for a file: nothing is lost there, so it spends nothing on repair.
// Not safe for concurrent use.
type FileEncoder struct{ lib *libopus.Encoder }

// NewFileEncoder makes an encoder for 1 or 2 channels.
func NewFileEncoder(channels int) (*FileEncoder, error) {
	e, err := libopus.NewEncoder(audio.Rate, channels, libopus.AppAudio)
	if err != nil {
		return nil, fmt.Errorf("make opus encoder: %w", err)
	}
	if err := errors.Join(e.SetBitrate(fileBitrate*channels), e.SetComplexity(fileComplexity)); err != nil {
		return nil, fmt.Errorf("set up opus encoder: %w", err)
	}
	return &FileEncoder{e}, nil
}

// Encode codes FileFrame samples of each channel, interleaved, and returns the packet's length in dst.
func (e *FileEncoder) Encode(dst []byte, pcm []int16) (int, error) {
	n, err := e.lib.Encode(pcm, dst[:len(dst):len(dst)])
	if err != nil {
		return 0, fmt.Errorf("encode opus: %w", err)
	}
	return n, nil
}

// FileDecoder decodes packets of a file into house sound of one or two channels. Not safe for concurrent use.
type FileDecoder struct{ lib *libopus.Decoder }

// NewFileDecoder makes a decoder that gives 1 or 2 channels, whatever the packets have.
func NewFileDecoder(channels int) (*FileDecoder, error) {
	d, err := libopus.NewDecoder(audio.Rate, channels)
	if err != nil {
		return nil, fmt.Errorf("make opus decoder: %w", err)
	}
	return &FileDecoder{d}, nil
}

// Decode fills pcm, interleaved and with room for MaxPacket of each channel, and returns the samples of each channel.
func (d *FileDecoder) Decode(pcm []int16, packet []byte) (int, error) {
	if Duration(packet) == 0 {
		return 0, fmt.Errorf("decode opus: %w", errPacket)
	}
	n, err := d.lib.Decode(packet, pcm[:len(pcm):len(pcm)])
	if err != nil {
		return 0, fmt.Errorf("decode opus: %w", err)
	}
	return n, nil
}

// Duration is how many samples at 48 kHz a packet says it holds, at most MaxPacket; 0 when it cannot be one.
func Duration(packet []byte) int {
	if len(packet) == 0 {
		return 0
	}
	// RFC 6716 section 3.1: the configuration gives the frames' length, the code their number.
	config := packet[0] >> 3
	var frame int
	switch {
	case config < 12: // SILK
		frame = [...]int{480, 960, 1920, 2880}[config&3]
	case config < 16: // both layers
		frame = [...]int{480, 960}[config&1]
	default: // CELT
		frame = 120 << (config & 3)
	}
	count := 1
	switch packet[0] & 3 {
	case 1, 2:
		count = 2
	case 3:
		if len(packet) < 2 {
			return 0
		}
		count = int(packet[1] & 0x3f)
	}
	if count*frame > MaxPacket {
		return 0
	}
	return count * frame
}
