package theme

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"regexp"
	"strconv"

	"fyne.io/fyne/v2"
	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"

	"svara/assets"
)

// The stroke widths of icons, in their 24 by 24 box.
const (
	IconStroke  = 2
	GlyphStroke = 2.6 // status glyphs are small
)

// iconBox is the side of the box that Lucide draws in.
const iconBox = 24

type drawnKey struct {
	name   string
	color  color.NRGBA
	stroke float32
	side   int
}

// drawn is the icons drawn so far; the UI goroutine's own. It is emptied when it has grown past drawnLimit, which only
// many changes of theme and text size bring about.
var drawn = map[drawnKey]*image.RGBA{}

const drawnLimit = 4000

// Draw draws an icon in a token's colour as it is now, side pixels square. stroke is IconStroke or GlyphStroke. Fyne's
// own SVG pictures keep the stroke's width in pixels whatever the picture's size, so icons are drawn here and shown as
// rasters: widget.NewIcon. An unknown name gives circle-help, which the tests forbid for names written in the code.
func Draw(name string, token Token, stroke float32, side int) image.Image {
	key := drawnKey{name, concrete(token), stroke, side}
	if img, ok := drawn[key]; ok {
		return img
	}
	if len(drawn) > drawnLimit {
		clear(drawn)
	}
	img := draw(colored(name, key.color, stroke*float32(side)/iconBox), side)
	drawn[key] = img
	return img
}

// DrawLogo draws the program's icon, side pixels square.
func DrawLogo(side int) image.Image {
	key := drawnKey{name: "app", side: side}
	if img, ok := drawn[key]; ok {
		return img
	}
	const box = 480 // the icon's own
	svg := strokeWidth.ReplaceAllFunc(assets.App(), func(attr []byte) []byte {
		w, err := strconv.ParseFloat(string(strokeWidth.FindSubmatch(attr)[1]), 64)
		if err != nil {
			return attr
		}
		return fmt.Appendf(nil, `stroke-width="%g"`, w*float64(side)/box)
	})
	img := draw(svg, side)
	drawn[key] = img
	return img
}

var strokeWidth = regexp.MustCompile(`stroke-width="([0-9.]+)"`)

func draw(svg []byte, side int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	icon, err := oksvg.ReadIconStream(bytes.NewReader(svg))
	if err != nil || side <= 0 {
		return img
	}
	icon.SetTarget(0, 0, float64(side), float64(side))
	icon.Draw(rasterx.NewDasher(side, side, rasterx.NewScannerGV(side, side, img, img.Bounds())), 1)
	return img
}

func concrete(token Token) color.NRGBA {
	c, ok := Color(token).(color.NRGBA)
	if !ok {
		return color.NRGBA{}
	}
	return c
}

// colored is the icon's SVG with colour and stroke width written into every shape.
func colored(name string, c color.NRGBA, stroke float32) []byte {
	svg := assets.Icon(name)
	if svg == nil {
		svg = assets.Icon("circle-help")
	}
	svg = bytes.ReplaceAll(svg, []byte("currentColor"), fmt.Appendf(nil, "#%02X%02X%02X", c.R, c.G, c.B))
	return bytes.ReplaceAll(svg, []byte(`stroke-width="2"`), fmt.Appendf(nil, `stroke-width="%g"`, stroke))
}

// AppIcon is the program's icon, for windows and the tray.
func AppIcon() fyne.Resource { return fyne.NewStaticResource("svara.png", assets.AppPNG()) }
