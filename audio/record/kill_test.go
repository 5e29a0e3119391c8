package record

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/audiotest"
)

// recordUntilKilled records a tone in real time, and tells of each block that the recorder has got.
func recordUntilKilled(path string) {
	r, err := Start(Config{Path: path, Opus: strings.HasSuffix(path, ".opus"), Stereo: true})
	if err != nil {
		panic(err)
	}
	tone := audiotest.Tone(audio.BlockSize, 500)
	begun := time.Now()
	tick := time.NewTicker(audio.BlockTime)
	for given := time.Duration(0); ; <-tick.C {
		for ; given < time.Since(begun); given += audio.BlockTime {
			r.Tap(tone, tone)
			if _, err := os.Stdout.Write([]byte{1}); err != nil {
				return // the test has gone
			}
		}
	}
}

// Killed at any instant, a recording has lost less than a second, and is a file that can be played.
func TestKilled(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	most := map[string]time.Duration{}
	var mu sync.Mutex
	for round := range 12 {
		var group sync.WaitGroup
		for i := range 4 {
			path := filepath.Join(t.TempDir(), []string{"a.wav", "a.opus"}[i%2])
			group.Go(func() {
				lost := killed(t, self, path)
				mu.Lock()
				defer mu.Unlock()
				most[filepath.Ext(path)] = max(most[filepath.Ext(path)], lost)
			})
		}
		group.Wait()
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	t.Logf("48 kills, most lost: %v", most)
}

// killed returns how much was lost.
func killed(t *testing.T, self, path string) time.Duration {
	c := exec.Command(self)
	c.Env = append(os.Environ(), asChild+"="+path)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Error(err)
		return 0
	}
	if err := c.Start(); err != nil {
		t.Error(err)
		return 0
	}
	given := 0
	count := func(r io.Reader) {
		n, _ := io.Copy(io.Discard, r)
		given += int(n)
	}
	count(io.LimitReader(out, 1)) // it has begun
	kill := time.AfterFunc(time.Duration(rand.IntN(1600))*time.Millisecond, func() { _ = c.Process.Kill() })
	defer kill.Stop()
	count(out)
	if err := c.Wait(); err == nil {
		t.Error("the child ended by itself")
	}
	said := time.Duration(given) * audio.BlockTime

	lost := time.Duration(0)
	check := func(what string, d time.Duration) {
		lost = said - d
		if lost > time.Second || d > said+2*audio.BlockTime {
			t.Errorf("%s, %s has %v of %v", what, filepath.Base(path), d, said)
		}
	}
	p, err := Open(path)
	if err != nil {
		t.Error(err)
		return 0
	}
	check("as it was left", p.Duration())
	pcm := playOn(t, p)
	check("played", length(pcm))
	p.Close()
	result, err := Repair(path)
	if err != nil {
		t.Error(err)
		return 0
	}
	check("mended", result.Duration)
	if info, _ := os.Stat(path); info.Size() != result.Bytes {
		t.Errorf("%d bytes, told %d", info.Size(), result.Bytes)
	}
	if result.Duration == 0 {
		return lost // others do not care for a file without sound
	}
	left, right := sides(t, path)
	check("by others", length(left))
	for _, pcm := range [][]int16{left, right} {
		if n := len(pcm); n > audio.Rate/4 {
			if db := decibels(audiotest.Amplitude(pcm[n-audio.Rate/10:n-audio.Rate/100], 500), 16384); math.Abs(db) > 1.5 {
				t.Errorf("the last of %d samples in %s are %.1f dB", n, filepath.Base(path), db)
			}
		}
	}
	again, err := Repair(path)
	if err != nil || again != result {
		t.Errorf("mended again: %+v, %v; before %+v", again, err, result)
	}
	return lost
}

// What was torn off anywhere is mended up to there.
func TestRepairTornFiles(t *testing.T) {
	for _, f := range formats {
		r, path := start(t, "a", f.opus, f.stereo)
		pcm := audiotest.Tone(2*audio.Rate, 500)
		r.feed(t, pcm, pcm)
		stop(t, r)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Repair(path); err != nil {
			t.Error(err)
		}
		if after, _ := os.ReadFile(path); string(after) != string(data) {
			t.Errorf("%s: a file in order was touched", f.name)
		}
		for cut := len(data); cut > 0; cut -= 1 + len(data)/40 {
			for _, tail := range []string{"", "OggS\x00 and what not", strings.Repeat("\x00", 5000)} {
				if !f.opus && tail != "" {
					continue // whatever is in a WAV file is sound
				}
				if err := os.WriteFile(path, append(data[:cut:cut], tail...), 0o600); err != nil {
					t.Fatal(err)
				}
				result, err := Repair(path)
				if errors.Is(err, ErrFormat) && cut < 150 {
					continue // not even a head
				}
				if err != nil {
					t.Errorf("%s cut at %d: %v", f.name, cut, err)
					continue
				}
				share := time.Duration(float64(2*time.Second) * float64(cut) / float64(len(data)))
				if result.Duration > share+100*time.Millisecond || result.Duration < share-600*time.Millisecond {
					t.Errorf("%s cut at %d of %d: %v", f.name, cut, len(data), result.Duration)
				}
				mended, _ := os.ReadFile(path)
				if f.opus {
					checkOgg(t, mended, true)
				}
				if got := length(play(t, path)); got != result.Duration || int64(len(mended)) != result.Bytes {
					t.Errorf("%s cut at %d: played %v of %d bytes, told %+v", f.name, cut, got, len(mended), result)
				}
			}
		}
	}
}

func TestRepairRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := Repair(filepath.Join(dir, "gone")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := Repair(dir); !errors.Is(err, ErrFormat) {
		t.Errorf("a folder: %v", err)
	}
	for _, text := range []string{"", "OggS", "RIFF", "RIFFxxxxWAVEdata", "something else altogether"} {
		path := filepath.Join(dir, "a")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Repair(path); !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v", text, err)
		}
		if after, _ := os.ReadFile(path); string(after) != text {
			t.Errorf("%q was made %q", text, after)
		}
	}
}
