package theme

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	blit "image/draw"
	"image/png"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
)

// Badge is what the program's icon carries to be seen among other programs' icons.
type Badge struct {
	Sign   string // icon in the lower right corner, empty for none
	Token  Token  // ground of the sign
	Square bool   // the ground is a square; else a disc
	Count  int    // in the upper right corner, 0 for none
	Grey   bool   // without colour
}

// badgeSide is the pictures' size in pixels: what trays and task bars shrink from.
const badgeSide = 64

var badged = map[string]fyne.Resource{}

// Badged is the program's icon with a badge. It is called on the UI goroutine.
func Badged(b Badge) fyne.Resource {
	b.Count = min(b.Count, 100) // "99+"
	name := fmt.Sprintf("svara-%s-%v-%t-%d-%t.png", b.Sign, concrete(b.Token), b.Square, b.Count, b.Grey)
	if r, ok := badged[name]; ok {
		return r
	}
	if len(badged) > drawnLimit {
		clear(badged)
	}
	img := image.NewRGBA(image.Rect(0, 0, badgeSide, badgeSide))
	logo := DrawLogo(badgeSide)
	if b.Grey {
		logo = grey(logo)
	}
	blit.Draw(img, img.Bounds(), logo, image.Point{}, blit.Src)
	if b.Sign != "" {
		mark := &canvas.Circle{FillColor: Color(b.Token), StrokeColor: color.White, StrokeWidth: 3}
		var ground fyne.CanvasObject = mark
		if b.Square {
			ground = &canvas.Rectangle{FillColor: Color(b.Token), StrokeColor: color.White, StrokeWidth: 3, CornerRadius: 7}
		}
		const side = 34
		at := image.Pt(badgeSide-side, badgeSide-side)
		over(img, picture(ground, side, side), at)
		ink := OnStatus
		if b.Token == Accent {
			ink = OnAccent
		}
		over(img, Draw(b.Sign, ink, 2.6, 22), at.Add(image.Pt(6, 6)))
	}
	if b.Count > 0 {
		words := strconv.Itoa(b.Count)
		if b.Count > 99 {
			words = "99+"
		}
		t := canvas.NewText(words, Color(OnDanger))
		t.TextSize, t.FontSource = 24, Figures(true)
		size := t.MinSize()
		const high = 32
		wide := max(high, int(size.Width)+14)
		at := image.Pt(badgeSide-wide, 0)
		over(img, picture(&canvas.Rectangle{FillColor: Color(Danger), StrokeColor: color.White, StrokeWidth: 3, CornerRadius: high / 2}, float32(wide), high), at)
		over(img, picture(t, size.Width, size.Height), at.Add(image.Pt((wide-int(size.Width))/2, (high-int(size.Height))/2)))
	}
	var out bytes.Buffer
	if png.Encode(&out, img) != nil {
		return AppIcon()
	}
	r := fyne.NewStaticResource(name, out.Bytes())
	badged[name] = r
	return r
}

// picture draws an object on nothing.
func picture(o fyne.CanvasObject, width, height float32) image.Image {
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(o)
	c.Resize(fyne.NewSize(width, height))
	return c.Capture()
}

func over(on *image.RGBA, img image.Image, at image.Point) {
	blit.Draw(on, img.Bounds().Sub(img.Bounds().Min).Add(at), img, img.Bounds().Min, blit.Over)
}

// grey is a picture without its colours, and paler.
func grey(img image.Image) image.Image {
	b := img.Bounds()
	out := image.NewNRGBA(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c, ok := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			if !ok {
				continue
			}
			g := uint8((299*int(c.R) + 587*int(c.G) + 114*int(c.B)) / 1000)
			g += (255 - g) / 3
			out.SetNRGBA(x, y, color.NRGBA{g, g, g, c.A})
		}
	}
	return out
}
