package ui

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/files"
	"svara/ui/widget"
)

// pickFile asks for a file or folder that exists.
func (a *App) pickFile(f view.File, answer func(string)) { a.askFile(f, false, answer) }

// saveFile asks for a file to be written.
func (a *App) saveFile(f view.File, answer func(string)) { a.askFile(f, true, answer) }

// askFile asks in a window of its own, which ends with the answer. What was looked at last is where the next begins.
func (a *App) askFile(f view.File, save bool, answer func(string)) {
	if f.At == "" {
		f.At = a.folder
	}
	w := a.fy.NewWindow(f.Title + " – " + text.T("app.name"))
	w.SetPadded(false)
	closed := func() { a.end(w) }
	w.SetCloseIntercept(closed)
	v := files.New(files.Options{File: f, Save: save, Closed: closed, Chosen: func(path string) {
		a.folder = path
		if !f.Folder {
			a.folder = filepath.Dir(path)
		}
		answer(path)
	}, Read: func(dir string, answer func([]fs.DirEntry, error)) {
		type read struct {
			entries []fs.DirEntry
			err     error
		}
		off(a, func(context.Context) (read, error) {
			entries, err := os.ReadDir(dir)
			return read{entries, err}, nil
		}, func(r read, _ error) { answer(r.entries, r.err) })
	}})
	w.SetContent(widget.NewRoot(v.Object()))
	w.Resize(fyne.NewSize(theme.Px(640), theme.Px(520)))
	a.attachDialog(w.Canvas(), closed)
	w.Show()
	w.RequestFocus()
	v.Focus(w.Canvas())
}
