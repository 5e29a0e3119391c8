package voice

import (
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
)

func BenchmarkProcess(b *testing.B) {
	far := audiotest.Scaled(audiotest.Talk(10*second, 7), -20)
	room := audiotest.Room{Delay: 80, Tail: 150, Loss: 6, Seed: 3}
	mic := audiotest.Mixed(room.Echo(far), audiotest.Noise(len(far), 30, 4))
	for _, c := range []struct {
		name string
		set  Settings
	}{
		{"nothing", Settings{}},
		{"echo", Settings{Echo: true}},
		{"noise", Settings{Noise: NoiseMedium}},
		{"level", Settings{AutoLevel: true}},
		{"all", Settings{Echo: true, Noise: NoiseMedium, AutoLevel: true, HighPass: true}},
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
			at := 0
			for b.Loop() {
				copy(block[:], mic[at:])
				if _, err := p.Process(far[at:at+audio.BlockSize], block[:], 60); err != nil {
					b.Fatal(err)
				}
				at = (at + audio.BlockSize) % (len(far) - audio.BlockSize)
			}
		})
	}
}
