package mix

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/clock"
	"svara/audio/device"
	"svara/audio/tone"
	"svara/audio/wav"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// watcher is a party that tells when it has been called.
type watcher struct {
	mu     sync.Mutex
	blocks int
	heard  []int16
	reach  int
	done   chan struct{}
}

func newWatcher(blocks int) *watcher { return &watcher{reach: blocks, done: make(chan struct{})} }

func (w *watcher) Read(block []int16) bool {
	clear(block)
	return false
}

func (w *watcher) Write(block []int16) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard = append(w.heard, block...)
	if w.blocks++; w.blocks == w.reach {
		close(w.done)
	}
}

func wait(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(time.Minute):
		t.Fatal("no ", what)
	}
}

// until asks over and over, for what has no event of its own.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	for !ok() {
		select {
		case <-deadline:
			t.Fatal("never ", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func console(t *testing.T, b device.Backend) *Console {
	t.Helper()
	c, err := NewConsole(Options{Backend: b})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := c.Close(); err != nil {
			t.Error("second Close: ", err)
		}
	})
	return c
}

func TestMicrophoneReachesThePartyAndToneTheSpeaker(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.wav"), filepath.Join(dir, "out.wav")
	w, err := wav.Create(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(audiotest.Tone(audio.Rate, 1000)), w.Close()); err != nil {
		t.Fatal(err)
	}
	c := console(t, device.Files(in, out))
	party := newWatcher(100)
	c.SetGraph(Graph{Parties: []Party{{Stream: party, Gain: 1, Listen: true}}})
	c.Tone(tone.Plan("fr").Ringback())
	wait(t, "sound in 100 blocks", party.done)

	party.mu.Lock()
	heard := party.heard[50*audio.BlockSize:]
	if a := audiotest.Amplitude(heard, 1000); a < 14000 {
		t.Errorf("the microphone's 1000 Hz reach the party as %.0f", a)
	}
	party.mu.Unlock()
	mic, speaker := c.Levels()
	if mic < -8 || mic > -4 || speaker < -18 || speaker > -14 {
		t.Errorf("levels: microphone %.1f, speaker %.1f dBFS", mic, speaker)
	}
	until(t, "0.6 s of speaker", func() bool { // the file is right while it is being written
		pcm, err := wav.Load(out)
		return err == nil && len(pcm) > audio.Rate*6/10
	})
	pcm, err := wav.Load(out)
	if err != nil {
		t.Fatal(err)
	}
	if a := audiotest.Amplitude(pcm[audio.Rate/2:audio.Rate*6/10], 440); a < 4500 {
		t.Errorf("the tone is in the speaker with %.0f", a)
	}
	if s := c.State(); s.Input.Device.ID != "file-in" || s.Output.Device.ID != "file-out" || s.Input.Trouble != nil {
		t.Errorf("state %+v", s)
	}
}

func TestDevicesAreOpenOnlyWhenNeeded(t *testing.T) {
	c := console(t, device.Null())
	in := func() string { return c.State().Input.Device.ID }
	until(t, "listed", func() bool { return len(c.State().Devices) == 1 })
	if in() != "" {
		t.Error("open before it is needed")
	}
	c.Prepare()
	until(t, "prepared", func() bool { return in() == "null" })
	party := newWatcher(5)
	c.SetGraph(Graph{Parties: []Party{{Stream: party}}})
	wait(t, "sound", party.done)
	c.SetGraph(Graph{})
	began := time.Now()
	until(t, "closed", func() bool { return in() == "" })
	if d := time.Since(began); d < idleAfter-100*time.Millisecond || d > idleAfter+30*time.Second {
		t.Errorf("closed after %v", d)
	}
	blocks := c.Counters().Blocks
	time.Sleep(50 * time.Millisecond) // five blocks' time, in which nothing should happen
	if after := c.Counters().Blocks; after > blocks+1 {
		t.Errorf("%d blocks mixed while idle", after-blocks)
	}
	c.Tone(tone.DTMF('1')) // a key outside a call
	until(t, "open for a key", func() bool { return in() == "null" })
	until(t, "closed after a key", func() bool { return in() == "" })
}

// A recording is longer than a key: the devices stay for all of it, and are let go soon after.
func TestDevicesStayForARecording(t *testing.T) {
	c := console(t, device.Null())
	in := func() string { return c.State().Input.Device.ID }
	const long = idleAfter + idleAfter/4
	c.Play(&once{blocks: int(long / audio.BlockTime)})
	until(t, "open for it", func() bool { return in() == "null" })
	began := time.Now()
	until(t, "closed after it", func() bool { return in() == "" })
	if d := time.Since(began); d < long-100*time.Millisecond || d > long+30*time.Second {
		t.Errorf("%v of recording were given %v", long, d)
	}
	c.Play(&once{blocks: 1 << 30})
	until(t, "open for another", func() bool { return in() == "null" })
	c.Play(nil)
	until(t, "closed when it is stopped", func() bool { return in() == "" })
}

// nothing is a machine without any sound.
type nothing struct{ changes chan struct{} }

func (n nothing) Devices() []audio.Device                    { return nil }
func (n nothing) Changes() <-chan struct{}                   { return n.changes }
func (n nothing) Refresh() error                             { return nil }
func (n nothing) Input(string) (device.Input, error)         { return nil, device.ErrMissing }
func (n nothing) Output(string, bool) (device.Output, error) { return nil, device.ErrMissing }
func (n nothing) Close() error                               { return nil }

func TestCallGoesOnWithoutDevices(t *testing.T) {
	c := console(t, nothing{make(chan struct{})})
	party := newWatcher(50)
	began := time.Now()
	c.SetGraph(Graph{Parties: []Party{{Stream: party, Gain: 1, Listen: true}}})
	wait(t, "50 blocks", party.done)
	if d := time.Since(began); d < 450*time.Millisecond || d > 30*time.Second {
		t.Errorf("50 blocks took %v", d)
	}
	troubles := map[device.Kind]Trouble{}
	for len(troubles) < 2 {
		select {
		case e := <-c.Events():
			if tr, ok := e.(Trouble); ok {
				troubles[tr.Kind] = tr
			}
		case <-time.After(time.Minute):
			t.Fatalf("told only of %v", troubles)
		}
	}
	if tr := troubles[device.KindInput]; !errors.Is(tr.Err, device.ErrMissing) || tr.Busy {
		t.Errorf("trouble with the microphone: %+v", tr)
	}
	if s := c.State(); s.Output.Trouble == nil {
		t.Error("no trouble with the speaker in the state")
	}
}

func TestMailboxKeepsTheNewest(t *testing.T) {
	m := newMailbox()
	m.put(Trouble{Kind: device.KindInput, Device: "a"})
	m.put(DevicesChanged{})
	m.put(Trouble{Kind: device.KindOutput})
	m.put(DevicesChanged{})
	m.put(Recovered{Kind: device.KindInput, Device: "a"})
	var got []Event
	for {
		e, ok := m.take()
		if !ok {
			break
		}
		got = append(got, e)
	}
	if len(got) != 3 || got[0].(Trouble).Kind != device.KindOutput || got[1] != (DevicesChanged{}) || got[2].(Recovered).Kind != device.KindInput {
		t.Errorf("%+v", got)
	}
}

// The clock that stands in for a microphone is not set anew with each block that comes, and still rings when none has come
// for as long as it waits, no sooner.
func TestClockIsPutOffSeldom(t *testing.T) {
	beat, err := clock.New()
	if err != nil {
		t.Fatal(err)
	}
	defer beat.Close()
	c := &Console{clock: beat}
	set, began := 0, time.Now()
	for i := range 30 {
		was := c.rings
		c.at(began.Add(time.Hour + time.Duration(i)*audio.BlockTime))
		if c.rings != was {
			set++
		}
	}
	if set != 1 {
		t.Errorf("a clock that rings in an hour was set %d times", set)
	}
	c.at(began.Add(time.Minute))
	if want := began.Add(time.Minute); c.rings != want {
		t.Errorf("rings %v too late", c.rings.Sub(want))
	}
	c.at(time.Now().Add(grace / 4))
	c.at(time.Now().Add(grace)) // it would ring too soon
	if c.rings != c.next {
		t.Errorf("rings %v too soon", c.next.Sub(c.rings))
	}
	if err := beat.Wait(); err != nil || time.Now().Before(c.rings) {
		t.Errorf("rang %v too soon: %v", time.Until(c.rings), err)
	}
}
