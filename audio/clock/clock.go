// Package clock is a clock that rings at a time. Where the system has clocks of its own, setting one anew, as sound does
// with every block, wakes nobody; a timer of Go's comes up at each time that it was ever set to, and wakes the scheduler's
// watchdog, too. Its times are as exact as the system's.
package clock
