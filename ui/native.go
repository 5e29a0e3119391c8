package ui

import (
	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// keepFocus makes the windows that are created from now on come up without taking the keyboard from the program the
// user works in; those that want it ask for it. Fyne has no word for this, so its window library is asked. It is called
// on the UI goroutine of a running app.
func keepFocus() { glfw.WindowHint(glfw.FocusOnShow, glfw.False) }

// floating makes a window that is on screen stay above others, or no longer. It reports whether the window could be asked:
// one of another driver, or one that is not made yet, cannot. Fyne asks for this only when it makes a window, so its
// window library is asked: of the window whose drawing context is Fyne's at the moment.
func floating(w fyne.Window, on bool) bool {
	drawn, ok := w.(interface{ RunWithContext(func()) })
	if !ok {
		return false
	}
	value, done := glfw.False, false
	if on {
		value = glfw.True
	}
	drawn.RunWithContext(func() {
		if view := glfw.GetCurrentContext(); view != nil {
			view.SetAttrib(glfw.Floating, value)
			done = true
		}
	})
	return done
}
