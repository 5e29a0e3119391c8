//go:build cgo && speexdsp && !novoice

package voice

// #cgo pkg-config: speexdsp
import "C"

// Library is what cleans the microphone in this build; empty when nothing does.
const Library = "SpeexDSP"
