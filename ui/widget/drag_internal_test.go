package widget

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// TestTargetIsWhatIsSeenOfIt has a target half under the edge of what scrolls it: nothing is marked, and nothing can be
// dropped, where something else is seen.
func TestTargetIsWhatIsSeenOfIt(t *testing.T) {
	test.NewTempApp(t)
	tile, box := &canvas.Rectangle{}, container.NewWithoutLayout()
	box.Add(tile)
	tile.Move(fyne.NewPos(10, 80))
	tile.Resize(fyne.NewSize(50, 40))
	ground := container.NewWithoutLayout(box)
	w := test.NewTempWindow(t, ground)
	w.SetPadded(false)
	box.Resize(fyne.NewSize(200, 100))
	whole, all := Target{Object: tile}.place()
	seen, part := Target{Object: tile, Within: box}.place()
	if all != fyne.NewSize(50, 40) || seen != whole || part != fyne.NewSize(50, 20) {
		t.Errorf("%v %v of %v %v", seen, part, whole, all)
	}
	tile.Move(fyne.NewPos(10, 120))
	if _, none := (Target{Object: tile, Within: box}).place(); none.Height != 0 {
		t.Errorf("out of sight it is %v", none)
	}
}
