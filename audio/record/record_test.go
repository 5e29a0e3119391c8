package record

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/wav"
)

// asChild names a recording that this program is to make as the child of a test; see kill_test.go.
const asChild = "SVARA_RECORD_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(asChild); path != "" {
		recordUntilKilled(path)
		return
	}
	goleak.VerifyTestMain(m)
}

// formats are all the ways to record.
var formats = []struct {
	name         string
	opus, stereo bool
}{
	{"wav-stereo", false, true}, {"wav-mono", false, false}, {"opus-stereo", true, true}, {"opus-mono", true, false},
}

// feed is Tap for a test that does not want to wait for the time that it records. It ends early when recording does.
func (r *Recorder) feed(t testing.TB, sent, heard []int16) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for at := 0; at+audio.BlockSize <= len(sent); at += audio.BlockSize {
		for r.queue.back() == nil && !r.stopped.Load() {
			if time.Now().After(deadline) {
				t.Fatal("the writer does not make room")
			}
			time.Sleep(time.Millisecond)
		}
		r.Tap(sent[at:at+audio.BlockSize], heard[at:at+audio.BlockSize])
	}
}

// start begins a recording in a folder that is not there yet.
func start(t testing.TB, name string, opus, stereo bool) (*Recorder, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "year", "month", name)
	r, err := Start(Config{Path: path, Opus: opus, Stereo: stereo, Failed: func(err error) { t.Error(err) }})
	if err != nil {
		t.Fatal(err)
	}
	return r, path
}

// stop ends one that has no reason to fail.
func stop(t testing.TB, r *Recorder) Result {
	t.Helper()
	result, err := r.Stop()
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// sides reads a file with somebody else's program, or for WAV by its bytes.
func sides(t testing.TB, path string) (left, right []int16) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(data[:4]) == magic {
		checkOgg(t, data, true)
		out := filepath.Join(t.TempDir(), "decoded.wav")
		// Without dithering, so that silence is silence.
		if text, err := exec.Command("opusdec", "--quiet", "--no-dither", path, out).CombinedOutput(); err != nil {
			t.Fatalf("opusdec: %v\n%s", err, text)
		}
		if data, err = os.ReadFile(out); err != nil {
			t.Fatal(err)
		}
	}
	channels := int(data[22])
	at := strings.Index(string(data), "data")
	body := data[at+8:]
	if size := binary.LittleEndian.Uint32(data[at+4:]); int(size) != len(body) {
		t.Fatalf("the header says %d bytes, there are %d", size, len(body))
	}
	for ; len(body) >= 2*channels; body = body[2*channels:] {
		left = append(left, int16(binary.LittleEndian.Uint16(body)))
		right = append(right, int16(binary.LittleEndian.Uint16(body[2*channels-2:])))
	}
	return left, right
}

// play reads all of a file with our own player.
func play(t testing.TB, path string) []int16 {
	t.Helper()
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	return playOn(t, p)
}

// playOn reads what is left of it, as many samples as the file gives.
func playOn(t testing.TB, p *Player) []int16 {
	t.Helper()
	var pcm []int16
	for !p.Done() {
		ready(t, p)
		n := p.queue.front().n - p.used
		block := make([]int16, max(n, 1))
		p.Read(block)
		pcm = append(pcm, block[:n]...)
	}
	return pcm
}

// ready waits until a player has read something from where it is.
func ready(t testing.TB, p *Player) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		if c := p.queue.front(); c != nil && c.turn == p.place.Load()>>placeBits {
			return
		} else if c != nil {
			p.queue.pop() // as Read would; nobody else reads here
			signal(p.wake)
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing more comes from the file at %v of %v", p.Position(), p.Duration())
		}
		time.Sleep(100 * time.Microsecond)
	}
}

func decibels(a, b float64) float64 { return 20 * math.Log10(max(a, 1e-3)/b) }

// near reports times that are 20 ms apart at most.
func near(t testing.TB, what string, got, want time.Duration) {
	t.Helper()
	if d := got - want; d < -20*time.Millisecond || d > 20*time.Millisecond {
		t.Errorf("%s is %v, should be %v", what, got, want)
	}
}

func length(pcm []int16) time.Duration { return span(int64(len(pcm))) }

// What we sent and what we heard are where they belong, at their level, for as long as it was said.
func TestBothSides(t *testing.T) {
	const seconds = 5.13
	n := int(seconds*100) * audio.BlockSize
	me, them := audiotest.Sine(n, audio.Rate, 700, 8000), audiotest.Sine(n, audio.Rate, 1900, 6000)
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			r, path := start(t, "a", f.opus, f.stereo)
			r.feed(t, me, them)
			result := stop(t, r)
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if result.Duration != length(me) || result.Bytes != info.Size() || result.Lost != 0 {
				t.Errorf("told %+v of %v in %d bytes", result, length(me), info.Size())
			}
			if info.Mode().Perm() != 0o600 {
				t.Errorf("others may read it: %v", info.Mode())
			}
			if dir, _ := os.Stat(filepath.Dir(path)); dir.Mode().Perm() != 0o700 {
				t.Errorf("others may look into the folder: %v", dir.Mode())
			}
			left, right := sides(t, path)
			near(t, "the length", length(left), length(me))
			middle := func(pcm []int16) []int16 { return pcm[audio.Rate : len(pcm)-audio.Rate/10] }
			for _, s := range []struct {
				side          string
				pcm           []int16
				freq, level   float64 // its own
				freq2, level2 float64 // the other side's
			}{{"left", left, 700, 8000, 1900, 6000}, {"right", right, 1900, 6000, 700, 8000}} {
				own, other := audiotest.Amplitude(middle(s.pcm), s.freq), audiotest.Amplitude(middle(s.pcm), s.freq2)
				if db := decibels(own, s.level); math.Abs(db) > 1.5 {
					t.Errorf("%s: its own tone is %.1f dB", s.side, db)
				}
				switch db := decibels(other, s.level2); {
				case f.stereo && db > -35:
					t.Errorf("%s: the other side is only %.1f dB down", s.side, db)
				case !f.stereo && math.Abs(db) > 1.5:
					t.Errorf("%s: the other side is %.1f dB", s.side, db)
				case f.stereo:
					t.Logf("%s: own tone %.2f dB, the other side %.1f dB down", s.side, decibels(own, s.level), -db)
				}
			}
			pcm := play(t, path)
			near(t, "played", length(pcm), length(me))
			for freq, want := range map[float64]float64{700: 8000, 1900: 6000} {
				if db := decibels(audiotest.Amplitude(middle(pcm), freq), want); math.Abs(db) > 1.5 {
					t.Errorf("played, %.0f Hz is %.1f dB", freq, db)
				}
			}
			t.Logf("%d bytes a second", result.Bytes*int64(time.Second)/int64(result.Duration))
		})
	}
}

// The beginning of the sound is the beginning of the file, also where the codec has a delay.
func TestItBeginsAtOnce(t *testing.T) {
	for _, f := range formats {
		r, path := start(t, "a", f.opus, f.stereo)
		tone := audiotest.Tone(audio.Rate, 500)
		silence := make([]int16, audio.Rate/2)
		r.feed(t, silence, silence)
		r.feed(t, tone, make([]int16, len(tone)))
		stop(t, r)
		left, _ := sides(t, path)
		at := 0
		for at < len(left) && left[at] < 4000 {
			at++
		}
		if off := at - len(silence); off < -240 || off > 240 {
			t.Errorf("%s: the tone begins %d samples off", f.name, off)
		}
		if db := decibels(audiotest.Amplitude(left[len(left)-audio.Rate/10:], 500), 16384); math.Abs(db) > 1.5 {
			t.Errorf("%s: the end is %.1f dB", f.name, db)
		}
	}
}

func TestLoudOnBothSidesIsBentNotWrapped(t *testing.T) {
	r, path := start(t, "a", false, false)
	loud := audiotest.Sine(audio.Rate, audio.Rate, 500, 32000)
	r.feed(t, loud, loud)
	stop(t, r)
	left, _ := sides(t, path)
	if j := audiotest.Jump(left); j > 2*2100 {
		t.Errorf("a step of %d", j)
	}
}

func TestNothingWasSaid(t *testing.T) {
	for _, f := range formats {
		r, path := start(t, "a", f.opus, f.stereo)
		if result := stop(t, r); result.Duration != 0 || result.Bytes == 0 {
			t.Errorf("%s: %+v", f.name, result)
		}
		if again := stop(t, r); again.Duration != 0 {
			t.Errorf("%s: stopped again, %+v", f.name, again)
		}
		r.Tap(make([]int16, 480), make([]int16, 480)) // the loop may be a block late
		if pcm := play(t, path); len(pcm) != 0 {
			t.Errorf("%s: %d samples of nothing", f.name, len(pcm))
		}
	}
}

// idle is a Recorder to a stereo WAV file whose goroutines do not run yet.
func idle(t *testing.T, path string) (*Recorder, *wavSink) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newWavSink(file, true)
	if err != nil {
		t.Fatal(err)
	}
	r := newRecorder(Config{})
	r.file, r.sink = file, s
	return r, s
}

// A disk that is too slow makes a gap, not a shorter call.
func TestTimeStaysRight(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	r, _ := idle(t, path)
	tone := audiotest.Tone(5*audio.Rate, 500)
	for at := 0; at < 3*audio.Rate; at += audio.BlockSize {
		r.Tap(tone[at:at+audio.BlockSize], tone[at:at+audio.BlockSize])
	}
	if err := r.drain(); err != nil { // 2 s that fitted
		t.Fatal(err)
	}
	for at := 3 * audio.Rate; at < 5*audio.Rate; at += audio.BlockSize {
		r.Tap(tone[at:at+audio.BlockSize], tone[at:at+audio.BlockSize])
	}
	r.Tap(tone[:audio.BlockSize], tone[:audio.BlockSize]) // one too many again
	r.run()
	if result := stop(t, r); result.Duration != 5010*time.Millisecond || result.Lost != 1010*time.Millisecond {
		t.Errorf("%+v", result)
	}
	left, right := sides(t, path)
	for _, pcm := range [][]int16{left, right} {
		for second, want := range []float64{16384, 16384, 0, 16384, 16384} {
			if a := audiotest.Amplitude(pcm[second*audio.Rate:(second+1)*audio.Rate], 500); math.Abs(a-want) > 50 {
				t.Errorf("second %d is %.0f, should be %.0f", second, a, want)
			}
		}
	}
}

func TestTapAllocatesNothing(t *testing.T) {
	r, _ := start(t, "a", true, true)
	sent, heard := audiotest.Speech(audio.BlockSize), audiotest.Speech(audio.BlockSize)
	if n := testing.AllocsPerRun(50, func() { r.Tap(sent, heard) }); n >= 1 { // what the writer allocates counts too
		t.Errorf("%.1f allocations", n)
	}
	stop(t, r)
	if n := testing.AllocsPerRun(50, func() { r.Tap(sent, heard) }); n != 0 {
		t.Errorf("stopped, %.0f allocations", n)
	}
}

func TestStartSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(Config{Path: file}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another file: %v", err)
	}
	if data, _ := os.ReadFile(file); string(data) != "mine" {
		t.Error("the other file is gone")
	}
	if _, err := Start(Config{Path: filepath.Join(file, "a.wav")}); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("in a file: %v", err)
	}
	if _, err := Start(Config{Path: dir}); err == nil {
		t.Error("over a folder")
	}
}

// A WAV file that is full ends the recording, and is whole.
func TestGreatestLength(t *testing.T) {
	failed := make(chan error, 10)
	path := filepath.Join(t.TempDir(), "a.wav")
	r, sink := idle(t, path)
	r.failed = func(err error) { failed <- err }
	sink.wav.Limit = 10 * audio.Rate
	r.run()
	tone := audiotest.Tone(5*audio.Rate, 500)
	r.feed(t, tone, tone)
	if err := <-failed; !errors.Is(err, wav.ErrFull) {
		t.Errorf("failed with %v", err)
	}
	result, err := r.Stop()
	if !errors.Is(err, wav.ErrFull) || len(failed) != 0 {
		t.Errorf("stopped with %v, told %d times more", err, len(failed))
	}
	left, _ := sides(t, path)
	if length(left) != result.Duration || result.Duration < 1500*time.Millisecond || result.Duration > 2500*time.Millisecond {
		t.Errorf("%v in the file, told %v", length(left), result.Duration)
	}
}

// BenchmarkRecord is what a second of a call costs, encoded and written; in a call most of it is the writer's goroutine.
func BenchmarkRecord(b *testing.B) {
	speech, other := audiotest.Speech(audio.Rate), audiotest.Speech(2 * audio.Rate)[audio.Rate:]
	for _, f := range formats {
		b.Run(f.name, func(b *testing.B) {
			r, _ := start(b, "a", f.opus, f.stereo)
			for b.Loop() {
				r.feed(b, speech, other)
			}
			result := stop(b, r)
			b.ReportMetric(float64(b.Elapsed())/float64(result.Duration)*100, "%core")
			b.ReportMetric(float64(result.Bytes)/result.Duration.Seconds(), "bytes/s")
		})
	}
}
