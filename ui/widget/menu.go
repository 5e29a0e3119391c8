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
	m.cover = &cover{menu: m}
	m.cover.ExtendBaseWidget(m.cover)
	c.Overlays().Add(m.cover)
	m.cover.Resize(c.Size())
	c.Focus(m)
	if i := slices.IndexFunc(items, func(i MenuItem) bool { return i.Chosen }); i >= 0 {
		m.point(i)
	} else {
		m.step(1)
	}
	return m
}

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

func (m *Menu) step(by int) {
	n := len(m.items)
	for i, tried := m.cursor+by, 0; tried < n; i, tried = i+by, tried+1 {
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
			m.cursor = len(m.items)
		}
		m.step(-1)
	case fyne.KeyDown:
		m.step(1)
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

// menuRow is one line of a menu.
type menuRow struct {
	control
	menu  *Menu
	index int
}

// Tapped implements fyne.Tappable.
func (r *menuRow) Tapped(*fyne.PointEvent) { r.menu.Choose(r.index) }

// CreateRenderer implements fyne.Widget.
func (r *menuRow) CreateRenderer() fyne.WidgetRenderer {
	r.self = r
	item := r.menu.items[r.index]
	rule, ground := &canvas.Rectangle{}, &canvas.Rectangle{}
	icon, tick, label, detail, keys := newPicture(), newPicture(), line(), line(), newCap()
	d := &drawing{owner: r, objects: append([]fyne.CanvasObject{ground, rule, icon.Raster, tick.Raster, label, detail}, keys.objects()...)}
	r.changed = func() {
		if r.hovered && !item.line() {
			r.menu.point(r.index)
		}
	}
	anyIcon := slices.ContainsFunc(r.menu.items, func(i MenuItem) bool { return i.Icon != "" })
	d.refresh = func() {
		ink := theme.Text
		switch {
		case item.Disabled != "":
			ink = theme.Text3
		case item.Danger:
			ink = theme.DangerText
		}
		fill := theme.Transparent
		if r.menu.cursor == r.index {
			fill = theme.Selected
		}
		box(ground, fill, theme.Transparent, 0, theme.RadiusSmall)
		rule.FillColor = theme.Color(theme.Border)
		setVisible(rule, item.line())
		setVisible(ground, !item.line())
		tint := theme.Text2
		if ink != theme.Text {
			tint = ink
		}
		setPicture(icon, item.Icon, tint)
		end := ""
		switch {
		case item.Disabled != "":
			end = "lock"
		case item.Chosen:
			end = "check"
		}
		setPicture(tick, end, tint)
		label.Text = item.Text
		set(label, theme.BodySize, ink, item.Chosen, false)
		detail.Text = item.Detail
		if item.Disabled != "" {
			detail.Text = item.Disabled
		}
		set(detail, theme.DetailSize, theme.Text3, false, false)
		setVisible(detail, detail.Text != "")
		keys.set(item.Key, theme.Text2, theme.BorderStrong)
	}
	lead := func() float32 {
		if anyIcon {
			return theme.Px(10 + theme.IconMedium + 10)
		}
		return theme.Px(10)
	}
	d.min = func() fyne.Size {
		if item.line() {
			return fyne.NewSize(theme.Px(80), theme.Px(9))
		}
		w := max(label.MinSize().Width, min(detail.MinSize().Width, theme.Px(240))) + lead() + theme.Px(12)
		if tick.Visible() {
			w += theme.Px(theme.IconMedium + 12)
		}
		if keys.visible() {
			w += keys.size().Width + theme.Px(20)
		}
		h := theme.Px(34)
		if detail.Visible() {
			h = theme.Px(46)
		}
		return fyne.NewSize(max(w, theme.Px(140)), h)
	}
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		place(rule, 0, (s.Height-1)/2, s.Width, 1)
		side := theme.Px(theme.IconMedium)
		place(icon, theme.Px(10), (s.Height-side)/2, side, side)
		right := s.Width - theme.Px(10)
		if tick.Visible() {
			right -= side
			place(tick, right, (s.Height-side)/2, side, side)
			right -= theme.Px(8)
		}
		if keys.visible() {
			c := keys.size()
			right -= c.Width
			keys.place(right, (s.Height-c.Height)/2)
			right -= theme.Px(8)
		}
		m := label.MinSize()
		if !detail.Visible() {
			place(label, lead(), (s.Height-m.Height)/2, m.Width, m.Height)
			return
		}
		full := detail.Text
		if item.Disabled != "" {
			full = item.Disabled
		} else {
			full = item.Detail
		}
		detail.Text = ellipsize(full, right-lead(), func(t string) float32 { return measure(t, theme.DetailSize, false, false).Width })
		e := detail.MinSize()
		y := (s.Height - m.Height - e.Height) / 2
		place(label, lead(), y, m.Width, m.Height)
		place(detail, lead(), y+m.Height, e.Width, e.Height)
	}
	d.refresh()
	return d
}

// FocusGained implements fyne.Focusable: lines are reached by the menu's own arrows, so the menu keeps the keyboard.
func (r *menuRow) FocusGained() { r.menu.canvas.Focus(r.menu) }
