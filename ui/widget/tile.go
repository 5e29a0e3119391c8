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

// TileSpec is what the board shows of somebody.
type TileSpec struct {
	Name    []Span
	Number  []Span // at the right: the extension
	Status  Status
	Icon    string // in the place of a status, for whom there is none
	State   string // state, until when, other party: never cut while there is a detail to cut
	Brief   string // State in fewer words, as a Span's
	Upper   string // State on two lines of a tall tile, where one is too short for it; empty: it has one part
	Lower   string // the second of them, with its fewer words in Less
	Less    string
	Ink     theme.Token
	Evident bool   // State says what the shape says: left out where there is no line for it
	Detail  []Span // title and department
	Quiet   bool   // does not ring: on a quieter ground
	Label   string // for screen readers
	Open    bool   // rows: with a third line and all actions
	Fault   bool   // rows: State says what went wrong, on red ground
	Acts    []ButtonSpec
}

func (s TileSpec) equal(o TileSpec) bool { return s.sameBesideWords(o) && s.sameWords(o) }

func (s TileSpec) sameWords(o TileSpec) bool {
	return s.State == o.State && s.Brief == o.Brief && s.Upper == o.Upper && s.Lower == o.Lower && s.Less == o.Less &&
		slices.Equal(s.Detail, o.Detail) && s.Label == o.Label
}

func (s TileSpec) sameBesideWords(o TileSpec) bool {
	return s.Status == o.Status && s.Ink == o.Ink && s.Evident == o.Evident && s.samePerson(o)
}

// samePerson reports whether only how somebody stands may differ: status and words.
func (s TileSpec) samePerson(o TileSpec) bool {
	return s.Icon == o.Icon && s.Quiet == o.Quiet && s.Open == o.Open && s.Fault == o.Fault &&
		slices.Equal(s.Name, o.Name) && slices.Equal(s.Number, o.Number) && slices.Equal(s.Acts, o.Acts)
}

// boardCell is one of the board's people on screen: a PersonTile or a PersonRow.
type boardCell interface {
	fyne.Widget
	base() *cell
	look(spec TileSpec, tall bool)
}

// cell is what tiles and rows share: what they show, the pointer, the cursor, and how often they were drawn.
type cell struct {
	fynewidget.BaseWidget
	self    boardCell
	spec    TileSpec
	tall    bool // a line more
	cursor  bool
	hovered bool
	drawn   int // times that something changed on it
	tap     func()
	menu    func(at fyne.Position)
	move    func()
	cut     func() string // the words that were cut, whole
	words   func() bool   // draws changed words in their place; false where that is not enough
	stands  func() bool   // draws a changed status and words in their place; likewise
}

func (c *cell) base() *cell { return c }

// look changes what is shown. What is the same is not drawn: a time that counts draws its line and nothing else, a lamp that
// changes not the ground, the name and the number. Fyne makes all of a widget anew that is refreshed as a whole.
func (c *cell) look(spec TileSpec, tall bool) {
	if c.tall == tall && c.spec.equal(spec) {
		return
	}
	onlyWords := c.tall == tall && c.spec.sameBesideWords(spec)
	onlyStands := c.tall == tall && c.spec.samePerson(spec)
	c.spec, c.tall = spec, tall
	c.drawn++
	switch {
	case onlyWords && c.words != nil && c.words():
	case onlyStands && c.stands != nil && c.stands():
	default:
		c.self.Refresh()
	}
}

func (c *cell) setCursor(on bool) {
	if c.cursor != on {
		c.cursor = on
		c.drawn++
		c.self.Refresh()
	}
}

// Spec is what the cell shows.
func (c *cell) Spec() TileSpec { return c.spec }

// Tapped implements fyne.Tappable.
func (c *cell) Tapped(*fyne.PointEvent) {
	if c.tap != nil {
		c.tap()
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (c *cell) TappedSecondary(e *fyne.PointEvent) {
	if c.menu != nil {
		c.menu(e.AbsolutePosition)
	}
}

// MouseIn implements desktop.Hoverable. Cut words are shown whole.
func (c *cell) MouseIn(*desktop.MouseEvent) {
	c.hover(true)
	if c.cut != nil {
		showTipSoon(c.self, c.cut())
	}
}

// MouseMoved implements desktop.Hoverable.
func (c *cell) MouseMoved(*desktop.MouseEvent) {
	c.hover(true)
	if c.move != nil {
		c.move()
	}
}

// MouseOut implements desktop.Hoverable.
func (c *cell) MouseOut() {
	hideTip(c.self)
	c.hover(false)
}

func (c *cell) hover(on bool) {
	if c.hovered != on {
		c.hovered = on
		c.self.Refresh()
	}
}

// Cursor implements desktop.Cursorable.
func (c *cell) Cursor() desktop.Cursor { return desktop.PointerCursor }

// AccessibilityLabel implements fyne.Accessible.
func (c *cell) AccessibilityLabel() string { return c.spec.Label }

// AccessibilityRole implements fyne.Accessible.
func (c *cell) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// stateSpans is the state, and what follows it in the same line where the room of px has place for some of it.
func (s TileSpec) stateSpans(more []Span, room float32) []Span {
	out := make([]Span, 0, 2+len(more))
	if s.State != "" {
		out = append(out, Span{Text: s.State, Token: s.Ink, Bold: true, Brief: s.Brief})
		if room-measure(s.State, theme.DetailSize, true, true).Width < theme.Px(32) {
			return out
		}
	}
	if len(more) > 0 && len(out) > 0 {
		out = append(out, Span{Text: " · ", Token: theme.Text3})
	}
	return append(out, more...)
}

// cutWords is the lines that did not fit, whole.
func cutWords(lines ...*inline) string {
	var out []string
	for _, l := range lines {
		if l.cut(l.r.room) {
			out = append(out, l.t.Text())
		}
	}
	return strings.Join(out, "\n")
}

// PersonTile is somebody on the board, as a tile of two lines, or three when it is tall.
type PersonTile struct{ cell }

func newPersonTile() *PersonTile {
	t := &PersonTile{}
	t.self = t
	t.ExtendBaseWidget(t)
	return t
}

// Measures of a tile in dp.
const (
	personTile = 48
	tallTile   = 64
	tilePad    = 10
)

// CreateRenderer implements fyne.Widget.
func (t *PersonTile) CreateRenderer() fyne.WidgetRenderer {
	ground, icon, shape := newGround(), newPicture(), newShape("")
	name := newInline(Style{Size: theme.NameSize, Bold: true, Cut: true})
	number := newInline(Style{Size: theme.NameSize, Bold: true, Figures: true})
	second := newInline(Style{Size: theme.DetailSize, Figures: true, Cut: true})
	third := newInline(Style{Size: theme.DetailSize, Figures: true, Cut: true})
	d := &drawing{owner: t, keeps: true}
	x := func() float32 {
		if t.tall {
			return theme.Px(tilePad + 24 + 10)
		}
		return theme.Px(tilePad + 22 + 10)
	}
	setWords := func(room float32) {
		s := t.spec
		switch {
		case t.tall && s.Upper != "" && measure(s.State, theme.DetailSize, true, true).Width > room:
			second.set(theme.Text3, Span{Text: s.Upper, Token: s.Ink, Bold: true})
			third.set(theme.Text3, Span{Text: s.Lower, Token: s.Ink, Bold: true, Brief: s.Less})
		case t.tall && len(s.Detail) > 0:
			second.set(theme.Text3, s.Detail...)
			third.set(theme.Text3, s.stateSpans(nil, room)...)
		case t.tall || !s.Evident || len(s.Detail) == 0:
			second.set(theme.Text3, s.stateSpans(s.Detail, room)...)
			third.set(theme.Text3)
		default:
			second.set(theme.Text3, s.Detail...)
			third.set(theme.Text3)
		}
	}
	room := func(size fyne.Size) float32 { return max(0, size.Width-x()-theme.Px(tilePad)) }
	placeWords := func(size fyne.Size) {
		top, low := theme.Px(theme.NameSize.LineHeight()), theme.Px(theme.DetailSize.LineHeight())
		lines := 1
		if len(third.t.spans) > 0 {
			lines = 2
		}
		w := room(size)
		y := (size.Height - top - float32(lines)*low) / 2
		second.place(x(), y+top, w, low)
		third.place(x(), y+top+low, w, low)
		n := number.width()
		number.place(size.Width-theme.Px(tilePad)-n, y, n, top)
		if n > 0 {
			n += theme.Px(theme.Grid)
		}
		name.place(x(), y, max(0, w-n), top)
	}
	layShape := func(size fyne.Size) (side float32) {
		side = theme.Px(22)
		if t.tall {
			side = theme.Px(24)
		}
		shape.place(theme.Px(tilePad), (size.Height-side)/2, side)
		return side
	}
	gather := func() {
		d.objects = append([]fyne.CanvasObject{ground.Raster, icon.Raster}, shape.objects()...)
		for _, l := range []*inline{name, number, second, third} {
			d.objects = append(d.objects, l.objects()...)
		}
	}
	t.cut = func() string { return cutWords(name, second, third) }
	t.words = func() bool {
		before := len(second.objects()) + len(third.objects())
		lines := len(third.t.spans) > 0
		setWords(room(t.Size()))
		if len(second.objects())+len(third.objects()) != before || lines != (len(third.t.spans) > 0) {
			return false
		}
		placeWords(t.Size())
		for _, l := range []*inline{second, third} {
			for _, o := range l.objects() {
				canvas.Refresh(o)
			}
		}
		return true
	}
	t.stands = func() bool {
		shape.set(t.spec.Status)
		layShape(t.Size())
		canvas.Refresh(shape.circle)
		return t.words()
	}
	d.refresh = func() {
		s := t.spec
		fill, border, width, ink := theme.Surface, theme.Border, float32(theme.HairLine), theme.Text
		if s.Quiet {
			fill, ink = theme.Bg, theme.Text2
		}
		switch {
		case t.cursor:
			fill, border, width, ink = theme.Selected, theme.Accent, theme.StateBorder, theme.Text
		case t.hovered:
			fill = theme.Hover
		}
		ground.set(fill, border, width, theme.RadiusField)
		setPicture(icon, s.Icon, theme.Text3)
		shape.set(s.Status)
		name.set(ink, s.Name...)
		number.set(theme.Text2, s.Number...)
	}
	d.min = func() fyne.Size { return fyne.NewSize(theme.Px(minTile), theme.Px(personTile)) }
	d.layout = func(size fyne.Size) {
		place(ground, 0, 0, size.Width, size.Height)
		side := layShape(size)
		i := theme.Px(18)
		place(icon, theme.Px(tilePad)+(side-i)/2, (size.Height-i)/2, i, i)
		setWords(room(size))
		placeWords(size)
		gather()
	}
	d.refresh()
	return d
}
