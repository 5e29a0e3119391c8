package widget

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// MenuItem is a line of a menu. A zero item is a line between groups.
type MenuItem struct {
	Text     string
	Detail   string // small second line
	Icon     string
	Key      string // printed chord
	Chosen   bool   // a tick at the end
	Danger   bool   // red: delete, sign out
	Disabled string // the reason; the item stays, with a lock
	Run      func()
}

func (m MenuItem) line() bool { return m.Text == "" }

// Menu is an open menu.
type Menu struct {
	control
	canvas  fyne.Canvas
	before  fyne.Focusable // who had the keyboard
	items   []MenuItem
	rows    []*menuRow
	cursor  int
	at      fyne.Position
	minimum float32
	onClose func()
	closed  bool
	scroll  *container.Scroll
	cover   *cover
}

// ShowMenu opens a menu at an absolute place of the canvas: arrows, Enter, the first letter, Escape. It turns to the
// side where there is room. Choosing or leaving closes it and gives the keyboard back.
func ShowMenu(c fyne.Canvas, at fyne.Position, items []MenuItem) *Menu {
	return showMenu(c, at, 0, items, nil)
}

// Below is the place under an object, absolute, for a menu.
func Below(o fyne.CanvasObject) fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).AddXY(0, o.Size().Height+theme.Px(theme.Half))
}

// ShowMenuUnder opens a menu under an object, at least as wide.
func ShowMenuUnder(o fyne.CanvasObject, items []MenuItem) *Menu {
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(o)
	if c == nil {
		return nil
	}
	at := d.AbsolutePositionForObject(o)
	return showMenu(c, at.AddXY(0, o.Size().Height+theme.Px(4)), o.Size().Width, items, nil)
}

func showMenu(c fyne.Canvas, at fyne.Position, minimum float32, items []MenuItem, onClose func()) *Menu {
	m := &Menu{canvas: c, before: c.Focused(), items: items, cursor: -1, at: at, minimum: minimum, onClose: onClose}
	for i := range items {
		row := &menuRow{menu: m, index: i}
		row.ExtendBaseWidget(row)
		m.rows = append(m.rows, row)
	}
	m.init(m)
	if root, ok := c.Content().(*Root); ok {
		root.leaveTip()
	}
	m.cover = &cover{menu: m}
	m.cover.ExtendBaseWidget(m.cover)
	c.Overlays().Add(m.cover)
	m.cover.Resize(c.Size())
	c.Focus(m)
	if i := slices.IndexFunc(items, func(i MenuItem) bool { return i.Chosen }); i >= 0 {
		m.point(i)
	} else {
		m.step(m.cursor, 1)
	}
	return m
}

// OnClose sets who is told when the menu has been closed.
func (m *Menu) OnClose(f func()) { m.onClose = f }

// Items are the menu's lines.
func (m *Menu) Items() []MenuItem { return m.items }

// Choose does what a press on the item does.
func (m *Menu) Choose(i int) {
	if i < 0 || i >= len(m.items) || m.items[i].line() || m.items[i].Disabled != "" {
		return
	}
	m.Close()
	if run := m.items[i].Run; run != nil {
		run()
	}
}

// Close closes the menu.
func (m *Menu) Close() {
	if m.closed {
		return
	}
	m.closed = true
	m.canvas.Overlays().Remove(m.cover)
	if m.before != nil {
		m.canvas.Focus(m.before)
	}
	if m.onClose != nil {
		m.onClose()
	}
}

func (m *Menu) point(i int) {
	if i == m.cursor {
		return
	}
	old := m.cursor
	m.cursor = i
	for _, j := range []int{old, i} {
		if j >= 0 && j < len(m.rows) {
			m.rows[j].Refresh()
		}
	}
}

func (m *Menu) step(from, by int) {
	n := len(m.items)
	for i, tried := from+by, 0; tried < n; i, tried = i+by, tried+1 {
		i = (i%n + n) % n
		if !m.items[i].line() {
			m.point(i)
			return
		}
	}
}

// TypedKey implements fyne.Focusable.
func (m *Menu) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyUp:
		if m.cursor < 0 {
			m.step(len(m.items), -1)
			return
		}
		m.step(m.cursor, -1)
	case fyne.KeyDown:
		m.step(m.cursor, 1)
	case fyne.KeyHome:
		m.step(-1, 1)
	case fyne.KeyEnd:
		m.step(len(m.items), -1)
	case fyne.KeyReturn, fyne.KeySpace:
		m.Choose(m.cursor)
	case fyne.KeyEnter:
		if !m.answer(e) {
			m.Choose(m.cursor)
		}
	case fyne.KeyEscape, fyne.KeyTab, fyne.KeyLeft:
		m.Close()
	default:
		m.answer(e)
	}
}

// answer hands a key to the canvas's Keys as if the menu were not there: the phone rings on while one is open.
func (m *Menu) answer(e *fyne.KeyEvent) bool {
	keys := attached[m.canvas]
	chord, ok := ChordOfKey(e)
	return ok && keys != nil && keys.KeyPressed(chord, 0)
}

// TypedRune implements fyne.Focusable: the first letter goes to the next item that begins with it.
func (m *Menu) TypedRune(r rune) {
	letter := strings.ToLower(string(r))
	for k := 1; k <= len(m.items); k++ {
		i := (max(m.cursor, 0) + k) % len(m.items)
		if m.cursor < 0 {
			i = k - 1
		}
		if strings.HasPrefix(strings.ToLower(m.items[i].Text), letter) {
			m.point(i)
			return
		}
	}
}

// Tapped implements fyne.Tappable: beside the lines nothing happens.
func (m *Menu) Tapped(*fyne.PointEvent) {}

// CreateRenderer implements fyne.Widget.
func (m *Menu) CreateRenderer() fyne.WidgetRenderer {
	ground, list := &canvas.Rectangle{}, container.New(&stackLayout{})
	for _, r := range m.rows {
		list.Add(r)
	}
	m.scroll = container.NewVScroll(list)
	d := &drawing{owner: m, objects: []fyne.CanvasObject{ground, m.scroll}}
	d.refresh = func() { box(ground, theme.Surface, theme.BorderStrong, theme.HairLine, theme.RadiusField) }
	d.min = func() fyne.Size {
		s := list.MinSize().AddWidthHeight(theme.Px(8), theme.Px(8))
		return fyne.NewSize(max(s.Width, m.minimum), s.Height)
	}
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		p := theme.Px(4)
		place(m.scroll, p, p, s.Width-2*p, s.Height-2*p)
	}
	d.refresh()
	return d
}

// stackLayout puts lines under each other at their own height, all as wide as the widest.
type stackLayout struct{}

func (stackLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	for _, o := range objects {
		m := o.MinSize()
		s = fyne.NewSize(max(s.Width, m.Width), s.Height+m.Height)
	}
	return s
}

func (stackLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		h := o.MinSize().Height
		place(o, 0, y, s.Width, h)
		y += h
	}
}

// cover is as large as the window and closes the menu when pressed beside it.
type cover struct {
	fynewidget.BaseWidget
	menu *Menu
}

// Tapped implements fyne.Tappable.
func (c *cover) Tapped(*fyne.PointEvent) { c.menu.Close() }

// TappedSecondary implements fyne.SecondaryTappable.
func (c *cover) TappedSecondary(*fyne.PointEvent) { c.menu.Close() }

// CreateRenderer implements fyne.Widget.
func (c *cover) CreateRenderer() fyne.WidgetRenderer {
	m := c.menu
	d := &drawing{owner: c, objects: []fyne.CanvasObject{m}}
	d.min = func() fyne.Size { return fyne.Size{} }
	d.layout = func(s fyne.Size) {
		edge := theme.Px(4)
		size := m.MinSize()
		size.Width = min(size.Width, s.Width-2*edge)
		below, above := s.Height-m.at.Y-edge, m.at.Y-edge
		y := m.at.Y
		if size.Height > below && above > below {
			size.Height = min(size.Height, above)
			y = m.at.Y - size.Height
			if m.minimum > 0 { // over the object it belongs to
				y = max(edge, y-theme.Px(theme.FieldHeight+8))
			}
		}
		size.Height = min(size.Height, s.Height-y-edge)
		place(m, max(edge, min(m.at.X, s.Width-size.Width-edge)), y, size.Width, size.Height)
	}
	return d
}
