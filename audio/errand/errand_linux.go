//go:build amd64 || arm64

package errand

import "unsafe"

// Run calls f, a C function of type void (*)(void *), with arg. Meanwhile the thread keeps its place in Go's scheduler, so
// f has to be done within a millisecond or so, must not wait for anything and never calls Go.
func Run(f, arg unsafe.Pointer) { asmcgocall(f, arg) }

// asmcgocall is the part of every call to C that goes over to the system's stack. The runtime uses it alone for what does
// not wait.
//
//go:linkname asmcgocall runtime.asmcgocall
//go:noescape
func asmcgocall(f, arg unsafe.Pointer) int32
