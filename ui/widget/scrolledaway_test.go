package widget_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"svara/ui/theme"
	"svara/ui/widget"
)

// TestWhatIsScrolledAwayIsNotPressed: a press or the wheel on what stands over a list does nothing to what was scrolled
// away under it.
func TestWhatIsScrolledAwayIsNotPressed(t *testing.T) {
	theme.Apply(test.NewTempApp(t), theme.ModeLight, 100)
	pressed, changed := 0, 0
	head := widget.NewButton(widget.ButtonSpec{Text: "Ring", Look: widget.Go}, func() { pressed++ })
	slider := widget.NewSlider("", 0, 100, 5, func(int) { changed++ })
	field := widget.NewField(widget.FieldSpec{})
	under := widget.NewButton(widget.ButtonSpec{Text: "Radera"}, func() { changed++ })
	long := container.NewWithoutLayout(slider, field, under)
	for i, o := range long.Objects {
		o.Move(fyne.NewPos(0, float32(i)*40))
		o.Resize(fyne.NewSize(300, 30))
	}
	tall := canvas.NewRectangle(nil)
	tall.SetMinSize(fyne.NewSize(300, 900))
	scroll := container.NewVScroll(container.NewStack(tall, long))
	ground := container.NewWithoutLayout(head, scroll)
	w := test.NewTempWindow(t, ground)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(300, 200))
	head.Resize(fyne.NewSize(300, 60))
	scroll.Move(fyne.NewPos(0, 60))
	scroll.Resize(fyne.NewSize(300, 140))
	at := fyne.NewPos(200, 75)
	test.MoveMouse(w.Canvas(), at)
	test.Scroll(w.Canvas(), at, 0, 10)
	test.TapCanvas(w.Canvas(), at)
	if changed == 0 {
		t.Fatal("what is in sight takes neither press nor wheel")
	}
	changed, pressed = 0, 0
	for _, offset := range []float32{60, 100, 140} {
		scroll.ScrollToOffset(fyne.NewPos(0, offset))
		for y := float32(5); y < 60; y += 5 {
			at := fyne.NewPos(200, y)
			test.MoveMouse(w.Canvas(), at)
			test.TapCanvas(w.Canvas(), at)
			test.Scroll(w.Canvas(), at, 0, 10)
			test.Drag(w.Canvas(), at, 40, 0)
		}
	}
	if changed > 0 || pressed != 33 {
		t.Errorf("what is out of sight was changed %d times, the button over it pressed %d times of 33", changed, pressed)
	}
	if w.Canvas().Focused() == fyne.Focusable(field.Entry()) {
		t.Error("the field out of sight got the keyboard")
	}
}
