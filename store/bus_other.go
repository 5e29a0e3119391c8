//go:build !linux

package store

// keyringReachable has nothing to rule out here: the probe tells.
func keyringReachable() error { return nil }
