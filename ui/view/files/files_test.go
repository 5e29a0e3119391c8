package files

import (
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
)

// open asks for a file in a folder with one file, one other file and one folder.
func open(t *testing.T, file view.File, save bool) (v *View, chosen *string, dir string) {
	t.Helper()
	test.NewTempApp(t)
	text.SetLanguage("en")
	dir = t.TempDir()
	for _, name := range []string{"people.vcf", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "Old"), 0o700); err != nil {
		t.Fatal(err)
	}
	file.At = dir
	chosen = new(string)
	v = New(Options{File: file, Save: save, Closed: func() {}, Chosen: func(p string) { *chosen = p },
		Read: func(dir string, answer func([]fs.DirEntry, error)) { answer(os.ReadDir(dir)) }})
	return v, chosen, dir
}

func press(v *View, key fyne.KeyName) { v.path.Entry().TypedKey(&fyne.KeyEvent{Name: key}) }

func TestOpenByTyping(t *testing.T) {
	v, chosen, dir := open(t, view.File{Types: []string{".vcf"}}, false)
	if len(v.rows) != 2 || v.rows[0].Name != "Old" {
		t.Fatalf("lists %+v", v.rows)
	}
	v.path.SetText(filepath.Join(dir, "pe"))
	if len(v.rows) != 1 {
		t.Fatalf("narrowed to %+v", v.rows)
	}
	press(v, fyne.KeyReturn) // completes
	if *chosen != "" || v.path.Text() != filepath.Join(dir, "people.vcf") {
		t.Fatalf("chosen %q, path %q", *chosen, v.path.Text())
	}
	press(v, fyne.KeyReturn)
	if *chosen != filepath.Join(dir, "people.vcf") {
		t.Errorf("chosen %q", *chosen)
	}
}

func TestOpenRefuses(t *testing.T) {
	v, chosen, dir := open(t, view.File{Types: []string{".vcf"}}, false)
	for typed, key := range map[string]string{filepath.Join(dir, "none.vcf"): "files.missing", dir: "files.missing", filepath.Join(dir, "no", "x"): "files.missing"} {
		v.path.SetText(typed)
		v.take()
		if *chosen != "" || v.path.Spec().Error != text.T(key) {
			t.Errorf("%s: %q, chosen %q", typed, v.path.Spec().Error, *chosen)
		}
	}
	v.path.SetText(filepath.Join(dir, "notes.txt"))
	if v.take(); *chosen != "" || v.path.Spec().Error == "" {
		t.Errorf("a file of another type was chosen")
	}
}

func TestArrowsAndFolders(t *testing.T) {
	v, chosen, dir := open(t, view.File{Folder: true}, false)
	press(v, fyne.KeyDown)
	press(v, fyne.KeyReturn)
	if v.path.Text() != filepath.Join(dir, "Old")+string(filepath.Separator) {
		t.Fatalf("path %q", v.path.Text())
	}
	v.up()
	if v.path.Text() != dir+string(filepath.Separator) {
		t.Errorf("up: %q", v.path.Text())
	}
	v.take()
	if *chosen != dir {
		t.Errorf("chosen %q", *chosen)
	}
}

func TestSaveAsksBeforeItReplaces(t *testing.T) {
	v, chosen, dir := open(t, view.File{Types: []string{".vcf", ".csv"}, Name: "people.vcf"}, true)
	v.take()
	if *chosen != "" || v.path.Spec().Error != text.T("files.exists") || v.choose.Spec().Text != text.T("files.replace") {
		t.Fatalf("chosen %q, says %q", *chosen, v.path.Spec().Error)
	}
	v.take()
	if *chosen != filepath.Join(dir, "people.vcf") {
		t.Errorf("chosen %q", *chosen)
	}
	v.path.SetText(filepath.Join(dir, "new"))
	if v.take(); v.path.Spec().Error == "" || v.choose.Spec().Text != text.T("files.save") {
		t.Errorf("no ending: %q, %q", v.path.Spec().Error, v.choose.Spec().Text)
	}
	v.press(0)
	if v.path.Text() != filepath.Join(dir, "Old", "new") {
		t.Errorf("the name does not go along: %q", v.path.Text())
	}
}

// drawn is the window asking for contacts to be written, in a folder of somebody's.
func drawn(t *testing.T, language string, mode theme.Mode, percent int) fyne.Canvas {
	t.Helper()
	text.SetLanguage(language)
	t.Cleanup(func() { text.SetLanguage("en") })
	theme.Apply(test.NewTempApp(t), mode, percent)
	folder := fstest.MapFS{"Kunder/x": {}, "Möten/x": {}, "gamla.csv": {}, "kontakter.vcf": {}, "brev.odt": {}}
	v := New(Options{File: view.File{Title: text.T("files.contacts_save"), Types: []string{".vcf", ".csv"}, Name: "svara.vcf"}, Save: true,
		Read: func(_ string, answer func([]fs.DirEntry, error)) { answer(fs.ReadDir(folder, ".")) }})
	v.path.SetText("/home/elin/Dokument/svara.vcf")
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(v.Object())
	c.Resize(fyne.NewSize(theme.Px(640), theme.Px(480)))
	v.Object().Refresh()
	return c
}

// TestScreens compares the window in both languages with its masters.
func TestScreens(t *testing.T) {
	for _, language := range text.Languages() {
		test.AssertRendersToMarkup(t, "files-"+language+".xml", drawn(t, language, theme.ModeLight, 100))
	}
}

// TestPictures keeps pictures to be looked at in the folder that SVARA_SCREENS names.
func TestPictures(t *testing.T) {
	folder := os.Getenv("SVARA_SCREENS")
	if folder == "" {
		t.Skip("no folder named")
	}
	for name, c := range map[string]fyne.Canvas{"files-light": drawn(t, "en", theme.ModeLight, 100), "files-dark-sv": drawn(t, "sv", theme.ModeDark, 100)} {
		file, err := os.Create(filepath.Join(folder, name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(file, c.Capture()); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
