package widget

import (
	"fmt"
	"reflect"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"svara/ui/theme"
)

// crowd is people by name who are on a board in an order.
type crowd struct {
	order []string
	specs map[string]TileSpec
	binds int
	board *Board
}

func newCrowd(t *testing.T, percent int, width, height float32, sections ...BoardSection) *crowd {
	t.Helper()
	app := test.NewApp()
	t.Cleanup(func() { test.NewApp() })
	theme.Apply(app, theme.ModeLight, percent)
	c := &crowd{specs: map[string]TileSpec{}}
	n := 0
	for _, s := range sections {
		n += s.N
	}
	for i := range n {
		name := fmt.Sprintf("P%03d", i)
		c.order = append(c.order, name)
		c.specs[name] = TileSpec{Name: []Span{{Text: name}}, Number: []Span{{Text: "2101"}}, Status: StatusAvailable, State: "Available", Evident: true, Detail: []Span{{Text: "Buyer"}}, Label: name}
	}
	c.board = NewBoard(func(i int) string { return c.order[i] }, func(i int, open bool) TileSpec {
		c.binds++
		s := c.specs[c.order[i]]
		s.Open = open && c.board.look == BoardActions
		return s
	})
	canvas := software.NewCanvas()
	canvas.SetPadded(false)
	canvas.SetContent(NewRoot(c.board))
	canvas.Resize(fyne.NewSize(width, height))
	c.board.SetPeople(BoardTiles, sections, -1)
	return c
}

// drawn is how often each in sight was drawn since the last time.
func (c *crowd) drawn() map[string]int {
	out := map[string]int{}
	for key, cell := range c.board.body.cells {
		if n := cell.base().drawn; n > 0 {
			out[key] = n
		}
		cell.base().drawn = 0
	}
	return out
}

func TestBoardColumns(t *testing.T) {
	for _, c := range []struct {
		width   float32
		percent int
		want    int
	}{{696, 100, 3}, {988, 100, 4}, {1150, 100, 5}, {3000, 100, 6}, {988, 200, 2}, {300, 200, 1}} {
		h := newCrowd(t, c.percent, c.width, 600, BoardSection{N: 20})
		if got := h.board.Columns(); got != c.want {
			t.Errorf("%v at %d %%: %d columns", c.width, c.percent, got)
		}
		_, _, w, _ := h.board.at(0)
		if c.want > 1 && w < theme.Px(minTile) {
			t.Errorf("%v at %d %%: a tile is %v wide", c.width, c.percent, w)
		}
	}
}

func TestBoardDrawsWhoIsInSight(t *testing.T) {
	h := newCrowd(t, 100, 988, 600, BoardSection{Title: "Favourites", N: 8, Tall: true}, BoardSection{Title: "Everyone", N: 1000})
	in, objects := h.board.InSight()
	if len(in) < 20 || len(in) > 60 || len(in) != len(objects) || in[0] != 0 {
		t.Fatalf("%d are drawn", len(in))
	}
	made := len(h.board.body.cells) + len(h.board.body.spare)
	for range 20 {
		h.board.MoveCursor(9)
	}
	if now := len(h.board.body.cells) + len(h.board.body.spare); now > 2*made {
		t.Errorf("%d tiles were made for %d in sight", now, made)
	}
	cursor := h.board.Cursor()
	_, y, _, height := h.board.at(cursor)
	if top := h.board.scroll.Offset.Y; y < top || y+height > top+600 {
		t.Errorf("the cursor at %d is out of sight", cursor)
	}
}

// TestBoardDrawsALotInSeveralFrames: where all in sight are others, they are drawn in some frames, those at the top first, and
// nobody is left out or shown as somebody else meanwhile.
func TestBoardDrawsALotInSeveralFrames(t *testing.T) {
	var next []func()
	Next = func(f func()) { next = append(next, f) }
	t.Cleanup(func() { Next = nil })
	h := newCrowd(t, 100, 988, 600, BoardSection{Title: "Everyone", N: 500})
	frame := func() {
		due := next
		next = nil
		for _, f := range due {
			f()
		}
	}
	all := len(h.board.body.window())
	for n := 1; n <= (all+atOnce-1)/atOnce; n++ {
		in, _ := h.board.InSight()
		if want := min(n*atOnce, all); len(in) != want || in[want-1] != want-1 {
			t.Fatalf("%d of %d are drawn in frame %d, the last %d", len(in), all, n, in[len(in)-1])
		}
		frame()
	}
	frame()
	if len(next) > 0 {
		t.Error("frames follow when everybody is drawn")
	}
	h.drawn()
	for name, s := range h.specs {
		s.Name = []Span{{Text: name[:1], Mark: true}, {Text: name[1:]}}
		h.specs[name] = s
	}
	h.order = h.order[1:]
	sections := []BoardSection{{Title: "Everyone", N: 499}}
	for n := 1; n <= (all+atOnce-1)/atOnce; n++ {
		h.board.SetPeople(BoardTiles, sections, -1) // as often as the view likes
		h.board.Rebind()
		if d := h.drawn(); len(d) != min(atOnce, all-(n-1)*atOnce) {
			t.Fatalf("%d are drawn in frame %d", len(d), n)
		}
		for i, o := range h.board.body.cells {
			if o.base().spec.Label != i {
				t.Errorf("%s is shown as %s", i, o.base().spec.Label)
			}
		}
		frame()
	}
	if in, _ := h.board.InSight(); len(in) != all {
		t.Errorf("%d of %d are drawn in the end", len(in), all)
	}
}

func TestBoardDrawsOnlyWhatDiffers(t *testing.T) {
	h := newCrowd(t, 100, 988, 600, BoardSection{Title: "Everyone", N: 500})
	h.drawn()
	h.board.Rebind()
	if d := h.drawn(); len(d) != 0 {
		t.Errorf("nothing changed and %d were drawn", len(d))
	}
	s := h.specs["P003"]
	s.Status, s.State, s.Evident = StatusInCall, "In call 00:01", false
	h.specs["P003"] = s
	s = h.specs["P400"]
	s.State = "far away"
	h.specs["P400"] = s
	h.board.Rebind()
	if d := h.drawn(); len(d) != 1 || d["P003"] != 1 {
		t.Errorf("one in sight changed: %v", d)
	}
	h.board.SetCursor(5)
	h.drawn()
	h.board.MoveAcross(1)
	if d := h.drawn(); len(d) != 2 || d["P005"] != 1 || d["P006"] != 1 {
		t.Errorf("the cursor moved by one: %v", d)
	}
	// somebody goes to another place: the others move, and are not drawn
	h.order = append(append([]string{"P009"}, h.order[:9]...), h.order[10:]...)
	h.board.SetPeople(BoardTiles, []BoardSection{{Title: "Everyone", N: 500}}, 7)
	if d := h.drawn(); len(d) != 0 {
		t.Errorf("the order changed and %v were drawn", d)
	}
	if cell := h.board.body.cells["P009"]; cell.Position().Y != h.board.body.cells["P000"].Position().Y || cell.Position().X >= h.board.body.cells["P000"].Position().X {
		t.Error("the first one does not stand first")
	}
}

func TestBoardTimerDrawsItsLine(t *testing.T) {
	h := newCrowd(t, 100, 988, 600, BoardSection{N: 4})
	s := h.specs["P001"]
	s.State, s.Evident = "In call 00:01", false
	h.specs["P001"] = s
	h.board.Rebind()
	tile := h.board.body.cells["P001"].(*PersonTile)
	whole := 0
	tile.self = counted{tile, &whole}
	s.State = "In call 00:02"
	h.specs["P001"] = s
	h.board.Rebind()
	if whole != 0 {
		t.Error("a second draws the whole tile")
	}
	if got := tile.Spec().State; got != "In call 00:02" {
		t.Errorf("the tile says %q", got)
	}
	for _, status := range []Status{StatusInCall, StatusMeeting, StatusUnknown, StatusAvailable} {
		s.Status = status
		h.specs["P001"] = s
		h.board.Rebind()
		if whole != 0 {
			t.Errorf("%s draws the whole tile", status)
		}
		changed := software.Render(tile, fyne.CurrentApp().Settings().Theme())
		tile.Refresh()
		if !reflect.DeepEqual(changed, software.Render(tile, fyne.CurrentApp().Settings().Theme())) {
			t.Errorf("%s looks different when the tile is drawn whole", status)
		}
	}
	s.Quiet = true
	h.specs["P001"] = s
	h.board.Rebind()
	if whole != 1 {
		t.Error("another ground does not draw the tile")
	}
}

// counted counts the times a tile is drawn whole.
type counted struct {
	*PersonTile
	n *int
}

func (c counted) Refresh() { *c.n++; c.PersonTile.Refresh() }

func TestBoardCursorAcrossSections(t *testing.T) {
	// 4 columns: 0 1 2 3 / 4 5 | 6 7 8 9 / 10 11 12
	h := newCrowd(t, 100, 988, 600, BoardSection{Title: "Favourites", N: 6, Tall: true}, BoardSection{Title: "None"}, BoardSection{Title: "Everyone", N: 7})
	b := h.board
	told := -2
	b.OnCursor = func(i int) { told = i }
	for _, c := range []struct {
		move string
		n    int
		want int
	}{
		{"down", 1, 0}, {"across", 3, 3}, {"down", 1, 5}, {"down", 1, 9}, {"down", 1, 12}, {"down", 1, 12}, {"up", 1, 9}, {"up", 1, 5}, {"up", 1, 3},
		{"across", 1, 4}, {"up", 1, 0}, {"up", 1, -1}, {"up", 1, -1}, {"across", 1, 0}, {"across", -5, 0}, {"across", 100, 12}, {"down", -2, 5}, {"down", 2, 12}, {"up", 9, -1},
	} {
		switch c.move {
		case "down":
			b.MoveCursor(c.n)
		case "up":
			b.MoveCursor(-c.n)
		case "across":
			b.MoveAcross(c.n)
		}
		if b.Cursor() != c.want || told != c.want {
			t.Fatalf("%s %d: at %d, told %d, want %d", c.move, c.n, b.Cursor(), told, c.want)
		}
	}
}

func TestBoardPointer(t *testing.T) {
	h := newCrowd(t, 100, 988, 600, BoardSection{N: 8})
	var pressed, menu int
	h.board.OnActivate = func(i int) { pressed = i }
	h.board.OnMenu = func(i int, _ fyne.Position) { menu = i }
	_, objects := h.board.InSight()
	tile := objects[5].(*PersonTile)
	tile.Tapped(nil)
	if pressed != 5 || h.board.Cursor() != 5 {
		t.Errorf("pressed %d, cursor %d", pressed, h.board.Cursor())
	}
	objects[2].(*PersonTile).TappedSecondary(&fyne.PointEvent{})
	if menu != 2 || h.board.Cursor() != 2 {
		t.Errorf("menu of %d, cursor %d", menu, h.board.Cursor())
	}
	h.board.SetCursor(-1)
	if h.board.Pointed() {
		t.Error("nobody points at it")
	}
	tile.MouseIn(nil)
	if !h.board.Pointed() {
		t.Error("the pointer is on it")
	}
	if tile.AccessibilityLabel() != "P005" {
		t.Errorf("a screen reader says %q", tile.AccessibilityLabel())
	}
}

func TestBoardRowsOpen(t *testing.T) {
	h := newCrowd(t, 100, 900, 600, BoardSection{N: 30})
	for name, s := range h.specs {
		s.Acts = []ButtonSpec{{Text: "Direct", Icon: "arrow-right", Size: Small}, {Text: "Announced", Icon: "messages-square", Size: Small}}
		h.specs[name] = s
	}
	h.board.SetPeople(BoardActions, []BoardSection{{N: 30}}, 2)
	_, y2, _, open := h.board.at(2)
	_, y3, _, plain := h.board.at(3)
	if open <= plain || y3 != y2+open || plain != theme.Px(tallRow) {
		t.Errorf("open %v, plain %v, next at %v", open, plain, y3-y2)
	}
	acted := [2]int{-1, -1}
	h.board.OnAct = func(i, act int, _ bool, _ *Button) { acted = [2]int{i, act} }
	_, objects := h.board.InSight()
	objects[4].(*PersonRow).Actions()[1].Tapped(nil)
	if acted != [2]int{4, 1} || h.board.Cursor() != 4 {
		t.Errorf("acted %v, cursor %d", acted, h.board.Cursor())
	}
	if _, y, _, _ := h.board.at(3); y != 3*plain {
		t.Errorf("the row before the open one is at %v", y)
	}
	for _, b := range objects[4].(*PersonRow).Actions() {
		if end := b.Position().X + b.Size().Width; end > 900 {
			t.Errorf("%q ends at %v", b.Spec().Text, end)
		}
	}
}

func TestTileStateIsNotCutBeforeTheTitle(t *testing.T) {
	for _, percent := range []int{100, 130, 200} {
		h := newCrowd(t, percent, 1100, 900, BoardSection{N: 2})
		s := h.specs["P000"]
		s.State, s.Evident, s.Detail = "In call 09:02 · Ekdal Bygg", false, []Span{{Text: "Manager of very many things · Department of everything"}}
		h.specs["P000"] = s
		h.board.Rebind()
		tile := h.board.body.cells["P000"].(*PersonTile)
		texts := 0
		for _, o := range test.WidgetRenderer(tile).Objects() {
			if x, ok := textOf(o); ok && x == s.State {
				texts++
			}
		}
		if texts != 1 {
			t.Errorf("at %d %% the state is not there whole", percent)
		}
		if tall := tile.tall; tall != (percent >= 130) {
			t.Errorf("at %d %% a tile has a third line: %v", percent, tall)
		}
	}
}

func textOf(o fyne.CanvasObject) (string, bool) {
	x, ok := o.(*canvas.Text)
	if !ok || !x.Visible() {
		return "", false
	}
	return x.Text, true
}
