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

// recording is the page about recorded calls: how, with what sign, and where.
type recording struct {
	deps   view.Deps
	format *choice
	sw     *switches
	folder *later
	where  *widget.Paragraph
	open   *widget.Button
	page   fyne.CanvasObject
}

func newRecording(deps view.Deps) *recording {
	r := &recording{deps: deps, format: newChoice(deps, "circle-dot", text.T("settings.record_format"), phone.KeyRecordFormat), sw: newSwitches(deps)}
	r.folder = newLater(deps, widget.FieldSpec{
		Label: text.T("settings.folder"), Icon: "folder-open", Placeholder: text.T("settings.folder_own"), Help: text.T("settings.folder_help"),
	}, checkFolder, func() string { return deps.Snapshot().Settings.Get(phone.KeyRecordFolder) }, func(path string) { set(deps, phone.KeyRecordFolder, path) })
	r.where = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	r.open = widget.NewButton(widget.ButtonSpec{Icon: "folder-open", Text: text.T("settings.folder_open"), Size: widget.Small}, r.show)
	r.page = lay.Col(14, card(r.format.object, widget.NewLine(false), r.sw.column), card(r.folder.object(), lay.Aside(theme.Grid, 160, r.where, r.open)))
	return r
}

func (r *recording) object() fyne.CanvasObject { return r.page }

func (r *recording) update(s present.Scene) {
	r.format.update(present.FormatChoices(s))
	r.sw.update(present.RecordSwitches(s))
	r.folder.update(s.Snap.Settings.Get(phone.KeyRecordFolder))
	path := r.path()
	words := ""
	if path != "" {
		words = text.T("settings.folder_is", "path", present.Clean(path, 400))
	}
	r.where.Set(words)
	if r.open.Visible() != (path != "") {
		if path == "" {
			r.open.Hide()
		} else {
			r.open.Show()
		}
	}
	r.page.Refresh()
}

// path is where recordings go now.
func (r *recording) path() string {
	if p := r.deps.Snapshot().Settings.Get(phone.KeyRecordFolder); p != "" {
		return p
	}
	return r.deps.Folder
}

func (r *recording) show() {
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
