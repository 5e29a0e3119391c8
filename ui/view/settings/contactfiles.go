package settings

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// contactFiles is contacts in a file: read or written, the file chosen in a window or by its path.
type contactFiles struct {
	deps view.Deps
	path *widget.Field // nil where files are chosen in a window
	told *widget.Paragraph
	page *fyne.Container
}

// The files that contacts are read from and written to.
var contactTypes = []string{".vcf", ".vcard", ".csv"}

func newContactFiles(deps view.Deps) *contactFiles {
	p := &contactFiles{deps: deps}
	help := widget.NewParagraph(text.T("people.files_help"), widget.Style{Size: theme.DetailSize, Token: theme.Text3})
	bring := widget.NewButton(widget.ButtonSpec{Icon: "download", Text: text.T("people.import")}, p.importFile)
	write := widget.NewButton(widget.ButtonSpec{Icon: "upload", Text: text.T("people.export")}, p.exportFile)
	p.told = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2})
	p.told.Hide()
	var lines []fyne.CanvasObject
	if deps.PickFile == nil {
		p.path = widget.NewField(widget.FieldSpec{Label: text.T("people.path"), Icon: "folder-open"})
		p.path.Entry().OnChanged = func(string) { complain(p.path, "") }
		lines = append(lines, p.path)
	}
	p.page = lay.Col(0, titled(text.T("people.files"), append([]fyne.CanvasObject{help}, append(lines, lay.Lines(theme.Grid, bring, write), p.told)...)...))
	return p
}

func (p *contactFiles) object() fyne.CanvasObject { return p.page }

func (p *contactFiles) framed() {}

func (p *contactFiles) update(present.Scene) {}

// typed is the path that was typed, empty with a sentence under the field when it cannot be one.
func (p *contactFiles) typed() string {
	path := strings.TrimSpace(p.path.Text())
	if !filepath.IsAbs(path) {
		complain(p.path, text.T("people.path_missing"))
		return ""
	}
	return path
}

func (p *contactFiles) tell(words string) {
	p.told.Set(words)
	p.told.Show()
	p.page.Refresh()
	reflow(p.page)
}

func (p *contactFiles) importFile() {
	if p.path == nil {
		p.deps.PickFile(view.File{Title: text.T("files.contacts_open"), Types: contactTypes}, p.read)
	} else if path := p.typed(); path != "" {
		p.read(path)
	}
}

func (p *contactFiles) read(path string) {
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

func (p *contactFiles) exportFile() {
	if p.path == nil {
		p.deps.SaveFile(view.File{Title: text.T("files.contacts_save"), Types: contactTypes, Name: "svara.vcf"}, p.write)
	} else if path := p.typed(); path != "" {
		p.write(path)
	}
}

func (p *contactFiles) write(path string) {
	p.tell(text.T("people.working"))
	p.deps.Contacts.Export(path, func(n int, err error) {
		if err != nil {
			p.tell(text.Refusal(err))
			return
		}
		p.tell(text.T("people.exported", "n", n))
	})
}
