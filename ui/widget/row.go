package widget

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// RowSpec is what a list row shows.
type RowSpec struct {
	Name     string // avatar initials and first line, unless Title is set
	Title    []Span // first line with marks; nil shows Name
	Status   Status // badge of the avatar
	Icon     string // instead of the avatar, in a soft disc: history, menus
	IconTint theme.Token
	Detail   []Span // second line; the end is cut where it must be
	End      string // at the right: number, time
	EndIcon  string // before End
	EndToken theme.Token
	Strong   bool   // the first line is semi-bold even when Title is set
	Head     string // a heading over the row: the first of a day
	Bare     bool   // the actions stay away: what stands below has them
	Actions  int    // only so many of the actions, the first ones; 0 for all
	Compact  bool   // one low line: the second one follows the first, a lamp stands for the avatar
	Columns  []Column
	Always   bool    // the actions are there also without pointer and cursor
	Tail     float32 // dp for the actions after the columns; 0 for as much as two need
}

// Column is something of a row that has a column of its own, before the end. A row of a list with columns has all of
// them, also when there is nothing in one.
type Column struct {
	Text  string
	Token theme.Token // "" is second text
	Width float32     // dp
}

// CompactHeight is how high a compact row is, in dp.
const CompactHeight = 36

// RowHeight is how high a row without heading is, in dp.
func RowHeight(compact bool) float32 {
	if compact {
		return CompactHeight
	}
	return theme.RowHeight
}

// The actions that a row always has room for, and how much of a long name in dp, and of what is told of it first, comes
// before any more of them.
const (
	sureActions = 2
	leastTitle  = 96
	leastDetail = 144
)

// columnsEnd is the room after the columns, for what stands at the end or for the actions: columns stay where they are
// when one takes the other's place.
const columnsEnd = 128

// HeadHeight is how much higher a row with a heading is, in dp.
const HeadHeight = 30

func (s RowSpec) tail() float32 {
	if s.Tail > 0 {
		return s.Tail
	}
	return columnsEnd
}

func (s RowSpec) equal(o RowSpec) bool {
	return s.Always == o.Always && s.Tail == o.Tail && s.Compact == o.Compact && slices.Equal(s.Columns, o.Columns) && s.Actions == o.Actions && s.Head == o.Head && s.Bare == o.Bare && s.Name == o.Name && s.Status == o.Status && s.Icon == o.Icon && s.IconTint == o.IconTint && s.End == o.End &&
		s.EndIcon == o.EndIcon && s.EndToken == o.EndToken && s.Strong == o.Strong &&
		slices.Equal(s.Title, o.Title) && slices.Equal(s.Detail, o.Detail)
}

// Row is a row of a KeyList: avatar or icon, two lines, what stands at the end, and actions that come with the pointer
// or the cursor. It is not focusable itself: the list has the keyboard. Actions are focusable.
type Row struct {
	fynewidget.BaseWidget
	spec    RowSpec
	cursor  bool
	hovered bool
	actions []*Button
	// OnTap is a press, OnDouble a double press (nil makes presses quick), OnMenu a right press at an absolute place.
	OnTap    func()
	OnDouble func()
	OnMenu   func(at fyne.Position)
	OnMove   func() // the pointer moves over it

	avatar *Avatar
	lamp   *StatusShape // of a compact row
	cells  []*inline    // the columns
	title  *inline
	detail *inline
	end    *inline
	head   *inline
	below  fyne.CanvasObject // under the row, in the height it has beyond its own; nil for nothing
	words  float32           // width of title and detail as laid out
}

// lampSide is how large the lamp of a compact row is, in dp.
const lampSide = 20

// NewRow makes an empty row; Set fills it. actions are shown from right to left in the order given.
func NewRow(actions ...*Button) *Row {
	r := &Row{actions: actions}
	r.avatar = NewAvatar("", StatusNone, theme.AvatarSmall)
	r.lamp = NewStatusShape(StatusNone, lampSide)
	r.title = newInline(Style{Size: theme.NameSize, Cut: true})
	r.detail = newInline(Style{Size: theme.DetailSize, Cut: true})
	r.end = newInline(Style{Size: theme.BodySize, Figures: true})
	r.head = newInline(Style{Size: theme.DetailSize, Bold: true, Cut: true})
	r.ExtendBaseWidget(r)
	return r
}

// Set changes what the row shows.
func (r *Row) Set(spec RowSpec) {
	if r.spec.equal(spec) {
		return
	}
	r.spec = spec
	r.Refresh()
}

// SetBelow opens the row: what stands under it, in the height the list gives it beyond its own. Nil closes it.
func (r *Row) SetBelow(o fyne.CanvasObject) {
	if r.below != o {
		r.below = o
		r.Refresh()
	}
}

// Spec is what the row shows.
func (r *Row) Spec() RowSpec { return r.spec }

// SetCursor marks the row as the one the keyboard is at.
func (r *Row) SetCursor(on bool) {
	if r.cursor != on {
		r.cursor = on
		r.Refresh()
	}
}

// Actions are the row's buttons.
func (r *Row) Actions() []*Button { return r.actions }

// Tapped implements fyne.Tappable.
func (r *Row) Tapped(*fyne.PointEvent) {
	if r.OnTap != nil {
		r.OnTap()
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (r *Row) TappedSecondary(e *fyne.PointEvent) {
	if r.OnMenu != nil {
		r.OnMenu(e.AbsolutePosition)
	}
}

// MouseIn implements desktop.Hoverable. A pointer on one of the actions is still in the row. Cut words are shown whole.
func (r *Row) MouseIn(*desktop.MouseEvent) {
	r.hover(true)
	var words []string
	for _, i := range []*inline{r.title, r.detail} {
		if i.cut(r.words) || r.spec.Compact && i.cut(r.words/2) {
			words = append(words, i.t.Text())
		}
	}
	for n, c := range r.spec.Columns {
		if n < len(r.cells) && r.cells[n].cut(theme.Px(c.Width-theme.Grid)) {
			words = append(words, c.Text)
		}
	}
	showTipSoon(r, strings.Join(words, "\n"))
}

// MouseMoved implements desktop.Hoverable.
func (r *Row) MouseMoved(*desktop.MouseEvent) {
	r.hover(true)
	if r.OnMove != nil {
		r.OnMove()
	}
}

// MouseOut implements desktop.Hoverable.
func (r *Row) MouseOut() {
	hideTip(r)
	if !r.onAction() {
		r.hover(false)
	}
}

// state is the width of what must stay of the second line: how somebody stands, and until when.
func (r *Row) state() float32 {
	if len(r.spec.Detail) == 0 || !r.spec.Detail[0].Bold {
		return 0
	}
	return r.detail.t.least(r.spec.Detail[0])
}

func (r *Row) onAction() bool {
	return slices.ContainsFunc(r.actions, func(b *Button) bool { return b.hovered })
}

func (r *Row) hover(on bool) {
	if r.hovered != on {
		r.hovered = on
		r.Refresh()
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (r *Row) AccessibilityLabel() string {
	return r.title.t.Text() + ", " + r.detail.t.Text() + ", " + r.end.t.Text()
}

// AccessibilityRole implements fyne.Accessible.
func (r *Row) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (r *Row) CreateRenderer() fyne.WidgetRenderer {
	ground, bar, disc, icon, endIcon := &canvas.Rectangle{}, &canvas.Rectangle{}, &canvas.Circle{}, newPicture(), newPicture()
	d := &drawing{owner: r}
	for _, a := range r.actions {
		a.changed = func() { // the pointer may have gone from the action out of the row
			a.Refresh()
			if !a.hovered {
				r.hover(false)
			} else {
				r.hover(true)
			}
		}
	}
	showActions := func() bool { return len(r.actions) > 0 && !r.spec.Bare && (r.spec.Always || r.cursor || r.hovered) }
	d.refresh = func() {
		fill := theme.Transparent
		switch {
		case r.cursor:
			fill = theme.Selected
		case r.hovered:
			fill = theme.Hover
		}
		box(ground, fill, theme.Transparent, 0, 0)
		bar.FillColor = theme.Color(theme.Accent)
		SetVisible(bar, r.cursor)
		s := r.spec
		SetVisible(r.avatar, s.Icon == "" && !s.Compact)
		SetVisible(r.lamp, s.Icon == "" && s.Compact && s.Status != StatusNone)
		SetVisible(disc, s.Icon != "" && !s.Compact)
		disc.FillColor = theme.Color(theme.Sunken)
		tint := s.IconTint
		if tint == "" {
			tint = theme.Text2
		}
		setPicture(icon, s.Icon, tint)
		if s.Compact {
			r.lamp.Set(s.Status)
		} else {
			r.avatar.Set(s.Name, s.Status)
		}
		title := s.Title
		if title == nil {
			title = []Span{{Text: s.Name, Bold: true}}
		} else if s.Strong {
			title = slices.Clone(title)
			for i := range title {
				title[i].Bold = true
			}
		}
		r.title.set("", title...)
		r.detail.set(theme.Text3, s.Detail...)
		token := s.EndToken
		if token == "" {
			token = theme.Text3
		}
		on := showActions()
		end := s.End
		if on {
			end = ""
		}
		r.end.set(token, Span{Text: end})
		for i, a := range r.actions {
			SetVisible(a, on && (s.Actions == 0 || i < s.Actions))
		}
		name := s.EndIcon
		if on {
			name = ""
		}
		setPicture(endIcon, name, token)
		d.objects = []fyne.CanvasObject{ground, bar, disc, icon.Raster, r.avatar, r.lamp, endIcon.Raster}
		lines := []*inline{r.title, r.detail, r.end}
		if s.Head != "" {
			r.head.set(theme.Text2, Span{Text: s.Head})
			lines = append(lines, r.head)
		}
		for len(r.cells) < len(s.Columns) {
			r.cells = append(r.cells, newInline(Style{Size: theme.DetailSize, Figures: true, Cut: true}))
		}
		for i, c := range s.Columns {
			if c.Token == "" {
				c.Token = theme.Text2
			}
			r.cells[i].set(c.Token, Span{Text: c.Text})
			lines = append(lines, r.cells[i])
		}
		for _, i := range lines {
			d.objects = append(d.objects, i.objects()...)
		}
		for _, a := range slices.Backward(r.actions) { // Tab goes from left to right
			d.objects = append(d.objects, a)
		}
		if r.below != nil {
			d.objects = append(d.objects, r.below)
		}
	}
	d.min = func() fyne.Size {
		return fyne.NewSize(theme.Px(180), theme.Px(RowHeight(r.spec.Compact)))
	}
	d.layout = func(all fyne.Size) {
		pad, side := theme.Px(theme.WindowPadding), theme.Px(theme.AvatarSmall)
		y0 := float32(0)
		if r.spec.Head != "" {
			y0 = theme.Px(HeadHeight)
		}
		if y0 > 0 {
			r.head.place(pad, theme.Px(theme.Half), max(0, all.Width-2*pad), y0-theme.Px(theme.Half))
		}
		place(ground, 0, y0, all.Width, all.Height-y0)
		place(bar, 0, y0, theme.Px(theme.CursorBar), all.Height-y0)
		s := fyne.NewSize(all.Width, all.Height-y0)
		if r.below != nil {
			s.Height = theme.Px(RowHeight(r.spec.Compact))
			place(r.below, 0, y0+s.Height, all.Width, all.Height-y0-s.Height)
		}
		place(r.avatar, pad, y0+(s.Height-side)/2, side, side)
		place(disc, pad, y0+(s.Height-side)/2, side, side)
		i := theme.Px(18)
		if r.spec.Compact {
			side, i = theme.Px(lampSide), theme.Px(theme.IconMedium)
		}
		place(icon, pad+(side-i)/2, y0+(s.Height-i)/2, i, i)
		place(r.lamp, pad, y0+(s.Height-side)/2, side, side)
		x, right := pad+side+theme.Px(14), s.Width-theme.Px(12)
		columns := right - theme.Px(r.spec.tail())
		if showActions() {
			words := min(r.title.width()+1, theme.Px(leastTitle))
			if len(r.spec.Detail) > 0 { // what kind it is, or how somebody stands
				words = max(words, min(r.detail.t.least(r.spec.Detail[0]), theme.Px(leastDetail)))
			}
			for n, a := range r.actions {
				if r.spec.Actions > 0 && n >= r.spec.Actions {
					continue
				}
				m := a.MinSize()
				// The last of many gives way to the name of whom they are for: the menu has what it does.
				fits := n < sureActions || len(r.spec.Columns) > 0 || right-m.Width-theme.Px(theme.Grid)-x >= words
				SetVisible(a, fits)
				if !fits {
					continue
				}
				right -= m.Width
				place(a, right, y0+(s.Height-m.Height)/2, m.Width, m.Height)
				right -= theme.Px(theme.Grid)
			}
			r.end.place(right, y0, 0, s.Height) // empty now: what stood there must go
		} else {
			end := r.end.width()
			right -= end
			r.end.place(right, y0, end, s.Height)
			if endIcon.Visible() {
				e := theme.Px(theme.IconSmall)
				right -= e + theme.Px(6)
				place(endIcon, right, y0+(s.Height-e)/2, e, e)
			}
			right -= theme.Px(theme.Grid)
		}
		if len(r.spec.Columns) > 0 {
			right = min(right, columns)
			for n := len(r.spec.Columns) - 1; n >= 0; n-- {
				w := theme.Px(r.spec.Columns[n].Width)
				right -= w
				r.cells[n].place(right, y0, w-theme.Px(theme.Grid), s.Height)
			}
			right -= theme.Px(theme.Grid)
		}
		w := max(0, right-x)
		r.words = w
		if r.spec.Compact {
			t := min(r.title.width()+1, w)
			if len(r.spec.Detail) > 0 { // the second line has a third, or what the first one leaves it
				t = min(t, max(w*2/3, w-r.detail.width()-theme.Px(theme.Grid)))
			}
			gap := theme.Px(theme.Grid)
			if state := r.state(); state > 0 && t > w-gap-state {
				if end := r.end.width(); end > 0 && w-gap-state < theme.Px(leastTitle) { // the number goes before how they stand
					r.end.place(right, y0, 0, s.Height)
					w += end + gap
				}
				t = min(t, max(theme.Px(leastTitle)/2, w-gap-state))
			}
			r.title.place(x, y0, t, s.Height)
			r.detail.place(x+t+gap, y0, max(0, w-t-gap), s.Height)
			return
		}
		top, low := theme.Px(theme.NameSize.LineHeight()), theme.Px(theme.DetailSize.LineHeight())
		if len(r.spec.Detail) == 0 {
			r.title.place(x, y0+(s.Height-top)/2, w, top)
			return
		}
		y := y0 + (s.Height-top-low)/2
		r.title.place(x, y, w, top)
		r.detail.place(x, y+top, w, low)
	}
	d.refresh()
	return d
}
