// Package shortcuts is the table of keys, made from the command registry.
package shortcuts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// groups are the headings and the contexts whose commands stand under them.
var groups = []struct {
	title string
	when  []command.Context
}{
	{"context.ringing", []command.Context{command.Ringing}},
	{"context.call", []command.Context{command.Call}},
	{"context.transfer", []command.Context{command.Transfer}},
	{"context.global", []command.Context{command.Global, command.List, command.Dialog}},
}

// New makes the table: every command with a key, under where it counts.
func New(keys *command.Keymap) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	listed := map[command.ID]bool{}
	for _, g := range groups {
		var lines []fyne.CanvasObject
		for _, c := range keys.Commands() {
			chords := keys.Chords(c.ID)
			if listed[c.ID] || len(chords) == 0 || !counts(c, g.when) {
				continue
			}
			listed[c.ID] = true
			lines = append(lines, line(c, chords))
		}
		if len(lines) == 0 {
			continue
		}
		rows = append(rows, lay.Pad(0, 4, 0, 0, widget.NewText(text.T(g.title), widget.Style{Size: theme.NameSize, Bold: true})),
			widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Radius: theme.RadiusCard}, lay.Pad(14, 6, 14, 6, lay.Col(0, lines...))))
	}
	heading := widget.NewText(text.T("shortcuts.title"), widget.Style{Size: theme.HeadingSize, Bold: true})
	help := widget.NewParagraph(text.T("shortcuts.text"), widget.Style{Size: theme.BodySize, Token: theme.Text2})
	return widget.NewPanel(widget.PanelSpec{Fill: theme.Bg}, container.NewVScroll(lay.PadAll(20, lay.Col(10, append([]fyne.CanvasObject{heading, help}, rows...)...))))
}

func counts(c command.Command, when []command.Context) bool {
	for _, a := range c.When {
		for _, b := range when {
			if a == b {
				return true
			}
		}
	}
	return false
}

func line(c command.Command, chords []command.Chord) fyne.CanvasObject {
	row := []fyne.CanvasObject{widget.NewIcon(c.Icon, theme.Text2, theme.IconMedium), lay.Fill(widget.NewText(text.T(c.Title), widget.Style{Size: theme.BodySize, Cut: true}))}
	if c.ID == command.DTMF {
		row = append(row, widget.NewKeyCap("0–9"), widget.NewKeyCap("*"), widget.NewKeyCap("#"))
	} else if len(chords) == 9 { // one for each of nine
		row = append(row, widget.NewKeyCap(chords[0].Print(text.T)+"–"+chords[len(chords)-1].Key))
	} else {
		for _, k := range chords {
			row = append(row, widget.NewKeyCap(k.Print(text.T)))
		}
	}
	return lay.Least(0, 34, lay.Row(theme.Grid, row...))
}
