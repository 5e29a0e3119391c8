package phonetest

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"svara/phone/phonetest/sound"
)

// Pulse is a private PulseAudio with a sound card made of null sinks. Microphone and speaker are the two channels of one
// device, so that a recording of both is locked to the sample:
//
//	Play -> micin ──left──┐             ┌─left───> mic -> the phone's microphone
//	                      ├─> sink rig ─┤
//	phone -> spk ──right──┘             └─both───> Record
type Pulse struct {
	*Process
	dir string
}

// StartPulse starts the sound server and waits until its devices are there.
func StartPulse(t testing.TB) *Pulse {
	t.Helper()
	Need(t, "pulseaudio", "pactl", "parec", "paplay")
	// A socket's path is limited to 107 bytes, which a test's own folder may exceed.
	dir, err := os.MkdirTemp("", "svara-pulse-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := &Pulse{dir: dir}
	if err := os.Mkdir(p.home(), 0o700); err != nil {
		t.Fatal(err)
	}
	alsa := "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
	if err := os.WriteFile(filepath.Join(p.home(), ".asoundrc"), []byte(alsa), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Process = Start(t, StartOptions{Env: p.Env()}, "pulseaudio",
		"--daemonize=no", "--exit-idle-time=-1", "--realtime=no", "--high-priority=no", "-n",
		"-L", "module-native-protocol-unix",
		"-L", "module-null-sink sink_name=rig channels=2 channel_map=front-left,front-right rate=48000",
		"-L", "module-remap-sink sink_name=micin master=rig channels=1 channel_map=mono master_channel_map=front-left remix=no",
		"-L", "module-remap-sink sink_name=spk master=rig channels=1 channel_map=mono master_channel_map=front-right remix=no",
		"-L", "module-remap-source source_name=mic master=rig.monitor channels=1 channel_map=mono master_channel_map=front-left remix=no")
	p.Ready(20*time.Second, "having its devices", func() bool {
		out, err := Run(StartOptions{Env: p.Env()}, "pactl", "list", "short", "sources")
		return err == nil && strings.Contains(out, "\tmic\t")
	})
	p.Control("set-default-sink", "spk")
	p.Control("set-default-source", "mic")
	return p
}

func (p *Pulse) home() string { return filepath.Join(p.dir, "home") }

// Env is the environment that leads a program's sound here: PulseAudio's clients, and ALSA's default device.
func (p *Pulse) Env() []string {
	return []string{"PULSE_RUNTIME_PATH=" + p.dir, "PULSE_SERVER=unix:" + filepath.Join(p.dir, "native"), "HOME=" + p.home()}
}

// Control runs pactl.
func (p *Pulse) Control(args ...string) string {
	p.t.Helper()
	out, err := Run(StartOptions{Env: p.Env()}, "pactl", args...)
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

// Play plays s into the phone's microphone and returns when it has been played.
func (p *Pulse) Play(s []int16) {
	p.t.Helper()
	if _, err := Run(StartOptions{Env: p.Env()}, "paplay", "-d", "micin", p.wav(s)); err != nil {
		p.t.Fatal(err)
	}
}

// Speak begins to play s into the phone's microphone; it has ended with the process, or is ended with it.
func (p *Pulse) Speak(s []int16) *Process {
	p.t.Helper()
	return Start(p.t, StartOptions{Env: p.Env()}, "paplay", "-d", "micin", p.wav(s))
}

func (p *Pulse) wav(s []int16) string {
	p.t.Helper()
	file := filepath.Join(p.t.TempDir(), "play.wav")
	if err := sound.WriteWAV(file, s); err != nil {
		p.t.Fatal(err)
	}
	return file
}

// Recording is a running recording of microphone and speaker together.
type Recording struct {
	proc *Process
	file string
}

// Record starts recording; it runs when this returns.
func (p *Pulse) Record() *Recording {
	p.t.Helper()
	r := &Recording{file: filepath.Join(p.t.TempDir(), "record.raw")}
	r.proc = Start(p.t, StartOptions{Env: p.Env()}, "parec",
		"-d", "rig.monitor", "--rate=48000", "--channels=2", "--format=s16le", "--latency-msec=20", "--raw", r.file)
	r.proc.Ready(10*time.Second, "recording", func() bool {
		info, err := os.Stat(r.file)
		return err == nil && info.Size() > 0
	})
	return r
}

// Length is how much has been recorded so far.
func (r *Recording) Length() time.Duration {
	info, err := os.Stat(r.file)
	if err != nil {
		return 0
	}
	return sound.Duration(int(info.Size() / 4))
}

// Part is the two channels from one place of a running recording to another, which it must have reached.
func (r *Recording) Part(from, to time.Duration) (microphone, speaker []int16) {
	t := r.proc.t
	t.Helper()
	f, err := os.Open(r.file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	begin := max(0, sound.Samples(from))
	raw := make([]byte, 4*(sound.Samples(to)-begin))
	if _, err := f.ReadAt(raw, int64(4*begin)); err != nil {
		t.Fatal(err)
	}
	return channels(raw)
}

// Stop ends the recording and gives the two channels, of one length.
func (r *Recording) Stop() (microphone, speaker []int16) {
	t := r.proc.t
	t.Helper()
	r.proc.Signal(syscall.SIGINT)
	<-r.proc.Done()
	raw, err := os.ReadFile(r.file)
	if err != nil {
		t.Fatal(err)
	}
	return channels(raw)
}

func channels(raw []byte) (left, right []int16) {
	both := sound.Samples16(raw)
	for i := 0; i+1 < len(both); i += 2 {
		left, right = append(left, both[i]), append(right, both[i+1])
	}
	return left, right
}
