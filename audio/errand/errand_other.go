//go:build !linux || !(amd64 || arm64)

package errand

import "unsafe"

// Run calls f, a C function of type void (*)(void *), with arg. f has to be done within a millisecond or so, must not wait
// for anything and never calls Go.
func Run(f, arg unsafe.Pointer) { cgocall(f, arg) }

// cgocall is what every call to C goes through.
//
//go:linkname cgocall runtime.cgocall
//go:noescape
func cgocall(f, arg unsafe.Pointer) int32
