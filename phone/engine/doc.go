// Package engine is the loop: the one goroutine that owns all truth about accounts, calls, sound and settings.
//
//	Do(Command) ─┐                                    ┌─> Snapshot (newest wins) ─> guests
//	ua values  ──┤            ┌──────────────────┐    ├─> Events (ordered)       ─> guests
//	stream     ──┼─> inputs ─>│ reduce(state, in)│ ───┤
//	sound      ──┤            └──────────────────┘    └─> effects ─> SIP actions, lanes ─> inputs again
//	clock      ──┘
//
// reduce is pure: time is in the input, what is to be done leaves as effect values. The loop does no I/O, waits for
// nothing and calls no observer. Effects that take time run in lanes (one ordered queue for each call, one for the
// store) and come back as inputs. What has a deadline is a fact in the state; the loop sleeps until the nearest one.
package engine
