// Package bench measures what a person would feel, beside baresip in the same run on the same machine: make bench.
package bench

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
	"svara/phone/phonetest/speech"
)

// row is one line of the table.
type row struct {
	what, ours, theirs, target string
	met                        bool
}

type table []row

func (t *table) add(what, ours, theirs, target string, met bool) {
	*t = append(*t, row{what, ours, theirs, target, met})
}

func (t table) print() {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nwhat\tSvara\tbaresip\ttarget\tmet")
	for _, r := range t {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.what, r.ours, r.theirs, r.target, map[bool]string{true: "yes", false: "NO"}[r.met])
	}
	w.Flush()
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/1e6) }

func percent(share float64) string { return fmt.Sprintf("%.1f %%", share) }

func sorted(d []time.Duration) []time.Duration {
	d = slices.Clone(d)
	slices.Sort(d)
	return d
}

// percentile of at least one duration; p is 0..1.
func percentile(d []time.Duration, p float64) time.Duration {
	d = sorted(d)
	return d[min(len(d)-1, int(math.Ceil(p*float64(len(d))))-1+btoi(p == 0))]
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func trips(d []time.Duration) string {
	if len(d) == 0 {
		return "nothing came back"
	}
	return fmt.Sprintf("%s (p95 %s, %d back)", ms(percentile(d, .5)), ms(percentile(d, .95)), len(d))
}

// load is what one running program costs over some seconds of sound.
func load(p *phonetest.Process, r *phonetest.Recording, length time.Duration, t testing.TB) (share, memory float64) {
	from, begun := p.CPU(), time.Now()
	until := r.Length() + length
	phonetest.Until(t, length+20*time.Second, "sound", func() bool { return r.Length() >= until })
	return 100 * float64(p.CPU()-from) / float64(time.Since(begun)), p.Memory()
}

// talking is load while somebody talks into the microphone, whose words the line brings back: sound both ways, and the
// encoder, the decoder and all that cleans the microphone at work.
func talking(p *phonetest.Process, pulse *phonetest.Pulse, r *phonetest.Recording, t testing.TB) (share float64) {
	said := pulse.Speak(speech.Sample(loadTime + 10*time.Second))
	defer said.End(time.Second)
	until := r.Length() + time.Second // the sound server has begun
	phonetest.Until(t, 20*time.Second, "sound", func() bool { return r.Length() >= until })
	share, _ = load(p, r, loadTime, t)
	return share
}

const (
	chirps   = 20
	loadTime = 20 * time.Second

	// settleTime is by when a phone that has been started is idle: what only its start needed is given back after 10 s.
	settleTime = 15 * time.Second
)

// BenchmarkFigures prints the table. Run it once: -benchtime 1x.
func BenchmarkFigures(b *testing.B) {
	for range b.N {
		var t table
		for _, part := range []struct {
			name    string
			measure func(*testing.B, *table)
		}{{"calls", calls}, {"networks", networks}, {"starts", starts}, {"quick", quick}, {"many", many}, {"lamps", lamps}, {"people", people}, {"windows", windows}, {"soak", soak}} {
			b.Run(part.name, func(b *testing.B) { part.measure(b, &t) })
		}
		t.print()
	}
}

// calls measures one Opus call with the PBX's echo through PulseAudio, of both phones one after the other.
func calls(b *testing.B, t *table) {
	a := phonetest.StartAsterisk(b, phonetest.AsteriskConfig{})
	p := phonetest.StartPulse(b)

	theirs := phonetest.StartBaresip(b, phonetest.BaresipConfig{User: "1002", Domain: a.Addr(), Env: p.Env()})
	phonetest.Until(b, 20*time.Second, "baresip is registered", func() bool { return a.Registered("1002") })
	theirs.Command("dial", phonetest.NumberEcho)
	phonetest.Until(b, 20*time.Second, "baresip is in a call", func() bool { return len(a.Channels()) == 1 })
	theirTrips := phonetest.RoundTrips(b, p, chirps)
	r := p.Record()
	theirShare, theirMemory := load(theirs.Process, r, loadTime, b)
	theirTalk := talking(theirs.Process, p, r, b)
	r.Stop()
	theirs.Command("hangup", "")
	theirs.End(5 * time.Second)
	phonetest.Until(b, 20*time.Second, "the line is free", func() bool { return len(a.Channels()) == 0 })

	ours := phonetest.StartSvara(b, phonetest.SvaraConfig{Audio: "portaudio", Env: p.Env()})
	ours.SignIn("1001", a.Addr())
	call := ours.Talk(phonetest.NumberEcho)
	phonetest.Until(b, 5*time.Second, "the codec is Opus", func() bool { return strings.EqualFold(ours.Call(call).Codec, "opus") })
	ourTrips := phonetest.RoundTrips(b, p, chirps)
	r = p.Record()
	cleanShare, ourMemory := load(ours.Process, r, loadTime, b)
	cleanTalk := talking(ours.Process, p, r, b)
	for key, value := range map[string]string{phone.KeyEchoCancel: "false", phone.KeyNoise: "off", phone.KeyAutoLevel: "false", phone.KeyHighPass: "false"} {
		ours.Must("set", key, value)
	}
	ourShare, _ := load(ours.Process, r, loadTime, b)
	ourTalk := talking(ours.Process, p, r, b)
	r.Stop()
	ours.Must("hangup", call)
	ours.Quit()

	met := len(ourTrips) >= chirps*8/10 && len(theirTrips) > 0 && float64(percentile(ourTrips, .5)) <= .35*float64(percentile(theirTrips, .5))
	t.add("round trip, Opus, PulseAudio, PBX echo", trips(ourTrips), trips(theirTrips), "<= 0.35 x baresip", met)
	t.add("CPU of one Opus call, headless, microphone as it is, nobody talks", percent(ourShare), percent(theirShare), "<= 1.0 x baresip", ourShare <= theirShare)
	t.add("the same while both sides talk", percent(ourTalk), percent(theirTalk), "<= 1.0 x baresip", ourTalk <= theirTalk)
	t.add("with echo, noise, hum and level mended, nobody talks", percent(cleanShare), "-", "<= 3 %", cleanShare <= 3)
	t.add("the same while both sides talk", percent(cleanTalk), "-", "<= 3 %", cleanTalk <= 3)
	t.add("memory in that call", fmt.Sprintf("%.0f MB", ourMemory), fmt.Sprintf("%.0f MB", theirMemory), "<= 40 MB", ourMemory <= 40)
}

// rendererParts are Mesa's software renderer, which a computer with a graphics card does not load.
var rendererParts = []string{"libLLVM", "swrast"}

// starts measures from the start of the process to being of use.
func starts(b *testing.B, t *table) {
	a := phonetest.StartAsterisk(b, phonetest.AsteriskConfig{})
	var headless, theirs, toWindow, toRegistered []time.Duration
	var window, renderer float64
	s := phonetest.StartSvara(b, phonetest.SvaraConfig{Audio: "null"})
	s.SignIn("1001", a.Addr())
	time.Sleep(settleTime)
	idle := s.Memory()
	s.Quit()
	for range 5 {
		begun := time.Now()
		again := phonetest.StartSvara(b, phonetest.SvaraConfig{Audio: "null", Profile: s.Profile, Env: s.Home()})
		again.Must("wait", "registered", "--timeout", "20s")
		headless = append(headless, time.Since(begun))
		again.Quit()
		begun = time.Now()
		other := phonetest.StartBaresip(b, phonetest.BaresipConfig{User: "1002", Domain: a.Addr(), Audio: "aufile,/dev/null"})
		phonetest.Until(b, 20*time.Second, "baresip is registered", func() bool { return strings.Contains(other.Output(), "200 OK") })
		theirs = append(theirs, time.Since(begun))
		other.End(5 * time.Second)
	}
	screen := phonetest.StartScreen(b, 1280, 900)
	screen.Keyring()
	for i := range 5 {
		begun := time.Now()
		w := phonetest.StartSvara(b, phonetest.SvaraConfig{Audio: "null", Profile: s.Profile, Window: true, Env: append(s.Home(), screen.Env()...)})
		w.Must("wait", "registered", "--timeout", "20s")
		toRegistered = append(toRegistered, time.Since(begun))
		var status struct {
			StartupMS int64 `json:"startup_ms"`
		}
		phonetest.Until(b, 20*time.Second, "the first frame", func() bool {
			w.Ask(&status, "status")
			return status.StartupMS > 0
		})
		toWindow = append(toWindow, time.Duration(status.StartupMS)*time.Millisecond)
		if i == 0 {
			<-time.After(settleTime)
			window, renderer = w.Memory(), w.Mapped(rendererParts...)
		}
		w.Quit()
	}
	t.add("start to window (first frame)", ms(percentile(toWindow, .5)), "-", "<= 500 ms", percentile(toWindow, .5) <= 500*time.Millisecond)
	t.add("start to registered, window", ms(percentile(toRegistered, .5)), "-", "<= 1 s", percentile(toRegistered, .5) <= time.Second)
	t.add("start to registered, headless", ms(percentile(headless, .5)), ms(percentile(theirs, .5)), "<= 1 s", percentile(headless, .5) <= time.Second)
	t.add("memory, window idle, of which the software renderer", fmt.Sprintf("%.0f MB, %.0f MB", window, renderer), "-", "<= 140 MB without it", window-renderer <= 140)
	t.add("memory, headless idle", fmt.Sprintf("%.0f MB", idle), "-", "<= 40 MB", idle <= 40)
}

// quick measures the reactions a person waits for, in the program with its window.
func quick(b *testing.B, t *table) {
	screen := phonetest.StartScreen(b, 1280, 900)
	screen.Keyring()
	a := phonetest.StartAsterisk(b, phonetest.AsteriskConfig{})
	s := phonetest.StartSvara(b, phonetest.SvaraConfig{
		Microphone: sound.Steady(500, -20), Window: true, Env: screen.Env(), Settings: map[string]string{phone.KeyAllowDirect: "true", phone.KeyFirstStart: "false"},
	})
	s.SignIn("1001", a.Addr())
	peer := newPeer(b, a.Contact("1001"))
	c := peer.control(s.Profile)
	const rounds = 20
	var ringing, card, answered, invited, referred []time.Duration
	for range rounds {
		<-peer.pace.C
		r, k, w := peer.callIn(c)
		ringing, card, answered = append(ringing, r), append(card, k), append(answered, w)
	}
	for range rounds {
		invited = append(invited, peer.callOut(c))
	}
	for range rounds {
		referred = append(referred, peer.transferred(c))
	}
	limit := 50 * time.Millisecond
	say := func(d []time.Duration) string {
		return fmt.Sprintf("%s (p95 %s)", ms(percentile(d, .5)), ms(percentile(d, .95)))
	}
	t.add("INVITE in to 180 out, window", say(ringing), "-", "p95 <= 50 ms", percentile(ringing, .95) <= limit)
	t.add("INVITE in to the guests' snapshot", say(card), "-", "p95 <= 50 ms", percentile(card, .95) <= limit)
	t.add("answer to 200 out, window", say(answered), "-", "p95 <= 50 ms", percentile(answered, .95) <= limit)
	t.add("dial to INVITE out, window", say(invited), "-", "p95 <= 50 ms", percentile(invited, .95) <= limit)
	t.add("transfer to REFER out, held first, window", say(referred), "-", "p95 <= 50 ms", percentile(referred, .95) <= limit)
}
