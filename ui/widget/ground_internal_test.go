package widget

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2/test"

	"svara/ui/theme"
)

// TestGround draws grounds: the border is as wide as it is to be on every side, inside it is the fill, and the corners are
// round.
func TestGround(t *testing.T) {
	theme.Apply(test.NewTempApp(t), theme.ModeLight, 100)
	for _, look := range []struct {
		fill, border  theme.Token
		width, radius float32
	}{
		{theme.Surface, theme.Transparent, 0, 0}, {theme.Surface, theme.Border, 1, theme.RadiusField}, {theme.Selected, theme.Accent, 2, theme.RadiusCard},
		{theme.Violet, theme.Transparent, 0, 2}, {theme.Raised, theme.Border, 1, 0}, {"", theme.Border, 1, theme.RadiusField},
	} {
		g := newGround()
		g.set(look.fill, look.border, look.width, look.radius)
		const w, h = 90, 48
		img := drawGround(g.look, w, h, 1)
		at := func(x, y int) color.NRGBA {
			c, _ := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			return c
		}
		fill, edge := concrete(look.fill), concrete(look.border)
		for side, from := range map[string]func(depth int) color.NRGBA{
			"top": func(d int) color.NRGBA { return at(w/2, d) }, "bottom": func(d int) color.NRGBA { return at(w/2, h-1-d) },
			"left": func(d int) color.NRGBA { return at(d, h/2) }, "right": func(d int) color.NRGBA { return at(w-1-d, h/2) },
		} {
			for depth := range 6 {
				want := fill
				if depth < int(look.width) {
					want = edge
				}
				if got := from(depth); got != want && (want.A > 0 || got.A > 0) {
					t.Errorf("%+v: %s, %d px in: %v, want %v", look, side, depth, got, want)
				}
			}
		}
		for _, c := range []color.NRGBA{at(0, 0), at(w-1, 0), at(0, h-1), at(w-1, h-1)} {
			if (c.A == 0) != (look.radius > 2) {
				t.Errorf("%+v: a corner is %v", look, c)
			}
		}
	}
}

// TestGroundIsOnePixel: what is plain is not drawn large.
func TestGroundIsOnePixel(t *testing.T) {
	theme.Apply(test.NewTempApp(t), theme.ModeDark, 100)
	g := newGround()
	g.set(theme.Surface, theme.Transparent, 0, 0)
	if img := drawGround(g.look, 4000, 4000, 2); img.At(7, 7) != color.Color(concrete(theme.Surface)) || !g.Visible() {
		t.Errorf("%T is %v", img, img.At(7, 7))
	}
	g.set("", theme.Transparent, 0, 0)
	if g.Visible() {
		t.Error("nothing is drawn")
	}
}
