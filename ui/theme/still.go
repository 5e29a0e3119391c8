package theme

import "fyne.io/fyne/v2"

// Still turns off Fyne's own animations for the whole program: it makes an app that says so the current one. They are a
// fading caret and little else, but a caret that fades keeps the window drawing for as long as a field has the keyboard,
// which is always. The app itself is used as before.
func Still(app fyne.App) {
	fyne.SetCurrentApp(&stillApp{app, &stillSettings{app.Settings()}})
}

type stillApp struct {
	fyne.App
	settings *stillSettings // made once: each colour and measure asks for them, thousands of times a frame
}

// Settings are the app's, without animations.
func (a *stillApp) Settings() fyne.Settings { return a.settings }

type stillSettings struct{ fyne.Settings }

// ShowAnimations implements fyne.Settings.
func (*stillSettings) ShowAnimations() bool { return false }
