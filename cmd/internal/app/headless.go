package app

import (
	"context"
	"runtime/debug"
	"time"
)

// Headless runs a phone without a window until ctx ends or somebody asks it to quit.
func Headless(ctx context.Context, opt Options, processStart time.Time) error {
	p, err := Start(ctx, opt, processStart)
	if err != nil {
		return err
	}
	p.Ready()
	p.Serve()
	p.wait(ctx)
	closing, cancel := context.WithTimeout(context.Background(), 6*time.Second)
	defer cancel()
	return p.Close(closing)
}

// wait returns when ctx ends or somebody asked for the end, and keeps the memory tidy until then.
func (p *Phone) wait(ctx context.Context) {
	debug.SetGCPercent(collectAt)
	p.Tidy(ctx)
}

// Released is told when much memory has been let go of at once. It may be called from any goroutine.
func (p *Phone) Released() { p.memory.released.Store(true) }

// Tidy gives memory back that is no longer needed until ctx ends or somebody asks for the end: gently while there is a call,
// because sound does not wait for it.
func (p *Phone) Tidy(ctx context.Context) {
	tick := time.NewTicker(tidyAfter)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.Quitting():
			return
		case <-tick.C:
			if len(p.Snapshot().Calls) == 0 {
				p.memory.look()
				break
			}
			p.memory.lookGently(func() bool {
				select {
				case <-ctx.Done():
					return false
				case <-p.Quitting():
					return false
				case <-time.After(respite):
					return true
				}
			})
		}
	}
}
