package media

import (
	"math"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/phone"
	"svara/phone/sdp"
)

// beep is a tone of 200 ms that ends by itself.
type beep struct {
	sound func([]int16)
	left  int
}

func (b *beep) Read(block []int16) bool {
	b.sound(block)
	b.left -= len(block)
	return true
}

func (b *beep) Done() bool { return b.left <= 0 }

func TestTones(t *testing.T) {
	c := newClock()
	sleepy := quick
	sleepy.tick = time.Hour // the reporter allocates; it is not the audio loop
	a, b := newPartyAt(t, c, sleepy, g711.PCMA()), newPartyAt(t, c, sleepy, g711.PCMA())
	a.cfg.Tone = func(digit rune) audio.Source {
		return &beep{sine(float64(1000+100*(digit-'0')), 8000), 200 * audio.Rate / 1000}
	}
	connect(t, a, b)
	voice := sine(400, 8000)
	run(t, c, a, b, time.Second, voice, nil)
	if err := a.SendTones("15"); err != nil {
		t.Fatal(err)
	}
	_, heard := run(t, c, a, b, time.Second, voice, nil)
	start := 0
	for at := 0; at < len(heard)-4800; at += 480 { // where the first tone begins
		if amplitude, _ := tone(heard[at:at+4800], 1100); amplitude > 7000 {
			start = at
			break
		}
	}
	for _, w := range []struct {
		at int // ms after the beginning
		hz float64
	}{{20, 1100}, {230, 1500}, {480, 400}} {
		from := start + w.at*48
		piece := heard[from : from+100*48]
		if amplitude, rest := tone(piece, w.hz); math.Abs(amplitude-8000) > 800 || rest > 900 {
			t.Errorf("%d ms in: %.0f Hz is %.0f with %.0f beside", w.at, w.hz, amplitude, rest)
		}
	}
	// Held, nothing waits to come out later.
	negotiate(t, a, b, sdp.RecvOnly, sdp.SendRecv)
	if err := a.SendTones("1"); err != nil {
		t.Fatal(err)
	}
	run(t, c, a, b, 100*time.Millisecond, voice, nil)
	negotiate(t, a, b, sdp.SendRecv, sdp.SendRecv)
	_, heard = run(t, c, a, b, time.Second, voice, nil)
	if amplitude, _ := tone(heard[24000:], 1100); amplitude > 200 {
		t.Errorf("a digit came out after the hold: %.0f", amplitude)
	}
	for _, digits := range []string{"", "1,2", "x"} {
		if err := a.SendTones(digits); phone.ReasonOf(err).ID != phone.ReasonBadDigits {
			t.Errorf("%q: %v", digits, err)
		}
	}
	if err := b.SendTones("1"); err == nil {
		t.Error("tones that nobody can make")
	}
	block := make([]int16, audio.BlockSize)
	a.out.tone = &beep{voice, math.MaxInt}
	if n := testing.AllocsPerRun(50, func() { a.Write(block) }); n != 0 {
		t.Errorf("%.0f allocations", n)
	}
}
