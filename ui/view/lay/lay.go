// Package lay is the few layouts the screens are built of. Measures are dp at 100 % and grow with the text size; a
// hidden object takes no room.
package lay

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/ui/theme"
	"svara/ui/widget"
)

// fill is the layout of an object that takes the room that is left in a Row or Col.
type fill struct{ least }

// Fill marks an object as the one that takes the room left over. Several share it equally.
func Fill(o fyne.CanvasObject) fyne.CanvasObject { return container.New(&fill{}, o) }

func fills(o fyne.CanvasObject) bool {
	c, ok := o.(*fyne.Container)
	if !ok {
		return false
	}
	_, ok = c.Layout.(*fill)
	return ok
}

// natural is what knows how wide it wants to be: a text that may be cut.
type natural interface{ Natural() float32 }

// shrink is the layout of a text that is as wide as it needs while there is room.
type shrink struct{ least }

// Shrink gives a text that may be cut the width it needs, and less where there is no more.
func Shrink(o fyne.CanvasObject) fyne.CanvasObject { return container.New(&shrink{}, o) }

// wants is how much more than its minimum a shrinking object would take.
func wants(o fyne.CanvasObject) float32 {
	c, ok := o.(*fyne.Container)
	if !ok {
		return 0
	}
	if _, ok := c.Layout.(*shrink); !ok {
		return 0
	}
	n, ok := c.Objects[0].(natural)
	if !ok {
		return 0
	}
	return max(0, n.Natural()-o.MinSize().Width)
}

// line lays objects along one axis.
type line struct {
	vertical bool
	gap      float32
	top      bool // a row's objects stand at the top instead of in the middle
	ends     bool // the whole height is used by every object
}

// Row lays objects from left to right, in the middle of the row's height, gap apart.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&line{gap: gap}, objects...)
}

// RowTop is Row with the objects at the top.
func RowTop(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&line{gap: gap, top: true}, objects...)
}

// RowFull is Row with the objects as high as the row.
func RowFull(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&line{gap: gap, ends: true}, objects...)
}

// Col lays objects from top to bottom, as wide as the column, gap apart.
func Col(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&line{vertical: true, gap: gap}, objects...)
}

func (l *line) along(s fyne.Size) (along, across float32) {
	if l.vertical {
		return s.Height, s.Width
	}
	return s.Width, s.Height
}

func (l *line) size(along, across float32) fyne.Size {
	if l.vertical {
		return fyne.NewSize(across, along)
	}
	return fyne.NewSize(along, across)
}

// MinSize implements fyne.Layout.
func (l *line) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var total, widest float32
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		along, across := l.along(o.MinSize())
		total += along
		widest = max(widest, across)
		n++
	}
	total += theme.Px(l.gap) * float32(max(0, n-1))
	return l.size(total, widest)
}

// Layout implements fyne.Layout.
func (l *line) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var used float32
	n, shares := 0, 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		n++
		if l.vertical { // what wraps can tell its height only when it knows its width
			o.Resize(fyne.NewSize(size.Width, o.Size().Height))
		}
		if fills(o) {
			shares++
		}
		along, _ := l.along(o.MinSize())
		used += along
	}
	gap := theme.Px(l.gap)
	length, across := l.along(size)
	spare := max(0, length-used-gap*float32(max(0, n-1)))
	grow := map[fyne.CanvasObject]float32{}
	if !l.vertical {
		for _, o := range objects {
			if w := min(wants(o), spare); w > 0 && o.Visible() {
				grow[o] = w
				spare -= w
				used += w
			}
		}
	}
	var extra float32
	if shares > 0 {
		extra = max(0, length-used-gap*float32(max(0, n-1))) / float32(shares)
	}
	at := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		along, own := l.along(o.MinSize())
		along += grow[o]
		if fills(o) {
			along += extra
		}
		side := float32(0)
		if l.vertical || l.ends {
			own = across
		} else if !l.top {
			side = (across - own) / 2
		} else if _, icon := o.(*widget.Icon); icon { // its middle is that of the first line of text
			side = theme.Px(1)
		}
		if l.vertical {
			o.Move(fyne.NewPos(side, at))
		} else {
			o.Move(fyne.NewPos(at, side))
		}
		o.Resize(l.size(along, own))
		at += along + gap
	}
}

type pad struct{ left, top, right, bottom float32 }

// Pad puts room around an object.
func Pad(left, top, right, bottom float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&pad{left, top, right, bottom}, o)
}

// PadAll is the same room on all sides.
func PadAll(n float32, o fyne.CanvasObject) *fyne.Container { return Pad(n, n, n, n, o) }

// MinSize implements fyne.Layout.
func (p *pad) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		if o.Visible() {
			m = m.Max(o.MinSize())
		}
	}
	return m.AddWidthHeight(theme.Px(p.left+p.right), theme.Px(p.top+p.bottom))
}

// Layout implements fyne.Layout.
func (p *pad) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(theme.Px(p.left), theme.Px(p.top)))
		o.Resize(size.SubtractWidthHeight(theme.Px(p.left+p.right), theme.Px(p.top+p.bottom)))
	}
}

type least struct{ w, h float32 }

// Least gives an object a least size; 0 leaves that side to the object.
func Least(w, h float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&least{w, h}, o)
}

// MinSize implements fyne.Layout.
func (l *least) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m := fyne.NewSize(theme.Px(l.w), theme.Px(l.h))
	for _, o := range objects {
		m = m.Max(o.MinSize())
	}
	return m
}

// Layout implements fyne.Layout.
func (l *least) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

type even struct {
	gap     float32
	columns int
}

// Even lays objects in columns of the same width.
func Even(columns int, gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&even{gap, columns}, objects...)
}

func visible(objects []fyne.CanvasObject) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, o := range objects {
		if o.Visible() {
			out = append(out, o)
		}
	}
	return out
}

// MinSize implements fyne.Layout.
func (e *even) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var cell fyne.Size
	vis := visible(objects)
	for _, o := range vis {
		cell = cell.Max(o.MinSize())
	}
	gap := theme.Px(e.gap)
	rows := (len(vis) + e.columns - 1) / e.columns
	return fyne.NewSize(cell.Width*float32(e.columns)+gap*float32(e.columns-1), cell.Height*float32(rows)+gap*float32(max(0, rows-1)))
}

// Layout implements fyne.Layout.
func (e *even) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	gap := theme.Px(e.gap)
	w := (size.Width - gap*float32(e.columns-1)) / float32(e.columns)
	vis := visible(objects)
	rows := (len(vis) + e.columns - 1) / e.columns
	if rows == 0 {
		return
	}
	h := (size.Height - gap*float32(rows-1)) / float32(rows)
	for i, o := range vis {
		o.Move(fyne.NewPos(float32(i%e.columns)*(w+gap), float32(i/e.columns)*(h+gap)))
		o.Resize(fyne.NewSize(w, h))
	}
}

type limit struct{ w float32 }

// Limit centres an object and makes it no wider than w.
func Limit(w float32, o fyne.CanvasObject) *fyne.Container { return container.New(&limit{w}, o) }

// MinSize implements fyne.Layout.
func (l *limit) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		m = m.Max(o.MinSize())
	}
	return m
}

// Layout implements fyne.Layout.
func (l *limit) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		w := min(size.Width, max(theme.Px(l.w), o.MinSize().Width))
		o.Move(fyne.NewPos((size.Width-w)/2, 0))
		o.Resize(fyne.NewSize(w, size.Height))
	}
}

type most struct{ w float32 }

// Most makes an object no wider than w, at the left.
func Most(w float32, o fyne.CanvasObject) *fyne.Container { return container.New(&most{w}, o) }

// MinSize implements fyne.Layout.
func (m *most) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

// Layout implements fyne.Layout.
func (m *most) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	o := objects[0]
	o.Move(fyne.NewPos(0, 0))
	o.Resize(fyne.NewSize(min(size.Width, max(theme.Px(m.w), o.MinSize().Width)), size.Height))
}
