package ui

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"svara/phone"
)

// TestPictures draws every screen in both languages, the themes, a narrow window and the largest text. Without
// SVARA_SCREENS=folder it only shows that nothing is too small to draw; with it the pictures are kept, to be looked at.
func TestPictures(t *testing.T) {
	folder := os.Getenv("SVARA_SCREENS")
	looks := []struct {
		name, theme, size, language string
		width                       float32
	}{
		{"light", "light", "100", "en", 0}, {"light-sv", "light", "100", "sv", 0}, {"dark", "dark", "100", "sv", 0},
		{"contrast", "contrast", "100", "en", 0}, {"narrow", "light", "100", "sv", 340}, {"large", "light", "200", "sv", 0},
	}
	for _, look := range looks {
		if folder == "" && look.size != "200" {
			continue
		}
		for name, scene := range allScenes() {
			t.Run(look.name+"/"+name, func(t *testing.T) {
				a, p := open(t, with(registered(), func(s *phone.Snapshot) {
					s.Settings[phone.KeyTheme], s.Settings[phone.KeyTextSize] = look.theme, look.size
				}))
				o := scene(a, p, look.language)
				a.root.SetContent(nothing())
				size := sizeOf(name)
				if look.width != 0 && size.Width == 400 {
					size.Width, size.Height = look.width, 560
				}
				if look.size == "200" {
					size = fyne.NewSize(min(1200, size.Width*1.6), min(900, size.Height*1.4))
				}
				size = size.Max(fyne.NewSize(0, min(o.MinSize().Height, 40)))
				if name == "card" || name == "caller-card" || name == "tasks-card" {
					size = o.MinSize()
				}
				c := software.NewCanvas()
				c.SetPadded(false)
				c.SetContent(o)
				c.Resize(size)
				o.Refresh()
				if m := o.MinSize(); m.Width > size.Width+0.5 {
					t.Errorf("the screen is %v wide and needs %v", size.Width, m.Width)
				}
				if folder == "" {
					return
				}
				f, err := os.Create(filepath.Join(folder, name+"-"+look.name+".png"))
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				if err := png.Encode(f, c.Capture()); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}
