package widget_test

import (
	"image"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"svara/ui/theme"
	"svara/ui/widget"
)

// drawn is what a text looks like.
func drawn(t *testing.T, o fyne.CanvasObject) *image.NRGBA {
	t.Helper()
	img, ok := software.Render(o, fyne.CurrentApp().Settings().Theme()).(*image.NRGBA)
	if !ok {
		t.Fatal("no picture")
	}
	return img
}

// TestOtherScriptsHaveLetters writes names that Inter has no letters for, also beside figures of equal width: each is drawn in
// a font that has them, and takes the room that it is drawn in. Emoji are in a font that comes with the program.
func TestOtherScriptsHaveLetters(t *testing.T) {
	theme.Apply(test.NewTempApp(t), theme.ModeLight, 100)
	for _, words := range []string{"😀😀", "سارة أحمد", "王小明", "Ελένη", "Анна", "שרה", "ナカムラ", "한지민", "\u200b", "a\u0301\u0302\u0303", "\U0001F469\u200d\U0001F4BB"} {
		for _, style := range []widget.Style{{Size: theme.NameSize}, {Size: theme.NameSize, Bold: true}, {Size: theme.DetailSize, Figures: true, Cut: true}} {
			o := widget.NewText(words, style)
			o.Resize(fyne.NewSize(200, 24))
			drawn(t, o)
			if m := o.MinSize(); m.Width < 0 || m.Height <= 0 {
				t.Errorf("%q needs %v", words, m)
			}
		}
	}
	for _, figures := range []bool{false, true} {
		o := widget.NewText("😀", widget.Style{Size: theme.NameSize, Figures: figures})
		o.Resize(o.MinSize())
		box := canvas.NewText("😀", theme.Color(theme.Text))
		box.TextSize, box.FontSource = theme.Px(float32(theme.NameSize)), theme.Figures(false)
		box.Resize(o.MinSize())
		if slices.Equal(drawn(t, o).Pix, drawn(t, box).Pix) {
			t.Errorf("figures of equal width: %v: it is a box", figures)
		}
	}
}
