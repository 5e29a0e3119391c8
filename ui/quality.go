package ui

import (
	"context"
	"os"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/loop"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view"
)

// showQuality shows or hides how the call in front sounds: on its card, or in a window where the card has no room.
func (a *App) showQuality() {
	if f, ok := a.face().(view.Measuring); ok && a.page != command.ViewStart && f.ToggleFigures() {
		return
	}
	a.panels.toggle(a, command.ViewQuality)
	a.wakeMeter()
}

// saveCollected writes what was collected off the UI goroutine.
func (a *App) saveCollected(path string, done func(error)) {
	if a.opts.sync {
		done(a.opts.Collector.SaveCollected(path))
		return
	}
	a.group.run(func(context.Context) {
		err := a.opts.Collector.SaveCollected(path)
		if err != nil {
			a.log.Error("save what was collected", "error", err)
		}
		loop.Do(func() { done(err) })
	})
}

// reportSound copies what is known of a call's sound, and offers to keep it in a file.
func (a *App) reportSound(id phone.CallID) {
	report, ok := present.SoundReport(a.scene(), id, a.opts.Version)
	if !ok {
		a.say(text.T("disabled.no-call"))
		return
	}
	a.fy.Clipboard().SetContent(report)
	a.offerLink(text.T("quality.reported"), text.T("quality.save"), func() {
		a.saveFile(view.File{Title: text.T("quality.save"), Name: text.T("quality.file")}, func(path string) {
			if err := os.WriteFile(path, []byte(report), 0o600); err != nil {
				a.log.Error("report of the sound", "error", err)
				a.say(text.T("quality.not_saved", "text", present.Clean(err.Error(), 200)))
				return
			}
			a.say(text.T("quality.saved", "path", present.Clean(path, 400)))
		})
	})
}
