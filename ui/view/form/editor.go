package form

import (
	"crypto/rand"
	"maps"
	"slices"
	"strings"

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

// Editor is a list of things and the form of one of them; or, of a model without a list, a form alone.
type Editor struct {
	deps  view.Deps
	spec  present.Editor
	scene present.Scene
	at    string // the thing in the form; empty is a new one
	open  bool   // something is in the form
	front bool   // the form is in front, where there is room for one of both
	ask   bool   // it is asked whether to delete
	tight bool   // there is room for one of both
	form  *form
	rows  []present.FormRow
	sent  sent

	list    *fyne.Container
	buttons *fyne.Container
	foot    *fyne.Container
	save    *widget.Button
	cancel  *widget.Button
	closed  func() // a window's: it is done with
	inline  *fyne.Container
	object  fyne.CanvasObject
}

// sent is a thing that was saved, until it is known what became of it.
type sent struct {
	on    bool // there is one
	id    string
	fresh bool   // it is not in the list yet
	seq   uint64 // of the snapshot that knows of it
	fate  present.Fate
}

// NewWindow makes an editor that fills a window. closed is told when the user is done.
func NewWindow(deps view.Deps, s present.Scene, spec present.Editor, closed func()) *Editor {
	e := newEditor(deps, s, spec)
	e.closed = closed
	head := []fyne.CanvasObject{widget.NewText(e.spec.Title, widget.Style{Size: theme.TitleSize, Bold: true, Cut: true})}
	var help fyne.CanvasObject
	if e.spec.Help != "" {
		help = widget.NewParagraph(e.spec.Help, widget.Style{Size: theme.DetailSize, Token: theme.Text3})
		head = append(head, help)
	}
	top := widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Bottom: true}, lay.Pad(16, 12, 16, 12, lay.Col(2, head...)))
	foot := widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Top: true}, lay.Pad(16, 10, 16, 10, e.foot))
	// What it comes to stays in sight while the fields scroll.
	right := lay.Col(0, lay.Fill(container.NewVScroll(lay.PadAll(16, e.form.object))), lay.Pad(16, 0, 16, 10, e.form.summary.object))
	var middle fyne.CanvasObject = right
	if e.spec.Rows != nil {
		left := widget.NewPanel(widget.PanelSpec{Fill: theme.Raised}, lay.Pad(8, 8, 8, 10, lay.Col(theme.Grid, lay.Fill(container.NewVScroll(lay.PadAll(2, e.list))), e.buttons)))
		middle = container.New(&panes{e}, left, widget.NewLine(true), right)
	}
	e.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, container.New(&windowFrame{e, help}, top, middle, foot))
	e.start()
	return e
}

// NewInline makes an editor that stands among other things on a page: the form takes the list's place.
func NewInline(deps view.Deps, s present.Scene, spec present.Editor) *Editor {
	e := newEditor(deps, s, spec)
	e.inline = lay.Col(theme.Grid)
	e.object = e.inline
	if e.spec.Rows == nil {
		e.start()
	}
	e.redraw()
	return e
}

// front is the editor that was opened or filled in last: the one whose form the key for saving means. It belongs to the
// UI goroutine.
var front *Editor

// Save saves the form in front as a press on its button would, on a canvas or, with nil, wherever it is. It reports
// whether there is such a form.
func Save(c fyne.Canvas) bool {
	if front == nil || !front.open || c != nil && fyne.CurrentApp().Driver().CanvasForObject(front.object) != c {
		return false
	}
	front.press()
	return true
}

// press is Save where there is something to save.
func (e *Editor) press() {
	if e.save.Spec().Disabled == "" {
		e.Save()
	}
}

func newEditor(deps view.Deps, s present.Scene, spec present.Editor) *Editor {
	e := &Editor{deps: deps, spec: spec, scene: s, list: lay.Col(4), buttons: lay.Lines(theme.Grid), foot: lay.Ends(theme.Grid)}
	e.form = newForm(func() {
		front = e
		e.drawFoot()
	})
	e.form.submit, e.form.pick = e.press, deps.PickFile
	if c := deps.Contacts; c != nil {
		e.form.people = func(typed string, answer func([]phone.Person)) {
			c.Search(phone.SearchQuery{Text: typed, Limit: mostOffered}, true, func(found phone.SearchResult, _ error) { // of what failed nobody is offered
				out := make([]phone.Person, 0, len(found.Hits))
				for _, h := range found.Hits {
					out = append(out, h.Person)
				}
				answer(out)
			})
		}
	}
	e.form.grown = func() {
		if e.object != nil {
			e.object.Refresh()
			reflow(e.object)
		}
	}
	e.save = widget.NewButton(widget.ButtonSpec{}, e.Save)
	e.cancel = widget.NewButton(widget.ButtonSpec{Text: text.T("form.cancel")}, e.Cancel)
	return e
}

// start opens what is edited first: the first thing, or a new one where there is none.
func (e *Editor) start() {
	id := ""
	if e.spec.Rows != nil {
		if rows := e.spec.Rows(e.scene); len(rows) > 0 {
			id = rows[0].ID
		}
	}
	e.Edit(id)
	e.front = e.spec.Rows == nil || id == ""
}

// Object is what is shown.
func (e *Editor) Object() fyne.CanvasObject { return e.object }

// Edit puts a thing in the form; an empty ID makes a new one.
func (e *Editor) Edit(id string) {
	front = e
	e.at, e.open, e.front, e.ask, e.sent = id, true, true, false, sent{}
	e.form.open(e.spec.Start(e.scene, id), func(v present.Values) present.Form { return e.spec.Form(e.scene, id, v) })
	e.redraw()
}

// Update follows the phone. What somebody is filling in stays.
func (e *Editor) Update(s present.Scene) {
	e.scene = s
	if e.follow() {
		return
	}
	if e.spec.Rows != nil {
		rows := e.spec.Rows(s)
		if slices.Equal(rows, e.rows) {
			return
		}
		listed := func(id string) bool {
			return slices.ContainsFunc(rows, func(r present.FormRow) bool { return r.ID == id })
		}
		if e.sent.fresh && listed(e.sent.id) { // what was new is there
			e.at, e.sent = e.sent.id, sent{}
			e.form.open(e.spec.Start(s, e.at), func(v present.Values) present.Form { return e.spec.Form(e.scene, e.at, v) })
			e.Focus()
		}
		if e.open && e.at != "" && !listed(e.at) {
			e.leave()
		} else if e.open && e.at != "" && !e.ask && e.form.same() { // follows what was changed elsewhere
			e.form.open(e.spec.Start(s, e.at), func(v present.Values) present.Form { return e.spec.Form(e.scene, e.at, v) })
		}
	} else if e.form.same() && e.inline != nil { // follows what was changed elsewhere
		e.form.open(e.spec.Start(s, e.at), func(v present.Values) present.Form { return e.spec.Form(e.scene, e.at, v) })
	}
	e.redraw()
}

// follow tells what has become of what was saved. It reports whether the window is done with.
func (e *Editor) follow() (closed bool) {
	if !e.sent.on || e.scene.Snap.Seq < e.sent.seq {
		return false
	}
	before := e.sent.fate
	e.sent.fate = e.spec.Fate(e.scene, e.sent.id)
	switch f := e.sent.fate; {
	case f.Refused != nil:
		e.form.before, e.form.refused, e.sent = nil, f.Refused, sent{} // to be tried again
		e.form.draw()
		for at := range f.Refused {
			if at != "" {
				e.focus(at)
			}
		}
	case f.Asking == "" && e.spec.Rows == nil && e.closed != nil:
		e.sent = sent{}
		e.closed()
		return true
	case f.Asking == "" && !e.sent.fresh:
		e.sent = sent{}
	case f.Asking == before.Asking:
		return false
	}
	e.drawFoot()
	return false
}

// leave puts the form away.
func (e *Editor) leave() {
	e.open, e.front, e.ask = false, false, false
	if e.inline == nil && e.spec.Rows != nil {
		e.start()
	}
}

// Back puts the form away where it is in front of the list. It reports whether it was.
func (e *Editor) Back() bool {
	if e.spec.Rows == nil || !e.front {
		return false
	}
	e.front, e.ask = false, false
	if e.inline != nil {
		e.open = false
	}
	e.redraw()
	return true
}

// Cancel leaves without saving.
func (e *Editor) Cancel() {
	switch {
	case e.inline != nil && e.spec.Rows == nil:
		e.Edit("")
	case e.inline != nil:
		e.leave()
		e.redraw()
	case e.tight && e.Back():
	case e.closed != nil:
		e.closed()
	}
}

// Save takes what is filled in. What is wrong is said under its field, and nothing is lost.
func (e *Editor) Save() {
	if wrong := e.form.faulty(); wrong != "" {
		e.focus(wrong)
		e.drawFoot()
		return
	}
	fresh := strings.ToLower(rand.Text()[:10])
	made := e.at == ""
	for _, c := range e.spec.Commands(e.scene, e.at, fresh, e.form.values) {
		if err := e.deps.Do(c); err != nil {
			e.refuse(err)
			return
		}
		if put, ok := c.(phone.PutItem); ok && e.at == "" {
			e.at = put.Item.Key()
		}
	}
	e.scene.Snap = e.deps.Snapshot()
	if e.spec.Fate != nil {
		e.sent = sent{on: true, id: e.at, seq: e.scene.Snap.Seq}
		if made && e.spec.Rows != nil {
			e.sent.id, e.sent.fresh = fresh, true
		}
		e.form.before = maps.Clone(e.form.values)
		e.follow()
		e.redraw()
		return
	}
	if e.closed != nil && e.spec.Rows == nil {
		e.closed()
		return
	}
	e.form.before = nil
	if e.inline != nil && e.spec.Rows != nil {
		e.leave()
	} else {
		e.form.open(e.form.values, e.form.model)
	}
	e.redraw()
}

// refuse says under the field the phone names, or under the form, why it did not take it.
func (e *Editor) refuse(err error) {
	r := phone.ReasonOf(err)
	at := ""
	if r.ID == phone.ReasonBadItem && e.form.fields[r.Text] != nil {
		at = r.Text
	}
	e.form.refused = map[string]string{at: text.Reason(r)}
	e.form.draw()
	e.drawFoot()
}

// remove deletes what is in the form, when it has been asked for twice.
func (e *Editor) remove() {
	if !e.ask {
		e.ask = true
		e.redraw()
		return
	}
	if err := e.deps.Do(e.spec.Remove(e.at)); err != nil {
		e.deps.Say(text.Refusal(err))
		return
	}
	e.scene.Snap = e.deps.Snapshot()
	e.leave()
	e.redraw()
}

func (e *Editor) move(by int) {
	for _, c := range e.spec.Move(e.scene, e.at, by) {
		if err := e.deps.Do(c); err != nil {
			e.deps.Say(text.Refusal(err))
			return
		}
	}
	e.scene.Snap = e.deps.Snapshot()
	e.redraw()
}

func (e *Editor) focus(id string) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(e.object); c != nil {
		e.form.focus(c, id)
	}
}

// Focus puts the keyboard in the form's first field.
func (e *Editor) Focus() { e.focus("") }
