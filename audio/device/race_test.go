//go:build race

package device_test

// racing: the race detector's pointer checks refuse the PortAudio binding, which hands C a number as a pointer.
const racing = true
