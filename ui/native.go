package ui

import (
	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// keepFocus makes the windows that are created from now on come up without taking the keyboard from the program the
// user works in; those that want it ask for it. Fyne has no word for this, so its window library is asked. It is called
// on the UI goroutine of a running app.
func keepFocus() { glfw.WindowHint(glfw.FocusOnShow, glfw.False) }

// asked hands a window to f as Fyne's window library knows it: the window whose drawing context is Fyne's at the moment.
// It reports whether there was one: one of another driver, or one that is not made yet, cannot be asked.
func asked(w fyne.Window, f func(*glfw.Window)) bool {
	drawn, ok := w.(interface{ RunWithContext(func()) })
	if !ok {
		return false
	}
	done := false
	drawn.RunWithContext(func() {
		if view := glfw.GetCurrentContext(); view != nil {
			f(view)
			done = true
		}
	})
	return done
}

// floating makes a window that is on screen stay above others, or no longer, which Fyne asks for only when it makes a
// window. It reports whether the window could be asked.
func floating(w fyne.Window, on bool) bool {
	value := glfw.False
	if on {
		value = glfw.True
	}
	return asked(w, func(view *glfw.Window) { view.SetAttrib(glfw.Floating, value) })
}

// hasKeyboard reports whether what is typed goes to a window.
func hasKeyboard(w fyne.Window) bool {
	has := false
	asked(w, func(view *glfw.Window) { has = view.GetAttrib(glfw.Focused) == glfw.True })
	return has
}

// glfwScreens are the screens as Fyne's window library knows them.
type glfwScreens struct{}

func (glfwScreens) areas() []area {
	var out []area
	for _, m := range glfw.GetMonitors() {
		if x, y, width, height := m.GetWorkarea(); width > 0 && height > 0 {
			out = append(out, area{x, y, width, height})
		}
	}
	return out
}

func (glfwScreens) stands(w fyne.Window) (at area, frame edges, ok bool) {
	if glfw.GetPlatform() == glfw.PlatformWayland { // which tells no program where its windows are
		return area{}, edges{}, false
	}
	shown := false
	asked(w, func(view *glfw.Window) {
		at.x, at.y = view.GetPos()
		at.width, at.height = view.GetSize()
		frame.left, frame.top, frame.right, frame.bottom = view.GetFrameSize()
		shown = view.GetAttrib(glfw.Visible) == glfw.True && view.GetAttrib(glfw.Iconified) == glfw.False
	})
	return at, frame, shown
}

func (glfwScreens) put(w fyne.Window, x, y int) {
	asked(w, func(view *glfw.Window) { view.SetPos(x, y) })
}

func (glfwScreens) watch(w fyne.Window, moved, changed func()) {
	asked(w, func(view *glfw.Window) {
		var fynes glfw.PosCallback
		fynes = view.SetPosCallback(func(view *glfw.Window, x, y int) {
			if fynes != nil {
				fynes(view, x, y)
			}
			moved()
		})
	})
	glfw.SetMonitorCallback(func(*glfw.Monitor, glfw.PeripheralEvent) { changed() })
}
