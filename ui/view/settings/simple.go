package settings

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// switches draws yes-or-no settings, one a line.
type switches struct {
	deps   view.Deps
	lines  map[string]*widget.Switch
	column *fyne.Container
}

func newSwitches(deps view.Deps) *switches {
	return &switches{deps: deps, lines: map[string]*widget.Switch{}, column: lay.Col(10)}
}

func (w *switches) update(models []present.Switch) {
	for _, m := range models {
		sw, ok := w.lines[m.Setting]
		if !ok {
			sw = widget.NewSwitch(m.Text, func(on bool) { set(w.deps, m.Setting, map[bool]string{true: "true", false: "false"}[on]) })
			w.lines[m.Setting] = sw
			words := []fyne.CanvasObject{widget.NewParagraph(m.Text, widget.Style{Size: theme.BodySize})}
			if m.Help != "" {
				words = append(words, widget.NewParagraph(m.Help, widget.Style{Size: theme.DetailSize, Token: theme.Text3}))
			}
			if len(w.column.Objects) > 0 {
				w.column.Add(widget.NewLine(false))
			}
			w.column.Add(lay.Row(theme.WindowPadding, lay.Fill(lay.Col(0, words...)), sw))
		}
		sw.Set(m.On)
	}
}

// choice is a labelled select bound to a setting.
type choice struct {
	sel    *widget.Select
	object fyne.CanvasObject
}

func newChoice(deps view.Deps, icon, name, key string) *choice {
	c := &choice{sel: widget.NewSelect(icon, func(id string) { set(deps, key, id) })}
	c.sel.SetName(name)
	c.object = lay.Col(theme.Half, label(name), c.sel)
	return c
}

func (c *choice) update(in []present.Choice) { c.sel.Set(options(in)) }

// look is the page about look and language.
type look struct {
	language, theme, size *choice
	page                  fyne.CanvasObject
}

func newLook(deps view.Deps) *look {
	l := &look{
		language: newChoice(deps, "globe", text.T("menu.language"), phone.KeyLanguage),
		theme:    newChoice(deps, "contrast", text.T("menu.theme"), phone.KeyTheme),
		size:     newChoice(deps, "search", text.T("settings.text_size"), phone.KeyTextSize),
	}
	l.page = card(l.language.object, l.theme.object, l.size.object)
	return l
}

func (l *look) object() fyne.CanvasObject { return l.page }

func (l *look) update(s present.Scene) {
	l.language.update(present.LanguageChoices(s))
	l.theme.update(present.ThemeChoices(s))
	l.size.update(present.TextSizeChoices(s))
}

// about is the page about the program.
type about struct{ page fyne.CanvasObject }

func newAbout(version string) *about {
	return &about{card(
		lay.Row(12, widget.NewLogo(48), lay.Col(0,
			widget.NewText(text.T("app.name"), widget.Style{Size: theme.HeadingSize, Bold: true}),
			widget.NewText(text.T("settings.version", "version", version), widget.Style{Size: theme.BodySize, Token: theme.Text2}))),
		widget.NewParagraph(text.T("about.what"), widget.Style{Size: theme.BodySize}),
		widget.NewParagraph(text.T("about.licence"), widget.Style{Size: theme.DetailSize, Token: theme.Text3}),
	)}
}

func (a *about) object() fyne.CanvasObject { return a.page }

func (a *about) update(present.Scene) {}
