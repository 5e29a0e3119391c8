// Package speech is what a network may do to a voice, made measurable: a passage of speech to send, and what of it came
// out at the other end, aligned with what went in: how much later, with which gaps, and how alike (STOI, segmental SNR).
package speech

import (
	"bytes"
	"fmt"
	"sync"
	"time"

	"svara/assets"
	"svara/audio"
	"svara/audio/codec/opus"
)

// Sample is d of speech, at most some fifty seconds: men and women in two languages, 16 kHz wide, pauses and all. Everybody
// gets the same.
func Sample(d time.Duration) []int16 { return whole()[:int(d.Seconds()*audio.Rate)] }

// whole is everything there is. The sounds are part of the program, so an error is the program's own.
var whole = sync.OnceValue(func() []int16 {
	var out []int16
	for _, part := range [][2]string{{"en", "2101"}, {"sv", "2110"}, {"en", "2133"}, {"sv", "2101"}, {"en", "2114"}} {
		pcm, err := decode(assets.Sound(part[0], part[1]))
		if err != nil {
			panic(fmt.Errorf("speech of %s in %s: %w", part[1], part[0], err))
		}
		out = append(out, pcm...)
	}
	return out
})

// decode decodes an Ogg Opus file of ours: whole packets of 20 ms, one channel (RFC 3533, RFC 7845).
func decode(data []byte) ([]int16, error) {
	dec, err := opus.NewFileDecoder(1)
	if err != nil {
		return nil, err
	}
	pcm := make([]int16, opus.MaxPacket)
	var out []int16
	var packet []byte
	for n := 0; len(data) >= 27 && bytes.HasPrefix(data, []byte("OggS")); {
		table := data[27:][:data[26]]
		data = data[27+len(table):]
		for _, length := range table {
			packet = append(packet, data[:length]...)
			data = data[length:]
			if length == 255 {
				continue // the packet goes on
			}
			if n++; n > 2 { // after the two headers
				got, err := dec.Decode(pcm, packet)
				if err != nil {
					return nil, err
				}
				out = append(out, pcm[:got]...)
			}
			packet = packet[:0]
		}
	}
	return out[min(opus.PreSkip, len(out)):], nil
}
