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

// grid is how the objects stand: the gap gives way a little before a column does.
func (t *tiles) grid(objects []fyne.CanvasObject) (vis []fyne.CanvasObject, cell fyne.Size, columns int, gap float32) {
	vis = visible(objects)
	for _, o := range vis {
		cell = cell.Max(o.MinSize())
	}
	columns = max(1, min(t.most, len(vis)))
	wide := func(gap float32) bool {
		return t.width > 0 && columns > 1 && cell.Width*float32(columns)+gap*float32(columns-1) > t.width+0.5
	}
	for {
		if gap = theme.Px(t.gap); !wide(gap) {
			return vis, cell, columns, gap
		}
		if gap /= 2; !wide(gap) {
			return vis, cell, columns, gap
		}
		columns--
	}
}

// MinSize implements fyne.Layout.
func (t *tiles) MinSize(objects []fyne.CanvasObject) fyne.Size {
	vis, cell, columns, gap := t.grid(objects)
	rows := (len(vis) + columns - 1) / columns
	return fyne.NewSize(cell.Width, cell.Height*float32(rows)+gap*float32(max(0, rows-1)))
}

// Layout implements fyne.Layout.
func (t *tiles) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	t.width = size.Width
	vis, cell, columns, gap := t.grid(objects)
	w := (size.Width - gap*float32(columns-1)) / float32(columns)
	for i, o := range vis {
		o.Move(fyne.NewPos(float32(i%columns)*(w+gap), float32(i/columns)*(cell.Height+gap)))
		o.Resize(fyne.NewSize(w, cell.Height))
	}
}

type margin struct {
	limit        float32
	wide, narrow pad
	width        float32
}

// Margin puts room around an object: across and down, and less of it where there is less than limit dp of width.
func Margin(limit, across, down, narrowAcross, narrowDown float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&margin{limit: limit, wide: pad{across, down, across, down}, narrow: pad{narrowAcross, narrowDown, narrowAcross, narrowDown}}, o)
}

func (m *margin) now() *pad {
	if m.width > 0 && m.width < theme.Px(m.limit) {
		return &m.narrow
	}
	return &m.wide
}

// MinSize implements fyne.Layout.
func (m *margin) MinSize(objects []fyne.CanvasObject) fyne.Size { return m.now().MinSize(objects) }

// Layout implements fyne.Layout.
func (m *margin) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	m.width = size.Width
	m.now().Layout(objects, size)
}
