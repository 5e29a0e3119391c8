package widget

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// Tab is one tab of a TabBar.
type Tab struct {
	ID    string
	Icon  string
	Text  string
	Count int    // badge; 0 shows none
	Tip   string // also the reason when Disabled
	Off   bool   // disabled with Tip as the reason
}

// tabs is what the rows of tabs share: which there are, and a widget for each.
type tabs[T any, W interface {
	*T
	fyne.Widget
	init(self fyne.Widget)
	set(tab Tab, chosen bool, choose func(id string))
}] struct {
	all    []Tab
	chosen string
	items  []W
}

// set changes the tabs and which one is chosen. It reports whether anything differs.
func (r *tabs[T, W]) set(all []Tab, chosen string, choose func(id string)) bool {
	if r.chosen == chosen && slices.Equal(r.all, all) {
		return false
	}
	r.all, r.chosen = slices.Clone(all), chosen
	for len(r.items) < len(all) {
		item := W(new(T))
		item.init(item)
		r.items = append(r.items, item)
	}
	r.items = r.items[:len(all)]
	for i, item := range r.items {
		item.set(all[i], all[i].ID == chosen, choose)
	}
	return true
}

// TabBar is the row of tabs at the bottom of the normal view.
type TabBar struct {
	fynewidget.BaseWidget
	row tabs[tabItem, *tabItem]
	// OnChange is called when the user chooses a tab, also the one already chosen.
	OnChange func(id string)
}

// NewTabBar makes a tab bar.
func NewTabBar(onChange func(id string)) *TabBar {
	b := &TabBar{OnChange: onChange}
	b.ExtendBaseWidget(b)
	return b
}

// Set changes tabs and which one is chosen.
func (b *TabBar) Set(tabs []Tab, chosen string) {
	choose := func(id string) {
		if b.OnChange != nil {
			b.OnChange(id)
		}
	}
	if b.row.set(tabs, chosen, choose) {
		b.Refresh()
	}
}

// Chosen is the chosen tab's ID.
func (b *TabBar) Chosen() string { return b.row.chosen }

// CreateRenderer implements fyne.Widget.
func (b *TabBar) CreateRenderer() fyne.WidgetRenderer {
	ground, top := &canvas.Rectangle{}, &canvas.Rectangle{}
	d := &drawing{owner: b}
	d.refresh = func() {
		ground.FillColor = theme.Color(theme.Surface)
		top.FillColor = theme.Color(theme.Border)
		d.objects = []fyne.CanvasObject{ground, top}
		for _, i := range b.row.items {
			d.objects = append(d.objects, i)
		}
	}
	d.min = func() fyne.Size {
		return fyne.NewSize(float32(len(b.row.items))*theme.Px(theme.IconLarge+2), theme.Px(theme.TabBarHeight))
	}
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		place(top, 0, 0, s.Width, 1)
		// Wide labels get more room; what is left is shared. Where the labels have no room side by side, only the chosen
		// tab has one, or none has; the others are their icons, with the label as a tip.
		want := make([]float32, len(b.row.items))
		fits := func(width func(i *tabItem) float32) bool {
			var sum float32
			for n, i := range b.row.items {
				want[n] = width(i)
				sum += want[n]
			}
			spare := (s.Width - sum) / float32(max(1, len(b.row.items)))
			for n := range want {
				want[n] += spare
			}
			return spare >= 0
		}
		// Every tab has room for a count beside its icon, so that no label goes when one comes.
		icon, least := theme.Px(theme.IconLarge+2), theme.Px(48)
		counted := theme.Px(theme.IconLarge + badgeHeight - badgeOver)
		whole := fits(func(i *tabItem) float32 { return max(i.label()+theme.Px(8), least) }) ||
			fits(func(i *tabItem) float32 { return max(i.label()+theme.Px(4), counted) })
		chosen := func(others float32) func(i *tabItem) float32 {
			return func(i *tabItem) float32 {
				if i.chosen {
					return max(i.label()+theme.Px(4), others)
				}
				return others
			}
		}
		only := !whole && (fits(chosen(counted)) || fits(chosen(icon)))
		if !whole && !only {
			fits(func(*tabItem) float32 { return icon })
		}
		x := float32(0)
		for n, i := range b.row.items {
			i.setBare(!whole && !(only && i.chosen))
			w := want[n]
			place(i, x, 0, w, s.Height)
			x += w
		}
	}
	d.refresh()
	return d
}

// The height of a tab's count and how much of the icon's side it may cover, in dp.
const (
	badgeHeight = 18
	badgeOver   = 3
)

type tabItem struct {
	control
	tab    Tab
	chosen bool
	bare   bool // without its label
}

// label is how wide the label is.
func (t *tabItem) label() float32 { return measure(t.tab.Text, theme.CaptionSize, true, false).Width }

func (t *tabItem) setBare(on bool) {
	if t.bare == on {
		return
	}
	t.bare = on
	t.tip = t.tab.Tip
	if on && t.tip == "" {
		t.tip = t.tab.Text
	}
	t.Refresh()
}

func (t *tabItem) set(tab Tab, chosen bool, choose func(string)) {
	t.tapped = func() { choose(tab.ID) }
	t.tip, t.locked = tab.Tip, tab.Off
	if t.bare && t.tip == "" {
		t.tip = tab.Text
	}
	if t.tab == tab && t.chosen == chosen {
		return
	}
	t.tab, t.chosen = tab, chosen
	t.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (t *tabItem) AccessibilityLabel() string { return t.tab.Text }

// AccessibilityRole implements fyne.Accessible.
func (t *tabItem) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (t *tabItem) CreateRenderer() fyne.WidgetRenderer {
	ground, bar, icon, label := &canvas.Rectangle{}, &canvas.Rectangle{}, newPicture(), line()
	badge, count, ring := &canvas.Rectangle{}, line(), newRing(theme.RadiusSmall)
	d := &drawing{owner: t, objects: []fyne.CanvasObject{ground, bar, icon.Raster, label, badge, count, ring}}
	d.refresh = func() {
		fill, ink := theme.Transparent, theme.Text2
		if t.hovered && !t.locked {
			fill = theme.Hover
		}
		switch {
		case t.chosen:
			ink = theme.AccentText
		case t.locked:
			ink = theme.Text3
		}
		ground.FillColor = theme.Color(fill)
		bar.FillColor = theme.Color(theme.Accent)
		SetVisible(bar, t.chosen)
		setPicture(icon, t.tab.Icon, ink)
		label.Text = t.tab.Text
		SetVisible(label, !t.bare)
		set(label, theme.CaptionSize, ink, true, false)
		SetVisible(badge, t.tab.Count > 0)
		SetVisible(count, t.tab.Count > 0)
		badge.FillColor = theme.Color(theme.Danger)
		count.Text = strconv.Itoa(t.tab.Count)
		if t.tab.Count > 99 {
			count.Text = "99+"
		}
		set(count, theme.CaptionSize, theme.OnDanger, true, true)
		styleRing(ring, theme.RadiusSmall, t.focused)
	}
	d.min = func() fyne.Size {
		return fyne.NewSize(theme.Px(theme.IconLarge+2), theme.Px(theme.TabBarHeight))
	}
	d.layout = func(s fyne.Size) {
		place(ground, 0, 1, s.Width, s.Height-1)
		pad := theme.Px(4)
		place(bar, pad, 0, s.Width-2*pad, theme.Px(3))
		side := theme.Px(theme.IconLarge)
		top := theme.Px(10)
		if t.bare {
			top = (s.Height - side) / 2
		}
		m := label.MinSize()
		place(label, (s.Width-m.Width)/2, top+side+theme.Px(2)+(theme.Px(16)-m.Height)/2, m.Width, m.Height)
		h := theme.Px(badgeHeight)
		c := count.MinSize()
		w := max(h, c.Width+theme.Px(8))
		badge.CornerRadius = h / 2
		// The count covers no more than a corner of the icon, which makes room for it in a narrow tab.
		left := (s.Width - side) / 2
		if t.tab.Count > 0 {
			left = max(0, min(left, s.Width-w+theme.Px(badgeOver)-side))
		}
		place(icon, left, top, side, side)
		x, y := min(left+side-theme.Px(badgeOver), s.Width-w), top-theme.Px(6)
		place(badge, x, y, w, h)
		place(count, x+(w-c.Width)/2, y+(h-c.Height)/2, c.Width, c.Height)
		place(ring, 1, 1, s.Width-2, s.Height-2)
	}
	d.refresh()
	return d
}
