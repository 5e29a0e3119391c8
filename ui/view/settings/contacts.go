package settings

import (
	"path/filepath"
	"reflect"
	"strings"

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

// contacts is the page about people: the address books, contacts in a file, search and lamps, how numbers are meant.
type contacts struct {
	deps                   view.Deps
	books                  *form.Editor
	shown                  []present.Book
	waiting                *fyne.Container // books that wait for the user, and faults in words
	all                    *widget.Button
	path                   *widget.Field
	bring, write           *widget.Button
	told                   *widget.Paragraph
	watch, region          *choice
	delay, area, emergency *later
	page                   fyne.CanvasObject
}

func newContacts(deps view.Deps, s present.Scene) *contacts {
	p := &contacts{deps: deps, books: form.NewInline(deps, s, present.BookEditor()), waiting: lay.Col(theme.Grid)}
	p.all = widget.NewButton(widget.ButtonSpec{Icon: "refresh-cw", Text: text.T("book.read_all"), Size: widget.Small}, func() { p.do(phone.ReadBook{}) })
	p.path = widget.NewField(widget.FieldSpec{Label: text.T("people.path"), Icon: "folder-open", Help: text.T("people.files_help")})
	p.path.Entry().OnChanged = func(string) { complain(p.path, "") }
	p.bring = widget.NewButton(widget.ButtonSpec{Text: text.T("people.import")}, p.importFile)
	p.write = widget.NewButton(widget.ButtonSpec{Text: text.T("people.export")}, p.exportFile)
	p.told = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2})
	p.told.Hide()
	p.watch = newChoice(deps, "users", text.T("people.lamps"), phone.KeyWatchPeople)
	p.region = newChoice(deps, "globe", text.T("people.region"), phone.KeyRegion)
	setting := func(key string) (func() string, func(string)) {
		return func() string { return deps.Snapshot().Settings.Get(key) }, func(v string) { set(deps, key, v) }
	}
	now, apply := setting(phone.KeySearchDelay)
	p.delay = newLater(deps, widget.FieldSpec{Label: text.T("people.delay"), Help: text.T("people.delay_help")}, present.SearchDelay, now, apply)
	now, apply = setting(phone.KeyAreaCode)
	p.area = newLater(deps, widget.FieldSpec{Label: text.T("people.area"), Help: text.T("people.area_help")}, present.AreaCode, now, apply)
	now, apply = setting(phone.KeyEmergency)
	p.emergency = newLater(deps, widget.FieldSpec{Label: text.T("people.emergency"), Icon: "life-buoy", Help: text.T("people.emergency_help")}, present.EmergencyNumbers, now, apply)
	watch := lay.Col(theme.Half, p.watch.object, widget.NewParagraph(text.T("people.lamps_help"), widget.Style{Size: theme.DetailSize, Token: theme.Text3}))
	objects := []fyne.CanvasObject{p.books.Object(), p.waiting, lay.Row(0, p.all)}
	if deps.Contacts != nil && deps.Contacts.Import != nil {
		objects = append(objects, titled(text.T("people.files"), p.path, lay.Lines(theme.Grid, p.bring, p.write), p.told))
	}
	objects = append(objects,
		titled(text.T("people.searching"), watch, p.delay.object()),
		titled(text.T("people.numbers"), p.region.object, p.area.object(), p.emergency.object()))
	p.page = lay.Col(theme.WindowPadding, objects...)
	return p
}

func (p *contacts) object() fyne.CanvasObject { return p.page }

func (p *contacts) do(c phone.Command) {
	if err := p.deps.Do(c); err != nil {
		p.deps.Say(text.Refusal(err))
	}
}

func (p *contacts) update(s present.Scene) {
	p.books.Update(s)
	p.watch.update(present.WatchChoices(s))
	p.region.update(present.RegionChoices(s))
	p.delay.update(s.Snap.Settings.Get(phone.KeySearchDelay))
	p.area.update(s.Snap.Settings.Get(phone.KeyAreaCode))
	p.emergency.update(s.Snap.Settings.Get(phone.KeyEmergency))
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
	p.waiting.Refresh()
	p.page.Refresh()
}

// code is what the user types at a provider's page to let Svara read (RFC 8628).
func (p *contacts) code(b present.Book) fyne.CanvasObject {
	page := widget.NewLink(b.URL, func() { p.deps.Open(b.URL) })
	copying := widget.NewButton(widget.ButtonSpec{Icon: "copy", Text: text.T("book.copy_code"), Size: widget.Small}, func() { fyne.CurrentApp().Clipboard().SetContent(b.Code) })
	open := widget.NewButton(widget.ButtonSpec{Icon: "globe", Text: text.T("book.open_page"), Look: widget.Primary, Size: widget.Small}, func() { p.deps.Open(b.URL) })
	return card(widget.NewParagraph(text.T("book.code", "name", b.Name), widget.Style{Size: theme.BodySize}),
		widget.NewText(b.Code, widget.Style{Size: theme.HeadingSize, Bold: true, Figures: true}), lay.Row(0, page), lay.Lines(theme.Grid, copying, open))
}

// file is the path that was typed, empty with a sentence under the field when it cannot be one.
func (p *contacts) file() string {
	typed := strings.TrimSpace(p.path.Text())
	if !filepath.IsAbs(typed) {
		complain(p.path, text.T("people.path_missing"))
		return ""
	}
	return typed
}

func (p *contacts) tell(words string) {
	p.told.Set(words)
	p.told.Show()
	p.page.Refresh()
	reflow(p.page)
}

func (p *contacts) importFile() {
	path := p.file()
	if path == "" {
		return
	}
	p.tell(text.T("people.working"))
	p.deps.Contacts.Import(path, func(r phone.ImportResult, err error) {
		if err != nil {
			p.tell(text.Refusal(err))
			return
		}
		words := text.T("people.imported", "added", r.Added, "updated", r.Updated, "same", r.Same)
		if len(r.Skipped) > 0 {
			words += "\n" + text.T("people.skipped", "lines", present.Clean(strings.Join(r.Skipped, "; "), 600))
		}
		p.tell(words)
	})
}

func (p *contacts) exportFile() {
	path := p.file()
	if path == "" {
		return
	}
	p.tell(text.T("people.working"))
	p.deps.Contacts.Export(path, func(n int, err error) {
		if err != nil {
			p.tell(text.Refusal(err))
			return
		}
		p.tell(text.T("people.exported", "n", n))
	})
}
