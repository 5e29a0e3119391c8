package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/ui/theme"
)

// BoardLook is how the board's people are drawn.
type BoardLook uint8

// The looks.
const (
	BoardTiles   BoardLook = iota // tiles in columns
	BoardList                     // a line each
	BoardActions                  // rows with what can be done; the one at the cursor is open
)

// BoardSection is people under a heading. A section of nobody is shown when it has a hint.
type BoardSection struct {
	Title string // empty: no heading
	Icon  string
	Count string
	Hint  string
	N     int  // people in it
	Tall  bool // tiles with a line more
}

// Measures of the board in dp.
const (
	minTile     = 220 // a tile is at least as wide: how somebody stands, and until when, in the fewest words
	listAt      = 420 // a list of rows of one line is at least as wide, that it has the same room
	boardGap    = 6
	boardEdge   = 2  // to the left of the tiles, so that their borders are whole
	boardBar    = 12 // to the right: the scroll bar stands there, clear of them
	boardHead   = 34
	mostColumns = 6
	thirdLineAt = 1.3 // text size from which all tiles have a third line (ui.md section 8)
)

// Board is hundreds of people in sections. Only who is in sight has objects, which follow the person when the order
// changes, and only what differs is drawn. It may have the keyboard itself, or be moved while a search field has it.
type Board struct {
	control
	// OnCursor is told when the cursor was moved by keys or the pointer, OnActivate of a press or Enter, OnMenu when a
	// menu is asked for at an absolute place, OnAct of one of the actions of a row that was open or not, OnMove that the pointer moves.
	OnCursor   func(index int)
	OnActivate func(index int)
	OnMenu     func(index int, at fyne.Position)
	OnAct      func(index, act int, open bool, at *Button)
	OnMove     func()

	key      func(index int) string
	bind     func(index int, cursor bool) TileSpec
	look     BoardLook
	sections []BoardSection
	blocks   []block
	columns  int
	opened   float32 // px that the row at the cursor is higher than others
	cursor   int     // -1 none
	column   int     // where the cursor goes in rows that are long enough
	width    float32 // px, as laid out
	scroll   *container.Scroll
	body     *boardBody
	probe    *PersonRow // measures open rows
}

// block is where a section stands, in px.
type block struct {
	head, top, row float32 // of the heading, of the first row, height of a row with its gap
	first, n       int     // its people
	columns        int
}

// rows is how many rows there are.
func (b block) rows() int { return (b.n + b.columns - 1) / b.columns }

// NewBoard makes a board. key names the person at a place, bind says what is shown of them.
func NewBoard(key func(index int) string, bind func(index int, cursor bool) TileSpec) *Board {
	b := &Board{key: key, bind: bind, cursor: -1, columns: 1, probe: newPersonRow(nil)}
	b.body = newBoardBody(b)
	b.scroll = container.NewVScroll(b.body)
	b.scroll.OnScrolled = func(fyne.Position) { b.body.Refresh() }
	b.changed = func() { b.Refresh() }
	b.init(b)
	return b
}

// Look is how people are drawn.
func (b *Board) Look() BoardLook { return b.look }

// SetPeople shows people, with the cursor at one of them or -1. All in sight are asked for anew, and who shows the same is
// not drawn.
func (b *Board) SetPeople(look BoardLook, sections []BoardSection, cursor int) {
	if b.look != look {
		b.look = look
		b.body.drop()
	}
	b.sections, b.cursor = sections, -1
	if cursor >= 0 && cursor < b.Len() {
		b.cursor = cursor
	}
	b.reload()
	if b.cursor >= 0 {
		b.column = b.columnOf(b.cursor)
		b.show(b.cursor)
	}
}

// Rebind asks for those in sight anew: how they stand has changed, not who they are.
func (b *Board) Rebind() {
	if b.look == BoardActions && b.open() != b.opened {
		b.reload()
		return
	}
	b.body.rebind()
}

// Len is how many people there are.
func (b *Board) Len() int {
	n := 0
	for _, s := range b.sections {
		n += s.N
	}
	return n
}

// Cursor is where the cursor is, -1 for nowhere.
func (b *Board) Cursor() int { return b.cursor }

// SetCursor moves the cursor and scrolls it into sight; -1 takes it away. OnCursor is not called.
func (b *Board) SetCursor(index int) {
	if index < -1 || index >= b.Len() {
		index = -1
	}
	if index >= 0 && b.columns > 0 {
		b.column = b.columnOf(index)
	}
	b.moveTo(index)
}

func (b *Board) moveTo(index int) {
	moved := b.cursor != index
	b.cursor = index
	if b.look == BoardActions && moved {
		b.reload()
	}
	b.show(index)
	b.body.Refresh()
}

// reload works out where everybody stands and binds those in sight.
func (b *Board) reload() {
	b.opened = b.open()
	before := b.body.height
	b.arrange()
	b.body.stale = true
	if b.body.height != before {
		b.scroll.Refresh()
	}
	b.body.Refresh()
}

// open is how much higher the row at the cursor is than others.
func (b *Board) open() float32 {
	if b.look != BoardActions || b.cursor < 0 || b.width <= 0 {
		return 0
	}
	b.probe.spec = b.bind(b.cursor, true)
	return max(0, b.probe.height(b.width)-theme.Px(tallRow))
}

// arrange gives every section its place.
func (b *Board) arrange() {
	width, gap := b.width, theme.Px(boardGap)
	b.columns = 1
	if b.look == BoardTiles {
		b.columns = max(1, min(mostColumns, int((width-theme.Px(boardEdge+boardBar)+gap)/(theme.Px(minTile)+gap))))
	}
	b.blocks = b.blocks[:0]
	y, first := float32(0), 0
	for _, s := range b.sections {
		k := block{head: y, first: first, n: s.N, columns: b.columns}
		if s.Title != "" && (s.N > 0 || s.Hint != "") {
			y += theme.Px(boardHead)
		}
		k.top = y
		switch b.look {
		case BoardTiles:
			k.row = theme.Px(personTile) + gap
			if b.tall(s) {
				k.row = theme.Px(tallTile) + gap
			}
		case BoardList:
			k.row = theme.Px(plainRow)
			if b.tall(s) {
				k.row = theme.Px(tallRow)
			}
		case BoardActions:
			k.row = theme.Px(tallRow)
		}
		y += float32(k.rows()) * k.row
		if b.cursor >= k.first && b.cursor < k.first+k.n {
			y += b.opened
		}
		first += s.N
		b.blocks = append(b.blocks, k)
	}
	b.body.height = y
}

// tall reports whether the cells of a section have a line more.
func (b *Board) tall(s BoardSection) bool {
	switch b.look {
	case BoardTiles:
		return s.Tall || theme.Scale() >= thirdLineAt
	case BoardList:
		return b.width < theme.Px(listAt)
	case BoardActions:
		return true
	}
	return false
}

// at is where somebody stands in the body.
func (b *Board) at(index int) (x, y, w, h float32) {
	for _, k := range b.blocks {
		if index >= k.first+k.n {
			continue
		}
		i := index - k.first
		width := b.width
		y = k.top + float32(i/k.columns)*k.row
		if b.look != BoardTiles {
			h = k.row
			switch {
			case b.opened > 0 && index == b.cursor:
				h += b.opened
			case b.opened > 0 && b.cursor >= k.first && index > b.cursor:
				y += b.opened
			}
			return 0, y, width, h
		}
		gap := theme.Px(boardGap)
		edge := theme.Px(boardEdge)
		w = (width - edge - theme.Px(boardBar) - gap*float32(k.columns-1)) / float32(k.columns)
		return edge + float32(i%k.columns)*(w+gap), y, w, k.row - gap
	}
	return 0, 0, 0, 0
}

// Edges is how far the tiles stand from the sides, in px.
func (b *Board) Edges() (left, right float32) {
	if b.look != BoardTiles {
		return 0, 0
	}
	return theme.Px(boardEdge), theme.Px(boardBar)
}

// inset is where headings begin, in px.
func (b *Board) inset() float32 {
	if b.look != BoardTiles {
		return theme.Px(rowPad)
	}
	return theme.Px(boardEdge)
}

// Height is how high everything is, in px.
func (b *Board) Height() float32 { return b.body.height }

// show scrolls somebody into sight, under the first row with the heading over it.
func (b *Board) show(index int) {
	view := b.scroll.Size().Height
	if index < 0 || view <= 0 {
		return
	}
	_, y, _, h := b.at(index)
	top := y
	for _, k := range b.blocks {
		if index >= k.first && index < k.first+k.columns {
			top = k.head
		}
	}
	switch from := b.scroll.Offset.Y; {
	case top < from:
		b.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case y+h > from+view:
		b.scroll.ScrollToOffset(fyne.NewPos(0, min(y, y+h-view)))
	}
}

// ScrollUp shows the beginning.
func (b *Board) ScrollUp() {
	b.scroll.ScrollToOffset(fyne.NewPos(0, 0))
	b.body.Refresh()
}

// blockOf is the section somebody is in.
func (b *Board) blockOf(index int) int {
	for i, k := range b.blocks {
		if index >= k.first && index < k.first+k.n {
			return i
		}
	}
	return -1
}

func (b *Board) columnOf(index int) int {
	if i := b.blockOf(index); i >= 0 {
		return (index - b.blocks[i].first) % b.blocks[i].columns
	}
	return 0
}

// MoveCursor moves the cursor by rows, across the sections, and tells OnCursor. Over the first row it goes away.
func (b *Board) MoveCursor(rows int) {
	if b.Len() == 0 {
		return
	}
	to := b.cursor
	for ; rows > 0; rows-- {
		to = b.below(to)
	}
	for ; rows < 0 && to >= 0; rows++ {
		to = b.above(to)
	}
	b.moveTo(to)
	b.tellCursor()
}

func (b *Board) tellCursor() {
	if b.OnCursor != nil {
		b.OnCursor(b.cursor)
	}
}

// below is who stands under somebody.
func (b *Board) below(index int) int {
	if index < 0 {
		b.column = 0
		return 0
	}
	i := b.blockOf(index)
	if i < 0 {
		return index
	}
	k := b.blocks[i]
	if row := (index - k.first) / k.columns; row+1 < k.rows() {
		return k.first + min((row+1)*k.columns+b.column, k.n-1)
	}
	for _, next := range b.blocks[i+1:] {
		if next.n > 0 {
			return next.first + min(b.column, next.n-1)
		}
	}
	return index
}

// above is who stands over somebody, -1 over the first row.
func (b *Board) above(index int) int {
	i := b.blockOf(index)
	if i < 0 {
		return -1
	}
	k := b.blocks[i]
	if row := (index - k.first) / k.columns; row > 0 {
		return k.first + (row-1)*k.columns + min(b.column, k.columns-1)
	}
	for i--; i >= 0; i-- {
		if k := b.blocks[i]; k.n > 0 {
			return k.first + min((k.rows()-1)*k.columns+b.column, k.n-1)
		}
	}
	return -1
}

// MoveAcross moves the cursor by columns, on to the next row at the end of one, and tells OnCursor.
func (b *Board) MoveAcross(columns int) {
	n := b.Len()
	if n == 0 {
		return
	}
	b.SetCursor(max(0, min(n-1, b.cursor+columns)))
	b.tellCursor()
}

// Columns is how many there are.
func (b *Board) Columns() int { return b.columns }

// Pointed reports whether the pointer is on somebody or somebody is highlighted.
func (b *Board) Pointed() bool {
	if b.cursor >= 0 {
		return true
	}
	for _, c := range b.body.cells {
		if c.base().hovered {
			return true
		}
	}
	return false
}

// InSight is the places of those in sight, top first, and what draws them.
func (b *Board) InSight() (indexes []int, objects []fyne.CanvasObject) {
	for _, i := range b.body.window() {
		if c, ok := b.body.cells[b.key(i)]; ok {
			indexes, objects = append(indexes, i), append(objects, c)
		}
	}
	return indexes, objects
}

// OpenMenu asks for the menu of the one at the cursor.
func (b *Board) OpenMenu() {
	if b.cursor >= 0 && b.OnMenu != nil {
		b.OnMenu(b.cursor, b.Under())
	}
}

// Under is the place under the one at the cursor, absolute.
func (b *Board) Under() fyne.Position {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
	x, y, _, h := b.at(max(0, b.cursor))
	return at.AddXY(x+theme.Px(24), y+h-b.scroll.Offset.Y-theme.Px(theme.Half))
}

// TypedKey implements fyne.Focusable.
func (b *Board) TypedKey(e *fyne.KeyEvent) {
	page := max(1, int(b.Size().Height/theme.Px(personTile+boardGap))-1)
	switch e.Name {
	case fyne.KeyUp:
		b.MoveCursor(-1)
	case fyne.KeyDown:
		b.MoveCursor(1)
	case fyne.KeyLeft:
		b.MoveAcross(-1)
	case fyne.KeyRight:
		b.MoveAcross(1)
	case fyne.KeyPageUp:
		b.MoveCursor(-min(page, b.cursor/max(1, b.columns)))
	case fyne.KeyPageDown:
		b.MoveCursor(page)
	case fyne.KeyHome:
		b.MoveAcross(-b.Len())
	case fyne.KeyEnd:
		b.MoveAcross(b.Len())
	case fyne.KeyReturn, fyne.KeySpace:
		b.activate(b.cursor)
	default:
		forwardKey(b, e)
	}
}

// FocusGained implements fyne.Focusable: the cursor comes into sight.
func (b *Board) FocusGained() {
	if b.cursor < 0 && b.Len() > 0 {
		b.SetCursor(0)
		b.tellCursor()
	}
	b.control.FocusGained()
}

// Tapped implements fyne.Tappable: beside the people nothing happens.
func (b *Board) Tapped(*fyne.PointEvent) {}

func (b *Board) activate(index int) {
	if index >= 0 && index < b.Len() && b.OnActivate != nil {
		b.OnActivate(index)
	}
}

// CreateRenderer implements fyne.Widget.
func (b *Board) CreateRenderer() fyne.WidgetRenderer {
	ring := newRing(0)
	d := &drawing{owner: b, objects: []fyne.CanvasObject{b.scroll, ring}}
	d.refresh = func() { styleRing(ring, 0, b.focused) }
	d.min = func() fyne.Size { return fyne.NewSize(theme.Px(minTile), theme.Px(tallTile)) }
	d.layout = func(s fyne.Size) {
		if b.width != s.Width {
			b.width = s.Width
			b.opened = b.open()
			b.arrange() // before the scroll shows anybody
		}
		b.scroll.Resize(s)
		ring.Resize(s)
		b.reload()
	}
	d.refresh()
	return d
}
