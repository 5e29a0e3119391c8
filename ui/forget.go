package ui

import (
	_ "unsafe" // for linkname

	"fyne.io/fyne/v2"
	"github.com/go-text/typesetting/shaping"
)

//go:linkname fyneShaper fyne.io/fyne/v2/internal/painter.shaper
var fyneShaper *shaping.HarfbuzzShaper

// forgetFaces has Fyne's shaper forget the fonts it has drawn with. Fyne reads them anew with each change of theme or text
// size, while the shaper keeps those of the last changes, some three megabytes for each. It is called on the UI goroutine.
func forgetFaces(fyne.Settings) { *fyneShaper = shaping.HarfbuzzShaper{} }
