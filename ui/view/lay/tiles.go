package lay

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/ui/theme"
)

type tiles struct {
	gap   float32
	most  int
	width float32
}

// Tiles lays objects in columns of the same width: as many as fit, no more than most. Its height follows its width.
func Tiles(most int, gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&tiles{gap: gap, most: most}, objects...)
}

func (t *tiles) grid(objects []fyne.CanvasObject) (vis []fyne.CanvasObject, cell fyne.Size, columns int) {
	vis = visible(objects)
	for _, o := range vis {
		cell = cell.Max(o.MinSize())
	}
	columns = max(1, min(t.most, len(vis)))
	for t.width > 0 && columns > 1 && cell.Width*float32(columns)+theme.Px(t.gap)*float32(columns-1) > t.width+0.5 {
		columns--
	}
	return vis, cell, columns
}

// MinSize implements fyne.Layout.
func (t *tiles) MinSize(objects []fyne.CanvasObject) fyne.Size {
	vis, cell, columns := t.grid(objects)
	rows := (len(vis) + columns - 1) / columns
	return fyne.NewSize(cell.Width, cell.Height*float32(rows)+theme.Px(t.gap)*float32(max(0, rows-1)))
}

// Layout implements fyne.Layout.
func (t *tiles) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	t.width = size.Width
	vis, cell, columns := t.grid(objects)
	gap := theme.Px(t.gap)
	w := (size.Width - gap*float32(columns-1)) / float32(columns)
	for i, o := range vis {
		o.Move(fyne.NewPos(float32(i%columns)*(w+gap), float32(i/columns)*(cell.Height+gap)))
		o.Resize(fyne.NewSize(w, cell.Height))
	}
}
