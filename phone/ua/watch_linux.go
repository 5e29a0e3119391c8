package ua

import (
	"fmt"
	"os"
	"syscall"
)

// Multicast groups of rtnetlink(7).
const (
	groupLink      = 0x1
	groupAddress4  = 0x10
	groupRoute4    = 0x40
	groupAddress6  = 0x100
	groupRoute6    = 0x400
	addressChanges = groupLink | groupAddress4 | groupRoute4 | groupAddress6 | groupRoute6
)

// listenForAddresses calls changed whenever the system's addresses or routes change, until stop is called, which waits.
func listenForAddresses(changed func()) (stop func(), err error) {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, syscall.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("open a netlink socket: %w", err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK, Groups: addressChanges}); err != nil {
		syscall.Close(fd)
		return nil, fmt.Errorf("listen for addresses: %w", err)
	}
	return readUntilClosed(os.NewFile(uintptr(fd), "netlink"), changed), nil
}
