package ui

import (
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"svara/phone"
	"svara/ui/theme"
	"svara/ui/view/normal"
)

// picture is one way to draw the screens.
type picture struct {
	name, theme, size, language string
	width                       float32 // dp, of the normal window, which is then as low as it may be; 0 = as usual
}

// looksAsked is what SVARA_LOOKS asks to be drawn instead of the usual looks: theme-language-size with commas between, as in
// "dark-en-200,contrast-sv-100", with -340 after it for the narrow window; "all" is every theme in both languages with
// ordinary and largest text.
func looksAsked(t *testing.T, usual ...picture) []picture {
	t.Helper()
	asked := os.Getenv("SVARA_LOOKS")
	switch asked {
	case "":
		return usual
	case "all":
		var all []string
		for _, mode := range []string{"light", "dark", "contrast"} {
			for _, language := range []string{"en", "sv"} {
				all = append(all, mode+"-"+language+"-100", mode+"-"+language+"-200")
			}
		}
		asked = strings.Join(all, ",")
	}
	var looks []picture
	for _, name := range strings.Split(asked, ",") {
		parts := append(strings.Split(name, "-"), "0")
		if len(parts) < 4 || len(parts) > 5 {
			t.Fatalf("SVARA_LOOKS: %q is not theme-language-size", name)
		}
		width, err := strconv.ParseFloat(parts[3], 32)
		if err != nil {
			t.Fatalf("SVARA_LOOKS: %q: %v", name, err)
		}
		looks = append(looks, picture{name, parts[0], parts[2], parts[1], float32(width)})
	}
	return looks
}

// keepPicture writes what is drawn where SVARA_SCREENS says.
func keepPicture(t *testing.T, c fyne.Canvas, folder, name string) {
	t.Helper()
	f, err := os.Create(filepath.Join(folder, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, c.Capture()); err != nil {
		t.Fatal(err)
	}
}

// TestPictures draws every screen in both languages, the themes, a narrow window and the largest text. Without
// SVARA_SCREENS=folder it only shows that nothing is too small to draw; with it the pictures are kept, to be looked at.
// SVARA_LOOKS asks for other looks.
func TestPictures(t *testing.T) {
	folder := os.Getenv("SVARA_SCREENS")
	for _, look := range looksAsked(t, picture{"light", "light", "100", "en", 0}, picture{"light-sv", "light", "100", "sv", 0}, picture{"dark", "dark", "100", "sv", 0},
		picture{"contrast", "contrast", "100", "en", 0}, picture{"narrow", "light", "100", "sv", 340}, picture{"large", "light", "200", "sv", 0}) {
		if folder == "" && look.size != "200" {
			continue
		}
		for name, scene := range allScenes() {
			if look.width != 0 && sizeOf(name).Width != theme.NormalWidth {
				continue // only the normal window is drawn narrow
			}
			t.Run(look.name+"/"+name, func(t *testing.T) {
				a, p := open(t, with(registered(), func(s *phone.Snapshot) {
					s.Settings[phone.KeyTheme], s.Settings[phone.KeyTextSize] = look.theme, look.size
				}))
				o := scene(a, p, look.language)
				a.root.SetContent(nothing())
				size := sizeOf(name)
				if look.width != 0 {
					size = fyne.NewSize(look.width, theme.NormalMinHeight).Max(normal.Least())
				} else if look.size == "200" {
					size = fyne.NewSize(min(1280, size.Width*1.6), min(900, size.Height*1.4))
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
				keepPicture(t, c, folder, name+"-"+look.name)
			})
		}
	}
}
