package dialect

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Load reads the shipped dialects and the user's, *.toml in userDir, which take the place of shipped ones with the same
// id. A file with a mistake is left out, so that the shipped one stays, and the mistakes (each an *[Error]) are returned
// with those of reading. A userDir that is empty or does not exist holds none.
func Load(shipped fs.FS, userDir string) (map[string]*Dialect, []error) {
	dialects := map[string]*Dialect{}
	failed := load(dialects, shipped, func(name string) string { return name })
	if userDir == "" {
		return dialects, failed
	}
	failed = append(failed, load(dialects, os.DirFS(userDir), func(name string) string { return filepath.Join(userDir, name) })...)
	return dialects, failed
}

func load(into map[string]*Dialect, dir fs.FS, shown func(name string) string) []error {
	entries, err := fs.ReadDir(dir, ".")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return []error{fmt.Errorf("read the dialects: %w", err)}
	}
	var failed []error
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".toml") || e.IsDir() {
			continue
		}
		data, err := readFile(dir, e.Name())
		if err != nil {
			failed = append(failed, fmt.Errorf("read the dialect %s: %w", shown(e.Name()), err))
			continue
		}
		d, mistakes := Check(shown(e.Name()), data)
		for _, m := range mistakes {
			failed = append(failed, m)
		}
		if d != nil {
			into[d.ID] = d
		}
	}
	return failed
}

// readFile reads as much of a file as Check needs to see that it is too large. Only regular files are read: a pipe in the
// folder may not stop the phone.
func readFile(dir fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(dir, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}
