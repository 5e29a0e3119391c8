// Package clock is a clock that rings at a time. Where the system has clocks of its own, setting one anew, as sound does
// with every block, wakes nobody; a timer of Go's comes up at each time that it was ever set to, and wakes the scheduler's
// watchdog, too. Its times are as exact as the system's.
package clock

import "time"

// begun is what Beat counts from.
var begun = time.Now()

// Beat is how long it is to the next multiple of period since the program began. It comes for all who ask at the same time,
// so that those who look around now and then are woken together.
func Beat(period time.Duration) time.Duration { return period - time.Since(begun)%period }
