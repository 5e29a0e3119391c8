package wav

import (
	"testing"

	"svara/audio/codec/g711"
)

// Both laws are the ones the codec of calls has, code word for code word: it says them at 48 kHz, steady sound each.
func TestLawsAreTheCodecs(t *testing.T) {
	for name, table := range map[string]*[256]int16{"PCMA": &aLaw, "PCMU": &muLaw} {
		codec := g711.PCMA()
		if name == "PCMU" {
			codec = g711.PCMU()
		}
		for code, want := range table {
			d, err := codec.NewDecoder()
			if err != nil {
				t.Fatal(err)
			}
			payload := make([]byte, 160)
			for i := range payload {
				payload[i] = byte(code)
			}
			pcm := make([]int16, 960)
			if _, err := d.Decode(pcm, payload); err != nil {
				t.Fatal(err)
			}
			if got := pcm[900]; got < want-1 || got > want+1 {
				t.Errorf("%s %02x: %d, the codec says %d", name, code, want, got)
			}
		}
	}
}
