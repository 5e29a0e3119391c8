package widget

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// TestTabScrolls goes through more buttons and fields than there is room for, forwards and back: the one with the keyboard
// is always in sight.
func TestTabScrolls(t *testing.T) {
	test.NewTempApp(t)
	column := container.NewVBox()
	for range 12 {
		column.Add(NewButton(ButtonSpec{Text: "Svara"}, nil))
		column.Add(NewField(FieldSpec{Label: "Number"}))
	}
	scroll := container.NewVScroll(NewPanel(PanelSpec{}, column))
	w := test.NewTempWindow(t, NewRoot(container.NewStack(scroll)))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(300, 160))
	c, driver := w.Canvas(), fyne.CurrentApp().Driver()
	check := func() {
		t.Helper()
		o, ok := c.Focused().(fyne.CanvasObject)
		if !ok {
			t.Fatal("nothing has the keyboard")
		}
		top := driver.AbsolutePositionForObject(o).Y
		if middle := top + o.Size().Height/2; middle < 0 || middle > 160 {
			t.Errorf("%T is at %.0f to %.0f of 160, scrolled to %.0f", o, top, top+o.Size().Height, scroll.Offset.Y)
		}
	}
	for range 24 {
		c.FocusNext()
		check()
	}
	if scroll.Offset.Y == 0 {
		t.Error("nothing was scrolled")
	}
	for range 23 {
		c.FocusPrevious()
		check()
	}
}
