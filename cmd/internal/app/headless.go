package app

import (
	"context"
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
	select {
	case <-ctx.Done():
	case <-p.Quitting():
	}
	closing, cancel := context.WithTimeout(context.Background(), 6*time.Second)
	defer cancel()
	return p.Close(closing)
}
