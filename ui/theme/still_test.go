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

// Every colour and every measure of a frame goes by the theme: looking it up leaves nothing to be collected.
func TestLookingUpTheThemeTakesNoMemory(t *testing.T) {
	Still(test.NewTempApp(t))
	for what, look := range map[string]func(){
		"the theme": func() { Current() },
		"a colour":  func() { Color(Text2) },
		"a measure": func() { Px(12) },
	} {
		if n := testing.AllocsPerRun(100, look); n > 0 {
			t.Errorf("%s is looked up with %.0f allocations", what, n)
		}
	}
}
