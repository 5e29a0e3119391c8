package doors

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"svara/phone/phonetest"
)

// TestDoors walks every Go file of the house.
func TestDoors(t *testing.T) {
	root := phonetest.ModuleDir(t)
	files := 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if file != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin" || name == "dist") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		files++
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		from := path.Join(Module, filepath.ToSlash(filepath.Dir(rel)))
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			to, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if why := Check(from, to, strings.HasSuffix(name, "_test.go")); why != "" {
				t.Errorf("%s: %s", rel, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Fatalf("only %d Go files found below %s", files, root)
	}
}

// TestCheckCanRefuse proves that the table refuses what it should, since a green TestDoors shows only that nobody tries.
func TestCheckCanRefuse(t *testing.T) {
	for _, c := range []struct {
		from, to string
		test, ok bool
	}{
		{"phone", "fmt", false, true},
		{"phone", "svara/audio", false, false},
		{"audio/mix", "svara/phone", false, false},
		{"audio/mix", "svara/audio/ring", false, true},
		{"phone/engine", "svara/store", false, false},
		{"phone/engine", "svara/phone/ua", false, true},
		{"phone/engine", "github.com/emiago/sipgo/sip", false, false},
		{"phone/ua", "github.com/emiago/sipgo/sip", false, true},
		{"phone/ua", "svara/phone/engine", false, false},
		{"phone/pbxdemo", "svara/phone/engine", false, false},
		{"phone/control", "svara/phone/engine", false, false},
		{"ui/present", "fyne.io/fyne/v2", false, false},
		{"ui/view/call", "fyne.io/fyne/v2/widget", false, true},
		{"ui/view/call", "svara/phone/engine", false, false},
		{"ui", "svara/phone/engine", false, false},
		{"cmd/svaractl", "svara/ui", false, false},
		{"cmd/svaractl", "svara/ui/text", false, true},
		{"cmd/internal/app", "svara/ui", false, false},
		{"cmd/svara", "svara/ui", false, true},
		{"cmd/svara", "fyne.io/fyne/v2", false, false},
		{"store", "modernc.org/sqlite", false, true},
		{"phone/engine", "modernc.org/sqlite", true, false},
		{"phone/ua", "svara/phone/phonetest", false, false},
		{"phone/ua", "svara/phone/phonetest", true, true},
		{"phone/ua", "go.uber.org/goleak", true, true},
		{"phone/ua", "go.uber.org/goleak", false, false},
		{"phone/attic", "svara/phone", false, false},
	} {
		if why := Check(Module+"/"+c.from, c.to, c.test); (why == "") != c.ok {
			t.Errorf("%s imports %s (test %v): %q, want allowed=%v", c.from, c.to, c.test, why, c.ok)
		}
	}
}
