//go:build !linux || !cgo

package app

// keepLittle and releaseC know one system's malloc only.
func keepLittle() {}

func releaseC() {}
