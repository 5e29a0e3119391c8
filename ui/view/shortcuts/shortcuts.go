// Package shortcuts is the table of keys, made from the command registry, in which the user changes them.
package shortcuts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// View is the table. What it holds is what was searched for and which command's keys are being changed.
type View struct {
	deps  view.Deps
	scene present.Scene
	keys  func() *command.Keymap
	drawn *command.Keymap // what the rows were drawn from

	search  *widget.SearchField
	find    *widget.Button
	by      command.Chord    // only commands with this key; zero for all
	finding *widget.KeyCatch // in place of the search field while a key is waited for
	asked   bool             // whether to reset all
	no      *widget.Button   // the answer that resets nothing

	shown  []command.ID // as listed
	cursor int          // in shown, -1 none
	rows   map[command.ID]*widget.CommandRow
	edit   edit

	bar    *fyne.Container
	tools  *fyne.Container
	notes  *fyne.Container
	body   *fyne.Container
	scroll *container.Scroll
	object fyne.CanvasObject
}

// Editor makes the table. keys is the keymap of now: it is asked at every Update.
func Editor(deps view.Deps, s present.Scene, keys func() *command.Keymap) *View {
	v := &View{deps: deps, scene: s, keys: keys, cursor: -1, rows: map[command.ID]*widget.CommandRow{}}
	v.search = widget.NewSearchField()
	v.search.SetPlaceHolder(text.T("keys.search"))
	v.search.OnChanged(func(string) {
		v.cursor = -1
		v.draw()
	})
	v.search.Entry().OnKey = v.key
	v.find = widget.NewButton(widget.ButtonSpec{}, v.toggleFind)
	v.finding = widget.NewKeyCatch(text.T("keys.press"))
	v.finding.OnChord = func(c command.Chord) { v.found(c, false) }
	v.finding.OnCancel = func(left bool) { v.found(command.Chord{}, left) }
	v.finding.Hide()
	v.bar = lay.Aside(theme.Grid, 160, container.NewStack(v.search, v.finding), v.find)
	v.tools, v.notes, v.body = lay.Lines(theme.Grid), lay.Col(theme.Half), lay.Col(10)
	help := widget.NewParagraph(text.T("shortcuts.text"), widget.Style{Size: theme.BodySize, Token: theme.Text2})
	v.scroll = container.NewVScroll(lay.Pad(20, 4, 20, 20, v.body))
	v.object = lay.Col(0, lay.Pad(20, 16, 20, 8, lay.Col(10, help, v.notes, v.bar, v.tools)), lay.Fill(v.scroll))
	v.draw()
	return v
}

// New makes the table as a window's whole content.
func New(deps view.Deps, s present.Scene, keys func() *command.Keymap) *View {
	v := Editor(deps, s, keys)
	heading := widget.NewText(text.T("shortcuts.title"), widget.Style{Size: theme.HeadingSize, Bold: true})
	v.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Bg}, lay.Col(0, lay.Pad(20, 16, 20, 0, heading), lay.Fill(v.object)))
	return v
}

// Object is what is shown.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Update follows the keys.
func (v *View) Update(s present.Scene) {
	v.scene = s
	if v.drawn == v.keys() || v.edit.step == listening {
		return
	}
	var had fyne.Focusable
	if c := fyne.CurrentApp().Driver().CanvasForObject(v.body); c != nil {
		had = c.Focused()
	}
	v.draw()
	if _, button := had.(*widget.Button); button { // drawn anew with all the others
		v.giveFirst()
	}
}

// giveFirst puts the keyboard on the first thing to do for the command that is open, else in the search field.
func (v *View) giveFirst() {
	if v.edit.first != nil {
		v.give(v.edit.first)
		return
	}
	v.Focus()
}

// Focus puts the keyboard in the search field.
func (v *View) Focus() { v.give(v.search.Entry()) }

// give puts the keyboard somewhere, once the table is on screen.
func (v *View) give(f fyne.Focusable) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(v.body); c != nil {
		c.Focus(f)
	}
}

// Search is what is searched for, for tests and pictures.
func (v *View) Search(words string) { v.search.SetText(words) }

// Shown is the commands listed, in order.
func (v *View) Shown() []command.ID { return v.shown }

// Back undoes one step: what is being changed, then the search. It reports whether there was anything.
func (v *View) Back() bool {
	switch {
	case v.edit.step != idle:
		v.ask(v.edit.id, idle, command.Chord{})
	case v.edit.id != "":
		v.close()
	case v.asked:
		v.asked = false
		v.Focus()
	case v.by.Key != "":
		v.by = command.Chord{}
	case v.search.Text() != "":
		v.search.SetText("")
	default:
		return false
	}
	v.draw()
	return true
}

// key is a key in the search field: the arrows move in the table, Enter opens a row.
func (v *View) key(c command.Chord) bool {
	switch c {
	case command.Chord{Key: command.KeyDown}:
		v.move(1)
	case command.Chord{Key: command.KeyUp}:
		v.move(-1)
	case command.Chord{Key: command.KeyPageDown}:
		v.move(8)
	case command.Chord{Key: command.KeyPageUp}:
		v.move(-8)
	case command.Chord{Key: command.KeyEnter}, command.Chord{Key: command.KeyNumEnter}:
		if v.cursor < 0 && len(v.shown) > 0 {
			v.cursor = 0
		}
		if v.cursor >= 0 {
			v.Open(v.shown[v.cursor])
		}
	default:
		return false
	}
	return true
}

func (v *View) move(by int) {
	if len(v.shown) == 0 {
		return
	}
	v.cursor = min(len(v.shown)-1, max(0, v.cursor+by))
	v.draw()
	v.reveal(v.rows[v.shown[v.cursor]])
}

// reveal scrolls a row into sight.
func (v *View) reveal(o fyne.CanvasObject) {
	d := fyne.CurrentApp().Driver()
	if d.CanvasForObject(v.body) == nil {
		return
	}
	top := d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(v.scroll).Y
	switch bottom := top + o.Size().Height; {
	case v.scroll.Size().Height == 0:
	case top < 0:
		v.scroll.ScrollToOffset(fyne.NewPos(0, v.scroll.Offset.Y+top))
	case bottom > v.scroll.Size().Height:
		v.scroll.ScrollToOffset(fyne.NewPos(0, v.scroll.Offset.Y+bottom-v.scroll.Size().Height))
	}
}

// toggleFind waits for a key to look up, or shows all commands again.
func (v *View) toggleFind() {
	if v.by.Key != "" {
		v.by = command.Chord{}
		v.draw()
		v.Focus()
		return
	}
	v.finding.Set(text.T("keys.press"))
	v.search.Hide()
	v.finding.Show()
	v.give(v.finding)
}

// found shows the commands with a key; left says that the keyboard has gone elsewhere.
func (v *View) found(c command.Chord, left bool) {
	v.by, v.cursor = c, -1
	v.finding.Hide()
	v.search.Show()
	v.draw()
	if !left {
		v.Focus()
	}
}

// draw shows the table as it stands.
func (v *View) draw() {
	keys := v.keys()
	v.drawn, v.shown = keys, nil
	find := widget.ButtonSpec{Text: text.T("keys.find"), Icon: "keyboard"}
	if v.by.Key != "" {
		find = widget.ButtonSpec{Text: v.by.Print(text.T), Icon: "x", Chosen: true}
	}
	v.find.Set(find)
	v.drawTools(keys)
	v.notes.Objects = nil
	for _, words := range present.KeyProblems(keys, v.scene.Snap.Settings.Get(phone.KeyKeys)) {
		v.notes.Add(widget.NewPanel(widget.PanelSpec{Fill: theme.WarnSoft, Radius: theme.RadiusField}, lay.Pad(10, 6, 10, 6,
			lay.RowTop(theme.Grid, widget.NewIcon("triangle-alert", theme.WarnText, theme.IconMedium), lay.Fill(widget.NewParagraph(words, widget.Style{Size: theme.BodySize, Token: theme.WarnText}))))))
	}
	var objects []fyne.CanvasObject
	for _, g := range present.KeyTable(keys, v.search.Text(), v.by) {
		var lines []fyne.CanvasObject
		for _, r := range g.Rows {
			v.shown = append(v.shown, r.ID)
			lines = append(lines, v.row(r))
			if v.edit.id == r.ID {
				lines = append(lines, v.editor(r))
			}
		}
		objects = append(objects, lay.Pad(0, 4, 0, 0, widget.NewText(g.Title, widget.Style{Size: theme.NameSize, Bold: true})),
			widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Radius: theme.RadiusCard}, lay.Pad(1, 4, 1, 4, lay.Col(0, lines...))))
	}
	if len(objects) == 0 {
		words := text.T("keys.none", "text", present.Clean(v.search.Text(), 60))
		if v.by.Key != "" && v.search.Text() == "" {
			words = text.T("keys.free", "key", v.by.Print(text.T))
		}
		objects = append(objects, widget.NewParagraph(words, widget.Style{Size: theme.BodySize, Token: theme.Text2}))
	}
	v.body.Objects = objects
	if v.cursor >= len(v.shown) {
		v.cursor = -1
	}
	v.object.Refresh()
}

// drawTools draws what is about all keys.
func (v *View) drawTools(keys *command.Keymap) {
	if v.asked {
		no := widget.NewButton(widget.ButtonSpec{Text: text.T("button.no")}, func() {
			v.asked = false
			v.draw()
			v.Focus()
		})
		v.tools.Objects = []fyne.CanvasObject{
			widget.NewButton(widget.ButtonSpec{Text: text.T("keys.reset_ask"), Icon: "undo-2", Look: widget.Decline}, func() {
				v.asked = false
				v.set(command.Rebinding{})
				v.draw()
				v.Focus()
			}),
			no,
		}
		v.no = no
		return
	}
	spec := widget.ButtonSpec{Text: text.T("keys.reset_all"), Icon: "undo-2"}
	if len(keys.Changed()) == 0 && v.scene.Snap.Settings.Get(phone.KeyKeys) == "" {
		spec.Disabled = text.T("keys.no_change")
	}
	v.tools.Objects = []fyne.CanvasObject{widget.NewButton(spec, func() {
		v.asked = true
		v.draw()
		v.give(v.no)
	})}
}

func (v *View) row(r present.KeyRow) *widget.CommandRow {
	w, ok := v.rows[r.ID]
	if !ok {
		w = widget.NewCommandRow(widget.CommandSpec{}, func() { v.Open(r.ID) })
		v.rows[r.ID] = w
	}
	spec := widget.CommandSpec{Icon: r.Icon, Title: spans(r.Title), More: true, Open: v.edit.id == r.ID, Cursor: v.cursor == len(v.shown)-1}
	for _, c := range r.Caps {
		spec.Keys = append(spec.Keys, c.Text)
	}
	if len(spec.Keys) == 0 {
		spec.None = text.T("keys.no_keys")
	}
	if r.Changed {
		spec.Mark = text.T("keys.changed")
	}
	w.Set(spec)
	return w
}

func spans(in []present.Span) []widget.Span {
	out := make([]widget.Span, 0, len(in))
	for _, s := range in {
		out = append(out, widget.Span{Text: s.Text, Mark: s.Mark})
	}
	return out
}
