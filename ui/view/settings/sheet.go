package settings

import (
	"fyne.io/fyne/v2"

	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// part is a piece of a page that is drawn in its own way.
type part interface {
	object() fyne.CanvasObject
	update(present.Scene)
}

// framed is a part that draws cards and headings itself.
type framed interface{ framed() }

// row is a setting on a page and how it follows the phone.
type row struct {
	part
	spot *spot
}

// sheet is a page drawn from its model: groups of rows in cards, with parts of its own among them.
type sheet struct {
	deps  view.Deps
	rows  []row
	spots map[string]*spot
	page  *fyne.Container
}

// newSheet makes a page. own are its parts by row; a row without one belongs to the part before it.
func newSheet(deps view.Deps, page present.SettingPage, own map[string]part) *sheet {
	s := &sheet{deps: deps, spots: map[string]*spot{}, page: lay.Col(theme.WindowPadding)}
	for _, g := range page.Groups {
		s.group(g, own)
	}
	return s
}

func (s *sheet) group(g present.SettingGroup, own map[string]part) {
	var lines []fyne.CanvasObject
	frames := true
	for _, r := range g.Rows {
		p := own[r.ID]
		if r.Kind != present.SettingOwn {
			p = newRow(s.deps, r)
		}
		if p == nil {
			if n := len(s.rows); n > 0 {
				s.spots[r.ID] = s.rows[n-1].spot
			}
			continue
		}
		if _, does := p.(framed); does {
			frames = false
		}
		at := newSpot(p.object())
		s.rows, s.spots[r.ID] = append(s.rows, row{p, at}), at
		if _, is := p.(*toggle); is && len(lines) > 0 {
			lines = append(lines, widget.NewLine(false))
		}
		lines = append(lines, at.object)
	}
	switch {
	case len(lines) == 0:
	case !frames:
		s.page.Add(lay.Col(theme.WindowPadding, lines...))
	case g.Title != "":
		s.page.Add(titled(text.T(g.Title), lines...))
	default:
		s.page.Add(card(lines...))
	}
}

func (s *sheet) object() fyne.CanvasObject { return s.page }

func (s *sheet) update(scene present.Scene) {
	for _, r := range s.rows {
		r.update(scene)
	}
}

// newRow draws a setting from its model.
func newRow(deps view.Deps, r present.Setting) part {
	switch r.Kind {
	case present.SettingChoice:
		return newChoice(deps, r)
	case present.SettingText:
		if r.Unit != "" {
			return newSeconds(deps, r)
		}
		return newLine(deps, r)
	}
	return newToggle(deps, r)
}

func helpOf(r present.Setting) string {
	if key := r.HelpKey(); key != "" {
		return text.T(key)
	}
	return ""
}

// toggle is a setting that is on or off.
type toggle struct {
	key string
	sw  *widget.Switch
	all fyne.CanvasObject
}

func newToggle(deps view.Deps, r present.Setting) *toggle {
	name := text.T(r.TitleKey())
	t := &toggle{key: r.ID, sw: widget.NewSwitch(name, func(on bool) { set(deps, r.ID, map[bool]string{true: "true", false: "false"}[on]) })}
	words := []fyne.CanvasObject{widget.NewParagraph(name, widget.Style{Size: theme.BodySize})}
	if help := helpOf(r); help != "" {
		words = append(words, widget.NewParagraph(help, widget.Style{Size: theme.DetailSize, Token: theme.Text3}))
	}
	t.all = lay.Row(theme.WindowPadding, lay.Fill(lay.Col(0, words...)), t.sw)
	return t
}

func (t *toggle) object() fyne.CanvasObject { return t.all }
func (t *toggle) update(s present.Scene)    { t.sw.Set(s.Snap.Settings.Bool(t.key)) }

// choice is a labelled select of a setting's values.
type choice struct {
	sel    *widget.Select
	of     func(present.Scene) []present.Choice
	column fyne.CanvasObject
}

func newChoice(deps view.Deps, r present.Setting) *choice {
	name := text.T(r.TitleKey())
	c := &choice{of: r.Choices, sel: widget.NewSelect(r.Icon, func(id string) { set(deps, r.ID, id) })}
	c.sel.SetName(name)
	lines := []fyne.CanvasObject{label(name), c.sel}
	if help := helpOf(r); help != "" {
		lines = append(lines, widget.NewParagraph(help, widget.Style{Size: theme.DetailSize, Token: theme.Text3}))
	}
	c.column = lay.Col(theme.Half, lines...)
	return c
}

func (c *choice) object() fyne.CanvasObject { return c.column }
func (c *choice) update(s present.Scene)    { c.sel.Set(options(c.of(s))) }

// newLine is a setting that is a line of text.
func newLine(deps view.Deps, r present.Setting) *later {
	spec := widget.FieldSpec{Label: text.T(r.TitleKey()), Icon: r.Icon, Help: helpOf(r)}
	if r.Holder != "" {
		spec.Placeholder = text.T(r.Holder)
	}
	now := func() string { return deps.Snapshot().Settings.Get(r.ID) }
	l := newLater(deps, spec, func(typed string) (string, string) { return r.Check(present.Scene{Snap: deps.Snapshot()}, typed) }, now, func(v string) { set(deps, r.ID, v) })
	l.key = r.ID
	return l
}
