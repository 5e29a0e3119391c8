package widget

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// TopTabs is the row of tabs at the top of a wide window: icon and words beside each other, the chosen one underlined.
// Where there is no room for all words, the last tabs lose theirs first, the chosen one its own last of all.
type TopTabs struct {
	fynewidget.BaseWidget
	row    tabs[topTab, *topTab]
	choose func(id string)
}

// NewTopTabs makes a row of tabs.
func NewTopTabs(choose func(id string)) *TopTabs {
	b := &TopTabs{choose: choose}
	b.ExtendBaseWidget(b)
	return b
}

// Set changes the tabs and which one is chosen.
func (b *TopTabs) Set(tabs []Tab, chosen string) {
	if b.row.set(tabs, chosen, b.choose) {
		b.Refresh()
	}
}

// Natural is the width of all tabs with their words.
func (b *TopTabs) Natural() (w float32) {
	for _, i := range b.row.items {
		w += i.width(true)
	}
	return w
}

// CreateRenderer implements fyne.Widget.
func (b *TopTabs) CreateRenderer() fyne.WidgetRenderer {
	d := &drawing{owner: b}
	d.refresh = func() {
		d.objects = nil
		for _, i := range b.row.items {
			d.objects = append(d.objects, i)
		}
	}
	d.min = func() fyne.Size {
		var w float32
		for _, i := range b.row.items {
			w += i.width(i.chosen)
		}
		return fyne.NewSize(w, theme.Px(topHeight))
	}
	d.layout = func(s fyne.Size) {
		left := s.Width + 0.5 - d.min().Width // for the words of those that are not chosen
		one := left >= 0
		x := float32(0)
		for _, i := range b.row.items {
			words := one && i.chosen
			if more := i.width(true) - i.width(false); !i.chosen && left >= more {
				left -= more
				words = true
			} else if !i.chosen {
				left = 0
			}
			if narrow := !words; i.narrow != narrow {
				i.narrow = narrow
				i.Refresh()
			}
			w := i.width(!i.narrow)
			place(i, x, 0, w, s.Height)
			x += w
		}
	}
	d.refresh()
	return d
}

// topHeight is the height of the attendant's top bar in dp.
const topHeight = 52

type topTab struct {
	control
	tab    Tab
	chosen bool
	narrow bool
}

func (t *topTab) set(tab Tab, chosen bool, choose func(string)) {
	t.tab, t.chosen, t.locked = tab, chosen, tab.Off
	t.tapped = func() { choose(tab.ID) }
	t.Refresh()
}

func (t *topTab) count() string {
	if t.tab.Count > 99 {
		return "99+"
	}
	return strconv.Itoa(t.tab.Count)
}

func (t *topTab) width(words bool) float32 {
	w := theme.Px(10 + theme.IconMedium + 10)
	if words {
		w += theme.Px(theme.Grid) + measure(t.tab.Text, theme.BodySize, true, false).Width
	}
	if t.tab.Count > 0 {
		w += theme.Px(theme.Grid) + max(theme.Px(18), measure(t.count(), theme.CaptionSize, true, true).Width+theme.Px(8))
	}
	return w
}

// AccessibilityLabel implements fyne.Accessible.
func (t *topTab) AccessibilityLabel() string { return t.tab.Text }

// AccessibilityRole implements fyne.Accessible.
func (t *topTab) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (t *topTab) CreateRenderer() fyne.WidgetRenderer {
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
		t.tip = t.tab.Tip
		if t.narrow && t.tip == "" {
			t.tip = t.tab.Text
		}
		ground.FillColor, bar.FillColor = theme.Color(fill), theme.Color(theme.Accent)
		SetVisible(bar, t.chosen)
		setPicture(icon, t.tab.Icon, ink)
		label.Text = t.tab.Text
		set(label, theme.BodySize, ink, true, false)
		SetVisible(label, !t.narrow)
		SetVisible(badge, t.tab.Count > 0)
		SetVisible(count, t.tab.Count > 0)
		badge.FillColor = theme.Color(theme.Danger)
		count.Text = t.count()
		set(count, theme.CaptionSize, theme.OnDanger, true, true)
		styleRing(ring, theme.RadiusSmall, t.focused)
	}
	d.min = func() fyne.Size { return fyne.NewSize(t.width(!t.narrow), theme.Px(topHeight)) }
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		place(bar, 0, s.Height-theme.Px(3), s.Width, theme.Px(3))
		x, side := theme.Px(10), theme.Px(theme.IconMedium)
		place(icon, x, (s.Height-side)/2, side, side)
		x += side
		if label.Visible() {
			m := label.MinSize()
			x += theme.Px(theme.Grid)
			place(label, x, (s.Height-m.Height)/2, m.Width, m.Height)
			x += m.Width
		}
		h, c := theme.Px(18), count.MinSize()
		w := max(h, c.Width+theme.Px(8))
		badge.CornerRadius = h / 2
		x += theme.Px(theme.Grid)
		place(badge, x, (s.Height-h)/2, w, h)
		place(count, x+(w-c.Width)/2, (s.Height-c.Height)/2, c.Width, c.Height)
		place(ring, 1, 1, s.Width-2, s.Height-2)
	}
	d.refresh()
	return d
}
