// Package files is where the user chooses a file or a folder: a path that can be typed, and a list of what is there. What
// is typed narrows the list, and a press on a row completes the path.
package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// Options is what is asked for.
type Options struct {
	File view.File
	Save bool // for a file to be written
	// Read reads a folder off the UI goroutine and answers on it.
	Read   func(dir string, answer func([]fs.DirEntry, error))
	Chosen func(path string)
	Closed func() // the user has chosen or given up
}

// View is the window's content.
type View struct {
	opts    Options
	kind    present.FileKind
	path    *widget.Field
	list    *fyne.Container
	scroll  *container.Scroll
	choose  *widget.Button
	rows    []present.FileRow
	cursor  int // -1 is in the path
	dir     string
	entries []fs.DirEntry
	asked   int    // reads under way: only the newest is drawn
	replace string // the existing file that the user has been warned of
	object  fyne.CanvasObject
}

// New makes the window's content.
func New(o Options) *View {
	v := &View{opts: o, cursor: -1, list: lay.Col(2)}
	switch {
	case o.File.Folder:
		v.kind = present.FileFolder
	case o.Save:
		v.kind = present.FileSave
	}
	v.path = widget.NewField(widget.FieldSpec{Label: text.T("files.path"), Icon: "folder-open"})
	v.path.Entry().OnChanged = v.typed
	v.path.Entry().OnSubmit = func(string) { v.enter() }
	v.path.Entry().OnKey = v.key
	up := widget.NewButton(widget.ButtonSpec{Icon: "arrow-left", Text: text.T("files.up"), Size: widget.Small}, v.up)
	toHome := widget.NewButton(widget.ButtonSpec{Icon: "user", Text: text.T("files.home"), Size: widget.Small}, func() { v.to(home()) })
	v.choose = widget.NewButton(widget.ButtonSpec{}, v.take)
	cancel := widget.NewButton(widget.ButtonSpec{Text: text.T("form.cancel")}, o.Closed)
	v.scroll = container.NewVScroll(lay.PadAll(8, v.list))
	head := widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Bottom: true}, lay.Pad(16, 12, 16, 12, lay.Col(theme.Grid,
		widget.NewText(o.File.Title, widget.Style{Size: theme.TitleSize, Bold: true, Cut: true}), v.path, lay.Row(theme.Grid, up, toHome))))
	foot := widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Top: true}, lay.Pad(16, 10, 16, 10,
		lay.Row(theme.Grid, lay.Fill(widget.NewText("", widget.Style{Size: theme.BodySize})), cancel, v.choose)))
	v.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Bg}, container.NewBorder(head, foot, nil, nil, v.scroll))
	v.button()
	start := o.File.At
	if info, err := os.Stat(start); start == "" || err != nil || !info.IsDir() {
		start = home()
	}
	v.to(start)
	return v
}

func home() string {
	dir, err := os.UserHomeDir()
	if err != nil {
		return string(filepath.Separator)
	}
	return dir
}

// Object is what is shown.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Focus puts the keyboard in the path.
func (v *View) Focus(c fyne.Canvas) { c.Focus(v.path.Entry()) }

// to goes to a folder. The proposed name of a file to be written goes along.
func (v *View) to(dir string) {
	name := v.opts.File.Name
	if v.kind != present.FileSave {
		name = ""
	} else if _, typed := filepath.Split(v.path.Text()); typed != "" {
		name = typed
	}
	v.path.SetText(strings.TrimSuffix(dir, string(filepath.Separator)) + string(filepath.Separator) + name)
	v.path.Entry().SetCursorEnd()
}

func (v *View) up() { v.to(filepath.Dir(filepath.Clean(v.dir))) }

func (v *View) typed(path string) {
	v.complain("")
	v.replace = ""
	v.button()
	dir, _ := filepath.Split(path)
	if dir == v.dir && v.entries != nil {
		v.draw()
		return
	}
	v.dir = dir
	if !filepath.IsAbs(dir) {
		v.entries = nil
		v.draw()
		return
	}
	v.asked++
	asked := v.asked
	v.opts.Read(dir, func(entries []fs.DirEntry, err error) {
		if asked != v.asked {
			return
		}
		v.entries = entries
		switch {
		case os.IsNotExist(err):
			v.complain(text.T("files.no_folder"))
		case err != nil:
			v.complain(text.T("files.unreadable"))
		}
		v.draw()
	})
}

func (v *View) complain(words string) {
	spec := v.path.Spec()
	spec.Error = words
	v.path.Set(spec)
	if v.object != nil {
		v.object.Refresh()
	}
}

func (v *View) button() {
	words := map[present.FileKind]string{present.FileOpen: text.T("files.open"), present.FileSave: text.T("files.save"), present.FileFolder: text.T("files.choose")}[v.kind]
	if v.replace != "" {
		words = text.T("files.replace")
	}
	v.choose.Set(widget.ButtonSpec{Text: words, Look: widget.Primary})
}

// draw lists what is there.
func (v *View) draw() {
	_, beginning := filepath.Split(v.path.Text())
	if v.kind == present.FileSave { // what is typed is the name of a new file
		beginning = ""
	}
	rows, more := present.FileRows(v.dir, v.entries, v.kind, v.opts.File.Types, beginning)
	v.rows, v.cursor = rows, -1
	v.list.Objects = nil
	for i := range rows {
		v.list.Add(widget.NewOptionRow(v.spec(i), func() { v.press(i) }))
	}
	switch {
	case len(rows) == 0:
		v.list.Add(lay.PadAll(8, widget.NewParagraph(text.T("files.empty"), widget.Style{Size: theme.BodySize, Token: theme.Text2})))
	case more > 0:
		v.list.Add(lay.PadAll(8, widget.NewParagraph(text.T("files.more", "n", more), widget.Style{Size: theme.BodySize, Token: theme.Text2})))
	}
	v.list.Refresh()
	v.scroll.ScrollToTop()
}

func (v *View) spec(i int) widget.OptionSpec {
	r := v.rows[i]
	s := widget.OptionSpec{Icon: "file-text", Title: r.Name, Compact: true, Cursor: i == v.cursor}
	if r.Folder {
		s.Icon, s.More = "folder-open", true
	}
	return s
}

// press completes the path with a row: it goes into a folder and takes a file's name.
func (v *View) press(i int) {
	r := v.rows[i]
	if r.Folder {
		v.to(r.Path)
		return
	}
	v.path.SetText(r.Path)
	v.path.Entry().SetCursorEnd()
}

// key moves in the list and gives up.
func (v *View) key(c command.Chord) bool {
	switch {
	case c.Mod != 0:
		return false
	case c.Key == "Down":
		v.move(+1)
	case c.Key == "Up":
		v.move(-1)
	default:
		return false
	}
	return true
}

func (v *View) move(by int) {
	was := v.cursor
	v.cursor = max(-1, min(len(v.rows)-1, v.cursor+by))
	for _, i := range []int{was, v.cursor} {
		if i >= 0 && i < len(v.rows) {
			v.list.Objects[i].(*widget.OptionRow).Set(v.spec(i))
		}
	}
	if v.cursor >= 0 {
		row := v.list.Objects[v.cursor]
		y := min(v.scroll.Offset.Y, row.Position().Y)
		v.scroll.ScrollToOffset(fyne.NewPos(0, max(y, row.Position().Y+row.Size().Height+theme.Px(16)-v.scroll.Size().Height)))
	}
}

// enter is Enter in the path: the row of the cursor, the only row there is, or what is typed.
func (v *View) enter() {
	info, err := os.Stat(v.path.Text())
	switch {
	case v.cursor >= 0:
		v.press(v.cursor)
	case err == nil && info.IsDir() && v.kind != present.FileFolder && !strings.HasSuffix(v.path.Text(), string(filepath.Separator)):
		v.to(v.path.Text())
	case err != nil && v.kind != present.FileSave && len(v.rows) == 1:
		v.press(0)
	default:
		v.take()
	}
}

// take answers with the path, or says what is wrong with it.
func (v *View) take() {
	path := filepath.Clean(v.path.Text())
	info, err := os.Stat(path)
	isDir := err == nil && info.IsDir()
	switch {
	case v.kind == present.FileFolder && !isDir:
		v.complain(text.T("files.no_folder"))
	case v.kind == present.FileOpen && (err != nil || isDir):
		v.complain(text.T("files.missing"))
	case v.kind == present.FileSave && isDir:
		v.complain(text.T("files.name_missing"))
	case v.kind != present.FileFolder && !present.FileFits(path, v.opts.File.Types):
		v.complain(text.T("files.type_wrong", "types", strings.Join(v.opts.File.Types, ", ")))
	case v.kind == present.FileSave && !folderThere(path):
		v.complain(text.T("files.no_folder"))
	case v.kind == present.FileSave && err == nil && v.replace != path:
		v.replace = path
		v.complain(text.T("files.exists"))
		v.button()
	default:
		v.opts.Closed()
		v.opts.Chosen(path)
	}
}

func folderThere(path string) bool {
	info, err := os.Stat(filepath.Dir(path))
	return err == nil && info.IsDir()
}
