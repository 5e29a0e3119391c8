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

// diagnostics is what somebody who helps will ask for.
type diagnostics struct {
	deps    view.Deps
	version string
	shown   string
	groups  *fyne.Container
	page    *fyne.Container
	collect *collection // nil where nothing can be collected
}

func newDiagnostics(deps view.Deps, version string) *diagnostics {
	d := &diagnostics{deps: deps, version: version, groups: lay.Col(theme.WindowPadding)}
	copying := widget.NewButton(widget.ButtonSpec{Icon: "copy", Text: text.T("diagnostics.copy"), Size: widget.Small}, func() {
		fyne.CurrentApp().Clipboard().SetContent(d.shown)
		deps.Say(text.T("diagnostics.copied"))
	})
	help := widget.NewParagraph(text.T("diagnostics.help"), widget.Style{Size: theme.BodySize, Token: theme.Text2})
	d.page = lay.Col(theme.WindowPadding, lay.Aside(theme.Grid, 220, help, copying), d.groups)
	if deps.Collector != nil {
		d.collect = newCollection(deps)
		d.page.Add(d.collect.object)
	}
	return d
}

func (d *diagnostics) object() fyne.CanvasObject { return d.page }

func (d *diagnostics) framed() {}

func (d *diagnostics) update(s present.Scene) {
	if d.collect != nil {
		d.collect.update()
	}
	groups := present.Diagnostics(s, d.version, d.deps.LogFile)
	words := present.DiagnosticText(groups)
	if words == d.shown {
		return
	}
	d.shown, d.groups.Objects = words, nil
	for _, g := range groups {
		var rows []fyne.CanvasObject
		for _, f := range g.Facts {
			_, ink, _ := view.Colors(f.Tone)
			rows = append(rows, lay.Col(0, label(f.Label), widget.NewParagraph(f.Value, widget.Style{Size: theme.BodySize, Token: ink})))
		}
		d.groups.Add(titled(g.Title, rows...))
	}
	d.page.Refresh()
}
