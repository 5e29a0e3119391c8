package ua

import (
	"fmt"
	"syscall"
	"unsafe"
)

// Of iphlpapi; package syscall has no names for them.
var (
	iphlpapi             = syscall.NewLazyDLL("iphlpapi.dll")
	notifyAddressChange  = iphlpapi.NewProc("NotifyUnicastIpAddressChange")
	cancelAddressChanges = iphlpapi.NewProc("CancelMibChangeNotify2")
)

// listenForAddresses calls changed whenever the system's addresses change, until stop is called, which waits.
func listenForAddresses(changed func()) (stop func(), err error) {
	if err := notifyAddressChange.Find(); err != nil {
		return nil, fmt.Errorf("listen for addresses: %w", err)
	}
	callback := syscall.NewCallback(func(_, _ uintptr, _ uint32) uintptr {
		changed()
		return 0
	})
	var handle syscall.Handle
	if code, _, _ := notifyAddressChange.Call(syscall.AF_UNSPEC, callback, 0, 0, uintptr(unsafe.Pointer(&handle))); code != 0 {
		return nil, fmt.Errorf("listen for addresses: %w", syscall.Errno(code))
	}
	return func() { cancelAddressChanges.Call(uintptr(handle)) }, nil // returns when no call is under way any more
}
