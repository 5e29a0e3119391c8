//go:build cgo && !speexdsp && !novoice

package voice

// #cgo pkg-config: webrtc-audio-processing
// #cgo CXXFLAGS: -std=c++11 -O2 -fno-exceptions
import "C"

// Library is what cleans the microphone in this build; empty when nothing does.
const Library = "WebRTC audio processing"
