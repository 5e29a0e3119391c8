//go:build race

package pbxdemo

// deaf: the race detector makes sound many times as dear, and a machine that cannot follow plays next to none. Under it
// the tests go the same ways and do not insist on what they hear; without it they do.
const deaf = true
