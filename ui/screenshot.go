package ui

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"svara/ui/command"
	"svara/ui/loop"
	"svara/ui/theme"
	"svara/ui/view/call"
	"svara/ui/view/me"
	"svara/ui/view/normal"
	"svara/ui/view/settings"
	"svara/ui/view/shortcuts"
	"svara/ui/view/start"
	"svara/ui/widget"

	"svara/ui/present"
)

// Screenshot writes a picture of the window as PNG. An empty view is the main window as it is; another is rendered off
// screen as it would look now: normal, attendant, acd, calls, history, contacts, voicemail, recordings, person, queues, incoming, activity, custom-activity, schedule, shortcuts-edit,
// forwarding, quality, settings, settings/sound, shortcuts, onboarding. It may be called from any goroutine but the UI's.
func (a *App) Screenshot(path, view string) error {
	type result struct {
		img image.Image
		err error
	}
	taken := make(chan result, 1)
	loop.Do(func() {
		img, err := a.picture(view)
		taken <- result{img, err}
	})
	var img image.Image
	select {
	case r := <-taken:
		if r.err != nil {
			return r.err
		}
		img = r.img
	case <-a.group.ctx.Done():
		return errors.New("screenshot: the window is closed")
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("screenshot: %w", err)
	}
	if err := png.Encode(f, img); err != nil {
		return errors.Join(fmt.Errorf("screenshot: %w", err), f.Close())
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("screenshot: %w", err)
	}
	return nil
}

func (a *App) picture(view string) (image.Image, error) {
	next := widget.Next
	widget.Next = nil // no frame follows that would draw the rest
	defer func() { widget.Next = next }()
	scene := a.scene()
	deps := a.deps()
	if kind, ok := faceKinds[command.Face(view)]; ok {
		f := kind.make(a.still(deps), scene)
		f.Update(scene)
		return render(f.Object(), kind.width, kind.height), nil
	}
	if page, ok := settingsPage(view); ok {
		return render(settings.New(deps, scene, a.opts.Version, page).Object(), settingsWidth, settingsHeight), nil
	}
	if kind, ok := panelKinds[command.View(view)]; ok {
		return render(kind.make(deps, scene, func() {}).Object(), kind.width, kind.height), nil
	}
	switch command.View(view) {
	case command.ViewActivity:
		return render(me.New(deps, func() present.Scene { return scene }).Content(), 360, 0), nil
	case "":
		if img := a.main.Canvas().Capture(); drawn(img) {
			return img, nil
		}
		return a.twin(), nil
	case command.ViewStart:
		v := start.New(deps, scene, func() {}, start.State{})
		return render(v.Object(), startWidth, startHeight), nil
	case command.ViewShortcuts:
		return render(shortcuts.New(deps, scene, a.keyTable).Object(), 640, 760), nil
	case command.ViewPalette:
		return render(a.makePalette(a.situation(a.focusNow())).Object(), 560, 460), nil
	case command.ViewCall, "calls", command.ViewHistory, command.ViewContacts, command.ViewVoicemail, command.ViewRecordings, command.ViewQueues:
		deps = a.still(deps)
		v := normal.New(deps, scene)
		if view != string(command.ViewCall) && view != "calls" {
			v.Show(command.View(view))
		}
		return render(v.Object(), theme.NormalWidth, theme.NormalHeight), nil
	case "person":
		return a.personPicture(deps, scene)
	case "incoming":
		cards := present.CallsOf(scene).Ringing
		if len(cards) == 0 {
			return nil, errors.New("screenshot: no call is ringing")
		}
		c := call.NewIncoming(deps)
		c.Update(cards[0])
		return render(container(c.Object()), theme.IncomingWidth, 0), nil
	}
	return nil, fmt.Errorf("screenshot: no view %q", view)
}

// drawn reports whether there is anything to see. What a driver gives of a window that is covered, minimised or on a
// screen without a graphics card may be one colour all over.
func drawn(img image.Image) bool {
	b := img.Bounds()
	first := img.At(b.Min.X, b.Min.Y)
	for y := b.Min.Y; y < b.Max.Y; y += 7 {
		for x := b.Min.X; x < b.Max.X; x += 7 {
			if img.At(x, y) != first {
				return true
			}
		}
	}
	return false
}

// twin draws what the main window shows off screen, in the window's size.
func (a *App) twin() image.Image {
	deps, scene := a.deps(), a.scene()
	deps = a.still(deps)
	size := a.main.Canvas().Size()
	width, height := size.Width/theme.Scale(), size.Height/theme.Scale()
	if a.page == command.ViewStart {
		return render(start.New(deps, scene, func() {}, a.start.State()).Object(), width, height)
	}
	v := faceKinds[a.faces.front].make(deps, scene)
	v.Copy(a.face())
	return render(v.Object(), width, height)
}

// render draws an object that is in no window, in dp at 100 %.
func render(o fyne.CanvasObject, width, height float32) image.Image {
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(o)
	c.Resize(fyne.NewSize(theme.Px(width), theme.Px(max(1, height))))
	o.Refresh() // what wraps knows its width now
	if m := o.MinSize(); m.Height > c.Size().Height {
		c.Resize(fyne.NewSize(c.Size().Width, m.Height))
	}
	return c.Capture()
}
