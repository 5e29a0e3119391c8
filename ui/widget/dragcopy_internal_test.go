package widget

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"svara/ui/theme"
)

// TestTheCopyLeavesTheWordsInSight drags over a low place: the copy that follows the pointer stands beside it, where its words
// can be read, also at the bottom of the window.
func TestTheCopyLeavesTheWordsInSight(t *testing.T) {
	theme.Apply(test.NewTempApp(t), theme.ModeLight, 100)
	tile := canvas.NewRectangle(nil)
	source := NewDrag(canvas.NewRectangle(nil), nil)
	root := NewRoot(container.NewWithoutLayout(tile, source))
	w := test.NewTempWindow(t, root)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 300))
	tile.Resize(fyne.NewSize(200, 48))
	for _, top := range []float32{100, 250} {
		tile.Move(fyne.NewPos(50, top))
		root.drag.begin(source, "Anna Berg", []Target{{Object: tile, Words: func(bool) string { return "Koppla till Alva" }}})
		root.drag.move(fyne.NewPos(100, top+20), false)
		seen := false
		for _, o := range test.TempWidgetRenderer(t, root.drag).Objects() {
			if words, ok := o.(*canvas.Text); ok && words.Text == "Anna Berg" {
				seen = true
				if y, h := words.Position().Y, words.Size().Height; y+h > top && y < top+48 || y < 0 || y+h > 300 {
					t.Errorf("the copy is at %v over a place at %v", y, top)
				}
			}
		}
		if !seen {
			t.Error("no copy follows the pointer")
		}
		root.drag.end()
	}
}
