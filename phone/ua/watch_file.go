//go:build linux || darwin || freebsd

package ua

import (
	"errors"
	"os"
	"sync"
	"syscall"
)

// readUntilClosed calls changed for every message of a system's socket. What is returned closes it and waits.
func readUntilClosed(f *os.File, changed func()) (stop func()) {
	var reader sync.WaitGroup
	reader.Go(func() {
		buf := make([]byte, 8192)
		for {
			// A burst that the socket had no room for (ENOBUFS) is a change like any other.
			if _, err := f.Read(buf); err != nil && !errors.Is(err, syscall.ENOBUFS) {
				return
			}
			changed()
		}
	})
	return func() {
		f.Close()
		reader.Wait()
	}
}
