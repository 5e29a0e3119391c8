// Package errand calls functions of C that are over soon, without telling Go's scheduler that they are called. What the
// scheduler does for calls that may wait, its watchdog waking and looking around until all is quiet again, happens some
// five times for each frame of sound, and costs half as much as all coding and mixing.
package errand
