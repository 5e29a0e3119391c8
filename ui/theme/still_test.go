package theme

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestStill(t *testing.T) {
	app := test.NewTempApp(t)
	Still(app)
	Apply(app, ModeDark, 150)
	if fyne.CurrentApp().Settings().ShowAnimations() {
		t.Error("animations are on")
	}
	if Current().Mode() != ModeDark || Scale() != 1.5 {
		t.Error("the app's theme is not the current one")
	}
}
