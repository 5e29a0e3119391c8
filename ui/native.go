package ui

import "github.com/go-gl/glfw/v3.4/glfw"

// keepFocus makes the windows that are created from now on come up without taking the keyboard from the program the
// user works in; those that want it ask for it. Fyne has no word for this, so its window library is asked. It is called
// on the UI goroutine of a running app.
func keepFocus() { glfw.WindowHint(glfw.FocusOnShow, glfw.False) }
