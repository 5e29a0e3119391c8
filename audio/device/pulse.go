package device

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"svara/audio"
)

// pulseDevice is a sink or source of a sound server (PulseAudio, or PipeWire speaking its protocol).
type pulseDevice struct {
	audio.Device
	name string // the server's own name for it; stable for one piece of hardware
	pcm  string // the ALSA device by which PortAudio reaches it
}

const (
	sinkPrefix, sourcePrefix = "sink:", "source:"     // of our IDs
	defaultPCM               = "default"              // follows the server's choice; PortAudio fails without a device of this name
	pactlConnects            = 500 * time.Millisecond // by then a pactl without a server has given up
	pactlTimeout             = 3 * time.Second        // a server that hangs must not hang us
	sourceSettles            = 150 * time.Millisecond // after the last change of a microphone it is looked at
	dummySink                = "auto_null"            // what a server without any speaker shows
)

// pulseDevices asks the sound server for its devices. It fails when there is no server, or no pactl to ask it with.
func pulseDevices(ctx context.Context) ([]pulseDevice, error) {
	info, err := pactl(ctx, "info")
	if err != nil {
		return nil, err
	}
	sinks, err := pactl(ctx, "list", "sinks")
	if err != nil {
		return nil, err
	}
	sources, err := pactl(ctx, "list", "sources")
	if err != nil {
		return nil, err
	}
	return parsePulse(info, sinks, sources), nil
}

func pactl(ctx context.Context, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, pactlTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "pactl", args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8") // its words are translated otherwise
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("ask the sound server (pactl %s): %w", args[0], err)
	}
	return string(out), nil
}

// parsePulse reads pactl's lists. Sources that only listen to a sink are left out: they are no microphones.
func parsePulse(info, sinks, sources string) []pulseDevice {
	defaultSink, defaultSource := "", ""
	for line := range strings.Lines(info) {
		if v, ok := strings.CutPrefix(line, "Default Sink: "); ok {
			defaultSink = strings.TrimSpace(v)
		} else if v, ok := strings.CutPrefix(line, "Default Source: "); ok {
			defaultSource = strings.TrimSpace(v)
		}
	}
	var list []pulseDevice
	for _, s := range pulseBlocks(sources) {
		if s["Monitor of Sink"] != "n/a" {
			continue
		}
		list = append(list, pulseDevice{name: s["Name"], Device: audio.Device{
			ID: sourcePrefix + s["Name"], Name: s["Description"], Input: true, Default: s["Name"] == defaultSource, Muted: s["Mute"] == "yes",
		}})
	}
	for _, s := range pulseBlocks(sinks) {
		if s["Name"] == dummySink {
			continue
		}
		list = append(list, pulseDevice{name: s["Name"], Device: audio.Device{
			ID: sinkPrefix + s["Name"], Name: s["Description"], Output: true, Default: s["Name"] == defaultSink,
		}})
	}
	for i := range list {
		list[i].pcm = fmt.Sprintf("svara_%d", i)
		if list[i].Name == "" {
			list[i].Name = list[i].name
		}
	}
	return list
}

// pulseBlocks cuts pactl's output into one map of its first-level fields for each device that has a name.
func pulseBlocks(out string) []map[string]string {
	var blocks []map[string]string
	var block map[string]string
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\r\n")
		if line != "" && line[0] != '\t' && line[0] != ' ' {
			block = nil // "Sink #12"
			continue
		}
		field, ok := strings.CutPrefix(line, "\t")
		if !ok || strings.HasPrefix(field, "\t") || strings.HasPrefix(field, " ") {
			continue
		}
		key, value, ok := strings.Cut(field, ": ")
		if !ok {
			continue
		}
		if key == "Name" && block == nil {
			block = map[string]string{}
			blocks = append(blocks, block)
		}
		if block != nil {
			if _, twice := block[key]; !twice {
				block[key] = value
			}
		}
	}
	return blocks
}

// alsaConfig is an ALSA configuration with nothing in it but the sound server's devices. Gaps are the playback
// goroutine's affair: with handle_underrun ALSA would tear the stream down at each.
func alsaConfig(list []pulseDevice) string {
	var b strings.Builder
	fmt.Fprintf(&b, "pcm.%s { type pulse handle_underrun 0 }\n", defaultPCM)
	for _, d := range list {
		fmt.Fprintf(&b, "pcm.%s { type pulse device %s handle_underrun 0 }\n", d.pcm, alsaQuote(d.name))
	}
	return b.String()
}

var alsaEscaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func alsaQuote(s string) string { return `"` + alsaEscaper.Replace(s) + `"` }

// watchPulse calls changed when it has found a sound server and for each change that tells of, until ctx is done or the
// server goes. It reports whether there was one.
func watchPulse(ctx context.Context, changed func()) bool {
	cmd := exec.CommandContext(ctx, "pactl", "subscribe")
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	cmd.WaitDelay = time.Second
	out, err := cmd.StdoutPipe()
	if err != nil || cmd.Start() != nil {
		return false
	}
	// Success says nothing; failure ends at once.
	connected := time.AfterFunc(pactlConnects, changed)
	settled := time.AfterFunc(time.Hour, changed)
	defer settled.Stop()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		switch line := lines.Text(); {
		case notable(line):
			changed()
		case strings.Contains(line, "'change' on source #"): // it may have been muted; a moved volume says so many times
			settled.Reset(sourceSettles)
		}
	}
	_ = cmd.Wait() // it was killed, or its server went: both are expected
	return !connected.Stop()
}

// notable picks from "Event 'new' on sink #5" and its like what may change the list of devices. Other things come and go
// with every sound, and a device tells of its own volume and idling.
func notable(line string) bool {
	if strings.Contains(line, " on server") { // another default
		return true
	}
	device := strings.Contains(line, " on sink #") || strings.Contains(line, " on source #")
	return device && !strings.Contains(line, "'change'")
}
