package theme

import (
	"bytes"
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"

	"svara/assets"
)

type iconKey struct {
	name   string
	color  color.NRGBA
	stroke string
}

// icons is every coloured icon made so far; the UI goroutine's own.
var icons = map[iconKey]fyne.Resource{}

// The stroke widths of icons, in their 24 by 24 box.
const (
	iconStroke  = "2"
	glyphStroke = "2.6" // status glyphs are small
)

// Icon is a Lucide icon in a token's colour as it is now. Ask again after a change of theme. An unknown name gives
// circle-help, which the tests forbid for names written in the code.
func Icon(name string, token Token) fyne.Resource { return icon(name, token, iconStroke) }

// Glyph is Icon with the heavier stroke of status glyphs.
func Glyph(name string, token Token) fyne.Resource { return icon(name, token, glyphStroke) }

func icon(name string, token Token, stroke string) fyne.Resource {
	c, ok := Color(token).(color.NRGBA)
	if !ok {
		c = color.NRGBA{}
	}
	key := iconKey{name, c, stroke}
	if r, ok := icons[key]; ok {
		return r
	}
	svg := assets.Icon(name)
	if svg == nil {
		svg = assets.Icon("circle-help")
	}
	hex := fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B)
	svg = bytes.ReplaceAll(svg, []byte("currentColor"), []byte(hex))
	svg = bytes.ReplaceAll(svg, []byte(`stroke-width="2"`), []byte(`stroke-width="`+stroke+`"`))
	// The name is Fyne's cache key for the picture, so it must tell colour and stroke.
	r := fyne.NewStaticResource(fmt.Sprintf("%s-%s-%s.svg", name, hex[1:], stroke), svg)
	icons[key] = r
	return r
}

// AppIcon is the program's icon.
func AppIcon() fyne.Resource { return fyne.NewStaticResource("svara.png", assets.AppPNG()) }

// Logo is the program's icon as SVG, for drawing it in a window at any size.
func Logo() fyne.Resource { return fyne.NewStaticResource("svara.svg", assets.App()) }
