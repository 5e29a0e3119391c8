package media

import (
	"slices"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/audio/codec/g722"
	"svara/audio/codec/opus"
	"svara/phone/sdp"
)

// longestGap is the longest time a tone of 8000 is below a tenth of it.
func longestGap(pcm []int16) time.Duration {
	longest, quiet := 0, 0
	for at := 0; at+48 <= len(pcm); at += 48 { // 1 ms
		most := int16(0)
		for _, v := range pcm[at : at+48] {
			most = max(most, v, -v)
		}
		if quiet++; most > 800 {
			quiet = 0
		}
		longest = max(longest, quiet)
	}
	return time.Duration(longest) * time.Millisecond
}

// A re-INVITE with other codecs, and a peer that changes to another one that was agreed on: nothing is missed for longer
// than a packet, in either direction, whatever the clocks of the two codecs.
func TestCodecChangesWithoutAGap(t *testing.T) {
	all := []audio.Codec{opus.Codec(), g722.Codec(), g711.PCMA(), g711.PCMU()}
	for _, first := range all {
		for _, then := range all {
			if first.Name() == then.Name() {
				continue
			}
			t.Run(first.Name()+" to "+then.Name(), func(t *testing.T) {
				c := newClock()
				a, b := newParty(t, c, first), newParty(t, c, first)
				a.cfg.Codecs, b.cfg.Codecs = []audio.Codec{first, then}, []audio.Codec{first, then}
				connect(t, a, b)
				if a.Agreed().Codec != first.Name() {
					t.Fatal(a.Agreed().Codec)
				}
				talk, other := sine(440, 8000), sine(700, 8000)
				run(t, c, a, b, 2*time.Second, talk, other)
				// The peer's offer has only the other codec; ours that was in use comes first in our list still.
				b.cfg.Codecs = []audio.Codec{then}
				negotiate(t, b, a, sdp.SendRecv, sdp.SendRecv)
				if a.Agreed().Codec != then.Name() || b.Agreed().Codec != then.Name() {
					t.Fatal(a.Agreed().Codec, b.Agreed().Codec)
				}
				atA, atB := run(t, c, a, b, 2*time.Second, talk, other)
				for who, heard := range map[string][]int16{"a": atA, "b": atB} {
					if gap := longestGap(heard); gap > 20*time.Millisecond {
						t.Errorf("%s misses %v", who, gap)
					}
				}
				for who, hz := range map[string]struct {
					heard []int16
					hz    float64
				}{"a": {atA, 700}, "b": {atB, 440}} {
					if amplitude, _ := tone(hz.heard[48000:96000-4800], hz.hz); amplitude < 7000 {
						t.Errorf("%s hears %.0f of 8000 after it", who, amplitude)
					}
				}
			})
		}
	}
}

// cautious is a codec that counts what its encoder is told of loss.
type cautious struct {
	plain
	name string
	pt   uint8
	told *[]int
}

func (c cautious) Name() string                       { return c.name }
func (c cautious) PayloadType() uint8                 { return c.pt }
func (c cautious) NewEncoder() (audio.Encoder, error) { return cautiousEncoder{told: c.told}, nil }

type cautiousEncoder struct {
	plainCoder
	told *[]int
}

func (e cautiousEncoder) SetLoss(percent int) { *e.told = append(*e.told, percent) }

// An encoder that a re-INVITE brings is told of the loss that was reported before it came, and none is told twice.
func TestNewEncoderIsToldOfLoss(t *testing.T) {
	var first, then []int
	one, two := cautious{name: "one", pt: 97, told: &first}, cautious{name: "two", pt: 98, told: &then}
	c := newClock()
	a, b := newParty(t, c, one), newParty(t, c, one)
	a.cfg.Codecs, b.cfg.Codecs = []audio.Codec{one, two}, []audio.Codec{one}
	connect(t, a, b)
	block := make([]int16, audio.BlockSize)
	speak := func(want []int, told *[]int) {
		t.Helper()
		for range 4 {
			a.Write(block)
			c.advance(10 * time.Millisecond)
		}
		if !slices.Equal(*told, want) {
			t.Errorf("told %v, want %v", *told, want)
		}
	}
	speak(nil, &first)
	a.out.guarded.Store(12)
	speak([]int{12}, &first)
	b.cfg.Codecs = []audio.Codec{two}
	negotiate(t, b, a, sdp.SendRecv, sdp.SendRecv)
	speak([]int{12}, &then)
	b.cfg.Codecs = []audio.Codec{one}
	negotiate(t, b, a, sdp.SendRecv, sdp.SendRecv)
	speak([]int{12}, &first)
	a.out.guarded.Store(9)
	speak([]int{12, 9}, &first)
}
