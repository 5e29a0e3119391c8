package board

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/widget"
)

// How many are asked for.
const (
	everybodyLimit = 2000
	hitsLimit      = 500
	starsLimit     = 200
)

// question is what the board shows an answer to.
type question struct {
	revision uint64 // of the people
	query    string
}

// asking is what has been asked of the address books. The same question is not asked twice, and everybody only when the
// people have changed: who empties the field sees them at once.
type asking struct {
	typed     string
	asked     question
	answered  question
	turn      int // number of the newest question
	shown     int // number of the newest answer
	then      []func()
	later     bool // a question waits for the pointer to rest
	failed    bool
	contacts  bool // there are no colleagues: everybody is all contacts
	everybody present.Roster
	revision  uint64 // of everybody
	known     bool   // everybody has been answered
}

// SetQuery is what is typed: hits take the place of everybody. Empty shows everybody.
func (v *View) SetQuery(typed string) {
	if v.asking.typed == typed {
		return
	}
	v.asking.typed = typed
	v.ask()
}

// ask asks for what is typed, unless that is what is shown.
func (v *View) ask() {
	a := &v.asking
	q := question{revision: v.scene.Snap.People.Revision, query: a.typed}
	if v.deps.Contacts == nil || q == a.asked && a.turn > 0 {
		a.later = false
		return
	}
	byItself := a.turn > 0 && q.query == a.asked.query
	if a.later = byItself && v.board.Pointed() && v.now().Sub(v.moved) < settle; a.later {
		return
	}
	a.asked = q
	a.turn++
	turn := a.turn
	if q.query == "" && a.known && a.revision == q.revision {
		v.answer(q, turn, a.everybody, nil)
		return
	}
	if q.query != "" {
		v.deps.Contacts.Search(phone.SearchQuery{Text: searchText(q.query), History: true, Limit: hitsLimit}, !byItself, func(r phone.SearchResult, err error) {
			v.answer(q, turn, present.NewRoster(r.Hits, q.query), err)
		})
		return
	}
	v.askEverybody(q, turn)
}

// askEverybody asks for the colleagues and the favourites of other books, or for all contacts where there are no
// colleagues.
func (v *View) askEverybody(q question, turn int) {
	a := &v.asking
	done := func(hits []phone.Hit, contacts bool, err error) {
		if turn == a.turn && err == nil {
			a.everybody, a.contacts, a.known, a.revision = present.NewRoster(hits, ""), contacts, true, q.revision
		}
		v.answer(q, turn, a.everybody, err)
	}
	search := v.deps.Contacts.Search
	search(phone.SearchQuery{Colleagues: true, Limit: everybodyLimit}, false, func(r phone.SearchResult, err error) {
		if turn != a.turn {
			return
		}
		if err != nil {
			done(nil, false, err)
			return
		}
		if len(r.Hits) == 0 {
			search(phone.SearchQuery{Limit: everybodyLimit}, false, func(r phone.SearchResult, err error) { done(r.Hits, true, err) })
			return
		}
		search(phone.SearchQuery{Mark: phone.MarkFavourite, Limit: starsLimit}, false, func(stars phone.SearchResult, err error) {
			done(append(r.Hits[:len(r.Hits):len(r.Hits)], stars.Hits...), false, err)
		})
	})
}

// searchText is what is asked for: a number without what people put between its digits.
func searchText(typed string) string {
	if present.Dialable(typed) {
		return present.DialText(typed)
	}
	return typed
}

// answer shows the answer to a question, unless something else was asked meanwhile.
func (v *View) answer(q question, turn int, r present.Roster, err error) {
	a := &v.asking
	if turn != a.turn {
		return
	}
	moved := q.query != a.answered.query
	key := v.cursorKey()
	a.answered, a.shown, a.failed = q, turn, err != nil
	r.Query = q.query
	v.roster = r
	v.stand()
	v.arranged = v.roster.Arrange(v.standings, v.shownFilter(), v.byName())
	cursor := v.place(key)
	if moved {
		cursor = -1
		if q.query != "" && v.Count() > 0 && !present.Dialable(q.query) {
			cursor = 0 // a name: the best hit is meant
		}
	}
	v.show(cursor)
	if moved {
		v.board.ScrollUp()
	}
	if v.seek != "" {
		v.Highlight(v.seek)
	}
	v.draw(false)
	then := a.then
	a.then = nil
	for _, f := range then {
		f()
	}
}

// Settled runs then when the hits for what is typed are here: now, or as soon as they come. Who types a name and at once
// the key that transfers must not get the hit of before.
func (v *View) Settled(then func()) {
	if v.deps.Contacts == nil || v.asking.asked == v.asking.answered || v.asking.later {
		then()
		return
	}
	v.asking.then = append(v.asking.then, then)
}

// cursorKey is who is highlighted, empty for nobody.
func (v *View) cursorKey() string {
	if i := v.board.Cursor(); i >= 0 && i < len(v.arranged.Order) {
		return present.HitKey(v.hit(i))
	}
	return ""
}

// place is where somebody stands on the board, or -1.
func (v *View) place(key string) int {
	if key == "" {
		return -1
	}
	for i := range v.arranged.Order {
		if present.HitKey(v.hit(i)) == key {
			return i
		}
	}
	return -1
}

// chosen is the highlighted one.
func (v *View) chosen() (phone.Hit, bool) {
	if i := v.board.Cursor(); i >= 0 && i < len(v.arranged.Order) {
		return v.hit(i), true
	}
	return phone.Hit{}, false
}

// Chosen is the number and the name of the highlighted one.
func (v *View) Chosen() (target, name string, ok bool) {
	h, ok := v.chosen()
	if !ok {
		return "", "", false
	}
	target, name = v.reach(h)
	return target, name, true
}

// reach is what a call to somebody goes to, and their name.
func (v *View) reach(h phone.Hit) (target, name string) {
	return present.TileOf(v.scene, h, v.roster.Query).Dial, present.BoardDetailOf(v.scene, h).Name
}

// Person is the highlighted one.
func (v *View) Person() (phone.Person, bool) {
	h, ok := v.chosen()
	return h.Person, ok
}

// Only is the only hit.
func (v *View) Only() (target, name string, ok bool) {
	if v.roster.Query == "" || len(v.arranged.Order) != 1 {
		return "", "", false
	}
	target, name = v.reach(v.hit(0))
	return target, name, true
}

// MoveCursor moves the highlight by rows; over the first row it goes away.
func (v *View) MoveCursor(rows int) { v.board.MoveCursor(rows) }

// MoveAcross moves the highlight by columns.
func (v *View) MoveAcross(columns int) { v.board.MoveAcross(columns) }

// ClearCursor takes the highlight away.
func (v *View) ClearCursor() {
	v.seek = ""
	v.board.SetCursor(-1)
	v.detail.update()
}

// Highlighted reports whether somebody is highlighted.
func (v *View) Highlighted() bool { return v.board.Cursor() >= 0 }

// Highlight puts the cursor on who has a number, once everybody is on the board.
func (v *View) Highlight(number string) {
	v.seek = number
	if v.roster.Query != "" || v.asking.typed != "" || !v.asking.known {
		return
	}
	v.seek = ""
	number = present.DialText(number)
	for i := range v.arranged.Order {
		for _, n := range v.hit(i).Person.Numbers {
			if present.DialText(n.Number) == number {
				v.moved = v.now()
				v.board.SetCursor(i)
				v.detail.update()
				return
			}
		}
	}
}

// Under is the place under the highlighted one, absolute, for menus.
func (v *View) Under() fyne.Position { return v.board.Under() }

// Targets makes drop targets of the people in sight: onto says what a drop on somebody does, false that nothing can be
// dropped there.
func (v *View) Targets(onto func(phone.Person, present.Lamp) (widget.Target, bool)) []widget.Target {
	if !v.object.Visible() || !v.ground.Visible() {
		return nil
	}
	var out []widget.Target
	indexes, objects := v.board.InSight()
	for k, i := range indexes {
		h := v.hit(i)
		if t, ok := onto(h.Person, present.LampOf(v.scene, h.Person)); ok {
			t.Object, t.Within = objects[k], v.board
			out = append(out, t)
		}
	}
	return out
}
