package pbxdemo

import "slices"

// enough is how many pieces of 20 ms a test wants to hear before it believes its ears: 200 ms in all, not in a row. A
// machine that stands still now and then breaks sound up, and what is whole between the breaks still tells who speaks.
const enough = 10

// heard reports whether the newest pieces of a sound that are no silence are as they should be: as many as are enough,
// before any that should not be. Pieces that are neither, as where a break begins or ends, do not count.
func heard(pcm []int16, is, never func(piece []int16) bool) bool {
	got := 0
	for ; len(pcm) >= packetSize && got < enough; pcm = pcm[:len(pcm)-packetSize] {
		piece := pcm[len(pcm)-packetSize:]
		if rms(piece) < -50 {
			continue
		}
		if is(piece) {
			got++
		} else if never(piece) {
			return false
		}
	}
	return got == enough
}

// only is a condition for hear: the one tone, and none of the others beneath it.
func only(tone float64, not ...float64) func([]int16) bool {
	return func(pcm []int16) bool {
		return heard(pcm, func(piece []int16) bool {
			return share(piece, tone) > 0.9 && !slices.ContainsFunc(not, func(f float64) bool { return share(piece, f) > 0.01 })
		}, func(piece []int16) bool {
			return slices.ContainsFunc(not, func(f float64) bool { return share(piece, f) > 0.1 })
		})
	}
}

// between is a condition for hear: the one tone as loud as that, in dBFS rms.
func between(tone, least, most float64) func([]int16) bool {
	return func(pcm []int16) bool {
		return heard(pcm, func(piece []int16) bool {
			level := rms(piece)
			return share(piece, tone) > 0.97 && level > least && level < most
		}, func([]int16) bool { return false })
	}
}

// both is a condition for hear: two tones at once, and none of the others.
func both(x, y float64, not ...float64) func([]int16) bool {
	return func(pcm []int16) bool {
		return heard(pcm, func(piece []int16) bool {
			return share(piece, x) > 0.3 && share(piece, y) > 0.3
		}, func(piece []int16) bool {
			return slices.ContainsFunc(not, func(f float64) bool { return share(piece, f) > 0.1 })
		})
	}
}

// sometime is a condition for hear: the tone was there for a moment, 10 ms twice, whatever followed.
func sometime(hz float64) func([]int16) bool {
	return func(pcm []int16) bool {
		const window = packetSize / 2
		run := 0
		for ; len(pcm) >= window && run < 2; pcm = pcm[window:] {
			if run++; rms(pcm[:window]) < -50 || share(pcm[:window], hz) < 0.9 {
				run = 0
			}
		}
		return run == 2
	}
}

// speech is a condition for hear: somebody speaks.
func speech(pcm []int16) bool {
	return heard(pcm, func(piece []int16) bool { return rms(piece) > -35 }, func([]int16) bool { return false })
}
