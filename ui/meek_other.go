//go:build !linux || wayland

package ui

import "fyne.io/fyne/v2"

// takesNoFocus has nothing to add here to what keepFocus says.
func takesNoFocus(fyne.Window) bool { return false }
