// Package incoming waits for what comes to a socket and for nothing else. Go's own poller also wakes whenever what was sent
// has left a socket, which with sound is a hundred times a second and of no use to anybody.
package incoming
