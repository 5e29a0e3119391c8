package widget

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// lateApp is an app whose driver knows the window of what has been drawn in it, as the real one does, and of nothing else.
type lateApp struct {
	fyne.App
	driver *lateDriver
}

func (a *lateApp) Driver() fyne.Driver { return a.driver }

type lateDriver struct {
	fyne.Driver
	drawn map[fyne.CanvasObject]bool
	asked int // how often a window was to be drawn again
}

func (d *lateDriver) AllWindows() []fyne.Window { return nil }

func (d *lateDriver) CanvasForObject(o fyne.CanvasObject) fyne.Canvas {
	if !d.drawn[o] {
		return nil
	}
	return &lateCanvas{d.Driver.CanvasForObject(o), d}
}

type lateCanvas struct {
	fyne.Canvas
	driver *lateDriver
}

func (c *lateCanvas) Refresh(fyne.CanvasObject) { c.driver.asked++ }
func (c *lateCanvas) SetDirty()                 { c.driver.asked++ }

// Rows that come into an empty list, or leave it, are drawn by the window although none of them has been on screen; a list
// that is reloaded with the same is not.
func TestRowsThatComeAreDrawn(t *testing.T) {
	app := test.NewTempApp(t)
	n := 0
	l := NewKeyList(func() int { return n }, func() *Row { return NewRow() }, func(_ int, r *Row) { r.Set(RowSpec{Name: "Maria"}) })
	w := test.NewTempWindow(t, l)
	w.Resize(fyne.NewSize(400, 600))
	d := &lateDriver{app.Driver(), map[fyne.CanvasObject]bool{l: true, l.body: true}, 0}
	fyne.SetCurrentApp(&lateApp{app, d})
	t.Cleanup(func() { fyne.SetCurrentApp(app) })
	for _, c := range []struct {
		rows  int
		drawn bool
	}{{3, true}, {3, false}, {1, true}, {0, true}, {2, true}} {
		n, d.asked = c.rows, 0
		l.Reload()
		if (d.asked > 0) != c.drawn {
			t.Errorf("%d rows: the window is to be drawn %d times", c.rows, d.asked)
		}
	}
}
