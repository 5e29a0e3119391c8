// Package widget is Svara's own widgets, drawn from theme's tokens and measures.
//
// Rules they share. What can be pressed can be focused, shows a 2 px ring then, and is pressed by Space or Enter. Keys
// that a focused widget has no use for go to the canvas's [Keys] (see [Attach]). What cannot be done now is disabled
// with a reason: a lock stands beside the label, and hover, focus or a press tells the reason. Set takes what to show
// as a comparable value and draws only when it differs, so a view may call it with every snapshot. Nothing is animated
// by itself. Only the UI goroutine calls this package.
package widget
