//go:build unix

package voice

import (
	"syscall"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/audiotest"
)

// used is the processor time of this process so far.
func used() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func BenchmarkProcess(b *testing.B) {
	far := audiotest.Scaled(audiotest.Talk(10*second, 7), -20)
	room := audiotest.Room{Delay: 80, Tail: 150, Loss: 6, Seed: 3}
	mic := audiotest.Mixed(room.Echo(far), audiotest.Noise(len(far), 30, 4))
	for _, c := range []struct {
		name string
		far  []int16
		set  Settings
	}{
		{"nothing", far, Settings{}},
		{"echo", far, Settings{Echo: true}},
		{"echo, far silent", make([]int16, len(far)), Settings{Echo: true}},
		{"noise", far, Settings{Noise: NoiseMedium}},
		{"level", far, Settings{AutoLevel: true}},
		{"all", far, everything},
		{"all, far silent", make([]int16, len(far)), everything},
	} {
		b.Run(c.name, func(b *testing.B) {
			p, err := New()
			if err != nil {
				b.Fatal(err)
			}
			defer p.Close()
			if err := p.Set(c.set); err != nil {
				b.Fatal(err)
			}
			var block [audio.BlockSize]int16
			b.ReportAllocs()
			at, begun := 0, used()
			for b.Loop() {
				copy(block[:], mic[at:])
				if _, err := p.Process(c.far[at:at+audio.BlockSize], block[:], 60); err != nil {
					b.Fatal(err)
				}
				at = (at + audio.BlockSize) % (len(far) - audio.BlockSize)
			}
			b.ReportMetric(float64(used()-begun)/float64(b.N), "cpu-ns/op") // what a busy machine does not change
		})
	}
}

// busy is what a machine does between two blocks: other programs' data and code take the place of ours.
var busy [8 << 20]byte

// BenchmarkProcessBetweenOthers is what a block costs in a call, where 10 ms pass before the next: ten microseconds are a
// thousandth of a core. Speech both ways.
func BenchmarkProcessBetweenOthers(b *testing.B) {
	far, near := audiotest.Scaled(audiotest.Talk(10*second, 7), -20), audiotest.Scaled(audiotest.Talk(10*second, 8), -24)
	room := audiotest.Room{Delay: 80, Tail: 150, Loss: 6, Seed: 3}
	mic := audiotest.Mixed(room.Echo(far), near, audiotest.Noise(len(far), 30, 4))
	p, err := New()
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	if err := p.Set(everything); err != nil {
		b.Fatal(err)
	}
	var block [audio.BlockSize]int16
	var spent time.Duration
	at := 0
	for b.Loop() {
		for i := 0; i < len(busy); i += 64 {
			busy[i]++
		}
		copy(block[:], mic[at:])
		begun := used()
		if _, err := p.Process(far[at:at+audio.BlockSize], block[:], 60); err != nil {
			b.Fatal(err)
		}
		spent += used() - begun
		at = (at + audio.BlockSize) % (len(far) - audio.BlockSize)
	}
	b.ReportMetric(float64(spent)/float64(b.N), "cpu-ns/block")
}
