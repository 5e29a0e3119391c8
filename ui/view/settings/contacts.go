package settings

import (
	"reflect"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/form"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// books is the connected address books, and what waits for the user there.
type books struct {
	deps    view.Deps
	editor  *form.Editor
	shown   []present.Book
	waiting *fyne.Container // books that wait for the user, and faults in words
	all     *widget.Button
	column  *fyne.Container
}

func newBooks(deps view.Deps, s present.Scene) *books {
	p := &books{deps: deps, editor: form.NewInline(deps, s, present.BookEditor()), waiting: lay.Col(theme.Grid)}
	p.all = widget.NewButton(widget.ButtonSpec{Icon: "refresh-cw", Text: text.T("book.read_all"), Size: widget.Small}, func() { p.do(phone.ReadBook{}) })
	p.column = lay.Col(theme.Grid, p.editor.Object(), p.waiting, lay.Row(0, p.all))
	return p
}

func (p *books) object() fyne.CanvasObject { return p.column }

func (p *books) framed() {}

func (p *books) do(c phone.Command) {
	if err := p.deps.Do(c); err != nil {
		p.deps.Say(text.Refusal(err))
	}
}

func (p *books) update(s present.Scene) {
	p.editor.Update(s)
	books := present.BooksOf(s)
	if len(books) == 0 {
		p.all.Hide()
	} else {
		p.all.Show()
	}
	if reflect.DeepEqual(books, p.shown) {
		return
	}
	p.shown = books
	p.waiting.Objects = nil
	for _, b := range books {
		switch {
		case b.Code != "":
			p.waiting.Add(p.code(b))
		case b.Wrong != "":
			p.waiting.Add(widget.NewPanel(widget.PanelSpec{Fill: theme.WarnSoft, Radius: theme.RadiusField}, lay.Pad(12, 8, 12, 8, lay.RowTop(theme.Grid,
				widget.NewIcon("triangle-alert", theme.WarnText, theme.IconMedium), lay.Fill(widget.NewParagraph(b.Name+": "+b.Wrong, widget.Style{Size: theme.BodySize, Token: theme.WarnText}))))))
		}
	}
	widget.SetVisible(p.waiting, len(p.waiting.Objects) > 0)
	p.waiting.Refresh()
	p.column.Refresh()
}

// code is what the user types at a provider's page to let Svara read (RFC 8628).
func (p *books) code(b present.Book) fyne.CanvasObject {
	page := widget.NewLink(b.URL, func() { p.deps.Open(b.URL) })
	copying := widget.NewButton(widget.ButtonSpec{Icon: "copy", Text: text.T("book.copy_code"), Size: widget.Small}, func() { fyne.CurrentApp().Clipboard().SetContent(b.Code) })
	open := widget.NewButton(widget.ButtonSpec{Icon: "globe", Text: text.T("book.open_page"), Look: widget.Primary, Size: widget.Small}, func() { p.deps.Open(b.URL) })
	return card(widget.NewParagraph(text.T("book.code", "name", b.Name), widget.Style{Size: theme.BodySize}),
		widget.NewText(b.Code, widget.Style{Size: theme.HeadingSize, Bold: true, Figures: true}), lay.Row(0, page), lay.Lines(theme.Grid, copying, open))
}
