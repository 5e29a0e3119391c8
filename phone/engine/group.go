package engine

import (
	"context"
	"slices"
	"sync"
	"time"
)

// group tracks goroutines by name, so that who is left after the goodbye can be told.
type group struct {
	mu   sync.Mutex
	wg   sync.WaitGroup
	live map[string]int
}

// start runs fn in a tracked goroutine.
func (g *group) start(name string, fn func()) {
	g.mu.Lock()
	if g.live == nil {
		g.live = map[string]int{}
	}
	g.live[name]++
	g.mu.Unlock()
	g.wg.Go(func() {
		defer func() {
			g.mu.Lock()
			defer g.mu.Unlock()
			if g.live[name]--; g.live[name] == 0 {
				delete(g.live, name)
			}
		}()
		fn()
	})
}

// wait returns when all have ended, or with the names of those left when ctx is done.
func (g *group) wait(ctx context.Context) []string {
	done := make(chan struct{})
	go func() {
		g.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	var names []string
	for name := range g.live {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// lane is an ordered queue of work with a goroutine of its own while there is any. The zero lane is ready.
type lane struct {
	mu   sync.Mutex
	jobs []func()
	busy bool
}

// post appends a job; the lane's goroutine runs jobs one after the other and ends when there are none.
func (l *lane) post(g *group, name string, job func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.jobs = append(l.jobs, job)
	if l.busy {
		return
	}
	l.busy = true
	g.start(name, l.drain)
}

func (l *lane) drain() {
	for {
		l.mu.Lock()
		if len(l.jobs) == 0 {
			l.busy = false
			l.mu.Unlock()
			return
		}
		job := l.jobs[0]
		l.jobs = l.jobs[1:]
		l.mu.Unlock()
		job()
	}
}

// goodbye is how long everything may take to end.
const goodbye = 5 * time.Second
