//go:build !linux

package app

// resident is not known here, and so nothing is done.
func resident() int64 { return 0 }

func releaseFiles() {}

func releaseProgram(uintptr, func() bool) {}
