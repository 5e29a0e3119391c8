package widget

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// ground is a rectangle with a border inside its edge and round corners, as a picture. It looks like a canvas.Rectangle
// with the look of box. A renderer without a graphics card works each pixel of such a rectangle out by its distance from
// the edge; a picture it copies in a third of the time, which counts where grounds are most of a window.
type ground struct {
	*canvas.Raster
	look groundLook
}

// groundLook is all that a ground is drawn from but its size.
type groundLook struct {
	fill, border  color.NRGBA
	width, radius float32 // px
}

func newGround() *ground {
	g := &ground{}
	g.Raster = canvas.NewRaster(func(w, h int) image.Image { return drawGround(g.look, w, h, float32(w)/max(1, g.Size().Width)) })
	g.ScaleMode = canvas.ImageScalePixels // its border stays sharp where the picture is a pixel off its place
	return g
}

// set changes the look, as box does of a canvas.Rectangle. One that is neither filled nor has a border is hidden.
func (g *ground) set(fill, border theme.Token, width, radius float32) {
	look := groundLook{fill: concrete(fill), border: concrete(border), width: width, radius: theme.Px(radius)}
	if border == theme.Transparent {
		look.border, look.width = look.fill, 0
	}
	SetVisible(g.Raster, look.fill.A > 0 || look.width > 0)
	if g.look == look {
		return
	}
	g.look = look
	g.Refresh()
}

func concrete(token theme.Token) color.NRGBA {
	c, _ := color.NRGBAModel.Convert(theme.Color(token)).(color.NRGBA)
	return c
}

// grounds are those drawn last: people beside each other stand on the same. Only the UI goroutine draws.
var grounds = map[groundPlace]*image.RGBA{}

// groundPlace is a ground and its size in pixels.
type groundPlace struct {
	look  groundLook
	w, h  int
	scale float32
}

const (
	mostGrounds = 12      // kept
	largestKept = 1 << 15 // pixels of one
)

// drawGround draws a ground w x h pixels large; scale is pixels to a px. What it returns is not written to.
func drawGround(look groundLook, w, h int, scale float32) image.Image {
	if look.radius <= 0 && look.width <= 0 {
		return image.NewUniform(look.fill) // stretched by the renderer
	}
	place := groundPlace{look, w, h, scale}
	if img, ok := grounds[place]; ok {
		return img
	}
	img := place.draw()
	if w*h <= largestKept {
		if len(grounds) >= mostGrounds {
			clear(grounds)
		}
		grounds[place] = img
	}
	return img
}

// draw draws it with alpha in the colours, as renderers want it: another picture they would convert first.
func (p groundPlace) draw() *image.RGBA {
	look, w, h := p.look, p.w, p.h
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	radius, width := float64(look.radius*p.scale), math.Round(float64(look.width*p.scale))
	radius = min(radius, float64(w)/2, float64(h)/2)
	corner := int(math.Ceil(max(radius, width)))
	for y := range h {
		row := img.Pix[y*img.Stride : y*img.Stride+4*w]
		if y >= corner && y < h-corner && y > corner { // as the row above
			copy(row, img.Pix[(y-1)*img.Stride:y*img.Stride])
			continue
		}
		for x := range w {
			if x > corner && x < w-corner { // as the pixel at its left
				copy(row[4*x:4*x+4], row[4*x-4:4*x])
				continue
			}
			c := color.RGBAModel.Convert(look.at(float64(x)+0.5-float64(w)/2, float64(y)+0.5-float64(h)/2, float64(w)/2, float64(h)/2, radius, width)).(color.RGBA)
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = c.R, c.G, c.B, c.A
		}
	}
	return img
}

// at is the colour at a place from the middle of a rectangle whose half sides are a and b.
func (l groundLook) at(x, y, a, b, radius, width float64) color.NRGBA {
	dx, dy := math.Abs(x)-a+radius, math.Abs(y)-b+radius
	outside := math.Hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - radius // how far it is over the edge
	share := func(d float64) float64 { return min(1, max(0, 0.5-d)) }            // of the pixel that is within
	c := l.fill
	if width > 0 {
		inner := share(outside + width)
		mix := func(fill, border uint8) uint8 {
			return uint8(math.Round(float64(fill)*inner + float64(border)*(1-inner)))
		}
		c = color.NRGBA{mix(l.fill.R, l.border.R), mix(l.fill.G, l.border.G), mix(l.fill.B, l.border.B), mix(l.fill.A, l.border.A)}
		if l.fill.A == 0 {
			c.R, c.G, c.B = l.border.R, l.border.G, l.border.B
		}
	}
	c.A = uint8(math.Round(float64(c.A) * share(outside)))
	return c
}
