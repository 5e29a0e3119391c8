package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// KeyList is a list of any length that draws only the rows in sight. It may have the keyboard itself, or be moved by
// SetCursor while a search field has it; keys it has no use for go to the canvas's Keys.
type KeyList struct {
	control
	height float32 // dp of a row
	count  func() int
	create func() *Row
	bind   func(index int, row *Row)
	// OnCursor is told when the cursor moved by keys or a press; OnActivate when a row was pressed, or Enter; OnMenu
	// when a row's menu is asked for, with an absolute place.
	OnCursor   func(index int)
	OnActivate func(index int)
	OnMenu     func(index int, at fyne.Position)
	// OnEnd is told when the last row came into sight, by scrolling or by keys: more can be asked for.
	OnEnd func()
	// Height is how high a row is, in dp, for a list of rows of different heights; nil makes all as high as SetRowHeight
	// says. OnKey is asked first about the keys of the list; true says that it used the key.
	Height func(index int) float32
	OnKey  func(e *fyne.KeyEvent) bool
	// OnRune is likewise asked about characters.
	OnRune func(r rune) bool

	cursor int // -1 none
	scroll *container.Scroll
	body   *listBody
}

// NewKeyList makes a list. create makes an empty row; bind fills it with the item's content, sets nothing else than what
// is shown and what its actions do, and is called again for every visible row by Reload.
func NewKeyList(count func() int, create func() *Row, bind func(index int, row *Row)) *KeyList {
	l := &KeyList{height: theme.RowHeight, count: count, create: create, bind: bind, cursor: -1}
	l.body = &listBody{list: l}
	l.body.ExtendBaseWidget(l.body)
	l.scroll = container.NewVScroll(l.body)
	l.scroll.OnScrolled = func(fyne.Position) {
		l.body.Refresh()
		l.atEnd()
	}
	l.changed = func() { l.Refresh() }
	l.init(l)
	return l
}

// SetRowHeight changes the height of rows, in dp.
func (l *KeyList) SetRowHeight(dp float32) {
	if l.height != dp {
		l.height = dp
		l.Reload()
	}
}

// Reload binds the visible rows again: after the items changed.
func (l *KeyList) Reload() {
	if n := l.count(); l.cursor >= n {
		l.cursor = n - 1
	}
	l.scroll.Refresh()
	l.body.stale = true
	l.body.Refresh()
}

// Cursor is the index the cursor is at, -1 for none.
func (l *KeyList) Cursor() int { return l.cursor }

// SetCursor moves the cursor, within the list, and scrolls it into sight; -1 takes it away. OnCursor is not called.
func (l *KeyList) SetCursor(index int) {
	index = min(index, l.count()-1)
	if index < -1 {
		index = -1
	}
	l.cursor = index
	l.show(index)
	l.body.Refresh()
	if index >= 0 {
		l.atEnd()
	}
}

// atEnd tells OnEnd when the last row is in sight.
func (l *KeyList) atEnd() {
	if l.OnEnd == nil {
		return
	}
	if first, n := l.body.window(); n > 0 && first+n >= l.count() {
		l.OnEnd()
	}
}

// show scrolls a row into sight. The body is drawn anew by the caller: Fyne does not tell OnScrolled of this.
func (l *KeyList) show(index int) {
	if index < 0 {
		return
	}
	top, bottom := l.top(index), l.top(index+1)
	view := l.scroll.Size().Height
	switch y := l.scroll.Offset.Y; {
	case view <= 0:
	case top < y:
		l.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case bottom > y+view: // of a row higher than the view the beginning
		l.scroll.ScrollToOffset(fyne.NewPos(0, min(top, bottom-view)))
	}
}

// top is where a row begins, in px; that of the row after the last is how high all are.
func (l *KeyList) top(index int) float32 {
	if l.Height == nil {
		return float32(index) * theme.Px(l.height)
	}
	var y float32
	for i := range min(index, l.count()) {
		y += theme.Px(l.Height(i))
	}
	return y
}

// MoveCursor moves the cursor by rows and tells OnCursor.
func (l *KeyList) MoveCursor(rows int) {
	n := l.count()
	if n == 0 {
		return
	}
	to := l.cursor + rows
	if l.cursor < 0 && rows < 0 {
		to = 0
	}
	l.SetCursor(min(n-1, max(0, to)))
	if l.OnCursor != nil {
		l.OnCursor(l.cursor)
	}
}

// OpenMenu asks for the menu of the row at the cursor, under it.
func (l *KeyList) OpenMenu() {
	if l.OnMenu == nil || l.cursor < 0 {
		return
	}
	l.OnMenu(l.cursor, l.Under())
}

// Under is the place under the row at the cursor, absolute.
func (l *KeyList) Under() fyne.Position {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(l)
	at.X += theme.Px(64)
	at.Y += l.top(max(0, l.cursor)) + theme.Px(l.height) - l.scroll.Offset.Y - theme.Px(8)
	return at
}

// Pointed reports whether the pointer is on a row or a row is highlighted.
func (l *KeyList) Pointed() bool {
	if l.cursor >= 0 {
		return true
	}
	for _, r := range l.body.rows {
		if r.hovered {
			return true
		}
	}
	return false
}

// Rebind binds the rows in sight again where they are: what they show has changed, not which they are. A row that shows
// the same is not drawn.
func (l *KeyList) Rebind() {
	for i, r := range l.body.rows {
		if i < l.count() {
			l.bind(i, r)
		}
	}
}

// TypedKey implements fyne.Focusable.
func (l *KeyList) TypedKey(e *fyne.KeyEvent) {
	if l.OnKey != nil && l.OnKey(e) {
		return
	}
	page := max(1, int(l.Size().Height/theme.Px(l.height))-1)
	switch e.Name {
	case fyne.KeyUp:
		l.MoveCursor(-1)
	case fyne.KeyDown:
		l.MoveCursor(1)
	case fyne.KeyPageUp:
		l.MoveCursor(-page)
	case fyne.KeyPageDown:
		l.MoveCursor(page)
	case fyne.KeyHome:
		l.MoveCursor(-l.count())
	case fyne.KeyEnd:
		l.MoveCursor(l.count())
	case fyne.KeyReturn, fyne.KeySpace:
		l.activate(l.cursor)
	case fyne.KeyEnter:
		if !forwardKey(l, e) {
			l.activate(l.cursor)
		}
	default:
		forwardKey(l, e)
	}
}

// TypedRune implements fyne.Focusable.
func (l *KeyList) TypedRune(r rune) {
	if l.OnRune == nil || !l.OnRune(r) {
		l.control.TypedRune(r)
	}
}

// FocusGained implements fyne.Focusable: the cursor comes into sight.
func (l *KeyList) FocusGained() {
	if l.cursor < 0 && l.count() > 0 {
		l.SetCursor(0)
	}
	l.control.FocusGained()
}

// Tapped implements fyne.Tappable: beside the rows nothing happens.
func (l *KeyList) Tapped(*fyne.PointEvent) {}

func (l *KeyList) activate(index int) {
	if index >= 0 && index < l.count() && l.OnActivate != nil {
		l.OnActivate(index)
	}
}

// VisibleRows is the rows in sight, top first, for tests and screenshots.
func (l *KeyList) VisibleRows() []*Row {
	var out []*Row
	first, n := l.body.window()
	for i := first; i < first+n; i++ {
		if r, ok := l.body.rows[i]; ok {
			out = append(out, r)
		}
	}
	return out
}

// IndexOf is the index that a row in sight shows, or -1.
func (l *KeyList) IndexOf(row *Row) int {
	for i, r := range l.body.rows {
		if r == row {
			return i
		}
	}
	return -1
}

// CreateRenderer implements fyne.Widget.
func (l *KeyList) CreateRenderer() fyne.WidgetRenderer {
	ring := newRing(0)
	d := &drawing{owner: l, objects: []fyne.CanvasObject{l.scroll, ring}}
	d.refresh = func() {
		styleRing(ring, 0, l.focused)
		l.body.Refresh()
	}
	d.min = func() fyne.Size { return fyne.NewSize(theme.Px(180), theme.Px(l.height)) }
	d.layout = func(s fyne.Size) {
		l.scroll.Resize(s)
		ring.Resize(s)
		l.body.Refresh()
	}
	d.refresh()
	return d
}

// listBody is what the scroll moves: as high as all rows, with objects for those in sight.
type listBody struct {
	fynewidget.BaseWidget
	list  *KeyList
	rows  map[int]*Row
	spare []*Row
	stale bool // bind again what is shown
}

func (b *listBody) window() (first, n int) {
	l := b.list
	view, from := l.scroll.Size().Height, l.scroll.Offset.Y
	if l.Height == nil {
		h := theme.Px(l.height)
		first = max(0, int(from/h))
		last := min(l.count(), int((from+view)/h)+1)
		return first, max(0, last-first)
	}
	var y float32
	for i := range l.count() {
		bottom := y + theme.Px(l.Height(i))
		switch {
		case bottom <= from:
			first = i + 1
		case y <= from+view:
			n++
		}
		y = bottom
	}
	return first, n
}

// CreateRenderer implements fyne.Widget.
func (b *listBody) CreateRenderer() fyne.WidgetRenderer { return &listRenderer{b: b} }

type listRenderer struct {
	b       *listBody
	objects []fyne.CanvasObject
}

func (r *listRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *listRenderer) Destroy()                     {}

func (r *listRenderer) MinSize() fyne.Size {
	return fyne.NewSize(theme.Px(120), r.b.list.top(r.b.list.count()))
}

func (r *listRenderer) Layout(fyne.Size) { r.Refresh() }

// Refresh gives the rows in sight an object each: those that stay keep theirs, those that came get a spare one.
func (r *listRenderer) Refresh() {
	b, l := r.b, r.b.list
	first, n := b.window()
	kept := make(map[int]*Row, n)
	for i, row := range b.rows {
		if i >= first && i < first+n {
			kept[i] = row
		} else {
			b.spare = append(b.spare, row)
		}
	}
	y, w := l.top(first), b.Size().Width
	changed := len(r.objects) != n
	r.objects = r.objects[:0]
	for i := first; i < first+n; i++ {
		row, ok := kept[i]
		if !ok {
			if k := len(b.spare); k > 0 {
				row, b.spare = b.spare[k-1], b.spare[:k-1]
			} else {
				row = l.create()
			}
			row.hovered = false
			kept[i] = row
			changed = true
		}
		if !ok || b.stale {
			row.OnTap = func() {
				l.SetCursor(i)
				if l.OnCursor != nil {
					l.OnCursor(i)
				}
				l.activate(i)
			}
			row.OnMenu = func(at fyne.Position) {
				l.SetCursor(i)
				if l.OnCursor != nil {
					l.OnCursor(i)
				}
				if l.OnMenu != nil {
					l.OnMenu(i, at)
				}
			}
			l.bind(i, row)
		}
		row.SetCursor(i == l.cursor)
		h := theme.Px(l.height)
		if l.Height != nil {
			h = theme.Px(l.Height(i))
		}
		place(row, 0, y, w, h)
		y += h
		r.objects = append(r.objects, row)
	}
	b.rows, b.stale = kept, false
	if changed { // a row that was not on screen cannot ask to be drawn
		Redraw(b)
	}
}
