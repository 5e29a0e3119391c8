package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/acd"
	"svara/ui/view/attendant"
	"svara/ui/view/normal"
)

// faceKind is a sort of telephone the main window can be.
type faceKind struct {
	make          func(view.Deps, present.Scene) view.Face
	width, height float32 // dp at 100 %
	size, place   string  // the settings that remember how large the user made it and where they put it
}

var faceKinds = map[command.Face]faceKind{
	command.FaceNormal:    {func(d view.Deps, s present.Scene) view.Face { return normal.New(d, s) }, theme.NormalWidth, theme.NormalHeight, phone.KeyNormalSize, phone.KeyNormalAt},
	command.FaceAttendant: {func(d view.Deps, s present.Scene) view.Face { return attendant.New(d, s) }, attendant.Width, attendant.Height, phone.KeyAttendantSize, phone.KeyAttendantAt},
	command.FaceACD:       {func(d view.Deps, s present.Scene) view.Face { return acd.New(d, s) }, 520, 120, phone.KeyACDSize, phone.KeyACDAt},
}

// faces are the telephones that have been shown. They are kept: going to one again is quick and makes nothing new. Only
// the one in front is drawn.
type faces struct {
	made  map[command.Face]view.Face
	front command.Face
	full  command.Face // the last one in front that has a field
	sized fyne.Size    // what the window was made, or was last found to be
	since time.Time    // when the size changed to something not yet remembered; zero for never

	at      area      // where the window was put, or was last found to be
	movedAt time.Time // when it was moved to a place not yet remembered; zero for never
}

// face is the telephone in front.
func (a *App) face() view.Face { return a.faces.made[a.faces.front] }

// wanted is the face the settings ask for.
func (a *App) wanted() command.Face {
	f := command.Face(a.snap.Settings.Get(phone.KeyView))
	if _, ok := faceKinds[f]; !ok {
		return command.FaceNormal
	}
	return f
}

// makeFaces makes the face in front anew, in the language of now, and forgets the others.
func (a *App) makeFaces() {
	old := a.faces.made[a.faces.front]
	a.faces.made = map[command.Face]view.Face{}
	if old == nil {
		a.faces.front, a.faces.full = a.wanted(), command.FaceNormal
	}
	f := a.makeFace(a.faces.front)
	if old != nil {
		f.Copy(old)
	}
}

func (a *App) makeFace(which command.Face) view.Face {
	f := faceKinds[which].make(a.deps(), a.scene())
	a.faces.made[which] = f
	if strip, ok := f.(*acd.View); ok {
		strip.OnFull(a.showFull)
		strip.OnRoom(a.makeRoom)
	}
	if f.Entry() != nil {
		a.faces.full = which
	}
	return f
}

// followFace shows the face the settings ask for. What was typed and asked goes along.
func (a *App) followFace() {
	to := a.wanted()
	if to == a.faces.front {
		return
	}
	a.rememberSize()
	a.rememberPlace()
	old := a.face()
	f := a.faces.made[to]
	if f == nil {
		f = a.makeFace(to)
	}
	a.faces.front = to
	if f.Entry() != nil {
		a.faces.full = to
	}
	f.Copy(old)
	if a.page == command.ViewStart {
		return
	}
	if !f.Show(a.page) {
		a.page = command.ViewCall
		f.Show(a.page)
	}
	a.root.SetContent(f.Object())
	a.sizeFace()
	a.focus()
}

// showFull goes from a face without a field to the last one that has one, at once.
func (a *App) showFull() {
	if a.face().Entry() != nil {
		return
	}
	a.goFace(a.faces.full)
}

// goFace goes to a face and remembers it.
func (a *App) goFace(f command.Face) {
	a.host.Do(phone.Set{Key: phone.KeyView, Value: string(f)})
	a.snap = a.opts.Phone.Snapshot()
	a.followFace()
	a.face().Update(a.scene()) // it may know the calls of long ago only, and what it is asked next is about one of now
}

// size is how large the face in front is to be: as the user left it, else as it was designed, and not larger than a text
// of this size needs on a usual screen.
func (a *App) size() fyne.Size {
	kind := faceKinds[a.faces.front]
	if w, h, ok := strings.Cut(a.snap.Settings.Get(kind.size), "x"); ok {
		width, _ := strconv.Atoi(w)
		height, _ := strconv.Atoi(h)
		return fyne.NewSize(theme.Px(float32(width)), theme.Px(float32(height)))
	}
	return fyne.NewSize(min(max(kind.width, widestGrown), theme.Px(kind.width)), min(max(kind.height, highestGrown), theme.Px(kind.height)))
}

func (a *App) sizeFace() {
	a.tellLeast()
	a.main.Resize(a.size())
	a.faces.sized, a.faces.since = a.main.Canvas().Size(), time.Time{}
	a.place()
	a.drawAgain()
}

// tellLeast has the window system know the least size of what is in the window now, which may be smaller than before.
func (a *App) tellLeast() {
	a.main.SetFixedSize(false) // tells the window manager
	a.main.SetPadded(false)    // has Fyne tell the window system
}

// drawAgain draws the window anew when the system has had time to give it the size asked for. What is drawn before falls
// on the surface of the old size: of a window that became smaller nothing would be seen of it until something else is drawn.
func (a *App) drawAgain() {
	for _, later := range []time.Duration{50 * time.Millisecond, 250 * time.Millisecond, time.Second} {
		a.later(later, func() {
			if !a.quitting {
				a.root.Refresh()
			}
		})
	}
}

// settleSize is how long a window keeps a size before it is remembered: dragging its edge passes through many.
const settleSize = 2 * time.Second

// followSize remembers how large the user made the window. It is called once a second.
func (a *App) followSize() {
	now := a.main.Canvas().Size()
	switch {
	case a.page == command.ViewStart, a.low > 0:
	case now != a.faces.sized:
		a.faces.sized, a.faces.since = now, a.now()
	case !a.faces.since.IsZero() && a.now().Sub(a.faces.since) >= settleSize:
		a.rememberSize()
	}
}

// rememberSize writes the size down that the user gave the face in front.
func (a *App) rememberSize() {
	if a.faces.since.IsZero() || a.page == command.ViewStart {
		return
	}
	a.faces.since = time.Time{}
	s := a.main.Canvas().Size()
	value := fmt.Sprintf("%.0fx%.0f", s.Width/theme.Scale(), s.Height/theme.Scale())
	if key := faceKinds[a.faces.front].size; a.snap.Settings.Get(key) != value {
		if err := a.do(phone.Set{Key: key, Value: value}); err != nil {
			a.log.Error("size of the window", "error", err)
		}
	}
}
