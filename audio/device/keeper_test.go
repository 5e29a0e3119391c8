package device

import (
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/tone"
)

func TestChosenElseDefault(t *testing.T) {
	f := newFake(mic("built-in", true), mic("headset", false), speaker("loud", true), speaker("quiet", false))
	k := keep(t, f)
	k.Select(Selection{Input: "headset", Output: "quiet"})
	k.Open()
	k.until("open", func(s State) bool { return s.Input.Device.ID == "headset" && s.Output.Device.ID == "quiet" })

	k.Select(Selection{Output: "loud"}) // in the middle of a call
	k.until("changed", func(s State) bool { return s.Input.Device.ID == "built-in" && s.Output.Device.ID == "loud" })

	k.Release()
	k.until("closed", func(s State) bool { return s.Input.Device.ID == "" && s.Output.Device.ID == "" })
	if k.Microphone() != nil || k.Speaker() != nil {
		t.Error("streams are left")
	}
}

func TestMissingIsToldAndTheDeviceTakenWhenItComes(t *testing.T) {
	f := newFake(mic("built-in", true), speaker("loud", true))
	k := keep(t, f)
	k.Select(Selection{Input: "headset"})
	k.Open()
	tr, ok := k.next(KindInput).(Trouble)
	if !ok || !errors.Is(tr.Err, ErrMissing) || tr.Device != "headset" || tr.Instead != "the built-in" || tr.Busy {
		t.Errorf("%+v", tr)
	}
	k.until("stood in for", func(s State) bool { return s.Input.Device.ID == "built-in" && s.Input.Trouble != nil })
	f.mu.Lock()
	f.unlisted["headset"] = true // as with PortAudio: everything must be closed once to reach it
	f.mu.Unlock()
	f.plug(mic("headset", false))
	if r, ok := k.next(KindInput).(Recovered); !ok || r.Device != "headset" {
		t.Errorf("%+v", r)
	}
	k.until("all open again", func(s State) bool {
		return s.Input.Device.ID == "headset" && s.Input.Trouble == nil && s.Output.Device.ID == "loud"
	})
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refreshes != 1 {
		t.Errorf("listed anew %d times", f.refreshes)
	}
}

func TestBusyIsTold(t *testing.T) {
	f := newFake(mic("built-in", true), speaker("loud", true), speaker("headset", false))
	f.busy["headset"] = true
	k := keep(t, f)
	k.Select(Selection{Output: "headset"})
	k.Open()
	tr, ok := k.next(KindOutput).(Trouble)
	if !ok || !tr.Busy || tr.Name != "the headset" || tr.Instead != "the loud" {
		t.Errorf("%+v", tr)
	}
	f.change(func() { // free again; a change of the list is what makes it tried at once
		delete(f.busy, "headset")
		f.devices = append(f.devices[:len(f.devices):len(f.devices)], mic("other", false))
	})
	if r, ok := k.next(KindOutput).(Recovered); !ok || r.Device != "headset" {
		t.Errorf("%+v", r)
	}
}

// A device that blocks in open holds up nobody: the others are opened, what is wrong is told, it is used when it has opened
// after all, and closed when nobody wants it any more by then.
func TestDeviceThatBlocksInOpen(t *testing.T) {
	f := newFake(mic("built-in", true), mic("usb mic", false), speaker("loud", true), speaker("headset", false))
	headset, usb := make(chan struct{}), make(chan struct{})
	f.slow["headset"], f.slow["usb mic"] = headset, usb
	k := keep(t, f)
	k.Select(Selection{Input: "usb mic", Output: "headset"})
	k.Open()
	for _, kind := range []Kind{KindInput, KindOutput} {
		if tr, ok := k.next(kind).(Trouble); !ok || tr.Instead == "" || !errors.Is(tr.Err, errSlow) || !tr.Dead {
			t.Errorf("%s: %+v", kind, tr)
		}
	}
	k.until("others in their place", func(s State) bool { return s.Input.Device.ID == "built-in" && s.Output.Device.ID == "loud" })
	close(headset)
	if r, ok := k.next(KindOutput).(Recovered); !ok || r.Device != "headset" {
		t.Errorf("%+v", r)
	}
	k.Select(Selection{Output: "headset"})
	k.until("another microphone", func(s State) bool { return s.Input.Device.ID == "built-in" })
	k.Release()
	k.until("closed", func(s State) bool { return s.Input.Device.ID == "" && s.Output.Device.ID == "" })
	close(usb)
	for limit := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		f.mu.Lock()
		open, opened := f.open, slices.ContainsFunc(f.streams, func(s *fakeStream) bool { return s.device.ID == "usb mic" })
		f.mu.Unlock()
		if opened && open == 0 {
			break
		}
		if time.Now().After(limit) {
			t.Fatalf("%d streams open, the slow microphone opened: %v", open, opened)
		}
	}
}

func TestStalledDeviceIsReplacedWithinASecond(t *testing.T) {
	for _, kind := range []Kind{KindInput, KindOutput} {
		f := newFake(mic("built-in", true), mic("usb mic", false), speaker("loud", true), speaker("usb out", false))
		k := keep(t, f)
		k.Select(Selection{Input: "usb mic", Output: "usb out"})
		k.Open()
		k.until("open", func(s State) bool { return s.Input.Device.ID == "usb mic" && s.Output.Device.ID == "usb out" })
		// Sound must flow before it can stop.
		deadline := time.Now().Add(time.Minute)
		for k.Microphone().progress.Load() < begun || k.Speaker().progress.Load() < begun {
			blocks(k)
			if time.Now().After(deadline) {
				t.Fatal("no sound flows")
			}
			time.Sleep(time.Millisecond)
		}
		gone, back := "usb mic", "built-in"
		if kind == KindOutput {
			gone, back = "usb out", "loud"
		}
		f.stop(gone)
		began := time.Now()
		stop := make(chan struct{})
		fed := make(chan struct{})
		go func() { // the audio loop
			defer close(fed)
			for {
				select {
				case <-stop:
					return
				case <-time.After(10 * time.Millisecond):
					blocks(k)
				}
			}
		}()
		k.until("replaced", func(s State) bool {
			if kind == KindInput {
				return s.Input.Device.ID == back
			}
			return s.Output.Device.ID == back
		})
		if d := time.Since(began); d > 10*time.Second { // the watch itself is tested by its own clock
			t.Errorf("%s: replaced after %v", kind, d)
		}
		if tr, ok := k.next(kind).(Trouble); !ok || tr.Instead != "the "+back {
			t.Errorf("%+v", tr)
		}
		close(stop)
		<-fed
		if kind == KindOutput {
			continue
		}
		f.unplug(gone)
		k.until("unlisted", func(s State) bool { return len(s.Devices) == 3 })
		f.plug(mic(gone, false)) // plugged in again
		if r, ok := k.next(kind).(Recovered); !ok || r.Device != gone {
			t.Errorf("%+v", r)
		}
	}
}

func blocks(k *kept) {
	if p := k.Speaker(); p != nil {
		p.Ring.Write(make([]int16, audio.BlockSize))
		p.Signal()
	}
}

func TestRingHasItsOwnDevice(t *testing.T) {
	f := newFake(mic("built-in", true), speaker("headset", true), speaker("loud", false))
	k := keep(t, f)
	k.Select(Selection{Ring: "loud"})
	k.Ring(tone.Plan("se").Ring())
	k.until("ringing", func(s State) bool { return s.Ring.Device.ID == "loud" })
	if s := k.State(); s.Input.Device.ID != "" || s.Output.Device.ID != "" {
		t.Error("ringing opens microphone or speaker")
	}
	f.unplug("loud")
	f.stop("loud")
	k.until("ringing elsewhere", func(s State) bool { return s.Ring.Device.ID == "headset" })
	k.Ring(nil)
	k.until("quiet", func(s State) bool { return s.Ring.Device.ID == "" })
}

func TestNoDeviceAtAllThenOne(t *testing.T) {
	f := newFake()
	k := keep(t, f)
	k.Open()
	for _, kind := range []Kind{KindInput, KindOutput} {
		if tr, ok := k.next(kind).(Trouble); !ok || !errors.Is(tr.Err, ErrMissing) || tr.Instead != "" {
			t.Errorf("%+v", tr)
		}
	}
	f.plug(mic("headset", true))
	if r, ok := k.next(KindInput).(Recovered); !ok || r.Device != "headset" {
		t.Errorf("%+v", r)
	}
}

func TestSystemsChoiceIsFollowed(t *testing.T) {
	f := newFake(mic("built-in", true), speaker("loud", true), speaker("headset", false))
	k := keep(t, f)
	k.Open()
	k.until("open", func(s State) bool { return s.Output.Device.ID == "loud" })
	f.change(func() {
		f.devices = []audio.Device{mic("built-in", true), speaker("loud", false), speaker("headset", true)}
	})
	k.until("followed", func(s State) bool { return s.Output.Device.ID == "headset" && s.Output.Trouble == nil })
}

// Time in which we did not run is not held against a device; time in which we watched it is.
func TestOnlyWatchedTimeCounts(t *testing.T) {
	f := newFake(mic("built-in", true), mic("usb mic", false), speaker("loud", true))
	k, err := newKeeper(f, slog.New(slog.DiscardHandler), func(Event) {}) // the test is its goroutine
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		for _, p := range k.places {
			k.shut(p)
		}
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	}()
	k.list()
	k.Select(Selection{Input: "usb mic"})
	k.Open()
	now := time.Now()
	k.tidy(now)
	port := k.Microphone()
	for port.progress.Load() < begun {
		<-port.Wake
	}
	f.stop("usb mic")
	for was := uint64(0); was != port.progress.Load(); { // what was being read when it stopped
		was = port.progress.Load()
		time.Sleep(20 * time.Millisecond) // two of its periods
	}
	look := func(after time.Duration, want bool) {
		t.Helper()
		now = now.Add(after)
		k.tidy(now)
		if same := k.Microphone() == port; same != want {
			t.Fatalf("%v after the last look: the same stream %v", after, same)
		}
	}
	look(checkEvery, true) // the last progress is seen
	look(10*time.Second, true)
	for range int((stalled - maxLook) / checkEvery) {
		look(checkEvery, true)
	}
	look(checkEvery, false)
	if s := k.State(); s.Input.Device.ID != "built-in" {
		t.Errorf("%+v", s.Input)
	}
}

// watch is a keeper whose goroutine is the test, and what it told of the microphone.
type watch struct {
	*Keeper
	now  time.Time
	told []Event
}

func newWatch(t *testing.T, f *fake, chosen string) *watch {
	t.Helper()
	w := &watch{now: time.Now()}
	var err error
	w.Keeper, err = newKeeper(f, slog.New(slog.DiscardHandler), func(e Event) {
		switch e := e.(type) {
		case Trouble:
			if e.Kind == KindInput {
				w.told = append(w.told, e)
			}
		case Recovered:
			if e.Kind == KindInput {
				w.told = append(w.told, e)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, p := range w.places {
			w.shut(p)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	w.list()
	w.Select(Selection{Input: chosen})
	w.Open()
	return w
}

// pass looks at the devices for as long as that, by the keeper's clock.
func (w *watch) pass(d time.Duration) {
	for end := w.now.Add(d); w.now.Before(end); w.now = w.now.Add(checkEvery) {
		w.tidy(w.now)
	}
}

// recovers passes time, by live, until a microphone has been opened again, waits for sound of it, and lets that be told.
func (w *watch) recovers(t *testing.T, id string, live func()) {
	t.Helper()
	before, limit := w.Microphone(), time.After(time.Minute)
	for range time.Hour / checkEvery {
		live()
		if p := w.Microphone(); p == nil || p == before || p.device.ID != id {
			continue
		}
		select {
		case <-w.Microphone().Wake:
		case <-limit:
			t.Fatal("no sound of the microphone")
		}
		w.pass(checkEvery)
		return
	}
	t.Fatal("the microphone is not tried again within an hour")
}

// A chosen microphone that opens, and nothing comes of it, is told of once and another stands in, ever longer, since each
// time it is tried again is a gap. It is well again when something comes of it, not when it opens.
func TestDeviceThatOpensAndGivesNothing(t *testing.T) {
	f := newFake(mic("built-in", true), mic("usb mic", false), speaker("loud", true))
	f.dead["usb mic"] = true
	w := newWatch(t, f, "usb mic")
	w.pass(hesitation + 3*checkEvery)
	if s := w.State(); s.Input.Device.ID != "built-in" || s.Input.Trouble == nil {
		t.Fatalf("after %v: %+v", hesitation, s.Input)
	}
	tried := func() int {
		f.mu.Lock()
		defer f.mu.Unlock()
		n := 0
		for _, s := range f.streams {
			if s.device.ID == "usb mic" {
				n++
			}
		}
		return n
	}
	live := func() { // what stands in gives sound by the keeper's clock
		if p := w.Microphone(); p != nil && p.device.ID == "built-in" {
			p.progress.Add(1)
		}
		w.pass(checkEvery)
	}
	for range 5 * time.Minute / checkEvery {
		live()
	}
	if n := tried(); n < 3 || n > 6 {
		t.Errorf("tried %d times in five minutes", n)
	}
	if len(w.told) != 1 {
		t.Fatalf("told %d times: %+v", len(w.told), w.told)
	}
	if tr, ok := w.told[0].(Trouble); !ok || tr.Device != "usb mic" || tr.Instead != "the built-in" || !tr.Dead {
		t.Errorf("%+v", w.told[0])
	}
	f.mu.Lock()
	delete(f.dead, "usb mic")
	f.mu.Unlock()
	w.recovers(t, "usb mic", live)
	if r, ok := w.told[len(w.told)-1].(Recovered); !ok || r.Device != "usb mic" || w.State().Input.Trouble != nil {
		t.Errorf("%+v, %+v", w.told[1:], w.State().Input)
	}
}

// The only microphone there is, of which nothing comes, is told of too, and tried again.
func TestOnlyDeviceGivesNothing(t *testing.T) {
	for _, chosen := range []string{"", "built-in"} {
		f := newFake(mic("built-in", true), speaker("loud", true))
		f.dead["built-in"] = true
		w := newWatch(t, f, chosen)
		w.pass(time.Minute)
		if len(w.told) != 1 || w.State().Input.Trouble == nil {
			t.Fatalf("chosen %q: told %+v; %+v", chosen, w.told, w.State().Input)
		}
		if tr, ok := w.told[0].(Trouble); !ok || tr.Instead != "" || !errors.Is(tr.Err, errStalled) {
			t.Errorf("chosen %q: %+v", chosen, w.told[0])
		}
		f.mu.Lock()
		delete(f.dead, "built-in")
		f.mu.Unlock()
		w.recovers(t, "built-in", func() { w.pass(checkEvery) })
		if _, ok := w.told[len(w.told)-1].(Recovered); !ok || w.State().Input.Trouble != nil {
			t.Errorf("chosen %q: %+v, %+v", chosen, w.told[1:], w.State().Input)
		}
	}
}
