package attendant

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/call"
	"svara/ui/view/conference"
	"svara/ui/view/lay"
	"svara/ui/view/queue"
	"svara/ui/widget"
)

// side is the calls and the queues at the right.
type side struct {
	v      *View
	deps   view.Deps
	low    bool
	model  present.CallStrip
	title  *widget.Text
	counts *fyne.Container
	sorted *widget.Text
	head   *fyne.Container
	ready  *widget.Panel
	state  *widget.StatusShape // in ready, with what it says
	words  *widget.Text
	more   *widget.Text
	front  *call.Front
	drag   *widget.Drag
	dock   *fyne.Container // the call in front where there is height for it
	tail   *fyne.Container // else it is over what waits, and goes with it
	conf   *conference.View
	cards  []*call.Wait
	drags  []*widget.Drag
	column *fyne.Container
	scroll *container.Scroll
	below  *widget.Button
	queues *queue.View
	foot   *container.Scroll
	inner  *fyne.Container
	object *widget.Panel
}

func newSide(v *View) *side {
	s := &side{v: v, deps: v.deps}
	s.deps.Do = v.doOnBoard // a call is handed over here as by its key
	s.deps.Run = func(id command.ID, on phone.CallID) {
		if id == command.Message {
			v.writeAbout(on)
			return
		}
		v.deps.Run(id, on)
	}
	s.front, s.conf, s.queues, s.column, s.counts, s.dock, s.tail = call.NewFront(s.deps), conference.New(v.deps), queue.NewGrid(v.deps), lay.Col(6), lay.Row(0), container.NewStack(), container.NewStack()
	s.title = widget.NewText(text.T("tab.calls"), widget.Style{Size: theme.NameSize, Bold: true})
	s.sorted = widget.NewText(text.T("strip.sorted"), widget.Style{Size: theme.DetailSize, Token: theme.Text2, Align: fyne.TextAlignTrailing, Cut: true})
	s.head = lay.Row(14, s.title, s.counts, lay.Fill(s.sorted))
	s.state = widget.NewStatusShape(widget.StatusAvailable, 28)
	s.words = widget.NewText(text.T("strip.ready"), widget.Style{Size: theme.NameSize, Bold: true, Cut: true})
	s.more = widget.NewText(text.T("strip.ready_text"), widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	s.ready = widget.NewPanel(widget.PanelSpec{Fill: theme.Raised, Border: theme.Border, Radius: theme.RadiusCard, Drawn: true}, lay.Least(0, 68, lay.Pad(14, 14, 14, 14, lay.Row(12,
		s.state, lay.Fill(lay.Col(0, s.words, s.more))))))
	s.drag = widget.NewDrag(s.front.Object(), func() (string, []widget.Target) { return v.picked(s.front.ID()) })
	s.scroll = container.NewVScroll(s.column)
	s.scroll.OnScrolled = func(fyne.Position) { s.outOfSight(s.scroll.Size().Height) }
	s.below = widget.NewButton(widget.ButtonSpec{}, s.showRinging)
	s.below.Hide()
	s.foot = container.NewVScroll(lay.PadAll(theme.Half, s.queues.Object())) // with room for the borders and rings at its edges
	s.inner = container.New(&sideLayout{s}, s.head, s.ready, s.dock, s.conf.Object(), s.scroll, s.below, s.foot)
	s.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Drawn: true}, container.NewStack(newEdge(), s.inner))
	s.dock.Objects = []fyne.CanvasObject{s.drag}
	s.column.Add(s.tail)
	s.column.Add(s.conf.Small())
	return s
}

// newEdge is the line at the left of the strip.
func newEdge() fyne.CanvasObject {
	return lay.RowFull(0, lay.Least(1, 0, widget.NewLine(true)), lay.Fill(lay.Row(0)))
}

func (s *side) update() {
	v := s.v
	q, asked := v.asking.Asked()
	if q == "" { // of a question that is over
		asked = 0
	}
	s.model = present.CallStripOf(v.scene, asked)
	s.comeback()
	s.conf.Update(v.scene)
	there, front := s.conf.There()
	widget.SetVisible(s.conf.Object(), there && front)
	widget.SetVisible(s.conf.Small(), there && !front)
	m := s.model
	widget.SetVisible(s.drag, m.Front != nil && !(there && front))
	if m.Front != nil {
		s.front.Update(*m.Front, s.low)
	}
	widget.SetVisible(s.ready, m.Front == nil && !(there && front) && !(s.low && s.open()))
	if present.OutOfReach(v.scene) {
		s.state.Set(widget.StatusOffline)
		s.words.Set(text.T("strip.out_of_reach"))
		s.more.Set(text.T("strip.out_of_reach_text"))
	} else {
		s.state.Set(widget.StatusAvailable)
		s.words.Set(text.T("strip.ready"))
		s.more.Set(text.T("strip.ready_text"))
	}
	s.countKinds()
	for len(s.cards) < len(m.Cards) {
		c := call.NewWait(s.deps)
		d := widget.NewDrag(c.Object(), func() (string, []widget.Target) { return v.picked(c.ID()) })
		d.OnMenu = c.OpenMenu
		s.cards, s.drags = append(s.cards, c), append(s.drags, d)
		s.column.Add(d)
	}
	for i, c := range s.cards {
		widget.SetVisible(s.drags[i], i < len(m.Cards))
		if i < len(m.Cards) {
			c.Update(m.Cards[i], s.low)
		}
	}
	s.queues.SetLow(s.low)
	s.queues.Update(v.scene)
	lay.Again(s.object)
}

func (s *side) countKinds() {
	for len(s.counts.Objects) < len(s.model.Counts) {
		s.counts.Add(newCount())
	}
	for i, o := range s.counts.Objects {
		c, ok := o.(*widget.Button)
		if !ok {
			continue
		}
		widget.SetVisible(c, i < len(s.model.Counts))
		if i < len(s.model.Counts) {
			m := s.model.Counts[i]
			c.Set(widget.ButtonSpec{Icon: m.Icon, Text: text.Number(int64(m.N)), Look: widget.Quiet, Size: widget.Small, Tip: m.Tip})
		}
	}
}

func newCount() *widget.Button { return widget.NewButton(widget.ButtonSpec{}, nil) }

// count is how many calls there are, for the button that opens the strip.
func (s *side) count() int {
	n := len(s.model.Cards)
	if s.model.Front != nil {
		n++
	}
	return n
}

// busy reports whether there is a call.
func (s *side) busy() bool { return s.count() > 0 }

// open reports whether the card of a call that came back is open, which needs room.
func (s *side) open() bool {
	return slices.ContainsFunc(s.model.Cards, func(c present.WaitCard) bool { return c.Back != nil })
}

// rings is how many ring here.
func (s *side) rings() int {
	n := 0
	for _, c := range s.model.Cards {
		if c.Rings {
			n++
		}
	}
	return n
}

// hidden is the ringing cards under what is seen of the strip in a height.
func (s *side) hidden(height float32) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	edge := s.scroll.Offset.Y + height
	for i, c := range s.cards {
		if i < len(s.model.Cards) && c.Rings() && s.drags[i].Position().Y+s.drags[i].Size().Height/2 > edge {
			out = append(out, s.drags[i])
		}
	}
	return out
}

// outOfSight draws the bar that tells of calls that ring out of sight.
func (s *side) outOfSight(height float32) {
	n := len(s.hidden(height))
	if n > 0 {
		s.below.Set(widget.ButtonSpec{Icon: "bell", Text: text.T("strip.below", "n", n), Look: widget.Go, Size: widget.Small, Menu: true})
	}
	widget.SetVisible(s.below, n > 0)
}

// showRinging scrolls to the first of them.
func (s *side) showRinging() {
	if hidden := s.hidden(s.scroll.Size().Height); len(hidden) > 0 {
		o := hidden[0]
		s.scroll.ScrollToOffset(fyne.NewPos(0, o.Position().Y+o.Size().Height-s.scroll.Size().Height))
		s.outOfSight(s.scroll.Size().Height)
	}
}

// sideLayout is the strip's: the head, the call in front, what waits, and the queues at the bottom.
// Where there is no height for all of it the call in front goes with what scrolls.
type sideLayout struct{ s *side }

// The room that waiting cards keep at least, and how much of the height, or else of the width, the queues have at most.
const (
	leastCards  = 96
	queuesShare = 0.42
)

// MinSize implements fyne.Layout.
func (l *sideLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout.
func (l *sideLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	s := l.s
	pad, gap := theme.Px(12), theme.Px(6)
	width, y := size.Width-2*pad, theme.Px(10)
	h := max(theme.Px(theme.SmallButtonHeight), s.head.MinSize().Height)
	put(s.head, pad+theme.Px(4), y, width-theme.Px(4), h)
	y += h + gap
	s.queues.Object().Resize(fyne.NewSize(width, s.queues.Object().Size().Height)) // what wraps knows its height only then
	bottom, edge := size.Height-theme.Px(12), theme.Px(theme.Half)
	if s.v.over { // wide and low: the queues are beside the calls
		queues := (width - pad) * queuesShare
		width -= queues + pad
		put(s.foot, 2*pad+width-edge, y-edge, queues+2*edge, bottom-y+2*edge)
	} else {
		foot := min(s.queues.Object().MinSize().Height, (size.Height-y)*queuesShare)
		bottom -= foot
		put(s.foot, pad-edge, bottom-edge, width+2*edge, foot+2*edge)
		bottom -= theme.Px(theme.Grid)
	}
	if o := s.conf.Object(); o.Visible() {
		room := bottom - y
		if s.count() > 0 {
			room = max(theme.Px(240), room*0.65)
		}
		put(o, pad, y, width, min(room, bottom-y))
		y += min(room, bottom-y) + gap
	}
	if s.ready.Visible() {
		h := s.ready.MinSize().Height
		put(s.ready, pad, y, width, h)
		y += h + gap
	}
	if s.drag.Visible() {
		s.drag.Resize(fyne.NewSize(width, s.drag.Size().Height))
		h := s.drag.MinSize().Height
		tight := len(s.model.Cards) > 0 && y+h > bottom-theme.Px(leastCards)
		if tight == (len(s.dock.Objects) > 0) {
			s.dock.Objects, s.tail.Objects = nil, nil
			if tight {
				s.tail.Objects = []fyne.CanvasObject{s.drag}
			} else {
				s.dock.Objects = []fyne.CanvasObject{s.drag}
			}
		}
		if !tight {
			put(s.dock, pad, y, width, h)
			y += h + gap
		}
	}
	widget.SetVisible(s.tail, len(s.tail.Objects) > 0 && s.drag.Visible())
	cards := fyne.NewSize(width, max(0, bottom-y))
	s.column.Resize(s.column.MinSize().Max(cards)) // the call in front may have come or gone
	lay.Again(s.column)
	s.outOfSight(cards.Height)
	if s.below.Visible() {
		h := s.below.MinSize().Height
		put(s.below, pad, bottom-h, width, h)
		cards.Height = max(0, bottom-h-gap-y)
	}
	s.scroll.Move(fyne.NewPos(pad, y))
	s.scroll.Resize(cards)
}

// picked is what a call's card that is dragged says, and where it may be dropped (ui.md section 7).
func (v *View) picked(id phone.CallID) (words string, targets []widget.Target) {
	c := v.scene.Snap.Call(id)
	if c == nil || !present.Movable(v.scene, *c) {
		return "", nil
	}
	return present.CallerName(v.scene, *c), v.targets(id)
}
