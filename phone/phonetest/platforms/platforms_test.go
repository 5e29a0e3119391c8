// Package platforms_test reads the whole program as the compilers of the other platforms would. What is written in C they
// alone can read, and is taken to be whatever is asked of it; all Go has to be right.
package platforms_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"svara/phone/phonetest"
)

// source is a package as go list tells of it.
type source struct {
	ImportPath, Dir   string
	GoFiles, CgoFiles []string
	ImportMap         map[string]string
	Error             *struct{ Err string }
}

// list is every package of ours for a platform with all it needs, before those that need it.
func list(t *testing.T, system, arch string) []source {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-deps", "-json=ImportPath,Dir,GoFiles,CgoFiles,ImportMap,Error", "svara/...")
	cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+arch, "CGO_ENABLED=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []source
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p source
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if e := p.Error; e != nil && strings.Contains(e.Err, "no required module") || e != nil && strings.Contains(e.Err, "dial tcp") {
			phonetest.Missing(t, "what only %s needs cannot be fetched: %s", system, e.Err)
		}
		all = append(all, p)
	}
}

// universe is the packages of one platform that have been read.
type universe struct {
	t     *testing.T
	files *token.FileSet
	sizes types.Sizes
	read  map[string]*types.Package
}

// importer finds what a package imports.
type importer struct {
	u   *universe
	own map[string]string // the package's ImportMap
}

func (i importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if real := i.own[path]; real != "" {
		path = real
	}
	if p := i.u.read[path]; p != nil {
		return p, nil
	}
	return nil, errors.New("not read: " + path)
}

// isOurs reports whether a package is the program's; the tests' outside parts are for one platform only.
func isOurs(path string) bool {
	return strings.HasPrefix(path, "svara/") && !strings.HasPrefix(path, "svara/phone/phonetest")
}

// check reads a package: ours as a whole, of others what they offer.
func (u *universe) check(p source) {
	ours := isOurs(p.ImportPath)
	if ours {
		os.ReadDir(p.Dir) // so that a file more is a reason to run the test again
	}
	var files []*ast.File
	for _, name := range append(p.GoFiles, p.CgoFiles...) {
		f, err := parser.ParseFile(u.files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil && ours {
			u.t.Error(err)
		}
		files = append(files, f)
	}
	config := types.Config{
		Importer: importer{u, p.ImportMap}, Sizes: u.sizes, FakeImportC: true, IgnoreFuncBodies: !ours,
		Error: func(err error) {
			if ours && !strings.Contains(err.Error(), "invalid type") { // a constant of C's
				u.t.Error(err)
			}
		},
	}
	u.read[p.ImportPath], _ = config.Check(p.ImportPath, u.files, files, nil)
}

func TestCompilesElsewhere(t *testing.T) {
	for _, platform := range []string{"windows/amd64", "darwin/arm64", "darwin/amd64"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			system, arch, _ := strings.Cut(platform, "/")
			u := &universe{t: t, files: token.NewFileSet(), sizes: types.SizesFor("gc", arch), read: map[string]*types.Package{}}
			ours := 0
			for _, p := range list(t, system, arch) {
				u.check(p)
				if isOurs(p.ImportPath) && len(p.GoFiles)+len(p.CgoFiles) > 0 {
					ours++
				}
			}
			if ours < 50 {
				t.Errorf("only %d packages", ours)
			}
		})
	}
}
