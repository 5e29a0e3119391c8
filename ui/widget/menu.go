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
	d := &menuRowRenderer{r: r, item: item, rule: &canvas.Rectangle{}, ground: &canvas.Rectangle{}, icon: newPicture(),
		tick: newPicture(), label: line(), keys: newCap()}
	d.icons = slices.ContainsFunc(r.menu.items, func(i MenuItem) bool { return i.Icon != "" })
	r.changed = func() {
		if r.hovered && !item.line() {
			r.menu.point(r.index)
		}
	}
	d.update()
	return d
}

type menuRowRenderer struct {
	r            *menuRow
	item         MenuItem
	icons        bool // some line of the menu has an icon
	rule, ground *canvas.Rectangle
	icon, tick   *picture
	label        *canvas.Text
	detail       []*canvas.Text // second line, wrapped
	keys         *keyCap
	ink          theme.Token
}

func (d *menuRowRenderer) Destroy() {}

func (d *menuRowRenderer) Objects() []fyne.CanvasObject {
	objects := append([]fyne.CanvasObject{d.ground, d.rule, d.icon.Raster, d.tick.Raster, d.label}, d.keys.objects()...)
	for _, t := range d.detail {
		objects = append(objects, t)
	}
	return objects
}

func (d *menuRowRenderer) Refresh() {
	d.update()
	d.Layout(d.r.Size())
	canvas.Refresh(d.r)
}

func (d *menuRowRenderer) update() {
	item := d.item
	d.ink = theme.Text
	tint := theme.Text2
	switch {
	case item.Disabled != "":
		d.ink, tint = theme.Text3, theme.Text3
	case item.Danger:
		d.ink, tint = theme.DangerText, theme.DangerText
	}
	fill := theme.Transparent
	if d.r.menu.cursor == d.r.index {
		fill = theme.Selected
	}
	box(d.ground, fill, theme.Transparent, 0, theme.RadiusSmall)
	d.rule.FillColor = theme.Color(theme.Border)
	setVisible(d.rule, item.line())
	setVisible(d.ground, !item.line())
	setPicture(d.icon, item.Icon, tint)
	end := ""
	switch {
	case item.Disabled != "":
		end = "lock"
	case item.Chosen:
		end = "check"
	}
	setPicture(d.tick, end, tint)
	set(d.label, theme.BodySize, d.ink, item.Chosen, false)
	d.keys.set(item.Key, theme.Text2, theme.BorderStrong)
}

func (d *menuRowRenderer) lead() float32 {
	if d.icons {
		return theme.Px(10 + theme.IconMedium + 10)
	}
	return theme.Px(10)
}

// end is the width of what stands after the words.
func (d *menuRowRenderer) end() float32 {
	w := theme.Px(10)
	if d.tick.Visible() {
		w += theme.Px(theme.IconMedium + 8)
	}
	if d.keys.visible() {
		w += d.keys.size().Width + theme.Px(12)
	}
	return w
}

// second is the words under the label: the reason where the item is disabled.
func (d *menuRowRenderer) second() string {
	if d.item.Disabled != "" {
		return d.item.Disabled
	}
	return d.item.Detail
}

// room is the width for words in the widest menu that the window takes.
func (d *menuRowRenderer) room() float32 {
	return max(theme.Px(80), min(theme.Px(420), d.r.menu.canvas.Size().Width-theme.Px(24))-d.lead()-d.end())
}

func detailWidth(s string) float32 { return measure(s, theme.DetailSize, false, false).Width }

func (d *menuRowRenderer) MinSize() fyne.Size {
	if d.item.line() {
		return fyne.NewSize(theme.Px(80), theme.Px(9))
	}
	label := measure(d.item.Text, theme.BodySize, d.item.Chosen, false).Width
	words := min(d.room(), label)
	h := theme.Px(34)
	if s := d.second(); s != "" {
		for _, l := range wrap(s, d.room(), detailWidth) {
			words = max(words, detailWidth(l))
			h += theme.Px(theme.DetailSize.LineHeight())
		}
		h -= theme.Px(4)
	}
	return fyne.NewSize(max(d.lead()+words+1+d.end(), theme.Px(140)), h)
}

func (d *menuRowRenderer) Layout(s fyne.Size) {
	d.ground.Resize(s)
	place(d.rule, 0, (s.Height-1)/2, s.Width, 1)
	if d.item.line() {
		return
	}
	side := theme.Px(theme.IconMedium)
	place(d.icon, theme.Px(10), (s.Height-side)/2, side, side)
	right := s.Width - theme.Px(10)
	if d.tick.Visible() {
		right -= side
		place(d.tick, right, (s.Height-side)/2, side, side)
		right -= theme.Px(8)
	}
	if d.keys.visible() {
		c := d.keys.size()
		d.keys.place(right-c.Width, (s.Height-c.Height)/2)
	}
	room := s.Width - d.lead() - d.end()
	d.label.Text = ellipsize(d.item.Text, room, func(t string) float32 { return measure(t, theme.BodySize, d.item.Chosen, false).Width })
	m := d.label.MinSize()
	var lines []string
	if second := d.second(); second != "" {
		lines = wrap(second, room, detailWidth)
	}
	for len(d.detail) < len(lines) {
		d.detail = append(d.detail, line())
	}
	d.detail = d.detail[:len(lines)]
	step := theme.Px(theme.DetailSize.LineHeight())
	y := (s.Height - m.Height - float32(len(lines))*step) / 2
	place(d.label, d.lead(), y, m.Width, m.Height)
	y += m.Height
	for i, l := range lines {
		t := d.detail[i]
		t.Text = l
		set(t, theme.DetailSize, theme.Text3, false, false)
		e := t.MinSize()
		place(t, d.lead(), y+(step-e.Height)/2, e.Width, e.Height)
		y += step
	}
}

// FocusGained implements fyne.Focusable: lines are reached by the menu's own arrows, so the menu keeps the keyboard.
func (r *menuRow) FocusGained() { r.menu.canvas.Focus(r.menu) }
