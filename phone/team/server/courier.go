package server

import "context"

// courier sends what must not be written down: codes and links are secrets. What is lost when a server ends is asked for
// again by whoever waits for it.
type courier struct{ jobs chan func(context.Context) }

// crowd is how many may wait; more are not sent.
const crowd = 100

func newCourier() courier { return courier{jobs: make(chan func(context.Context), crowd)} }

// run sends, one after the other, until ctx ends.
func (c courier) run(ctx context.Context) {
	for {
		select {
		case job := <-c.jobs:
			job(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// send hands something over; false: there are too many.
func (c courier) send(job func(context.Context)) bool {
	select {
	case c.jobs <- job:
		return true
	default:
		return false
	}
}
