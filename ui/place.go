package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/theme"
)

// screens is what the window system knows and Fyne has no words for: where windows stand. All of it is called on the UI
// goroutine, in the window system's own units, which are pixels nearly everywhere.
type screens interface {
	// areas are the parts of the screens that no bar of the system covers, the main screen's first.
	areas() []area
	// stands is where the inside of a window is and what the system draws around it; false when it cannot be told.
	stands(w fyne.Window) (area, edges, bool)
	// put moves a window's inside to a place.
	put(w fyne.Window, x, y int)
	// watch tells of a window that was moved and of screens that came or went, for as long as the window lives.
	watch(w fyne.Window, moved, changed func())
}

// area is a part of the desktop, and edges how far a frame goes beyond it.
type (
	area  struct{ x, y, width, height int }
	edges struct{ left, top, right, bottom int }
)

func (a area) grown(e edges) area {
	return area{a.x - e.left, a.y - e.top, a.width + e.left + e.right, a.height + e.top + e.bottom}
}

// covers is how much of b is within a.
func (a area) covers(b area) int {
	w := min(a.x+a.width, b.x+b.width) - max(a.x, b.x)
	h := min(a.y+a.height, b.y+b.height) - max(a.y, b.y)
	return max(0, w) * max(0, h)
}

// inside is where a window goes that was to be at want: with its whole frame on the screen that has most of it, or on the
// first when its screen is gone, and no larger than that. Without screens it goes where it was to be.
func inside(areas []area, want area, frame edges) area {
	if len(areas) == 0 {
		return want
	}
	whole := want.grown(frame)
	on, most := areas[0], 0
	for _, s := range areas {
		if c := s.covers(whole); c > most {
			on, most = s, c
		}
	}
	whole.width, whole.height = min(whole.width, on.width), min(whole.height, on.height)
	whole.x = max(on.x, min(whole.x, on.x+on.width-whole.width))
	whole.y = max(on.y, min(whole.y, on.y+on.height-whole.height))
	return whole.grown(edges{-frame.left, -frame.top, -frame.right, -frame.bottom})
}

// kept is where the user left the face in front; false when nobody knows.
func (a *App) kept() (x, y int, ok bool) {
	left, top, two := strings.Cut(a.snap.Settings.Get(faceKinds[a.faces.front].place), ",")
	x, noX := strconv.Atoi(left)
	y, noY := strconv.Atoi(top)
	return x, y, two && noX == nil && noY == nil && a.page != command.ViewStart
}

// askPlace has the window come up where the user left it. It is called before the window is shown.
func (a *App) askPlace() {
	w, ok := a.main.(interface{ RequestPosition(x, y int) })
	x, y, known := a.kept()
	if a.opts.screens == nil || !ok || !known {
		return
	}
	size := a.main.Canvas().Size()
	at := inside(a.opts.screens.areas(), area{x, y, int(size.Width), int(size.Height)}, edges{})
	w.RequestPosition(at.x, at.y)
}

// watchPlace follows where the window is from now on. It is called once, when the window is on screen.
func (a *App) watchPlace() {
	if a.opts.screens == nil {
		return
	}
	a.place()
	a.opts.screens.watch(a.main, a.moved, a.place)
}

// place puts the window where the user left the face in front, all of it in sight: on a screen that is there, and not
// larger than that.
func (a *App) place() {
	if a.opts.screens == nil || a.quitting {
		return
	}
	now, frame, ok := a.opts.screens.stands(a.main)
	if !ok {
		return
	}
	c := a.main.Canvas()
	unit := c.Scale()
	want := area{now.x, now.y, int(c.Size().Width * unit), int(c.Size().Height * unit)}
	if x, y, known := a.kept(); known {
		want.x, want.y = x, y
	}
	to := inside(a.opts.screens.areas(), want, frame)
	a.knowScreen(to, frame, unit)
	if to.width != want.width || to.height != want.height {
		a.main.Resize(fyne.NewSize(float32(to.width)/unit, float32(to.height)/unit))
	}
	if to.x != now.x || to.y != now.y {
		a.opts.screens.put(a.main, to.x, to.y)
	}
	a.faces.sized, a.faces.since = c.Size(), time.Time{}
	a.faces.at, a.faces.movedAt = area{x: to.x, y: to.y}, time.Time{}
}

// knowScreen tells the views how large the window can be on the screen where it goes.
func (a *App) knowScreen(to area, frame edges, unit float32) {
	for _, s := range a.opts.screens.areas() {
		if s.covers(to) > 0 {
			free := s.grown(edges{-frame.left, -frame.top, -frame.right, -frame.bottom})
			theme.SetScreen(fyne.NewSize(float32(free.width)/unit, float32(free.height)/unit))
			return
		}
	}
}

// moved is told that the window stands somewhere else.
func (a *App) moved() {
	a.faces.movedAt = a.now()
}

// followPlace remembers where the user put the window, when it has stood there for a while. It is called once a second.
func (a *App) followPlace() {
	if !a.faces.movedAt.IsZero() && a.now().Sub(a.faces.movedAt) >= settleSize {
		a.rememberPlace()
	}
}

// rememberPlace writes the place down that the user gave the face in front.
func (a *App) rememberPlace() {
	if a.faces.movedAt.IsZero() || a.page == command.ViewStart {
		return
	}
	a.faces.movedAt = time.Time{}
	now, _, ok := a.opts.screens.stands(a.main)
	if !ok || now.x == a.faces.at.x && now.y == a.faces.at.y {
		return
	}
	a.faces.at = area{x: now.x, y: now.y}
	if err := a.do(phone.Set{Key: faceKinds[a.faces.front].place, Value: fmt.Sprintf("%d,%d", now.x, now.y)}); err != nil {
		a.log.Error("place of the window", "error", err)
	}
}
