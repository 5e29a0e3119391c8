//go:build !386

package plug

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The interfaces of mmdeviceapi.h.
var (
	classEnumerator    = windows.GUID{Data1: 0xBCDE0395, Data2: 0xE52F, Data3: 0x467C, Data4: [8]byte{0x8E, 0x3D, 0xC4, 0x57, 0x92, 0x91, 0x69, 0x2E}}
	interfaceEnum      = windows.GUID{Data1: 0xA95664D2, Data2: 0x9614, Data3: 0x4F35, Data4: [8]byte{0xA7, 0x46, 0xDE, 0x8D, 0xB6, 0x36, 0x17, 0xE6}}
	interfaceClient    = windows.GUID{Data1: 0x7991EEC9, Data2: 0x7E89, Data3: 0x4D85, Data4: [8]byte{0x83, 0x90, 0x6C, 0x70, 0x3C, 0xEC, 0x60, 0xC0}}
	interfaceUnknown   = windows.GUID{Data4: [8]byte{0xC0, 0, 0, 0, 0, 0, 0, 0x46}}
	ole32              = windows.NewLazySystemDLL("ole32.dll")
	procCreateInstance = ole32.NewProc("CoCreateInstance")
)

const (
	contextAll  = 0x17
	resultOK    = 0
	noInterface = 0x80004002
)

// enumerator is an IMMDeviceEnumerator.
type enumerator struct{ table *enumeratorTable }

type enumeratorTable struct {
	queryInterface, addRef, release                                                 uintptr
	enumAudioEndpoints, getDefaultAudioEndpoint, getDevice, register, unregisterAll uintptr
}

// client is our IMMNotificationClient. The system knows its address: there is one for each Watch, kept in clients.
type client struct {
	table *clientTable
	touch func()
}

type clientTable struct {
	queryInterface, addRef, release                                                 uintptr
	stateChanged, deviceAdded, deviceRemoved, defaultDeviceChanged, propertyChanged uintptr
}

var clients sync.Map // address of a client to it

// theTable is made once: what NewCallback gives is never freed. On the 64 bit systems a PROPERTYKEY is passed by its
// address, so that every method's parameters are words.
var theTable = sync.OnceValue(func() *clientTable {
	event := func(this uintptr) uintptr {
		if c, ok := clients.Load(this); ok {
			c.(*client).touch()
		}
		return resultOK
	}
	return &clientTable{
		queryInterface: windows.NewCallback(func(this uintptr, id *windows.GUID, object *uintptr) uintptr {
			if *id != interfaceUnknown && *id != interfaceClient {
				*object = 0
				return noInterface
			}
			*object = this
			return resultOK
		}),
		// It lives as long as its Watch, whoever counts.
		addRef:               windows.NewCallback(func(uintptr) uintptr { return 1 }),
		release:              windows.NewCallback(func(uintptr) uintptr { return 1 }),
		stateChanged:         windows.NewCallback(func(this, _, _ uintptr) uintptr { return event(this) }),
		deviceAdded:          windows.NewCallback(func(this, _ uintptr) uintptr { return event(this) }),
		deviceRemoved:        windows.NewCallback(func(this, _ uintptr) uintptr { return event(this) }),
		defaultDeviceChanged: windows.NewCallback(func(this, _, _, _ uintptr) uintptr { return event(this) }),
		// Volume and the like change all the time and no list.
		propertyChanged: windows.NewCallback(func(uintptr, uintptr, uintptr) uintptr { return resultOK }),
	}
})

// listen keeps one thread in COM until it is ended.
func listen(touch func()) (end func(), err error) {
	begun, done, over := make(chan error), make(chan struct{}), make(chan struct{})
	go func() { // ended by end
		defer close(over)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := windows.CoInitializeEx(0, windows.COINIT_MULTITHREADED); err != nil {
			begun <- fmt.Errorf("listen for sound devices: %w", err)
			return
		}
		defer windows.CoUninitialize()
		begun <- attend(touch, begun, done)
	}()
	if err := <-begun; err != nil {
		<-over
		return nil, err
	}
	return func() {
		close(done)
		<-begun
		<-over
	}, nil
}

// attend says nil on begun when it listens, and then listens until done is closed.
func attend(touch func(), begun chan<- error, done <-chan struct{}) error {
	var e *enumerator
	if r, _, _ := procCreateInstance.Call(uintptr(unsafe.Pointer(&classEnumerator)), 0, contextAll,
		uintptr(unsafe.Pointer(&interfaceEnum)), uintptr(unsafe.Pointer(&e))); r != resultOK {
		return fmt.Errorf("reach the list of sound devices: result %#x", r)
	}
	defer call(e.table.release, e, 0)
	c := &client{table: theTable(), touch: touch}
	var pin runtime.Pinner
	pin.Pin(c)
	defer pin.Unpin()
	address := uintptr(unsafe.Pointer(c))
	clients.Store(address, c)
	defer clients.Delete(address)
	if r := call(e.table.register, e, address); r != resultOK {
		return fmt.Errorf("listen for sound devices: result %#x", r)
	}
	begun <- nil
	<-done
	call(e.table.unregisterAll, e, address) // returns when no event is under way
	return nil
}

func call(method uintptr, e *enumerator, argument uintptr) uintptr {
	r, _, _ := syscall.SyscallN(method, uintptr(unsafe.Pointer(e)), argument)
	return r
}
