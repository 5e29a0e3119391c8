//go:build !wayland

package ui

// #cgo LDFLAGS: -lX11
// #include <X11/Xatom.h>
// #include <X11/Xlib.h>
//
// static void never_used(Display *display, Window window) {
// 	long never = 0;
// 	XChangeProperty(display, window, XInternAtom(display, "_NET_WM_USER_TIME", False), XA_CARDINAL, 32, PropModeReplace,
// 		(unsigned char *)&never, 1);
// }
import "C"

import (
	"unsafe"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// takesNoFocus tells the window manager not to give a window the keyboard when it comes up (Extended Window Manager Hints
// 1.5, _NET_WM_USER_TIME of 0): GLFW's hint for this says nothing to window managers of X. It reports whether it could:
// the window must be made, and of X.
func takesNoFocus(w fyne.Window) bool {
	native, ok := w.(driver.NativeWindow)
	if !ok || glfw.GetPlatform() != glfw.PlatformX11 {
		return false
	}
	told := false
	native.RunNative(func(context any) {
		if x, ok := context.(driver.X11WindowContext); ok && x.WindowHandle != 0 {
			C.never_used((*C.Display)(unsafe.Pointer(glfw.GetX11Display())), C.Window(x.WindowHandle))
			told = true
		}
	})
	return told
}
