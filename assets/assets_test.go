package assets_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"go/ast"
	"go/parser"
	"go/token"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"svara/assets"
)

func TestFontsAreThereWithTheirLicence(t *testing.T) {
	for _, name := range []string{"Inter-Regular", "Inter-SemiBold", "InterFigures-Regular", "InterFigures-SemiBold"} {
		if f := assets.Font(name); !bytes.HasPrefix(f, []byte{0, 1, 0, 0}) {
			t.Errorf("%s is no TrueType font (%d bytes)", name, len(f))
		}
	}
	for _, name := range []string{"fonts/OFL.txt", "icons/LICENSE"} {
		if data, err := os.ReadFile(name); err != nil || len(data) < 500 {
			t.Errorf("%s: %d bytes, %v", name, len(data), err)
		}
	}
	if assets.Font("none") != nil || assets.Icon("none") != nil || assets.Text("none") != nil {
		t.Error("something was found under a wrong name")
	}
}

// TestIconsCarryTheirStroke: Fyne's SVG reader loses the root's stroke and draws chains of arcs wrongly.
func TestIconsCarryTheirStroke(t *testing.T) {
	files, err := filepath.Glob("icons/*.svg")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d icons, %v", len(files), err)
	}
	for _, f := range files {
		svg := assets.Icon(strings.TrimSuffix(filepath.Base(f), ".svg"))
		d := xml.NewDecoder(bytes.NewReader(svg))
		shapes := 0
		for {
			tok, err := d.Token()
			if err != nil {
				break
			}
			e, ok := tok.(xml.StartElement)
			if !ok {
				continue
			}
			attr := map[string]string{}
			for _, a := range e.Attr {
				attr[a.Name.Local] = a.Value
			}
			if e.Name.Local == "svg" {
				if attr["viewBox"] != "0 0 24 24" || attr["stroke"] != "" {
					t.Errorf("%s: root %v", f, attr)
				}
				continue
			}
			shapes++
			if attr["stroke"] != "currentColor" || attr["stroke-width"] != "2" || attr["fill"] != "none" && attr["fill"] != "currentColor" {
				t.Errorf("%s: %s has %v", f, e.Name.Local, attr)
			}
			if strings.ContainsAny(attr["d"], "aAhHvVsSqQtTmlcz") {
				t.Errorf("%s: path is not absolute curves: %s", f, attr["d"])
			}
		}
		if shapes == 0 {
			t.Errorf("%s has no shapes", f)
		}
	}
}

func TestAppIcon(t *testing.T) {
	img, err := png.Decode(bytes.NewReader(assets.AppPNG()))
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != 512 || b.Dy() != 512 {
		t.Errorf("icon is %v", b)
	}
	if _, _, _, a := img.At(0, 0).RGBA(); a != 0 {
		t.Error("the corner is not transparent")
	}
	if _, _, b, a := img.At(256, 20).RGBA(); a != 0xffff || b>>8 < 0xd0 {
		t.Error("the ground is not cobalt")
	}
	if !bytes.Contains(assets.App(), []byte("<svg")) {
		t.Error("no SVG")
	}
}

func TestDataIsJSON(t *testing.T) {
	if !json.Valid(assets.Keys()) {
		t.Error("keys.json")
	}
	entries, err := fs.ReadDir(assets.Texts(), ".")
	if err != nil || len(entries) < 2 {
		t.Fatalf("%d languages, %v", len(entries), err)
	}
	for _, e := range entries {
		if !json.Valid(assets.Text(strings.TrimSuffix(e.Name(), ".json"))) {
			t.Error(e.Name())
		}
	}
}

// TestIconNamesInTheCodeExist looks at string literals given to icon parameters and Icon fields in ui.
func TestIconNamesInTheCodeExist(t *testing.T) {
	found := 0
	check := func(set *token.FileSet, e ast.Expr) {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		name, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		if name == "" {
			return
		}
		found++
		if assets.Icon(name) == nil {
			t.Errorf("%s: no icon %q", set.Position(lit.Pos()), name)
		}
	}
	iconFirst := map[string]bool{"NewIcon": true, "NewIconButton": true, "NewTileButton": true, "NewSelect": true, "Toast": true, "Icon": true, "Draw": true, "NewNavItem": true}
	err := filepath.WalkDir("../ui", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if k, ok := n.Key.(*ast.Ident); ok && (k.Name == "Icon" || k.Name == "EndIcon" || k.Name == "NoteIcon") {
					check(set, n.Value)
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && iconFirst[f.Sel.Name] && len(n.Args) > 0 {
					check(set, n.Args[0])
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 30 {
		t.Fatalf("only %d icon names found", found)
	}
}
