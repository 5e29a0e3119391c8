package lay

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/ui/theme"
)

// aside is the layout of a main object with a tail at its right, or under it where the width is too small for both. Its
// height follows its width, so it belongs in a Col.
type aside struct {
	gap, least float32
	words      cuttable // a text in main, nil for none
	width      float32  // as laid out last, 0 before
}

// cuttable is a text that is cut where it has no room.
type cuttable interface {
	fyne.CanvasObject
	natural
}

// Aside lays main and tail side by side while main then gets at least least dp; else the tail goes under it, at the right.
func Aside(gap, least float32, main, tail fyne.CanvasObject) *fyne.Container {
	return container.New(&aside{gap: gap, least: least}, main, tail)
}

// AsideWords is Aside where the tail also goes under main when a text in main would be cut beside it.
func AsideWords(gap, least float32, words cuttable, main, tail fyne.CanvasObject) *fyne.Container {
	return container.New(&aside{gap: gap, least: least, words: words}, main, tail)
}

func (a *aside) under(main, tail fyne.CanvasObject) bool {
	if a.width == 0 {
		return false
	}
	need := theme.Px(a.least)
	if a.words != nil {
		need = max(need, main.MinSize().Width+a.words.Natural()-a.words.MinSize().Width)
	}
	return a.width-tail.MinSize().Width-theme.Px(a.gap) < need
}

// MinSize implements fyne.Layout.
func (a *aside) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m, t := objects[0].MinSize(), objects[1].MinSize()
	switch {
	case !objects[1].Visible():
		return m
	case a.under(objects[0], objects[1]):
		return fyne.NewSize(m.Width, m.Height+theme.Px(theme.Half)+t.Height)
	}
	return fyne.NewSize(m.Width, max(m.Height, t.Height))
}

// Layout implements fyne.Layout.
func (a *aside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	a.width = size.Width
	main, tail := objects[0], objects[1]
	t := tail.MinSize()
	if !tail.Visible() {
		main.Move(fyne.NewPos(0, 0))
		main.Resize(size)
		return
	}
	if a.under(main, tail) {
		main.Resize(fyne.NewSize(size.Width, main.Size().Height))
		h := main.MinSize().Height
		main.Move(fyne.NewPos(0, 0))
		main.Resize(fyne.NewSize(size.Width, h))
		w := min(t.Width, size.Width)
		tail.Move(fyne.NewPos(size.Width-w, h+theme.Px(theme.Half)))
		tail.Resize(fyne.NewSize(w, t.Height))
		return
	}
	w := size.Width - t.Width - theme.Px(a.gap)
	main.Resize(fyne.NewSize(w, main.Size().Height))
	h := main.MinSize().Height
	main.Move(fyne.NewPos(0, (size.Height-h)/2))
	main.Resize(fyne.NewSize(w, h))
	tail.Move(fyne.NewPos(size.Width-t.Width, (size.Height-t.Height)/2))
	tail.Resize(t)
}

// flow is the layout of buttons in as few lines as they fit in, each line filled.
type flow struct {
	gap   float32
	loose bool    // objects keep their widths
	right bool    // the lines end at the right
	give  float32 // by how much objects may be narrower than they want to be before a line is broken
	width float32
}

// Flow lays objects in lines, as many to a line as fit, and shares out what is left of each line. Its height follows its
// width, so it belongs in a Col.
func Flow(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flow{gap: gap}, objects...)
}

// Snug is Flow of objects that can be narrower by give dp each, so that few enough stay in a line.
func Snug(gap, give float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flow{gap: gap, give: give}, objects...)
}

// Lines lays objects in lines, as many to a line as fit, each as wide as it wants to be. Like Flow it belongs in a Col.
func Lines(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flow{gap: gap, loose: true}, objects...)
}

// Ends is Lines at the right: what ends a form.
func Ends(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flow{gap: gap, loose: true, right: true}, objects...)
}

func (f *flow) lines(objects []fyne.CanvasObject) [][]fyne.CanvasObject {
	var out [][]fyne.CanvasObject
	var used float32
	gap, give := theme.Px(f.gap), theme.Px(f.give)
	for _, o := range visible(objects) {
		w := o.MinSize().Width - give
		if len(out) == 0 || f.width > 0 && used+gap+w > f.width+0.5 {
			out = append(out, nil)
			used = -gap
		}
		out[len(out)-1] = append(out[len(out)-1], o)
		used += gap + w
	}
	return out
}

func highest(line []fyne.CanvasObject) (h float32) {
	for _, o := range line {
		h = max(h, o.MinSize().Height)
	}
	return h
}

// MinSize implements fyne.Layout.
func (f *flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for i, line := range f.lines(objects) {
		if i > 0 {
			m.Height += theme.Px(f.gap)
		}
		m.Height += highest(line)
	}
	for _, o := range visible(objects) {
		m.Width = max(m.Width, min(o.MinSize().Width, theme.Px(80)))
	}
	return m
}

// Layout implements fyne.Layout.
func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	gap := theme.Px(f.gap)
	y := float32(0)
	for _, line := range f.lines(objects) {
		need := gap * float32(len(line)-1)
		for _, o := range line {
			need += o.MinSize().Width
		}
		extra := max(-theme.Px(f.give), (size.Width-need)/float32(len(line)))
		if f.loose {
			extra = 0
		}
		h, x := highest(line), float32(0)
		if f.right {
			x = max(0, size.Width-need)
		}
		for _, o := range line {
			w := min(size.Width, max(0, o.MinSize().Width+extra))
			o.Move(fyne.NewPos(x, y))
			o.Resize(fyne.NewSize(w, h))
			x += w + gap
		}
		y += h + gap
	}
}
