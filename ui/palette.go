package ui

import (
	"context"
	"slices"
	"strconv"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/loop"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view/palette"
)

// lately is how many of the commands used last come first in the palette.
const lately = 8

// paletteWindow is the palette over the main window, made anew each time it is opened.
type paletteWindow struct {
	view   *palette.View
	recent []string // items used last, newest first
}

// openPalette shows the palette, or closes it.
func (a *App) openPalette() {
	if a.palette.view != nil && a.palette.view.Open() {
		a.palette.view.Close()
		return
	}
	if a.page == command.ViewStart {
		return
	}
	sit := a.situation(a.focusNow())
	a.palette.view = a.makePalette(sit)
	a.palette.view.Show(a.main.Canvas())
}

// makePalette makes the palette of a situation: that before it took the keyboard.
func (a *App) makePalette(sit command.Situation) *palette.View {
	items := func(query string) []present.PaletteItem {
		now := sit
		now.Snapshot = a.snap
		return present.Palette(a.scene(), a.keymap, now, query, a.palette.recent)
	}
	v := palette.New(items, a.chosen)
	v.Busy = func() bool { return len(a.snap.Ringing()) > 0 }
	return v
}

// chosen does what was chosen in the palette and remembers it.
func (a *App) chosen(item present.PaletteItem) {
	a.palette.recent = slices.DeleteFunc(a.palette.recent, func(id string) bool { return id == item.ID })
	a.palette.recent = append([]string{item.ID}, a.palette.recent...)
	a.palette.recent = a.palette.recent[:min(lately, len(a.palette.recent))]
	if item.View != "" {
		a.show(item.View)
		return
	}
	a.runNumbered(item.Command, item.Chord)
}

// runNumbered does a command as a key would; the chord says which one of a numbered command is meant.
func (a *App) runNumbered(id command.ID, chord command.Chord) {
	c, ok := a.keymap.Command(id)
	if !ok {
		return
	}
	if enabled, why := a.keymap.State(id, a.snap); !enabled {
		a.say(text.T(why))
		return
	}
	c.Run(command.Invocation{Host: a.host, Snapshot: a.snap, Chord: chord})
}

// Command does a command as its key would, for svaractl; nth, 1 to 9, says which one of a numbered command. What it comes
// to is told in the window, as for a key; the error is why it was not done. It may be called from any goroutine but the
// UI's.
func (a *App) Command(ctx context.Context, id string, nth int) error {
	done := make(chan error, 1)
	loop.Do(func() { done <- a.command(command.ID(id), nth) })
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-a.group.ctx.Done():
		return phone.Refuse(phone.ReasonNotNow, "")
	}
}

func (a *App) command(id command.ID, nth int) error {
	c, ok := a.keymap.Command(id)
	chord := command.Chord{}
	switch {
	case !ok:
		return phone.Refuse(phone.ReasonBadCommand, "no command "+string(id))
	case c.Nth && (nth < 1 || nth > 9):
		return phone.Refuse(phone.ReasonBadCommand, "which one, 1 to 9")
	case c.Fixed && c.ID == command.DTMF:
		return phone.Refuse(phone.ReasonBadCommand, "digits are sent by dtmf")
	case c.Nth:
		chord.Key = strconv.Itoa(nth)
	}
	if a.page == command.ViewStart && !everywhere[id] {
		return phone.Refuse(phone.ReasonNotNow, "")
	}
	if slices.Equal(c.When, []command.Context{command.Transfer}) && !a.asking() {
		return phone.Refuse(phone.ReasonNotNow, text.T("disabled.not-transferring"))
	}
	if enabled, why := a.keymap.State(id, a.snap); !enabled {
		return phone.Refuse(phone.ReasonNotNow, text.T(why))
	}
	c.Run(command.Invocation{Host: a.host, Snapshot: a.snap, Chord: chord})
	return nil
}
