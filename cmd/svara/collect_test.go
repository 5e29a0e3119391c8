package main

import (
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"
)

// TestMemoryIsCollectedBetweenWords: while somebody types, more may be left to be collected than otherwise, and a moment
// after the last letter no more.
func TestMemoryIsCollectedBetweenWords(t *testing.T) {
	before := debug.SetGCPercent(collectAt)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	percent := func() int { // there is no way to ask
		now := debug.SetGCPercent(collectAt)
		debug.SetGCPercent(now)
		return now
	}
	synctest.Test(t, func(t *testing.T) {
		var c collecting
		for range 2 {
			for range 5 {
				c.typed()
				time.Sleep(calm * 2 / 3)
				synctest.Wait()
				if got := percent(); got != collectTyping {
					t.Fatalf("%d %% while somebody types", got)
				}
			}
			time.Sleep(calm)
			synctest.Wait()
			if got := percent(); got != collectAt {
				t.Fatalf("%d %% when nobody types any more", got)
			}
		}
	})
}
