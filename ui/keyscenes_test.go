package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/view/shortcuts"
)

// keyScenes are the table of keys and the palette.
var keyScenes = map[string]func(a *App, p *fakePhone, language string) fyne.CanvasObject{
	"shortcuts": keyScene("", func(v *shortcuts.View) {}),
	"shortcuts-keys": keyScene("", func(v *shortcuts.View) {
		v.Search("hold")
		v.Open(command.Hold)
	}),
	"shortcuts-taken": keyScene("", func(v *shortcuts.View) {
		v.Open(command.Answer)
		v.Press(command.Chord{Key: "F7"})
	}),
	"shortcuts-refused": keyScene("", func(v *shortcuts.View) {
		v.Open(command.Decline)
		v.Press(command.Chord{Key: command.KeyEscape})
	}),
	"shortcuts-own": keyScene(`{"call.hold": ["F12", "Ctrl+h"], "call.mute": [], "call.fly": ["F5"], "call.hangup": ["F7"], "go.history": ["Escape"]}`, func(v *shortcuts.View) {}),
	"palette":       paletteScene(""),
	"palette-search": func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		return paletteScene(map[string]string{"sv": "sam", "en": "call"}[language])(a, p, language)
	},
	"palette-none": paletteScene("xyz"),
}

func keyScene(setting string, then func(*shortcuts.View)) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		p.show(a, with(speak(p.snap, language), func(s *phone.Snapshot) { s.Settings[phone.KeyKeys] = setting }))
		v := shortcuts.New(a.deps(), a.scene(), a.keyTable)
		then(v)
		return v.Object()
	}
}

func paletteScene(search string) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		p.show(a, with(speak(p.snap, language), func(s *phone.Snapshot) {
			s.Calls, s.Active = []phone.Call{connected(7)}, 7
			s.Queues = []phone.QueueStatus{{Queue: phone.Queue{ID: "9000", Name: "Växeln"}, Login: phone.ConfirmOn}, {Queue: phone.Queue{ID: "9001", Name: "Support"}}}
		}))
		a.palette.recent = []string{"call.hold", "settings/sound"}
		v := a.makePalette(a.situation(a.focusNow()))
		v.Search(search)
		return v.Object()
	}
}

// keyScreen is the size of a screen of keyScenes.
func keyScreen(name string) (fyne.Size, bool) {
	switch {
	case strings.HasPrefix(name, "shortcuts") && name != string(command.ViewQuick):
		return fyne.NewSize(640, 680), true
	case strings.HasPrefix(name, "palette"):
		return fyne.NewSize(560, 460), true
	}
	return fyne.Size{}, false
}
