package phonetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone/phonetest/sound"
)

// MicrophoneLevel in dBFS leaves room for four voices at once.
const MicrophoneLevel = -18

// Microphones are the frequencies of phones' microphones: whoever hears one hears that phone.
var Microphones = []int{510, 640, 830, 1090}

// The level in dBFS above which a tone is heard, and that below which it is not. Between them it is neither, and
// measured again.
const (
	heardAbove  = -34
	silentBelow = -46
)

// palette is every frequency there is in tests, except those of dial and ringing tones.
func palette() []float64 {
	out := []float64{HoldHz, ToneHz}
	for _, hz := range Microphones {
		out = append(out, float64(hz))
	}
	out = slices.AppendSeq(out, maps.Values(Tones))
	slices.Sort(out)
	return out
}

const (
	listenStep = 300 * time.Millisecond
	listenFor  = 3   // steps in a row
	listenMost = 100 // steps that the test was let run in: a machine that stands still has not been listened to
)

// Hearing waits until each phone's speaker plays exactly the tones of the palette it should, all phones at the same
// time and for 0.9 s on end, and fails the test when that takes longer than a hundred steps, 30 s. A phone without a call hears nothing.
func Hearing(t testing.TB, step string, want map[*Svara][]float64) {
	t.Helper()
	right, left := 0, listenMost
	tick := time.NewTicker(listenStep)
	defer tick.Stop()
	at := map[*Svara]int{}
	for s := range want {
		at[s] = s.played()
	}
	for {
		<-tick.C
		var wrong []string
		var unwell *Svara
		for s, tones := range want {
			from := at[s]
			at[s] = s.played()
			if w := misheard(s.part(from, at[s]), tones); w != "" {
				wrong = append(wrong, s.Called+" "+w)
				unwell = s
			}
		}
		if right++; len(wrong) > 0 {
			right = 0
		}
		if right == listenFor {
			return
		}
		if left--; left > 0 {
			continue
		}
		if right == 0 {
			slices.Sort(wrong)
			out, _ := unwell.Ctl("calls")
			t.Fatalf("%s: %s\ncalls of %s: %s", step, strings.Join(wrong, "; "), unwell.Called, out)
		}
		left = listenFor
	}
}

// misheard says what is wrong with what was heard, or "".
func misheard(heard []int16, want []float64) string {
	// A speaker that stands still is silent; one that stops in the middle is so for the rest.
	if missing := sound.Samples(listenStep) - len(heard); missing > 0 {
		heard = append(heard, make([]int16, missing)...)
	}
	var got, not []string
	for _, hz := range palette() {
		level := sound.Presence(heard, hz)
		is, should := level > heardAbove, slices.Contains(want, hz)
		if is {
			got = append(got, fmt.Sprintf("%.0f Hz (%.0f dBFS)", hz, level))
		}
		if is != should || !is && level > silentBelow {
			not = append(not, fmt.Sprintf("%.0f Hz at %.0f dBFS", hz, level))
		}
	}
	if len(not) == 0 {
		return ""
	}
	return fmt.Sprintf("should hear %v and hears [%s]; wrong: %s", want, strings.Join(got, ", "), strings.Join(not, ", "))
}
