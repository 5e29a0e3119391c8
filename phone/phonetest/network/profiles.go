package network

import "time"

// Profile is a network with a name.
type Profile struct {
	Name string
	Impairment
}

// Profiles are the networks that sound is measured over, each with its seed.
func Profiles() []Profile {
	const ms = time.Millisecond
	out := []Profile{
		{"clean", Impairment{}},
		{"loss 1 %", Impairment{Loss: .01}},
		{"loss 3 %", Impairment{Loss: .03}},
		{"loss 5 %", Impairment{Loss: .05}},
		{"loss 10 %", Impairment{Loss: .1}},
		{"loss 20 %", Impairment{Loss: .2}},
		{"bursts 1 %", Impairment{Loss: .01, Burst: 3}},
		{"bursts 3 %", Impairment{Loss: .03, Burst: 3}},
		{"bursts 5 %", Impairment{Loss: .05, Burst: 3}},
		{"bursts 10 %", Impairment{Loss: .1, Burst: 3}},
		{"bursts 20 %", Impairment{Loss: .2, Burst: 3}},
		{"jitter N(0,10)", Impairment{Delay: 40 * ms, Jitter: 10 * ms}},
		{"jitter N(0,30)", Impairment{Delay: 100 * ms, Jitter: 30 * ms}},
		{"spikes of 150 ms", Impairment{SpikeEvery: 5000 * ms, Spike: 150 * ms, InOrder: true}},
		{"step of 60 ms", Impairment{Step: 60 * ms, StepFrom: 4000 * ms, StepUntil: 8000 * ms}},
		{"duplicates 5 %", Impairment{Duplicate: .05}},
		{"reordering 5 %", Impairment{Reorder: .05}},
		{"blackout of 1 s", Impairment{Blackout: 1000 * ms, BlackoutAt: 5000 * ms}},
		{"drift +100 ppm", Impairment{Drift: 100, Head: 100 * ms}},
		{"drift -100 ppm", Impairment{Drift: -100, Head: 20 * ms}},
		{"new source", Impairment{NewSource: 5000 * ms}},
		{"new timestamps", Impairment{NewTime: 5000 * ms}},
	}
	for i := range out {
		out[i].Seed = uint64(i) + 1
	}
	return out
}
