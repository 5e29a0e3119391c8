// Package palette is the list of everything that can be done, over the window: a few letters of its words, Enter.
package palette

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// View is the palette. Items is asked with every letter, Run does what was chosen, after the palette has gone.
type View struct {
	items func(query string) []present.PaletteItem
	run   func(present.PaletteItem)
	// Busy reports whether the number pad's Enter belongs to a ringing call. Nil is never.
	Busy func() bool

	found  []present.PaletteItem
	cursor int
	field  *widget.SearchField
	rows   []*widget.CommandRow
	none   *widget.Paragraph
	list   *fyne.Container
	scroll *container.Scroll
	panel  fyne.CanvasObject
	cover  *widget.Cover
}

// New makes the palette.
func New(items func(query string) []present.PaletteItem, run func(present.PaletteItem)) *View {
	v := &View{items: items, run: run, list: lay.Col(0)}
	v.field = widget.NewSearchField()
	v.field.SetPlaceHolder(text.T("palette.search"))
	v.field.OnChanged(func(string) { v.fill() })
	v.field.Entry().OnKey = v.key
	v.none = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2})
	v.scroll = container.NewVScroll(v.list)
	v.panel = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.BorderStrong, Radius: theme.RadiusCard},
		lay.Pad(1, 10, 1, 8, lay.Col(theme.Grid, lay.Pad(10, 0, 10, 0, v.field), lay.Fill(v.scroll))))
	v.fill()
	return v
}

// Object is what lies over the window, for pictures.
func (v *View) Object() fyne.CanvasObject { return v.panel }

// Show opens the palette over a window.
func (v *View) Show(c fyne.Canvas) {
	v.cover = widget.NewCover(v.panel, width, height)
	v.cover.Lay(c, v.field.Entry())
}

// The size of the palette in dp, where the window has room for it.
const (
	width  = 560
	height = 460
)

// Open reports whether the palette is on screen.
func (v *View) Open() bool { return v.cover != nil && v.cover.Open() }

// Close closes the palette and gives the keyboard back.
func (v *View) Close() {
	if v.cover != nil {
		v.cover.Close()
	}
}

// Search is what is searched for, for tests and pictures.
func (v *View) Search(words string) { v.field.SetText(words) }

// Found is what is listed.
func (v *View) Found() []present.PaletteItem { return v.found }

// Update asks again what can be done: a call may have come or gone.
func (v *View) Update() {
	at := ""
	if v.cursor < len(v.found) {
		at = v.found[v.cursor].ID
	}
	v.found = v.items(v.field.Text())
	v.cursor = 0
	for i, f := range v.found {
		if f.ID == at {
			v.cursor = i
		}
	}
	v.draw()
}

func (v *View) fill() {
	v.found, v.cursor = v.items(v.field.Text()), 0
	v.draw()
	v.scroll.ScrollToTop()
}

func (v *View) draw() {
	for len(v.rows) < len(v.found) {
		i := len(v.rows)
		row := widget.NewCommandRow(widget.CommandSpec{}, func() { v.choose(i) })
		row.PassFocus(func() {
			if v.Open() {
				v.cover.Canvas().Focus(v.field.Entry())
			}
		})
		v.rows = append(v.rows, row)
	}
	objects := make([]fyne.CanvasObject, 0, len(v.found)+1)
	for i, f := range v.found {
		spec := widget.CommandSpec{Icon: f.Icon, Detail: f.Reason, Faded: !f.Enabled, Cursor: i == v.cursor}
		for _, s := range f.Title {
			spec.Title = append(spec.Title, widget.Span{Text: s.Text, Mark: s.Mark})
		}
		if f.Key != "" {
			spec.Keys = []string{f.Key}
		}
		v.rows[i].Set(spec)
		objects = append(objects, v.rows[i])
	}
	if len(objects) == 0 {
		v.none.Set(text.T("palette.none", "text", present.Clean(v.field.Text(), 60)))
		objects = append(objects, lay.Pad(14, 6, 14, 6, v.none))
	}
	v.list.Objects = objects
	v.list.Refresh()
	v.scroll.Refresh()
}

// key is a key in the field: the arrows move, Enter does it, Escape closes.
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
	case command.Chord{Key: command.KeyNumEnter}:
		if v.Busy != nil && v.Busy() {
			return false
		}
		v.choose(v.cursor)
	case command.Chord{Key: command.KeyEnter}:
		v.choose(v.cursor)
	case command.Chord{Key: command.KeyEscape}:
		v.Close()
	default:
		return false
	}
	return true
}

func (v *View) move(by int) {
	if len(v.found) == 0 {
		return
	}
	v.cursor = min(len(v.found)-1, max(0, v.cursor+by))
	v.draw()
	row := v.rows[v.cursor]
	top, bottom, view := row.Position().Y, row.Position().Y+row.Size().Height, v.scroll.Size().Height
	switch {
	case top < v.scroll.Offset.Y:
		v.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case bottom > v.scroll.Offset.Y+view:
		v.scroll.ScrollToOffset(fyne.NewPos(0, bottom-view))
	}
}

// choose does an item. What cannot be done now stays in sight with its reason.
func (v *View) choose(i int) {
	if i < 0 || i >= len(v.found) || !v.found[i].Enabled {
		return
	}
	item := v.found[i]
	v.Close()
	v.run(item)
}
