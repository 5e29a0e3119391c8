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
//
// Where to look: place.go and calls.go (a call's life), offer.go (hold, swap, offer and answer), transfer.go, consult.go
// and takeback.go (handing over), program.go (what a dialect wants done), inside.go (exchanges with codes), conference.go,
// camp.go, parked.go, lines.go and linetold.go (dialog events), pickup.go, deflect.go, answeredby.go, elsewhere.go (our
// other devices), asked.go (incoming REFER and Replaces), recording.go, record.go and mailing.go, sound.go (who hears whom: a function of the facts), run.go (effects).
package engine
