package teamlist

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/history"
	"svara/ui/view/person"
	"svara/ui/widget"
)

// doublePress is how soon the second press of a double press comes.
const doublePress = 400 * time.Millisecond

// Column is one of the table's.
type Column struct {
	Caption string  // text key
	Width   float32 // dp
	From    float32 // the list's width, in dp, from which there is room for it; no column needs less than the one before
}

// Key is what a key does with the highlighted row, for the line under the rows.
type Key struct{ Key, Words string } // Words is a text key

// Rows says how the rows of a list look and what can be done with one. What is not called optional is set.
type Rows[M any] struct {
	Caption          string // of whom a row is of; text key
	Columns          []Column
	Room             float32 // dp after the columns, for the actions
	Shown, ShownMore string  // how many there are; text keys with a number
	Keys             []Key

	// Detail is the second line after what kind it is, piece by piece, and what stands in the columns that there is room for.
	Detail func(m M, columns int) (line [][]widget.Span, cells []widget.Column)
	Strong func(M) bool
	// Button is one more button of a row, set with what it says and does; optional.
	Button func(m M) (spec widget.ButtonSpec, tap func())
	Enter  func(M)

	// The menu: before calling back, after it, about who takes care, at the end; all optional. under is where a menu that
	// follows opens.
	First, Ways, Last func(M) []widget.MenuItem
	Carers            func(m M, under fyne.CanvasObject) []widget.MenuItem

	// Rune and Key are what keys do with a row beyond that of all lists; optional.
	Rune func(m M, r rune) bool
	Key  func(m M, key fyne.KeyName) bool
}

// columns is how many there is room for, 0 where rows have two lines.
func (l *List[C, T, M]) columns() int {
	n := 0
	for _, c := range l.kind.Rows.Columns {
		if l.width >= theme.Px(c.From) {
			n++
		}
	}
	return n
}

// The places of a row's buttons from the right.
const (
	moreButton = iota
	callButton
	ownButton
)

func (l *List[C, T, M]) create() *widget.Row {
	buttons := []*widget.Button{
		widget.NewButton(widget.ButtonSpec{Icon: "ellipsis", Tip: text.T("person.more")}, nil), widget.NewButton(widget.ButtonSpec{Icon: "phone", Look: widget.Go}, nil),
	}
	if l.kind.Rows.Button != nil {
		buttons = append(buttons, widget.NewButton(widget.ButtonSpec{}, nil))
	}
	row := widget.NewRow(append(buttons, widget.NewButton(widget.ButtonSpec{}, nil))...)
	row.OnMove = func() { l.moved = time.Now() }
	return row
}

func (l *List[C, T, M]) bind(i int, row *widget.Row) {
	if i >= len(l.models) {
		return
	}
	m := l.models[i]
	s := m.Shared()
	spec := l.spec(m, s)
	buttons := row.Actions()
	more, call, care := buttons[moreButton], buttons[callButton], buttons[len(buttons)-1]
	call.Set(history.CallSpec(l.Scene, s.Dial, text.T("call.back"), ""))
	call.OnTap(func() { l.CallBack(m) })
	more.OnTap(func() { l.items(m, more, func(items []widget.MenuItem) { widget.ShowMenuUnder(more, items) }) })
	if own := l.kind.Rows.Button; own != nil {
		b, tap := own(m)
		buttons[ownButton].Set(b)
		buttons[ownButton].OnTap(tap)
	}
	spec.Actions = len(buttons) - 1
	if icon, words, run := l.careOf(m); run != nil {
		spec.Actions = len(buttons)
		b := widget.ButtonSpec{Icon: icon, Text: words, Disabled: s.Locked}
		if l.columns() == 0 {
			b.Text, b.Tip = "", words
		}
		if s.Asking {
			b.Icon = "loader"
		}
		care.Set(b)
		care.OnTap(run)
	}
	row.Set(spec)
}

// careOf is the next step with an open one: to take it, or to say that it is done.
func (l *List[C, T, M]) careOf(m M) (icon, words string, run func()) {
	switch s := m.Shared(); {
	case s.More || !s.Open:
	case s.Mine:
		return "check", text.T("grouplog.done"), func() { l.Tell(m.Handle(true)) }
	case !s.Held:
		return "hand", text.T("grouplog.take"), func() { l.Tell(m.Take(l.Scene.Snap.Team.Me, true)) }
	}
	return "", "", nil
}

// spec is how a row looks. What has a column is not in the second line.
func (l *List[C, T, M]) spec(m M, s present.TeamRow) widget.RowSpec {
	if s.More {
		return widget.RowSpec{Title: history.Spans(s.Name), Icon: s.Icon, Bare: true}
	}
	columns := l.columns()
	tint, ink, _ := view.Colors(s.Tone)
	spec := widget.RowSpec{Name: s.Who.Face(), Title: history.Spans(s.Name), Strong: l.kind.Rows.Strong(m), Icon: s.Icon, IconTint: tint}
	spec.Detail = []widget.Span{{Text: s.Kind, Token: ink, Bold: s.Open}}
	line, cells := l.kind.Rows.Detail(m, columns)
	for _, piece := range line {
		if len(piece) > 0 && piece[0].Text != "" {
			spec.Detail = append(append(spec.Detail, widget.Span{Text: " · "}), piece...)
		}
	}
	if columns == 0 {
		spec.End = s.When
		return spec
	}
	for i := range cells[:columns] {
		cells[i].Width = l.kind.Rows.Columns[i].Width
	}
	spec.Columns, spec.Always, spec.Tail = cells[:columns], true, l.kind.Rows.Room
	return spec
}

// Care is how who takes care of a row is drawn.
func Care(s present.TeamRow) widget.Span {
	_, ink, _ := view.Colors(s.Caring)
	return widget.Span{Text: s.Care, Token: ink}
}

// enter does what Enter, or the second press in a moment, means.
func (l *List[C, T, M]) enter(m M) {
	if m.Shared().More {
		l.older()
		return
	}
	l.kind.Rows.Enter(m)
}

// CallBack calls somebody back.
func (l *List[C, T, M]) CallBack(m M) {
	if s := m.Shared(); s.Dial != "" {
		l.call(s.Call())
		return
	}
	l.deps.Say(text.T("history.no_number"))
}

// press is a press on a row: the keys under the list mean that one from then on.
func (l *List[C, T, M]) press(i int) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(l.rows); c != nil {
		l.Focus(c)
	}
	now := time.Now()
	twice := i == l.pressed && now.Sub(l.at) < doublePress
	l.pressed, l.at = i, now
	switch {
	case i >= len(l.models):
	case l.models[i].Shared().More:
		l.older()
	case twice:
		l.pressed = -1
		l.enter(l.models[i])
	}
}

func (l *List[C, T, M]) menu(i int, at fyne.Position) {
	if i < 0 || i >= len(l.models) || l.models[i].Shared().More {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(l.rows); c != nil {
		l.items(l.models[i], l.rows, func(items []widget.MenuItem) { widget.ShowMenu(c, at, items) })
	}
}

// items is the menu of a row and of the person who has its number. under is where a menu that follows opens.
func (l *List[C, T, M]) items(m M, under fyne.CanvasObject, show func([]widget.MenuItem)) {
	s, k := m.Shared(), l.kind.Rows
	var items []widget.MenuItem
	add := func(f func(M) []widget.MenuItem) {
		if f != nil {
			items = append(items, f(m)...)
		}
	}
	add(k.First)
	call := widget.MenuItem{Text: text.T("call.back"), Icon: "phone", Run: func() { l.CallBack(m) }}
	if s.Dial == "" {
		call.Disabled = text.T("history.no_number")
	}
	items = append(items, call)
	add(k.Ways)
	items = append(items, widget.MenuItem{})
	if s.Cares {
		me := l.Scene.Snap.Team.Me
		tell := func(words, icon string, c phone.Command) {
			items = append(items, widget.MenuItem{Text: text.T(words), Icon: icon, Disabled: s.Locked, Run: func() { l.Tell(c) }})
		}
		if s.Mine {
			tell("grouplog.leave", "undo-2", m.Take(me, false))
		} else if me != "" {
			tell("grouplog.take", "hand", m.Take(me, true))
		}
		if k.Carers != nil {
			items = append(items, k.Carers(m, under)...)
		}
		if s.Handled {
			tell("grouplog.unhandled", "undo-2", m.Handle(false))
		} else {
			tell("grouplog.handled", "check", m.Handle(true))
		}
	}
	add(k.Last)
	if s.Dial == "" {
		show(items)
		return
	}
	items = append(items, widget.MenuItem{}, widget.MenuItem{Text: text.T("list.copy_number"), Icon: "copy", Run: func() { fyne.CurrentApp().Clipboard().SetContent(s.Dial) }})
	if l.deps.Contacts == nil {
		show(items)
		return
	}
	l.deps.Contacts.Match(s.Dial, func(people []phone.Person) {
		if len(people) > 0 {
			p := people[0]
			items = append(items, widget.MenuItem{Text: text.T("person.details"), Icon: "book-user", Run: func() { l.deps.Contacts.Show(p.ID) }})
		} else {
			name := ""
			if s.Who.Known {
				name = s.Who.Name
			}
			items = append(items, person.Unknown(l.deps, name, s.Dial)...)
		}
		show(items)
	})
}

// rune does what the keys under the list say. During a call digits are tones.
func (l *List[C, T, M]) rune(r rune) bool {
	if l.Scene.Snap == nil || len(l.Scene.Snap.Calls) > 0 && r >= '0' && r <= '9' {
		return false
	}
	if m, ok := l.Chosen(); ok && !m.Shared().More {
		s := m.Shared()
		cares := s.Locked == "" && s.Cares
		switch {
		case r == 'm' && cares:
			l.Tell(m.Take(l.Scene.Snap.Team.Me, !s.Mine))
			return true
		case r == 'd' && cares:
			l.Tell(m.Handle(!s.Handled))
			return true
		case l.kind.Rows.Rune != nil && l.kind.Rows.Rune(m, r):
			return true
		}
	}
	kind, ok := l.head.circles.Kind(r)
	if ok {
		l.Choose(l.kind.Head.Toggle(l.choice, kind))
	}
	return ok
}

// key is what the keyboard does in the list beyond moving.
func (l *List[C, T, M]) key(e *fyne.KeyEvent) bool {
	m, ok := l.Chosen()
	switch {
	case !ok:
		return false
	case e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter:
		l.enter(m)
		return true
	}
	return l.kind.Rows.Key != nil && !m.Shared().More && l.kind.Rows.Key(m, e.Name)
}

// captions are the words over the columns.
type captions[C comparable, T any, M Row[M]] struct {
	l      *List[C, T, M]
	first  *widget.Text
	texts  []*widget.Text
	object *widget.Panel
}

func newCaptions[C comparable, T any, M Row[M]](l *List[C, T, M]) *captions[C, T, M] {
	c := &captions[C, T, M]{l: l}
	style := widget.Style{Size: theme.DetailSize, Bold: true, Token: theme.Text2, Cut: true}
	c.first = widget.NewText(text.T(l.kind.Rows.Caption), style)
	objects := []fyne.CanvasObject{c.first}
	for _, t := range l.kind.Rows.Columns {
		w := widget.NewText(text.T(t.Caption), style)
		c.texts = append(c.texts, w)
		objects = append(objects, w)
	}
	c.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Raised, Border: theme.Border, Bottom: true}, container.New(&captionLayout[C, T, M]{c}, objects...))
	return c
}

func (c *captions[C, T, M]) update() {
	n := c.l.columns()
	widget.SetVisible(c.object, n > 0)
	for i, w := range c.texts {
		widget.SetVisible(w, i < n)
	}
}

// captionLayout puts them where widget.Row has its columns.
type captionLayout[C comparable, T any, M Row[M]] struct{ c *captions[C, T, M] }

// MinSize implements fyne.Layout.
func (l *captionLayout[C, T, M]) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, theme.Px(32))
}

// Layout implements fyne.Layout.
func (l *captionLayout[C, T, M]) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	k := l.c.l.kind.Rows
	right := size.Width - theme.Px(12+k.Room)
	place := func(o fyne.CanvasObject, x, w float32) {
		h := o.MinSize().Height
		o.Move(fyne.NewPos(x, (size.Height-h)/2))
		o.Resize(fyne.NewSize(max(0, w), h))
	}
	for i := l.c.l.columns() - 1; i >= 0; i-- {
		w := theme.Px(k.Columns[i].Width)
		right -= w
		place(l.c.texts[i], right, w-theme.Px(theme.Grid))
	}
	x := theme.Px(theme.WindowPadding + theme.AvatarSmall + 14)
	place(l.c.first, x, right-x)
}
