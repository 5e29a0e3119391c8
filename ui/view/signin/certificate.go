package signin

import (
	"crypto/x509"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// Certificate is a file of authorities: which one it is, what chooses another, and what is wrong with it.
type Certificate struct {
	deps    view.Deps
	path    string
	changed func(path string) // the user has chosen another, or none
	name    *widget.Text
	typed   *widget.Field // where files cannot be chosen in a window; else nil
	remove  *widget.Button
	wrong   *widget.Paragraph
	object  *fyne.Container
}

// certificateTypes are the endings of files that are looked for.
var certificateTypes = []string{".pem", ".crt", ".cer"}

// NewCertificate makes it.
func NewCertificate(deps view.Deps, changed func(path string)) *Certificate {
	c := &Certificate{deps: deps, changed: changed}
	c.name = widget.NewText("", widget.Style{Size: theme.BodySize, Cut: true})
	c.wrong = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.DangerText})
	c.wrong.Hide()
	c.remove = widget.NewButton(widget.ButtonSpec{Icon: "x", Tip: text.T("account.ca_remove"), Size: widget.Small, Look: widget.Quiet}, func() { c.take("") })
	lines := []fyne.CanvasObject{widget.NewText(text.T("account.ca"), widget.Style{Size: theme.DetailSize, Token: theme.Text2, Bold: true})}
	if deps.PickFile != nil {
		choose := widget.NewButton(widget.ButtonSpec{Icon: "folder-open", Text: text.T("account.ca_choose"), Size: widget.Small}, func() {
			deps.PickFile(view.File{Title: text.T("account.ca_title"), Types: certificateTypes}, c.take)
		})
		lines = append(lines, lay.Row(theme.Grid, lay.Fill(c.name), c.remove, choose))
	} else {
		c.typed = widget.NewField(widget.FieldSpec{Icon: "file-text"})
		c.typed.Entry().OnSubmit = c.take
		lines = append(lines, c.typed)
	}
	lines = append(lines, c.wrong, widget.NewParagraph(text.T("account.ca_help"), widget.Style{Size: theme.DetailSize, Token: theme.Text3}))
	c.object = lay.Col(theme.Half, lines...)
	c.Set("")
	return c
}

// Object is what is shown.
func (c *Certificate) Object() fyne.CanvasObject { return c.object }

// Path is the file, empty for none.
func (c *Certificate) Path() string { return c.path }

// Set shows a file.
func (c *Certificate) Set(path string) {
	c.path = path
	name := filepath.Base(path)
	if path == "" {
		name = text.T("account.ca_none")
	}
	c.name.Set(name)
	if c.typed != nil && c.typed.Text() != path {
		c.typed.SetText(path)
	}
	widget.SetVisible(c.remove, path != "")
}

// Complain says what is wrong with the file; nothing takes it away.
func (c *Certificate) Complain(words string) {
	c.wrong.Set(words)
	widget.SetVisible(c.wrong, words != "")
	c.object.Refresh()
}

func (c *Certificate) take(path string) {
	if path != "" && !HasCertificate(path) {
		c.Complain(text.T("account.wrong_ca"))
		return
	}
	c.Complain("")
	c.Set(path)
	c.changed(path)
}

// largestCertificates is the most bytes of a file that are read: bundles of all the world's authorities have a fifth.
const largestCertificates = 1 << 20

// HasCertificate reports whether there is a certificate in a PEM file.
func HasCertificate(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	if s, err := f.Stat(); err != nil || !s.Mode().IsRegular() {
		return false
	}
	data, err := io.ReadAll(io.LimitReader(f, largestCertificates))
	if err != nil {
		return false
	}
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return false
		}
		if _, err := x509.ParseCertificate(block.Bytes); err == nil && block.Type == "CERTIFICATE" {
			return true
		}
	}
}
