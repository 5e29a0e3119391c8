package settings

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// folder is where recordings go.
type folder struct {
	deps   view.Deps
	line   *later
	where  *widget.Paragraph
	open   *widget.Button
	column *fyne.Container
}

func newFolder(deps view.Deps) *folder {
	r := &folder{deps: deps}
	r.line = newLater(deps, widget.FieldSpec{
		Label: text.T("settings.folder"), Icon: "folder-open", Placeholder: text.T("settings.folder_own"), Help: text.T("settings.folder_help"),
	}, checkFolder, func() string { return deps.Snapshot().Settings.Get(phone.KeyRecordFolder) }, func(path string) { set(deps, phone.KeyRecordFolder, path) })
	r.line.key = phone.KeyRecordFolder
	r.where = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	r.open = widget.NewButton(widget.ButtonSpec{Icon: "folder-open", Text: text.T("settings.folder_open"), Size: widget.Small}, r.show)
	buttons := []fyne.CanvasObject{r.open}
	if deps.PickFile != nil {
		buttons = append(buttons, widget.NewButton(widget.ButtonSpec{Text: text.T("settings.choose_file"), Size: widget.Small}, r.pick))
	}
	r.column = lay.Col(12, r.line.object(), r.where, lay.Lines(theme.Grid, buttons...))
	return r
}

// pick lets the user choose a folder in place of writing one.
func (r *folder) pick() {
	r.deps.PickFile(view.File{Title: text.T("files.folder"), Folder: true, At: r.path()}, func(path string) {
		r.line.field.SetText(path)
		r.line.settle()
	})
}

func (r *folder) object() fyne.CanvasObject { return r.column }

func (r *folder) update(s present.Scene) {
	r.line.update(s)
	path := r.path()
	words := ""
	if path != "" {
		words = text.T("settings.folder_is", "path", present.Clean(path, 400))
	}
	r.where.Set(words)
	widget.SetVisible(r.where, words != "")
	if r.open.Visible() != (path != "") {
		if path == "" {
			r.open.Hide()
		} else {
			r.open.Show()
		}
	}
	r.column.Refresh()
}

// path is where recordings go now.
func (r *folder) path() string {
	if p := r.deps.Snapshot().Settings.Get(phone.KeyRecordFolder); p != "" {
		return p
	}
	return r.deps.Folder
}

func (r *folder) show() {
	path := r.path()
	if err := fyne.CurrentApp().OpenURL(&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}); err != nil {
		r.deps.Say(text.T("recordings.no_folder", "path", path))
	}
}

// checkFolder is the folder that was typed, or what is wrong with it. Nothing typed is the profile's own.
func checkFolder(typed string) (path, wrong string) {
	if typed == "" {
		return "", ""
	}
	if !filepath.IsAbs(typed) || phone.CheckSetting(phone.KeyRecordFolder, typed) != nil {
		return "", text.T("settings.folder_relative")
	}
	path = filepath.Clean(typed)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "", text.T("settings.folder_locked")
	case err != nil:
		return "", text.T("settings.folder_missing")
	case !info.IsDir():
		return "", text.T("settings.folder_file")
	case !canWrite(path):
		return "", text.T("settings.folder_locked")
	}
	return path, ""
}

// canWrite reports whether a file can be made in a folder. Permission bits do not tell: a disk may be read-only.
func canWrite(folder string) bool {
	f, err := os.CreateTemp(folder, ".svara-*")
	if err != nil {
		return false
	}
	return errors.Join(f.Close(), os.Remove(f.Name())) == nil
}
