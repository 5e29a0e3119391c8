package voicemail

import (
	"slices"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// boxes are the lines over the messages: how many each mailbox has where that is not told otherwise, and what is wrong.
type boxes struct {
	deps   view.Deps
	shown  []present.MailboxLine
	column *fyne.Container
	object *fyne.Container
}

func newBoxes(deps view.Deps) *boxes {
	b := &boxes{deps: deps, column: lay.Col(0)}
	b.object = lay.Col(0, b.column, widget.NewLine(false))
	b.object.Hide()
	return b
}

func (b *boxes) update(lines []present.MailboxLine) {
	if slices.Equal(lines, b.shown) {
		return
	}
	b.shown = lines
	b.column.Objects = nil
	for _, l := range lines {
		b.column.Add(b.line(l))
	}
	widget.SetVisible(b.object, len(lines) > 0)
	b.object.Refresh()
}

func (b *boxes) line(l present.MailboxLine) fyne.CanvasObject {
	icon, tint := "voicemail", theme.Text2
	if l.New {
		tint = theme.AccentText
	}
	if l.Fault != "" {
		icon, tint = "triangle-alert", theme.WarnText
	}
	name := widget.NewText(l.Name, widget.Style{Size: theme.BodySize, Bold: true, Cut: true})
	words := lay.Col(0, name)
	if l.Counts != "" {
		words = lay.Col(0, lay.Aside(theme.Grid, 120, name, widget.NewText(l.Counts, widget.Style{Size: theme.BodySize, Token: theme.Text2, Figures: true, Bold: l.New})))
	}
	if l.Fault == "" {
		return lay.Pad(16, 6, 12, 6, lay.RowTop(theme.Grid, widget.NewIcon(icon, tint, theme.IconMedium), lay.Fill(words)))
	}
	words.Add(widget.NewParagraph(l.Fault, widget.Style{Size: theme.DetailSize, Token: theme.WarnText}))
	again := widget.NewButton(widget.ButtonSpec{Icon: "refresh-cw", Text: text.T("offline.try_now"), Size: widget.Small}, func() { b.tell(phone.CheckVoicemail{}) })
	settings := widget.NewButton(widget.ButtonSpec{Icon: "settings", Text: text.T("settings.title"), Size: widget.Small}, func() { b.deps.Show("settings/voicemail") })
	words.Add(lay.Pad(0, 6, 0, 0, lay.Lines(theme.Grid, again, settings)))
	return widget.NewPanel(widget.PanelSpec{Fill: theme.WarnSoft}, lay.Pad(16, theme.Grid, 12, theme.Grid, lay.RowTop(theme.Grid, widget.NewIcon(icon, tint, theme.IconMedium), lay.Fill(words))))
}

func (b *boxes) tell(c phone.Command) {
	if err := b.deps.Do(c); err != nil {
		b.deps.Say(text.Refusal(err))
	}
}
