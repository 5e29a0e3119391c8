package ui

import (
	"context"
	"sync"
)

// group owns the window's goroutines: stop cancels their context and returns when all have ended.
type group struct {
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

func newGroup() *group {
	g := &group{}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	return g
}

func (g *group) run(f func(context.Context)) { g.wg.Go(func() { f(g.ctx) }) }

func (g *group) stop() {
	g.cancel()
	g.wg.Wait()
}
