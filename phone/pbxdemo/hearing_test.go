//go:build !race

package pbxdemo

// deaf: see the file for the race detector.
const deaf = false
