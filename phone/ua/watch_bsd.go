//go:build darwin || freebsd

package ua

import (
	"fmt"
	"os"
	"syscall"
)

// listenForAddresses calls changed whenever the system's addresses or routes change, until stop is called, which waits.
func listenForAddresses(changed func()) (stop func(), err error) {
	fd, err := syscall.Socket(syscall.AF_ROUTE, syscall.SOCK_RAW, syscall.AF_UNSPEC)
	if err != nil {
		return nil, fmt.Errorf("open a routing socket: %w", err)
	}
	syscall.CloseOnExec(fd)
	if err := syscall.SetNonblock(fd, true); err != nil {
		syscall.Close(fd)
		return nil, fmt.Errorf("listen for addresses: %w", err)
	}
	return readUntilClosed(os.NewFile(uintptr(fd), "route"), changed), nil
}
