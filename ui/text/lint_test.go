package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// sources parses every Go file of ui and cmd apart from tests.
func sources(t *testing.T, visit func(path string, set *token.FileSet, file *ast.File)) {
	t.Helper()
	n := 0
	for _, root := range []string{"..", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				return err
			}
			n++
			visit(path, set, file)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 10 {
		t.Fatalf("only %d files found", n)
	}
}

// TestEveryKeyUsedExists looks at each text.T("…") and text.Has of the program.
func TestEveryKeyUsedExists(t *testing.T) {
	known := catalogues()["en"].messages
	sources(t, func(_ string, set *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "T" {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); !ok || pkg.Name != "text" {
				return true
			}
			lit, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				return true
			}
			key, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := known[key]; !ok {
				t.Errorf("%s: no text %q", set.Position(lit.Pos()), key)
			}
			return true
		})
	})
}

// shown are the functions and fields that take words the user reads.
var shownFuncs = map[string]bool{
	"NewText": true, "NewParagraph": true, "NewLink": true, "NewTileButton": true, "NewCheck": true, "NewSwitch": true,
	"NewLabel": true, "SetPlaceHolder": true, "NewWindow": true, "Toast": true, "NewSlider": true, "NewMenuItem": true,
	"SendNotification": true, "NewIconButton": true, "SetTip": true, "SetTitle": true, "SetText": true,
}

var shownFields = map[string]bool{
	"Text": true, "Title": true, "Tip": true, "Detail": true, "Label": true, "Placeholder": true, "Help": true,
	"Note": true, "Error": true, "Disabled": true, "Busy": true, "Button": true, "Close": true,
}

// iconFirst take an icon's name or status before the words.
var iconFirst = map[string]bool{"NewTileButton": true, "Toast": true, "NewIconButton": true}

// TestNoWordsInTheCode finds string literals with letters that reach a widget: all words come from the catalogues.
func TestNoWordsInTheCode(t *testing.T) {
	sources(t, func(path string, set *token.FileSet, file *ast.File) {
		if !strings.HasPrefix(path, "..") || strings.Contains(path, "cmd") {
			return // command lines speak English
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				name := ""
				switch f := n.Fun.(type) {
				case *ast.SelectorExpr:
					name = f.Sel.Name
				case *ast.Ident:
					name = f.Name
				}
				if !shownFuncs[name] {
					return true
				}
				for i, arg := range n.Args {
					if i == 0 && iconFirst[name] {
						continue
					}
					complain(t, set, arg)
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && shownFields[key.Name] {
					complain(t, set, n.Value)
				}
			}
			return true
		})
	})
}

func complain(t *testing.T, set *token.FileSet, e ast.Expr) {
	t.Helper()
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		t.Fatal(err)
	}
	if strings.IndexFunc(s, unicode.IsLetter) >= 0 {
		t.Errorf("%s: the words %q belong in assets/text", set.Position(lit.Pos()), s)
	}
}

// made are the beginnings of keys that the code puts together: "reason." + id.
var made = []string{
	"reason.", "registration.", "command.", "context.", "country.", "disabled.", "fyne.", "key.", "language.", "month.", "number.",
	"setting.", "watch.", "book.attr_", "feature.", "keys.when.", "status.", "theme.", "transport.", "weekday.", "settings.", "icon.", "forward.", "codec.", "licence.", "mailserver.", "doctor.", "hint.", "sound.noise_", "team.fault.", "team.page.", "team.mail.", "srtp.", "keying.", "dtmf.",
}

// TestNoDeadTexts finds texts that nothing shows.
func TestNoDeadTexts(t *testing.T) {
	used := map[string]bool{}
	for _, root := range []string{"..", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if s, err := strconv.Unquote(lit.Value); err == nil {
						used[s] = true
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for key := range catalogues()["en"].messages {
		if !used[key] && !slices.ContainsFunc(made, func(p string) bool { return strings.HasPrefix(key, p) }) {
			t.Errorf("nothing shows %s", key)
		}
	}
}
