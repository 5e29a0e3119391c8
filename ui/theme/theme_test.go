package theme

import (
	"image"
	"image/color"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"

	"svara/assets"
)

var palettes = map[string]palette{"light": lightPalette, "dark": darkPalette, "contrast": contrastPalette}

func TestPalettesHaveTheSameTokens(t *testing.T) {
	want := slices.Sorted(maps.Keys(lightPalette))
	for name, p := range palettes {
		if got := slices.Sorted(maps.Keys(p)); !slices.Equal(got, want) {
			t.Errorf("%s has %v", name, got)
		}
	}
	for fyneName, token := range colors {
		if _, ok := lightPalette[token]; !ok && token != Transparent {
			t.Errorf("Fyne's %s uses %q, which is no token", fyneName, token)
		}
	}
}

// contrast is WCAG 2.1's contrast ratio of two colours.
func contrast(a, b color.NRGBA) float64 {
	luminance := func(c color.NRGBA) float64 {
		linear := func(v uint8) float64 {
			f := float64(v) / 255
			if f <= 0.04045 {
				return f / 12.92
			}
			return math.Pow((f+0.055)/1.055, 2.4)
		}
		return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestTextCanBeRead(t *testing.T) {
	anywhere := []Token{Bg, Surface, Raised, Sunken, Hover, Selected} // a row's words stay when the pointer or the cursor is on it
	text := map[Token][]Token{                                        // ink: grounds it stands on
		Text: anywhere, Text2: anywhere, Text3: anywhere, AccentText: append([]Token{AccentSoft}, anywhere...),
		OnAccent: {Accent}, OnAnswer: {Answer}, OnDanger: {Danger}, OnMark: {Mark}, OnStatus: {Green, Red, Violet, Amber, Slate, Teal},
		DangerText: append([]Token{DangerSoft}, anywhere...), WarnText: append([]Token{WarnSoft}, anywhere...),
		GreenText: append([]Token{GreenSoft}, anywhere...), RedText: append([]Token{RedSoft}, anywhere...), VioletText: append([]Token{VioletSoft}, anywhere...),
		AmberText: append([]Token{AmberSoft}, anywhere...), SlateText: append([]Token{SlateSoft}, anywhere...), TealText: append([]Token{TealSoft}, anywhere...),
	}
	shapes := map[Token][]Token{
		BorderStrong: {Surface}, Focus: {Surface, Bg}, Green: {Surface}, Red: {Surface}, Violet: {Surface}, Amber: {Surface},
		Slate: {Surface}, Teal: {Surface}, Accent: {Surface},
	}
	for name, p := range palettes {
		for least, pairs := range map[float64]map[Token][]Token{4.5: text, 3: shapes} {
			for ink, grounds := range pairs {
				for _, ground := range grounds {
					if got := contrast(p[ink].(color.NRGBA), p[ground].(color.NRGBA)); got < least {
						t.Errorf("%s: %s on %s has %.2f, wants %.1f", name, ink, ground, got, least)
					}
				}
			}
		}
	}
}

func TestModes(t *testing.T) {
	for _, c := range []struct {
		mode    Mode
		variant fyne.ThemeVariant
		want    palette
	}{
		{ModeAuto, fynetheme.VariantLight, lightPalette}, {ModeAuto, fynetheme.VariantDark, darkPalette},
		{ModeLight, fynetheme.VariantDark, lightPalette}, {ModeDark, fynetheme.VariantLight, darkPalette},
		{ModeContrast, fynetheme.VariantLight, contrastPalette}, {"nonsense", fynetheme.VariantDark, darkPalette},
	} {
		if got := New(c.mode, 100).Color(fynetheme.ColorNameBackground, c.variant); got != c.want[Bg] {
			t.Errorf("%s with variant %d: %v", c.mode, c.variant, got)
		}
	}
}

func TestTextSizeScalesEverything(t *testing.T) {
	app := test.NewTempApp(t)
	for percent, want := range map[int]float32{0: 1, 10: 0.8, 80: 0.8, 150: 1.5, 200: 2, 999: 2} {
		Apply(app, ModeLight, percent)
		if got := Scale(); got != want {
			t.Errorf("%d %%: scale %v", percent, got)
		}
		if got := Current().Size(fynetheme.SizeNameText); got != float32(NameSize)*want {
			t.Errorf("%d %%: Fyne's text is %v", percent, got)
		}
	}
}

func TestApplyOnlyWhenDifferent(t *testing.T) {
	app := test.NewTempApp(t)
	changes := 0
	app.Settings().AddListener(func(fyne.Settings) { changes++ })
	Apply(app, ModeDark, 100)
	before := changes
	Apply(app, ModeDark, 100)
	if changes != before {
		t.Error("the same theme was set again")
	}
	if Color(Text) != color.Color(darkPalette[Text]) {
		t.Error("the theme is not in use")
	}
}

func TestFontsAndFigures(t *testing.T) {
	test.NewTempApp(t)
	widths := map[float32]bool{}
	for _, bold := range []bool{false, true} {
		clear(widths)
		for d := range 10 {
			size, _ := fyne.CurrentApp().Driver().RenderedTextSize(strconv.Itoa(d), 28, fyne.TextStyle{}, Figures(bold))
			widths[size.Width] = true
		}
		if len(widths) != 1 {
			t.Errorf("bold %v: the figures have widths %v", bold, widths)
		}
	}
	th := New(ModeLight, 100)
	if th.Font(fyne.TextStyle{Bold: true}).Name() != "Inter-SemiBold.ttf" || th.Font(fyne.TextStyle{}).Name() != "Inter-Regular.ttf" {
		t.Error("the fonts are not Inter in two weights")
	}
}

func ink(img image.Image) (n int, c color.NRGBA) {
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if p, ok := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA); ok && p.A > 0 {
				n++
				if p.A == 0xff {
					c = p
				}
			}
		}
	}
	return n, c
}

// TestEveryIconIsDrawn draws each icon in the sizes it is used in: something must be seen, in the colour asked for, and
// nothing may be cut at the edge.
func TestEveryIconIsDrawn(t *testing.T) {
	app := test.NewTempApp(t)
	Apply(app, ModeLight, 100)
	files, err := filepath.Glob("../../assets/icons/*.svg")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d icons, %v", len(files), err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".svg")
		for _, side := range []int{14, 20, 40} {
			n, c := ink(Draw(name, Danger, IconStroke, side))
			if n < side*side/40 {
				t.Errorf("%s at %d: only %d pixels", name, side, n)
			}
			if side == 40 && c != lightPalette[Danger] {
				t.Errorf("%s at %d is drawn in %v", name, side, c)
			}
		}
		thin, _ := ink(Draw(name, Danger, IconStroke, 40))
		thick, _ := ink(Draw(name, Danger, GlyphStroke, 40))
		if thick <= thin {
			t.Errorf("%s: the glyph's stroke is not heavier", name)
		}
	}
	if n, _ := ink(DrawLogo(36)); n < 36*36*9/10 {
		t.Errorf("logo has %d pixels", n)
	}
}

// TestIconStrokeScales: Fyne draws an SVG's stroke equally wide at every size; we must not.
func TestIconStrokeScales(t *testing.T) {
	test.NewTempApp(t)
	share := func(side int) float64 {
		n, _ := ink(Draw("phone", Text, IconStroke, side))
		return float64(n) / float64(side*side)
	}
	if a, b := share(48), share(192); math.Abs(a-b) > 0.08 {
		t.Errorf("the phone covers %.2f at 48 and %.2f at 192", a, b)
	}
}

func TestEveryWantedIconIsThere(t *testing.T) {
	wanted, err := os.ReadFile("../../assets/icons/wanted.txt")
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(string(wanted)) {
		if assets.Icon(name) == nil {
			t.Errorf("no icon %s", name)
		}
	}
}
