package bench

import (
	"fmt"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// Calls that fill what is made once (fonts, pictures, prepared statements, the renderer's buffers), and calls after them.
const (
	soakWarm  = 40
	soakCalls = 500
	soakShort = 60
)

// footprint is what a phone with a window holds.
type footprint struct {
	memory            float64 // MB, resident, but for pages of files
	heap              float64 // MB, Go's
	goroutines, files int
}

func (f footprint) String() string {
	return fmt.Sprintf("%.0f MB, heap %.1f MB, %d goroutines, %d files", f.memory, f.heap, f.goroutines, f.files)
}

// transactions is how long one is kept after a call (RFC 3261 17: 32 s), and a little.
const transactions = 34 * time.Second

// holds is the least of some looks when the calls of before are over: what is on its way out is not counted.
func holds(tb testing.TB, s *phonetest.Svara) footprint {
	tb.Helper()
	<-time.After(transactions)
	var least footprint
	for i := range 12 {
		<-time.After(500 * time.Millisecond)
		var now struct {
			Goroutines int     `json:"goroutines"`
			HeapMB     float64 `json:"heap_mb"`
		}
		s.Ask(&now, "status")
		f := footprint{s.Own(), now.HeapMB, now.Goroutines, s.Files()}
		if i == 0 {
			least = f
		}
		least = footprint{min(least.memory, f.memory), min(least.heap, f.heap), min(least.goroutines, f.goroutines), min(least.files, f.files)}
	}
	return least
}

// flat reports whether nothing has stayed behind since before.
func (f footprint) flat(before footprint) bool {
	return f.memory-before.memory <= 5 && f.goroutines <= before.goroutines && f.files <= before.files
}

// callTheWindow has a phone with its window on screen called, answered and hung up so often, and tells what it held after
// the warming calls and after the others. Where that is more, the others are made again, up to so many times in all, and
// the last time tells: what a call leaves behind, every call does, and what the system has not taken back yet is no such thing.
func callTheWindow(tb testing.TB, calls, times int) (before, after footprint) {
	tb.Helper()
	screen := phonetest.StartScreen(tb, 1280, 900)
	screen.Keyring()
	a := phonetest.StartAsterisk(tb, phonetest.AsteriskConfig{})
	s := phonetest.StartSvara(tb, phonetest.SvaraConfig{
		Microphone: sound.Steady(500, -20), Window: true, Env: screen.Env(), Settings: map[string]string{phone.KeyAllowDirect: "true", phone.KeyFirstStart: "false"},
	})
	s.SignIn("1001", a.Addr())
	peer := newPeer(tb, a.Contact("1001"))
	c := peer.control(s.Profile)
	call := func(n int) {
		for range n {
			<-peer.pace.C
			peer.callIn(c)
		}
	}
	call(soakWarm)
	after = holds(tb, s)
	for range times {
		before = after
		call(calls)
		if after = holds(tb, s); after.flat(before) {
			break
		}
		tb.Logf("%v before, %v after %d calls", before, after, calls)
	}
	s.Quit()
	return before, after
}

// soak measures what five hundred calls leave behind in the window.
func soak(b *testing.B, t *table) {
	before, after := callTheWindow(b, soakCalls, 1)
	t.add(fmt.Sprintf("after %d calls in the window: memory, goroutines, files", soakCalls),
		fmt.Sprintf("%+.1f MB, %+d, %+d", after.memory-before.memory, after.goroutines-before.goroutines, after.files-before.files), "-", "<= +5 MB, +0, +0",
		after.flat(before))
}

// TestSoak is a short soak: nothing of a call stays behind in the window.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a hundred calls take a minute and a half")
	}
	before, after := callTheWindow(t, soakShort, 3)
	t.Logf("before %v; after %d calls %v", before, soakShort, after)
	if !after.flat(before) {
		t.Errorf("%v before, %v after %d calls, again and again", before, after, soakShort)
	}
}
