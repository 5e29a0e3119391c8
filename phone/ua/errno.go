package ua

import (
	"errors"
	"syscall"
)

// wsaRefused is Windows' number for a refused connection, which package syscall has no portable name for.
const wsaRefused = syscall.Errno(10061)

// isRefused reports whether the other machine said that nobody listens there.
func isRefused(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, wsaRefused)
}
