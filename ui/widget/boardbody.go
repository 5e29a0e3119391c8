package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// boardBody is what the board's scroll moves: as high as everybody, with objects for those in sight.
type boardBody struct {
	fynewidget.BaseWidget
	board  *Board
	height float32              // px
	cells  map[string]boardCell // in sight, by person
	shown  map[string]int       // where they are
	spare  []boardCell
	heads  []*boardHeading
	spot   *canvas.Rectangle // drawn anew when somebody comes or goes; the others are not touched
	stale  bool              // ask for those in sight anew
	late   map[string]bool   // they are drawn in one of the next frames
	left   int               // how many more may be drawn in this frame
	more   bool              // the next frame is waited for
}

// atOnce is how many are drawn in one frame where all in sight are others: each has words that are drawn from their letters'
// outlines, and forty of them take as long as three frames.
const atOnce = 16

// Next has f run when the frame that is drawn next is on screen. It is nil where nothing waits for a screen: then a board is
// drawn as a whole.
var Next func(f func())

func newBoardBody(b *Board) *boardBody {
	y := &boardBody{board: b, cells: map[string]boardCell{}, spot: canvas.NewRectangle(theme.Color(theme.Transparent))}
	y.ExtendBaseWidget(y)
	return y
}

// drop forgets all cells: those of another look follow.
func (y *boardBody) drop() { y.cells, y.spare, y.late = map[string]boardCell{}, nil, nil }

// mayDraw reports whether one more may be drawn in this frame. Who has to wait is drawn in the next, the first in sight first.
func (y *boardBody) mayDraw() bool {
	if Next == nil {
		return true
	}
	if !y.more {
		y.more, y.left = true, atOnce
		Next(func() {
			y.more = false
			if len(y.late) > 0 {
				y.Refresh()
			}
		})
	}
	y.left--
	return y.left >= 0
}

// window is the places of those in sight, top first.
func (y *boardBody) window() []int {
	b := y.board
	from, view := b.scroll.Offset.Y, b.scroll.Size().Height
	var out []int
	for _, k := range b.blocks {
		for row := range k.rows() {
			first := k.first + row*k.columns
			_, top, _, h := b.at(first)
			if top+h <= from {
				continue
			}
			if top >= from+view {
				return out
			}
			for i := first; i < min(first+k.columns, k.first+k.n); i++ {
				out = append(out, i)
			}
		}
	}
	return out
}

// rebind asks what those in sight show.
func (y *boardBody) rebind() {
	for key, c := range y.cells {
		i := y.shown[key]
		if y.late[key] {
			continue
		}
		if s := y.board.blockOf(i); s >= 0 {
			c.look(y.board.bind(i, i == y.board.cursor), y.board.tall(y.board.sections[s]))
		}
	}
}

// take is a cell for somebody who has come into sight.
func (y *boardBody) take() boardCell {
	if n := len(y.spare); n > 0 {
		c := y.spare[n-1]
		y.spare = y.spare[:n-1]
		return c
	}
	if y.board.look == BoardTiles {
		return newPersonTile()
	}
	return newPersonRow(nil)
}

// wire tells a cell whom it shows.
func (y *boardBody) wire(c boardCell, i int) {
	b, cell := y.board, c.base()
	choose := func() {
		b.SetCursor(i)
		b.tellCursor()
	}
	cell.tap = func() {
		choose()
		b.activate(i)
	}
	cell.menu = func(at fyne.Position) {
		choose()
		if b.OnMenu != nil {
			b.OnMenu(i, at)
		}
	}
	cell.move = b.OnMove
	if row, ok := c.(*PersonRow); ok {
		row.act = func(act int, at *Button) {
			open := row.spec.Open
			if b.cursor != i {
				choose()
			}
			if b.OnAct != nil {
				b.OnAct(i, act, open, at)
			}
		}
	}
}

// CreateRenderer implements fyne.Widget.
func (y *boardBody) CreateRenderer() fyne.WidgetRenderer { return &boardRenderer{y: y} }

type boardRenderer struct {
	y       *boardBody
	objects []fyne.CanvasObject
}

func (r *boardRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *boardRenderer) Destroy()                     {}
func (r *boardRenderer) Layout(fyne.Size)             { r.Refresh() }

func (r *boardRenderer) MinSize() fyne.Size { return fyne.NewSize(theme.Px(minTile), r.y.height) }

// Refresh gives everybody in sight a cell: who stays keeps theirs, who came gets a spare one.
func (r *boardRenderer) Refresh() {
	y, b := r.y, r.y.board
	places := y.window()
	cells, shown := make(map[string]boardCell, len(places)), make(map[string]int, len(places))
	for _, i := range places {
		key := b.key(i)
		shown[key] = i
		if c, ok := y.cells[key]; ok {
			cells[key] = c
		}
	}
	changed := len(cells) != len(y.cells)
	for key, c := range y.cells {
		if _, stays := cells[key]; !stays {
			c.base().hovered = false
			y.spare = append(y.spare, c)
		}
	}
	r.objects = append(r.objects[:0], y.spot)
	late := map[string]bool{}
	for _, i := range places {
		key := b.key(i)
		c, ok := cells[key]
		cursor, tall := i == b.cursor, b.tall(b.sections[b.blockOf(i)])
		switch {
		case !ok:
			if !y.mayDraw() {
				late[key] = true
				continue
			}
			c, changed = y.take(), true
			cells[key] = c
			base := c.base()
			base.spec, base.tall, base.cursor = b.bind(i, cursor), tall, cursor
			base.drawn++
			c.Refresh()
		case y.stale || y.late[key]:
			if spec := b.bind(i, cursor); c.base().tall != tall || !c.base().spec.equal(spec) {
				if y.mayDraw() {
					c.look(spec, tall)
				} else {
					late[key] = true
				}
			}
		}
		if !ok || y.stale {
			y.wire(c, i)
		}
		c.base().setCursor(cursor)
		x, top, w, h := b.at(i)
		place(c, x, top, w, h)
		r.objects = append(r.objects, c)
	}
	y.cells, y.shown, y.stale, y.late = cells, shown, false, late
	if r.headings() || changed {
		canvas.Refresh(y.spot)
	}
}

// headings places the headings of the sections; true says that one looks different now.
func (r *boardRenderer) headings() (changed bool) {
	y, b := r.y, r.y.board
	for len(y.heads) < len(b.sections) {
		y.heads = append(y.heads, newBoardHeading())
	}
	for i, h := range y.heads {
		on := i < len(b.sections) && b.sections[i].Title != "" && (b.sections[i].N > 0 || b.sections[i].Hint != "")
		SetVisible(h, on)
		if !on {
			continue
		}
		if h.set(b.sections[i]) {
			changed = true
		}
		place(h, b.inset(), b.blocks[i].head, b.width-2*b.inset(), theme.Px(boardHead))
		r.objects = append(r.objects, h)
	}
	return changed
}

// boardHeading is the heading of a section: icon, title, how many.
type boardHeading struct {
	fynewidget.BaseWidget
	section BoardSection
}

func newBoardHeading() *boardHeading {
	h := &boardHeading{}
	h.ExtendBaseWidget(h)
	return h
}

func (h *boardHeading) set(s BoardSection) bool {
	s.N, s.Tall = 0, false
	if h.section == s {
		return false
	}
	h.section = s
	h.Refresh()
	return true
}

// CreateRenderer implements fyne.Widget.
func (h *boardHeading) CreateRenderer() fyne.WidgetRenderer {
	icon := newPicture()
	words := newInline(Style{Size: theme.DetailSize, Figures: true, Cut: true})
	d := &drawing{owner: h}
	d.refresh = func() {
		s := h.section
		setPicture(icon, s.Icon, theme.Text2)
		spans := []Span{{Text: s.Title, Token: theme.Text, Bold: true}}
		if s.Count != "" {
			spans = append(spans, Span{Text: "  " + s.Count})
		}
		if s.Hint != "" {
			spans = append(spans, Span{Text: "  " + s.Hint})
		}
		words.set(theme.Text2, spans...)
		d.objects = append([]fyne.CanvasObject{icon.Raster}, words.objects()...)
	}
	d.min = func() fyne.Size { return fyne.NewSize(theme.Px(minTile), theme.Px(boardHead)) }
	d.layout = func(s fyne.Size) {
		x, low, i := float32(0), theme.Px(theme.DetailSize.LineHeight()), theme.Px(theme.IconSmall)
		y := theme.Px(10)
		if icon.Visible() {
			place(icon, x, y+(low-i)/2, i, i)
			x += i + theme.Px(theme.Grid)
		}
		words.place(x, y, max(0, s.Width-x), low)
	}
	d.refresh()
	return d
}
