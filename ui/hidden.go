package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// hiddenFor is how long a window that was closed stays as it is, to come back at once. Then it is given back: without a
// graphics card each window has a renderer of its own with all its programs, some 15 MB.
const hiddenFor = time.Minute

// hidden are the windows that have been closed and not been given back.
type hidden map[fyne.Window]hiding

type hiding struct {
	since  time.Time
	forget func() // whose window it was
}

// hide closes a window for the user. It is given back when it has not been opened again for a while; forget is told before.
func (a *App) hide(w fyne.Window, forget func()) {
	w.Hide()
	if a.hidden == nil {
		a.hidden = hidden{}
	}
	a.hidden[w] = hiding{a.now(), forget}
}

// unhide is told of a window that is opened.
func (a *App) unhide(w fyne.Window) { delete(a.hidden, w) }

// giveBack gives back the windows that have been hidden for long.
func (a *App) giveBack() {
	for w, h := range a.hidden {
		if a.now().Sub(h.since) >= hiddenFor {
			delete(a.hidden, w)
			h.forget()
			a.end(w)
			if a.opts.Released != nil {
				a.opts.Released()
			}
		}
	}
}

// end closes a window for good. What it showed is let go of first: Fyne remembers the words of a window that is gone, and
// with them all of it, unless it shows something else before.
func (a *App) end(w fyne.Window) {
	a.release(w.Canvas())
	w.SetContent(canvas.NewRectangle(nil))
	w.Close()
}
