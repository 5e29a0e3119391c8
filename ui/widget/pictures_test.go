package widget_test

import (
	"image"
	"image/color"
	"image/draw"
)

// same reports whether two pictures have the same pixels.
func same(a, b image.Image) bool {
	if a.Bounds().Size() != b.Bounds().Size() {
		return false
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			ca := color.NRGBAModel.Convert(a.At(a.Bounds().Min.X+x, a.Bounds().Min.Y+y))
			cb := color.NRGBAModel.Convert(b.At(b.Bounds().Min.X+x, b.Bounds().Min.Y+y))
			if ca != cb {
				return false
			}
		}
	}
	return true
}

// crop copies a part of a picture.
func crop(img image.Image, x0, y0, x1, y1 int) image.Image {
	r := image.Rect(x0, y0, x1, y1)
	out := image.NewNRGBA(r.Sub(r.Min))
	draw.Draw(out, out.Bounds(), img, r.Min, draw.Src)
	return out
}
