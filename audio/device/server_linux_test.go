package device_test

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/device"
	"svara/audio/mix"
)

// pulse starts a PulseAudio of the test's own, with two speakers and a microphone made of null sinks: "headset" and
// "loud", and "mic", which says what is played into the sink "micin". It returns the ways to end it and to start it again.
func pulse(t *testing.T) (kill, start func()) {
	t.Helper()
	for _, tool := range []string{"pulseaudio", "pactl", "parec", "pacat"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(tool, " is missing: make test-deps installs it")
			}
			t.Skip(tool, " is missing: make test-deps installs it")
		}
	}
	dir := t.TempDir()
	t.Setenv("PULSE_RUNTIME_PATH", filepath.Join(dir, "run"))
	t.Setenv("HOME", dir)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, "config"))
	t.Setenv("PULSE_SERVER", "unix:"+filepath.Join(dir, "native"))
	if err := os.MkdirAll(filepath.Join(dir, "run"), 0o700); err != nil {
		t.Fatal(err)
	}
	var server *exec.Cmd
	var ended chan struct{}
	start = func() {
		server = exec.Command("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--realtime=no",
			"--high-priority=no", "--log-target=stderr", "--log-level=error",
			"-L", "module-null-sink sink_name=micin rate=48000 sink_properties=device.description=Feed",
			"-L", `module-remap-source source_name=mic master=micin.monitor source_properties='device.description="Studio Mic"'`,
			"-L", `module-null-sink sink_name=headset rate=48000 channels=1 sink_properties=device.description="Hörlur"`,
			"-L", "module-null-sink sink_name=loud rate=48000 sink_properties=device.description=Loudspeaker",
			"-L", "module-native-protocol-unix auth-anonymous=1 socket="+filepath.Join(dir, "native")) // last: all is there when it answers
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		ended = make(chan struct{})
		go func() {
			_ = server.Wait() // it is killed
			close(ended)
		}()
		until(t, "PulseAudio", func() bool { return exec.Command("pactl", "set-default-sink", "headset").Run() == nil })
		pactl(t, "set-default-source", "mic")
	}
	kill = func() {
		_ = server.Process.Kill() // again, after the test: it has ended
		<-ended
	}
	start()
	t.Cleanup(kill)
	return kill, start
}

func pactl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("pactl", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("pactl %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	for !ok() {
		select {
		case <-deadline:
			t.Fatal("never ", what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// listener records what a sink plays.
type listener struct {
	mu  sync.Mutex
	pcm []int16
}

func listen(t *testing.T, sink string) *listener {
	t.Helper()
	cmd := exec.Command("parec", "-d", sink+".monitor", "--rate=48000", "--channels=1", "--format=s16le", "--raw", "--latency-msec=20")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l := &listener{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 960)
		for {
			if _, err := io.ReadFull(out, buf); err != nil {
				return
			}
			l.mu.Lock()
			for i := 0; i < len(buf); i += 2 {
				l.pcm = append(l.pcm, int16(binary.LittleEndian.Uint16(buf[i:])))
			}
			l.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // ends anyway
		<-done
		_ = cmd.Wait() // killed
	})
	return l
}

// hears is how strong a frequency was in the last 200 ms.
func (l *listener) hears(freq float64) float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	const span = audio.Rate / 5
	if len(l.pcm) < span {
		return 0
	}
	return audiotest.Amplitude(l.pcm[len(l.pcm)-span:], freq)
}

// feed plays a tone into the microphone until the test ends.
func feed(t *testing.T, freq float64) {
	t.Helper()
	cmd := exec.Command("pacat", "-d", "micin", "--rate=48000", "--channels=1", "--format=s16le", "--raw", "--latency-msec=50")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var second []byte
		for _, v := range audiotest.Sine(audio.Rate, audio.Rate, freq, 8000) {
			second = binary.LittleEndian.AppendUint16(second, uint16(v))
		}
		for {
			if _, err := in.Write(second); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // ends anyway
		_ = cmd.Wait()         // killed
		<-done
	})
}

// singer is a party that sings a tone and listens.
type singer struct {
	freq float64

	mu    sync.Mutex
	heard []int16
}

func (s *singer) Read(block []int16) bool {
	copy(block, audiotest.Sine(len(block), audio.Rate, s.freq, 8000)) // whole periods in a block
	return true
}

func (s *singer) Write(block []int16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, block...)
}

func (s *singer) hears(freq float64) float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	const span = audio.Rate / 5
	if len(s.heard) < span {
		return 0
	}
	return audiotest.Amplitude(s.heard[len(s.heard)-span:], freq)
}

func (s *singer) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.heard)
}

func newConsole(t *testing.T) *mix.Console {
	t.Helper()
	c, err := mix.NewConsole(mix.Options{Backend: device.System(device.Options{})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// toneForever is a Source for the ring device.
type toneForever float64

func (f toneForever) Read(block []int16) bool {
	copy(block, audiotest.Sine(len(block), audio.Rate, float64(f), 8000))
	return true
}

// The whole way of sound through the sound server: by name, both directions, ring apart, changed while it runs.
func TestSoundThroughPulseAudio(t *testing.T) {
	pulse(t)
	feed(t, 600)
	headset, loud := listen(t, "headset"), listen(t, "loud")
	c := newConsole(t)

	until(t, "listed", func() bool { return len(c.State().Devices) == 4 })
	names := map[string]string{}
	for _, d := range c.State().Devices {
		names[d.ID] = d.Name
		if d.Default != (d.ID == "source:mic" || d.ID == "sink:headset") {
			t.Errorf("the system's choice: %+v", d)
		}
	}
	if names["sink:headset"] != "Hörlur" || names["sink:loud"] != "Loudspeaker" || names["source:mic"] != "Studio Mic" {
		t.Errorf("names: %v", names)
	}

	party := &singer{freq: 1000}
	c.Select(mix.Selection{Input: "source:mic", Output: "sink:headset", Ring: "sink:loud"})
	c.SetGraph(mix.Graph{Parties: []mix.Party{{Stream: party, Gain: 1, Listen: true}}})
	c.Ring(toneForever(800))
	until(t, "heard in the headset", func() bool { return headset.hears(1000) > 6000 })
	until(t, "rung on the loudspeaker", func() bool { return loud.hears(800) > 6000 })
	until(t, "sent to the party", func() bool { return party.hears(600) > 6000 })
	until(t, "apart", func() bool { // a tone that has just begun is a bit of every tone
		return headset.hears(1000) > 6000 && headset.hears(800) < 100 && loud.hears(800) > 6000 && loud.hears(1000) < 100
	})
	c.Ring(nil)
	until(t, "quiet", func() bool { return loud.hears(800) < 10 })

	c.Select(mix.Selection{Input: "source:mic", Output: "sink:loud"}) // in the middle of the call
	until(t, "moved to the loudspeaker", func() bool { return loud.hears(1000) > 6000 && headset.hears(1000) < 10 })

	// It finds out by itself how much must wait in the speaker so that nothing breaks; on a busy machine that is much.
	after := c.Counters()
	until(t, "without gaps", func() bool {
		before := after
		time.Sleep(time.Second) // a second of sound
		after = c.Counters()
		return after.Underruns == before.Underruns
	})
	t.Logf("%+v", after)
}

func TestHotPlugThroughPulseAudio(t *testing.T) {
	kill, start := pulse(t)
	c := newConsole(t)
	party := &singer{freq: 1000}
	c.Select(mix.Selection{Output: "sink:usb"})
	c.SetGraph(mix.Graph{Parties: []mix.Party{{Stream: party, Gain: 1, Listen: true}}})
	until(t, "stood in for", func() bool {
		s := c.State()
		return s.Output.Device.ID == "sink:headset" && s.Output.Trouble != nil && errors.Is(s.Output.Trouble.Err, device.ErrMissing)
	})
	until(t, "recording", func() bool { return c.State().Input.Device.ID == "source:mic" })

	module := pactl(t, "load-module", "module-null-sink", "sink_name=usb", "rate=48000")
	until(t, "plugged in", func() bool { return c.State().Output.Device.ID == "sink:usb" })
	usb := listen(t, "usb")
	until(t, "heard in it", func() bool { return usb.hears(1000) > 6000 })

	pactl(t, "unload-module", module)
	until(t, "back on the default", func() bool { return c.State().Output.Device.ID == "sink:headset" })
	headset := listen(t, "headset")
	until(t, "heard there", func() bool { return headset.hears(1000) > 6000 })

	kill() // the whole sound server
	until(t, "without devices", func() bool {
		s := c.State()
		return s.Input.Trouble != nil && s.Output.Trouble != nil && s.Output.Device.ID == ""
	})
	n := party.Count()
	until(t, "going on in silence", func() bool { return party.Count() > n+audio.Rate })

	start() // and it is back
	until(t, "on the default again", func() bool {
		s := c.State()
		return s.Output.Device.ID == "sink:headset" && s.Input.Device.ID == "source:mic"
	})
	again := listen(t, "headset")
	until(t, "heard again", func() bool { return again.hears(1000) > 6000 })
}

// talking is a console in a call with a party that sings.
func talking(t *testing.T, s mix.Selection) *mix.Console {
	t.Helper()
	c := newConsole(t)
	c.Select(s)
	c.SetGraph(mix.Graph{Parties: []mix.Party{{Stream: &singer{freq: 1000}, Gain: 1, Listen: true}}})
	return c
}

// A Bluetooth headset whose microphone is taken into use vanishes and comes back under another name and at another rate.
// It is the same one.
func TestDeviceComesBackAtAnotherRate(t *testing.T) {
	pulse(t)
	const properties = "sink_properties=device.serial=BT-1"
	module := pactl(t, "load-module", "module-null-sink", "sink_name=bt.a2dp", "rate=44100", properties)
	c := talking(t, mix.Selection{Output: "sink:serial:BT-1"})
	until(t, "in use", func() bool { return c.State().Output.Device.ID == "sink:serial:BT-1" })
	music := listen(t, "bt.a2dp")
	until(t, "heard in it", func() bool { return music.hears(1000) > 6000 })

	pactl(t, "unload-module", module)
	until(t, "stood in for", func() bool { s := c.State().Output; return s.Device.ID == "sink:headset" && s.Trouble != nil })
	pactl(t, "load-module", "module-null-sink", "sink_name=bt.hfp", "rate=16000", "channels=1", properties)
	until(t, "taken back", func() bool { s := c.State().Output; return s.Device.ID == "sink:serial:BT-1" && s.Trouble == nil })
	speech := listen(t, "bt.hfp")
	until(t, "heard in it again", func() bool { return speech.hears(1000) > 6000 })
}

// Where a person has moved the sound in the system's own mixer, it stays, until its device goes.
func TestMovedStreamStays(t *testing.T) {
	pulse(t)
	c := talking(t, mix.Selection{}) // which is the headset
	until(t, "in use", func() bool { return c.State().Output.Device.ID == "sink:headset" })
	stream := func() string {
		fields := strings.Fields(pactl(t, "list", "short", "sink-inputs"))
		if len(fields) == 0 {
			return ""
		}
		return fields[0]
	}
	until(t, "there is a stream to move", func() bool { return stream() != "" })
	pactl(t, "move-sink-input", stream(), "loud")
	until(t, "shown where it is", func() bool { return c.State().Output.Device.ID == "sink:loud" })
	loud := listen(t, "loud")
	until(t, "heard there", func() bool { return loud.hears(1000) > 6000 })

	module := pactl(t, "load-module", "module-null-sink", "sink_name=other")
	until(t, "listed", func() bool { return len(c.State().Devices) == 5 })
	pactl(t, "unload-module", module)
	until(t, "listed", func() bool { return len(c.State().Devices) == 4 })
	if s := c.State().Output; s.Device.ID != "sink:loud" || s.Trouble != nil {
		t.Errorf("%+v", s)
	}
}

// A device that the system has put to sleep plays nothing and says nothing: another is used until it does again.
func TestSleepingDeviceIsReplaced(t *testing.T) {
	pulse(t)
	c := talking(t, mix.Selection{Output: "sink:loud"})
	loud := listen(t, "loud")
	until(t, "heard", func() bool { return loud.hears(1000) > 6000 })
	time.Sleep(time.Second) // of sound: it has begun
	pactl(t, "suspend-sink", "loud", "1")
	until(t, "replaced", func() bool { s := c.State().Output; return s.Device.ID == "sink:headset" && s.Trouble != nil })
	pactl(t, "suspend-sink", "loud", "0")
	until(t, "taken back", func() bool { s := c.State().Output; return s.Device.ID == "sink:loud" && s.Trouble == nil })
	until(t, "heard again", func() bool { return loud.hears(1000) > 6000 })
}

func TestMutedInTheSystem(t *testing.T) {
	pulse(t)
	c := newConsole(t)
	muted := func() bool {
		for _, d := range c.State().Devices {
			if d.ID == "source:mic" {
				return d.Muted
			}
		}
		return false
	}
	pactl(t, "set-source-mute", "mic", "1")
	until(t, "muted", muted)
	pactl(t, "set-source-mute", "mic", "0")
	until(t, "not muted any more", func() bool { return !muted() })
	pactl(t, "set-source-volume", "mic", "0")
	until(t, "turned all the way down", muted)
	pactl(t, "set-source-volume", "mic", "1%")
	until(t, "up again", func() bool { return !muted() })
}

// PortAudio would end the process there.
func TestNoServerAndNoALSA(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=TestListsNothing")
	cmd.Env = append(os.Environ(), "PULSE_SERVER=unix:/nonexistent", "ALSA_CONFIG_PATH=/dev/null", "SVARA_NO_SOUND=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// TestListsNothing is what TestNoServerAndNoALSA runs: ALSA reads its configuration once in a process.
func TestListsNothing(t *testing.T) {
	if os.Getenv("SVARA_NO_SOUND") == "" {
		return
	}
	b := device.System(device.Options{})
	if list := b.Devices(); len(list) > 0 {
		t.Errorf("%+v", list)
	}
	if _, err := b.Output("", false); err == nil {
		t.Error("a speaker out of nothing")
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}
