package pbxdemo

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"svara/assets"
	"svara/audio"
)

// rms is the level of samples in dBFS.
func rms(pcm []int16) float64 {
	sum := 0.0
	for _, v := range pcm {
		sum += float64(v) * float64(v)
	}
	return 20 * math.Log10(math.Sqrt(sum/float64(max(len(pcm), 1)))/math.MaxInt16+1e-9)
}

// playAll reads a source to its end.
func playAll(t *testing.T, e ending) []int16 {
	t.Helper()
	var out []int16
	for !e.Done() {
		var block [audio.BlockSize]int16
		e.Read(block[:])
		if out = append(out, block[:]...); len(out) > 60*audio.Rate {
			t.Fatal("does not end")
		}
	}
	return out
}

// Every sound there is can be played, is speech by its level, and has the pauses of somebody who listens.
func TestSounds(t *testing.T) {
	for _, language := range []string{"sv", "en"} {
		names := []string{"echo", "keys", "callback", "called", "voicemail", "mailbox"}
		for _, c := range colleagues {
			if c.manner != absent {
				names = append(names, c.Number)
			}
		}
		for _, name := range names {
			data := assets.Sound(language, name)
			if len(data) > 60<<10 {
				t.Errorf("%s %s: %d bytes", language, name, len(data))
			}
			c, err := newClip(data, 0, 0)
			if err != nil {
				t.Fatalf("%s %s: %v", language, name, err)
			}
			_, _, total, _ := readOgg(data)
			pcm := playAll(t, c)
			if math.Abs(float64(len(pcm)-total)) > audio.BlockSize {
				t.Errorf("%s %s: %d samples, the file says %d", language, name, len(pcm), total)
			}
			if level := rms(pcm); level < -35 || level > -15 {
				t.Errorf("%s %s: %.1f dBFS", language, name, level)
			}
			if quiet := longestPause(pcm); name[0] == '2' && quiet < 1500*time.Millisecond {
				t.Errorf("%s %s: the longest pause is %v", language, name, quiet)
			}
		}
		for i := range keypad {
			from := time.Duration(i) * wordTime
			c, err := newClip(assets.Sound(language, "digits"), from, from+wordTime)
			if err != nil {
				t.Fatal(err)
			}
			pcm := playAll(t, c)
			word := rms(pcm[:len(pcm)/2])
			if n := len(pcm); n != samples(wordTime) || word < -40 {
				t.Errorf("%s %c: %d samples, %.1f dBFS", language, keypad[i], n, word)
			}
			if edge := rms(pcm[len(pcm)-audio.Rate/50:]); edge > -40 {
				t.Errorf("%s %c is cut: %.1f dBFS at its end", language, keypad[i], edge)
			}
		}
	}
}

// longestPause is the longest time in which no 20 ms are above -50 dBFS.
func longestPause(pcm []int16) time.Duration {
	longest, run := 0, 0
	for i := 0; i+packetSize <= len(pcm); i += packetSize {
		if run++; rms(pcm[i:i+packetSize]) > -50 {
			run = 0
		}
		longest = max(longest, run)
	}
	return time.Duration(longest) * 20 * time.Millisecond
}

func TestDamagedSounds(t *testing.T) {
	good := assets.Sound("en", "echo")
	for name, data := range map[string][]byte{
		"none": nil, "no Ogg": []byte("RIFF, which is another kind of file"), "half a page": good[:len(good)/2], "no sound": good[:60],
	} {
		if _, err := newClip(data, 0, 0); !errors.Is(err, errOgg) && name != "none" {
			t.Errorf("%s: %v", name, err)
		} else if err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if data := assets.Sound("fi", "echo"); len(data) != len(good) {
		t.Error("a language without sounds does not get the English ones")
	}
	if assets.Sound("sv", "nothing") != nil {
		t.Error("a sound that is not there")
	}
}

func FuzzReadOgg(f *testing.F) {
	f.Add(assets.Sound("en", "echo"))
	f.Fuzz(func(t *testing.T, data []byte) {
		packets, skip, total, err := readOgg(data)
		if err == nil && (len(packets) == 0 || skip < 0 || total <= 0) {
			t.Fatal(fmt.Sprint(len(packets), skip, total))
		}
	})
}
