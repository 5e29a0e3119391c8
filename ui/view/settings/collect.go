package settings

import (
	"strings"

	"fyne.io/fyne/v2"

	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/call"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// collection begins, ends and saves a collection of what happens, for who helps.
type collection struct {
	deps   view.Deps
	words  *widget.Paragraph
	begin  *widget.Button
	end    *widget.Button
	save   *widget.Button
	path   *widget.Field // nil where files are chosen in a window
	object fyne.CanvasObject
}

func newCollection(deps view.Deps) *collection {
	c := &collection{deps: deps, words: widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2, Figures: true})}
	c.begin = widget.NewButton(widget.ButtonSpec{}, func() { deps.Collector.StartCollecting(); c.update() })
	c.end = widget.NewButton(widget.ButtonSpec{}, func() { deps.Collector.StopCollecting(); c.update() })
	c.save = widget.NewButton(widget.ButtonSpec{}, c.ask)
	rows := []fyne.CanvasObject{help("diagnostics.collect_help"), c.words}
	if deps.SaveFile == nil {
		c.path = widget.NewField(widget.FieldSpec{Label: text.T("diagnostics.path"), Icon: "folder-open"})
		rows = append(rows, c.path)
	}
	c.object = titled(text.T("diagnostics.collect"), append(rows, lay.Lines(theme.Grid, c.begin, c.end, c.save))...)
	return c
}

func (c *collection) update() {
	m := present.CollectionOf(c.deps.Collector.Collecting())
	c.words.Set(m.Words)
	for b, model := range map[*widget.Button]present.Button{c.begin: m.Begin, c.end: m.End, c.save: m.Save} {
		b.Set(call.Spec(model))
	}
}

// ask finds out where to save.
func (c *collection) ask() {
	if c.path == nil {
		c.deps.SaveFile(view.File{Title: text.T("diagnostics.save"), Types: []string{".zip"}, Name: text.T("diagnostics.file")}, c.keep)
	} else if path := strings.TrimSpace(c.path.Text()); path != "" {
		c.keep(path)
	}
}

func (c *collection) keep(path string) {
	c.deps.SaveCollected(path, func(err error) {
		if err != nil {
			c.deps.Say(text.T("diagnostics.not_saved", "text", present.Clean(err.Error(), 200)))
			return
		}
		c.deps.Say(text.T("diagnostics.saved", "path", present.Clean(path, 400)))
	})
}
