package present

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"svara/ui/text"
)

// FileKind is what is asked for when a file is chosen.
type FileKind uint8

// The kinds.
const (
	FileOpen   FileKind = iota // one that exists
	FileSave                   // one to be written
	FileFolder                 // a folder that exists
)

// FileRow is a file or folder that can be chosen.
type FileRow struct {
	Name   string
	Path   string
	Folder bool
}

// mostFiles is how many files are listed; the rest is found by typing.
const mostFiles = 300

// FileRows are the files and folders of a folder whose names begin with what is typed, folders first, without those that
// the system hides and those of other types. more is how many there was no room for.
func FileRows(dir string, entries []fs.DirEntry, kind FileKind, types []string, typed string) (rows []FileRow, more int) {
	for _, e := range entries {
		name := e.Name()
		isDir := e.IsDir() || e.Type()&fs.ModeSymlink != 0 && filepath.Ext(name) == ""
		switch {
		case strings.HasPrefix(name, ".") && !strings.HasPrefix(typed, "."), !strings.HasPrefix(strings.ToLower(name), strings.ToLower(typed)):
		case isDir:
			rows = append(rows, FileRow{Clean(name, 200), filepath.Join(dir, name), true})
		case kind != FileFolder && FileFits(name, types):
			rows = append(rows, FileRow{Clean(name, 200), filepath.Join(dir, name), false})
		}
	}
	slices.SortStableFunc(rows, func(a, b FileRow) int {
		if a.Folder != b.Folder {
			if a.Folder {
				return -1
			}
			return 1
		}
		return text.Compare(a.Name, b.Name)
	})
	if len(rows) > mostFiles {
		rows, more = rows[:mostFiles], len(rows)-mostFiles
	}
	return rows, more
}

// FileFits reports whether a name has one of the endings; none fit every name.
func FileFits(name string, types []string) bool {
	return len(types) == 0 || slices.Contains(types, strings.ToLower(filepath.Ext(name)))
}
