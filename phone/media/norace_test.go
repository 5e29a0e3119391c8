//go:build !race

package media

// raced reports whether the race detector runs along.
const raced = false
