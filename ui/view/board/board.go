// Package board is the people of the attendant's window: everybody or the hits for what is typed, how they stand, and
// the one who is highlighted.
package board

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// settle is how long after the pointer moved on the board, or the cursor, everybody keeps their place (ui.md 1.7).
const settle = 1500 * time.Millisecond

// View is the board: filters, people as tiles or rows, and the details of the highlighted one. It has the window's
// padding at its sides.
type View struct {
	deps     view.Deps
	scene    present.Scene
	transfer bool
	acts     func(phone.Person, present.Lamp) []present.Act
	menu     func(phone.Person, fyne.Position)
	activate func(phone.Person)
	now      func() time.Time

	asking    asking
	roster    present.Roster // of the newest answer
	standings []present.Standing
	stood     stood
	arranged  present.Arranged
	filter    present.Filter
	moved     time.Time // when the pointer or the cursor moved on the board
	later     bool      // a new order waits for them to rest
	seek      string    // number of who is to be highlighted when they are there
	refused   refused

	bar    *bar
	words  *widget.Text    // of the notice
	notice *fyne.Container // the exchange tells nothing
	board  *widget.Board
	ground *widget.Panel
	empty  *empty
	detail *detail
	object *fyne.Container
}

// refused is what a transfer to somebody came to nothing for; no number is none.
type refused struct{ number, why string }

// Refuse turns the row of who has a number red, with why a transfer to them came to nothing (ui.md 5.5); no number turns it
// back.
func (v *View) Refuse(number, why string) {
	if r := (refused{present.DialText(number), why}); v.refused != r {
		v.refused = r
		v.board.Rebind()
	}
}

// Refused reports whether a call was tried with somebody in vain, and is told of on their row.
func (v *View) Refused(p phone.Person) bool {
	return v.refused.number != "" && slices.ContainsFunc(p.Numbers, func(n phone.Number) bool { return present.DialText(n.Number) == v.refused.number })
}

// stood is what the standings were made from.
type stood struct {
	line       *phone.Line // the first of all: another one, other lines
	lines, off int         // how many, and accounts without their exchange
	minute     time.Time
	turn       int
}

// New makes a board.
func New(deps view.Deps, s present.Scene) *View {
	v := &View{deps: deps, scene: s, now: time.Now}
	v.bar = newBar(v)
	v.words = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	v.notice = lay.Row(theme.Grid, widget.NewIcon("info", theme.Text2, theme.IconSmall), lay.Fill(v.words))
	v.board = widget.NewBoard(func(i int) string { return present.HitKey(v.hit(i)) }, v.bind)
	v.board.OnCursor = func(int) {
		v.moved = v.now()
		v.detail.update()
	}
	v.board.OnMove = func() { v.moved = v.now() }
	v.board.OnActivate = func(i int) {
		if v.activate != nil {
			v.activate(v.hit(i).Person)
		}
	}
	v.board.OnMenu = func(i int, at fyne.Position) { v.openMenu(i, at) }
	v.board.OnAct = func(i, act int, open bool, at *widget.Button) {
		if deeds := v.deeds(v.hit(i), open); act < len(deeds) {
			deeds[act].do(at)
		}
	}
	v.ground = widget.NewPanel(widget.PanelSpec{Drawn: true}, v.board)
	v.empty = newEmpty(v)
	v.detail = newDetail(v)
	v.object = container.New(&frame{v}, v.bar.object, v.notice, v.ground, v.empty.object, v.detail.object)
	v.Update(s)
	return v
}

// Object is the whole board.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Update draws a scene.
func (v *View) Update(s present.Scene) {
	v.scene = s
	v.ask()
	v.draw(false)
}

// SetMode shows rows with what can be done instead of tiles while a call is handed over. acts is what can be done with
// somebody, the standard first; nil calls and writes. Other acts are drawn by the next Update.
func (v *View) SetMode(transfer bool, acts func(phone.Person, present.Lamp) []present.Act) {
	changed := v.transfer != transfer
	v.transfer, v.acts = transfer, acts
	if changed {
		v.draw(true)
	}
}

// hit is who stands at a place of the board.
func (v *View) hit(i int) phone.Hit { return v.roster.Hits[v.arranged.Order[i]] }

// look is how people are drawn now.
func (v *View) look() widget.BoardLook {
	switch {
	case v.transfer:
		return widget.BoardActions
	case v.scene.Snap.Settings.Get(phone.KeyBoardLayout) == "list":
		return widget.BoardList
	}
	return widget.BoardTiles
}

// shownFilter is whom the board shows: while a call is handed over there are no filters on screen, and none that work.
func (v *View) shownFilter() present.Filter {
	if v.transfer {
		return present.Filter{}
	}
	return v.filter
}

func (v *View) byName() bool { return v.scene.Snap.Settings.Get(phone.KeyBoardSort) == "name" }

// draw brings everything up to date. anew puts everybody where they belong now; else they keep their places while the
// pointer or the cursor moves.
func (v *View) draw(anew bool) {
	changed := v.stand()
	if changed || anew || v.later {
		v.arrange(anew)
	} else {
		v.board.Rebind()
	}
	v.bar.update()
	why := present.BoardNotice(v.scene, v.roster, v.standings)
	v.words.Set(why)
	widget.SetVisible(v.bar.object, !v.transfer)
	widget.SetVisible(v.notice, why != "")
	v.empty.update()
	v.detail.update()
	v.layOut()
}

// layOut gives everything its place: what is shown has changed.
func (v *View) layOut() { v.object.Layout.Layout(v.object.Objects, v.object.Size()) }

// stand works out how everybody stands, when that may have changed.
func (v *View) stand() bool {
	s := v.scene.Snap
	now := stood{lines: len(s.Lines), minute: v.scene.Now.Truncate(time.Minute), turn: v.asking.shown}
	if len(s.Lines) > 0 {
		now.line = &s.Lines[0]
	}
	for i := range s.Accounts {
		if s.Accounts[i].State != phone.RegistrationRegistered {
			now.off += 1 << i
		}
	}
	if now == v.stood {
		return false
	}
	v.stood = now
	v.standings = v.roster.Standings(v.scene, v.standings)
	return true
}

// arrange puts everybody where they belong. The cursor stays with whom it was at.
func (v *View) arrange(anew bool) {
	fresh := v.roster.Arrange(v.standings, v.shownFilter(), v.byName())
	if v.later = !anew && v.board.Pointed() && v.now().Sub(v.moved) < settle; v.later {
		v.arranged.Free, v.arranged.Everyone = fresh.Free, fresh.Everyone
		v.board.Rebind()
		return
	}
	same := slices.Equal(fresh.Order, v.arranged.Order) && fresh.Favourites == v.arranged.Favourites
	before := v.cursorKey()
	v.arranged = fresh
	if same && !anew {
		v.board.Rebind()
		return
	}
	v.show(v.place(before))
}

// show gives the board its sections, with the cursor at a place, or -1.
func (v *View) show(cursor int) {
	look := v.look()
	panel := widget.PanelSpec{Drawn: true}
	if look != widget.BoardTiles {
		panel = widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Radius: theme.RadiusField, Drawn: true}
	}
	v.board.SetPeople(look, v.sections(look), cursor)
	v.ground.Set(panel)
}

// sections is the headings: favourites and the others; rows have none while there are hits.
func (v *View) sections(look widget.BoardLook) []widget.BoardSection {
	n, stars := len(v.arranged.Order), v.arranged.Favourites
	if look == widget.BoardActions {
		return []widget.BoardSection{{N: n}}
	}
	title := text.T("board.everyone")
	if v.asking.contacts && v.roster.Query == "" {
		title = text.T("people.contacts")
	}
	count := func(n int) string { return text.Number(int64(n)) }
	first := widget.BoardSection{Title: text.T("favourites.title"), Icon: "star", Count: count(stars), N: stars, Tall: true}
	if stars == 0 && n > 0 && v.roster.Query == "" && !v.shownFilter().On() {
		first.Hint = text.T("board.favourites_hint")
	}
	return []widget.BoardSection{first, {Title: title, Count: count(n - stars), N: n - stars}}
}

// bind is what is shown of somebody.
func (v *View) bind(i int, cursor bool) widget.TileSpec {
	h := v.hit(i)
	t := present.TileOf(v.scene, h, v.roster.Query)
	_, ink, _ := view.Colors(t.Tone)
	spec := widget.TileSpec{
		Name: spans(t.Name), Number: spans(t.Number), Status: widget.Status(t.Status), Icon: t.Icon, State: t.State, Ink: ink, Evident: t.Evident,
		Brief: strings.Join(t.Brief, "\n"), Upper: t.Stands, Lower: t.Doing, Less: strings.Join(t.DoingBrief, "\n"),
		Detail: spans(t.Detail), Quiet: t.Quiet, Label: t.Label(),
	}
	if v.look() == widget.BoardActions {
		if v.Refused(h.Person) {
			spec.Fault, spec.State, spec.Brief, spec.Ink = true, v.refused.why, "", theme.DangerText
			spec.Label += ", " + v.refused.why
		}
		spec.Open = cursor
		for _, d := range v.deeds(h, cursor) {
			spec.Acts = append(spec.Acts, d.spec)
		}
	}
	return spec
}

// spans is a text in pieces, as few as there can be: each is drawn by itself.
func spans(in []present.Span) []widget.Span {
	out := make([]widget.Span, 0, len(in))
	for _, s := range in {
		if n := len(out); n > 0 && out[n-1].Mark == s.Mark {
			out[n-1].Text += s.Text
			continue
		}
		out = append(out, widget.Span{Text: s.Text, Mark: s.Mark})
	}
	return out
}

// Ticking reports whether somebody in sight counts, or a new order waits.
func (v *View) Ticking() bool {
	if !v.object.Visible() {
		return false
	}
	if v.later || v.asking.later {
		return true
	}
	indexes, _ := v.board.InSight()
	return slices.ContainsFunc(indexes, func(i int) bool {
		return i < len(v.arranged.Order) && v.standings[v.arranged.Order[i]].Rank == present.RankTalking
	})
}

// Sifted answers who is on the board when the hits for what is typed are there, where its filters leave people out; else it
// reports false.
func (v *View) Sifted(answer func([]phone.Hit)) bool {
	if !v.shownFilter().On() {
		return false
	}
	v.Settled(func() {
		var out []phone.Hit
		for i := range v.arranged.Order {
			out = append(out, v.hit(i))
		}
		answer(out)
	})
	return true
}

// Count is how many are on the board.
func (v *View) Count() int { return len(v.arranged.Order) }

// Alternatives is who else can take a call for somebody, best first; caller is the call, nil for none.
func (v *View) Alternatives(p phone.Person, caller *phone.Call) []present.Alternative {
	return present.Alternatives(v.scene, v.asking.everybody, v.asking.everybody.Standings(v.scene, nil), p, caller)
}

// ByNumber is who of everybody has a number.
func (v *View) ByNumber(number string) (phone.Person, bool) {
	return v.asking.everybody.ByNumber(number)
}

// OnMenu sets what a right press on somebody opens, at an absolute place.
func (v *View) OnMenu(f func(phone.Person, fyne.Position)) { v.menu = f }

// OnActivate sets what a press on somebody does.
func (v *View) OnActivate(f func(phone.Person)) { v.activate = f }

func (v *View) openMenu(i int, at fyne.Position) {
	if v.menu != nil {
		v.menu(v.hit(i).Person, at)
	}
}

// frame lays the board out: filters and the line at the top, the details at the bottom, people between them.
type frame struct{ v *View }

// Room is where the people are, from the board's corner: without the filters over them and the details below.
func (v *View) Room() (fyne.Position, fyne.Size) {
	top, bottom := v.ground.Position().Y, v.object.Size().Height
	if v.detail.object.Visible() {
		bottom = v.detail.object.Position().Y
	}
	return fyne.NewPos(0, top), fyne.NewSize(v.object.Size().Width, max(0, bottom-top))
}

// leastBoard is the height of the people, in dp, before the details of one of them.
const leastBoard = 56

// MinSize implements fyne.Layout.
func (f *frame) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(theme.Px(240), theme.Px(240))
}

// Layout implements fyne.Layout.
func (f *frame) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	v := f.v
	pad := theme.Px(theme.WindowPadding)
	width, y := size.Width-2*pad, float32(0)
	for _, o := range []fyne.CanvasObject{v.bar.object, v.notice} {
		if !o.Visible() {
			continue
		}
		y += theme.Px(6)
		o.Resize(fyne.NewSize(width, o.Size().Height)) // what wraps knows its height only then
		h := o.MinSize().Height
		o.Move(fyne.NewPos(pad, y))
		o.Resize(fyne.NewSize(width, h))
		y += h
	}
	bottom := size.Height
	o := v.detail.object
	o.Resize(fyne.NewSize(size.Width, o.Size().Height))
	h := o.MinSize().Height
	widget.SetVisible(o, v.detail.on && bottom-h-y >= theme.Px(leastBoard))
	if o.Visible() {
		bottom -= h
		o.Move(fyne.NewPos(0, bottom))
		o.Resize(fyne.NewSize(size.Width, h))
	}
	room := max(0, bottom-y)
	if v.board.Look() != widget.BoardTiles {
		y += theme.Px(theme.Grid)
		room = max(0, min(bottom-y-theme.Px(theme.Grid), v.board.Height()))
	}
	left, right := v.board.Edges()
	v.ground.Move(fyne.NewPos(pad-left, y))
	v.ground.Resize(fyne.NewSize(width+left+right, room))
	if v.board.Look() != widget.BoardTiles { // its height may have come with the width
		v.ground.Resize(fyne.NewSize(width, max(0, min(bottom-y-theme.Px(theme.Grid), v.board.Height()))))
	}
	v.empty.object.Move(fyne.NewPos(pad, y))
	v.empty.object.Resize(fyne.NewSize(width, max(0, bottom-y)))
}

// empty is what stands in the place of nobody: why, and what can be done.
type empty struct {
	v        *View
	icon     *widget.Icon
	title    *widget.Text
	help     *widget.Paragraph
	call     *widget.Button
	add      *widget.Button
	everyone *widget.Button
	object   *fyne.Container
}

func newEmpty(v *View) *empty {
	e := &empty{v: v, icon: widget.NewIcon("", theme.BorderStrong, 32)}
	e.title = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Align: fyne.TextAlignCenter, Cut: true})
	e.help = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2, Align: fyne.TextAlignCenter})
	e.call = widget.NewButton(widget.ButtonSpec{}, func() { v.tell(phone.Dial{Target: present.DialText(v.roster.Query)}) })
	e.add = widget.NewButton(widget.ButtonSpec{Icon: "user-plus", Text: text.T("person.add")}, func() {
		name, number := v.roster.Query, ""
		if present.Dialable(name) {
			name, number = "", present.DialText(name)
		}
		v.deps.Contacts.Edit(present.NewContact(name, number), true)
	})
	e.everyone = widget.NewButton(widget.ButtonSpec{Icon: "users", Text: text.T("board.show_everyone")}, func() { v.setFilter(present.Filter{}) })
	buttons := container.NewCenter(lay.Row(theme.Grid, e.call, e.everyone, e.add))
	e.object = lay.Pad(0, 48, 0, 0, lay.Col(theme.Grid, e.icon, e.title, e.help, buttons))
	e.object.Hide()
	return e
}

func (e *empty) update() {
	v := e.v
	on := len(v.arranged.Order) == 0 && (v.asking.shown > 0 || v.deps.Contacts == nil)
	widget.SetVisible(e.object, on)
	widget.SetVisible(v.ground, !on)
	if !on {
		return
	}
	query, filter := v.roster.Query, v.shownFilter()
	number := present.Dialable(query)
	m := present.BoardEmpty(query, filter, v.asking.failed)
	if number && v.transfer {
		m = present.Empty{Icon: "arrow-right-left", Title: text.T("transfer.to", "number", present.Clean(query, 40))}
	}
	e.icon.Set(m.Icon, theme.BorderStrong)
	e.title.Set(m.Title)
	e.help.Set(m.Text)
	widget.SetVisible(e.help, m.Text != "")
	widget.SetVisible(e.call, number && !v.transfer)
	if number {
		spec := widget.ButtonSpec{Icon: "phone", Text: text.T("board.call_number", "number", present.Clean(query, 40)), Look: widget.Go}
		if ok, why := present.CanDial(v.scene); !ok {
			spec.Disabled = why
		}
		e.call.Set(spec)
	}
	widget.SetVisible(e.add, query != "" && !filter.On() && !v.transfer && !v.asking.failed)
	widget.SetVisible(e.everyone, filter.On())
	lay.Again(e.object)
}

// tell tells the phone something; what it refuses is said.
func (v *View) tell(c phone.Command) bool {
	if err := v.deps.Do(c); err != nil {
		v.deps.Say(text.Refusal(err))
		return false
	}
	return true
}
